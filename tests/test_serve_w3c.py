"""The 34 tests of the W3C SPARQL 1.1 Protocol manifest, by their names there.

The 27 that need no update to succeed run against a read-only server, as it is by default, and against one that takes
updates; the other seven against the second, and the first refuses them. The graphs data0 to data3 are loaded beforehand:
this service reads no other place than its own store.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg.serve.testing import Client, Reply, running, write_graph

TOKEN = "sesame"
DOC = "http://kasei.us/2009/09/sparql/data/data%d.rdf"
FOAF_DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DATA = "".join(f"<{DOC % n}> {TYPE} <{FOAF_DOCUMENT}> <{DOC % n}> .\n" for n in range(4))
PREFIXES = "PREFIX dc: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/> "
IS_RESOURCE = "a <http://purl.org/dc/terms/BibliographicResource>"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("w3c") / "graph"
    write_graph(folder, DATA)
    return folder


@pytest.fixture(scope="module")
def read_only(graph: Path) -> Iterator[Client]:
    with running(graph, "--no-pages") as url:
        yield Client(url)


@pytest.fixture(scope="module")
def taking_updates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    graph = tmp_path_factory.mktemp("w3c") / "graph"
    write_graph(graph, DATA)
    with running(graph, "--no-pages", token=TOKEN) as url:
        yield Client(url)


@pytest.fixture(params=["read_only", "taking_updates"])
def client(request: pytest.FixtureRequest) -> Client:
    """Each of the two servers."""
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def writable(taking_updates: Client) -> Iterator[Client]:
    """The server that takes updates; what the test changes is put back."""
    client = taking_updates
    yield client
    wanted = f"<{DOC % 0}> <{DOC % 1}> <{DOC % 2}> <{DOC % 3}>"
    lost = f"ASK {{ VALUES ?g {{ {wanted} }} FILTER NOT EXISTS {{ GRAPH ?g {{ ?g a <{FOAF_DOCUMENT}> }} }} }}"
    if client.query(lost).json["boolean"]:
        data = " ".join(f"GRAPH <{DOC % n}> {{ <{DOC % n}> a <{FOAF_DOCUMENT}> }}" for n in range(4))
        assert _update(client, f"CLEAR ALL ; INSERT DATA {{ {data} }}").status == 204


def _graphs(name: str, *numbers: int) -> str:
    return "&".join(f"{name}={quote(DOC % n, safe='')}" for n in numbers)


def _update(client: Client, text: str, more: str = "", media_type: str = UPDATE) -> Reply:
    return client.post(text, media_type, f"/sparql/{more}", Authorization=f"Bearer {TOKEN}")


def _holds(reply: Reply) -> bool:
    return reply.status == 200 and reply.json["boolean"] is True


BOTH = f"ASK {{ <{DOC % 1}> a ?type . <{DOC % 2}> a ?type . }}"
BOTH_NAMED = f"ASK {{ GRAPH ?g1 {{ <{DOC % 1}> a ?type }} GRAPH ?g2 {{ <{DOC % 2}> a ?type }} }}"
FULL = f"ASK {{ <{DOC % 3}> a ?type GRAPH ?g1 {{ <{DOC % 1}> a ?type }} GRAPH ?g2 {{ <{DOC % 2}> a ?type }} }}"


def test_query_post_form(client: Client) -> None:
    assert _holds(client.post("query=ASK%20%7B%7D", FORM, f"/sparql/?{_graphs('default-graph-uri', 0)}"))


def test_query_dataset_default_graphs_get(client: Client) -> None:
    assert _holds(client.get(f"/sparql/?query={quote(BOTH)}&{_graphs('default-graph-uri', 1, 2)}"))


def test_query_dataset_default_graphs_post(client: Client) -> None:
    assert _holds(client.post(BOTH, QUERY, f"/sparql/?{_graphs('default-graph-uri', 1, 2)}"))


def test_query_dataset_named_graphs_post(client: Client) -> None:
    assert _holds(client.post(BOTH_NAMED, QUERY, f"/sparql/?{_graphs('named-graph-uri', 1, 2)}"))


def test_query_dataset_named_graphs_get(client: Client) -> None:
    assert _holds(client.get(f"/sparql/?query={quote(BOTH_NAMED)}&{_graphs('named-graph-uri', 1, 2)}"))


def test_query_dataset_full(client: Client) -> None:
    assert _holds(client.post(FULL, QUERY, f"/sparql/?{_graphs('default-graph-uri', 3)}&{_graphs('named-graph-uri', 1, 2)}"))


def test_query_multiple_dataset(client: Client) -> None:
    query = f"ASK FROM <{DOC % 3}> {{ GRAPH ?g1 {{ <{DOC % 1}> a ?type }} GRAPH ?g2 {{ <{DOC % 2}> a ?type }} }}"
    assert _holds(client.post(query, QUERY, f"/sparql/?{_graphs('named-graph-uri', 1, 2)}"))


def test_query_get(client: Client) -> None:
    assert _holds(client.get("/sparql?query=ASK%20%7B%7D"))


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT (1 AS ?value) {}", "application/sparql-results+xml"),  # query_content_type_select
        ("ASK {}", "application/sparql-results+json"),  # query_content_type_ask
        ("DESCRIBE <http://example.org/>", "text/turtle"),  # query_content_type_describe
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", "application/rdf+xml"),  # query_content_type_construct
    ],
)
@pytest.mark.parametrize("asked", [True, False])
def test_query_content_type(client: Client, query: str, accept: str, asked: bool) -> None:
    reply = client.get(f"/sparql?query={quote(query)}", accept if asked else None)
    tables = ("application/sparql-results+xml", "application/sparql-results+json")
    graphs = ("text/turtle", "application/rdf+xml")
    assert reply.status == 200
    media_type = reply.headers["content-type"].split(";")[0]
    assert media_type == accept if asked else media_type in (tables if accept in tables else graphs)


def test_query_post_direct(client: Client) -> None:
    assert _holds(client.post("ASK {}", QUERY, "/sparql/"))


INSERT_3 = " ".join(f"GRAPH <{DOC % n}> {{ <{DOC % n}> a foaf:Document }}" for n in (1, 2, 3))


def test_update_dataset_default_graph(writable: Client) -> None:
    target = "http://example.org/protocol-update-dataset-test/"
    update = (
        f"{PREFIXES} CLEAR ALL ; INSERT DATA {{ GRAPH <{DOC % 1}> {{ <{DOC % 1}> a foaf:Document }} }} ; "
        f"INSERT {{ GRAPH <{target}> {{ ?s a dc:BibliographicResource }} }} WHERE {{ ?s a foaf:Document }}"
    )
    assert _update(writable, update, f"?{_graphs('using-graph-uri', 1)}").status == 204
    assert _holds(writable.post(f"ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {IS_RESOURCE} }} }}", QUERY))


@pytest.mark.parametrize("kind", ["default_graphs", "named_graphs"])
def test_update_dataset_graphs(writable: Client, kind: str) -> None:
    target = f"http://example.org/protocol-update-dataset-{kind}-test/"
    where, name = ("?s a foaf:Document", "using-graph-uri")
    if kind == "named_graphs":
        where, name = ("GRAPH ?g { ?s a foaf:Document }", "using-named-graph-uri")
    update = (
        f"{PREFIXES} DROP ALL ; INSERT DATA {{ {INSERT_3} }} ; "
        f"INSERT {{ GRAPH <{target}> {{ ?s a dc:BibliographicResource }} }} WHERE {{ {where} }}"
    )
    assert _update(writable, update, f"?{_graphs(name, 1, 2)}").status == 204
    query = (
        f"ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {IS_RESOURCE} . <{DOC % 2}> {IS_RESOURCE} }} "
        f"FILTER NOT EXISTS {{ GRAPH <{target}> {{ <{DOC % 3}> {IS_RESOURCE} }} }} }}"
    )
    assert _holds(writable.post(query, QUERY))


def test_update_dataset_full(writable: Client) -> None:
    target, into = "http://example.org/protocol-update-dataset-full-test/", "<http://example.org/in>"
    update = (
        f"{PREFIXES} DROP ALL ; INSERT DATA {{ {INSERT_3} }} ; INSERT {{ GRAPH <{target}> {{ ?s {into} ?in }} }} "
        'WHERE { { GRAPH ?g { ?s a foaf:Document } BIND(?g AS ?in) } UNION { ?s a foaf:Document . BIND("default" AS ?in) } }'
    )
    assert _update(writable, update, f"?{_graphs('using-graph-uri', 1)}&{_graphs('using-named-graph-uri', 2)}").status == 204
    query = (
        f'ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {into} "default" . <{DOC % 2}> {into} <{DOC % 2}> }} '
        f"FILTER NOT EXISTS {{ GRAPH <{target}> {{ <{DOC % 3}> ?p ?o }} }} }}"
    )
    assert _holds(writable.post(query, QUERY))


def test_update_post_form(writable: Client) -> None:
    assert _update(writable, "update=CLEAR+ALL", media_type=FORM).status == 204
    assert writable.query("SELECT * { ?s ?p ?o }").rows == []


def test_update_post_direct(writable: Client) -> None:
    assert _update(writable, "CLEAR ALL").status == 204
    assert writable.query("SELECT * { ?s ?p ?o }").rows == []


def test_update_base_uri(writable: Client) -> None:
    graph = "http://example.org/protocol-base-test/"
    update = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <http://example.org/s> <http://example.org/p> <test> }} }}"
    assert _update(writable, update).status == 204
    rows = writable.query(f"SELECT ?o WHERE {{ GRAPH <{graph}> {{ <http://example.org/s> <http://example.org/p> ?o }} }}").rows
    assert rows == [{"o": f"{writable.url}test"}]


@pytest.mark.parametrize("more", ["", f"?{_graphs('using-graph-uri', 1)}", f"?{_graphs('using-named-graph-uri', 1, 2)}"])
@pytest.mark.parametrize("media_type", [UPDATE, FORM])
def test_update_is_refused_where_it_is_not_taken(read_only: Client, more: str, media_type: str) -> None:
    """What the seven tests above send, with a token too: understood, and not done."""
    text = "CLEAR ALL" if media_type == UPDATE else "update=CLEAR+ALL"
    reply = _update(read_only, text, more, media_type)
    assert (reply.status, reply.json["title"]) == (403, "read only")
    assert len(read_only.query("SELECT * { ?s ?p ?o }").rows) == 4


#: Of what is wrong with a request, and which status says so; where an update is wrong in itself, a read-only server does not look.
BAD_STATUS = {
    "bad_query_method": 405, "bad_multiple_queries": 400, "bad_query_wrong_media_type": 415, "bad_query_missing_form_type": 415,
    "bad_query_missing_direct_type": 415, "bad_query_non_utf8": 415, "bad_query_syntax": 400, "bad_update_get": 400,
    "bad_multiple_updates": 400, "bad_update_wrong_media_type": 415, "bad_update_missing_form_type": 415, "bad_update_non_utf8": 415,
    "bad_update_syntax": {"read_only": 403, "taking_updates": 400}, "bad_update_dataset_conflict": {"read_only": 403, "taking_updates": 400},
}  # fmt: skip
BAD = {
    "bad_query_method": ("PUT", "?query=ASK%20%7B%7D", FORM, b""),
    "bad_multiple_queries": ("GET", "?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", None, None),
    "bad_query_wrong_media_type": ("POST", "", "text/plain", b"ASK {}"),
    "bad_query_missing_form_type": ("POST", "", None, b"query=ASK%20%7B%7D"),
    "bad_query_missing_direct_type": ("POST", "", None, b"ASK {}"),
    "bad_query_non_utf8": ("POST", "", f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16")),
    "bad_query_syntax": ("GET", "?query=ASK%20%7B", None, None),
    "bad_update_get": ("GET", "?update=CLEAR%20ALL", None, None),
    "bad_multiple_updates": ("POST", "", FORM, b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
    "bad_update_wrong_media_type": ("POST", "", "text/plain", b"CLEAR NAMED"),
    "bad_update_missing_form_type": ("POST", "", None, b"update=CLEAR%20NAMED"),
    "bad_update_non_utf8": ("POST", "", f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16")),
    "bad_update_syntax": ("POST", "", FORM, b"update=CLEAR%20XYZ"),
    "bad_update_dataset_conflict": (
        "POST",
        "?using-named-graph-uri=http%3A%2F%2Fexample%2Fpeople",
        UPDATE,
        b"PREFIX foaf: <http://xmlns.com/foaf/0.1/> WITH <http://example/addresses> DELETE { ?person foaf:givenName 'Bill' } "
        b"INSERT { ?person foaf:givenName 'William' } WHERE { ?person foaf:givenName 'Bill' }",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad(client: Client, request: pytest.FixtureRequest, name: str) -> None:
    method, more, media_type, body = BAD[name]
    headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Content-Type": media_type} if media_type else {})
    status = BAD_STATUS[name]
    wanted = status if isinstance(status, int) else status[request.node.callspec.params["client"]]
    assert client.send(method, f"/sparql/{more}", headers, body).status == wanted
