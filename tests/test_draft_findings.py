"""Drafting: what is so, what is not so, and of whom. Each sentence that matches stands beside one that must not."""

from __future__ import annotations

import pytest

from kg.draft import draft_report, hpo_mentions
from kg.draft.findings.diagnoses import find_diseases
from kg.draft.findings.levels import with_range
from kg.draft.findings.measure import read_values
from kg.draft.names.ground import named
from tests.drafted import labels, part


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("There was no family history of gout.", [("gout", "family", "absent")]),
        ("There was a family history of gout.", [("gout", "family", "past")]),
        ("She denied a family history of epilepsy.", [("epilepsy", "family", "absent")]),
        ("Family history was negative for epilepsy.", [("epilepsy", "family", "absent")]),
        ("Family history was positive for epilepsy.", [("epilepsy", "family", "past")]),
        ("A family history of epilepsy was denied.", [("epilepsy", "family", "absent")]),
        ("Her mother had no epilepsy.", [("epilepsy", "family", "absent")]),
        ("Her mother, who has no siblings, has epilepsy.", [("epilepsy", "family", "past")]),
        ("No relatives had gout.", [("gout", "family", "absent")]),
        ("She has no allergies and a family history of gout.", [("gout", "family", "past")]),
    ],
)
def test_what_relatives_have_and_do_not_have(text, found):
    assert labels(part("history", text), "kind", "status") == found


def test_no_relative_is_no_finding_of_the_patient():
    assert part("findings", "Family history was negative for seizures.") == []
    assert [m.status for m in hpo_mentions("There was no family history of seizures.")] == ["absent"]
    assert [m.status for m in hpo_mentions("There was a family history of seizures.")] == ["family"]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("A 30-year-old man presented to our unit in May 2014 with a 2-week history of fever.", True),
        ("A 30-year-old man presented with a history of fever.", True),
        ("A 30-year-old man with a history of fever for the last 6 weeks was seen.", True),
        ("A 30-year-old man was referred with a three-month progressive history of fever.", True),
        ("A 30-year-old man presented in May 2014 with a past history of fever.", False),
        ("A 30-year-old man with a history of fever was seen for a fracture.", False),
        ("A 30-year-old man, known case of epilepsy with fever, was seen.", False),
    ],
)
def test_history_of_this_illness_and_of_the_past(text, now):
    found = [i["is"] for i in part("findings", text, "CASE REPORT\n\n")]
    past = [i["is"] for i in part("history", text, "CASE REPORT\n\n")]
    assert ("HP:0001945 ! Fever" in found, "HP:0001945 ! Fever" in past) == (now, not now)


def test_a_symptom_is_a_finding_not_the_inflammation_called_so():
    assert labels(part("findings", "She had a sore throat.")) == [("Pharyngalgia",)]
    assert labels(part("history", "She had a past history of sore throat and pharyngitis.")) == [("Pharyngalgia",), ("pharyngitis",)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sarcoidosis was diagnosed.", [("sarcoidosis", "confirmed")]),
        ("A diagnosis of sarcoidosis was established.", [("sarcoidosis", "confirmed")]),
        ("A tentative diagnosis of sarcoidosis was made.", [("sarcoidosis", "suspected")]),
        ("The biopsy was consistent with sarcoidosis.", [("sarcoidosis", "suspected")]),
        ("Sarcoidosis was ruled out by biopsy.", [("sarcoidosis", "excluded")]),
        ("Tuberculosis was ruled out and the diagnosis of sarcoidosis was made.", [("tuberculosis", "excluded"), ("sarcoidosis", "confirmed")]),
        ("The differential diagnosis included sarcoidosis and lymphoma.", []),
        ("A man with gout was diagnosed with sarcoidosis and treated for scurvy.", [("sarcoidosis", "confirmed")]),
        ("A diagnosis of sarcoidosis was made based on the occurrence of uveitis.", [("sarcoidosis", "confirmed")]),
        ("She was diagnosed with acute pancreatitis complicated by acute kidney injury.",
         [("acute pancreatitis", "confirmed"), ("acute kidney injury", "confirmed")]),
    ],
)  # fmt: skip
def test_diagnoses(text, found):
    assert labels(part("diagnoses", text), "status") == found


