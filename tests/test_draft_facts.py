"""Drafting: numbers with their units and tables, sides, who is spoken of, and when. Each sentence that matches stands beside one that must not."""

from __future__ import annotations

import pytest

from kg.draft import draft_report, hpo_mentions
from kg.draft.findings.findings import side_of
from kg.draft.findings.measure import is_child, read_values
from kg.draft.findings.rows import read_rows
from tests.drafted import labels, part


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Sodium was 121 mmol/l.", [("sodium", "low")]),
        ("TSH was 14 uIU/mL.", [("tsh", "high")]),
        ("The temperature was 39.4 degrees Celsius.", [("temperature", "high")]),
        ("The temperature was 36.4 C.", [("temperature", "normal")]),
        ("Her platelet count was 3.1 × 10^4/µL.", [("platelet count", "low")]),
        ("Leucocytes were 12.9 × 10^9/L (normal).", [("leucocytes", "normal")]),
        ("Leucocytes were 12.9 × 10^9/L (normal, 4-11).", [("leucocytes", "high")]),
        ("Low-density lipoprotein was 60 mg/dL.", [("low-density lipoprotein", "normal")]),
        ("The chest was normal and calcium was 13.9 mg/dL.", [("calcium", "high")]),
        ("LH was 41 IU/L (2-12).", [("lh", "high")]),
        ("LH was 41 IU/L.", [("lh", "")]),  # what is usual depends on sex, age and day
        ("She took growth hormone 0.03 mg/kg daily.", []),
        ("K 6.6 mEq/L.", [("k", "high")]),
        ("Vitamin K 10 mg was given.", []),
        ("AST was 90 U/L, RR 10-40.", [("ast", "high")]),  # a reference range, not a rate of breathing
        ("RR was 34.", [("rr", "high")]),
        ("BP 118/70, RR 34.", [("bp", "normal"), ("rr", "high")]),
        ("Ketones 3+ and glucose 2+ were found.", []),
        ("Glucose 6 phosphate dehydrogenase was measured.", []),
    ],
)
def test_values_with_their_units(text, read):
    assert [(r.name, r.interpretation) for r in read_values(text)] == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "with 71% neutrophils, 20% lymphocytes and 3% eosinophils",
            [("neutrophils", "71%"), ("lymphocytes", "20%"), ("eosinophils", "3%")],
        ),
        ("neutrophils 71%, lymphocytes 20%", [("neutrophils", "71%"), ("lymphocytes", "20%")]),
        ("Pleural fluid had 80% lymphocytes.", []),  # not of blood
    ],
)
def test_shares_of_a_differential_count(text, read):
    assert [(r.name, r.value) for r in read_values(text)] == read


def test_a_share_is_no_count():
    assert [r.shows for r in read_values("Neutrophils were 91% (40-75).")] == [""]
    assert [r.shows for r in read_values("Neutrophils were 15 × 10^9/L (2-7).")] != [""]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("Test\tResult\tRange\nSodium (mmol/L)\t121\t135-145\n", [("sodium", "121 mmol/L", "135-145", "low")]),
        ("Sodium (mmol/L) | 135–145 | 121\n", [("sodium", "121 mmol/L", "135-145", "low")]),
        ("Sodium 121 mmol/L 135-145 (L)\n", [("sodium", "121 mmol/L", "135-145", "low")]),
        ("Ferritin, ng/mL  <300  812\n", [("ferritin", "812 ng/mL", "<300", "high")]),
        ("Sodium 135-145 121 138\n", [("sodium", "121", "135-145", "low")]),  # several days: the first
        ("Sodium 121 mmol/L\n", []),  # no range: read as in a sentence
        ("Sodium 121 mmol/L 135-145 in the morning\n", []),  # something else is said, too
        ("Sodium 121 135-145 200-300\n", []),  # two ranges
        ("Smoking 20 10-30\n", []),  # no analyte
    ],
)
def test_rows_of_a_table(table, read):
    assert [(r.name, r.value, r.normal, r.interpretation) for r in read_rows("\n" + table, 0, len(table) + 1)] == read


