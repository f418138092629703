"""Look-ups over terms: label, synonyms, parents, ancestors, and what replaced a retired id.

A term is written with its label, in the OBO manner, so that the label is a checksum on the id:

>>> terms = load_terms()
>>> terms.check("HP:0025508 ! Gottron's papules").parents
('HP:0200034',)
>>> terms.find_by_name("gottron papules")[0]
('HP:0025508', 'exact')

The packaged vocabulary (`kg/data/vocabulary.bin`, written by `kg.vocab`) is memory-mapped and decoded a block at a
time, so opening it costs a few milliseconds and memory grows with use. CURIEs everywhere; no IRIs.
"""

from kg.terms.file import DECLARED
from kg.terms.lookup import Terms, forget_vocabulary, load_terms
from kg.terms.place import VOCABULARY, user_vocabulary, vocabulary_file
from kg.terms.term import Source, Term, normalise, parse_term_string, term_order

__all__ = [
    "DECLARED", "VOCABULARY", "Source", "Term", "Terms", "forget_vocabulary", "load_terms", "normalise", "parse_term_string",
    "term_order", "user_vocabulary", "vocabulary_file",
]  # fmt: skip
