"""The ontology as it stands in `ontology/`: Protégé's own library opens it without a complaint."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.owlapi.judge import Loaded, Reasoner, Unreadable, catalog_entries, load

ONTOLOGY = Path(__file__).parents[2] / "ontology"
CG = "https://w3id.org/casegraph/ns#"
#: Modules that say of themselves that they are in OWL 2 EL.
EL_MODULES = ("case", "mechanism", "terms", "defined")


@pytest.fixture(scope="module")
def index() -> Loaded:
    return load(ONTOLOGY / "casegraph.ttl")


def test_every_module_and_slice_is_imported_through_the_catalog(index: Loaded) -> None:
    catalog = catalog_entries(ONTOLOGY / "catalog-v001.xml")
    files = {path.resolve() for path in (*ONTOLOGY.glob("*.ttl"), *ONTOLOGY.glob("imports/*.ttl")) if path.stem != "shapes"}
    assert set(catalog.values()) == files
    assert {*index.imported, "https://w3id.org/casegraph/ontology/casegraph"} == set(catalog)


def test_ontology_is_owl_2_dl(index: Loaded) -> None:
    assert index.misread() == []
    assert index.undeclared() == []
    assert index.violations("DL") == []


@pytest.mark.parametrize("name", EL_MODULES)
def test_module_is_owl_2_el(name: str) -> None:
    assert load(ONTOLOGY / f"{name}.ttl").violations("EL") == []


def test_every_entity_has_a_label(index: Loaded) -> None:
    assert index.unnamed() == []


@pytest.mark.parametrize("reasoner", ["hermit", "elk"])
def test_ontology_is_consistent_and_every_class_can_have_instances(index: Loaded, reasoner: str) -> None:
    judge = Reasoner(index, reasoner)
    assert judge.is_consistent()
    assert judge.unsatisfiable() == []


def test_reasoners_agree_on_our_classes(index: Loaded) -> None:
    hermit, elk = Reasoner(index), Reasoner(index, "elk")
    lines = [line for path in ONTOLOGY.glob("*.ttl") for line in path.read_text("utf-8").splitlines()]
    ours = [line.split()[0] for line in lines if " a owl:Class ;" in line]
    for name in sorted({CG + curie[3:] for curie in ours if curie.startswith("cg:")}):
        assert hermit.superclasses(name) == elk.superclasses(name), name


def test_outcomes_are_kept_apart(index: Loaded) -> None:
    hermit = Reasoner(index)
    asked = ("Flare", "Resolution", "DrugInducedRemission")
    above = {name: {iri.removeprefix(CG) for iri in hermit.superclasses(CG + name)} for name in asked}
    assert {"InadequateResponse", "Response"} <= above["Flare"]
    assert {"BeneficialResponse", "Response"} <= above["Resolution"]
    assert {"DrugCreditedResolution", "Resolution", "BeneficialResponse"} <= above["DrugInducedRemission"]


# The judge itself: each broken file must fail, and say why.

HEAD = """@prefix : <https://example.org/x#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<https://example.org/x> a owl:Ontology . :A a owl:Class . :B a owl:Class . :p a owl:ObjectProperty . :a a :A , owl:NamedIndividual .
"""


def written(tmp_path: Path, text: str, name: str = "x.ttl") -> Loaded:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return load(tmp_path / name)


def test_sound_file_passes(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":B rdfs:subClassOf :A .")
    assert (loaded.misread(), loaded.undeclared(), loaded.violations()) == ([], [], [])
    assert len(loaded.axioms) == 6


def test_undeclared_class_is_named(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":B rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :C ] .")
    assert loaded.undeclared() == ["Class https://example.org/x#C"]
    assert loaded.violations()


def test_property_of_two_kinds_is_no_owl_dl(tmp_path: Path) -> None:
    assert written(tmp_path, HEAD + ":p a owl:DatatypeProperty . :a :p 1 .").violations()


def test_restriction_without_property_is_noticed(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":B rdfs:subClassOf [ a owl:Restriction ; owl:someValuesFrom :A ] .")
    assert loaded.misread() or loaded.violations()


def test_triple_outside_owl_is_noticed(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":B owl:unionOf 5 .")
    assert loaded.misread() or loaded.violations()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.ttl", HEAD + ":B rdfs:subClassOf"),
        ("x.ttl", HEAD + "<< :B rdfs:subClassOf :A >> rdfs:label 'x' ."),
        ("x.owl", "<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"),
        ("x.ttl", HEAD + "<https://example.org/x> owl:imports <https://example.org/nowhere> ."),
    ],
)
def test_broken_file_or_missing_import_does_not_load(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(Unreadable):
        written(tmp_path, text, name)


def test_import_missing_from_the_catalog_does_not_load(tmp_path: Path) -> None:
    shutil.copytree(ONTOLOGY, tmp_path / "ontology")
    catalog = tmp_path / "ontology" / "catalog-v001.xml"
    kept = [line for line in catalog.read_text("utf-8").splitlines() if "imports/hp.ttl" not in line]
    catalog.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(Unreadable, match=r"hp\.ttl"):
        load(tmp_path / "ontology" / "casegraph.ttl")


def test_contradiction_is_found(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":A owl:disjointWith :B . :a a :B .")
    assert not Reasoner(loaded).is_consistent()
    assert not Reasoner(loaded, "elk").is_consistent()


def test_class_that_can_have_no_instance_is_found(tmp_path: Path) -> None:
    loaded = written(tmp_path, HEAD + ":A owl:disjointWith :B . :C a owl:Class ; rdfs:subClassOf :A , :B .")
    assert Reasoner(loaded).unsatisfiable() == Reasoner(loaded, "elk").unsatisfiable() == ["https://example.org/x#C"]
