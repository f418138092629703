"""A connection as the server speaks HTTP on it: limits for clients that send slowly, send too much, or do not read."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.serve.limits import Limits


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
        elif data.startswith(b"HTTP/1.1 100 "):  # the client sends its body once it has this
            self._transport.write(data)
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
    waiting: dict[Any, None] = {}  # connections that owe a whole request, the one that does so for longest first

    class Connection(HttpToolsProtocol):
        owing = waiting
        _head_timer: asyncio.TimerHandle | None = None
        _in_head = False
        _head_size = 0
        _stall_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                # Whoever holds a connection without asking makes room for who comes to ask.
                next(iter(waiting), self)._make_room()
                if transport.is_closing():
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
            if self.scope["method"] != "HEAD":  # nothing follows that head
                self.cycle.transport = Cork(self.transport)  # type: ignore[assignment]

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.transport.is_closing():
                self._begin_stall()
            elif self.cycle.response_complete and not self._in_head:
                waiting[self] = None

        def timeout_keep_alive_handler(self) -> None:
            self._begin_stall()
            super().timeout_keep_alive_handler()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._begin_stall()

        def resume_writing(self) -> None:
            super().resume_writing()
            if not self.transport.is_closing():
                self._end_stall()

        def on_body(self, body: bytes) -> None:
            if self.cycle is not None:
                super().on_body(body)

        def on_message_complete(self) -> None:
            waiting.pop(self, None)
            if self.cycle is not None:
                super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end_head()
            self._end_stall()
            waiting.pop(self, None)
            super().connection_lost(exc)

        def _begin_head(self) -> None:
            self._end_head()
            self._in_head, self._head_size = True, 0
            waiting[self] = None
            self._head_timer = self.loop.call_later(limits.header_s, self._refuse, 408, "request too slow")

        def _end_head(self) -> None:
            self._in_head = False
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

        def _begin_stall(self) -> None:
            """A client that does not read what is sent is not waited for for ever; what the endpoint sends has a limit of its own."""
            if self._stall_timer is None:
                self._stall_timer = self.loop.call_later(limits.stall_s + 1, self.transport.abort)

        def _end_stall(self) -> None:
            if self._stall_timer is not None:
                self._stall_timer.cancel()
                self._stall_timer = None

        def _make_room(self) -> None:
            waiting.pop(self, None)
            if self._in_head or self.cycle is None:
                self._refuse(503, "too many connections")
            else:
                self.transport.abort()

        def _refuse(self, status: int, reason: str) -> None:
            self._end_head()
            if self.cycle is not None and not self.cycle.response_complete:
                self.transport.abort()  # within another answer there is no place for this one
            elif not self.transport.is_closing():
                body = f'{{"title": "{reason}", "status": {status}}}'.encode()
                head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
                self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
                self.transport.close()

    return Connection
