"""Cheap tests: a sentence without any of some parts of words need not be searched for the names that have them."""

from __future__ import annotations

import re

from kg.draft.names.words import any_of, rows_of


def parts_of(name: str) -> tuple[str, ...]:
    """One list of `data/course/stems.tsv`, in small letters.

    Example:
    >>> "resol" in parts_of("outcomes")
    True
    """
    return tuple(part.lower() for row in rows_of("course/stems.tsv") if row[0] == name for part in row[1].split())


def has_part(text: str, start: int, end: int, parts: tuple[str, ...]) -> bool:
    """Whether any of some parts of words, in small letters, stands in a stretch; many times quicker than a pattern of them.

    Example:
    >>> has_part("The Rash resolved.", 0, 18, ("rash", "fever")), has_part("The Rash resolved.", 4, 18, ("the",))
    (True, False)
    """
    stretch = text[start:end].lower()
    for part in parts:  # noqa: SIM110 (a generator would cost more than the search)
        if part in stretch:
            return True
    return False


def stems(name: str) -> re.Pattern[str]:
    """A pattern of one list of `data/course/stems.tsv`.

    Example:
    >>> bool(stems("outcomes").search("the rash resolved")), bool(stems("outcomes").search("a rash was seen"))
    (True, False)
    """
    return re.compile(any_of(next(row[1].split() for row in rows_of("course/stems.tsv") if row[0] == name)), re.I)
