"""The terms of a sentence that argues: diseases, drugs, genes, processes, sites, and the report's own short forms of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from kg.draft.claims.lexicon import words_of
from kg.draft.claims.symbols import find_genes, gene
from kg.draft.findings.diagnoses import spelt_out
from kg.draft.names.ground import find_terms, is_disease, is_short_form, named, vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.patterns.lists import any_of, rows_of
from kg.draft.patterns.openings import Openings, whole_words
from kg.draft.therapy.drugs import is_drug
from kg.terms import normalise

SUBJECTS = ("DrugBank", "CHEBI", "HGNC", "GO", "MONDO", "cg", "MRO", "complexportal", "NCBITaxon")
SITES = ("UBERON", "CL")
_DEFINED = re.compile(r"\(([A-Z][A-Za-z0-9]*(?:[-‐][A-Za-z0-9]+)?)\)")
#: `tumour-associated`: no mention of the thing itself, but `rituximab-induced` says who acts.
_FIRST_PART = re.compile(r"[-‐](?!induced|mediated|associated inhibition)[a-z]")
#: Words that a term's name may be, but that a sentence does not mean so.
_VAGUE = words_of("vague")
_MEDICINE = ("HP", "MONDO", "UBERON", "CL", "GO", "CHEBI", "MAXO", "NCIT", "MESH", "PR", "OGMS")


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
    found = list(_listed(text, start, end))
    found += [Mention(*t) for t in find_terms(text, (*SUBJECTS, *SITES), start, end) if _is_meant(text, t) and not _meets(t, found)]
    found = [m for m in found if not _ATTRIBUTE.match(text, m.end - 3, end)]
    found = [m for m in found if shorts.get(text[m.start : m.end], m.curie) == m.curie]
    if shorts:
        found = [m if (spelt := _spelt_out(text, m, shorts)) is None else m._replace(curie=spelt) for m in found]
        found = [m for m in found if m.curie]
    more = [Mention(*each) for each in find_genes(text, start, end)]
    words = text[start:end]
    for short, curie in shorts.items():
        if curie and short in words:
            spots = re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", words)
            more += [Mention(start + m.start(), start + m.end(), curie) for m in spots]
    for match in _RECALLED.finditer(text, start, end) if _MAY_RECALL.search(text, start, end) else ():
        if curie := _recalled(text, match["head"].lower()):
            more.append(Mention(match.start("head"), match.end("head"), curie))
    first = bisect_left(hits, start, key=lambda hit: hit.start)
    for hit in hits[first : bisect_left(hits, end, key=lambda hit: hit.start)]:
        if hit.rank < 2 and hit.end <= end and not _SAID.search(text, hit.start, hit.end) and not _ATTRIBUTE.match(text, hit.end - 3, end):
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


#: A finding whose last word is the adjective of a noun that is none of it: `the most frequent infectious trigger`.
_ATTRIBUTE = re.compile(
    r"(?:ous|tic|nic)\s+(?:seizures?|attacks?|crises|crisis|episodes?|triggers?|causes?|agents?|disease|diseases|complications?|process|origin|risk|factors?|status|state)\b"
)
#: A finding put together across a verb is what the sentence says, not what it speaks of.
_SAID = re.compile(r"\b(?:is|are|was|were|be|been|has|have|can|may|causes?|in|with)\b")


@lru_cache(maxsize=1024)
def as_finding(curie: str, words: str) -> str:
    """The finding whose label these words are, where of the disease that bears them they are but a synonym.

    Example:
    >>> as_finding("MONDO:0005044", "hypertension"), as_finding("MONDO:0005393", "gout")
    ('HP:0000822', 'MONDO:0005393')
    """
    if not curie.startswith("MONDO"):
        return curie
    label, found = normalise(words), named(words, ("HP",))
    if not found or normalise(vocabulary().term(curie).label) == label:
        return curie
    return found if normalise(vocabulary().term(found).label) == label else curie


def _meets(term: tuple[int, int, str], found: list[Mention]) -> bool:
    return any(term[0] < m.end and m.start < term[1] for m in found)


def _first_words(names: Iterable[str]) -> set[str]:
    """The first words of some names in small letters, up to a hyphen."""
    return {re.split(r"[\s-]", name, maxsplit=1)[0] for name in names}


#: The names that papers use and no vocabulary has, and the term of each.
_TERMS = {name.lower(): curie for name, curie, _ in rows_of("claims/names.tsv")}
_NAMES = whole_words(any_of(sorted(_TERMS)), _first_words(_TERMS))
#: Kinds of drugs and diseases told by adjectives, `immunosuppressive or topical treatment`, and the term of each adjective.
_KIND_ROWS = rows_of("claims/kinds.tsv")
_KIND_TERMS = {word: curie for _, word, curie, _ in _KIND_ROWS}
_KINDS = Openings(
    "|".join(
        rf"\b{any_of(sorted(each for what, each, _, _ in _KIND_ROWS if what == kind))}(?:(?:, | or | and |, and |, or |/)[a-z-]+){{0,3}}\s+{heads}\b"
        for kind, heads in (
            ("therapy", "(?:treatments?|therap(?:y|ies)|agents?|drugs?|medications?)"),
            ("disorder", "(?:disorders?|diseases?|conditions?)"),
        )
    ),
    _first_words(_KIND_TERMS),
)
#: Drugs of whatever kind: `a wide variety of medications`.
_MAY_BE_AT_LARGE = Openings(r"\w", {"variety", "range", "number", "array", "various", "many", "several", "different"})
_DRUGS_AT_LARGE = re.compile(
    r"\b(?:(?:an?\s+)?(?:(?:wide|large|broad)\s+)?(?:variety|range|number|array)\s+of|various|many|several|different)\s+(?:different\s+|other\s+)?(?:medications|drugs|agents|pharmacological treatments|drug therapies)\b",
    re.I,
)
#: `amiodarone-induced`: who acts is the first part of the word.
_ACTS = r"[-‐](?:induced|mediated|triggered|dependent|associated|related)\b"
_MAY_ACT, _ACTING = re.compile(_ACTS), re.compile(rf"(?<![\w-])([A-Za-zα-ω][\w-]*?)(?={_ACTS})")
PHARMACOTHERAPY = "MAXO:0000058"


def _listed(text: str, start: int, end: int) -> Iterator[Mention]:
    """The terms of our own lists of names and kinds."""
    for match in _NAMES.finditer(text, start, end):
        yield Mention(match.start(), match.end(), _TERMS[" ".join(match.group().lower().split())])
    for match in _KINDS.finditer(text, start, end):
        words = [w for w in re.finditer(r"[A-Za-z-]+", match.group()) if w.group().lower() in _KIND_TERMS]
        for word in words:
            last = match.end() if word is words[-1] else match.start() + word.end()
            yield Mention(match.start() + word.start(), last, _KIND_TERMS[word.group().lower()])
    for match in _ACTING.finditer(text, start, end) if _MAY_ACT.search(text, start, end) else ():
        if (found := named(match[1], ("DrugBank", "CHEBI"))) and is_drug(found) or (found := gene(match[1])):
            yield Mention(match.start(), match.end(), found)
    for match in _DRUGS_AT_LARGE.finditer(text, start, end) if _MAY_BE_AT_LARGE.search(text, start, end) else ():
        yield Mention(match.start(), match.end(), PHARMACOTHERAPY)


_MAY_RECALL = Openings(r"\w", {"infused", "injected", "administered", "exogenous", "given"})
#: `the infused immunoglobulin`: the last word of a drug named in full elsewhere.
_RECALLED = re.compile(r"\b[Tt]he\s+(?:infused|injected|administered|exogenous|given)\s+(?P<head>[a-z]{8,})\b")


def _recalled(text: str, head: str) -> str:
    """The drug whose name of two words ends with this one, where the text names just one such; "" for none."""
    names = {" ".join(m.group().lower().split()) for m in re.finditer(rf"\b[A-Za-z]{{4,}}\s+{head}\b", text, re.I)}
    found = {curie for name in names if (curie := named(name, ("DrugBank", "CHEBI"))) and is_drug(curie)}
    return found.pop() if len(found) == 1 else ""


def define_shorts(text: str) -> dict[str, str]:
    """The report's short forms of the terms before them: `mycophenolate mofetil (MMF)`; "" for one of words we do not know.

    Example:
    >>> define_shorts("mycophenolate mofetil (MMF) and outer canthal distance (OCD)")
    {'MMF': 'CHEBI:8764', 'OCD': ''}
    """
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        first = max(0, match.start() - 80)
        ahead = text[first : match.start()].rstrip()
        if match[1] in found or sum(c.isupper() for c in match[1]) < 2 or not (ahead[-1:].isalnum() or ahead.endswith((")", "_"))):
            continue
        stop = first + len(ahead)
        before = max(0, stop - 70)
        before = before if not before else text.find(" ", before) + 1
        terms = [t for t in find_terms(text, SUBJECTS, before, stop) if t[1] == stop and _is_meant(text, t)]
        initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text[before:stop])[-len(match[1]) :]).upper()
        if terms or initials == match[1].upper():
            long = text[before:stop]
            found[match[1]] = _medicine(terms[-1][2]) if terms else _misnamed(match[1], long)
    return found


def _spelt_out(text: str, mention: Mention, shorts: dict[str, str]) -> str | None:
    """The disease that words with a short form of the report's own name in full, "" for none we know; None where they have none.

    `MTP deficiency` is a name of one disease, and in a report on the mitochondrial trifunctional protein (MTP) of another.
    """
    words = text[mention.start : mention.end]
    short = next((word for word in words.split() if word in shorts), "") if " " in words and mention.curie.startswith("MONDO") else ""
    return spelt_out(text, words, short) if short else None


def _misnamed(short: str, long: str) -> str:
    """The term that bears a short form, where its name shares half its words, the last among them, with the words before; "" for none.

    Example:
    >>> _misnamed("MAC", "early accumulation of membranolytic attack complex"), _misnamed("MAC", "minimum alveolar concentration")
    ('GO:0005579', '')
    """
    terms = vocabulary()
    words = long.lower().split()
    for curie, _ in terms.find_by_name(short.lower()):
        label = terms.term(curie).label.lower().split()
        told = words[-len(label) :]
        if len(label) > 1 and label[-1:] == told[-1:] and 2 * len({*label} & {*told}) >= len(label):
            return named(" ".join(label), ("GO", "HGNC", "MONDO", "CHEBI", "complexportal")) or ""
    return ""


def _is_meant(text: str, term: tuple[int, int, str]) -> bool:
    """Genes only by symbol in capitals or by a name of two words; substances only where they are medicines."""
    a, b, curie = term
    return _means(text[a:b], curie)


@lru_cache(maxsize=8192)
def _means(words: str, curie: str) -> bool:
    """Whether such words mean the term, wherever they stand."""
    if words.lower() in _VAGUE:
        return False
    if curie.startswith("HGNC"):
        symbol = words.isupper() and (len(words) > 3 or vocabulary().term(curie).label == words)
        return " " in words or any(c.isdigit() for c in words) or symbol and named(words, ("MONDO",)) is None
    if curie.startswith(("CHEBI", "DrugBank")):
        return is_drug(curie) or curie.startswith("CHEBI") and _is_kind_of_drug(curie)
    if curie.startswith("NCBITaxon"):
        return words[0].isupper() and " " in words  # `Escherichia coli`, never `human`
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
def _is_kind_of_drug(curie: str) -> bool:
    """Whether a role of ChEBI is that of drugs: `anticoagulant`, never `metabolite`."""
    return not {"CHEBI:23888", "CHEBI:52217"}.isdisjoint(vocabulary().ancestors(curie))


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
