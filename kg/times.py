"""The time points of a record in order, with their offsets from the reference point.

A paper gives some distances ("one month later") and leaves others out ("subsequently"); an offset is
computed only along distances that are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kg.errors import RecordError

_PARTS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")
_DAYS = (365.2425, 30.436875, 7.0, 1.0, 1 / 24, 1 / 1440, 1 / 86400)


class TimePoint(Protocol):
    """What is told of a time point: the one it stands after or before, and by how much (ISO 8601)."""

    @property
    def after(self) -> str | None: ...
    @property
    def before(self) -> str | None: ...
    @property
    def by(self) -> str | None: ...


#: Years, months, weeks, days, hours, minutes, seconds; all of one sign or mixed after adding.
Offset = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlacedTime:
    """Where a time point stands.

    Attributes:
        order: 0 for the reference point, negative before it, positive after it.
        offset: ISO 8601 duration from the reference point, or None where the paper does not give one.
    """

    order: int
    offset: str | None


def parse_duration(text: str) -> Offset:
    """The parts of an ISO 8601 duration.

    Example:
    >>> parse_duration("P1M10D"), parse_duration("-P6M")
    ((0, 1, 0, 10, 0, 0, 0), (0, -6, 0, 0, 0, 0, 0))
    """
    match = _PARTS.match(text)
    if not match:
        raise RecordError(f"{text!r} is not an ISO 8601 duration such as P1M or P10D")
    sign = -1 if match.group(1) else 1
    return tuple(sign * int(part or 0) for part in match.groups()[1:])


def format_duration(offset: Offset) -> str | None:
    """The ISO 8601 text of parts, or None where their signs are mixed.

    Example:
    >>> format_duration((0, 2, 0, 10, 0, 0, 0)), format_duration((0, -6, 0, 0, 0, 0, 0)), format_duration((0,) * 7)
    ('P2M10D', '-P6M', 'P0D')
    """
    if not any(offset):
        return "P0D"
    if any(part < 0 for part in offset) and any(part > 0 for part in offset):
        return None
    sign = "-" if any(part < 0 for part in offset) else ""
    date = "".join(f"{abs(n)}{letter}" for n, letter in zip(offset[:4], "YMWD") if n)
    time = "".join(f"{abs(n)}{letter}" for n, letter in zip(offset[4:], "HMS") if n)
    return f"{sign}P{date}{'T' + time if time else ''}"


def days(duration: str) -> float:
    """About how many days a duration is (a month is 30.44).

    Example:
    >>> days("P10D")
    10.0
    """
    return sum(part * length for part, length in zip(parse_duration(duration), _DAYS))


def place(times: Mapping[str, TimePoint]) -> dict[str, PlacedTime]:
    """Every time point with its order and offset, in time order.

    Args:
        times: name -> time point, the first one being the reference.

    Raises:
        RecordError: a point refers to one that is not there, or the points go round in a circle;
            fields `name` and `other` say which.
    """
    earlier: dict[str, set[str]] = {name: set() for name in times}
    steps: dict[str, list[tuple[str, Offset]]] = {name: [] for name in times}
    for name, point in times.items():
        for other, sign in ((point.after, 1), (point.before, -1)):
            if other is None:
                continue
            if other not in times:
                raise RecordError(
                    f"time point {name!r} stands {'after' if sign > 0 else 'before'} {other!r}, which is not in 'times' "
                    f"({', '.join(times)})", name=name, other=other,
                )  # fmt: skip
            first, second = (other, name) if sign > 0 else (name, other)
            earlier[second].add(first)
            if point.by:
                distance = tuple(sign * part for part in parse_duration(point.by))
                steps[name].append((other, distance))
                steps[other].append((name, tuple(-part for part in distance)))
    ordered = _sort(list(times), earlier)
    reference = next(iter(times))
    zero = ordered.index(reference)
    offsets = _offsets(reference, steps)
    return {name: PlacedTime(i - zero, format_duration(offsets[name]) if name in offsets else None) for i, name in enumerate(ordered)}


def _sort(names: list[str], earlier: Mapping[str, set[str]]) -> list[str]:
    """Topological, the record's own order deciding wherever the constraints leave a choice."""
    reference, ordered, left = names[0], [], list(names)
    before_reference = _all_earlier(reference, earlier)
    left.sort(key=lambda name: name not in before_reference and name != reference)
    while left:
        ready = next((name for name in left if not earlier[name] & set(left)), None)
        if ready is None:
            name = left[0]
            other = next(iter(sorted(earlier[name] & set(left))))
            raise RecordError(f"time points {name!r} and {other!r} each stand after the other", name=name, other=other)
        if ready == reference and before_reference & set(left):
            ready = next(n for n in left if n in before_reference and not earlier[n] & set(left))
        ordered.append(ready)
        left.remove(ready)
    return ordered


def _all_earlier(name: str, earlier: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    open_names = [name]
    while open_names:
        for other in earlier[open_names.pop()]:
            if other not in found:
                found.add(other)
                open_names.append(other)
    return found - {name}


def _offsets(reference: str, steps: Mapping[str, list[tuple[str, Offset]]]) -> dict[str, Offset]:
    offsets: dict[str, Offset] = {reference: (0,) * 7}
    open_names = [reference]
    while open_names:
        here = open_names.pop()
        for other, _ in steps[here]:
            if other not in offsets:
                back = next(distance for name, distance in steps[other] if name == here)
                offsets[other] = tuple(a + b for a, b in zip(offsets[here], back))
                open_names.append(other)
    return offsets
