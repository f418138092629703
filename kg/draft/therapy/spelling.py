"""Names of drugs that are spelt as another language spells them, or wrong by a letter: `clemastin`, `dexamthasone`.

The vocabulary has the international name; what is printed is read as that name only where no more than one drug is so near.

>>> spelt(respelt("Clemastin")), respelt("clemastine"), respelt("protein")
('clemastine', '', '')
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.names.ground import DRUGS, PLAIN, named
from kg.terms import load_terms

#: Endings that lose or gain an `e` from one language to the next.
_WITHOUT_E = re.compile(r"[a-z]{4,}(?:in|on|id|at|am|ol|an|il|yl|az)\Z")
_WITH_E = re.compile(r"[a-z]{4,}(?:in|on|ol|id|am|il)e\Z")
_LONG = 8  # letters of a name that may be wrong by one
_VOWELS = "aeiouy"
_SWAPS = (("i", "y"), ("y", "i"), ("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("t", "th"), ("s", "z"), ("z", "s"))


def spelt(curie: str) -> str:
    """The name of a drug in the vocabulary, "" for none."""
    return load_terms().term(curie).label if curie else ""


@lru_cache(maxsize=20_000)
def respelt(word: str) -> str:
    """The drug whose international name differs from a word by its last `e`; "" where the word is a name of its own, or plain English."""
    low = word.lower()
    if not (_WITHOUT_E.fullmatch(low) or _WITH_E.fullmatch(low)) or low in PLAIN or named(word, _ALL):
        return ""
    return _drug(f"{low}e") if not low.endswith("e") else _drug(low[:-1])


@lru_cache(maxsize=5_000)
def mended(word: str) -> str:
    """The one drug whose name a word is but for a letter too many, a vowel too few or a letter that sounds alike; "" where there is none.

    Example:
    >>> spelt(mended("Dexamthasone")), spelt(mended("prophylthiouracil")), mended("dexamethasone"), mended("prednisolone")
    ('dexamethasone', '6-propyl-2-thiouracil', '', '')
    """
    low = word.lower()
    if len(low) < _LONG or not low.isalpha() or low in PLAIN or named(word, _ALL):
        return ""
    tried = {low[:k] + low[k + 1 :] for k in range(1, len(low))}
    tried |= {low[:k] + vowel + low[k:] for k in range(1, len(low)) for vowel in _VOWELS}
    tried |= {low[: m.start()] + new + low[m.end() :] for old, new in _SWAPS for m in re.finditer(old, low)}
    found = {drug for each in tried if (drug := _drug(each))}
    return found.pop() if len(found) == 1 else ""


_ALL = ("DrugBank", "CHEBI", "HP", "MONDO", "UBERON", "PATO", "GO", "CL", "HGNC", "MAXO", "cg", "NCIT")


def _drug(name: str) -> str:
    curie = named(name, DRUGS)
    term = load_terms().find_term(curie) if curie else None
    if not curie or term is None or not (curie.startswith("DrugBank") or term.same_as):
        return ""
    return next((each for each in term.same_as if each.startswith("CHEBI")), curie)
