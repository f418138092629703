"""The questions of the library as forms, and their answers as tables with links to the sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import ask
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.library.answers import MOST_ROWS, answer_table
from kg.serve.pages.library.why import why_not_form

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
    page: int = 1,
) -> str:
    """One question: its form, and the answer if it was asked.

    Args:
        answer: what `site.ask_question` gave, or None.
        passages: (case, quote) -> address of its sentence.
        problem: why there is no answer.
        page: of a long answer, from 1.
    """
    body = [h.p(h.a("All questions", href="/library"), class_="kicker"), h.h1(question.summary), _form(question, values, cases)]
    if problem:
        body.append(_problem(problem))
    if answer is not None:
        body.append(_answer(question, values, answer, passages, page))
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


def _answer(
    question: ask.Question, values: Mapping[str, str], answer: dict[str, Any], passages: Mapping[tuple[str, str], str], page: int
) -> Html:
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
    why = f"/library/{question.name}/why?{given}{'&' if given else ''}row="
    table = answer_table(answer, passages, why, first_row(page))
    turn = _turn(question, given_values, len(rows), page) if len(rows) > MOST_ROWS else None
    return h.section(h.h2("Answer"), tools, turn, table, turn, why_not_form(question, given_values), id="answer")


def first_row(page: int) -> int:
    """How many rows go before those of a page."""
    return (page - 1) * MOST_ROWS


def _turn(question: ask.Question, values: Mapping[str, str], count: int, page: int) -> Html:
    """Where one is in a long answer, and the ways on; the downloads have all of it."""

    def to(number: int, words: str) -> Html:
        return h.a(words, href=f"/library/{question.name}?{urlencode({**values, 'ask': 1, 'page': number})}#answer")

    start = first_row(page)
    return h.div(
        to(page - 1, "Earlier rows") if page > 1 else None,
        h.span(f"rows {start + 1} to {min(start + MOST_ROWS, count)} of {count}; the downloads have all", class_="detail"),
        to(page + 1, "Further rows") if start + MOST_ROWS < count else None,
        class_="tools",
    )


def _sparql(question: ask.Question, answer: dict[str, Any] | None) -> Html:
    text = question.bound(_bound(answer))
    return h.details(
        h.summary("The SPARQL behind it"),
        h.pre(h.code(text), tabindex="0"),
        h.p(h.a("Open in the editor", href=f"/sparql?{urlencode({'query': text})}")),
        class_="words",
    )


def _bound(answer: dict[str, Any] | None) -> dict[str, Any]:
    """The terms that the given parameters were taken for."""
    return {name: _term(node) for name, node in (answer or {}).get("bound", {}).items()}


def _term(node: Mapping[str, Any]) -> Any:
    if node["type"] == "uri":
        return ox.NamedNode(node["value"])
    datatype = node.get("datatype")
    return ox.Literal(node["value"], datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(node["value"])
