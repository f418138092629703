"""An answer as a table with links to its sentences, and as a download."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from kg import names
from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.measure import text_width
from kg.serve.pages.search.index import node_address, term_address
from kg.serve.pages.story import duration_words

LONG = 60
#: Columns whose values are sentences, whatever stands in them.
PROSE = ("note",)
#: Rows on one page of an answer.
MOST_ROWS = 250
#: Pixels that a table may take before columns go below their row.
ROOM = 1240
_DURATION = re.compile(r"-?P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_FORMULA = re.compile(r"[=+@\t\r]|-(?!P?\d)")


def answer_table(answer: dict[str, Any], passages: Mapping[tuple[str, str], str], why: str = "", first: int = 0) -> Html:
    """Rows as a table: empty columns and a lone case left out, ids joined with their labels, what has no room below its row.

    Args:
        passages: (case, quote) -> address of its sentence.
        why: address that says why a row is there, up to the row's number.
        first: how many rows go before those shown.
    """
    rows, nodes = answer["rows"], answer["nodes"]
    columns = [c for c in answer["columns"] if any(row.get(c) not in (None, "") for row in rows)]
    if "case" in columns and len({row["case"] for row in rows}) == 1 and len(columns) > 1:
        columns.remove("case")
    ids = _ids_of_labels(columns, nodes)
    columns = [c for c in columns if c not in ids.values() and c != "quote" and not _quoted_whole(c, rows)]
    below = _without_room(columns, rows)
    shown = [c for c in columns if c not in below]
    head = h.thead(h.tr([h.th(_heading(c), scope="col") for c in shown]))
    body = []
    span = max(len(shown), 1)
    for number in range(first, min(first + MOST_ROWS, len(rows))):
        row, node = rows[number], nodes[number]
        cells = h.tr([_cell(c, row, node, ids.get(c), n == 0) for n, c in enumerate(shown)])
        more = [h.div(h.dt(_heading(c)), h.dd(_words(c, row, node, ids.get(c)))) for c in below if row.get(c) not in (None, "")]
        quote = _quote(str(row.get("case", "")), str(row.get("quote") or ""), passages)
        link = h.a("why?", href=f"{why}{number + 1}", class_="why", aria_label=f"why? row {number + 1}") if why else None
        body.append(
            h.tbody(
                cells,
                h.tr(h.td(h.dl(more, class_="more"), colspan=span), class_="below") if more else None,
                h.tr(h.td(quote, " ", link, colspan=span), class_="quote") if quote or why else None,
            )
        )
    return h.div(h.table(head, body, class_="answer stack"), class_="scroll", tabindex="0", role="region", aria_label="Answer")


def _quoted_whole(column: str, rows: list[dict[str, Any]]) -> bool:
    """Whether a column only repeats sentences that stand below the row anyhow."""
    if not column.endswith("statement"):
        return False
    return all(not row.get(column) or str(row[column]) in str(row.get("quote") or "").split(" | ") for row in rows)


def _without_room(columns: list[str], rows: list[dict[str, Any]]) -> list[str]:
    """The columns that go below their row, so that the rest has room side by side: notes, then long ones, then rarely filled ones."""
    width, use = {}, {}
    for column in columns:
        said = [str(row[column]) for row in rows if row.get(column) not in (None, "")]
        each = sorted(min(text_width(words, 14), 272 if len(words) > LONG else 150) for words in said)
        usual = each[len(each) * 4 // 5] if each else 0.0
        width[column] = max(usual, text_width(_heading(column), 13.5), 64.0) + 14
        use[column] = len(said) / max(len(rows), 1)
    below: list[str] = []
    may_move = sorted(columns[1:], key=lambda c: (c not in PROSE, width[c] < 272, use[c]))
    while may_move and sum(w for c, w in width.items() if c not in below) > ROOM:
        below.append(may_move.pop(0))
    return [c for c in columns if c in below]


def _ids_of_labels(columns: list[str], nodes: list[dict[str, Any]]) -> dict[str, str]:
    """Label column -> the id column that it names."""
    iris = [c for c in columns if c != "case" and any(node.get(c, {}).get("type") == "uri" for node in nodes)]
    pairs = {c: c.removesuffix("_label") for c in columns if c.endswith("_label") and c.removesuffix("_label") in columns}
    if "label" in columns:
        before = [c for c in iris if columns.index(c) < columns.index("label") and c not in pairs.values()]
        if before:
            pairs["label"] = before[-1]
    return pairs


def _heading(column: str) -> str:
    return column.removesuffix("_label").replace("_", " ") if column != "label" else "what"


def _cell(column: str, row: Mapping[str, Any], node: Mapping[str, Any], id_column: str | None, first: bool) -> Html:
    words = _words(column, row, node, id_column)
    long = len(str(row.get(column) or "")) > LONG
    return (h.th if first else h.td)(words, data_label=_heading(column), class_="long" if long else None, scope="row" if first else None)


def _words(column: str, row: Mapping[str, Any], node: Mapping[str, Any], id_column: str | None) -> Any:
    """A value for people: a term as a link, a duration in words, a long list as a list."""
    value = row.get(column)
    words = "" if value is None else "yes" if value is True else "no" if value is False else str(value)
    iri = node.get(id_column or column, {})
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return h.span(duration_words(value, "before", ""), title=value)
    if iri.get("type") == "uri" and words:
        return h.a(words, href=address(iri["value"]), title=names.compact(iri["value"]))
    if len(words) > LONG and "; " in words and column not in PROSE:
        return h.ul([h.li(part) for part in words.split("; ")])
    return words


def _quote(case_id: str, quote: str, passages: Mapping[tuple[str, str], str]) -> Any:
    parts = [(part, passages.get((case_id, " ".join(part.split())))) for part in quote.split(" | ")]
    return h.join(
        [
            h.join(h.br() if n else "", "“", h.a(part, href=place) if place else part, "”") if part else ""
            for n, (part, place) in enumerate(parts)
        ]
    )


def address(iri: str) -> str:
    """Where an IRI opens in the explorer."""
    return node_address(iri) if iri.startswith(names.CASE) else term_address(iri)


def as_csv(answer: dict[str, Any]) -> str:
    """The rows as CSV, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(answer["columns"])
    for row in answer["rows"]:
        writer.writerow([_spreadsheet(row.get(c)) for c in answer["columns"]])
    return text.getvalue()


def _spreadsheet(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else "" if value is None else value


def as_json(answer: dict[str, Any]) -> str:
    """The rows as a JSON list."""
    return json.dumps(answer["rows"], ensure_ascii=False, indent=1)
