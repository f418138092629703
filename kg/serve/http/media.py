"""Media types that answers come in, and which of them a client likes best."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

#: Media type -> form of a table; best first. The aliases are what browsers and old clients send.
TABLE_TYPES = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
#: Media type -> form of a graph; best first.
GRAPH_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "application/x-turtle": "turtle",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
}
#: Longer headers are read anew each time: nobody shall fill the memory with them.
_REMEMBERED = 2000
_TABLES, _GRAPHS = tuple(TABLE_TYPES), tuple(GRAPH_TYPES)


def negotiate(accept: str, offers: Sequence[str]) -> str | None:
    """The offer that a client likes best, or None if it likes none.

    Args:
        accept: the Accept header; empty means anything.
        offers: media types, best first.

    Example:
    >>> negotiate("text/csv;q=0.5, application/*;q=0.4, */*;q=0.1", ("application/json", "text/csv", "text/html"))
    'text/csv'
    >>> negotiate("text/html, application/json;q=0", ("application/json",)) is None
    True
    """
    return _negotiate(accept, tuple(offers)) if len(accept) <= _REMEMBERED else _negotiate.__wrapped__(accept, tuple(offers))


@lru_cache(maxsize=512)
def _negotiate(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media, quality = _media_range(part) or ("", 0.0)
        ranges[media] = max(quality, ranges.get(media, 0.0))
    ranges.pop("", None)
    if not ranges:
        return None if accept.strip(" ,") else offers[0]
    best, chosen = 0.0, None
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > best:
            best, chosen = quality, offer
    return chosen


def _media_range(part: str) -> tuple[str, float] | None:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    if media.count("/") != 1:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                quality = 0.0
    return media, quality if quality == quality else 0.0


def _quality(offer: str, ranges: dict[str, float]) -> float:
    """The q of the most specific range that an offer falls in."""
    kind = offer.partition("/")[0]
    return next((ranges[wanted] for wanted in (offer, f"{kind}/*", "*/*") if wanted in ranges), 0.0)


def table_and_graph(accept: str) -> tuple[str | None, str | None]:
    """The media types for a table and for a graph, whichever the answer will be."""
    return _table_and_graph(accept) if len(accept) <= _REMEMBERED else _table_and_graph.__wrapped__(accept)


@lru_cache(maxsize=512)
def _table_and_graph(accept: str) -> tuple[str | None, str | None]:
    return negotiate(accept, _TABLES), negotiate(accept, _GRAPHS)


def content_type(media_type: str) -> str:
    """The header for a media type.

    Example:
    >>> content_type("text/csv")
    'text/csv; charset=utf-8'
    """
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
