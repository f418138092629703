"""HTML as nested Python calls: every text is escaped unless it already is `Html`.

>>> div(p("a < b", class_="note"), id="x")
'<div id="x"><p class="note">a &lt; b</p></div>'
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Protocol

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


class Element(Protocol):
    """A function that makes one kind of element."""

    def __call__(self, *children: Any, **attributes: Any) -> Html: ...


def render(child: Any) -> str:
    """One child, or a list of them, as HTML; None and False are nothing."""
    if child is None or child is False:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return escape(child, quote=False)
    if isinstance(child, Iterable):
        return "".join(map(render, child))
    return escape(str(child), quote=False)


def join(*children: Any) -> Html:
    """Several pieces in a row."""
    return Html(render(children))


def attribute_text(attributes: dict[str, Any]) -> str:
    """Attributes in the order given: ``class_`` is class, ``data_x`` is data-x, True stands alone, None and False are left out."""
    out = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        out.append(f" {name}" if value is True else f' {name}="{escape(str(value))}"')
    return "".join(out)


def element(name: str) -> Element:
    """The function that makes elements of this name."""

    def make(*children: Any, **attributes: Any) -> Html:
        start = f"<{name}{attribute_text(attributes)}>"
        return Html(start if name in _VOID else f"{start}{render(children)}</{name}>")

    return make


# fmt: off
a, abbr, article, aside, b, blockquote, br, button, caption = map(
    element, ("a", "abbr", "article", "aside", "b", "blockquote", "br", "button", "caption"))
code, datalist, dd, details, div, dl, dt, em, fieldset, figcaption = map(
    element, ("code", "datalist", "dd", "details", "div", "dl", "dt", "em", "fieldset", "figcaption"))
figure, footer, form, h1, h2, h3, h4, header, i, input_, label, legend, li = map(
    element, ("figure", "footer", "form", "h1", "h2", "h3", "h4", "header", "i", "input", "label", "legend", "li"))
link, main, mark, meta, nav, ol, option, p, pre, script, section, select = map(
    element, ("link", "main", "mark", "meta", "nav", "ol", "option", "p", "pre", "script", "section", "select"))
small, span, strong, style, summary, sup, table, tbody, td, textarea, th, thead, title, tr, ul = map(
    element, ("small", "span", "strong", "style", "summary", "sup", "table", "tbody", "td", "textarea", "th", "thead", "title", "tr", "ul"))
# fmt: on
# SVG
svg, g, path, line, rect, circle, text, tspan, desc, defs, marker = map(
    element, ("svg", "g", "path", "line", "rect", "circle", "text", "tspan", "desc", "defs", "marker")
)


def data_table(columns: Iterable[str], rows: Iterable[Iterable[Any]], *, about: str | None = None) -> Html:
    """A table with column headers; the first cell of a row is its header.

    A wide one scrolls on its own; on a phone each row is a card whose cells carry their column's name.
    """
    columns = list(columns)
    body = [
        tr(
            th(first, scope="row", data_label=columns[0]),
            [td(cell, data_label=column) for column, cell in zip(columns[1:], rest, strict=True)],
        )
        for first, *rest in rows
    ]
    inner = table(caption(about) if about else None, thead(tr(th(c, scope="col") for c in columns)), tbody(body), class_="stack")
    return div(inner, class_="scroll", tabindex="0", role="region", aria_label=about or "table")
