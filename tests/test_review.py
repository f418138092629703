"""Reviewing a draft in the terminal: accept, edit, reject; nothing accepted is touched again."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from kg.errors import RecordError
from kg.record import load_record
from kg.review import accept, edit, open_statements, reject, review

TEXT = "CASE REPORT\n\nA 30-year-old woman presented with fever and rash. She denied weight loss.\n"


@pytest.fixture
def path(tmp_path):
    (tmp_path / "report.txt").write_text(TEXT)
    file = tmp_path / "case.yaml"
    file.write_text(draft_report(TEXT).to_yaml())
    return file


def answers(*choices):
    left = list(choices)
    seen = []

    def ask(lines):
        seen.append(lines)
        return left.pop(0) if left else ("q", "")

    return ask, seen


def labels(path):
    return [f.is_.label for f in load_record(path).record.findings]


def test_accepting_takes_the_confidence_away_and_nothing_else(path):
    before = path.read_text()
    first = open_statements(path)[0]
    accept(path, first)
    assert path.read_text() == before.replace(
        first.text, "\n".join(line for line in first.text.splitlines() if "confidence" not in line), 1
    )
    assert first.text not in [s.text for s in open_statements(path)]


def test_rejecting_takes_it_out(path):
    reject(path, open_statements(path)[1])
    assert labels(path) == ["Fever", "Weight loss"]


def test_rejecting_all_leaves_a_record(path):
    ask, _ = answers(*[("r", "")] * 3)
    assert review(path, ask).rejected == 3
    assert labels(path) == []


def test_editing_is_checked_before_it_is_written(path):
    first, before = open_statements(path)[0], path.read_text()
    with pytest.raises(RecordError):
        edit(path, first, first.text.replace("quote:", "quoth:"))
    assert path.read_text() == before
    edit(path, first, first.text.replace("HP:0001945 ! Fever", "HP:0001954 ! Recurrent fever"))
    assert labels(path)[0] == "Recurrent fever"


def test_review_shows_the_quote_marked_and_stops(path):
    ask, seen = answers(("a", ""), ("s", ""), ("q", ""))
    done = review(path, ask)
    assert (done.accepted, done.left) == (1, 2)
    assert "»fever«" in "\n".join(seen[0])


def test_a_second_review_leaves_what_was_accepted(path):
    review(path, answers(("a", ""), ("q", ""))[0])
    kept = path.read_text()
    review(path, answers(("q", ""))[0])
    assert path.read_text() == kept


def test_a_file_changed_meanwhile_is_not_overwritten(path):
    first = open_statements(path)[0]
    path.write_text(path.read_text().replace("Fever", "Fever", 1).replace("report:", "report:") + "\n# mine\n")
    path.write_text("# a remark\n" + path.read_text())
    with pytest.raises(RecordError, match="changed meanwhile"):
        accept(path, first)
