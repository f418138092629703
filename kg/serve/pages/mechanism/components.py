"""A drawing of a graph that falls into parts: each part is laid out by itself, the largest first, and they are set side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.serve.pages.mechanism.layers import Box, Drawing, Key, layout


def side_by_side(
    sizes: Mapping[Key, tuple[float, float]], links: Sequence[tuple[Key, Key]], *, between: float, widest: float, apart: float = 36
) -> Drawing:
    """Places for all boxes: parts stand in lines from the left, the next line below where one would grow too wide.

    Args:
        sizes, links, between, widest: as `layers.layout` takes them.
        apart: between parts.
    """
    boxes: dict[Key, Box] = {}
    routes: list[list[Box]] = [[] for _ in links]
    rows: list[tuple[float, float]] = []
    left = top = line = right = 0.0
    for keys in _parts(sizes, links):
        mine = [n for n, (source, _) in enumerate(links) if source in keys]
        part = layout({k: sizes[k] for k in sizes if k in keys}, [links[n] for n in mine], between=between, widest=widest)
        if left and left + part.width > widest:
            left, top, line = 0.0, top + line + between, 0.0
        for box in {id(box): box for box in [*part.boxes.values(), *(b for route in part.routes for b in route)]}.values():
            box.x, box.y, box.row = box.x + left, box.y + top, box.row + len(rows)
        boxes |= part.boxes
        for n, route in zip(mine, part.routes, strict=True):
            routes[n] = route
        rows += [(start + top, end + top) for start, end in part.rows]
        right, line = max(right, left + part.width), max(line, part.height)
        left += part.width + apart
    return Drawing(boxes, routes, rows, right, top + line)


def _parts(sizes: Mapping[Key, tuple[float, float]], links: Sequence[tuple[Key, Key]]) -> list[set[Key]]:
    """The keys that hang together, the largest part first."""
    near: dict[Key, set[Key]] = {key: set() for key in sizes}
    for source, target in links:
        near[source].add(target)
        near[target].add(source)
    parts: list[set[Key]] = []
    seen: set[Key] = set()
    for key in sizes:
        if key in seen:
            continue
        part, waiting = {key}, [key]
        while waiting:
            found = near[waiting.pop()] - part
            part |= found
            waiting += found
        seen |= part
        parts.append(part)
    return sorted(parts, key=len, reverse=True)
