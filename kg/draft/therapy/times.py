"""Time expressions → the time points of the record, and which statement belongs to which."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Any

from kg.draft.patterns.openings import ManyOpenings, Openings
from kg.draft.patterns.stems import stems
from kg.draft.reading.patient import duration, to_number
from kg.draft.reading.source import Source
from kg.draft.therapy.dates import Date, between, find_dates
from kg.draft.therapy.events import event_of, is_visit
from kg.draft.therapy.treat import find_therapies
from kg.draft.timeline import START, Mark, TimeLine
from kg.record.times import days
from kg.report import Span

_N = r"(?P<n>\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|a few|few|several|a couple of|a|an|some|another (?:\d{1,2}|two|three|four)?)"
_U = r"(?P<u>hours?|days?|weeks?|months?|years?)"
_ABOUT = r"(?P<about>about |approximately |around |nearly |almost |over |within |some |just |only )?"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ARRIVAL = r"(?:(?:the |his |her |this |initial |current |hospital )*(?:presentation|presenting|admission|hospitali[sz]ation|referral|arrival|visit|evaluation|being (?:seen|admitted)))"
#: Sorts of expression; each says a time of its own. The first that matches at a place is taken.
_SORTS = (
    ("age", rf"\b(?:at|by|around|aged?|from)\s+(?:the\s+age\s+of\s+|age\s+(?:of\s+)?){_ABOUT}{_N}(?:[\s-]*{_U})?(?:,?\s*(?:and\s+)?\d{{1,2}} months?)?(?!\s*/)"),
    ("age", rf"\b(?:at|by|around)\s+(?:the\s+)?{_ABOUT}{_N}[\s-]*{_U}\s+of\s+age"),
    ("ago", rf"\b{_ABOUT}{_N}[\s-]+{_U}\s+(?:ago|earlier|previously|(?:before|prior to)(?=\s+{_ARRIVAL}|\s*[.,;)]))"),
    ("before", rf"\b(?:before|prior to)\s+{_ARRIVAL}\b(?=\s*,)"),
    ("later", rf"\b{_ABOUT}{_N}[\s-]+{_U}\s+(?:later|afterwards?|thereafter|after (?:that|this|discharge|admission|the (?:first|initial)[^,.]{{0,20}}|(?:the |her |his )?(?:surgery|operation|procedure)|presentation|hospitali[sz]ation|starting[^,.;]{{0,30}}|(?:initiation|cessation|completion|the (?:start|end|initiation|completion)) of[^,.;]{{0,30}}|treatment|therapy|transplant\w*|delivery|(?:the )?\w{{4,}}(?:ectomy|otomy|plasty|ation|ment)))\b"),
    ("later", rf"\b(?:after|within|over the (?:next|following|ensuing|subsequent)|during the (?:next|following)|in the (?:next|following)|for the (?:next|following))\s+{_ABOUT}{_N}[\s-]*{_U}(?:\s+(?:of\s+(?:follow[- ]?up|\w+ ?(?:treatment|therapy)|treatment|therapy|hospitali[sz]ation)|post-?operatively|later))?(?![\w-])(?!\s*['’]?\s*(?:history|of age|before|ago|prior|(?:of\s+)?gestation))"),
    ("origin", rf"\b(?:at|on)\s+(?:(?:the|his|her|a)\s+)?{_ABOUT}{_N}[\s-]*{_U}(?:\s+(?:of\s+(?:follow[- ]?up|treatment|therapy)|post-?operatively|post-?\w+|after \w+))?[\s-]*(?:follow[- ]?up)?(?!\s*(?:of age|old|history|before|ago|prior|interval|/|(?:of\s+)?gestation|['’]?s?['’]?\s+(?:of\s+)?(?:gestation|amenorrh|pregnan)))"),
    ("next", r"\b(?:the|on the|over the|during the)\s+(?:next|following)\s+(?:(?P<nu>day|morning|week|month|year)|night)\b"),
    ("day", rf"\b(?:on|by|at|from|starting on|beginning on)\s+(?:the\s+)?(?P<kind>hospital |post-?operative |post-?natal |admission |POD )?(?:day\s+(?:of life\s+)?(?P<day>\d{{1,3}})|(?P<nth>\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)})\s+(?P<kind2>hospital |post-?operative )?(?P<du>day|week|month))\b(?!\s+(?:repeated|of (?:each|every)|and \d|through|to (?:day )?\d|until|of gestation))"),
    ("discharge", r"\b(?:on|at|upon) discharge\b|\bwas discharged\b|\bwas sent home\b"),
    ("follow-up", r"\b(?:at|on|during)\s+(?:the\s+)?(?:last\s+|subsequent\s+|final\s+|latest\s+|recent\s+|most recent\s+|her\s+|his\s+|regular\s+|further\s+)*follow[- ]?ups?(?: visits?| examination| appointments?)?\b"),
    ("today", r"\b(?:today|currently|at present(?! (?:admission|visit|time of))|to date|at the time of (?:writing|this report|(?:the )?(?:last|latest) follow-up))\b"),
    ("start", rf"\b(?:on|at|upon) (?:the time of )?{_ARRIVAL}\b(?!\s+(?:three|two|\d))"),
)  # fmt: skip
_PATTERNS = ManyOpenings([re.compile(pattern, re.I) for _, pattern in _SORTS])
#: Cheap test: a sentence without any of these has no time of its own.
_ANY = re.compile(
    r"\d|[Hh]our|[Dd]ay|[Ww]eek|[Mm]onth|[Yy]ear|discharg|[Ff]ollow|[Aa]dmission|[Tt]o date|[Cc]urrent|[Nn]ext|present|[Hh]ospital|[Vv]isit|referr|[Aa]rriv|time of|sent home|evaluation|"
    r"being|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
_CLAUSE = re.compile(
    r";|,\s+(?:and|but|while|whereas|then|after which|when|at which)\b|\band (?=(?:the|his|her|she|he|then|subsequently|no|after|within) )|\bfollowed by\b|\bbut\b|"
    r",?(?<!presented)(?<!returned)\s+(?:with|without|resulting in|leading to|producing)\s+(?=(?:(?:an?|any|no|[a-z]+)\s+){0,3}?(?:improvements?|resolution|response|remission|recovery|relief|benefit|effect|success|disappearance|normali[sz]ation|regression)\b)",
    re.I,
)
#: The days of an illness that are counted since it began, not since the patient came.
_OF_ILLNESS = re.compile(r"\s+of\s+(?:(?:the|his|her|this)\s+)?(?:illness|disease|fever|symptoms?|rash|onset)\b", re.I)
_SINCE_OPERATION = re.compile(
    r"\s+(?:after|post|following|since)[\s-]*(?:the\s+|her\s+|his\s+|kidney\s+|renal\s+|liver\s+|stem cell\s+)*(?:transplant\w*|surgery|operation|procedure|\w{3,}(?:ectomy|otomy|plasty))\b",
    re.I,
)
#: What led to the presentation, though the report begins with it: `underwent gastrectomy in 2006`.
_BEFORE_COMING = re.compile(r"\b(?:underwent|was diagnosed|was operated)\b", re.I)
_COMES = re.compile(
    r"\b(?:present(?:ed|s|ing)|(?:was|were|is) (?:\w+ly )?(?:admitted|referred|seen|brought|hospitali[sz]ed|evaluated|transferred)|visited|came to|on (?:physical |clinical |general )?examination)\b",
    re.I,
)
_BY_THEN = re.compile(r"\bby\b", re.I)  # "by May it had improved" is no time of the past
_ENDED = re.compile(r"\b(?:end|completion|cessation|discontinuation|withdrawal|last (?:dose|infusion|cycle|course))\b", re.I)
_RELATIVE = re.compile(r"\b(?:mother|father|brother|sister|sibling|parents?|uncle|aunt|cousin|grand\w+)\b", re.I)
_PLUPERFECT = re.compile(r"\bhad\s+(?:\w+\s+){0,2}(?:been|undergone|\w+ed)\b|\bhistory\b|\bpreviously\b", re.I)
_ARRIVES = re.compile(
    r"\b(?:present(?:ed|s|ing)|was (?:admitted|referred|seen|brought|hospitali[sz]ed|evaluated|diagnosed|transferred)|visited|underwent|came to|on (?:physical |clinical |general )?examination)\b",
    re.I,
)
_OPERATION = re.compile(
    r"\b(?:surgery|operation|operated|resect(?:ed|ion)|excis(?:ed|ion)|(?:re-?)?transplant\w*|\w{3,}ectomy|\w{3,}otomy|\w{3,}plasty|ablation|bypass|implantation|repair(?:ed)?|started on|treated with)\b",
    re.I,
)
_MAY_OPERATE = stems("surgery")
_DONE = Openings(
    r"\b(?:underwent|performed|carried out|operated|resected|excised|transplanted|received|implanted|repaired|done|undertaken|removed|started|treated)\b"
)
_OF_OPERATION = re.compile(r"surg|operat|procedure|ectomy|otomy|plasty|transplant|resection|implant|repair|bypass", re.I)
_REFERRED = re.compile(r"\b(?:after|following|before|since|prior to|post-?|until|for|from|of|during|by)\s*(?:the\s+|\w+\s+)?\Z", re.I)
_BORN = re.compile(r"\b(?:born|delivered|birth|delivery|pregnan\w+)\b[^.;]{0,30}\Z", re.I)
#: After these a story tells of the time since it began; what stands before them led to it.
_AT_ARRIVAL = re.compile(
    r"\b(?:(?:physical|clinical|general|neurological) examination|on (?:admission|presentation|arrival|examination)|to our (?:\w+ ){0,3}(?:hospital|department|clinic|centre|center|unit|institution))\b",
    re.I,
)
_SUMMING_UP = re.compile(r"\b(?:is|are|remains?|has remained|have remained|continues|has been|has had|has not)\b", re.I)
_STOPPING = re.compile(r"\b(?:stopp|discontinu|withdr|taper|wean|ceas|reduc|complet)\w*", re.I)
_STARTING = re.compile(r"\b(?:start|initiat|commenc|beg[au]n|add|introduc|given|received|treated|underwent)\w*", re.I)
KINDS = {"today": "visit", "discharge": "event", "follow-up": "period", "ago": "event", "age": "period"}


class _Story:
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


def read_times(source: Source, story: tuple[Span, ...], age: str = "") -> TimeLine:
    """The time points in the order told; each stands after the one before it, or apart from presentation as printed.

    Only sentences of the story proper open a time; those of the abstract and of legends are filed at presentation.

    Args:
        age: the patient's age at presentation as a duration, so that "at the age of 3 years" has a place.
    """
    tale = _Story(source, age)
    line = TimeLine(tale.times, {}, {}, {})
    text, told = source.text, 0
    proper = [s for s in story if not _is_apart(s)]
    early = [k for k, s in enumerate(proper[: len(proper) // 2], 1) if _AT_ARRIVAL.search(text, s.start, s.end)]
    arrived = max(early, default=0)
    for sentence in story:
        line.of_sentence[sentence.start] = START
        if _is_apart(sentence):
            continue
        told += 1
        came = bool(_COMES.search(text, sentence.start, sentence.end))
        if tale.past and _ARRIVES.search(text, sentence.start, sentence.end):
            tale.current, tale.past = START, False
        line.of_sentence[sentence.start] = tale.current
        marks = _marks(tale, sentence, first=told < 4, arrived=told > arrived)
        tale.came |= came
        if marks:
            line.marks[sentence.start] = marks
            line.clauses[sentence.start] = _clauses(text, sentence)
        for match in (
            _OPERATION.finditer(text, sentence.start, sentence.end) if _MAY_OPERATE.search(text, sentence.start, sentence.end) else ()
        ):
            told_again = tale.operation and not tale.operates and not marks  # details of an operation, after what came of it
            if (
                not told_again
                and _DONE.search(text, sentence.start, sentence.end)
                and not _REFERRED.search(text, max(sentence.start, match.start() - 24), match.start())
            ):
                at = line.time_at(sentence, match.start())
                if re.search(r"on\Z|with\Z", match.group(), re.I):
                    tale.therapy = at
                else:
                    tale.operation = tale.therapy = at
    first = next(
        (s for s in story if s.section != "abstract" and re.search(r"\b(?:present|admit|refer|seen|evaluat)", text[s.start : s.end])), None
    )
    tale.times[START] |= (source.evidence(first.start, first.end) if first else None) or {}
    return line


def _is_apart(sentence: Span) -> bool:
    """Whether a sentence is no part of the story in its order."""
    return sentence.section in ("abstract", "discussion") or sentence.section.startswith(("figure", "table"))


def _marks(tale: _Story, sentence: Span, *, first: bool, arrived: bool) -> list[Mark]:
    """The expressions of one sentence in text order, none over another, and the events that have none.

    Args:
        arrived: what happens from here on happens after presentation.
    """
    borders = _clauses(tale.text, sentence)
    found = _expressions(tale.text, sentence) if _ANY.search(tale.text, sentence.start, sentence.end) else []
    if len(found) > 1:  # "discharged on day 10": one time
        timed = {bisect_right(borders, start) for start, _, sort, _ in found if sort in ("day", "later", "origin", "date")}
        found = [each for each in found if each[2] != "discharge" or bisect_right(borders, each[0]) not in timed]
    edges = [sentence.start, *borders, sentence.end]
    timed = {bisect_right(borders, start) for start, _, _, _ in found}
    if arrived:
        found += [(a, b, "event", None) for k, (a, b) in enumerate(pairwise(edges)) if k not in timed]
    marks: list[Mark] = []
    for start, end, sort, what in sorted(found, key=lambda each: each[:2]):
        if sort == "event":
            if name := _happen(tale, start, end):
                marks.append(Mark(start, end, name, True))
            continue
        aside = marks[-1].name if marks and not marks[-1].moves and sort in ("later", "next") else ""
        here, tale.current = tale.current, aside or tale.current
        opened = _dated(tale, sentence, what, first=first) if sort == "date" else _open(tale, sentence, sort, what)
        if aside:  # "10 days before admission ... 1 day later": still before
            tale.current, opened = here, (opened[0], False) if opened else None
        if opened:
            name, moves = opened
            marks.append(Mark(start, end, name, moves))
            if moves and sort not in ("day", "start"):
                tale.days = []  # another count may begin
            if moves:
                k = bisect_right(borders, start)
                _arrive(tale, name, edges[k], edges[k + 1])
    return marks


def _expressions(text: str, sentence: Span) -> list[tuple[int, int, str, Any]]:
    found: list[tuple[int, int, str, Any]] = []
    for number, match in _PATTERNS.finditer(text, sentence.start, sentence.end):
        if not any(a < match.end() and match.start() < b for a, b, _, _ in found):
            found.append((match.start(), match.end(), _SORTS[number][0], match))
    for date in find_dates(text, sentence.start, sentence.end):
        if not any(a < date.end and date.start < b for a, b, _, _ in found):
            found.append((date.start, date.end, "date", date))
    return found


def _arrive(tale: _Story, name: str, start: int, end: int) -> None:
    """The story stands at a time that is told; what its clause tells happens there."""
    event = event_of(tale.text, start, end)
    tale.current, tale.visit = name, name == START or is_visit(tale.text, start, end)
    tale.done = {kind for kind, told in (("treats", event.treats), ("ends", event.ends)) if told} if event else set()
    tale.lasts, tale.operates = bool(event and event.lasts), bool(event and event.operates)
    tale.begun = tale.current if "treats" in tale.done else tale.begun


def _happen(tale: _Story, start: int, end: int) -> str:
    """The new time point of what a clause tells without a time; "" where that happens at the time told last.

    What is begun when the patient is seen is begun then. What came of it, what is said to come then, and an operation come later.
    """
    event = event_of(tale.text, start, end)
    if event is None:
        return ""
    kinds = {kind for kind, told in (("treats", event.treats), ("ends", event.ends)) if told}
    later = (
        event.then
        or event.follows
        or event.ends and not event.treats and "treats" in tale.done
        or event.treats and "ends" in tale.done | kinds and not tale.visit
        or event.operates and not tale.operates
    )  # fmt: skip
    if not later:
        tale.done |= kinds
        tale.lasts |= event.lasts
        tale.begun = tale.current if "treats" in kinds else tale.begun
        return ""
    words = re.sub(r"\A(?:[\s,;]|(?:and|but|while|whereas|then|when)\b)+", "", tale.text[start:end])
    name = _put(tale, start + len(tale.text[start:end]) - len(words), end, {"after": tale.current}, event.name, "event", same=False)
    tale.times[name]["words"] = " ".join(words.rstrip(" .,;").split())[:120]
    tale.current, tale.done, tale.visit = name, kinds, is_visit(tale.text, start, end)
    tale.lasts, tale.operates = event.lasts, event.operates
    tale.begun = name if "treats" in kinds else tale.begun
    return name


def _clauses(text: str, sentence: Span) -> list[int]:
    return [m.start() for m in _CLAUSE.finditer(text, sentence.start, sentence.end)]


def _open(tale: _Story, sentence: Span, sort: str, match: re.Match[str]) -> tuple[str, bool] | None:
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
        return _on_day(tale, match), True
    if sort == "next":
        unit = {"morning": "day", "night": "day"}.get((match["nu"] or "day").lower(), (match["nu"] or "day").lower())
        return _add(tale, match, {"after": tale.current} | ({} if tale.lasts else {"by": duration(1, unit)}), f"next-{unit}", "visit"), True
    name = f"{unit.rstrip('s').lower()}-{number:g}-later" if by else f"some-{unit.rstrip('s').lower()}s-later"
    if sort == "origin" and _BORN.search(tale.text, max(sentence.start, match.start() - 45), match.start()):
        return None  # how long a pregnancy lasted
    told = match.group().lower()
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


def _given_before(tale: _Story, sentence: Span, match: re.Match[str]) -> bool:
    """Whether the sentence itself names what its `within a month` is counted from."""
    return any(t.sure for t in find_therapies(tale.text, sentence.start, match.start()))


def _in_run(tale: _Story, match: re.Match[str], far: float, name: str) -> str:
    """The point of "at 8 months" among "at 6 months", "at 4 years": of one origin, so the figures give their order."""
    if tale.current not in [point for _, point in tale.run]:
        tale.run = [(0.0, tale.current)]
    same = next((point for d, point in tale.run[1:] if d == far), "")
    if same:
        return same
    made = _add(tale, match, {"after": max(each for each in tale.run if each[0] < far or each[0] == 0.0)[1]}, name, "visit")
    tale.run.append((far, made))
    return made


def _is_counted(tale: _Story, sentence: Span, match: re.Match[str], told: str) -> bool:
    """Whether a distance is that from the point told last.

    "Two weeks later" is counted from the end of what takes a while, which has no point; "within two weeks" from its beginning.
    A stop "after six months" is counted from a start, and what is so now, years later, from no one event.
    """
    if re.search(r"(?:later|afterwards?|thereafter|that|this)\Z", told):
        return not tale.lasts and not (re.search(r"month|year", told) and _SUMMING_UP.search(tale.text, sentence.start, sentence.end))
    before = tale.text[sentence.start : match.start()]
    return not (told.startswith("after") and _STOPPING.search(before) and not _STARTING.search(before))


def _at_age(tale: _Story, sentence: Span, match: re.Match[str], number: float | None, unit: str) -> tuple[str, bool] | None:
    """A time told by the patient's age: so long before (or after) presentation, where the age there is known."""
    if number is None or _RELATIVE.search(tale.text, sentence.start, match.start()):
        return None
    unit = unit or "years"
    then = duration(number, unit)
    if not tale.age or tale.age == then:
        return (START, True) if tale.age == then else None
    apart = days(tale.age) - days(then)
    same_unit = re.fullmatch(r"P(\d+)([YMD])", tale.age), re.fullmatch(r"P(\d+)([YMD])", then)
    side = "before" if apart > 0 else "after"
    point: dict[str, Any] = {side: START}
    if same_unit[0] and same_unit[1] and same_unit[0][2] == same_unit[1][2]:
        point |= {"by": f"P{abs(int(same_unit[0][1]) - int(same_unit[1][1]))}{same_unit[0][2]}", "approximate": True}
    tale.past = side == "before"
    return _add(tale, match, point, f"age-{unit.rstrip('s').lower()}-{number:g}".replace(".", "-"), "period", same=True), True


