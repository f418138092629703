"""Many cases: how long their graph takes to build, how much memory, and how long the questions take to answer.

    python benchmarks/scale.py                    # copies of the packaged case: 10, 100 and 1,000
    python benchmarks/scale.py --records DIR      # copies of the records under DIR, such as those that `kg draft DIR/` made
    python benchmarks/scale.py --write            # put the tables into benchmarks/scale.md

The physical limit in the same run: Oxigraph's own loader reading the finished N-Quads file into an empty store.
CPU time counts all processes of a build; memory is the peak of the largest of them.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CASE_ID = re.compile(r"^case: *(\S+)", re.M)
#: Questions asked from a term's side; every question is also asked of one case.
BY_TERM = {
    "mechanisms": {"drug": "IVIG"}, "dose-history": {"drug": "glucocorticoid"}, "findings-under": {"class": "HP:0000951"},
    "statement": {"concept": "HP:0000951"}, "treatment-failures": {"problem": "HP:0000951"}, "what-worked": {"problem": "HP:0000951"},
    "refractory-cases": {"disease": "MONDO:0000001"}, "drugs-in-class": {"class": "glucocorticoid"},
}  # fmt: skip


def copies(records: list[Path], count: int, out: Path) -> None:
    """`count` case folders: the records over and over, each under an id of its own."""
    for number in range(count):
        record = records[number % len(records)]
        folder = out / f"{number:06}"
        folder.mkdir(parents=True)
        text = record.read_text(encoding="utf-8")
        (folder / "case.yaml").write_text(CASE_ID.sub(f"case: copy-{number}", text, count=1), encoding="utf-8")
        for report in record.parent.glob("*.txt"):
            shutil.copy(report, folder)


def measured(code: str) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds of all processes, peak megabytes of the largest, and what some Python printed."""
    wrapped = (
        f"{code}\nimport resource\n"
        "r = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "print('\\n%f %f' % (sum(u.ru_utime + u.ru_stime for u in r), max(u.ru_maxrss for u in r) / 1024))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", wrapped], cwd=ROOT, check=True, capture_output=True, text=True)
    wall = time.perf_counter() - began
    *printed, last = done.stdout.strip().splitlines()
    cpu, peak = map(float, last.split())
    return wall, cpu, peak, "\n".join(printed).strip()


def questions(graph: Path) -> list[tuple[str, str, int, float]]:
    """(question, how it was asked, rows, milliseconds): the median of three, after one that does not count."""
    sys.path.insert(0, str(ROOT))
    import kg
    from kg.ask import question_named, question_names

    opened = kg.open(graph)
    found = []
    first = "copy-0"
    asked = [(name, {"case": first}) for name in question_names() if any(p.name == "case" for p in question_named(name).parameters)]
    for name, values in [*asked, *BY_TERM.items()]:
        try:
            rows = len(list(opened.ask(name, **values)))
        except Exception as error:  # a term that no record has: said in the table, not passed over
            print(f"{name} {values}: {error}", file=sys.stderr)
            continue
        times = []
        for _ in range(3):
            began = time.perf_counter()
            list(opened.ask(name, **values))
            times.append((time.perf_counter() - began) * 1000)
        found.append((name, ", ".join(f"{k} {v}" for k, v in values.items()), rows, statistics.median(times)))
    return found


def run(records: list[Path], sizes: list[int], workers: int) -> str:
    lines = [
        "| cases | quads | wall s | CPU s | cases a CPU second | peak MB | one load of the N-Quads, s | wall / load |",
        "| --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    answers: dict[tuple[str, str], dict[int, tuple[int, float]]] = {}
    with tempfile.TemporaryDirectory() as made:
        for size in sizes:
            cases, graph, empty = Path(made) / f"cases-{size}", Path(made) / f"graph-{size}", Path(made) / f"empty-{size}"
            copies(records, size, cases)
            code = f"from pathlib import Path\nfrom kg import pipeline\nprint(pipeline.build([Path({str(cases)!r})], Path({str(graph)!r}), workers={workers}).quads)"
            wall, cpu, peak, quads = measured(code)
            nquads = graph / (graph / "CURRENT").read_text().strip() / "graph.nq"
            load, *_ = measured(f"import pyoxigraph as ox\ns = ox.Store({str(empty)!r})\ns.bulk_load(path={str(nquads)!r})\ns.flush()")
            lines.append(
                f"| {size:,} | {int(quads):,} | {wall:.1f} | {cpu:.1f} | {size / cpu:.1f} | {peak:.0f} | {load:.1f} | {wall / load:.1f} |"
            )
            for name, how, rows, ms in questions(graph):
                answers.setdefault((name, how), {})[size] = (rows, ms)
            shutil.rmtree(graph)
            shutil.rmtree(empty)
    asked = [
        "| question | of | " + " | ".join(f"rows, {n:,} cases | ms" for n in sizes) + " |",
        "| --- | --- |" + " --: | --: |" * len(sizes),
    ]
    for (name, how), found in answers.items():
        cells = " | ".join(f"{found[n][0]:,} | {found[n][1]:.1f}" if n in found else " | " for n in sizes)
        asked.append(f"| {name} | {how} | {cells} |")
    return "\n".join([*lines, "", *asked])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, default=ROOT / "seeds", help="folder of case.yaml files")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    records = sorted(args.records.glob("**/case.yaml"))
    assert records, f"{args.records}: no case.yaml there"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    before = os.getloadavg()[0]
    tables = run(records, args.sizes, args.workers)
    head = (
        f"Measured {datetime.date.today()} on {platform.system()}, {os.cpu_count()} virtual cores, {platform.machine()}, "
        f"Python {platform.python_version()}; load average {before:.1f} at the start. Copies of {len(records)} record"
        f"{'s' if len(records) != 1 else ''}."
    )
    print(f"{head}\n\n{tables}")
    if args.write:
        about = "# Many cases\n\n`python benchmarks/scale.py --write` makes this page; its head tells what is measured.\n\n"
        (HERE / "scale.md").write_text(f"{about}{head}\n\n{tables}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
