"""Terms whose names come near in spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Protocol

from kg.terms.term import Term, normalise, prefix_rank, term_order


class Searched(Protocol):
    """What is asked of the vocabulary that is searched; `kg.terms.lookup.Terms` is one."""

    @property
    def prefixes(self) -> tuple[str, ...]: ...
    @property
    def whole_prefixes(self) -> frozenset[str]: ...
    def __contains__(self, curie: str) -> bool: ...
    def term(self, curie: str) -> Term: ...
    def find_term(self, curie: str) -> Term | None: ...
    def find_by_name(self, text: str) -> list[tuple[str, str]]: ...
    def prefix_of(self, prefix: str) -> str | None: ...
    def resembling(self, wanted: str, prefix: str) -> Iterator[Term]: ...
    def suggest(self, text: str, n: int = 3, prefix: str = "") -> list[Term]: ...


def nearest(terms: Searched, text: str, n: int, prefix: str) -> list[tuple[float, Term]]:
    """(likeness, term) of the current terms that come nearest, best first; at most `n`. See `Terms.suggest`."""
    if re.fullmatch(r"[A-Za-z.]+[:_]\w+", text):
        term = terms.find_term(_mend_curie(terms, text))
        return [(1.0, term)] if term and not term.obsolete else []
    wanted = normalise(text)
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    scored: dict[str, tuple[float, Term]] = {}
    exact = (terms.term(curie) for curie, _ in terms.find_by_name(text))
    candidates = [t for t in exact if not prefix or t.curie.startswith(prefix + ":")]
    for term in (*candidates, *terms.resembling(wanted, prefix)):
        if term.obsolete:
            continue
        score = max((_likeness(matcher, wanted, normalise(name)) for name, _ in term.names()), default=0.0)
        if score > scored.get(term.curie, (0.6, term))[0]:
            scored[term.curie] = score, term
    order = sorted(scored.values(), key=lambda s: (-s[0], prefix_rank(s[1].curie), term_order(s[1].curie)))
    return order[:n]


def _mend_curie(terms: Searched, text: str) -> str:
    """HP_25508 → HP:0025508: the separator, the case of the prefix and leading zeros."""
    prefix, _, local = text.replace("_", ":", 1).partition(":")
    prefix = terms.prefix_of(prefix) or prefix
    return f"{prefix}:{local.zfill(7)}" if f"{prefix}:{local}" not in terms else f"{prefix}:{local}"


def _likeness(matcher: SequenceMatcher[str], wanted: str, name: str) -> float:
    """0 to 1: how alike two names are; a name that only says more than the wanted one counts as near."""
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
        score = 0.0
    else:
        score = matcher.ratio()
    if len(wanted) > 5 and wanted in name:  # "heliotrope rash" in "heliotrope rash of eyelid"
        score = max(score, 0.75 + 0.2 * len(wanted) / len(name))
    return score
