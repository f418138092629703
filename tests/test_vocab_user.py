"""kg.vocab.user: releases in three formats, a laboratory's own words, and what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kg import names, pipeline, terms
from kg.errors import CasegraphError
from kg.graph import derive
from kg.terms import VOCABULARY, Source, Term, load_terms, vocabulary_file
from kg.vocab.pack import pack
from kg.vocab.release import MOST, VocabularyError, read_release, tidy_version
from kg.vocab.user import add_words, build_vocabulary, vocabulary_quads

OBO = """format-version: 1.2
data-version: aa/releases/2027-01-02
ontology: aa
property_value: dc:title "Toy A" xsd:string
property_value: terms:license https://example.org/licence

[Term]
id: AA:1
name: one

[Term]
id: AA:2
name: zwei
alt_id: AA:9
synonym: "deux" EXACT []
is_a: AA:1 ! one
relationship: RO:0000087 AA:1 ! one
relationship: BFO:0000050 AA:1 {x="y"} ! one

[Term]
id: AA:3
name: obsolete three
is_obsolete: true
replaced_by: AA:1

[Term]
id: BB:1
name: imported

[Typedef]
id: part_of
"""
_IRI = names.OBO + "AA_"
JSON = json.dumps({"graphs": [{
    "id": names.OBO + "aa.json",
    "meta": {"version": names.OBO + "aa/releases/2027-01-02/aa.json", "basicPropertyValues": [
        {"pred": "http://purl.org/dc/elements/1.1/title", "val": "Toy A"},
        {"pred": "http://purl.org/dc/terms/license", "val": "https://example.org/licence"}]},
    "nodes": [
        {"id": _IRI + "1", "lbl": "one", "type": "CLASS"},
        {"id": _IRI + "2", "lbl": "zwei", "type": "CLASS", "meta": {
            "synonyms": [{"pred": "hasExactSynonym", "val": "deux"}],
            "basicPropertyValues": [{"pred": "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId", "val": "AA:9"}]}},
        {"id": _IRI + "3", "lbl": "obsolete three", "type": "CLASS", "meta": {
            "deprecated": True, "basicPropertyValues": [{"pred": names.OBO + "IAO_0100001", "val": _IRI + "1"}]}},
        {"id": names.OBO + "BB_1", "lbl": "imported", "type": "CLASS"},
        {"id": _IRI + "7", "lbl": "a relation", "type": "PROPERTY"}],
    "edges": [
        {"sub": _IRI + "2", "pred": "is_a", "obj": _IRI + "1"},
        {"sub": _IRI + "2", "pred": names.OBO + "RO_0000087", "obj": _IRI + "1"},
        {"sub": _IRI + "2", "pred": names.OBO + "BFO_0000050", "obj": _IRI + "1"}]}]})  # fmt: skip
OWL = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="{names.PREFIXES['rdf']}" xmlns:rdfs="{names.PREFIXES['rdfs']}" xmlns:owl="{names.PREFIXES['owl']}"
    xmlns:oio="{names.PREFIXES['oboInOwl']}" xmlns:obo="{names.OBO}" xmlns:dct="http://purl.org/dc/terms/">
<owl:Ontology rdf:about="{names.OBO}aa.owl">
  <owl:versionIRI rdf:resource="{names.OBO}aa/releases/2027-01-02/aa.owl"/>
  <dct:title>Toy A</dct:title><dct:license rdf:resource="https://example.org/licence"/>
</owl:Ontology>
<owl:Class rdf:about="{_IRI}1"><rdfs:label>one</rdfs:label><rdfs:label xml:lang="de">eins</rdfs:label></owl:Class>
<owl:Class rdf:about="{_IRI}2"><rdfs:label xml:lang="en">zwei</rdfs:label><oio:hasExactSynonym>deux</oio:hasExactSynonym>
  <oio:hasAlternativeId>AA:9</oio:hasAlternativeId><rdfs:subClassOf rdf:resource="{_IRI}1"/>
  <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{names.OBO}RO_0000087"/>
    <owl:someValuesFrom rdf:resource="{_IRI}1"/></owl:Restriction></rdfs:subClassOf>
  <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{names.OBO}BFO_0000050"/>
    <owl:someValuesFrom rdf:resource="{_IRI}1"/></owl:Restriction></rdfs:subClassOf></owl:Class>
<owl:Class rdf:about="{_IRI}3"><rdfs:label>obsolete three</rdfs:label>
  <owl:deprecated rdf:datatype="{names.PREFIXES['xsd']}boolean">true</owl:deprecated><obo:IAO_0100001 rdf:resource="{_IRI}1"/></owl:Class>
<owl:Class rdf:about="{names.OBO}BB_1"><rdfs:label>imported</rdfs:label></owl:Class>
<owl:ObjectProperty rdf:about="{_IRI}7"><rdfs:label>a relation</rdfs:label></owl:ObjectProperty>
</rdf:RDF>
"""
FORMATS = {"aa.obo": OBO, "aa.json": JSON, "aa.owl": OWL}
TOY = [Term("AA:1", "one", source="Toy A 2026-01-01"), Term("AA:2", "two", ("couple",), source="Toy A 2026-01-01", same_as=("BB:1",)),
       Term("BB:1", "b", ("bee",), parents=("AA:2",), source="Toy B 7"), Term("BB:2", "gone", obsolete=True, replaced_by=("BB:1",), source="Toy B 7")]  # fmt: skip
