"""`/sparql` and `/store`: requests in, tasks to the pool, answers out as they come."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import zlib
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from kg.serve import http, protocol
from kg.serve.errors import Problem
from kg.serve.job import Job
from kg.serve.site import Site
from kg.serve.worker import pack, pack_query

#: Queries whose answer is not the same each time. Words only, wherever they stand: a query too many is no harm.
_CHANGES = re.compile(r"rand|now|uuid|bnode", re.I)
#: Larger queries and answers are not kept.
_KEPT_QUERY, _KEPT_ANSWER = 1 << 14, 1 << 16
ALLOWED = "GET, HEAD, POST, OPTIONS"


class Answers:
    """Small answers of the current build, so that the same question is not worked out twice.

    Args:
        size: bytes kept at most; the answer not asked for longest goes first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[bytes, tuple[http.Headers, bytes, int]] = OrderedDict()
        self._digest = ""

    def get(self, key: bytes, digest: str) -> tuple[http.Headers, bytes, int] | None:
        if digest != self._digest:
            self._kept.clear()
            self._used, self._digest = 0, digest
        found = self._kept.get(key)
        if found:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: bytes, digest: str, headers: http.Headers, body: bytes, rows: int) -> None:
        if digest != self._digest or key in self._kept:
            return
        self._kept[key] = (headers, body, rows)
        self._used += len(key) + len(body) + 1000
        while self._used > self._size:
            old, (_, data, _) = self._kept.popitem(last=False)
            self._used -= len(old) + len(data) + 1000


