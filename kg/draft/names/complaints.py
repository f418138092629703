"""What a text says of a mention: the status of its scopes, but that a complaint somebody was examined for is there."""

from __future__ import annotations

from kg.draft.names.ground import named
from kg.draft.reading.negate import Scope, is_reason, status_at


def status_of(text: str, found: list[Scope], start: int, end: int) -> tuple[str, str]:
    """The status of a mention and the cue that gives it, as `status_at`; a disease that one was examined for was only thought of.

    Example:
    >>> from kg.draft.reading.negate import scopes
    >>> texts = ("She was evaluated for muscle cramps.", "She was evaluated for coeliac disease.")
    >>> [status_of(text, scopes(text), 22, len(text) - 1)[0] for text in texts]
    ['present', 'hypothetical']
    """
    status, cue = status_at(found, start, end)
    if status == "hypothetical" and is_reason(cue) and named(text[start:end], ("MONDO",)) is None:
        return "present", ""
    return status, cue
