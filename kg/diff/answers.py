"""Which questions answer otherwise, row by row, and because of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.ask import plain, question_named, question_names
from kg.diff.changes import AnswerChange, RowChange, StatementChange, TermChange
from kg.diff.release import Release
from kg.diff.stated import take_one

#: Columns that only place a row among others.
PLACES = frozenset({"order", "start", "end"})


class Reasons:
    """What changed, ready to be looked up for a row."""

    def __init__(
        self,
        before: Release,
        after: Release,
        terms: Sequence[TermChange],
        statements: Sequence[StatementChange],
        axioms: Sequence[tuple[str, str]],
    ) -> None:
        self.terms = {
            names.expand(t.curie) if t.curie.partition(":")[0] in names.PREFIXES else t.curie: t for t in terms if t.kind != "changed"
        }
        self.axioms = axioms
        self.statements = [
            (change, _pieces(change.quote), self._terms_of(change, before, after), _labels_of(change, before, after))
            for change in statements
        ]

    @staticmethod
    def _terms_of(change: StatementChange, before: Release, after: Release) -> set[str]:
        nodes = {names.CASE + node for node in (change.node, change.was) if node}
        values = [v for side in (before, after) for node in nodes for values in side.statements.get(node, {}).values() for v in values]
        return {value for value in values if not value.startswith(('"', names.CASE, names.CG))} | nodes

    def of(self, rows: Iterable[Mapping[str, Any]], cells: Iterable[tuple[str, Any, Any]] = ()) -> tuple[str, ...]:
        """The changes that share the sentence of a row, or that a changed cell names; else those about its terms; and terms it names."""
        rows = list(rows)
        iris = {node.value for row in rows for node in row.values() if isinstance(node, ox.NamedNode)}
        pieces = {piece for row in rows if "quote" in row for piece in _pieces(row["quote"].value)}
        parts = {part for _, old, new in cells for part in differing_items(old, new)}
        named = [change for change, _, _, labels in self.statements if any(label in part for label in labels for part in parts)]
        found = [change for change, own, _, _ in self.statements if own & pieces]
        about = [change for change, _, terms, _ in self.statements if terms & iris]
        both = [change for change in found if change in about]
        told = [f"{change.kind} {change.node} “{change.quote}”" for change in both or named or found or about]
        told += [
            f"{term.kind} {term.curie}: {term.before or 'nothing'} → {term.after or 'nothing'}"
            for iri, term in sorted(self.terms.items())
            if iri in iris
        ]
        if not told:
            curies = {names.compact(iri) for iri in iris}
            told = [text for key, text in self.axioms if any(curie in key for curie in curies)]
        return tuple(dict.fromkeys(told))


def _labels_of(change: StatementChange, before: Release, after: Release) -> set[str]:
    """What a statement is called, before and after, where that is enough to know it by."""
    found = {side.labels.get(names.CASE + node, "") for side in (before, after) for node in (change.node, change.was) if node}
    return {label for label in found if len(label) > 3}


def differing_items(old: Any, new: Any) -> tuple[str, ...]:
    """The items of two lists in cells ("a; b") that are in one of them only, old ones first; the cells themselves where they are no lists.

    Example:
    >>> differing_items("a; b", "b; c"), differing_items(1, None)
    (('a', 'c'), ('1',))
    """
    sides = [[] if value is None else str(value).split("; ") for value in (old, new)]
    return (*(item for item in sides[0] if item not in sides[1]), *(item for item in sides[1] if item not in sides[0]))


def _pieces(quote: str) -> set[str]:
    """The sentences of a quote; questions and records join them with different marks."""
    return {piece.strip() for part in quote.split(" | ") for piece in part.split(" […] ") if piece.strip()}


def answer_changes(before: Release, after: Release, reasons: Reasons) -> Iterator[AnswerChange]:
    for name in question_names():
        question = question_named(name)
        rows = [side.store.select(question.sparql)[1] for side in (before, after)]
        keys = [[frozenset((c, str(v)) for c, v in row.items() if c not in PLACES) for row in side] for side in rows]
        same = Counter(keys[0]) & Counter(keys[1])
        left, right = (
            [row for row, key in zip(side, side_keys, strict=True) if not take_one(counter, key)]
            for side, side_keys, counter in ((rows[0], keys[0], same.copy()), (rows[1], keys[1], same.copy()))
        )
        changes = tuple(_row_changes(left, right, reasons))
        if changes:
            yield AnswerChange(name, question.summary, changes)


def _row_changes(left: list[dict[str, Any]], right: list[dict[str, Any]], reasons: Reasons) -> Iterator[RowChange]:
    """Rows that share most of their cells are one row that changed."""
    open_rows = list(right)
    for old in left:
        near = max(open_rows, key=lambda new: _shared(old, new), default=None)
        if near is not None and _shared(old, near) > 0.5:
            open_rows.remove(near)
            columns = [c for c in (*near, *(c for c in old if c not in near)) if c not in PLACES and str(old.get(c)) != str(near.get(c))]
            cells = tuple((c, plain(old.get(c)), plain(near.get(c))) for c in columns)
            yield RowChange("changed", _plain_row(near), cells, reasons.of((old, near), cells))
        else:
            yield RowChange("removed", _plain_row(old), (), reasons.of((old,)))
    for new in open_rows:
        yield RowChange("added", _plain_row(new), (), reasons.of((new,)))


def _shared(old: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    columns = (old.keys() | new.keys()) - PLACES - {"case"}
    return sum(str(old.get(c)) == str(new.get(c)) for c in columns) / max(len(columns), 1)


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: plain(node) for column, node in row.items()}
