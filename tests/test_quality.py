"""Checks of the ontology itself: each fires on one small bad file and is silent on a good one beside it."""



from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import files, quality
from kg.errors import StoreError
from kg.issue import Issue, errors
from kg.quality import check_ontology, components, read_file, unsafe_xml
from kg.quality import read as reading

PREFIXES = """@prefix cg: <https://w3id.org/casegraph/ns#> .
@prefix HP: <http://purl.obolibrary.org/obo/HP_> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
HEADER = """<https://w3id.org/casegraph/ontology/NAME> a owl:Ontology ;
    owl:versionIRI <https://w3id.org/casegraph/ontology/2026-11-22/NAME> ; owl:versionInfo "2026-11-22" ; dcterms:title "t" ; dcterms:description "d" ;
    dcterms:creator "c" ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
"""
ONE = "<https://w3id.org/casegraph/ontology/one>"
#: A term of ours that nothing is wrong with.
GOOD = """cg:A a owl:Class ; rdfs:label "first"@en ; obo:IAO_0000115 "A thing that is first."@en ; obo:IAO_0000119 "us" ; rdfs:subClassOf cg:B .
cg:B a owl:Class ; rdfs:label "second"@en ; obo:IAO_0000115 "A thing that is second."@en ; obo:IAO_0000119 "us" .
"""
CLASSES = "cg:A a owl:Class . cg:B a owl:Class . cg:C a owl:Class . "
PROPERTIES = "cg:r a owl:ObjectProperty . cg:s a owl:ObjectProperty . cg:t a owl:ObjectProperty . cg:d a owl:DatatypeProperty . "
SOME = "[ a owl:Restriction ; owl:onProperty cg:r ; owl:someValuesFrom cg:B ]"

#: check -> (what it must find, what it must let pass). Text after "===" is a second file.
QUERIES = {
    # the header of a file
    "ontology-missing": ("cg:A a owl:Class .", HEADER),
    "ontology-title": (HEADER.replace('dcterms:title "t" ;', ""), HEADER),
    "ontology-description": (HEADER.replace('dcterms:description "d" ;', ""), "<https://w3id.org/casegraph/imports/hp.ttl> a owl:Ontology ."),
    "ontology-licence": (HEADER.replace("dcterms:license", "dcterms:source"), HEADER),
    "ontology-licence-no-iri": (HEADER.replace("<https://creativecommons.org/licenses/by/4.0/>", '"CC BY 4.0"'), HEADER),
    "ontology-creator": (HEADER.replace('dcterms:creator "c" ;', ""), HEADER),
    "ontology-version": (HEADER.replace('owl:versionInfo "2026-11-22" ;', ""), '<https://w3id.org/casegraph/imports/hp.ttl> a owl:Ontology ; owl:versionInfo "1" .'),
    "ontology-version-undated": (HEADER.replace('"2026-11-22"', '"2026-11-23"'), HEADER),
    "ontology-versions-differ": (f"{HEADER}==={HEADER.replace('2026-11-22', '2026-11-23')}", f"{HEADER}==={HEADER}"),
    # labels
    "label-missing": ("cg:A a owl:Class .", GOOD),
    "label-several": ('cg:A rdfs:label "first", "one" .', 'cg:A rdfs:label "first" .'),
    "label-duplicate": ('cg:A a owl:Class ; rdfs:label "First" . cg:B a owl:Class ; rdfs:label "first"@en .', 'cg:A a owl:Class ; rdfs:label "a" . cg:p a owl:ObjectProperty ; rdfs:label "a" .'),
    "label-clash": ('cg:A a owl:Class ; rdfs:label "a" . cg:p a owl:ObjectProperty ; rdfs:label "a" .', GOOD),
    "label-whitespace": ('cg:A rdfs:label "first " .', GOOD),
    "label-formatting": ('cg:A rdfs:label "first\\tone" .', GOOD),
    "label-no-english": ('cg:A a owl:Class ; rdfs:label "first" .', 'HP:1 a owl:Class ; rdfs:label "first" . ' + GOOD),
    "label-shared": ('HP:1 rdfs:label "a" .===obo:MONDO_1 rdfs:label "A" .', 'HP:1 rdfs:label "a" .===obo:MONDO_1 rdfs:label "b" .'),
    # definitions
    "definition-missing": ('cg:A a owl:Class ; rdfs:label "first"@en .', 'HP:1 a owl:Class . ' + GOOD),
    "definition-source-missing": ('cg:A obo:IAO_0000115 "A thing."@en .', GOOD),
    "definition-several": ('cg:A obo:IAO_0000115 "A thing.", "Another." .', GOOD),
    "definition-duplicate": ('cg:A obo:IAO_0000115 "A thing." . cg:B obo:IAO_0000115 "a thing."@en .', GOOD),
    "definition-form": ('cg:A obo:IAO_0000115 "a thing" .', GOOD),
    # synonyms, cross-references, text
    "synonym-exact-duplicate": ('cg:A oboInOwl:hasExactSynonym "x" . HP:1 oboInOwl:hasExactSynonym "X" .', 'HP:2 oboInOwl:hasExactSynonym "x" . HP:1 oboInOwl:hasExactSynonym "X" .'),
    "synonym-is-label": ('cg:A rdfs:label "x" ; oboInOwl:hasExactSynonym "X" .', 'cg:A rdfs:label "x" ; oboInOwl:hasExactSynonym "y" .'),
    "synonym-two-scopes": ('cg:A oboInOwl:hasExactSynonym "x" ; oboInOwl:hasRelatedSynonym "X" .', 'cg:A oboInOwl:hasExactSynonym "x", "X" .'),
    "synonym-of-ours-is-another-label": ('cg:A oboInOwl:hasExactSynonym "x" . HP:1 rdfs:label "X" .', 'cg:A oboInOwl:hasRelatedSynonym "x" . HP:1 rdfs:label "X" .'),
    "xref-invalid": ('cg:A oboInOwl:hasDbXref "see there" .', 'cg:A oboInOwl:hasDbXref "MESH:D003882" .'),
    "annotation-whitespace": ('rdfs:comment a owl:AnnotationProperty . cg:A rdfs:comment " x" .', 'rdfs:comment a owl:AnnotationProperty . cg:A rdfs:comment "x y" .'),
    # retired terms
    "retired-flag-no-boolean": ('cg:A owl:deprecated "true" .', "cg:A owl:deprecated true ."),
    "retired-class-in-use": ("cg:A a owl:Class ; owl:deprecated true . cg:B rdfs:subClassOf cg:A .", "cg:A a owl:Class ; owl:deprecated true . cg:B obo:IAO_0100001 cg:A ."),
    "retired-property-in-use": ("cg:r a owl:ObjectProperty ; owl:deprecated true . cg:a cg:r cg:b .", "cg:r a owl:ObjectProperty ; owl:deprecated true . cg:a cg:s cg:b ."),
    "retired-without-mark": ('cg:A rdfs:label "obsolete thing" .', 'cg:A rdfs:label "obsolete thing" ; owl:deprecated true . cg:B rdfs:label "obsoleteness" .'),
    "retired-label": ('cg:A rdfs:label "thing" ; owl:deprecated true .', 'cg:A rdfs:label "obsolete thing" ; owl:deprecated true .'),
    "replaced-but-current": ("cg:A obo:IAO_0100001 cg:B .", "cg:A obo:IAO_0100001 cg:B ; owl:deprecated true ."),
    "retired-without-successor": ("cg:A owl:deprecated true .", "cg:A owl:deprecated true ; oboInOwl:consider cg:B ."),
    # hierarchy, and definitions by axioms
    "class-without-superclass": ("cg:A a owl:Class ; rdfs:subClassOf owl:Thing .", "cg:A a owl:Class ; rdfs:subClassOf HP:1 . HP:1 a owl:Class ."),
    "class-many-superclasses": ("cg:A rdfs:subClassOf cg:B, cg:C .", f"cg:A rdfs:subClassOf cg:B, {SOME} ."),
    "class-equivalent-twice": (f"cg:A owl:equivalentClass {SOME}, {SOME} .", f"cg:A owl:equivalentClass {SOME} ."),
    "class-equivalent-to-named": ("cg:A owl:equivalentClass cg:B .", f"cg:A owl:equivalentClass {SOME} ."),
    "class-defined-without-genus": (f"cg:A owl:equivalentClass {SOME} .", f"cg:A owl:equivalentClass [ owl:intersectionOf ( {SOME} cg:B ) ] ."),
    # declarations
    "term-undeclared": (f"cg:r a owl:ObjectProperty . cg:A a owl:Class ; rdfs:subClassOf {SOME} .", f"{CLASSES} {PROPERTIES} cg:A rdfs:subClassOf {SOME} . cg:d rdfs:range xsd:string ."),
    "property-undeclared": ('cg:A a owl:Class ; cg:note "x" .', 'cg:note a owl:AnnotationProperty . cg:A a owl:Class ; cg:note "x" .'),
    "term-not-imported": (
        f'{HEADER} cg:A rdfs:subClassOf cg:B .==={HEADER} cg:B a owl:Class ; rdfs:label "b" .',
        f'{HEADER} <https://w3id.org/casegraph/ontology/one> owl:imports <https://w3id.org/casegraph/ontology/two> . cg:A rdfs:subClassOf cg:B .==={HEADER} cg:B a owl:Class ; rdfs:label "b" .',
    ),
    "punning": ("cg:A a owl:Class, owl:ObjectProperty .", GOOD),
    "punning-class-as-individual": ("cg:A a owl:Class . cg:r a owl:ObjectProperty . cg:x cg:r cg:A .", "cg:A a owl:Class . cg:n a owl:AnnotationProperty . cg:x cg:n cg:A ; a cg:A ."),
    "built-in-vocabulary-misused": ("cg:A rdfs:subClassOf [ owl:onProperty cg:r ; owl:someValueFrom cg:B ] .", GOOD + f"cg:C rdfs:subClassOf {SOME}, [ owl:maxQualifiedCardinality 1 ] ."),
}  # fmt: skip


def write(folder: Path, turtle: str) -> Path:
    """An ontology's folder with the file one.ttl, and two.ttl from what stands after "==="."""
    folder = folder / "ontology"
    folder.mkdir(parents=True)
    for name, text in zip(("one", "two"), turtle.split("==="), strict=False):
        (folder / f"{name}.ttl").write_text(PREFIXES + text.replace("NAME", name), encoding="utf-8")
    return folder


