"""How long after the start of treatment something came, and what set off a flare.

>>> text = "The rash resolved within two weeks, but flared when prednisone was tapered."
>>> lasting_of(text, Span(0, 75, ""), (0, 34)), trigger_of(text, Span(0, 75, ""), (34, 75))
('P2W', 'taper')
"""

from __future__ import annotations

import re

from kg.draft.reading.patient import duration, to_number
from kg.report import Span

_AFTER_START = re.compile(
    r"\b(?P<within>within|after)\s+(?:about |approximately |around )?(?P<n>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a|an)[\s-]+(?P<u>hours?|days?|weeks?|months?|years?)"
    r"(?P<of>\s+(?:of|after|on|following)\s+(?:the\s+)?(?:\w+\s+)?(?:treatment|therapy|start\w*|initiat\w*|\w+mab|starting))?",
    re.I,
)
#: A flare on these comes with the drug, not for want of it.
_BEGUN_AGAIN = re.compile(
    r"\b(?:after|on|upon|when|with|once|following)\s+(?:[\w-]+\s+){0,4}(?:resum\w+|restart\w*|re-?introduc\w+|re-?institut\w+|rechalleng\w+|re-?exposure|re-?administ\w+)",
    re.I,
)


def lasting_of(text: str, sentence: Span, clause: tuple[int, int] | None) -> str:
    """How long after the start of treatment, where that is said."""
    start, end = clause or (sentence.start, sentence.end)
    match = _AFTER_START.search(text, start, end)
    if not match and start > sentence.start:  # "Within two weeks, the rash had gone"
        match = next((m for m in _AFTER_START.finditer(text, sentence.start, start) if start - m.end() < 3), None)
    if not match or not (match["of"] or match["within"].lower() == "within"):
        return ""
    number = to_number(match["n"].lower())
    return duration(number, match["u"]) if number else ""


def trigger_of(text: str, sentence: Span, clause: tuple[int, int] | None) -> str:
    """What set off a flare: "taper" or "stop" of a treatment; "" where the text does not say so."""
    start, end = clause or (sentence.start, sentence.end)
    words = text[start:end]
    if not re.search(r"taper|reduc|wean|discontinu|stopp|cessation|withdraw|lower", words, re.I):
        words = text[sentence.start : end]
    if re.search(
        r"\btaper|\bdose reduction|\breduc(?:tion|ing) (?:of|in) (?:the )?(?:\w+ )?dose|\bdos(?:e|age) (?:was|is|were|had been) (?:\w+ )?(?:reduced|decreased|lowered|tapered)|\bwean",
        words,
        re.I,
    ):
        return "taper"
    if _BEGUN_AGAIN.search(words):
        return ""
    return "stop" if re.search(r"\b(?:discontinu|stopp|cessation|withdraw)\w*", words, re.I) else ""
