"""The explorer's addresses: each handler gathers what its page needs, and the page module renders it."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from kg import ask, names
from kg.serve.errors import Problem
from kg.serve.pages import case, home, library, linked, search, shell, sparql_page, why
from kg.serve.pages.explorer import Explorer, explorer
from kg.serve.pages.story import Story
from kg.serve.protocol import GRAPH_TYPES, content_type, negotiate
from kg.serve.worker import pack

if TYPE_CHECKING:
    from kg.serve.site import Site

Handler = Callable[[Request, "Site", Explorer], Awaitable[Response]]
#: Bytes below which an answer is sent as it is.
WORTH_COMPRESSING = 1400
_ENDINGS = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
#: A document of ours; its name goes into a query, so it may hold nothing else.
_SAFE = re.compile(r"https://w3id\.org/casegraph/[A-Za-z0-9._/-]+#?")
_OURS = "https://w3id.org/casegraph/"
_GRAPH_OFFERS = ("text/html", *GRAPH_TYPES)


def routes(site: Site) -> list[BaseRoute]:
    """All of them."""
    memory = explorer(site)

    def at(path: str, handler: Handler) -> Route:
        return Route(path, partial(_answer, handler, site, memory), methods=["GET"])

    return [
        at("/", _home),
        at("/case/{case_id}", _case),
        at("/case/{case_id}/{view}", _view),
        at("/library", _library),
        at("/library/{name}", _question),
        at("/library/{name}/why", _why),
        at("/library/{name}/why-not", _why_not),
        at("/search", _search),
        at("/search.html", _hits),
        at("/complete", _complete),
        at("/term", _term),
        at("/term.{ending}", _term_data),
        at("/ns", _document),
        at("/inferred", _document),
        at("/ontology/{name}", _document),
        at("/imports/{name}", _document),
        Mount("/static", GZipMiddleware(Files(directory=shell.STATIC), WORTH_COMPRESSING), name="static"),
    ]


async def _answer(handler: Handler, site: Site, memory: Explorer, request: Request) -> Response:
    """Pages depend on the build and the address alone, so a page the client has is not made again."""
    known: Response | None = site.not_modified(request)
    return known or await _compressed(request, await handler(request, site, memory))


async def _compressed(request: Request, response: Response) -> Response:
    """The answer in gzip where the client takes it and it is worth it."""
    body = bytes(response.body)
    accepts = "gzip" in request.headers.get("accept-encoding", "") and "gzip;q=0" not in request.headers.get("accept-encoding", "").replace(
        " ", ""
    )
    if accepts and len(body) > WORTH_COMPRESSING and "content-encoding" not in response.headers:
        response.body = await asyncio.to_thread(gzip.compress, body, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
        response.headers.setdefault("Vary", "Accept, Accept-Encoding")
    return response


class Files(StaticFiles):
    """Static files; one that is asked for by its digest never changes."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and scope.get("query_string"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def _home(request: Request, site: Site, memory: Explorer) -> Response:
    return _html(site, home.home_page(await memory.cases()))


async def _case(request: Request, site: Site, memory: Explorer) -> Response:
    name, dot, ending = request.path_params["case_id"].rpartition(".")
    if dot and ending in _ENDINGS:
        return await _data(site, names.case_iri(name), _ENDINGS[ending], f"{name}.{ending}")
    case_id = request.path_params["case_id"]
    kind = negotiate(request.headers.get("accept", "*/*"), _GRAPH_OFFERS)
    if kind != "text/html":
        return await _data(site, names.case_iri(case_id), _acceptable(kind))

    async def make() -> str:
        return await asyncio.to_thread(case.case_page, await _story(memory, case_id), await memory.report(case_id))

    return _html(site, await memory.keep(("case", case_id), make))


async def _view(request: Request, site: Site, memory: Explorer) -> Response:
    view = request.path_params["view"]
    if view not in case.VIEWS:
        raise Problem(404, "no such page", f"a case has no page {view!r}", known=[v for v in case.VIEWS if v])
    case_id, thing = request.path_params["case_id"], request.query_params.get("about", "")

    async def make() -> str:
        return await asyncio.to_thread(case.view_page, await _story(memory, case_id), view, thing)

    return _html(site, await memory.keep(("view", case_id, view, thing), make))


async def _story(memory: Explorer, case_id: str) -> Story:
    story = await memory.story(case_id)
    if story is None:
        known = [str(c["id"]) for c in await memory.cases()]
        raise Problem(404, "no such case", f"no case {case_id!r}", known=known)
    return story


