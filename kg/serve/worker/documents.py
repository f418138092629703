"""What a worker does for the library and the pages: questions and functions, whose answers are JSON documents."""

from __future__ import annotations

import importlib
import json
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg.serve.worker.sink import Sink
from kg.store import EmbeddedStore


def warm_up() -> None:
    """Load once, in the holder, what every worker may need."""
    from kg import ask

    ask.question_names()
    vocabulary()


@lru_cache(maxsize=1)
def vocabulary() -> Any:
    """The terms that values of questions are looked up in; loaded once, before the workers are split off."""
    from kg.cases import all_terms

    return all_terms()


def ask(task: dict[str, Any], store: EmbeddedStore, sink: Sink, settings: dict[str, Any]) -> None:
    """A question of the library.

    Task:
        name; values: parameter -> what the user typed.
    """
    from kg.ask import ask as answer_of

    answer = answer_of(store, task["name"], task["values"], vocabulary())
    nodes = [{column: _json_term(node) for column, node in row.items()} for row in answer.nodes]
    bound = {name: _json_term(node) for name, node in answer.bound.items()}
    _document(sink, {"question": task["name"], "columns": list(answer.columns), "rows": list(answer), "nodes": nodes, "bound": bound})
    sink.counted = len(answer)


def _json_term(node: Any) -> dict[str, str]:
    if isinstance(node, ox.NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, ox.BlankNode):
        return {"type": "bnode", "value": node.value}
    if node.language:
        return {"type": "literal", "value": node.value, "xml:lang": node.language}
    return {"type": "literal", "value": node.value, "datatype": node.datatype.value}


def call(task: dict[str, Any], store: EmbeddedStore, sink: Sink, settings: dict[str, Any]) -> None:
    """A function of the pages.

    Task:
        function: "package.module:name"; args: JSON values that follow the store.
    """
    module, _, name = task["function"].partition(":")
    _document(sink, getattr(importlib.import_module(module), name)(store, *task["args"]))


def _document(sink: Sink, document: Any) -> None:
    sink.start("application/json", "")
    sink.write(json.dumps(document, ensure_ascii=False).encode())
