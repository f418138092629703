"""Genes and proteins by the symbols that papers print, however their numbers and Greek letters are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.draft.names.ground import named
from kg.draft.patterns.openings import Openings

_SYMBOL = re.compile(r"[A-Z](?<![\w-][A-Z])[A-Za-z]{1,5}(?:[-‐]?(?:\d{1,2}[A-Za-z]?\d?|[IV]{1,3}|alpha|beta|gamma|α|β|γ)\d?)(?![\w-])")
_INTERLEUKIN = Openings(r"\b[Ii]nterleukin[\s-]?(\d{1,2}[A-Za-z]?)\b", {"interleukin*"}, re.NOFLAG)
_GREEK = {"alpha": "A", "beta": "B", "gamma": "G", "α": "A", "β": "B", "γ": "G"}
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}


def find_genes(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The symbols of a stretch that name a gene: (start, end, CURIE).

    Example:
    >>> [c for *_, c in find_genes("interleukin 6 and TNF-α1, or ICAM-I", 0, 35)]
    ['HGNC:6018', 'HGNC:5344']
    """
    for match in _INTERLEUKIN.finditer(text, start, end):
        if curie := gene(f"IL-{match[1].upper()}"):
            yield match.start(), match.end(), curie
    for match in _SYMBOL.finditer(text, start, end):
        if curie := gene(match.group()):
            yield match.start(), match.end(), curie


@lru_cache(maxsize=4096)
def gene(symbol: str) -> str:
    """The gene that a printed symbol names, however its number is written; "" for none.

    Example:
    >>> gene("ICAM-I") == gene("ICAM1"), gene("TGF-beta1") == gene("TGFB1"), gene("CT-1A")
    (True, True, '')
    """
    match = re.fullmatch(r"([A-Za-z]+?)[-‐]?(\d{1,2}[A-Za-z]?\d?|[IV]{1,3}|(?:alpha|beta|gamma|[αβγ])\d?)", symbol)
    if not match or len(match[1]) < 2:
        return ""
    tail = _ROMAN.get(match[2], match[2])
    tail = re.sub(r"alpha|beta|gamma|[αβγ]", lambda g: _GREEK[g.group()], tail)
    return next((c for form in (symbol, match[1].upper() + tail) if (c := named(form, ("HGNC",))) and len(form) > 2), "")
