"""A real server on a free loopback port, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
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


def write_graph(graph: Path, nquads: str | bytes) -> Path:
    """Make some N-Quads the current build of a graph's folder, as `kg build` does; the folder of the build."""
    import hashlib
    import shutil
    import tempfile

    import pyoxigraph as ox

    from kg.graph_folder import current

    data = nquads.encode() if isinstance(nquads, str) else nquads
    graph.mkdir(parents=True, exist_ok=True)
    before = current(graph)
    folder = Path(tempfile.mkdtemp(dir=graph, prefix=".new-"))
    (folder / "graph.nq").write_bytes(data)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(data, format=ox.RdfFormat.N_QUADS)
    store.flush()
    manifest = {"version": "0", "digest": hashlib.sha256(data).hexdigest()[:16], "cases": 0, "quads": len(store), "inputs": {}}
    del store
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    final = graph / f"{manifest['digest']}-{folder.name.removeprefix('.new-')}"
    folder.rename(final)
    pointer = graph / ".CURRENT"
    pointer.write_text(final.name, encoding="utf-8")
    pointer.replace(graph / "CURRENT")
    if before is not None:
        shutil.rmtree(before)
    return final


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

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        return self.send("GET", path, ({"Accept": accept} if accept else {}) | headers)

    def query(self, sparql: str, accept: str | None = None, more: str = "") -> Reply:
        """A query by GET."""
        return self.get(f"/sparql?query={quote(sparql, safe='')}{more}", accept)

    def post(self, body: bytes | str, media_type: str, path: str = "/sparql", **headers: str) -> Reply:
        return self.send("POST", path, {"Content-Type": media_type} | headers, body)
