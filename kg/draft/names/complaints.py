"""What somebody was examined for: a complaint that is there, or a disease that was only thought of."""

from __future__ import annotations

from kg.draft.names.ground import named
from kg.draft.reading.negate import is_reason


def complained_of(text: str, start: int, end: int, cue: str) -> bool:
    """Whether a mention that this cue makes hypothetical is a complaint that somebody was examined for, and so is there.

    Example:
    >>> [complained_of(text, 0, len(text), "evaluated for") for text in ("muscle cramps", "coeliac disease")]
    [True, False]
    """
    return is_reason(cue) and named(text[start:end], ("MONDO",)) is None
