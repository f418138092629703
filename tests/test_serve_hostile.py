"""Queries, requests and clients that mean harm: each ends within its limit, and the next light query is answered."""



from __future__ import annotations

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.serve.testing import Client, Reply, running, write_graph

TIME = 0.5
LIGHT = "SELECT ?o WHERE { <http://e/n0> <http://e/name> ?o }"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
NODES = 1500


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access.log"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Client]:
    """A server with tight limits; its graph is one ring of nodes with a chord each."""
    graph = tmp_path_factory.mktemp("hostile") / "graph"
    lines = []
    for n in range(NODES):
        lines.append(f"<http://e/n{n}> <http://e/next> <http://e/n{(n + 1) % NODES}> <http://g/1> .")
        lines.append(f"<http://e/n{n}> <http://e/far> <http://e/n{(n * 7 + 3) % NODES}> <http://g/1> .")
        lines.append(f'<http://e/n{n}> <http://e/name> "{"a" * 30} {n}" <http://g/1> .')
    write_graph(graph, "\n".join(lines))
    options = ["--time-s", str(TIME), "--memory-mb", "300", "--rows", "300000", "--heavy", "4", "--heavy-queue", "64", "--queue-s", "30",
               "--header-s", "1", "--body-s", "1", "--stall-s", "1"]  # fmt: skip
    with running(graph, "--no-pages", *options, log=log) as url:
        yield Client(url, timeout=60)


def _light(client: Client) -> bool:
    return client.query(LIGHT).rows == [{"o": "a" * 30 + " 0"}]


# 1) the probes that other endpoints failed