def found(folder: Path, code: str, turtle: str) -> list[Issue]:
    """The issues of one check on a small ontology."""
    return [issue for issue in check_ontology(write(folder, turtle)) if issue.code == code]


def test_every_query_has_a_level_and_a_case_here() -> None:
    assert set(quality.queries()) == set(QUERIES)


@pytest.mark.parametrize("code", QUERIES)
def test_each_query_finds_the_bad_and_lets_the_good_pass(code: str, tmp_path: Path) -> None:
    bad, good = QUERIES[code]
    assert {issue.level for issue in found(tmp_path / "bad", code, bad)} == {quality.queries()[code][0]}
    assert found(tmp_path / "good", code, good) == []


def test_all_errors_of_robot_report_have_a_query() -> None:
    robot = {
        "deprecated_boolean_datatype", "deprecated_class_reference", "deprecated_property_reference", "duplicate_definition", "duplicate_label",
        "illegal_use_of_built_in_vocabulary", "label_formatting", "label_whitespace", "misused_obsolete_label", "misused_replaced_by", "missing_label",
        "missing_ontology_description", "missing_ontology_license", "missing_ontology_title", "multiple_definitions",
        "multiple_equivalent_class_definitions", "multiple_labels",
    }  # fmt: skip
    ours = {line.removeprefix("#+ robot: ") for level, text in quality.queries().values() if level == "error" for line in text.splitlines()}
    assert robot <= ours


