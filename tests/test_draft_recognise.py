"""Recognition: each rule by a sentence that it makes out, and one that it must leave alone. All sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.draft import hpo_ids, hpo_mentions
from kg.draft.findings.measure import read_values
from kg.draft.names.brackets import unbracketed
from kg.draft.names.contexts import is_meant
from kg.draft.names.hpo import hp
from kg.draft.names.phrases import meaning_words, phrase_key
from kg.draft.names.recognise import recogniser
from kg.draft.names.tables import load_tables
from kg.draft.names.tokens import Hit, Tokeniser
from kg.draft.names.told import told_findings
from kg.draft.names.words import stem
from kg.draft.patterns.lists import rows_of
from kg.terms import load_terms

STATED = ("present", "uncertain", "family")


def labels(text: str, *, status: tuple[str, ...] = STATED) -> set[str]:
    return {load_terms().term(m.curie).label for m in hpo_mentions(text) if m.status in status}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lobe", "lobes"), ("cell", "cells"), ("dimple", "dimples"), ("biopsy", "biopsies"), ("reflex", "reflexes"), ("membrane", "membranes"),
        ("bruise", "bruises"), ("helix", "helical"), ("diaphragm", "diaphragmatic"), ("erosion", "eroded"), ("hypokinesia", "hypokinetic"),
    ],
)  # fmt: skip
def test_forms_of_a_word_share_a_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("fracture", "fraction"), ("testis", "test"), ("micrograph", "micrographia")])
def test_words_of_different_meaning_do_not(one, other):
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # an anchor in full, the rest of the list after it
        ("Blood tests showed low sodium, potassium and magnesium.", {"Hyponatremia", "Hypokalemia", "Hypomagnesemia"}),
        ("He complained of joint pain and swelling.", {"Arthralgia", "Joint swelling"}),
        ("There was atrophy of the tongue and calves.", {"Tongue atrophy"}),
        # an anchor in full, the rest of the list before it
        ("She had visual and hearing impairment.", {"Visual impairment", "Hearing impairment"}),
        ("Serum calcium and potassium were low.", {"Hypocalcemia", "Hypokalemia"}),
        ("Echocardiography showed mitral and tricuspid regurgitation.", {"Mitral regurgitation", "Tricuspid regurgitation"}),
        # neither side in full
        ("Increased intracranial and intraocular pressure was measured.", {"Increased intracranial pressure", "Ocular hypertension"}),
        # adjectives after a part of the body
        ("The philtrum was long and smooth with a thin upper lip.", {"Long philtrum", "Smooth philtrum", "Thin upper lip vermilion"}),
        ("Metaphyses showed cupping, fraying and flaring.", {"Metaphyseal cupping", "Flared metaphysis"}),
        ("The humeri and femora were short.", {"Short humerus", "Short femur"}),
    ],
)  # fmt: skip
def test_lists_share_their_words(text, found):
    assert found <= labels(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("He had renal failure and hypertension.", "Renovascular hypertension"),
        ("A weary face and malar hypoplasia were noted.", "Small face"),
        ("The tongue, mandibular hypoplasia and ptosis were noted.", "Microglossia"),
        ("Clinodactyly and very large feet were seen.", "Toe clinodactyly"),
        ("The feet showed short and curved nails.", "Short foot"),
        ("Broad nails of the thumbs and toes were noted.", "Broad toe"),
        ("The surgeon inspected small bowel, colon and liver.", "Aplasia/Hypoplasia of the colon"),
        ("Both clavicles and long tendons were imaged.", "Long clavicles"),
    ],
)
def test_lists_share_no_more(text, wrong):
    assert wrong not in labels(text)


def test_site_adjective_goes_with_the_noun_after_it():
    assert "Bifid nose" not in labels("He had a cleft palate and nasal packing.")
    assert "Hypoplastic sacrum" not in labels("A small sacral scar was seen.")
    assert "Abnormal sternum morphology" in labels("An abnormal sternal shape was seen.")


def test_brackets_are_taken_out_of_their_sentence():
    assert {"Broad thumb"} <= labels("Very broad (nearly square) thumbs were seen (Fig. 2).")
    assert {"Short femur", "Short tibia", "Hypoplasia of the ulna"} <= labels(
        "All limb bones were slender; short limb bones (femur, tibia and ulna) came later."
    )
    assert "Long clavicles" not in labels("X-rays showed long bones (clavicles were not imaged).")


def test_unbracketed_words_keep_their_offsets():
    text = "Short (a) neck [b (c)] seen. Broad (open nose"
    words, starts, brackets = unbracketed(*Tokeniser(load_tables()).words(text))
    assert all(text.startswith(word.text, start) for word, start in zip(words, starts))
    assert [word.text for word in words if word.text] == ["Short", "neck", "seen", ".", "a", "b", "c", "Broad", "open", "nose"]
    assert [(words[before].text, words[first].text) for before, first, _ in brackets] == [
        ("Short", "a"), ("neck", "b"), ("neck", "c"), ("Broad", "open")]  # fmt: skip
    plain = Tokeniser(load_tables()).words("No bracket here.")
    assert unbracketed(*plain) == (*plain, [])


@pytest.mark.parametrize(
    ("text", "label", "said"),
    [
        ("She had fever.", "Fever", True),
        ("He had dengue fever as a child.", "Fever", False),
        ("Depression was treated with sertraline.", "Depression", True),
        ("There was depression of the skull bone.", "Depression", False),
        ("ST depression was seen.", "Depression", False),
        ("He had hypertension.", "Hypertension", True),
        ("The pregnancy was complicated by gestational hypertension.", "Hypertension", False),
        ("Fatigue was severe.", "Fatigue", True),
        ("A fatigue severity scale was used.", "Fatigue", False),
        ("Human immunodeficiency virus serology was sent.", "Immunodeficiency", False),
        ("The small intestine was inspected.", "Intestinal hypoplasia", False),
        ("Growth hormone was low-normal.", "Reduced circulating growth hormone concentration", False),
        ("Ptosis was noted.", "Ptosis", True),
        ("Eye drops were given.", "Ptosis", False),
        ("Ejection fraction was measured.", "Bone fracture", False),
        ("The neutrophils were counted.", "Increased total neutrophil count", False),
        ("She could not walk.", "Inability to walk", True),
        ("She could not walk until 20 months.", "Inability to walk", False),
    ],
)
def test_words_beside_a_finding_tell_what_is_meant(text, label, said):
    assert (label in labels(text)) is said


def test_context_looks_at_the_right_side():
    hit = Hit(0, 5, hp("Fever"), frozenset((0,)), 0)
    assert is_meant("fever after travel to a yellow field", hit)
    assert not is_meant("yellow fever", hit._replace(start=7, end=12))


def test_context_patterns_name_current_terms():
    for where, names, _ in rows_of("contexts.tsv"):
        assert where in ("after", "before", "is")
        assert all(name == "*" or hp(name) for name in names.split("|")), names


def test_no_denies_what_is_said_of_its_noun():
    assert "Microtia" in labels("Neither ears nor nails were small.", status=("absent",))
    assert "Microtia" in labels("Ears and nails were small.")


@pytest.mark.parametrize(
    ("text", "word", "status"),
    [
        ("The pain was not associated with vomiting or fever.", "fever", "absent"),
        ("The pain was associated with vomiting and fever.", "fever", "present"),
        ("He had no further seizures.", "seizures", "absent"),
        ("None of the three children had seizures.", "seizures", "absent"),
        ("None of these drugs helped and she had seizures.", "seizures", "present"),
        ("No family member had ptosis.", "ptosis", "absent"),
        ("Neither parent had ptosis.", "ptosis", "absent"),
        ("Cultures were negative for pneumonia.", "pneumonia", "absent"),
        ("She did not experience palpitations.", "palpitations", "absent"),
        ("He had no fever but had cough.", "cough", "present"),
    ],
)
def test_denials_in_many_words(text, word, status):
    assert [m.status for m in hpo_mentions(text) if text[m.start : m.end] == word] == [status]


def test_other_findings_being_normal_denies_no_earlier_one():
    text = "The scan revealed ptosis, and other organs were unremarkable."
    assert labels(text) == {"Ptosis"}
    assert labels("Hearing loss and ptosis were absent.") == set()


def test_adverbs_and_fixed_abbreviations_part_nothing():
    assert "Growth delay" in labels("Growth was consistently slow.")
    assert "Short neck" in labels("The neck was only mildly short.")
    assert "Bowing of the legs" not in labels("The family legs behind; bowed trees.")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("She suffered recurrent episodes of tonsillitis.", "Recurrent tonsillitis"),
        ("Leg asymmetry was noted.", "Lower limb asymmetry"),
        ("He was born with polysyndactyly.", "Syndactyly"),
        ("A cleft lip and cleft palate were repaired.", "Cleft palate"),
        ("There was a mixed respiratory and metabolic acidosis.", "Mixed respiratory and metabolic acidosis"),
        ("Fingernails were brittle.", "Fragile nails"),
        ("Decreased muscle strength in the lower limbs was found.", "Lower limb muscle weakness"),
        ("She noticed blanching of the fingers on exposure to cold.", "Raynaud phenomenon"),
        ("Fluid in the pleural cavity was drained.", "Pleural effusion"),
        ("The renal function deteriorated.", "Renal insufficiency"),
    ],
)
def test_names_in_other_words(text, label):
    assert label in labels(text)


def test_names_with_and_in_them_are_keyed_without_it():
    assert meaning_words("cleft lip and palate") == ["cleft", "lip", "palate"]
    table = load_tables()
    key = phrase_key("Mixed respiratory and metabolic acidosis")
    assert table.joined[key] == hp("Mixed respiratory and metabolic acidosis") and key not in table.exact
    assert "Kyphoscoliosis" not in labels("He had kyphosis and scoliosis.")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("He lost 9 kg in two months.", "Weight loss"),
        ("She was born at 31 weeks of gestation.", "Premature birth"),
        ("He walked independently at 26 months.", "Delayed ability to walk"),
        ("Visual acuity was 20/200 in the right eye.", "Reduced visual acuity"),
        ("Power was 3/5 in the legs.", "Muscle weakness"),
        ("The T-score was −3.1 at the hip.", "Osteoporosis"),
        ("Glasgow Coma Scale was 6 on arrival.", "Coma"),
        ("QTc was 520 ms.", "Prolonged QTc interval"),
        ("She had had four miscarriages.", "Recurrent spontaneous abortion"),
    ],
)
def test_numbers_tell_a_finding(text, label):
    assert [load_terms().term(curie).label for _, _, curie in told_findings(text)] == [label]


@pytest.mark.parametrize(
    "text",
    [
        "He lost 200 mL of blood.", "She was born at 39 weeks.", "He walked at 12 months.", "Visual acuity was 20/20.", "Power was 5/5.",
        "The T-score was −0.4.", "Glasgow Coma Scale was 15.", "QTc was 410 ms.", "She had had one miscarriage.", "Blood loss of 2 kg of fluid.",
    ],
)  # fmt: skip
def test_normal_numbers_tell_none(text):
    assert told_findings(text) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Prolactin was 88 ng/mL.", "Increased circulating prolactin concentration"),
        ("NT-proBNP was 3,400 pg/mL.", "Elevated circulating NT-proBNP concentration"),
        ("The aPTT was 68 s.", "Prolonged partial thromboplastin time"),
        ("DLCO was 41% of predicted.", "Decreased DLCO"),
        ("pCO2 was 78 mmHg.", "Hypercapnia"),
        ("TSH was 0.01 mIU/L.", "Decreased thyroid-stimulating hormone level"),
    ],
)
def test_values_show_a_finding(text, label):
    assert label in labels(text)


def test_adult_limits_are_not_for_children():
    assert "Tachycardia" in labels("A 40-year-old man had a pulse of 130/min.")
    assert "Tachycardia" not in labels("A 3-month-old boy had a pulse of 130/min.")
    assert "Thrombocytopenia" in labels("A 3-month-old boy had a platelet count of 12,000/mm3.")


@pytest.mark.parametrize("text", ["Prolactin was 12 ng/mL.", "The aPTT was 30 s.", "DLCO was 96% of predicted.", "pCO2 was 40 mmHg."])
def test_normal_values_show_none(text):
    assert [reading.interpretation for reading in read_values(text)] == ["normal"]
    assert labels(text) == set()


_WORDS = ("short", "long", "broad", "small", "low", "elevated", "hands", "feet", "nose", "ears", "kidney", "liver", "pain", "swelling",
          "weakness", "of", "and", "or", ",", "(", ")", "[", "]", ".", ";", "2", "3", "II", "the", "with", "was", "were")  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join))
def test_hits_lie_in_the_text(text):
    for hit in recogniser().find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert not text[hit.start].isspace() and not text[hit.end - 1].isspace()
        assert load_terms().term(hit.curie).label


@pytest.mark.parametrize(("text", "made"), [("Skin erosions, absence of pain.", False), ("Skin aplasia and hypoplasia.", True)])
def test_what_the_next_noun_lacks_is_not_lacking_in_the_one_before(text: str, made: bool) -> None:
    assert ("HP:0008065" in hpo_ids(text)) == made  # Aplasia/Hypoplasia of the skin