async def _library(request: Request, site: Site, memory: Explorer) -> Response:
    return _html(site, library.library_page())


async def _question(request: Request, site: Site, memory: Explorer) -> Response:
    name, dot, ending = request.path_params["name"].rpartition(".")
    name = name if dot and ending in ("csv", "json") else request.path_params["name"]
    request.path_params["name"] = name
    question, values = _asked(request)
    if dot and ending in ("csv", "json"):
        whole = await site.ask_question(name, values)
        body, kind = (library.as_csv(whole), "text/csv; charset=utf-8") if ending == "csv" else (library.as_json(whole), "application/json")
        return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'})
    answer: dict[str, Any] | None = None
    problem = None
    if values or "ask" in request.query_params or not question.parameters:
        try:
            answer = {**await site.ask_question(name, values), "given": values}
        except Problem as error:
            if error.status >= 500:
                raise
            problem = error
    passages = await _passages(memory, answer) if answer else {}
    text = library.question_page(question, values, answer, await memory.cases(), passages, problem)
    return _html(site, text, status=problem.status if problem else 200)


async def _why(request: Request, site: Site, memory: Explorer) -> Response:
    question, values = _asked(request)
    row = request.query_params.get("row", "1")
    number = int(row) if row.isdecimal() and len(row) < 8 else 0
    grounds = await site.run("kg.serve.pages.why:why_row", question.name, values, number)
    return _html(site, why.why_page(question, values, number, grounds))


async def _why_not(request: Request, site: Site, memory: Explorer) -> Response:
    question, values = _asked(request)
    term = request.query_params.get("term", "").strip()
    if not term:
        raise Problem(400, "no term", "name the term that you miss in the answer")
    return _html(site, why.why_not_page(question, values, term, await site.run("kg.serve.pages.why:why_not", question.name, values, term)))


def _asked(request: Request) -> tuple[ask.Question, dict[str, str]]:
    """The question that an address names, and the parameters given to it."""
    name = request.path_params["name"]
    if name not in ask.question_names():
        raise Problem(404, "no such question", f"no question {name!r}", known=list(ask.question_names()))
    question = ask.question_named(name)
    return question, {p.name: v for p in question.parameters if (v := request.query_params.get(p.name, "").strip())}


async def _passages(memory: Explorer, answer: dict[str, Any]) -> dict[tuple[str, str], str]:
    """(case, quote) -> the address of its sentence, for the cases of an answer (the first few of very many)."""
    found: dict[tuple[str, str], str] = {}
    for case_id in list(dict.fromkeys(str(row["case"]) for row in answer["rows"] if row.get("case")))[:20]:
        story = await memory.story(case_id)
        for fact in story.nodes.values() if story else ():
            quoted = story.passages_of(fact) if story and fact.get("quote") else []
            if quoted:
                found.setdefault((case_id, " ".join(str(fact.get("quote")).split())), f"/case/{case_id}#{quoted[0]}")
    return found


async def _search(request: Request, site: Site, memory: Explorer) -> Response:
    return _html(site, search.search_page(await memory.index(), request.query_params.get("q", "")[:200]))


async def _hits(request: Request, site: Site, memory: Explorer) -> Response:
    return _html(site, str(search.hits(await memory.index(), request.query_params.get("q", "")[:200])))


async def _complete(request: Request, site: Site, memory: Explorer) -> Response:
    typed, kind = request.query_params.get("q", "")[:200], request.query_params.get("type", "term")
    if kind == "case":
        offered = [
            {"value": str(c["id"]), "more": str(c.get("title", ""))}
            for c in await memory.cases()
            if typed.lower() in f"{c['id']} {c.get('title', '')}".lower()
        ]
    elif kind == "time":
        rows = await site.select(
            f"SELECT DISTINCT ?name WHERE {{ ?t a <{names.CG}TimePoint> ; <{names.CG}name> ?name }} ORDER BY ?name LIMIT 500"
        )
        offered = [{"value": str(r["name"].value), "more": ""} for r in rows if typed.lower() in str(r["name"].value).lower()]
    elif kind == "term":
        offered = search.completions(await memory.index(), typed)
    else:
        offered = await _values(request, site)
    return JSONResponse(offered[:20], headers={"Cache-Control": "no-cache"})


async def _values(request: Request, site: Site) -> list[dict[str, str]]:
    """The values that a question's own column has."""
    name, column = request.query_params.get("question", ""), request.query_params.get("parameter", "")
    if name not in ask.question_names():
        return []
    answer = await site.ask_question(name, {})
    return [{"value": value, "more": ""} for value in sorted({str(row[column]) for row in answer["rows"] if row.get(column)})]


