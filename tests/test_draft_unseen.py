"""Drafting reports of kinds that no rule was made for. Each sentence that matches stands beside one that must not."""

from __future__ import annotations

import pytest

from kg.draft import draft_report, hpo_mentions
from kg.draft.findings.antibodies import read_antibodies
from kg.draft.findings.diagnoses import find_diseases, short_forms
from kg.draft.findings.examinations import outcome_of
from kg.draft.findings.levels import read_levels
from kg.draft.findings.measure import read_values
from kg.draft.reading.mended import mend
from kg.draft.reading.references import cited
from kg.report import Report
from kg.terms import load_terms
from tests.drafted import PATIENT, part, record

PAPER = "CASE REPORT\n\nA man of 50 years presented with cough.\n\nDISCUSSION\n\n"


def status_of(text: str, label: str) -> list[str]:
    return [f.get("status", "present") for f in part("findings", text) if f["is"].endswith(f"! {label}")]


@pytest.mark.parametrize(
    ("text", "label", "statuses"),
    [
        ("She did not develop ascites or seizures.", "Seizure", ["absent"]),
        ("Seizures did not develop.", "Seizure", ["absent"]),
        ("She had ascites and did not develop seizures.", "Ascites", ["present"]),
        ("Within two days the headache had ceased.", "Headache", ["absent"]),
        ("Within two days the headache had nearly ceased.", "Headache", ["present"]),
        ("The spleen was not enlarged.", "Splenomegaly", ["absent"]),
        ("The spleen was not tender.", "Splenomegaly", []),
        ("Axillary and inguinal lymph nodes were not palpable.", "Lymphadenopathy", ["absent"]),
        ("She lost 8 kg.", "Weight loss", ["present"]),
        ("She reported a weight loss of 8 kg.", "Weight loss", ["present"]),
        ("She gained 8 kg.", "Weight loss", []),
        ("Enteric fever was suspected.", "Fever", []),
        ("Evening fever was suspected.", "Fever", ["uncertain"]),
        ("Migraine was initially suspected.", "Migraine", ["uncertain"]),
        ("Migraine was initially present.", "Migraine", ["present"]),
        ("She had generalised seizures. She had no seizures.", "Seizure", ["uncertain"]),
        ("She had focal seizures. She had no vertigo.", "Vertigo", ["absent"]),
        ("She never had rash as a child.", "Skin rash", []),
        ("She never had rash as a cause.", "Skin rash", ["absent"]),
        ("She was evaluated for headache.", "Headache", ["present"]),
        ("She was screened for headache.", "Headache", []),
        ("She was screened for deafness and found to have vertigo.", "Vertigo", ["present"]),
    ],
)
def test_what_is_so_and_what_is_not(text, label, statuses):
    assert status_of(text, label) == statuses


def test_what_one_should_do_tells_nothing_of_the_patient():
    start = "ABSTRACT\n\nBackground: Fever is frequent. A woman had rash. Conclusion: Gout should be suspected in travellers with diarrhoea.\n\n"
    found = [f["is"].partition(" ! ")[2] for f in part("findings", "She had vertigo.", start + PATIENT)]
    assert "Skin rash" in found and "Vertigo" in found and not {"Diarrhea", "Fever"} & set(found)


def test_a_numbered_heading_denies_nothing_but_no_does():
    assert status_of("She is patient no. 4 headache series; headache was severe.", "Headache")[0] == "present"
    assert status_of("She had no 4-day headache.", "Headache") == ["absent"]


@pytest.mark.parametrize(
    ("text", "smoking"),
    [
        ("She had smoked 15 cigarettes a day for ten years but stopped in 2012.", "former"),
        ("She smoked 15 cigarettes a day and stopped in 2012.", "former"),
        ("She smoked 15 cigarettes a day and drank no wine.", "current"),
    ],
)
def test_smoking_that_ended(text, smoking):
    assert record(text)["patient"]["smoking"] == smoking


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("She had been drinking alcohol for 12 years, but stopped four years ago.", "past"),
        ("She had been drinking alcohol for 12 years, but stopped smoking four years ago.", "unknown"),
        ("She drank heavily until 2011.", "past"),
        ("She drinks alcohol.", "current"),
    ],
)
def test_alcohol_that_ended(text, status):
    assert [h["status"] for h in part("history", text) if h["is"] == "none ! alcohol consumption"] == [status]


