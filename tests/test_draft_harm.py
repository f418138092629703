"""Drafting: what must not be turned round or invented. Each sentence that matches stands beside one that must not."""

from __future__ import annotations

import pytest

from tests.drafted import PATIENT, record


def said(text: str, start: str = PATIENT) -> set[tuple[str, str]]:
    """The findings of a text with their status, "" for present."""
    return {(f["is"].partition(" ! ")[2], f.get("status", "")) for f in record(text, start).get("findings", [])}


def past(text: str, start: str = PATIENT) -> set[tuple[str, str]]:
    return {(h["is"].partition(" ! ")[2], h["status"]) for h in record(text, start).get("history", [])}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The differentials included stroke due to emboli, migraine, and meningitis.", set()),
        ("Our differential diagnoses were stroke, migraine and gout, but biopsy showed sarcoma.", {("Sarcoma", "")}),
        ("We first considered migraine and stroke.", set()),
        ("Migraine was high on our differential.", set()),
        ("Differential diagnoses including stroke were excluded.", {("Stroke", "absent")}),
        ("There were migraine and stroke.", {("Migraine", ""), ("Stroke", "")}),
        ("The scan raised concerns of osteomyelitis.", {("Osteomyelitis", "uncertain")}),
        ("The course was concerning for an infection, such as meningitis.", {("Meningitis", "uncertain")}),
        ("The tests suggested that our patient had gout.", {("Gout", "uncertain")}),
        ("The stridor was thought to be due to croup.", {("Stridor", ""), ("Subglottic laryngitis", "uncertain")}),
        ("There was a mass simulating osteomyelitis.", set()),
        ("She came for a stroke that was actually a migraine.", {("Migraine", "")}),
        ("She came for a stroke that was treated.", {("Stroke", "")}),
        ("There were stroke-like symptoms.", set()),
        ("She had a cough.\n\nDifferential diagnosis:\n1. Stroke\n2. Gout\n", {("Cough", "")}),
        ("She had a cough.\n\nProblems:\n1. Stroke\n2. Gout\n", {("Cough", ""), ("Stroke", ""), ("Gout", "")}),
        ("Gout would have led to pain.", {("Pain", "")}),
        ("Gout led to pain.", {("Gout", ""), ("Pain", "")}),
        ("There was a stroke-like episode.", {("Stroke-like episode", "")}),
    ],
)
def test_what_is_only_considered_is_not_stated(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Although she had no vomiting, the nausea was severe.", {("Vomiting", "absent"), ("Nausea", "")}),
        ("She had no vomiting, nausea or fever.", {("Vomiting", "absent"), ("Nausea", "absent"), ("Fever", "absent")}),
        ("Although she had fever, nausea was absent.", {("Fever", ""), ("Nausea", "absent")}),
        ("She had ptosis without fever, nausea, and a cough.", {("Ptosis", ""), ("Fever", "absent"), ("Nausea", ""), ("Cough", "")}),
        (
            "She had ptosis without fever, nausea or cough.",
            {("Ptosis", ""), ("Fever", "absent"), ("Nausea", "absent"), ("Cough", "absent")},
        ),
        ("Fever: absent.", {("Fever", "absent")}),
        ("Fever: present.", {("Fever", "")}),
        ("Given the lack of fever, it was not treated.", {("Fever", "absent")}),
        ("She had a lack of appetite and fever.", {("Poor appetite", ""), ("Fever", "")}),
        ("She had normal sweating.", {("Hyperhidrosis", "absent")}),
        ("She had profuse sweating.", {("Hyperhidrosis", "")}),
        ("We did not found gallstones.", {("Cholelithiasis", "absent")}),
        ("She had no contact with any person with fever.", set()),
        ("She didn't have vomiting, a rash and petechiae.", {("Vomiting", "absent"), ("Skin rash", "absent"), ("Petechiae", "absent")}),
        ("Her vomiting didn't improve.", {("Vomiting", "")}),
        ("Petechiae weren't seen.", {("Petechiae", "absent")}),
        ("The likely cause of the vomiting was the drug.", {("Vomiting", "")}),
        ("Unlike migraine, gout was found.", {("Gout", "")}),
        ("An abscess could not be excluded.", {("Abscess", "uncertain")}),
        ("Nausea resolved and vomiting stopped.", {("Nausea", "absent"), ("Vomiting", "absent")}),
        ("It was unclear whether she had migraine.", set()),
        ("The likely diagnosis was migraine.", {("Migraine", "uncertain")}),
        ("The pain decreased and the fever subsided.", {("Pain", ""), ("Fever", "absent")}),
    ],
)
def test_how_far_a_denial_goes(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She had a urinary tract infection.", set()),
        ("She had frequent urinary tract infections.", {("Recurrent urinary tract infections", "")}),
        ("There was a single episode of vomiting.", {("Vomiting", "")}),
        ("There were three episodes of vomiting.", {("Episodic vomiting", "")}),
        ("She had an upper respiratory tract infection.", {("Respiratory tract infection", "")}),
    ],
)
def test_one_event_does_not_recur(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She had lacrimal gland swelling.", set()),
        ("She had swollen glands.", {("Lymphadenopathy", "")}),
        ("She had shortness of breath and chest pain.", {("Dyspnea", ""), ("Chest pain", "")}),
        ("A hypersensitivity reaction to the drug followed.", set()),
        ("She was seen in oncology.", set()),
        ("She felt fit and well.", set()),
        ("She had fits at night.", {("Seizure", "")}),
        ("Rigor mortis was present.", set()),
        ("She had rigors.", {("Rigors", "")}),
        ("She drank two alcoholic beverages a day.", set()),
        ("Stereotyped seizures began.", {("Seizure", "")}),
        ("The fontanelle was open and flat.", set()),
        ("Consolidation chemotherapy was given.", set()),
        ("There was consolidation in the lung.", {("Pulmonary opacity", "")}),
        ("Hepatitis B surface antibody was positive.", set()),
        ("Coughing and straining did not worsen the headache.", {("Headache", "")}),
        ("The tumour had comedo necrosis.", {("Neoplasm", "")}),
    ],
)
def test_part_of_a_name_is_not_the_whole(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "found", "told"),
    [
        ("Her history included gout and migraine.", set(), {("gout", "past"), ("migraine disorder", "past")}),
        ("Medical history revealed migraine.", set(), {("migraine disorder", "past")}),
        ("Medical history revealed cough for 3 weeks.", {("Cough", "")}, set()),
        ("She had no significant past medical history, with cough for a day.", {("Cough", "")}, {("Past medical history", "absent")}),
        ("She had suffered from psoriasis for over 20 years and came with cough.", {("Cough", "")}, {("psoriasis", "past")}),
        ("She had a history of migraine and recent impulsive behaviour.", {("Impulsivity", "")}, {("migraine disorder", "past")}),
        ("Maternal seizures had been noted.", set(), {("Seizure", "past")}),
        ("Her best friend had been diagnosed with lung cancer.", set(), set()),
        ("Her brother is deaf.", set(), {("Hearing impairment", "past")}),
        ("Her mother was worried about the seizures.", {("Seizure", "")}, set()),
        ("No familiarity with epilepsy was reported.", set(), {("epilepsy", "absent")}),
    ],
)
def test_history_and_other_people(text, found, told):
    assert (said(text), past(text)) == (found, told)


