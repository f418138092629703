"""Folders of records → cases, read and checked, and the quads they make."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import files
from kg.errors import CasegraphError, RecordError
from kg.issue import Issue, errors

CASE_FILE = "case.yaml"


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """A case's record, read and checked, with the report it quotes."""

    loaded: Any
    report: Any
    issues: list[Issue] = field(default_factory=list)


def default_seeds() -> Path:
    """`seeds/` of the working folder, else the packaged one."""
    here = Path("seeds")
    return here if here.is_dir() else files.folder("seeds")


def record_paths(sources: Iterable[Path]) -> list[Path]:
    """The records under some folders or files, in order of path.

    Raises:
        RecordError: a source that is not there, or no record under any of them.
    """
    found: set[Path] = set()
    sources = list(sources)
    for source in sources:
        if source.is_dir():
            found |= set(source.glob(f"**/{CASE_FILE}"))
        elif source.is_file():
            found.add(source)
        else:
            raise RecordError(f"{source}: no such file or folder")
    if not found:
        raise RecordError(f"no {CASE_FILE} under {', '.join(map(str, sources))}; start one with 'kg new CASE-ID REPORT.txt'")
    return sorted(found)


def read_case(path: Path) -> CaseFiles:
    """A record and its report, with every issue that the checks of the record find.

    Raises:
        RecordError: the file is not a record.
        ReportError: the report cannot be read.
    """
    from kg.check import check_record
    from kg.record import load_record
    from kg.report import load_report

    loaded = load_record(path)
    report = load_report(loaded.report_path)
    return CaseFiles(loaded, report, check_record(loaded, report, all_terms()))


def all_terms() -> Any:
    """The packaged vocabulary with the ontology's own classes."""
    from kg.ontology import own_terms
    from kg.terms import load_terms

    return load_terms(extra=own_terms())


def read_cases(sources: Iterable[Path]) -> list[CaseFiles]:
    """All cases under some folders.

    Raises:
        RecordError: any of them has an error; `issues` holds all issues of all of them.
    """
    cases: list[CaseFiles] = []
    issues: list[Issue] = []
    first: dict[str, Path] = {}
    for path in record_paths(sources):
        try:
            case = read_case(path)
        except RecordError as error:
            issues += issues_of(error, path)
            continue
        issues += case.issues
        case_id = case.loaded.record.case
        if case_id in first:
            issues.append(Issue("error", str(path), f"case id {case_id!r} is taken by {first[case_id]}", "choose another", 1, "case", "name"))
        first.setdefault(case_id, path)
        cases.append(case)
    if errors(issues):
        raise RecordError("\n".join(str(issue) for issue in issues), issues=issues)
    return cases


def issues_of(error: CasegraphError, path: Path) -> list[Issue]:
    """The issues of an error; one of its message where it has none, its place taken out of the text."""
    if error.fields.get("issues"):
        return list(error.fields["issues"])  # type: ignore[call-overload,no-any-return]
    line, _, message = str(error).removeprefix(f"{path}:").partition(":")
    if line.strip().isdigit():
        return [Issue("error", str(path), message.strip(), line=int(line))]
    return [Issue("error", str(path), str(error).removeprefix(f"{path}:").strip())]


def stated_quads(cases: Iterable[CaseFiles]) -> tuple[list[Any], list[Any]]:
    """The cases as quads, and the axioms they use: the ontology's modules and the hierarchy of the terms in use."""
    stated, axioms, _ = _stated(cases)
    return stated, axioms


def _stated(cases: Iterable[CaseFiles]) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """As `stated_quads`, with the terms in use."""
    from kg import ontology, reason
    from kg.build import case_quads

    stated = [quad for case in cases for quad in case_quads(case.loaded.record, case.report, ontology.context())]
    ours = list(ontology.module_quads())
    known = reason.terms_in((*stated, *ours), all_terms())
    return stated, [*ours, *reason.term_quads(known)], known


def graph_quads(cases: Iterable[CaseFiles]) -> list[Any]:
    """Every quad of the graph of some cases: cases, ontology, terms and what follows; sorted, without repeats."""
    import pyoxigraph as ox

    from kg import reason
    from kg.vocab_user import vocabulary_quads

    stated, axioms, known = _stated(cases)
    releases = vocabulary_quads(all_terms(), {curie.partition(":")[0] for curie in known} - {"cg"})
    store = ox.Store()
    store.bulk_extend((*stated, *axioms, *releases, *reason.hierarchy(known, all_terms()), *reason.follow(stated, axioms)))
    reason.apply_rules(store)
    return sorted(store, key=str)


def record_schema() -> str:
    """The JSON Schema of a record."""
    from kg.record import Record

    schema = Record.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://w3id.org/casegraph/case.schema.json", **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False)


def start_record(case_id: str, report_path: Path, folder: Path | None = None) -> Path:
    """A new case folder: the report's bytes and a record with what is certain filled in.

    Raises:
        RecordError: a bad id, or a folder that has a record already.
        ReportError: the report cannot be read.
    """
    from kg.record.model import SLUG
    from kg.report import load_report

    if not re.fullmatch(SLUG, case_id):
        raise RecordError(f"{case_id!r}: a case id is lower-case letters, digits and hyphens, such as 'smith-2021'")
    report = load_report(report_path)
    folder = folder or Path("seeds") / case_id
    path = folder / CASE_FILE
    if path.exists():
        raise RecordError(f"{path}: is there already; nothing was changed")
    first = next((" ".join(report.quote(span).split()) for span in report.paragraphs), case_id)
    template = (files.folder("ontology") / "case.template.yaml").read_text(encoding="utf-8")
    text = template.replace("CASE-ID", case_id).replace("TITLE", json.dumps(first, ensure_ascii=False))
    if report_path.resolve() != (folder / "report.txt").resolve():
        files.write_bytes(folder / "report.txt", report_path.read_bytes())
    files.write_bytes(path, text.encode())
    return path
