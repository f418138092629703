"""Time of materialising what follows from the seed, and from 100 and 1,000 copies of it, in several reasoners.

    python benchmarks/reason.py                # print the tables
    python benchmarks/reason.py --copies 1 10  # other sizes
    python benchmarks/reason.py --write        # also put the tables into benchmarks/reason.md

Every engine gets the same file: the ontology, and the triples of the case that mean something to a reasoner (no quotes, no
labels), with the case's IRI and blank nodes renamed in each copy. Each runs in a process of its own; reading the file is not
counted. Engines that are not installed are named as such: owlrl and reasonable come from PyPI, HermiT and ELK need Java, ELK
also jpype1 and the jars that tests/owlapi fetches.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))
#: Seconds that an engine may reason, and that it may take to read its input.
LIMIT, READING_LIMIT = 120, 900
MEMORY = 14_000_000_000
ENGINES = ("kg.reason", "reasonable", "owlrl", "HermiT", "ELK")
#: Runs of which the median is given, where one run is short.
RUNS = 5


# 1) one engine, one file: run as `reason.py --engine NAME FILE`, prints "loaded", then one line of JSON


def run_engine(name: str, path: Path) -> None:
    load, reason = {"kg.reason": ours, "reasonable": reasonable, "owlrl": owlrl, "HermiT": hermit, "ELK": elk}[name]()
    started = time.perf_counter()
    data = load(path)
    loaded = time.perf_counter() - started
    print("loaded", flush=True)
    seconds = []
    result: object = None
    while True:
        started = time.perf_counter()
        result = reason(data)
        seconds.append(result["seconds"] if isinstance(result, dict) else time.perf_counter() - started)
        if len(seconds) == RUNS or sum(seconds) > 5 or name in ("reasonable", "owlrl"):
            break  # the last two reason in place: a second run would find nothing left to do
    found = result["found"] if isinstance(result, dict) else result
    print(json.dumps({"load": loaded, "seconds": statistics.median(seconds), "found": found, "memory": peak()}))


def peak() -> float:
    """Megabytes."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def ours():
    from kg.names import CASE
    from kg.reason import follow

    def load(path):
        axioms, stated = [], []
        for quad in read(path):
            subject = getattr(quad.subject, "value", "")
            (stated if subject.startswith((CASE, "copy-")) else axioms).append(quad)
        return axioms, stated

    def reason(data):
        axioms, stated = data
        return len(follow(stated, axioms))

    return load, reason


def read(path):
    import pyoxigraph as ox

    return ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)


def reasonable():
    import reasonable as package

    def load(path):
        engine = package.PyReasoner()
        engine.load_file(str(path))
        return engine, sum(1 for _ in path.open("rb"))

    def reason(data):
        engine, stated = data
        return len(engine.reason()) - stated

    return load, reason


def owlrl():
    import owlrl as package
    import rdflib

    def load(path):
        graph = rdflib.Graph()
        graph.parse(path, format="nt")
        return graph

    def reason(graph):
        before = len(graph)
        package.DeductiveClosure(package.OWLRL_Semantics).expand(graph)
        return len(graph) - before

    return load, reason


def hermit():
    from kg.reason import dl

    def load(path):
        return list(read(path))

    def reason(quads):
        verdict = dl.classify(quads, timeout=LIMIT, memory_mb=8000)
        if not verdict.consistent or verdict.unsatisfiable:
            raise SystemExit(f"HermiT: consistent {verdict.consistent}, unsatisfiable {verdict.unsatisfiable}")
        return {"seconds": verdict.seconds, "found": sum(map(len, verdict.types.values()))}

    return load, reason


