"""The lines between the boxes of a layered drawing: where each leaves and arrives, and its way between."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from kg.serve.pages.mechanism.layers import Box, Drawing

#: Between a line's end and its box.
HEAD = 4.0


def ports_of(drawing: Drawing) -> dict[tuple[int, int], float]:
    """Where on its box each line leaves or arrives: side by side, in the order of the other ends; (box, next box) -> x."""
    sides: dict[tuple[int, bool], dict[int, Box]] = defaultdict(dict)
    for route in drawing.routes:
        for one, other in pairwise(route):
            sides[id(one), other.row > one.row][id(other)] = other
            sides[id(other), one.row > other.row][id(one)] = one
    boxes = {id(box): box for route in drawing.routes for box in route}
    ports: dict[tuple[int, int], float] = {}
    for (key, _), others in sides.items():
        box = boxes[key]
        ordered = sorted(others.values(), key=lambda b: b.x)
        room = min(box.width * 0.7, 26.0 * (len(ordered) - 1))
        for n, other in enumerate(ordered):
            ports[key, id(other)] = box.x + (room * (n / (len(ordered) - 1) - 0.5) if len(ordered) > 1 else 0)
    return ports


def curve(route: list[Box], drawing: Drawing, ports: dict[tuple[int, int], float], heads: bool) -> str:
    """A smooth line from box to box: straight within a row's height, curved only between rows, with room for a head."""
    out: list[str] = []
    for n, (one, other) in enumerate(pairwise(route)):
        down = other.row > one.row
        x1, x2 = ports[id(one), id(other)], ports[id(other), id(one)]
        edge1 = drawing.rows[one.row][1 if down else 0]
        edge2 = drawing.rows[other.row][0 if down else 1]
        start = (one.y + one.height if down else one.y) if not one.passing else edge1
        end = (other.y if down else other.y + other.height) if not other.passing else edge2
        if n == len(route) - 2 and heads:
            end += -HEAD if down else HEAD
            edge2 += -2 * HEAD if down else 2 * HEAD
        middle = (edge1 + edge2) / 2
        out.append(
            f"{'L' if out else 'M'}{x1:.1f} {start:.1f}V{edge1:.1f}"
            f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {edge2:.1f}V{end:.1f}"
        )
    return "".join(out)
