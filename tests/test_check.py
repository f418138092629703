"""Checks of a record: each fires on one bad input, with the line and the fix; the small record passes them all."""

from __future__ import annotations

import pytest

from kg import pipeline
from kg.check import check_graph, check_shapes, coverage
from kg.store import EmbeddedStore
from tests.conftest import SMALL_REPORT, SmallCase


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # terms
        ("HP:0001824 ! Weight loss", "HP:9999999 ! Weight loss", ["findings[1].is", "HP:9999999", "HP:0001824"]),
        ("HP:0001824 ! Weight loss", "HP:0001824 ! Fever", ["findings[1].is", "HP:0001945"]),
        ("HP:0001824 ! Weight loss", "MONDO:0005014 ! dermatomyositis", ["retired", "MONDO:0016367"]),
        ("HP:0001824 ! Weight loss", "hp:0001824 ! Weight loss", ["HP"]),
        ("HP:0001824 ! Weight loss", "XYZ:1 ! Weight loss", ["XYZ"]),
        # quotes
        ("quote: He denied weight loss", "quote: He denied weigt loss", ["findings[1].quote", "is not in report.txt", "He denied weight loss."]),
        ("quote: the fever was gone", "quote: The rash came back", ["stands 2 times", "case presentation or discussion"]),
        ("quote: the fever was gone", "quote: the fever was gone, section: discussion", ["not in section 'discussion'"]),
        ("quote: the fever was gone", "quote: the fever was gone, section: methods", ["no section 'methods'", "abstract"]),
        # names
        ("at: week-2, quote: the fever", "at: week-3, quote: the fever", ["findings[2].at", "no time 'week-3'", "did you mean 'week-2'?"]),
        ("to: prednisolone, in", "to: prednisone, in", ["responses[0].to", "no treatment 'prednisone'", "did you mean 'prednisolone'?"]),
        ("id: fever", "id: prednisolone", ["id 'prednisolone' is taken (line 8)"]),
        ("cites: 1", "cites: 7", ["claims[0].cites", "reference 7 is not in 'references' (1-1)"]),
        # times
        ("after: presentation, by: P2W", "after: week-9, by: P2W", ["times.week-2", "after 'week-9', which is not in 'times'"]),
        ("presentation: {quote", "presentation: {after: week-2, quote", ["'presentation' and 'week-2' each stand after the other"]),
        (
            "{change: started, at: presentation", "{change: started, at: week-2",
            None,
        ),
        # units
        ("value: 2.82 mg/dL", "value: 2.82 mg/dLL", ["measurements[0].value", "'dLL' is neither a UCUM code"]),
        ("normal: < 0.8 mg/dL", "normal: below the limit", ["measurements[0].normal", "is not a quantity"]),
        # contradiction
        ("status: absent, at: week-2", "status: absent, at: presentation", ["HP:0001945 ! Fever is absent at 'presentation' here and present at line 8"]),
        ('    drug: "CHEBI:8378 ! prednisolone"\n', "", ["either 'drug' or 'procedure'"]),
    ],
)  # fmt: skip
def test_each_check_fires_with_its_line_and_fix(small: type[SmallCase], old: str, new: str, expected: list[str] | None) -> None:
    issues = small((old, new)).issues()
    if expected is None:
        assert issues == []
        return
    assert any(all(part in issue for part in expected) for issue in issues), issues
    assert all(issue.startswith("case.yaml:") for issue in issues)


def test_stop_before_start_names_both(small: type[SmallCase]) -> None:
    issues = small(
        ("{change: started, at: presentation", "{change: started, at: week-2"), ("{change: stopped, at: week-2", "{change: stopped, at: presentation")
    ).issues()
    assert len(issues) == 1
    assert "stopped at 'presentation', which is before started at 'week-2' (line" in issues[0]


def test_section_tells_two_places_of_a_quote_apart(small: type[SmallCase]) -> None:
    assert small(("quote: the fever was gone", "quote: The rash came back, section: discussion")).issues() == []


def test_present_and_absent_at_different_times_is_no_contradiction(small: type[SmallCase]) -> None:
    assert "fever" in small().text and small().issues() == []


def test_coverage_counts_quoted_left_out_and_missing(small: type[SmallCase]) -> None:
    case = small()
    found = coverage(case.loaded, case.report)
    missing = [case.report.quote(span) for span in found.missing]
    assert missing == ["The rash came back.", "The rash came back."]
    assert found.left_out == 1
    assert found.share == pytest.approx((found.total - 2) / found.total)


def test_coverage_is_whole_for_a_report_without_body(small: type[SmallCase]) -> None:
    assert coverage(small().loaded, small(report="REFERENCES\n\n1. A.\n").report).share == 1.0


def test_seed_is_clean_and_covered(seed: pipeline.CaseFiles) -> None:
    assert seed.issues == []
    assert coverage(seed.loaded, seed.report).missing == ()


def test_seed_passes_shapes_and_graph_checks(seed_graph: object) -> None:
    result = pipeline.check([pipeline.files.folder("seeds")])
    assert [str(issue) for issue in result.issues if issue.level == "error"] == []
    assert result.passed
    assert result.cases[0].coverage.share == 1.0


def test_report_text_is_what_the_small_record_quotes() -> None:
    assert SMALL_REPORT.count("The rash came back") == 2


def test_graph_checks_and_shapes_pass_on_an_empty_graph() -> None:
    assert check_graph(EmbeddedStore.in_memory([])) == []
    assert check_shapes([]) == []
