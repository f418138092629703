"""The HTTP server: uvicorn, with limits for clients that send slowly, send too much, or are too many."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import StoreError
from kg.serve.app import App, report
from kg.serve.limits import Limits
from kg.serve.log import AccessLog
from kg.serve.site import Site


class Cork:
    """A transport that sends an answer's head together with what follows it."""

    __slots__ = ("_head", "_transport", "is_closing")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._head: bytes | None = b""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head is None:
            self._transport.write(data)
        elif self._head:
            self._transport.write(self._head + data)
            self._head = None
        else:
            self._head = data

    def flush(self) -> None:
        if self._head:
            self._transport.write(self._head)
            self._head = None

    def close(self) -> None:
        self.flush()
        self._transport.close()


def protocol_class(limits: Limits) -> type[HttpToolsProtocol]:
    """The connection's protocol, with these limits."""

    class Connection(HttpToolsProtocol):
        _head_timer: asyncio.TimerHandle | None = None
        _in_head = False
        _head_size = 0

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                self._refuse(503, "too many connections")
                return
            transport.set_write_buffer_limits(high=1 << 17)
            self._begin_head()

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            if not self._in_head and (self.cycle is None or self.cycle.response_complete):
                self._begin_head()
            super().data_received(data)
            if self._in_head:
                self._head_size += len(data)
                if self._head_size > limits.header_bytes:
                    self._refuse(431, "headers too large")

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if not self._in_head:  # a request right behind another
                self._begin_head()

        def on_headers_complete(self) -> None:
            self._end_head()
            if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > limits.header_bytes:
                self._refuse(431, "headers too large")
                return
            self.scope["extensions"] = {"kg.transport": self.transport}  # type: ignore[dict-item]
            super().on_headers_complete()
            self.cycle.transport = Cork(self.transport)  # type: ignore[assignment]

        def on_response_complete(self) -> None:
            self.cycle.transport.flush()  # type: ignore[attr-defined]
            super().on_response_complete()

        def on_body(self, body: bytes) -> None:
            if self.cycle is not None:
                super().on_body(body)

        def on_message_complete(self) -> None:
            if self.cycle is not None:
                super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end_head()
            super().connection_lost(exc)

        def _begin_head(self) -> None:
            self._end_head()
            self._in_head, self._head_size = True, 0
            self._head_timer = self.loop.call_later(limits.header_s, self._refuse, 408, "request too slow")

        def _end_head(self) -> None:
            self._in_head = False
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

        def _refuse(self, status: int, reason: str) -> None:
            self._end_head()
            if not self.transport.is_closing():
                body = f'{{"title": "{reason}", "status": {status}}}'.encode()
                head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
                self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
                self.transport.close()

    return Connection


def serve(
    graph: Path,
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    base: str | None = None,
    records: Path | None = None,
    limits: Limits | None = None,
    writable: bool = False,
    token: str | None = None,
    allow_service: tuple[str, ...] = (),
    log: Path | str | None = "-",
    pages: bool = True,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a graph until interrupted.

    Args:
        graph: folder that `kg build` made.
        port: 0 means any free one; `ready` is told which.
        base: the site's public address, if it stands behind another server.
        records: the records' folder, for the pages.
        writable: take SPARQL updates from who sends `token`.
        allow_service: SERVICE addresses that queries may use; none by default.
        log: file for the access log, "-" for standard error, None for none.
        ready: called with the site's address once it answers.

    Raises:
        StoreError: no graph, an address that is taken, or --writable without a token.
    """
    if writable and not token:
        raise StoreError("--writable needs a token: whoever knows it may change the graph")
    limits = limits or Limits()
    listener = _listen(host, port)
    address = base or f"http://{_in_url(host)}:{listener.getsockname()[1]}/"
    if not is_loopback(host):
        report(f"kg serve: warning: {host} can be reached from other machines; there is no login, and no encryption")
    site = Site(Path(graph), address if address.endswith("/") else f"{address}/", limits, records)
    app = App(
        site,
        AccessLog(log),
        token=token if writable else None,
        allowed=allow_service,
        pages=pages,
        ready=(lambda: ready(site.base)) if ready else None,
    )
    _run(app, listener, limits)


def _run(app: App, listener: socket.socket, limits: Limits) -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    failed: list[str] = []

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "lifespan.startup.failed":
                failed.append(message["message"])
            await send(message)

        await app(scope, receive, sending if scope["type"] == "lifespan" else send)

    config = uvicorn.Config(
        wrapped,
        http=protocol_class(limits),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=int(limits.idle_s),
        timeout_graceful_shutdown=3,
        backlog=1024,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except (KeyboardInterrupt, SystemExit):  # uvicorn leaves that way if the start failed
        pass
    finally:
        listener.close()
    if failed:
        raise StoreError(failed[0])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Example:
    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        raise StoreError(f"{host}:{port}: {error.strerror or error}; choose another with --host and --port") from error
    listener.set_inheritable(False)
    return listener


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
