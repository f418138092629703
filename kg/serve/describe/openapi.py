"""The service as an OpenAPI 3.1 document: every address with its parameters, and every status and media type it may answer with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from kg import __version__, ask
from kg.serve.http import asgi, media
from kg.serve.site import Site
from kg.serve.sparql import protocol

Schema = dict[str, Any]

_HTML, _JSON, _PROBLEM = "text/html", "application/json", "application/problem+json"
_TABLES, _GRAPHS = tuple(media.TABLE_TYPES), tuple(media.GRAPH_TYPES)
#: What any request that reaches a worker may come to.
_WORK = (422, 503, 504)
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_CELL: Schema = {"type": ["string", "number", "boolean", "null"]}


def _object(required: Iterable[str] = (), **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


_PARAMETER = _object(("name", "type"), name=_TEXT, type=_TEXT, example=_TEXT, about=_TEXT)
_QUESTION_MEMBERS = {
    "name": _TEXT, "summary": _TEXT, "columns": _TEXTS, "tags": _TEXTS, "url": {"type": "string", "format": "uri"},
    "parameters": {"type": "array", "items": {"$ref": "#/components/schemas/Parameter"}},
}  # fmt: skip
_SCHEMAS: dict[str, Schema] = {
    "Problem": _object(
        ("title", "status", "detail"),
        title=_TEXT,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=_TEXT,
        known={"type": ["array", "null"], "items": _TEXT},
        line=_COUNT,
        column=_COUNT,
    ),
    "Parameter": _PARAMETER,
    "Question": _object(_QUESTION_MEMBERS, **_QUESTION_MEMBERS),
    "QuestionWithQuery": _object((*_QUESTION_MEMBERS, "sparql"), **_QUESTION_MEMBERS, sparql=_TEXT),
    "Answer": _object(
        ("question", "columns", "rows"),
        question=_TEXT,
        columns=_TEXTS,
        rows={"type": "array", "items": {"type": "object", "additionalProperties": _CELL}},
    ),
    "Offers": {"type": "array", "maxItems": 20, "items": _object(("value", "more"), value=_TEXT, more=_TEXT)},
    "SparqlResults": _object(("head",), head={"type": "object"}, boolean={"type": "boolean"}, results=_object(("bindings",)))
    | {"oneOf": [{"required": ["boolean"]}, {"required": ["results"]}]},
}


def document(site: Site, *, pages: bool, writable: bool) -> Schema:
    """The document, as JSON.

    Args:
        pages: whether the explorer is served.
        writable: whether updates are taken.

    Example:
    >>> from pathlib import Path
    >>> from kg.serve.limits import Limits
    >>> found = document(Site(Path("graph"), "http://localhost/", Limits()), pages=False, writable=False)
    >>> found["openapi"], sorted(found["paths"])[:3]
    ('3.1.0', ['/.well-known/void', '/ask/{name}', '/health'])
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "casegraph",
            "version": __version__,
            "summary": "Clinical case reports as a knowledge graph: SPARQL, questions, linked data.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": site.base.rstrip("/") or "/"}],
        "paths": {**_endpoint(pages, writable), **_data(pages), **(_explorer() if pages else {})},
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "The secret of a writable server."}},
        },
    }


async def respond(site: Site, scope: asgi.Scope, send: asgi.Send, *, pages: bool, writable: bool) -> None:
    """GET /openapi.json."""
    asgi.read_only(scope)
    body = json.dumps(document(site, pages=pages, writable=writable), ensure_ascii=False, indent=1).encode()
    await asgi.respond(send, 200, [(b"content-type", _JSON.encode()), (b"cache-control", b"no-cache")], body)


# 1) the server's own addresses


