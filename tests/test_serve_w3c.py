"""The tests of the W3C SPARQL 1.1 Protocol manifest, by their names there, against a server that takes updates.

The graphs data0 to data3 are loaded beforehand: this service reads no other place than its own store.
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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client]]:
    graph = tmp_path_factory.mktemp("w3c") / "graph"
    write_graph(graph, DATA)
    with running(graph, "--no-pages", token=TOKEN) as url:
        yield graph, Client(url)


@pytest.fixture
def client(server: tuple[Path, Client]) -> Iterator[Client]:
    """The server; what the test changes is put back."""
    graph, client = server
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


def test_update_dataset_default_graph(client: Client) -> None:
    target = "http://example.org/protocol-update-dataset-test/"
    update = (
        f"{PREFIXES} CLEAR ALL ; INSERT DATA {{ GRAPH <{DOC % 1}> {{ <{DOC % 1}> a foaf:Document }} }} ; "
        f"INSERT {{ GRAPH <{target}> {{ ?s a dc:BibliographicResource }} }} WHERE {{ ?s a foaf:Document }}"
    )
    assert _update(client, update, f"?{_graphs('using-graph-uri', 1)}").status == 204
    assert _holds(client.post(f"ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {IS_RESOURCE} }} }}", QUERY))


@pytest.mark.parametrize("kind", ["default_graphs", "named_graphs"])
def test_update_dataset_graphs(client: Client, kind: str) -> None:
    target = f"http://example.org/protocol-update-dataset-{kind}-test/"
    where, name = ("?s a foaf:Document", "using-graph-uri")
    if kind == "named_graphs":
        where, name = ("GRAPH ?g { ?s a foaf:Document }", "using-named-graph-uri")
    update = (
        f"{PREFIXES} DROP ALL ; INSERT DATA {{ {INSERT_3} }} ; "
        f"INSERT {{ GRAPH <{target}> {{ ?s a dc:BibliographicResource }} }} WHERE {{ {where} }}"
    )
    assert _update(client, update, f"?{_graphs(name, 1, 2)}").status == 204
    query = (
        f"ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {IS_RESOURCE} . <{DOC % 2}> {IS_RESOURCE} }} "
        f"FILTER NOT EXISTS {{ GRAPH <{target}> {{ <{DOC % 3}> {IS_RESOURCE} }} }} }}"
    )
    assert _holds(client.post(query, QUERY))


def test_update_dataset_full(client: Client) -> None:
    target, into = "http://example.org/protocol-update-dataset-full-test/", "<http://example.org/in>"
    update = (
        f"{PREFIXES} DROP ALL ; INSERT DATA {{ {INSERT_3} }} ; INSERT {{ GRAPH <{target}> {{ ?s {into} ?in }} }} "
        'WHERE { { GRAPH ?g { ?s a foaf:Document } BIND(?g AS ?in) } UNION { ?s a foaf:Document . BIND("default" AS ?in) } }'
    )
    assert _update(client, update, f"?{_graphs('using-graph-uri', 1)}&{_graphs('using-named-graph-uri', 2)}").status == 204
    query = (
        f'ASK {{ GRAPH <{target}> {{ <{DOC % 1}> {into} "default" . <{DOC % 2}> {into} <{DOC % 2}> }} '
        f"FILTER NOT EXISTS {{ GRAPH <{target}> {{ <{DOC % 3}> ?p ?o }} }} }}"
    )
    assert _holds(client.post(query, QUERY))


def test_update_post_form(client: Client) -> None:
    assert _update(client, "update=CLEAR+ALL", media_type=FORM).status == 204
    assert client.query("SELECT * { ?s ?p ?o }").rows == []


def test_update_post_direct(client: Client) -> None:
    assert _update(client, "CLEAR ALL").status == 204
    assert client.query("SELECT * { ?s ?p ?o }").rows == []


def test_update_base_uri(client: Client) -> None:
    graph = "http://example.org/protocol-base-test/"
    update = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <http://example.org/s> <http://example.org/p> <test> }} }}"
    assert _update(client, update).status == 204
    rows = client.query(f"SELECT ?o WHERE {{ GRAPH <{graph}> {{ <http://example.org/s> <http://example.org/p> ?o }} }}").rows
    assert rows == [{"o": f"{client.url}test"}]


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
def test_bad(client: Client, name: str) -> None:
    method, more, media_type, body = BAD[name]
    headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Content-Type": media_type} if media_type else {})
    assert 400 <= client.send(method, f"/sparql/{more}", headers, body).status < 500
