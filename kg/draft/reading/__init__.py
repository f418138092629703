"""The report as text: its pieces, sentences, sections, references, and the persons it tells of."""
