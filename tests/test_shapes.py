"""The shapes of `ontology/shapes.ttl`: a sound graph passes, and each shape has a graph that it catches."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from kg import names, ontology
from kg.build import case_quads
from kg.check import check_shapes

CG = names.CG
CASE = names.case_iri("small-2020")



@pytest.fixture
def quads(small: Any) -> list[ox.Quad]:
    loaded = small()
    return case_quads(loaded.loaded.record, loaded.report, ontology.context())


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{CASE}#{name}" if name else CASE)


def literal(text: str, kind: str = "string") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(names.PREFIXES["xsd"] + kind))


def kinds(quads: list[ox.Quad]) -> dict[str, str]:
    """Class -> the first node of it."""
    found: dict[str, str] = {}
    for quad in sorted(quads, key=str):
        if quad.predicate.value == names.RDF_TYPE and isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(CG):
            found.setdefault(quad.object.value.removeprefix(CG), quad.subject.value.partition("#")[2])
    return found


def test_sound_graph_fits_every_shape(quads: list[ox.Quad]) -> None:
    assert check_shapes(quads) == []


#: (class of the node, property, the value instead: None takes it away) -> what the curator reads.
BROKEN: list[tuple[str, str, Any, str]] = [
    ("Case", "caseId", literal("Small 2020"), "a case has one id of lower-case letters, digits and hyphens"),
    ("Case", "patient", None, "a case is about exactly one patient"),
    ("Report", "sha256", literal("abc"), "the report has one SHA-256 digest"),
    ("Curation", "method", literal("guessed"), "the method of curation is manual or machine"),
    ("Patient", "quote", None, "what is said of the patient needs a quote"),
    ("Patient", "ageYears", literal("300", "decimal"), "age in years is one number from 0 to 130"),
    ("TimePoint", "timeOrder", None, "a time point has one place in the order of time"),
    ("TimePoint", "kind", literal("holiday"), "the kind of a time point is one of visit, admission, event, period"),
    ("Finding", "quote", None, "every statement needs a quote from the report"),
    ("Finding", "evidence", None, "every statement points to a passage of the report"),
    ("Finding", "status", literal("maybe"), "the status of a finding is one of present, absent, uncertain"),
    ("Finding", "at", None, "at exactly one time point of the case"),
    ("Finding", "laterality", literal("upside"), "laterality is one of bilateral, left, right"),
    ("Finding", "painful", literal("very"), "painful is true or false"),
    ("Finding", "shownBy", node("patient"), "a finding is shown by an investigation, a measurement or an antibody test"),
    ("PresentFinding", "status", literal("absent"), "a present finding has status present"),
    ("AbsentFinding", "status", literal("present"), "an absent finding has status absent"),
    ("Measurement", "unit", None, "a measured value has one UCUM unit"),
    ("Measurement", "interpretation", literal("odd"), "an interpretation is one of high, low, normal"),
    ("Measurement", "normalLow", literal("9", "decimal"), "the lower limit of normal is one number, not above the upper one"),
    ("Measurement", "label", None, "a node has one label"),
    ("Treatment", "courseStep", None, "a treatment has at least one step"),
    ("Treatment", "startTime", node("patient"), "a treatment starts at one time point"),
    ("CourseStep", "change", literal("forgotten"), "the change of a step is one of started"),
    ("CourseStep", "doseValue", literal("0", "decimal"), "a dose is one number above 0"),
    ("CourseStep", "doseUnit", None, "a dose has one UCUM unit"),
    ("Response", "outcome", literal("cured"), "the outcome of a response is one of resolved"),
    ("Response", "toTreatment", node("patient"), "a response is credited to treatments of the case"),
    ("Response", "trigger", literal("moon"), "the trigger of a flare is taper or stop"),
    ("Claim", "claimKind", literal("boast"), "the kind of a claim is one of mechanism"),
    ("Claim", "relation", None, "the relation of a claim is one that the context maps"),
    ("Claim", "cites", node("patient"), "a claim cites entries of the reference list"),
    ("Reference", "number", literal("0", "integer"), "a reference has one number from 1"),
    ("Reference", "pmid", literal("PMID 12"), "a PMID is one number of up to 8 digits"),
    ("LeftOut", "reason", literal("boring"), "a sentence is left out as one of rhetoric"),
]


@pytest.mark.parametrize(("kind", "prop", "value", "message"), BROKEN, ids=[f"{kind}-{prop}" for kind, prop, _, _ in BROKEN])
def test_broken_graph_is_caught_with_words_for_the_curator(quads: list[ox.Quad], kind: str, prop: str, value: Any, message: str) -> None:
    subject = node(kinds(quads)[kind])
    predicate = ox.NamedNode(names.RDFS_LABEL if prop == "label" else CG + prop)
    broken = [quad for quad in quads if (quad.subject, quad.predicate) != (subject, predicate)]
    if value is not None:
        broken.append(ox.Quad(subject, predicate, value, ox.NamedNode(CASE)))
    assert message in "\n".join(issue.message for issue in check_shapes(broken))


def test_absent_finding_on_a_time_point_is_caught(quads: list[ox.Quad]) -> None:
    absent = node(kinds(quads)["AbsentFinding"])
    broken = [*quads, ox.Quad(node("presentation"), ox.NamedNode(CG + "hasFinding"), absent, ox.NamedNode(CASE))]
    messages = "\n".join(issue.message for issue in check_shapes(broken))
    assert "an absent finding must not hang on a time point as if it were there" in messages
    assert "only present findings hang on a time point" in messages


def test_passage_without_its_words_is_caught(quads: list[ox.Quad]) -> None:
    broken = [quad for quad in quads if quad.predicate.value != names.PREFIXES["oa"] + "exact"]
    assert "a passage has its exact words" in "\n".join(issue.message for issue in check_shapes(broken))