def test_an_age_told_before_is_not_the_time_of_what_is_told_later():
    (gout,) = [h for h in part("history", "At the age of 12 years she had measles. There was no history of gout.") if "gout" in h["is"]]
    assert "when" not in gout


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (" showed no thrombus.", "negative"),
        (" showed no thrombus but a shunt.", "abnormal"),
        (" showed a cyst and no sign of rupture.", "abnormal"),
        (" revealed a normal liver.", "normal"),
        (" revealed a normal liver with cysts.", "abnormal"),
        (" showed no thrombus and the electrocardiogram was odd.", "negative"),
        (" grew Candida albicans.", "positive"),
        (" showed no growth.", "negative"),
    ],
)
def test_how_an_examination_came_out(text, outcome):
    assert outcome_of(text, 0, len(text))[0] == outcome


def test_neither_parent_is_the_patient():
    assert [(h["kind"], h["status"]) for h in part("history", "Neither parent had epilepsy.")] == [("family", "absent")]
    assert status_of("Neither parent had epilepsy.", "Seizure") == [] and status_of("She had neither rash nor epilepsy.", "Seizure") == [
        "absent"
    ]


def test_an_examination_thought_of_but_not_done():
    assert [i["outcome"] for i in part("investigations", "A liver biopsy was considered but not performed.")] == ["not-done"]
    assert [i["outcome"] for i in part("investigations", "A liver biopsy was considered and showed steatosis.")] == ["abnormal"]


def test_a_disease_named_with_its_cause_and_then_diagnosed():
    assert "gout" in [d["is"].partition(" ! ")[2] for d in part("diagnoses", "Gout secondary to thiazide treatment was diagnosed.")]
    assert part("diagnoses", "Gout and the scars that it leaves behind were discussed.") == []


def test_a_side_told_after_a_semicolon_is_of_something_else():
    (pain,) = [f for f in part("findings", "She had knee pain; the left hand was warm.") if "Knee pain" in f["is"]]
    assert "laterality" not in pain
    (pain,) = [f for f in part("findings", "She had left knee pain; the right hand was warm.") if "Knee pain" in f["is"]]
    assert pain["laterality"] == "left"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sodium was 128 mmol/L [135-145].", [("128 mmol/L", "135-145", "low")]),
        ("Sodium was 140 mmol/L [11-13], as others say [1].", [("140 mmol/L", "", "normal")]),
        ("CRP was 8 mg/L (<5).", [("8 mg/L", "<5", "high")]),
        ("BMI was 34.0 kg/m2 (>98th centile).", [("34.0 kg/m2", "", "high")]),
        ("CRP was 80 mg/L (<5 days after it).", [("80 mg/L", "", "high")]),
        ("CRP was 8 mg/L (day 5).", [("8 mg/L", "", "normal")]),
        ("FEV1 was 1.1 L (41% predicted).", [("41%", "", "low")]),
        ("FVC was 4.1 L (99% of predicted).", [("99%", "", "normal")]),
        ("She was febrile (39.4 °C).", [("39.4 °C", "", "high")]),
        ("She was febrile for 39 days.", []),
        ("Ferritin had fallen to 90 ng/mL.", [("90 ng/mL", "", "normal")]),
    ],
)
def test_values_and_the_ranges_beside_them(text, found):
    assert [(r.value, r.normal, r.interpretation) for r in read_values(text)] == found


def test_a_value_said_not_to_be_raised_is_normal():
    text = "Troponin was not raised and ferritin was raised."
    assert [(r.name, r.interpretation) for r in read_levels(text, 0, len(text), [])] == [("troponin", "normal"), ("ferritin", "high")]


