"""Faults: killed workers, holder, server, builds and updates; swaps under load, answers larger than memory should be."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")
if not Path("/proc/self/stat").exists():
    pytest.skip("needs /proc to see processes", allow_module_level=True)

from kg import pipeline
from kg.serve.testing import Client, started, write_graph
from tests.conftest import ROOT, SmallCase

ROWS = 60_000
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > 9999) }"
LIGHT = "SELECT ?o { <http://e/n0> <http://e/value> ?o }"


def _data(version: str, rows: int = ROWS) -> str:
    return "\n".join(f'<http://e/n{n}> <http://e/value> "{version}" <http://g/{n % 2}> .' for n in range(rows))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Client, subprocess.Popen[str]]]:
    graph = tmp_path_factory.mktemp("faults") / "graph"
    write_graph(graph, _data("one"))
    with started(graph, "--no-pages", "--time-s", "20") as (url, process):
        yield graph, Client(url, timeout=60), process


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _busy_worker(server: int) -> int:
    """The worker that has used most processor time lately."""

    def ticks(pid: int) -> int:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0
        return int(fields[11]) + int(fields[12])

    for _ in range(200):
        workers = [pid for holder in _children(server) for pid in _children(holder)]
        before = {pid: ticks(pid) for pid in workers}
        time.sleep(0.05)
        used = {pid: ticks(pid) - before[pid] for pid in workers}
        if used and max(used.values()) >= 2:
            return max(used, key=lambda pid: used[pid])
    raise AssertionError("no worker is busy")


def test_killed_worker_is_replaced_and_its_query_started_again(served: tuple[Path, Client, subprocess.Popen[str]]) -> None:
    _, client, process = served
    query = (
        "SELECT (COUNT(*) AS ?n) { ?a <http://e/value> ?c . VALUES ?x { "
        + " ".join(map(str, range(60)))
        + " } FILTER(STRLEN(STR(?a)) > ?x - 99) }"
    )
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.query, query)
        os.kill(_busy_worker(process.pid), signal.SIGKILL)
        assert client.query(LIGHT).rows == [{"o": "one"}]
        assert answer.result().rows == [{"n": str(60 * ROWS)}]


def test_killed_holder_is_replaced(served: tuple[Path, Client, subprocess.Popen[str]]) -> None:
    _, client, process = served
    for holder in _children(process.pid):
        os.kill(holder, signal.SIGKILL)
    for n in range(5):
        assert client.query(f"{LIGHT} # not asked before {n}").rows == [{"o": "one"}]


def test_killed_server_leaves_nothing_behind(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph", _data("one", 2000))
    with started(tmp_path / "graph", "--no-pages", "--memory-quads", "1") as (url, process):
        client = Client(url)
        threading.Thread(target=lambda: pytest.raises((OSError, http.client.HTTPException), client.query, SLOW), daemon=True).start()
        _busy_worker(process.pid)
        family = _children(process.pid)
        family += [pid for holder in family for pid in _children(holder)]
        process.kill()
        process.wait()
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text() for pid in family):
            assert time.monotonic() < deadline, "workers outlive the server"
            time.sleep(0.02)
    with started(tmp_path / "graph", "--no-pages") as (url, _):
        assert Client(url).query("ASK { ?s ?p ?o }").json["boolean"] is True
    assert list((tmp_path / "graph").glob(".serve-*")) == []


@pytest.mark.parametrize("where", ["memory", "disk"])
def test_swap_under_load_fails_no_request(tmp_path: Path, where: str) -> None:
    graph = tmp_path / "graph"
    write_graph(graph, _data("0", 3000))
    options = ["--memory-quads", "1"] if where == "disk" else []
    with started(graph, "--no-pages", *options) as (url, _):
        client, stop, seen = Client(url), threading.Event(), set()
        tag = client.query(LIGHT).headers["etag"]

        def ask(number: int) -> int:
            count = 0
            while not stop.is_set():
                reply = client.query(f"{LIGHT} # {number} {count}")
                assert reply.status == 200, reply
                seen.add(reply.rows[0]["o"])
                whole = client.query("SELECT ?o { ?s <http://e/value> ?o }", "text/csv") if count % 10 == 0 else None
                if whole:  # one build's rows, all of them, even when it is gone meanwhile
                    lines = whole.body.split()[1:]
                    assert (len(lines), len(set(lines))) == (3000, 1)
                count += 1
            return count

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask, number) for number in range(4)]
            try:
                for version in range(1, 5):
                    write_graph(graph, _data(str(version), 3000))
                    deadline = time.monotonic() + 15
                    while str(version) not in seen and time.monotonic() < deadline:
                        time.sleep(0.02)
                    assert str(version) in seen
            finally:
                stop.set()
            assert sum(future.result() for future in asking) > 20
        assert client.get(f"/sparql?query={quote(LIGHT)}", **{"If-None-Match": tag}).status == 200
    assert list(graph.glob(".serve-*")) == []


def test_broken_build_is_not_followed(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    write_graph(graph, _data("good", 10))
    with started(graph, "--no-pages") as (url, _):
        client = Client(url)
        bad = graph / "bad"
        bad.mkdir()
        (bad / "manifest.json").write_text('{"digest": "x", "quads": 1}')
        (bad / "graph.nq").write_text("no quads")
        (graph / "CURRENT").write_text("bad")
        time.sleep(1)
        assert client.query(LIGHT).rows == [{"o": "good"}]
        write_graph(graph, _data("better", 10))
        deadline = time.monotonic() + 10
        while client.query(LIGHT).rows != [{"o": "better"}]:
            assert time.monotonic() < deadline


#: Where `kg build` is killed, as what is done to the functions that `swap` uses; and whether the new graph is then served.
MOMENTS = {
    "nothing has its name yet": ("os.rename = die", False),
    "it has its name, and is not current": ("files.write_bytes = die", False),
    "half of CURRENT is written": ("os.replace = die", False),
    "it is current": ("shutil.rmtree = die", True),
    "the old one is half gone": (
        "shutil.rmtree = lambda path, **_: (os.unlink(path / 'graph.nq'), os.unlink(path / 'manifest.json'), die())",
        True,
    ),
}
_KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from kg import files, pipeline
from kg.graph import folder as graph_folder

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

real = graph_folder.swap

def swap(out, folder):
    CHANGE
    real(out, folder)

graph_folder.swap = swap
pipeline.build([Path(sys.argv[1])], Path(sys.argv[2]))
"""


