"""The SPARQL 1.1 Protocol: what a request asks for."""

from __future__ import annotations

from binascii import a2b_qp
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

from kg.serve.errors import Problem
from kg.serve.http.media import GRAPH_TYPES, TABLE_TYPES

#: Short names for `format=` in links.
SHORT = {"json": "application/json", "xml": "application/xml", "csv": "text/csv", "tsv": "text/tab-separated-values",
         "ttl": "text/turtle", "turtle": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json",
         "rdf": "application/rdf+xml"}  # fmt: skip
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
#: Longer addresses are read anew each time: nobody shall fill the memory with them.
_REMEMBERED = 2000
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


def read_get(query_string: bytes) -> Operation:
    """The operation of a GET.

    Raises:
        Problem: 400, a parameter twice or not UTF-8; an update by GET.
    """
    return _read_get(query_string) if len(query_string) <= _REMEMBERED else _read_get.__wrapped__(query_string)


@lru_cache(maxsize=1024)
def _read_get(query_string: bytes) -> Operation:
    if query_string.startswith(b"query=") and b"&" not in query_string and query_string.isascii():  # most are no more than that
        return Operation("query", _utf8(_unquoted(query_string[6:].replace(b"+", b" ")), "the query"))
    given = read_parameters(query_string)
    if "update" in given:
        raise Problem(400, "no update by GET", "send an update by POST")
    return _operation(given)


def _unquoted(data: bytes) -> bytes:
    """Percent-encoding undone. The decoder of quoted-printable does the same, an equals sign for a percent sign, in a tenth
    of the time; a length that is not to be expected tells that something was no percent-encoding, or no line.

    Example:
    >>> _unquoted(b"%3Fa=b%20%zz%%41%")
    b'?a=b %zz%A%'
    """
    found = a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"="))
    whole = len(found) == len(data) - 2 * data.count(b"%") and b"\n" not in data and b"\r" not in data
    return found if whole else unquote_to_bytes(data)


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
