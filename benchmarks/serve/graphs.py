"""Graphs to be served in benchmarks: many copies of a case, or many plain findings, as builds that `kg serve` opens."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[2]))

from kg.graph.folder import current

_CASE = re.compile(r"<https://w3id\.org/casegraph/case/[^#>/]+>")
_BLANK = re.compile(r"_:[A-Za-z0-9]+")


def copies(graph: Path, quads: int) -> Iterator[str]:
    """A built graph, with its case again and again under other IRIs until there are about so many quads.

    The case's own graph and what was inferred of it are copied, with its blank nodes renamed; the ontology is there once.
    """
    folder = current(graph)
    assert folder is not None
    lines = (folder / "graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    found = _CASE.search("".join(line for line in lines if "ns#Case>" in line))
    assert found is not None
    case = found[0][1:-1]
    own = [line for line in lines if case in line]
    rest = [line for line in lines if case not in line]
    shared = set(_BLANK.findall("".join(rest)))
    yield from rest
    yield from own
    template = "".join(own)
    for number in range(2, 2 + max(0, round((quads - len(lines)) / len(own)))):
        copy = template.replace(case, f"{case}-{number}")
        yield _BLANK.sub(lambda blank, n=number: blank[0] if blank[0] in shared else f"{blank[0]}c{n}", copy)  # type: ignore[misc]


def findings(quads: int) -> Iterator[str]:
    """Patients with findings, each patient a named graph."""
    for n in range(quads // 4):
        s, g = f"<http://e/finding/{n}>", f"<http://e/patient/{n // 20}>"
        yield f"{s} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/Finding> {g} .\n"
        yield f"{s} <http://e/of> {g} {g} .\n"
        yield f"{s} <http://e/concept> <http://e/concept/{n % 997}> {g} .\n"
        yield f'{s} <http://www.w3.org/2000/01/rdf-schema#label> "finding {n} of a patient" {g} .\n'


def write(folder: Path, pieces: Iterable[str]) -> Path:
    """Make N-Quads the current build of a graph's folder, without ever holding them in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    build = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    digest = hashlib.sha256()
    with (build / "graph.nq").open("wb") as file:
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            file.write(data)
    store = ox.Store(str(build / "store"))
    store.bulk_load(path=str(build / "graph.nq"), format=ox.RdfFormat.N_QUADS)
    store.flush()
    manifest = {"version": "0", "digest": digest.hexdigest()[:16], "cases": 0, "quads": len(store), "inputs": {}}
    del store
    (build / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    before = current(folder)
    final = build.rename(folder / f"{manifest['digest']}-{build.name.removeprefix('.new-')}")
    (folder / "CURRENT").write_text(final.name, encoding="utf-8")
    if before is not None:
        shutil.rmtree(before)
    return folder