def test_a_heading_in_a_table_names_the_specimen():
    made = part("measurements", "\n\nUrinalysis\nGlucose (mg/dL)\t900\t<15\nBlood chemistry\nGlucose (mg/dL)\t85\t60-110\n")
    assert [(m.get("specimen", "").partition(" ! ")[2], m["interpretation"]) for m in made] == [("urine", "high"), ("", "normal")]


@pytest.mark.parametrize(
    ("text", "words", "side"),
    [
        ("Nausea and left flank pain.", "Nausea", None),
        ("Nausea and left flank pain.", "flank pain", "left"),
        ("Swelling of the left and right hand.", "Swelling", None),
        ("Chest pain that went to the left arm.", "Chest pain", None),
        ("Chest pain on the left side.", "Chest pain", "left"),
        ("She took two drugs, both for her gout.", "gout", None),
        ("Both feet had oedema.", "oedema", "bilateral"),
    ],
)
def test_a_side_goes_with_its_own_finding(text, words, side):
    at = text.index(words)
    assert side_of(text, at, at + len(words), (0, len(text))) == side


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("Tests for hepatitis returned negative.", [("Hepatitis", "absent")]),
        ("Tests for hepatitis returned late.", [("Hepatitis", "")]),
        ("MRI revealed the absence of hydrocephalus or other abnormalities.", [("Hydrocephalus", "absent")]),
        (
            "MRI confirmed the absence of the corpus callosum, and hydrocephalus.",
            [("Agenesis of corpus callosum", ""), ("Hydrocephalus", "")],
        ),
        ("Cough was not associated with her headache.", [("Cough", ""), ("Headache", "")]),
        ("Cough was not associated with headache.", [("Cough", ""), ("Headache", "absent")]),
        ("Enzymes measured after the headache started were normal.", [("Headache", "")]),
        ("She was lethargic and was not eating.", [("Lethargy", "")]),
        ("She was not aware of any fever.", [("Fever", "absent")]),
        ("A presumptive diagnosis of pneumonia was made.", [("Pneumonia", "uncertain")]),
        ("Such a diet should result in anaemia.", []),
        ("Our case suggests that fever is not needed for malaise.", []),
        ("The knee jerk was elicited.", []),  # no jerks of muscles
        ("There was a sudden jerk of the arm.", [("Myoclonus", "")]),
    ],
)
def test_what_is_so_and_what_is_not(text, findings):
    found = labels(part("findings", text), "status")
    assert [f for f in found if f[0] in dict(findings)] == findings if findings else found == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Family history: gout in the father.", "family"),
        ("Past medical history: gout.", "condition"),
        ("She had a 9-year-old brother (of another father) with gout.", "family"),
        ("Family history was otherwise negative for gout.", "family"),
        ("Her family history includes gout.", "family"),
    ],
)
def test_whose_history_it_is(text, kind):
    assert [h[1] for h in labels(part("history", text), "kind") if h[0] == "gout"] == [kind]


def test_what_parents_report_is_of_the_child():
    start = "CASE REPORT\n\nA 3-year-old boy came to our clinic. "
    assert labels(part("findings", "His mother reported fever.", start)) == [("Fever",)]
    assert part("findings", "His mother had fever.", start) == []


def test_a_negative_number_of_a_family_is_not_the_patient_s():
    assert part("findings", "Family history was negative for two miscarriages.") == []
    assert labels(part("findings", "She had two miscarriages.")) == [("Recurrent spontaneous abortion",)]


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("61 y/o F presented with cough.", "P61Y", "female"),
        ("A 61–year–old man presented with cough.", "P61Y", "male"),
        ("A61-year-old man presented with cough.", "P61Y", "male"),
        ("A 31-year-old mother of two presented with cough.", "P31Y", "female"),
        ("A boy with a 31-year-old mother presented with cough.", None, "male"),
        ("The patient, a boy, was admitted at 14 months of age with cough. Screening was normal at 1 and 8 days of age.", "P14M", "male"),
        ("A neonate was born to a primigravida mother. He had cough.", "P0D", ""),
    ],
)
def test_age_and_sex(text, age, sex):
    patient = draft_report(f"CASE REPORT\n\n{text}\n").records[0]["patient"]
    assert (patient.get("age"), patient.get("sex", "").partition(" ! ")[2]) == (age, sex)