SOURCES = [Source("AA", "Toy A", "2026-01-01", "https://example.org/old", "https://example.org/a"),
           Source("BB", "Toy B", "7", "https://example.org/b-licence", "https://example.org/b")]  # fmt: skip
HEADER = "id\tlabel\tsynonyms\tparents\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A home of its own, and no prefix or vocabulary left behind."""
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("CASEGRAPH_VOCABULARY", raising=False)
    known, order, lower = dict(names.PREFIXES), list(names._LONGEST_FIRST), dict(names._BY_LOWER_CASE)
    yield
    for now, before in ((names.PREFIXES, known), (names._BY_LOWER_CASE, lower)):
        now.clear()
        now.update(before)
    names._LONGEST_FIRST[:] = order
    terms.DECLARED.clear()
    terms.forget_vocabulary()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vocabulary of four terms, in use."""
    path = tmp_path / "toy.bin"
    pack(TOY, SOURCES, path, whole=("AA", "BB"))
    monkeypatch.setenv("CASEGRAPH_VOCABULARY", str(path))
    return path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# --- releases ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_same_release(tmp_path: Path, name: str) -> None:
    release = read_release(write(tmp_path, name, FORMATS[name]))
    assert release[:4] == ("AA", "2027-01-02", "Toy A", "https://example.org/licence")
    source = "Toy A 2027-01-02"
    assert release.table == {
        "AA:1": Term("AA:1", "one", source=source),
        "AA:2": Term("AA:2", "zwei", ("deux",), ("AA:1",), source=source, synonym_kinds=("exact",), roles=("AA:1",), part_of=("AA:1",)),
        "AA:3": Term("AA:3", "three", obsolete=True, replaced_by=("AA:1",), source=source),
        "AA:9": Term("AA:9", "", obsolete=True, replaced_by=("AA:2",), source=source),
    }


def test_build_replaces_the_vocabulary_of_the_file_and_no_other(tmp_path: Path, toy: Path) -> None:
    out = tmp_path / "new" / "v.bin"
    made = build_vocabulary([write(tmp_path, "aa.obo", OBO)], out, base=toy)
    new = Source("AA", "Toy A", "2027-01-02", "https://example.org/licence", "https://example.org/a")
    assert made[:3] == (out, 6, (new,))
    built = load_terms(out)
    assert built.sources() == [new, SOURCES[1]] and built.whole_prefixes == {"AA", "BB"}
    two = built.term("AA:2")
    assert (two.label, two.synonyms, two.synonym_kinds, two.same_as) == ("zwei", ("deux", "two"), ("exact", "former"), ("BB:1",))
    assert built.find_by_name("couple") == [] and built.term("BB:1") == load_terms(toy).term("BB:1")
    assert built.ancestors("BB:1") == ("AA:2", "AA:1")
    assert [path.name for path in out.parent.iterdir()] == ["v.bin"]


def test_same_sources_give_the_same_bytes(tmp_path: Path, toy: Path) -> None:
    file = write(tmp_path, "aa.obo", OBO)
    paths = [build_vocabulary([file], tmp_path / f"{n}.bin", base=toy).path for n in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_header_of_an_obo_file_may_begin_anyhow(tmp_path: Path) -> None:
    text = OBO.replace("format-version: 1.2\n", "").replace("ontology: aa\n", "")
    assert read_release(write(tmp_path, "aa.obo", f"ontology: aa\n{text}")).prefix == "AA"


def test_new_vocabulary_gets_an_iri(tmp_path: Path, toy: Path) -> None:
    file = write(tmp_path, "cc.obo", OBO.replace("AA:", "CC:").replace("ontology: aa", "ontology: cc"))
    build_vocabulary([file], toy, base=toy)
    assert load_terms().term("CC:2").label == "zwei" and names.expand("CC:2") == names.OBO + "CC_2"


BAD = {
    "none.obo": (None, "cannot read it: No such file or directory"),
    "empty.obo": ("", "the file is empty"),
    "page.obo": ("<!DOCTYPE html>\n<html></html>", "a web page and no vocabulary"),
    "page.owl": ("\n <html>", "a web page and no vocabulary"),
    "words.obo": ("no ontology at all\n", r"not an OBO file, or cut short \(it has no \[Term\]\)"),
    "cut.obo": (OBO[:-4], r"cut short \(it ends in the middle of a line\)"),
    "cut.json": (JSON[:-9], "not an obographs JSON file, or cut short"),
    "cut.owl": (OWL[:900], "not OWL in RDF/XML, or cut short"),
    "other.json": ('{"a": 1}', 'it has no "graphs" with "nodes" in them'),
    "list.json": ('{"graphs": ["a"]}', 'it has no "graphs" with "nodes" in them'),
    "nodes.json": ('{"graphs": [{"nodes": [1]}]}', "a part is not there, or not in its place"),
    "deep.json": ("[" * 200_000, "not an obographs JSON file"),
    "turtle.owl": ("@prefix a: <b> .\n", "a Turtle file, and not OWL in RDF/XML; take the .obo or .owl of the release, or convert it"),
    "functional.owl": ("Prefix(:=<http://a/>)\nOntology(<http://a>)\n", "OWL in functional syntax, and not"),
    "manchester.owl": ("Prefix: : <http://a/>\nOntology: <http://a>\n", "OWL in Manchester syntax, and not"),
    "xml.owl": ('<?xml version="1.0"?>\n<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>\n', "OWL in OWL/XML, and not"),
    "obo.owl": (OBO, "an OBO file, and not OWL in RDF/XML; rename it to end in .obo"),
    "owl.obo": (OWL, "OWL in RDF/XML, and not an OBO file; rename it to end in .owl"),
    "json.obo": (JSON, "a JSON file, and not an OBO file; rename it to end in .json"),
    "aa.obo.gz": ("x", "compressed; unpack it first"),
    "zip.obo": ("PK\x03\x04abc", "compressed; unpack it first"),
    "binary.obo": ("abc\x00abc", "binary"),
    "undated.obo": (OBO.replace("data-version: aa/releases/2027-01-02\n", ""), "does not name its release"),
    "all-retired.obo": ("data-version: 1\n\n[Term]\nid: AA:1\nname: a\nis_obsolete: true\n", "no terms in it"),
    "release.txt": ("x", "cannot read .txt; give a release as .obo, .json, .owl"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_release_gives_one_line_and_writes_nothing(tmp_path: Path, toy: Path, name: str) -> None:
    text, message = BAD[name]
    file = tmp_path / name if text is None else write(tmp_path, name, text)
    with pytest.raises(VocabularyError, match=message) as caught:
        build_vocabulary([file], tmp_path / "out" / "v.bin", base=toy)
    assert re.match(re.escape(str(file)) + r"(:\d+)?: ", str(caught.value)) and "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("suffix", MOST)
def test_huge_file_is_refused_unread(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"huge{suffix}"
    with file.open("wb") as handle:
        handle.truncate(500_000_000)
    with pytest.raises(VocabularyError, match="500 MB; at most"):
        read_release(file)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.obo").write_bytes(OBO.encode() + b"\xff\n")
    with pytest.raises(VocabularyError, match="not UTF-8 text"):
        read_release(tmp_path / "a.obo")


def test_release_that_lacks_ids_is_refused_unless_it_is_said_to_be_a_subset(tmp_path: Path, toy: Path) -> None:
    file = write(tmp_path, "aa.obo", OBO.split("[Term]\nid: AA:2")[0])
    with pytest.raises(VocabularyError, match=r"lacks 1 of the 2 ids that AA has now, such as AA:2; is it cut short"):
        build_vocabulary([file], tmp_path / "v.bin", base=toy)
    build_vocabulary([file], tmp_path / "v.bin", base=toy, subset=True)
    assert load_terms(tmp_path / "v.bin").term("BB:1").parents == ()


def test_two_releases_of_one_vocabulary_are_refused(tmp_path: Path, toy: Path) -> None:
    with pytest.raises(VocabularyError, match="AA is in .*aa.obo already"):
        build_vocabulary([write(tmp_path, name, FORMATS[name]) for name in ("aa.obo", "aa.owl")], toy, base=toy)


@pytest.mark.parametrize(("text", "version"), [("240", "240"), ("chebi/240/chebi.owl", "240"), ("06:04:2027 17:00", "2027-04-06"), ("a  b", "a b")])
def test_release_is_a_date_or_a_number(text: str, version: str) -> None:
    assert tidy_version(text) == version


# --- own words --------------------------------------------------------------------------------------------------------


def test_words_become_terms_and_synonyms(tmp_path: Path, toy: Path) -> None:
    words = write(tmp_path, "lab.tsv", "# title: Our words\n# version: 3\n# licence: https://example.org/l\n# namespace: https://lab.example/t/\n"
                  + HEADER + 'LAB:2\tbelow\t"under|beneath"\tLAB:1\nLAB:1\tabove\t\tAA:2 ! two\nAA:2\t\tpair|couple\n')  # fmt: skip
    made = add_words(words)
    own = Source("LAB", "Our words", "3", "https://example.org/l", "https://lab.example/t/")
    public = SOURCES[0]._replace(version="2026-01-01; words of lab.tsv 3")
    assert made == (toy, 6, (public, own), ())
    found = load_terms()
    assert found.term("LAB:2") == Term("LAB:2", "below", ("beneath", "under"), ("LAB:1",), source="Our words 3", synonym_kinds=("exact", "exact"))
    assert found.ancestors("LAB:2") == ("LAB:1", "AA:2") and found.find_by_name("pair") == [("AA:2", "exact")]
    assert names.expand("LAB:1") == "https://lab.example/t/1" and names.compact("https://lab.example/t/1") == "LAB:1"
    assert found.check("LAB:1 ! above").parents == ("AA:2",)


def test_same_file_again_changes_nothing_and_a_mended_one_replaces_the_lab_s_terms(tmp_path: Path, toy: Path) -> None:
    words = write(tmp_path, "lab.tsv", HEADER + "LAB:1\tabove\nAA:1\t\tuno\n")
    add_words(words)
    before = toy.read_bytes()
    assert add_words(words)[2:] == ((), ()) and toy.read_bytes() == before
    add_words(write(tmp_path, "lab.tsv", HEADER + "LAB:1\thigher\n"))
    assert load_terms().term("LAB:1").label == "higher" and load_terms().find_by_name("above") == []


def test_words_outlast_a_new_release_as_far_as_they_fit(tmp_path: Path, toy: Path) -> None:
    base = tmp_path / "base.bin"
    base.write_bytes(toy.read_bytes())
    add_words(write(tmp_path, "lab.tsv", HEADER + "LAB:1\tzwei\nLAB:2\tabove\t\tAA:1\nAA:1\t\tuno\n"))
    made = build_vocabulary([write(tmp_path, "aa.obo", OBO)], toy, base=base)
    assert made.remarks == ("not carried over: lab.tsv:2: label 'zwei' is a name of AA:2 ! zwei (use that term, or another label)",)
    assert load_terms().find_by_name("uno") == [("AA:1", "exact")] and load_terms().term("LAB:2").parents == ("AA:1",)
    assert next(s.version for s in load_terms().sources() if s.prefix == "AA").startswith("2027-01-02; words of lab.tsv sha256:")


WRONG = {
    "LAB 1\tx": "lab.tsv:2: 'LAB 1' is no id (write PREFIX:NUMBER, such as LAB:0001)",
    "LAB:1\t": "lab.tsv:2: LAB:1 has no label (a term of your own needs one)",
    "LAB:1\tx\t\tAA:7": "lab.tsv:2: unknown parent 'AA:7' of LAB:1 (mend the id, or add a line for it)",
    "LAB:1\tx\t\tBB:2": "lab.tsv:2: parent BB:2 is retired (use BB:1 ! b)",
    "LAB:1\tx\t\tAA:2 ! one": "lab.tsv:2: parent AA:2 is AA:2 ! two, not 'one' (mend the id or the label)",
    "LAB:1\tx\t\tLAB:1": "lab.tsv:2: LAB:1 is its own ancestor (mend the parents)",
    "LAB:1\tONE": "lab.tsv:2: label 'ONE' is a name of AA:1 ! one (use that term, or another label)",
    "LAB:1\tbee": "lab.tsv:2: label 'bee' is a name of BB:1 ! b (use that term, or another label)",
    "LAB:1\tx\tTwo": "lab.tsv:2: synonym 'Two' is the label of AA:2 ! two (delete it here)",
    "LAB:1\tx\nLAB:2\tX": "lab.tsv:3: label 'X' is a name of LAB:1 ! x (use that term, or another label)",
    "LAB:1\tx\nLAB:1\ty": "lab.tsv:3: LAB:1 is given twice (line 2) (one line a term; put all synonyms there)",
    "aa:1\tx": "lab.tsv:2: aa:1: the prefix is AA (write AA:1, or a prefix of your own)",
    "AA:7\tx": "lab.tsv:2: AA:7 does not exist (mend the id; new terms go under a prefix of your own, not under AA)",
    "BB:2\t\tx": "lab.tsv:2: BB:2 is retired (use BB:1 ! b)",
    "AA:1\tuno\tx": 'lab.tsv:2: AA:1 is "one", not "uno" (write that label, or leave it empty; your word goes under synonyms)',
    "AA:1\t\tx\tBB:1": "lab.tsv:2: AA:1 has its parents from its vocabulary (leave the column empty)",
    "AA:1\tone": "lab.tsv:2: AA:1 gets no synonym (name one, or delete the line)",
    "LAB:1\tx\ty\tAA:1\tz": "lab.tsv:2: 5 cells where 4 columns are named (take out the tab too many)",
    "LAB:1\tx\x1fy": "lab.tsv:2: a control character (delete it)",
}


@pytest.mark.parametrize("rows", WRONG)
def test_wrong_line_is_named_and_nothing_written(tmp_path: Path, toy: Path, monkeypatch: pytest.MonkeyPatch, rows: str) -> None:
    before = toy.read_bytes()
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "lab.tsv", HEADER + rows + "\n")
    with pytest.raises(VocabularyError) as caught:
        add_words(Path("lab.tsv"))
    assert str(caught.value) == WRONG[rows] and len(caught.value.issues) == 1
    assert toy.read_bytes() == before


@pytest.mark.parametrize(("text", "message"), [
    ("", "the file is empty"), ("# x\n", "no lines but comments"), (HEADER, "no terms below"), ("id,label\nLAB:1,x\n", "1: not the names of the columns"),
    ("# namespace: nowhere\n" + HEADER + "LAB:1\tx\n", "namespace 'nowhere' does not fit")])  # fmt: skip
def test_file_without_words_is_refused(tmp_path: Path, toy: Path, text: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        add_words(write(tmp_path, "lab.tsv", text))


def test_words_in_another_encoding_or_without_end_are_refused(tmp_path: Path, toy: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(HEADER.encode() + b"LAB:1\tM\xfcnchen\n")
    with pytest.raises(VocabularyError, match=r"a\.tsv:2: not UTF-8"):
        add_words(tmp_path / "a.tsv")
    with (tmp_path / "b.tsv").open("wb") as handle:
        handle.truncate(500_000_000)
    with pytest.raises(VocabularyError, match="500 MB; at most 20 MB"):
        add_words(tmp_path / "b.tsv")


# --- the file in use --------------------------------------------------------------------------------------------------


def test_user_file_is_used_when_it_is_there_and_unless_told_otherwise(tmp_path: Path, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEGRAPH_VOCABULARY")
    assert vocabulary_file() == VOCABULARY
    made = build_vocabulary([write(tmp_path, "aa.obo", OBO)], base=toy)
    assert made.path == terms.user_vocabulary() == vocabulary_file() and made.remarks == ()
    assert made.path.is_relative_to(tmp_path / "home") and load_terms().term("AA:2").label == "zwei"
    monkeypatch.setenv("CASEGRAPH_VOCABULARY", "")
    assert vocabulary_file() == VOCABULARY and load_terms().find_term("AA:2") is None
    monkeypatch.setenv("CASEGRAPH_VOCABULARY", str(toy))
    assert load_terms().term("AA:2").label == "two"


def test_named_file_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEGRAPH_VOCABULARY", str(tmp_path / "none.bin"))
    with pytest.raises(CasegraphError, match="cannot read the vocabulary; run kg vocab build"):
        load_terms()


def test_output_elsewhere_is_said_not_to_be_in_use(tmp_path: Path, toy: Path) -> None:
    made = build_vocabulary([], tmp_path / "v.bin", base=toy)
    assert made.remarks == (f"not in use yet: set CASEGRAPH_VOCABULARY={tmp_path / 'v.bin'}",)


def test_failed_write_leaves_the_old_file(tmp_path: Path, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = toy.read_bytes()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(VocabularyError, match="cannot write it: No space left on device; the file is as it was"):
        add_words(write(tmp_path, "lab.tsv", HEADER + "LAB:1\tx\n"))
    assert toy.read_bytes() == before and not list(tmp_path.glob(".vocabulary-*"))


# --- the graph --------------------------------------------------------------------------------------------------------


def test_graph_says_the_releases_and_the_words(tmp_path: Path, toy: Path) -> None:
    add_words(write(tmp_path, "lab.tsv", "# version: 3\n" + HEADER + "LAB:1\tx\nAA:1\t\tuno\n"))
    quads = list(vocabulary_quads(load_terms(), ["LAB", "AA", "cg"]))
    graph = {quad.graph_name.value for quad in quads}
    assert graph == {names.IMPORTS + "aa", names.IMPORTS + "lab"} == {quad.subject.value for quad in quads}
    said = [quad.object.value for quad in quads if quad.predicate.value == names.PREFIXES["owl"] + "versionInfo"]
    assert said == ["2026-01-01; words of lab.tsv 3", "3"]


def test_packaged_vocabularies_name_release_and_licence_once() -> None:
    quads = list(vocabulary_quads(load_terms(VOCABULARY), ["CHEBI"]))
    assert [quad.object.value for quad in quads] == [
        names.PREFIXES["owl"] + "Ontology", "ChEBI", "2026-05-01",
        "https://creativecommons.org/licenses/by/4.0/", "https://www.ebi.ac.uk/chebi/"]  # fmt: skip


# --- a laboratory's words in use --------------------------------------------------------------------------------------

LAB = (
    HEADER + "LAB:1\tspiky fever\tladder fever|trellis temperature\tHP:0001945 ! Fever\nHP:0001945\t\thot to the touch\n"
    "LAB:2\tzembrotide\tZX-99\tCHEBI:24261 ! glucocorticoid\nLAB:3\tblue loop disease\t\tMONDO:0005554 ! rheumatic disorder\n"
    "LAB:4\trotary vigil\t\n"
)
STORY = """A woman with ladder fever

