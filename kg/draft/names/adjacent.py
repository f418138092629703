"""Names whose words stand together in a sentence, in any order: `pain in the left knee`, `knee pain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import sub

from kg.draft.names.nouns import has_strange_neighbour, opens_noun
from kg.draft.names.packed import Tables
from kg.draft.names.tokens import GRADING, Hit, Tokens

#: Tokens that a name may reach over, and words, stop words in a row and words of one name that it has at most.
REACH, STOPS, LONGEST = 14, 3, 7
# Codes → what tells runs apart: no name reaches over a word of no name or a sign; stop words and "and" do not count.
_RUNS = str.maketrans({"x": None, "p": None, "o": None, ",": None, ".": "-", "!": "-"})
_NAMING = frozenset("SQHCGB")


def adjacent(tables: Tables, tokens: Tokens) -> Iterator[Hit]:
    """The names, by their first word."""
    starts = dict(_starts(tables, tokens))
    for i in sorted({*tokens.alone, *starts}):
        for curie in tokens.words[i].alone:
            yield tokens.hit([i], curie, 0)
        if i in starts:
            yield from _from(tables, tokens, i, starts[i])


def adjacent_to(tables: Tables, tokens: Tokens, place: int) -> Iterator[Hit]:
    """The names of two and more words that begin with this token or with one before it, by their first word."""
    for i, last in _starts(tables, tokens):
        if i <= place <= last:
            yield from _from(tables, tokens, i, last)


def _starts(tables: Tables, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """The tokens with which a name may begin, each with the last with which one of its names may end.

    This only looks whether some sum of keys is a name's, which is quick; where one is, `_from` looks closer.
    """
    places = [i for i, code in enumerate(tokens.codes) if code in _NAMING]
    words = [tokens.words[i] for i in places]
    exact, loose = [word.exact for word in words], [word.loose for word in words]
    first = 0
    for run in tokens.codes.translate(_RUNS).split("-"):
        last = first + len(run)
        if len(run) > 1:
            for n, m in _ends(tables.sums, exact[first:last], loose[first:last], run):
                yield places[first + n], places[first + m]
        first = last


def _ends(sums: frozenset[int], exact: list[int], loose: list[int], run: str) -> list[tuple[int, int]]:
    """The words of a run from which a sum of keys begins that is a name's, each with the last word of the longest."""
    everywhere = range(len(run))
    ways: list[tuple[list[int], Sequence[int], int]] = [(exact, everywhere, LONGEST)]  # keys, the words they are of, words of a name
    if not GRADING.isdisjoint(run):  # a name is looked for with the grades and without them
        core = [n for n, code in enumerate(run) if code not in GRADING]
        ways = [(exact, everywhere, REACH), ([exact[n] for n in core], core, LONGEST), ([loose[n] for n in core], core, LONGEST)]
    elif exact != loose:
        ways.append((loose, everywhere, LONGEST))
    ends: dict[int, int] = {}
    for way, at, most in ways:
        totals = [0, *accumulate(way)]
        for size in range(2, min(most, len(way)) + 1):
            after = totals[size:]
            if not sums.isdisjoint(map(sub, after, totals)):
                for n, total in enumerate(map(sub, after, totals)):
                    if total in sums and ends.get(at[n], 0) < at[n + size - 1]:
                        ends[at[n]] = at[n + size - 1]
    return sorted(ends.items())


def _from(tables: Tables, tokens: Tokens, i: int, last: int) -> Iterator[Hit]:
    """The names of two and more words that begin with token `i` and end with token `last` or before."""
    words, codes = tokens.words, tokens.codes
    whole, core, loose, stops, bridged = words[i].exact, words[i].exact, words[i].loose, 0, 0
    joined = comma = False
    core_ok = codes[i] not in GRADING
    places, core_places = [i], [i] if core_ok else []
    if not core_ok:
        core = loose = 0
    for j in range(i + 1, min(last + 1, i + REACH)):
        code = codes[j]
        if code in "xpo":
            if code != "x":
                joined = True
                bridged = (bridged or j) if code == "o" else -1
            stops += 1
            if stops > STOPS:
                break
            continue
        if code == ",":
            joined = True
            comma = comma or words[j].text == ","
            continue
        stops = 0
        naming = code not in GRADING
        whole += words[j].exact
        places.append(j)
        if naming:
            core += words[j].exact
            loose += words[j].loose
            core_places.append(j)
        if len(core_places) > LONGEST:
            break
        curie = tables.exact.get(whole) if not joined else tables.joined.get(whole) if naming and not comma else None
        next_ones = curie is not None and naming and _belongs_to_next(tables, tokens, places, j)
        if curie and not next_ones:
            yield tokens.hit(places, curie, 0)
        if not core_ok or not naming:
            continue
        if bridged > 0 and _bridges(tokens, core_places, bridged) and not has_strange_neighbour(tokens, [j]):
            curie = tables.exact.get(core) or tables.loose.get(loose)
            if curie:
                yield tokens.hit(core_places, curie, 1)
        elif not joined and (curie is None or core != whole):
            curie, rank = (tables.exact.get(core) if core != whole else None), 0
            if not curie:
                curie, rank = tables.loose.get(loose), 1
            if curie and not _belongs_to_next(tables, tokens, core_places, j):
                yield tokens.hit(core_places, curie, rank)


def _bridges(tokens: Tokens, places: list[int], bridge: int) -> bool:
    """Whether no part of the body stands before the bridge, and nothing else after it."""
    return all((tokens.codes[k] == "S") == (k > bridge) for k in places)


def _belongs_to_next(tables: Tables, tokens: Tokens, places: list[int], j: int) -> bool:
    """Whether the last word is an adjective of the noun after it: the `short` of `fingers and short toes`."""
    if opens_noun(tokens, j):
        return True
    word, after = tokens.words[j], tokens.words[j + 1] if j + 1 < len(tokens.words) else None
    if after is None or after.code not in "SC" or after.exact not in tables.sites:
        return False
    return word.adjective and word.exact in tables.qualities and tokens.words[places[-2]].exact in tables.sites
