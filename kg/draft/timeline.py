"""When what a sentence tells was so: the time points of a record, and where in the text each holds."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

from kg.report import Span

START = "presentation"


class Mark(NamedTuple):
    """A time expression: where it stands, the point it names, and whether the story goes on from there."""

    start: int
    end: int
    name: str
    moves: bool


class TimeLine(NamedTuple):
    """The `times` of the record; per sentence start the time it opens at; per sentence start its own expressions."""

    times: dict[str, dict[str, Any]]
    of_sentence: dict[int, str]
    marks: dict[int, list[Mark]]
    clauses: dict[int, list[int]]

    def time_at(self, sentence: Span, offset: int) -> str:
        """The time of a statement: that of its own clause, else of the clause before it, else the story's."""
        marks = self.marks.get(sentence.start)
        carried = self.of_sentence.get(sentence.start, START)
        if not marks:
            return carried
        borders = self.clauses[sentence.start]
        clause = bisect_right(borders, offset)
        mine = [m for m in marks if bisect_right(borders, m.start) == clause]
        before = [m for m in mine if m.start <= offset]
        if mine:
            return (before[-1] if before else mine[0]).name
        earlier = [m for m in marks if m.start < offset and m.moves]
        return earlier[-1].name if earlier else carried
