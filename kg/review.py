"""Walk through a machine-made record: each open statement is accepted, edited or rejected.

What is accepted loses its `confidence` and is never shown or changed again. The file is edited as text, statement by
statement, so that a curator's comments and layout stay; each decision is written at once, so stopping loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import RecordError, ReportError
from kg.record import LoadedRecord, load_record, parse_record
from kg.record import lines as record_lines
from kg.record.model import STATEMENT_SECTIONS
from kg.report import Report, load_report

CHOICES = "a accept, e edit, r reject, s skip, q stop"


@dataclass(frozen=True, slots=True)
class Open:
    """A statement that waits for a decision.

    Attributes:
        section, index: where it stands in the record.
        confidence: 0 to 1, by the program.
        first, last: its lines in the file, 0-based, end exclusive.
        text: these lines.
    """

    section: str
    index: int
    confidence: float
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a review went."""

    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    left: int = 0


def open_statements(path: Path) -> list[Open]:
    """The statements of a record that still carry a confidence, the doubtful ones first within each section's order.

    Raises:
        RecordError: the file is not a record.
    """
    loaded = load_record(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for section in STATEMENT_SECTIONS:
        for index, item in enumerate(getattr(loaded.record, section)):
            confidence = getattr(item, "confidence", None)
            if confidence is not None:
                first, last = _lines_of(loaded, lines, section, index)
                found.append(Open(section, index, confidence, first, last, "\n".join(lines[first:last])))
    return found


def _lines_of(loaded: LoadedRecord, lines: list[str], section: str, index: int) -> tuple[int, int]:
    """The lines of one item: from its dash to the next line that is not deeper."""
    first = loaded.source.line((section, index)) - 1
    while first > 0 and not lines[first].lstrip().startswith("-"):
        first -= 1
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = first + 1
    while last < len(lines) and (not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip()) > indent):
        last += 1
    while last > first + 1 and not lines[last - 1].strip():
        last -= 1
    return first, last


def accept(path: Path, statement: Open) -> None:
    """Take a statement as it stands: its confidence goes, nothing else changes."""
    kept = [line for line in statement.text.splitlines() if not re.match(r"\s*(?:- )?confidence:", line)]
    if statement.text.lstrip().startswith("- confidence:"):
        raise RecordError(f"{path}:{statement.first + 1}: put 'confidence' after another key, then review again")
    _replace(path, statement, kept)


def edit(path: Path, statement: Open, text: str) -> None:
    """Put an edited statement in place of the old one, accepted.

    Raises:
        RecordError: the record does not load with it; the file is left as it was.
    """
    kept = [line for line in text.rstrip().splitlines() if not re.match(r"\s+confidence:", line)]
    _replace(path, statement, kept)


def reject(path: Path, statement: Open) -> None:
    """Take a statement out.

    Raises:
        RecordError: something else refers to it; the file is left as it was.
    """
    _replace(path, statement, [])


def _replace(path: Path, statement: Open, new: list[str]) -> None:
    before = path.read_text(encoding="utf-8")
    lines = before.splitlines()
    if "\n".join(lines[statement.first : statement.last]) != statement.text:
        raise RecordError(f"{path}:{statement.first + 1}: the file was changed meanwhile; start the review again")
    after = lines[: statement.first] + new + lines[statement.last :]
    if not new:
        after = _without_empty(after, statement.section)
    text = "\n".join(after) + "\n"
    parse_record(record_lines.read(text, str(path)))  # refuses what would not load
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _without_empty(lines: list[str], section: str) -> list[str]:
    """Without the key of a section that has lost its last item."""
    for i, line in enumerate(lines):
        if line.rstrip() == f"{section}:":
            rest = next((each for each in lines[i + 1 :] if each.strip() and not each.lstrip().startswith("#")), "")
            if not rest.startswith((" ", "-")):
                return lines[:i] + lines[i + 1 :]
    return lines


def show(report: Report, statement: Open, item: Any, mark: Callable[[str], str]) -> Iterator[str]:
    """What a reviewer sees: the statement, and the sentence with the quote marked."""
    yield statement.text
    for quote in item.quote:
        try:
            span = report.find(quote, getattr(item, "section", None))
        except ReportError as error:
            yield f"  {error}"
            continue
        around = next((s for s in report.sentences if s.start <= span.start < s.end), span)
        before, after = report.text[around.start : span.start], report.text[span.end : max(around.end, span.end)]
        words = getattr(item, "words", None)
        quoted = report.text[span.start : span.end]
        if words and words in quoted:
            at = quoted.index(words)
            quoted = quoted[:at] + mark(words) + quoted[at + len(words) :]
        else:
            quoted = mark(quoted)
        yield "  " + " ".join(f"{before}{quoted}{after}".split())


def review(path: Path, ask: Callable[[list[str]], tuple[str, str]], mark: Callable[[str], str] = lambda words: f"»{words}«") -> Reviewed:
    """Walk through the open statements of a record.

    Args:
        path: the record; its report stands beside it.
        ask: shows the lines and gives the choice (one of the letters of CHOICES) and, for an edit, the new text.
        mark: how the quoted words are set off.
    """
    report = load_report(load_record(path).report_path)
    counts = {"a": 0, "e": 0, "r": 0}
    passed: set[str] = set()
    while True:
        statement = next((s for s in open_statements(path) if s.text not in passed), None)
        if statement is None:
            break
        item = getattr(load_record(path).record, statement.section)[statement.index]
        lines = [f"{statement.section} {statement.index + 1}, confidence {statement.confidence:.2f}", *show(report, statement, item, mark)]
        choice, text = ask(lines)
        if choice == "q":
            break
        try:
            if choice == "a":
                accept(path, statement)
            elif choice == "e":
                edit(path, statement, text)
            elif choice == "r":
                reject(path, statement)
            else:
                passed.add(statement.text)
                continue
            counts[choice] += 1
        except RecordError as error:
            choice, _ = ask([f"not done: {error}"])
            if choice == "q":
                break
            passed.add(statement.text)
    return Reviewed(counts["a"], counts["e"], counts["r"], len(open_statements(path)))
