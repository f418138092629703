"""The service about itself: SPARQL service description, VoID statistics, prefixes, and the questions as examples."""

from __future__ import annotations

import asyncio
import datetime
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from kg import ask, names
from kg.serve.errors import Problem
from kg.serve.http import asgi, media
from kg.serve.site import Site
from kg.serve.worker.formats import GRAPHS

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
SCHEMA = "https://schema.org/"
_VOID, _SH, _DCT = names.PREFIXES["void"], names.PREFIXES["sh"], names.PREFIXES["dcterms"]
_XSD, _RDFS, _OWL = names.PREFIXES["xsd"], names.PREFIXES["rdfs"], names.PREFIXES["owl"]
_PREFIXES = {**names.PREFIXES, "sd": SD, "formats": FORMATS, "schema": SCHEMA}


async def respond(site: Site, accept: str, scope: asgi.Scope, send: asgi.Send) -> None:
    """The description in the format a client likes best.

    Raises:
        Problem: 406.
    """
    media_type = media.negotiate(accept, tuple(media.GRAPH_TYPES))
    if media_type is None:
        raise Problem(406, "not acceptable", "the service description is RDF", known=list(media.GRAPH_TYPES))
    scope["kg.log"]["asked"] = "description"
    form = media.GRAPH_TYPES[media_type]
    gzip = "gzip" in asgi.header(scope, b"accept-encoding")
    tag = f'W/"{site.digest}-{len(site.about)}-{form}{"-gzip" if gzip else ""}"'
    headers: asgi.Headers = [(b"vary", b"Accept, Accept-Encoding"), (b"cache-control", b"no-cache"), (b"etag", tag.encode())]
    if asgi.matches(asgi.header(scope, b"if-none-match"), tag):
        return await asgi.respond(send, 304, headers)
    body = site.documents.get(tag)
    if body is None:
        body = await asyncio.to_thread(_document, site, form, gzip)  # thousands of partitions take a while: others are served
        site.documents[tag] = body
    headers.append((b"content-type", media.content_type(media_type).encode()))
    await asgi.respond(send, 200, [*headers, (b"content-encoding", b"gzip")] if gzip else headers, body)


def _document(site: Site, form: str, gzip: bool) -> bytes:
    prefixes = _PREFIXES if form in ("turtle", "rdfxml") else None
    body = ox.serialize(description(site), format=GRAPHS[form], prefixes=prefixes) or b""
    return zlib.compress(body, 6, wbits=31) if gzip else body


def description(site: Site) -> list[ox.Triple]:
    """All triples of the description, sorted, each once."""
    service, dataset = ox.NamedNode(site.base + "sparql"), ox.NamedNode(site.base + ".well-known/void#dataset")
    triples = {
        *_service(service, dataset),
        *_dataset(site, service, dataset),
        *_prefixes(service, dataset),
        *_examples(site, service),
    }
    return sorted(triples, key=str)


