"""Asking: parameters are resolved, bound as values, and refused with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
from kg import names
from kg.ask import parse_question, question_named, question_names
from kg.errors import QuestionError


@pytest.fixture(scope="module")
def graph(seed_graph: Path) -> object:
    return kg.open(seed_graph)


@pytest.mark.parametrize(
    "drug",
    ["CHEBI:5801", "chebi:5801", "hydroxychloroquine", "HYDROXYCHLOROQUINE", "http://purl.obolibrary.org/obo/CHEBI_5801",
     "<http://purl.obolibrary.org/obo/CHEBI_5801>", "CHEBI:5801 ! hydroxychloroquine", " hydroxychloroquine "],
)  # fmt: skip
def test_parameter_takes_iri_curie_label_in_any_case(graph: object, drug: str) -> None:
    assert [row["change"] for row in graph.ask("dose-history", drug=drug)] == ["started", "increased", "decreased"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "curie"), [("IVIG", "DrugBank:DB00028"), ("intravenous immunoglobulin", "DrugBank:DB00028"), ("thiamazole", "CHEBI:50673")])
def test_parameter_takes_synonyms(graph: object, name: str, curie: str) -> None:
    by_name = [dict(row) for row in graph.ask("statement", concept=name)]  # type: ignore[attr-defined]
    assert by_name == [dict(row) for row in graph.ask("statement", concept=curie)]  # type: ignore[attr-defined]
    assert by_name


@pytest.mark.parametrize(
    ("drug", "curie", "labels"),
    [
        ("glucocorticoid", "CHEBI:24261", {"prednisolone", "6alpha-methylprednisolone"}),  # by what it is
        ("immunosuppressive agent", "CHEBI:35705", {"azathioprine", "cyclophosphamide", "prednisolone", "Tacrolimus"}),  # by its role
        ("prednisolone", "CHEBI:8378", {"prednisolone"}),
        ("antiviral drug", "CHEBI:36044", set()),
    ],
)
def test_class_of_drugs_stands_for_those_in_it(graph: object, drug: str, curie: str, labels: set[str]) -> None:
    answer = graph.ask("dose-history", drug=drug)  # type: ignore[attr-defined]
    assert {row["label"] for row in answer} == labels
    every = [dict(row) for row in graph.ask("dose-history") if row["label"] in labels]  # type: ignore[attr-defined]
    assert [dict(row) for row in answer] == every
    assert {name: names.compact(node.value) for name, node in answer.bound.items()} == {"drug": curie}


def test_question_shown_with_a_class_gives_the_same_rows(graph: object) -> None:
    answer = graph.ask("dose-history", drug="glucocorticoid")  # type: ignore[attr-defined]
    _, rows = graph.store.select(question_named("dose-history").bound(answer.bound))  # type: ignore[attr-defined]
    assert rows == answer.nodes and len(rows) == 7


def test_drug_outside_the_class_asked_for_is_told_so(graph: object) -> None:
    missing = graph.why_not("dose-history", "hydroxychloroquine", drug="glucocorticoid")  # type: ignore[attr-defined]
    assert (missing.present, missing.in_words) == (False, "this drug is not among those asked for")
    assert graph.why_not("dose-history", "prednisolone", drug="glucocorticoid").present  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("treatment", {}, "no question 'treatment'; did you mean treatments"),
        ("treatments", {"drugg": "x"}, "no parameter 'drugg'; it takes case"),
        ("patient", {"case": "antonopoulos-2081"}, "no case 'antonopoulos-2081'; there is antonopoulos-2018"),
        ("findings", {"at": "month-11"}, "no time point 'month-11'; there is month-1"),
        ("dose-history", {"drug": "hydroxychlorquine"}, "did you mean CHEBI:5801 ! hydroxychloroquine"),
        ("dose-history", {"drug": "CHEBI:99999999"}, "CHEBI:99999999 is no term"),
        ("findings-under", {"class": "MONDO:0005014"}, "MONDO:0005014 is retired; use MONDO:0016367"),
        ("statement", {"concept": "polymicrogyria"}, "fits several terms; give the id: HP:0002126 ! Polymicrogyria, MONDO:0000087 ! polymicrogyria"),
        ("drugs-in-class", {"class": "immunosuppressive"}, "did you mean CHEBI:35705 ! immunosuppressive agent?"),
        ("criteria", {"set": "eular"}, "there is eular-acr-2017"),
    ],
)
def test_wrong_name_or_value_is_told_with_the_right_ones(graph: object, name: str, values: dict[str, str], expected: str) -> None:
    with pytest.raises(QuestionError) as caught:
        graph.ask(name, **values)  # type: ignore[attr-defined]
    assert expected in str(caught.value)


HOSTILE = [
    '"} UNION { ?s ?p ?o } #', "x> } DELETE WHERE { ?s ?p ?o } #", "http://x/> } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #",
    "<http://a> <http://b>", "'; DROP", "\\u0022}", "?x", "case:x> ?p ?o . FILTER(1=1",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("name", "parameter"), [("patient", "case"), ("findings", "at"), ("dose-history", "drug"), ("criteria", "set")])
def test_sparql_in_a_value_is_a_value(graph: object, name: str, parameter: str, value: str) -> None:
    with pytest.raises(QuestionError):
        graph.ask(name, **{parameter: value})  # type: ignore[attr-defined]


def test_unknown_iri_answers_with_no_rows(graph: object) -> None:
    assert graph.ask("dose-history", drug="http://example.org/nothing") == []  # type: ignore[attr-defined]


def test_bound_value_is_written_by_the_engine_with_escapes() -> None:
    import pyoxigraph as ox

    asked = parse_question("x", "#+ summary: What?\n#+ params:\n#+   t: {type: text}\n\nSELECT ?t WHERE {\n  ?s ?p ?t\n}")
    text = asked.bound({"t": ox.Literal('a"} UNION { ?s ?p "\n')})
    assert 'VALUES ?t { "a\\"} UNION { ?s ?p \\"\\n" }' in text
    assert list(ox.Store().query(text)) == []


def test_header_that_cannot_be_read_is_told() -> None:
    with pytest.raises(QuestionError, match="header"):
        parse_question("x", "#+ params: [\n\nSELECT ?s WHERE { ?s ?p ?o }")
    with pytest.raises(QuestionError, match="header"):
        parse_question("x", "SELECT ?s WHERE { ?s ?p ?o }")


@pytest.mark.parametrize("name", question_names())
def test_every_question_is_asked_like_one(name: str) -> None:
    asked = question_named(name)
    assert asked.summary.endswith("?")
    assert asked.columns
    assert all(p.type in ("case", "term", "time", "text", "set") for p in asked.parameters)
    assert all(p.name in asked.columns for p in asked.parameters), "a parameter is a projected variable"
