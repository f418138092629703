"""Which noun a word goes with: what tells `cleft palate and nasal packing` from `cleft palate and nose`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.draft.names.tokens import Tokens
from kg.draft.names.words import VERBS
from kg.draft.patterns.lists import word_list

#: Nouns that say no more than the part's adjective before them: `abnormal sternal shape`.
NEUTRAL = word_list("neutral")
COPULAS = word_list("copulas")
_SITE_ADJECTIVE = re.compile(r"\w{2,}(?:[ai]l|ar|ic|ac|ous|ary)\Z(?<!canal)", re.I)
_COMPLETE = re.compile(r"\w*(?:dactyl(?:y|ies)|porosis|penia|tonia|spasticity|asymmetry|paralysis)\Z", re.I)
_PLURAL = re.compile(r"[^siu]s\Z")


def is_adjective(tokens: Tokens, place: int) -> bool:
    """Whether a word goes with a noun after it."""
    word = tokens.words[place]
    return word.adjective or word.code == "S" and bool(_SITE_ADJECTIVE.match(word.text))


def is_complete(tokens: Tokens, places: Sequence[int]) -> bool:
    """Whether a word is a finding that needs no part of the body: the `clinodactyly` of `clinodactyly and large hands`."""
    word = tokens.words[places[0]]
    return len(places) == 1 and bool(word.alone) and bool(_COMPLETE.match(word.text))


def opens_noun(tokens: Tokens, place: int) -> bool:
    """Whether a part's adjective goes with the noun after it: the `nasal` of `cleft palate and nasal packing`."""
    if tokens.codes[place] != "S" or place + 1 == len(tokens.words) or not _SITE_ADJECTIVE.match(tokens.words[place].text):
        return False
    after = tokens.words[place + 1]
    return tokens.touch(place) and after.text.lower() not in NEUTRAL and (after.code in "SQHC" or _is_unknown(tokens, place + 1))


def has_strange_neighbour(tokens: Tokens, places: Sequence[int]) -> bool:
    """Whether an unknown word belongs to the part of the body that stands here: `weary face`, `ear drainage`."""
    first, last = places[0], places[-1]
    return (
        first > 0
        and tokens.codes[first] == "S"
        and _is_unknown(tokens, first - 1)
        and not tokens.words[first - 1].text.endswith("ing")
        and tokens.touch(first - 1)
        or last + 1 < len(tokens.words)
        and tokens.codes[last] == "S"
        and _is_unknown(tokens, last + 1)
        and tokens.touch(last)
    )


def goes_before(tokens: Tokens, own: int, swapped: int, shared: int) -> bool:
    """Whether a conjunct can take the place of words before what it shares: the `renal` of `renal and hepatic failure`.

    Args:
        own: the conjunct's last word.
        swapped: the last of the words whose place it takes.
        shared: the first of those that it shares.
    """
    adjective, quality = is_adjective(tokens, own), tokens.codes[own] == "Q"
    if any(tokens.words[k].text.lower() in COPULAS for k in range(swapped + 1, shared)):
        return not (quality and adjective)
    if adjective:
        return not quality or is_adjective(tokens, swapped)
    if tokens.codes[own] == "S" and is_adjective(tokens, swapped):
        return False  # `the face and malar hypoplasia`
    return not quality and not _PLURAL.search(tokens.words[own].text)


def _is_unknown(tokens: Tokens, place: int) -> bool:
    return tokens.codes[place] == "-" and tokens.words[place].text.lower() not in VERBS
