"""Throughput, latency and cost of `kg serve` beside the `oxigraph` server and rdflib-endpoint: same queries, same run.

    python benchmarks/serve/run.py [--graph build/graph] [--quads 10000000 --keep FOLDER] [--rounds 5] -o result.json

Needs wrk; `oxigraph` and `rdflib-endpoint` from PyPI take part if they are installed. `--quads` serves copies of the
graph's case up to so many quads in place of the graph itself. Servers are measured in turn, several rounds; each ratio is
the median of the rounds' ratios to the `oxigraph` server. Processor time is that of all processes of a server: on a
machine that is busy with other things it says more than rates do. Everything stays on loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import graphs
from servers import Server, kg_serve, oxigraph, rdflib_endpoint

SUBJECT = "https://w3id.org/casegraph/case/antonopoulos-2018"
SMALL = "SELECT * {{ <{subject}> ?p ?o }} LIMIT {limit}"
#: Work of a few milliseconds, about one case.
MEDIUM = "SELECT ?c (COUNT(?s) AS ?n) {{ GRAPH <{subject}> {{ ?s a ?c }} }} GROUP BY ?c ORDER BY DESC(?n)"
CROSS = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > {n}) }}"
#: Each request differs from all others in a comment, so that no answer comes from a cache.
LUA = """math.randomseed(os.time()) local n = 0
request = function() n = n + 1
  return wrk.format("GET", "{path}" .. n .. math.random(1e9), {{Accept = "{accept}"}}) end"""
JSON, TSV = "application/sparql-results+json", "text/tab-separated-values"


def wrk(query: str, clients: int, seconds: int, distinct: bool, server: Server, accept: str = JSON) -> dict[str, float]:
    """Requests a second, 99th percentile in ms, processor time of a request in µs."""
    address = f"{server.url}?query={quote(query)}"
    command = ["wrk", "--latency", "-t1", f"-c{clients}", f"-d{seconds}", "--timeout", "60", "-H", f"Accept: {accept}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if distinct:
            script.write(LUA.format(path=address[address.index("/", 8) :] + "%20%23", accept=accept))
            script.flush()
            command += ["-s", script.name]
        before = server.cpu_s()
        out = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
        used = sum(now - before.get(pid, 0) for pid, now in server.cpu_s().items())
    if "Non-2xx" in out:
        raise SystemExit(f"{server.url}: {out}")
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", out).groups()  # type: ignore[union-attr]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])  # type: ignore[index]
    p99 = float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]
    return {"per_s": rate, "p99_ms": p99, "cpu_us": used / max(1, rate * seconds) * 1e6}


def one_answer(query: str, accept: str, server: Server) -> dict[str, float]:
    """Rows a second of one answer, and how long it took in ms, from the request to the last byte."""
    began, rows = time.monotonic(), -1 if accept == TSV else 1
    request = Request(f"{server.url}?query={quote(f'{query} # {began}')}", headers={"Accept": accept})
    with urlopen(request, timeout=600) as answer:
        tail = b""
        for piece in iter(lambda: answer.read(1 << 20), b""):
            window = tail + piece
            rows += window.count(b"\n") if accept == TSV else window.count(b'},{"')
            tail = b"" if accept == TSV else window[-3:]
    seconds = time.monotonic() - began
    return {"per_s": rows / seconds, "ms": 1000 * seconds, "rows": rows}


def light_beside_heavy(server: Server, query: str, heavy: int, seconds: float) -> dict[str, float]:
    """Latency of a light query, never the same twice, while so many cross products are asked for again and again."""
    stop = threading.Event()

    def cross(number: int) -> None:
        round_ = 0
        while not stop.is_set():
            round_ += 1
            with contextlib.suppress(OSError):
                urlopen(f"{server.url}?query={quote(CROSS.format(n=10_000 + 100 * round_ + number))}", timeout=seconds + 60).read()

    for number in range(heavy):
        threading.Thread(target=cross, args=(number,), daemon=True).start()
    time.sleep(0.5)
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            urlopen(f"{server.url}?query={quote(f'{query} # {len(times)}')}", timeout=30).read()
        times.append(1000 * (time.monotonic() - began))
        time.sleep(0.005)
    stop.set()
    times.sort()
    memory = server.memory_mb()
    return {"n": len(times), "p50_ms": times[len(times) // 2], "p99_ms": times[int(len(times) * 0.99)], "max_ms": times[-1],
            "memory_mb": memory}  # fmt: skip


def measure(servers: dict[str, Server], given: argparse.Namespace) -> dict[str, Any]:
    quick = {name: server for name, server in servers.items() if name != "rdflib-endpoint"}
    load = os.getloadavg()[0]
    result: dict[str, Any] = {"load at start": load, "start_s": {name: round(server.start_s, 2) for name, server in servers.items()}}
    result["memory idle, MB"] = {name: server.memory_mb() for name, server in servers.items()}
    for label, query, kinds in (
        ("3 rows", SMALL.format(subject=SUBJECT, limit=3), (True, False)),
        ("30 rows", SMALL.format(subject=SUBJECT, limit=30), (True, False)),
        ("types in a case", MEDIUM.format(subject=SUBJECT), (True,)),
    ):
        for clients in given.clients:
            for distinct in kinds:
                name = f"{label}, {clients} clients, {'distinct' if distinct else 'repeated'}"
                result[name] = rounds(servers, given.rounds, partial(wrk, query, clients, given.seconds, distinct))
    result["memory after, MB"] = {name: server.memory_mb() for name, server in servers.items()}
    for form, accept in (("JSON", JSON), ("TSV", TSV)):
        query = f"SELECT ?s ?o {{ ?s ?p ?o }} LIMIT {given.rows}"
        result[f"{given.rows} rows as {form}"] = rounds(quick, min(3, given.rounds), partial(one_answer, query, accept))
    from kg.ask import question_named

    for question in given.questions:
        result[f"question {question}"] = rounds(quick, 1, partial(one_answer, question_named(question).sparql, JSON))
    query = SMALL.format(subject=SUBJECT, limit=3)
    result["light beside 4 cross products"] = light_beside_heavy(servers["kg serve"], query, 4, 10)
    return result


def rounds(servers: dict[str, Server], number: int, run: Callable[[Server], dict[str, float]]) -> dict[str, dict[str, float]]:
    """Medians for each server, and of the ratio of its rate to the oxigraph server's."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
    for _ in range(number):
        for name, server in servers.items():
            seen[name].append(run(server))
    table = {}
    for name, found in seen.items():
        table[name] = {key: round(statistics.median(one[key] for one in found), 1) for key in found[0]}
        if "oxigraph" in seen:
            ratios = [mine["per_s"] / peer["per_s"] for mine, peer in zip(found, seen["oxigraph"], strict=True)]
            table[name]["ratio"] = round(statistics.median(ratios), 2)
    print(json.dumps(table), file=sys.stderr, flush=True)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", type=Path, default=Path("build/graph"))
    parser.add_argument("--quads", type=int, help="serve copies of its case instead, up to so many quads")
    parser.add_argument("--keep", type=Path, help="folder for these copies; they are made if it is not there")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--questions", nargs="*", default=["statement", "findings", "treatment-failures"])
    parser.add_argument("--peer-quads", type=int, default=200_000, help="rdflib-endpoint takes part up to this size")
    parser.add_argument("-o", type=Path)
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        graph: Path = given.graph
        if given.quads:
            graph = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "graph"
            if not graph.is_dir():
                graphs.write(graph, graphs.copies(given.graph, given.quads))
        found = {
            "kg serve": stack.enter_context(kg_serve(graph, "--no-pages", "--time-s", "120")),
            "oxigraph": stack.enter_context(oxigraph(graph)),
            "rdflib-endpoint": stack.enter_context(rdflib_endpoint(graph, given.peer_quads)),
        }
        result = measure({name: server for name, server in found.items() if server is not None}, given)
    text = json.dumps(result, indent=1)
    print(text)
    if given.o:
        given.o.write_text(text + "\n")


if __name__ == "__main__":
    main()
