"""Two graphs → their diff; whatever holds a graph is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.diff.answers import Reasons, answer_changes
from kg.diff.changes import Diff
from kg.diff.release import Release
from kg.diff.stated import only_in_first, statement_changes, term_changes
from kg.errors import StoreError
from kg.store import EmbeddedStore


def diff_graphs(old: Any, new: Any) -> Diff:
    """What changed from one graph to another.

    Args:
        old: a `Graph`, a store, or a path: graph folder, RDF file, folder of records, or an ontology's folder.
        new: likewise. Turtle holds no graph names, so what was inferred counts as stated there.

    Raises:
        StoreError: one of them cannot be opened, or is an endpoint: the graph itself is needed.
    """
    before, after = Release(_store(old)), Release(_store(new))
    terms = tuple(term_changes(before, after))
    removed, added = only_in_first(before.axioms, after.axioms), only_in_first(after.axioms, before.axioms)
    statements = tuple(statement_changes(before, after))
    reasons = Reasons(
        before, after, terms, statements, [*((k, f"axiom removed: {t}") for k, t in removed), *((k, f"axiom added: {t}") for k, t in added)]
    )
    answers = tuple(answer_changes(before, after, reasons))
    return Diff(terms, tuple(text for _, text in added), tuple(text for _, text in removed), statements, answers)


def _store(where: Any) -> EmbeddedStore:
    from kg.graph.opened import open_graph
    from kg.quality import CATALOG

    if isinstance(where, str | Path) and (Path(where) / CATALOG).is_file():
        return _ontology_store(Path(where))
    store = open_graph(where).store if isinstance(where, str | Path) else getattr(where, "store", where)
    if not isinstance(store, EmbeddedStore):
        raise StoreError("a diff needs the graphs themselves, not an endpoint; give folders or files")
    return store


def _ontology_store(folder: Path) -> EmbeddedStore:
    from kg.issue import Issue
    from kg.quality import ontology_paths, read_file

    quads: list[ox.Quad] = []
    for path in ontology_paths(folder):
        read = read_file(path, str(path))
        if isinstance(read, Issue):
            raise StoreError(str(read))
        quads += read.quads
    return EmbeddedStore.in_memory(quads)
