"""Time and peak memory of the core, and the same questions answered by rdflib's own engine on the same graph.

    python benchmarks/core.py               # print the two tables
    python benchmarks/core.py --runs 11     # more runs of each command
    python benchmarks/core.py --write       # also put the tables into benchmarks/README.md

Each command is a process of its own, measured whole: wall time from start to exit, and the peak of its resident
memory as the kernel reports it. Only the standard library is used here, so that the parent stays small: on Linux
a child's peak never reads lower than the parent's memory at the fork.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: Seconds that one question may take in one engine.
PATIENCE = 120
#: Each engine answers a question once unmeasured, then this many times.
REPEATS = 5
KG = [sys.executable, "-m", "kg"]

COMMANDS = [
    ("python -c pass", [sys.executable, "-c", "pass"]),
    ("import kg", [sys.executable, "-c", "import kg"]),
    ("kg --help", [*KG, "--help"]),
    ("kg build (the seed)", [*KG, "build", "-o", "{new}", "seeds"]),
    ("kg check --quick (the seed)", [*KG, "check", "--quick", "seeds"]),
    ("kg ask labs", [*KG, "ask", "labs"]),
    ("kg ask mechanisms --drug IVIG", [*KG, "ask", "mechanisms", "--drug", "IVIG"]),
    ("kg ask criteria", [*KG, "ask", "criteria"]),
]
#: The beginning of a command -> the seconds and megabytes it should stay under.
AIMS = {"kg build": (1.5, 150), "kg ask": (0.3, 150)}
#: Values for the questions that make no sense without one; the rest are asked as they stand, for all cases.
GIVEN = {
    "mechanisms": {"drug": "IVIG"}, "mechanism-path": {"from": "IVIG"}, "dose-history": {"drug": "hydroxychloroquine"},
    "evidence": {"drug": "IVIG"}, "findings-under": {"class": "HP:0000951"}, "statement": {"concept": "HP:0000951"},
    "drugs-in-class": {"class": "glucocorticoid"}, "treatment-failures": {"problem": "HP:0000951"},
    "what-worked": {"problem": "HP:0000951"},
}  # fmt: skip


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one process.

    Raises:
        SystemExit: the process failed; a figure of a failed run would be a lie.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
    if process.stderr:
        process.stderr.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}\n{said.decode()}")
    # Linux counts in KiB, macOS in bytes.
    return seconds, usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def copy_of_program(folder: Path) -> None:
    """What is measured, copied: an edit of the checkout half-way through would make the graph stale and `kg ask` build it."""
    for name in ("kg", "ontology", "queries", "seeds"):
        shutil.copytree(ROOT / name, folder / name)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "120"}


def commands(folder: Path, runs: int) -> list[list[str]]:
    """Rows of the table of commands. The runs take turns, so that a busy moment of the machine does not hit one command alone."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name, _ in COMMANDS}
    for run in range(runs + 1):
        for name, command in COMMANDS:
            new = folder / f"new-{run}"
            figures = measure([part.replace("{new}", str(new)) for part in command], folder)
            shutil.rmtree(new, ignore_errors=True)
            if run:  # the first round only warms the page cache and the compiled files
                found[name].append(figures)
    rows = []
    for name, figures in found.items():
        seconds, memory = zip(*figures, strict=True)
        aim = next((aim for start, aim in AIMS.items() if name.startswith(start)), None)
        rows.append(
            [f"`{name}`", f"{min(seconds):.2f}", f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}", f"{max(memory):.0f}",
             f"{aim[0]} s, {aim[1]} MB" if aim else ""]
        )  # fmt: skip
    return rows


# Run in processes of their own, so that neither engine's memory or caches reach the other.
_ANSWER = """
import json, statistics, sys, time
from kg import pipeline
from kg.ask import question_named, question_names, resolve
engine, folder, given, names, repeats = json.loads(sys.argv[1])
graph = pipeline.open_graph(folder)
started = time.perf_counter()
if engine == "rdflib":
    import rdflib
    data = rdflib.Dataset(default_union=True)
    data.parse(pipeline.current(pipeline.Path(folder)) / "graph.nq", format="nquads")
    def run(text):
        return sorted(tuple("" if v is None else v.n3() for v in row) for row in data.query(text))
else:
    def run(text):
        columns, rows = graph.store.select(text)
        return sorted(tuple(str(row[c]) if c in row else "" for c in columns) for row in rows)
loaded = time.perf_counter() - started
terms = pipeline.all_terms()
for name in names or question_names():
    asked = question_named(name)
    values = {k: resolve(graph.store, asked, asked.parameter(k), v, terms) for k, v in given.get(name, {}).items()}
    text = asked.bound(values)
    try:
        rows = run(text)
    except Exception as error:
        print(json.dumps([name, None, f"{type(error).__name__}", loaded]), flush=True)
        continue
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run(text)
        times.append(time.perf_counter() - began)
        if sum(times) > 10:
            break
    print(json.dumps([name, statistics.median(times), len(rows), loaded]), flush=True)
"""


