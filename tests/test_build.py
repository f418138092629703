"""Record → RDF: what a statement becomes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg import names, ontology
from kg.build import case_document, case_quads, node_ids
from kg.units import read_range
from tests.conftest import SmallCase

BASE = names.node_iri("small-2020", "")


def triples(case: SmallCase) -> set[tuple[str, str, str]]:
    quads = case_quads(case.loaded.record, case.report, ontology.context())
    assert {quad.graph_name.value for quad in quads} == {names.case_iri("small-2020")}
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}


def node(name: str) -> str:
    return f"<{BASE}{name}>"


def cg(name: str) -> str:
    return f"<{names.CG}{name}>"


def iri(curie: str) -> str:
    return f"<{names.expand(curie)}>"


TYPE = f"<{names.RDF_TYPE}>"


def test_present_finding_is_an_instance_of_its_class_and_hangs_on_its_time(small: type[SmallCase]) -> None:
    found = triples(small())
    assert (node("fever"), TYPE, iri("HP:0001945")) in found
    assert (node("fever"), TYPE, cg("PresentFinding")) in found
    assert (node("presentation"), cg("hasFinding"), node("fever")) in found
    assert (node("patient"), cg("hasTimePoint"), node("presentation")) in found


def test_absent_finding_is_no_instance_and_its_time_point_carries_the_negation(small: type[SmallCase]) -> None:
    found = triples(small())
    absent = node("finding-weight-loss")
    assert (absent, cg("concept"), iri("HP:0001824")) in found
    assert (absent, cg("status"), '"absent"') in found
    assert not any(s for s, p, o in found if p == TYPE and o == iri("HP:0001824"))
    negations = {s for s, p, o in found if p == "<http://www.w3.org/2002/07/owl#complementOf>"}
    carriers = {s for s, p, o in found if p == TYPE and o in negations}
    assert carriers == {node("presentation"), node("week-2")}


def test_absence_at_a_site_denies_nothing_elsewhere(small: type[SmallCase]) -> None:
    found = triples(small(("status: absent, quote: He", 'status: absent, sites: "UBERON:0001456 ! face", quote: He')))
    negations = {s for s, p, o in found if p == "<http://www.w3.org/2002/07/owl#complementOf>"}
    assert {s for s, p, o in found if p == TYPE and o in negations} == {node("week-2")}


def test_not_tested_antibody_makes_no_finding(small: type[SmallCase]) -> None:
    antibody = 'antibodies:\n  - {is: "HP:0033033 ! Anti-MDA5 antibody positivity", result: RESULT, quote: CRP was 2.82 mg/dL}\nmeasurements:'
    for result, made in (("positive", "PresentFinding"), ("negative", "AbsentFinding"), ("not-tested", None)):
        found = triples(small(("measurements:", antibody.replace("RESULT", result))))
        finding = node("finding-anti-mda5-antibody-positivity")
        kinds = {o for s, p, o in found if s == finding and p == TYPE}
        assert (cg(made) in kinds) if made else kinds == set()


def test_an_investigation_not_done_is_no_investigation(small: type[SmallCase]) -> None:
    investigation = 'investigations:\n  - {id: scan, procedure: none ! scan, outcome: OUTCOME, quote: CRP was 2.82 mg/dL}\nmeasurements:'
    for outcome, made in (("normal", "Investigation"), ("not-done", "UndoneInvestigation")):
        found = triples(small(("measurements:", investigation.replace("OUTCOME", outcome))))
        assert {o for s, p, o in found if s == node("scan") and p == TYPE} == {cg(made)}


def test_measurement_keeps_the_printed_words_beside_number_and_unit(small: type[SmallCase]) -> None:
    found = triples(small())
    measured = next(s for s, p, o in found if p == TYPE and o == cg("Measurement"))
    values = {p: o for s, p, o in found if s == measured}
    assert values[cg("printedValue")] == '"2.82 mg/dL"'
    assert values[cg("value")].startswith('"2.82"')
    assert values[cg("unit")] == '"mg/dL"'
    assert values[cg("normalHigh")].startswith('"0.8"')
    assert (node("finding-elevated-circulating-c-reactive-protein-concentratio"), cg("shownBy"), measured) in found


def test_quote_is_verbatim_and_its_offsets_lead_back_to_it(small: type[SmallCase]) -> None:
    case = small()
    for passage in case_document(case.loaded.record, case.report)["passages"]:
        exact, position = passage["selector"]
        start, end = int(position["start"]), int(position["end"])
        assert case.report.text[start:end] == exact["exact"]
        assert case.report.text[:start].endswith(exact["prefix"])
        assert case.report.text[end:].startswith(exact["suffix"])


def test_ids_stay_when_a_statement_is_added_before_them(small: type[SmallCase]) -> None:
    before = set(node_ids(small().loaded.record).values())
    added = '  - {is: "HP:0000988 ! Skin rash", quote: a rash}\n  - {is: "HP:0001824'
    after = set(node_ids(small(('  - {is: "HP:0001824', added)).loaded.record).values())
    assert before < after


def test_term_that_does_not_exist_keeps_the_words(small: type[SmallCase]) -> None:
    found = triples(small(("HP:0001824 ! Weight loss", "none ! a hollow look")))
    absent = next(s for s, p, o in found if p == cg("words") and o == '"a hollow look"')
    assert not any(p == cg("concept") for s, p, o in found if s == absent)


def test_every_property_of_a_case_is_declared_by_the_ontology(seed: object) -> None:
    declared = {q.subject.value for q in ontology.module_quads() if isinstance(q.subject, ox.NamedNode)}
    used = {q.predicate.value for q in case_quads(seed.loaded.record, seed.report, ontology.context())}  # type: ignore[attr-defined]
    ours = {i for i in used if i.startswith(names.CG)}
    assert ours - declared == set()


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("< 0.8 mg/dL", None, "0.8"), ("> 60", "60", None), ("12-16 g/dL", "12", "16"), ("3.5 – 5.1", "3.5", "5.1"), ("0.8", None, "0.8")],
)
def test_printed_ranges(text: str, low: str | None, high: str | None) -> None:
    assert tuple(None if v is None else str(v) for v in read_range(text)) == (low, high)


def test_class_expressions_of_long_named_nodes_are_not_shared(small: type[SmallCase]) -> None:
    name = "a" * 75
    two = "".join(f'  - {{id: {name}{n}, is: "HP:0000988 ! Skin rash", sites: "UBERON:0001456 ! face", quote: a rash}}\n' for n in "bc")
    found = triples(small(('  - {is: "HP:0001824', two + '  - {is: "HP:0001824')))
    restrictions = [{o for s, p, o in found if s == node(name + n) and p == TYPE and o.startswith("_:")} for n in "bc"]
    assert all(len(each) == 1 for each in restrictions)
    assert not restrictions[0] & restrictions[1]
