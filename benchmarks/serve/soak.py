"""Look for stalls: light queries beside everything that could hold them up, on a machine that is busy with other things.

    python benchmarks/serve/soak.py --graph build/graph [--minutes 3] [--burners 12] [-o result.json]

Processes that do nothing but use the processor run all the time; clients ask light queries (each a new one), queries of
a few dozen milliseconds, cross products, large answers that they read slowly, and answers that they go away from; now
and then a worker is killed. Every light query has to be answered, none may wait longer than `--stall` seconds. Exit
status 1 if one does: what the server was doing then is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from kg.serve.testing import started

LIGHT = "SELECT ?p ?o {{ ?s ?p ?o }} LIMIT 3 # {n}"
#: Twenty to a hundred milliseconds of work on the seed's graph.
MEDIUM = "SELECT (COUNT(*) AS ?n) {{ ?s a ?c ; ?p ?o FILTER(STRLEN(STR(?o)) > {n}) }}"
CROSS = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > {n}) }}"
LARGE = "SELECT * {{ ?s ?p ?o . ?t ?q ?u }} LIMIT 400000 # {n}"


class Soak:
    """What is asked, and how long the answers took.

    Args:
        url: of the server.
        stall: seconds after which a light query counts as stalled.
    """

    def __init__(self, url: str, stall: float) -> None:
        self.host = urlsplit(url).netloc
        self.stall = stall
        self.stop = threading.Event()
        self.times: dict[str, list[float]] = {"health": [], "light": [], "medium": []}
        self.statuses: dict[str, dict[int, int]] = {"health": {}, "light": {}, "medium": {}, "cross": {}}
        self.stalls: list[str] = []
        self.faults: list[str] = []
        self.watch: Callable[[], str] = str

    def ask(self, kind: str, query: str, connection: HTTPConnection | None = None) -> None:
        connection = connection or HTTPConnection(self.host, timeout=120)
        began, status = time.monotonic(), 0
        late = threading.Timer(self.stall, lambda: self.stalls.append(f"{kind} {query[-30:]}: {self.watch()}"))
        if kind == "light":
            late.start()
        try:
            path = f"/sparql?query={quote(query)}" if query else "/health"
            connection.request("GET", path, headers={"Accept": "text/csv"})
            answer = connection.getresponse()
            body = answer.read()
            status = answer.status
            if status == 500 or (kind == "light" and status != 200):
                self.faults.append(body[:300].decode())
        except (OSError, HTTPException):
            connection.close()
        late.cancel()
        if self.stop.is_set():
            return
        self.statuses[kind][status] = self.statuses[kind].get(status, 0) + 1
        if kind in self.times:
            self.times[kind].append(time.monotonic() - began)

    def light(self) -> None:
        connection = HTTPConnection(self.host, timeout=120)
        while not self.stop.is_set():
            self.ask("light", LIGHT.format(n=random.random()), connection)
            time.sleep(random.random() / 20)

    def health(self) -> None:
        """The same without a worker: what it takes is the machine's doing, and this script's."""
        connection = HTTPConnection(self.host, timeout=120)
        while not self.stop.is_set():
            self.ask("health", "", connection)
            time.sleep(random.random() / 20)

    def medium(self) -> None:
        while not self.stop.is_set():
            self.ask("medium", MEDIUM.format(n=random.randrange(40)))
            time.sleep(random.random() / 4)

    def cross(self) -> None:
        while not self.stop.is_set():
            self.ask("cross", CROSS.format(n=random.randrange(10_000, 10_000_000)))

    def slow_reader(self) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                reader = socket.create_connection((self.host.split(":")[0], int(self.host.split(":")[1])))
                with reader:
                    reader.sendall(f"GET /sparql?query={quote(LARGE.format(n=random.random()))} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    for _ in range(random.randrange(1, 40)):
                        reader.recv(1 << 16)
                        time.sleep(0.1)

    def leaver(self) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                query = random.choice((LIGHT, MEDIUM, CROSS)).format(n=random.randrange(10**6))
                with socket.create_connection((self.host.split(":")[0], int(self.host.split(":")[1]))) as leaver:
                    leaver.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    time.sleep(random.random() / 5)
            time.sleep(random.random() / 5)


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def workers(server: int) -> list[int]:
    return [worker for holder in children(server) for worker in children(holder)]


def states(server: int) -> str:
    """Each worker's state, niceness and processor time so far."""
    found = []
    for worker in workers(server):
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            found.append(f"{fields[0]} nice {fields[16]} {(int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK'):g}s")
    return "; ".join(found)


def kill_one(server: int) -> None:
    with contextlib.suppress(OSError, IndexError):
        os.kill(random.choice(workers(server)), signal.SIGKILL)


def summary(times: list[float]) -> dict[str, float]:
    times = sorted(times) or [0.0]
    return {"n": len(times), **{f"p{p}_ms": round(1000 * times[int(len(times) * p / 100)], 1) for p in (50, 99)},
            "max_ms": round(1000 * times[-1], 1)}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", type=Path, default=Path("build/graph"))
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--burners", type=int, default=6 * (os.cpu_count() or 2), help="processes that use the processor")
    parser.add_argument("--stall", type=float, default=3, help="seconds")
    parser.add_argument("--kill-every", type=float, default=10, help="seconds between two workers that are killed; 0 kills none")
    parser.add_argument("-o", type=Path)
    given = parser.parse_args()
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(given.burners)]
    try:
        with started(given.graph, "--no-pages", "--time-s", "10") as (url, process):
            soak = Soak(url, given.stall)
            soak.watch = lambda: states(process.pid)
            kinds = [soak.health] + [soak.light] * 8 + [soak.medium] * 2 + [soak.cross] * 4 + [soak.slow_reader] * 2 + [soak.leaver] * 2
            for kind in kinds:
                threading.Thread(target=kind, daemon=True).start()
            end, loads = time.monotonic() + 60 * given.minutes, []
            while time.monotonic() < end:
                time.sleep(given.kill_every or 10)
                loads.append(os.getloadavg()[0])
                if given.kill_every:
                    kill_one(process.pid)
            soak.stop.set()
            time.sleep(1)
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    failed = {status: n for status, n in soak.statuses["light"].items() if status != 200}
    result = {"load": max(loads), "statuses": soak.statuses, **{kind: summary(times) for kind, times in soak.times.items()},
              "faults": soak.faults[:20], "stalls": soak.stalls[:20]}  # fmt: skip
    text = json.dumps(result, indent=1)
    print(text)
    if given.o:
        given.o.write_text(text + "\n")
    return 1 if soak.stalls or soak.faults or failed else 0


if __name__ == "__main__":
    sys.exit(main())
