"""The small signs of the pictures: each outcome and change has a shape of its own, so that colour says nothing alone."""

from __future__ import annotations

from kg.serve.pages.html import Html, circle, g, join, line, path, rect, span, svg

#: What happened to a problem -> how it is said, and how thick the band is from then on (0 none, 1 less, 2 there, 3 more).
OUTCOMES = {
    "present": ("present", 2),
    "absent": ("absent", 0),
    "uncertain": ("uncertain", 1),
    "resolved": ("resolved", 0),
    "improved": ("improved", 1),
    "unchanged": ("unchanged", 2),
    "worsened": ("worsened", 3),
    "flared": ("flared", 3),
    "stopped-for-toxicity": ("stopped for toxicity", 2),
    "pending": ("pending", 2),
}
CHANGES = {
    "started": "started",
    "increased": "dose increased",
    "decreased": "dose decreased",
    "stopped": "stopped",
    "given": "given",
    "ongoing": "ongoing",
}


def outcome_sign(kind: str, x: float, y: float) -> Html:
    """The sign of an outcome or a finding's status, centred on a point; 12 units wide."""
    dot = circle(cx=0, cy=0, r=5.25)
    inside = {
        "present": dot,
        "absent": dot,
        "uncertain": join(dot, path(d="M0 -5.25V5.25", class_="ink")),
        "improved": join(dot, path(d="M-5.25 0A5.25 5.25 0 0 0 5.25 0Z", class_="fill")),
        "resolved": join(dot, path(d="M-2.6 0.2L-0.6 2.3L2.9 -2.2", class_="ink")),
        "unchanged": join(rect(x=-5.5, y=-5.5, width=11, height=11, rx=2), path(d="M-3 -1.7H3M-3 1.7H3", class_="ink")),
        "worsened": path(d="M0 -6L6 5H-6Z"),
        "flared": path(d="M0 -7.5L2 -2.6L7 -4L3.6 0L7 4L2 2.6L0 7.5L-2 2.6L-7 4L-3.6 0L-7 -4L-2 -2.6Z"),
        "stopped-for-toxicity": path(d="M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", class_="ink"),
        "pending": join(dot, path(d="M0 -3V0H2.4", class_="ink")),
    }.get(kind, dot)
    return g(inside, transform=f"translate({x:g} {y:g})", class_=f"sign {kind}")


def change_sign(kind: str, x: float, y: float) -> Html:
    """The sign of a step in a treatment's course, centred on a point."""
    inside = {
        "started": path(d="M-4.5 -5.5L5.5 0L-4.5 5.5Z"),
        "increased": path(d="M0 -6L6 4.5H-6Z"),
        "decreased": path(d="M0 6L6 -4.5H-6Z"),
        "stopped": rect(x=-5, y=-5, width=10, height=10),
        "given": path(d="M0 -6L6 0L0 6L-6 0Z"),
        "ongoing": path(d="M-5 -5.5L0 0L-5 5.5M0 -5.5L5 0L0 5.5", class_="ink"),
    }.get(kind, circle(cx=0, cy=0, r=4))
    return g(inside, transform=f"translate({x:g} {y:g})", class_=f"step {kind}")


def icon(kind: str) -> Html:
    """A sign on its own in a line of text; what it means has to stand beside it."""
    sign = change_sign(kind, 8, 8) if kind in CHANGES else outcome_sign(kind, 8, 8)
    return svg(sign, width=16, height=16, viewBox="0 0 16 16", class_="icon", aria_hidden="true", focusable="false")


def key(kind: str, words: str | None = None) -> Html:
    """An entry of a legend: the sign and its word."""
    return span(icon(kind), " ", words or CHANGES.get(kind) or OUTCOMES[kind][0], class_="key")


def time_key(certain: bool, words: str) -> Html:
    """The legend's entry for a column line."""
    sample = svg(
        line(x1=8, y1=1, x2=8, y2=15, class_="at certain" if certain else "at"),
        circle(cx=8, cy=8, r=3.5, class_="when certain" if certain else "when"),
        width=16,
        height=16,
        viewBox="0 0 16 16",
        class_="icon",
        aria_hidden="true",
        focusable="false",
    )
    return span(sample, " ", words, class_="key")
