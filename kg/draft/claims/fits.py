"""Which terms an effect can join: only a drug treats, only a disease is treated, only a thing of the body is blocked."""

from __future__ import annotations

from functools import lru_cache

from kg.draft.claims.context import is_process
from kg.draft.claims.heads import NONE
from kg.draft.claims.mentions import SITES, is_of_disease
from kg.draft.names.ground import vocabulary

_KIND = {"treats": "efficacy", "used-for": "efficacy", "offered-for": "recommendation", "preferred-over": "preference", "requires": "recommendation",
         "characterised-by": "definition", "can-be-seen-in": "definition"}  # fmt: skip
_DRUG = ("DrugBank", "CHEBI", "MAXO")
_MOLECULE = ("HGNC", "GO", "MRO", "complexportal", "MESH", "PR")


def kind_of(effect: str, object_: str = "") -> str:
    """The kind of claim that an effect makes."""
    return _KIND.get(effect, "mechanism")


@lru_cache(maxsize=1024)
def is_therapy(curie: str) -> bool:
    """Whether a term is a drug, a kind of drugs, or a procedure that treats.

    Example:
    >>> is_therapy("DrugBank:DB00073"), is_therapy("cg:ConventionalTherapy"), is_therapy("HGNC:5344")
    (True, True, False)
    """
    return curie.startswith(_DRUG) or curie.startswith("cg") and any(each.startswith(_DRUG) for each in vocabulary().ancestors(curie))


@lru_cache(maxsize=1024)
def is_ill(curie: str) -> bool:
    """Whether a term is a disease or a finding of one."""
    return curie.startswith("HP") or is_of_disease(curie) or curie.startswith("cg") and any(
        each.startswith("HP") for each in vocabulary().ancestors(curie)
    )  # fmt: skip


def _is_site(curie: str) -> bool:
    return curie.startswith(SITES) or curie.startswith("cg") and any(each.startswith(SITES) for each in vocabulary().ancestors(curie))


def fits(effect: str, subject: str, object_: str, hedge: str = "") -> bool:
    """Whether an effect can join two such terms.

    Args:
        hedge: `associated with` and `side effect` are said of causes only where a drug, or for the first a gene, is the subject.

    Example:
    >>> fits("treats", "DrugBank:DB00073", "MONDO:0016367"), fits("treats", "MONDO:0016367", "DrugBank:DB00073")
    (True, False)
    """
    drug, ill = is_therapy(subject), not object_.startswith(NONE) and is_ill(object_)
    if object_.startswith(NONE):
        return effect in ("blocks", "inhibits", "downregulates", "upregulates", "decreases") and not is_ill(subject)
    if hedge == "side effect":
        return drug and ill
    if hedge == "associated with" and effect == "leads-to":
        return ill and (drug or subject.startswith("HGNC") and is_of_disease(object_))
    if effect in ("treats", "used-for", "offered-for"):
        return drug and ill
    if effect == "characterised-by":
        if hedge == "associated with" and is_of_disease(object_):
            return False  # which of two diseases goes with the other, is not said
        return is_of_disease(subject) and (
            object_.startswith(("HP", "MONDO", "GO")) or is_process(object_) or object_.startswith("cg") and not is_therapy(object_)
        )
    if effect == "requires":
        return is_ill(subject) and is_therapy(object_)
    if effect == "can-be-seen-in":
        return is_ill(subject) and is_of_disease(object_)
    if effect == "preferred-over":
        return drug and is_therapy(object_)
    if effect == "has-effect-on":
        return drug and not is_therapy(object_)
    if effect == "accumulates-on":
        return _is_site(object_) and not _is_site(subject) and not is_ill(subject)
    if effect == "forms-complex-with":
        return not (_is_site(object_) or ill or is_ill(subject) or is_process(subject) or is_process(object_)) and (
            subject.startswith(_MOLECULE) or object_.startswith(_MOLECULE)
        )
    if effect == "increased-in":
        return subject.startswith(_MOLECULE) or subject.startswith("cg") and not is_ill(subject) and not drug
    if effect in ("downregulates", "upregulates", "blocks", "inhibits", "decreases"):
        return _changes(effect, subject, object_, ill)
    return effect == "leads-to" and not _is_site(object_) and not is_therapy(object_)


def _changes(effect: str, subject: str, object_: str, ill: bool) -> bool:
    """More or less of a thing: cells are only spared or depleted; a finding is no cause of less."""
    if is_ill(subject) and not is_of_disease(subject):
        return False
    if object_.startswith("UBERON") or object_.startswith("CL") and effect != "decreases":
        return False
    if is_of_disease(subject):
        return effect in ("upregulates", "decreases") and object_.startswith(_MOLECULE)
    return not (ill and effect in ("downregulates", "blocks"))
