"""ASGI by hand: headers in, bodies in within limits, answers out with the headers that every answer carries."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from kg.serve.errors import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_DRAIN, _DRAIN_S = 1 << 24, 2.0
#: On every answer.
SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
#: On every page; a page's own policy stands.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: On everything else: should a browser show it, nothing in it runs.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
#: Any page may read what is public anyway; nothing is ever sent with credentials.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Retry-After"),
]
DATA: Headers = [*SECURITY, *CORS, (b"content-security-policy", DATA_POLICY.encode())]


def allow(headers: Headers, origin: str | None) -> Headers:
    """The same headers for another origin than any: that origin's pages may read the answer, or no page of another origin.

    Example:
    >>> allow([(b"etag", b"x"), *CORS], "https://example.org")[:2]
    [(b'etag', b'x'), (b'access-control-allow-origin', b'https://example.org')]
    >>> allow([(b"etag", b"x"), *CORS], None)
    [(b'etag', b'x')]
    """
    if origin is None:
        return [(name, value) for name, value in headers if not name.startswith(b"access-control-")]
    mine = b"access-control-allow-origin"
    return [(name, origin.encode("latin-1")) if name == mine else (name, value) for name, value in headers]


def header(scope: Scope, name: bytes) -> str:
    """A request header's value, or an empty string; several are joined by commas."""
    found = ""
    for key, value in scope["headers"]:
        if key == name:
            found = f"{found}, {value.decode('latin-1')}" if found else value.decode("latin-1")
    return found


def client(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "-"


async def respond(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    """A whole answer that is no page."""
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", b"%d" % len(body)), *DATA]})
    await send({"type": "http.response.body", "body": body})


async def begin(send: Send, headers: Headers) -> None:
    """The head of an answer whose pieces follow."""
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *DATA]})


async def respond_problem(send: Send, problem: Problem) -> None:
    body = json.dumps(problem.document(), ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    headers += [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in problem.headers.items()]
    await respond(send, problem.status, headers, body)


async def options(send: Send, allowed: str) -> None:
    """What a browser asks before it asks."""
    headers = [
        (b"allow", allowed.encode()),
        (b"access-control-allow-methods", allowed.encode()),
        (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match, Authorization"),
        (b"access-control-max-age", b"86400"),
    ]
    await respond(send, 204, headers)


def matches(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names a tag.

    Example:
    >>> matches('"a", W/"b"', 'W/"b"'), matches("*", 'W/"b"'), matches("", 'W/"b"')
    (True, True, False)
    """
    wanted = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") in (wanted, "*") for part in header.split(","))


def read_only(scope: Scope) -> None:
    """Take no other method than those that read.

    Raises:
        Problem: 405.
    """
    if scope["method"] not in ("GET", "HEAD"):
        raise Problem(405, "method not allowed", "use GET, HEAD, OPTIONS", headers={"Allow": "GET, HEAD, OPTIONS"})


async def read_body(scope: Scope, receive: Receive, limit: int, seconds: float) -> bytes:
    """A request's body.

    Raises:
        Problem: 413 too large, 408 too slow, 415 compressed, 499 the client went away.
    """
    if header(scope, b"content-encoding").strip().lower() not in ("", "identity"):
        raise Problem(
            415, "unsupported content encoding", "send the body as it is, not compressed", headers={"Accept-Encoding": "identity"}
        )
    length = header(scope, b"content-length")
    if length.isdigit() and int(length) > limit:
        await _drain(receive)
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise Problem(408, "too slow", f"the body did not arrive within {seconds:g} s", headers={"Connection": "close"}) from error


async def _read(receive: Receive, limit: int) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(499, "cancelled")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            await _drain(receive)
            raise _too_large(limit)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def _drain(receive: Receive) -> None:
    """Take a little more of a body that nobody wants: a client that is still sending does not read the answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_S):
            size, more = 0, True
            while more and size < _DRAIN:
                message = await receive()
                size += len(message.get("body", b""))
                more = message.get("more_body", False)


def _too_large(limit: int) -> Problem:
    return Problem(413, "too large", f"a request's body may have {limit} bytes", headers={"Connection": "close"})


def abort(scope: Scope, *, at_once: bool = False) -> None:
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
