"""Which sentences of a report a record accounts for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import ReportError
from kg.record import LoadedRecord
from kg.report import Report, Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which sentences of a report's body a record accounts for.

    Attributes:
        quoted: sentences that at least one statement quotes.
        left_out: sentences listed as left out, with a reason.
        missing: the rest.
    """

    quoted: int
    left_out: int
    missing: tuple[Span, ...]

    @property
    def total(self) -> int:
        return self.quoted + self.left_out + len(self.missing)

    @property
    def share(self) -> float:
        """0 to 1; 1 for a report without a body."""
        return (self.total - len(self.missing)) / self.total if self.total else 1.0


def coverage(loaded: LoadedRecord, report: Report) -> Coverage:
    """How much of the report's body the record's quotes reach."""
    quoted: list[Span] = []
    left_out: list[Span] = []
    for path, item in loaded.record.evidenced():
        target = left_out if path[0] == "left_out" else quoted
        for quote in item.quote:
            with contextlib.suppress(ReportError):  # the quote check reports it, with its line
                target.append(report.find(quote, getattr(item, "section", None)))
    counts = {True: 0, False: 0}
    missing = []
    for sentence in report.body:
        if _touched(sentence, quoted):
            counts[True] += 1
        elif _touched(sentence, left_out):
            counts[False] += 1
        else:
            missing.append(sentence)
    return Coverage(counts[True], counts[False], tuple(missing))


def _touched(sentence: Span, spans: Iterable[Span]) -> bool:
    return any(span.start < sentence.end and sentence.start < span.end for span in spans)
