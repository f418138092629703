"""The questions of the library as forms, and their answers as tables with links to the sentences."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import ask, names
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.search_index import node_address, term_address
from kg.serve.pages.story import duration_words
from kg.serve.pages.why import why_not_form

#: Tags in the order clinicians ask; others follow by name.
TAGS = (
    "patient",
    "course",
    "findings",
    "laboratory",
    "diagnosis",
    "treatment",
    "response",
    "mechanism",
    "literature",
    "evidence",
    "quality",
    "gaps",
)
LONG = 60
_DURATION = re.compile(r"-?P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?")
_FORMULA = re.compile(r"[=+@\t\r]|-(?!P?\d)")
MOST_ROWS = 2000


def library_page() -> str:
    """All questions, by what they are about."""
    groups: dict[str, list[ask.Question]] = defaultdict(list)
    for name in ask.question_names():
        question = ask.question_named(name)
        groups[question.tags[0] if question.tags else "other"].append(question)
    order = sorted(groups, key=lambda t: (TAGS.index(t) if t in TAGS else 99, t))
    parts = [
        h.section(h.h2(tag.capitalize()), h.ul([h.li(h.a(q.summary, href=f"/library/{q.name}")) for q in groups[tag]])) for tag in order
    ]
    intro = h.p(f"{len(ask.question_names())} questions, each answered with the sentences it rests on.", class_="detail")
    return shell.page("Questions", h.h1("Questions"), intro, h.div(parts, class_="topics"), here="/library", wide=True)


def question_page(
    question: ask.Question,
    values: Mapping[str, str],
    answer: dict[str, Any] | None,
    cases: list[dict[str, Any]],
    passages: Mapping[tuple[str, str], str],
    problem: Any = None,
) -> str:
    """One question: its form, and the answer if it was asked.

    Args:
        answer: what `site.ask_question` gave, or None.
        passages: (case, quote) -> address of its sentence.
        problem: why there is no answer.
    """
    body = [h.p(h.a("All questions", href="/library"), class_="kicker"), h.h1(question.summary), _form(question, values, cases)]
    if problem:
        body.append(_problem(problem))
    if answer is not None:
        body.append(_answer(question, values, answer, passages))
    body.append(_sparql(question, answer))
    return shell.page(question.summary, body, here="/library", scripts=("complete.js",), wide=True)


def _form(question: ask.Question, values: Mapping[str, str], cases: list[dict[str, Any]]) -> Html:
    fields = [_field(p, values.get(p.name, ""), cases) for p in question.parameters]
    every = h.p("Leave a field empty to ask about all.", class_="hint") if fields else None
    return h.form(
        h.div(fields, class_="fields") if fields else None,
        every,
        h.button("Ask", type="submit"),
        h.input_(type="hidden", name="ask", value="1"),
        action=f"/library/{question.name}",
    )


def _field(parameter: ask.Parameter, value: str, cases: list[dict[str, Any]]) -> Html:
    key = f"p-{parameter.name}"
    label = h.label(parameter.name.replace("_", " ").capitalize(), for_=key)
    if parameter.type == "case" and len(cases) <= 200:
        options = [h.option("all cases", value="")] + [h.option(c["id"], value=c["id"], selected=c["id"] == value) for c in cases]
        return h.div(label, h.select(options, id=key, name=parameter.name))
    hint = parameter.about or {"term": "a name, a synonym or an id", "time": "the name of a time"}.get(parameter.type, "")
    example = f"for example {parameter.example}" if parameter.example else ""
    words = ", ".join(x for x in (hint, example) if x)
    box = h.input_(
        id=key,
        name=parameter.name,
        value=value,
        list=f"{key}-list",
        autocomplete="off",
        data_complete=parameter.type,
        aria_describedby=f"{key}-hint" if words else None,
    )
    return h.div(label, box, h.datalist(id=f"{key}-list"), h.p(words, class_="hint", id=f"{key}-hint") if words else None)


def _problem(problem: Any) -> Html:
    known = [str(k) for k in (getattr(problem, "known", None) or [])][:12]
    return h.div(
        h.p(h.strong("No answer: "), getattr(problem, "detail", str(problem))),
        h.p("Known: ", ", ".join(known)) if known else None,
        class_="failed",
        role="alert",
    )


def _answer(question: ask.Question, values: Mapping[str, str], answer: dict[str, Any], passages: Mapping[tuple[str, str], str]) -> Html:
    rows = answer["rows"]
    given_values = {k: v for k, v in values.items() if v}
    given = urlencode(given_values)
    count = f"{len(rows)} row{'s' if len(rows) != 1 else ''}"
    tools = h.div(
        h.strong(count),
        h.a("CSV", href=f"/library/{question.name}.csv?{given}", class_="button quiet"),
        h.a("JSON", href=f"/library/{question.name}.json?{given}", class_="button quiet"),
        h.a("Link to this answer", href=f"/library/{question.name}?{given}{'&' if given else ''}ask=1"),
        class_="tools",
    )
    if not rows:
        return h.section(
            h.h2("Answer"),
            tools,
            shell.empty("No row: the graph says nothing to this. That something isn’t told doesn’t mean that it was not there."),
            why_not_form(question, given_values),
            id="answer",
        )
    more = h.p(f"The first {MOST_ROWS} rows are shown; the downloads have all.", class_="detail") if len(rows) > MOST_ROWS else None
    table = answer_table(answer, passages, f"/library/{question.name}/why?{given}{'&' if given else ''}row=")
    return h.section(h.h2("Answer"), tools, more, table, why_not_form(question, given_values), id="answer")


def answer_table(answer: dict[str, Any], passages: Mapping[tuple[str, str], str], why: str = "") -> Html:
    """Rows as a table: empty columns and a lone case left out, ids joined with their labels.

    Args:
        why: address that says why a row is there, up to the row's number.
    """
    rows, nodes = answer["rows"][:MOST_ROWS], answer["nodes"][:MOST_ROWS]
    columns = [c for c in answer["columns"] if any(row.get(c) not in (None, "") for row in rows)]
    if "case" in columns and len({row["case"] for row in rows}) == 1 and len(columns) > 1:
        columns.remove("case")
    ids = _ids_of_labels(columns, nodes)
    shown = [c for c in columns if c not in ids.values()]
    quoted = "quote" in shown
    shown = [c for c in shown if c != "quote"]
    head = h.thead(h.tr([h.th(_heading(c), scope="col") for c in shown]))
    body = []
    for number, (row, node) in enumerate(zip(rows, nodes, strict=True), 1):
        cells = h.tr([_cell(c, row, node, ids.get(c), n == 0) for n, c in enumerate(shown)])
        quote = _quote(str(row.get("case", "")), str(row.get("quote") or ""), passages)
        link = h.a("why?", href=f"{why}{number}", class_="why", aria_label=f"why? row {number}") if why else None
        body.append(h.tbody(cells, h.tr(h.td(quote, " ", link, colspan=len(shown)), class_="quote") if quoted or why else None))
    return h.div(h.table(head, body, class_="answer"), class_="scroll", tabindex="0", role="region", aria_label="Answer")


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
    value = row.get(column)
    words: Any = "" if value is None else "yes" if value is True else "no" if value is False else str(value)
    iri = node.get(id_column or column, {})
    if isinstance(value, str) and _DURATION.fullmatch(value):
        words = h.span(duration_words(value, "before", ""), title=value)
    long = isinstance(value, str) and len(value) > LONG
    if iri.get("type") == "uri" and words:
        words = h.a(words, href=address(iri["value"]), title=names.compact(iri["value"]))
    elif long and "; " in words:
        words = h.ul([h.li(part) for part in words.split("; ")])
    return (h.th if first else h.td)(words, data_label=_heading(column), class_="long" if long else None, scope="row" if first else None)


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


def _sparql(question: ask.Question, answer: dict[str, Any] | None) -> Html:
    text = question.bound(_bound(question, answer))
    return h.details(
        h.summary("The SPARQL behind it"),
        h.pre(h.code(text), tabindex="0"),
        h.p(h.a("Open in the editor", href=f"/sparql?{urlencode({'query': text})}")),
        class_="words",
    )


def _bound(question: ask.Question, answer: dict[str, Any] | None) -> dict[str, Any]:
    """The terms that were bound: what stands in every row of a parameter's own column."""
    if not answer or not answer["nodes"]:
        return {}
    given = answer.get("given") or {}
    first = answer["nodes"][0]
    return {p.name: _term(first[p.name]) for p in question.parameters if p.name in given and p.name in first}


def _term(node: Mapping[str, Any]) -> Any:
    if node["type"] == "uri":
        return ox.NamedNode(node["value"])
    datatype = node.get("datatype")
    return ox.Literal(node["value"], datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(node["value"])


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