def _endpoint(pages: bool, writable: bool) -> dict[str, Schema]:
    shown = (*_TABLES, *_GRAPHS, *((_HTML,) if pages else ()))
    asked = _answers(shown, pages, 400, 403, 406, 413, *_WORK, sparql=True) | _not_modified()
    graphs = [_parameter(name, "An IRI of a graph in the store.", many=True) for name in ("default-graph-uri", "named-graph-uri")]
    using = [_parameter(name, "For updates.", many=True) for name in ("using-graph-uri", "using-named-graph-uri")]
    form = _object(query=_TEXT, update=_TEXT, format=_TEXT, **{p["name"]: p["schema"] for p in (*graphs, *using)})
    sent = _answers((*_TABLES, *_GRAPHS), pages, 400, 403, 406, 408, 413, 415, *_WORK, sparql=True)
    if writable:
        sent |= {"204": {"description": "The update is done."}} | _problems(pages, 401)
    query = [_parameter("query", "SPARQL 1.1; without it the service describes itself."), _format(protocol.SHORT)]
    post = _operation("A SPARQL query or update in the body.", [*graphs, *using], sent) | {
        "requestBody": {
            "required": True,
            "content": {protocol.FORM: {"schema": form}, protocol.QUERY: {"schema": _TEXT}, protocol.UPDATE: {"schema": _TEXT}},
        }
    }
    if writable:
        post["security"] = [{}, {"token": []}]
    return {"/sparql": {"get": _operation("A SPARQL query.", [*query, *graphs], asked), "post": post}}


def _data(pages: bool) -> dict[str, Schema]:
    name = _parameter("name", "A question's name.", where="path", schema={"type": "string", "examples": list(ask.question_names())[:1]})
    store = [_parameter("default", "The union of all graphs.", empty=True), _parameter("graph", "A graph's IRI; this or `default`.")]
    values = {
        "name": "values", "in": "query", "style": "form", "explode": True,
        "description": "The question's parameters: labels, synonyms, CURIEs or IRIs.",
        "schema": {"type": "object", "additionalProperties": _TEXT},
    }  # fmt: skip
    described = _answers(_GRAPHS, pages, 406) | _not_modified()
    return {
        "/store": {"get": _operation("A whole graph.", store, _answers(_GRAPHS, pages, 400, 404, 406, *_WORK) | _not_modified())},
        "/questions": {"get": _operation("The questions.", [], _json({"type": "array", "items": _named("Question")}))},
        "/questions/{name}": {"get": _operation("A question.", [name], _json(_named("QuestionWithQuery")) | _problems(pages, 404))},
        "/ask/{name}": {
            "get": _operation(
                "The rows that answer a question.",
                [name, values, _format(("json", "csv"))],
                _answers((_JSON, "text/csv"), pages, 400, 404, 406, *_WORK, schemas={_JSON: _named("Answer")}),
            )
        },
        "/.well-known/void": {"get": _operation("The service and the graph in their own words.", [], described)},
        "/health": {"get": _operation("Whether it answers.", [], _answers(("text/plain",), pages))},
        "/openapi.json": {"get": _operation("This document.", [], _json({"type": "object"}))},
    }


# 2) the explorer


