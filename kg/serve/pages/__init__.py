"""The explorer: pages for people over the served graph.

`routes(site)` is all that the server needs; `story` reads a case, `tried`, `timeline`, `mechanism_map`, `facts`, `paper` and `aids`
draw it, `case` puts it together, `library`, `search`, `sparql_page` and `linked` are the other pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from kg.serve.site import Site


def routes(site: Site) -> list[BaseRoute]:
    """The explorer's routes."""
    from kg.serve.pages.routes import routes

    return routes(site)


async def sparql(request: Any, site: Site) -> Any:
    """GET /sparql for a browser."""
    from kg.serve.pages.ask_routes import sparql

    return await sparql(request, site)


async def error(request: Any, site: Site, problem: Any) -> Any:
    """A problem as a page."""
    from kg.serve.pages.routes import error

    return await error(request, site, problem)
