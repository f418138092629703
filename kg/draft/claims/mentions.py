"""The terms of a sentence that argues: diseases, drugs, genes, processes, sites, and the report's own short forms of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from kg.draft.names.ground import find_terms, is_disease, is_short_form, named, vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.therapy.drugs import is_drug

SUBJECTS = ("DrugBank", "CHEBI", "HGNC", "GO", "MONDO", "cg", "MRO", "complexportal")
SITES = ("UBERON", "CL")
_DEFINED = re.compile(r"\s*\(([A-Z][A-Za-z0-9]*(?:[-‐][A-Za-z0-9]+)?)\)")
_SYMBOL = re.compile(
    r"(?<![\w-])(?=[A-Za-z0-9-]*[A-Z])[A-Z][A-Za-z]{1,5}(?:[-‐]?(?:\d{1,2}[A-Za-z]?\d?|[IV]{1,3}|alpha|beta|gamma|α|β|γ)\d?)(?![\w-])"
)
#: `tumour-associated`: no mention of the thing itself, but `rituximab-induced` says who acts.
_FIRST_PART = re.compile(r"[-‐](?!induced|mediated|associated inhibition)[a-z]")
_GREEK = {"alpha": "A", "beta": "B", "gamma": "G", "α": "A", "β": "B", "γ": "G"}
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
#: Words that a term's name may be, but that a sentence does not mean so.
_VAGUE = frozenset(
    (
        "antibody",
        "antibodies",
        "patient",
        "patients",
        "diseases",
        "syndromes",
        "disorders",
        "infections",
        "conditions",
        "condition",
        "case",
        "cases",
        "march",
        "lesion",
        "lesions",
        "disease",
        "syndrome",
        "disorder",
        "infection",
        "injury",
        "genetic",
        "inherited",
        "role",
        "cell",
        "tissue",
        "organ",
        "complication",
        "complications",
        "sample",
    )
)


_MEDICINE = ("HP", "MONDO", "UBERON", "CL", "GO", "CHEBI", "MAXO", "NCIT", "MESH", "PR")


class Mention(NamedTuple):
    """A term and where it stands; a site can be where something happens, not what acts."""

    start: int
    end: int
    curie: str


def find_mentions(text: str, start: int, end: int, hits: list[Hit], shorts: dict[str, str]) -> list[Mention]:
    """The terms of a stretch, none over another; findings (HPO) where no other vocabulary has the words.

    Args:
        hits: the findings of the whole text, in text order.
        shorts: short form -> the term that the report defines it as; "" where that is none we know.
    """
    found = [Mention(*t) for t in find_terms(text, (*SUBJECTS, *SITES), start, end) if _is_meant(text, t)]
    found = [m for m in found if shorts.get(text[m.start : m.end], m.curie) == m.curie]
    more = [Mention(start + m.start(), start + m.end(), curie) for m in _SYMBOL.finditer(text[start:end]) if (curie := gene(m.group()))]
    for short, curie in shorts.items():
        if curie and short in text[start:end]:
            spots = re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text[start:end])
            more += [Mention(start + m.start(), start + m.end(), curie) for m in spots]
    first = bisect_left(hits, start, key=lambda hit: hit.start)
    for hit in hits[first : bisect_left(hits, end, key=lambda hit: hit.start)]:
        if hit.rank < 2 and hit.end <= end:
            more.append(Mention(hit.start, hit.end, hit.curie))
    for new in more:
        over = [m for m in found if new.start < m.end and m.start < new.end]
        if (
            not over
            or new.curie.startswith("HP")
            and all(new.start <= m.start and m.end <= new.end and m.end - m.start < new.end - new.start for m in over)
        ):
            found = [m for m in found if m not in over] + [new]
    return sorted(m for m in found if not _FIRST_PART.match(text, m.end, end))


def define_shorts(text: str) -> dict[str, str]:
    """The report's short forms of the terms before them: `mycophenolate mofetil (MMF)`; "" for one of words we do not know.

    Example:
    >>> define_shorts("mycophenolate mofetil (MMF) and outer canthal distance (OCD)")
    {'MMF': 'CHEBI:8764', 'OCD': ''}
    """
    found: dict[str, str] = {}
    for match in re.finditer(r"(?<=[\w)])" + _DEFINED.pattern, text):
        if match[1] in found or sum(c.isupper() for c in match[1]) < 2:
            continue
        before = max(0, match.start() - 70)
        before = before if not before else text.find(" ", before) + 1
        terms = [t for t in find_terms(text, SUBJECTS, before, match.start()) if t[1] == match.start() and _is_meant(text, t)]
        initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text[before : match.start()])[-len(match[1]) :]).upper()
        if terms or initials == match[1].upper():
            found[match[1]] = _medicine(terms[-1][2]) if terms else ""
    return found


@lru_cache(maxsize=4096)
def gene(symbol: str) -> str:
    """The gene that a printed symbol names, however its number is written; "" for none.

    Example:
    >>> gene("ICAM-I") == gene("ICAM1"), gene("TGF-beta1") == gene("TGFB1"), gene("CT-1A")
    (True, True, '')
    """
    match = re.fullmatch(r"([A-Za-z]+?)[-‐]?(\d{1,2}[A-Za-z]?\d?|[IV]{1,3}|(?:alpha|beta|gamma|[αβγ])\d?)", symbol)
    if not match or len(match[1]) < 2:
        return ""
    tail = _ROMAN.get(match[2], match[2])
    tail = re.sub(r"alpha|beta|gamma|[αβγ]", lambda g: _GREEK[g.group()], tail)
    return next((c for form in (symbol, match[1].upper() + tail) if (c := named(form, ("HGNC",))) and len(form) > 2), "")


def _is_meant(text: str, term: tuple[int, int, str]) -> bool:
    """Genes only by symbol in capitals or by a name of two words; substances only where they are medicines."""
    a, b, curie = term
    words = text[a:b]
    if words.lower() in _VAGUE:
        return False
    if curie.startswith("HGNC"):
        symbol = words.isupper() and (len(words) > 3 or vocabulary().term(curie).label == words)
        return " " in words or any(c.isdigit() for c in words) or symbol and named(words, ("MONDO",)) is None
    if curie.startswith(("CHEBI", "DrugBank")):
        return is_drug(curie)
    if curie.startswith("GO"):
        return len(words) > 8
    if curie.startswith("MONDO"):
        return len(words) > 3 and is_disease(curie) and not is_short_form(curie, words)
    if curie.startswith("cg"):
        return _is_of_medicine(curie)
    if curie.startswith(SITES):
        return len(words) > 3
    return len(words) > 3


@lru_cache(maxsize=256)
def _is_of_medicine(curie: str) -> bool:
    """Whether a class of our own is one of medicine, not of records (`patient`, `finding`)."""
    return any(each.startswith(_MEDICINE) for each in vocabulary().ancestors(curie))


def is_of_disease(curie: str) -> bool:
    """Whether it is a disease of MONDO, or a class of our own under one."""
    return curie.startswith("MONDO") or curie.startswith("cg") and any(each.startswith("MONDO") for each in vocabulary().ancestors(curie))


def _medicine(curie: str) -> str:
    """The ChEBI twin of a drug, as in the rest of the record."""
    from kg.terms import load_terms

    term = load_terms().find_term(curie)
    return next((t for t in (term.same_as if term else ()) if t.startswith("CHEBI")), curie)
