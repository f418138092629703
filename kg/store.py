"""The graph's store: an embedded Oxigraph database, or a remote SPARQL 1.1 endpoint, behind one interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kg import names
from kg.errors import StoreError

#: An RDF term as both stores give it.
Node = ox.NamedNode | ox.BlankNode | ox.Literal
#: One solution: variable -> term; unbound variables are left out.
Solution = dict[str, Node]

USER_AGENT = "casegraph (https://w3id.org/casegraph)"
GRAPH_STORE_TIMEOUT = 300
QUERY_TIMEOUT = 60
_ANY_CASE = f"SELECT ?c WHERE {{ ?c a <{names.CG}Case> }} LIMIT 1"
_OUR_GRAPHS = (
    'SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), "https://w3id.org/casegraph/")) }'
)


class Store(Protocol):
    """What a question needs of a store."""

    def select(self, query: str) -> tuple[list[str], list[Solution]]:
        """The variables and solutions of a SELECT over the union of all graphs."""
        ...


class EmbeddedStore:
    """A store in this process.

    Example:
    >>> store = EmbeddedStore.in_memory([])
    >>> store.select("SELECT ?s WHERE { ?s ?p ?o }")
    (['s'], [])
    """

    def __init__(self, database: ox.Store, name: str = "memory") -> None:
        self.database = database
        self.name = name

    def __repr__(self) -> str:
        return f"<EmbeddedStore {self.name}>"

    @classmethod
    def in_memory(cls, quads: Iterable[ox.Quad]) -> EmbeddedStore:
        database = ox.Store()
        database.bulk_extend(quads)
        return cls(database)

    @classmethod
    def read_only(cls, path: Path, name: str = "") -> EmbeddedStore:
        """The database in a folder; `name` is what its repr shows.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        try:
            return cls(ox.Store.read_only(str(path)), name or str(path))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: not a graph that can be opened ({error}); make it with 'kg build'") from error

    def select(self, query: str) -> tuple[list[str], list[Solution]]:
        try:
            found = self.database.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise StoreError(f"not SPARQL: {error}") from error
        if not isinstance(found, ox.QuerySolutions):
            raise StoreError("not a SELECT query")
        variables = [variable.value for variable in found.variables]
        return variables, [{v: node for v in variables if (node := row[v]) is not None} for row in found]


class RemoteStore:
    """A SPARQL 1.1 endpoint, asked through SPARQLWrapper.

    Args:
        url: the query endpoint.
        timeout: seconds a query may take.
    """

    def __init__(self, url: str, timeout: int = QUERY_TIMEOUT) -> None:
        self.url = url
        self.timeout = timeout

    def __repr__(self) -> str:
        return f"<RemoteStore {self.url}>"

    def select(self, query: str) -> tuple[list[str], list[Solution]]:
        """As `Store.select`.

        Raises:
            StoreError: not reachable, an error status, a time-out, or an answer that is no SPARQL JSON.
        """
        return self._send(query, self._default_graphs)

    @cached_property
    def _default_graphs(self) -> list[str]:
        """The graphs to ask, or none where the endpoint's default graph already is the union of them.

        The protocol leaves open what a default graph holds; an endpoint that keeps it apart from the
        named graphs would answer every question with nothing.
        """
        _, found = self._send(_ANY_CASE, [])
        if found:
            return []
        _, graphs = self._send(_OUR_GRAPHS, [])
        return sorted(row["g"].value for row in graphs)

    def _send(self, query: str, default_graphs: list[str]) -> tuple[list[str], list[Solution]]:
        from SPARQLWrapper import JSON, POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self.url, agent=USER_AGENT)
        wrapper.setQuery(query)
        wrapper.setReturnFormat(JSON)
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.timeout)
        for graph in default_graphs:
            wrapper.addDefaultGraph(graph)
        try:
            answer: Any = wrapper.queryAndConvert()
            variables = answer["head"]["vars"]
            return variables, [_solution(binding) for binding in answer["results"]["bindings"]]
        except Exception as error:  # SPARQLWrapper lets urllib's, its own and the parser's errors through
            raise StoreError(f"{self.url}: {_reason(error)}") from error


def push(quads_path: Path, url: str, *, token: str | None = None) -> int:
    """Load a graph's N-Quads into an endpoint by the Graph Store Protocol, one request for each named graph.

    Each graph is replaced (PUT), so pushing twice leaves one copy.

    Args:
        quads_path: N-Quads file.
        url: the Graph Store endpoint, such as ``http://localhost:7878/store``.

    Returns:
        How many graphs were sent.

    Raises:
        StoreError: the endpoint refused one; the message names the graph and the answer.
    """
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(path=str(quads_path), format=ox.RdfFormat.N_QUADS):
        graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    for name, triples in graphs.items():
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        _put(url, name, body or b"", token)
    return len(graphs)


def _put(url: str, graph: str, body: bytes, token: str | None) -> None:
    from urllib.error import HTTPError, URLError
    from urllib.parse import quote, urlsplit
    from urllib.request import Request, urlopen

    if urlsplit(url).scheme not in ("http", "https"):
        raise StoreError(f"{url}: not an http(s) address")
    headers = {"Content-Type": "application/n-triples", "User-Agent": USER_AGENT}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    separator = "&" if "?" in url else "?"
    request = Request(f"{url}{separator}graph={quote(graph, safe='')}", data=body, headers=headers, method="PUT")
    try:
        with urlopen(request, timeout=GRAPH_STORE_TIMEOUT):
            return
    except HTTPError as error:
        hint = "; is this the Graph Store address (often …/store or …/rdf-graphs/service)?" if error.code in (404, 405) else ""
        raise StoreError(f"{url}: graph <{graph}> refused with {error.code} {error.reason}{hint}") from error
    except (URLError, TimeoutError, OSError) as error:
        raise StoreError(f"{url}: {_reason(error)}; graph <{graph}> was not sent, nor any after it") from error


def _solution(binding: Mapping[str, Mapping[str, str]]) -> Solution:
    return {variable: _node(value) for variable, value in binding.items()}


def _node(value: Mapping[str, str]) -> Node:
    match value["type"]:
        case "uri":
            return ox.NamedNode(value["value"])
        case "bnode":
            return ox.BlankNode(value["value"])
    if "xml:lang" in value:
        return ox.Literal(value["value"], language=value["xml:lang"])
    datatype = value.get("datatype")
    return ox.Literal(value["value"], datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value["value"])


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", None)
    cause = inner if isinstance(inner, BaseException) else error
    text = getattr(cause, "strerror", None) or " ".join(str(cause).split()) or type(cause).__name__
    return str(text)[:300]

