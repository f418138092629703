"""The SPARQL 1.1 Protocol as the server speaks it."""

from __future__ import annotations

import gzip
import json
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.serve.testing import Client, running, write_graph

A, B, P = "<http://e/a>", "<http://e/b>", "<http://e/p>"
DATA = f"""{A} {P} "one" <http://g/1> .
{A} {P} "one" <http://g/2> .
{B} {P} "100%25" <http://g/2> .
{B} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/C> <http://g/2> .
"""
ALL = "SELECT ?s ?o WHERE { ?s <http://e/p> ?o } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { <http://e/a> ?p ?o }"
FORM = "application/x-www-form-urlencoded"
TOKEN = "sesame"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "graph"
    write_graph(folder, DATA)
    return folder


@pytest.fixture(scope="module")
def client(graph: Path, log: Path) -> Iterator[Client]:
    with running(graph, "--no-pages", log=log) as url:
        yield Client(url)


# 1) operations


def test_query_by_get_form_and_direct_post_give_the_same(client: Client) -> None:
    by_get = client.query(ALL)
    assert by_get.rows == [{"s": "http://e/a", "o": "one"}, {"s": "http://e/b", "o": "100%25"}]
    by_form = client.post(urllib.parse.urlencode({"query": ALL}), FORM)
    direct = client.post(ALL, "application/sparql-query")
    assert by_get.body == by_form.body == direct.body


def test_union_default_graph_has_each_triple_once(client: Client) -> None:
    assert client.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows == [{"n": "3"}]


@pytest.mark.parametrize("method", ["get", "form", "direct"])
def test_percent_is_decoded_once(client: Client, method: str) -> None:
    query = 'SELECT ?s WHERE { ?s ?p "100%25" }'
    if method == "get":
        reply = client.query(query)
    elif method == "form":
        reply = client.post(urllib.parse.urlencode({"query": query}), FORM)
    else:
        reply = client.post(query, "application/sparql-query")
    assert reply.rows == [{"s": "http://e/b"}]


def test_head_gives_the_head_of_get(client: Client) -> None:
    path = f"/sparql?query={urllib.parse.quote(ALL)}"
    reply = client.send("HEAD", path)
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["content-type"] == client.get(path).headers["content-type"]
    assert client.send("HEAD", "/sparql?query=ASK").status == 400


def test_options_tells_methods_to_any_origin(client: Client) -> None:
    reply = client.send("OPTIONS", "/sparql", {"Origin": "http://x", "Access-Control-Request-Method": "POST"})
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_give_405(client: Client, method: str) -> None:
    reply = client.send(method, "/sparql?query=ASK%7B%7D")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


# 2) formats

TABLES = [
    (None, "application/sparql-results+json"),
    ("*/*", "application/sparql-results+json"),
    ("application/sparql-results+xml", "application/sparql-results+xml"),
    ("text/csv", "text/csv; charset=utf-8"),
    ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ("application/json", "application/json"),
    ("text/csv;q=0.3, application/sparql-results+xml;q=0.7", "application/sparql-results+xml"),
    ("text/*;q=0.9, application/*;q=0.1", "text/csv; charset=utf-8"),
    ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
    ("text/html,application/xhtml+xml,*/*;q=0.8", "application/sparql-results+json"),
]


@pytest.mark.parametrize(("accept", "media_type"), TABLES)
def test_table_comes_in_the_format_liked_best(client: Client, accept: str | None, media_type: str) -> None:
    reply = client.query(ALL, accept)
    assert (reply.status, reply.headers["content-type"]) == (200, media_type)
    assert "Accept" in reply.headers["vary"]


