"""What is wrong with a record: terms, quotes, times, names, values and units, contradictions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from kg import names
from kg.errors import RecordError, ReportError, TermError
from kg.issue import Issue
from kg.record import STATEMENT_SECTIONS, STATUS_SHOWN, LoadedRecord, TermRef, place
from kg.report import Report
from kg.terms import Terms
from kg.units import parse_quantity, parse_unit, read_range

#: Fields that name another node: field -> (what it names, where the names are).
_REFERENCES = {
    "at": "time", "when": "time", "by": "investigation", "from_": "measurement", "to": "treatment", "alternatives": "treatment",
    "conflicts_with": "statement",
}  # fmt: skip
_SECTION_OF = {"investigation": "investigations", "measurement": "measurements", "treatment": "treatments"}


def check_record(loaded: LoadedRecord, report: Report, terms: Terms) -> list[Issue]:
    """Everything wrong with a record: terms, quotes, times, names, units, contradictions.

    Args:
        loaded: a record that already fits the model.
        report: the text it quotes.
        terms: with the ontology's own classes added.
    """
    checks = (_terms, _names, _times, _values)
    issues = [issue for check in checks for issue in check(loaded, terms)]
    issues += _quotes(loaded, report)
    if not any(issue.code == "times" for issue in issues):
        issues += _contradictions(loaded)
        issues += _courses(loaded)
    return sorted(issues, key=lambda issue: (issue.line, issue.path))


# 1) terms


def _terms(loaded: LoadedRecord, terms: Terms) -> Iterator[Issue]:
    for path, ref in _term_refs(loaded):
        if ref.curie is None:
            continue
        try:
            names.expand(ref.curie)
            terms.check(ref)
        except ValueError as error:
            yield loaded.source.issue(path, str(error), code="term")
        except TermError as error:
            yield loaded.source.issue(path, str(error), code="term")


def _term_refs(loaded: LoadedRecord) -> Iterator[tuple[tuple[str | int, ...], TermRef]]:
    def walk(path: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], TermRef]]:
        if isinstance(value, TermRef):
            yield path, value
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                yield from walk((*path, i), part)
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from walk((*path, key), part)
        elif hasattr(type(value), "model_fields"):
            for name, field in type(value).model_fields.items():
                yield from walk((*path, field.alias or name), getattr(value, name))

    return walk((), loaded.record)


# 2) quotes


def _quotes(loaded: LoadedRecord, report: Report) -> Iterator[Issue]:
    for path, item in loaded.record.evidenced():
        section = getattr(item, "section", None)
        for quote in item.quote:
            try:
                report.find(quote, section)
            except ReportError as error:
                yield loaded.source.issue((*path, "quote"), str(error), code="quote")


# 3) names of other nodes, ids


def _names(loaded: LoadedRecord, terms: Terms) -> Iterator[Issue]:
    record = loaded.record
    known: dict[str, list[str]] = {kind: _ids(record, section) for kind, section in _SECTION_OF.items()}
    known["time"] = list(record.times)
    known["statement"] = [name for section in STATEMENT_SECTIONS for name in _ids(record, section)]
    numbers = {reference.number for reference in record.references}
    yield from _duplicate_ids(loaded)
    for section in STATEMENT_SECTIONS:
        for i, item in enumerate(getattr(record, section)):
            for path, part in [((section, i), item), *(((section, i, "course", j), s) for j, s in enumerate(getattr(item, "course", ())))]:
                yield from _dangling(loaded, path, part, known)
            for number in getattr(item, "cites", ()):
                if number not in numbers:
                    have = f"{min(numbers)}-{max(numbers)}" if numbers else "none"
                    yield loaded.source.issue((section, i, "cites"), f"reference {number} is not in 'references' ({have})", code="reference")


def _ids(record: Any, section: str) -> list[str]:
    return [item.id for item in getattr(record, section) if getattr(item, "id", None)]


def _dangling(loaded: LoadedRecord, path: tuple[str | int, ...], item: Any, known: dict[str, list[str]]) -> Iterator[Issue]:
    for field, kind in _REFERENCES.items():
        value = getattr(item, field, None)
        for name in value if isinstance(value, tuple) else (value,) if value else ():
            if name not in known[kind]:
                close = difflib.get_close_matches(name, known[kind], 1)
                hint = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(known[kind]) or 'none'}"
                yield loaded.source.issue((*path, field.rstrip("_")), f"no {kind} {name!r}", hint, code="times" if kind == "time" else "name")


def _duplicate_ids(loaded: LoadedRecord) -> Iterator[Issue]:
    first: dict[str, tuple[str | int, ...]] = {name: ("times", name) for name in loaded.record.times}
    first |= {name: () for name in ("patient", "report", "curation")}
    for section in STATEMENT_SECTIONS:
        for i, item in enumerate(getattr(loaded.record, section)):
            name = getattr(item, "id", None)
            if name in first:
                line = loaded.source.line(first[name])
                yield loaded.source.issue((section, i, "id"), f"id {name!r} is taken (line {line})", "choose another", code="name")
            elif name:
                first[name] = (section, i)
    numbers: dict[int, int] = {}
    for i, reference in enumerate(loaded.record.references):
        if reference.number in numbers:
            line = loaded.source.line(("references", numbers[reference.number]))
            yield loaded.source.issue(("references", i, "number"), f"reference {reference.number} is given twice (line {line})", code="reference")
        numbers.setdefault(reference.number, i)


# 4) times and courses


def _times(loaded: LoadedRecord, terms: Terms) -> Iterator[Issue]:
    try:
        place(loaded.record.times)
    except RecordError as error:
        other = loaded.source.line(("times", str(error.other)))
        also = f"see line {other}" if error.other in loaded.record.times else "name one of these, or add it"
        yield loaded.source.issue(("times", str(error.name)), str(error), also, code="times")


def _courses(loaded: LoadedRecord) -> Iterator[Issue]:
    """A course's steps go forward in time; what is stopped was taken before."""
    places = place(loaded.record.times)
    reference = loaded.record.reference_time
    for i, treatment in enumerate(loaded.record.treatments):
        steps = [(step, places[step.at or reference].order) for step in treatment.course]
        for j, ((before, earlier), (after, later)) in enumerate(zip(steps, steps[1:]), 1):
            if later < earlier:
                line = loaded.source.line(("treatments", i, "course", j - 1))
                yield loaded.source.issue(
                    ("treatments", i, "course", j),
                    f"{after.change} at {after.at!r}, which is before {before.change} at {before.at or reference!r} (line {line})",
                    "put the steps in time order, or mend the time points", code="course",
                )  # fmt: skip
        for j, (step, _) in enumerate(steps[:-1]):
            if step.change == "stopped" and steps[j + 1][0].change not in ("started", "given"):
                yield loaded.source.issue(
                    ("treatments", i, "course", j + 1), f"{steps[j + 1][0].change} after it was stopped",
                    "a drug taken again is 'started' again", code="course",
                )  # fmt: skip