async def _term(request: Request, site: Site, memory: Explorer) -> Response:
    iri = request.query_params.get("iri", "")
    kind = negotiate(request.headers.get("accept", "*/*"), _GRAPH_OFFERS)
    if kind != "text/html":
        return await _data(site, iri, _acceptable(kind))
    found = await site.run("kg.serve.pages.linked:about", iri)
    if not found:
        raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
    return _html(site, linked.term_page(found))


async def _term_data(request: Request, site: Site, memory: Explorer) -> Response:
    ending = request.path_params["ending"]
    if ending not in _ENDINGS:
        raise Problem(404, "no such format", f"no format {ending!r}", known=list(_ENDINGS))
    return await _data(site, request.query_params.get("iri", ""), _ENDINGS[ending])


async def _document(request: Request, site: Site, memory: Explorer) -> Response:
    iri = _OURS + request.url.path.strip("/")
    iri = names.CG if iri + "#" == names.CG else iri
    if not _SAFE.fullmatch(iri):
        raise Problem(404, "not in the graph", "there is no such document")
    kind = negotiate(request.headers.get("accept", "*/*"), _GRAPH_OFFERS)
    if kind != "text/html":
        return await _graph(site, iri, _acceptable(kind))
    terms = await site.run("kg.serve.pages.linked:members", iri)
    if (
        not terms
        and await site.describe(iri, "text/turtle") is None
        and not await site.select(f"SELECT ?s WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1")
    ):
        raise Problem(404, "not in the graph", f"the graph has no document {iri}")
    return _html(site, linked.document_page(iri, terms))


async def _graph(site: Site, iri: str, media_type: str) -> Response:
    """A document of ours as data: its whole graph, or for the namespace all that is said of its terms."""
    if iri == names.CG:
        query = f'CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{names.CG}")) }}'
    else:
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
    return Response(
        await site.graph_bytes(query, media_type), media_type=content_type(media_type), headers={"Vary": "Accept", "ETag": site.tag}
    )


async def _data(site: Site, iri: str, media_type: str, file_name: str = "") -> Response:
    """What the graph says of an IRI as data; of a case, its whole graph."""
    try:
        node = ox.NamedNode(iri)
    except ValueError as error:
        raise Problem(400, "not an IRI", f"{iri!r} is not an IRI") from error
    if iri.startswith(names.CASE) and "#" not in iri:
        if not await site.select(f"SELECT ?s WHERE {{ GRAPH {node} {{ ?s ?p ?o }} }} LIMIT 1"):
            raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
        body = await site.graph_bytes(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {node} {{ ?s ?p ?o }} }}", media_type)
    else:
        described = await site.describe(iri, media_type)
        if described is None:
            raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
        body = described
    headers = {"Vary": "Accept", "ETag": site.tag}
    if file_name:
        headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    return Response(body, media_type=content_type(media_type), headers=headers)


def _acceptable(kind: str | None) -> str:
    if kind is None:
        raise Problem(406, "not acceptable", "none of the media types asked for is offered", known=list(_GRAPH_OFFERS))
    return kind


def _html(site: Site, text: str, status: int = 200) -> Response:
    response: Response = site.html(text, status=status)
    return response


async def sparql(request: Request, site: Site) -> Response:
    """GET /sparql for a browser: the editor, and the answer if a query is given."""
    query = request.query_params.get("query", "")
    result, status = None, 200
    if query.strip():
        try:
            result = await _result(query, site)
        except Problem as error:
            result, status = sparql_page.problem_result(error), error.status
    memory = explorer(site)

    async def make() -> tuple[list[str], list[str]]:
        try:
            properties = await site.select("SELECT DISTINCT ?p WHERE { ?s ?p ?o } LIMIT 2000")
            classes = await site.select(f"SELECT DISTINCT ?c WHERE {{ ?c a <{names.OWL_CLASS}> FILTER(isIRI(?c)) }} LIMIT 5000")
        except Problem:  # a limit was reached: the editor then completes prefixes only
            return [], []
        return sorted(str(r["p"].value) for r in properties), sorted(str(r["c"].value) for r in classes)

    properties, classes = await memory.keep(("editor",), make)
    return await _compressed(request, _html(site, sparql_page.sparql_page(query, result, properties, classes), status))


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


async def error(request: Request, site: Site, problem: Any) -> Response:
    """A problem as a page."""
    return _html(site, home.problem_page(problem), problem.status)
