"""Exports: what is in the files, that their bytes never change without a reason, and that Protégé's library takes them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import names, pipeline
from kg.errors import StoreError
from kg.export import FORMATS, export_file, export_protege, export_sssom
from kg.export.content import graph_content
from kg.export.dlqueries import questions
from kg.export.rdf import rdfxml, turtle
from kg.export.reference import page
from kg.export.sssom import mappings, sssom_table
from kg.graph import derive

ROOT = Path(__file__).parents[1]
SEED = "https://w3id.org/casegraph/case/antonopoulos-2018"


@pytest.fixture(scope="module")
def quads(seed: pipeline.CaseFiles) -> list[Any]:
    return derive.graph_quads([seed])


@pytest.fixture(scope="module")
def content(quads: list[Any]) -> Any:
    return graph_content(quads)


@pytest.fixture(scope="module")
def folder(quads: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "protege"
    export_protege(quads, out)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# 1) the writers


def triples(text: str) -> list[Any]:
    return list(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="https://w3id.org/casegraph/ns#"))


SAMPLE = """@prefix cg: <https://w3id.org/casegraph/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
cg:b a owl:Class ; rdfs:label "b & <c>"@en , 'say "b"' ;
  rdfs:subClassOf [ a owl:Restriction ; owl:onProperty cg:p ; owl:someValuesFrom cg:a ] .
