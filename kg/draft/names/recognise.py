"""Text → the HPO terms it mentions, with their offsets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from kg.draft.findings.measure import value_findings
from kg.draft.findings.negate import Scope, is_reason, scopes, status_at
from kg.draft.names.abbreviations import with_abbreviations
from kg.draft.names.adjacent import adjacent
from kg.draft.names.brackets import bracketed, unbracketed
from kg.draft.names.contexts import is_meant
from kg.draft.names.ground import named
from kg.draft.names.joining import joined
from kg.draft.names.numbered import numbered
from kg.draft.names.packed import Tables
from kg.draft.names.parallel import parallel
from kg.draft.names.tables import load_tables
from kg.draft.names.tokens import Hit, Tokeniser, Tokens
from kg.draft.names.words import word_list
from kg.terms import load_terms

__all__ = ["Hit", "Mention", "Recogniser", "hpo_ids", "hpo_mentions", "recogniser"]

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
    at: dict[int, list[Hit]] = {}  # token number → the hits that it is part of
    for hit in best.values():
        for place in hit.places:
            at.setdefault(place, []).append(hit)
    kept = []
    for hit in best.values():
        over = [other for other in at[max(hit.places)] if hit.places < other.places]
        if not over:
            kept.append(hit)
        elif any(_only_graded(tokens, hit, other) for other in over):
            kept.append(hit._replace(rank=3))
    return sorted(kept)


def _only_graded(tokens: Tokens, hit: Hit, other: Hit) -> bool:
    """Whether a wider hit only adds grades to this one, and is a kind of it."""
    graded = all(tokens.words[k].text.lower() in SPREAD for k in other.places - hit.places)
    return graded and hit.curie in load_terms().ancestors(other.curie)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser over the compiled tables; made once."""
    return Recogniser()


class Mention(NamedTuple):
    """A term that a text mentions: offsets, id, and what the text says of it.

    `status` is present, absent, uncertain, family or hypothetical.
    """

    start: int
    end: int
    curie: str
    status: str
    rank: int


def complained_of(text: str, start: int, end: int, cue: str) -> bool:
    """Whether a mention that this cue makes hypothetical is a complaint that somebody was examined for, and so is there.

    Example:
    >>> [complained_of(text, 0, len(text), "evaluated for") for text in ("muscle cramps", "coeliac disease")]
    [True, False]
    """
    return is_reason(cue) and named(text[start:end], ("MONDO",)) is None


def _status(text: str, found: list[Scope], hit: Hit) -> str:
    """The status of a hit; `no` before its first word denies what is said of that word: `neither ears nor nails were small`."""
    status, cue = status_at(found, hit.start, hit.end)
    if status == "family-absent":
        return "absent"
    if status == "hypothetical" and complained_of(text, hit.start, hit.end, cue):
        return "present"
    if status == "present" and hit.rank == 2:
        begun, cue = status_at(found, hit.start, hit.start + 1)
        if begun == "absent" and cue.lower() in ("no", "neither", "nor"):
            return begun
    return status


def hpo_mentions(text: str) -> list[Mention]:
    """All mentions of HPO terms, in text order, with their status; printed values count for what they show.

    Example:
    >>> [(text[m.start:m.end], m.curie, m.status) for text in ["No fever, but short fingers and toes."] for m in hpo_mentions(text)]
    [('fever', 'HP:0001945', 'absent'), ('short fingers', 'HP:0009381', 'present'), ('short fingers and toes', 'HP:0001831', 'present')]
    """
    found = scopes(text)
    out = [Mention(h.start, h.end, h.curie, _status(text, found, h), h.rank) for h in recogniser().find(text)]
    out += [Mention(start, end, curie, "present", 4) for start, end, curie in value_findings(text)]
    return sorted(out)


def hpo_ids(text: str, statuses: Collection[str] = ("present", "uncertain", "family")) -> list[str]:
    """The HPO ids that a text states of somebody, sorted; what it denies or only considers is left out.

    Example:
    >>> hpo_ids("She had fever but no rash. Haemoglobin was 6.2 g/dL.")
    ['HP:0001903', 'HP:0001945']
    """
    return sorted({m.curie for m in hpo_mentions(text) if m.status in statuses})