def test_each_query_says_problem_and_fix() -> None:
    for name, (_, text) in quality.queries().items():
        assert text.startswith("#+ problem: ") and "\n#+ fix: " in text, name


# what SPARQL cannot see: (code, bad, good, words of the message)

STRUCTURE = [
    # terms and labels against the vocabulary
    ("term-unknown", "HP:9999999 a owl:Class .", "HP:0001945 a owl:Class .", "not in the packaged vocabulary"),
    ("term-retired", "obo:MONDO_0005014 a owl:Class .", "obo:MONDO_0016367 a owl:Class .", "MONDO:0016367"),
    ("term-label", 'HP:0001945 a owl:Class ; rdfs:label "Fevre" .', 'HP:0001945 a owl:Class ; rdfs:label "Fever"@en .', "'Fever'"),
    ("term-outside", "<http://e/A> a owl:Class .", "cg:A a owl:Class .", "no vocabulary"),
    # cycles
    ("cycle", 'cg:A rdfs:subClassOf cg:B ; rdfs:label "a" . cg:B rdfs:subClassOf cg:C . cg:C rdfs:subClassOf cg:A .', "cg:A rdfs:subClassOf cg:B, cg:C . cg:B rdfs:subClassOf cg:C .",
     "cg:A 'a' → cg:B → cg:C → cg:A 'a'"),
    ("cycle", "cg:r rdfs:subPropertyOf cg:r .", "cg:r rdfs:subPropertyOf cg:s .", "a property is above itself"),
    # OWL 2 DL
    ("dl", "cg:A rdfs:subClassOf [ a owl:Restriction ; owl:someValuesFrom cg:B ] .", f"{CLASSES}{PROPERTIES} cg:A rdfs:subClassOf {SOME} .", "no owl:onProperty"),
    ("dl", f"{PROPERTIES} cg:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty cg:r ] .", f"{PROPERTIES} {SOME} rdfs:subClassOf cg:A .", "no value"),
    ("dl", f"cg:r a owl:AnnotationProperty . cg:A rdfs:subClassOf {SOME} .", f"{PROPERTIES} cg:A rdfs:subClassOf {SOME} .", "no object or data property"),
    ("dl", f"{PROPERTIES} cg:A rdfs:subClassOf [ owl:onProperty cg:r ; owl:someValuesFrom xsd:string ] .",
     f"{PROPERTIES} cg:A rdfs:subClassOf [ owl:onProperty cg:d ; owl:someValuesFrom xsd:string ] .", "a class and a datatype"),
    ("dl", f'{PROPERTIES} cg:A rdfs:subClassOf [ owl:onProperty cg:r ; owl:hasValue "x" ] .', f'{PROPERTIES} cg:A rdfs:subClassOf [ owl:onProperty cg:d ; owl:hasValue "x" ] .', "a literal in one"),
    ("dl", f"{PROPERTIES} cg:r a owl:TransitiveProperty . cg:A rdfs:subClassOf [ owl:onProperty cg:r ; owl:minCardinality 2 ] .",
     f"{PROPERTIES} cg:s a owl:TransitiveProperty . cg:A rdfs:subClassOf [ owl:onProperty cg:r ; owl:minCardinality 2 ] .", "counts with cg:r"),
    ("dl", f"{PROPERTIES} _:x owl:onProperty cg:r ; owl:someValuesFrom cg:B .", f"{PROPERTIES} cg:A rdfs:subClassOf {SOME} .", "hangs on nothing"),
    ("dl", f"{PROPERTIES} _:x owl:onProperty cg:r ; owl:someValuesFrom cg:B . cg:A rdfs:subClassOf _:x . cg:C rdfs:subClassOf _:x .",
     f"{PROPERTIES} cg:A rdfs:subClassOf {SOME} . cg:C rdfs:subClassOf {SOME} .", "in several places"),
    ("dl", "cg:A owl:equivalentClass [ owl:intersectionOf [ rdf:first cg:B ] ] .", "cg:A owl:equivalentClass [ owl:intersectionOf ( cg:B cg:C ) ] .", "a list is broken"),
    ("dl", "cg:d a owl:DatatypeProperty, owl:TransitiveProperty .", "cg:r a owl:ObjectProperty, owl:TransitiveProperty .", "characteristic"),
    ("dl", "cg:r a owl:ObjectProperty, owl:TransitiveProperty, owl:FunctionalProperty .", "cg:r a owl:ObjectProperty, owl:FunctionalProperty .", "functional"),
    ("dl", f"{PROPERTIES} cg:r rdfs:subPropertyOf cg:d .", f"{PROPERTIES} cg:r rdfs:subPropertyOf cg:s .", "two kinds"),
    ("dl", f"{PROPERTIES} cg:r rdfs:range xsd:string .", f"{PROPERTIES} cg:d rdfs:range xsd:string .", "range"),
    ("dl", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:s cg:d ) .", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:s cg:t ) .", "a chain needs"),
    ("dl", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:s cg:t ) . cg:t owl:propertyChainAxiom ( cg:r cg:s ) .", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:r cg:t ) . cg:t owl:propertyChainAxiom ( cg:t cg:t ) .",
     "in a circle"),
    ("dl", f'{PROPERTIES} cg:x cg:r "word" .', f'{PROPERTIES} cg:x cg:r cg:y ; cg:d "word" .', "a literal as value"),
    # OWL 2 EL
    ("el", "cg:A rdfs:subClassOf [ owl:unionOf ( cg:B cg:C ) ] .", "cg:A rdfs:subClassOf [ owl:intersectionOf ( cg:B cg:C ) ] .", "owl:unionOf"),
    ("el", "cg:r owl:inverseOf cg:s .", "cg:r a owl:ObjectProperty, owl:TransitiveProperty .", "owl:inverseOf"),
    ("el", "cg:r a owl:ObjectProperty, owl:SymmetricProperty .", "cg:r a owl:ObjectProperty, owl:ReflexiveProperty .", "owl:SymmetricProperty"),
    ("el", "cg:r a owl:ObjectProperty, owl:FunctionalProperty .", "cg:d a owl:DatatypeProperty, owl:FunctionalProperty .", "functional object property"),
    ("el", "cg:A rdfs:subClassOf [ owl:oneOf ( cg:x cg:y ) ] .", "cg:A rdfs:subClassOf [ owl:oneOf ( cg:x ) ] .", "owl:oneOf"),
    ("el", f"{PROPERTIES} cg:d rdfs:range xsd:boolean .", f"{PROPERTIES} cg:d rdfs:range xsd:decimal .", "xsd:boolean"),
    ("el", f"{PROPERTIES} cg:x cg:d true .", f"{PROPERTIES} cg:x cg:d 1.5 ; owl:deprecated true .", "a value of xsd:boolean"),
    ("el", f"{PROPERTIES} cg:x cg:r [ a cg:B ] .", f"{PROPERTIES} cg:x cg:r cg:y .", "an individual without a name"),
    ("el", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:s cg:t ) ; rdfs:range cg:A .", f"{PROPERTIES} cg:r owl:propertyChainAxiom ( cg:s cg:t ) ; rdfs:range cg:A . cg:t rdfs:range cg:A .",
     "lacks the range cg:A"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "bad", "good", "words"), STRUCTURE)