GRAPHS = [
    (None, "text/turtle; charset=utf-8", ox.RdfFormat.TURTLE),
    ("application/n-triples", "application/n-triples", ox.RdfFormat.N_TRIPLES),
    ("application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
    ("application/rdf+xml", "application/rdf+xml", ox.RdfFormat.RDF_XML),
    ("text/csv, application/rdf+xml;q=0.1", "application/rdf+xml", ox.RdfFormat.RDF_XML),
]


@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <http://e/a>"])
@pytest.mark.parametrize(("accept", "media_type", "format"), GRAPHS)
def test_graph_comes_as_negotiated(client: Client, query: str, accept: str | None, media_type: str, format: ox.RdfFormat) -> None:
    reply = client.query(query, accept)
    assert (reply.status, reply.headers["content-type"]) == (200, media_type)
    triples = {str(quad.triple) for quad in ox.parse(reply.body, format=format)}
    assert triples == {'<http://e/a> <http://e/p> "one"'}


def test_ask_in_each_format(client: Client) -> None:
    assert client.query("ASK {}").json["boolean"] is True
    assert b"<boolean>true</boolean>" in client.query("ASK {}", "application/sparql-results+xml").body
    assert client.query("ASK {}", "text/csv").body.strip() == b"true"


def test_values_survive_csv_and_tsv(client: Client) -> None:
    query = 'SELECT ?x ?y WHERE { VALUES (?x ?y) { ("a,\\"b\\"\\nc" <http://e/a>) } }'
    assert client.query(query, "text/csv").body == b'x,y\r\n"a,""b""\nc",http://e/a\r\n'
    assert client.query(query, "text/tab-separated-values").body == b'?x\t?y\n"a,\\"b\\"\\nc"\t<http://e/a>\n'


@pytest.mark.parametrize(
    ("query", "accept"), [(ALL, "image/png"), (ALL, "text/turtle"), (CONSTRUCT, "text/csv"), (ALL, "application/json;q=0")]
)
def test_unacceptable_gives_406(client: Client, query: str, accept: str) -> None:
    reply = client.query(query, accept)
    assert (reply.status, reply.headers["content-type"]) == (406, "application/problem+json")


def test_format_in_the_address_is_for_links(client: Client) -> None:
    assert client.query(ALL, "text/html", "&format=csv").headers["content-type"] == "text/csv; charset=utf-8"
    assert client.query(ALL, None, "&format=doc").status == 400


# 3) errors

BAD = [
    ("GET", "/sparql?query=ASK%20%7B", None, None, 400),
    ("GET", "/sparql?query=", None, None, 400),
    ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, None, 400),
    ("GET", "/sparql?query=%ff", None, None, 400),
    ("GET", "/sparql?update=CLEAR%20ALL", None, None, 400),
    ("POST", "/sparql", "text/plain", b"ASK {}", 415),
    ("POST", "/sparql", None, b"query=ASK%7B%7D", 415),
    ("POST", "/sparql", "application/sparql-query; charset=utf-16", "ASK {}".encode("utf-16"), 415),
    ("POST", "/sparql", "application/sparql-query", "ASK {}".encode("utf-16"), 400),
    ("POST", "/sparql?query=ASK%7B%7D", "application/sparql-query", b"ASK {}", 400),
    ("POST", "/sparql", FORM, b"", 400),
    ("POST", "/sparql", FORM, b"query=ASK%7B%7D&update=CLEAR+ALL", 400),
    ("POST", "/sparql", "application/sparql-update", b"CLEAR ALL", 403),
    ("POST", "/sparql", "application/sparql-query", b" " * (1 << 20) + b"ASK {}", 413),
    ("GET", "/sparql?query=ASK%7B%7D&using-graph-uri=http://g/1", None, None, 400),
    ("GET", "/nowhere", None, None, 404),
    ("POST", "/questions", "text/plain", b"", 405),
    ("GET", "/ask/nothing", None, None, 404),
    ("GET", "/store", None, None, 400),
    ("GET", "/store?graph=http://g/9", None, None, 404),
    ("PUT", "/store?default", None, b"", 405),
]


