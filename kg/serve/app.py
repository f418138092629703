"""The server as one ASGI application: the endpoint's own paths first, then the pages."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from kg.serve import questions
from kg.serve.builds import follow
from kg.serve.builds.update import Updates
from kg.serve.describe import openapi, void
from kg.serve.errors import Problem, busy
from kg.serve.http import asgi, media
from kg.serve.http.log import AccessLog
from kg.serve.site import Site
from kg.serve.sparql.endpoint import Endpoint
from kg.serve.sparql.shortcut import Shortcut

Handler = Callable[[asgi.Scope, asgi.Receive, asgi.Send], Awaitable[None]]


class App:
    """What uvicorn runs.

    Args:
        site: the served graph.
        log: of accesses.
        token: secret for updates; None means read only.
        allowed: SERVICE addresses that queries may use.
        cors: origin whose pages may read answers: "*" for any, None for none but the site's own.
        ready: called once requests can be answered.
    """

    def __init__(
        self,
        site: Site,
        log: AccessLog,
        *,
        token: str | None = None,
        allowed: tuple[str, ...] = (),
        cors: str | None = "*",
        pages: bool = True,
        ready: Callable[[], None] | None = None,
    ) -> None:
        self.site = site
        self.log = log
        self.follower = follow.Follower(site, allowed)
        self.endpoint = Endpoint(site, partial(void.respond, site), Updates(site, token, self.follower.look) if token else None)
        self.cors = cors
        self.shortcut = Shortcut(self.endpoint, log, asgi.allow(asgi.DATA, cors))
        self.pages = _pages() if pages else None
        self.rest = _router(site, self.pages)
        self._ready = ready

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    # 1) one request

    async def _request(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        began = time.monotonic()
        facts: dict[str, Any] = {}
        scope["kg.log"] = facts
        status = 0

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self.cors != "*":
                    message["headers"] = asgi.allow(message["headers"], self.cors)
            await send(message)

        try:
            try:
                await self._route(scope, receive, sending)
            except Problem as problem:
                await self._problem(problem, scope, receive, sending)
        except asyncio.CancelledError:  # the server is stopping
            if not status:
                await asgi.respond_problem(sending, busy("the server is stopping", 10))
        except Exception:
            traceback.print_exc()  # for the operator; the client gets none of it
            if status:
                asgi.abort(scope)
            else:
                await asgi.respond_problem(sending, Problem(500, "internal error", "the server failed on this request"))
        finally:
            self.log.write(asgi.client(scope), scope["method"], scope["path"], status, time.monotonic() - began, facts)

    async def _route(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        path = scope["path"]
        if path in ("/sparql", "/sparql/"):
            if self.pages is not None and _wants_page(scope):
                sparql = self.pages.sparql
                await _page(lambda request: sparql(request, self.site), scope, receive, send)
            else:
                await self.endpoint(scope, receive, send)
            return
        handler = self._own(path)
        if handler is None:
            await self._rest(scope, receive, send)
        elif scope["method"] == "OPTIONS" and path != "/store":
            await asgi.options(send, "GET, HEAD, OPTIONS")
        else:
            await handler(scope, receive, send)

    def _own(self, path: str) -> Handler | None:
        if path == "/store":
            return self.endpoint.graph
        if path.startswith("/ask/"):
            return lambda scope, receive, send: questions.answer(self.site, scope, send)
        if path in ("/questions", "/questions/") or path.startswith("/questions/"):
            return lambda scope, receive, send: questions.list_questions(self.site, scope, send)
        if path == "/.well-known/void":
            return self._void
        if path == "/health":
            return self._health
        if path == "/openapi.json":
            return lambda scope, receive, send: openapi.respond(
                self.site, scope, send, pages=self.pages is not None, writable=self.endpoint.updates is not None
            )
        return None

    async def _void(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        asgi.read_only(scope)
        await void.respond(self.site, asgi.header(scope, b"accept"), scope, send)

    async def _health(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        asgi.read_only(scope)
        await asgi.respond(send, 200, [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")], b"ok\n")

    async def _rest(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        await self.rest(scope, receive, _with_headers(send))

    async def _problem(self, problem: Problem, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        accept = asgi.header(scope, b"accept")
        offers = ("text/html", "application/problem+json")
        if self.pages is None or "text/html" not in accept or media.negotiate(accept, offers) != "text/html":
            await asgi.respond_problem(send, problem)
            return
        error = self.pages.error
        await _page(lambda request: error(request, self.site, problem), scope, receive, send, problem.headers)

    # 2) from start to end

    async def _lifespan(self, receive: asgi.Receive, send: asgi.Send) -> None:
        await receive()
        try:
            follow.sweep_leftovers(self.site.graph)
            await self.follower.first()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        gc.freeze()  # what is there now stays; answers that are kept are no garbage either, so it is looked for less often
        gc.set_threshold(20_000, 20, 50)
        watching = asyncio.get_running_loop().create_task(self.follower.run())
        await send({"type": "lifespan.startup.complete"})
        if self._ready:
            self._ready()
        await receive()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        self.site.pool.close()
        self.follower.close()
        await send({"type": "lifespan.shutdown.complete"})


def _pages() -> ModuleType:
    """The explorer's addresses; a server without pages does not load them."""
    from kg.serve.pages import routes

    return routes


def _wants_page(scope: asgi.Scope) -> bool:
    """Whether a request to the endpoint comes from a browser's address bar rather than from a program."""
    if scope["method"] not in ("GET", "HEAD"):
        return False
    accept = asgi.header(scope, b"accept")
    if b"format=" in scope["query_string"] or "text/html" not in accept:
        return False
    return media.negotiate(accept, ("text/html", *media.TABLE_TYPES, *media.GRAPH_TYPES)) == "text/html"


async def _page(
    make: Callable[[Any], Awaitable[Any]],
    scope: asgi.Scope,
    receive: asgi.Receive,
    send: asgi.Send,
    headers: Mapping[str, str] | None = None,
) -> None:
    """A page of the explorer at an address that is not its own."""
    from starlette.requests import Request

    response = await make(Request(scope, receive))
    response.headers.update(headers or {})
    await response(scope, receive, _with_headers(send))


def _router(site: Site, pages: ModuleType | None) -> Any:
    from starlette.exceptions import HTTPException
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, Router

    async def front(request: Any) -> Any:
        links = "\n".join(f"{site.base}{path}" for path in ("sparql", "questions", ".well-known/void", "store?default", "health"))
        return PlainTextResponse(f"{links}\n")

    router = Router(routes=pages.explorer_routes(site) if pages is not None else [Route("/", front)], redirect_slashes=False)

    async def problems(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        try:
            await router(scope, receive, send)
        except HTTPException as error:
            raise Problem(error.status_code, error.detail.lower(), headers=dict(error.headers or {})) from error

    async def missing(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        raise Problem(404, "not there", f"nothing at {scope['path']}")

    router.default = missing
    return problems


def _with_headers(send: asgi.Send) -> asgi.Send:
    """Send, with the headers that every page carries."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}
            wanted = [*asgi.SECURITY, (b"content-security-policy", asgi.PAGE_POLICY.encode())]
            message = {**message, "headers": headers + [(name, value) for name, value in wanted if name not in given]}
        await send(message)

    return sending


def report(text: str) -> None:
    """A remark to the operator."""
    print(text, file=sys.stderr, flush=True)