def elk():
    from tests.owlapi.java import start

    start()
    from java.io import File
    from org.semanticweb.elk.owlapi import ElkReasonerFactory
    from org.semanticweb.owlapi.apibinding import OWLManager
    from org.semanticweb.owlapi.formats import TurtleDocumentFormat
    from org.semanticweb.owlapi.io import FileDocumentSource
    from org.semanticweb.owlapi.reasoner import InferenceType

    def load(path):
        manager = OWLManager.createOWLOntologyManager()
        return manager.loadOntologyFromOntologyDocument(FileDocumentSource(File(str(path)), TurtleDocumentFormat()))

    def reason(ontology):
        reasoner = ElkReasonerFactory().createReasoner(ontology)
        if not reasoner.isConsistent():
            raise SystemExit("ELK: not consistent")
        reasoner.precomputeInferences(InferenceType.CLASS_HIERARCHY, InferenceType.CLASS_ASSERTIONS)
        reasoner.dispose()
        return 0

    return load, reason


# 2) the input


def axioms_and_case() -> tuple[list[str], list[str]]:
    """N-Triples lines (which are Turtle too) of the ontology, and of the seed as far as a reasoner reads it."""
    from kg import pipeline
    from kg.graph import derive
    from kg.names import CASE
    from kg.reason import dl

    stated, axioms = derive.stated_quads(pipeline.read_cases(pipeline.record_paths([ROOT / "seeds"])))
    tbox = {f"{triple} ." for triple in dl.logical(axioms)}
    both = [f"{triple} ." for triple in dl.logical((*axioms, *stated))]
    abox = [line for line in both if line not in tbox]
    assert all(line.startswith((f"<{CASE}", "_:")) for line in abox), "a triple of the case is about something else"
    return sorted(tbox), [re.sub(r"_:(\w+)", r"_:copy-\1", line) for line in abox]


def write_copies(path: Path, tbox: list[str], abox: list[str], copies: int) -> int:
    """The ontology once and the case so many times, under IRIs of their own; how many triples that are."""
    text = "\n".join(abox) + "\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("\n".join(tbox) + "\n")
        for number in range(copies):
            copy = (
                text
                if number == 0
                else re.sub(r"/casegraph/case/([\w-]+)", rf"/casegraph/case/\1-{number}", text).replace("_:copy-", f"_:copy-{number}-")
            )
            file.write(copy)
    return len(tbox) + copies * len(abox)


# 3) the parent: starts each engine, ends it at its limit


def measure(engine: str, path: Path) -> dict[str, object]:
    command = [sys.executable, str(Path(__file__).resolve()), "--engine", engine, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment, cwd=ROOT
    )
    ended: list[str] = []

    def end(why: str) -> None:
        ended.append(why)
        os.killpg(process.pid, signal.SIGKILL)

    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    timer = threading.Timer(READING_LIMIT, end, [f"reading took > {READING_LIMIT} s"])
    timer.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "loaded\n":
            timer.cancel()
            timer = threading.Timer(LIMIT + 5, end, [f"> {LIMIT} s"])
            timer.start()
    process.wait()
    timer.cancel()
    reader.join()
    if ended:
        return {"why": ended[0]}
    if process.returncode:
        return {"why": _failure(errors[0], process.returncode)}
    result = json.loads(lines[-1])
    return result if result["seconds"] <= LIMIT else {"why": f"> {LIMIT} s"}


def _failure(said: str, status: int) -> str:
    if "memory allocation" in said or "MemoryError" in said or "OutOfMemory" in said or status == -signal.SIGKILL:
        return "out of memory"
    if "ModuleNotFoundError" in said or "NoJava" in said:
        return "not installed"
    lines = [line for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "panicked" in line), lines[-1] if lines else f"exit status {status}")[:100]


def engine_table(copies: list[int], folder: Path) -> Iterator[str]:
    tbox, abox = axioms_and_case()
    sizes, results = {}, {}
    for count in copies:
        path = folder / f"copies-{count}.ttl"
        sizes[count] = write_copies(path, tbox, abox, count)
        for engine in ENGINES:
            slower = any("why" in results[engine, smaller] for smaller in copies if (engine, smaller) in results)
            results[engine, count] = (
                {"why": results[engine, [c for c in copies if c < count][-1]]["why"]} if slower else measure(engine, path)
            )
            print(count, engine, results[engine, count], file=sys.stderr, flush=True)
        path.unlink()
    yield "| engine | " + " | ".join(f"{count:,} {'copy' if count == 1 else 'copies'}, {sizes[count]:,} triples" for count in copies) + " |"
    yield "| --- |" + " ---: |" * len(copies)
    for engine in ENGINES:
        yield (
            f"| {engine} | "
            + " | ".join(cell(results[engine, count], results["kg.reason", count], sizes[count]) for count in copies)
            + " |"
        )


