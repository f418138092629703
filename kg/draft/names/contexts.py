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


def _stands(where: str, pattern: re.Pattern[str], text: str, hit: Hit) -> bool:
    if where == "before":
        return bool(pattern.search(text[max(0, hit.start - REACH) : hit.start]))
    return bool(pattern.match(text, hit.end) if where == "after" else pattern.fullmatch(text, hit.start, hit.end))
