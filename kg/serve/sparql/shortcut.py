"""The short way for the most common request: a query by GET, from a client whose headers were seen before.

A client that keeps its connection sends the same headers each time. Once a request with these headers has gone the long
way (parser, ASGI, routes) to a good answer, the next one is told by comparing bytes: one segment, a plain request line
for `/sparql`, then the very same headers. Its query goes to a worker, and the answer back, from one callback to the
next. Whatever is not a small answer in one piece (an error, a large answer, one that takes long or has to wait) goes the
long way, with the job that was started.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.serve.errors import Problem
from kg.serve.http import asgi
from kg.serve.http.log import AccessLog
from kg.serve.pool.job import Job
from kg.serve.sparql import protocol
from kg.serve.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_START, _END = b"GET /sparql?", b" HTTP/1.1"
#: What a query string is made of; a fragment or anything odd goes the long way.
_PLAIN = re.compile(rb'[!"$-~]+')
#: Headers that make a request another one.
_OTHERWISE = frozenset(
    (b"if-none-match", b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer", b"authorization")
)
#: Blocks of headers and requests that are remembered by their bytes, and how many bytes each.
_BLOCKS, _BLOCK_BYTES, _REQUESTS, _REQUEST_BYTES = 256, 2000, 2048, 4000


class Seen(NamedTuple):
    """What a block of headers says."""

    accept: str
    gzip: bool


class Asked(NamedTuple):
    """A request on its short way."""

    request: bytes
    task: bytes
    headers: asgi.Headers
    digest: str
    lasting: bool
    text: str
    began: float
    job: Job


class Shortcut:
    """What is known of clients and of what they asked.

    Args:
        endpoint: whose queries these are.
        log: of accesses.
        headers: of each answer, beside its own.
    """

    def __init__(self, endpoint: Endpoint, log: AccessLog, headers: asgi.Headers) -> None:
        self.endpoint = endpoint
        self.log = log
        self._tail = b"".join(b"%b: %b\r\n" % header for header in headers)
        self._seen: dict[bytes, Seen] = {}
        self._asked: dict[tuple[bytes, Seen], tuple[bytes, str]] = {}

    def learn(self, block: bytes, headers: asgi.Headers) -> None:
        """A request with these headers was answered well."""
        given = dict(headers)
        if len(block) > _BLOCK_BYTES or len(given) != len(headers) or not _OTHERWISE.isdisjoint(given):
            return
        accept = given.get(b"accept", b"").decode("latin-1")
        if given.get(b"connection", b"keep-alive").lower() != b"keep-alive" or "text/html" in accept:
            return
        if len(self._seen) >= _BLOCKS:
            self._seen.clear()
        self._seen[block] = Seen(accept, b"gzip" in given.get(b"accept-encoding", b""))

    def start(self, request: bytes, client: str) -> Asked | tuple[asgi.Headers, bytes] | None:
        """The answer (headers and body) to a request, or what it waits for; None: it has to go the long way."""
        end = request.find(b"\r\n")
        seen = self._seen.get(request[end:])
        if seen is None or not request.startswith(_START) or request[end - len(_END) : end] != _END:
            return None
        began = time.monotonic()
        query, endpoint = request[len(_START) : end - len(_END)], self.endpoint
        digest = endpoint.site.digest
        known = self._asked.get((query, seen))
        if known is not None:
            kept = endpoint.answers.get(known[0], digest)
            if kept is not None:
                self._log(client, began, known[1], kept.rows)
                return kept.headers, kept.body
        if not _PLAIN.fullmatch(query):
            return None
        try:
            operation = protocol.read_get(query)
            if operation.kind != "query":
                return None
            task, lasting = endpoint.task(operation, seen.accept, seen.gzip)
        except Problem:
            return None
        headers, _ = endpoint.headers(task, digest, lasting)
        kept = endpoint.answers.get(task, digest) if lasting else None
        if kept is not None:
            self._remember(query, seen, task, operation.text)
            self._log(client, began, operation.text, kept.rows)
            return kept.headers, kept.body
        job = endpoint.site.pool.start_at_once(task)
        return Asked(request, task, headers, digest, lasting, operation.text, began, job) if job else None

    def finish(self, asked: Asked, client: str) -> tuple[asgi.Headers, bytes]:
        """The answer to a request whose job has finished."""
        job, body = asked.job, asked.job.take()
        headers = self.endpoint.finished(job, body, asked.task, asked.digest, asked.headers, asked.lasting)
        self._log(client, asked.began, asked.text, job.rows)
        return headers, body

    def render(self, headers: asgi.Headers, body: bytes, first: asgi.Headers) -> bytes:
        """An answer as it goes over the wire."""
        lines = b"".join([b"%b: %b\r\n" % header for header in (*first, *headers)])
        return b"HTTP/1.1 200 OK\r\n%b%bcontent-length: %d\r\n\r\n%b" % (lines, self._tail, len(body), body)

    def _remember(self, query: bytes, seen: Seen, task: bytes, text: str) -> None:
        if len(query) > _REQUEST_BYTES:
            return
        if len(self._asked) >= _REQUESTS:
            self._asked.clear()
        self._asked[(query, seen)] = task, text

    def _log(self, client: str, began: float, text: str, rows: int) -> None:
        if self.log.on:
            self.log.write(client, "GET", "/sparql", 200, time.monotonic() - began, {"asked": text, "rows": rows})


def with_shortcut(long_way: type[HttpToolsProtocol], shortcut: Shortcut, idle_s: float) -> type[HttpToolsProtocol]:
    """The same connection's protocol, with the short way before it.

    Args:
        long_way: as `kg.serve.http.connection.protocol_class` makes it.
        idle_s: seconds a connection may be silent.
    """

    class Connection(long_way):  # type: ignore[valid-type, misc]
        _asked: Asked | None = None
        _behind = b""
        _between = True  # requests: the parser has had all of the last one
        _messages = 0
        _given: Asked | None = None
        _last = 0.0
        _idle_timer: Any = None

        def data_received(self, data: bytes) -> None:
            if self._asked is not None:  # what comes behind waits, and no more of it than a little
                self._behind += data
                self.transport.pause_reading()
            elif not self._between or (self.cycle is not None and not self.cycle.response_complete):
                super().data_received(data)
            elif self.transport.is_closing() or self.flow.write_paused or not self._short(data):
                self._long(data)

        def _long(self, data: bytes) -> None:
            before = self._messages
            super().data_received(data)
            if self._between and self._messages == before + 1 and self.scope.get("method") == "GET":
                self.scope["extensions"]["kg.learn"] = (data[data.find(b"\r\n") :], shortcut.learn)

        def _short(self, data: bytes) -> bool:
            found = shortcut.start(data, self.client[0] if self.client else "-")
            if found is None:
                return False
            self._unset_keepalive_if_required()
            self._end_head()
            self.owing.pop(self, None)
            if isinstance(found, Asked):
                self._asked = found
                found.job.tell(self._news)
                found.job.on_slow(self._slow)
            else:
                self._respond(found)
            return True

        def _news(self) -> None:
            asked = self._asked
            assert asked is not None
            if not asked.job.finished or asked.job.error is not None:
                self._hand_over()
                return
            self._respond(shortcut.finish(asked, self.client[0] if self.client else "-"))
            self._done()

        def _slow(self, job: Job) -> None:
            self._hand_over()

        def _hand_over(self) -> None:
            """Go the long way after all, with the job as it is."""
            asked = self._asked
            assert asked is not None
            asked.job.tell(None)
            asked.job.on_slow(Job.cancel if self.transport.is_closing() else None)
            self._given, behind = asked, self._behind
            self._asked, self._behind = None, b""
            super().data_received(asked.request)
            self._given = None
            if behind:
                self.transport.resume_reading()
                super().data_received(behind)

        def _respond(self, answer: tuple[asgi.Headers, bytes]) -> None:
            self.transport.write(shortcut.render(*answer, self.server_state.default_headers))
            self.server_state.total_requests += 1
            self.owing[self] = None
            self._last = self.loop.time()
            if self._idle_timer is None:
                self._idle_timer = self.loop.call_later(idle_s, self._idle)

        def _done(self) -> None:
            self._asked, behind = None, self._behind
            if self._leaving:
                self.transport.close()
            elif behind:
                self._behind = b""
                self.transport.resume_reading()
                self.data_received(behind)

        def _idle(self) -> None:
            """Nothing was asked for a while; what goes the long way has a timer of its own."""
            self._idle_timer = None
            left = self._last + idle_s - self.loop.time()
            if self._asked is not None or left > 0:
                self._idle_timer = self.loop.call_later(max(left, 1), self._idle)
            elif self._between and self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete):
                self.timeout_keep_alive_handler()

        # the parser's way, watched

        def on_message_begin(self) -> None:
            self._between = False
            self._messages += 1
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            if self._given is not None and "extensions" in self.scope:
                self.scope["extensions"]["kg.job"] = self._given.task, self._given.job

        def on_message_complete(self) -> None:
            self._between = True
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            asked, self._asked = self._asked, None
            if asked is not None:
                asked.job.tell(None)
                asked.job.on_slow(Job.cancel)  # nobody waits for it, but a worker that is nearly done is no loss
            if self._idle_timer is not None:
                self._idle_timer.cancel()
            super().connection_lost(exc)

        _leaving = False

        def shutdown(self) -> None:
            if self._asked is not None:
                self._leaving = True
            else:
                super().shutdown()

    return Connection