def _explorer() -> dict[str, Schema]:
    case, words = _path("case_id", "A case's id."), _parameter("q", "What is looked for.")
    name, iri = _path("name", "A question's name."), _parameter("iri", "An IRI of the graph.")
    page, linked = _parameter("page", "Of a long list.", schema=_COUNT), (_HTML, *_GRAPHS)
    offers = [words, _parameter("type", "case, time, term, or another parameter's type.")]
    offers += [_parameter("question", "Whose values are offered."), _parameter("parameter", "Of that question.")]
    row, term = _parameter("row", "1 for the first.", schema=_COUNT), _parameter("term", "A label, CURIE or IRI.")
    document = _operation("A document of ours, as a page or as data.", [], _paged(linked, 404, 406))
    named = {**document, "parameters": [_path("name", "The document's name.")]}
    ending = _path("ending", "ttl, nt, jsonld or rdf.")
    download = (_HTML, _JSON, "text/csv")
    case_ = _operation("A case, as a page or as data; with .ttl, .nt, .jsonld or .rdf as data.", [case], _paged(linked, 400, 404, 406))
    static = _answers(("text/css", "text/javascript", "image/svg+xml", "text/plain", _JSON), True, 404, 405)
    view = _path("view", "mechanism, conflicts, criteria or checklist.")
    return {
        "/": {"get": _operation("All cases.", [words, page], _paged((_HTML,)))},
        "/case/{case_id}": {"get": case_},
        "/case/{case_id}/{view}": {
            "get": _operation("More of a case.", [case, view, _parameter("about", "A node.")], _paged((_HTML,), 404))
        },
        "/library": {"get": _operation("The questions.", [], _paged((_HTML,)))},
        "/library/{name}": {
            "get": _operation("A question and its answer; with .csv or .json for download.", [name, page], _paged(download, 400, 404))
        },
        "/library/{name}/why": {"get": _operation("What a row rests on.", [name, row], _paged((_HTML,), 400, 404))},
        "/library/{name}/why-not": {"get": _operation("Why a term is not in an answer.", [name, term], _paged((_HTML,), 400, 404))},
        "/search": {"get": _operation("Terms, statements and sentences.", [words], _paged((_HTML,)))},
        "/search.html": {"get": _operation("The hits alone.", [words], _paged((_HTML,)))},
        "/complete": {"get": _operation("What may be meant.", offers, _paged((_JSON,), 400, schemas={_JSON: _named("Offers")}))},
        "/term": {"get": _operation("An IRI, as a page or as data.", [iri], _paged(linked, 400, 404, 406))},
        "/term.{ending}": {"get": _operation("An IRI as data.", [ending, iri], _paged(_GRAPHS, 400, 404))},
        "/ns": {"get": document},
        "/inferred": {"get": document},
        "/ontology/{name}": {"get": named},
        "/imports/{name}": {"get": named},
        "/static/{path}": {"get": _operation("Styles and scripts.", [_path("path", "A file's name.")], static | _not_modified())},
    }


# 3) pieces


def _operation(summary: str, parameters: list[Schema], responses: Schema) -> Schema:
    return {"summary": summary, "parameters": parameters, "responses": responses}


def _parameter(
    name: str, about: str, *, where: str = "query", many: bool = False, empty: bool = False, schema: Schema | None = None
) -> Schema:
    found: Schema = {"name": name, "in": where, "description": about, "schema": schema or (_TEXTS if many else _TEXT)}
    if where == "path":
        found["required"] = True
    if empty:
        found["allowEmptyValue"] = True
    return found


def _path(name: str, about: str) -> Schema:
    return _parameter(name, about, where="path")


def _format(names: Iterable[str]) -> Schema:
    return _parameter("format", "Instead of the Accept header.", schema={"type": "string", "enum": sorted(names)})


def _named(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _answers(types: Iterable[str], pages: bool, *statuses: int, sparql: bool = False, schemas: dict[str, Schema] | None = None) -> Schema:
    """200 with one of these media types, or one of these problems."""
    known = {"application/sparql-results+json": _named("SparqlResults")} if sparql else {}
    content = {kind: {"schema": schema} if (schema := (known | (schemas or {})).get(kind)) else {} for kind in types}
    return {"200": {"description": "The answer.", "content": content}} | _problems(pages, *statuses)


def _paged(types: Iterable[str], *statuses: int, schemas: dict[str, Schema] | None = None) -> Schema:
    return _answers(types, True, *statuses, *_WORK, schemas=schemas) | _not_modified()


def _json(schema: Schema) -> Schema:
    return {"200": {"description": "The answer.", "content": {_JSON: {"schema": schema}}}}


def _not_modified() -> Schema:
    return {"304": {"description": "The client has it already."}}


def _problems(pages: bool, *statuses: int) -> Schema:
    """Problem documents; as pages for who wants those."""
    content = {_PROBLEM: {"schema": _named("Problem")}} | ({_HTML: {}} if pages else {})
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
