"""Findings told in words and numbers together: an age at walking, a lost weight, a visual acuity.

>>> [found[2] for found in told_findings("She lost 9 kg and was born at 31 weeks of gestation.")]
['HP:0001824', 'HP:0001622']
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import ManyOpenings, patterns_of
from kg.terms import load_terms


class _Told(NamedTuple):
    """A finding, the limits of the number that makes it one (none: the words alone do), and the pattern."""

    curie: str
    least: float
    most: float
    pattern: re.Pattern[str]


@lru_cache(maxsize=1)
def _table() -> list[_Told]:
    terms = load_terms()
    table = []
    for label, least, most, pattern in rows_of("told.tsv"):
        curie = next(c for c, _ in terms.find_by_name(label) if c.startswith("HP:"))
        table.append(_Told(curie, float(least or 0), float(most or 0), re.compile(pattern, re.I)))
    return table


@patterns_of
def _openings() -> ManyOpenings:
    return ManyOpenings([row.pattern for row in _table()])


def told_findings(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
    """The findings that a stretch of text tells by a number or a count: (start, end, HPO id), in text order.

    Example:
    >>> told_findings("He walked at 13 months. Power was 3/5 in the legs.")
    [(24, 37, 'HP:0001324')]
    """
    found, table = [], _table()
    for number, match in _openings().finditer(text, start, end):
        row = table[number]
        if "n" not in row.pattern.groupindex or row.least <= float(match["n"]) <= row.most:
            found.append((match.start(), match.end(), row.curie))
    return sorted(found)
