"""The queries of `queries/checks/ontology/`: each selects what must never be true."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any

from kg import files
from kg.errors import StoreError
from kg.issue import Issue, Level
from kg.quality.read import OntologyFile
from kg.quality.structure import Structure, shown
from kg.reason.axioms import node_key
from kg.store import EmbeddedStore


def query_issues(read: Iterable[OntologyFile]) -> list[Issue]:
    """What the queries of `queries/checks/ontology/` select, with the level of its `severity.tsv`.

    Raises:
        StoreError: a query without a level.
    """
    structure = Structure(read)
    store = EmbeddedStore.in_memory(quad for _, quad in structure.quads)
    issues: dict[Issue, None] = {}
    for code, (level, query) in queries().items():
        header = dict(re.findall(r"^#\+ (\w+): (.*)$", query, re.M))
        try:
            _, rows = store.select(query)
        except StoreError as error:
            raise StoreError(f"queries/checks/ontology/{code}.rq: {error}") from error
        for row in rows:
            values = [shown(structure, row[name]) for name in ("property", "value") if name in row]
            message = ": ".join((header["problem"], *values))
            issues[structure.say(node_key(row["entity"]), message, header["fix"], code, level, about=row.get("value"))] = None
    return list(issues)


def queries() -> dict[str, tuple[Level, str]]:
    """name -> level and text of each query.

    Raises:
        StoreError: a query without a level, or a level without a query.
    """
    folder = files.folder("queries") / "checks" / "ontology"
    with (folder / "severity.tsv").open(encoding="utf-8", newline="") as table:
        levels: dict[str, Any] = {row["check"]: row["level"] for row in csv.DictReader(table, delimiter="\t")}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.rq"))}
    if odd := set(levels) ^ set(texts):
        raise StoreError(f"{folder}: {', '.join(sorted(odd))}: each query needs a row in severity.tsv, and each row a query")
    return {name: (levels[name], text) for name, text in texts.items()}
