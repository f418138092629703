"""Time expressions → the time points of the record, and which statement belongs to which."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Any

from kg.draft.patterns.openings import ManyOpenings, Openings
from kg.draft.patterns.stems import stems
from kg.draft.reading.source import Source
from kg.draft.therapy.credit import CONCESSION
from kg.draft.therapy.dates import find_dates
from kg.draft.therapy.events import death_in, event_of, is_visit
from kg.draft.therapy.points import ARRIVES, COMES, ORDINALS, Story, open_date, open_point, put_point
from kg.draft.timeline import START, Mark, TimeLine
from kg.report import Span

_N = r"(?P<n>\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|a few|few|several|a couple of|a|an|some|another (?:\d{1,2}|two|three|four)?)"
_U = r"(?P<u>(?:hour|day|week|month|year)s?(?![a-z]))"
#: Units in short, where the words around them leave no doubt.
_UNIT = r"(?P<u>(?:hour|day|week|month|year)s?(?![a-z])|(?:(?<=\d)|(?<=\d[\s-]))(?:hrs?|wks?|yrs?|[hd])\b(?![./]\w))"
_ABOUT = r"(?P<about>about |approximately |around |nearly |almost |over |within |some |just |only )?"
_ARRIVAL = r"(?:(?:the |his |her |this |initial |current |hospital )*(?:presentation|presenting|admission|hospitali[sz]ation|referral|arrival|visit|evaluation|being (?:seen|admitted)))"
#: Sorts of expression; each says a time of its own. The first that matches at a place is taken.
_SORTS = (
    ("age", rf"\b(?:at|by|around|aged?|from)\s+(?:the\s+age\s+of\s+|age\s+(?:of\s+)?){_ABOUT}{_N}(?:[\s-]*{_U})?(?:,?\s*(?:and\s+)?\d{{1,2}} months?)?(?!\s*/)"),
    ("age", rf"\b(?:at|by|around)\s+(?:the\s+)?{_ABOUT}{_N}[\s-]*{_U}[\s-]+(?:of\s+age|old)\b"),
    ("ago", rf"\b{_ABOUT}{_N}[\s-]+{_U}\s+(?:ago|earlier|previously|prior(?=\s*[.,;)]|\s+(?:at|with|and|in|for)\b)|(?:before|prior to)(?=\s+{_ARRIVAL}|\s*[.,;)]))"),
    ("before", rf"\b(?:before|prior to)\s+{_ARRIVAL}\b(?=\s*,)"),
    ("later", rf"\b{_ABOUT}{_N}[\s-]+{_UNIT}\s+(?:later|afterwards?|thereafter|after(?=\s*,)|(?:after|following) (?:that|this|discharge|admission|the (?:first|initial)[^,.]{{0,20}}|(?:the |her |his )?(?:surgery|operation|procedure)|presentation|hospitali[sz]ation|starting[^,.;]{{0,30}}|(?:initiation|cessation|completion|the (?:start|end|initiation|completion)) of[^,.;]{{0,30}}|treatment|therapy|transplant\w*|delivery|(?:the |her |his )?(?:(?:RAI|radioiodine|radiofrequency|catheter|bone marrow|stem cell|kidney|renal|liver) )?(?:ablation|\w{{4,}}(?:ectomy|otomy|plasty|ation|ment))))\b"),
    ("later", rf"\b(?:after|within|over the (?:next|following|ensuing|subsequent)|during the (?:next|following)|in the (?:next|following)|for the (?:next|following))\s+{_ABOUT}{_N}[\s-]*{_U}(?:\s+(?:of\s+(?:follow[- ]?up|\w+ ?(?:treatment|therapy)|treatment|therapy|hospitali[sz]ation)|post-?operatively|later))?(?![\w-])(?!\s*['’]?\s*(?:history|of age|before|ago|prior|(?:of\s+)?gestation))"),
    ("origin", rf"\b(?:at|on)\s+(?:(?:the|his|her|a)\s+)?{_ABOUT}{_N}[\s-]*{_U}(?:\s+(?:of\s+(?:follow[- ]?up|treatment|therapy)|post-?operatively|post-?\w+|after \w+))?[\s-]*(?:follow[- ]?up)?(?!\s*(?:of age|old|history|before|ago|prior|interval|/|(?:of\s+)?gestation|['’]?s?['’]?\s+(?:of\s+)?(?:gestation|amenorrh|pregnan)))"),
    ("next", r"\b(?:the|on the|over the|during the)\s+(?:next|following)\s+(?:(?P<nu>day|morning|week|month|year)|night)\b"),
    ("day", rf"\b(?:on|by|at|from|starting on|beginning on)\s+(?:the\s+)?(?P<kind>hospital\s|post-?operative\s|post-?natal\s|admission\s|POD\s)?(?:day\s+(?:of life\s+)?(?P<day>\d{{1,3}})|(?P<nth>\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(ORDINALS)})\s+(?P<kind2>hospital\s|post-?operative\s)?(?P<du>day|week|month))\b(?!\s+(?:repeated|of (?:each|every)|and \d|through|to (?:day )?\d|until|of gestation))"),
    ("discharge", r"\b(?:on|at|upon) discharge\b|\bwas discharged\b|\bwas sent home\b"),
    ("follow-up", r"\b(?:at|on|during)\s+(?:the\s+)?(?:last\s+|subsequent\s+|final\s+|latest\s+|recent\s+|most recent\s+|her\s+|his\s+|regular\s+|further\s+)*follow[- ]?ups?(?: visits?| examination| appointments?)?\b"),
    ("today", r"\b(?:today|currently|at present(?! (?:admission|visit|time of))|to date(?<!up to date)|at the time of (?:writing|this report|(?:the )?(?:last|latest) follow-up))\b"),
    ("start", rf"\b(?:on|at|upon) (?:the time of )?{_ARRIVAL}\b(?!\s+(?:three|two|\d))"),
)  # fmt: skip
_PATTERNS = ManyOpenings([re.compile(pattern, re.I) for _, pattern in _SORTS])
#: Cheap test: a sentence without any of these has no time of its own.
_ANY = re.compile(
    r"\d|[Hh]our|[Dd]ay|[Ww]eek|[Mm]onth|[Yy]ear|discharg|[Ff]ollow|[Aa]dmission|[Tt]o date|[Cc]urrent|[Nn]ext|present|[Hh]ospital|[Vv]isit|referr|[Aa]rriv|time of|sent home|evaluation|"
    r"being|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
_CLAUSE = Openings(
    r";|,\s+(?:and|but|while|whereas|then|after which|when|at which)\b|\band (?=(?:the|his|her|she|he|then|subsequently|no|after|within|underwent) )|\bfollowed by\b|\bbut\b"
)
#: What came of it is told after these.
_WITH_OUTCOME = re.compile(
    r",?(?<!presented)(?<!returned)\s+(?:with|without|resulting in|leading to|producing)\s+(?=(?:(?:an?|any|no|[a-z]+)\s+){0,3}?(?:improvements?|resolution|response|remission|recovery|relief|benefit|effect|success|disappearance|normali[sz]ation|regression)\b)",
    re.I,
)
_MAY_COME = stems("came")
_OPERATION = re.compile(
    r"\b(?:surgery|operation|operated|resect(?:ed|ion)|excis(?:ed|ion)|(?:re-?)?transplant\w*|\w{3,}ectomy|\w{3,}otomy|\w{3,}plasty|ablation|bypass|implantation|repair(?:ed)?|started on|treated with)\b",
    re.I,
)
_MAY_OPERATE = stems("surgery")
_DONE = Openings(
    r"\b(?:underwent|performed|carried out|operated|resected|excised|transplanted|received|implanted|repaired|done|undertaken|removed|started|treated)\b"
)
_COMES_NOW = re.compile(r"(?:,|\bwho)\s+(?:(?:he|she|who|now)\s+)?present(?:s|ed)\s+(?:to|with|for|at|because)\b", re.I)
_REFERRED = re.compile(r"\b(?:after|following|before|since|prior to|post-?|until|for|from|of|during|by)\s*(?:the\s+|\w+\s+)?\Z", re.I)
#: After these a story tells of the time since it began; what stands before them led to it.
_AT_ARRIVAL = re.compile(
    r"\b(?:(?:physical|clinical|general|neurological) examination|on (?:admission|presentation|arrival|examination)|to our (?:\w+ ){0,3}(?:hospital|department|clinic|centre|center|unit|institution))\b",
    re.I,
)


def read_times(source: Source, story: tuple[Span, ...], age: str = "") -> TimeLine:
    """The time points in the order told; each stands after the one before it, or apart from presentation as printed.

    Only sentences of the story proper open a time; those of the abstract and of legends are filed at presentation.

    Args:
        age: the patient's age at presentation as a duration, so that "at the age of 3 years" has a place.
    """
    tale = Story(source, age)
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
        came = bool(COMES.search(text, sentence.start, sentence.end))
        if tale.past and ARRIVES.search(text, sentence.start, sentence.end):
            tale.current, tale.past = START, False
        line.of_sentence[sentence.start] = tale.current
        marks = _marks(tale, sentence, first=told < 4, arrived=told > arrived)
        tale.came |= came
        if tale.past and marks and (here := _COMES_NOW.search(text, marks[-1].end, sentence.end)):
            marks.append(Mark(here.start(), here.end(), START, True))  # "known with gout since the age of 30, presented with"
            tale.current, tale.past = START, False
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


def _marks(tale: Story, sentence: Span, *, first: bool, arrived: bool) -> list[Mark]:
    """The expressions of one sentence in text order, none over another, and the events that have none.

    Args:
        arrived: what happens from here on happens after presentation.
    """
    borders = _clauses(tale.text, sentence)
    found = _expressions(tale.text, sentence) if _ANY.search(tale.text, sentence.start, sentence.end) else []
    if not arrived:
        found = [each for each in found if each[2] != "today"]  # before the examination "currently" is when the patient comes
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
                marks.append(Mark(start, end, name, name == tale.current))
            continue
        aside = marks[-1].name if marks and not marks[-1].moves and sort in ("later", "next") else ""
        here, tale.current = tale.current, aside or tale.current
        opened = open_date(tale, sentence, what, first=first) if sort == "date" else open_point(tale, sentence, sort, what)
        if aside:  # "10 days before admission ... 1 day later": still before
            tale.current, opened = here, (opened[0], False) if opened else None
        if opened:
            name, moves = opened
            moves = moves and not (sort == "age" and _in_brackets(tale.text, sentence.start, start))
            if not moves and sort == "later" and (comes := COMES.search(tale.text, sentence.start, start)):
                marks.append(Mark(*comes.span(), START, moves=False))  # "presented with fever 3 months after starting A"
            marks.append(Mark(start, end, name, moves))
            if moves and sort not in ("day", "start"):
                tale.days = []  # another count may begin
            if moves:
                k = bisect_right(borders, start)
                _arrive(tale, name, edges[k], edges[k + 1])
                if death_in(tale.text, edges[k], edges[k + 1]):
                    tale.times[name]["words"] = _words_of(tale.text, edges[k], edges[k + 1])[1]
    return marks


def _in_brackets(text: str, start: int, at: int) -> bool:
    """Whether a place stands in brackets that its sentence opened: `(he walked at 18 months of age)` is told aside."""
    return text.rfind("(", start, at) > text.rfind(")", start, at)


def _expressions(text: str, sentence: Span) -> list[tuple[int, int, str, Any]]:
    found: list[tuple[int, int, str, Any]] = []
    for number, match in _PATTERNS.finditer(text, sentence.start, sentence.end):
        if not any(a < match.end() and match.start() < b for a, b, _, _ in found):
            found.append((match.start(), match.end(), _SORTS[number][0], match))
    for date in find_dates(text, sentence.start, sentence.end):
        if not any(a < date.end and date.start < b for a, b, _, _ in found):
            found.append((date.start, date.end, "date", date))
    return found


def _arrive(tale: Story, name: str, start: int, end: int) -> None:
    """The story stands at a time that is told; what its clause tells happens there."""
    event = event_of(tale.text, start, end)
    tale.current, tale.visit = name, name == START or is_visit(tale.text, start, end)
    tale.done = {kind for kind, told in (("treats", event.treats), ("ends", event.ends)) if told} if event else set()
    tale.lasts, tale.operates = bool(event and event.lasts), bool(event and event.operates)
    tale.begun = tale.current if "treats" in tale.done else tale.begun


def _happen(tale: Story, start: int, end: int) -> str:
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
        or event.treats and event.ends and "treats" in tale.done
    )  # fmt: skip
    if not later:
        tale.done |= kinds
        tale.lasts |= event.lasts
        tale.begun = tale.current if "treats" in kinds else tale.begun
        return ""
    begin, words = _words_of(tale.text, start, end)
    name = put_point(tale, begin, end, {"after": tale.current}, event.name, "event", same=False)
    tale.times[name]["words"] = words
    if death_in(tale.text, start, end):
        return name  # told at once, or at the end of the first paragraph; the story may go on from where it was
    tale.current, tale.done, tale.visit = name, kinds, is_visit(tale.text, start, end)
    tale.lasts, tale.operates = event.lasts, event.operates
    tale.begun = name if "treats" in kinds else tale.begun
    return name


def _words_of(text: str, start: int, end: int) -> tuple[int, str]:
    """Where a clause begins without the words that join it to another, and its words."""
    words = re.sub(r"\A(?:[\s,;]|(?:and|but|while|whereas|then|when)\b)+", "", text[start:end])
    return end - len(words), " ".join(words.rstrip(" .,;").split())[:120]


def _clauses(text: str, sentence: Span) -> list[int]:
    borders = [m.start() for m in _CLAUSE.finditer(text, sentence.start, sentence.end)]
    if first := CONCESSION.match(text, sentence.start, sentence.end):
        borders.append(first.end())
    if _MAY_COME.search(text, sentence.start, sentence.end):
        borders += [m.start() for m in _WITH_OUTCOME.finditer(text, sentence.start, sentence.end)]
    return sorted(set(borders))
