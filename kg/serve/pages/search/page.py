"""The search page, and completion of terms while typing."""

from __future__ import annotations

import re
from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.search.index import KINDS, Hit, Index

HEADINGS = {"term": "Terms", "statement": "Statements", "sentence": "Sentences of the papers"}
SHOWN = 12


def search_page(index: Index | None, typed: str) -> str:
    """The search page with the hits for what was typed.

    Args:
        index: None where nothing was typed.
    """
    box = h.form(
        h.input_(
            type="search",
            name="q",
            value=typed,
            id="q",
            autocomplete="off",
            aria_label="Search terms, statements and texts",
            placeholder="A finding, a drug, a word of the paper",
        ),
        h.button("Search", type="submit"),
        class_="find",
        action="/search",
        role="search",
        aria_label="Search all",
    )
    large = f"This graph is large. Not searched: {', '.join(index.missing)}." if index and index.missing else None
    body = h.div(
        h.p(large, class_="detail") if large else None, hits(index, typed) if index else None, id="hits", class_="hits", aria_live="polite"
    )
    return shell.page(
        f"Search: {typed}" if typed else "Search",
        h.h1("Search"),
        h.p("Terms by any of their names, statements, and the papers’ own sentences.", class_="detail"),
        box,
        body,
        here="/search",
        scripts=("search.js",),
    )


def hits(index: Index, typed: str) -> Html:
    """The hits, by kind."""
    if not typed.strip():
        return Html("")
    parts = [_group(kind, index.search(typed, kind, SHOWN), typed) for kind in KINDS]
    shown = [part for part in parts if part]
    return h.join(shown) if shown else shell.empty(f"Nothing is called or says “{typed}”. Try a shorter word.")


def _group(kind: str, found: list[Hit], typed: str) -> Html:
    if not found:
        return Html("")
    count = f"{SHOWN} best" if len(found) == SHOWN else len(found)
    items = [
        h.li(h.a(marked(hit.title, typed), href=hit.href, class_="name"), h.p(marked(hit.more, typed), class_="detail")) for hit in found
    ]
    return h.section(h.h2(HEADINGS[kind], " ", h.span(count, class_="n")), h.ul(items, class_="list"))


def marked(words: str, typed: str) -> Html:
    """Words with those that were typed marked."""
    wanted = [re.escape(w) for w in re.findall(r"[^\W_]+", typed)]
    if not wanted:
        return h.join(words)
    pieces = re.split(rf"((?<!\w)(?:{'|'.join(wanted)}))", words, flags=re.I)
    return h.join([h.mark(piece) if n % 2 else piece for n, piece in enumerate(pieces)])


def completions(index: Index, typed: str) -> list[dict[str, Any]]:
    """Terms to offer while typing: the value to fill in, and what else it is called."""
    return [{"value": hit.title, "more": hit.more} for hit in index.search(typed, "term", SHOWN)]
