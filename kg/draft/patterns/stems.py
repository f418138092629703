"""Cheap tests: a sentence without any of some parts of words need not be searched for the names that have them."""

from __future__ import annotations

from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import Stems


def stems(name: str) -> Stems:
    """One list of `data/course/stems.tsv`.

    Example:
    >>> stems("outcomes").search("the rash resolved"), stems("outcomes").search("a rash was seen")
    (True, False)
    """
    return Stems(*next(row[1].split() for row in rows_of("course/stems.tsv") if row[0] == name))
