"""Drafting: times, treatments and their steps, what became of the problems."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.check import check_record
from kg.draft import draft_report
from kg.draft.names.ground import vocabulary
from kg.draft.patterns.lists import DATA, rows_of
from kg.draft.therapy.apart import is_apart
from kg.draft.therapy.dates import Date, between
from kg.draft.therapy.regimen import find_doses, regimen_of
from kg.draft.therapy.treat import _TREATMENTS, find_therapies
from kg.errors import ReportError
from kg.issue import errors
from kg.record import lines, parse_record
from kg.record.load import LoadedRecord
from kg.report import Report


def record(text: str) -> dict:
    return draft_report(text).records[0]


def steps(text: str) -> dict[str, list[tuple]]:
    """Treatment -> its steps, each as change, dose and schedule."""
    return {
        t["words"]: [(s["change"], s.get("dose", ""), s.get("schedule", "")) for s in t["course"]]
        for t in record(text).get("treatments", ())
    }


def responses(text: str) -> list[tuple]:
    """Each response as outcome, problems, treatments."""
    return [(r["outcome"], [p.partition(" ! ")[2] for p in r.get("in", ())], r.get("to", [])) for r in record(text).get("responses", ())]


WOMAN = "A 30-year-old woman presented with fever and a rash. "


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ("She was started on prednisone 60 mg daily, which was tapered to 10 mg over 6 weeks and then stopped.",
         {"prednisone": [("started", "60 mg", "daily"), ("decreased", "10 mg", "over 6 weeks"), ("stopped", "", "")]}),
        ("Steroids were tapered and azathioprine 50 mg was added.", {"Steroids": [("decreased", "", "")], "azathioprine": [("started", "50 mg", "")]}),
        ("Levetiracetam was replaced by valproate (30 mg/kg/day).",
         {"Levetiracetam": [("stopped", "", "")], "valproate": [("started", "30 mg/kg/day", "")]}),
        ("She was switched from methotrexate to leflunomide.", {"methotrexate": [("stopped", "", "")], "leflunomide": [("started", "", "")]}),
        ("She received valaciclovir, broad-spectrum antibiotics, and 2 g/kg intravenous immunoglobulin.",
         {"valaciclovir": [("given", "", "")], "antibiotics": [("given", "", "")], "intravenous immunoglobulin": [("given", "2 g/kg", "")]}),
        ("Rifampicin 10 mg/kg/d, isoniazid 5 mg/kg/d and ethambutol 15 mg/kg/d were given.",
         {"Rifampicin": [("given", "10 mg/kg/d", "")], "isoniazid": [("given", "5 mg/kg/d", "")], "ethambutol": [("given", "15 mg/kg/d", "")]}),
        ("She underwent laparoscopic right hemicolectomy.", {"laparoscopic right hemicolectomy": [("given", "", "")]}),
        ("The cyst was excised.", {"excised": [("given", "", "")]}),
        ("Clonazepam briefly improved the fever.", {"Clonazepam": [("given", "", "")]}),
        ("Treatment with steroids (prednisolone 1 mg/kg) was started.", {"prednisolone": [("started", "1 mg/kg", "")]}),
    ],
)  # fmt: skip
def test_steps_of_a_course(text, course):
    assert steps(WOMAN + text) == course


@pytest.mark.parametrize(
    "text",
    [
        "Rituximab was considered.",
        "She refused splenectomy and methotrexate.",
        "She was scheduled for thyroidectomy.",
        "She was allergic to penicillin.",
        "The isolate was resistant to vancomycin.",
        "The dexamethasone suppression test was normal.",
        "Serum testosterone was 3.1 nmol/L and alkaline phosphatase was normal (Fig. 2).",
        "Surgery was not performed.",
        "She had no vomiting eight months after surgery.",
        "The resection margin was free of tumour.",
    ],
)
def test_what_is_named_but_not_given_is_no_treatment(text):
    assert steps(WOMAN + text) == {}


@pytest.mark.parametrize(
    ("text", "word", "dose", "schedule", "route", "times"),
    [
        ("oral prednisolone 1 mg/kg/day", "prednisolone", "1 mg/kg/day", "", "oral", 0),
        ("heparin 5,000 IU subcutaneously every 12 hours", "heparin", "5,000 IU", "every 12 hours", "subcutaneous", 0),
        ("radiotherapy (50.4 Gy in 28 fractions)", "radiotherapy", "50.4 Gy", "in 28 fractions", "", 28),
        ("six cycles of carboplatin every 3 weeks", "carboplatin", "", "every 3 weeks", "", 6),
        ("ceftriaxone 2 g i.v. once daily for 14 days", "ceftriaxone", "2 g", "once daily for 14 days", "intravenous", 0),
    ],
)
def test_regimen_as_printed(text, word, dose, schedule, route, times):
    at = text.index(word)
    found = regimen_of(text, at, at + len(word), len(text), 0)
    assert (found.dose, found.schedule, found.route, found.times) == (dose, schedule, route, times)


def test_concentration_is_no_dose():
    text = "glucose 180 mg/dL, sodium 135 mmol/L; insulin 4 U/h"
    assert [text[a:b] for a, b in find_doses(text, 0, len(text))] == ["4 U/h"]


def test_short_form_that_the_report_defines_is_the_drug():
    text = WOMAN + "Mycophenolate mofetil (MMF) 1 g twice daily was started. A month later MMF was stopped."
    assert steps(text) == {"Mycophenolate mofetil": [("started", "1 g", "twice daily"), ("stopped", "", "")]}


def test_a_word_of_foods_and_figures_is_no_drug():
    text = "Fig 1 shows the date of the egg test"
    assert find_therapies(text, 0, len(text)) == []
    text = "Carbamazepine 200 mg"
    assert not is_apart(text, find_therapies(text, 0, len(text))[0], 0, len(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Methotrexate was given and the rash resolved, but the fever did not improve.",
         [("resolved", ["Skin rash"], ["methotrexate"]), ("unchanged", ["Fever"], ["methotrexate"])]),
        ("Methotrexate was given. The rash had nearly disappeared.", [("improved", ["Skin rash"], ["methotrexate"])]),
        ("Methotrexate was given. A month later she had no fever.", [("resolved", ["Fever"], ["methotrexate"])]),
        ("Methotrexate was stopped and colchicine was started with improvement of the rash.", [("improved", ["Skin rash"], ["colchicine"])]),
        ("Methotrexate and dapsone were given. The rash was refractory to methotrexate and dapsone.",
         [("unchanged", ["Skin rash"], ["methotrexate"]), ("unchanged", ["Skin rash"], ["dapsone"])]),
        ("Methotrexate was given. All symptoms improved, apart from the rash.",
         [("improved", [], ["methotrexate"]), ("unchanged", ["Skin rash"], ["methotrexate"])]),
        ("Methotrexate was given in the hope that the rash might improve.", []),
        ("The incision improved exposure.", []),
    ],
)  # fmt: skip
def test_what_became_of_which_problem_under_what(text, found):
    assert responses(WOMAN + text) == found


def test_flare_on_taper():
    made = record(WOMAN + "Prednisone 40 mg was started. Tapering of prednisone resulted in a flare of the rash.")
    flare = next(r for r in made["responses"] if r["outcome"] == "flared")
    assert (flare["in"], flare["to"], flare["trigger"]) == (["HP:0000988 ! Skin rash"], ["prednisone"], "taper")


@pytest.mark.parametrize(
    ("text", "name", "point"),
    [
        ("Two weeks later she had cough.", "week-2-later", {"after": "presentation", "by": "P2W"}),
        ("On hospital day 5 she had cough.", "hospital-day-5", {"after": "presentation", "by": "P5D", "approximate": True}),
        ("She had had cough at the age of 20 years.", "age-year-20", {"before": "presentation", "by": "P10Y", "approximate": True}),
        ("Ten days before admission she had cough.", "before-day-ten", {"before": "presentation", "by": "P10D"}),
        ("Over the next 3 months she had cough.", "month-3-later", {"after": "presentation", "by": "P3M"}),
    ],
)
def test_times_are_placed(text, name, point):
    made = record(WOMAN + text)
    assert {k: v for k, v in made["times"][name].items() if k in ("after", "before", "by", "approximate")} == point
    assert next(f for f in made["findings"] if f["words"].lower() == "cough")["at"] == name


def test_times_from_one_origin_are_not_added_up():
    times = record(WOMAN + "She was discharged. At 3 months she had cough. At 6 months she was well.")["times"]
    assert [times[n]["after"] for n in ("month-3-later", "month-6-later")] == ["discharge", "discharge"]


def test_dates_are_counted_from_the_presentation_s():
    times = record("In March 2014, a 30-year-old woman presented with fever. In May 2014 she had a rash. In 2016 she was well.")["times"]
    assert times["presentation"]["words"] == "presentation (In March 2014)"
    assert [(times[n]["by"], times[n]["approximate"]) for n in ("may-2014", "2016")] == [("P2M", True), ("P2Y", True)]


def test_gestation_is_no_time_of_the_story():
    assert list(record("A newborn boy was delivered at 37 weeks of gestation. He had fever.")["times"]) == ["presentation"]


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [((2014, 3, 5), (2014, 3, 19), ("P14D", False)), ((2014, 3, 0), (2013, 1, 0), ("-P14M", True)), ((0, 3, 0), (2014, 1, 0), None)],
)
def test_distance_of_dates(first, second, distance):
    assert between(Date(0, 0, *first), Date(0, 0, *second)) == distance


def test_time_of_one_clause_is_not_that_of_the_next():
    made = record(WOMAN + "Methotrexate 15 mg was added and the rash resolved within 4 weeks.")
    assert made["treatments"][0]["course"][0]["at"] == "presentation"
    assert made["responses"][0]["at"] == "week-4-later" and made["responses"][0]["after"] == "P4W"


def test_listed_medicines_name_current_terms_and_are_found():
    terms = vocabulary()
    for kind, label, names in rows_of("course/medicines.tsv"):
        curies = {curie for curie, _ in terms.find_by_name(label) if curie.split(":")[0] in _TREATMENTS} if label else {""}
        assert curies and not any(terms.term(c).obsolete for c in curies if c), label
        for name in names.split("|"):
            found = find_therapies(f"given {name} daily", 0, len(name) + 12)
            assert [(t.kind, t.words) for t in found] == [(kind, name)] and found[0].curie in curies, name


def test_lists_of_the_course_hold_nothing_twice():
    for path in (DATA / "course").glob("*.tsv"):
        for row in rows_of(f"course/{path.name}"):
            words = row[-1].split("|") if "|" in row[-1] else row[-1].split()
            assert path.name == "operations.tsv" or len(words) == len(set(words)), (path.name, {w for w in words if words.count(w) > 1})


CASE = "CASE PRESENTATION\n\nA 30-year-old woman presented with fever. "


@pytest.mark.parametrize(
    ("text", "label", "dose"),
    [
        ("She was given predni-\nsolone 5 mg daily.", "prednisolone", "5 mg"),
        ("She was given ﬂuconazole 100 mg daily.", "fluconazole", "100 mg"),
        ("She was given flucon\u00adazole.\n\nShe was given methotrexate\u00a015\u2009mg weekly.", "methotrexate", "15 mg"),
        ("She was given hydroxycloroquine 200 mg daily.", "hydroxycloroquine", "200 mg"),
    ],
)
def test_broken_words_ligatures_and_typing_errors(text, label, dose):
    made = record(CASE + text)
    found = [(t["drug"].partition(" ! ")[2], t["course"][0].get("dose")) for t in made["treatments"]]
    assert (label, dose) in found
    flat = " ".join((CASE + text).split())
    assert all(quote in flat for t in made["treatments"] for quote in ([t["quote"]] if isinstance(t["quote"], str) else t["quote"]))


def test_abstract_adds_only_what_is_told_nowhere_else():
    text = (
        "ABSTRACT\n\nA 30-year-old woman was given colchicine and dapsone for a rash.\n\n"
        "CASE PRESENTATION\n\nA 30-year-old woman presented with a rash. Two weeks later colchicine 1 mg daily was started. The rash was gone.\n"
    )
    made = record(text)
    assert [(t["words"], [(s["change"], s["at"]) for s in t["course"]]) for t in made["treatments"]] == [
        ("colchicine", [("started", "week-2-later")]),
        ("dapsone", [("given", "presentation")]),
    ]


TOLD = st.lists(
    st.sampled_from(
        ["A 7-year-old boy presented with fever.", "Prednisone 2.5 mg/kg was started", "and tapered over 4.5 months", "then stopped.", "Methotrexate was replaced by dapsone.",
         "Half a day later", "1.5 years ago", "at the age of 2.5 years", "On day 3", "on day 1", "In March 2014", "in 2012", "at 3 months", "10 days after surgery", "he was discharged",
         "the rash resolved.", "no improvement was seen.", "It flared.", "He had undergone splenectomy.", "He had a history of gout without fever.", "She was pregnant at 20 weeks.",
         "The second patient, a 30-year-old woman, had cough.", "Case 2", "Discussion Rituximab inhibits TNF [1]", "because of nausea", "a few weeks later", "every 0.5 days", "0 mg"]
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOLD.map(" ".join))
def test_whatever_is_told_the_draft_passes_the_checks(text):
    try:
        draft = draft_report(text)
    except ReportError:
        return
    for number in range(len(draft.records)):
        source = lines.read(draft.to_yaml(number), "case.yaml")
        found = check_record(LoadedRecord(parse_record(source), source, Path("case.yaml")), Report(text), vocabulary())
        assert errors(found) == []
