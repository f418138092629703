"""Drafting: what the authors assert beyond the patient, who acts on what, and what they cite for it."""

from __future__ import annotations

import pytest

from kg.draft import draft_report
from kg.draft.claims.effects import read_effects
from kg.draft.claims.symbols import gene
from kg.terms import load_terms

HEAD = (
    "CASE PRESENTATION\n\nA 30-year-old woman presented with fever that had been there for a week. She had been well before this, and "
    "there was no rash. The fever went away within two days, and she was well after that.\n\nDISCUSSION\n\n"
)
LIST = "\n\nREFERENCES\n\n" + "".join(f"{k}. Writer A. The paper with the number {k}. J Test 20{k:02d};1:1-2.\n" for k in range(1, 10))


def claims(text: str) -> list[dict]:
    return draft_report(HEAD + text + LIST).records[0].get("claims", [])


def told(text: str) -> set[tuple[str, str, str]]:
    return {tuple(part.partition(" ! ")[2] for part in (c["subject"], "- ! " + c["effect"], c["object"])) for c in claims(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rituximab is effective in dermatomyositis.", {("Rituximab", "treats", "dermatomyositis")}),
        ("Infliximab inhibits TNF and IL6.", {("Infliximab", "inhibits", "TNF"), ("Infliximab", "inhibits", "IL6")}),
        ("IL-6 is blocked by tocilizumab.", {("Tocilizumab", "blocks", "IL6")}),
        ("Suppression of IL-6 by prednisolone has been shown.", {("prednisolone", "inhibits", "IL6")}),
        ("Following rituximab infusion, ICAM-1 is downregulated.", {("Rituximab", "downregulates", "ICAM1")}),
        ("Mutations in the FBN1 gene cause Marfan syndrome.", {("FBN1", "leads-to", "Marfan syndrome")}),
        ("Marfan syndrome is caused by mutations in FBN1.", {("FBN1", "leads-to", "Marfan syndrome")}),
        ("Gout is treated with colchicine.", {("colchicine", "used-for", "gout")}),
        ("Colchicine and allopurinol have been used to treat gout.", {("colchicine", "used-for", "gout"), ("allopurinol", "used-for", "gout")}),
        ("Scurvy is characterized by fatigue, gingival bleeding and arthralgia.",
         {("scurvy", "characterised-by", label) for label in ("Fatigue", "Gingival bleeding", "Arthralgia")}),
    ],
)  # fmt: skip
def test_who_acts_on_what(text, found):
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Rituximab did not inhibit TNF.",
        "Inhibition of TNF increases IL6.",
        "Infliximab failed to suppress IL-6.",
        "Anti-TNF antibodies cause fatigue.",
        "Our patient was treated with rituximab for dermatomyositis.",
        "Deposits on the skin cause fatigue.",
        "It is unclear whether rituximab inhibits TNF.",
        "Gout manifests with uric-acid-associated and tumour-associated signs.",
    ],
)
def test_nothing_is_turned_round(text):
    assert told(text) == set()


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("Rituximab is effective in dermatomyositis.⁵⁻⁷", {"Rituximab": [5, 6, 7]}),
        ("Rituximab is effective in dermatomyositis [8].", {"Rituximab": [8]}),
        ("Rituximab is effective in dermatomyositis (8).", {"Rituximab": [8]}),
        ("Dermatomyositis is a disorder of the skin. Some patients are treated with methotrexate,¹⁻² or rituximab.⁴", None),
    ],
)
def test_references_that_are_cited(text, cites):
    found = {c["subject"].partition(" ! ")[2]: c.get("cites") for c in claims(text) if c["effect"] != "characterised-by"}
    assert found == (cites or {"methotrexate": [1, 2], "Rituximab": [4]})


def test_pronoun_stands_for_the_drug_of_the_sentence_before():
    assert told("Colchicine is an old drug. It is effective in gout.") == {("colchicine", "treats", "gout")}


def test_site_is_where_the_effect_is_seen():
    found = claims("Rituximab reduces the expression of ICAM-1 on keratinocytes.")
    assert [(c["effect"], c["object"].partition(" ! ")[2], c["site"].partition(" ! ")[2]) for c in found] == [
        ("decreases", "ICAM1", "keratinocyte")
    ]


@pytest.mark.parametrize(
    ("symbol", "label"), [("ICAM-I", "ICAM1"), ("TGF-β1", "TGFB1"), ("IL-6", "IL6"), ("IFN-γ", "IFNG"), ("CT-1A", None)]
)
def test_gene_symbols_however_printed(symbol, label):
    curie = gene(symbol)
    assert (load_terms().term(curie).label if curie else None) == label


def test_lack_of_a_thing_is_not_the_thing():
    assert read_effects("lack of <0> causes <1>") == []
    assert [(t.subject, t.objects) for t in read_effects("<0> causes <1>")] == [(0, (1,))]


def test_headings_inside_the_text_part_story_and_argument():
    text = (
        "Abstract Gout is common. Case report A 50-year-old man presented with fever. He was given colchicine 1 mg daily. "
        "Discussion Rituximab has been tried elsewhere. Colchicine is effective in gout. References 1. Writer A. Gout. J Test 2001;1:1-2."
    )
    record = draft_report(text).records[0]
    assert [t["words"] for t in record["treatments"]] == ["colchicine"]
    assert [(c["subject"].partition(" ! ")[2], c["effect"]) for c in record["claims"]] == [("colchicine", "treats")]


def test_general_remark_of_the_abstract_is_a_claim_and_the_patient_s_lot_is_none():
    text = (
        "ABSTRACT\n\nGout is a metabolic disorder of the joints. A man with gout was treated with colchicine.\n\n"
        + HEAD
        + "It is rare."
        + LIST
    )
    found = draft_report(text).records[0]["claims"]
    assert [(c["subject"].partition(" ! ")[2], c["effect"], c["object"]) for c in found] == [
        ("gout", "characterised-by", "none ! metabolic disorder of the joints")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tocilizumab blocks the IL-6 receptor.", {("Tocilizumab", "blocks", "IL-6 receptor")}),
        ("Tocilizumab blocks IL-6.", {("Tocilizumab", "blocks", "IL6")}),
        ("Anakinra is an IL-1 receptor antagonist.", {("Anakinra", "blocks", "IL-1 receptor")}),
        ("Infliximab is a TNF inhibitor.", {("Infliximab", "inhibits", "TNF")}),
        ("Rituximab enhances TNF inhibitors.", set()),
        ("Infliximab inhibits TNF+ cells.", set()),
        ("Insulin receptor antibodies cause hypoglycemia.", set()),
    ],
)
def test_a_receptor_or_an_inhibitor_is_another_thing(text, found):
    assert told(text) == found
