"""What a worker does with a task: a query, a whole graph; questions and the pages' functions are in `documents`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox

from kg.errors import CasegraphError, QuestionError
from kg.names import PREFIXES
from kg.serve.guard import reach
from kg.serve.worker import documents
from kg.serve.worker.formats import GRAPHS, RESULTS
from kg.serve.worker.sink import Failed, Sink
from kg.store import EmbeddedStore, Solution

_POSITION = re.compile(r"error at (\d+):(\d+): ?(.*)", re.S)


def run(task: dict[str, Any], store: EmbeddedStore, sink: Sink, settings: dict[str, Any]) -> None:
    """Do a task; its answer goes into the sink."""
    TASKS[task["do"]](task, store, sink, settings)


def failure(error: BaseException, sink: Sink) -> dict[str, Any]:
    """An error as a client may see it."""
    if sink.failed:
        return sink.failed.document
    if isinstance(error, Failed):
        return error.document
    if isinstance(error, reach.Refused):
        return {"kind": "depth" if error.kind == "depth" else "refused", "message": str(error)}
    if isinstance(error, QuestionError):
        return {"kind": "question", "message": error.message, "known": error.fields.get("known") or []}
    if isinstance(error, CasegraphError):
        return {"kind": "evaluation", "message": error.message}
    if isinstance(error, SyntaxError):
        found = _POSITION.match(str(error))
        where = {"line": int(found[1]), "column": int(found[2])} if found else {}
        return {"kind": "syntax", "message": _one_line(found[3] if found else str(error)), **where}
    if isinstance(error, (RuntimeError, OSError, ValueError)):
        return {"kind": "evaluation", "message": _one_line(str(error))}
    if type(error).__name__ == "PanicException":
        return {"kind": "evaluation", "message": "the engine gave up on this query"}
    return {"kind": "internal", "message": "the server failed on this request"}


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]


class UnionStore(EmbeddedStore):
    """A store whose default graph is the union of its named graphs, each triple once.

    The engine's own union repeats a triple that stands in two graphs; a graph held in memory has room for the
    union as a graph of its own.
    """

    def select(self, query: str) -> tuple[list[str], list[Solution]]:
        found = self.database.query(query)
        assert isinstance(found, ox.QuerySolutions)
        variables = [variable.value for variable in found.variables]
        return variables, [{v: node for v in variables if (node := row[v]) is not None} for row in found]


# 1) SPARQL


def _query(task: dict[str, Any], store: EmbeddedStore, sink: Sink, settings: dict[str, Any]) -> None:
    """A SPARQL query.

    Task:
        text, base; default, named: graphs that the request names, or None; results, graph: [media type, form]
        acceptable to the client, or None; values: variable -> N-Triples term.
    """
    inspected = reach.inspect(task["text"], depth=settings["depth"], base=task["base"])
    _check_services(inspected.services, settings["allowed"])
    options = _dataset(task, inspected, store)
    if task.get("values"):
        options["substitutions"] = {ox.Variable(name): _term(text) for name, text in task["values"].items()}
    answer = store.database.query(inspected.text, base_iri=task["base"], **options)
    if isinstance(answer, ox.QueryTriples):
        media_type, form = task["graph"] or _not_acceptable("graph")
        sink.start(media_type, form)
        write_triples(answer, form, sink)
    elif isinstance(answer, (ox.QuerySolutions, ox.QueryBoolean)):
        media_type, form = task["results"] or _not_acceptable("table")
        sink.start(media_type, form if isinstance(answer, ox.QuerySolutions) else "")
        answer.serialize(sink, format=RESULTS[form])  # type: ignore[arg-type]


def write_triples(triples: Iterable[ox.Triple], form: str, sink: Sink) -> None:
    if form == "nt" and isinstance(triples, ox.QueryTriples):
        triples.serialize(sink, format=GRAPHS[form])  # type: ignore[arg-type]
    else:
        used = PREFIXES if form in ("turtle", "rdfxml") else None
        if form == "nt":
            sink.start("application/n-triples", "")
        ox.serialize(sink.count(triples), sink, format=GRAPHS[form], prefixes=used)  # type: ignore[arg-type]


def _not_acceptable(kind: str) -> Any:
    raise Failed("not-acceptable", f"this query's answer is a {kind}, and the request accepts no format for it")


def _check_services(services: list[str | None], allowed: list[str]) -> None:
    for service in services:
        if service is None or service not in allowed:
            what = f"SERVICE <{service}>" if service else "a SERVICE whose address is not written out"
            raise Failed("refused", f"{what} is not allowed here", known=allowed)


def _dataset(task: dict[str, Any], inspected: reach.Inspected, store: EmbeddedStore) -> dict[str, Any]:
    """The engine's options for a dataset; the request's own comes before the query's."""
    default, named = task.get("default"), task.get("named")
    if default is None and named is None:
        if not inspected.has_dataset:
            return {"use_default_graph_as_union": not isinstance(store, UnionStore)}
        default, named = inspected.default, inspected.named
    graphs = [_known_graph(iri, store) for iri in default or ()]
    return {"default_graph": graphs, "named_graphs": [_known_graph(iri, store) for iri in named or ()]}


def _known_graph(iri: str, store: EmbeddedStore) -> ox.NamedNode:
    try:
        graph = ox.NamedNode(iri)
    except ValueError as error:
        raise Failed("refused", f"<{iri}> is no absolute IRI, so it names no graph") from error
    if not store.database.contains_named_graph(graph):
        raise Failed("refused", f"there is no graph <{iri}> here, and no other place is asked for it")
    return graph


def _term(text: str) -> Any:
    return next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES))).object


# 2) a whole graph, by the Graph Store Protocol


def _graph(task: dict[str, Any], store: EmbeddedStore, sink: Sink, settings: dict[str, Any]) -> None:
    media_type, form = task["graph"]
    database = store.database
    triples: Iterable[ox.Triple]
    if task["name"] is not None:
        name = ox.NamedNode(task["name"])
        if not database.contains_named_graph(name):
            raise Failed("missing", f"there is no graph <{task['name']}>")
        triples = (quad.triple for quad in database.quads_for_pattern(None, None, None, name))
    elif isinstance(store, UnionStore):
        triples = (quad.triple for quad in database.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    else:
        triples = (quad.triple for quad in database)
    sink.start(media_type, "")
    write_triples(triples, form, sink)


TASKS: dict[str, Callable[[dict[str, Any], EmbeddedStore, Sink, dict[str, Any]], None]] = {
    "query": _query,
    "graph": _graph,
    "ask": documents.ask,
    "call": documents.call,
}
