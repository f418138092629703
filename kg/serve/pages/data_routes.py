"""Linked data: every IRI of ours that the graph holds, as a page or as data, by what the client asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from kg import names
from kg.serve.errors import Problem
from kg.serve.http.media import GRAPH_TYPES, content_type, negotiate
from kg.serve.pages import linked
from kg.serve.pages.explorer import Explorer
from kg.serve.pages.respond import Handler, page

if TYPE_CHECKING:
    from kg.serve.site import Site

ENDINGS = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
OFFERS = ("text/html", *GRAPH_TYPES)
_OURS = "https://w3id.org/casegraph/"
#: A document of ours; its name goes into a query, so it may hold nothing else.
_SAFE = re.compile(r"https://w3id\.org/casegraph/[A-Za-z0-9._/-]+#?")


async def _term(request: Request, site: Site, memory: Explorer) -> Response:
    iri = request.query_params.get("iri", "")
    kind = negotiate(request.headers.get("accept", "*/*"), OFFERS)
    if kind != "text/html":
        return await node(site, iri, acceptable(kind))
    found = await site.run("kg.serve.pages.linked:about", iri)
    if not found:
        raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
    return page(site, linked.term_page(found))


async def _term_data(request: Request, site: Site, memory: Explorer) -> Response:
    ending = request.path_params["ending"]
    if ending not in ENDINGS:
        raise Problem(404, "no such format", f"no format {ending!r}", known=list(ENDINGS))
    return await node(site, request.query_params.get("iri", ""), ENDINGS[ending])


async def _document(request: Request, site: Site, memory: Explorer) -> Response:
    iri = _OURS + request.url.path.strip("/")
    iri = names.CG if iri + "#" == names.CG else iri
    if not _SAFE.fullmatch(iri):
        raise Problem(404, "not in the graph", "there is no such document")
    kind = negotiate(request.headers.get("accept", "*/*"), OFFERS)
    if kind != "text/html":
        return await _graph(site, iri, acceptable(kind))
    terms = await site.run("kg.serve.pages.linked:members", iri)
    if (
        not terms
        and await site.describe(iri, "text/turtle") is None
        and not await site.select(f"SELECT ?s WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1")
    ):
        raise Problem(404, "not in the graph", f"the graph has no document {iri}")
    return page(site, linked.document_page(iri, terms))


async def _graph(site: Site, iri: str, media_type: str) -> Response:
    """A document of ours as data: its whole graph, or for the namespace all that is said of its terms."""
    if iri == names.CG:
        query = f'CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{names.CG}")) }}'
    else:
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
    return _data(site, await site.graph_bytes(query, media_type), media_type)


async def node(site: Site, iri: str, media_type: str, file_name: str = "") -> Response:
    """What the graph says of an IRI as data; of a case, its whole graph.

    Raises:
        Problem: 400 no IRI; 404 the graph says nothing of it.
    """
    try:
        asked = ox.NamedNode(iri)
    except ValueError as error:
        raise Problem(400, "not an IRI", f"{iri!r} is not an IRI") from error
    if iri.startswith(names.CASE) and "#" not in iri:
        if not await site.select(f"SELECT ?s WHERE {{ GRAPH {asked} {{ ?s ?p ?o }} }} LIMIT 1"):
            raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
        body = await site.graph_bytes(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {asked} {{ ?s ?p ?o }} }}", media_type)
    else:
        described = await site.describe(iri, media_type)
        if described is None:
            raise Problem(404, "not in the graph", f"the graph says nothing of {iri!r}")
        body = described
    return _data(site, body, media_type, file_name)


def _data(site: Site, body: bytes, media_type: str, file_name: str = "") -> Response:
    headers = {"Vary": "Accept", "ETag": site.tag}
    if file_name:
        headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    return Response(body, media_type=content_type(media_type), headers=headers)


def acceptable(kind: str | None) -> str:
    """The media type that was agreed on.

    Raises:
        Problem: 406 none was.
    """
    if kind is None:
        raise Problem(406, "not acceptable", "none of the media types asked for is offered", known=list(OFFERS))
    return kind


HANDLERS: dict[str, Handler] = {
    "/term": _term,
    "/term.{ending}": _term_data,
    "/ns": _document,
    "/inferred": _document,
    "/ontology/{name}": _document,
    "/imports/{name}": _document,
}
