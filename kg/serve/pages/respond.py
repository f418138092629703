"""What the explorer's addresses share: how a handler is called, how an answer is compressed, how static files are kept."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kg.serve.pages import shell
from kg.serve.pages.explorer import Explorer

if TYPE_CHECKING:
    from kg.serve.site import Site

Handler = Callable[[Request, "Site", Explorer], Awaitable[Response]]
#: Bytes below which an answer is sent as it is.
WORTH_COMPRESSING = 1400


def at(path: str, handler: Handler, site: Site, memory: Explorer) -> Route:
    """An address and who answers it."""
    return Route(path, partial(_answer, handler, site, memory), methods=["GET"])


async def _answer(handler: Handler, site: Site, memory: Explorer, request: Request) -> Response:
    """Pages depend on the build and the address alone, so a page the client has is not made again."""
    known: Response | None = site.not_modified(request)
    return known or await compressed(request, await handler(request, site, memory))


async def compressed(request: Request, response: Response) -> Response:
    """The answer in gzip where the client takes it and it is worth it."""
    body = bytes(response.body)
    taken = request.headers.get("accept-encoding", "").replace(" ", "")
    if "gzip" in taken and "gzip;q=0" not in taken and len(body) > WORTH_COMPRESSING and "content-encoding" not in response.headers:
        response.body = await asyncio.to_thread(gzip.compress, body, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
        response.headers.setdefault("Vary", "Accept, Accept-Encoding")
    return response


def page(site: Site, text: str, status: int = 200) -> Response:
    """A page of this build."""
    response: Response = site.html(text, status=status)
    return response


def static_files() -> Mount:
    """The address of styles and scripts."""
    return Mount("/static", GZipMiddleware(_Files(directory=shell.STATIC), WORTH_COMPRESSING), name="static")


class _Files(StaticFiles):
    """Static files; one that is asked for by its digest never changes."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and scope.get("query_string"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
