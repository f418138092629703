"""A small picture of where a measured value lies against its printed reference range."""

from __future__ import annotations

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact

WIDTH, HEIGHT = 132.0, 18.0


def range_picture(test: Fact) -> Html:
    """The bar with the normal part shaded and a mark at the value; nothing where no number or no range is printed."""
    value, low, high = (_number(test.get(name)) for name in ("value", "normalLow", "normalHigh"))
    if value is None or (low is None and high is None):
        return Html("")
    bottom, top = _span(value, low, high)

    def x(number: float) -> float:
        return round(3 + (WIDTH - 6) * (number - bottom) / (top - bottom), 1)

    start, end = x(bottom if low is None else low), x(top if high is None else high)
    words = _words(value, low, high)
    inside = (low is None or value >= low) and (high is None or value <= high)
    at = x(value)
    sign = h.circle(cx=at, cy=9, r=4.5) if inside else h.path(d=f"M{at} 3L{at + 6} 9L{at} 15L{at - 6} 9Z")
    return h.svg(
        h.title(words),
        h.rect(x=3, y=7, width=WIDTH - 6, height=4, rx=2, class_="scale"),
        h.rect(x=start, y=5, width=max(round(end - start, 1), 2), height=8, rx=2, class_="normal"),
        h.g(sign, class_="value in" if inside else "value out"),
        width=WIDTH,
        height=HEIGHT,
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        class_="range",
        role="img",
        aria_label=words,
    )


def _span(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    """The numbers at the two ends of the bar."""
    if low is not None and high is not None:
        margin = (high - low) * 0.6 or abs(high) * 0.2 or 1.0
        return min(low - margin, value - margin * 0.3), max(high + margin, value + margin * 0.3)
    if high is not None:
        return min(0.0, value, high), max(high * 1.6, value * 1.12, value + 0.01)
    assert low is not None
    return min(0.0, value), max(low * 1.6, value * 1.12, value + 0.01)


def _words(value: float, low: float | None, high: float | None) -> str:
    limits = f"{low:g} to {high:g}" if low is not None and high is not None else f"below {high:g}" if high is not None else f"above {low:g}"
    place = "below" if low is not None and value < low else "above" if high is not None and value > high else "within"
    return f"{value:g} is {place} the normal range ({limits})"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
