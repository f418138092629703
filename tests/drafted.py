"""What the tests of drafting look at: the record that is drafted of some sentences after an opening, and parts of it."""

from __future__ import annotations

from typing import Any

from kg.draft import draft_report

PATIENT = "CASE REPORT\n\nA 40-year-old woman came to our clinic. "
WOMAN = "A 30-year-old woman presented with fever and a rash. "


def record(text: str, start: str = PATIENT) -> dict[str, Any]:
    return draft_report(f"{start}{text}\n").records[0]


def part(name: str, text: str, start: str = PATIENT) -> list[dict[str, Any]]:
    return record(text, start).get(name, [])


def labels(items: list[dict[str, Any]], *more: str) -> list[tuple[str, ...]]:
    """The label of each item's term, and what else of it is asked for."""
    return [(i["is"].partition(" ! ")[2], *(str(i.get(key, "")) for key in more)) for i in items]


def woman(text: str) -> dict[str, Any]:
    """The record of a woman with fever and a rash, whose report goes on so."""
    return draft_report(WOMAN + text).records[0]


def outcomes(text: str) -> list[tuple[str, list[str]]]:
    """What became of her, and the treatments that it is credited to."""
    return [(r["outcome"], r.get("to", [])) for r in woman(text).get("responses", ())]
