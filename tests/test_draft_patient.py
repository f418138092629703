"""Drafting: who the patient is, several patients, history against this illness, pregnancy."""

from __future__ import annotations

import pytest

from kg.draft import draft_report


def record(text: str, number: int = 0) -> dict:
    return draft_report(text).records[number]


def history(text: str) -> list[tuple[str, str, str]]:
    return [(h["kind"], h["status"], h["is"].partition(" ! ")[2]) for h in record(text).get("history", ())]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("A girl aged 11 years 2 months was seen for acne.", "P11Y2M"),
        ("A two-and-a-half-year-old boy was seen for fever.", "P2Y6M"),
        ("A 26-week-old boy coughed.", "P26W"),
        ("A 45 y/o man coughed.", "P45Y"),
        ("A 7-hour-old newborn was pale.", "PT7H"),
        ("This boy was well. At about 6 months of age he had fits.", None),
        ("Her 60-year-old mother had asthma. The patient, a 30-year-old woman, had fever.", "P30Y"),
        ("A woman in her late 70s came with fever.", None),
        ("He was well until the age of 40. A cough began.", None),
    ],
)
def test_age_is_the_patient_s_at_presentation(text, age):
    assert record(text)["patient"].get("age") == age


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("A 29-year-old primigravida had fever.", "female"),
        ("The kidney of a female donor was given to a 40-year-old man with fever.", "male"),
        ("A 40-year-old patient had fever. His wife, a woman of 38, was well. He coughed and his leg hurt him.", "male"),
    ],
)
def test_sex_is_the_patient_s(text, sex):
    assert record(text)["patient"]["sex"].endswith(f"! {sex}")


@pytest.mark.parametrize(
    ("text", "smoking"),
    [
        ("A 50-year-old man had a cough. He denied any history of smoking.", "non-smoker"),
        ("A 50-year-old man had a cough. He had never smoked.", "never"),
        ("A 50-year-old man had a cough. He quit smoking in 2001.", "former"),
        ("A 50-year-old man had a cough. He smoked 20 cigarettes a day.", "current"),
        ("A 50-year-old man had a cough. His father was a heavy smoker.", None),
    ],
)
def test_smoking(text, smoking):
    assert record(text)["patient"].get("smoking") == smoking


TWO = """We report two unrelated patients with joint pain.

CASE PRESENTATION

The first patient was a 45-year-old woman who presented with fever. She was treated with colchicine 1 mg daily.

The second patient, a 12-year-old boy, presented with cough. He was given ibuprofen. In contrast to the first patient, he had no rash.

Both patients had headache.
"""


def test_patients_of_the_running_text_are_kept_apart():
    draft = draft_report(TWO)
    first, second = draft.records
    assert [(r["patient"]["age"], r["patient"]["sex"][-6:].strip("! ")) for r in (first, second)] == [("P45Y", "female"), ("P12Y", "male")]
    assert [[t["words"] for t in r["treatments"]] for r in (first, second)] == [["colchicine"], ["ibuprofen"]]
    assert [{f["is"].partition(" ! ")[2] for f in r["findings"]} for r in (first, second)] == [
        {"Fever", "Headache"},
        {"Cough", "Headache", "Skin rash"},
    ]
    assert "2 patients, kept apart: one record each" in draft.remarks


def test_a_second_visit_is_no_second_patient():
    text = "A 45-year-old woman presented with fever. The second case of fever in her village was her neighbour. She recovered."
    assert len(draft_report(text).records) == 1


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("A 60-year-old man with a history of gout and hypertension presented with fever.",
         [("condition", "past", "hypertensive disorder"), ("condition", "past", "gout")]),
        ("A 60-year-old man presented with a history of cough and fever.", []),
        ("A 60-year-old man presented with a six-week history of cough.", []),
        ("A 60-year-old man had fever. There was no history of asthma.", [("condition", "absent", "asthma")]),
        ("A 60-year-old man with hypertension had fever. Her medications included aspirin and metformin.",
         [("medication", "current", "acetylsalicylic acid"), ("medication", "current", "metformin")]),
        ("A 60-year-old man had fever. He had undergone splenectomy three years earlier.", [("procedure", "past", "splenectomy")]),
    ],
)  # fmt: skip
def test_history_against_this_illness(text, items):
    assert sorted(history(text)) == sorted(items)


def test_drug_of_the_history_says_what_it_is_for():
    made = record("A 60-year-old man with a history of hypertension controlled with amlodipine was admitted for chest pain.")
    drug = next(h for h in made["history"] if h["kind"] == "medication")
    assert (drug["status"], drug["treats"]) == ("current", ["MONDO:0005044 ! hypertensive disorder"])
    assert "treatments" not in made


def test_what_was_not_there_with_a_condition_is_no_condition():
    items = record("A 60-year-old woman had fever. She had a history of bronchitis without signs of pneumonia.")["history"]
    assert [(h["is"].partition(" ! ")[2], [w.partition(" ! ")[2] for w in h.get("without", [])]) for h in items] == [
        ("bronchitis", ["pneumonia"])
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A 29-year-old woman (gravida 2, para 1) had fever. She was pregnant at 24 weeks of gestation.",
         [("none ! gravida 2, para 1", "past"), ("none ! pregnancy", "current")]),
        ("A pregnant woman aged 30 had a headache.", [("none ! pregnancy", "current")]),
        ("A 3-day-old boy was born at 32 weeks of gestation to a G2P1 mother.", []),
        ("A 30-year-old woman was not pregnant. She had fever.", []),
    ],
)  # fmt: skip
def test_pregnancy_is_history_in_words(text, words):
    found = [(h["is"], h["status"]) for h in record(text).get("history", ()) if h["is"].startswith("none")]
    assert sorted(found) == sorted(words)