@pytest.fixture
def trap() -> Iterator[tuple[str, list[bytes]]]:
    """An address that must not be asked, and what it was asked."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            asked.append(b"connection")
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", asked
    server.close()


def test_nothing_reaches_out(client: Client, trap: tuple[str, list[bytes]], tmp_path: Path) -> None:
    url, asked = trap
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://e/secret> <http://e/p> 1 .")
    queries = [
        f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
        f"PREFIX e: <{url}> SELECT * {{ SERVICEe:x {{ ?s ?p ?o }} }}",
        f"SELECT * {{ VALUES ?s {{ <{url}> }} SERVICE ?s {{ ?a ?p ?o }} }}",
        f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <file://{secret}> {{ ?s ?p ?o }}",
    ]
    for query in queries:
        reply = client.query(query)
        assert (reply.status, reply.json["title"]) == (403, "refused"), query
    assert client.query("ASK {}", None, f"&default-graph-uri={quote(url)}").status == 403
    assert client.post(f"LOAD <{url}>", "application/sparql-update").status == 403
    assert client.query(f"LOAD <{url}>").status == 400
    assert asked == []


def test_light_query_answers_while_cross_products_run(client: Client) -> None:
    cross = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != {}) }}"
    with ThreadPoolExecutor(4) as pool:
        heavy = [pool.submit(client.query, cross.format(n)) for n in range(4)]
        answered = 0
        while not all(future.done() for future in heavy):
            assert _light(client)
            answered += 1
    assert [future.result().status for future in heavy] == [504] * 4
    assert answered > 5


# 2) queries


def _hostile() -> dict[str, str]:
    three = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    queries: dict[str, str] = {}

    def add(kind: str, *texts: str) -> None:
        queries.update({f"{kind} {n}": text for n, text in enumerate(texts)})

    add("cross", *(f"SELECT {head} {{ {three} }} {tail}" for head in ("*", "(COUNT(*) AS ?n)", "DISTINCT ?a ?d ?g", "(SUM(?x) AS ?n)")
                   for tail in ("", "ORDER BY ?a ?d ?g LIMIT 1", "GROUP BY ?a ?d", "OFFSET 999999999")
                   if not (head == "*" and "GROUP" in tail) and not ("(" in head and "ORDER" in tail) and not ("DIST" in head and "GROUP" in tail)))  # fmt: skip
    add("cross filter", *(f"SELECT ?a {{ {three} FILTER({test}) }}" for test in (
        "?c = ?f && ?f = ?i && ?a != ?a", "STR(?c) < STR(?f) && STR(?i) = 'x'", "REGEX(STR(?c), STR(?f))", "CONTAINS(STR(?a), STR(?i)) && false",
        "STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) > 9999", "MD5(STR(?a)) = SHA512(STR(?d))", "?c IN (?f, ?i) && RAND() > 2")))  # fmt: skip
    add("optional", *(f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c {'OPTIONAL { ?x ?y ?z } ' * n} }}" for n in (2, 3, 5)))
    add(
        "minus",
        "SELECT ?a { ?a ?b ?c MINUS { ?a ?x ?y . ?p ?q ?r } }",
        "SELECT ?a { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a ?x ?d . ?d ?y ?a } }",
    )
    add("path", *(f"SELECT (COUNT(*) AS ?n) {{ ?a {path} ?b }}" for path in (
        "<http://e/next>+", "(<http://e/next>|<http://e/far>)*", "(<http://e/next>/<http://e/far>)+", "(!<http://e/x>)*", "(^<http://e/next>|!<http://e/y>)+",
        "((<http://e/next>*)*)*", "(<http://e/next>?/<http://e/far>?)*", "(<http://e/far>|^<http://e/far>)*/<http://e/name>")))  # fmt: skip
    add("long path", *(f"ASK {{ ?a {'/'.join(['(<http://e/next>|<http://e/far>)'] * n)} ?b . FILTER(false) }}" for n in (5, 40, 400)))
    add("values", *(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {' '.join(map(str, range(n)))} }} VALUES ?y {{ {' '.join(map(str, range(n)))} }} {more} }}"
                    for n in (2000, 40_000) for more in ("", "FILTER(?x + ?y < 0)", "?a ?b ?c")))  # fmt: skip
    add("wide values", f"SELECT * {{ VALUES ({' '.join(f'?v{n}' for n in range(500))}) {{ {('(' + '1 ' * 500 + ')') * 200} }} }}")
    add("nesting", *(text for n in (100, 1000, 20_000) for text in (
        f"ASK {{ {'{' * n}{'}' * n} }}", f"ASK {{ FILTER({'(' * n}1{')' * n}) }}", f"ASK {{ FILTER({'!' * n}true) }}", f"ASK {{ ?s ?p {'(' * n}{')' * n} }}",
        f"ASK {{ ?s ?p {'[ ?q ' * n}1{']' * n} }}", f"SELECT * {{ {'{ SELECT * { ' * n}{'} }' * n} }}", f"ASK {{ ?s {'(' * n}<x:p>{')*' * n} ?o }}",
        f"ASK {{ {'OPTIONAL { ' * n}{'}' * n} }}", f"ASK {{ FILTER({'1+' * n}1) }}", f"ASK {{ {'{} UNION ' * n}{{}} }}",
        f"SELECT ({'ABS(' * n}1{')' * n} AS ?x) {{}}", f"ASK {{ ?s ?p ?o FILTER({'?o = 1 || ' * n}false) }}", f"ASK {{ BIND({'IF(true, ' * n}1{', 2)' * n} AS ?x) }}",
        f"ASK {{ {'FILTER EXISTS { ' * n}{'}' * n} }}")))  # fmt: skip
    add("regex", *(f"SELECT ?o {{ ?s ?p ?o . ?x ?y ?z FILTER(REGEX(STR(?o), {pattern!r})) FILTER(false || STRLEN(STR(?z)) > 9999) }}" for pattern in (
        "(a+)+$", "(a|aa)+$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b", "(x+x+)+y")))  # fmt: skip
    add("regex bomb", "ASK { FILTER(REGEX('a', '((a{1,1000}){1,1000}){1,1000}')) }", f"ASK {{ FILTER(REGEX('a', '{'(' * 5000}a{')' * 5000}')) }}",
        "ASK { FILTER(REGEX('a', '\\\\w{1000}{1000}')) }", f"ASK {{ FILTER(REGEX('{'a' * 100_000}', '(a?){{1000}}a{{1000}}')) }}")  # fmt: skip
    add("replace", "SELECT (STRLEN(REPLACE(?c, 'a', CONCAT(?c, ?f))) AS ?n) { ?a <http://e/name> ?c . ?d <http://e/name> ?f . ?x ?y ?z }")
    grow = "BIND('aaaaaaaaaaaaaaaa' AS ?x0) " + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}, ?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(16))
    add("growing literal", f"SELECT (STRLEN(?x16) AS ?n) {{ {grow} }}", f"SELECT ?x16 {{ {grow} }}")
    add("memory", "SELECT (GROUP_CONCAT(CONCAT(?c, ?f)) AS ?n) { ?a ?b ?c . ?d ?e ?f }", "SELECT DISTINCT (CONCAT(STR(?c), STR(?f)) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
        "SELECT ?c ?f { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(CONCAT(STR(?f), STR(?c)))", "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")  # fmt: skip
    add("huge literal", f"ASK {{ ?s ?p '{'x' * 900_000}' }}", f"SELECT ('{'é' * 200_000}' AS ?x) {{}}", f"ASK {{ ?s ?p {'9' * 500_000} }}")
    add("names", f"ASK {{ ?{'v' * 500_000} ?p ?o }}", "SELECT * { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(3000)) + " }",
        "".join(f"PREFIX p{n}: <http://e/{n}> " for n in range(20_000)) + "ASK {}", "a." * 400_000, "<" * 500_000, "'" * 500_001, "ASK {" + "#" * 500_000)  # fmt: skip
    add("describe", "DESCRIBE ?s ?p ?o { ?s ?p ?o . ?a ?b ?c }", "DESCRIBE *{ ?s ?p ?o . ?x ?y ?z }")
    add(
        "stars",
        "SELECT * { ?s ?p ?o . ?o ?q ?r . ?r ?t ?u . ?u ?v ?w . ?x ?y ?z }",
        "SELECT (COUNT(DISTINCT *) AS ?n) { ?s ?p ?o . ?x ?y ?z }",
    )
    return queries


HOSTILE = _hostile()


def _run(client: Client, query: str) -> tuple[int, str]:
    try:
        reply = client.post(query, QUERY)
    except (http.client.IncompleteRead, ConnectionError):
        return 0, "cut off"  # after its first rows: the client sees that the answer is not whole
    return reply.status, "" if reply.status == 200 else reply.json["title"]


def test_hostile_queries_end_and_the_next_light_one_is_answered(client: Client) -> None:
    assert len(HOSTILE) > 100
    stop, slowest = threading.Event(), [0.0]

    def watch() -> None:
        while not stop.is_set():
            began = time.monotonic()
            assert _light(client)
            slowest[0] = max(slowest[0], time.monotonic() - began)
            time.sleep(0.02)

    with ThreadPoolExecutor(9) as pool:
        watching = pool.submit(watch)
        began = time.monotonic()
        ends = dict(zip(HOSTILE, pool.map(lambda query: _run(client, query), HOSTILE.values()), strict=True))
        took = time.monotonic() - began
        stop.set()
        watching.result()
    assert {name: end for name, end in ends.items() if end[0] not in (0, 200, 400, 422, 503, 504)} == {}
    assert took < len(HOSTILE) * (TIME + 1)
    assert slowest[0] < 3  # seconds, on any machine: without lanes it would wait for all of them
    assert _light(client)


def test_endless_answer_is_cut_at_the_row_limit_visibly(client: Client) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        client.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", "text/tab-separated-values")
    assert _light(client)


# 3) requests


def test_compressed_body_is_not_unpacked(client: Client) -> None:
    bomb = gzip.compress(b"query=" + b" " * 50_000_000)
    reply = client.post(bomb, FORM, **{"Content-Encoding": "gzip"})
    assert reply.status == 415


def _raw(client: Client, data: bytes, wait: float = 6) -> bytes:
    host, port = client.host.split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while more := connection.recv(65536):
                answer += more
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def test_slow_head_and_slow_body_are_given_up(client: Client) -> None:
    assert b" 408 " in _raw(client, b"GET /sparql HTTP/1.1\r\nHost: x\r\n")
    assert b" 408 " in _raw(
        client, b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/sparql-query\r\n\r\nASK"
    )
    assert _light(client)


def test_large_head_is_refused(client: Client) -> None:
    assert b" 431 " in _raw(client, b"GET /sparql HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000 + b"\r\n")
    assert b" 431 " in _raw(client, b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")


def test_garbage_is_no_internal_error(client: Client) -> None:
    for data in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"* / HTTP/1.1\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                 b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                 b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):  # fmt: skip
        assert b" 500 " not in _raw(client, data, wait=1.5), data
    assert _light(client)


def test_client_that_goes_away_frees_its_worker(client: Client, log: Path) -> None:
    host, port = client.host.split(":")
    query = quote("SELECT (COUNT(*) AS ?gone) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    for _ in range(12):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.01)
    assert _light(client)
    deadline = time.monotonic() + 20
    while log.read_text(encoding="utf-8").count("?gone") < 12 and time.monotonic() < deadline:
        time.sleep(0.05)
    ends = [line.split()[4] for line in log.read_text(encoding="utf-8").splitlines() if "?gone" in line]
    assert ends == ["499"] * 12


def test_client_that_does_not_read_is_dropped(client: Client, log: Path) -> None:
    host, port = client.host.split(":")
    query = quote("SELECT * { ?s ?p ?o . ?x <http://e/next> ?unread } LIMIT 250000")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        deadline = time.monotonic() + 30
        while "unread" not in log.read_text(encoding="utf-8") and time.monotonic() < deadline:
            time.sleep(0.05)
    line = next(line for line in log.read_text(encoding="utf-8").splitlines() if "unread" in line)
    assert " broken: " in line  # by the stall limit, or by the time limit on a machine too slow to fill the line first
    assert _light(client)


# 4) fuzz

TEXT = st.one_of(
    st.sampled_from(["ASK {}", LIGHT, "SELECT", "ASK { ?s ?p '", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "\x00", "DESCRIBE <http://e/n1>"]),
    st.text(max_size=30),
)
NAMES = st.sampled_from(
    ["query", "update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "format", "graph", "default", "case", "x"]
)
VALUES = st.one_of(TEXT, st.sampled_from(["http://g/1", "csv", "ttl", "", "%", "%zz", "file:///etc/passwd", "a b"]))
ACCEPT = st.one_of(
    st.sampled_from(["*/*", "text/html", "text/csv;q=nan", "application/*;q=0.1, */*;q=x", ",;,", "text/turtle", "a/b;q=1e999"]),
    st.text(max_size=20),
)
PATHS = st.sampled_from(
    [
        "/sparql",
        "/sparql/",
        "/store",
        "/questions",
        "/questions/x",
        "/ask/treatments",
        "/ask/",
        "/.well-known/void",
        "/",
        "/health",
        "/%00",
        "/..%2f",
    ]
)
TYPES = st.sampled_from(
    [
        FORM,
        QUERY,
        "application/sparql-update",
        "text/plain",
        "",
        "application/sparql-query; charset=latin-1",
        ";;;",
        "multipart/form-data; boundary=x",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"]), PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=4), ACCEPT, TYPES, st.booleans(), st.binary(max_size=30)
)  # fmt: skip
def test_no_request_is_an_internal_error(
    client: Client, method: str, path: str, given: list[tuple[str, str]], accept: str, media_type: str, as_form: bool, raw: bytes
) -> None:
    encoded = urlencode(given, errors="surrogatepass")
    headers = {
        "Accept": accept.encode("latin-1", "ignore").decode("latin-1").replace("\r", "").replace("\n", ""),
        "Content-Type": media_type,
    }
    headers = {name: "".join(c for c in value if c.isprintable()) for name, value in headers.items()}
    if method == "POST":
        reply: Reply = client.send(method, path, headers, encoded.encode() if as_form else raw)
    else:
        reply = client.send(method, f"{path}?{encoded}", headers)
    assert reply.status < 500
    assert b"Traceback" not in reply.body
