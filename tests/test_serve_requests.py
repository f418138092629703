"""Requests and clients that mean harm: none is an internal error, none holds a place for long, none gets another's answer."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import random
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.serve import server
from kg.serve.limits import Limits
from kg.serve.testing import Client, running, started, write_graph

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
#: More than a line takes that nobody reads: four letters of a million rows.
ALL = quote("SELECT * { ?s ?p ?o . ?x <http://e/p> ?unread } LIMIT 250000")
SLOW = quote("SELECT (COUNT(*) AS ?gone) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?k ?l ?m FILTER(?a != ?m) }")
LIMITS = ["--time-s", "3", "--header-s", "1", "--body-s", "1", "--stall-s", "1"]
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
CLOSE = b"Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("requests") / "graph"
    write_graph(folder, "\n".join(f'<http://e/n{n}> <http://e/p> "{n}" <http://g/1> .' for n in range(1500)))
    return folder


@pytest.fixture(scope="module")
def client(graph: Path, log: Path) -> Iterator[Client]:
    with running(graph, *LIMITS, log=log) as url:
        yield Client(url, timeout=60)


def _light(client: Client, note: object = "") -> bool:
    return client.query(f'ASK {{ <http://e/n0> ?p "0" }} # {note}').json["boolean"] is True


def _until(test: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not test():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


# 1) what is no good HTTP

BAD = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    "no address": b"GET\r\n\r\n",
    "version 9.9": b"GET / HTTP/9.9\r\n\r\n",
    "no method": b"* / HTTP/1.1\r\n\r\n",
    "preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "line feeds alone": b"GET /health HTTP/1.1\nHost: x\nConnection: close\n\n",
    "carriage returns alone": b"GET /health HTTP/1.1\rHost: x\r\r",
    "bytes in the address": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "letters in the address": "GET /case/é?query=é HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "bytes in a header's name": HEALTH + b"X\xff: y\r\n\r\n",
    "NUL in a header": HEALTH + b"X: a\x00b\r\n\r\n",
    "space before a colon": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "folded header": HEALTH + b"X: a\r\n b\r\n\r\n",
    "negative length": POST + b"Content-Length: -1\r\n\r\n",
    "endless length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": POST + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {} ",
    "length and chunks": POST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    "chunks and length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    "an encoding unknown to the next": POST + b"Transfer-Encoding: identity\r\nContent-Length: 6\r\n\r\nASK {}",
    "chunk of no number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "endless chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_http_is_refused_and_what_follows_is_not_read(client: Client, log: Path, name: str) -> None:
    answer = client.raw(BAD[name])
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1
    assert "/smuggled" not in log.read_text(encoding="utf-8")
    assert client.get("/health").status == 200


GOOD = {
    "HTTP/1.0": b"GET /health HTTP/1.0\r\n\r\n",
    "a whole address": b"GET http://elsewhere/health HTTP/1.1\r\nHost: y\r\n" + CLOSE,
    "a body that nobody wants": HEALTH + b"Content-Length: 5\r\n" + CLOSE + b"hello",
    "chunks with extensions": POST
    + b"Transfer-Encoding: chunked\r\n"
    + CLOSE
    + b"6;a="
    + b"b" * 5000
    + b"\r\nASK {}\r\n0\r\nTrailer: x\r\n\r\n",
    "an upgrade to web sockets": HEALTH + b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nConnection: Upgrade, close\r\n\r\n",
    "an upgrade to HTTP/2": HEALTH + b"Upgrade: h2c\r\nHTTP2-Settings: AA\r\nConnection: Upgrade, close\r\n\r\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_odd_but_good_requests_are_answered(client: Client, name: str) -> None:
    assert client.raw(GOOD[name]).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("path", ["/health", "/sparql?query=ASK%7B%7D", "/library", "/sparql"])
def test_each_of_several_requests_in_one_piece_has_its_answer(client: Client, method: str, path: str) -> None:
    """An answer that is lost makes every one after it another request's."""
    first = f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    answer = client.raw(first * 3 + HEALTH + CLOSE)
    assert answer.count(b"HTTP/1.1 200 ") == 4
    assert answer.endswith(b"ok\n")


