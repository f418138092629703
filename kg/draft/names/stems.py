"""Cheap tests: a sentence without any of some parts of words need not be searched for the names that have them."""

from __future__ import annotations

import re

from kg.draft.names.words import any_of, rows_of


def stems(name: str) -> re.Pattern[str]:
    """A pattern of one list of `data/course/stems.tsv`.

    Example:
    >>> bool(stems("outcomes").search("the rash resolved")), bool(stems("outcomes").search("a rash was seen"))
    (True, False)
    """
    return re.compile(any_of(next(row[1].split() for row in rows_of("course/stems.tsv") if row[0] == name)), re.I)
