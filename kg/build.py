"""Record → RDF: the record as JSON-LD, expanded through `ontology/context.jsonld`.

Which key becomes which property is data (the context). What is left to do here is what a record leaves
out because it can be computed: node ids, offsets of quotes, time order, numbers and UCUM units beside the
printed words, the findings that a measurement shows, and the OWL class of what is present or absent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.errors import BuildError, RecordError
from kg.record import STATEMENT_SECTIONS, STATUS_SHOWN, PlacedTime, Record, TermRef, place
from kg.record.times import days
from kg.report import Report, Span
from kg.units import parse_quantity, read_range

#: The class of each section's statements.
KIND = {
    "history": "HistoryItem", "findings": "Finding", "antibodies": "AntibodyTest", "measurements": "Measurement",
    "investigations": "Investigation", "diagnoses": "Diagnosis", "treatments": "Treatment", "responses": "Response",
    "claims": "Claim", "references": "Reference", "left_out": "LeftOut",
}  # fmt: skip
FINDING_CLASS = {"present": "PresentFinding", "absent": "AbsentFinding", "uncertain": "UncertainFinding"}
ANTIBODY_CLASS = {"positive": "PositiveAntibodyTest", "negative": "NegativeAntibodyTest", "not-tested": "UntestedAntibody"}
DIAGNOSIS_CLASS = {"confirmed": "ConfirmedDiagnosis", "suspected": "SuspectedDiagnosis", "excluded": "ExcludedDiagnosis"}
OUTCOME_CLASS = {
    "resolved": "Resolution", "improved": "Improvement", "unchanged": "NoChange", "worsened": "Worsening",
    "flared": "Flare", "stopped-for-toxicity": "Toxicity", "pending": "PendingResponse",
}  # fmt: skip
BENEFIT = {"resolved": "beneficial", "improved": "beneficial", "pending": "pending"}

#: Fields that name another node of the record, and fields that `build` turns into something else.
_NODE_FIELDS = frozenset({"at", "when", "by", "from", "after", "before", "to", "alternatives", "conflicts_with"})
_WORD_FIELDS = {"after": "Response", "by": "TimePoint"}  # a duration, not a node, in these models
_OWN_FIELDS = frozenset({"id", "quote", "section", "course", "value", "cites", "effect", "purpose", "assumed_unit"})
CONTEXT_CHARACTERS = 32


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
    return _Case(record, report).document()


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
            found[section, i] = getattr(item, "id", None) or _fresh(_made_id(section, item, record), taken)
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


def _fresh(wanted: str, taken: set[str]) -> str:
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


def _iri(curie: str) -> str:
    return names.expand(curie)


def _label_part(iri: str) -> str:
    """An IRI as part of a blank node's label: never cut short, for two classes must not share a node."""
    return re.sub(r"[^a-z0-9]+", "-", names.compact(iri).lower()).strip("-")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