@pytest.mark.parametrize("seed", range(12))
def test_requests_cut_anywhere_get_their_own_answers(client: Client, seed: int) -> None:
    """Good and bad, known and new, a few in one piece or one in many: what is learnt of a connection's headers never mixes them up."""
    chance = random.Random(seed)
    asked = [f"SELECT ({chance.choice((n, 7))} AS ?x) {{}}" if chance.random() < 0.8 else "SELECT" for n in range(30)]
    pieces: list[bytes] = []
    for query in asked:
        if chance.random() < 0.2:
            head, body = f"POST /sparql HTTP/1.1\r\nContent-Type: {QUERY}\r\nContent-Length: {len(query)}\r\n", query
        else:
            head, body = f"GET /sparql?query={quote(query)} HTTP/1.1\r\n", ""
        whole = f"{head}Host: x\r\nAccept: text/csv\r\n\r\n{body}".encode()
        cut = chance.randrange(len(whole)) if chance.random() < 0.3 else 0
        pieces += [whole[:cut], whole[cut:]]
    answers = b""
    with client.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting = b""
        for piece in pieces:
            waiting += piece
            if chance.random() < 0.8:
                connection.sendall(waiting)
                waiting = b""
                time.sleep(chance.choice((0, 0.002, 0.02)))
        connection.sendall(waiting)
        connection.sendall(HEALTH + CLOSE)
        while more := connection.recv(65536):
            answers += more
    found = []
    while answers:
        head, _, answers = answers.partition(b"\r\n\r\n")
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        found.append((int(head.split()[1]), answers[:size]))
        answers = answers[size:]
    wanted = [(200, query.split()[1].strip("(").encode()) if " " in query else (400, b"") for query in asked]
    assert [(status, body.partition(b"\r\n")[2].strip() if status == 200 else b"") for status, body in found[:-1]] == wanted
    assert found[-1] == (200, b"ok\n")


def test_the_head_of_a_heavy_query_is_not_its_answer(client: Client) -> None:
    reply = client.send("HEAD", f"/sparql?query={ALL}")
    assert (reply.status, reply.body) == (200, b"")
    assert client.send("HEAD", f"/sparql?query={SLOW}").status == 504
    assert _light(client)


def test_a_body_is_asked_for_before_it_is_sent(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(POST + b"Content-Length: 6\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert connection.recv(999) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ASK {}")
        assert connection.recv(9999).startswith(b"HTTP/1.1 200 ")


# 2) what is too much

DEAR = [
    ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "a/b;q=0.1," * 6000 + "text/csv"}, b"", 200),
    ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "text/csv;q=nan, */*;q=-1e999, ;;;q, text/*;q=٣"}, b"", 406),
    ("GET", "/sparql?query=ASK%7B%7D", {"If-None-Match": '"a",' * 15_000}, b"", 200),
    ("GET", "/sparql?query=ASK%7B%7D", {"Range": "bytes=" + "0-0," * 15_000 + "0-1"}, b"", 200),
    ("GET", "/static/style.css", {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 9000, 2))}, b"", None),
    ("GET", "/sparql?" + "a=&" * 20_000, {}, b"", 400),
    ("GET", "/ask/treatments?" + "drug=x&" * 9000, {}, b"", 400),
    ("GET", f"/ask/treatments?drug={'x' * 50_000}", {}, b"", 400),
    ("GET", "/search?" + "q=a&" * 15_000, {"Accept": "text/html"}, b"", 200),
    ("GET", "/sparql?query=ASK%7B%7D&" + "default-graph-uri=x:y&" * 2500, {}, b"", 403),
    ("GET", "/" + "x" * 100_000, {}, b"", 431),
    ("GET", "/health", {f"x{n}": "y" * 900 for n in range(90)}, b"", 431),
    ("POST", "/sparql", {"Content-Type": FORM}, b"a=&" * 340_000, 400),
    ("POST", "/sparql", {"Content-Type": FORM}, b"query=ASK%7B%7D&b=" + b"%41" * 340_000, 200),
    ("POST", "/sparql", {"Content-Type": FORM}, b"query=" + b"%C3" * 340_000, 400),
    ("POST", "/sparql", {"Content-Type": QUERY}, b" " * (1 << 20) + b"ASK {}", 413),
    ("POST", "/sparql", {"Content-Type": QUERY}, b"ASK { ?s ?p '\xed\xa0\x80' }", 400),
    ("POST", "/sparql", {"Content-Type": QUERY}, "ASK {}".encode("utf-16"), 400),
    ("POST", "/sparql", {"Content-Type": QUERY, "Content-Encoding": "gzip"}, gzip.compress(b" " * 50_000_000), 415),
    ("POST", "/sparql", {"Content-Type": FORM, "Content-Encoding": "br, gzip"}, gzip.compress(b"query=" + b" " * 50_000_000), 415),
    ("POST", "/sparql", {"Content-Type": "multipart/form-data; boundary=" + "x" * 999}, b"--x", 415),
    ("POST", "/health", {}, b"x" * 3_000_000, 405),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "body", "status"), DEAR, ids=range(len(DEAR)))
