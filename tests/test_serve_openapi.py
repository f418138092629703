"""The served OpenAPI document is valid, whole and true: requests made up from it get an answer that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from openapi_spec_validator import validate

from kg import ask
from kg.serve.describe import openapi
from kg.serve.http.media import GRAPH_TYPES, TABLE_TYPES
from kg.serve.limits import Limits
from kg.serve.pages.routes import explorer_routes
from kg.serve.site import Site
from kg.serve.sparql.protocol import FORM, QUERY, SHORT, UPDATE
from kg.serve.testing import Client, Reply, running

SITE = Site(Path("graph"), "http://127.0.0.1:1/", Limits())
DOCUMENT = openapi.document(SITE, pages=True, writable=False)
CASE = "antonopoulos-2018"
TERM = "http://purl.obolibrary.org/obo/HP_0001945"


@pytest.fixture(scope="module")
def client(seed_graph: Path) -> Iterator[Client]:
    with running(seed_graph, "--time-s", "2") as url:
        yield Client(url, timeout=30)


# 1) valid and whole


def test_the_document_is_served(client: Client) -> None:
    reply = client.get("/openapi.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json == DOCUMENT | {"servers": [{"url": client.url.rstrip("/")}]}


@pytest.mark.parametrize("with_pages", [True, False])
@pytest.mark.parametrize("writable", [True, False])
def test_document_is_valid(with_pages: bool, writable: bool) -> None:
    found = openapi.document(SITE, pages=with_pages, writable=writable)
    validate(found)
    assert ("204" in found["paths"]["/sparql"]["post"]["responses"]) is writable
    assert ("/search" in found["paths"]) is with_pages
    del found["info"]["title"]
    with pytest.raises(Exception, match="title"):
        validate(found)


def test_every_address_of_the_explorer_is_in_the_document() -> None:
    served = {re.sub(r"^(/static)$", r"\1/{path}", route.path) for route in explorer_routes(SITE)}  # type: ignore[attr-defined]
    assert served == set(DOCUMENT["paths"]) - set(openapi.document(SITE, pages=False, writable=False)["paths"])


def test_every_address_of_the_server_is_in_the_document(client: Client) -> None:
    for path in ("/sparql", "/store", "/questions", "/.well-known/void", "/health", "/openapi.json"):
        assert path in DOCUMENT["paths"]
        assert client.get(path).status in (200, 400)
    assert "/questions/{name}" in DOCUMENT["paths"] and "/ask/{name}" in DOCUMENT["paths"]


# 2) true


def declared(path: str, method: str, reply: Reply) -> None:
    """Fail unless the document declares an answer's status, media type and JSON."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(reply.status) in responses, (path, reply.status, reply.body[:300])
    if not reply.body or reply.status in (204, 304):
        return
    content = responses[str(reply.status)].get("content", {})
    media_type = reply.headers["content-type"].partition(";")[0]
    assert media_type in content, (path, reply.status, media_type)
    schema = content[media_type].get("schema")
    if schema and "json" in media_type:
        jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(reply.json)
    if media_type == "application/problem+json":
        assert reply.json["status"] == reply.status


def test_an_answer_that_is_not_declared_is_found() -> None:
    def reply(status: int, media_type: str, body: bytes) -> Reply:
        return Reply(status, {"content-type": media_type}, body)

    declared("/questions", "get", reply(200, "application/json", b"[]"))
    for wrong in (
        reply(500, "application/json", b"[]"),
        reply(200, "text/html", b"x"),
        reply(200, "application/json", b'{"a": 1}'),
    ):
        with pytest.raises((AssertionError, jsonschema.ValidationError)):
            declared("/questions", "get", wrong)