def test_a_child_by_words_of_age():
    assert is_child("A girl aged 9 years with cough.") and not is_child("A woman aged 49 years with cough.")


@pytest.mark.parametrize(
    ("first", "read"),
    [
        ("A 40-year-old man presented with cough and fever for one day.", True),
        ("A 40-year-old man who presented with cough", False),  # a title
        ("Cough in a 40-year-old man: a case report.", False),
    ],
)
def test_a_first_sentence_that_tells_is_no_title(first, read):
    found = draft_report(f"{first}\n\nHe had a rash. He was seen by us.\n").records[0]["findings"]
    assert (("Cough",) in labels(found)) is read


def test_a_story_before_the_first_heading_is_read():
    text = "Last week, a 40-year-old man developed cough.\n\nPHYSICAL EXAMINATION\n\nHe had a rash.\n"
    assert labels(draft_report(text).records[0]["findings"]) == [("Cough",), ("Skin rash",)]
    assert labels(draft_report(text.replace("Last week, a 40-year-old man developed cough.", "Cough.")).records[0]["findings"]) == [
        ("Skin rash",)
    ]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ANA showed persistent negativity.", "negative"),
        ("All antibodies were negative except ANA.", "positive"),
        ("ANA showed persistent positivity.", "positive"),
    ],
)
def test_antibodies_told_otherwise(text, result):
    assert [a["result"] for a in part("antibodies", text)] == [result]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("ECG was unremarkable except for tachycardia.", "abnormal"),
        ("ECG was unremarkable.", "normal"),
        ("MRI: no abnormalities detected.", "normal"),
        ("MRI detected a mass.", "abnormal"),
    ],
)
def test_how_examinations_came_out(text, outcome):
    assert [i["outcome"] for i in part("investigations", text)] == [outcome]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Her vaccinations are up to date. She had fever.", ""),
        ("To date she is well. She had fever.", "today"),
        ("A woman with gout diagnosed at 12 years old, presented with malaise. She had fever.", ""),
        ("Her sisters had their menarche at age 12. She had fever.", ""),
        ("At the age of 12 she had measles. She had fever.", "age-year-12"),
    ],
)
def test_times_of_others_and_of_before_open_no_time(text, at):
    assert [f.get("at", "") for f in part("findings", text) if f["is"].endswith("Fever")] == [at]


def test_a_short_length_is_of_a_part():
    assert [m.curie for m in hpo_mentions("The scar had a length of 2 cm, <3rd centile.")] == []
    assert labels(part("findings", "Her length was 70 cm, <3rd centile.")) == [("Short stature",)]
    assert labels(part("findings", "The phallus was small (length 2 cm, <3rd centile).")) == [("Micropenis",)]


def test_cases_numbered_after_their_history():
    text = "Case history #1\n\nA 30-year-old man presented with cough.\n\nCase history #2\n\nA 50-year-old woman presented with fever.\n"
    assert [r["patient"]["age"] for r in draft_report(text).records] == ["P30Y", "P50Y"]
    assert len(draft_report(text.replace("#2", "of another")).records) == 1


def test_criteria_that_are_met_make_a_diagnosis():
    assert labels(part("diagnoses", "She met the criteria for systemic lupus erythematosus."), "status") == [
        ("systemic lupus erythematosus", "confirmed")
    ]
    assert part("diagnoses", "She was told of the criteria for systemic lupus erythematosus.") == []


def test_a_list_of_examinations_came_out_alike():
    assert [i["outcome"] for i in part("investigations", "MRI of the brain, ECG, and eye examination were normal.")][:2] == [
        "normal",
        "normal",
    ]
    assert [i["outcome"] for i in part("investigations", "MRI was refused, and an ECG was normal.")] == ["not-done", "normal"]