@pytest.mark.parametrize(("method", "path", "media_type", "body", "status"), BAD)
def test_bad_request_is_a_problem_document(
    client: Client, method: str, path: str, media_type: str | None, body: bytes | None, status: int
) -> None:
    reply = client.send(method, path, {"Content-Type": media_type} if media_type else {}, body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["status"] == status
    assert "Traceback" not in reply.body.decode()


def test_syntax_error_says_where(client: Client) -> None:
    problem = client.query("SELECT * WHERE {\n  ?s ?p }").json
    assert (problem["title"], problem["line"]) == ("not SPARQL", 2)
    assert problem["column"] > 0


def test_unknown_function_is_an_error_not_an_empty_answer(client: Client) -> None:
    reply = client.query("SELECT ?s WHERE { ?s ?p ?o FILTER(<http://e/f>(?s)) }")
    assert (reply.status, "http://e/f" in reply.json["detail"]) == (400, True)


# 4) datasets


@pytest.mark.parametrize(
    ("query", "more", "rows"),
    [
        (ALL, "&default-graph-uri=http://g/1", [{"s": "http://e/a", "o": "one"}]),
        ("SELECT ?s ?o FROM <http://g/1> WHERE { ?s <http://e/p> ?o }", "", [{"s": "http://e/a", "o": "one"}]),
        ("PREFIX g: <http://g/> SELECT ?s FROM g:1 { ?s ?p ?o }", "", [{"s": "http://e/a"}]),
        ("BASE <http://g/> SELECT ?s FROM <1> { ?s ?p ?o }", "", [{"s": "http://e/a"}]),
        ("SELECT ?g FROM NAMED <http://g/1> { GRAPH ?g { ?s ?p ?o } }", "", [{"g": "http://g/1"}]),
        ("SELECT ?s FROM NAMED <http://g/1> { ?s ?p ?o }", "", []),
        ("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "&named-graph-uri=http://g/2", [{"g": "http://g/2"}]),
        ("SELECT ?s { ?s ?p ?o }", "&named-graph-uri=http://g/2", []),
        ("SELECT ?s FROM <http://g/2> { ?s <http://e/p> ?o }", "&default-graph-uri=http://g/1", [{"s": "http://e/a"}]),
    ],
)
def test_dataset_is_what_is_asked_for(client: Client, query: str, more: str, rows: list[dict[str, str]]) -> None:
    assert client.query(query, None, more).rows == rows


def test_dataset_of_unknown_graph_is_refused(client: Client) -> None:
    for query, more in [("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", ""), (ALL, "&default-graph-uri=http://127.0.0.1:1/")]:
        reply = client.query(query, None, more)
        assert (reply.status, reply.json["title"]) == (403, "refused")


# 5) caches, compression, headers


def test_etag_spares_the_second_answer(client: Client) -> None:
    path = f"/sparql?query={urllib.parse.quote(ALL)}"
    tag = client.get(path).headers["etag"]
    again = client.get(path, **{"If-None-Match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, "text/csv", **{"If-None-Match": tag}).status == 200


def test_answers_that_change_have_no_etag(client: Client) -> None:
    first, second = (client.query("SELECT (UUID() AS ?x) {}") for _ in range(2))
    assert "etag" not in first.headers
    assert first.body != second.body


def test_gzip_only_where_it_helps_and_is_wanted(client: Client) -> None:
    long = f"/sparql?query={urllib.parse.quote('SELECT ?x { VALUES ?x { ' + ' '.join(f'<http://e/{i}>' for i in range(500)) + ' } }')}"
    zipped, plain = client.get(long, **{"Accept-Encoding": "gzip"}), client.get(long)
    assert (zipped.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert gzip.decompress(zipped.body) == plain.body
    assert "content-encoding" not in client.get("/sparql?query=ASK%7B%7D", **{"Accept-Encoding": "gzip"}).headers


def test_every_answer_has_security_headers(client: Client) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=ASK", "/", "/nowhere", "/questions"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src" in headers["content-security-policy"]
        assert "server" not in headers


# 6) what the service says of itself


def test_no_query_gives_the_service_description(client: Client) -> None:
    sd, void, sh = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/shacl#"
    reply, deadline = client.get("/sparql"), time.monotonic() + 20
    while b"propertyPartition" not in reply.body and time.monotonic() < deadline:  # they are counted in the background
        time.sleep(0.05)
        reply = client.get("/sparql")
    store = ox.Store()
    store.load(reply.body, format=ox.RdfFormat.TURTLE, base_iri=client.url)
    service = ox.NamedNode(f"{client.url}sparql")
    assert store.query(f"ASK {{ {service} a <{sd}Service> ; <{sd}endpoint> {service} ; <{sd}defaultDataset> ?d }}")
    assert store.query(f"ASK {{ ?d <{void}classPartition> [ <{void}class> <http://e/C> ; <{void}entities> 1 ] }}")
    assert store.query(f"ASK {{ ?d <{void}propertyPartition> [ <{void}property> <http://e/p> ; <{void}triples> 2 ] ; <{void}triples> 3 }}")
    assert store.query(f"ASK {{ ?d <{sd}namedGraph> [ <{sd}name> <http://g/2> ] ; <http://purl.org/dc/terms/issued> ?when }}")
    assert store.query(f'ASK {{ ?x <{sh}declare> [ <{sh}prefix> "HP" ; <{sh}namespace> ?namespace ] }}')
    assert store.query(f"ASK {{ ?q a <{sh}SPARQLExecutable> ; <{sh}select> ?text }}")


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"])
def test_void_file_in_each_format(client: Client, accept: str) -> None:
    reply = client.get("/.well-known/void", accept)
    assert (reply.status, reply.headers["content-type"].split(";")[0]) == (200, accept)
    assert client.get("/.well-known/void", "image/png").status == 406


def test_examples_run_as_they_stand(client: Client) -> None:
    for asked in client.get("/questions").json:
        sparql = client.get(f"/questions/{asked['name']}").json["sparql"]
        assert client.query(sparql).status == 200, asked["name"]


# 7) graph store, questions


def test_graph_store_gives_whole_graphs(client: Client) -> None:
    default = client.get("/store?default", "application/n-triples")
    assert len(default.body.splitlines()) == 3
    named = client.get("/store?graph=http://g/1", "application/n-triples")
    assert named.body == b'<http://e/a> <http://e/p> "one" .\n'
    assert client.send("HEAD", "/store?default").status == 200


def test_questions_answer_as_json_and_csv(client: Client) -> None:
    listed = client.get("/questions").json
    name = listed[0]["name"]
    reply = client.get(f"/ask/{name}")
    assert reply.status == 200
    assert reply.json == {"question": name, "columns": reply.json["columns"], "rows": []}
    table = client.get(f"/ask/{name}?format=csv")
    assert table.body.decode().strip().split(",") == reply.json["columns"]


def test_unknown_question_parameter_and_value_give_the_valid_ones(client: Client) -> None:
    listed = client.get("/questions").json
    unknown = client.get("/ask/nope")
    assert (unknown.status, unknown.json["known"]) == (404, [asked["name"] for asked in listed])
    asked = next(asked for asked in listed if asked["parameters"])
    reply = client.get(f"/ask/{asked['name']}?nope=1")
    assert (reply.status, reply.json["known"]) == (400, [parameter["name"] for parameter in asked["parameters"]])


# 8) the log


def test_log_says_who_what_how_long_how_many_and_stays_in_its_line(client: Client, log: Path) -> None:
    client.query("SELECT ?s # logged\nWHERE { ?s <http://e/p> ?o }")
    client.send("GET", "/x%0Ay", {"Cookie": "secret=1", "Authorization": "Bearer secret"})
    lines, deadline = [""], time.monotonic() + 10
    while "/x" not in "".join(lines) and time.monotonic() < deadline:  # a line is written after its answer
        time.sleep(0.01)
        lines = log.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if "logged" in line)
    stamp, who, method, path, status, _, unit, rows, _, asked = line.split(" ", 9)
    assert (who, method, path, status, unit, rows) == ("127.0.0.1", "GET", "/sparql", "200", "ms", "2")
    assert json.loads(asked) == "SELECT ?s # logged WHERE { ?s <http://e/p> ?o }"
    assert any("/x\\ny" in line for line in lines)
    assert "secret" not in "".join(lines)


# 9) updates


def test_updates_need_the_switch_and_the_token(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph", DATA)
    with running(tmp_path / "graph", "--no-pages", token=TOKEN) as url:
        client = Client(url)
        insert = "INSERT DATA { GRAPH <http://g/3> { <http://e/x> <http://e/p> 1 } }"
        update = "application/sparql-update"
        assert client.post(insert, update).status == 401
        assert client.post(insert, update, Authorization="Bearer wrong").status == 401
        assert client.post(insert, update, Authorization=f"Bearer {TOKEN}").status == 204
        assert client.query("ASK { GRAPH <http://g/3> { <http://e/x> ?p 1 } }").json["boolean"] is True
        for bad in ("LOAD <http://127.0.0.1:9/>", "LOADSILENT<http://127.0.0.1:9/>", "INSERT {} WHERE { SERVICE <http://e/> {} }"):
            assert client.post(bad, update, Authorization=f"Bearer {TOKEN}").status == 403, bad
        assert client.post("CLEAR XYZ", update, Authorization=f"Bearer {TOKEN}").status == 400
    assert not list((tmp_path / "graph").glob(".new-*"))
