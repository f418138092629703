"""Record and graph → a list of issues: what is wrong, where, and what to do about it.

Three kinds of check, from the file outwards: the record against its report, its terms and itself (here); the
graph against the SHACL shapes of `ontology/shapes.ttl`; the graph against `queries/checks/`, where each query
selects what must never be true.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg import files, names
from kg.ask import plain
from kg.errors import RecordError, ReportError, StoreError, TermError
from kg.issue import Issue, Level
from kg.record import STATEMENT_SECTIONS, STATUS_SHOWN, LoadedRecord, TermRef, place
from kg.report import Report, Span
from kg.store import EmbeddedStore
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


# 7) coverage


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


# 8) the graph


def check_graph(store: EmbeddedStore) -> list[Issue]:
    """What the queries of `queries/checks/` select, with the severity of `severity.tsv`."""
    folder = files.folder("queries") / "checks"
    with (folder / "severity.tsv").open(encoding="utf-8", newline="") as table:
        severity: dict[str, Any] = {row["check"]: row["level"] for row in csv.DictReader(table, delimiter="\t")}
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.rq")):
        if path.stem not in severity:
            raise StoreError(f"{path}: not in severity.tsv; give it a level there")
        query = path.read_text(encoding="utf-8")
        header = dict(re.findall(r"^#\+ (\w+): (.*)$", query, re.M))
        _, rows = store.select(query)
        for row in rows:
            entity, prop, value = (plain(row.get(name)) for name in ("entity", "property", "value"))
            message = f"{header.get('problem', path.stem)}: {prop} {value}" if prop else f"{header.get('problem', path.stem)}: {value}"
            issues.append(Issue(severity[path.stem], str(entity), message, header.get("fix", ""), code=path.stem))
    return issues


def check_shapes(quads: Iterable[Any]) -> list[Issue]:
    """What the SHACL shapes of `ontology/shapes.ttl` say about the cases' graphs (by pyshacl)."""
    import pyoxigraph as ox
    import rdflib
    from pyshacl import validate

    data = rdflib.Graph()
    data.parse(data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph().parse(files.folder("ontology") / "shapes.ttl")
    _, results, _ = validate(data, shacl_graph=shapes, advanced=True)
    shacl = rdflib.Namespace(names.PREFIXES["sh"])
    issues = []
    for result in results.subjects(rdflib.RDF.type, shacl.ValidationResult):
        focus, value, path = (results.value(result, shacl[name]) for name in ("focusNode", "value", "resultPath"))
        level: Level = "error" if results.value(result, shacl.resultSeverity) == shacl.Violation else "warning"
        message = str(results.value(result, shacl.resultMessage) or "does not fit its shape")
        found = f"{message}; found {value}" if value is not None else message
        issues.append(Issue(level, names.compact(str(focus)), found, path=names.compact(str(path)) if path else "", code="shape"))
    return sorted(issues, key=str)
