"""An expression of time → a time point of the record: after which other, and how far."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.reading.patient import duration, to_number
from kg.draft.reading.source import Source
from kg.draft.therapy.dates import Date, between
from kg.draft.therapy.treat import find_therapies
from kg.draft.timeline import START
from kg.report import Span
from kg.times import days

_UP_TO_NINTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TENS = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")
#: The first to the ninety-ninth, in their order.
ORDINALS = (
    *_UP_TO_NINTH, "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", *(word for ten in _TENS for word in (f"{ten}ieth", *(f"{ten}y-{one}" for one in _UP_TO_NINTH))),
)  # fmt: skip
#: The days of an illness that are counted since it began, not since the patient came.
_OF_ILLNESS = re.compile(r"\s+of\s+(?:(?:the|his|her|this)\s+)?(?:illness|disease|fever|symptoms?|rash|onset)\b", re.I)
_SINCE_OPERATION = re.compile(
    r"\s+(?:after|post|following|since)[\s-]*(?:the\s+|her\s+|his\s+|kidney\s+|renal\s+|liver\s+|stem cell\s+)*(?:transplant\w*|surgery|operation|procedure|\w{3,}(?:ectomy|otomy|plasty))\b",
    re.I,
)
#: What led to the presentation, though the report begins with it: `underwent gastrectomy in 2006`.
_BEFORE_COMING = re.compile(r"\b(?:underwent|was diagnosed|was operated)\b", re.I)
COMES = re.compile(
    r"\b(?:present(?:ed|s|ing)|(?:was|were|is) (?:\w+ly )?(?:admitted|referred|seen|brought|hospitali[sz]ed|evaluated|transferred)|visited|came to|on (?:physical |clinical |general )?examination)\b",
    re.I,
)
_BY_THEN = re.compile(r"\bby\b", re.I)  # "by May it had improved" is no time of the past
_ENDED = re.compile(r"\b(?:end|completion|cessation|discontinuation|withdrawal|last (?:dose|infusion|cycle|course))\b", re.I)
_RELATIVE = re.compile(r"\b(?:mother|father|mom|dad|brother|sister|sibling|parent|uncle|aunt|cousin|niece|nephew|grand\w+)s?\b", re.I)
_PLUPERFECT = re.compile(r"\bhad\s+(?:\w+\s+){0,2}(?:been|undergone|\w+ed)\b|\bhistory\b|\bpreviously\b", re.I)
ARRIVES = re.compile(
    r"\b(?:present(?:ed|s|ing)|was (?:admitted|referred|seen|brought|hospitali[sz]ed|evaluated|diagnosed|transferred)|visited|underwent|came to|on (?:physical |clinical |general )?examination)\b",
    re.I,
)
_OF_OPERATION = re.compile(r"ablat|surg|operat|procedure|ectomy|otomy|plasty|transplant|resection|implant|repair|bypass", re.I)
_BORN = re.compile(r"\b(?:born|delivered|birth|delivery|pregnan\w+)\b[^.;]{0,30}\Z", re.I)
_SUMMING_UP = re.compile(r"\b(?:is|are|remains?|has remained|have remained|continues|has been|has had|has not)\b", re.I)
_STOPPING = re.compile(r"\b(?:stopp|discontinu|withdr|taper|wean|ceas|reduc|complet)\w*", re.I)
_STARTING = re.compile(r"\b(?:start|initiat|commenc|beg[au]n|add|introduc|given|received|treated|underwent)\w*", re.I)
_SINCE_BEGUN = re.compile(r"\bafter\s+(?:starting|(?:the\s+)?(?:initiation|start|commencement|introduction)\s+of)\b", re.I)
KINDS = {"today": "visit", "discharge": "event", "follow-up": "period", "ago": "event", "age": "period"}


class Story:
    """Where the telling stands while the sentences are read one by one."""

    def __init__(self, source: Source, age: str) -> None:
        self.source, self.text, self.age = source, source.text, age
        self.times: dict[str, dict[str, Any]] = {START: {"kind": "visit", "words": "presentation"}}
        self.current = START
        self.origin = START  # what "at 3 months", "at 6 months" are counted from
        self.past = False  # the story tells of a time before presentation
        self.operation = self.therapy = ""  # the times of the latest operation and treatment that later times may be counted from
        self.done: set[str] = set()  # what was told at the current point: something given, something that came of it
        self.visit = True  # the patient is seen at the current point
        self.lasts = False  # what was begun there takes a while
        self.run: list[tuple[float, str]] = []  # points told by their distance in days from one origin, after the point before them
        self.begun = ""  # the time of what was given last
        self.operates = False  # the current point is an operation
        self.day: tuple[str, int] | None = None  # the latest "day 12": its point and number
        self.days: list[tuple[int, str]] = []  # the days of the count that this belongs to, and their points
        self.days_from = START  # the point before them
        self.led = False  # the report began with what led to the presentation
        self.came = False  # it has been told that the patient came
        self.date: Date | None = None  # of presentation
        self.latest: Date | None = None


def open_point(tale: Story, sentence: Span, sort: str, match: re.Match[str]) -> tuple[str, bool] | None:
    groups = match.groupdict()
    number, unit = to_number((groups.get("n") or "").lower().removeprefix("another").strip() or "one"), groups.get("u") or ""
    about = {"approximate": True} if groups.get("about") else {}
    by = {"by": duration(number, unit)} if number and unit and groups.get("n") else {}
    if sort == "start":
        tale.past = False
        return START, True
    if sort == "age":
        return _at_age(tale, sentence, match, number, unit)
    if sort == "ago":
        if tale.current == START or "earlier" not in match.group().lower():
            if tale.past and tale.times[tale.current].get("before") == START:  # told of years ago, then of days ago
                tale.current, tale.past = START, False
            name = f"before-{unit.rstrip('s').lower()}-{(groups['n'] or '').lower()}".replace(" ", "-")
            return _add(tale, match, {"before": START, **by, **about}, name, "event", same=True), False
        return _add(tale, match, {"before": tale.current, **by, **about}, f"{unit.rstrip('s').lower()}-earlier", "event"), False
    if sort == "before":
        return (_add(tale, match, {"before": START}, "before-presentation", "period", same=True), False) if tale.current == START else None
    if sort in ("discharge", "follow-up", "today"):
        name = _add(tale, match, {"after": tale.current}, sort, KINDS[sort])
        tale.origin = name if sort == "discharge" else tale.origin
        return name, True
    if sort == "day":
        if "life" in match.group().lower() and _RELATIVE.search(tale.text, sentence.start, match.start()):
            return None
        return _on_day(tale, match), True
    if sort == "next":
        unit = {"morning": "day", "night": "day"}.get((match["nu"] or "day").lower(), (match["nu"] or "day").lower())
        return _add(tale, match, {"after": tale.current} | ({} if tale.lasts else {"by": duration(1, unit)}), f"next-{unit}", "visit"), True
    name = f"{unit.rstrip('s').lower()}-{number:g}-later" if by else f"some-{unit.rstrip('s').lower()}s-later"
    if sort == "origin" and _BORN.search(tale.text, max(sentence.start, match.start() - 45), match.start()):
        return None  # how long a pregnancy lasted
    if by and _since_begun(tale, sentence, match):
        name = f"before-{unit.rstrip('s').lower()}-{(groups['n'] or '').lower()}".replace(" ", "-")
        return _add(tale, match, {"before": START, **by, **about}, name, "event", same=True), False
    told = match.group().lower().replace(" following ", " after ")
    if re.search(r"after (?:admission|presentation|hospitali)", told):
        return _add(tale, match, {"after": START, **by, **about}, name, "visit"), True
    if re.search(r"\bafter (?!that|this|discharge)[a-z]", told[8:]) or "post" in told:
        if _ENDED.search(told):
            return _add(tale, match, {"after": tale.current}, name, "visit"), True
        since = (
            tale.operation if _OF_OPERATION.search(told) else "" if re.search(r"\b(?:first|initial|deliver|birth)", told) else tale.therapy
        )
        point = {"after": since, **by, **(about or ({"approximate": True} if since == START else {}))} if since else {"after": tale.current}
        return _add(tale, match, point, name, "visit"), True
    if sort == "origin" or "after discharge" in told:  # counted from what the text doesn't say, or from the discharge
        leaves = "discharge" in tale.times and (tale.origin == "discharge" or "after discharge" in told)
        tale.origin = tale.origin if leaves else START
        point = {"after": "discharge", **by, "approximate": True} if leaves else {"after": tale.current}
        if sort == "origin" and by and not leaves:
            return _in_run(tale, match, days(by["by"]), name), True
        return _add(tale, match, point, name, "visit"), True
    point = {"after": tale.current}
    if _is_counted(tale, sentence, match, told):
        begun = (
            tale.begun
            if re.match(r"after|within", told)
            and "treats" not in tale.done
            and not (told.startswith("within") and _given_before(tale, sentence, match))
            else ""
        )
        point = {"after": begun or tale.current, **by, **about}  # what came of a treatment begins nothing
    tale.origin = START
    return _add(tale, match, point, name, "visit"), True


def _since_begun(tale: Story, sentence: Span, match: re.Match[str]) -> bool:
    """Whether a time is that from a treatment's beginning to the presentation: `presented 3 months after starting methimazole`."""
    if tale.current != START or tale.past or not _SINCE_BEGUN.search(match.group()):
        return False
    return bool(COMES.search(tale.text, sentence.start, match.start())) and not find_therapies(tale.text, sentence.start, match.start())


