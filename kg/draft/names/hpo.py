"""The HPO term that a word list names by its label."""

from __future__ import annotations

from functools import lru_cache

from kg.terms import load_terms


@lru_cache(maxsize=1000)
def hp(label: str) -> str:
    """The id of the term with this name; "" where there is none.

    Example:
    >>> hp("Short stature"), hp("No such label")
    ('HP:0004322', '')
    """
    return next((curie for curie, _ in load_terms().find_by_name(label) if curie.startswith("HP:")), "") if label else ""
