"""A folder of reports → a folder of drafts, on all cores, resumable, a bad file harming no other."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

from kg import __version__
from kg.draft.assemble import draft_report
from kg.errors import CasegraphError
from kg.report import load_report
from kg.workers import worker_pool

SUFFIXES = (".txt", ".md", ".text")


class Done(NamedTuple):
    """What became of one file: the folders written, or the reason why not."""

    name: str
    written: tuple[str, ...]
    problem: str = ""
    skipped: bool = False
    remarks: tuple[str, ...] = ()


def draft_folder(source: Path, out: Path, workers: int = 0, progress: Callable[[int, int, Done], None] | None = None) -> list[Done]:
    """Draft every report of a folder to `out/<name>/case.yaml`, beside a copy of the report.

    A folder that holds the same report's draft by this version is left alone; so an interrupted run goes on where it
    stopped. The bytes written do not depend on the number of workers.

    Args:
        source: a folder of .txt and .md files, searched one level deep.
        workers: processes; 0 means one a core.
        progress: called after each file with how many are done, how many there are, and what became of it.
    Returns:
        One Done a file, in order of names.
    """
    if not source.is_dir():
        raise CasegraphError(f"{source}: not a folder; give a folder of .txt files")
    paths = sorted(p for p in source.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)
    if not paths:
        raise CasegraphError(f"{source}: no .txt or .md file there")
    out.mkdir(parents=True, exist_ok=True)
    names = _names(paths)
    jobs = [(path, out / name) for path, name in zip(paths, names, strict=True)]
    results: list[Done] = []
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers == 1:
        before = gc.get_threshold()
        _collect_less()
        try:
            for job in jobs:
                results.append(_one(job))
                if progress:
                    progress(len(results), len(jobs), results[-1])
        finally:
            gc.set_threshold(*before)
            gc.unfreeze()
        return results
    with worker_pool(workers, _collect_less) as pool:
        futures = [pool.submit(_one, job) for job in jobs]
        for job, future in zip(jobs, futures, strict=True):
            try:
                done = future.result()
            except BrokenProcessPool:
                done = _one(job)
            results.append(done)
            if progress:
                progress(len(results), len(jobs), done)
    return results


def _collect_less() -> None:
    """Drafting makes many small things and hardly a circle of them: look for circles seldom, and not among the tables."""
    gc.freeze()
    gc.set_threshold(50_000)


def _names(paths: list[Path]) -> list[str]:
    """A folder name for each file, made of its stem; names that would meet keep their suffix."""
    from kg.draft.sheet import slug

    slugs = [slug(path.stem) for path in paths]
    return [
        slug if slugs.count(slug) == 1 else f"{slug}-{hashlib.sha256(path.name.encode()).hexdigest()[:6]}"
        for slug, path in zip(slugs, paths, strict=True)
    ]


def _one(job: tuple[Path, Path]) -> Done:
    """Draft one file; whatever goes wrong becomes a Done."""
    path, folder = job
    try:
        report = load_report(path)
        mark = hashlib.sha256(f"{__version__} {report.sha256}".encode()).hexdigest()
        if (folder / ".draft").exists() and (folder / ".draft").read_text(encoding="ascii").split()[:1] == [mark]:
            return Done(path.name, tuple((folder / ".draft").read_text(encoding="ascii").split()[1:]), skipped=True)
        draft = draft_report(report, folder.name)
        written = []
        for number, record in enumerate(draft.records):
            place = folder if len(draft.records) == 1 else folder / record["case"]
            place.mkdir(parents=True, exist_ok=True)
            _write(place / "report.txt", report.text.encode())
            _write(place / "case.yaml", draft.to_yaml(number).encode())
            written.append(place.name)
        _write(folder / ".draft", " ".join([mark, *written]).encode())
        return Done(path.name, tuple(written), remarks=tuple(draft.remarks))
    except CasegraphError as error:
        return Done(path.name, (), str(error))
    except Exception as error:  # a bug must not stop the other files; it is listed with its kind
        return Done(path.name, (), f"{path}: {type(error).__name__}: {error}; please report this")


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
