"""A layered drawing of a directed graph (after Sugiyama): boxes in rows, links downwards, nothing on top of anything.

Links that pass a row get a place of their own in it, so no line runs through a box; a row too wide goes on in the
next one, so a crowded graph grows tall rather than wide.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Key = Hashable
WIDEST_ROW = 1500.0
SWEEPS = 12


@dataclass
class Box:
    """A box to place: its size, then its centre, top, and row."""

    key: Key
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    row: int = 0
    passing: bool = False

    @property
    def left(self) -> float:
        return self.x - self.width / 2


@dataclass
class Drawing:
    """Placed boxes, and for each link the boxes it visits from first to last."""

    boxes: dict[Key, Box]
    routes: list[list[Box]]
    rows: list[tuple[float, float]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def layout(
    sizes: Mapping[Key, tuple[float, float]],
    links: Sequence[tuple[Key, Key]],
    *,
    gap: float = 22,
    between: float = 34,
    widest: float = WIDEST_ROW,
) -> Drawing:
    """Places for boxes and routes for links.

    Args:
        sizes: key -> width and height.
        links: pairs of keys; a link from a box to itself is left out of the routes (an empty route).
        gap: between boxes of a row; between: between rows.
        widest: a row no wider than this, if it has more than one box.
    """
    forward = _acyclic(list(sizes), links)
    rank = _rows(sizes, forward, gap, widest)
    boxes = {key: Box(key, w, ht, row=rank[key]) for key, (w, ht) in sizes.items()}
    count = max(rank.values(), default=-1) + 1
    rows: list[list[Box]] = [[] for _ in range(count)]
    for box in boxes.values():
        rows[box.row].append(box)
    routes = [_route(n, pair, boxes, rows) for n, pair in enumerate(links)]
    above, below = _neighbours(routes)
    _order(rows, above, below)
    _place(rows, above, below, gap)
    return _finish(boxes, routes, rows, gap, between)


def _acyclic(keys: list[Key], links: Sequence[tuple[Key, Key]]) -> list[tuple[Key, Key]]:
    """The links with those turned round that would close a circle."""
    after: dict[Key, list[Key]] = {key: [] for key in keys}
    for source, target in links:
        after[source].append(target)
    state: dict[Key, int] = {}
    turned: set[tuple[Key, Key]] = set()
    for root in keys:
        stack: list[tuple[Key, Iterable[Key]]] = [] if root in state else [(root, iter(after[root]))]
        state.setdefault(root, 1)
        while stack:
            key, rest = stack[-1]
            for target in rest:
                if state.get(target) == 1:
                    turned.add((key, target))
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[key] = 2
                stack.pop()
    return [(t, s) if (s, t) in turned else (s, t) for s, t in links if s != t]


def _rows(sizes: Mapping[Key, tuple[float, float]], links: list[tuple[Key, Key]], gap: float, widest: float) -> dict[Key, int]:
    """A row for each box: below all that lead to it, near them, and no row too wide."""
    before: dict[Key, list[Key]] = {key: [] for key in sizes}
    after: dict[Key, list[Key]] = {key: [] for key in sizes}
    for source, target in links:
        before[target].append(source)
        after[source].append(target)
    waiting = {key: len(before[key]) for key in sizes}
    ready = [key for key in reversed(list(sizes)) if not waiting[key]]
    rank: dict[Key, int] = {}
    used: dict[int, float] = {}
    while ready:
        # The newest first: what a box leads to is placed before its row's successors, so near below it.
        key = ready.pop()
        row = max((rank[b] + 1 for b in before[key]), default=0)
        need = sizes[key][0] + gap
        while used.get(row, 0.0) and used[row] + need > widest:
            row += 1
        rank[key] = row
        used[row] = used.get(row, 0.0) + need
        for target in reversed(after[key]):
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for key in sorted(rank, key=lambda k: -rank[k]):
        low = min((rank[t] for t in after[key]), default=rank[key] + 1) - 1
        need = sizes[key][0] + gap
        if low > rank[key] and not before[key] and used.get(low, 0.0) + need <= widest:
            used[rank[key]] -= need
            used[low] = used.get(low, 0.0) + need
            rank[key] = low
    levels = {row: n for n, row in enumerate(sorted(set(rank.values())))}
    return {key: levels[row] for key, row in rank.items()}


def _route(n: int, pair: tuple[Key, Key], boxes: dict[Key, Box], rows: list[list[Box]]) -> list[Box]:
    source, target = boxes[pair[0]], boxes[pair[1]]
    if source is target:
        return []
    step = 1 if target.row > source.row else -1
    between = []
    for row in range(source.row + step, target.row, step):
        box = Box(("passing", n, row), 10, 0, row=row, passing=True)
        rows[row].append(box)
        between.append(box)
    return [source, *between, target]


def _neighbours(routes: list[list[Box]]) -> tuple[dict[Key, list[Box]], dict[Key, list[Box]]]:
    above: dict[Key, list[Box]] = {}
    below: dict[Key, list[Box]] = {}
    for route in routes:
        for one, other in pairwise(route):
            high, low = (one, other) if one.row < other.row else (other, one)
            below.setdefault(high.key, []).append(low)
            above.setdefault(low.key, []).append(high)
    return above, below


def _order(rows: list[list[Box]], above: dict[Key, list[Box]], below: dict[Key, list[Box]]) -> None:
    """Each row sorted by where its neighbours stand, down and up by turns; the order with fewest crossings stays."""
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    place = {box.key: n for row in rows for n, box in enumerate(row)}
    for sweep in range(SWEEPS):
        near, order = (above, rows[1:]) if sweep % 2 == 0 else (below, rows[-2::-1])
        for row in order:
            keyed = {box.key: _mean([place[b.key] for b in near.get(box.key, [])], place[box.key]) for box in row}
            row.sort(key=lambda box: keyed[box.key])
            place.update((box.key, n) for n, box in enumerate(row))
        count = _crossings(rows, below)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    for row, kept in zip(rows, best, strict=False):
        row[:] = kept


def _crossings(rows: list[list[Box]], below: dict[Key, list[Box]]) -> int:
    total = 0
    for row, following in pairwise(rows):
        place = {box.key: n for n, box in enumerate(following)}
        ends = [e for box in row for e in sorted(place[b.key] for b in below.get(box.key, []))]
        seen: list[int] = []
        for end in ends:
            total += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return total


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _place(rows: list[list[Box]], above: dict[Key, list[Box]], below: dict[Key, list[Box]], gap: float) -> None:
    """Each row as near under and over its neighbours as its order allows."""
    for row in rows:
        _settle(row, [0.0] * len(row), [1.0] * len(row), gap)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            near = {box.key: [*above.get(box.key, []), *below.get(box.key, [])] for box in row}
            wanted = [_mean([b.x for b in near[box.key]], box.x) for box in row]
            _settle(row, wanted, [8.0 if box.passing else 1.0 + len(near[box.key]) for box in row], gap)


def _gap(one: Box, other: Box, gap: float) -> float:
    """Lines that pass need less room between them than boxes do."""
    return gap * 0.4 if one.passing and other.passing else gap * 0.7 if one.passing or other.passing else gap


def _settle(row: list[Box], wanted: list[float], weights: list[float], gap: float) -> None:
    """Nearest places (weighted least squares) that keep the order and the gaps: pool adjacent violators."""
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (one.width + other.width) / 2 + _gap(one, other, gap))
    pools: list[list[float]] = []
    for want, offset, weight in zip(wanted, offsets, weights, strict=False):
        pools.append([(want - offset) * weight, weight, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, mass, n = pools.pop()
            pools[-1] = [pools[-1][0] + total, pools[-1][1] + mass, pools[-1][2] + n]
    places = [total / mass for total, mass, n in pools for _ in range(int(n))]
    for box, place, offset in zip(row, places, offsets, strict=False):
        box.x = place + offset


def _finish(boxes: dict[Key, Box], routes: list[list[Box]], rows: list[list[Box]], gap: float, between: float) -> Drawing:
    every = [box for row in rows for box in row]
    left = min((box.left for box in every), default=0.0)
    y, edges = 0.0, []
    for row in rows:
        height = max((box.height for box in row), default=0.0)
        for box in row:
            box.x -= left
            box.y = y + (height - box.height) / 2
        edges.append((y, y + height))
        y += height + between
    width = max((box.left + box.width for box in every), default=0.0)
    return Drawing(boxes, routes, edges, width, max(y - between, 0.0))
