"""`/sparql` and `/store`: requests in, tasks to the pool, answers out as they come."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from kg.serve.errors import Problem
from kg.serve.http import asgi, media
from kg.serve.pool.job import Job
from kg.serve.pool.wire import pack, pack_query
from kg.serve.site import Site
from kg.serve.sparql import protocol
from kg.serve.sparql.cache import Answers, Kept

#: Larger queries and answers are not kept.
_KEPT_QUERY, _KEPT_ANSWER = 1 << 14, 1 << 16
_VARY = (b"vary", b"Accept, Accept-Encoding")
ALLOWED = "GET, HEAD, POST, OPTIONS"


Description = Callable[[str, asgi.Scope, asgi.Send], Awaitable[None]]
Updates = Callable[[protocol.Operation, str], Awaitable[None]]


class Endpoint:
    """The SPARQL endpoint of a site.

    Args:
        description: answers a request for the service description, given its Accept header.
        updates: carries updates out; None: read only.
    """

    def __init__(self, site: Site, description: Description, updates: Updates | None = None) -> None:
        self.site = site
        self.description = description
        self.updates = updates
        self.answers = Answers(site.limits.cache_mb << 20)

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """One request to `/sparql`; `scope["kg.log"]` gets what was asked and how many rows went out.

        Raises:
            Problem: nothing was sent yet.
        """
        method = scope["method"]
        if method == "OPTIONS":
            await asgi.options(send, ALLOWED)
        elif method in ("GET", "HEAD"):
            await self._operate(protocol.read_get(scope["query_string"]), scope, receive, send)
        elif method == "POST":
            limits = self.site.limits
            body = await asgi.read_body(scope, receive, limits.query_bytes, limits.body_s)
            given = scope["query_string"], asgi.header(scope, b"content-type"), body
            # A large form takes a while to decode: meanwhile others are served.
            operation = protocol.read_post(*given) if len(body) < _KEPT_QUERY else await asyncio.to_thread(protocol.read_post, *given)
            await self._operate(operation, scope, receive, send)
        else:
            raise Problem(405, "method not allowed", f"use {ALLOWED}", headers={"Allow": ALLOWED})

    async def _operate(self, operation: protocol.Operation, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if operation.kind == "query":
            await self._query(operation, scope, receive, send)
        elif operation.kind == "description":
            if scope["method"] == "POST":
                raise Problem(400, "no operation", "give 'query' or 'update'")
            await self._description(operation, scope, send)
        elif self.updates is None:
            raise Problem(403, "read only", "this endpoint takes no updates; start it with --writable")
        else:
            scope["kg.log"]["asked"] = f"update, {len(operation.text)} characters"  # what it writes is nobody else's business
            await self.updates(operation, asgi.header(scope, b"authorization"))
            await asgi.respond(send, 204, [])

    async def _query(self, operation: protocol.Operation, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        scope["kg.log"]["asked"] = operation.text
        accept, gzip = asgi.header(scope, b"accept"), "gzip" in asgi.header(scope, b"accept-encoding")
        task, lasting = self.task(operation, accept, gzip)
        await self._answer(task, lasting, scope, receive, send)

    def task(self, operation: protocol.Operation, accept: str, gzip: bool) -> tuple[bytes, bool]:
        """A query as a worker takes it, and whether its answer lasts as long as the build does.

        Raises:
            Problem: empty, too long, or for a client that takes no format there is.
        """
        text = operation.text
        if not text.strip():
            raise Problem(400, "not SPARQL", "the query is empty", line=1, column=1)
        if len(text) > self.site.limits.query_bytes:
            raise Problem(413, "too large", f"a query may have {self.site.limits.query_bytes} characters")
        table, graph = media.table_and_graph(operation.format or accept)
        if table is None and graph is None:
            raise Problem(406, "not acceptable", "none of the formats asked for", known=[*media.TABLE_TYPES, *media.GRAPH_TYPES])
        plain = operation.default is None and operation.named is None
        rest = (_rest if plain else _rest.__wrapped__)(self.site.base, operation.default, operation.named, table, graph, gzip)
        lasting = len(text) <= _KEPT_QUERY  # and not one whose answer differs each time; a query too many is no harm
        if lasting:
            lower = text.lower()
            lasting = "rand" not in lower and "now" not in lower and "uuid" not in lower and "bnode" not in lower
        return pack_query(text, rest), lasting

    async def graph(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """One request to `/store`: a whole graph, by the Graph Store Protocol."""
        if scope["method"] == "OPTIONS":
            return await asgi.options(send, "GET, HEAD, OPTIONS")
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem(405, "read only", "graphs can be read here, not written", headers={"Allow": "GET, HEAD, OPTIONS"})
        given = protocol.read_parameters(scope["query_string"])
        wanted = [*given.get("graph", ()), *(None for _ in given.get("default", ()))]
        if len(wanted) != 1 or set(given) - {"graph", "default"}:
            raise Problem(400, "which graph?", "give ?default or one ?graph=IRI")
        media_type = media.negotiate(asgi.header(scope, b"accept"), tuple(media.GRAPH_TYPES))
        if media_type is None:
            raise Problem(406, "not acceptable", "none of the formats asked for", known=list(media.GRAPH_TYPES))
        scope["kg.log"]["asked"] = f"graph {wanted[0] or 'default'}"
        gzip = "gzip" in asgi.header(scope, b"accept-encoding")
        task = {"do": "graph", "name": wanted[0], "graph": (media_type, media.GRAPH_TYPES[media_type]), "gzip": gzip}
        await self._answer(pack(task), True, scope, receive, send)

    def headers(self, task: bytes, digest: str, lasting: bool) -> tuple[asgi.Headers, str]:
        """What is known of an answer's headers before there is one, and its entity tag."""
        if not lasting:
            return [_VARY, (b"cache-control", b"no-store")], ""
        tag = f'W/"{digest}-{zlib.crc32(task):08x}{len(task):x}"'
        return [_VARY, (b"cache-control", b"no-cache"), (b"etag", tag.encode())], tag

    def finished(self, job: Job, body: bytes, task: bytes, digest: str, headers: asgi.Headers, lasting: bool) -> asgi.Headers:
        """All headers of an answer that has come to its end; it is kept if it may be."""
        assert job.head is not None
        headers = [*headers, *_content(job.head["type"], job.head["gzip"])]
        if lasting and len(body) <= _KEPT_ANSWER:
            self.answers.keep(task, digest, Kept(headers, body, job.rows))
        return headers

    async def _answer(self, task: bytes, lasting: bool, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        digest = self.site.digest
        headers, tag = self.headers(task, digest, lasting)
        extensions = scope.get("extensions") or {}
        if lasting:
            if scope["method"] != "POST" and asgi.matches(asgi.header(scope, b"if-none-match"), tag):
                return await asgi.respond(send, 304, headers)
            kept = self.answers.get(task, digest)
            if kept:
                scope["kg.log"]["rows"] = kept.rows
                _learn(scope)
                return await asgi.respond(send, 200, kept.headers, kept.body)
        started, job = extensions.get("kg.job", (b"", None))
        job = await self._start(task, receive, job if started == task else None)
        try:
            if job.finished:
                body = job.take()
                headers = self.finished(job, body, task, digest, headers, lasting)
                scope["kg.log"]["rows"] = job.rows
                _learn(scope)
                await asgi.respond(send, 200, headers, body)
            else:
                assert job.head is not None
                await self._stream(job, [*headers, *_content(job.head["type"], job.head["gzip"])], scope, send)
        finally:
            job.cancel()

    async def _start(self, task: bytes, receive: asgi.Receive, started: Job | None) -> Job:
        """A job whose head is there; one that takes longer ends with its client."""

        async def watch(job: Job) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            job.cancel()

        def slow(job: Job) -> None:
            watching = asyncio.get_running_loop().create_task(watch(job))
            job.on_end(watching.cancel)

        return await self.site.pool.run(task, slow, started)

    async def _stream(self, job: Job, headers: asgi.Headers, scope: asgi.Scope, send: asgi.Send) -> None:
        limits = self.site.limits
        await asgi.begin(send, headers)
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        try:
            async with asyncio.timeout(limits.stream_s):
                async for piece in job.pieces():
                    async with asyncio.timeout(limits.stall_s):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
            scope["kg.log"]["rows"] = job.rows
            await send({"type": "http.response.body"})
        except (Problem, TimeoutError) as error:
            # The head has gone out: only a broken connection tells the client that the answer is not whole.
            slow = isinstance(error, TimeoutError)
            scope["kg.log"]["broken"] = "slow client" if slow else error.args[0]
            asgi.abort(scope, at_once=slow)

    async def _description(self, operation: protocol.Operation, scope: asgi.Scope, send: asgi.Send) -> None:
        await self.description(operation.format or asgi.header(scope, b"accept"), scope, send)


@lru_cache(maxsize=512)
def _rest(base: str, default: Any, named: Any, table: str | None, graph: str | None, gzip: bool) -> bytes:
    """A query's task but for the query, as JSON: the same for most requests."""
    task = {
        "do": "query", "base": base + "sparql", "default": default, "named": named, "gzip": gzip,
        "results": table and (table, media.TABLE_TYPES[table]), "graph": graph and (graph, media.GRAPH_TYPES[graph]),
    }  # fmt: skip
    return json.dumps(task).encode()


@lru_cache(maxsize=64)
def _content(media_type: str, gzip: bool) -> asgi.Headers:
    encoding = [(b"content-encoding", b"gzip")] if gzip else []
    return [(b"content-type", media.content_type(media_type).encode()), *encoding]


def _learn(scope: asgi.Scope) -> None:
    """The request was answered well: the next one with these headers may take the short way."""
    learn = (scope.get("extensions") or {}).get("kg.learn")
    if learn is not None:
        block, call = learn
        call(block, scope["headers"])
