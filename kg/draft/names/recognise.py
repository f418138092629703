"""Text → the HPO terms it mentions, with their offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from kg.draft.names.abbreviations import with_abbreviations
from kg.draft.names.adjacent import adjacent
from kg.draft.names.brackets import bracketed, unbracketed
from kg.draft.names.contexts import is_meant, is_single_event
from kg.draft.names.joining import joined
from kg.draft.names.numbered import numbered
from kg.draft.names.packed import Tables
from kg.draft.names.parallel import parallel
from kg.draft.names.tables import load_tables
from kg.draft.names.tokens import Hit, Tokeniser, Tokens
from kg.draft.patterns.lists import word_list
from kg.terms import load_terms

__all__ = ["Hit", "Recogniser", "recogniser"]

#: Grades that a record keeps apart from the finding.
SPREAD = word_list("spread")


class Recogniser:
    """Finds the names of the tables in texts; one serves for any number of texts."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or load_tables()
        self._tokeniser = Tokeniser(self.tables)

    def find(self, text: str) -> list[Hit]:
        """The mentions, in text order but for those of short forms, which come last."""
        t = self.tables
        words, starts, brackets = unbracketed(*self._tokeniser.words(text))
        tokens = Tokens(words, starts)
        found = [*adjacent(t, tokens), *joined(t, tokens), *bracketed(t, tokens, brackets), *numbered(t, tokens)]
        found += parallel(t, tokens, found)
        found = [hit for hit in found if not is_single_event(text, hit)]
        return with_abbreviations(text, [hit for hit in self._read(tokens, _choose(tokens, found)) if is_meant(text, hit)])

    def _read(self, tokens: Tokens, hits: list[Hit]) -> Iterator[Hit]:
        """A hit as all the terms its words stand for."""
        for hit in hits:
            also = self.tables.readings.get(sum(tokens.words[k].exact for k in hit.places if k >= 0))
            yield from (hit._replace(curie=curie) for curie in also) if also else (hit,)


def _choose(tokens: Tokens, hits: list[Hit]) -> list[Hit]:
    """Of hits on the same words the best, and none inside another."""
    best: dict[frozenset[int], Hit] = {}
    for hit in hits:
        if hit.places not in best or hit.rank < best[hit.places].rank:
            best[hit.places] = hit
    at = _by_place(best.values())
    for hit in [hit for hit in best.values() if any(_opens_inside(tokens, hit, other) for other in at[min(hit.places)])]:
        del best[hit.places]
    at = _by_place(best.values())
    kept = []
    for hit in best.values():
        over = [other for other in at[max(hit.places)] if hit.places < other.places]
        if not over:
            kept.append(hit)
        elif any(_only_graded(tokens, hit, other) for other in over):
            kept.append(hit._replace(rank=3))
    return sorted(kept)


def _by_place(hits: Iterable[Hit]) -> dict[int, list[Hit]]:
    """Token number → the hits that it is part of."""
    at: dict[int, list[Hit]] = {}
    for hit in hits:
        for place in hit.places:
            at.setdefault(place, []).append(hit)
    return at


def _opens_inside(tokens: Tokens, hit: Hit, other: Hit) -> bool:
    """Whether a hit over "and" begins within a name that ends before it: the `breath and chest pain` of `shortness of breath and chest pain`."""
    first, last = min(other.places), max(other.places)
    if other.rank > 1 or first < 0 or not first < min(hit.places) or not last < max(hit.places):
        return False
    mine = {place for place in hit.places if place <= last}
    return mine < other.places and last in mine and tokens.codes[last + 1] == ","


def _only_graded(tokens: Tokens, hit: Hit, other: Hit) -> bool:
    """Whether a wider hit only adds grades to this one, and is a kind of it."""
    graded = all(tokens.words[k].text.lower() in SPREAD for k in other.places - hit.places)
    return graded and hit.curie in load_terms().ancestors(other.curie)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser over the compiled tables; made once."""
    return Recogniser()