def _given_before(tale: Story, sentence: Span, match: re.Match[str]) -> bool:
    """Whether the sentence itself names what its `within a month` is counted from."""
    return any(t.sure for t in find_therapies(tale.text, sentence.start, match.start()))


def _in_run(tale: Story, match: re.Match[str], far: float, name: str) -> str:
    """The point of "at 8 months" among "at 6 months", "at 4 years": of one origin, so the figures give their order."""
    if tale.current not in [point for _, point in tale.run]:
        tale.run = [(0.0, tale.current)]
    same = next((point for d, point in tale.run[1:] if d == far), "")
    if same:
        return same
    made = _add(tale, match, {"after": max(each for each in tale.run if each[0] < far or each[0] == 0.0)[1]}, name, "visit")
    tale.run.append((far, made))
    return made


def _is_counted(tale: Story, sentence: Span, match: re.Match[str], told: str) -> bool:
    """Whether a distance is that from the point told last.

    "Two weeks later" is counted from the end of what takes a while, which has no point; "within two weeks" from its beginning.
    A stop "after six months" is counted from a start, and what is so now, years later, from no one event.
    """
    if re.search(r"(?:later|afterwards?|thereafter|that|this)\Z", told):
        return not tale.lasts and not (re.search(r"month|year", told) and _SUMMING_UP.search(tale.text, sentence.start, sentence.end))
    before = tale.text[sentence.start : match.start()]
    return not (told.startswith("after") and _STOPPING.search(before) and not _STARTING.search(before))


