"""Drafting claims: the constructions of biomedical English, each with sentences that assert and sentences that only look so."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from kg.draft.claims.effects import read_effects
from kg.draft.claims.phrases import Drawn, gather
from kg.draft.patterns.lists import rows_of
from kg.terms import load_terms
from tests.test_draft_claims import HEAD, LIST, claims, told


def one(text: str) -> dict:
    found = claims(text)
    assert len(found) == 1, [(c["subject"], c["effect"], c["object"]) for c in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # verbs that share a subject, means, relative clauses, appositions
        ("Etanercept neutralizes TNF and thereby reduces IL6.", {("etanercept", "blocks", "TNF"), ("etanercept", "decreases", "IL6")}),
        ("By inhibiting JAK2, ruxolitinib reduces splenomegaly.", {("ruxolitinib", "inhibits", "JAK2"), ("ruxolitinib", "decreases", "Splenomegaly")}),
        ("Colchicine reduces fever by inhibition of NLRP3.", {("colchicine", "decreases", "Fever"), ("colchicine", "inhibits", "NLRP3")}),
        ("Infliximab, which blocks TNF, has been shown to be effective in psoriasis.", {("Infliximab", "blocks", "TNF"), ("Infliximab", "treats", "psoriasis")}),
        ("Allopurinol, a xanthine oxidase inhibitor, prevents gout.", {("allopurinol", "inhibits", "XDH"), ("allopurinol", "inhibits", "gout")}),
        ("Methotrexate is an old drug that inhibits DHFR.", {("methotrexate", "inhibits", "DHFR")}),
        ("Anakinra shortens attacks, and has been used to treat gout and psoriasis.", {("Anakinra", "used-for", "gout"), ("Anakinra", "used-for", "psoriasis")}),
        ("Gout causes fever and psoriasis causes pruritus.", {("gout", "leads-to", "Fever"), ("psoriasis", "leads-to", "Pruritus")}),
        # passive, following, intransitive
        ("After infliximab, TNF decreases.", {("Infliximab", "decreases", "TNF")}),
        ("TNF is reduced following treatment with infliximab.", {("Infliximab", "decreases", "TNF")}),
        ("Lenalidomide leads to increased production of IL2.", {("lenalidomide", "upregulates", "IL2")}),
        # causes and adverse effects
        ("Vancomycin increases the risk of neutropenia.", {("vancomycin", "leads-to", "neutropenia")}),
        ("Hypokalemia is a known side effect of furosemide.", {("furosemide", "leads-to", "Hypokalemia")}),
        ("Amiodarone-induced hypothyroidism is frequent.", {("amiodarone", "leads-to", "hypothyroidism")}),
        ("IFN-γ-induced expression of CXCL10 was shown.", {("IFNG", "leads-to", "CXCL10")}),
        ("Hyperkalemia can be due to spironolactone.", {("spironolactone", "leads-to", "Hyperkalemia")}),
        ("Gout results from hyperuricemia.", {("Hyperuricemia", "leads-to", "gout")}),
        ("Neutropenia has been associated with vancomycin.", {("vancomycin", "leads-to", "neutropenia")}),
        # features
        ("Gout may present with arthralgia and fever.", {("gout", "characterised-by", "Arthralgia"), ("gout", "characterised-by", "Fever")}),
        ("Typical symptoms of gout are arthralgia and fever.", {("gout", "characterised-by", "Arthralgia"), ("gout", "characterised-by", "Fever")}),
        ("Fever can be seen in gout.", {("Fever", "can-be-seen-in", "gout")}),
        ("Elevated levels of IL-17A have been found in psoriasis.", {("IL17A", "increased-in", "psoriasis")}),
        # efficacy, use, advice, preference, need
        ("Gout responds well to colchicine.", {("colchicine", "treats", "gout")}),
        ("A trial showed significant efficacy of colchicine in the treatment of gout.", {("colchicine", "treats", "gout")}),
        ("In gout, colchicine is recommended.", {("colchicine", "offered-for", "gout")}),
        ("Treatment of gout consists of colchicine and prednisolone.", {("colchicine", "offered-for", "gout"), ("prednisolone", "offered-for", "gout")}),
        ("Allopurinol is inferior to febuxostat.", {("febuxostat", "preferred-over", "allopurinol")}),
        ("The price leads physicians to prefer febuxostat over allopurinol.", {("febuxostat", "preferred-over", "allopurinol")}),
        ("The taste of febuxostat leads patients to favour this drug over allopurinol.", {("febuxostat", "preferred-over", "allopurinol")}),
        ("Gout requires prompt colchicine.", {("gout", "requires", "colchicine")}),
        ("Rituximab binds MS4A1.", {("Rituximab", "forms-complex-with", "MS4A1")}),
    ],
)  # fmt: skip
def test_constructions(text, found):
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        # denied, asked, supposed, to be studied
        "There is no evidence that infliximab inhibits IL6.", "Neither infliximab nor rituximab inhibits IL6.", "Does infliximab inhibit IL6?",
        "If infliximab inhibits IL6, fever may cease.", "We wondered whether gout might cause fever.", "TNF levels are not increased in gout.",
        "Further studies are needed to show whether rituximab is effective in gout.", "Rituximab is not recommended for gout.", "Infliximab has little effect on gout.",
        # of the patient
        "The patient was treated with infliximab, which reduced fever.", "Her gout responded to colchicine.", "A 7-month-old girl with gout was treated with colchicine.",
        # the lack or the blocking of a thing, and what is done to it
        "Loss of TNF causes fever.", "TNF deficiency leads to fever.", "Withdrawal of prednisolone causes fever.", "Withholding colchicine leads to gout.",
        "Reduced IL6 causes fever.", "Infliximab blocks the inhibition of IL6.", "Infliximab causes pain relief.",
        # who of two is not plain, or the noun is another
        "Hypertension is associated with gout.", "Colchicine for gout causes diarrhea.", "High levels of TNF in gout decrease with colchicine.",
        "Infliximab, but not rituximab, inhibits TNF.", "Tuberculosis is a contraindication to infliximab.", "Mice lacking TNF develop fever.",
        "Colchicine may cause hair changes, and fever has been reported.",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_assertion(text):
    assert told(text) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Canakinumab is costly. This drug blocks IL1B.", {("Canakinumab", "blocks", "IL1B")}),
        ("Anakinra and canakinumab are biologics. Both have been used for gout.", {("Anakinra", "used-for", "gout"), ("Canakinumab", "used-for", "gout")}),
        ("Gout is common. The disease is characterized by arthralgia.", {("gout", "characterised-by", "Arthralgia")}),
        ("Colchicine blocks bone resorption. This process leads to hypercalcemia.", {("colchicine", "blocks", "bone resorption"), ("bone resorption", "leads-to", "Hypercalcemia")}),
        ("Colchicine is used for gout, and it is superior to prednisolone.", {("colchicine", "used-for", "gout"), ("colchicine", "preferred-over", "prednisolone")}),
        ("It is known that this drug is old. The disease is rare.", set()),
    ],
)  # fmt: skip
def test_short_references(text, found):
    assert told(text) == found


def test_reference_to_what_was_named_is_less_sure_and_says_so():
    claim = one("Canakinumab is costly. This drug blocks IL1B.")
    assert claim["confidence"] == 0.35
    assert "short reference" in claim["note"]


@pytest.mark.parametrize(
    ("text", "strength", "confidence"),
    [
        ("Colchicine may cause fever.", "may", 0.35),
        ("Colchicine frequently causes fever.", "frequently", 0.5),
        ("Colchicine causes fever.", None, 0.5),
        ("Fever has been associated with colchicine.", "associated with", 0.35),
    ],
)
def test_how_strongly_it_is_said(text, strength, confidence):
    claim = one(text)
    assert (claim.get("strength"), claim["confidence"]) == (strength, confidence)


def test_processes_are_one_term_where_the_vocabulary_has_them():
    deposited = told("Psoriasis involves deposition of membrane attack complex (MAC) on podocytes, leading to proteinuria.")
    assert ("membrane attack complex", "accumulates-on", "podocyte") in deposited
    assert told("Tacrolimus inhibits activation of T cells.") == {("Tacrolimus", "inhibits", "T cell activation")}
    assert told("Tacrolimus inhibits the neighbours of T cells.") == set()


def test_process_by_means_of_which_is_a_link_of_its_own():
    found = claims("Rituximab decreases TNF through bone resorption.")
    assert [(c["subject"].partition(" ! ")[2], c["effect"], c["object"].partition(" ! ")[2]) for c in found] == [
        ("Rituximab", "decreases", "TNF"), ("Rituximab", "leads-to", "bone resorption"), ("bone resorption", "decreases", "TNF"),
    ]  # fmt: skip
    assert found[0]["via"] == ["GO:0045453 ! bone resorption"]
    assert told("Rituximab decreases TNF through psoriasis.") == {("Rituximab", "decreases", "TNF")}


def test_site_of_each_item_of_a_list():
    found = claims("Rituximab reduces the expression of ICAM-1 on keratinocytes, and IL6 on T cells.")
    assert [(c["object"].partition(" ! ")[2], c["site"].partition(" ! ")[2]) for c in found] == [
        ("ICAM1", "keratinocyte"),
        ("IL6", "T cell"),
    ]


@pytest.mark.parametrize(
    ("text", "object_", "kind"),
    [
        ("Gout is rare in children. Regular screening for nephrolithiasis is mandatory.", "none ! Regular screening for nephrolithiasis", "work-up"),
        ("Psoriasis requires careful monitoring of joints.", "none ! careful monitoring of joints", "work-up"),
        ("In cases of psoriasis trials of different therapies are often required.", "cg:TrialOfTherapies ! trial of different therapies", "recommendation"),
        ("Gout is common. Patients who fail to respond require immunosuppressive treatment.", "CHEBI:35705 ! immunosuppressive agent", "recommendation"),
    ],
)  # fmt: skip
def test_what_a_disease_requires(text, object_, kind):
    claim = one(text)
    assert (claim["effect"], claim["object"], claim["kind"]) == ("requires", object_, kind)


@pytest.mark.parametrize(
    "text", ["Further studies are required.", "Gout is common. No screening is necessary.", "Some cases of gout need treatment."]
)
def test_no_need_is_read(text):
    assert [c for c in claims(text) if c["effect"] == "requires"] == []


def test_what_a_kind_of_therapy_comprises():
    found = claims("Gout is common. Conventional therapy (colchicine or topical agents) is often enough.")
    assert [(c["effect"], c["object"].partition(" ! ")[2], c["in"].partition(" ! ")[2]) for c in found] == [
        ("characterised-by", "colchicine", "gout"), ("characterised-by", "topical pharmacotherapy", "gout"),
    ]  # fmt: skip
    assert claims("Gout is common. Colchicine (anakinra or rituximab) is often enough.") == []


def test_evidence_that_is_scarce():
    claim = one("A wide variety of medications have been used for psoriasis, but few controlled studies have been done.")
    assert (claim["kind"], claim["subject"], claim["basis"]) == ("evidence-gap", "MAXO:0000058 ! pharmacotherapy", "few controlled studies")
    assert [c["kind"] for c in claims("A wide variety of medications have been used for psoriasis.")] == ["efficacy"]


def test_sentence_that_a_page_parts_is_one():
    found = claims("Psoriasis is treated with colchicine, metho-\n\ntrexate or rituximab, as many hold.")
    assert {c["subject"].partition(" ! ")[2] for c in found} == {"colchicine", "methotrexate", "Rituximab"}
    assert {c["quote"] for c in found} == {"Psoriasis is treated with colchicine, metho- trexate or rituximab, as many hold."}


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("These findings can be seen in gout.", {("Fever", "can-be-seen-in", "gout"), ("Arthralgia", "can-be-seen-in", "gout")}),
        ("These findings are not characteristic of gout.", set()),
        ("These findings led us to gout.", set()),
    ],
)
def test_features_of_the_sentences_before(last, found):
    story = f"CASE PRESENTATION\n\nA woman had a cough. She came with fever. Moreover, there was arthralgia. {last}\n\nDISCUSSION\n\nGout is rare.\n"
    record = draft_report(story + LIST).records[0]
    seen = {(c["subject"].partition(" ! ")[2], c["effect"], c["object"].partition(" ! ")[2]) for c in record.get("claims", [])}
    assert seen == found


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("Our patient's arthralgia was refractory to prednisolone. Treatment with colchicine was clearly effective.", ["treats"]),
        ("Our patient's arthralgia was refractory to prednisolone. A possible effect of colchicine cannot be excluded.", ["has-effect-on"]),
        ("Our patient's arthralgia was refractory to prednisolone. Treatment with colchicine was not effective.", []),
        ("Arthralgia is common. Treatment with colchicine was clearly effective.", []),
    ],
)
def test_what_the_improvement_is_put_down_to(text, effects):
    found = [c for c in claims(text) if c["kind"] == "attribution"]
    assert [c["effect"] for c in found] == effects
    assert {c["object"].partition(" ! ")[2] for c in found} <= {"Arthralgia"}


def test_patients_in_general_of_an_abstract_are_none_of_the_case():
    def drafted(sentence: str) -> list[dict]:
        return draft_report("ABSTRACT\n\n" + sentence + "\n\n" + HEAD + "It is rare." + LIST).records[0].get("claims", [])

    assert [c["effect"] for c in drafted("Some cases of gout may require trials of different therapies.")] == ["requires"]
    assert drafted("Some cases of gout, as in our report, may require trials of different therapies.") == []


@pytest.mark.parametrize("name", ["names", "kinds"])
def test_terms_of_the_word_lists_are_current_and_bear_their_label(name):
    terms = load_terms()
    for *_, curie, label in rows_of(f"claims/{name}.tsv"):
        assert (terms.term(curie).label, terms.term(curie).obsolete) == (label, False)


def test_marks_said_at_one_place_share_what_is_said():
    assert [(t.subject, t.objects, t.others) for t in read_effects("<0+1> inhibits <2>.")] == [(0, (2,), (1,))]
    assert read_effects("<0+1> does not inhibit <2>.") == []


@pytest.mark.parametrize(("text", "drawn"), [
    ("high levels of severe new <0> follow rare <1>", "<0> follow <1>"),
    ("b12-rich food, mild <0>", "b12-rich food, <0>"),
    ("in most patients with chronic severe <0>, absent <1> is due to it", "in <0>, absent <1> is due to it"),
    ("a severe course and a mild one", "a severe course and a mild one"),
])  # fmt: skip
def test_adjectives_go_only_right_before_a_mark(text, drawn):
    read = Drawn(text)
    gather(read, frozenset())
    assert read.text == drawn and len(read.places) == len(drawn)
