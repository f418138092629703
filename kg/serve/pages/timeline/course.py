"""What the timeline shows, before it is drawn: columns of time, lanes of problems, lanes of treatments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kg.serve.pages.glyphs import OUTCOMES
from kg.serve.pages.story import Fact, Story, Time

#: More problems than this are counted, not drawn.
MOST_LANES = 16


@dataclass
class Seen:
    """What was seen of one problem (or of one treatment's effect) at one time: outcome -> the facts that say so."""

    column: int
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The outcomes to draw: where a response is told, the plain finding beside it is not drawn again."""
        told = [k for k in self.facts if k not in ("present", "absent", "uncertain")]
        return told or list(self.facts)[-1:]

    @property
    def level(self) -> int:
        """How thick the band goes on from here."""
        return OUTCOMES.get(self.kinds[-1], ("", 2))[1]


@dataclass
class Lane:
    """One problem through time."""

    name: str
    concept: str
    seen: dict[int, Seen] = field(default_factory=dict)


@dataclass
class Course:
    """One treatment through time: its steps and what came of it."""

    treatment: Fact
    name: str
    steps: list[tuple[int, Fact]]
    effects: dict[int, Seen]


@dataclass
class Picture:
    """All that is drawn."""

    columns: list[Time]
    lanes: list[Lane]
    courses: list[Course]
    others: dict[int, Counter[str]]


def picture(story: Story) -> Picture:
    """The lanes and columns of a case; times that nothing but the authors' summing-up refers to are left out."""
    responses = [r for r in story.of("Response") if r.get("isSummary") is not True]
    findings = [*story.of("Finding"), *(d for d in story.of("Diagnosis") if d.get("status") == "confirmed")]
    columns = _columns(story, [*responses, *findings, *story.of("CourseStep"), *story.of("HistoryItem"), *story.of("Investigation")])
    place = {time.id: i for i, time in enumerate(columns)}
    lanes = _lanes(story, findings, responses, place)
    drawn = {lane.concept for lane in lanes}
    others: dict[int, Counter[str]] = {}
    for concept, column, status in {(f.get("concept"), place[t.id], f.get("status")) for f in story.of("Finding") if (t := story.time(f))}:
        if concept not in drawn:
            others.setdefault(column, Counter())[status] += 1
    courses = [_course(story, t, responses, place) for t in story.of("Treatment")]
    return Picture(columns, lanes, [c for c in courses if c.steps or c.effects], others)


def _columns(story: Story, facts: list[Fact]) -> list[Time]:
    used = {time.id for fact in facts if (time := story.time(fact))}
    return [time for time in story.times.values() if time.id in used]


def _lanes(story: Story, findings: list[Fact], responses: list[Fact], place: dict[str, int]) -> list[Lane]:
    lanes: dict[str, Lane] = {}

    def see(concept: str, fact: Fact, kind: str) -> None:
        time = story.time(fact)
        if time:
            lane = lanes.setdefault(concept, Lane(story.name(concept) if concept in story.labels else story.title(fact), concept))
            lane.seen.setdefault(place[time.id], Seen(place[time.id])).facts.setdefault(kind, []).append(fact)

    for fact in findings:
        status = str(fact.get("status", "present"))
        see(str(fact.get("concept") or fact.id), fact, "present" if status == "confirmed" else status)
    for fact in responses:
        for problem in fact.all("problem"):
            see(str(problem), fact, str(fact.get("outcome")))
    told = {str(p) for r in responses for p in r.all("problem")}
    diagnosed = {str(d.get("concept")) for d in story.of("Diagnosis")}
    kept = [lane for lane in lanes.values() if len(lane.seen) > 1 or lane.concept in told]
    kept.sort(key=lambda lane: -len(lane.seen))
    kept = kept[:MOST_LANES]
    kept.sort(key=lambda lane: (lane.concept not in diagnosed, min(lane.seen), -len(lane.seen), lane.name.lower()))
    for lane in kept:
        lane.seen = dict(sorted(lane.seen.items()))
    return kept


def _course(story: Story, treatment: Fact, responses: list[Fact], place: dict[str, int]) -> Course:
    steps = [(place[time.id], step) for step in story.steps(treatment) if (time := story.time(step))]
    effects: dict[int, Seen] = {}
    for response in responses:
        time = story.time(response)
        if time and f"#{treatment.id}" in response.all("toTreatment"):
            column = place[time.id]
            effects.setdefault(column, Seen(column)).facts.setdefault(str(response.get("outcome")), []).append(response)
    name = str(treatment.get("words") or story.title(treatment))
    return Course(treatment, name, steps, dict(sorted(effects.items())))
