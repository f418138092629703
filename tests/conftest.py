"""What tests share: the seed case read once, its graph built once, and a small record to bend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from kg import pipeline
from kg.record import LoadedRecord, lines, parse_record
from kg.report import Report

# A developer's own vocabulary must not change what is tested.
os.environ["CASEGRAPH_VOCABULARY"] = ""

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "antonopoulos-2018"
# No test asserts a time; the first of many examples may have tables to make.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

#: A report and record small enough to read whole; tests replace parts of it to see a check fire.
SMALL_REPORT = """A short case

ABSTRACT

Steroids were of no benefit.

CASE PRESENTATION

A 30-year-old man presented with fever and a rash. He denied weight loss. CRP was 2.82 mg/dL (normal < 0.8 mg/dL).
He was started on prednisolone 1 mg/kg. Two weeks later the fever was gone. Prednisolone was stopped. The rash came back.

DISCUSSION

Prednisolone inhibits inflammation.[1] The rash came back.

REFERENCES

1. Doe J. A title. J Med 2001;1:1-2.
"""

SMALL_RECORD = """case: small-2020
document: {title: A short case, quote: A short case}
patient: {sex: "PATO:0000384 ! male", age: P30Y, quote: A 30-year-old man}
times:
  presentation: {quote: presented with fever}
  week-2: {after: presentation, by: P2W, quote: Two weeks later}
findings:
  - {id: fever, is: "HP:0001945 ! Fever", quote: presented with fever and a rash}
  - {is: "HP:0001824 ! Weight loss", status: absent, quote: He denied weight loss}
  - {is: "HP:0001945 ! Fever", status: absent, at: week-2, quote: the fever was gone}
measurements:
  - of: "LOINC:1988-5 ! C reactive protein [Mass/volume] in Serum or Plasma"
    value: 2.82 mg/dL
    normal: < 0.8 mg/dL
    interpretation: high
    shows: "HP:0011227 ! Elevated circulating C-reactive protein concentration"
    quote: CRP was 2.82 mg/dL (normal < 0.8 mg/dL)
treatments:
  - id: prednisolone
    drug: "CHEBI:8378 ! prednisolone"
    course:
      - {change: started, at: presentation, dose: 1 mg/kg, quote: He was started on prednisolone 1 mg/kg}
      - {change: stopped, at: week-2, quote: Prednisolone was stopped}
    quote: He was started on prednisolone 1 mg/kg
responses:
  - {to: prednisolone, in: "HP:0001945 ! Fever", outcome: resolved, at: week-2, quote: Two weeks later the fever was gone}
claims:
  - {kind: mechanism, subject: "CHEBI:8378 ! prednisolone", effect: inhibits, object: "GO:0006954 ! inflammatory response", cites: 1, quote: Prednisolone inhibits inflammation}
references:
  - {number: 1, authors: [Doe J], title: A title, journal: J Med, year: 2001, quote: A title. J Med 2001}
left_out:
  - {quote: Steroids were of no benefit., reason: rhetoric}
"""


class SmallCase:
    """The small record with some text replaced, and what the checks say of it."""

    def __init__(self, *replacements: tuple[str, str], report: str = SMALL_REPORT) -> None:
        text = SMALL_RECORD
        for old, new in replacements:
            assert old in text, f"the small record has no {old!r}"
            text = text.replace(old, new)
        self.text = text
        self.report = Report(report, "report.txt")

    @property
    def loaded(self) -> LoadedRecord:
        source = lines.read(self.text, "case.yaml")
        return LoadedRecord(parse_record(source), source, Path("case.yaml"))

    def issues(self) -> list[str]:
        from kg.check import check_record

        return [str(issue) for issue in check_record(self.loaded, self.report, pipeline.all_terms())]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.txt").write_text(self.report.text, encoding="utf-8")
        (folder / "case.yaml").write_text(self.text, encoding="utf-8")
        return folder


@pytest.fixture
def small() -> type[SmallCase]:
    return SmallCase


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a served graph writes its access log."""
    return tmp_path_factory.mktemp("log") / "access.log"


@pytest.fixture(scope="session")
def seed() -> pipeline.CaseFiles:
    return pipeline.read_case(SEED / "case.yaml")


@pytest.fixture(scope="session")
def seed_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the seed's graph."""
    out = tmp_path_factory.mktemp("seed") / "graph"
    pipeline.build([SEED], out)
    return out
