"""Records: what they may hold, and how each mistake is told with its line."""

from __future__ import annotations

import json

import pytest

from kg.errors import RecordError
from kg.pipeline import record_schema
from kg.record import lines, place
from kg.record.model import Record, TimePoint
from tests.conftest import ROOT, SmallCase


def test_small_record_is_clean(small: type[SmallCase]) -> None:
    assert small().issues() == []


def test_no_is_a_word_and_numbers_are_numbers() -> None:
    assert lines.read("a: no\nb: 1\nc: 1.5\nd: '1'\ne: ~\n", "x").data == {"a": "no", "b": 1, "c": 1.5, "d": "1", "e": None}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("status: absent, quote: He", "stauts: absent, quote: He", "did you mean 'status'?"),
        ("outcome: resolved", "outcome: cured", "'cured' is not allowed (use 'resolved', 'improved'"),
        ("change: stopped", "change: tapered", "'tapered' is not allowed (use 'started', 'increased', 'decreased', 'stopped'"),
        ("age: P30Y", "age: 30 years", "'30 years' is not an ISO 8601 duration such as P1M"),
        ("HP:0001945 ! Fever", "HP:0001945", "'HP:0001945' is not a term; write 'ID ! label'"),
        ("case: small-2020", "case: Small 2020", "'Small 2020' is not a name of lower-case letters, digits and hyphens"),
        ("year: 2001", "year: soon", "not 'soon'"),
        ("case: small-2020\n", "", "'case' is missing"),
        ("cites: 1", "cites: one", "not 'one'"),
    ],
)
def test_mistake_is_told_with_line_and_allowed_values(small: type[SmallCase], old: str, new: str, expected: str) -> None:
    case = small((old, new))
    with pytest.raises(RecordError) as caught:
        _ = case.loaded
    message = str(caught.value)
    assert expected in message
    wrong_line = next((i for i, line in enumerate(case.text.splitlines(), 1) if new and new.rstrip("\n") in line), 1)
    assert f"case.yaml:{wrong_line}:" in message


def test_every_mistake_is_told_at_once(small: type[SmallCase]) -> None:
    with pytest.raises(RecordError) as caught:
        _ = small(("outcome: resolved", "outcome: cured"), ("change: stopped", "change: ended")).loaded
    assert len(caught.value.issues) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nb: *x\n", "x.yaml:1: anchors and aliases"),
        ("a: *x\n", "x.yaml:1: anchors and aliases"),
        ("a: !!python/object:os.system x\n", "x.yaml:1: tags"),
        ("a: 1\na: 2\n", "x.yaml:2: key 'a' is given twice (first at line 1)"),
        ("[" * 30 + "]" * 30, "nested deeper than 20 levels"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: a second document"),
        ("a: [1, 2\n", "not YAML"),
        ("a: b: c\n", "x.yaml:1: not YAML"),
        ("{a: 1}: 2\n", "a key must be a word"),
        ("a: " + "x" * 6_000_000, "a record has at most"),
        ("[" + "1," * 150_000 + "]", "more than 100,000 values"),
    ],
)
def test_yaml_beyond_a_record_is_refused(text: str, expected: str) -> None:
    with pytest.raises(RecordError, match=".*") as caught:
        lines.read(text, "x.yaml")
    assert expected in str(caught.value)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "42"])
def test_what_is_no_mapping_is_no_record(text: str) -> None:
    from kg.record import parse_record

    with pytest.raises(RecordError, match="a record is a mapping"):
        parse_record(lines.read(text, "x.yaml"))


def test_deep_nesting_ends_quickly_without_recursion() -> None:
    with pytest.raises(RecordError, match="nested deeper"):
        lines.read("[" * 1_000_000, "x.yaml")


def test_times_are_placed_by_what_the_paper_says() -> None:
    times = {
        "presentation": TimePoint(), "week-2": TimePoint(after="presentation", by="P2W"), "later": TimePoint(after="week-2"),
        "operation": TimePoint(before="presentation", by="P6M"), "day-10": TimePoint(after="week-2", by="P10D"),
    }  # fmt: skip
    placed = place(times)
    assert {name: p.offset for name, p in placed.items()} == {
        "operation": "-P6M", "presentation": "P0D", "week-2": "P2W", "later": None, "day-10": "P2W10D",
    }  # fmt: skip
    assert placed["operation"].order == -1
    assert placed["presentation"].order == 0


def test_schema_file_is_the_models_own() -> None:
    assert (ROOT / "seeds" / "case.schema.json").read_text(encoding="utf-8") == record_schema() + "\n"


def test_schema_is_valid_and_takes_the_small_record(small: type[SmallCase]) -> None:
    schema = json.loads(record_schema())
    assert schema["properties"]["findings"]["items"]["$ref"] == "#/$defs/Finding"
    assert set(small().loaded.source.data) <= set(schema["properties"])
    assert Record.model_validate(small().loaded.source.data)
