"""What a text says of a mention: the status of its scopes, but that a complaint somebody was examined for is there, and siblings may be patients."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.names.ground import named
from kg.draft.reading.negate import Scope, is_reason, status_at

#: A report of siblings names them so before it tells of anybody; and then says `both sisters` of its patients.
_SIBLINGS = re.compile(
    r"(?:\A|\n|\b(?:report(?:s|ed)?|describ\w+|present|cases?|stud(?:y|ied)|in|of|on|among|family with)\s+(?:(?:on|the|of|a|an|in|here)\s+){0,3})(?:two|three|four|\d|twin|affected)\s+(?:(?!healthy\b|unaffected\b|older\b|younger\b|normal\b)[\w-]+\s+){0,3}(?:brothers|sisters|siblings|sibs|twins)\b",
    re.I,
)
_OPENING = 1200  # characters
_THEY = re.compile(r"(?:brother|sister|sibling|twin)s?\b", re.I)
_BOTH = re.compile(
    r"\b(?:both|the two|these|all (?:three|four)|the (?:three|four|affected)|(?:one|two|neither|another|three) of the(?: affected)?|the (?:other|first|second|third|elder|older|younger|eldest|youngest|affected|\d{1,2}[- ]?year[- ]old))\s+(?:[a-z]+\s+)?\Z",
    re.I,
)


@lru_cache(maxsize=4)
def _is_of_siblings(text: str) -> bool:
    return bool(_SIBLINGS.search(text, 0, _OPENING))


def _is_of_patients(text: str, cue: str, start: int) -> bool:
    """Whether a cue of relatives names the patients themselves: `both brothers had` in a report of two brothers."""
    if not _THEY.match(cue) or not _is_of_siblings(text):
        return False
    at = text.rfind(cue, 0, start)
    return at >= 0 and bool(_BOTH.search(text, max(0, at - 30), at))


def status_of(text: str, found: list[Scope], start: int, end: int) -> tuple[str, str]:
    """The status of a mention and the cue that gives it, as `status_at`; a disease that one was examined for was only thought of.

    Example:
    >>> from kg.draft.reading.negate import scopes
    >>> texts = ("She was evaluated for muscle cramps.", "She was evaluated for coeliac disease.")
    >>> [status_of(text, scopes(text), 22, len(text) - 1)[0] for text in texts]
    ['present', 'hypothetical']
    >>> text = "We report two brothers. Both brothers had gout."
    >>> status_of(text, scopes(text), 42, 46)
    ('present', '')
    """
    status, cue = status_at(found, start, end)
    if status == "hypothetical" and is_reason(cue) and named(text[start:end], ("MONDO",)) is None:
        return "present", ""
    if status == "family" and _is_of_patients(text, cue, start):
        return "present", ""
    return status, cue
