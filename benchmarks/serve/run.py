"""Throughput and latency of `kg serve` beside the `oxigraph` server and rdflib-endpoint: same queries, same run.

    python benchmarks/serve/run.py --graph build/graph [--generate 1000000] [--rounds 5] [--clients 1 8 64] -o result.json

Needs wrk; `oxigraph` and `rdflib-endpoint` from PyPI take part if they are installed. Servers are measured in turn,
several rounds; the result is the median of each round's ratio to the `oxigraph` server, so that a machine that is busy
with other things changes the figures less. Everything stays on loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[2]))

from kg.pipeline import current
from kg.serve.testing import started, write_graph

SMALL = "SELECT * {{ <{subject}> ?p ?o }} LIMIT {limit}"
CROSS = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > {n}) }}"
#: Each request differs from all others in a comment, so that no answer comes from a cache.
LUA = """math.randomseed(os.time()) local n = 0
request = function() n = n + 1
  return wrk.format("GET", "{path}" .. n .. math.random(1e9), {{Accept = "{accept}"}}) end"""
JSON, TSV = "application/sparql-results+json", "text/tab-separated-values"


def generate(folder: Path, quads: int) -> Path:
    """A graph of patients with findings, each patient a named graph."""
    kinds = 997

    def lines() -> Iterator[str]:
        for n in range(quads // 4):
            s, g = f"<http://e/finding/{n}>", f"<http://e/patient/{n // 20}>"
            yield f"{s} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/Finding> {g} .\n"
            yield f"{s} <http://e/of> {g} {g} .\n"
            yield f"{s} <http://e/concept> <http://e/concept/{n % kinds}> {g} .\n"
            yield f'{s} <http://www.w3.org/2000/01/rdf-schema#label> "finding {n} of a patient" {g} .\n'

    write_graph(folder, "".join(lines()))
    return folder


@contextlib.contextmanager
def oxigraph(graph: Path) -> Iterator[str]:
    """The `oxigraph` server on the same quads."""
    folder = current(graph)
    assert folder is not None
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{Path('/usr/bin')}")
    if program is None:
        yield ""
        return
    with tempfile.TemporaryDirectory() as store:
        subprocess.run([program, "load", "-l", store, "-f", str(folder / "graph.nq")], check=True, capture_output=True)
        yield from _run([program, "serve-read-only", "-l", store, "--union-default-graph", "--bind"], "query")


@contextlib.contextmanager
def rdflib_endpoint(graph: Path, most: int) -> Iterator[str]:
    """rdflib-endpoint on the same quads, if there are not too many for it."""
    folder = current(graph)
    assert folder is not None
    program = shutil.which("rdflib-endpoint", path=str(Path(sys.executable).parent))
    if program is None or json.loads((folder / "manifest.json").read_text())["quads"] > most:
        yield ""
        return
    yield from _run([program, "serve", str(folder / "graph.nq"), "--host", "127.0.0.1", "--port"], "", port_only=True)


def _run(command: list[str], path: str, *, port_only: bool = False) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*command, str(port) if port_only else f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/{path}"
    finally:
        process.kill()
        process.wait()


def wrk(query: str, clients: int, seconds: int, distinct: bool, url: str, accept: str = JSON) -> tuple[float, float]:
    """Requests a second and the 99th percentile in ms."""
    address = f"{url}?query={quote(query)}"
    command = ["wrk", "--latency", "-t1", f"-c{clients}", f"-d{seconds}", "--timeout", "60", "-H", f"Accept: {accept}"]
    if distinct:
        script = Path(tempfile.mkstemp(suffix=".lua")[1])
        script.write_text(LUA.format(path=address[address.index("/", 8) :] + "%20%23", accept=accept))
        command += ["-s", str(script)]
    out = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"{url}: {out}")
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", out).groups()  # type: ignore[union-attr]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])  # type: ignore[index]
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def rows_per_second(rows: int, accept: str, url: str) -> tuple[float, float]:
    """Rows a second of one large answer, and how long it took in ms, from the request to the last byte."""
    from urllib.request import Request

    query = quote(f"SELECT ?s ?o {{ ?s ?p ?o }} LIMIT {rows}")
    began = time.monotonic()
    with urlopen(Request(f"{url}?query={query}", headers={"Accept": accept}), timeout=600) as answer:
        count = sum(piece.count(b"\n") if accept == TSV else piece.count(b'},{"') for piece in iter(lambda: answer.read(1 << 20), b""))
    seconds = time.monotonic() - began
    return count / seconds, 1000 * seconds


def light_beside_heavy(url: str, query: str, heavy: int, seconds: float) -> dict[str, float]:
    """Latency of a light query, never the same twice, while so many cross products are asked for again and again."""
    stop = threading.Event()

    def cross(number: int) -> None:
        round_ = 0
        while not stop.is_set():
            round_ += 1
            with contextlib.suppress(OSError):
                urlopen(f"{url}?query={quote(CROSS.format(n=10_000 + 100 * round_ + number))}", timeout=seconds + 60).read()

    threads = [threading.Thread(target=cross, args=(number,), daemon=True) for number in range(heavy)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            urlopen(f"{url}?query={quote(f'{query} # {len(times)}')}", timeout=30).read()
        times.append(1000 * (time.monotonic() - began))
        time.sleep(0.005)
    stop.set()
    times.sort()
    return {"n": len(times), "p50_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)], "max_ms": times[-1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", type=Path, default=Path("build/graph"))
    parser.add_argument("--subject", default="https://w3id.org/casegraph/case/antonopoulos-2018")
    parser.add_argument("--generate", type=int, help="use a generated graph of so many quads instead")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer-quads", type=int, default=200_000, help="rdflib-endpoint takes part up to this size")
    parser.add_argument("-o", type=Path)
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        graph = given.graph
        if given.generate:
            graph = generate(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "graph", given.generate)
            given.subject = "http://e/finding/4711"
        ours, _ = stack.enter_context(started(graph, "--no-pages"))
        servers = {"kg serve": f"{ours}sparql", "oxigraph": stack.enter_context(oxigraph(graph))}
        servers["rdflib-endpoint"] = stack.enter_context(rdflib_endpoint(graph, given.peer_quads))
        result = measure({name: url for name, url in servers.items() if url}, given)
    text = json.dumps(result, indent=1)
    print(text)
    if given.o:
        given.o.write_text(text + "\n")


def measure(servers: dict[str, str], given: argparse.Namespace) -> dict[str, object]:
    result: dict[str, object] = {}
    for limit in (3, 30):
        query = SMALL.format(subject=given.subject, limit=limit)
        for clients in given.clients:
            for distinct in (True, False):
                name = f"{limit} rows, {clients} clients, {'distinct' if distinct else 'repeated'} queries"
                result[name] = _rounds(servers, given.rounds, partial(wrk, query, clients, given.seconds, distinct))
    for form, accept in (("JSON", JSON), ("TSV", TSV)):
        large = {name: url for name, url in servers.items() if name != "rdflib-endpoint"}
        result[f"{given.rows} rows as {form}"] = _rounds(large, given.rounds, partial(rows_per_second, given.rows, accept))
    query = SMALL.format(subject=given.subject, limit=3)
    result["light beside 4 cross products"] = {"kg serve": light_beside_heavy(servers["kg serve"], query, 4, 10)}
    return result


def _rounds(servers: dict[str, str], rounds: int, run: Callable[[str], tuple[float, float]]) -> dict[str, dict[str, float]]:
    """Median rate, 99th percentile and ratio to the oxigraph server, of each server."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, url in servers.items():
            seen[name].append(run(url))
    table = {}
    for name, found in seen.items():
        table[name] = {
            "per_s": round(statistics.median(rate for rate, _ in found)),
            "p99_ms": round(statistics.median(p for _, p in found), 2),
        }
        if "oxigraph" in seen:
            ratios = [rate / peer for (rate, _), (peer, _) in zip(found, seen["oxigraph"], strict=True)]
            table[name]["ratio"] = round(statistics.median(ratios), 2)
    return table


if __name__ == "__main__":
    main()
