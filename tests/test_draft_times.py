"""Drafting: which time a step and a response belong to, from where a distance is counted, and what governs what."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from kg.draft.therapy.events import event_of
from kg.draft.therapy.regimen import regimen_of

WOMAN = "A 30-year-old woman presented with fever and a rash. Physical examination was normal. "


def record(text: str) -> dict:
    return draft_report(WOMAN + text).records[0]


def points(text: str) -> dict[str, tuple]:
    """Time point -> what it stands after, and by how much ("" where that is not said)."""
    return {name: (t.get("after"), t.get("by", "")) for name, t in record(text)["times"].items() if name != "presentation"}


def steps(text: str) -> list[tuple]:
    """Each step as drug, change, dose and time."""
    return [(t["words"], s["change"], s.get("dose", ""), s["at"]) for t in record(text).get("treatments", ()) for s in t["course"]]


def responses(text: str) -> set[tuple]:
    """Each response as outcome, treatments, problems."""
    found = record(text).get("responses", ())
    return {(r["outcome"], ", ".join(r.get("to", ())), ", ".join(p.partition(" ! ")[2] for p in r.get("in", ()))) for r in found}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        # counted from the point told last
        ("Two weeks later she had cough.", {"week-2-later": ("presentation", "P2W")}),
        # something given in between, which took a while, has no end that one could count from
        ("Dapsone was given for 3 months. Two weeks later she had cough.", {"week-2-later": ("presentation", "")}),
        # something that came of it in between has a point of its own
        ("Dapsone was given. The rash resolved. She was then started on colchicine. Four weeks later she had cough.",
         {"resolved": ("presentation", ""), "colchicine-started": ("resolved", ""), "week-4-later": ("colchicine-started", "P4W")}),
        # what is begun at a visit is begun then
        ("A month later she was admitted. Dapsone 50 mg was started. Ten days later she had cough.",
         {"month-1-later": ("presentation", "P1M"), "day-10-later": ("month-1-later", "P10D")}),
        # from nobody knows where
        ("Two weeks later she had cough. At the 6-month follow-up she was well.",
         {"week-2-later": ("presentation", "P2W"), "month-6-later": ("week-2-later", "")}),
        ("Dapsone was started. A month later she had cough. Dapsone was stopped after 6 months.",
         {"month-1-later": ("presentation", "P1M"), "month-6-later": ("month-1-later", "")}),
        ("A month later she had cough. She remains well 2 years later.", {"month-1-later": ("presentation", "P1M"), "year-2-later": ("month-1-later", "")}),
        # of one origin: the figures give the order
        ("At 4 months she had cough. At 2 years she had cough. At 9 months she had cough. At 2 years she was well.",
         {"month-4-later": ("presentation", ""), "year-2-later": ("month-4-later", ""), "month-9-later": ("month-4-later", "")}),
        # both from the start of treatment
        ("Dapsone was started. The fever resolved within 2 days. Within 3 weeks the rash cleared.",
         {"day-2-later": ("presentation", "P2D"), "week-3-later": ("presentation", "P3W")}),
        # counted from the operation
        ("She underwent splenectomy. On postoperative day 4 she had cough.", {"splenectomy-underwent": ("presentation", ""), "postoperative-day-4": ("splenectomy-underwent", "P4D")}),
        # nothing happens in these
        ("There was no lymphadenopathy. She had been treated with dapsone without benefit. Dapsone would improve the rash.", {}),
    ],
)  # fmt: skip
def test_a_distance_is_counted_from_where_the_text_counts_it(text, times):
    assert points(text) == times


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dapsone 50 mg was started, with partial improvement after two weeks.", [("Dapsone", "started", "50 mg", "presentation")]),
        ("Dapsone 50 mg was started, but was stopped after 10 days.",
         [("Dapsone", "started", "50 mg", "presentation"), ("Dapsone", "stopped", "", "day-10-later")]),
        ("Two weeks later dapsone 50 mg was started.", [("dapsone", "started", "50 mg", "week-2-later")]),
        ("Dapsone 50 mg was started. It was well tolerated. Dapsone was tapered and stopped after 6 months.",
         [("Dapsone", "started", "50 mg", "presentation"), ("Dapsone", "decreased", "", "presentation"), ("Dapsone", "stopped", "", "month-6-later")]),
    ],
)  # fmt: skip
def test_a_time_belongs_to_its_own_verb(text, told):
    assert steps(text) == told


def test_date_of_presentation_is_no_other_time():
    made = draft_report(
        "A 30-year-old woman presented in March 2015 with a 2-week history of fever. Dapsone was started in May 2015."
    ).records[0]
    assert made["times"]["presentation"]["words"] == "presentation (in March 2015)"
    assert {n: t.get("by") for n, t in made["times"].items()} == {"presentation": None, "may-2015": "P2M"}
    past = draft_report("A 30-year-old woman presented with fever. She had been treated for mumps in March 2015.").records[0]
    assert past["times"]["presentation"]["words"] == "presentation" and past["times"]["march-2015"]["before"] == "presentation"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dapsone 50 mg daily was started. Fever recurred when the dose was reduced to 25 mg.", ("Dapsone", "decreased", "25 mg")),
        ("Dapsone 50 mg was given. Colchicine 1 mg was added. The dose was increased to 2 mg.", ("Colchicine", "increased", "2 mg")),
        ("Dapsone 50 mg was started. At follow-up she was free of lesions on dapsone 25 mg daily.", ("Dapsone", "ongoing", "25 mg")),
    ],
)
def test_a_dose_is_changed_without_the_drug_being_named(text, told):
    assert told in [step[:3] for step in steps(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Dapsone 50 mg and colchicine 1 mg were given. The dose was reduced to 25 mg.",  # of which?
        "Dapsone 50 mg was stopped. The dose was reduced to 25 mg.",
        "Dapsone 50 mg was started. The radiation dose was reduced to 25 mg.",
        "Dapsone 50 mg was started. She was not on dapsone 25 mg.",
    ],
)
def test_a_dose_of_no_one_drug_is_no_step(text):
    assert not [step for step in steps(text) if step[2] == "25 mg"]


def test_a_list_does_not_share_a_verb_of_its_last():
    assert steps("She was given colchicine, dapsone was stopped.") == [
        ("colchicine", "given", "", "presentation"), ("dapsone", "stopped", "", "presentation")]  # fmt: skip
    assert steps("Colchicine and dapsone were stopped and methotrexate 15 mg was started.") == [
        ("Colchicine", "stopped", "", "presentation"), ("dapsone", "stopped", "", "presentation"), ("methotrexate", "started", "15 mg", "presentation")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        (
            "intravenous ceftriaxone 2 g daily for three days, followed by oral amoxicillin 1 g",
            [("intravenous", "daily for three days"), ("oral", "")],
        ),
        ("oral ceftriaxone 40 mg weekly and intravenous amoxicillin", [("oral", "weekly"), ("intravenous", "")]),
        ("ceftriaxone 2 g i.v. daily; amoxicillin 1 g orally", [("intravenous", "daily"), ("oral", "")]),
        ("ceftriaxone and amoxicillin 1 g intravenously", [("", ""), ("intravenous", "")]),
    ],
)
def test_route_and_schedule_are_of_the_nearest_drug(text, drugs):
    first, second = text.index("ceftriaxone"), text.index("amoxicillin")
    found = [regimen_of(text, first, first + 11, second, 0), regimen_of(text, second, second + 11, len(text), first + 11)]
    assert [(r.route, r.schedule) for r in found] == drugs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She had gout that failed dapsone and colchicine and achieved remission with rituximab.",
         {("unchanged", "dapsone", "Gout"), ("unchanged", "colchicine", "Gout"), ("resolved", "rituximab", "Gout")}),
        ("Despite dapsone, the rash resolved with rituximab.", {("unchanged", "dapsone", ""), ("resolved", "rituximab", "Skin rash")}),
        ("Dapsone was given. She is in remission despite an abbreviated course of dapsone.", {("resolved", "dapsone", "")}),
        ("Dapsone 50 mg was started. The fever resolved, but recurred when the dose was reduced to 25 mg.",
         {("resolved", "dapsone", "Fever"), ("flared", "dapsone", "Fever")}),
        ("Dapsone was started. When dapsone was tapered, the lesions flared.", {("flared", "dapsone", "lesions")}),
        ("Dapsone was started, but was stopped after 10 days because of jaundice.", {("stopped-for-toxicity", "dapsone", "Jaundice")}),
        ("Dapsone was started, but was stopped because of persistent fever.", set()),
        ("Dapsone was started. The rash healed, and at the 6-month follow-up she was free of lesions on colchicine 1 mg.",
         {("resolved", "dapsone", "Skin rash"), ("resolved", "colchicine", "lesions")}),
        ("Dapsone was given. There was no clinical or radiological evidence of local recurrence.", {("resolved", "dapsone", "")}),
        ("Dapsone and colchicine treatments were ceased.", set()),
        ("Dapsone was started. Weaning failed because of inadequate dapsone.", set()),
        ("Dapsone was started. A radiograph showed flared metaphyses.", set()),
    ],
)  # fmt: skip
def test_what_failed_is_not_what_helped(text, found):
    assert responses(text) == found


def test_remission_is_of_the_one_diagnosis():
    text = "Gout was diagnosed. Dapsone was started. She remains in remission."
    assert ("resolved", "dapsone", "gout") in responses(text)
    assert ("resolved", "dapsone", "") in responses(text.replace("Gout was", "Psoriasis was diagnosed. Gout was"))


@pytest.mark.parametrize(
    ("text", "name"),
    [("He then received two infusions of rituximab.", "rituximab-received"), ("The rash resolved.", "resolved"), ("The ejection fraction was reduced.", None),
     ("She was started on a clear diet in May.", None), ("Rituximab was considered.", None)],
)  # fmt: skip
def test_events(text, name):
    event = event_of(text, 0, len(text))
    assert (event.name if event else None) == name


def test_the_time_to_a_response_is_not_that_of_the_flare_after_it() -> None:
    text = "CASE REPORT\n\nA 30-year-old man with fever was given prednisone. Fever resolved within 48 hours, but recurred on day 10.\n"
    told = draft_report(text).records[0]["responses"]
    assert [(r["outcome"], r.get("after")) for r in told] == [("resolved", "PT48H"), ("flared", None)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dapsone 50 mg daily was added in May 2014 and increased to 150 mg daily in June 2014.",
         [("Dapsone", "started", "50 mg", "may-2014"), ("Dapsone", "increased", "150 mg", "june-2014")]),
        ("Dapsone was completed in May 2014 and colchicine was stopped three months later.",
         [("Dapsone", "stopped", "", "may-2014"), ("colchicine", "stopped", "", "month-3-later")]),
        ("Colchicine was given, and on day 9 dapsone 50 mg was started and was replaced by prednisone two weeks later.",
         [("Colchicine", "given", "", "presentation"), ("dapsone", "started", "50 mg", "day-9"), ("dapsone", "stopped", "", "week-2-later"),
          ("prednisone", "started", "", "week-2-later")]),
        ("Rituximab 500 mg was given on May 8, 2014 and again on May 22, 2014.",
         [("Rituximab", "given", "500 mg", "may-8-2014"), ("Rituximab", "given", "500 mg", "may-22-2014")]),
        ("Dapsone was started at 10 mg and was increased by 10 mg steps to 60 mg.", [("Dapsone", "started", "10 mg", "presentation"), ("Dapsone", "increased", "60 mg", "presentation")]),
        ("Dapsone was reduced by 10 mg.", [("Dapsone", "decreased", "", "presentation")]),
        ("Dapsone was reduced to 10 mg.", [("Dapsone", "decreased", "10 mg", "presentation")]),
        ("Dapsone 40 mg twice daily was given for five days, then 40 mg daily for five days, then 20 mg daily.",
         [("Dapsone", "given", "40 mg", "presentation"), ("Dapsone", "decreased", "40 mg", "presentation"), ("Dapsone", "decreased", "20 mg", "presentation")]),
        ("Ganciclovir 5 mg/kg every 12 hours was started, with the dose adjusted to 2.5 mg/kg every 12 hours.",
         [("Ganciclovir", "started", "5 mg/kg every 12 hours", "presentation"), ("Ganciclovir", "decreased", "2.5 mg/kg every 12 hours", "presentation")]),
        ("She received colchicine 1 mg for 10 days and dapsone 50 mg daily, which was stopped.",
         [("colchicine", "given", "1 mg", "presentation"), ("dapsone", "given", "50 mg", "presentation"), ("dapsone", "stopped", "", "presentation")]),
        ("Dapsone 50 mg was started. It caused a cough, and it was stopped two weeks later.",
         [("Dapsone", "started", "50 mg", "presentation"), ("Dapsone", "stopped", "", "week-2-later")]),
        ("Dapsone 50 mg and colchicine were started. It was stopped.",  # which of them?
         [("Dapsone", "started", "50 mg", "presentation"), ("colchicine", "started", "", "presentation")]),
        ("Dapsone was started. Dapsone was withheld.", [("Dapsone", "started", "", "presentation"), ("Dapsone", "stopped", "", "presentation")]),
        ("Dapsone was withheld.", []),
        ("Dapsone was stopped. Dapsone was complicated by cough.", [("Dapsone", "stopped", "", "presentation")]),
        ("Dapsone was started. She was discharged on dapsone 50 mg.", [("Dapsone", "started", "", "presentation"), ("dapsone", "ongoing", "50 mg", "discharge")]),
        ("Dapsone was started. Dapsone could be tapered off.", [("Dapsone", "started", "", "presentation"), ("Dapsone", "stopped", "", "presentation")]),
        ("Dapsone could be given.", []),
    ],
)  # fmt: skip
def test_each_step_has_its_own_dose_and_time(text, told):
    assert [(a.lower(), *rest) for a, *rest in steps(text)] == [(a.lower(), *rest) for a, *rest in told]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("A man underwent gastrectomy in 2006. He presented with cough in March 2015.", ("presentation (in March 2015)", {"2006": ("before", "P9Y")})),
        ("A man presented with cough in 2006.", ("presentation (in 2006)", {})),
        ("A man was admitted with cough in 2006. He underwent gastrectomy in March 2007.", ("presentation (in 2006)", {"march-2007": ("after", "P1Y")})),
    ],
)  # fmt: skip
def test_what_a_report_begins_with_is_not_when_the_patient_came(text, times):
    made = draft_report(text).records[0]["times"]
    told = {name: (("before" if "before" in t else "after"), t.get("by")) for name, t in made.items() if name != "presentation"}
    assert (made["presentation"]["words"], told) == times or (made["presentation"]["words"] == times[0] and set(told) == set(times[1]) and all(
        told[n][0] == times[1][n][0] for n in told))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "times"),
    [
        # days of one count, told out of order
        ("She underwent splenectomy. Dapsone was stopped on day 60. On day 35 after surgery she had cough. On day 70 she had cough.",
         {"splenectomy-underwent": ("presentation", ""), "day-60": ("day-35", "P25D"), "day-35": ("splenectomy-underwent", "P35D"), "day-70": ("day-35", "P35D")}),
        # another count
        ("On day 9 she had cough. Two years later she had fever. On day 3 she had cough.",
         {"day-9": ("presentation", ""), "year-2-later": ("day-9", "P2Y"), "day-3": ("year-2-later", "")}),
        # what takes place within a month of what the sentence itself names
        ("Dapsone was started in May 2014. In May 2017 she relapsed, and rituximab led to resolution within a month.",
         {"may-2014": ("presentation", ""), "may-2017": ("may-2014", ""), "month-1-later": ("may-2017", "P1M")}),
        # after the end of what began long ago
        ("Dapsone was started. A year later dapsone was stopped. She remains well 18 months after the end of treatment.",
         {"year-1-later": ("presentation", "P1Y"), "month-18-later": ("year-1-later", "")}),
    ],
)  # fmt: skip
def test_days_and_distances_of_their_own_count(text, times):
    assert points(text) == times


def test_the_patient_comes_on_a_day_of_the_illness():
    text = "A boy was brought to the hospital on the fifth day of fever. Gout was diagnosed on day 5. On day 8 dapsone was given."
    made = draft_report(text).records[0]["times"]
    assert {n: (t.get("after"), t.get("by")) for n, t in made.items()} == {"presentation": (None, None), "day-8": ("presentation", "P3D")}
    other = draft_report(text.replace("fifth day of fever", "fifth day of the month")).records[0]["times"]
    assert "day-8" in other and other["day-8"]["after"] != "presentation"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dapsone failed, colchicine gave transient relief, and rituximab induced a lasting remission.",
         {("unchanged", "dapsone", ""), ("improved", "colchicine", ""), ("resolved", "rituximab", "")}),
        ("Dapsone and colchicine failed. The graft failed.", {("unchanged", "dapsone", ""), ("unchanged", "colchicine", "")}),
        ("Dapsone made things worse, colchicine had no effect.", {("unchanged", "colchicine", "")}),
        ("Her fever persisted after dapsone and colchicine, and resolved within 24 hours of a dose of rituximab.",
         {("unchanged", "dapsone", "Fever"), ("unchanged", "colchicine", "Fever"), ("resolved", "rituximab", "Fever")}),
        ("Dapsone was given. It caused cough without any improvement of the fever.", {("unchanged", "dapsone", "Fever")}),
        ("Dapsone was reduced and colchicine was started. The fever settled.", {("resolved", "colchicine", "Fever")}),
        ("Dapsone was stopped. Colchicine was started. Dapsone was resumed under colchicine without recurrence of the rash.", {("resolved", "colchicine", "Skin rash")}),
    ],
)  # fmt: skip
def test_an_outcome_is_of_its_own_treatment(text, found):
    assert responses(text) == found


def test_an_infection_that_stays_away_is_no_work_of_a_graft():
    text = "She underwent kidney transplantation. Dapsone was given. One year after transplantation there was no relapse of the fever."
    assert {to for _, to, _ in responses(text)} == {"dapsone"}
    assert [t["procedure"] for t in record(text)["treatments"] if "procedure" in t] == ["none ! kidney transplantation"]