# 5) values and units


def _values(loaded: LoadedRecord, terms: Terms) -> Iterator[Issue]:
    for i, item in enumerate(loaded.record.measurements):
        for field, read in (("value", parse_quantity), ("assumed_unit", parse_unit), ("normal", read_range)):
            value = getattr(item, field)
            if value is not None:
                try:
                    read(value)
                except RecordError as error:
                    yield loaded.source.issue(("measurements", i, field), str(error), code="unit")
    for i, treatment in enumerate(loaded.record.treatments):
        if (treatment.drug is None) == (treatment.procedure is None):
            yield loaded.source.issue(("treatments", i), "a treatment has either 'drug' or 'procedure'", code="record")
        for j, step in enumerate(treatment.course):
            if step.dose and re.match(r"[\d.,]+\s*\D+\Z", step.dose):
                try:
                    parse_quantity(step.dose)
                except RecordError as error:
                    yield loaded.source.issue(("treatments", i, "course", j, "dose"), str(error), code="unit")


# 6) contradictions


def _contradictions(loaded: LoadedRecord) -> Iterator[Issue]:
    """One thing present and absent at one time, at the same sites."""
    record = loaded.record
    seen: dict[tuple[Any, ...], tuple[str, tuple[str | int, ...]]] = {}
    for path, concept, status, at, sites in _stated(record):
        key = (concept.curie or concept.label, at or record.reference_time, sites)
        if key in seen and seen[key][0] != status:
            line = loaded.source.line(seen[key][1])
            yield loaded.source.issue(
                path, f"{concept} is {status} at {key[1]!r} here and {seen[key][0]} at line {line}",
                "correct one of them, or give them different times or sites", code="contradiction",
            )  # fmt: skip
        seen.setdefault(key, (status, path))


def _stated(record: Any) -> Iterator[tuple[tuple[str | int, ...], TermRef, str, str | None, frozenset[str]]]:
    for i, item in enumerate(record.findings):
        if item.status != "uncertain":
            yield ("findings", i), item.is_, item.status, item.at, frozenset(item.sites)
    for i, item in enumerate(record.antibodies):
        if item.result in STATUS_SHOWN:
            yield ("antibodies", i), item.is_, STATUS_SHOWN[item.result], item.at, frozenset()
    for i, item in enumerate(record.measurements):
        if item.shows and item.interpretation in STATUS_SHOWN:
            yield ("measurements", i), item.shows, STATUS_SHOWN[item.interpretation], item.at, frozenset()