def test_each_python_check_finds_the_bad_and_lets_the_good_pass(code: str, bad: str, good: str, words: str, tmp_path: Path) -> None:
    messages = [str(issue) for issue in found(tmp_path / "bad", code, bad)]
    assert any(words in message for message in messages), messages
    assert [str(issue) for issue in found(tmp_path / "good", code, good)] == []


def test_module_that_says_why_may_go_beyond_el(tmp_path: Path) -> None:
    (tmp_path / "defined-dl.ttl").write_text(PREFIXES + "cg:r owl:inverseOf cg:s .", encoding="utf-8")
    assert [issue for issue in check_ontology(tmp_path) if issue.code == "el"] == []


def test_issue_names_file_line_and_term(tmp_path: Path) -> None:
    issues = found(tmp_path, "label-missing", "\ncg:A a owl:Class ;\n    rdfs:comment 'x' .")
    assert str(issues[0]).startswith("ontology/one.ttl:11: cg:A: a term has no label")


# the catalog

ENTRY = '<uri name="https://w3id.org/casegraph/ontology/{}" uri="{}"/>'


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([("one", "one.ttl"), ("two", "two.ttl")], None),
        ([("one", "one.ttl")], "imports https://w3id.org/casegraph/ontology/two, which the catalog does not have"),
        ([("two", "two.ttl")], "ontology/one is not in the catalog"),
        ([("one", "one.ttl"), ("two", "three.ttl")], "three.ttl, which is no file here"),
        ([("one", "one.ttl"), ("two", "http://e/two.ttl")], "http://e/two.ttl, which is no file here"),
        ([("one", "two.ttl"), ("two", "one.ttl")], "one.ttl is https://w3id.org/casegraph/ontology/one, not"),
        (None, "is not there"),
        ("<catalog", "not XML"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><catalog/>', "is external"),
    ],
)
def test_catalog_covers_each_import_and_file(entries: list[tuple[str, str]] | str | None, words: str | None, tmp_path: Path) -> None:
    folder = write(tmp_path, f"{HEADER} {ONE} owl:imports <https://w3id.org/casegraph/ontology/two> .==={HEADER}")
    if entries is not None:
        text = entries if isinstance(entries, str) else f"<catalog>{''.join(ENTRY.format(*entry) for entry in entries)}</catalog>"
        (folder / "catalog-v001.xml").write_text(text, encoding="utf-8")
    messages = [str(issue) for issue in check_ontology(folder) if issue.code == "catalog"]
    assert messages == [] if words is None else any(words in message for message in messages), messages