CASE PRESENTATION

A 40-year-old woman presented with ladder fever, rotary vigil and cough. She denied trellis temperatures a week later, but was hot to the touch.
A diagnosis of blue loop disease was made. She was started on ZX-99 40 mg daily.
"""


def command(vocabulary: Path | str, *arguments: object) -> str:
    """What the command prints with this vocabulary; in a process of its own, for look-ups are kept for the life of one."""
    environment = os.environ | {"CASEGRAPH_VOCABULARY": str(vocabulary)}
    ran = subprocess.run([sys.executable, "-m", "kg", *map(str, arguments)], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged vocabulary with a laboratory's words."""
    folder = tmp_path_factory.mktemp("lab")
    command(folder / "v.bin", "vocab", "add", write(folder, "lab.tsv", LAB))
    return folder / "v.bin"


def test_record_with_a_lab_s_term_builds(lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small) -> None:
    monkeypatch.setenv("CASEGRAPH_VOCABULARY", str(lab))
    assert load_terms().find_by_name("hot to the touch") == [("HP:0001945", "exact")]
    folder = small(('fever, is: "HP:0001945 ! Fever"', 'fever, is: "LAB:1 ! spiky fever"')).write(tmp_path / "case")
    case = pipeline.read_case(folder / "case.yaml")
    assert [str(issue) for issue in case.issues] == []
    lines = {str(quad) for quad in derive.graph_quads([case])}
    term = "<https://w3id.org/casegraph/vocabulary/LAB/1>"
    assert any(line.startswith(f"{term} <{names.RDFS_SUBCLASS_OF}> <{names.OBO}HP_0001945>") for line in lines)


