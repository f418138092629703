"""Time expressions → the time points of the record, and which sentence belongs to which."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kg.draft.patient import duration, to_number
from kg.draft.source import Source
from kg.report import Span

_N = r"(?P<{0}>\d{{1,3}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|a few|few|several|a|an|some)"
_UNIT = r"(?P<{0}>hours?|days?|weeks?|months?|years?)"
_ABOUT = r"(?P<about{0}>about |approximately |around |nearly |almost |over |within )?"
_LATER = re.compile(
    rf"\b{_ABOUT.format(1)}{_N.format('n1')}[\s-]+{_UNIT.format('u1')}\s+(?:later|afterwards?|thereafter|"
    rf"after (?:that|this|discharge|admission|the (?:first|initial)[^,.]{{0,20}}|surgery|the operation|"
    rf"presentation))\b",
    re.I,
)
_AFTER = re.compile(
    rf"\b(?:after|at|within|over the (?:next|following))\s+{_ABOUT.format(2)}{_N.format('n2')}[\s-]*{_UNIT.format('u2')}"
    r"(?:\s+of\s+(?:follow[- "
    rf"]up|treatment|therapy)|[\s-]+follow[- ]?up|\s+post-?operatively)\b",
    re.I,
)
_ON_DAY = re.compile(
    r"\b(?:on|by)\s+(?:the\s+)?(?:hospital |postoperative |post-operative )?(?:day\s+(?P<day>\d{1,3})|"
    r"(?P<nth>\d{1,3})(?:st|nd|rd|th)\s+(?P<nu>day|week|month|postoperative day|hospital day))\b",
    re.I,
)
_AGO = re.compile(
    rf"\b{_ABOUT.format(3)}{_N.format('n3')}[\s-]+{_UNIT.format('u3')}\s+(?:ago|earlier|before|previously|prior(?: to)?)\b", re.I
)
_NAMED = (
    ("discharge", re.compile(r"\b(?:on|at|upon) discharge\b|\bwas discharged\b", re.I), "event"),
    (
        "follow-up",
        re.compile(
            r"\b(?:at|on|during)\s+(?:the\s+)?(?:last\s+|subsequent\s+|final\s+|latest\s+|recent\s+|her\s+|his\s+|"
            r"regular\s+)*follow[- ]?ups?(?: visits?| examination)?\b",
            re.I,
        ),
        "period",
    ),
    ("today", re.compile(r"\b(?:today|currently|at present|to date|at the time of (?:writing|this report))\b", re.I), "visit"),
)


class TimeLine(NamedTuple):
    """The `times` of the record and, for each sentence start, the name of its time."""

    times: dict[str, dict[str, Any]]
    of_sentence: dict[int, str]


def read_times(source: Source, story: tuple[Span, ...]) -> TimeLine:
    """The time points in the order told; each stands after the one before it.

    Only sentences of the story proper open a time; those of the abstract and of legends are filed at presentation.
    """
    times: dict[str, dict[str, Any]] = {"presentation": {"kind": "visit", "words": "presentation"}}
    of_sentence: dict[int, str] = {}
    current = "presentation"
    for sentence in story:
        if sentence.section == "abstract" or sentence.section.startswith(("figure", "table")) or sentence.section == "discussion":
            of_sentence[sentence.start] = "presentation"
            continue
        opened = _opened(source, sentence, times, current)
        current = opened or current
        of_sentence[sentence.start] = current
        _earlier(source, sentence, times)
    first = next(
        (
            source.evidence(s.start, s.end)
            for s in story
            if re.search(r"\b(?:present|admit|refer|seen|evaluat)", source.text[s.start : s.end]) and s.section != "abstract"
        ),
        None,
    )
    if first:
        times["presentation"] |= first
    return TimeLine(times, of_sentence)


def _opened(source: Source, sentence: Span, times: dict[str, dict[str, Any]], current: str) -> str | None:
    text = source.text
    for pattern, n, u, about in ((_LATER, "n1", "u1", "about1"), (_AFTER, "n2", "u2", "about2")):
        match = pattern.search(text, sentence.start, sentence.end)
        if match:
            return _add(source, times, match, to_number(match[n]), match[u], after=current, approximate=bool(match[about]))
    day = _ON_DAY.search(text, sentence.start, sentence.end)
    if day:
        unit = "week" if (day["nu"] or "").lower() == "week" else "month" if (day["nu"] or "").lower() == "month" else "day"
        number = int(day["day"] or day["nth"])
        name = f"{unit}-{number}"
        if name in times:
            return name
        return _add(source, times, day, None, unit, after=current, name=name)
    for name, pattern, kind in _NAMED:
        match = pattern.search(text, sentence.start, sentence.end)
        if match:
            return _add(source, times, match, None, "", after=current, name=name, kind=kind)
    return None


def _earlier(source: Source, sentence: Span, times: dict[str, dict[str, Any]]) -> None:
    """A time before presentation; it does not move the story on."""
    match = _AGO.search(source.text, sentence.start, sentence.end)
    if match and to_number(match["n3"]):
        by = duration(to_number(match["n3"]) or 0, match["u3"])
        name = f"before-{match['u3'].rstrip('s').lower()}-{match['n3'].lower()}".replace(" ", "-")
        if name not in times:
            point: dict[str, Any] = {"before": "presentation", "by": by, "kind": "event", "words": " ".join(match.group().split())}
            times[name] = point | (source.evidence(match.start(), match.end()) or {})


def _add(source: Source, times: dict[str, dict[str, Any]], match: re.Match[str], number: float | None, unit: str, *, after: str,
         approximate: bool = False, name: str = "", kind: str = "visit") -> str:  # fmt: skip
    words = " ".join(match.group().split())
    name = name or (f"{unit.rstrip('s').lower()}-{int(number)}-later" if number else f"some-{unit.rstrip('s').lower()}s-later")
    chosen, k = name, 2
    while chosen in times:
        chosen, k = f"{name}-{k}", k + 1
    point: dict[str, Any] = {"after": after}
    if number:
        point["by"] = duration(number, unit)
    if approximate:
        point["approximate"] = True
    times[chosen] = point | {"kind": kind, "words": words} | (source.evidence(match.start(), match.end()) or {})
    return chosen
