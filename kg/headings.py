"""Headings of an article's sections, and the names of the sections.

>>> heading_of("2. Case Presentation"), heading_of("A B S T R A C T"), heading_of("She had fever.")
('case presentation', 'abstract', None)
"""

from __future__ import annotations

import re

#: Heading words -> the section's name. A line of capitals that is none of these names its own section.
HEADINGS = {
    "abstract": "abstract", "summary": "abstract", "keywords": "keywords", "key words": "keywords",
    "introduction": "introduction", "background": "introduction",
    "case": "case presentation", "case report": "case presentation", "case presentation": "case presentation",
    "case description": "case presentation", "case history": "case presentation", "presentation of case": "case presentation",
    "case summary": "case presentation", "clinical case": "case presentation", "patient information": "case presentation",
    "case presentations": "case presentation", "case reports": "case presentation", "case descriptions": "case presentation",
    "cases": "case presentation", "case series": "case presentation", "report of a case": "case presentation",
    "report of cases": "case presentation", "detailed case description": "case presentation", "case study": "case presentation",
    "patient and observation": "case presentation", "presentation of the case": "case presentation",
    "methods": "methods", "results": "results",
    "discussion": "discussion", "comment": "discussion", "conclusion": "conclusion", "conclusions": "conclusion",
    "discussion and conclusion": "discussion", "discussion and conclusions": "discussion", "literature review": "discussion",
    "review of the literature": "discussion", "learning points": "conclusion", "take-home message": "conclusion",
    "take home message": "conclusion", "concluding remarks": "conclusion",
    "references": "references", "bibliography": "references", "literature cited": "references",
    "acknowledgements": "acknowledgements", "acknowledgments": "acknowledgements", "acknowledgement": "acknowledgements",
    "acknowledgment": "acknowledgements", "funding": "funding", "funding statement": "funding", "sources of funding": "funding",
    "conflict of interest": "conflict of interest", "conflicts of interest": "conflict of interest",
    "competing interests": "conflict of interest", "declaration of interest": "conflict of interest",
    "competing interest": "conflict of interest", "declaration of competing interest": "conflict of interest",
    "declaration of competing interests": "conflict of interest", "declarations of interest": "conflict of interest",
    "declaration of conflicting interests": "conflict of interest", "conflict of interest statement": "conflict of interest",
    "conflict of interests": "conflict of interest", "disclosure": "disclosures", "disclosures": "disclosures",
    "disclosure statement": "disclosures", "disclosure of conflicts of interest": "conflict of interest",
    "consent": "consent", "informed consent": "consent", "patient consent": "consent", "consent for publication": "consent",
    "informed consent statement": "consent", "statement of consent": "consent", "consent to publish": "consent",
    "ethics": "ethics", "ethics statement": "ethics", "ethical approval": "ethics", "statement of ethics": "ethics",
    "ethics approval": "ethics", "ethics approval and consent to participate": "ethics", "ethical considerations": "ethics",
    "author contributions": "author contributions", "authors' contributions": "author contributions",
    "authors’ contributions": "author contributions", "authors' contribution": "author contributions",
    "authors’ contribution": "author contributions", "contributors": "author contributions", "authorship": "author contributions",
    "author contribution": "author contributions", "credit authorship contribution statement": "author contributions",
    "data availability": "data availability", "data availability statement": "data availability",
    "availability of data and materials": "data availability", "availability of data and material": "data availability",
    "supplementary material": "supplementary material", "supplementary materials": "supplementary material",
    "supplementary data": "supplementary material", "appendix": "supplementary material",
    "abbreviations": "abbreviations", "list of abbreviations": "abbreviations", "footnotes": "footnotes",
    "publisher's note": "publisher's note", "publisher’s note": "publisher's note", "additional information": "additional information",
    "author details": "additional information",
    "figure legends": "figure legends", "figure legend": "figure legends", "legends to figures": "figure legends",
    "figure captions": "figure legends",
}  # fmt: skip

#: A heading printed with spaces between its letters: `A B S T R A C T`, `A R T I C L E  I N F O`.
_SPACED = re.compile(r"[A-Z](?: [A-Z]){3,}(?: {2,}[A-Z](?: [A-Z])+)*\Z")
_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?(?:\s*\|)?\s+|[IVX]{1,4}\.\s+|#+\s*)?(?P<words>[^\n]{2,80}?)\s*:?\s*\Z")
_LONGEST_HEADING = 160  # characters with its number and marks
#: A line of one of these names, with its number and marks.
HEADING_LINE = re.compile(
    r"^[ \t]*(?P<words>(?:\d{1,2}(?:\.\d{1,2})*\.?(?:[ \t]*\|)?[ \t]+|[IVX]{1,4}\.[ \t]+|#+[ \t]*)?(?:" + "|".join(sorted(HEADINGS, key=len, reverse=True)) + r")[ \t]*:?)[ \t\r]*$",
    re.I | re.M,
)


def is_heading(text: str) -> bool:
    """Whether a paragraph is the heading of a section.

    Example:
    >>> is_heading("CASE PRESENTATION"), is_heading("She had fever.")
    (True, False)
    """
    return heading_of(text) is not None


def heading_of(text: str) -> str | None:
    """The section that a heading opens, or None where the text is no heading."""
    if len(text) >= _LONGEST_HEADING or text.endswith((".", ",")) or "\n" in text:
        return None
    match = _HEADING.match(text.strip("*_ "))
    if not match:
        return None
    words = match["words"].strip("*_ ")
    if _SPACED.match(words):
        words = re.sub(r"(?<=\S) (?=\S)", "", words).replace("  ", " ")
    known = HEADINGS.get(words.lower())
    if known and (words[0].isupper() or text.startswith("#")):
        return known
    if words.isupper() and sum(c.isalpha() for c in words) > 3 and not words.endswith((".", ",")) and not re.search(r"\d", words):
        return words.lower()
    return None
