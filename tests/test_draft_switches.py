"""Drafting: one drug in place of another, stops of drugs that are not named, the harm that was the reason, and death."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.check import check_record
from kg.draft import draft_report
from kg.draft.names.ground import vocabulary
from kg.draft.therapy.treat import find_therapies
from kg.issue import errors
from kg.record import lines, parse_record
from kg.record.load import LoadedRecord
from kg.report import Report
from tests.drafted import WOMAN, outcomes
from tests.drafted import woman as record


def changes(text: str) -> dict[str, list[str]]:
    """Treatment as printed -> the changes of its steps."""
    return {t["words"].lower(): [s["change"] for s in t["course"]] for t in record(text).get("treatments", ())}


def harm(text: str) -> list[tuple[str, list[str]]]:
    """Drug that was stopped for what it did, and what that was."""
    return [
        (r["to"][0], [p.partition(" ! ")[2] for p in r.get("in", ())])
        for r in record(text).get("responses", ())
        if r["outcome"] == "stopped-for-toxicity"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "She was treated with methotrexate. Two months later she was switched to leflunomide.",
        "She was treated with methotrexate. The drug was changed to leflunomide.",
        "She was given methotrexate, but it was replaced by leflunomide.",
        "Methotrexate was given. Leflunomide was substituted for methotrexate.",
        "Methotrexate was given. Later leflunomide was started instead of methotrexate.",
        "Methotrexate was given and later converted to leflunomide 20 mg.",
        "The patient was transitioned from methotrexate to leflunomide.",
        "The immunosuppressive drug was changed from methotrexate to leflunomide.",
        "Methotrexate was given. We switched the patient to leflunomide.",
    ],
)
def test_what_another_drug_takes_the_place_of_is_stopped(text):
    made = changes(text)
    assert list(made) == ["methotrexate", "leflunomide"]
    assert made["methotrexate"][-1] == "stopped" and made["leflunomide"] == ["started"]


@pytest.mark.parametrize(
    "text",
    [
        "She was treated with methotrexate. Leflunomide was added.",
        "She was treated with methotrexate. A switch to leflunomide was considered.",
        "Methotrexate and prednisone were given. She was switched to leflunomide.",  # which of them is not said
        "She was treated with methotrexate. Her diet was changed to soft food, and leflunomide was begun.",
    ],
)
def test_no_switch_is_read_where_none_is_told(text):
    assert "stopped" not in changes(text)["methotrexate"]


def test_drugs_that_are_not_named_are_stopped_where_the_text_says_which():
    assert changes("She received dapsone and prednisone. All drugs were discontinued.") == {
        "dapsone": ["given", "stopped"], "prednisone": ["given", "stopped"],
    }  # fmt: skip
    assert changes("She received dapsone. She stopped taking her medication.") == {"dapsone": ["given", "stopped"]}
    assert changes("Dapsone was started, but headache developed, leading to its discontinuation.") == {"dapsone": ["started", "stopped"]}
    assert changes("Dapsone was started but was not tolerated.") == {"dapsone": ["started", "stopped"]}
    assert changes("She received dapsone and prednisone. All drugs except prednisone were discontinued.") == {
        "dapsone": ["given"], "prednisone": ["given"],
    }  # fmt: skip
    assert changes("All her drugs were stopped and dapsone was started.") == {"dapsone": ["started"]}


def test_a_verb_told_once_for_two_drugs_is_that_of_both():
    assert changes("Dapsone and colchicine were given. Dapsone was stopped on day 4 and colchicine on day 9.") == {
        "dapsone": ["given", "stopped"], "colchicine": ["given", "stopped"],
    }  # fmt: skip
    assert changes("Dapsone and colchicine were given. Dapsone was stopped on day 4 and colchicine was continued.")["colchicine"] == [
        "given",
        "ongoing",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Azathioprine was started. It was stopped after three weeks because of leukopenia.",
        "Azathioprine was started. Because of leukopenia, azathioprine was discontinued.",
        "Azathioprine was started. Three weeks later she developed leukopenia and azathioprine was stopped.",
        "Azathioprine was started. She was switched to dapsone owing to leukopenia.",
        "Azathioprine was replaced with mycophenolate mofetil because the patient developed leukopenia.",
        "Azathioprine caused leukopenia and was stopped.",
        "Azathioprine was begun, but leukopenia developed, leading to its discontinuation.",
        "She developed leukopenia two weeks after azathioprine was started. Azathioprine was stopped.",
        "Azathioprine was begun. She developed leukopenia. Azathioprine was therefore withdrawn.",
    ],
)
def test_the_harm_for_which_a_drug_was_stopped_is_its_own(text):
    assert harm(text) == [("azathioprine", ["Decreased total leukocyte count"])]


def test_harm_that_no_term_names_is_kept_in_its_words():
    assert harm("Azathioprine was stopped due to hepatotoxicity.") == [("azathioprine", ["hepatotoxicity"])]
    assert harm("Dapsone was begun. She was switched to colchicine because of side effects.") == [("dapsone", ["side effects"])]


@pytest.mark.parametrize(
    "text",
    [
        "Azathioprine was started. It was stopped because of remission.",
        "Azathioprine was started. It was stopped because of persistent fever.",
        "Azathioprine was started. Because of the rash, azathioprine was stopped and dapsone was begun.",  # what she came with
        "Azathioprine was started. It was stopped because of lack of effect on the arthritis.",
        "Azathioprine was stopped and dapsone was started because of arthritis.",  # what the other was begun for
        "Azathioprine was well tolerated and was stopped after a year.",
        "Azathioprine was started. She developed leukopenia, which resolved by itself. After two years azathioprine was stopped.",
    ],
)
def test_no_harm_is_read_where_a_drug_was_stopped_for_something_else(text):
    assert harm(text) == []


def test_the_reason_of_a_switch_is_no_purpose_of_the_new_drug():
    made = record("Methotrexate was given. She was switched to leflunomide because of nausea.")
    assert "for" not in next(t for t in made["treatments"] if t["words"] == "leflunomide")
    made = record("Naproxen was given because of headache.")
    assert made["treatments"][0]["for"] == ["HP:0002315 ! Headache"]


def test_what_is_decided_is_done_unless_it_comes_to_nothing():
    assert changes("It was decided to start rituximab 1 g.") == {"rituximab": ["started"]}
    assert changes("It was decided to start rituximab, but she declined.") == {}
    assert changes("Steroids could not be restarted.") == {}


def test_death_has_a_time_of_its_own_words():
    times = record("Sepsis followed and she died.")["times"]
    assert "she died" in times["death"]["words"]
    assert any(
        "died of sepsis" in t["words"] for t in record("She was given ceftriaxone. Two days later she died of sepsis.")["times"].values()
    )
    assert not any("died" in t["words"] for t in record("Her mother had died of sepsis.")["times"].values())
    again = record("She died of sepsis. On admission she was given ceftriaxone.")  # told first; the story goes on from where it was
    assert again["treatments"][0]["course"][0]["at"] == "presentation"


def test_credit_goes_to_what_was_still_given():
    assert outcomes("Prednisone was started. Symptoms gradually subsided, and prednisone was discontinued.") == [
        ("improved", ["prednisone"])
    ]
    assert ("resolved", ["azathioprine"]) not in outcomes("Azathioprine was started. The nausea resolved on stopping azathioprine.")
    assert ("resolved", ["lamotrigine"]) not in outcomes(
        "Lamotrigine was started. The nausea resolved on reducing the dose of lamotrigine to 50 mg."
    )


def test_what_failed_is_not_thanked_for_what_came_next():
    text = "She did not show any response to dapsone, and it was decided to start rituximab. She showed a good response."
    assert outcomes(text) == [("unchanged", ["dapsone"]), ("improved", ["rituximab"])]
    text = "She failed to respond to dapsone and had to be started on rituximab."
    assert outcomes(text) == [("unchanged", ["dapsone"])]


def test_what_only_goes_on_is_not_thanked_alone():
    text = "Prednisone 60 mg was started. Hydroxychloroquine was continued. A week later the rash had improved."
    assert outcomes(text) == [("improved", ["hydroxychloroquine", "prednisone"])]


def test_a_list_with_a_comma_before_its_last_got_better_as_one():
    made = record("She had arthralgia and nausea. Dapsone was given, and the arthralgia, nausea, and rash resolved.")
    assert sorted(p.partition(" ! ")[2] for r in made["responses"] for p in r.get("in", ())) == ["Arthralgia", "Nausea", "Skin rash"]


def test_a_flare_upon_a_taper_says_so():
    made = record("Prednisone was started and then tapered. At follow-up there was a recurrence of symptoms.")
    assert [r.get("trigger") for r in made["responses"] if r["outcome"] == "flared"] == ["taper"]
    made = record("Prednisone was started. At follow-up there was a recurrence of symptoms.")
    assert [r.get("trigger") for r in made["responses"] if r["outcome"] == "flared"] == [None]


def test_doses_of_a_row_and_of_a_list_are_each_their_own():
    made = record("She was treated with prednisone 50 mg/d for 2 months and 25 mg/d for a further month.")["treatments"][0]["course"]
    assert [(s["change"], s["dose"], s["schedule"]) for s in made[:1]] == [("given", "50 mg/d", "for 2 months")]
    assert [(s["change"], s["dose"]) for s in made[1:]] == [("decreased", "25 mg/d")]
    made = record("Immunosuppressive therapy with PSL and CyA (0.4 mg/kg and 2 mg/kg, respectively) was started.")["treatments"]
    assert {t["words"]: t["course"][0].get("dose") for t in made if t["words"] in ("PSL", "CyA")} == {"PSL": "0.4 mg/kg", "CyA": "2 mg/kg"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She was given MTX and CsA.", ["MTX", "CsA"]),
        ("The CSA of the nerve was treated as normal.", []),  # an area
        ("She received two courses of ZORB therapy.", ["ZORB therapy"]),
        ("She used calcidrolene 0.005% ointment.", ["calcidrolene"]),
        ("Pulse zorb initiated (1 g for 3 days).", []),  # a verb is no drug
        ("Phacoemulsification was performed.", ["Phacoemulsification"]),
        ("She underwent PLEX.", ["PLEX"]),
    ],
)
def test_short_forms_and_new_names(text, names):
    assert [t.words for t in find_therapies(text, 0, len(text))] == names


def test_what_is_taken_out_or_what_a_drug_is_called_is_not_given():
    assert "dexamethasone" not in changes("Dexamethasone implant removal was performed.")
    assert changes("Dapsone was given as an anti-inflammatory drug.") == {"dapsone": ["given"]}


def test_what_a_sentence_grants_is_of_its_own_drug():
    text = "Although the fever was improved by naproxen, dapsone was ineffective for the rash."
    assert outcomes(text) == [("improved", ["naproxen"]), ("unchanged", ["dapsone"])]


def test_worsening_that_led_to_a_drug_is_not_its_work():
    made = record("Dapsone was given. Colchicine was added because of worsening of the rash.")["responses"]
    assert [(r["outcome"], r.get("to", [])) for r in made] == [("worsened", [])]


def test_drugs_of_a_test_are_not_given():
    assert changes("A patch test with dapsone and colchicine was positive.") == {}
    assert changes("Dapsone was stopped, and a patch test was done.") == {"dapsone": ["stopped"]}


def test_what_a_drug_does_is_no_change_of_its_dose():
    assert changes("Dapsone was started and decreased the number of blisters.") == {"dapsone": ["started"]}
    assert changes("Dapsone was started and decreased to 50 mg.") == {"dapsone": ["started", "decreased"]}


def test_a_drug_of_no_use_was_given():
    assert outcomes("A trial of dapsone was not beneficial.") == [("unchanged", ["dapsone"])]
    assert changes("Dapsone was not started.") == {}


def test_a_class_that_says_what_a_drug_is_is_no_other_drug():
    assert changes("She was given dapsone, an antibiotic that is cheap.") == {"dapsone": ["given"]}
    assert changes("She was given dapsone, and an antibiotic.") == {"dapsone": ["given"], "antibiotic": ["given"]}


def test_brand_names_are_their_drugs():
    assert [t["drug"].partition(" ! ")[2] for t in record("She was started on Humira.")["treatments"]] == ["Adalimumab"]
    assert "treatments" not in record("She saw Doctor Kineretson.")


def test_an_age_that_only_looks_back_does_not_hold_the_story():
    text = "A 30-year-old woman presented with a rash. She had been diagnosed with gout at the age of 20. Dapsone was started."
    assert draft_report(text).records[0]["treatments"][0]["course"][0]["at"] == "presentation"


def test_a_switch_drafts_a_record_that_holds():
    text = WOMAN + "Azathioprine was started. Three weeks later she was switched to dapsone because of leukopenia. She died of sepsis.\n"
    source = lines.read(draft_report(text).to_yaml(), "case.yaml")
    assert errors(check_record(LoadedRecord(parse_record(source), source, Path("case.yaml")), Report(text), vocabulary())) == []