def test_module_that_nothing_imports_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, f"{HEADER} {ONE} owl:imports {ONE} .==={HEADER}")
    (folder / "catalog-v001.xml").write_text("<catalog/>", encoding="utf-8")
    assert [issue.where for issue in check_ontology(folder) if "no other module imports it" in issue.message] == ["ontology/two.ttl"]


# slices

SLICE = """HP:0001945 a owl:Class ; rdfs:label "Fever" ; rdfs:subClassOf HP:0004370 ;
    oboInOwl:hasExactSynonym "Hyperthermia", "Pyrexia" .
HP:0004370 a owl:Class .
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("x", "x", []),
        ('"Pyrexia"', '"Heat"', ["hasExactSynonym Heat: not so", "hasExactSynonym Pyrexia: missing"]),
        (', "Pyrexia"', "", ["hasExactSynonym Pyrexia: missing"]),
        ("rdfs:subClassOf HP:0004370", "rdfs:subClassOf HP:0000951", ["above HP:0000951: not so", "above HP:0004370: missing"]),
    ],
)
def test_slice_says_what_the_vocabulary_says(old: str, new: str, words: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    (folder / "imports").mkdir(parents=True)
    (folder / "imports" / "hp.ttl").write_text(PREFIXES + SLICE.replace(old, new), encoding="utf-8")
    messages = [issue.message for issue in check_ontology(folder) if issue.code == "slice"]
    assert len(messages) == len(words) and all(word in message for word, message in zip(words, messages, strict=True)), messages


# mappings

SSSOM = """#mapping_set_id: https://w3id.org/casegraph/mappings
#license: https://creativecommons.org/licenses/by/4.0/
#curie_map:
#  semapv: https://w3id.org/semapv/vocab/
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tconfidence
cg:A\tfirst\tskos:closeMatch\tHP:0001945\tFever\tsemapv:ManualMappingCuration\t0.9
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("x", "x", None),
        ("#mapping_set_id: https://w3id.org/casegraph/mappings\n", "", "no mapping_set_id"),
        ("#license: https://creativecommons.org/licenses/by/4.0/\n", "", "no license"),
        ("#license: ", "#license ", "not YAML"),
        ("/semapv/vocab/", "/semapv/vocab/\n#  HP: http://e/", "HP is http://e/ here"),
        ("\tmapping_justification", "\tjustification", "no column mapping_justification"),
        ("semapv:ManualMappingCuration", "", "no mapping_justification"),
        ("semapv:ManualMappingCuration", "by hand", "is no CURIE"),
        ("semapv:ManualMappingCuration", "skos:broadMatch", "is no justification"),
        ("skos:closeMatch", "skos:nearMatch", "is no mapping"),
        ("HP:0001945\tFever", "XX:0001945\tFever", "is no CURIE of a known prefix"),
        ("HP:0001945\tFever", "HP:0001945\tCough", "is labelled 'Fever', not 'Cough'"),
        ("HP:0001945\tFever", "MONDO:0005014\t", "use MONDO:0016367"),
        ("cg:A\tfirst", "cg:Z\tfirst", "cg:Z is no term of ours"),
        ("cg:A\tfirst", "cg:A\tlast", "is labelled 'first', not 'last'"),
        ("0.9", "9", "not between 0 and 1"),
        ("0.9\n", "0.9\ncg:A\tfirst\tskos:closeMatch\tHP:0001945\tFever\tsemapv:ManualMappingCuration\t0.8\n", "stands twice"),
    ],
)
def test_each_row_of_mappings_is_valid(old: str, new: str, words: str | None, tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    (folder / "mappings.sssom.tsv").write_text(SSSOM.replace(old, new), encoding="utf-8")
    messages = [str(issue) for issue in check_ontology(folder) if issue.code == "sssom"]
    assert messages == [] if words is None else len(messages) == 1 and words in messages[0], messages


# bad files


def test_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    issues = found(tmp_path, "syntax", "\ncg:A a owl:Class ;\n  rdfs:label 'x\n.")
    assert len(issues) == 1 and str(issues[0]).startswith("ontology/one.ttl:12: not Turtle: ")


def test_rdf_xml_with_a_syntax_error_is_an_issue(tmp_path: Path) -> None:
    path = tmp_path / "a.owl"
    path.write_text('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a', encoding="utf-8")
    assert [issue.code for issue in check_ontology(path)] == ["syntax"]


RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://e/a">{}</rdf:Description></rdf:RDF>'
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))


