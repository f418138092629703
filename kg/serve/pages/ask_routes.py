"""The addresses of questions: the library, a question with its answer, why a row is there, why a term is not; and SPARQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from kg import ask, names
from kg.serve.errors import Problem
from kg.serve.pages import sparql_page
from kg.serve.pages.explorer import Explorer, explorer
from kg.serve.pages.library import answers, why
from kg.serve.pages.library import page as library
from kg.serve.pages.respond import Handler, compressed, page
from kg.serve.pool.wire import pack

if TYPE_CHECKING:
    from kg.serve.site import Site

_PROPERTIES = "SELECT DISTINCT ?p WHERE { ?s ?p ?o } LIMIT 2000"
_CLASSES = f"SELECT DISTINCT ?c WHERE {{ ?c a <{names.OWL_CLASS}> FILTER(isIRI(?c)) }} LIMIT 5000"
#: Of so many cases of an answer the sentences are linked.
MOST_STORIES = 20


async def _library(request: Request, site: Site, memory: Explorer) -> Response:
    return page(site, library.library_page())


async def _question(request: Request, site: Site, memory: Explorer) -> Response:
    name, dot, ending = request.path_params["name"].rpartition(".")
    if dot and ending in ("csv", "json"):
        request.path_params["name"] = name
        return await _download(request, site, ending)
    question, values = _asked(request)
    answer: dict[str, Any] | None = None
    problem = None
    if values or "ask" in request.query_params or not question.parameters:
        try:
            answer = await site.ask_question(question.name, values)
        except Problem as error:
            if error.status >= 500:
                raise
            problem = error
    number = _page(request, len(answer["rows"])) if answer else 1
    passages = await _passages(memory, answer, library.first_row(number)) if answer else {}
    text = library.question_page(question, values, answer, await memory.cases(), passages, problem, number)
    return page(site, text, status=problem.status if problem else 200)


async def _download(request: Request, site: Site, ending: str) -> Response:
    question, values = _asked(request)
    whole = await site.ask_question(question.name, values)
    body, kind = (answers.as_csv(whole), "text/csv; charset=utf-8") if ending == "csv" else (answers.as_json(whole), "application/json")
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{question.name}.{ending}"'})


async def _why(request: Request, site: Site, memory: Explorer) -> Response:
    question, values = _asked(request)
    row = request.query_params.get("row", "1")
    number = int(row) if row.isdecimal() and len(row) < 8 else 0
    found = await site.run("kg.serve.pages.library.why:why_row", question.name, values, number)
    return page(site, why.why_page(question, values, number, found))


async def _why_not(request: Request, site: Site, memory: Explorer) -> Response:
    question, values = _asked(request)
    term = request.query_params.get("term", "").strip()
    if not term:
        raise Problem(400, "no term", "name the term that you miss in the answer")
    missing = await site.run("kg.serve.pages.library.why:why_not", question.name, values, term)
    return page(site, why.why_not_page(question, values, term, missing))


def _asked(request: Request) -> tuple[ask.Question, dict[str, str]]:
    """The question that an address names, and the parameters given to it."""
    name = request.path_params["name"]
    if name not in ask.question_names():
        raise Problem(404, "no such question", f"no question {name!r}", known=list(ask.question_names()))
    question = ask.question_named(name)
    return question, {p.name: v for p in question.parameters if (v := request.query_params.get(p.name, "").strip())}


def _page(request: Request, rows: int) -> int:
    """The page of an answer that is asked for, or the nearest there is."""
    asked = request.query_params.get("page", "1")
    last = max((rows - 1) // answers.MOST_ROWS + 1, 1)
    return min(max(int(asked) if asked.isdecimal() and len(asked) < 8 else 1, 1), last)


async def _passages(memory: Explorer, answer: dict[str, Any], first: int) -> dict[tuple[str, str], str]:
    """(case, quote) -> the address of its sentence, for the cases of the rows shown (the first few of very many)."""
    found: dict[tuple[str, str], str] = {}
    shown = answer["rows"][first : first + answers.MOST_ROWS]
    for case_id in list(dict.fromkeys(str(row["case"]) for row in shown if row.get("case")))[:MOST_STORIES]:
        story = await memory.story(case_id)
        for fact in story.nodes.values() if story else ():
            quoted = story.passages_of(fact) if story and fact.get("quote") else []
            if quoted:
                found.setdefault((case_id, " ".join(str(fact.get("quote")).split())), f"/case/{case_id}#{quoted[0]}")
    return found


async def sparql(request: Request, site: Site) -> Response:
    """GET /sparql for a browser: the editor, and the answer if a query is given."""
    query = request.query_params.get("query", "")
    result, status = None, 200
    if query.strip():
        try:
            result = await _result(query, site)
        except Problem as error:
            result, status = sparql_page.problem_result(error), error.status

    async def make() -> tuple[list[str], list[str]]:
        try:
            properties, classes = await site.select(_PROPERTIES), await site.select(_CLASSES)
        except Problem:  # a limit was reached: the editor then completes prefixes only
            return [], []
        return sorted(str(r["p"].value) for r in properties), sorted(str(r["c"].value) for r in classes)

    properties, classes = await explorer(site).keep(("editor",), make)
    return await compressed(request, page(site, sparql_page.sparql_page(query, result, properties, classes), status))


async def _result(query: str, site: Site) -> Any:
    """The beginning of a query's answer; the rest is neither computed nor held."""
    tables, graphs = ("text/tab-separated-values", "tsv"), ("text/turtle", "turtle")
    task = {"do": "query", "text": query, "base": site.base + "sparql", "values": {}, "results": tables, "graph": graphs}
    job = await site.pool.run(pack(task))
    data, whole = b"", True
    try:
        async for piece in job.pieces():
            data += piece
            if len(data) > sparql_page.MOST_BYTES:
                whole = False
                break
        is_graph = (job.head or {}).get("type") == graphs[0]
    finally:
        job.cancel()
    return sparql_page.graph_result(data, whole) if is_graph else sparql_page.table_result(data, whole)


HANDLERS: dict[str, Handler] = {
    "/library": _library,
    "/library/{name}": _question,
    "/library/{name}/why": _why,
    "/library/{name}/why-not": _why_not,
}
