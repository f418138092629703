"""Words → terms of the other vocabularies: diseases, drugs, genes, sites.

A whole run of words either bears the name of a term or it does not; no part of it is taken for the whole.

>>> find_terms("treated with rituximab for dermatomyositis", ("MONDO", "DrugBank"))
[(13, 22, 'DrugBank:DB00073'), (27, 42, 'MONDO:0016367')]
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.tables import names_map
from kg.draft.words import STOP, word_list
from kg.terms import load_terms, name_hash, normalise

_WORD = re.compile(r"[^\W_][\w'’α-ω-]*")
LONGEST = 6
#: Words that are names of some term, but in a report are not meant so.
_COMMON = word_list("common")


def named(words: str, prefixes: tuple[str, ...]) -> str | None:
    """The current term of these vocabularies that bears exactly this name (or its singular), labels before synonyms.

    Example:
    >>> named("prednisolone", ("CHEBI",)), named("left pleural", ("UBERON", "MONDO"))
    ('CHEBI:8378', None)
    """
    return _named(normalise(words), prefixes)


@lru_cache(maxsize=50_000)
def _named(name: str, prefixes: tuple[str, ...]) -> str | None:
    terms = load_terms()
    for each in (name, *_singulars(name)):
        if not _may_be(each):
            continue
        best: tuple[int, str] | None = None
        for curie, kind in terms.find_by_name(each):
            if curie.partition(":")[0] in prefixes and not terms.term(curie).obsolete and kind != "broad":
                rank = ("label", "exact", "former", "narrow", "related").index(kind)
                if best is None or rank < best[0]:
                    best = rank, curie
        if best and not (best[0] == 4 and len(each) < 5):
            return best[1]
    return None


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
    return bool(bits[at >> 3] >> (at & 7) & 1)


def find_terms(text: str, prefixes: tuple[str, ...], start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
    """The longest names of terms, left to right, none over another: (start, end, CURIE)."""
    words = [(m.start(), m.end()) for m in _WORD.finditer(text, start, len(text) if end is None else end)]
    lower = [normalise(text[a:b]) for a, b in words]
    runs = [1] * len(words)  # how many words follow with nothing but white space between
    for k in range(len(words) - 2, -1, -1):
        if text[words[k][1] : words[k + 1][0]].isspace():
            runs[k] = runs[k + 1] + 1
    found, i = [], 0
    while i < len(words):
        step = 1
        if lower[i] not in STOP and not lower[i].isdigit():
            for n in range(min(LONGEST, runs[i]), 0, -1):
                if n == 1 and (lower[i] in _COMMON or len(lower[i]) < 3):
                    continue
                curie = _named(" ".join(lower[i : i + n]), prefixes)
                if curie:
                    found.append((words[i][0], words[i + n - 1][1], curie))
                    step = n
                    break
        i += step
    return found
