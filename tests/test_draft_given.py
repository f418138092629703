"""Drafting: which drugs and procedures a text names and tells of as given, and what is filed as history."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from kg.draft.findings.background import find_background
from kg.draft.patterns.first_words import alternatives
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.stems import stems
from kg.draft.therapy.treat import find_therapies

WOMAN = "A 30-year-old woman presented with fever and a rash. "


def record(text: str) -> dict:
    return draft_report(text).records[0]


def given(text: str) -> dict[str, str]:
    """Treatment as called -> change of its first step."""
    return {
        (t.get("drug") or t["procedure"]).partition(" ! ")[2]: t["course"][0]["change"] for t in record(WOMAN + text).get("treatments", ())
    }


def doses(text: str) -> list[tuple]:
    return [(t["words"], [(s["change"], s.get("dose", "")) for s in t["course"]]) for t in record(WOMAN + text).get("treatments", ())]


def history(text: str) -> list[tuple]:
    return [(h["is"].partition(" ! ")[2], h["kind"], h["status"]) for h in record(text).get("history", ())]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She was given amoxicillin-sulbactam.", ["amoxicillin", "sulbactam"]),
        ("She received methyl-prednisolone.", ["6alpha-methylprednisolone"]),
        ("Quetiapine fumarate was started.", ["quetiapine"]),
        ("She was treated with risedronate and calcitriol.", ["risedronic acid", "calcitriol"]),
        ("She was given zorbunicillin and ibuprofen.", ["zorbunicillin", "Ibuprofen"]),
        ("Treatment was begun with drolmecast 40 mg daily.", ["drolmecast"]),
        ("She was started on an angiotensin-converting enzyme (ACE) inhibitor.", ["angiotensin-converting enzyme (ACE) inhibitor"]),
        ("She was treated with antiemetic agents and a xanthine oxidase inhibitor.", ["antiemetic agents", "xanthine oxidase inhibitor"]),
        ("She was given 6 cycles of ICE chemotherapy.", ["ICE"]),
        ("She received lithium and carbamazepine.", ["lithium carbonate", "carbamazepine"]),
        ("She was started on carnitine 1 g daily.", ["carnitine"]),
        ("Growth hormone (GHX) was low. GHX replacement therapy was started.", ["growth hormone"]),
        ("Levothyroxine replacement was begun.", ["Levothyroxine"]),
    ],
)
def test_drugs_are_known_by_what_their_names_are_made_of(text, names):
    assert list(map(str.lower, given(text))) == list(map(str.lower, names))


@pytest.mark.parametrize(
    "text",
    [
        "The spleen weighed 300 g and she was treated.",  # no name before a dose
        "The intestine was treated with care.",  # ends like a drug
        "Serum lithium and zinc were measured.",
        "Antinuclear antibodies were treated as negative.",
        "A C1 inhibitor deficiency was excluded.",
        "The MRI protocol was given to her.",
        "A light beam was used.",  # BEAM is a regimen
        "The follow-up was performed by a well-known hospital-based team.",
        "Plasma amino acids were normal.",
    ],
)
def test_what_only_looks_like_a_drug_is_none(text):
    assert given(text) == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A chest tube was inserted.", ["chest tube insertion"]),
        ("Surgeons placed a ureteral stent.", ["ureteral stent placement"]),
        ("She underwent implantation of a dual-chamber pacemaker.", ["dual-chamber pacemaker implantation"]),
        ("She was intubated and sedated.", ["intubation", "sedation"]),
        ("The polyp was removed.", ["removal"]),
        ("The defect was closed with a patch.", ["closure"]),
        ("She was managed conservatively.", ["conservative treatment"]),
        ("Supportive care was given.", ["Supportive care"]),
        ("Radiochemotherapy was begun.", ["Radiochemotherapy"]),
        ("She underwent ablation.", ["ablation"]),
        ("She had a colectomy with hand-sewn anastomosis.", ["colectomy", "hand-sewn anastomosis"]),
        ("Since biopsy was considered risky, splenectomy was performed.", ["splenectomy"]),
        ("She declined biopsy and was given supportive care.", ["supportive care"]),
        ("She underwent TAVI.", ["transcatheter aortic valve implantation"]),
        ("Side-to-side anastomosis was performed.", ["Side-to-side anastomosis"]),
        ("Esophageal dilatation was performed.", ["Esophageal dilatation"]),
        ("Three months after splenectomy she had headaches.", ["splenectomy"]),
    ],
)
def test_procedures_are_known_by_verb_device_and_head(text, names):
    assert list(given(text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "Ultrasound showed intestinal dilatation and inadequate ventilation.",
        "The fontanelle was closed.",
        "She was removed from the waiting list.",
        "A barium enema was performed.",
        "The role of splenectomy is unclear.",
        "A gluten-free diet can be helpful.",
        "She was a candidate of liver transplantation.",
        "The anastomosis was patent.",
        "The tube was not inserted.",
        "The ablation catheter is new, and the abnormal implantation of the ears was noted.",
        "The cells were exposed to ionizing radiation; banding techniques were used.",
        "The rash was steroid-responsive.",
        "A scan showed a normal stump, and dilatation with anastomosis of vessels.",
        "Since she was stable, splenectomy was considered.",
    ],
)
def test_what_is_no_treatment_of_the_patient_is_none(text):
    assert given(text) == {}


def test_a_class_before_its_drug_is_that_drug():
    assert list(given("She was given the antibiotic ceftriaxone.")) == ["ceftriaxone"]
    assert list(given("She was given antibiotics and ceftriaxone.")) == ["antibiotics", "ceftriaxone"]


def test_brands_and_short_forms_of_the_report_are_known_later():
    text = "She was given ibuprofen (Brandix®). Brandix was stopped. Growth hormone (GHX) was started. GHX was stopped."
    made = {t["words"]: [s["change"] for s in t["course"]] for t in record(WOMAN + text)["treatments"]}
    assert made == {"ibuprofen": ["given", "stopped"], "Growth hormone": ["started", "stopped"]}
    assert not find_therapies("Brandix was stopped.", 0, 20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She was given prednisone 20 mg for a month, then 10 mg for a year.", [("prednisone", [("given", "20 mg"), ("decreased", "10 mg")])]),
        ("Prednisone and dapsone were given at 20 mg and 50 mg, respectively.", [("Prednisone", [("given", "20 mg")]), ("dapsone", [("given", "50 mg")])]),
        ("Prednisone was given. She received prednisone 20 mg.", [("Prednisone", [("given", "20 mg")])]),
        ("Prednisone (Firm; Town) was started at 20 mg.", [("Prednisone", [("started", "20 mg")])]),
        ("She received carboplatin (AUC 5).", [("carboplatin", [("given", "AUC 5")])]),
        ("She received prednisone 20 mg, to a total of 500 mg.", [("prednisone", [("given", "20 mg")])]),  # no second step
        ("She received prednisone 20 mg. The AUC 5 hours later was low.", [("prednisone", [("given", "20 mg")])]),
    ],
)  # fmt: skip
def test_doses_of_a_row_and_of_several_drugs(text, found):
    assert doses(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A 60-year-old man with hypertension and gout was admitted because of dyspnea.", {("hypertensive disorder", "condition", "past"), ("gout", "condition", "past")}),
        ("A 60-year-old man presented with dyspnea. He had lifelong asthma.", {("asthma", "condition", "past")}),
        ("A 60-year-old man presented with dyspnea. He had gout for 10 years.", {("gout", "condition", "past")}),
        ("A 60-year-old man presented with dyspnea. His medical history included a 10-year history of asthma and gout.",
         {("asthma", "condition", "past"), ("gout", "condition", "past")}),
        ("A previously healthy man presented with dyspnea.", {("Past medical history", "condition", "absent")}),
        ("A man presented with dyspnea. His family history was unremarkable.", {("Family history", "family", "absent")}),
        ("A boy presented with dyspnea. His parents were consanguineous.", {("Offspring of consanguineous relationship", "family", "past")}),
        ("A boy of non-consanguineous parents presented with dyspnea.", {("Offspring of consanguineous relationship", "family", "absent")}),
        ("A man presented with dyspnea. He denied alcohol use.", {("alcohol consumption", "exposure", "absent")}),
        ("A man presented with dyspnea. His father was recently diagnosed with gout.", {("gout", "family", "past")}),
    ],
)  # fmt: skip
def test_what_was_so_before_is_history(text, found):
    assert found <= {(name, kind, "past" if status == "current" else status) for name, kind, status in history(text)}


@pytest.mark.parametrize(
    "text",
    [
        "A 60-year-old man with pneumonia was admitted to our hospital.",  # what he comes with
        "A man with no relevant medical history developed headache over two months in 2012.",
        "A man with a history of gout was admitted in May 2015 because of headache.",
        "It is known that gout is common. A man presented with headache.",
        "A man presented with headache. His father drank alcohol.",
    ],
)
def test_what_is_of_now_or_of_others_is_no_history(text):
    names = [name for name, _, status in history(text) if status != "absent"]
    assert not {"Headache", "pneumonia", "alcohol consumption"} & set(names)
    assert "gout" not in names or "history of gout" in text


def test_an_otherwise_unremarkable_past_is_no_denial():
    assert not find_background("His medical history was unremarkable except for gout.", 0, 53)
    assert find_background("His medical history was unremarkable.", 0, 37)


def test_no_listed_procedure_is_missed_for_the_cheap_test_before_it():
    rows = {row[0]: row[1] for row in rows_of("course/operations.tsv")}
    for name in ("head", "weak", "verb", "short", "device", "ending", "whole"):
        for pattern in alternatives(rows[name]):
            plain = pattern.replace("(?:", "").replace("[sz]", "s").replace("(?=", "")
            assert stems("operations").search(plain), f"{name}: {pattern} has none of the parts of words in stems.tsv"
    assert not stems("operations").search("She had a fever.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dapsone was given. The boy weighed 12.4 kg; he was receiving colchicine.", {"Dapsone": "", "colchicine": ""}),
        ("Dapsone was given at a birth weight of 3200 g.", {"Dapsone": ""}),
        ("She received amoxicillin (suspension of 125 mg/5 ml) for two days.", {"amoxicillin": ""}),
        ("She received amoxicillin 125 mg per 5 ml of syrup.", {"amoxicillin": ""}),
        ("She received amoxicillin 125 mg every 5 hours.", {"amoxicillin": "125 mg every 5 hours"}),
        ("She received dapsone 2 mg/kg.", {"dapsone": "2 mg/kg"}),
        ("Dapsone caused hypokalemia, which was treated with potassium zorbate 20 mmol.", {"Dapsone": ""}),  # of something else
        ("She was treated with dapsone at a dose of 20 mg.", {"dapsone": "20 mg"}),
        ("She received sulbactam-cefoperazone 2 g.", {"sulbactam": "2 g", "cefoperazone": "2 g"}),
        ("She received sulbactam and cefoperazone 2 g.", {"sulbactam": "", "cefoperazone": "2 g"}),
    ],
)  # fmt: skip
def test_a_weight_a_concentration_and_a_dose_of_something_else_are_no_dose(text, found):
    assert {drug: steps[0][1] for drug, steps in doses(text)} == found


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("On day 8 a second infusion of rituximab was given.", [None]),
        ("Rituximab was given in four doses.", [None]),
        ("She received four doses of rituximab.", [4]),
        ("Three plasma exchanges were performed.", [3]),
        ("Plasma exchange was performed.", [None]),
    ],
)
def test_how_many_times(text, counts):
    assert [t["course"][0].get("count") for t in record(WOMAN + text)["treatments"]] == counts


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Dapsone was rejected because of its risks.", []),
        ("Dapsone was given, and a graft was rejected.", ["dapsone"]),
        ("Calcium channel blockers may cause edema.", []),
        ("Calcium channel blockers were given.", ["Calcium channel blockers"]),
        ("Repetitive nerve stimulation showed a decrement. Dapsone was given.", ["dapsone"]),
        ("Acupuncture Art Therapy Auto Immune Diseases Massage Cancer Rehabilitation Chemotherapy Diet Programs Contact Us", []),
        ("Acupuncture, Art Therapy, Massage and Chemotherapy were given.", ["Chemotherapy"]),
        ("Dapsone doses are listed in Table 2.", []),
        ("Dapsone induced a complete remission.", ["dapsone"]),
        ("A dapsone induced neuropathy was found.", []),
    ],
)
def test_what_is_named_in_general_or_rejected_is_not_given(text, drugs):
    assert set(map(str.lower, drugs)) == set(map(str.lower, given(text))) - {"acupuncture", "massage"}


def test_a_verb_before_a_dose_is_no_drug():
    assert doses("Dapsone was commenced at 10 mg.") == [("Dapsone", [("started", "10 mg")])]
    assert doses("Treatment was begun with drolmecast 40 mg daily.") == [("drolmecast", [("started", "40 mg")])]


def test_what_failed_before_the_patient_came_is_a_treatment_of_this_illness():
    text = "Before referral, she had been given several unsuccessful antiemetic therapies, including ondansetron."
    made = record(WOMAN + text)
    assert {(r["outcome"], *r["to"]) for r in made["responses"]} == {("unchanged", "antiemetic"), ("unchanged", "ondansetron")}
    assert not record(WOMAN + text.replace("unsuccessful ", "")).get("responses")


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Revascularization was completed.", {"Revascularization": "given"}),
        ("Rituximab was stopped.", {"Rituximab": "stopped"}),
    ],
)
def test_an_operation_completed_is_done_and_a_drug_stopped_is_over(text, change):
    assert given(text) == change


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A resection of the 15 cm mass was performed.", "resection"),
        ("A resection of the left kidney was performed.", "resection of the left kidney"),
    ],
)
def test_a_name_does_not_end_with_an_article(text, label):
    assert list(given(text)) == [label]


@pytest.mark.parametrize(
    ("text", "label"),
    [("She had a history of ischaemic heart disease.", "myocardial ischemia"), ("She had a history of heart disease.", "heart disorder")],
)
def test_history_takes_the_whole_name_of_a_disease(text, label):
    assert [name for name, _, _ in history(WOMAN + text)] == [label]


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("Dapsone was started. The rash resolved.", [["dapsone"]]),
        ("Dapsone was started. The rash resolved spontaneously.", [None]),
        ("Dapsone was started. Later dapsone was stopped. The rash resolved.", [None]),
        ("She received dapsone. Colchicine was added. The rash improved with withdrawal of colchicine.", [None]),
    ],
)
def test_what_was_stopped_or_went_by_itself_is_not_credited(text, credited):
    found = record(WOMAN + text).get("responses", ())
    assert [r.get("to") for r in found if r["outcome"] in ("improved", "resolved")] == credited
