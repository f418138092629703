"""Words → terms of the other vocabularies: diseases, drugs, genes, sites.

A whole run of words either bears the name of a term or it does not; no part of it is taken for the whole.

>>> find_terms("treated with rituximab for dermatomyositis", ("MONDO", "DrugBank"))
[(13, 22, 'DrugBank:DB00073'), (27, 42, 'MONDO:0016367')]
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kg.draft.names.tables import names_map
from kg.draft.names.words import STOP, rows_of, word_list
from kg.ontology import own_terms
from kg.terms import Terms, load_terms, name_hash, normalise

_WORD = re.compile(r"[^\W_][\w'’α-ω-]*")
_LINE_END = re.compile(r"[^\S\n]*\n\s*")
LONGEST = 6
_DISEASES = frozenset({"MONDO:0000001", "MONDO:0021178"})  # disease; injury
#: Words that are names of some term, but in a report are not meant so.
_COMMON = word_list("common")
_BETWEEN = frozenset(word for row in rows_of("course/between.tsv") for word in row[0].split())
_NEVER_LAST = STOP - {"a", "i", "s"}
_KINDS = {kind: rank for rank, kind in enumerate(("label", "exact", "former", "narrow", "related"))}


@lru_cache(maxsize=4)
def _with_own(packaged: Terms) -> Terms:
    return load_terms(extra=own_terms())


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    return frozenset(normalise(name) for term in own_terms() for name, _ in term.names())


def vocabulary() -> Terms:
    """The vocabulary in use with the classes of our own ontology on top, as records may name both.

    Example:
    >>> vocabulary().term("cg:TotalHysterectomy").label
    'total hysterectomy'
    """
    return _with_own(load_terms())


def named(words: str, prefixes: tuple[str, ...]) -> str | None:
    """The current term of these vocabularies that bears exactly this name (or its singular), labels before synonyms.

    Example:
    >>> named("prednisolone", ("CHEBI",)), named("left pleural", ("UBERON", "MONDO")), named("total hysterectomy", ("cg",))
    ('CHEBI:8378', None, 'cg:TotalHysterectomy')
    """
    return _named(normalise(words), prefixes)


def _named(name: str, prefixes: tuple[str, ...]) -> str | None:
    for bearers in _bearers(name):
        for prefix, curie in bearers:
            if prefix in prefixes:
                return curie
    return None


@lru_cache(maxsize=200_000)
def _bearers(name: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The current terms that bear a name, then those that bear its singular: (prefix, CURIE), labels before synonyms."""
    return tuple(_bear(each) for each in (name, *_singulars(name)) if _may_be(each))


def _bear(name: str) -> tuple[tuple[str, str], ...]:
    terms, found = vocabulary(), []
    for place, (curie, kind) in enumerate(terms.find_by_name(name)):
        rank = _KINDS.get(kind, len(_KINDS))
        if rank < len(_KINDS) and not (rank == _KINDS["related"] and len(name) < 5) and not terms.term(curie).obsolete:
            found.append((rank, place, curie.partition(":")[0], curie))
    return tuple((prefix, curie) for _, _, _, curie in sorted(found) for prefix in _vocabularies(terms, curie))


def _vocabularies(terms: Terms, curie: str) -> tuple[str, ...]:
    """The vocabulary of a term; of a laboratory's own term those of its ancestors too."""
    prefix = curie.partition(":")[0]
    if prefix not in terms.own_prefixes:
        return (prefix,)
    return tuple(dict.fromkeys((prefix, *(each.partition(":")[0] for each in terms.ancestors(curie)))))