class _Case:
    """One case on its way to JSON-LD."""

    def __init__(self, record: Record, report: Report) -> None:
        self.record = record
        self.report = report
        self.ids = node_ids(record)
        self.taken = set(self.ids.values()) | set(record.times)
        self.places: dict[str, PlacedTime] = place(record.times)
        self.passages: dict[Span, dict[str, Any]] = {}
        self.absent: dict[str, list[str]] = {}

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
        document["curation"] = {"id": "#curation", "type": "cg:Curation", "label": "curation", **self._fields(record.curation)}
        document["patient"] = self._patient()
        document["times"] = [self._time(name) for name in record.times]
        for part in (document["document"], document["curation"], document["patient"]):
            part["in_case"] = document["id"]
        self._link_times(document)
        document["passages"] = list(self.passages.values())
        return document

    # 1) what all statements share

    def statement(self, section: str, i: int, item: Any) -> dict[str, Any]:
        node = {"id": f"#{self.ids[section, i]}", "order": str(i + 1), **self._evidence(item), **self._fields(item)}
        node["type"] = ["cg:" + KIND[section]]
        about = {_iri(term.curie) for term in _terms(item) if term.curie}
        about |= {_iri(term.curie) for step in getattr(item, "course", ()) for term in _terms(step) if term.curie}
        node["about"] = sorted(about)
        main = main_term(item)
        if main:
            node["label"] = main.label
            if main.curie is None:
                node.setdefault("words", main.label)
        getattr(self, "_" + section)(node, item)
        return node

    def _evidence(self, item: Any) -> dict[str, Any]:
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

    def _fields(self, item: Any) -> dict[str, Any]:
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
            return _iri(value.curie) if value.curie else None
        if is_node and isinstance(value, str):
            return f"#{value}"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return value

    def _some(self, node_id: str, prop: str, class_iri: str) -> dict[str, Any]:
        """The OWL class "`prop` some `class`", as a blank node whose label is stable."""
        key = f"{self.record.case}-{node_id.lstrip('#')}-{prop.lower()}-{_label_part(class_iri)}"
        return {"id": f"_:{key}", "type": "owl:Restriction", "onProperty": f"cg:{prop}", "someValuesFrom": {"id": class_iri}}

    # 2) each kind's own

    def _history(self, node: dict[str, Any], item: Any) -> None:
        node["label"] += f" ({item.status})"

    def _findings(self, node: dict[str, Any], item: Any) -> None:
        self._finding(node, item.is_, item.status, item.sites)

    def _finding(self, node: dict[str, Any], concept: TermRef, status: str, sites: Iterable[TermRef] = ()) -> None:
        at = node["at"].lstrip("#")
        node["type"] = ["cg:Finding", "cg:" + FINDING_CLASS[status]]
        node["label"] = f"{concept.label} ({status}, {at})"
        if status == "present":
            if concept.curie:
                node["type"].append(_iri(concept.curie))
            node["isa"] = [self._some(node["id"], "hasSite", _iri(site.curie)) for site in sites if site.curie]
        elif status == "absent" and concept.curie and not any(True for _ in sites):
            self.absent.setdefault(at, []).append(_iri(concept.curie))

    def _antibodies(self, node: dict[str, Any], item: Any) -> None:
        node["type"].append("cg:" + ANTIBODY_CLASS[item.result])
        node["label"] = f"{item.is_.label}: {item.result}"
        if item.titre:
            node["titre_denominator"] = re.split("[/:]", item.titre)[1].strip()

    def _measurements(self, node: dict[str, Any], item: Any) -> None:
        unit = ""
        if item.value is not None:
            quantity = parse_quantity(item.value)
            unit = quantity.unit or item.assumed_unit or ""
            node |= {"printed": quantity.printed, "value": _number(quantity.value), "unit": unit or "1"}
            node["unit_assumed"] = not quantity.unit and bool(item.assumed_unit)
            if quantity.comparator:
                node["comparator"] = quantity.comparator
        if item.normal:
            low, high = read_range(item.normal)
            node |= {key: _number(value) for key, value in (("normal_low", low), ("normal_high", high)) if value is not None}
        node["label"] = " ".join(part for part in (item.of.label + ":", item.value, item.interpretation) if part)

    def _investigations(self, node: dict[str, Any], item: Any) -> None:
        node["label"] = f"{item.words or item.procedure.label}: {item.result or item.outcome}"

    def _diagnoses(self, node: dict[str, Any], item: Any) -> None:
        node["type"].append("cg:" + DIAGNOSIS_CLASS[item.status])
        if item.status == "confirmed" and item.is_.curie:
            node["type"].append(_iri(item.is_.curie))
        node["label"] = f"{item.is_.label} ({item.status})"

    def _treatments(self, node: dict[str, Any], item: Any) -> None:
        given = item.drug or item.procedure
        node["is"] = _iri(given.curie) if given.curie else None
        node.pop("procedure", None)
        node["label"] = item.words or given.label
        node["type"].append("cg:DrugTreatment" if item.drug else "cg:ProcedureTreatment")
        if given.curie:
            node["isa"] = [self._some(node["id"], "uses", node["is"])]
        node["course"] = [self._step(node, j, step) for j, step in enumerate(item.course)]
        first, last = item.course[0], item.course[-1]
        if first.change != "ongoing":
            node["start"] = f"#{first.at or self.record.reference_time}"
        if last.change == "stopped" and last.at:
            node["stop"] = f"#{last.at}"

    def _step(self, treatment: dict[str, Any], j: int, step: Any) -> dict[str, Any]:
        node = {
            "id": f"{treatment['id']}-step-{j + 1}", "type": "cg:CourseStep", "order": str(j + 1),
            "of_treatment": treatment["id"], "in_case": names.case_iri(self.record.case),
            **self._evidence(step), **self._fields(step),
        }  # fmt: skip
        node.setdefault("at", f"#{self.record.reference_time}")
        node["label"] = " ".join(part for part in (treatment["label"], step.change, step.dose) if part)
        node["about"] = sorted({treatment["is"]} - {None} | {_iri(t.curie) for t in _terms(step) if t.curie})
        if step.dose:
            try:
                quantity = parse_quantity(step.dose)
            except RecordError:
                return node  # the printed words stay; a range or a scheme in words has no one number
            node |= {"dose_value": _number(quantity.value), "dose_unit": quantity.unit}
        return node

    def _order_treatments(self, nodes: list[dict[str, Any]]) -> None:
        def key(node: dict[str, Any]) -> tuple[int, int]:
            return self.places[node["course"][0]["at"].lstrip("#")].order, int(node["order"])

        for position, node in enumerate(sorted(nodes, key=key), 1):
            node["treatment_order"] = str(position)

    def _responses(self, node: dict[str, Any], item: Any) -> None:
        node["type"].append("cg:" + OUTCOME_CLASS[item.outcome])
        node["benefit"] = BENEFIT.get(item.outcome, "none")
        problems = ", ".join(term.label for term in item.in_)
        node["label"] = f"{problems or 'disease'}: {item.outcome}"
        node["isa"] = [self._some(node["id"], "responseIn", _iri(term.curie)) for term in item.in_ if term.curie]
        node["about"] = sorted({*node["about"], *self._drugs_of(item.to), *self._drugs_of(item.alternatives)})

    def _drugs_of(self, treatment_ids: Iterable[str]) -> Iterator[str]:
        by_id = {self.ids["treatments", i]: item for i, item in enumerate(self.record.treatments)}
        for treatment_id in treatment_ids:
            item = by_id.get(treatment_id)
            given = item and (item.drug or item.procedure)
            if given and given.curie:
                yield _iri(given.curie)

    def _claims(self, node: dict[str, Any], item: Any) -> None:
        node["effect"] = node["relation"] = item.effect
        node["is"] = node.get("subject")
        node["label"] = " ".join(part for part in (item.subject.label, item.effect, item.object.label if item.object else "") if part)
        if item.cites:
            references = [f"#{self._reference_id(number)}" for number in item.cites]
            node |= {"cites": references, "purpose": item.purpose, f"cito:{item.purpose}": [{"id": iri} for iri in references]}

    def _reference_id(self, number: int) -> str:
        for i, reference in enumerate(self.record.references):
            if reference.number == number:
                return self.ids["references", i]
        raise BuildError(f"{self.record.case}: reference {number} is cited but not in 'references'")

    def _references(self, node: dict[str, Any], item: Any) -> None:
        node["label"] = f"[{item.number}] {item.title}"
        node["author_list"] = "; ".join(item.authors) + ("; et al." if item.et_al else "")
        node.pop("et_al", None)

    # 3) what follows from tests: the findings they show

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
                    "id": "#" + _fresh(slug(f"Finding {concept.label}") + suffix, self.taken), "order": str(order),
                    **self._evidence(item), "at": f"#{at}", "status": status, "by": f"#{self.ids[section, i]}",
                    "is": _iri(concept.curie) if concept.curie else None,
                    "about": [_iri(concept.curie)] if concept.curie else [],
                }  # fmt: skip
                self._finding(node, concept, status)
                yield node

    # 4) the rest of the case

    def _report_node(self) -> dict[str, Any]:
        item = self.record.document
        node = {"id": "#report", "type": ["cg:Report"], **self._evidence(item), **self._fields(item), "sha256": self.report.sha256}
        node.pop("type_", None)
        if item.type and item.type.curie:
            node["type"] = ["cg:Report", _iri(item.type.curie)]
        return node | {"label": item.title, "author_list": "; ".join(item.authors)}

    def _patient(self) -> dict[str, Any]:
        item = self.record.patient
        node = {"id": "#patient", "type": ["cg:Patient"], **self._evidence(item), **self._fields(item), "label": f"patient of {self.record.case}"}
        if item.age:
            node["age_years"] = _number(Decimal(str(round(days(item.age) / 365.2425, 4))))
        node["has_time"] = [f"#{name}" for name in self.record.times]
        return node

    def _time(self, name: str) -> dict[str, Any]:
        item, placed = self.record.times[name], self.places[name]
        node = {"id": f"#{name}", "type": ["cg:TimePoint"], "name": name, "label": name, **self._evidence(item), **self._fields(item)}
        node["time_order"] = str(placed.order)
        if not item.approximate:
            node.pop("approximate", None)
        if placed.offset is not None:
            node["offset"] = placed.offset
        node["isa"] = [
            {"id": f"_:{self.record.case}-{name}-not-{_label_part(concept)}", "type": "owl:Class",
             "complementOf": self._some(f"{name}-not", "hasFinding", concept)}
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
        return {"id": f"#{self.ids['left_out', i]}", "type": "cg:LeftOut", "order": str(i + 1), "reason": item.reason, **self._evidence(item)}


def _terms(item: Any) -> Iterator[TermRef]:
    """Every term a model uses, except how it is known (ECO)."""
    for name in type(item).model_fields:
        value = getattr(item, name)
        if name == "evidence":
            continue
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, TermRef):
                yield part


def _number(value: Decimal) -> str:
    """A decimal's plain text.

    Example:
    >>> _number(Decimal("2.820")), _number(Decimal("1E+3")), _number(Decimal("45.0000"))
    ('2.82', '1000', '45')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
