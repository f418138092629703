"""What must not stand beside a finding, for there its words mean something else: `dengue fever`, `pain score`.

>>> fever = Hit(7, 12, "HP:0001945", frozenset((1,)), 0)
>>> is_meant("Dengue fever.", fever), is_meant("A high fever.", fever)
(False, True)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.names.hpo import hp
from kg.draft.names.tokens import Hit
from kg.draft.patterns.lists import rows_of
from kg.terms import load_terms

REACH = 30  # characters before a finding that are looked at


class _Contexts(NamedTuple):
    words: re.Pattern[str]  # words that are no finding, though they read like a name
    after: re.Pattern[str]  # what must not follow any finding
    of: dict[str, list[tuple[str, re.Pattern[str]]]]  # HPO id → where, and what


@lru_cache(maxsize=1)
def _contexts() -> _Contexts:
    general: dict[str, list[str]] = {"is": [], "after": []}
    of: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for where, labels, pattern in rows_of("contexts.tsv"):
        if labels == "*":
            general[where].append(pattern)
            continue
        for label in labels.split("|"):
            of.setdefault(hp(label), []).append((where, re.compile(pattern, re.I)))
    words, after = (re.compile("|".join(patterns), re.I) for patterns in general.values())
    return _Contexts(words, after, of)


def is_meant(text: str, hit: Hit) -> bool:
    """Whether a finding's words, and those beside it, leave it what it is."""
    known = _contexts()
    if known.after.match(text, hit.end) or known.words.fullmatch(text, hit.start, hit.end):
        return False
    return not any(_stands(where, pattern, text, hit) for where, pattern in known.of.get(hit.curie, ()))


_AGAIN = re.compile(
    r"recurr|repeat|frequen|multipl|several|numerous|episodic|periodic|intermittent|paroxysm|chronic|cycl|relaps|habitual|suscept|many|prone|increased",
    re.I,
)
#: Words in the plural, but not the `is`, `us` and `ss` that end names in the singular.
_SEVERAL = re.compile(r"[^\Wisu]s\b|i[ae]s\b")


@lru_cache(maxsize=20_000)
def _comes_again(curie: str) -> bool:
    """Whether a term is of what comes again and again."""
    return bool(re.search(r"\b(?:recurrent|episodic|repeated|frequent)\b", load_terms().term(curie).label, re.I))


def is_single_event(text: str, hit: Hit) -> bool:
    """Whether the words of a term for what recurs tell of one event only: `a urinary tract infection`, `one episode of vomiting`.

    Example:
    >>> vomiting = Hit(2, 21, "HP:0002572", frozenset((1, 3)), 0)
    >>> is_single_event("1 episode of vomiting", vomiting), is_single_event("3 episodic vomitings ", vomiting)
    (True, False)
    """
    if not _comes_again(hit.curie):
        return False
    words = text[hit.start : hit.end]
    return not _AGAIN.search(words) and not _SEVERAL.search(words)


def _stands(where: str, pattern: re.Pattern[str], text: str, hit: Hit) -> bool:
    if where == "before":
        return bool(pattern.search(text[max(0, hit.start - REACH) : hit.start]))
    return bool(pattern.match(text, hit.end) if where == "after" else pattern.fullmatch(text, hit.start, hit.end))
