"""A real server on a free loopback port, for tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

_ENV_TOKEN = "KG_SERVE_TOKEN"


@contextmanager
def running(graph: Path, *options: str, token: str | None = None, log: Path | None = None) -> Iterator[str]:
    """The address of a server that ends with the block.

    Args:
        options: of `python -m kg.serve`.
        token: makes it writable.
    """
    with started(graph, *options, token=token, log=log) as (url, _):
        yield url


@contextmanager
def started(graph: Path, *options: str, token: str | None = None, log: Path | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """As `running`, with the server's process."""
    command = [sys.executable, "-m", "kg.serve", "--graph", str(graph), "--port", "0", "--log", str(log) if log else "none", *options]
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), environment.get("PYTHONPATH", "")])
    if token:
        command.append("--writable")
        environment[_ENV_TOKEN] = token
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the server did not start (exit status {process.wait()})")
        yield url, process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def trap() -> Iterator[tuple[int, Sequence[Any]]]:
    """A loopback port that nobody may come to, and who came.

    Example:
    >>> with trap() as (port, calls):
    ...     len(calls)
    0
    """
    calls: list[Any] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            calls.append(address)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1], calls
    finally:
        server.close()


def write_graph(graph: Path, nquads: str | bytes) -> Path:
    """Make some N-Quads the current build of a graph's folder, as `kg build` does; the folder of the build."""
    import hashlib
    import tempfile

    import pyoxigraph as ox

    from kg.graph import folder as graph_folder

    data = nquads.encode() if isinstance(nquads, str) else nquads
    graph.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=graph, prefix=".new-"))
    (folder / "graph.nq").write_bytes(data)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(data, format=ox.RdfFormat.N_QUADS)
    store.flush()
    manifest = {"version": "0", "digest": hashlib.sha256(data).hexdigest()[:16], "cases": 0, "quads": len(store), "inputs": {}}
    del store
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    graph_folder.swap(graph, folder)
    made = graph_folder.current(graph)
    assert made is not None
    return made


class Reply(NamedTuple):
    """A server's answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of SPARQL JSON, values only."""
        return [{name: term["value"] for name, term in row.items()} for row in self.json["results"]["bindings"]]


class Client:
    """A plain HTTP client for one server; a connection for each request, so that none disturbs another.

    Args:
        url: the server's address.
        timeout: seconds; a server that does not answer fails the test.
    """

    def __init__(self, url: str, timeout: float = 20) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.timeout = timeout

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | str | None = None) -> Reply:
        connection = HTTPConnection(self.host, timeout=self.timeout)
        try:
            connection.request(method, path, body=body.encode() if isinstance(body, str) else body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def connect(self, *, received: int | None = None) -> socket.socket:
        """A plain connection.

        Args:
            received: bytes that the system takes for a client that does not read.
        """
        host, port = self.host.rsplit(":", 1)
        connection = socket.socket()
        if received:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        connection.settimeout(self.timeout)
        connection.connect((host, int(port)))
        return connection

    def raw(self, data: bytes, wait: float = 10) -> bytes:
        """All that comes back for some bytes until the server closes the connection, or says nothing for so many seconds."""
        with self.connect() as connection:
            connection.settimeout(wait)
            answer = b""
            try:
                connection.sendall(data)
                while more := connection.recv(65536):
                    answer += more
            except (TimeoutError, ConnectionError):
                pass
        return answer

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        return self.send("GET", path, ({"Accept": accept} if accept else {}) | headers)

    def query(self, sparql: str, accept: str | None = None, more: str = "") -> Reply:
        """A query by GET."""
        return self.get(f"/sparql?query={quote(sparql, safe='')}{more}", accept)

    def post(self, body: bytes | str, media_type: str, path: str = "/sparql", **headers: str) -> Reply:
        return self.send("POST", path, {"Content-Type": media_type} | headers, body)
