"""The steps together: a report → a draft record with its quotes, and remarks on what was not understood.

>>> draft = draft_report("CASE REPORT\\n\\nA 30-year-old woman presented with fever. She denied weight loss.\\n")
>>> [(f["is"], f.get("status", "present")) for f in draft.records[0]["findings"]]
[('HP:0001945 ! Fever', 'present'), ('HP:0001824 ! Weight loss', 'absent')]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import __version__
from kg.draft.claims.claims import read_claims
from kg.draft.emit import to_yaml
from kg.draft.findings.diagnoses import read_diagnoses, read_title, short_forms
from kg.draft.findings.pregnancy import read_pregnancy
from kg.draft.findings.results import read_antibody_tests, read_examinations, read_measurements
from kg.draft.findings.statements import read_findings, read_past_diseases, read_unenlarged
from kg.draft.names.own import with_own
from kg.draft.names.recognise import Hit, recogniser
from kg.draft.reading.at_large import is_at_large
from kg.draft.reading.document import count_articles, read_document
from kg.draft.reading.mended import mend
from kg.draft.reading.negate import Scope, scopes
from kg.draft.reading.patient import read_patient
from kg.draft.reading.persons import is_of_several, stories
from kg.draft.reading.readable import check_text
from kg.draft.reading.references import read_references
from kg.draft.reading.roles import argument_of, story_of, with_roles
from kg.draft.reading.source import Source
from kg.draft.sheet import Ids, Sheet, slug
from kg.draft.therapy.course import Course
from kg.draft.therapy.responses import Responses
from kg.draft.therapy.times import read_times
from kg.draft.therapy.treat import Therapy, define_short_forms
from kg.report import Report, Span, load_report

ORDER = ("case", "report", "document", "curation", "patient", "times", "history", "findings", "antibodies", "measurements",
         "investigations", "diagnoses", "treatments", "responses", "claims", "references")  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What was read from one report.

    Attributes:
        records: one record (as data) for each patient of the report.
        remarks: in plain words, what was and was not understood.
    """

    records: list[dict[str, Any]]
    remarks: list[str] = field(default_factory=list)

    def to_yaml(self, number: int = 0) -> str:
        """The `case.yaml` of one of the records."""
        return to_yaml(self.records[number])


@dataclass(frozen=True)
class _Shared:
    """What is read once for all patients of a report."""

    source: Source
    hits: list[Hit]
    scopes: list[Scope]
    document: dict[str, Any]
    references: list[dict[str, Any]]
    argument: tuple[Span, ...]
    therapies: dict[str, Therapy]
    diseases: dict[str, str]


def draft_report(source: str | Path | Report, case: str = "draft") -> Draft:
    """A draft record of a report.

    Args:
        source: the text itself, the path of a text file, or a Report.
        case: the id of the record; several patients get `-1`, `-2` after it.
    Raises:
        ReportError: nothing to read: empty, binary, too long, or not English.
    """
    report = load_report(source) if isinstance(source, Path) else Report(source) if isinstance(source, str) else source
    remarks = check_text(report.text)
    if (articles := count_articles(report)) > 1:
        remarks.append(f"the file seems to hold {articles} articles; draft each from a file of its own, or they are mixed")
    made = Source(report, mend(report.text))
    text = made.text
    body = with_roles(made)
    told = stories(made, story_of(made, body))
    if len(told) > 1:
        remarks.append(f"{len(told)} patients, kept apart: one record each")
    elif is_of_several(text):
        remarks.append("the report seems to tell of several patients, but nothing parts them; the record may mix them")
    shared = _Shared(
        made, sorted(with_own(text, recogniser().find(text))), scopes(text), read_document(made), read_references(made),
        argument_of(made, body), define_short_forms(text, [(s.start, s.end) for _, story in told for s in story]), short_forms(text),
    )  # fmt: skip
    records: list[dict[str, Any]] = []
    for name, story in told:
        records.append(_record(shared, f"{case}-{slug(name)}" if name else case, story, remarks, with_claims=not records))
    return Draft(records, list(dict.fromkeys(remarks)))


def _record(shared: _Shared, case: str, story: tuple[Span, ...], remarks: list[str], *, with_claims: bool) -> dict[str, Any]:
    source = shared.source
    patient, more = read_patient(source, story)
    remarks += more
    line = read_times(source, story, patient.get("age", ""))
    ids = Ids({*line.times, "patient", "report", "curation"})
    sheet = Sheet(source, line, ids, shared.hits, shared.scopes)
    _read_story(sheet, story, shared)
    data: dict[str, Any] = {
        "case": case, "document": shared.document, "curation": {"by": ["casegraph"], "method": "machine", "tool": f"casegraph {__version__}"},
        "patient": patient, "times": line.times, **sheet.parts,
    }  # fmt: skip
    if with_claims:
        numbers = {r["number"] for r in shared.references}
        data["claims"] = [
            {"id": ids.new(f"{c['subject'].partition(' ! ')[2]}-{c['effect']}"), **c}
            for c in read_claims(source, shared.argument, shared.hits, shared.scopes, numbers)
        ]
        if not shared.references:
            remarks.append("no reference list found")
    data["references"] = shared.references
    if not data["findings"]:
        remarks.append("no finding was recognised")
    return {key: data[key] for key in ORDER if data.get(key)}


def _read_story(sheet: Sheet, story: tuple[Span, ...], shared: _Shared) -> None:
    """All statements of the story; what only sums up (an abstract) is read last and adds what is told nowhere else."""
    course = Course(sheet, shared.therapies)
    responses = Responses(sheet, course)
    sums_up = [s for s in story if s.section == "abstract"]
    proper = [s for s in story if s.section != "abstract"]
    for number, sentence in enumerate([*proper, *sums_up]):
        again = bool(proper) and number >= len(proper)
        if is_at_large(sheet.text, sentence.start, sentence.end) or sheet.quote(sentence.start, sentence.end) is None:
            continue
        taken = read_antibody_tests(sheet, sentence) + read_measurements(sheet, sentence)
        procedure = read_examinations(sheet, sentence)
        taken += read_pregnancy(sheet, sentence) + course.read(sentence, number, again=again)
        read_findings(sheet, sentence, taken, procedure, again=again)
        if not again:
            read_unenlarged(sheet, sentence)
        read_past_diseases(sheet, sentence, shared.diseases)
        read_diagnoses(sheet, sentence, shared.diseases)
        responses.read(sentence, number, again=again or sentence.section.startswith("figure"))
    quote = shared.document["quote"]
    title = quote if isinstance(quote, str) else quote[0]
    if not is_at_large(title, 0, len(title)):
        read_title(sheet, shared.diseases, title)
    responses.finish()
