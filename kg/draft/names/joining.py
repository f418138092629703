"""Names whose words are shared over "and", "or", commas, or stand around a verb: `short fingers and toes`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from kg.draft.names.nouns import NEUTRAL, goes_before, has_strange_neighbour, is_adjective, is_complete, opens_noun
from kg.draft.names.packed import Tables
from kg.draft.names.tokens import Hit, Tokens

# Codes → shapes: a part of the body that also places counts as one; stop words and grades do not count, but for those that part.
_SHAPES = str.maketrans({"B": "S", "C": "-", "x": None, "o": None, "G": None})
_PART = re.compile("([-,p]*)([SQH]+)")
_COMMAS = (",", ",,")
# Shapes of conjuncts.
_SITES, _QUALITY, _SITES_QUALITY = re.compile("S+"), re.compile("[QH]*Q[QH]*"), re.compile("S+[QH]*Q[QH]*")
_HEAD, _TAIL, _INSIDE = re.compile("[QH]*Q[QH]*(?=S)|[QH]+(?=S)"), re.compile("S+(?=[QH]+$)|S+$"), re.compile("(Q[QH]+)S+")
_SITES_THEN, _THEN_SITES = re.compile("(S*)[QH]+"), re.compile("([QH]*)S+")
_SIZED, _HOLLOW = re.compile(r"(?:small|large)\Z", re.I), re.compile(r"bowel|intestin|airway|vessel|fib", re.I)


class Part(NamedTuple):
    """A conjunct: its token numbers, its shape in codes S, Q and H, and what stands before it ("," joins, "-" unknown words, "p" parts)."""

    places: tuple[int, ...]
    shape: str
    before: str


def joined(tables: Tables, tokens: Tokens) -> Iterator[Hit]:
    """Findings whose words stand in several parts of a list, or around a verb."""
    for chain in _chains(tokens):
        for part in chain:
            yield from _inside(tables, tokens, part)
        for n in range(len(chain) - 1):
            if _may_share(chain[n].shape, chain[n + 1].before, chain[n + 1].shape):
                yield from _share_head(tables, tokens, chain, n)
                yield from _share_tail(tables, tokens, chain, n)


def _chains(tokens: Tokens) -> Iterator[list[Part]]:
    """The conjuncts of each clause in which some may share words."""
    codes = tokens.codes.replace("!", ".")
    at = 0
    for clause, shapes in zip(codes.split("."), codes.translate(_SHAPES).split(".")):
        if len(shapes) > 2 and (parts := _conjuncts(shapes)):
            places = iter([k for k, code in enumerate(clause, at) if code in "SQHB"])
            yield [Part(tuple(islice(places, len(shape))), shape, before) for before, shape in parts]
        at += len(clause) + 1


@lru_cache(maxsize=20_000)
def _conjuncts(shapes: str) -> tuple[tuple[str, str], ...]:
    """What stands before each conjunct of a clause, and its shape; () where none can share words."""
    # A parting word counts only where it follows a conjunct: in `pain, with swelling` the comma has parted already.
    parts = tuple(("p" * (before[:1] == "p") + before.replace("p", ""), shape) for before, shape in _PART.findall(shapes))
    shares = any(_INSIDE.match(shape) for _, shape in parts) or any(_may_share(one[1], *other) for one, other in zip(parts, parts[1:]))
    return parts if shares else ()


@lru_cache(maxsize=10_000)
def _may_share(shape: str, before: str, other: str) -> bool:
    """Whether a conjunct of this shape may share words with the one after it, and so with later ones."""
    commas, sites = before in _COMMAS, _SITES.fullmatch(other)
    apart = set(before) <= {"-"}
    if sites and commas and _HEAD.match(shape):
        return True
    if _QUALITY.fullmatch(other) and _TAIL.search(shape) and (commas and _SITES_QUALITY.fullmatch(shape) or apart and shape[-1] == "S"):
        return True
    if "S" not in shape and before == "-" and other[0] == "S":
        return True
    if _SITES.fullmatch(shape):
        return commas or apart
    return commas and bool(_QUALITY.fullmatch(shape) and (_QUALITY.fullmatch(other) or _THEN_SITES.match(other)))


def _inside(tables: Tables, tokens: Tokens, part: Part) -> Iterator[Hit]:
    """`long curly eyelashes`: each adjective with the noun."""
    found = _INSIDE.match(part.shape)
    if found:
        noun = found.end(1)
        for k in range(noun):
            between = part.places[k + 1 : noun]
            near = part.places[noun] - part.places[k] == noun - k or all(tokens.words[m].text.lower() in NEUTRAL for m in between)
            if near and part.shape[k] == "Q" and tokens.words[part.places[k]].adjective:
                yield from _first(tables, tokens, [(part.places[k], *part.places[found.end(1) : found.end()])])


def _share_head(tables: Tables, tokens: Tokens, chain: list[Part], n: int) -> Iterator[Hit]:
    """`short fingers and toes`, `weakness of arms and legs`, `femurs were short and bowed`."""
    part = chain[n]
    head = _HEAD.match(part.shape)
    tail = _TAIL.search(part.shape)
    for other in chain[n + 1 : n + 7]:
        commas = other.before in _COMMAS
        if _SITES.fullmatch(other.shape) and head and commas:
            if has_strange_neighbour(tokens, other.places):
                return
            quality = part.places[: head.end()]
            # In `skin of the arms and legs` the legs stand beside the arms, not beside the skin.
            least = max((k for k in range(head.end() + 1, len(part.places)) if _is_part_of(tokens, *part.places[k - 1 : k + 1])), default=0)
            ends = range(len(part.places), max(head.end(), least) - 1, -1)
            yield from _first(tables, tokens, [(*quality, *part.places[head.end() : k], *other.places) for k in ends])
        elif (
            _QUALITY.fullmatch(other.shape)
            and tail
            and (commas and _SITES_QUALITY.fullmatch(part.shape) or set(other.before) <= {"-"} and part.shape[-1:] == "S")
        ):
            after = chain[chain.index(other) + 1] if other is not chain[-1] else None
            if _says_otherwise(tokens, part, other, commas) or _is_shared_ahead(tokens, other, after):
                return
            yield from _first(tables, tokens, [(*part.places[k : tail.end()], *other.places) for k in range(tail.start(), tail.end())])
        else:
            if "S" not in part.shape and _SITES.match(other.shape) and other.before == "-":
                end = len(other.shape) - len(other.shape.lstrip("S"))
                yield from _first(tables, tokens, [(*part.places, *other.places[:end])])
            return


def _share_tail(tables: Tables, tokens: Tokens, chain: list[Part], n: int) -> Iterator[Hit]:
    """`upper and lower limb weakness`, `short and broad nails`, `phalanges and metacarpals were short`."""
    part = chain[n]
    if not (_SITES.fullmatch(part.shape) or _QUALITY.fullmatch(part.shape)):
        return
    complete = is_complete(tokens, part.places)
    for other in chain[n + 1 : n + 6]:
        commas = other.before in _COMMAS
        if complete and not is_complete(tokens, other.places[:1]):
            return
        if not commas and not (part.shape[0] == "S" and set(other.before) <= {"-"}):
            return
        if (_SITES if part.shape[0] == "S" else _QUALITY).fullmatch(other.shape):
            continue
        tailed, fronted = _SITES_THEN.match(other.shape), _THEN_SITES.match(other.shape)
        if part.shape[0] == "S" and tailed:
            sites, end = tailed.end(1), tailed.end()
            after = chain[chain.index(other) + 1] if other is not chain[-1] else None
            if end < len(other.shape) and is_adjective(tokens, other.places[end - 1]) or _is_shared_ahead(tokens, other, after):
                return
            if sites and commas and not goes_before(tokens, part.places[-1], other.places[sites - 1], other.places[sites]):
                return
            yield from _first(
                tables, tokens, [(*part.places, *other.places[k:end]) for k in range(1, sites + 1)] or [(*part.places, *other.places[:end])]
            )
            if len(part.places) > 1:
                yield from _first(tables, tokens, [(part.places[0], *other.places[:end])])
        elif part.shape[0] != "S" and fronted and commas:
            start, end = fronted.end(1), fronted.end()
            if not start and end < len(other.shape):
                return
            yield from _first(tables, tokens, [(*part.places, *other.places[start:k]) for k in range(end, start, -1)])
        return


def _is_part_of(tokens: Tokens, one: int, other: int) -> bool:
    """Whether `of` or `in` stands between two words."""
    return any(tokens.words[k].text.lower() in ("of", "in") for k in range(one + 1, other))


def _is_shared_ahead(tokens: Tokens, part: Part, after: Part | None) -> bool:
    """Whether an adjective goes with the noun of the next conjunct: `the feet showed thick and curved bones`."""
    return after is not None and after.before == "," and bool(_HEAD.match(after.shape)) and is_adjective(tokens, part.places[-1])


def _says_otherwise(tokens: Tokens, part: Part, other: Part, commas: bool) -> bool:
    """Whether a quality is not that of the part before it: `skin swabs showed atrophy`, `ear atresia, hypoplasia of the jaw`."""
    if not commas:
        return has_strange_neighbour(tokens, part.places)
    if is_complete(tokens, other.places):
        return True
    last, adjective = other.places[-1], is_adjective(tokens, other.places[-1])
    following = tokens.words[last + 1].text.lower() if last + 1 < len(tokens.words) else ""
    if not adjective and following in ("of", "to"):
        return True
    before = part.places[-1]
    return tokens.codes[before] == tokens.codes[last] == "Q" and is_adjective(tokens, before) != adjective


def _first(tables: Tables, tokens: Tokens, tries: list[tuple[int, ...]]) -> Iterator[Hit]:
    """The hit of the first try that is a name, as an iterator."""
    hit = first_name(tables, tokens, tries)
    if hit:
        yield hit


def first_name(tables: Tables, tokens: Tokens, tries: list[tuple[int, ...]]) -> Hit | None:
    """The hit of the first try, token numbers in any order, that is a name; none where its last word goes with the noun after it."""
    words = tokens.words
    for places in tries:
        if len(places) > 1:
            curie = tables.exact.get(sum([words[k].exact for k in places])) or tables.loose.get(sum([words[k].loose for k in places]))
            if curie:
                return None if opens_noun(tokens, max(places)) or _is_hollow(tokens, places) else tokens.hit(sorted(places), curie, 2)
    return None


def _is_hollow(tokens: Tokens, places: tuple[int, ...]) -> bool:
    """Whether the size is part of a name: `small bowel`, `large airways`."""
    words = tokens.words
    return any(_SIZED.match(words[k].text) and k + 1 < len(words) and _HOLLOW.match(words[k + 1].text) for k in places)