def _at_age(tale: Story, sentence: Span, match: re.Match[str], number: float | None, unit: str) -> tuple[str, bool] | None:
    """A time told by the patient's age: so long before (or after) presentation, where the age there is known."""
    if number is None or _RELATIVE.search(tale.text, sentence.start, match.start()):
        return None
    unit = unit or "years"
    then = duration(number, unit)
    name = f"age-{unit.rstrip('s').lower()}-{number:g}".replace(".", "-")
    if not tale.age:  # ages are in their order at least
        return (_in_run(tale, match, days(then), name), True) if match.group().lower().endswith("old") else None
    if tale.age == then:
        return START, True
    apart = days(tale.age) - days(then)
    same_unit = re.fullmatch(r"P(\d+)([YMD])", tale.age), re.fullmatch(r"P(\d+)([YMD])", then)
    side = "before" if apart > 0 else "after"
    point: dict[str, Any] = {side: START}
    if same_unit[0] and same_unit[1] and same_unit[0][2] == same_unit[1][2]:
        point |= {"by": f"P{abs(int(same_unit[0][1]) - int(same_unit[1][1]))}{same_unit[0][2]}", "approximate": True}
    name = f"age-{unit.rstrip('s').lower()}-{number:g}".replace(".", "-")
    if side == "before" and _PLUPERFECT.search(tale.text, sentence.start, match.start()):  # looks back; the story is not told from there
        return _add(tale, match, point, name, "period", same=True), False
    tale.past = side == "before"
    return _add(tale, match, point, name, "period", same=True), True


