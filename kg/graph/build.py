"""Records → the folder of a graph, in batches on all cores, so that ten thousand cases need no more memory than a hundred.

Each batch becomes a sorted file of N-Quads; the files are merged into one. The result has the same bytes whatever the
batches and the number of workers.
"""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import __version__, files, reason
from kg.cases import default_seeds, read_all, record_paths, refuse, repeated_ids
from kg.errors import BuildError, StoreError
from kg.graph import folder as graph_folder
from kg.graph.derive import case_part, shared_quads
from kg.graph.folder import DEFAULT_GRAPH, FORMATS
from kg.issue import Issue, errors
from kg.names import PREFIXES

#: Suffix -> how a whole graph is written besides the store.
_RDF = dict(zip(FORMATS, (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD), strict=True))
#: Cases in a batch: a worker's memory grows by 3 MB for each draft, 15 MB for each record that quotes every sentence.
BATCH = 16
#: Files that are merged at once, below any system's limit of open files.
MOST_BATCHES = 500


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made."""

    folder: Path
    cases: int
    quads: int


class _Batch(NamedTuple):
    """What became of a batch: its issues, its case ids with their files, the CURIEs of the terms it uses."""

    issues: list[Issue]
    ids: list[tuple[str, Path]]
    known: frozenset[str]


def build(
    sources: Iterable[Path] | None = None,
    out: Path = DEFAULT_GRAPH,
    formats: Iterable[str] = (),
    *,
    workers: int = 0,
    batch: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Build the graph of every case under some folders.

    The new graph is made beside the old one and takes its place by one rename, so that a build that fails or
    is killed leaves the old graph as it was, and a reader never sees half of one.

    Args:
        sources: folders or record files; None means `default_seeds`.
        out: the graph's folder.
        formats: of `FORMATS`; written beside the graph's folder.
        workers: processes; 0 means one a core.
        batch: cases taken together; 0 means `BATCH`, or more where there would be too many batches.
        progress: called with how many cases are done and how many there are.

    Raises:
        CasegraphError: a record has errors, another build is running, or the disk is full.
    """
    paths = record_paths([default_seeds()] if sources is None else sources)
    out = Path(out)
    unknown = [suffix for suffix in formats if suffix not in FORMATS]
    if unknown:
        raise StoreError(f"{unknown[0]}: cannot write it; use {', '.join(FORMATS)}")
    size = batch or max(BATCH, -(-len(paths) // MOST_BATCHES))
    with graph_folder.only_builder(out), graph_folder.disk_errors(out):
        inputs = graph_folder.inputs_of(paths)
        with graph_folder.new_folder(out) as folder:
            parts = folder / "parts"
            parts.mkdir()
            batches = [paths[i : i + size] for i in range(0, len(paths), size)]
            known = _refuse_errors(_batches(batches, parts, workers, progress))
            _write_part(parts / "shared.nq", shared_quads(known))
            quads, digest = _finish(folder, optimize=len(batches) > 1)
            manifest = {"version": __version__, "digest": digest, "cases": len(paths), "quads": quads, "inputs": inputs}
            (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            graph_folder.swap(out, folder)
        for suffix in formats:
            built = graph_folder.current(out)
            assert built is not None, "the graph has just been put there, and the lock is held"
            write_graph(ox.parse(path=str(built / "graph.nq"), format=ox.RdfFormat.N_QUADS), out.with_suffix(suffix))
    return Built(out, len(paths), quads)


def _batches(batches: list[list[Path]], parts: Path, workers: int, progress: Callable[[int, int], None] | None) -> Iterator[_Batch]:
    """What became of each batch, in order; one batch needs no process of its own."""
    total, done = sum(map(len, batches)), 0
    jobs = [(batch, parts / f"{number:05}.nq") for number, batch in enumerate(batches)]
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    with contextlib.ExitStack() as stack:
        results: Iterable[_Batch] = map(_build_batch, jobs)
        if workers > 1:
            from kg.workers import worker_pool

            results = stack.enter_context(worker_pool(workers)).map(_build_batch, jobs)
        try:
            for result, batch in zip(results, batches, strict=True):
                done += len(batch)
                if progress:
                    progress(done, total)
                yield result
        except BrokenExecutor as error:
            raise BuildError("a worker was killed, perhaps for want of memory; try again with fewer workers") from error


def _build_batch(job: tuple[list[Path], Path]) -> _Batch:
    """Read, check and derive some cases, and write their quads; a batch with errors writes nothing."""
    paths, out = job
    cases, issues = read_all(paths)
    ids = [(case.loaded.record.case, case.loaded.path) for case in cases]
    if errors(issues):
        return _Batch(issues, ids, frozenset())
    part = case_part(cases)
    _write_part(out, part.quads)
    return _Batch(issues, ids, part.known)


def _refuse_errors(results: Iterable[_Batch]) -> frozenset[str]:
    """The CURIEs of the terms in use over all batches.

    Raises:
        RecordError: any case has an error; `issues` holds all issues of all of them.
    """
    issues: list[Issue] = []
    ids: list[tuple[str, Path]] = []
    known: frozenset[str] = frozenset()
    for result in results:
        issues += result.issues
        ids += result.ids
        known |= result.known
    refuse([*issues, *repeated_ids(ids)])
    return known


def _write_part(path: Path, quads: Iterable[ox.Quad]) -> None:
    lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    path.write_bytes(b"".join(sorted(set(lines.splitlines(keepends=True)))))


def _finish(folder: Path, *, optimize: bool) -> tuple[int, str]:
    """The parts → graph.nq and the store, with what the rules of the whole graph derive; the number of quads and their digest."""
    parts = folder / "parts"
    store = ox.Store(str(folder / "store"))
    for part in sorted(parts.iterdir()):
        store.bulk_load(path=str(part), format=ox.RdfFormat.N_QUADS)  # one by one: the loader's memory grows with the file
    _write_part(parts / "derived.nq", reason.apply_rules(store, "graph"))
    store.flush()
    if optimize:
        store.optimize()  # three times as quick to ask, and worth the wait only where there is much to ask
    found = _merge(sorted(parts.iterdir()), folder / "graph.nq")
    shutil.rmtree(parts)
    return found


def _merge(parts: list[Path], out: Path) -> tuple[int, str]:
    """Sorted files of lines → one, without repeats; the number of lines and a digest of them."""
    digest, count = hashlib.sha256(), 0
    with contextlib.ExitStack() as stack, out.open("wb") as file:
        for line, _ in groupby(heapq.merge(*(stack.enter_context(part.open("rb")) for part in parts))):
            file.write(line)
            digest.update(line)
            count += 1
    return count, digest.hexdigest()[:16]


def write_graph(quads: Iterable[ox.Quad], path: Path) -> None:
    """Write sorted quads in the format of the path's suffix; Turtle, which has no named graphs, gets their union.

    Raises:
        StoreError: a suffix that is none of `FORMATS`.
    """
    if path.suffix not in FORMATS:
        raise StoreError(f"{path}: cannot write {path.suffix or 'a file without suffix'}; use {', '.join(FORMATS)}")
    statements: Iterable[ox.Quad] | Iterable[ox.Triple] = quads
    if path.suffix == ".ttl":
        # The same triple of two graphs stands in neighbouring quads, as they are sorted.
        statements = (triple for triple, _ in groupby(quad.triple for quad in quads))
    with files.replacing(path) as part:
        ox.serialize(statements, output=str(part), format=_RDF[path.suffix], prefixes=PREFIXES)