@pytest.mark.parametrize(
    ("prolog", "words"),
    [
        ("", None),
        ("<!DOCTYPE rdf:RDF>", None),
        ('<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#">]>', None),
        ('<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "entity 'x' is external (file:///etc/passwd)"),
        ('<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]>', "a parameter entity"),
        ('<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/a.dtd">', "external document type"),
        (f"<!DOCTYPE rdf:RDF [{LAUGHS}]>", "made of other entities"),
    ],
)
def test_hostile_xml_is_refused_without_expanding_it(prolog: str, words: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.owl"
    path.write_text(prolog + RDF_XML.format('<rdf:value xmlns:x="x">&l9;</rdf:value>' if "l9" in prolog else ""), encoding="utf-8")
    reason = unsafe_xml(path)
    assert reason is None if words is None else words in str(reason)
    assert [issue.code for issue in check_ontology(path) if issue.code == "refused"] == ([] if words is None else ["refused"])


def test_entity_that_would_swell_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 5_000)
    path = tmp_path / "a.owl"
    path.write_text(f'<!DOCTYPE rdf:RDF [<!ENTITY x "{"y" * 1000}">]>' + RDF_XML.format(""), encoding="utf-8")
    assert "1,000 characters" in str(unsafe_xml(path))


def test_whole_vocabulary_given_by_mistake_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.ttl"
    with path.open("w", encoding="utf-8") as file:
        file.write(PREFIXES)
        file.writelines(f'HP:{i:07} a owl:Class ; rdfs:label "class {i}" .\n' for i in range(200_002))
    issues = check_ontology(path)
    assert [issue.code for issue in issues] == ["refused"]
    assert "more than 200,000 classes" in str(issues[0])


def test_file_with_too_many_triples_or_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(PREFIXES + GOOD, encoding="utf-8")
    monkeypatch.setattr(reading, "SMALL", 0)
    assert not isinstance(read_file(path), Issue)
    monkeypatch.setattr(reading, "MAX_TRIPLES", 3)
    assert "more than 3 triples" in str(read_file(path))
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert "are no module" in str(read_file(path))


def test_nothing_to_check_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no ontology there"):
        check_ontology(tmp_path)


def test_components_are_the_cycles_even_of_a_deep_chain() -> None:
    deep = {str(i): [str(i + 1)] for i in range(50_000)}
    assert components(deep) == []
    assert len(components({**deep, "50000": ["0"]})[0]) == 50_001


# the project's own


def test_our_ontology_has_no_error() -> None:
    issues = check_ontology()
    assert [str(issue) for issue in errors(issues)] == []


def test_our_ontology_is_read_whole() -> None:
    folder = files.folder("ontology")
    paths = quality.ontology_paths(folder)
    assert len(paths) > 20
    for path in paths:
        read = read_file(path)
        assert not isinstance(read, Issue)
        assert len(read.quads) == sum(1 for _ in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