def answers(engine: str, graph: Path, names: list[str]) -> dict[str, list[object]]:
    """Question -> [median seconds or None, rows or what went wrong, seconds to load], by one engine."""
    found: dict[str, list[object]] = {}
    if not names:
        return found
    order = json.dumps([engine, str(graph), GIVEN, names, REPEATS])
    command = [sys.executable, "-c", _ANSWER, order]
    process = subprocess.Popen(command, cwd=graph.parent, env=environment(graph.parent.parent), stdout=subprocess.PIPE, text=True)
    lines = _lines_within(process, PATIENCE)
    for line in lines:
        name, *figures = json.loads(line)
        found[name] = figures
    rest = [name for name in names if name not in found]
    if rest:
        # The first one not answered is the one that took too long; the others get a process of their own.
        found[rest[0]] = [None, f"> {PATIENCE} s", 0.0]
        found |= answers(engine, graph, rest[1:])
    return found


def _lines_within(process: subprocess.Popen[str], patience: float) -> list[str]:
    """The lines a process prints, until it ends or prints nothing for too long."""
    import selectors

    assert process.stdout is not None
    lines: list[str] = []
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(patience):
            line = process.stdout.readline()
            if not line:
                break
            lines.append(line)
    process.kill()
    process.wait()
    process.stdout.close()
    return lines


def engines(graph: Path) -> tuple[list[list[str]], str]:
    """Rows of the table of engines, and a line that sums them up."""
    names = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
    ours, theirs = answers("oxigraph", graph, names), answers("rdflib", graph, names)
    rows, ratios, loads = [], [], [0.0]
    for name in names:
        (fast, count, _), (slow, other, loaded) = ours[name], theirs[name]
        loads.append(float(loaded))  # type: ignore[arg-type]
        if fast is None or slow is None:
            rows.append([name, str(count), _milliseconds(fast), _milliseconds(slow) if slow else str(other), ""])
            continue
        ratio = float(slow) / float(fast)  # type: ignore[arg-type]
        if count == other:  # a wrong answer, however quick, is no figure to compare with
            ratios.append(ratio)
        note = "" if count == other else f" ({other} rows)"
        rows.append([name, str(count), _milliseconds(fast), _milliseconds(slow) + note, f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"])
    middle = f"median {statistics.median(ratios):.0f}, smallest {min(ratios):.1f}, largest {max(ratios):.0f}" if ratios else "none"
    return rows, (
        f"Ratios where both gave as many rows ({len(ratios)} of {len(names)} questions): {middle}. rdflib took {max(loads):.1f} s to read "
        "the graph before its first answer; the embedded store is opened where it lies."
    )


def _milliseconds(seconds: object) -> str:
    return f"{float(seconds) * 1000:.1f}" if seconds is not None else "failed"  # type: ignore[arg-type]


def table(header: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] + ["--:"] * (len(header) - 1), *rows])


def machine() -> str:
    """The machine in general words, and the versions that matter."""
    from importlib.metadata import version

    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib"))
    load = f"; load average {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"Measured {datetime.date.today():%Y-%m-%d} on {platform.system()}, {os.cpu_count()} virtual cores, {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}{load}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each command (default 7)")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="casegraph-bench-") as name:
        folder = Path(name)
        copy_of_program(folder)
        measure([*KG, "build"], folder)
        first = table(["command", "min s", "median s", "max s", "peak MB", "aim"], commands(folder, options.runs))
        rows, summary = engines(folder / "build" / "graph")
    second = table(["question", "rows", "Oxigraph ms", "rdflib ms", "ratio"], rows)
    text = f"{where} {options.runs} runs of each command.\n\n{first}\n\n{summary}\n\n{second}"
    print(text)
    if options.write:
        path = HERE / "README.md"
        page = path.read_text(encoding="utf-8")
        page = re.sub(r"(<!-- results -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{text}\n{m[2]}", page, flags=re.S)
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
