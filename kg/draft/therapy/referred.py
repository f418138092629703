"""Treatments that a sentence names only to say when, why or in spite of what: `8 months after surgery`, `hepatitis due to A`."""

from __future__ import annotations

import re

from kg.draft.therapy.changes import Change
from kg.draft.therapy.earlier import ENDED
from kg.draft.therapy.told import Told
from kg.draft.therapy.treat import Therapy
from kg.report import Span

_REFERRED = re.compile(
    r"\b(?:after|following|since|before|prior to|until|despite|during|of|secondary to|caused by|attributed to|due to|days?|weeks?|months?|years?)\s+(?:(?:the|this|that|her|his|first|second|third|last|\d\w*|initial|completion of|initiation of|cessation of)\s+){0,3}\Z",
    re.I,
)
_FIRST_PART = re.compile(
    r"\bafter\s+(?:the\s+)?(?:(?:administration|infusion|injection)\s+of\s+)?(?:the\s+)?(?:(?:first|initial)\s+)?[\d.,]+\s?(?:mg|g|mcg|µg|IU|units?|ml)(?:/kg)?\s+(?:of\s+)?(?:(?:i\.?v\.?|oral|intravenous)\s+)?\Z",
    re.I,
)
_AFTER_STOP = re.compile(r"\bafter\s+(?:the\s+)?(?:discontinu|cessation|stopping|withdraw)", re.I)
_OFF = re.compile(r"\boff\s+(?:the\s+|her\s+|his\s+)?\Z", re.I)
_CAUSE = re.compile(r"secondary|caused|attributed|due to", re.I)
_HOW_LONG = re.compile(
    r"\b(?:history|use|initiali[sz]ation|start|means|combination|trial|series|lines?|hours?|days?|weeks?|months?|years?|sessions?|rounds?)\s+\Z",
    re.I,
)
_OF_AN_ORGAN = re.compile(r"\b(?:kidney|renal|liver|hepatic|heart|cardiac|lung|pancreas|organ)\b.*transplant", re.I)
_SURGERY = "MAXO:0000004"


def is_part(course: Told, therapy: Therapy, before: int) -> bool:
    """Whether a dose is part of what was told before: `after the first 250 mg of A`."""
    return course.key(therapy) in course.by_term and bool(_FIRST_PART.search(course.text, max(before, therapy.start - 80), therapy.start))


def is_reference(course: Told, therapy: Therapy, sentence: Span, changes: list[Change]) -> bool:
    """Whether a treatment is named only to say when or in spite of what: `8 months after surgery`."""
    if not changes and therapy.kind == "drug" and _OFF.search(course.text, max(sentence.start, therapy.start - 12), therapy.start):
        return True  # "worse while off A"
    if is_part(course, therapy, sentence.start):
        return True
    referred = _REFERRED.search(course.text, max(sentence.start, therapy.start - 40), therapy.start)
    if not referred or any(c.start >= therapy.end or c.change in ENDED for c in changes):
        return False
    known = course.by_term.get(course.key(therapy))
    if known is None and _CAUSE.search(referred.group()) and course.is_taken(therapy):
        return True
    if known is None and re.match(r"(?:re)?transplant", therapy.words, re.I):  # "after transplantation", of a kidney transplant
        known = next((t for t in course.by_term.values() if "procedure" in t and "transplant" in t["words"].lower()), None)
    if known and _OF_AN_ORGAN.search(known["words"]):
        return True  # only a time: what became of a disease since is no work of the graft
    if known:
        course.named.append((therapy, str(known["id"])))
    if known is not None or therapy.curie == _SURGERY:
        return True
    lasted = not referred.group().lower().startswith("of") or _HOW_LONG.search(course.text, sentence.start, referred.start())
    return not (therapy.curie or changes or therapy.kind == "procedure" and lasted)


def is_over(course: Told, sentence: Span, at: str) -> bool:
    """Whether a time is told by how long before it a drug was stopped: `two weeks after the discontinuation of A`."""
    marks = [m for m in course.sheet.line.marks.get(sentence.start, []) if m.name == at]
    return any(_AFTER_STOP.search(course.text, m.start, min(sentence.end, m.end + 40)) for m in marks)
