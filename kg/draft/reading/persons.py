"""The patients of one report, each with the sentences that tell of them."""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Openings, Stems
from kg.draft.reading.source import Source
from kg.report import Span

Story = tuple[str, tuple[Span, ...]]
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "a": 1, "b": 2, "c": 3}
_WHO = r"(?:patient|case|proband|child|sibling|twin|infant|brother|sister|boy|girl|man|woman|one)"
_NUMBERED = re.compile(rf"\b(?:(?:case|patient|proband|twin)\s*(?:no\.?\s*|number\s*|#\s*)?(?P<n>\d{{1,2}}|[IVX]{{1,3}}|[ABC])\b|"
                     rf"(?:the|a|our)\s+(?P<o>{'|'.join(_ORDINALS)})\s*(?:{_WHO}\b|(?=,\s+an?\b)))", re.I)  # fmt: skip
_MAY_NAME = Stems(*_ORDINALS, "case", "patient", "proband", "twin")
_AT_START = re.compile(r"[\W\d]*(?:(?:in|for)\s+)?$", re.I)
_PERSON = re.compile(
    r"\b(?:\d{1,3}|[a-z]+)[\s-]+(?:years?|yrs?|months?|weeks?|days?)[\s-]*olds?\b|\baged?\s+(?:of\s+)?(?:\d|[a-z]+ (?:years|months)\b)|\b(?:man|woman|boy|girl|male|female|infant|neonate|newborn)\b",
    re.I,
)
_SEVERAL = Openings(
    r"\b(?:two|three|four|five|six|both|2|3|4|5)\s+(?:\w+\s+){0,2}(?:patients|cases|siblings|brothers|sisters|children|sibs|twins|infants|women|men|boys|girls|individuals)\b"
)
_ALL = Openings(r"\b(?:both|all|all three|the two|these|our) (?:\w+ )?(?:patients|cases|siblings|brothers|sisters|children|infants|twins)\b")


def is_of_several(text: str) -> bool:
    """Whether a report says at its beginning that it is of several patients.

    Example:
    >>> is_of_several("We report two unrelated patients with rickets."), is_of_several("We report a case of rickets.")
    (True, False)
    """
    return bool(_SEVERAL.search(text, 0, 6000))


def stories(source: Source, story: tuple[Span, ...]) -> list[Story]:
    """Each patient's name and sentences; one story named "" where there is but one patient.

    Patients are parted by headings ("Case 1"), else by sentences that bring in the next one ("The second patient, a
    12-year-old boy, ..."). What is said of all of them together is told of each.

    Args:
        story: the sentences that tell of any of them.
    """
    if source.patients:
        return [(name, tuple(s for s in story if start <= s.start < end)) for name, start, end in source.patients]
    parted = _by_running_text(source, story)
    return parted if len(parted) > 1 else [("", story)]


def _by_running_text(source: Source, story: tuple[Span, ...]) -> list[Story]:
    text = source.text
    told: dict[int, list[Span]] = {}
    described: set[int] = set()
    shared: list[Span] = []
    now, opening = 0, True
    for sentence in story:
        if sentence.section == "abstract":
            continue
        named = _named(text, sentence)
        if len(named) > 1 or _ALL.search(text, sentence.start, sentence.end):
            shared.append(sentence)
            continue
        if named:
            number = named[0]
            person = bool(_PERSON.search(text, sentence.start, min(sentence.end, sentence.start + 170)))
            if (
                person
                and number not in described
                and (number == 1 and opening or number - 1 in described or number == 2 and bool(told.get(1)))
            ):
                now, opening = number, False
                described.add(number)
            elif number in described:
                now = number
        elif (
            opening
            and not now
            and _PERSON.search(text, sentence.start, sentence.end)
            and not _SEVERAL.search(text, sentence.start, sentence.end)
        ):
            now = 1
            described.add(1)
        if now:
            told.setdefault(now, []).append(sentence)
    if len(described) < 2 or not all(told.get(number) for number in described):
        return []
    return [(str(number), tuple(sorted([*told[number], *shared]))) for number in sorted(described)]


def _named(text: str, sentence: Span) -> list[int]:
    """The numbers of the patients that a sentence names, the one at its beginning first; () where none is."""
    found: list[int] = []
    for match in _NUMBERED.finditer(text, sentence.start, sentence.end) if _MAY_NAME.search(text, sentence.start, sentence.end) else ():
        at_start = bool(_AT_START.match(text[sentence.start : match.start()]))
        name = (match["n"] or match["o"]).lower()
        number = int(name) if name.isdigit() else _ROMAN.get(name) or (_ORDINALS.index(name) + 1 if name in _ORDINALS else 0)
        if number and number not in found and (at_start or found or _PERSON.match(text, match.end() + 2)):
            found.append(number)
    return found
