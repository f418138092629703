"""The frame of every page: head, navigation, main, foot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kg import __version__
from kg.serve.pages import html as h
from kg.serve.pages.html import Html

STATIC = Path(__file__).parent / "static"
NAVIGATION = (("/", "Cases"), ("/library", "Questions"), ("/search", "Search"), ("/sparql", "SPARQL"))


def page(
    title: str, *body: Any, here: str = "", scripts: tuple[str, ...] = (), styles: tuple[str, ...] = (), rules: str = "", wide: bool = False
) -> str:
    """A whole page of the explorer.

    Args:
        here: the address in the navigation that this page belongs to.
        scripts, styles: names of files in `static/`.
        rules: CSS of this page alone.
    """
    links = [h.a(words, href=address, aria_current="page" if address == here else None) for address, words in NAVIGATION]
    head = (
        [h.link(rel="stylesheet", href=f"/static/{name}?{version(name)}") for name in ("style.css", *styles)],
        h.style(Html(rules)) if rules else None,
        [h.script(src=f"/static/{name}?{version(name)}", defer=True) for name in ("site.js", *scripts)],
        h.link(rel="icon", href="/static/icon.svg", type="image/svg+xml"),
    )
    search = h.form(
        h.input_(
            type="search", name="q", placeholder="Search", aria_label="Search terms, statements and texts", id="quick", autocomplete="off"
        ),
        action="/search",
        role="search",
        aria_label="Quick search",
    )
    top = h.header(h.div(h.a("casegraph", href="/", class_="brand"), h.nav(links, aria_label="Main"), search, class_="bar"), class_="top")
    return document(title, head, h.join(top, h.main(body, id="main", class_="wide" if wide else None), foot()))


def document(title: str, head: Any, body: Html) -> str:
    """A whole HTML document."""
    start = h.join(
        h.meta(charset="utf-8"),
        h.title(f"{title} · casegraph"),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="color-scheme", content="light"),
        head,
    )
    skip = h.a("Skip to the content", href="#main", class_="skip")
    return f'<!doctype html>\n<html lang="en"><head>{start}</head><body>{skip}{body}</body></html>\n'


def foot() -> Html:
    """The foot of every page."""
    return h.footer(
        h.p("Every statement carries the sentence of the paper it rests on. Not for clinical decisions."),
        h.p(f"casegraph {__version__}"),
    )


@cache
def version(name: str) -> str:
    """A short digest of a static file, so that a browser keeps it until it changes."""
    import hashlib

    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else "0"


def empty(words: str) -> Html:
    """What stands where there is nothing to show."""
    return h.p(words, class_="empty")