def test_limits_of_adults_hold_for_no_pregnant_woman_and_no_child():
    def shown(text: str, start: str) -> list[str]:
        return [m.get("interpretation", "") for m in part("measurements", text, start)]

    assert shown("Haemoglobin was 11.2 g/dL.", PATIENT) == ["low"]
    assert shown("Haemoglobin was 11.2 g/dL.", PATIENT + "She was at 20 weeks of gestation. ") == [""]
    assert shown("Haemoglobin was 9.2 g/dL (11-14).", PATIENT + "She was at 20 weeks of gestation. ") == ["low"]
    assert shown("The pulse was 130/min.", "CASE REPORT\n\nA 5-month-old boy came to our clinic. ") == [""]
    assert shown("The pulse was 130/min.", PATIENT) == ["high"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Thyroid peroxidase antibodies were positive (1:160).", [("Anti-thyroid peroxidase antibody positivity", "positive")]),
        ("Antibodies to thyroid peroxidase and thyroglobulin were absent.",
         [("Anti-thyroid peroxidase antibody positivity", "negative"), ("Anti-thyroglobulin antibody positivity", "negative")]),
        ("Thyroid peroxidase antibodies were 90 IU/mL (normal <35).", [("Anti-thyroid peroxidase antibody positivity", "positive")]),
        ("Thyroid peroxidase antibodies were 9 IU/mL (normal <35).", [("Anti-thyroid peroxidase antibody positivity", "negative")]),
        ("Parietal cell antibodies were not measured.", [("Antiparietal cell antibody positivity", "not-tested")]),
        ("NMDA receptor and CASPR2 antibodies were negative.", [("Anti-NMDA receptor antibody positivity", "negative"), ("Anti-CASPR2", "negative")]),
        ("Thyroid peroxidase is an enzyme; antibodies were present.", []),
    ],
)  # fmt: skip
def test_antibodies_named_by_their_target(text, found):
    terms = load_terms()
    assert [(terms.term(a.curie).label, a.result) for a in read_antibodies(text, 0, len(text))] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PAM was found, and EMA was positive.", []),
        ("Potassium-aggravated myotonia is rare; PAM was found.", ["Potassium-aggravated myotonia", "PAM"]),
        ("COPD was known.", ["COPD"]),
        ("We studied mitochondrial trifunctional protein (MTP). MTP deficiency was found.", ["MTP deficiency"]),
        ("Pituitary failure was found.", []),
    ],
)
def test_short_forms_that_mean_several_things(text, words):
    assert [text[a:b] for a, b, _ in find_diseases(text, 0, len(text), short_forms(text))] == words


def test_a_short_form_in_a_name_is_the_reports_own():
    text = "We studied mitochondrial trifunctional protein (MTP). MTP deficiency was found."
    ((_, _, own),) = find_diseases(text, 0, len(text), short_forms(text))
    ((_, _, other),) = find_diseases("MTP deficiency was found.", 0, 25, {}) or [(0, 0, "")]
    assert load_terms().term(own).label == "mitochondrial trifunctional protein deficiency" and own != other


def test_doubtful_short_forms_of_findings_need_the_name_in_full():
    assert [m.curie for m in hpo_mentions("The RA was large; LFT were done; she had BO.")] == []
    assert "HP:0001370" in [m.curie for m in hpo_mentions("Rheumatoid arthritis was known; RA was active.")]


def test_british_spelling():
    text = "He had autoimmune haemolytic anaemia and four oesophageal tumours."
    assert "autoimmune haemolytic anaemia" in [text[a:b] for a, b, _ in find_diseases(text, 0, len(text), {})]
    assert find_diseases("They found our four hours poor.", 0, 31, {}) == []


def test_words_broken_by_a_page_are_read_whole_and_quoted_as_printed():
    text = f"{PATIENT}She had a large pleural ef-\n\nfusion, con-\nfusion and long-\nstanding hyper-\ntension, con\ufb01rmed twice. Her head-\nache\n"
    made = draft_report(text).records[0]
    found = {f["is"].partition(" ! ")[2]: f["quote"] for f in made["findings"]}
    assert {"Pleural effusion", "Confusion"} <= set(found)
    assert all(Report(text).find_all(quote) for quote in found.values())
    assert mend("a well-\nknown sign").text == "a well-known sign" and mend("Type A-\nB is\n\nRare").text == "Type A-\nB is\n\nRare"


def test_a_sentence_that_a_column_parts_is_one_and_a_list_is_not():
    line = "The patient was seen by all of us in the clinic and had a very\n\nsevere headache. It went."
    assert "very severe" in mend(line).text
    assert mend("fever\n\ncough and pain").text == "fever\n\ncough and pain"
    assert mend("con-  \nfusion").text == mend("con\u00ad\nfusion").text == "confusion" and mend("conﬁned").text == "confined"


