"""The ids of nodes: the curator's own, or made from what a statement says."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from kg.record import STATEMENT_SECTIONS, Record, TermRef

#: The class of each section's statements.
KIND = {
    "history": "HistoryItem", "findings": "Finding", "antibodies": "AntibodyTest", "measurements": "Measurement",
    "investigations": "Investigation", "diagnoses": "Diagnosis", "treatments": "Treatment", "responses": "Response",
    "claims": "Claim", "references": "Reference", "left_out": "LeftOut",
}  # fmt: skip


def node_ids(record: Record) -> dict[tuple[str, int], str]:
    """(section, index) -> the id of the statement's node, the curator's own or one made from its content.

    Ids come from what a statement says, not from its position, so that adding a line to a record does not
    rename the nodes below it.
    """
    taken = {item.id for section in STATEMENT_SECTIONS for item in getattr(record, section) if getattr(item, "id", None)}
    taken |= set(record.times) | {"patient", "report", "curation"}
    found: dict[tuple[str, int], str] = {}
    for section in (*STATEMENT_SECTIONS, "left_out"):
        for i, item in enumerate(getattr(record, section)):
            found[section, i] = getattr(item, "id", None) or fresh(_made_id(section, item, record), taken)
    return found


def slug(text: str) -> str:
    """Words as a node id.

    Example:
    >>> slug("Gottron's papules (TGF-β1)")
    'gottrons-papules-tgf-b1'
    """
    text = text.replace("β", "b").replace("γ", "g").replace("α", "a").replace("'", "").replace("’", "")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:60].strip("-") or "x"


def fresh(wanted: str, taken: set[str]) -> str:
    name, n = wanted, 1
    while name in taken:
        n += 1
        name = f"{wanted}-{n}"
    taken.add(name)
    return name


def _made_id(section: str, item: Any, record: Record) -> str:
    if section == "references":
        return f"reference-{item.number}"
    if section == "left_out":
        return f"left-out-{slug(' '.join(item.quote))[:30].strip('-')}"
    main = main_term(item)
    at = getattr(item, "at", None)
    parts = [KIND[section], main.label if main else "", getattr(item, "outcome", "") if section == "responses" else ""]
    return slug(" ".join(parts)) + (f"-{at}" if at and at != record.reference_time else "")


def main_term(item: Any) -> TermRef | None:
    """The term that a statement is first of all about."""
    for field in ("is_", "of", "drug", "procedure", "subject"):
        term: TermRef | None = getattr(item, field, None)
        if term:
            return term
    problems = getattr(item, "in_", None)
    return problems[0] if isinstance(problems, tuple) and problems else None