def cell(result: dict, base: dict, triples: int) -> str:
    if "why" in result:
        return str(result["why"])
    ratio = f", × {result['seconds'] / base['seconds']:.1f}" if "seconds" in base and result is not base else ""
    return f"{result['seconds']:.3g} s{ratio}; {triples / result['seconds'] / 1000:,.0f} k/s; {result['memory']:,.0f} MB"


def single_figures() -> Iterator[str]:
    """The other aims: the seed at build, explanations, HermiT on the ontology alone and with the seed."""
    from kg import names, pipeline
    from kg.graph import derive
    from kg.reason import dl, follow, hierarchy, infer, read_rules, terms_in
    from kg.reason.explain import Explainer

    stated, axioms = derive.stated_quads(pipeline.read_cases(pipeline.record_paths([ROOT / "seeds"])))
    terms = pipeline.all_terms()
    yield "| what | aim | median | worst |"
    yield "| --- | ---: | ---: | ---: |"
    yield row("types and relations of the seed (`follow`)", "100 ms", [timed(lambda: follow(stated, axioms)) for _ in range(11)])
    yield row("of which: reading the axioms (`read_rules`)", "", [timed(lambda: read_rules(axioms)) for _ in range(11)])
    rules = read_rules(axioms)
    yield row("of which: chaining (`infer`)", "", [timed(lambda: infer(rules, stated)) for _ in range(11)])
    yield row(
        "class hierarchy of the terms in use (`hierarchy`)",
        "",
        [timed(lambda: list(hierarchy(terms_in((*stated, *axioms), terms), terms))) for _ in range(5)],
    )
    model = infer(read_rules(axioms), stated)
    told = {
        (q.subject.value, q.object.value)
        for q in stated
        if q.predicate.value == names.RDF_TYPE and hasattr(q.object, "value") and hasattr(q.subject, "value")
    }
    derived = sorted(
        (i, c) for i, kinds in model.types.items() for c in kinds if i.startswith("http") and c.startswith(names.CG) and (i, c) not in told
    )
    chosen = {c: (i, c) for i, c in derived}  # one instance of each class
    explainer = Explainer(stated, axioms)
    seconds = []
    for individual, kind in chosen.values():
        seconds.append(timed(lambda i=individual, c=kind: explainer.instance(i, c)))
    yield row(f"an explanation (`kg explain`), of {len(chosen)} conclusions", "3 s", seconds)
    try:
        yield row("HermiT on the ontology alone", "2 s", [dl.classify(axioms).seconds for _ in range(3)])
        yield row("HermiT on the ontology and the seed", "", [dl.classify((*axioms, *stated)).seconds for _ in range(3)])
    except dl.ReasonerError as error:
        yield f"| HermiT | | {error} | |"


def timed(call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def row(what: str, aim: str, seconds: list[float]) -> str:
    def shown(value: float) -> str:
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"

    return f"| {what} | {aim} | {shown(statistics.median(seconds))} | {shown(max(seconds))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/reason.md")
    parser.add_argument("--engine", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        if options.engine[0] != "ELK" and options.engine[0] != "HermiT":  # Java reserves more than it uses
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        run_engine(options.engine[0], Path(options.engine[1]))
        return
    first = "\n".join(single_figures())
    print(first, flush=True)
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        second = "\n".join(engine_table(sorted(options.copies), Path(folder)))
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f}"
    where = f"{datetime.date.today()}, Python {platform.python_version()}, {machine}."
    text = f"{where}\n\n{first}\n\n{second}"
    print(text)
    if options.write:
        path = HERE / "reason.md"
        page = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"(<!-- results -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{text}\n{m[2]}", page, flags=re.S), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