def counts_as(curie: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a term is of one of these vocabularies, or a laboratory's own under a term of one.

    Example:
    >>> counts_as("HP:0001945", ("HP",)), counts_as("CHEBI:8378", ("HP", "MONDO"))
    (True, False)
    """
    return not set(prefixes).isdisjoint(_vocabularies(load_terms(), curie))


def _singulars(name: str) -> tuple[str, ...]:
    if "'s " in name:
        return (name.replace("'s ", " "),)
    if name.endswith("ies"):
        return (name[:-3] + "y",)
    if name.endswith(("ses", "xes", "ches")):
        return (name[:-2], name[:-2] + "is", name[:-1])
    return (name[:-1],) if name.endswith("s") and not name.endswith(("ss", "is", "us")) else ()


def _may_be(name: str) -> bool:
    """Whether any term may bear this name: one bit, wrong in one case of thirty, and only towards yes."""
    bits = names_map()
    bucket, fingerprint = name_hash(name)
    at = (bucket << 7) | (fingerprint >> 1)
    return bool(bits[at >> 3] >> (at & 7) & 1) or name in _own_names()


@lru_cache(maxsize=4096)
def is_disease(curie: str) -> bool:
    """Whether a term of MONDO is a disease or an injury, not a manner of one.

    Example:
    >>> is_disease("MONDO:0005011"), is_disease("MONDO:0021152")
    (True, False)
    """
    return not curie.startswith("MONDO") or not _DISEASES.isdisjoint(vocabulary().ancestors(curie))


def is_short_form(curie: str, words: str) -> bool:
    """Whether the name that these words bear is a short form in capitals, and they are not: `child` is not `chILD`.

    Example:
    >>> is_short_form("MONDO:0017014", "child"), is_short_form("MONDO:0005011", "Crohn disease")
    (True, False)
    """
    if sum(c.isupper() for c in words) > 1:
        return False
    names = [name for name, _ in vocabulary().term(curie).names() if name.lower() in (words.lower(), words.lower().removesuffix("s"))]
    return bool(names) and all(sum(c.isupper() for c in name) > 1 for name in names)


def is_named_otherwise(curie: str, words: str) -> bool:
    """Whether the label of a term shares no word, nor the beginning of one, with the words that name it.

    Example:
    >>> is_named_otherwise("MONDO:0002258", "sore throat"), is_named_otherwise("MONDO:0005044", "hypertension")
    (True, False)
    """
    label = normalise(vocabulary().term(curie).label).split()
    return not any(a[:5] == b[:5] for a in label for b in normalise(words).split())


def _words(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], list[str]]:
    """The words of a stretch, and how names are compared: ligatures undone, a word broken at the end of a line joined again."""
    words: list[tuple[int, int]] = []
    lower: list[str] = []
    for match in _WORD.finditer(text, start, end):
        a, b = match.span()
        word = match.group()
        if not word.isascii():
            word = word.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
            b = a + len(word)
            word = unicodedata.normalize("NFKC", word)
        if words and text[words[-1][1] - 1] == "-" and word[:1].islower() and _LINE_END.fullmatch(text, words[-1][1], a):
            first = lower[-1].removesuffix("-")
            joined = first + normalise(word)
            lower[-1] = joined if _bearers(joined) else f"{first}-{normalise(word)}"
            words[-1] = words[-1][0], b
            continue
        words.append((a, b))
        lower.append(normalise(word))
    return words, lower


def find_terms(
    text: str, prefixes: tuple[str, ...], start: int = 0, end: int | None = None, longest: int = LONGEST
) -> list[tuple[int, int, str]]:
    """The longest names of terms, left to right, none over another: (start, end, CURIE)."""
    words, lower = _words(text, start, len(text) if end is None else end)
    runs = [1] * len(words)  # how many words follow with nothing but white space between, and none that parts names
    for k in range(len(words) - 2, -1, -1):
        if lower[k + 1] not in _BETWEEN and text[words[k][1] : words[k + 1][0]].isspace():
            runs[k] = runs[k + 1] + 1
    found, i = [], 0
    while i < len(words):
        step, first = 1, lower[i]
        if first not in STOP and first not in _BETWEEN and not first.isdigit():
            for n in range(min(longest, runs[i]), 0, -1):
                if n == 1 and (first in _COMMON or len(first) < 3) or lower[i + n - 1] in _NEVER_LAST:
                    continue
                curie = _named(" ".join(lower[i : i + n]) if n > 1 else first, prefixes)
                if curie:
                    found.append((words[i][0], words[i + n - 1][1], curie))
                    step = n
                    break
        i += step
    return found
