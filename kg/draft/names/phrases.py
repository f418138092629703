"""A phrase → its words, and the keys under which the tables hold it.

>>> phrase_key("haemorrhage of the eye") == phrase_key("eye hemorrhages")
True
"""

from __future__ import annotations

import re

from kg.draft.names.words import STOP, keys, number_of, singular, stem
from kg.draft.patterns.lists import rows_of

_JOINING = (
    r"(?:mid|hyper|hypo|non|pre|post|anti|micro|macro|mega|poly|oligo|hemi|para|peri|intra|"
    r"inter|extra|sub|supra|infra|re|pan|"
    r"semi|mal|brachy|dys|ante|retro|trans|multi|uni|bi|tri|epi|endo|electro|over|under|[^\W\d_]{3,}o)[-‐‑][^\W\d_]{3,}"
)
# A run of letters that nothing is joined to comes first: it is what most words are, and is told without a second look.
WORD = re.compile(rf"[^\W\d_]++(?![-‐‑'’])|{_JOINING}(?:['’]s\b)?|[^\W\d_]+(?:['’]s\b)?|\d+(?:st|nd|rd|th)?\b|\d+", re.I)
#: One-word names that mean something else more often than not.
AMBIGUOUS = frozenset(word for row in rows_of("ambiguous.tsv") for word in row[0].split())
#: Words that join the parts of a name.
JOINING = frozenset(("and", "or", "nor"))
_FULL = 7  # letters a word needs before its adjective counts as the noun


def words_of(text: str) -> list[str]:
    """The words of a name, prefixes joined to what they belong to.

    Example:
    >>> words_of("Hypo-osmotic state, 2nd")
    ['Hypoosmotic', 'state', '2nd']
    """
    return [tidy(word) for word in WORD.findall(text)]


def tidy(word: str) -> str:
    """A matched word without hyphens and with a plain apostrophe."""
    return word if word.isalpha() else word.replace("’", "'").replace("-", "").replace("‐", "").replace("‑", "")


def phrase_key(text: str) -> int:
    """The exact key of a phrase: the sum of its words' keys."""
    return sum(keys(word)[0] for word in meaning_words(text))


def meaning_words(text: str) -> list[str]:
    """The words of a name that count in its key: neither stop words nor "and".

    Example:
    >>> meaning_words("Sparse and thin hair of the scalp")
    ['Sparse', 'thin', 'hair', 'scalp']
    """
    return [word for word in words_of(text) if word.lower() not in STOP and word.lower() not in JOINING]


def single_keys(word: str) -> tuple[int, ...]:
    """The keys of a name of one word: its spelling, and its stem where that is long enough to be safe."""
    plain = number_of("'" + singular(word))
    return (plain, number_of('"' + stem(word))) if len(word) >= _FULL and len(stem(word)) > 4 else (plain,)
