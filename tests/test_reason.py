"""Reasoning: what follows, why it follows (minimally), and whether a full reasoner agrees."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import names, pipeline
from kg.errors import QuestionError, StoreError
from kg.graph import derive
from kg.reason import infer, read_rules
from kg.reason.explain import Explainer
from tests.conftest import SmallCase

PREFIXES = """@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def quads(turtle: str) -> list[ox.Quad]:
    return [ox.Quad(t.subject, t.predicate, t.object, ox.DefaultGraph()) for t in ox.parse((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    ("axioms", "facts", "follows", "does_not"),
    [
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":x a :A .", ("x", "C"), ("x", "D")),
        (":A owl:equivalentClass :B .", ":x a :B .", ("x", "A"), ("x", "C")),
        (
            ":D owl:equivalentClass [ owl:intersectionOf ( :A [ owl:onProperty :r ; owl:someValuesFrom :B ] ) ] .",
            ":x a :A ; :r :y . :y a :B . :z a :A .", ("x", "D"), ("z", "D"),
        ),
        (":A rdfs:subClassOf [ owl:onProperty :r ; owl:someValuesFrom :B ] . [ owl:onProperty :r ; owl:someValuesFrom :B ] rdfs:subClassOf :C .",
         ":x a :A . :y a :B .", ("x", "C"), ("y", "C")),
        ("[ owl:onProperty :r ; owl:hasValue :v ] rdfs:subClassOf :C .", ":x :r :v . :y :r :w .", ("x", "C"), ("y", "C")),
        (":r rdfs:domain :A ; rdfs:range :B .", ":x :r :y .", ("y", "B"), ("y", "A")),
        (":r rdfs:subPropertyOf :s . :s rdfs:domain :A .", ":x :r :y .", ("x", "A"), ("y", "A")),
        (":s owl:propertyChainAxiom ( :p :q ) . :s rdfs:domain :A .", ":x :p :y . :y :q :z .", ("x", "A"), ("y", "A")),
        (":r a owl:TransitiveProperty . [ owl:onProperty :r ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
         ":x :r :y . :y :r :z . :z :r :w . :w a :B .", ("x", "A"), ("w", "A")),
        (":r owl:inverseOf :s . :s rdfs:domain :A .", ":x :r :y .", ("y", "A"), ("x", "A")),
        ("[ owl:onProperty :r ; owl:someValuesFrom :B ] rdfs:subClassOf :A .", ":x a [ a owl:Restriction ; owl:onProperty :r ; owl:someValuesFrom :B ] . :y a :B .",
         ("x", "A"), ("y", "A")),
    ],
)  # fmt: skip
def test_each_kind_of_axiom_does_its_work_and_no_more(axioms: str, facts: str, follows: tuple[str, str], does_not: tuple[str, str]) -> None:
    model = infer(read_rules(quads(axioms)), quads(facts))
    assert f"http://e/{follows[1]}" in model.types[f"http://e/{follows[0]}"]
    assert f"http://e/{does_not[1]}" not in model.types[f"http://e/{does_not[0]}"]


@pytest.mark.parametrize(
    ("axioms", "facts", "consistent"),
    [
        (":A owl:disjointWith :B .", ":x a :A, :B .", False),
        (":A owl:disjointWith :B .", ":x a :A . :y a :B .", True),
        ("[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) .", ":x a :A, :C .", False),
        (":B rdfs:subClassOf :A .", ":t :has :f . :f a :B . :t a [ owl:complementOf [ owl:onProperty :has ; owl:someValuesFrom :A ] ] .", False),
        (":B rdfs:subClassOf :A .", ":t :has :f . :f a :A . :t a [ owl:complementOf [ owl:onProperty :has ; owl:someValuesFrom :B ] ] .", True),
        (":B rdfs:subClassOf :A .", ":u :has :f . :f a :B . :t a [ owl:complementOf [ owl:onProperty :has ; owl:someValuesFrom :A ] ] .", True),
    ],
)
def test_contradictions_are_found_and_nothing_else(axioms: str, facts: str, consistent: bool) -> None:
    assert infer(read_rules(quads(axioms)), quads(facts)).is_consistent is consistent


def test_cyclic_hierarchy_ends() -> None:
    model = infer(read_rules(quads(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .")), quads(":x a :A ."))
    assert model.types["http://e/x"] == {"http://e/A", "http://e/B"}


def test_what_is_not_read_is_listed() -> None:
    rules = read_rules(quads(":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] ."))
    assert rules.left_out == ["http://e/A: an expression on the right that is not EL"]


def case_and_axioms(case: SmallCase) -> tuple[list[ox.Quad], list[ox.Quad]]:
    return derive.stated_quads([pipeline.CaseFiles(case.loaded, case.report)])


def test_justification_is_minimal_and_quotes_the_report(small: type[SmallCase]) -> None:
    stated, axioms = case_and_axioms(small())
    patient, finding = (names.node_iri("small-2020", name) for name in ("patient", "fever"))
    prop = names.expand("RO:0002200")
    explainer = Explainer(stated, axioms)
    found = explainer.relation(patient, prop, finding)
    assert found is not None
    assert "presented with fever and a rash" in {part.quote for part in found.parts}
    whole = {quad for part in found.parts for quad in part.quads}
    for part in found.parts:
        rest = whole - set(part.quads)
        again = Explainer([q for q in rest if q in set(stated)], [q for q in rest if q in set(axioms)])
        assert again.relation(patient, prop, finding) is None, part.text


def test_what_does_not_follow_has_no_justification(small: type[SmallCase]) -> None:
    stated, axioms = case_and_axioms(small())
    assert Explainer(stated, axioms).instance(names.node_iri("small-2020", "fever"), names.expand("HP:0000951")) is None
    assert Explainer(stated, axioms).inconsistency() is None


def test_present_and_absent_at_one_time_is_inconsistent_and_both_sentences_are_named(small: type[SmallCase]) -> None:
    stated, axioms = case_and_axioms(small(("status: absent, at: week-2", "status: absent, at: presentation")))
    found = Explainer(stated, axioms).inconsistency()
    assert found is not None
    assert {"presented with fever and a rash", "the fever was gone"} <= {part.quote for part in found.parts}


def test_absent_general_thing_contradicts_present_special_thing(small: type[SmallCase]) -> None:
    changed = small(("HP:0001824 ! Weight loss", "HP:0004370 ! Abnormality of temperature regulation"))
    found = Explainer(*case_and_axioms(changed)).inconsistency()
    assert found is not None
    assert {"presented with fever and a rash", "He denied weight loss"} <= {part.quote for part in found.parts}


def test_engine_agrees_with_hermit_on_the_seed() -> None:
    from kg.reason.dl import ReasonerError, find_java

    try:
        find_java()
    except ReasonerError as error:
        pytest.skip(str(error))
    verdict, differences = pipeline.reason_dl()
    assert verdict.consistent
    assert verdict.unsatisfiable == ()
    # A datatype restriction (age of 40 or more) is beyond the quick engine; docs/reason.md says so.
    assert {(names.compact(kind), says) for _, kind, says in differences} <= {("cg:PatientAgedFrom40", "HermiT only")}


def test_hermit_finds_the_contradiction_too(small: type[SmallCase]) -> None:
    from kg.reason.dl import ReasonerError, classify, find_java

    try:
        find_java()
    except ReasonerError as error:
        pytest.skip(str(error))
    stated, axioms = case_and_axioms(small(("status: absent, at: week-2", "status: absent, at: presentation")))
    assert classify((*axioms, *stated)).consistent is False


def test_hermit_is_stopped_at_its_limit(small: type[SmallCase]) -> None:
    from kg.reason.dl import ReasonerError, classify, find_java

    try:
        find_java()
    except ReasonerError as error:
        pytest.skip(str(error))
    stated, axioms = case_and_axioms(small())
    with pytest.raises(ReasonerError, match="did not end within 0.1 s"):
        classify((*axioms, *stated), timeout=0.1)  # type: ignore[arg-type]


def test_row_rests_on_its_statements(seed_graph: Path) -> None:
    graph = kg.open(seed_graph)
    answer = graph.ask("diagnosis")
    found = graph.why(answer, 1)
    assert [ground.node for ground in found] == ["antonopoulos-2018#dermatomyositis"]
    assert found[0].quote == answer[0]["quote"]
    assert not found[0].derived
    with pytest.raises(QuestionError, match="no row 99; the answer has"):
        graph.why(answer, 99)


def test_first_condition_that_excludes_a_term(seed_graph: Path) -> None:
    graph = kg.open(seed_graph)
    assert "present finding" in graph.why_not("findings", "Weight loss").in_words
    assert graph.why_not("findings", "Fever").present


def test_node_is_found_by_its_name_or_told(seed_graph: Path) -> None:
    graph = kg.open(seed_graph)
    assert graph.explain("gottron-papules", "Abnormality of the skin").parts
    assert graph.explain("patient", "cg:Patient").parts, "our property of that name is no node of a case"
    with pytest.raises(StoreError, match="no such node"):
        graph.explain("nothing-like-it", "Abnormality of the skin")