def test_draft_grounds_a_lab_s_words_in_its_terms(lab: Path, tmp_path: Path) -> None:
    record = yaml.safe_load(command(lab, "draft", write(tmp_path, "report.txt", STORY)))
    found = [(f["is"], f["words"], f.get("status", "present")) for f in record["findings"]]
    assert found == [
        ("LAB:1 ! spiky fever", "ladder fever", "present"),
        ("HP:0012735 ! Cough", "cough", "present"),
        ("LAB:1 ! spiky fever", "trellis temperatures", "absent"),
        ("HP:0001945 ! Fever", "hot to the touch", "present"),
    ]
    assert [d["is"] for d in record["diagnoses"]] == ["LAB:3 ! blue loop disease"]
    assert [(t["drug"], t["course"][0]["dose"]) for t in record["treatments"]] == [("LAB:2 ! zembrotide", "40 mg")]


def test_draft_without_the_lab_s_words_does_not_know_them(tmp_path: Path) -> None:
    text = command("", "draft", write(tmp_path, "report.txt", STORY))
    record = yaml.safe_load(text)
    assert "LAB:" not in text
    assert {f["is"] for f in record["findings"]} >= {"HP:0001945 ! Fever", "HP:0012735 ! Cough"}
    assert "treatments" not in record or all(t["drug"].startswith("none ! ") for t in record["treatments"])
    assert "blue loop disease" not in [d.get("words") for d in record.get("diagnoses", ())]


def test_class_of_drugs_takes_in_a_lab_s_own(lab: Path, tmp_path: Path) -> None:
    command(lab, "draft", write(tmp_path, "report.txt", STORY), "-o", tmp_path / "case" / "case.yaml")
    write(tmp_path / "case", "report.txt", STORY)
    command(lab, "build", tmp_path / "case", "-o", tmp_path / "graph")
    rows = json.loads(command(lab, "ask", "dose-history", "--drug", "glucocorticoid", "-g", tmp_path / "graph", "-f", "json"))
    assert [(row["drug"], row["dose"]) for row in rows] == [("LAB:2", "40 mg")]
