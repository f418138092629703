"""Reports: sections, sentences, quotes, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import pipeline
from kg.errors import ReportError
from kg.report import Report, load_report


def test_sections_of_the_seed(seed: pipeline.CaseFiles) -> None:
    assert seed.report.sections == (
        "title", "metadata", "abstract", "keywords", "case presentation", "correspondence", "figure 1A", "figure 1B", "discussion",
        "conflict of interest", "references",
    )  # fmt: skip


def test_text_around_a_legend_or_address_stays_in_its_section(seed: pipeline.CaseFiles) -> None:
    assert seed.report.find("leukope-").section == "case presentation"
    assert seed.report.find("nia (WBC: 3850)").section == "case presentation"
    assert seed.report.find("+30-2613-603 693").section == "correspondence"
    assert seed.report.find("following 3 IVIG intravenous infusions").section == "figure 1B"


def test_report_is_the_file_byte_for_byte(seed: pipeline.CaseFiles) -> None:
    assert seed.report.text.encode() == seed.loaded.report_path.read_bytes()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("She had fever. He had none.", ["She had fever.", "He had none."]),
        ("Dr. Smith gave 2.5 mg i.v. daily. It helped.", ["Dr. Smith gave 2.5 mg i.v. daily.", "It helped."]),
        ("Shown before.⁸ Then again.", ["Shown before.⁸", "Then again."]),
        ("One.\n\nTwo", ["One.", "Two"]),
        ("E. coli grew (Fig. 1). Why?", ["E. coli grew (Fig. 1).", "Why?"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    report = Report(text)
    assert [report.quote(span) for span in report.sentences] == sentences


def test_quote_matches_across_white_space_and_nothing_else() -> None:
    report = Report("weight\n  loss and Weight loss")
    assert report.find("weight loss").start == 0
    with pytest.raises(ReportError, match="not in report"):
        report.find("weight-loss")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.4\0\1\2", "binary, not text"),
        ("fièvre".encode("latin-1"), "not UTF-8 at byte 2"),
        (b"x" * 6_000_000, "a report has at most 5,000,000"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(ReportError) as caught:
        load_report(path)
    assert expected in str(caught.value) and str(path) in str(caught.value)


def test_missing_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="No such file"):
        load_report(tmp_path / "none.txt")


@given(st.text(max_size=400))
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    report = Report(text)
    ends = 0
    for span in report.sentences:
        assert ends <= span.start < span.end <= len(text)
        assert report.quote(span).strip() == report.quote(span)
        ends = span.end


@given(st.lists(st.sampled_from(["a", "b.", "C", "\n", "\n\n", "DISCUSSION"]), max_size=40).map(" ".join))
def test_every_word_is_in_exactly_one_sentence(text: str) -> None:
    report = Report(text)
    assert "".join(report.quote(span) for span in report.sentences).split() == text.split() or (
        "".join("".join(report.quote(span) for span in report.sentences).split()) == "".join(text.split())
    )


def test_a_heading_needs_no_blank_line_around_it() -> None:
    report = Report("A title\nAbstract\nWe report a man.\n1. Introduction\nIt is rare. Results\nof others differ.\n\nReferences:\n1. Doe J. A paper.\n")
    assert [(report.quote(span), span.section) for span in report.paragraphs] == [
        ("A title", "title"),
        ("Abstract", "abstract"),
        ("We report a man.", "abstract"),
        ("1. Introduction", "introduction"),
        ("It is rare. Results\nof others differ.", "introduction"),
        ("References:", "references"),
        ("1. Doe J. A paper.", "references"),
    ]
    assert [report.quote(s) for s in report.body] == ["We report a man.", "It is rare.", "Results\nof others differ."]
