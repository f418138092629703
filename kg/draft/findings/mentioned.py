"""Text → the HPO terms that it mentions, each with what the text says of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from kg.draft.findings.measure import value_findings
from kg.draft.names.complaints import status_of
from kg.draft.names.recognise import Hit, recogniser
from kg.draft.reading.negate import Scope, scopes, status_at


class Mention(NamedTuple):
    """A term that a text mentions: offsets, id, and what the text says of it.

    `status` is present, absent, uncertain, family or hypothetical.
    """

    start: int
    end: int
    curie: str
    status: str
    rank: int


def _status(text: str, found: list[Scope], hit: Hit) -> str:
    """The status of a hit; `no` before its first word denies what is said of that word: `neither ears nor nails were small`."""
    status, _ = status_of(text, found, hit.start, hit.end)
    if status == "family-absent":
        return "absent"
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