class Endpoint:
    """The SPARQL endpoint of a site."""

    def __init__(self, site: Site, updates: Any = None) -> None:
        self.site = site
        self.updates = updates
        self.answers = Answers(site.limits.cache_mb << 20)

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """One request to `/sparql`; `scope["kg.log"]` gets what was asked and how many rows went out.

        Raises:
            Problem: nothing was sent yet.
        """
        method = scope["method"]
        if method == "OPTIONS":
            await options(send, ALLOWED)
        elif method in ("GET", "HEAD"):
            await self._operate(protocol.read_get(scope["query_string"]), scope, receive, send)
        elif method == "POST":
            limits = self.site.limits
            body = await http.read_body(scope, receive, limits.query_bytes, limits.body_s)
            await self._operate(protocol.read_post(scope["query_string"], http.header(scope, b"content-type"), body), scope, receive, send)
        else:
            raise Problem(405, "method not allowed", f"use {ALLOWED}", headers={"Allow": ALLOWED})

    async def _operate(self, operation: protocol.Operation, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        if operation.kind == "query":
            await self._query(operation, scope, receive, send)
        elif operation.kind == "description":
            if scope["method"] == "POST":
                raise Problem(400, "no operation", "give 'query' or 'update'")
            await self._description(operation, scope, send)
        elif self.updates is None:
            raise Problem(403, "read only", "this endpoint takes no updates; start it with --writable")
        else:
            scope["kg.log"]["asked"] = operation.text
            await self.updates(operation, http.header(scope, b"authorization"))
            await http.respond(send, 204, [])

    async def _query(self, operation: protocol.Operation, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        scope["kg.log"]["asked"] = operation.text
        if not operation.text.strip():
            raise Problem(400, "not SPARQL", "the query is empty", line=1, column=1)
        if len(operation.text) > self.site.limits.query_bytes:
            raise Problem(413, "too large", f"a query may have {self.site.limits.query_bytes} characters")
        accept = operation.format or http.header(scope, b"accept")
        table, graph = protocol.table_and_graph(accept)
        if table is None and graph is None:
            raise Problem(406, "not acceptable", "none of the formats asked for", known=[*protocol.TABLE_TYPES, *protocol.GRAPH_TYPES])
        gzip = "gzip" in http.header(scope, b"accept-encoding")
        plain = operation.default is None and operation.named is None
        rest = (_rest if plain else _rest.__wrapped__)(self.site.base, operation.default, operation.named, table, graph, gzip)
        message = pack_query(operation.text, rest)
        lasting = len(operation.text) <= _KEPT_QUERY and not _CHANGES.search(operation.text)
        await self._answer(message, lasting, scope, receive, send)

    async def graph(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """One request to `/store`: a whole graph, by the Graph Store Protocol."""
        if scope["method"] == "OPTIONS":
            return await options(send, "GET, HEAD, OPTIONS")
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem(405, "read only", "graphs can be read here, not written", headers={"Allow": "GET, HEAD, OPTIONS"})
        given = protocol.read_parameters(scope["query_string"])
        wanted = [*given.get("graph", ()), *(None for _ in given.get("default", ()))]
        if len(wanted) != 1 or set(given) - {"graph", "default"}:
            raise Problem(400, "which graph?", "give ?default or one ?graph=IRI")
        media_type = protocol.negotiate(http.header(scope, b"accept"), tuple(protocol.GRAPH_TYPES))
        if media_type is None:
            raise Problem(406, "not acceptable", "none of the formats asked for", known=list(protocol.GRAPH_TYPES))
        scope["kg.log"]["asked"] = f"graph {wanted[0] or 'default'}"
        gzip = "gzip" in http.header(scope, b"accept-encoding")
        task = {"do": "graph", "name": wanted[0], "graph": (media_type, protocol.GRAPH_TYPES[media_type]), "gzip": gzip}
        await self._answer(pack(task), True, scope, receive, send)

    async def _answer(self, message: bytes, lasting: bool, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        digest = self.site.digest
        headers: http.Headers = [(b"vary", b"Accept, Accept-Encoding"), (b"cache-control", b"no-cache" if lasting else b"no-store")]
        if lasting:
            tag = f'W/"{digest}-{zlib.crc32(message):08x}{len(message):x}"'
            headers.append((b"etag", tag.encode()))
            if scope["method"] != "POST" and matches(http.header(scope, b"if-none-match"), tag):
                return await http.respond(send, 304, headers)
            kept = self.answers.get(message, digest)
            if kept:
                scope["kg.log"]["rows"] = kept[2]
                return await http.respond(send, 200, kept[0], kept[1])
        job = await self._start(message, receive)
        try:
            assert job.head is not None
            headers.append((b"content-type", protocol.content_type(job.head["type"]).encode()))
            if job.head["gzip"]:
                headers.append((b"content-encoding", b"gzip"))
            if job.finished:
                body = job.take()
                scope["kg.log"].update(job.summary)
                if lasting and len(body) <= _KEPT_ANSWER:
                    self.answers.keep(message, digest, headers, body, job.summary["rows"])
                await http.respond(send, 200, headers, body)
            else:
                await self._stream(job, headers, scope, send)
        finally:
            job.cancel()

    async def _start(self, message: bytes, receive: http.Receive) -> Job:
        """A job whose head is there; one that takes longer ends with its client."""

        async def watch(job: Job) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            job.cancel()

        def slow(job: Job) -> None:
            task = asyncio.get_running_loop().create_task(watch(job))
            job.on_end(task.cancel)

        return await self.site.pool.run(message, slow)

    async def _stream(self, job: Job, headers: http.Headers, scope: http.Scope, send: http.Send) -> None:
        limits = self.site.limits
        await http.begin(send, headers)
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        try:
            async with asyncio.timeout(limits.stream_s):
                async for piece in job.pieces():
                    async with asyncio.timeout(limits.stall_s):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
            scope["kg.log"].update(job.summary)
            await send({"type": "http.response.body"})
        except (Problem, TimeoutError) as error:
            # The head has gone out: only a broken connection tells the client that the answer is not whole.
            slow = isinstance(error, TimeoutError)
            scope["kg.log"]["broken"] = "slow client" if slow else error.args[0]
            abort(scope, at_once=slow)

    async def _description(self, operation: protocol.Operation, scope: http.Scope, send: http.Send) -> None:
        from kg.serve import describe

        await describe.respond(self.site, operation.format or http.header(scope, b"accept"), scope, send)


@lru_cache(maxsize=512)
def _rest(base: str, default: Any, named: Any, table: str | None, graph: str | None, gzip: bool) -> bytes:
    """A query's task but for the query, as JSON: the same for most requests."""
    task = {
        "do": "query", "base": base + "sparql", "default": default, "named": named, "gzip": gzip,
        "results": table and (table, protocol.TABLE_TYPES[table]), "graph": graph and (graph, protocol.GRAPH_TYPES[graph]),
    }  # fmt: skip
    return json.dumps(task).encode()[1:]


async def options(send: http.Send, allowed: str) -> None:
    """What a browser asks before it asks."""
    headers = [
        (b"allow", allowed.encode()),
        (b"access-control-allow-methods", allowed.encode()),
        (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match, Authorization"),
        (b"access-control-max-age", b"86400"),
    ]
    await http.respond(send, 204, headers)


def matches(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names a tag.

    Example:
    >>> matches('"a", W/"b"', 'W/"b"'), matches("*", 'W/"b"'), matches("", 'W/"b"')
    (True, True, False)
    """
    wanted = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") in (wanted, "*") for part in header.split(","))


def abort(scope: http.Scope, *, at_once: bool = False) -> None:
    """Break the connection.

    Args:
        at_once: throw away what the system still holds for the client, too.
    """
    transport = (scope.get("extensions") or {}).get("kg.transport")
    if transport is None:
        return
    if at_once:
        with contextlib.suppress(OSError, AttributeError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
