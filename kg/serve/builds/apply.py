"""The process that carries an update out: a copy of the current build is changed and made current, or nothing is."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.graph import folder as graph_folder
from kg.serve.guard import sandbox
from kg.serve.worker import tasks
from kg.serve.worker.sink import Sink


def main() -> None:
    """A task in from standard input, the new build's digest or a failure out."""
    task = json.load(sys.stdin)
    answer: dict[str, Any]
    try:
        sandbox.die_with_parent()
        sandbox.limit_processor(2 * task["time_s"] + 5)
        answer = {"digest": apply(Path(task["graph"]), task["text"], task["base"], task["memory_mb"])}
    except BaseException as error:
        answer = tasks.failure(error, Sink(lambda data: None, {}, {}))
    print(json.dumps(answer))


def apply(graph: Path, text: str, base: str, memory_mb: int) -> str:
    """Change a copy of the current build and make it current; its digest."""
    with graph_folder.only_builder(graph), graph_folder.new_folder(graph) as folder:
        before = graph_folder.current(graph)
        if before is None:
            raise ValueError("there is no graph to change")
        shutil.copytree(before / "store", folder / "store", ignore=shutil.ignore_patterns("LOCK"))
        store = ox.Store(str(folder / "store"))
        sandbox.limit_memory(memory_mb)
        sandbox.forbid_network()
        store.update(text, base_iri=base)
        store.flush()
        quads = sorted(store, key=str)
        del store
        lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        digest = hashlib.sha256(lines).hexdigest()[:16]
        (folder / "graph.nq").write_bytes(lines)
        manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
        manifest |= {"digest": digest, "quads": len(quads)}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        graph_folder.swap(graph, folder)
    return digest


if __name__ == "__main__":
    main()
