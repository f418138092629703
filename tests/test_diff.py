"""Diffs: what changed between two graphs, which answers changed with it, and because of what."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import files, pipeline
from kg.diff import AnswerChange, Diff, TermChange, diff_graphs, render
from kg.errors import StoreError
from kg.store import EmbeddedStore, RemoteStore
from tests.conftest import SmallCase

PREFIXES = """@prefix : <https://w3id.org/casegraph/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
:A a owl:Class ; rdfs:label "alpha" . :B a owl:Class ; rdfs:label "beta" . :r a owl:ObjectProperty ; rdfs:label "has" .
"""
SOME_B = "[ owl:onProperty :r ; owl:someValuesFrom :B ]"


def store(turtle: str) -> EmbeddedStore:
    triples = ox.parse((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return EmbeddedStore.in_memory(
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("https://w3id.org/casegraph/ontology/a")) for t in triples
    )


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The graph of the small record."""
    return graph_of(SmallCase(), tmp_path_factory.mktemp("small"))


def graph_of(case: SmallCase, folder: Path) -> EmbeddedStore:
    found = pipeline.open_graph(case.write(folder / "small-2020")).store
    assert isinstance(found, EmbeddedStore)
    return found


def rows(diff: Diff) -> dict[str, list[tuple[str, str | None]]]:
    """question -> (kind of change, label of the row)."""
    return {answer.question: [(row.kind, row.row.get("label")) for row in answer.rows] for answer in diff.answers}


def answer(diff: Diff, question: str) -> AnswerChange:
    return next(each for each in diff.answers if each.question == question)


# terms and axioms


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", ':C a owl:Class ; rdfs:label "gamma" .', TermChange("added", "cg:C", None, "gamma")),
        (':C a owl:Class ; rdfs:label "gamma" .', "", TermChange("removed", "cg:C", "gamma", None)),
        (
            ':C a owl:Class ; rdfs:label "gamma" .',
            ':C a owl:Class ; rdfs:label "delta" .',
            TermChange("relabelled", "cg:C", "gamma", "delta"),
        ),
        ("", ":A owl:deprecated true .", TermChange("retired", "cg:A", "alpha", "alpha")),
        (
            ':A obo:IAO_0000115 "One." .',
            ':A obo:IAO_0000115 "Two." .',
            TermChange("changed", "cg:A", 'definition "One."', 'definition "Two."'),
        ),
        ("", ':A oboInOwl:hasExactSynonym "a" .', TermChange("changed", "cg:A", "", 'synonym "a"')),
    ],
)
def test_terms_that_came_went_or_changed(old: str, new: str, expected: TermChange) -> None:
    found = diff_graphs(store(old), store(new))
    assert found == Diff((expected,), (), (), (), ())


@pytest.mark.parametrize(
    ("axiom", "text"),
    [
        (":A rdfs:subClassOf :B .", "alpha is a kind of beta"),
        (f":A rdfs:subClassOf {SOME_B} .", "alpha is a kind of (has some beta)"),
        (f":A owl:equivalentClass [ owl:intersectionOf ( :B {SOME_B} ) ] .", "alpha is the same as ((has some beta) and beta)"),
        (f"{SOME_B} rdfs:subClassOf :A .", "(has some beta) is a kind of alpha"),
        (":A rdfs:subClassOf [ owl:complementOf [ owl:unionOf ( :A :B ) ] ] .", "alpha is a kind of not (alpha or beta)"),
        (":A rdfs:subClassOf [ owl:onProperty :r ; owl:minQualifiedCardinality 2 ; owl:onClass :B ] .",
         "alpha is a kind of (has min 2 beta)"),
        (":A rdfs:subClassOf [ owl:onProperty [ owl:inverseOf :r ] ; owl:allValuesFrom :B ] .",
         "alpha is a kind of (inverse of has only beta)"),
        (':A rdfs:subClassOf [ owl:onProperty :r ; owl:hasValue "x" ] .', 'alpha is a kind of (has value "x")'),
        (":A rdfs:subClassOf [ owl:onProperty :r ; owl:someValuesFrom [ owl:onDatatype xsd:decimal ; "
         "owl:withRestrictions ( [ xsd:minInclusive 18 ] ) ] ] .",
         "alpha is a kind of (has some xsd:decimal[minInclusive 18])"),
        (":r owl:propertyChainAxiom ( :r :r ) .", "has follows from has then has"),
        (":r a owl:TransitiveProperty .", "has is owl:TransitiveProperty"),
        ("[] a owl:AllDisjointClasses ; owl:members ( :B :A ) .", "no two have a member in common: alpha, beta"),
    ],
)  # fmt: skip
def test_axioms_are_told_in_labels(axiom: str, text: str) -> None:
    assert diff_graphs(store(""), store(axiom)) == Diff((), (text,), (), (), ())
    assert diff_graphs(store(axiom), store("")) == Diff((), (), (text,), (), ())


