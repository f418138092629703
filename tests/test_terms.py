"""kg.terms: the packaged vocabulary, and a toy one for the pure logic."""

import subprocess
import sys

import pytest

from kg.errors import CasegraphError, MislabelledTerm, RetiredTerm, StoreError, TermError, UnknownTerm
from kg.terms import Term, load_terms, parse_term_string


@pytest.fixture(scope="module")
def terms():
    return load_terms()


# What the seed report needs, and the traps beside it.
CURRENT = [
    "MONDO:0016367 ! dermatomyositis",
    "HP:0025508 ! Gottron's papules",
    "HP:0001882 ! Decreased total leukocyte count",
    "HP:0003236 ! Elevated circulating creatine kinase concentration",
    "HP:0008997 ! Proximal upper limb muscle weakness",
    "UBERON:0002398 ! manus",
    "GO:0005579 ! membrane attack complex",
    "CL:0008002 ! skeletal muscle fiber",
    "CHEBI:50673 ! methimazole",
    "CHEBI:6888 ! 6alpha-methylprednisolone",
    "DrugBank:DB00028 ! Human immunoglobulin G",
    "DrugBank:DB00073 ! Rituximab",
    "HGNC:23572 ! MORC3",
    "PATO:0000383 ! female",
    "MAXO:0001525 ! intravenous administration",
    "RO:0002411 ! causally upstream of",
    "ECO:0006185 ! author inference",
    "LOINC:718-7 ! Hemoglobin [Mass/volume] in Blood",
    "cito:citesAsEvidence ! cites as evidence",
    "fabio:ClinicalCaseReport ! clinical case report",
]


@pytest.mark.parametrize("text", CURRENT)
def test_id_with_its_label_is_accepted(terms, text):
    assert str(terms.check(text)) == text


WRONG = [
    (UnknownTerm, "HP:9999999 ! Gotrons papules",
     "HP:9999999 does not exist; did you mean HP:0025508 ! Gottron's papules?"),
    (UnknownTerm, "CHEBI:64357 ! rituximab", "CHEBI:64357 does not exist; did you mean DrugBank:DB00073 ! Rituximab?"),
    (UnknownTerm, "hgnc:5344 ! ICAM1", "hgnc:5344 does not exist; the prefix is HGNC: write HGNC:5344 ! ICAM1"),
    (UnknownTerm, "MESH:D000001 ! Fever", "MESH:D000001 is not in the vocabulary; did you mean MESH:D005334 ! Fever?"),
    (RetiredTerm, "MONDO:0005014 ! dermatomyositis",
     "MONDO:0005014 is retired; use MONDO:0016367 ! dermatomyositis"),
    (RetiredTerm, "HP:0033029 ! Anti-Jo-1 antibody positivity",
     "HP:0033029 is retired; use HP:0034152 ! Anti-histidyl tRNA synthetase antibody positivity"),
    (RetiredTerm, "HP:0008241 ! Hyperthyroidism", "HP:0008241 is retired; use HP:0000836 ! Hyperthyroidism"),
    (RetiredTerm, "CHEBI:6837 ! methotrexate", "CHEBI:6837 is retired; use CHEBI:44185 ! methotrexate"),
    (RetiredTerm, "MAXO:0000386 ! biopsy of muscle",
     "MAXO:0000386 is retired; use MAXO:0000387 ! biopsy of muscle tissue"),
    (RetiredTerm, "RO:0004096 ! inheres in",
     "RO:0004096 is retired, with no replacement named; did you mean RO:0000052 ! characteristic of?"),
    (MislabelledTerm, "HP:0001882 ! Leukopenia",
     'HP:0001882 is "Decreased total leukocyte count" (you wrote a synonym "Leukopenia")'),
    (MislabelledTerm, "RO:0000052 ! inheres in",
     'RO:0000052 is "characteristic of" since it was renamed (you wrote its former label "inheres in")'),
    (MislabelledTerm, "HP:0001945 ! fever", 'HP:0001945 is "Fever", letter for letter (you wrote "fever")'),
    (MislabelledTerm, "HGNC:23573 ! MORC3",
     'HGNC:23573 is "MORC2", not "MORC3"; write that label, or did you mean HGNC:23572 ! MORC3?'),
    (MislabelledTerm, "CHEBI:168396 ! mycophenolate mofetil",
     'CHEBI:168396 is "mycophenolic acid", not "mycophenolate mofetil"; write that label, '
     "or did you mean CHEBI:8764 ! mycophenolate mofetil?"),
    (MislabelledTerm, "HP:0025508", "HP:0025508 has no label beside it; write HP:0025508 ! Gottron's papules"),
    (TermError, "dermatomyositis", '"dermatomyositis" is not a term; write it as HP:0025508 ! Gottron\'s papules'),
]


