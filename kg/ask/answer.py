"""A question put to a store: its rows as an `Answer`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.ask.question import question_named
from kg.ask.resolve import has_members, resolve
from kg.store import Node, Store
from kg.terms import Terms

_NUMERIC = {names.PREFIXES["xsd"] + kind for kind in ("integer", "nonNegativeInteger", "decimal", "double", "float")}
_BOOLEAN = names.PREFIXES["xsd"] + "boolean"


class Answer(list[dict[str, Any]]):
    """The rows of an answer: a list of dicts with `columns`, at home in a notebook.

    Attributes:
        nodes: the same rows as RDF terms.
        bound: the RDF term that each given parameter was taken for.

    Example:
    >>> answer = Answer("labs", ("analyte", "value"), [{"analyte": "CRP", "value": 2.82}])
    >>> answer[0]["value"], answer.columns
    (2.82, ('analyte', 'value'))
    """

    def __init__(
        self,
        question: str,
        columns: Iterable[str],
        rows: Iterable[dict[str, Any]],
        nodes: list[dict[str, Node]] | None = None,
        bound: Mapping[str, Node] | None = None,
    ) -> None:
        super().__init__(rows)
        self.question = question
        self.columns = tuple(columns)
        self.nodes = nodes or []
        self.bound = dict(bound or {})

    def __repr__(self) -> str:
        return f"<Answer to {self.question!r}: {len(self)} rows of {', '.join(self.columns)}>"

    def to_pandas(self) -> Any:
        """A pandas frame (pandas has to be installed)."""
        import pandas

        return pandas.DataFrame(list(self), columns=list(self.columns))

    def _repr_html_(self) -> str:
        from html import escape

        def cells(values: Iterable[Any], tag: str) -> str:
            return "".join(f"<{tag}>{escape('' if v is None else str(v))}</{tag}>" for v in values)

        body = "".join(f"<tr>{cells((row[c] for c in self.columns), 'td')}</tr>" for row in self)
        return f"<table><thead><tr>{cells(self.columns, 'th')}</tr></thead><tbody>{body}</tbody></table>"


def ask(store: Store, name: str, values: Mapping[str, str], terms: Terms) -> Answer:
    """The rows that answer a question.

    Args:
        store: embedded or remote.
        values: parameter -> what the user typed; parameters left out mean all.
        terms: for labels and synonyms in parameters.

    Raises:
        QuestionError: unknown question, parameter or value; a label that fits several terms.
        StoreError: the store failed.
    """
    asked = question_named(name)
    bound = {key: resolve(store, asked, asked.parameter(key), value, terms) for key, value in values.items()}
    alone = {key for key, node in bound.items() if asked.parameter(key).classes and not has_members(store, node)}
    columns, solutions = store.select(asked.bound(bound, alone))
    rows = [{column: plain(solution.get(column)) for column in columns} for solution in solutions]
    return Answer(name, columns, rows, solutions, bound)


def plain(node: Node | None) -> Any:
    """An RDF term as a row shows it: CURIE, number, boolean or text.

    Example:
    >>> plain(ox.NamedNode("http://purl.obolibrary.org/obo/HP_0001945")), plain(ox.Literal(3)), plain(None)
    ('HP:0001945', 3, None)
    """
    if node is None:
        return None
    if isinstance(node, ox.NamedNode):
        return names.compact(node.value)
    if isinstance(node, ox.Literal):
        if node.datatype.value in _NUMERIC:
            number = float(node.value)
            return int(number) if number.is_integer() else number
        if node.datatype.value == _BOOLEAN:
            return node.value == "true"
    return node.value
