"""What is wrong with a graph: the queries of `queries/checks/`, and the SHACL shapes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any

from kg import files, names
from kg.ask import plain
from kg.errors import StoreError
from kg.issue import Issue, Level
from kg.store import EmbeddedStore


def check_graph(store: EmbeddedStore) -> list[Issue]:
    """What the queries of `queries/checks/` select, with the severity of `severity.tsv`."""
    folder = files.folder("queries") / "checks"
    with (folder / "severity.tsv").open(encoding="utf-8", newline="") as table:
        severity: dict[str, Any] = {row["check"]: row["level"] for row in csv.DictReader(table, delimiter="\t")}
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.rq")):
        if path.stem not in severity:
            raise StoreError(f"{path}: not in severity.tsv; give it a level there")
        query = path.read_text(encoding="utf-8")
        header = dict(re.findall(r"^#\+ (\w+): (.*)$", query, re.M))
        _, rows = store.select(query)
        for row in rows:
            entity, prop, value = (plain(row.get(name)) for name in ("entity", "property", "value"))
            message = f"{header.get('problem', path.stem)}: {prop} {value}" if prop else f"{header.get('problem', path.stem)}: {value}"
            issues.append(Issue(severity[path.stem], str(entity), message, header.get("fix", ""), code=path.stem))
    return issues


def check_shapes(quads: Iterable[Any]) -> list[Issue]:
    """What the SHACL shapes of `ontology/shapes.ttl` say about the cases' graphs (by pyshacl)."""
    import pyoxigraph as ox
    import rdflib
    from pyshacl import validate

    data = rdflib.Graph()
    data.parse(data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph().parse(files.folder("ontology") / "shapes.ttl")
    _, results, _ = validate(data, shacl_graph=shapes, advanced=True)
    shacl = rdflib.Namespace(names.PREFIXES["sh"])
    issues = []
    for result in results.subjects(rdflib.RDF.type, shacl.ValidationResult):
        focus, value, path = (results.value(result, shacl[name]) for name in ("focusNode", "value", "resultPath"))
        level: Level = "error" if results.value(result, shacl.resultSeverity) == shacl.Violation else "warning"
        message = str(results.value(result, shacl.resultMessage) or "does not fit its shape")
        found = f"{message}; found {value}" if value is not None else message
        issues.append(Issue(level, names.compact(str(focus)), found, path=names.compact(str(path)) if path else "", code="shape"))
    return sorted(issues, key=str)