TITLED = "{}\n\nCASE REPORT\n\nA 40-year-old woman had fever. {}\n"


def test_the_title_names_diagnoses_beside_those_of_the_story():
    both = draft_report(TITLED.format("Sarcoidosis complicated by uveitis", "Uveitis was diagnosed.")).records[0]["diagnoses"]
    assert labels(both) == [("uveitis",), ("sarcoidosis",)]
    unlike = draft_report(TITLED.format("Lymphoma mimicking sarcoidosis", "She was well.")).records[0]["diagnoses"]
    assert labels(unlike) == [("lymphoma",)]


def test_the_title_below_a_running_head():
    text = "Case Report\nSarcoidosis in a farmer\n\nCase Presentation\nA 40-year-old woman had fever.\n"
    assert labels(draft_report(text).records[0]["diagnoses"]) == [("sarcoidosis",)]


@pytest.mark.parametrize(
    ("text", "words"), [("gout", ["gout"]), ("a gout vaccine", []), ("left PICA", []), ("pica", ["pica"]), ("Maps", [])]
)
def test_words_that_are_no_disease(text, words):
    assert [text[a:b] for a, b, _ in find_diseases(text, 0, len(text), {})] == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ferritin fell to 320 ng/mL.", ["normal"]),
        ("Ferritin was 900 ng/mL (normal 15-150). Ferritin fell to 320 ng/mL.", ["high", "high"]),
        ("Ferritin was low at 320 ng/mL.", ["low"]),
        ("CRP decreased to 80 mg/L.", ["high"]),
        ("CRP normalised to 8 mg/L.", ["normal"]),
        ("Leucocytosis (18,500/µL) was found.", ["high"]),
        ("Thrombocytosis (572.000/mm3) was found.", []),
        ("Leucocytosis of 12 months was found.", []),
        ("BUN and creatinine fell to 17.5 mg/dL and 1.0 mg/dL, respectively.", []),
        ("White blood cells 3-5/high power field.", []),
    ],
)
def test_a_change_says_nothing_of_high_or_low(text, found):
    assert [with_range(reading, text).interpretation for reading in read_values(text)] == found


@pytest.mark.parametrize(("text", "found"), [("Creatinine normalised.", ["normal"]), ("Creatinine did not normalise.", []),
                                             ("Platelets returned to normal.", ["normal"]), ("Platelets never returned to normal.", [])])  # fmt: skip
def test_back_to_normal(text, found):
    assert [m["interpretation"] for m in part("measurements", text)] == found


def test_what_a_normal_value_excludes():
    shown = {m["words"]: m.get("shows", "") for m in part("measurements", "Temperature 36.8 °C, blood pressure 120/80 mmHg, CRP 3 mg/L.")}
    assert [s.partition(" ! ")[2] for s in shown.values()] == ["Fever", "", "Elevated circulating C-reactive protein concentration"]


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("There were flaccid blisters.", "flaccid", False),
        ("The infant was flaccid.", "flaccid", True),
        ("She passed pale stools.", "pale", False),
        ("She looked pale.", "pale", True),
        ("Agitated saline was given.", "Agitated", False),
        ("He was agitated.", "agitated", True),
        ("She had neuropathic pain.", "neuropathic", False),
        ("All options were exhausted.", "exhausted", False),
        ("He felt exhausted.", "exhausted", True),
    ],
)
def test_adjectives_agree_with_their_noun(text, word, meant):
    assert any(text[m.start : m.end] == word for m in hpo_mentions(text)) is meant


def test_antibodies_of_both_results_with_their_value():
    found = part("antibodies", "Anti-desmoglein 3 antibodies were positive (180 U/mL; normal <20), whereas anti-desmoglein 1 was negative.")
    assert labels(found, "result", "note") == [
        ("Anti-desmoglein-3 antibody positivity", "positive", "printed with it: 180 U/mL; normal <20"),
        ("Anti-desmoglein-1 antibody positivity", "negative", ""),
    ]