def test_places_of_a_mended_text():
    page = "No \ufb01ts, no bron-\nchitis; ga\ufb00er."
    mended = mend(page)
    assert mended.text == "No fits, no bronchitis; gaffer."
    for word, printed in (("fits", "\ufb01ts"), ("bronchitis", "bron-\nchitis"), ("gaffer", "ga\ufb00er")):
        start = mended.text.find(word)
        first, last = mended.given(start, start + len(word))
        assert page[first:last] == printed and mended.mended(first) == start


def test_sentences_end_after_a_unit_and_before_a_figure_that_was_raised():
    report = Report("CASE REPORT\n\nSpeed was 40 m/s. Then it fell to 3 g/L. Gout is common.3 It hurts. See Dr J. Smith.\n")
    assert [report.quote(s) for s in report.sentences][1:] == ["Speed was 40 m/s.", "Then it fell to 3 g/L.", "Gout is common.3", "It hurts.", "See Dr J. Smith."]  # fmt: skip
    assert cited("Gout is common.3", {1, 2, 3}) == [3] and cited("It was 1.3 in all", {1, 2, 3}) == []


def test_the_age_at_presentation():
    start = "CASE REPORT\n\nThe patient, a boy, was born at term. "
    assert record("At the age of 14 months he was admitted with rash.", start)["patient"]["age"] == "P14M"
    assert "age" not in record("At the age of 14 months he walked.", start)["patient"]
    last = "She was first seen at 14 months because of rash. At the last visit, aged 6 years, she was well."
    assert record(last, "CASE REPORT\n\nThe patient is a girl. ")["patient"]["age"] == "P14M"


def test_siblings_of_a_title_are_the_patients():
    def diagnoses(title: str) -> list[str]:
        return [d["is"].partition(" ! ")[2] for d in part("diagnoses", "She had rash.", f"{title}\n\n{PATIENT}")]

    assert diagnoses("Two siblings with sarcoidosis of the skin") == ["sarcoidosis"]
    assert diagnoses("A healthy child whose sister had sarcoidosis") == []


@pytest.mark.parametrize(
    ("text", "effect", "sure"),
    [
        ("Colchicine, anakinra and prednisolone have all been used with variable results in treating gout.", "used-for", 0.35),
        ("Colchicine, anakinra and prednisolone have been tried with mixed success in patients with gout.", "used-for", 0.35),
        ("Colchicine, anakinra and prednisolone are used for gout.", "used-for", 0.5),
        ("Adult-onset Still disease (AOSD) is rare. Colchicine, anakinra and prednisolone have all been used with variable results in treating AOSD.", "used-for", 0.35),
    ],
)  # fmt: skip
def test_drugs_used_with_variable_results(text, effect, sure):
    claims = part("claims", text, PAPER)
    assert [(c["effect"], c["kind"], c["confidence"]) for c in claims if c["effect"] != "characterised-by"] == [
        (effect, "efficacy", sure)
    ] * 3


def test_drugs_not_used_with_good_results():
    assert part("claims", "Colchicine has not been used with good results in treating gout.", PAPER) == []


def test_an_adjective_of_a_noun_that_is_no_finding():
    assert part("claims", "The most frequent infectious trigger of gout is unknown.", PAPER) == []
    assert [c["effect"] for c in part("claims", "Gout is characterised by fever.", PAPER)] == ["characterised-by"]


@pytest.mark.parametrize(
    ("told", "general"),
    [
        ("Cough and wheezing were troublesome.", "Typical symptoms can include cough and wheezing."),
        ("Wheezing may be heard over her left lung.", "Children with the infection usually present with wheezing."),
        ("There is a wheezing on both sides.", "Bronchiolitis is an infection that leads to wheezing."),
    ],
)
def test_what_is_said_in_general_is_no_finding_of_the_patient(told: str, general: str) -> None:
    for text, found in ((told, True), (general, False)):
        findings = part("findings", text, "A 4-year-old girl came to us. She had fever. ")
        assert any(f["is"].endswith("! Wheezing") for f in findings) == found, text


def test_what_is_said_in_general_is_argument_where_nothing_parts_it_from_the_story() -> None:
    text = "A 4-year-old girl came to us. {} Fever has been reported to be caused by rituximab."
    assert [c["effect"] for c in record(text.format("She had fever."), "").get("claims", [])] == ["leads-to"]
    assert "claims" not in record("A 4-year-old girl came to us. Her fever was caused by rituximab.", "")
