"""Drafting the course: whose a dose is, what is no drug, how names may be spelt, and what a treatment is not thanked or blamed for."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from tests.drafted import outcomes
from tests.drafted import woman as record


def steps(text: str) -> dict[str, list[tuple[str, str]]]:
    """Treatment as printed -> change and dose of its steps."""
    return {t["words"].lower(): [(s["change"], s.get("dose", "")) for s in t["course"]] for t in record(text).get("treatments", ())}


def step(text: str, word: str) -> dict:
    return next(t["course"][0] for t in record(text)["treatments"] if t["words"].lower() == word)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("She was given three 250 mg infusions of methylprednisolone.", {"methylprednisolone": [("given", "250 mg")]}),
        ("She received dapsone 50 mg and 1 mg clemastin.", {"dapsone": [("given", "50 mg")], "clemastin": [("given", "1 mg")]}),
        ("She received dapsone 50 mg and 18 mg/kg IV ZXT.", {"dapsone": [("given", "50 mg")]}),  # of what no one knows
        ("She received rituximab 375 mg/m weekly.", {"rituximab": [("given", "375 mg/m")]}),
        ("She took dapsone 50 mg a day.", {"dapsone": [("given", "50 mg")]}),
        ("Propranolol was increased from 40 to 80 mg.", {"propranolol": [("increased", "80 mg")]}),
        ("She had a fit after an increase in the dose of dapsone from 25 mg to 50 mg.", {"dapsone": [("given", "25 mg"), ("increased", "50 mg")]}),
        ("Vedolizumab (Entyvio, Maker; 300 mg) was given.", {"vedolizumab": [("given", "300 mg")]}),
        ("Dapsone was given. The haemoglobin before dapsone was 6.1%.", {"dapsone": [("given", "")]}),
        ("The fever persisted on dapsone, with a level of 86 mg/liter.", {"dapsone": [("given", "")]}),
        ("Dapsone was begun 2 years prior at 5 mg.", {"dapsone": [("started", "5 mg")]}),
        ("Hydrocortisone 10% cream was given.", {"hydrocortisone": [("given", "10%")]}),
    ],
)  # fmt: skip
def test_a_dose_is_that_of_its_own_drug(text, made):
    assert steps(text) == made


def test_how_often_and_how_long_as_printed():
    assert step("She received three 250 mg infusions of methylprednisolone.", "methylprednisolone")["count"] == 3
    assert "count" not in step("She received octreotide 20 mg monthly injections.", "octreotide")
    assert step("She received lorazepam 0.1 mg/kg x4.", "lorazepam")["count"] == 4
    assert "count" not in step("She received dapsone in a fixed dose.", "dapsone")
    assert step("She received cyclophosphamide in 6-monthly cycles.", "cyclophosphamide")["schedule"] == "6-monthly"
    assert step("She received ceftriaxone 2 g for 5 d.", "ceftriaxone")["schedule"] == "for 5 d"
    assert step("She had a 7-day course of doxycycline.", "doxycycline")["schedule"] == "7-day course"
    assert "schedule" not in step("At 39 weeks of gestation ceftriaxone was given.", "ceftriaxone")


def test_names_spelt_otherwise_are_the_drug_and_say_so():
    for printed, label in (("clemastin", "clemastine"), ("Dexamthasone", "dexamethasone")):
        made = next(t for t in record(f"She was treated with {printed} 1 mg.")["treatments"])
        assert made["drug"].endswith(label) and made["note"] == f"printed as {printed}; read as {label}"
    assert "note" not in record("She was treated with clemastine 1 mg.")["treatments"][0]
    assert "treatments" not in record("She was treated with understanding and had a protein 1 mg.")
    assert record("She was given Zpack and Decadron.")["treatments"][1]["drug"].endswith("dexamethasone")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She received premedication with paracetamol before rituximab.", ["paracetamol", "rituximab"]),
        ("Dapsone was given as induction and maintenance therapy.", ["dapsone"]),
        ("She was given iodine solution before definitive treatment with thyroidectomy.", ["iodine solution"]),
        ("She was discharged with elective thyroidectomy planned.", []),
        ("She underwent elective thyroidectomy.", ["elective thyroidectomy"]),
        ("She was counselled about treatment with either radioiodine or surgery.", []),
        ("She was referred to our surgeons for splenectomy, which was performed.", ["splenectomy"]),
        ("She was referred to our surgeons for splenectomy.", []),
        ("We decided to perform splenectomy.", ["splenectomy"]),
        ("She had a reduced demand for red blood cell transfusions.", []),
    ],
)
def test_what_is_no_treatment_given(text, names):
    assert list(steps(text)) == names


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("She was given dapsone. Two weeks later the cough improved with supportive care.", [("improved", ["supportive-care"])]),
        ("She was given dapsone. The cough improved.", [("improved", ["dapsone"])]),
        ("She took lisinopril. She presented with swelling which had progressed over 4 weeks.", [("worsened", [])]),
        ("She was given lithium and dapsone. None of these measures normalized her thyroid function.", [("unchanged", ["lithium", "dapsone"])]),
        ("She was given dapsone. Despite all treatment, she continued to deteriorate.", [("worsened", ["dapsone"])]),
        ("Prednisone and rituximab were given. She relapsed during prednisone tapering.", [("flared", ["prednisone"])]),
        ("Dapsone was given. The mass shrank, despite not receiving any other treatment.", []),
        ("Infliximab was stopped due to lack of response.", [("unchanged", ["infliximab"])]),
        ("Infliximab was stopped because of its price.", []),
        ("Due to failure of dapsone, a splenectomy was performed.", [("unchanged", ["dapsone"])]),
        ("She was given dapsone. She suddenly ceased taking dapsone.", []),
        ("She was given dapsone. She developed drug-induced jaundice. The cough improved.", [("improved", [])]),
    ],
)  # fmt: skip
def test_credit_and_blame_go_where_the_words_put_them(text, made):
    assert outcomes(text) == made


def test_stops_and_new_starts_that_are_told_beside_something_else():
    assert steps("Surgery was done after withholding apixaban.") == {"surgery": [("given", "")], "apixaban": [("stopped", "")]}
    assert steps("She was given dapsone. She suddenly ceased taking dapsone.")["dapsone"][-1][0] == "stopped"
    assert steps("She received dapsone. Ten days after discontinuing treatment, she had a cough.")["dapsone"][-1][0] == "stopped"
    again = "Dapsone was stopped. The rash recurred after therapy was resumed."
    assert [change for change, _ in steps(again)["dapsone"]] == ["stopped", "started"]
    assert not any("trigger" in r for r in record(again)["responses"])
    assert [c for c, _ in steps("Dapsone was begun and the dose of colchicine was reduced.")["colchicine"]] == ["decreased"]


def test_harm_that_is_said_to_be_a_drugs():
    made = record("Amiodarone was begun. She had severe neutropenia secondary to amiodarone, which was stopped.")["responses"]
    assert [(r["outcome"], r["to"], r["attribution"]) for r in made] == [("stopped-for-toxicity", ["amiodarone"], "stated")]
    made = record("Amiodarone was begun. A month later she had amiodarone-induced neutropenia. Amiodarone was stopped.")["responses"]
    assert [r["outcome"] for r in made] == ["stopped-for-toxicity"]
    assert "responses" not in record("Amiodarone was begun. A month later she had neutropenia. Colchicine was stopped.")


def test_a_treatment_begun_so_long_before_the_presentation():
    made = draft_report("A 30-year-old woman presented with jaundice 3 months after starting dapsone 20 mg daily.").records[0]
    (given,) = made["treatments"][0]["course"]
    assert made["times"][given["at"]]["before"] == "presentation" and made["times"][given["at"]]["by"] == "P3M"
    assert given["dose"] == "20 mg" and made["findings"][0].get("at", "presentation") == "presentation"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The zoster of month 10 of dapsone resolved with aciclovir and prednisone.", [("resolved", ["aciclovir", "prednisone"])]),
        ("The zoster of month 10 of dapsone resolved.", [("resolved", ["dapsone"])]),
        ("Her rash was refractory to several biologics in whom dapsone induced remission.", [("unchanged", []), ("resolved", ["dapsone"])]),
        ("Her rash was refractory to dapsone.", [("unchanged", ["dapsone"])]),
        ("Her disease progressed despite treatment with dapsone and prednisone.", [("worsened", ["dapsone", "prednisone"])]),
        ("She was given dapsone. Her disease progressed.", []),
    ],
)
def test_what_came_with_an_outcome_has_the_credit_or_the_blame(text: str, told: list[tuple[str, list[str]]]) -> None:
    assert outcomes(text) == told
