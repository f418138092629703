"""What all nodes of a case share: the evidence, the record's own keys, passages of the text, OWL restrictions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kg import names
from kg.build.ids import node_ids
from kg.record import PlacedTime, Record, TermRef, place
from kg.report import Report, Span

#: Fields that name another node of the record, and fields that `build` turns into something else.
_NODE_FIELDS = frozenset({"at", "when", "by", "from", "after", "before", "to", "alternatives", "conflicts_with"})
_WORD_FIELDS = {"after": "Response", "by": "TimePoint"}  # a duration, not a node, in these models
_OWN_FIELDS = frozenset({"id", "quote", "section", "course", "value", "cites", "effect", "purpose", "assumed_unit"})
CONTEXT_CHARACTERS = 32


class Nodes:
    """The parts that the nodes of one case are made of."""

    def __init__(self, record: Record, report: Report) -> None:
        self.record = record
        self.report = report
        self.ids = node_ids(record)
        self.taken = set(self.ids.values()) | set(record.times)
        self.places: dict[str, PlacedTime] = place(record.times)
        self.passages: dict[Span, dict[str, Any]] = {}
        self.absent: dict[str, list[str]] = {}

    def evidence(self, item: Any) -> dict[str, Any]:
        """The sentence that an item quotes, its section, and its passages; nothing for an item without a quote."""
        quote = getattr(item, "quote", None)
        if not quote:
            return {}
        section = getattr(item, "section", None)
        spans = [self.report.find(piece, section) for piece in quote]
        return {
            "quote": " […] ".join(self.report.quote(span) for span in spans),
            "section": spans[0].section,
            "passage": [self._passage(span) for span in spans],
        }

    def _passage(self, span: Span) -> str:
        name = f"#text-{span.start}-{span.end}"
        if span not in self.passages:
            text = self.report.text
            self.passages[span] = {
                "id": name, "type": "oa:SpecificResource", "source": "#report", "section": span.section,
                "order": str(span.start),
                "selector": [
                    {
                        "id": f"{name}-quote", "type": "oa:TextQuoteSelector", "exact": self.report.quote(span),
                        "prefix": text[max(0, span.start - CONTEXT_CHARACTERS) : span.start],
                        "suffix": text[span.end : span.end + CONTEXT_CHARACTERS],
                    },
                    {"id": f"{name}-position", "type": "oa:TextPositionSelector", "start": str(span.start), "end": str(span.end)},
                ],
            }  # fmt: skip
        return name

    def fields(self, item: Any) -> dict[str, Any]:
        """A model's fields under the record's own keys: terms as IRIs, names of nodes as relative IRIs."""
        found: dict[str, Any] = {}
        kind = type(item).__name__
        for name, field in type(item).model_fields.items():
            key, value = field.alias or name, getattr(item, name)
            if value is None or value == () or key in _OWN_FIELDS:
                continue
            is_node = key in _NODE_FIELDS and _WORD_FIELDS.get(key) != kind
            parts = [self._value(part, is_node) for part in (value if _is_list(value) else (value,))]
            parts = [part for part in parts if part is not None]
            if parts:
                found[key] = parts if _is_list(value) else parts[0]
        if "at" in type(item).model_fields and "at" not in found and kind not in ("CourseStep", "Response"):
            found["at"] = f"#{self.record.reference_time}"
        return found

    def _value(self, value: Any, is_node: bool) -> Any:
        if isinstance(value, TermRef):
            return iri_of(value.curie) if value.curie else None
        if is_node and isinstance(value, str):
            return f"#{value}"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return value

    def some(self, node_id: str, prop: str, class_iri: str) -> dict[str, Any]:
        """The OWL class "`prop` some `class`", as a blank node whose label is stable."""
        key = f"{self.record.case}-{node_id.lstrip('#')}-{prop.lower()}-{label_part(class_iri)}"
        return {"id": f"_:{key}", "type": "owl:Restriction", "onProperty": f"cg:{prop}", "someValuesFrom": {"id": class_iri}}


def iri_of(curie: str) -> str:
    return names.expand(curie)


def label_part(iri: str) -> str:
    """An IRI as part of a blank node's label: never cut short, for two classes must not share a node."""
    return re.sub(r"[^a-z0-9]+", "-", names.compact(iri).lower()).strip("-")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def terms_of(item: Any) -> Iterator[TermRef]:
    """Every term a model uses, except how it is known (ECO)."""
    for name in type(item).model_fields:
        value = getattr(item, name)
        if name == "evidence":
            continue
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, TermRef):
                yield part


def plain_number(value: Decimal) -> str:
    """A decimal's plain text.

    Example:
    >>> plain_number(Decimal("2.820")), plain_number(Decimal("1E+3")), plain_number(Decimal("45.0000"))
    ('2.82', '1000', '45')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
