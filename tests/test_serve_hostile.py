"""Queries that mean harm (`hostile_queries`): each ends within its limit, none reaches out, and the next light one is answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.serve.pool import wire
from kg.serve.testing import Client, running, trap, write_graph
from kg.serve.worker.sink import Sink
from tests.hostile_queries import GRAPH, HOSTILE, NAME, REACHING

TIME = 0.5
LIGHT = f"SELECT ?o WHERE {{ <http://e/n0> {NAME} ?o }}"
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
#: How a query that means harm may end: 0 stands for an answer that is visibly cut off.
ENDS = {0, 200, 400, 403, 422, 503, 504}
#: Seconds within which a light query is answered, whatever else runs, on the slowest machine. Without lanes it takes all of the others' time.
AT_ONCE = 15


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with tight limits."""
    graph = tmp_path_factory.mktemp("hostile") / "graph"
    write_graph(graph, GRAPH)
    options = ["--time-s", str(TIME), "--memory-mb", "300", "--rows", "300000", "--heavy", "4", "--heavy-queue", "64", "--queue-s", "30"]
    with running(graph, *options) as url:
        yield Client(url, timeout=60)


def _light(client: Client, note: str = "") -> bool:
    """Whether a light query is answered; with another note it is none that was asked before."""
    reply = client.query(f"{LIGHT} # {note}")
    assert reply.status == 200, reply
    return reply.rows == [{"o": "a" * 30 + " 0"}]


def _end(client: Client, query: str) -> int:
    """The status a query ends with; 0 if its answer breaks off."""
    try:
        reply = client.post(query, QUERY)
    except (http.client.IncompleteRead, ConnectionError):
        return 0
    assert reply.status == 200 or reply.json["title"], query[:200]
    return reply.status


def _ends(client: Client, queries: Iterable[str], at_once: int) -> tuple[list[int], float]:
    """How queries end, and the most seconds a light query took beside them."""
    over, slowest = threading.Event(), 0.0

    def watch() -> None:
        nonlocal slowest
        number = 0
        while not over.is_set():
            began = time.monotonic()
            assert _light(client, f"{number} of {id(over)}")
            slowest, number = max(slowest, time.monotonic() - began), number + 1
            time.sleep(0.02)

    with ThreadPoolExecutor(at_once + 1) as pool:
        watching = pool.submit(watch)
        try:
            ends = list(pool.map(lambda query: _end(client, query), queries))
        finally:
            over.set()
        watching.result()
    return ends, slowest


def test_hostile_queries_end_and_the_next_light_one_is_answered(client: Client) -> None:
    assert len(HOSTILE) >= 200
    ends, slowest = _ends(client, HOSTILE.values(), 8)
    assert {name: end for name, end in zip(HOSTILE, ends, strict=True) if end not in ENDS} == {}
    assert slowest < AT_ONCE
    assert _light(client)


def test_the_list_is_hostile(client: Client) -> None:
    """The most part has to be stopped, and not by a slip of the pen."""
    ends = [_end(client, HOSTILE[name]) for name in ("cross: counted", "paths: star of alternatives", "nesting: 1000 braces")]
    assert ends == [504, 504, 400]
    assert _end(client, LIGHT) == 200


def test_fifty_hostile_queries_at_once(client: Client) -> None:
    fifty = [f"{query} # again" for name, query in HOSTILE.items() if name.startswith(("cross", "strings", "paths")) and len(query) < 4000][
        :50
    ]
    assert len(fifty) == 50
    ends, slowest = _ends(client, fifty, 50)
    assert set(ends) <= ENDS
    assert slowest < AT_ONCE
    assert _light(client)


def test_hostile_queries_on_the_page_end_too(client: Client) -> None:
    """The editor's page reads the answer that others get as it is."""
    some = [query for query in HOSTILE.values() if len(quote(query)) < 50_000][::5]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda query: client.query(query, "text/html"), some))
    assert {reply.status for reply in replies} <= ENDS
    assert {reply.headers["content-type"] for reply in replies} == {"text/html; charset=utf-8"}
    assert _light(client)


@pytest.mark.parametrize("depth", [1, 300])  # more levels than the engine reads of what it writes
def test_triple_terms_are_shown_on_the_page(client: Client, depth: int) -> None:
    steps = " ".join(f"BIND(TRIPLE(<x:a>, <x:b>, ?x{n}) AS ?x{n + 1})" for n in range(depth))
    reply = client.query(f"SELECT ?x{depth} {{ BIND('<script>' AS ?x0) {steps} }}", "text/html")
    assert reply.status == 200
    assert reply.body.count(b"&lt;x:a&gt; &lt;x:b&gt;") == depth
    assert b"&lt;script&gt;" in reply.body and b"<script>" not in reply.body


def test_nothing_reaches_out(client: Client, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://e/secret> <http://e/p> 1 .")
    with trap() as (port, calls):
        url = f"http://127.0.0.1:{port}/"

        def ready(query: str) -> str:
            return query.replace("URL", url).replace("PORT", str(port)).replace("FILE", str(secret))

        for name, query in REACHING.items():
            reply = client.post(ready(query), QUERY)
            assert reply.status in (400, 403), name
            assert reply.status == 403 or name in ("a blank node", "FROM an odd scheme"), (name, reply.json)
            assert b"secret>" not in reply.body
        for more in (
            f"&default-graph-uri={quote(url)}",
            f"&named-graph-uri=file://{secret}",
            "&default-graph-uri=../x",
            "&default-graph-uri=",
        ):
            assert client.query("ASK {}", None, more).status in (400, 403), more
        assert client.query(f"LOAD <{url}>").status == 400
        assert client.query("ASK {}", None, f"&update={quote(f'LOAD <{url}>')}").status == 400
        for body in (f"update={quote(f'LOAD <{url}> INTO GRAPH <http://g/1>')}", "update=CLEAR+ALL", "update=DROP+ALL"):
            assert client.post(body, FORM).status == 403
        assert client.post(f"LOAD <{url}>", UPDATE).status == 403
        assert calls == []
    assert _light(client)


def test_trap_sees_who_comes() -> None:
    with trap() as (port, calls):
        with pytest.raises((OSError, http.client.HTTPException)):
            Client(f"http://127.0.0.1:{port}/").get("/")
        assert len(calls) == 1


def test_light_query_answers_while_cross_products_run(client: Client) -> None:
    cross = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != {}) }}"
    with ThreadPoolExecutor(4) as pool:
        heavy = [pool.submit(client.query, cross.format(n)) for n in range(4)]
        answered = 0
        while not all(future.done() for future in heavy):
            assert _light(client, str(answered))
            answered += 1
    assert [future.result().status for future in heavy] == [504] * 4
    assert answered > 1  # the first was not the last


def test_endless_answer_is_cut_at_the_row_limit_visibly(client: Client) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        client.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", "text/tab-separated-values")
    assert _light(client)


def test_a_large_piece_of_an_answer_goes_out_in_small_frames() -> None:
    """The server puts a frame together before it looks at it: one of 100 MB would keep it from everything else."""
    sent: list[bytes] = []
    sink = Sink(sent.append, {"rows": 9, "answer_bytes": 1 << 30}, {})
    sink.start("text/csv", "")
    sink.write(b"x" * 3_000_000)
    sink.close()
    data, sizes = b"".join(sent), []
    while data:
        kind, size = wire.FRAME.unpack_from(data)
        data = data[wire.FRAME.size + size :]
        sizes += [size] if kind == b"D" else []
    assert sum(sizes) == 3_000_000
    assert max(sizes) <= 1 << 18