def _service(service: ox.NamedNode, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    yield _type(service, SD + "Service")
    yield _link(service, SD + "endpoint", service.value)
    yield _link(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    yield _link(service, SD + "feature", SD + "UnionDefaultGraph")
    for format in ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
                   "Turtle", "N-Triples", "JSON-LD", "RDF_XML"):  # fmt: skip
        yield _link(service, SD + "resultFormat", FORMATS + format)
    yield _link(service, SD + "defaultDataset", dataset.value)


def _dataset(site: Site, service: ox.NamedNode, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    about = site.about
    default = ox.NamedNode(dataset.value + "-default")
    yield _type(dataset, SD + "Dataset")
    yield _type(dataset, _VOID + "Dataset")
    yield _text(dataset, _DCT + "title", "casegraph: case reports as a knowledge graph")
    yield _text(dataset, _DCT + "identifier", site.digest)
    yield _link(dataset, _VOID + "sparqlEndpoint", service.value)
    yield _link(dataset, SD + "defaultGraph", default.value)
    yield _type(default, SD + "Graph")
    issued = datetime.datetime.fromtimestamp((site.build / "manifest.json").stat().st_mtime, datetime.UTC)
    stamp = ox.Literal(issued.strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=ox.NamedNode(_XSD + "dateTime"))
    yield ox.Triple(dataset, ox.NamedNode(_DCT + "issued"), stamp)
    for (licence,) in about.get("licences") or ():
        yield _link(dataset, _DCT + "license", licence)
    for node in (dataset, default):
        for name, key in (("triples", "triples"), ("distinctSubjects", "subjects"), ("distinctObjects", "objects")):
            for (count,) in about.get(key) or ():
                yield _number(node, _VOID + name, count)
    yield from _partitions(about, dataset)
    for index, (iri, count) in enumerate(about.get("graphs") or ()):
        named = ox.NamedNode(f"{dataset.value}-graph-{index}")
        graph = ox.NamedNode(f"{dataset.value}-graph-{index}-content")
        yield _link(dataset, SD + "namedGraph", named.value)
        yield _type(named, SD + "NamedGraph")
        yield _link(named, SD + "name", iri)
        yield _link(named, SD + "graph", graph.value)
        yield _type(graph, SD + "Graph")
        yield _number(graph, _VOID + "triples", count)


def _partitions(about: dict[str, Any], dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    """By class, by property, and each class by property."""
    parts: dict[str, str] = {}
    for kind, plural, member in (("class", "classes", "entities"), ("property", "properties", "triples")):
        if about.get(plural) is not None:
            yield _number(dataset, _VOID + plural, len(about[plural]))
        for index, (iri, count) in enumerate(about.get(plural) or ()):
            part = ox.NamedNode(f"{dataset.value}-{kind}-{index}")
            yield _link(dataset, f"{_VOID}{kind}Partition", part.value)
            yield _link(part, _VOID + kind, iri)
            yield _number(part, _VOID + member, count)
            if kind == "class":
                parts[iri] = part.value
    for index, (of, iri, count) in enumerate(about.get("class_properties") or ()):
        if of in parts:
            part = ox.NamedNode(f"{dataset.value}-class-property-{index}")
            yield _link(ox.NamedNode(parts[of]), _VOID + "propertyPartition", part.value)
            yield _link(part, _VOID + "property", iri)
            yield _number(part, _VOID + "triples", count)


def _prefixes(service: ox.NamedNode, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    for node in (service, dataset):
        for prefix in names.PREFIXES:
            yield _link(node, _SH + "declare", f"{dataset.value}-prefix-{prefix}")
    for prefix, namespace in names.PREFIXES.items():
        node = ox.NamedNode(f"{dataset.value}-prefix-{prefix}")
        yield _text(node, _SH + "prefix", prefix)
        yield ox.Triple(node, ox.NamedNode(_SH + "namespace"), ox.Literal(namespace, datatype=ox.NamedNode(_XSD + "anyURI")))


def _examples(site: Site, service: ox.NamedNode) -> Iterator[ox.Triple]:
    for name in ask.question_names():
        asked = ask.question_named(name)
        node = ox.NamedNode(f"{site.base}questions/{name}")
        yield _type(node, _SH + "SPARQLExecutable")
        yield _type(node, _SH + "SPARQLSelectExecutable")
        yield _text(node, _RDFS + "label", name)
        yield _text(node, _RDFS + "comment", asked.summary)
        yield _text(node, _SH + "select", re.sub(r"\A(?:#\+.*\n)*\n*", "", asked.sparql))
        yield _link(node, SCHEMA + "target", service.value)
        for tag in asked.tags:
            yield _text(node, SCHEMA + "keywords", tag)


def _type(node: ox.NamedNode, kind: str) -> ox.Triple:
    return _link(node, names.RDF_TYPE, kind)


def _link(node: ox.NamedNode, link: str, to: str) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(link), ox.NamedNode(to))


def _text(node: ox.NamedNode, link: str, text: str) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(link), ox.Literal(text))


def _number(node: ox.NamedNode, link: str, number: int) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(link), ox.Literal(number))
