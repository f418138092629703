"""A drug or procedure where a text names it."""

from __future__ import annotations

from typing import NamedTuple


class Therapy(NamedTuple):
    """A drug or procedure where the text names it; `sure` where its name alone makes it a treatment."""

    start: int
    end: int
    words: str
    curie: str  # "" where no term bears the words
    kind: str  # drug or procedure
    sure: bool
    label: str  # what to call it where no term bears the words


def therapy_at(text: str, start: int, end: int, curie: str, kind: str, *, sure: bool, label: str = "") -> Therapy:
    """The therapy that a stretch names; called as printed where no label is given.

    Example:
    >>> therapy_at("two  doses", 0, 10, "", "drug", sure=False).label
    'two doses'
    """
    words = " ".join(text[start:end].split())
    return Therapy(start, end, words, curie, kind, sure, label or words)


def overlaps(start: int, end: int, found: list[Therapy]) -> bool:
    """Whether a stretch meets one of those found already."""
    return any(t.start < end and start < t.end for t in found)
