"""The folder of a graph: CURRENT names the sub-folder that holds the latest complete build, and changes by one rename."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg import __version__, files
from kg.cases import default_seeds, record_paths
from kg.errors import BuildError, CasegraphError
from kg.terms import VOCABULARY, vocabulary_file

DEFAULT_GRAPH = Path("build/graph")
#: Suffixes of a graph in one file.
FORMATS = (".nq", ".trig", ".ttl", ".jsonld")


def current(out: Path) -> Path | None:
    """The folder of the latest complete build, or None."""
    try:
        name = (out / "CURRENT").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = out / name
    return folder if name and (folder / "manifest.json").is_file() else None


def is_stale(out: Path, sources: Iterable[Path] | None = None) -> bool:
    """Whether there is no graph, or one that its inputs no longer lead to."""
    folder = current(out)
    if folder is None:
        return True
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    try:
        paths = record_paths([default_seeds()] if sources is None else sources)
        return manifest["version"] != __version__ or _changed(manifest["inputs"], _input_paths(paths))
    except CasegraphError:
        return False  # nothing to build from: the graph stands on its own


def _input_paths(records: Iterable[Path]) -> Iterator[Path]:
    """Every file that a build's result depends on."""
    for path in records:
        yield path
        yield from sorted(path.parent.glob("*.txt"))
    yield from sorted(files.folder("ontology").glob("*.ttl"))
    yield files.folder("ontology") / "context.jsonld"
    yield from sorted((files.folder("queries") / "rules").glob("*.rq"))
    yield from sorted({VOCABULARY, vocabulary_file()})
    yield from sorted(Path(__file__).parents[1].rglob("*.py"))


def inputs_of(records: Iterable[Path]) -> dict[str, list[Any]]:
    """path -> size, time of change (ns) and SHA-256 of each input."""
    found = {}
    for path in _input_paths(records):
        status = path.stat()
        found[str(path.resolve())] = [status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()]
    return found


def _changed(inputs: Mapping[str, list[Any]], paths: Iterable[Path]) -> bool:
    seen = set()
    for path in paths:
        key = str(path.resolve())
        seen.add(key)
        if key not in inputs:
            return True
        size, changed_at, digest = inputs[key]
        status = path.stat()
        if status.st_size != size:
            return True
        if status.st_mtime_ns != changed_at and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return True
    return seen != set(inputs)


@contextlib.contextmanager
def only_builder(out: Path) -> Iterator[None]:
    """Hold the lock of a graph's folder; the kernel lets go of it when the process ends, however it ends."""
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise BuildError(f"{out}: {error.strerror or error}; choose another folder with -o") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(f"{out}: another build is running; wait for it, or build into another folder with -o") from error
        yield


@contextlib.contextmanager
def disk_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BuildError(f"{out}: {error.strerror or error}; the graph that was there is as it was") from error


@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder for a build in progress; gone again if the build fails. What killed builds left is swept away."""
    _sweep(out)
    import tempfile  # here, for most runs write nothing

    folder = Path(tempfile.mkdtemp(dir=out, prefix=".new-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(out: Path) -> None:
    """Remove what a build that was killed left: an unfinished one, one not made current, one no longer so, half a CURRENT."""
    serving = current(out)
    for leftover in (*out.glob(".new-*"), *out.glob(f"{'[0-9a-f]' * 16}-*")):
        if leftover != serving:
            shutil.rmtree(leftover, ignore_errors=True)
    for leftover in out.glob(".CURRENT-*"):
        leftover.unlink(missing_ok=True)


def swap(out: Path, folder: Path) -> None:
    """Make a finished build the current one."""
    before = current(out)
    name = f"{json.loads((folder / 'manifest.json').read_text(encoding='utf-8'))['digest']}-{folder.name.removeprefix('.new-')}"
    os.rename(folder, out / name)
    files.write_bytes(out / "CURRENT", name.encode())
    if before is not None:
        gone = out / f".new-{before.name}"  # nobody finds it there to put something into it meanwhile
        with contextlib.suppress(OSError):  # the next build sweeps what cannot be removed now
            os.rename(before, gone)
            shutil.rmtree(gone)
