"""A case's facts, as pages read them: a thin view over `data.case_data`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_DURATION = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?\Z")
_UNITS = ("year", "month", "week", "day", "hour", "minute")
#: A time's words longer than this are left to the tooltip.
LONGEST_TIME = 28
#: What a statement is called, best kind first: a node may have several.
KINDS = {
    "Finding": "finding",
    "AntibodyTest": "antibody test",
    "Measurement": "measurement",
    "Investigation": "investigation",
    "UndoneInvestigation": "investigation not done",
    "Diagnosis": "diagnosis",
    "Treatment": "treatment",
    "CourseStep": "step of a treatment",
    "Response": "response",
    "HistoryItem": "history",
    "Claim": "claim",
    "Reference": "reference",
    "TimePoint": "time",
    "Patient": "patient",
    "Report": "report",
    "LeftOut": "left out",
}


@dataclass(frozen=True)
class Fact:
    """One node of a case: its id and what is said of it."""

    id: str
    says: dict[str, list[Any]] = field(repr=False)

    def get(self, name: str, default: Any = None) -> Any:
        """The first value of a property."""
        return self.says.get(name, [default])[0]

    def all(self, name: str) -> list[Any]:
        """Every value of a property."""
        return self.says.get(name, [])

    @property
    def order(self) -> tuple[float, str]:
        """Where the record has it among its kind."""
        return float(self.get("order", self.get("treatmentOrder", 1e9))), self.id


@dataclass(frozen=True)
class Time:
    """A time point: `certain` if the paper says how far it is from the first one."""

    id: str
    name: str
    words: str
    order: int
    offset: str
    about: bool

    @property
    def certain(self) -> bool:
        """Whether its distance from the reference point is known."""
        return bool(self.offset)

    @property
    def when(self) -> str:
        """The distance in words, or that it isn't said."""
        said = duration_words(self.offset, "before", "later") if self.offset else "date not said"
        return f"about {said}" if self.about and self.offset else said


class Story:
    """The facts of one case."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.id: str = data["id"]
        self.iri: str = data["iri"]
        self.nodes = {k: Fact(k, v) for k, v in data["nodes"].items()}
        self.labels: dict[str, str] = data["labels"]
        self.items: dict[str, dict[str, Any]] = data["items"]
        self.passages: dict[str, dict[str, Any]] = data["passages"]

    def of(self, kind: str) -> list[Fact]:
        """All facts of a kind (`cg:` name), in the record's order."""
        iri = "https://w3id.org/casegraph/ns#" + kind
        return sorted((f for f in self.nodes.values() if iri in f.all("type")), key=lambda f: f.order)

    def kind(self, fact: Fact) -> str:
        """What a fact is, in words."""
        types = {str(t).rpartition("#")[2] for t in fact.all("type")}
        return next((words for name, words in KINDS.items() if name in types), "")

    def fact(self, reference: Any) -> Fact | None:
        """The fact that a value ``#id`` points to."""
        return self.nodes.get(str(reference)[1:]) if str(reference).startswith("#") else None

    def name(self, value: Any) -> str:
        """A value for people: a term's label, a node's label, or the text itself."""
        fact = self.fact(value)
        if fact:
            return str(fact.get("words") or fact.get("label") or fact.id)
        return self.labels.get(str(value)) or short(str(value))

    def names(self, fact: Fact, prop: str) -> list[str]:
        """All values of a property, for people."""
        return [self.name(v) for v in fact.all(prop)]

    def title(self, fact: Fact) -> str:
        """What a fact is about: its main term, or the authors' words."""
        concept = fact.get("concept")
        if concept and (str(concept) in self.labels):
            return self.labels[str(concept)]
        return str(fact.get("words") or fact.get("label") or fact.id)

    @cached_property
    def times(self) -> dict[str, Time]:
        """Time points by node id, in order of time."""
        found = [
            Time(
                f.id,
                _time_name(f),
                str(f.get("words", "")),
                int(f.get("timeOrder", 0)),
                str(f.get("offset", "")),
                bool(f.get("approximate", False)),
            )
            for f in self.of("TimePoint")
        ]
        return {t.id: t for t in sorted(found, key=lambda t: (t.order, t.id))}

    def time(self, fact: Fact) -> Time | None:
        """When a fact holds."""
        return self.times.get(str(fact.get("at", ""))[1:])

    def passages_of(self, fact: Fact) -> list[str]:
        """The ids of the passages that a fact rests on, in text order."""
        ids = [str(e)[1:] for e in fact.all("evidence") if str(e)[1:] in self.passages]
        return sorted(ids, key=lambda k: int(self.passages[k]["start"]))

    def responses_to(self, treatment: Fact) -> list[Fact]:
        """The responses credited to a treatment, in the record's order."""
        return [r for r in self.of("Response") if f"#{treatment.id}" in r.all("toTreatment")]

    def steps(self, treatment: Fact) -> list[Fact]:
        """The steps of a treatment's course."""
        found = [self.fact(s) for s in treatment.all("courseStep")]
        return sorted((s for s in found if s), key=lambda s: s.order)

    def resting_on(self) -> Iterator[tuple[Fact, str]]:
        """(fact, passage) for every fact that quotes the paper."""
        for fact in self.nodes.values():
            for k in self.passages_of(fact):
                yield fact, k


def _time_name(fact: Fact) -> str:
    """A time's words where they are short enough for a heading, else its name."""
    words = str(fact.get("words", ""))
    return words if 0 < len(words) <= LONGEST_TIME else str(fact.get("name", fact.id)).replace("-", " ")


def duration_words(iso: str, before: str = "", after: str = "") -> str:
    """An ISO 8601 duration as people say it.

    >>> duration_words("P1M10D", "before", "later"), duration_words("-P6M", "before", "later"), duration_words("P0D")
    ('1 month 10 days later', '6 months before', 'start')
    """
    match = _DURATION.match(iso)
    if not match:
        return iso
    years, months, weeks, days, hours, minutes = (int(n or 0) for n in match.groups()[1:])
    weeks, days = (weeks + days // 7, days % 7) if weeks else (0, days)
    counted = zip((years, months, weeks, days, hours, minutes), _UNITS, strict=True)
    parts = [f"{n} {unit}{'s' if n != 1 else ''}" for n, unit in counted if n]
    if not parts:
        return "start"
    return " ".join([*parts, before if match[1] else after]).strip()


def age_words(years: float) -> str:
    """An age in years as people say it: infants in months or days.

    >>> age_words(68), age_words(0.5), age_words(0.0849), age_words(0.02), age_words(0)
    ('68 years', '6 months', '1 month', '7 days', 'under 1 year')
    """
    if years >= 2 or years == 1:
        return f"{years:.4g} year{'s' if years != 1 else ''}"
    months, days = round(years * 12), round(years * 365.25)
    if not days:
        return "under 1 year"
    return f"{months} month{'s' if months != 1 else ''}" if months else f"{days} day{'s' if days != 1 else ''}"


def plain_name(label: str) -> str:
    """A drug's label without a capital that is only there because a vocabulary prints it.

    >>> plain_name("Rituximab"), plain_name("IVIG")
    ('rituximab', 'IVIG')
    """
    return label[:1].lower() + label[1:] if label[1:].islower() else label


def short(iri: str) -> str:
    """The last part of an IRI, for want of a label."""
    from kg.names import compact

    return compact(iri) if iri.startswith("http") else iri
