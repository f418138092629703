"""The servers that are compared, each on loopback with the same quads, and what they cost the machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from kg.graph.folder import current
from kg.serve.testing import started

_TICKS = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    """A running server: address of its SPARQL endpoint, its first process, seconds until it answered."""

    url: str
    pid: int
    start_s: float

    def processes(self) -> list[int]:
        """Itself and all that descend from it."""
        found = [self.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    found += map(int, task.read_text().split())
        return found

    def cpu_s(self) -> dict[int, float]:
        """Processor time of each process so far."""
        times = {}
        for pid in self.processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                times[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        return times

    def memory_mb(self) -> int:
        """Proportional set size of all processes: shared pages count once."""
        total = 0
        for pid in self.processes():
            with contextlib.suppress(OSError, TypeError):
                total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])  # type: ignore[index]
        return total >> 10


@contextlib.contextmanager
def kg_serve(graph: Path, *options: str) -> Iterator[Server | None]:
    began = time.monotonic()
    with started(graph, *options) as (url, process):
        yield Server(f"{url}sparql", process.pid, time.monotonic() - began)


@contextlib.contextmanager
def oxigraph(graph: Path) -> Iterator[Server | None]:
    """The `oxigraph` server on the build's own store, if it is installed."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:/usr/bin")
    folder = current(graph)
    assert folder is not None
    if program is None:
        yield None
    else:
        yield from _run([program, "serve-read-only", "-l", str(folder / "store"), "--union-default-graph", "--bind"], "query")


@contextlib.contextmanager
def rdflib_endpoint(graph: Path, most: int) -> Iterator[Server | None]:
    """rdflib-endpoint on the same quads, if it is installed and there are not too many for it."""
    folder = current(graph)
    assert folder is not None
    program = shutil.which("rdflib-endpoint", path=str(Path(sys.executable).parent))
    if program is None or json.loads((folder / "manifest.json").read_text())["quads"] > most:
        yield None
    else:
        yield from _run([program, "serve", str(folder / "graph.nq"), "--host", "127.0.0.1", "--port"], "", port_only=True)


def _run(command: list[str], path: str, *, port_only: bool = False) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, str(port) if port_only else f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while process.poll() is None and time.monotonic() < began + 60:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.01)
        yield Server(f"http://127.0.0.1:{port}/{path}", process.pid, time.monotonic() - began)
    finally:
        process.kill()
        process.wait()
