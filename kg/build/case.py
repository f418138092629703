"""Record → RDF: the record as JSON-LD, expanded through `ontology/context.jsonld`.

Which key becomes which property is data (the context). What is left to do here is what a record leaves
out because it can be computed: node ids, offsets of quotes, time order, numbers and UCUM units beside the
printed words, the findings that a measurement shows, and the OWL class of what is present or absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.build.ids import fresh, node_ids, slug
from kg.build.nodes import iri_of, label_part, plain_number
from kg.build.statements import Statements
from kg.errors import BuildError
from kg.record import STATEMENT_SECTIONS, STATUS_SHOWN, Record
from kg.report import Report
from kg.times import days

__all__ = ["case_document", "case_quads", "node_ids"]


def case_quads(record: Record, report: Report, context: Mapping[str, Any]) -> list[ox.Quad]:
    """The case's graph, named by the case's IRI.

    Args:
        record: checked by `kg.check.check_record`.
        report: the text its quotes come from.
        context: `ontology/context.jsonld`, parsed.

    Raises:
        BuildError: the record cannot be turned into a graph (a check that was skipped would have said why).
    """
    base = names.case_iri(record.case)
    document = {"@context": context["@context"], **case_document(record, report)}
    graph = ox.NamedNode(base)
    try:
        triples = ox.parse(json.dumps(document).encode(), format=ox.RdfFormat.JSON_LD, base_iri=base)
        return [ox.Quad(q.subject, q.predicate, q.object, graph) for q in triples]
    except SyntaxError as error:
        raise BuildError(f"{record.case}: not expandable as JSON-LD: {error}") from error


def case_document(record: Record, report: Report) -> dict[str, Any]:
    """The record as JSON-LD (without its context): every node has an id, every computed value is there."""
    return Case(record, report).document()


class Case(Statements):
    """One case on its way to JSON-LD."""

    def document(self) -> dict[str, Any]:
        record = self.record
        document: dict[str, Any] = {"id": names.case_iri(record.case), "type": "cg:Case", "case": record.case, "label": record.case}
        for section in STATEMENT_SECTIONS:
            nodes = [self.statement(section, i, item) for i, item in enumerate(getattr(record, section))]
            document[section] = nodes
        document["findings"] += list(self._shown_findings())
        document["left_out"] = [self._left_out(i, item) for i, item in enumerate(record.left_out)]
        self._order_treatments(document["treatments"])
        document["document"] = self._report_node()
        document["curation"] = {"id": "#curation", "type": "cg:Curation", "label": "curation", **self.fields(record.curation)}
        document["patient"] = self._patient()
        document["times"] = [self._time(name) for name in record.times]
        for part in (document["document"], document["curation"], document["patient"]):
            part["in_case"] = document["id"]
        self._link_times(document)
        document["passages"] = list(self.passages.values())
        return document

    # 1) what follows from tests: the findings they show

    def _shown_findings(self) -> Iterator[dict[str, Any]]:
        order = len(self.record.findings)
        for section, concept_field, result_field in (("antibodies", "is_", "result"), ("measurements", "shows", "interpretation")):
            for i, item in enumerate(getattr(self.record, section)):
                concept, status = getattr(item, concept_field), STATUS_SHOWN.get(getattr(item, result_field) or "")
                if concept is None or status is None:
                    continue
                order += 1
                at = item.at or self.record.reference_time
                suffix = "" if at == self.record.reference_time else f"-{at}"
                node = {
                    "id": "#" + fresh(slug(f"Finding {concept.label}") + suffix, self.taken), "order": str(order),
                    **self.evidence(item), "at": f"#{at}", "status": status, "by": f"#{self.ids[section, i]}",
                    "is": iri_of(concept.curie) if concept.curie else None,
                    "about": [iri_of(concept.curie)] if concept.curie else [],
                }  # fmt: skip
                self._finding(node, concept, status)
                yield node

    # 2) the rest of the case

    def _report_node(self) -> dict[str, Any]:
        item = self.record.document
        node = {"id": "#report", "type": ["cg:Report"], **self.evidence(item), **self.fields(item), "sha256": self.report.sha256}
        node.pop("type_", None)
        if item.type and item.type.curie:
            node["type"] = ["cg:Report", iri_of(item.type.curie)]
        return node | {"label": item.title, "author_list": "; ".join(item.authors)}

    def _patient(self) -> dict[str, Any]:
        item = self.record.patient
        node = {"id": "#patient", "type": ["cg:Patient"], **self.evidence(item), **self.fields(item), "label": f"patient of {self.record.case}"}
        if item.age:
            node["age_years"] = plain_number(Decimal(str(round(days(item.age) / 365.2425, 4))))
        node["has_time"] = [f"#{name}" for name in self.record.times]
        return node

    def _time(self, name: str) -> dict[str, Any]:
        item, placed = self.record.times[name], self.places[name]
        node = {"id": f"#{name}", "type": ["cg:TimePoint"], "name": name, "label": name, **self.evidence(item), **self.fields(item)}
        node["time_order"] = str(placed.order)
        if not item.approximate:
            node.pop("approximate", None)
        if placed.offset is not None:
            node["offset"] = placed.offset
        node["isa"] = [
            {"id": f"_:{self.record.case}-{name}-not-{label_part(concept)}", "type": "owl:Class",
             "complementOf": self.some(f"{name}-not", "hasFinding", concept)}
            for concept in sorted(set(self.absent.get(name, ())))
        ]  # fmt: skip
        return node

    def _link_times(self, document: dict[str, Any]) -> None:
        """Present findings and confirmed diagnoses hang on their time point."""
        by_id = {node["id"]: node for node in document["times"]}
        for section, wanted, key in (("findings", "cg:PresentFinding", "has_finding"), ("diagnoses", "cg:ConfirmedDiagnosis", "has_disease")):
            for node in document[section]:
                if wanted in node["type"]:
                    by_id[node["at"]].setdefault(key, []).append(node["id"])

    def _left_out(self, i: int, item: Any) -> dict[str, Any]:
        return {"id": f"#{self.ids['left_out', i]}", "type": "cg:LeftOut", "order": str(i + 1), "reason": item.reason, **self.evidence(item)}
