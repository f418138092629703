"""Folders of records → cases, read and checked."""

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
    cases, issues = read_all(record_paths(sources))
    refuse([*issues, *repeated_ids((case.loaded.record.case, case.loaded.path) for case in cases)])
    return cases


def read_all(paths: Iterable[Path]) -> tuple[list[CaseFiles], list[Issue]]:
    """The cases that can be read, and the issues of all."""
    cases: list[CaseFiles] = []
    issues: list[Issue] = []
    for path in paths:
        try:
            case = read_case(path)
        except RecordError as error:
            issues += issues_of(error, path)
        else:
            issues += case.issues
            cases.append(case)
    return cases, issues


def repeated_ids(cases: Iterable[tuple[str, Path]]) -> list[Issue]:
    """An error for each case whose id another has already; cases are given as (id, file)."""
    first: dict[str, Path] = {}
    issues = []
    for case_id, path in cases:
        if case_id in first:
            issues.append(Issue("error", str(path), f"case id {case_id!r} is taken by {first[case_id]}", "choose another", 1, "case", "name"))
        first.setdefault(case_id, path)
    return issues


def refuse(issues: list[Issue]) -> None:
    """Raises:
    RecordError: there is an error among the issues; all of them go with it.
    """
    if errors(issues):
        raise RecordError("\n".join(str(issue) for issue in issues), issues=issues)


def issues_of(error: CasegraphError, path: Path) -> list[Issue]:
    """The issues of an error; one of its message where it has none, its place taken out of the text."""
    if error.fields.get("issues"):
        return list(error.fields["issues"])  # type: ignore[call-overload,no-any-return]
    line, _, message = str(error).removeprefix(f"{path}:").partition(":")
    if line.strip().isdigit():
        return [Issue("error", str(path), message.strip(), line=int(line))]
    return [Issue("error", str(path), str(error).removeprefix(f"{path}:").strip())]


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
