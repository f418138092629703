"""Why a row is in an answer, and why a term is not: pages over `kg.reason.why`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from kg import ask
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.store import Store


def why_row(store: Store, name: str, values: Mapping[str, str], number: int) -> dict[str, Any]:
    """A row (1 for the first) of an answer and what it rests on (`grounds`), as plain data. Runs where the store is."""
    from kg.reason.why import why
    from kg.serve.worker.documents import vocabulary

    answer = ask.ask(store, name, values, vocabulary())
    grounds = [asdict(ground) for ground in why(store, answer, number)]
    return {"row": {column: answer[number - 1].get(column) for column in answer.columns}, "grounds": grounds}


def why_not(store: Store, name: str, values: Mapping[str, str], term: str) -> dict[str, Any]:
    """The first condition of a question that keeps a term out, as plain data. Runs where the store is."""
    from kg.reason.why import why_not
    from kg.serve.worker.documents import vocabulary

    asked, terms = ask.question_named(name), vocabulary()
    bound = {key: ask.resolve(store, asked, asked.parameter(key), value, terms) for key, value in values.items()}
    wanted: Any = ask.resolve(store, asked, ask.Parameter("term", "term"), term, terms)
    return asdict(why_not(store, asked, bound, wanted))


def why_page(question: ask.Question, values: Mapping[str, str], number: int, found: Mapping[str, Any]) -> str:
    """A row, and what it rests on as a tree of statements and derivations."""
    grounds = found["grounds"]
    row = [
        h.div(h.dt(column.replace("_", " ")), h.dd(str(value)))
        for column, value in found["row"].items()
        if value not in (None, "") and column != "quote"
    ]
    tree = (
        h.ul([_ground(ground) for ground in grounds], class_="grounds")
        if grounds
        else shell.empty("No single statement stands behind this row.")
    )
    return shell.page(
        f"Why: {question.summary}",
        _back(question, values),
        h.h1(question.summary),
        h.section(h.h2(f"Row {number}"), h.dl(row, class_="more")),
        h.section(h.h2("It rests on"), tree),
        here="/library",
    )


def _ground(ground: Mapping[str, Any]) -> Html:
    how = "derived by a rule" if ground["derived"] else "in the record"
    quote = " ".join(str(ground["quote"]).split())
    return h.li(
        h.a(ground["label"] or ground["node"], href=f"/case/{ground['node']}"),
        " ",
        h.span(" · ".join(part for part in (ground["kind"], how, ground["section"]) if part), class_="detail"),
        h.blockquote(quote) if quote else None,
        h.ul([_ground(below) for below in ground["grounds"]], class_="grounds") if ground["grounds"] else None,
    )


def why_not_page(question: ask.Question, values: Mapping[str, str], term: str, missing: Mapping[str, Any]) -> str:
    """The condition that keeps a term out of an answer."""
    if missing["present"]:
        body: Any = h.p(h.strong(term), " is in the answer.")
    else:
        met = h.details(
            h.summary(f"{len(missing['met'])} conditions before it are met"),
            h.ul([h.li(h.code(c)) for c in missing["met"]]),
            class_="words",
        )
        body = [
            h.p("The first condition that nothing fulfils: ", h.strong(missing["in_words"] or "the question’s own pattern")),
            h.pre(h.code(missing["condition"]), tabindex="0"),
            met if missing["met"] else None,
        ]
    return shell.page(
        f"Why not: {question.summary}",
        _back(question, values),
        h.h1(question.summary),
        h.section(h.h2(f"Why {term} is not in the answer"), body),
        here="/library",
    )


def _back(question: ask.Question, values: Mapping[str, str]) -> Html:
    return h.p(h.a("Back to the answer", href=f"/library/{question.name}?{urlencode({**values, 'ask': 1})}"), class_="kicker")


def why_not_form(question: ask.Question, values: Mapping[str, str]) -> Html:
    """The field to ask why something is not in an answer."""
    hidden = [h.input_(type="hidden", name=key, value=value) for key, value in values.items()]
    box = h.input_(name="term", id="why-not", required=True, list="why-not-list", data_complete="term", autocomplete="off")
    return h.form(
        hidden,
        h.label("Missing something? Why is ", for_="why-not"),
        h.join(box, h.datalist(id="why-not-list"), " "),
        h.button("not here?", type="submit", class_="quiet"),
        class_="inline",
        action=f"/library/{question.name}/why-not",
    )
