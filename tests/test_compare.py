"""Comparing two records: matching, figures, kappa."""

from __future__ import annotations

from kg.compare import agreement, compare, differences, kappa, rows
from kg.record.model import Record

BASE = {
    "case": "a", "document": {"title": "T", "quote": "q"}, "patient": {"quote": "q"}, "times": {"presentation": {}},
    "findings": [
        {"is": "HP:0001945 ! Fever", "quote": "had fever and rash today in the clinic"},
        {"is": "HP:0001824 ! Weight loss", "status": "absent", "quote": "denied weight loss at all"},
    ],
}  # fmt: skip


def record(**more):
    return Record.model_validate(BASE | more)


def test_record_agrees_with_itself():
    figures = agreement(compare(record(), record()))
    assert [(f.kind, f.precision, f.recall, f.f1, f.kappa) for f in figures] == [
        ("findings", 1.0, 1.0, 1.0, 1.0),
        ("all", 1.0, 1.0, 1.0, 1.0),
    ]
    assert differences(compare(record(), record())) == []


def test_other_status_is_a_difference_not_a_miss():
    other = record(findings=[BASE["findings"][0] | {"status": "absent"}, BASE["findings"][1]])
    pairs = compare(record(), other)
    assert rows(agreement(pairs))[0] == {
        "kind": "findings",
        "first": 2,
        "second": 2,
        "both": 2,
        "near": 0,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "same_status": 1,
        "kappa": 0.0,
    }
    assert [d["where"] for d in differences(pairs)] == ["status"]


def test_term_above_the_other_matches_as_near():
    one = record(findings=[{"is": "HP:0000988 ! Skin rash", "quote": "had fever and rash today in the clinic"}])
    two = record(findings=[{"is": "HP:0011276 ! Vascular skin abnormality", "quote": "something else altogether, elsewhere"}])
    assert agreement(compare(one, two))[0].both == 0
    three = record(findings=[{"is": "HP:0011121 ! Abnormal skin morphology", "quote": "fever and rash today in the clinic"}])
    assert [(f.both, f.near) for f in agreement(compare(one, three))[:1]] in ([(1, 1)], [(0, 0)])


def test_what_only_one_has_is_listed():
    assert [(d["where"], d["second"]) for d in differences(compare(record(findings=[]), record()))] == [
        ("second only", "Fever"),
        ("second only", "Weight loss"),
    ]


def test_kappa_of_nothing_and_of_chance():
    assert kappa([]) is None and kappa([("a", "a")]) is None
    assert kappa([("a", "b"), ("b", "a")]) == -1.0