@pytest.mark.parametrize(
    ("text", "result"), [("HIV serology was not performed.", "not-tested"), ("HIV serology was negative.", "negative")]
)
def test_serology(text, result):
    assert [a["result"] for a in part("antibodies", text)] == [result]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bone marrow aspiration was not done.", ["not-done"]),
        ("Bone marrow aspiration was done.", ["not-stated"]),
        ("Blood cultures remained sterile.", ["negative"]),
        ("Direct immunofluorescence revealed IgG deposits.", ["abnormal"]),
    ],
)
def test_examinations_done_and_not_done(text, found):
    assert [i["outcome"] for i in part("investigations", text)] == found


def test_erosions_of_the_mouth():
    assert labels(part("findings", "She had painful oral erosions."), "painful") == [("Erosion of oral mucosa", "True")]
    assert part("findings", "There were erosions of the joint.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("There was apical akinesis.", []),
        ("She had akinesia.", ["Akinesia"]),
        ("The left PICA was occluded.", []),
        ("She had pica.", ["Pica"]),
        ("The autoimmune profile was sent.", []),
    ],
)
def test_words_that_mean_something_else_beside_others(text, found):
    assert [label for (label,) in labels(part("findings", text))] == found


def test_solutions_are_no_values():
    assert part("measurements", "She was given sodium bicarbonate (8.4%) and albumin 20%.") == []
    assert [m["value"] for m in part("measurements", "Serum albumin was 2.9 g/dL.")] == ["2.9 g/dL"]


def test_an_examination_and_its_short_form_are_one():
    assert len(part("investigations", "A computed tomography (CT) scan revealed a small infarct.")) == 1
    assert len(part("investigations", "Computed tomography and MRI revealed a small infarct.")) == 2


def test_what_began_days_before_is_of_this_illness():
    assert labels(part("history", "She had developed pneumonia 3 days before admission.")) == []
    assert labels(part("history", "In 2010 she had been diagnosed with pneumonia.")) == [("pneumonia",)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Urinary sodium was 20 mmol/L.", ("none ! urine sodium", "UBERON:0001088 ! urine", None, None)),
        ("Sodium was 120 mmol/L.", ("CMO:0000499 ! blood sodium level", None, "low", "HP:0002902 ! Hyponatremia")),
        ("CSF analysis showed 3 cells and glucose 30 mg/dL (normal 45-80).",
         ("none ! cerebrospinal fluid glucose", "UBERON:0001359 ! cerebrospinal fluid", "low", None)),
        ("CSF was normal, sodium 120 mmol/L.", ("CMO:0000499 ! blood sodium level", None, "low", "HP:0002902 ! Hyponatremia")),
        ("Urine output was low and creatinine 4.1 mg/dL.",
         ("CMO:0000538 ! blood creatinine level", None, "high", "HP:0003259 ! Elevated circulating creatinine concentration")),
    ],
)  # fmt: skip
def test_a_value_of_another_specimen_shows_nothing_of_the_blood(text, found):
    (value,) = part("measurements", text)
    assert (value["of"], value.get("specimen"), value.get("interpretation"), value.get("shows")) == found


def test_levels_told_in_words_of_another_specimen_are_none_of_the_blood():
    assert part("measurements", "The CSF glucose was low.") == []
    assert [m["interpretation"] for m in part("measurements", "The serum glucose was low.")] == ["low"]


@pytest.mark.parametrize(
    ("words", "term"), [("haemolytic uraemic syndrome", "MONDO:0001549"), ("coeliac artery", "UBERON:0001640"), ("haemoglobine", None)]
)
def test_diseases_and_sites_in_british_spelling(words, term):
    assert named(words, ("MONDO", "UBERON", "CHEBI")) == term


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Muscle strength was 5/5 in all limbs.", ["absent"]),
        ("Power was 3/5 in the legs.", ["present"]),
        ("Power was 5/5 in the arms and 4/5 in the legs.", []),
    ],
)
def test_full_strength_is_no_weakness(text, status):
    assert [f.get("status", "present") for f in part("findings", text) if f["is"].startswith("HP:0001324")] == status
