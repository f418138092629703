"""The mechanism map: what acts on what, in which tissue, which way, as SVG with the claim on each link."""

from __future__ import annotations

from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.measure import text_width, wrap
from kg.serve.pages.mechanism.claims import Link, links_of, references, sentence
from kg.serve.pages.mechanism.components import side_by_side
from kg.serve.pages.mechanism.curves import curve, ports_of
from kg.serve.pages.mechanism.layers import Box
from kg.serve.pages.story import Fact, Story

NODE, NOTE, PAD, EDGE = 13.0, 11.5, 12.0, 16.0
#: Semi-bold letters are wider than plain ones.
BOLD = 1.14
#: A map no wider than this is drawn a little smaller where the page is narrower; a wider one scrolls.
FITS = 1750


def mechanism_map(story: Story, claims: list[Fact], page: str = "") -> Html:
    """The picture with its legend, and the same as a table."""
    if not claims:
        return Html("")
    links = links_of(claims)
    drugs = {str(t.get("concept")) for t in story.of("Treatment")} & {key for link in links for key in (link.subject, link.object)}
    return h.join(
        h.div(
            _picture(story, links, drugs, page),
            class_="map roll",
            tabindex="0",
            role="region",
            aria_label="Mechanism map, scrolls sideways",
        ),
        _legend(bool(drugs)),
        _table(story, claims, page),
    )


def _picture(story: Story, links: list[Link], drugs: set[str], page: str) -> Html:
    names = {key: wrap(story.name(key), 158, NODE, 5) for link in links for key in (link.subject, link.object)}
    notes = {n: _note(story, link) for n, link in enumerate(links)}
    sizes: dict[Any, tuple[float, float]] = {key: _size(lines, NODE, 16) for key, lines in names.items()}
    sizes |= {n: _size([words for words, _, _ in lines], NOTE, 6, 14.5) for n, lines in notes.items()}
    pairs: list[tuple[Any, Any]] = [pair for n, link in enumerate(links) for pair in ((link.subject, n), (n, link.object))]
    drawing = side_by_side(sizes, pairs, between=42, widest=1300)
    out: list[Html] = [_heads()]
    ports = ports_of(drawing)
    for n, link in enumerate(links):
        for part, ends in ((drawing.routes[2 * n], False), (drawing.routes[2 * n + 1], True)):
            out.append(
                h.path(
                    d=curve(part, drawing, ports, ends), class_=f"flow {link.way}", marker_end=f"url(#head-{link.way})" if ends else None
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
        numbers = references(story, claim)
        lines.append((f"{str(claim.get('effect')).replace('-', ' ')}{f' [{numbers}]' if numbers else ''}", claim, "verb"))
        places += [p for p in story.names(claim, "site") if p not in places and claim.get("site") != link.object]
    for place in places:
        lines += [(words, None, "site") for words in wrap(f"in {place}", 150, NOTE, 2)]
    return lines


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


def _legend(has_drugs: bool) -> Html:
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
            h.span("A number in brackets is the paper’s own reference.", class_="key"),
        ),
        h.p(h.strong("Things"), h.span(_drug_sample(), " given to this patient", class_="key")) if has_drugs else None,
        class_="legend",
    )


def _drug_sample() -> Html:
    box = h.g(h.rect(x=2, y=2, width=28, height=12, rx=4), class_="thing drug")
    return h.svg(box, width=32, height=16, class_="icon wide", aria_hidden="true")


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
                references(story, claim),
                quote,
            )
        )
    columns = ("What", "does", "to what", "Tissue", "By means of", "References", "Sentence")
    return h.details(
        h.summary(f"The {len(claims)} claims as a table"), h.data_table(columns, rows, about="Mechanisms as a table"), class_="words"
    )