cg:a a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( cg:b [ a owl:Class ; owl:complementOf cg:c ] ) ] .
[] a owl:AllDisjointClasses ; owl:members ( cg:a cg:b ) .
cg:x cg:size 1.5 , 2 , true .
"""


@pytest.mark.parametrize(("write", "kind"), [(turtle, ox.RdfFormat.TURTLE), (rdfxml, ox.RdfFormat.RDF_XML)])
def test_written_triples_are_read_back_the_same(write: Any, kind: ox.RdfFormat) -> None:
    wanted = triples(SAMPLE)
    found = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in ox.parse(write(wanted), format=kind))
    expected = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in wanted)
    for dataset in (found, expected):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(found) == set(expected)


@pytest.mark.parametrize("write", [turtle, rdfxml])
def test_order_and_blank_node_names_do_not_change_the_bytes(write: Any) -> None:
    assert write(triples(SAMPLE)) == write(triples(SAMPLE)[::-1])


def test_turtle_nests_expressions_and_glosses_ids() -> None:
    fever = triples("@prefix HP: <http://purl.obolibrary.org/obo/HP_> . <#a> a HP:0001945 .")
    text = turtle(fever, {names.OBO + "HP_0001945": "Fever"}).decode()
    assert text.splitlines()[-1] == "cg:a a HP:0001945 .  # Fever"


# 2) what is in an export


def test_folder_has_ontology_cases_and_inferred_axioms_in_files_of_their_own(folder: Path) -> None:
    files = set(contents(folder))
    ontologies = {f"{name}.owl" for name in ("casegraph", "cases", "cases/antonopoulos-2018", "inferred", "ontology/case", "imports/hp")}
    assert {"START-HERE.md", *ontologies} <= files
    twins = {f"turtle/{name.removesuffix('.owl')}.ttl" for name in files if name.endswith(".owl")}
    assert {name for name in files if name.endswith(".ttl")} == twins
    assert {Path(name).parent / "catalog-v001.xml" for name in files if name.endswith((".owl", ".ttl"))} <= {Path(name) for name in files}


def test_modules_in_turtle_are_our_own_files(folder: Path) -> None:
    assert (folder / "turtle/ontology/case.ttl").read_bytes() == (ROOT / "ontology/case.ttl").read_bytes()


def test_same_graph_gives_same_bytes(quads: list[Any], folder: Path, tmp_path: Path) -> None:
    export_protege(quads[::-1], tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)
    for suffix in FORMATS:
        one, other = (tmp_path / f"{name}{suffix}" for name in ("one", "other"))
        export_file(quads, one)
        export_file(quads[::-1], other)
        assert one.read_bytes() == other.read_bytes()


def test_export_says_what_it_leaves_out(quads: list[Any], tmp_path: Path) -> None:
    exported = export_protege(quads, tmp_path / "out")
    assert [re.sub(r"^The places of [\d,]+|^[\d,]+", "N", sentence) for sentence in exported.left_out] == [
        "N passages: the offsets and neighbouring words of the quotes; the quotes themselves are on the statements.",
        "N sentences of the reports that no statement rests on, with the reason for each.",
        "N statements in their records.",
        "N triples about classes that only make SPARQL questions short: the class hierarchy spelled out, roles of drugs, chains of claims.",
        "N derived words and ranks on statements that only lay out the answers of questions.",
    ]
    text = (tmp_path / "out/START-HERE.md").read_text("utf-8")
    assert all(sentence in text for sentence in exported.left_out)


def test_every_statement_keeps_its_sentence_and_no_passage_is_exported(folder: Path, quads: list[Any]) -> None:
    case = (folder / "cases/antonopoulos-2018.owl").read_text("utf-8")
    quotes = [q for q in quads if q.graph_name.value == SEED and q.predicate.value == names.CG + "quote"]
    assert case.count("<cg:quote>") == sum("#left-out" not in q.subject.value for q in quotes)
    assert "TextQuoteSelector" not in case
    assert "#text-" not in case


def test_expressions_of_the_case_are_all_there(folder: Path, quads: list[Any]) -> None:
    restrictions = sum(q.predicate.value.endswith("#someValuesFrom") and q.graph_name.value == SEED for q in quads)
    assert (folder / "cases/antonopoulos-2018.owl").read_text("utf-8").count("<owl:someValuesFrom ") == restrictions


def test_merged_export_is_one_ontology_without_imports(quads: list[Any], tmp_path: Path) -> None:
    export_protege(quads, tmp_path / "out", one_file=True)
    owl = [name for name in contents(tmp_path / "out") if name.endswith(".owl")]
    assert owl == ["casegraph-merged.owl"]
    text = (tmp_path / "out/casegraph-merged.owl").read_text("utf-8")
    assert text.count("<owl:Ontology ") == 1
    assert "owl:imports" not in text


def test_case_of_terms_beyond_the_slices_takes_them_along(small: Any, tmp_path: Path) -> None:
    record = small(("HP:0001824 ! Weight loss", "HP:0000501 ! Glaucoma"))
    case = pipeline.read_case(record.write(tmp_path / "case") / "case.yaml")
    export_protege(derive.graph_quads([case]), tmp_path / "out")
    assert '>Glaucoma<' in (tmp_path / "out/imports/hp.owl").read_text("utf-8")
    assert "Glaucoma" not in (ROOT / "ontology/imports/hp.ttl").read_text("utf-8")


def test_one_file_of_each_syntax_holds_the_same_triples(quads: list[Any], tmp_path: Path) -> None:
    kinds = {".owl": ox.RdfFormat.RDF_XML, ".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".jsonld": ox.RdfFormat.JSON_LD}
    counts = Counter[int]()
    for suffix, kind in kinds.items():
        exported = export_file(quads, tmp_path / f"x{suffix}")
        counts[len(set(map(str, ox.parse(path=str(tmp_path / f"x{suffix}"), format=kind))))] += 1
        assert exported.left_out
    assert len(counts) == 1


# 3) refusals


def test_folder_with_something_else_in_it_is_left_alone(quads: list[Any], tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(StoreError, match="not empty and not an earlier export"):
        export_protege(quads, tmp_path)
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}


def test_earlier_export_is_replaced_whole(quads: list[Any], tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_protege(quads, out, one_file=True)
    export_protege(quads, out)
    assert not (out / "casegraph-merged.owl").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_unknown_suffix_names_the_known_ones(quads: list[Any], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"use \.owl, \.ttl, \.nt, \.jsonld"):
        export_file(quads, tmp_path / "x.obo")


def test_graph_without_a_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no case in the graph"):
        export_protege([], tmp_path / "out")
    assert not (tmp_path / "out").exists()


# 4) mappings and reference page


def test_mapping_file_is_what_the_modules_say(tmp_path: Path) -> None:
    assert (ROOT / "ontology/mappings.sssom.tsv").read_text("utf-8") == sssom_table()
    assert export_sssom(tmp_path / "m.tsv").triples == len(mappings())


def test_mappings_are_valid_sssom() -> None:
    text = sssom_table()
    head = [line[1:] for line in text.splitlines() if line.startswith("#")]
    keys = {line.partition(":")[0] for line in head if not line.startswith(" ")}
    assert {"curie_map", "mapping_set_id", "license", "mapping_date"} <= keys
    prefixes = {line.partition(":")[0].strip() for line in head if line.startswith(" ")}
    terms = pipeline.all_terms()
    for row in mappings():
        for id_ in (row.subject_id, row.predicate_id, row.object_id, row.mapping_justification):
            assert id_.partition(":")[0] in prefixes
        assert row.subject_label
        assert row.object_label
        known = terms.find_term(row.object_id)
        assert known is None or (known.label == row.object_label and not known.obsolete)


def test_reference_page_is_generated() -> None:
    assert (ROOT / "docs/ontology.md").read_text("utf-8") == page()


# 5) the judge: the OWL API, or a skip that says what to install


@pytest.fixture(scope="module")
def judge() -> Any:
    from tests.owlapi import java, judge

    try:
        java.start()
    except java.NoJava as missing:
        pytest.skip(str(missing))
    return judge


@pytest.fixture(scope="module")
def hermit(judge: Any, folder: Path) -> Any:
    """HermiT over what the case states."""
    return judge.Reasoner(judge.load(folder / "cases.owl"))


@pytest.mark.parametrize("name", ["casegraph", "cases/antonopoulos-2018", "cases", "inferred"])
def test_export_is_clean_owl_2_dl_and_the_same_in_both_syntaxes(judge: Any, folder: Path, name: str) -> None:
    xml, ttl = judge.load(folder / f"{name}.owl"), judge.load(folder / f"turtle/{name}.ttl")
    for loaded in (xml, ttl):
        assert (loaded.misread(), loaded.undeclared(), loaded.unnamed()) == ([], [], [])
        assert loaded.violations("DL") == []
    assert xml.axioms == ttl.axioms


@pytest.mark.parametrize("reasoner", ["hermit", "elk"])
def test_export_is_consistent(judge: Any, folder: Path, reasoner: str) -> None:
    found = judge.Reasoner(judge.load(folder / "inferred.owl"), reasoner)
    assert found.is_consistent()
    assert found.unsatisfiable() == []


def test_merged_export_has_the_axioms_of_the_folder(judge: Any, folder: Path, quads: list[Any], tmp_path: Path) -> None:
    export_protege(quads, tmp_path / "out", one_file=True)
    merged = judge.load(tmp_path / "out/casegraph-merged.owl")
    assert merged.axioms == judge.load(folder / "inferred.owl").axioms
    assert merged.violations("DL") == []


def test_dl_queries_return_what_start_here_says(hermit: Any, folder: Path, content: Any) -> None:
    asked = questions(content)
    text = (folder / "START-HERE.md").read_text("utf-8")
    assert len(asked) > 8
    for question in asked:
        assert f"```\n{question.manchester}\n```\n\nInstances: {len(question.answers)}\n" in text
        found = sorted(content.labels[iri] for iri in hermit.answer(question.manchester))
        assert found == list(question.answers), question.text


def test_hermit_and_the_materialiser_agree_on_the_seed(hermit: Any, content: Any) -> None:
    """HermiT over what is stated, against what is stated and what the export says is inferred."""
    assert content.inferred is not None
    named = ox.NamedNode(names.PREFIXES["owl"] + "NamedIndividual")
    individuals = {t.subject.value for t in content.cases[0].triples if t.object == named}
    typed: dict[str, set[str]] = {i: set() for i in individuals}
    for document in (*content.cases, content.inferred):
        for t in document.triples:
            if t.predicate.value == names.RDF_TYPE and isinstance(t.object, ox.NamedNode) and t.subject.value in typed:
                typed[t.subject.value].add(t.object.value)
    extra: Counter[str] = Counter()
    for individual in sorted(individuals):
        by_hermit = set(hermit.types(individual))
        by_us = typed[individual] - {named.value}
        assert by_us <= by_hermit, individual
        extra.update(names.compact(iri) for iri in by_hermit - by_us)
    # What needs counting or number ranges (defined-dl.ttl) is HermiT's alone.
    assert set(extra) <= {
        "cg:CaseWithTwoTreatmentFailures", "cg:CaseWithThreeTreatmentFailures", "cg:PatientRefractoryToTwoTherapies",
        "cg:PatientRefractoryToThreeTherapies", "cg:PatientAgedFrom40", "cg:PatientAgedFrom18Below40",
    }  # fmt: skip


def test_present_and_absent_at_one_time_is_inconsistent(judge: Any, small: Any, tmp_path: Path) -> None:
    """The record check forbids it; a graph that says it all the same cannot be true."""
    clash = small(("Fever\", status: absent, at: week-2,", "Fever\", status: absent, at: presentation,"))
    for record, expected in ((small(), True), (clash, False)):
        files = pipeline.CaseFiles(record.loaded, record.report)
        out = tmp_path / str(expected)
        export_protege(derive.graph_quads([files]), out)
        assert judge.Reasoner(judge.load(out / "cases.owl")).is_consistent() is expected


def test_broken_export_is_caught(judge: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(folder, out)
    case = out / "turtle/cases/antonopoulos-2018.ttl"
    text = case.read_text("utf-8")
    case.write_text(text.replace("owl:onProperty", "owl:onPropertie"), encoding="utf-8")
    broken = judge.load(case)
    assert broken.misread()
    assert broken.violations("DL")
    case.write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(judge.Unreadable):
        judge.load(out / "turtle/inferred.ttl")


def test_export_names_its_files(quads: list[Any], tmp_path: Path) -> None:
    exported = export_protege(quads, tmp_path / "out")
    assert [str(path.relative_to(tmp_path / "out")) for path in exported.files] == list(contents(tmp_path / "out"))