def test_a_normal_examination_shows_no_finding():
    texts = ("Hyponatremia was found, and MRI showed no abnormalities.", "MRI showed hydrocephalus.")
    assert ["by" in record(text)["findings"][0] for text in texts] == [False, True]


def test_siblings_who_are_the_patients():
    report = "CASE REPORT\n\nWe report two sisters, aged 4 and 6 years. "
    assert ("Short stature", "") in said("Both sisters had short stature.", report)
    assert said("She had two sisters. Both sisters had short stature.") == set()


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("The test for serum IgG4 was negative.", [("test for serum IgG4", "negative")]),
        ("The immunoglobulins were normal.", [("immunoglobulins", "normal")]),
        ("Liver function tests and blood count were normal.", [("Liver function tests", "normal"), ("blood count", "normal")]),
        ("A blood count was sent.", []),
        ("The blood count showed haemoglobin of 13 g/dL.", []),
        ("She had a normal karyotype.", [("karyotype", "normal")]),
        ("Her karyotype was awaited.", [("karyotype", "not-stated")]),
        ("The stool culture yielded no pathogens.", [("stool culture", "negative")]),
        ("The stool culture yielded salmonella.", [("stool culture", "positive")]),
        ("MRI revealed normal lids, sunken eyes and nystagmus.", [("MRI", "abnormal")]),
        ("MRI revealed normal lids and orbits.", [("MRI", "normal")]),
        ("Skin biopsy showed a normal epidermis and a dense infiltrate.", [("Skin biopsy", "abnormal")]),
        ("CT showed no evidence of stones with a mass of the kidney.", [("CT", "abnormal")]),
        ("CT showed no evidence of stones.", [("CT", "negative")]),
    ],
)
def test_outcomes_without_a_number(text, outcomes):
    assert [(i["words"], i["outcome"]) for i in record(text).get("investigations", [])] == outcomes


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("There was a high ESR with normal creatinine.", [("creatinine", "normal")]),
        ("She was fed to reach normal creatinine.", []),
        ("INR and potassium normal.", [("inr", "normal"), ("potassium", "normal")]),
        ("INR and potassium normal saline.", []),
    ],
)
def test_levels_told_in_a_word(text, read):
    measured = record(text).get("measurements", [])
    assert [(m["words"].lower(), m["interpretation"]) for m in measured] == read


@pytest.mark.parametrize(
    ("text", "diagnoses"),
    [
        ("Biopsy revealed a poorly differentiated squamous cell carcinoma.", [("squamous cell carcinoma", "confirmed")]),
        ("Histology suggested an angiosarcoma.", [("angiosarcoma", "suspected")]),
        ("Biopsy showed no lymphoma.", [("lymphoma", "excluded")]),
        ("Biopsy revealed a tumour.", []),
        ("Biopsy confirmed the clinical suspicion of angiosarcoma.", [("angiosarcoma", "confirmed")]),
        ("There was a suspicion of angiosarcoma.", [("angiosarcoma", "suspected")]),
        ("Diagnosis of Harrow's abscess was made.", []),  # not the abscess alone
    ],
)
def test_tumours_that_tissue_showed(text, diagnoses):
    assert [(d["is"].partition(" ! ")[2], d["status"]) for d in record(text).get("diagnoses", [])] == diagnoses
