"""The SPARQL page: an editor over a plain form, so that it works as well without the editor's script."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from kg import ask, names
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.library.answers import address

SHOWN = 500
#: Of an answer, this much is read.
MOST_BYTES = 200_000
EDITOR = ("vendor/yasqe.min.js", "vendor/yasqe.min.css")
FIRST = """PREFIX cg: <https://w3id.org/casegraph/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?case ?finding ?label ?quote WHERE {
  ?s a cg:PresentFinding ; cg:inCase ?case ; cg:concept ?finding ; cg:quote ?quote .
  ?finding rdfs:label ?label .
}
ORDER BY ?case ?label
LIMIT 50"""


def sparql_page(query: str, result: Html | None, properties: list[str], classes: list[str]) -> str:
    """The page, with the answer to `query` if there is one.

    Args:
        properties, classes: IRIs for the editor to complete.
    """
    has_editor = all((shell.STATIC / name).is_file() for name in EDITOR)
    box = h.form(
        h.label("Query", for_="query", class_="hint"),
        h.textarea(Html("\n"), query or FIRST, id="query", name="query", class_="query", spellcheck="false", autocomplete="off", rows=16),
        h.div(h.button("Run", type="submit"), h.span("Ctrl+Enter runs it too.", class_="hint"), class_="tools"),
        action="/sparql",
        id="sparql-form",
    )
    examples = [
        h.li(h.a(ask.question_named(name).summary, href="#query", data_query=ask.question_named(name).sparql))
        for name in ask.question_names()
    ]
    fallback = [h.li(h.a(ask.question_named(name).summary, href=f"/library/{name}")) for name in ask.question_names()]
    body = [
        h.h1("SPARQL"),
        h.p("Read-only SPARQL 1.1 over the union of all named graphs. Programs ask the same address.", class_="detail"),
        box,
        h.div(result, id="result") if result is not None else h.div(id="result"),
        h.details(h.summary("Examples: the questions of the library"), h.ul(examples, class_="js-only"), h.ul(fallback, class_="no-js")),
        h.details(
            h.summary("Prefixes"),
            h.pre(h.code("\n".join(f"PREFIX {p}: <{iri}>" for p, iri in names.PREFIXES.items())), id="prefixes", tabindex="0"),
        ),
        h.datalist([h.option(value=iri) for iri in properties], id="known-properties"),
        h.datalist([h.option(value=iri) for iri in classes], id="known-classes"),
    ]
    scripts = ((EDITOR[0],) if has_editor else ()) + ("editor.js",)
    return shell.page("SPARQL", body, here="/sparql", scripts=scripts, styles=EDITOR[1:] if has_editor else (), wide=True)


def table_result(data: bytes, whole: bool) -> Html:
    """The rows of a SELECT or the word of an ASK, from TSV.

    Args:
        whole: whether the data hold the whole answer; if not, the last line may be a piece of one.
    """
    if not whole:
        data = data[: data.rindex(b"\n") + 1]
    try:
        found = ox.parse_query_results(data, format=ox.QueryResultsFormat.TSV)
        if isinstance(found, ox.QueryBoolean):
            return text_result("yes" if found else "no")
        assert isinstance(found, ox.QuerySolutions)
        columns = [variable.value for variable in found.variables]
        rows = [{c: row[c] for c in columns} for row in found]
    except (SyntaxError, ValueError):  # the engine writes terms that it does not read, such as deeply nested triples
        return text_result(data[:MOST_BYTES].decode("utf-8", "replace"))
    return table(columns, rows, whole)


def graph_result(data: bytes, whole: bool) -> Html:
    """Triples as Turtle."""
    cut = "" if whole else "\n# … cut here; ask the endpoint for all of it"
    return text_result(data[:MOST_BYTES].decode("utf-8", "ignore") + cut)


def table(columns: list[str], rows: list[dict[str, Any]], whole: bool = True) -> Html:
    """The rows of a SELECT, terms as links."""
    head = h.thead(h.tr([h.th(c, scope="col") for c in columns]))
    body = [h.tbody(h.tr([h.td(_node(row.get(c)), data_label=c) for c in columns])) for row in rows[:SHOWN]]
    many = not whole or len(rows) > SHOWN
    count = (
        f"the first {min(len(rows), SHOWN)} rows; ask the endpoint for all" if many else f"{len(rows)} row{'s' if len(rows) != 1 else ''}"
    )
    answer = h.div(h.table(head, body, class_="answer stack"), class_="scroll", tabindex="0", role="region", aria_label="Answer")
    return h.section(h.h2("Answer ", h.span(count, class_="n")), answer)


def text_result(text: str) -> Html:
    """Triples, or yes or no, as text."""
    return h.section(h.h2("Answer"), h.pre(h.code(text), tabindex="0"))


def problem_result(problem: Any) -> Html:
    """Why there is no answer."""
    place = (
        f" (line {problem.fields['line']}, column {problem.fields.get('column', '?')})" if "line" in getattr(problem, "fields", {}) else ""
    )
    return h.section(h.h2("No answer"), h.p(h.strong(problem.title), place, ": ", problem.detail), class_="failed", role="alert")


def _node(node: Any) -> Any:
    if node is None:
        return ""
    value = str(getattr(node, "value", node))  # a triple term has none
    if type(node).__name__ == "NamedNode":
        return h.a(names.compact(value), href=address(value), title=value)
    return value
