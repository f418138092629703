"""The SPARQL 1.1 Protocol: what a request asks for, and in which format it wants the answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

from kg.serve.errors import Problem

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
#: Short names for `format=` in links.
SHORT = {"json": "application/json", "xml": "application/xml", "csv": "text/csv", "tsv": "text/tab-separated-values",
         "ttl": "text/turtle", "turtle": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json",
         "rdf": "application/rdf+xml"}  # fmt: skip
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
#: Longer headers and addresses are read anew each time: nobody shall fill the memory with them.
_REMEMBERED = 2000
_TABLES, _GRAPHS = tuple(TABLE_TYPES), tuple(GRAPH_TYPES)
_ONCE = ("query", "update", "format")
_MANY = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")


class Operation(NamedTuple):
    """What a request to the endpoint asks for.

    Attributes:
        kind: query, update, or description (of the service).
        default: graphs the request names as default graph, or None if it names no dataset at all.
        named: its named graphs, likewise.
        format: media type that the request insists on, or None.
    """

    kind: str
    text: str = ""
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    format: str | None = None


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
    return negotiate(accept, _TABLES), negotiate(accept, _GRAPHS)


def content_type(media_type: str) -> str:
    """The header for a media type.

    Example:
    >>> content_type("text/csv")
    'text/csv; charset=utf-8'
    """
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


# reading a request


def read_get(query_string: bytes) -> Operation:
    """The operation of a GET.

    Raises:
        Problem: 400, a parameter twice or not UTF-8; an update by GET.
    """
    return _read_get(query_string) if len(query_string) <= _REMEMBERED else _read_get.__wrapped__(query_string)


@lru_cache(maxsize=1024)
def _read_get(query_string: bytes) -> Operation:
    if query_string.startswith(b"query=") and b"&" not in query_string and query_string.isascii():  # most are no more than that
        return Operation("query", _utf8(unquote_to_bytes(query_string[6:].replace(b"+", b" ")), "the query"))
    given = read_parameters(query_string)
    if "update" in given:
        raise Problem(400, "no update by GET", "send an update by POST")
    return _operation(given)


def read_post(query_string: bytes, media_type: str, body: bytes) -> Operation:
    """The operation of a POST.

    Args:
        media_type: the Content-Type header.

    Raises:
        Problem: 415 for other media types; 400 otherwise.
    """
    kind, *parameters = (part.strip() for part in media_type.split(";"))
    kind = kind.lower()
    if kind not in (FORM, QUERY, UPDATE):
        raise Problem(415, "unsupported media type", f"send {FORM}, {QUERY} or {UPDATE}, not {kind or 'nothing'}")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(415, "unsupported charset", f"send UTF-8, not {value.strip()}")
    if kind == FORM:
        given = read_parameters(query_string)
        for name, values in read_parameters(body).items():
            given.setdefault(name, []).extend(values)
        _check_once(given)
        return _operation(given)
    given = read_parameters(query_string)
    name = "query" if kind == QUERY else "update"
    if "query" in given or "update" in given:
        raise Problem(400, "two operations", "the body is one; drop the other from the address")
    given[name] = [_utf8(body)]
    return _operation(given)


def read_parameters(data: bytes) -> dict[str, list[str]]:
    """Name -> values; decoded once.

    Raises:
        Problem: 400, not UTF-8, too many, or one twice that may stand once.
    """
    given: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=4096)
    except UnicodeError as error:
        raise Problem(400, "not UTF-8", "parameters have to be percent-encoded UTF-8") from error
    except ValueError as error:
        raise Problem(400, "too many parameters", "at most 4096") from error
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    _check_once(given)
    return given


def _check_once(given: dict[str, list[str]]) -> None:
    for name in _ONCE:
        if len(given.get(name, ())) > 1:
            raise Problem(400, "parameter twice", f"give {name!r} once")


def _utf8(data: bytes, what: str = "the body") -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "not UTF-8", f"byte {error.start} of {what} is no UTF-8") from error


def _operation(given: dict[str, list[str]]) -> Operation:
    format = _format(given.get("format", [""])[0])
    if "query" in given and "update" in given:
        raise Problem(400, "two operations", "give 'query' or 'update', not both")
    names = ("using-graph-uri", "using-named-graph-uri") if "update" in given else ("default-graph-uri", "named-graph-uri")
    for name in _MANY:
        if name in given and name not in names and ("query" in given or "update" in given):
            raise Problem(400, "parameter out of place", f"{name!r} does not go with this operation")
    default, named = (given.get(name) for name in names)
    kind = "update" if "update" in given else "query"
    if kind in given and default is None and named is None:
        return Operation(kind, given[kind][0], format=format)
    if kind in given:
        return Operation(kind, given[kind][0], tuple(default or ()), tuple(named or ()), format)
    return Operation("description", format=format)


def _format(name: str) -> str | None:
    if not name:
        return None
    media = SHORT.get(name.lower(), name.lower())
    if media not in TABLE_TYPES and media not in GRAPH_TYPES:
        raise Problem(400, "unknown format", f"{name!r} is no format here", known=sorted(SHORT))
    return media
