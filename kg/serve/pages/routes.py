"""All that the server needs of the explorer: its addresses, the SPARQL page, and a problem as a page.

The handlers of cases and search stand here, the others beside their kind.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from kg import ask, names
from kg.serve.errors import Problem
from kg.serve.http.media import negotiate
from kg.serve.pages import ask_routes, data_routes, home
from kg.serve.pages.ask_routes import sparql as sparql
from kg.serve.pages.case import page as case
from kg.serve.pages.case.head import VIEWS
from kg.serve.pages.explorer import Explorer, explorer
from kg.serve.pages.respond import at, page, static_files
from kg.serve.pages.search import page as search
from kg.serve.pages.story import Story

if TYPE_CHECKING:
    from kg.serve.site import Site

_TIMES = f"SELECT DISTINCT ?name WHERE {{ ?t a <{names.CG}TimePoint> ; <{names.CG}name> ?name }} ORDER BY ?name LIMIT 500"


def explorer_routes(site: Site) -> list[BaseRoute]:
    """All of them."""
    handlers = {
        "/": _home,
        "/case/{case_id}": _case,
        "/case/{case_id}/{view}": _view,
        "/search": _search,
        "/search.html": _hits,
        "/complete": _complete,
        **ask_routes.HANDLERS,
        **data_routes.HANDLERS,
    }
    memory = explorer(site)
    return [*(at(path, handler, site, memory) for path, handler in handlers.items()), static_files()]


async def _home(request: Request, site: Site, memory: Explorer) -> Response:
    given = request.query_params
    # What is asked for next is a search or a field that completes.
    memory.soon(memory.index)
    return page(site, home.home_page(await memory.cases(), given.get("q", "")[:200], given.get("page", "1")))


async def _case(request: Request, site: Site, memory: Explorer) -> Response:
    case_id = request.path_params["case_id"]
    name, dot, ending = case_id.rpartition(".")
    if dot and ending in data_routes.ENDINGS:
        return await data_routes.node(site, names.case_iri(name), data_routes.ENDINGS[ending], f"{name}.{ending}")
    kind = negotiate(request.headers.get("accept", "*/*"), data_routes.OFFERS)
    if kind != "text/html":
        return await data_routes.node(site, names.case_iri(case_id), data_routes.acceptable(kind))

    async def make() -> str:
        return await asyncio.to_thread(case.case_page, await _story(memory, case_id), await memory.report(case_id))

    return page(site, await memory.keep(("case", case_id), make))


async def _view(request: Request, site: Site, memory: Explorer) -> Response:
    view = request.path_params["view"]
    if view not in VIEWS:
        raise Problem(404, "no such page", f"a case has no page {view!r}", known=[v for v in VIEWS if v])
    case_id, thing = request.path_params["case_id"], request.query_params.get("about", "")

    async def make() -> str:
        return await asyncio.to_thread(case.view_page, await _story(memory, case_id), view, thing)

    return page(site, await memory.keep(("view", case_id, view, thing), make))


async def _story(memory: Explorer, case_id: str) -> Story:
    story = await memory.story(case_id)
    if story is None:
        known = [str(c["id"]) for c in await memory.cases()]
        raise Problem(404, "no such case", f"no case {case_id!r}", known=known)
    return story


async def _search(request: Request, site: Site, memory: Explorer) -> Response:
    typed = request.query_params.get("q", "")[:200]
    if not typed.strip():
        # The index is made while one types.
        memory.soon(memory.index)
        return page(site, search.search_page(None, typed))
    return page(site, search.search_page(await memory.index(), typed))


async def _hits(request: Request, site: Site, memory: Explorer) -> Response:
    return page(site, str(search.hits(await memory.index(), request.query_params.get("q", "")[:200])))


async def _complete(request: Request, site: Site, memory: Explorer) -> Response:
    typed, kind = request.query_params.get("q", "")[:200], request.query_params.get("type", "term")
    match kind:
        case "case":
            found = [(str(c["id"]), str(c.get("title", ""))) for c in await memory.cases()]
        case "time":
            found = [(str(row["name"].value), "") for row in await site.select(_TIMES)]
        case "term":
            return _offer(search.completions(await memory.index(), typed))
        case _:
            found = [(value, "") for value in await _values(request, site)]
    return _offer([{"value": value, "more": more} for value, more in found if typed.lower() in f"{value} {more}".lower()])


def _offer(found: list[dict[str, Any]]) -> Response:
    return JSONResponse(found[:20], headers={"Cache-Control": "no-cache"})


async def _values(request: Request, site: Site) -> list[str]:
    """The values that a question's own column has."""
    name, column = request.query_params.get("question", ""), request.query_params.get("parameter", "")
    if name not in ask.question_names():
        return []
    answer = await site.ask_question(name, {})
    return sorted({str(row[column]) for row in answer["rows"] if row.get(column)})


async def error(request: Request, site: Site, problem: Any) -> Response:
    """A problem as a page."""
    return page(site, home.problem_page(problem), problem.status)