def test_killed_build_leaves_the_old_graph_or_the_new(tmp_path: Path, small: type[SmallCase]) -> None:
    graph, known = tmp_path / "graph", 0
    ids = "SELECT ?id { ?case <https://w3id.org/casegraph/ns#caseId> ?id }"

    def record(number: int) -> Path:
        return small(("case: small-2020", f"case: small-{number}")).write(tmp_path / str(number))

    pipeline.build([record(known)], graph)
    with started(graph, "--no-pages") as (url, _):
        client, stop, seen = Client(url), threading.Event(), set()

        def ask() -> None:
            number = 0
            while not stop.is_set():
                seen.add(tuple(row["id"] for row in client.query(f"{ids} # {number}").rows))
                number += 1
                time.sleep(0.01)

        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask)
            try:
                for number, (moment, (change, done)) in enumerate(MOMENTS.items(), 1):
                    build = [sys.executable, "-c", _KILLED.replace("CHANGE", change), str(record(number)), str(graph)]
                    assert subprocess.run(build, cwd=ROOT).returncode == -signal.SIGKILL, moment
                    known = number if done else known
                    deadline = time.monotonic() + 20
                    while client.query(ids).rows != [{"id": f"small-{known}"}]:
                        assert time.monotonic() < deadline, moment
                        time.sleep(0.05)
                    assert pipeline.open_graph(graph).store.select(ids)[1][0]["id"].value == f"small-{known}", moment
            finally:
                stop.set()
            asking.result()
        assert seen <= {("small-0",), ("small-4",), ("small-5",)}  # whole, and one at a time
        pipeline.build([record(9)], graph)
        deadline = time.monotonic() + 20
        while client.query(ids).rows != [{"id": "small-9"}]:
            assert time.monotonic() < deadline
    current = (graph / "CURRENT").read_text()
    assert {path.name for path in graph.iterdir()} == {".lock", "CURRENT", current}


def test_killed_update_leaves_the_graph_as_it_was(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    write_graph(graph, _data("one", 300))
    with started(graph, "--no-pages", token="sesame") as (url, process):
        client = Client(url, timeout=60)

        def update(text: str) -> int:
            return client.post(text, "application/sparql-update", Authorization="Bearer sesame").status

        before = set(_children(process.pid))
        with ThreadPoolExecutor(1) as pool:
            endless = pool.submit(update, f"INSERT {{ GRAPH <http://g/9> {{ ?a ?b ?f }} }} WHERE {{ {SLOW.partition('{')[2]}")
            while not list(graph.glob(".new-*/store")):
                time.sleep(0.01)
            (worker,) = set(_children(process.pid)) - before
            os.kill(worker, signal.SIGKILL)
            assert endless.result() == 422
        assert client.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "300"}]
        assert update("INSERT DATA { GRAPH <http://g/9> { <http://e/a> <http://e/b> 1 } }") == 204
        assert client.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "301"}]
    assert {path.name for path in graph.iterdir()} == {".lock", "CURRENT", (graph / "CURRENT").read_text()}


def _memory(pid: int) -> int:
    """Resident KiB of a process; none if it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def test_a_million_rows_never_sit_in_memory(served: tuple[Path, Client, subprocess.Popen[str]]) -> None:
    _, client, process = served
    query = "SELECT ?s ?x { ?s <http://e/value> ?o VALUES ?x { " + " ".join(map(str, range(20))) + " } } LIMIT 1000000"
    connection = http.client.HTTPConnection(client.host, timeout=60)
    connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept": "text/tab-separated-values"})
    answer = connection.getresponse()
    before, size, lines, most = _memory(process.pid), 0, 0, 0
    while piece := answer.read(1 << 20):
        size += len(piece)
        lines += piece.count(b"\n")
        workers = [pid for holder in _children(process.pid) for pid in _children(holder)]
        most = max(most, _memory(process.pid) - before, *(_memory(pid) - _memory(_children(process.pid)[0]) for pid in workers))
    connection.close()
    assert lines == 1_000_001
    assert most * 1024 < size / 2


def test_without_the_web_stack_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "import kg, kg.serve\n"
        "try: kg.serve.serve('nowhere')\n"
        "except kg.serve.StoreError as error: print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'casegraph[serve]'" in out


def test_other_address_than_loopback_is_warned_of_and_missing_graph_is_an_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.serve", "--graph", str(tmp_path / "none"), "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "can be reached from other machines" in done.stderr
    assert "make one with 'kg build" in done.stderr
    assert "Traceback" not in done.stderr