TEXT = st.one_of(
    st.sampled_from(["", " ", "%", "%zz", "a b", "\x00", "\r\nX: y", "<script>", "'\"`{}", "x" * 3000, "é", "𝟙", "-1", "99999999999", "٣", "null", "\\", "../..", "*"]),
    st.text(max_size=12),
)  # fmt: skip
QUERIES = st.sampled_from(
    ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "SELECT", "SELECT ?x { BIND(TRIPLE(<x:a>, <x:b>, 1) AS ?x) }", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
     f"DESCRIBE <{TERM}>", "SELECT * { SERVICE <http://e/> {} }", "SELECT * FROM <file:///etc/passwd> {}", "ASK { ?s ?p '", "INSERT DATA {}", "SELECT * {}",
     "SELECT (1/0 AS ?x) ('a\\n\\t\"' AS ?y) {}", "ASK { " + "{" * 300 + "}" * 300 + "}", "SELECT ('a'@en AS ?x) (<http://[> AS ?y) {}", "\ufeffASK {}"]
)  # fmt: skip
#: What makes sense for a parameter of this name, beside what does not.
KNOWN: dict[str, st.SearchStrategy[str]] = {
    "query": QUERIES,
    "update": st.sampled_from(["CLEAR ALL", "LOAD <http://e/>", ""]),
    "format": st.sampled_from([*SHORT, "CSV", "doc"]),
    "iri": st.sampled_from(
        [TERM, f"https://w3id.org/casegraph/case/{CASE}", "https://w3id.org/casegraph/ns#Finding", "x", "http://e/> ?p"]
    ),
    "graph": st.sampled_from([f"https://w3id.org/casegraph/case/{CASE}", "https://w3id.org/casegraph/inferred", "http://e/"]),
    "default-graph-uri": st.sampled_from([f"https://w3id.org/casegraph/case/{CASE}", "http://e/", "x"]),
    "case_id": st.sampled_from([CASE, f"{CASE}.ttl", f"{CASE}.rdf", "nobody-1900", ".nt"]),
    "view": st.sampled_from(["mechanism", "conflicts", "criteria", "checklist", "nothing"]),
    "name": st.sampled_from([*ask.question_names(), "treatments.csv", "treatments.json", "findings", "hp", "core", "nothing"]),
    "case": st.sampled_from([CASE, "nobody-1900"]),
    "drug": st.sampled_from(["prednisolone", "CHEBI:8378", "nothing"]),
    "ending": st.sampled_from(["ttl", "nt", "jsonld", "rdf", "exe"]),
    "path": st.sampled_from(["style.css", "site.js", "icon.svg", "vendor/lock.json", "vendor/LICENCES.txt", "none"]),
    "q": st.sampled_from(["fever", "rash", "(((", "a" * 300]),
    "type": st.sampled_from(["case", "time", "term", "set", "text"]),
    "question": st.sampled_from([*ask.question_names()[:5], "nothing"]),
    "parameter": st.sampled_from(["drug", "case", "problem", "__class__"]),
    "row": st.sampled_from(["1", "2", "0", "9999999"]),
    "term": st.sampled_from(["fever", "HP:0001945", "nothing at all"]),
}
ACCEPT = st.one_of(
    st.sampled_from(
        [
            "",
            "*/*",
            "text/html",
            "text/html,*/*;q=0.1",
            "application/json",
            "image/png",
            "text/csv;q=nan",
            "text/*;q=0.5",
            ",;,",
            "a/b;q=1e999",
        ]
    ),
    st.sampled_from([*TABLE_TYPES, *GRAPH_TYPES]),
)
#: Parameters that the document gives no names for: those of the questions.
VALUES = ("case", "drug", "problem", "at", "nothing")


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, str], bytes | None]:
    """Template, method, address, headers and body of a request that the document allows, more or less."""
    template = draw(st.sampled_from(sorted(DOCUMENT["paths"])))
    method = draw(st.sampled_from(sorted(DOCUMENT["paths"][template])))
    operation = DOCUMENT["paths"][template][method]

    def value(name: str) -> str:
        return draw(st.one_of(KNOWN[name], KNOWN[name], KNOWN[name], TEXT) if name in KNOWN else TEXT)

    path, given = template, []
    for parameter in operation["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path":
            # An empty or dotted piece would make it another address.
            path = path.replace(f"{{{name}}}", quote(value(name), safe="") or "x")
        elif draw(st.booleans()):
            several = draw(st.integers(1, 2)) if parameter["schema"].get("type") == "array" or draw(st.integers(0, 9)) == 0 else 1
            names = draw(st.lists(st.sampled_from(VALUES), max_size=3)) if name == "values" else [name] * several
            given += [(each, value(each)) for each in names]
    headers, body = {"Accept": draw(ACCEPT)}, None
    if draw(st.integers(0, 9)) == 0:
        headers["If-None-Match"] = "*"
    if "requestBody" in operation:
        media_type = draw(st.sampled_from([*operation["requestBody"]["content"], "text/plain", f"{QUERY}; charset=utf-16", ""]))
        fields = draw(st.lists(st.sampled_from(["query", "query", "update", "format", "default-graph-uri", "x"]), max_size=3))
        text = (
            urlencode([(name, value(name)) for name in fields])
            if media_type == FORM
            else value("update" if media_type == UPDATE else "query")
        )
        headers["Content-Type"], body = media_type, text.encode("utf-8", "replace")
    return template, method, f"{path}?{urlencode(given, errors='replace')}", headers, body


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(requests())
def test_every_answer_is_declared(client: Client, request_: tuple[str, str, str, dict[str, str], bytes | None]) -> None:
    template, method, path, headers, body = request_
    if re.search(r"/(\.|%2E){1,2}(/|\?|$)", path, re.I) or "%2F" in path.partition("?")[0]:
        return  # another address
    reply = client.send(method.upper(), path, headers, body)
    assert b"Traceback" not in reply.body
    if reply.status == 431:
        return  # of the connection, not of the address
    declared(template, method, reply)


@pytest.mark.parametrize("template", sorted(DOCUMENT["paths"]))
def test_methods_that_are_not_declared_are_refused(client: Client, template: str) -> None:
    for method in {"put", "delete", "patch", "post", "trace", "head", "options"} - set(DOCUMENT["paths"][template]):
        reply = client.send(method.upper(), re.sub(r"{\w+}", "x", template), {}, b"")
        assert reply.status == 405 if method not in ("head", "options") else reply.status < 500, method


# 3) anything at all

PATHS = st.sampled_from(["/sparql", "/sparql/", "/store", "/questions", "/questions/x", "/ask/treatments", "/ask/", "/.well-known/void", "/", "/health",
                         "/%00", "/..%2f", "/openapi.json", "/search", "/case/x", "/term"])  # fmt: skip
NAMES = st.sampled_from([*KNOWN, "using-graph-uri", "named-graph-uri", "default", "x"])
TYPES = st.sampled_from([FORM, QUERY, UPDATE, "text/plain", "", f"{QUERY}; charset=latin-1", ";;;", "multipart/form-data; boundary=x"])


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"]), PATHS, st.lists(st.tuples(NAMES, TEXT), max_size=4), st.text(max_size=20), TYPES, st.booleans(), st.binary(max_size=30)
)  # fmt: skip
def test_no_request_is_an_internal_error(
    client: Client, method: str, path: str, given: list[tuple[str, str]], accept: str, media_type: str, as_form: bool, raw: bytes
) -> None:
    encoded = urlencode(given, errors="surrogatepass")
    plain = "".join(c for c in accept.encode("latin-1", "ignore").decode("latin-1") if c.isprintable())
    headers = {"Accept": plain, "Content-Type": media_type}
    if method == "POST":
        reply = client.send(method, path, headers, encoded.encode() if as_form else raw)
    else:
        reply = client.send(method, f"{path}?{encoded}", headers)
    assert reply.status < 500
    assert b"Traceback" not in reply.body