def test_dear_requests_end(client: Client, method: str, path: str, headers: dict[str, str], body: bytes, status: int | None) -> None:
    reply = client.send(method, path, {name: value.encode() for name, value in headers.items()}, body)  # type: ignore[misc]
    assert reply.status == status if status else reply.status < 500
    assert _light(client, path[:9])


def test_an_endless_body_is_given_up(client: Client) -> None:
    for path in ("/sparql", "/health", "/search", "/store?default"):
        with client.connect() as connection, pytest.raises(OSError):
            connection.sendall(b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\n" % (path.encode(), QUERY.encode()))
            connection.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(2000):
                connection.sendall(b"1\r\nx\r\n")
                time.sleep(0.005)
    assert _light(client)


def test_slow_heads_and_slow_bodies_are_given_up(client: Client) -> None:
    assert b" 408 " in client.raw(b"GET /sparql HTTP/1.1\r\nHost: x\r\n")
    assert b" 408 " in client.raw(POST + b"Content-Length: 9\r\n\r\nASK")
    with client.connect() as connection, pytest.raises(OSError):
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        for _ in range(2000):
            connection.sendall(b"X: y\r\n")
            time.sleep(0.005)
    assert _light(client)


# 3) clients that hold a place

PLACES = {
    "nothing": b"",
    "half a head": b"GET /x HTTP/1.1\r\n",
    "half a body": POST + b"Content-Length: 9\r\n\r\nASK",
    "a request, and no other": HEALTH + b"\r\n",
    "a file that is not read": b"GET /static/style.css HTTP/1.1\r\nHost: x\r\n" + CLOSE,
    "a page that is not read": b"GET /library HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n",
}


@pytest.mark.parametrize("name", PLACES)
def test_who_holds_all_connections_makes_room_for_who_asks(graph: Path, name: str) -> None:
    """The limits of time are those of a laptop: only the crowd makes room."""
    with contextlib.ExitStack() as stack:
        client = Client(stack.enter_context(running(graph, "--connections", "40")))
        for _ in range(60):
            connection = stack.enter_context(client.connect(received=2048))
            with contextlib.suppress(OSError):
                connection.sendall(PLACES[name])
        for number in range(5):
            assert _light(client, number)


def test_connections_that_are_at_work_are_left_alone_and_more_are_refused(graph: Path) -> None:
    with contextlib.ExitStack() as stack:
        client = Client(stack.enter_context(running(graph, *LIMITS, "--connections", "16")))
        for number in range(16):
            connection = stack.enter_context(client.connect())
            connection.sendall(f"GET /sparql?query={SLOW}%23{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        refused = client.get("/health")
        assert (refused.status, refused.json["title"]) == (503, "too many connections")
        _until(lambda: client.get("/health").status == 200)


def test_more_connections_than_files_do_not_take_the_workers(graph: Path) -> None:
    """The server leaves itself files for its workers, however few the system allows."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, before[1]))
    try:
        stack = contextlib.ExitStack()
        url, process = stack.enter_context(started(graph, "--workers", "8"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    with stack:
        client = Client(url)
        for _ in range(700):
            stack.enter_context(client.connect()).sendall(b"GET /x HTTP/1.1\r\n")
        for number in range(5):
            assert _light(client, number)
        assert process.poll() is None


@pytest.mark.parametrize(
    ("allowed", "connections"), [((300, 300), 44), ((300, 900), 644), ((300, 10_000), 1000), ((10_000, 10_000), 1000), ((64, 64), 16)]
)
def test_connections_are_as_many_as_files_are_allowed(monkeypatch: pytest.MonkeyPatch, allowed: tuple[int, int], connections: int) -> None:
    now = [allowed]
    monkeypatch.setattr(server.resource, "getrlimit", lambda _: now[-1])
    monkeypatch.setattr(server.resource, "setrlimit", lambda _, limits: now.append(limits))
    assert server._with_files(Limits(workers=32)).connections == connections
    assert now[-1][1] == allowed[1]


def test_client_that_goes_away_frees_its_worker(client: Client, log: Path) -> None:
    for _ in range(12):
        with client.connect() as connection:
            connection.sendall(f"GET /sparql?query={SLOW} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.01)
    assert _light(client)

    def ends() -> list[str]:
        return [line.split()[4] for line in log.read_text(encoding="utf-8").splitlines() if "?gone" in line]

    _until(lambda: ends().count("499") >= 12)
    assert set(ends()) <= {"499", "504"}  # 504: the HEAD above


def test_client_that_does_not_read_is_dropped(client: Client, log: Path) -> None:
    with client.connect(received=2048) as connection:
        connection.sendall(f"GET /sparql?query={ALL}%23slow HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        _until(lambda: "#slow" in log.read_text(encoding="utf-8"), 40)
    line = next(line for line in log.read_text(encoding="utf-8").splitlines() if "#slow" in line)
    assert " broken: " in line  # by the stall limit, or by the time limit on a machine too slow to fill the line first
    assert _light(client)


# 4) who may write

TRIES = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer \x00",
    "bearer sesam",
    "Bearer sesamee",
    "Basic c2VzYW1l",
    "Token sesame",
    "sesame",
    "Bearer " + "s" * 50_000,
    "Bearer ﬃ",
]


def test_updates_are_not_had_by_guessing_nor_from_another_site(graph: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph"
    write_graph(target, '<http://e/a> <http://e/p> "1" <http://g/1> .')
    insert = "INSERT DATA { GRAPH <http://g/1> { <http://e/b> <http://e/p> 2 } }"
    with running(target, "--no-pages", token="sesame") as url:
        client = Client(url)
        for token in TRIES:
            headers = {"Content-Type": UPDATE, "Authorization": token.encode()}
            assert client.send("POST", "/sparql", headers, insert).status in (400, 401), token  # type: ignore[arg-type]
        assert client.post(insert, UPDATE, "/sparql?token=sesame&access_token=sesame").status == 401
        # What a form on another site can send: no header of its own, and these media types.
        for media_type in (FORM, "text/plain", "multipart/form-data; boundary=x"):
            body = f"update={quote(insert)}" if media_type == FORM else insert
            assert client.post(body, media_type, Origin="http://evil", Cookie="token=sesame").status in (401, 415)
        assert client.query("SELECT * { ?s ?p ?o }").rows == [{"s": "http://e/a", "p": "http://e/p", "o": "1"}]
        asked = client.send("OPTIONS", "/sparql", {"Origin": "http://evil", "Access-Control-Request-Method": "POST"})
        assert "access-control-allow-credentials" not in asked.headers


# 5) addresses of files

AWAY = ["/static/../routes.py", "/static/..%2froutes.py", "/static/%2e%2e/routes.py", "/static/vendor/%2e%2e/%2e%2e/routes.py", "/static//etc/passwd",
        "/static/%2fetc%2fpasswd", "/static/%00", "/static/style.css%00.txt", "/static/..%5croutes.py", "/static/" + "a" * 5000, "/static", "/static/",
        "/..%2f..%2fetc/passwd", "/%00", "//evil.example/x", "/case/..%2f..%2fetc%2fpasswd", "/case/%00", "/case/%ED%A0%80", "/case/x%0d%0aSet-Cookie:y.ttl",
        "/library/..%2f..", "/library/%00.csv", "/ontology/..%2fx", "/ontology/%3E%20%7B", "/imports/" + "a" * 3000, "/questions/..%2f", "/ask/%0d%0a"]  # fmt: skip


@pytest.mark.parametrize("path", AWAY)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_no_address_leads_out_of_the_folder_or_into_the_headers(client: Client, path: str, accept: str) -> None:
    reply = client.get(path, accept)
    assert reply.status in (400, 404)
    assert b"from __future__" not in reply.body and b"root:" not in reply.body
    assert "set-cookie" not in reply.headers


def test_the_same_connection_serves_on_after_each_answer(client: Client) -> None:
    """Good and bad requests in turn on one connection: no answer is another's."""
    connection = http.client.HTTPConnection(client.host, timeout=20)
    for number in range(40):
        for path, status in ((f"/sparql?query=ASK%7B%7D%23{number}", 200), ("/sparql?query=ASK", 400), ("/nowhere", 404), ("/health", 200)):
            connection.request("GET" if number % 2 else "HEAD", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status, (number, path)
    assert isinstance(connection.sock, socket.socket)
    connection.close()
