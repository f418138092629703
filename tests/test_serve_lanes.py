"""The short way of small queries, turns in the heavy lane, and what is counted of an answer and of a build."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.errors import StoreError
from kg.serve.limits import Limits
from kg.serve.testing import Client, running, write_graph
from kg.serve.worker.rows import RowCounter

ROWS = 3000
DATA = "\n".join(
    f'<http://e/n{n}> <http://e/value> "{n}" <http://g/1> .\n<http://e/n{n}> a <http://e/C{n % 2}> <http://g/1> .'.replace(
        " a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    )
    for n in range(ROWS)
)
VALUE = "SELECT ?o {{ <http://e/n{n}> <http://e/value> ?o }}"
CROSS = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > {n}) }}"
#: Some hundred milliseconds of work.
MEDIUM = (
    "SELECT (COUNT(*) AS ?n) { ?a <http://e/value> ?c . VALUES ?x { "
    + " ".join(map(str, range(200)))
    + " } FILTER(STRLEN(?c) > ?x - 999) }"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Client]:
    graph = tmp_path_factory.mktemp("lanes") / "graph"
    write_graph(graph, DATA)
    with running(graph, "--no-pages", "--time-s", "8", log=log) as url:
        yield Client(url, timeout=60)


class _Buffer:
    def __init__(self, file: Any) -> None:
        self.read, self.readline, self.readinto = file.read, file.readline, file.readinto

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Kept:
    """A connection that is kept, byte by byte in our hands."""

    def __init__(self, client: Client) -> None:
        address = urlsplit(client.url)
        self.socket = socket.create_connection((address.hostname or "", address.port or 0), timeout=30)
        self.file = self.socket.makefile("rb")
        self.head = f"Host: {address.netloc}\r\nAccept: text/csv\r\n\r\n"

    def makefile(self, mode: str) -> Any:
        """For HTTPResponse: all answers come from one buffer."""
        return _Buffer(self.file)

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def request(self, query: str, head: str = "", method: str = "GET") -> bytes:
        return f"{method} /sparql?query={quote(query)} HTTP/1.1\r\n{head or self.head}".encode()

    def answer(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        found = HTTPResponse(self, method=method)  # type: ignore[arg-type]
        found.begin()
        headers = {name.lower(): value for name, value in found.getheaders() if name.lower() != "date"}
        body = found.read()
        return found.status, headers, body

    def ask(self, query: str, head: str = "") -> tuple[int, dict[str, str], bytes]:
        self.socket.sendall(self.request(query, head))
        return self.answer()


@pytest.fixture
def kept(client: Client) -> Iterator[Kept]:
    connection = Kept(client)
    yield connection
    connection.close()


# 1) the short way


def test_short_way_gives_what_the_long_way_gives(client: Client, kept: Kept) -> None:
    for n in range(20, 24):  # the first goes the long way, the others the short one
        status, headers, body = kept.ask(VALUE.format(n=n))
        long = client.get(f"/sparql?query={quote(VALUE.format(n=n))}", "text/csv")
        assert (status, body) == (200, f"o\r\n{n}\r\n".encode()) == (long.status, long.body)
        assert headers == {name: value for name, value in long.headers.items() if name != "date"}
    again = [kept.ask(VALUE.format(n=23)) for _ in range(3)]  # from what is kept
    assert again == [(status, headers, body)] * 3


def test_short_way_is_only_for_requests_it_knows(kept: Kept) -> None:
    query = VALUE.format(n=7)
    _, headers, body = kept.ask(query)
    assert kept.ask(query)[2] == body == b"o\r\n7\r\n"
    assert kept.ask(query, kept.head.replace("text/csv", "application/json"))[2].startswith(b"{")
    assert kept.ask(query, f"If-None-Match: {headers['etag']}\r\n{kept.head}")[0] == 304
    assert kept.ask("SELECT ?o { ?s ?p", "")[0] == 400
    assert kept.ask("", "")[0] == 400
    assert kept.ask("SELECT * { SERVICE <http://127.0.0.1:9/> {} }")[0] == 403
    assert kept.ask(query, f"Connection: close\r\n{kept.head}")[2] == body
    assert kept.file.read(1) == b""


def test_short_way_ends_where_a_request_needs_the_long_one(client: Client, kept: Kept) -> None:
    assert kept.ask(VALUE.format(n=1))[0] == 200
    every = "SELECT ?s ?o { ?s <http://e/value> ?o . ?t <http://e/value> '5' }"
    status, headers, body = kept.ask(every)
    assert (status, headers.get("transfer-encoding"), body.count(b"\n")) == (
        200,
        None if "content-length" in headers else "chunked",
        ROWS + 1,
    )
    status, _, body = kept.ask(CROSS.format(n=77_777))  # becomes heavy, and is stopped
    assert (status, json.loads(body)["title"]) == (504, "time limit")
    assert kept.ask(VALUE.format(n=2))[2] == b"o\r\n2\r\n"


@pytest.mark.parametrize("size", [1, 37, 100_000])
def test_requests_behind_each_other_are_answered_in_order(kept: Kept, size: int) -> None:
    assert kept.ask(VALUE.format(n=0))[0] == 200
    numbers = [size % 1000 + n for n in range(12)]
    data = b"".join(kept.request(VALUE.format(n=n)) for n in numbers)
    for start in range(0, len(data), size):
        kept.socket.sendall(data[start : start + size])
    assert [kept.answer()[2] for _ in numbers] == [f"o\r\n{n}\r\n".encode() for n in numbers]


def test_short_way_is_logged(kept: Kept, log: Path) -> None:
    for n in (501, 502, 502):
        kept.ask(VALUE.format(n=n))
    deadline = time.monotonic() + 10
    while log.read_text().count("/n502>") < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    lines = [line for line in log.read_text().splitlines() if "/n50" in line]
    assert len(lines) == 3
    assert all(" GET /sparql 200 " in line and " 1 rows " in line for line in lines)


def test_client_that_leaves_the_short_way_harms_nobody(client: Client) -> None:
    for _ in range(8):
        leaver = Kept(client)
        assert leaver.ask(VALUE.format(n=3))[0] == 200
        leaver.socket.sendall(leaver.request(CROSS.format(n=88_888)))
        leaver.close()
    assert client.query(VALUE.format(n=4)).rows == [{"o": "4"}]


# 2) the heavy lane


def test_medium_query_is_answered_while_cross_products_hold_every_place(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    write_graph(graph, DATA)
    with running(graph, "--no-pages", "--time-s", "20", "--heavy", "1", "--queue-s", "12") as url:
        client = Client(url, timeout=90)
        crosses = [threading.Thread(target=client.query, args=(CROSS.format(n=n),), daemon=True) for n in (10_001, 10_002)]
        for cross in crosses:
            cross.start()
        time.sleep(1)
        assert client.query(MEDIUM).rows == [{"n": str(200 * ROWS)}]
        assert any(cross.is_alive() for cross in crosses), "the cross products ended before: this shows nothing"


def _course(work: float) -> tuple[Any, list[str]]:
    """A task on a worker that uses so many seconds of processor time in each second, and what is done to it."""
    from kg.serve.pool.course import Course

    done: list[str] = []
    line = SimpleNamespace(
        holder=SimpleNamespace(is_full=False),
        processor_time=lambda: work * time.monotonic(),
        yield_processor=lambda: done.append("niced"),
        stop=lambda: done.append("stopped"),
    )
    heavy = SimpleNamespace(take=lambda job: False)
    pool: Any = SimpleNamespace(
        limits=Limits(heavy_after_s=0.004, time_s=5),
        heavy=heavy,
        light=SimpleNamespace(leave=lambda line: done.append("left the light lane")),
        background=lambda coroutine: coroutine.close(),
    )
    course = Course(pool, b"task")
    course._line = line  # type: ignore[assignment]
    return course, done


@pytest.mark.parametrize(("work", "done"), [(1.0, ["left the light lane", "niced", "stopped"]), (0.0, ["left the light lane"])])
def test_query_that_does_not_get_the_processor_is_not_held_still(work: float, done: list[str]) -> None:
    async def watched() -> list[str]:
        course, seen = _course(work)
        course._begun = time.monotonic()
        course.look()
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        course._cancel_timer()
        return seen

    assert asyncio.run(watched()) == done


# 3) what is counted


@pytest.mark.parametrize("size", [1, 3, 5, 64, 100_000])
@pytest.mark.parametrize("projected", ["?x", "?o ?x", "?x ?y"])
def test_rows_of_json_are_counted_though_nothing_is_bound(size: int, projected: str) -> None:
    store = ox.Store()
    texts = ["a", "{}", "},{},{", '{},{"', '"', "\\", '\\"', "[{},{}]", '},{"}', "x},{}"]
    store.extend(ox.Quad(ox.NamedNode(f"http://e/{n}"), ox.NamedNode("http://e/p"), ox.Literal(text)) for n, text in enumerate(texts))
    query = f"SELECT {projected} {{ {{ ?s ?p ?o }} UNION {{ ?s ?p ?other }} }}"
    data = store.query(query).serialize(format=ox.QueryResultsFormat.JSON)
    assert data is not None
    counter = RowCounter("json")
    for start in range(0, len(data), size):
        counter.add(data[start : start + size])
    assert counter.rows == len(json.loads(data)["results"]["bindings"]) == 2 * len(texts)


def test_description_has_the_properties_of_each_class(client: Client) -> None:
    void, deadline = "http://rdfs.org/ns/void#", time.monotonic() + 30
    reply = client.get("/.well-known/void")
    while b"class-property" not in reply.body and time.monotonic() < deadline:
        time.sleep(0.05)
        reply = client.get("/.well-known/void")
    store = ox.Store()
    store.load(reply.body, format=ox.RdfFormat.TURTLE)
    part = f"<{void}propertyPartition> [ <{void}property> <http://e/value> ; <{void}triples> {ROWS // 2} ]"
    assert store.query(f"ASK {{ ?d <{void}classPartition> [ <{void}class> <http://e/C1> ; {part} ] }}")
    assert not store.query(f"ASK {{ ?d <{void}classPartition> [ <{void}class> <http://e/C2> ; {part} ] }}")
    packed = client.send("GET", "/.well-known/void", {"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert sorted(gzip.decompress(packed.body).splitlines()) == sorted(client.get("/.well-known/void").body.splitlines())


# 4) whose pages may read it


@pytest.mark.parametrize(("given", "allowed"), [("*", "*"), ("https://example.org", "https://example.org"), ("none", None)])
def test_cors_is_as_the_operator_says(tmp_path: Path, given: str, allowed: str | None) -> None:
    write_graph(tmp_path / "graph", "<http://e/a> <http://e/b> <http://e/c> <http://g/1> .")
    with running(tmp_path / "graph", "--no-pages", "--cors", given) as url:
        client = Client(url)
        connection = Kept(client)
        found = [connection.ask("ASK { ?s ?p ?o }")[1].get("access-control-allow-origin") for _ in range(3)]
        connection.close()
        assert found == [allowed] * 3
        assert client.send("OPTIONS", "/sparql").headers.get("access-control-allow-origin") == allowed
        assert client.query("nonsense").headers.get("access-control-allow-origin") == allowed


def test_cors_takes_an_origin_and_nothing_else(tmp_path: Path) -> None:
    from kg.serve import serve

    with pytest.raises(StoreError, match="https://example.org/page: not an origin"):
        serve(tmp_path, port=0, cors="https://example.org/page")
