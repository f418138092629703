"""A laboratory's own words: names that `kg vocab add` brought, looked for beside the compiled tables, which hold HPO alone."""

from __future__ import annotations

from kg.draft.names.ground import counts_as, find_terms
from kg.draft.names.recognise import Hit
from kg.terms import load_terms


def with_own(text: str, hits: list[Hit]) -> list[Hit]:
    """The mentions of findings with those of a laboratory's own terms; of mentions inside one another the longest stays.

    Own diseases and drugs are found where the public ones are (`kg.draft.names.ground`); here they only hide what lies in them.

    Args:
        hits: what the recogniser found in this text.
    Returns:
        The very hits where the vocabulary in use has no terms of a laboratory's.
    """
    prefixes = tuple(sorted(load_terms().own_prefixes))
    if not prefixes:
        return hits
    own = [
        (a, b, curie)
        for a, b, curie in find_terms(text, prefixes)
        if not any(hit.start <= a and b <= hit.end and hit.end - hit.start > b - a for hit in hits)
    ]
    kept = [hit for hit in hits if not any(a <= hit.start and hit.end <= b for a, b, _ in own)]
    # Places tell hits of the same words apart; a negative one is no token's.
    return kept + [Hit(a, b, curie, frozenset((-a - 10,)), 0) for a, b, curie in own if counts_as(curie, ("HP",))]
