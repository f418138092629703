"""Statements → JSON-LD nodes: what all get, then what each section's own get."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kg import names
from kg.build.ids import KIND, main_term
from kg.build.nodes import Nodes, iri_of, plain_number, terms_of
from kg.errors import BuildError, RecordError
from kg.record import TermRef
from kg.units import parse_quantity, read_range

FINDING_CLASS = {"present": "PresentFinding", "absent": "AbsentFinding", "uncertain": "UncertainFinding"}
ANTIBODY_CLASS = {"positive": "PositiveAntibodyTest", "negative": "NegativeAntibodyTest", "not-tested": "UntestedAntibody"}
DIAGNOSIS_CLASS = {"confirmed": "ConfirmedDiagnosis", "suspected": "SuspectedDiagnosis", "excluded": "ExcludedDiagnosis"}
OUTCOME_CLASS = {
    "resolved": "Resolution", "improved": "Improvement", "unchanged": "NoChange", "worsened": "Worsening",
    "flared": "Flare", "stopped-for-toxicity": "Toxicity", "pending": "PendingResponse",
}  # fmt: skip
BENEFIT = {"resolved": "beneficial", "improved": "beneficial", "pending": "pending"}


class Statements(Nodes):
    """The statements of one case, a method a section."""

    def statement(self, section: str, i: int, item: Any) -> dict[str, Any]:
        node = {"id": f"#{self.ids[section, i]}", "order": str(i + 1), **self.evidence(item), **self.fields(item)}
        node["type"] = ["cg:" + KIND[section]]
        about = {iri_of(term.curie) for term in terms_of(item) if term.curie}
        about |= {iri_of(term.curie) for step in getattr(item, "course", ()) for term in terms_of(step) if term.curie}
        node["about"] = sorted(about)
        main = main_term(item)
        if main:
            node["label"] = main.label
            if main.curie is None:
                node.setdefault("words", main.label)
        getattr(self, "_" + section)(node, item)
        return node

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
                node["type"].append(iri_of(concept.curie))
            node["isa"] = [self.some(node["id"], "hasSite", iri_of(site.curie)) for site in sites if site.curie]
        elif status == "absent" and concept.curie and not any(True for _ in sites):
            self.absent.setdefault(at, []).append(iri_of(concept.curie))

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
            node |= {"printed": quantity.printed, "value": plain_number(quantity.value), "unit": unit or "1"}
            node["unit_assumed"] = not quantity.unit and bool(item.assumed_unit)
            if quantity.comparator:
                node["comparator"] = quantity.comparator
        if item.normal:
            low, high = read_range(item.normal)
            node |= {key: plain_number(value) for key, value in (("normal_low", low), ("normal_high", high)) if value is not None}
        node["label"] = " ".join(part for part in (item.of.label + ":", item.value, item.interpretation) if part)

    def _investigations(self, node: dict[str, Any], item: Any) -> None:
        node["label"] = f"{item.words or item.procedure.label}: {item.result or item.outcome}"
        if item.outcome == "not-done":
            node["type"] = ["cg:UndoneInvestigation"]  # no process took place, so it is none

    def _diagnoses(self, node: dict[str, Any], item: Any) -> None:
        node["type"].append("cg:" + DIAGNOSIS_CLASS[item.status])
        if item.status == "confirmed" and item.is_.curie:
            node["type"].append(iri_of(item.is_.curie))
        node["label"] = f"{item.is_.label} ({item.status})"

    def _treatments(self, node: dict[str, Any], item: Any) -> None:
        given = item.drug or item.procedure
        node["is"] = iri_of(given.curie) if given.curie else None
        node.pop("procedure", None)
        node["label"] = item.words or given.label
        node["type"].append("cg:DrugTreatment" if item.drug else "cg:ProcedureTreatment")
        if given.curie:
            node["isa"] = [self.some(node["id"], "uses", node["is"])]
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
            **self.evidence(step), **self.fields(step),
        }  # fmt: skip
        node.setdefault("at", f"#{self.record.reference_time}")
        node["label"] = " ".join(part for part in (treatment["label"], step.change, step.dose) if part)
        node["about"] = sorted({treatment["is"]} - {None} | {iri_of(t.curie) for t in terms_of(step) if t.curie})
        if step.dose:
            try:
                quantity = parse_quantity(step.dose)
            except RecordError:
                return node  # the printed words stay; a range or a scheme in words has no one number
            node |= {"dose_value": plain_number(quantity.value), "dose_unit": quantity.unit}
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
        node["isa"] = [self.some(node["id"], "responseIn", iri_of(term.curie)) for term in item.in_ if term.curie]
        node["about"] = sorted({*node["about"], *self._drugs_of(item.to), *self._drugs_of(item.alternatives)})

    def _drugs_of(self, treatment_ids: Iterable[str]) -> Iterator[str]:
        by_id = {self.ids["treatments", i]: item for i, item in enumerate(self.record.treatments)}
        for treatment_id in treatment_ids:
            item = by_id.get(treatment_id)
            given = item and (item.drug or item.procedure)
            if given and given.curie:
                yield iri_of(given.curie)

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
