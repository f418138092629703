"""The mechanism map: what acts on what, in which tissue, which way, as SVG with the claim on each link."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.layers import Box, Drawing, layout
from kg.serve.pages.measure import text_width, wrap
from kg.serve.pages.story import Fact, Story

#: Which way an effect goes: less or more of its object; all others only relate.
LESS = frozenset({"inhibits", "blocks", "downregulates", "decreases"})
MORE = frozenset({"leads-to", "accumulates-on", "upregulates", "increased-in"})
NODE, NOTE, PAD, EDGE = 13.0, 11.5, 12.0, 16.0
#: Semi-bold letters are wider than plain ones.
BOLD = 1.14
#: Between a line's end and its box.
HEAD = 4.0
#: A map no wider than this is drawn a little smaller where the page is narrower; a wider one scrolls.
FITS = 1750


@dataclass(frozen=True)
class Link:
    """All claims that one thing has one kind of effect on another."""

    subject: str
    object: str
    way: str
    claims: tuple[Fact, ...]


def mechanism_claims(story: Story) -> list[Fact]:
    """The claims that say how something works."""
    return [c for c in story.of("Claim") if c.get("claimKind") == "mechanism" and c.get("subject") and c.get("object")]


def around(claims: list[Fact], about: str) -> list[Fact]:
    """The claims upstream and downstream of one thing."""
    down, up = {about}, {about}
    for _ in range(len(claims)):
        more_down = {c.get("object") for c in claims if c.get("subject") in down} - down
        more_up = {c.get("subject") for c in claims if c.get("object") in up} - up
        if not more_down and not more_up:
            break
        down |= more_down
        up |= more_up
    return [c for c in claims if c.get("subject") in down or c.get("object") in up]


def way(effect: str) -> str:
    """less, more or other."""
    return "less" if effect in LESS else "more" if effect in MORE else "other"


def mechanism_map(story: Story, claims: list[Fact], page: str = "") -> Html:
    """The picture with its legend, and the same as a table."""
    if not claims:
        return Html("")
    links = _links(claims)
    return h.join(
        h.div(_picture(story, links, page), class_="map roll", tabindex="0", role="region", aria_label="Mechanism map, scrolls sideways"),
        _legend(),
        _table(story, claims, page),
    )


def _links(claims: list[Fact]) -> list[Link]:
    grouped: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for claim in claims:
        subject, target = str(claim.get("subject")), str(claim.get("object"))
        if subject != target:
            grouped[subject, target, way(str(claim.get("effect")))].append(claim)
    return [Link(s, o, w, tuple(group)) for (s, o, w), group in grouped.items()]


def _picture(story: Story, links: list[Link], page: str) -> Html:
    names = {key: wrap(story.name(key), 158, NODE, 5) for link in links for key in (link.subject, link.object)}
    notes = {n: _note(story, link) for n, link in enumerate(links)}
    sizes: dict[Any, tuple[float, float]] = {key: _size(lines, NODE, 16) for key, lines in names.items()}
    sizes |= {n: _size([words for words, _, _ in lines], NOTE, 6, 14.5) for n, lines in notes.items()}
    pairs: list[tuple[Any, Any]] = [pair for n, link in enumerate(links) for pair in ((link.subject, n), (n, link.object))]
    drawing = layout(sizes, pairs, between=42, widest=1300)
    drugs = {str(t.get("concept")) for t in story.of("Treatment")}
    out: list[Html] = [_heads()]
    ports = _ports(drawing)
    for n, link in enumerate(links):
        for part, ends in ((drawing.routes[2 * n], False), (drawing.routes[2 * n + 1], True)):
            out.append(
                h.path(
                    d=_curve(part, drawing, ports, ends), class_=f"flow {link.way}", marker_end=f"url(#head-{link.way})" if ends else None
                )
            )
    for n, link in enumerate(links):
        out.append(_note_box(story, drawing.boxes[n], notes[n], link, page))
    for key, lines in names.items():
        out.append(_node(drawing.boxes[key], lines, "thing drug" if key in drugs else "thing", story.name(key)))
    width, height = round(drawing.width + 2 * EDGE), round(drawing.height + 2 * EDGE)
    inner = h.g(out, transform=f"translate({EDGE:g} {EDGE:g})")
    return h.svg(
        h.title(f"Mechanisms in {story.id}"),
        inner,
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        class_="fits" if width <= FITS else None,
        role="group",
        aria_label=f"Mechanism map of {story.id}: {len(links)} links; the same follows as a table",
    )


def _note(story: Story, link: Link) -> list[tuple[str, Fact | None, str]]:
    """The lines on a link: each claim's effect with its references, then where; (words, claim, style)."""
    lines: list[tuple[str, Fact | None, str]] = []
    places: list[str] = []
    for claim in link.claims:
        numbers = _references(story, claim)
        lines.append((f"{str(claim.get('effect')).replace('-', ' ')}{f' [{numbers}]' if numbers else ''}", claim, "verb"))
        places += [p for p in story.names(claim, "site") if p not in places and claim.get("site") != link.object]
    for place in places:
        lines += [(words, None, "site") for words in wrap(f"in {place}", 150, NOTE, 2)]
    return lines


