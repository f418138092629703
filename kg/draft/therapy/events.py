"""What happens in a stretch of the story without a time of its own, and whether time passes by it.

>>> event = event_of("He then received two infusions of rituximab.", 0, 44)
>>> event.name, event.treats, event.ends, event.then, event.lasts
('rituximab-received', True, False, True, True)
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.patterns.openings import Openings
from kg.draft.therapy.apart import is_apart
from kg.draft.therapy.outcomes import read_outcomes
from kg.draft.therapy.treat import find_therapies

_TREATS = Openings(
    r"\b(?:(?:was|were|been|being|is|are)\s+(?:(?:then|also|\w+ly)\s+){0,2}(?:put on |placed on )?(?P<passive>started|initiated|commenced|begun|added|introduced|given|administered|prescribed|"
    r"switched|changed|replaced|resumed|restarted|stopped|discontinued|withdrawn|withheld|ceased|tapered|reduced|decreased|increased|doubled|treated|managed|performed|"
    r"repeated|transfused|injected|implanted|inserted|placed|operated|intubated|cannulated)|(?P<active>underwent|received|required|started|began|took))\b"
)
_THEN = re.compile(
    r"\b(?:then|subsequently|thereafter|afterwards?|later|eventually|finally|ultimately|next|soon|after (?:this|that|which)|following this|again)\b",
    re.I,
)
#: Told of what takes a while: what comes later is not counted from its beginning.
_LASTS = re.compile(
    r"\b(?:for|over)\s+(?:(?:a|the|another|about|approximately|total|period|of|next|following|first|up|to|at|least)\s+){0,4}(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|several|some|many|a few)[\s-]*(?:\w+\s+)?(?:days?|weeks?|months?|years?)\b|\b(?:\d+|two|three|four|five|six|seven|eight|ten|several|multiple|a few)[\s-](?:[\w-]+\s+){0,2}?"
    r"(?:cycles?|courses|infusions|pulses|sessions|injections|doses|rounds)\b|\b\w+[\s-](?:day|week|month)s?[\s-](?:course|taper|regimen)\b|\b(?:repeatedly|courses of|sessions of)\b",
    re.I,
)
_PAST = re.compile(r"\b(?:had|has|have)\s+(?:\w+\s+){0,2}(?:been|undergone|\w+ed|taken)\b|\bhistory\b|\bpreviously\b|\bprior to\b", re.I)
_OPERATION = re.compile(r"ectomy|otomy|plasty|surg|resect|transplant|excis|operat|repair|bypass|graft|fixation|amputat|ligat|section", re.I)
_MAY_BE = re.compile(
    r"\b(?:would|could|might|(?-i:may)|should|will|hope\w*|plan(?:ned)?|decision|consider\w*|recommend\w*|asked|advised|refused|declined)\b",
    re.I,
)
#: The patient's death; a relative's is none.
_DIED = Openings(r"\b(?:died|expired|succumbed|passed away|deceased)\b")
_WHO_DIED = re.compile(
    r"\b(?:patient|she|he|child|infant|neonate|newborn|baby|boy|girl|woman|man|and|but|who)\s+"
    r"(?:(?:had|has|then|later|also|was|eventually|finally|ultimately|subsequently|unfortunately|sadly|suddenly|\w+ly)\s+){0,2}\Z",
    re.I,
)
_RELATIVE = re.compile(
    r"\b(?:mother|father|brother|sister|siblings?|twins?|parents?|uncle|aunt|cousin|grand\w+|relatives?|son|daughter|husband|wife|donor|fetus|foetus|patients|cases)\b",
    re.I,
)
#: A value may be so too.
_OF_A_DOSE = re.compile(r"reduced|decreased|increased|doubled|changed|took|placed|given", re.I)
_VISIT = re.compile(
    r"\b(?:present(?:ed|s)\b(?! with (?:no|a good))|(?:re-?)?admitted|(?:re-?)?hospitali[sz]ed|referred|transferred|visit(?:ed)?|seen (?:at|in|by|again)|returned|came (?:back|to)|clinic|follow[- ]?up|admission|"
    r"on examination|re-?evaluat\w+|review(?:ed)?|(?:readmission|examination))\b",
    re.I,
)


class Event(NamedTuple):
    """What a stretch tells.

    Attributes:
        name: what a time point of it would be called.
        start, end: its words.
        treats: something is given, changed or stopped.
        ends: something became of a problem.
        follows: what became of a problem is told after what was given.
        then: it is told to come after what was told before.
        lasts: it takes a while.
        operates: it is an operation.
    """

    name: str
    start: int
    end: int
    treats: bool
    ends: bool
    follows: bool
    then: bool
    lasts: bool
    operates: bool


def event_of(text: str, start: int, end: int) -> Event | None:
    """The event of a stretch; None where nothing happens in it, or where it looks back.

    Example:
    >>> event_of("There was no lymphadenopathy.", 0, 29), event_of("She had been treated with dapsone.", 0, 34)
    (None, None)
    """
    if died := death_in(text, start, end):
        return Event("death", *died, treats=False, ends=True, follows=False, then=True, lasts=False, operates=False)
    verb = _TREATS.search(text, start, end)
    outcomes = read_outcomes(text, start, end)
    if not verb and not outcomes or _PAST.search(text, start, end) or _MAY_BE.search(text, start, end):
        return None
    given = [t for t in find_therapies(text, start, end) if t.sure and not is_apart(text, t, start, end)] if verb else []
    if verb and _OF_A_DOSE.fullmatch(verb["passive"] or verb["active"]):
        given = [t for t in given if -30 < verb.start() - t.end < 30 or 0 <= t.start - verb.end() < 40]
    if not given and not outcomes:
        return None
    said = (verb["passive"] or verb["active"]) if verb and given else text[outcomes[0][0] : outcomes[0][1]]
    name = f"{given[0].words[:40]}-{said}" if given else said[:40]
    begin, stop = (given[0].start, given[0].end) if given else outcomes[0][:2]
    return Event(
        re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"), begin, stop, bool(given), bool(outcomes),
        bool(verb and given and outcomes and outcomes[-1][0] > verb.start()),
        bool(_THEN.search(text, start, end)), bool(_LASTS.search(text, start, end)),
        any(t.kind == "procedure" and _OPERATION.search(t.words) for t in given),
    )  # fmt: skip


def death_in(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a stretch says that the patient died.

    Example:
    >>> death_in("The patient died of sepsis.", 0, 27), death_in("Her mother had a stroke and died.", 0, 33)
    ((12, 16), None)
    """
    match = _DIED.search(text, start, end)
    told = match and _WHO_DIED.search(text, start, match.start()) and not _RELATIVE.search(text, start, end)
    return match.span() if match and told else None


def is_visit(text: str, start: int, end: int) -> bool:
    """Whether the patient is seen there; what is then begun is begun at that time.

    Example:
    >>> is_visit("A month later she was admitted.", 0, 31), is_visit("A month later the rash had gone.", 0, 32)
    (True, False)
    """
    return bool(_VISIT.search(text, start, end))