def _on_day(tale: Story, match: re.Match[str]) -> str:
    nth = (match["nth"] or "").lower()
    number = int(match["day"] or (ORDINALS.index(nth) + 1 if nth in ORDINALS else re.sub(r"\D", "", nth)))
    kind = ((match["kind"] or "") + (match["kind2"] or "")).lower().strip().replace("-", "")
    unit = (match["du"] or "day").lower()
    base = {"pod": "postoperative"}.get(kind, kind)
    if unit == "day" and not base and not tale.came and tale.current == START and _OF_ILLNESS.match(tale.text, match.end()):
        tale.day, tale.days = (START, number), [(number, START)]  # the patient comes on the fifth day of fever
        return START
    if base in ("hospital", "admission"):
        return _add(
            tale, match, {"after": START, "by": duration(number, unit), "approximate": True}, f"{base}-{unit}-{number}", "visit", same=True
        )
    point: dict[str, Any] = {"after": tale.current}
    if unit == "day" and (told := next((name for day, name in tale.days if day == number), "")):
        tale.day = told, number
        return told
    since = base == "postoperative" or bool(_SINCE_OPERATION.match(tale.text, match.end()))
    earlier = [each for each in tale.days if each[0] < number]
    if since and unit == "day" and tale.operation:
        point = {"after": tale.operation, "by": duration(number, unit)} | ({"approximate": True} if tale.operation == START else {})
    elif unit == "day" and tale.day and tale.day[1] < number:
        point = {"after": tale.day[0], "by": duration(number - tale.day[1], "day")}
    elif unit == "day" and earlier:  # told out of order: "day 5 ... day 60 ... day 35"
        point = {"after": max(earlier)[1], "by": duration(number - max(earlier)[0], "day")}
    elif unit == "day" and tale.days and number < min(tale.days)[0]:
        point = {"after": tale.days_from}
    later = [each for each in tale.days if each[0] > number] if unit == "day" else []
    if not tale.days:
        tale.days_from = tale.current
    name = _add(tale, match, point, f"{base}-{unit}-{number}".strip("-"), "visit", same=True)
    for day, after in later:  # the later day, told before, is counted from this one
        if tale.times[after].get("after") == tale.days_from and tale.times[name].get("after") != after:
            tale.times[after] |= {"after": name, "by": duration(day - number, "day")}
    tale.day = (name, number) if unit == "day" else None
    tale.days += [(number, name)] if unit == "day" and (number, name) not in tale.days else []
    return name


def open_date(tale: Story, sentence: Span, date: Date, *, first: bool) -> tuple[str, bool] | None:
    """A time told by its date: so long before or after presentation where the date of that is known."""
    text = tale.text
    past = None if _BY_THEN.match(text, date.start) and tale.latest else _PLUPERFECT.search(text, sentence.start, sentence.end)
    arrival = ARRIVES.search(text, sentence.start, sentence.end)
    there = arrival and not _PLUPERFECT.search(text, min(arrival.start(), date.start), max(arrival.end(), date.start))
    before = _led_to(tale, sentence, date)
    if before and first and tale.date is None:
        tale.latest, tale.led = date, True
        return put_point(tale, date.start, date.end, {"before": START}, date.name, "event", same=True), False
    if first and tale.date is None and there and (not past or past.start() > date.end):
        tale.date = tale.latest = date
        tale.times[START]["words"] = f"presentation ({' '.join(text[date.start : date.end].split())})"
        return START, True
    if not date.year and tale.latest and tale.latest.year and date.month:
        year = tale.latest.year + (not past and date.month < tale.latest.month)
        date = date._replace(year=year)
    apart = between(tale.date, date) if tale.date else None
    if apart:
        by, rough = apart
        point = {"before" if by.startswith("-") else "after": START, "by": by.lstrip("-")} | ({"approximate": True} if rough else {})
    elif tale.date and (date.year, date.month) == (tale.date.year, tale.date.month) or past and tale.current == START and not date.year:
        return None
    else:
        point = {"before": START} if past and tale.current == START else {"after": tale.current}
    moves = "after" in point and not past
    tale.latest = date if moves else tale.latest
    tale.past = tale.past and not moves
    words = re.search(r"\S.*", text[date.start : date.end], re.S)
    name = put_point(tale, date.start, date.end, point, date.name, "event" if not moves else "visit", same=True)
    return (name, moves) if words else None


def _led_to(tale: Story, sentence: Span, date: Date) -> bool:
    """Whether a date is that of what was done before the patient came: `underwent gastrectomy in 2006` at the beginning."""
    if tale.came or tale.led:
        return False
    text, comes = tale.text, COMES.search(tale.text, sentence.start, sentence.end)
    done = [m for m in _BEFORE_COMING.finditer(text, sentence.start, sentence.end)]
    if not done or not comes and not done[0].group().lower().startswith("underwent"):
        return False
    nearest = min(
        [*done, *([comes] if comes else [])],
        key=lambda m: abs(date.start - m.end()) if m.end() <= date.start else 60 + m.start() - date.end,
    )
    return nearest is not comes


def _add(tale: Story, match: re.Match[str], point: dict[str, Any], name: str, kind: str, *, same: bool = False) -> str:
    return put_point(tale, match.start(), match.end(), point, name, kind, same=same)


def put_point(tale: Story, start: int, end: int, point: dict[str, Any], name: str, kind: str, *, same: bool) -> str:
    """Add a time point; with `same` one of that name is taken again where it stands."""
    name = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    chosen, k = name, 2
    while chosen in tale.times:
        if same:
            return chosen
        chosen, k = f"{name}-{k}", k + 1
    words = " ".join(tale.text[start:end].split())
    tale.times[chosen] = point | {"kind": kind, "words": words} | (tale.source.evidence(start, end) or {})
    return chosen