def _references(story: Story, claim: Fact) -> str:
    numbers = sorted(int(r.get("number", 0)) for v in claim.all("cites") if (r := story.fact(v)))
    return ", ".join(map(str, numbers))


def _size(lines: list[str], size: float, pad: float, step: float | None = None) -> tuple[float, float]:
    return max(text_width(line, size) for line in lines) * BOLD + 2 * PAD, len(lines) * (step or size * 1.25) + pad


def _heads() -> Html:
    shapes = {"less": "M8 0.5V11.5", "more": "M1 1.5L9 6L1 10.5Z", "other": "M1.5 1.5L8.5 6L1.5 10.5"}
    return h.defs(
        h.marker(
            h.path(d=d, class_=f"head {name}"),
            id=f"head-{name}",
            markerWidth=12,
            markerHeight=12,
            refX=8 if name == "less" else 6,
            refY=6,
            orient="auto",
            markerUnits="userSpaceOnUse",
        )
        for name, d in shapes.items()
    )


def _ports(drawing: Drawing) -> dict[tuple[int, int], float]:
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


def _curve(route: list[Box], drawing: Drawing, ports: dict[tuple[int, int], float], heads: bool) -> str:
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


def _node(box: Box, lines: list[str], kind: str, name: str) -> Html:
    step = NODE * 1.25
    first = box.y + box.height / 2 - step * (len(lines) - 1) / 2 + NODE * 0.35
    said = [h.tspan(words, x=round(box.x, 1), y=round(first + n * step, 1)) for n, words in enumerate(lines)]
    shape = h.rect(x=round(box.left, 1), y=round(box.y, 1), width=round(box.width, 1), height=round(box.height, 1), rx=7)
    return h.g(h.title(name), shape, h.text(said), class_=kind)


def _note_box(story: Story, box: Box, lines: list[tuple[str, Fact | None, str]], link: Link, page: str) -> Html:
    out: list[Html] = [h.rect(x=round(box.left, 1), y=round(box.y, 1), width=round(box.width, 1), height=round(box.height, 1), rx=4)]
    for n, (words, claim, style) in enumerate(lines):
        row = h.text(words, x=round(box.x, 1), y=round(box.y + 3 + 11 + n * 14.5, 1), class_=style)
        if claim:
            said = sentence(story, claim)
            passages = story.passages_of(claim)
            quote = " ".join(str(claim.get("quote", "")).split())
            row = h.a(
                h.title(f"{said}\n“{quote}”"),
                row,
                href=f"{page}#{passages[0] if passages else claim.id}",
                data_text=" ".join(passages) or None,
                aria_label=f"{words}: {said}",
            )
        out.append(row)
    return h.g(out, class_=f"note {link.way}")


def sentence(story: Story, claim: Fact) -> str:
    """A claim in one line of words."""
    said = f"{story.name(claim.get('subject'))} {str(claim.get('effect', '')).replace('-', ' ')} {story.name(claim.get('object'))}"
    for prop, word in (("site", "in"), ("via", "by means of"), ("inDisease", "in")):
        places = [n for v, n in zip(claim.all(prop), story.names(claim, prop), strict=False) if v != claim.get("object")]
        said += f", {word} {' and '.join(places)}" if places else ""
    return said


def _legend() -> Html:
    def sample(kind: str, words: str) -> Html:
        picture = h.svg(
            h.path(d="M2 8H30", class_=f"flow {kind}", marker_end=f"url(#head-{kind})"),
            width=40,
            height=16,
            class_="icon wide",
            aria_hidden="true",
        )
        return h.span(picture, " ", words, class_="key")

    return h.div(
        h.p(
            h.strong("Links"),
            sample("more", "makes more of it, or leads to it"),
            sample("less", "makes less of it, or stops it"),
            sample("other", "is related otherwise"),
            h.span("[8] is the number of the paper cited.", class_="key"),
        ),
        class_="legend",
    )


def _table(story: Story, claims: list[Fact], page: str) -> Html:
    rows = []
    for claim in claims:
        passages = story.passages_of(claim)
        quote = h.a(" ".join(str(claim.get("quote", "")).split()), href=f"{page}#{passages[0]}") if passages else claim.get("quote")
        rows.append(
            (
                story.name(claim.get("subject")),
                str(claim.get("effect")).replace("-", " "),
                story.name(claim.get("object")),
                ", ".join(story.names(claim, "site")),
                ", ".join(story.names(claim, "via")),
                _references(story, claim),
                quote,
            )
        )
    columns = ("What", "does", "to what", "Tissue", "By means of", "References", "Sentence")
    return h.details(
        h.summary(f"The {len(claims)} claims as a table"), h.data_table(columns, rows, about="Mechanisms as a table"), class_="words"
    )
