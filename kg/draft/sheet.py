"""The record of one patient while it is being drafted: its lists, its ids, and what was said of what at which time."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any, NamedTuple

from kg.draft.names.complaints import status_of
from kg.draft.names.ground import vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.reading.negate import Scope, status_at
from kg.draft.reading.source import Source
from kg.draft.timeline import TimeLine
from kg.report import Span
from kg.times import place

LISTS = ("history", "findings", "antibodies", "measurements", "investigations", "diagnoses", "treatments", "responses")
#: Term, time and sites of a finding -> its status there.
Key = tuple[str, str, frozenset[str]]


def slug(words: str) -> str:
    """A name for an id or a folder.

    Example:
    >>> slug("Gottron's papules (left)")
    'gottron-s-papules-left'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:50].strip("-") or "x"


class Ids:
    """Ids that are given once."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)

    def new(self, words: str) -> str:
        base, k = slug(words), 2
        name = base
        while name in self.taken:
            name, k = f"{base}-{k}", k + 1
        self.taken.add(name)
        return name


class _TimePoint(NamedTuple):
    after: str | None
    before: str | None
    by: str | None


class Sheet:
    """What the readers of a sentence share and write to.

    Attributes:
        parts: list of the record -> its items, in the order told.
        status: what was said of a finding at a time, so that nothing is said twice or both ways.
        order: time point -> its place in time.
    """

    def __init__(self, source: Source, line: TimeLine, ids: Ids, hits: list[Hit], scopes: list[Scope]) -> None:
        self.source, self.text, self.line, self.ids, self.terms = source, source.text, line, ids, vocabulary()
        self.hits, self.scopes = hits, scopes
        self.parts: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
        self.status: dict[Key, str] = {}
        points = {name: _TimePoint(t.get("after"), t.get("before"), t.get("by")) for name, t in line.times.items()}
        self.order = {name: placed.order for name, placed in place(points).items()}
        self._starts = [h.start for h in hits]

    def quote(self, start: int, end: int) -> dict[str, Any] | None:
        """The quote for a stretch; None where none of it stands once."""
        return self.source.evidence(start, end)

    def hits_in(self, sentence: Span) -> list[Hit]:
        return self.hits[bisect_left(self._starts, sentence.start) : bisect_left(self._starts, sentence.end)]

    def time_at(self, sentence: Span, offset: int) -> str:
        """The time point that a statement at this offset belongs to."""
        return self.line.time_at(sentence, offset)

    def when(self, sentence: Span, offset: int) -> dict[str, Any]:
        """The same as a part of a statement, left out at presentation."""
        at = self.time_at(sentence, offset)
        return {} if at == "presentation" else {"at": at}

    def status_of(self, start: int, end: int) -> tuple[str, str]:
        """What the text says of a mention, and the word that says so; `family` also where relatives are said not to have it."""
        status, cue = status_of(self.text, self.scopes, start, end)
        return ("family", cue) if status == "family-absent" else (status, cue)

    def denied_of_family(self, start: int, end: int) -> bool:
        """Whether a mention is of what no relative has: `no family history of diabetes`."""
        return status_at(self.scopes, start, end)[0] == "family-absent"

    def words(self, start: int, end: int) -> str:
        return " ".join(self.text[start:end].split())

    def term(self, curie: str, words: str = "") -> str:
        """A term as a record writes it; `none ! words` where there is no id."""
        return str(self.terms.term(curie)) if curie else f"none ! {words}"

    def add(self, part: str, words: str, item: dict[str, Any]) -> str:
        """Put an item at the end of a list and give it an id made of the words."""
        item["id"] = self.ids.new(words)
        self.parts[part].append(item)
        return str(item["id"])