@pytest.mark.parametrize(("error", "text", "message"), WRONG)
def test_wrong_term_string_is_refused_with_the_right_one(terms, error, text, message):
    with pytest.raises(error) as caught:
        terms.check(text)
    assert str(caught.value) == message
    assert isinstance(caught.value, CasegraphError)


def test_error_carries_its_data(terms):
    with pytest.raises(RetiredTerm) as caught:
        terms.check("MONDO:0005014 ! dermatomyositis")
    error = caught.value
    assert (error.curie, error.label) == ("MONDO:0005014", "dermatomyositis")
    assert [term.curie for term in error.suggestions] == ["MONDO:0016367"]


NAMES = [
    ("rituximab", "DrugBank:DB00073"),
    ("IVIG", "DrugBank:DB00028"),
    ("intravenous immunoglobulin", "DrugBank:DB00028"),
    ("Immunoglobulin, Intravenous", "DrugBank:DB00028"),
    ("tacrolimus", "DrugBank:DB00864"),
    ("thiamazole", "CHEBI:50673"),
    ("prednisolone", "CHEBI:8378"),
    ("methylprednisolone", "CHEBI:6888"),
    ("mycophenolate mofetil", "CHEBI:8764"),
    ("hydroxychloroquine", "CHEBI:5801"),
    ("cyclophosphamide", "CHEBI:4027"),
    ("MDA5", "HGNC:18873"),
    ("C4B", "HGNC:1324"),
    ("  hair   LOSS ", "HP:0001596"),
    ("gottron’s papules", "HP:0025508"),
]


@pytest.mark.parametrize(("name", "curie"), NAMES)
def test_name_finds_the_preferred_term_first(terms, name, curie):
    assert terms.find_by_name(name)[0][0] == curie


def test_labels_come_before_synonyms_and_retired_terms_last(terms):
    found = terms.find_by_name("dermatomyositis")
    assert found[0] == ("MONDO:0016367", "label")
    retired = [terms.term(curie).obsolete for curie, _ in found]
    assert retired == sorted(retired) and retired[-1]


def test_a_drug_in_both_vocabularies_has_its_chebi_id_first(terms):
    assert [curie for curie, _ in terms.find_by_name("methotrexate")][:2] == ["CHEBI:44185", "DrugBank:DB00563"]
    assert terms.term("CHEBI:44185").same_as == ("DrugBank:DB00563",)
    assert terms.term("DrugBank:DB00563").same_as == ("CHEBI:44185",)


def test_drug_classes_are_reached_through_ancestors_and_roles(terms):
    def classes(curie):
        line = (curie, *terms.ancestors(curie))
        roles = [role for each in line for role in terms.roles(each)]
        return {*line, *roles, *(above for role in roles for above in terms.ancestors(role))}

    for curie in ("CHEBI:8378", "CHEBI:6888"):  # prednisolone, methylprednisolone
        assert "CHEBI:24261" in classes(curie)  # glucocorticoid
    for curie in ("CHEBI:8378", "CHEBI:2948", "CHEBI:8764", "DrugBank:DB00864"):  # ... azathioprine, MMF, tacrolimus
        assert "CHEBI:35705" in classes(curie)  # immunosuppressive agent
    assert "CHEBI:38068" in classes("CHEBI:5801")  # hydroxychloroquine: antimalarial