def _on_day(tale: _Story, match: re.Match[str]) -> str:
    nth = (match["nth"] or "").lower()
    number = int(match["day"] or (_ORDINALS.index(nth) + 1 if nth in _ORDINALS else re.sub(r"\D", "", nth)))
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


def _dated(tale: _Story, sentence: Span, date: Date, *, first: bool) -> tuple[str, bool] | None:
    """A time told by its date: so long before or after presentation where the date of that is known."""
    text = tale.text
    past = None if _BY_THEN.match(text, date.start) and tale.latest else _PLUPERFECT.search(text, sentence.start, sentence.end)
    arrival = _ARRIVES.search(text, sentence.start, sentence.end)
    there = arrival and not _PLUPERFECT.search(text, min(arrival.start(), date.start), max(arrival.end(), date.start))
    before = _led_to(tale, sentence, date)
    if before and first and tale.date is None:
        tale.latest, tale.led = date, True
        return _put(tale, date.start, date.end, {"before": START}, date.name, "event", same=True), False
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
    name = _put(tale, date.start, date.end, point, date.name, "event" if not moves else "visit", same=True)
    return (name, moves) if words else None


def _led_to(tale: _Story, sentence: Span, date: Date) -> bool:
    """Whether a date is that of what was done before the patient came: `underwent gastrectomy in 2006` at the beginning."""
    if tale.came or tale.led:
        return False
    text, comes = tale.text, _COMES.search(tale.text, sentence.start, sentence.end)
    done = [m for m in _BEFORE_COMING.finditer(text, sentence.start, sentence.end)]
    if not done or not comes and not done[0].group().lower().startswith("underwent"):
        return False
    nearest = min(
        [*done, *([comes] if comes else [])],
        key=lambda m: abs(date.start - m.end()) if m.end() <= date.start else 60 + m.start() - date.end,
    )
    return nearest is not comes


def _add(tale: _Story, match: re.Match[str], point: dict[str, Any], name: str, kind: str, *, same: bool = False) -> str:
    return _put(tale, match.start(), match.end(), point, name, kind, same=same)


def _put(tale: _Story, start: int, end: int, point: dict[str, Any], name: str, kind: str, *, same: bool) -> str:
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
