"""Findings that stand parallel over "and": where `low sodium` is one, `low potassium` is the other.

A finding next to "and" or a comma is the anchor. What stands beyond takes the place of a part of it: `low sodium, potassium and
magnesium`, `joint pain and swelling`, `visual and hearing impairment`. So a list is only read where one of its findings stands in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.draft.names.joining import first_name
from kg.draft.names.nouns import goes_before, has_strange_neighbour, is_adjective, is_complete
from kg.draft.names.packed import Tables
from kg.draft.names.tokens import GRADING, Hit, Tokens

#: Conjuncts that a list may have beyond its anchor, and words of a conjunct that share on both sides.
MOST, WIDEST = 6, 4
# Codes of two words of names on both sides of "and".
_BOTH_WIDE = re.compile("[SQH][xGB]*[SQH](?=[xGB]*,[xGB]*[SQH][xGB]*[SQH])")


class _Found(NamedTuple):
    """What is known of a text so far: the hits of several words by their places, and the places of those of one word."""

    whole: dict[int, list[frozenset[int]]]
    single: frozenset[int]


def parallel(tables: Tables, tokens: Tokens, hits: Sequence[Hit]) -> list[Hit]:
    """The findings that the given ones stand parallel to, and those parallel to these."""
    if "," not in tokens.codes:
        return []
    made = [*_around(tables, tokens, hits, hits), *_mutual(tables, tokens)]
    return [*made, *_around(tables, tokens, made, [*hits, *made])] if made else []


def _around(tables: Tables, tokens: Tokens, anchors: Sequence[Hit], hits: Sequence[Hit]) -> Iterator[Hit]:
    codes, known = tokens.codes, None
    for places in {hit.places for hit in anchors if len(hit.places) > 1}:
        first, last = min(places), max(places)
        right, left = codes[last + 1 : last + 2] == ",", first > 0 and codes[first - 1] == ","
        if first < 0 or not (right or left):  # a place below 0 is a number's, made by `numbered`
            continue
        ordered = sorted(places)
        known = known or _found(hits)
        if right:
            yield from _along(tables, tokens, ordered, 1, known)
        if left:
            yield from _along(tables, tokens, ordered, -1, known)


def _found(hits: Sequence[Hit]) -> _Found:
    whole: dict[int, list[frozenset[int]]] = {}
    for hit in hits:
        for place in hit.places if len(hit.places) > 1 else ():
            whole.setdefault(place, []).append(hit.places)
    return _Found(whole, frozenset(place for hit in hits if len(hit.places) == 1 for place in hit.places))


def _along(tables: Tables, tokens: Tokens, places: list[int], step: int, known: _Found) -> Iterator[Hit]:
    """The findings of the conjuncts on one side, as far as the list goes."""
    at = places[-1] + 1 if step > 0 else places[0] - 1
    for n in range(MOST):
        if not 0 <= at < len(tokens.codes) or tokens.codes[at] != ",":
            return
        comma = not n and tokens.words[at].text == ","
        part, at = _conjunct(tokens, at + step, step)
        if not part:
            return
        hit = None
        if not (comma and step < 0 and not is_adjective(tokens, part[-1])) and not has_strange_neighbour(tokens, part):
            hit = _swapped(tables, tokens, places, part, step, known)
        if hit:
            yield hit
        elif not all(tokens.codes[k] == "S" or is_adjective(tokens, k) for k in part):
            return


def _conjunct(tokens: Tokens, at: int, step: int) -> tuple[list[int], int]:
    """The words of names from here to the next "and", unknown word or sign, in text order; and where they end."""
    part: list[int] = []
    codes = tokens.codes
    while 0 <= at < len(codes) and codes[at] not in ",-.!po":
        if codes[at] in "SQH":
            part.append(at)
        at += step
    return (part if step > 0 else part[::-1]), at


def _swapped(tables: Tables, tokens: Tokens, places: list[int], part: list[int], step: int, known: _Found) -> Hit | None:
    """The finding of a conjunct: what the anchor shares with it, and the conjunct's own words."""
    codes, anchor = tokens.codes, set(places)
    for size in range(len(part), 0, -1):
        own = part[:size] if step > 0 else part[-size:]
        if any(not anchor & other - set(own) for place in own for other in known.whole.get(place, ())):
            continue  # these words are a finding of their own
        if step > 0 and not is_adjective(tokens, own[-1]) and [word.text.lower() for word in tokens.words[own[-1] + 1 : own[-1] + 2]] == ["of"]:
            continue  # `skin erosions, absence of myalgias`
        qualities = all(codes[k] == "Q" for k in own)
        if is_complete(tokens, own) or not qualities and not known.single.isdisjoint(own):
            continue
        for cut in range(1, len(places)):
            shared = places[:-cut] if step > 0 else places[cut:]
            if not _may_be_name(tables, tokens, (*shared, *own)) or all(codes[k] in GRADING for k in shared):
                continue
            if step > 0 and not qualities and all(codes[k] == "S" for k in shared):
                continue
            if step < 0 and not goes_before(tokens, part[-1], places[cut - 1], places[cut]):
                continue
            hit = first_name(tables, tokens, [tuple(sorted((*shared, *own)))])
            if hit:
                return hit
    return None


def _may_be_name(tables: Tables, tokens: Tokens, places: tuple[int, ...]) -> bool:
    """A quick no to most words put together."""
    words, sums = tokens.words, tables.sums
    return sum([words[k].exact for k in places]) in sums or sum([words[k].loose for k in places]) in sums


def _mutual(tables: Tables, tokens: Tokens) -> Iterator[Hit]:
    """`increased intracranial and intraocular pressure`: neither side is a finding by itself, but both are with what they share."""
    for match in _BOTH_WIDE.finditer(tokens.codes):
        at = tokens.codes.index(",", match.end())
        left, right = _conjunct(tokens, at - 1, -1)[0][-WIDEST:], _conjunct(tokens, at + 1, 1)[0][:WIDEST]
        wide = [k for k in range(1, len(right)) if _may_be_name(tables, tokens, (*left, *right[k:]))]
        for i in range(1, len(left) if wide else 0):
            for k in wide:
                one = first_name(tables, tokens, [(*left, *right[k:])])
                other = one and first_name(tables, tokens, [(*left[:i], *right)])
                if one and other:
                    yield from (one, other)