def test_order_of_members_and_names_of_blank_nodes_are_no_change() -> None:
    one = ":A owl:equivalentClass [ owl:intersectionOf ( :B :A ) ] ."
    other = ":A owl:equivalentClass _:z . _:z owl:intersectionOf ( :A :B ) ."
    assert not diff_graphs(store(one), store(other))


def test_order_of_a_chain_is_a_change() -> None:
    more = ':s a owl:ObjectProperty ; rdfs:label "is of" . '
    found = diff_graphs(store(more + ":r owl:propertyChainAxiom ( :r :s ) ."), store(more + ":r owl:propertyChainAxiom ( :s :r ) ."))
    assert (found.axioms_removed, found.axioms_added) == (("has follows from has then is of",), ("has follows from is of then has",))


def test_new_label_does_not_make_its_axioms_new() -> None:
    old, new = (
        store(':C a owl:Class ; rdfs:label "c" ; rdfs:subClassOf :A .'),
        store(':C a owl:Class ; rdfs:label "d" ; rdfs:subClassOf :A .'),
    )
    assert diff_graphs(old, new).axioms_added == ()


# statements and answers


def test_same_record_answers_the_same(graph: EmbeddedStore, small: type[SmallCase], tmp_path: Path) -> None:
    found = diff_graphs(graph, graph_of(small(), tmp_path))
    assert not found
    assert render(found) == "nothing changed"


def test_changed_statement_changes_answers_because_of_it(graph: EmbeddedStore, small: type[SmallCase], tmp_path: Path) -> None:
    found = diff_graphs(graph, graph_of(small(("outcome: resolved", "outcome: worsened")), tmp_path))
    assert [(change.kind, change.quote) for change in found.statements] == [("changed", "Two weeks later the fever was gone")]
    assert ("cg:outcome", "resolved", "worsened") in found.statements[0].cells
    worked = answer(found, "what-worked")
    assert [row.kind for row in worked.rows] == ["removed"]
    failures = answer(found, "treatment-failures")
    assert [(row.kind, row.row["label"]) for row in failures.rows] == [("added", "prednisolone")]
    for row in (*worked.rows, *failures.rows):
        assert row.because == (f"changed {found.statements[0].node} “Two weeks later the fever was gone”",)
    treatments = answer(found, "treatments").rows
    assert [(row.kind, [cell[0] for cell in row.cells]) for row in treatments] == [("changed", ["responses"])]
    assert treatments[0].because == failures.rows[0].because


def test_new_statement_adds_rows_and_shifts_nothing_else(graph: EmbeddedStore, small: type[SmallCase], tmp_path: Path) -> None:
    line = '  - {is: "HP:0002315 ! Headache", quote: presented with fever and a rash}\n'
    found = diff_graphs(graph, graph_of(small(("findings:\n", f"findings:\n{line}")), tmp_path))
    assert [(change.kind, change.label) for change in found.statements] == [("added", "Headache (present, presentation)")]
    assert rows(found)["findings"] == [("added", "Headache")]
    because = answer(found, "findings").rows[0].because
    assert because[0] == f"added {found.statements[0].node} “presented with fever and a rash”"
    assert ("added", "HP:0002315") in {(term.kind, term.curie) for term in found.terms}