def test_ancestors_are_nearest_first_and_exclude_the_term(terms):
    line = terms.ancestors("HP:0025508")
    assert line[0] == terms.term("HP:0025508").parents[0]
    assert line[-1] == "HP:0000001"
    assert "HP:0025508" not in line and len(set(line)) == len(line)
    assert terms.ancestors("HP:9999999") == ()


def test_site_lies_within_its_whole(terms):
    assert terms.part_of("UBERON:0001992") == ("UBERON:0002067",)  # papillary layer of dermis: dermis
    assert "UBERON:0002097" in terms.within("UBERON:0001992")  # skin of body
    assert "UBERON:0002102" not in terms.ancestors("UBERON:0002398")  # a manus is no kind of forelimb


SPELLINGS = [
    ("Gotrons papules", "HP:0025508"),
    ("heliotope rash", "HP:0040324"),
    ("dermatomyosits", "MONDO:0016367"),
    ("rituxmab", "DrugBank:DB00073"),
    ("HP_25508", "HP:0025508"),
]


@pytest.mark.parametrize(("text", "curie"), SPELLINGS)
def test_misspelling_suggests_the_term(terms, text, curie):
    suggested = terms.suggest(text)
    assert suggested[0].curie == curie and len(suggested) <= 3


def test_nothing_alike_suggests_nothing(terms):
    assert terms.suggest("xyzzy frobnicate") == [] and terms.suggest("") == []


def test_names_keep_their_letter_case_and_kind(terms):
    names = list(terms.names("HP"))
    assert ("Gottron's papules", "HP:0025508", "label") in names
    assert ("Leukopenia", "HP:0001882", "exact") in names
    assert len(names) > 35_000


def test_every_reference_leads_to_a_current_term(terms):
    every = list(terms)
    current = {term.curie: term.kind for term in every if not term.obsolete}
    for term in every:
        assert {*term.parents, *term.roles, *term.part_of, *term.broader} <= current.keys(), term.curie
        assert all(current[parent] == term.kind for parent in term.parents), term.curie


def test_sources_name_release_licence_and_address(terms):
    hpo = next(source for source in terms.sources() if source.prefix == "HP")
    assert (hpo.version, hpo.url) == ("2026-02-16", "https://hpo.jax.org/")
    assert all(all(source) for source in terms.sources())


# Our own classes, in letters.

def test_extra_terms_stand_beside_the_packaged_ones():
    terms = load_terms(extra=[Term("cg:A", "alpha", ("first letter",)), Term("cg:B", "beta", parents=("cg:A",))])
    assert str(terms.check("cg:B ! beta")) == "cg:B ! beta"
    assert terms.ancestors("cg:B") == ("cg:A",)
    assert terms.find_by_name("First letter") == [("cg:A", "exact")]
    assert list(terms.names("cg")) == [("alpha", "cg:A", "label"), ("first letter", "cg:A", "exact"), ("beta", "cg:B", "label")]
    assert terms.suggest("alpa", prefix="cg")[0].curie == "cg:A"
    with pytest.raises(UnknownTerm, match="cg:C is not in the vocabulary; did you mean cg:B ! beta"):
        terms.check("cg:C ! beta")
    assert "cg:A" not in load_terms()


def test_term_string_splits_into_id_and_label():
    assert parse_term_string(" HP:1  !  a ! b ") == ("HP:1", "a ! b")
    assert parse_term_string("HP:1") == ("HP:1", "")


def test_missing_vocabulary_says_how_to_make_it(tmp_path):
    with pytest.raises(StoreError, match=r"run python ontology/imports/update\.py"):
        load_terms(tmp_path / "none.bin")


def test_opening_imports_nothing_heavy():
    code = "import sys; import kg.terms as t; t.load_terms(); print({'pydantic', 'rdflib', 'kg.vocab', 'zstandard'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "set()\n"
