"""The HTTP server: uvicorn, at an address of its own, with as many connections as the system has files for."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import resource
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from kg.errors import StoreError
from kg.serve.app import App, report
from kg.serve.http.connection import protocol_class
from kg.serve.http.log import AccessLog
from kg.serve.limits import Limits
from kg.serve.site import Site
from kg.serve.sparql.shortcut import with_shortcut


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
    cors: str | None = "*",
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
        cors: origin whose pages may read answers ("*" any, None or "none" only the site's own).
        log: file for the access log, "-" for standard error, None for none.
        ready: called with the site's address once it answers.

    Raises:
        StoreError: no graph, an address that is taken, no origin, or --writable without a token.
    """
    if writable and not token:
        raise StoreError("--writable needs a token: whoever knows it may change the graph")
    limits, origin = _with_files(limits or Limits()), _origin(cors)
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
        cors=origin,
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
        http=with_shortcut(protocol_class(limits), app.shortcut, limits.idle_s),
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


def _with_files(limits: Limits) -> Limits:
    """The limits, with no more connections than the system lets this process have files; workers need some, too."""
    for_others = 4 * limits.workers + 128
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + for_others
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return replace(limits, connections=max(16, min(limits.connections, soft - for_others)))
    return limits


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


def _origin(given: str | None) -> str | None:
    if given is None or given == "none":
        return None
    parts = urlsplit(given)
    if given != "*" and (parts.scheme not in ("http", "https") or not parts.netloc or given != f"{parts.scheme}://{parts.netloc}"):
        raise StoreError(f"--cors {given}: not an origin; give https://host, http://host:port, '*' or 'none'")
    return given


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