def test_removed_statement_removes_rows(graph: EmbeddedStore, small: type[SmallCase], tmp_path: Path) -> None:
    found = diff_graphs(
        graph, graph_of(small(('  - {is: "HP:0001824 ! Weight loss", status: absent, quote: He denied weight loss}\n', "")), tmp_path)
    )
    assert rows(found)["pertinent-negatives"] == [("removed", "Weight loss")]
    assert answer(found, "pertinent-negatives").rows[0].because[0].endswith("“He denied weight loss”")


def test_relabelled_term_is_the_reason(graph: EmbeddedStore) -> None:
    label, fever = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), ox.NamedNode("http://purl.obolibrary.org/obo/HP_0001824")
    new = EmbeddedStore.in_memory(
        ox.Quad(q.subject, q.predicate, ox.Literal("Loss of weight"), q.graph_name) if (q.subject, q.predicate) == (fever, label) else q
        for q in graph.database
    )
    found = diff_graphs(graph, new)
    assert found.terms == (TermChange("relabelled", "HP:0001824", "Weight loss", "Loss of weight"),)
    row = answer(found, "pertinent-negatives").rows[0]
    assert (row.kind, row.cells) == ("changed", (("label", "Weight loss", "Loss of weight"),))
    assert row.because == ("relabelled HP:0001824: Weight loss → Loss of weight",)


# text


def test_text_names_terms_axioms_statements_rows_and_reasons(graph: EmbeddedStore, small: type[SmallCase], tmp_path: Path) -> None:
    text = render(diff_graphs(graph, graph_of(small(("outcome: resolved", "outcome: worsened")), tmp_path)))
    for part in (
        "Statements: 1\n  ~ small-2020#", "      cg:outcome: resolved → worsened\n", "what-worked (Which treatments helped",
        ") 1 removed\n  - small-2020",
        "      responses: Fever: resolved (week-2) → Fever: worsened (week-2)\n", "because: changed small-2020#",
    ):  # fmt: skip
        assert part in text


def test_text_of_terms_and_axioms() -> None:
    found = diff_graphs(
        store(":A rdfs:subClassOf :B ."), store(':C a owl:Class ; rdfs:label "gamma" . :C rdfs:subClassOf :B . :A owl:deprecated true .')
    )
    assert render(found) == (
        "Terms: 2\n  ! cg:A alpha, retired\n  + cg:C gamma\n\n"
        "Axioms: 2\n  - alpha is a kind of beta\n  + gamma is a kind of beta\n\nNo question answers differently."
    )  # fmt: skip


def test_long_lists_are_cut_and_counted() -> None:
    many = " ".join(f':C{i} a owl:Class ; rdfs:label "c{i}" .' for i in range(30))
    assert render(diff_graphs(store(""), store(many)), listed=5).splitlines()[5:7] == ["  + cg:C12 c12", "  … and 25 more lines"]


# what can be compared


def test_paths_of_every_kind_are_opened(tmp_path: Path) -> None:
    folder, file = tmp_path / "seeds", tmp_path / "graph.nq"
    SmallCase().write(folder / "small-2020")
    pipeline.build([folder], tmp_path / "graph", [".nq"])
    assert file.is_file()
    assert not diff_graphs(tmp_path / "graph", file)
    assert not diff_graphs(folder, pipeline.open_graph(file))
    assert not diff_graphs(files.folder("ontology"), files.folder("ontology"))


def test_what_is_no_graph_is_refused(tmp_path: Path, graph: EmbeddedStore) -> None:
    with pytest.raises(StoreError, match="no graph there"):
        diff_graphs(graph, tmp_path / "nothing")
    with pytest.raises(StoreError, match="not an endpoint"):
        diff_graphs(graph, RemoteStore("http://127.0.0.1:9/"))
    (tmp_path / "catalog-v001.xml").write_text("<catalog/>", encoding="utf-8")
    (tmp_path / "a.ttl").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match=r"a\.ttl:1: not Turtle"):
        diff_graphs(tmp_path, tmp_path)
