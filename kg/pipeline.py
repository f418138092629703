"""The whole journey, report → record → graph → answers: one short function for each verb of the command."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import files
from kg.cases import (
    CASE_FILE,
    CaseFiles,
    all_terms,
    default_seeds,
    issues_of,
    read_case,
    read_cases,
    record_paths,
    record_schema,
    repeated_ids,
    start_record,
)  # fmt: skip
from kg.errors import RecordError, StoreError
from kg.graph.folder import DEFAULT_GRAPH, FORMATS, current, is_stale
from kg.graph.opened import Graph, built_graph, open_graph
from kg.issue import Issue, errors
from kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from kg.check import Coverage
    from kg.graph.build import Built

__all__ = [
    "DEFAULT_GRAPH", "FORMATS", "CaseFiles", "Graph", "all_terms", "are_records", "build", "built_graph", "check", "check_ontology", "current", "diff", "draft",
    "draft_folder", "export", "is_stale", "open_graph", "push", "read_case", "read_cases", "reason_dl", "reason_quick",
    "record_paths", "record_schema", "report", "serve", "start_record",
]  # fmt: skip

#: Where `kg draft --build` puts its graph: apart from what curators made.
DRAFT_GRAPH = Path("build/drafts")


# 1) check


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """What a check says of one case.

    Attributes:
        missing_sentences: the sentences that no statement accounts for.
        care: (item, status, where) of the CARE checklist; empty after a quick check.
    """

    case_id: str
    statements: int
    coverage: Any
    missing_sentences: tuple[str, ...]
    care: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found."""

    issues: list[Issue]
    cases: list[CaseCheck]

    @property
    def passed(self) -> bool:
        """Whether there is no error; warnings and remarks pass."""
        return not errors(self.issues)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        from dataclasses import asdict

        cases = [
            {"case": c.case_id, "statements": c.statements, "coverage": c.coverage.share, "missing": list(c.missing_sentences),
             "care": [dict(zip(("item", "status", "where"), row, strict=True)) for row in c.care]}
            for c in self.cases
        ]  # fmt: skip
        return {"passed": self.passed, "issues": [asdict(issue) for issue in self.issues], "cases": cases}


def check(sources: Iterable[Path] | None = None, *, quick: bool = False) -> Checked:
    """Check records and, unless `quick`, the graph they make.

    Raises:
        CasegraphError: a file that cannot be read at all; what a readable record says wrong is an issue.
    """
    from kg.check import coverage

    issues: list[Issue] = []
    cases: list[CaseFiles] = []
    covered: list[Coverage] = []
    for path in record_paths([default_seeds()] if sources is None else sources):
        try:
            case = read_case(path)
        except RecordError as error:
            issues += issues_of(error, path)
            continue
        cases.append(case)
        covered.append(coverage(case.loaded, case.report))
        issues += [*case.issues, *_uncovered(case, covered[-1])]
    issues += repeated_ids((case.loaded.record.case, case.loaded.path) for case in cases)
    store = None
    if cases and not quick and not errors(issues):
        store, found = _check_graph(cases)
        issues += found
    return Checked(issues, [_case_check(case, found, store) for case, found in zip(cases, covered, strict=True)])


def _uncovered(case: CaseFiles, found: Coverage) -> list[Issue]:
    """A warning where sentences of the report are not accounted for."""
    missing = len(found.missing)
    if not missing:
        return []
    message = f"{missing} sentence{'s' if missing != 1 else ''} of the report neither quoted nor left out"
    return [Issue("warning", str(case.loaded.path), message, "quote them, or list them under 'left_out' with a reason", code="coverage")]


def _check_graph(cases: list[CaseFiles]) -> tuple[EmbeddedStore, list[Issue]]:
    from kg.check import check_graph, check_shapes
    from kg.graph.derive import graph_quads
    from kg.names import case_iri

    quads = graph_quads(cases)
    store = EmbeddedStore.in_memory(quads)
    graphs = {case_iri(case.loaded.record.case) for case in cases}
    stated = [quad for quad in quads if getattr(quad.graph_name, "value", "") in graphs]
    return store, check_shapes(stated) + check_graph(store)


def _case_check(case: CaseFiles, found: Coverage, store: Store | None) -> CaseCheck:
    from kg.record import STATEMENT_SECTIONS

    record = case.loaded.record
    missing = tuple(" ".join(case.report.quote(span).split()) for span in found.missing)
    care: tuple[tuple[str, str, str], ...] = ()
    if store is not None:
        rows = Graph(store).ask("care-checklist", case=record.case)
        care = tuple((str(row["item"]), str(row["status"]), str(row["where"] or "")) for row in rows)
    return CaseCheck(record.case, sum(len(getattr(record, s)) for s in STATEMENT_SECTIONS), found, missing, care)


# 2) reason


def reason_dl(sources: Iterable[Path] | None = None, *, timeout: int = 300, memory_mb: int = 3000) -> Any:
    """HermiT's verdict on ontology and cases, and where the quick engine disagrees.

    Returns:
        (verdict, differences): see `kg.reason.dl`.

    Raises:
        ReasonerError: no Java, or time or memory ran out.
    """
    from kg.graph.derive import stated_quads
    from kg.reason import dl, infer, read_rules
    from kg.reason.engine import is_named

    cases = read_cases(record_paths([default_seeds()] if sources is None else sources))
    stated, axioms = stated_quads(cases)
    verdict = dl.classify((*axioms, *stated), timeout=timeout, memory_mb=memory_mb)
    quick = infer(read_rules(axioms), stated).types
    return verdict, dl.differences({who: set(filter(is_named, kinds)) for who, kinds in quick.items() if is_named(who)}, verdict)


def reason_quick(sources: Iterable[Path] | None = None) -> str:
    """How much follows from some cases, and how long it takes to find out; contradictions included."""
    import time

    from kg.graph.derive import stated_quads
    from kg.reason import follow, infer, read_rules

    cases = read_cases(record_paths([default_seeds()] if sources is None else sources))
    stated, axioms = stated_quads(cases)
    started = time.perf_counter()
    model = infer(read_rules(axioms), stated)
    inferred = follow(stated, axioms, model)
    seconds = time.perf_counter() - started
    clashes = model.clashes
    verdict = f"{len(clashes)} contradictions (see: kg explain)" if clashes else "no contradiction"
    return f"{len(stated):,} stated triples, {len(inferred):,} follow from {len(axioms):,} of the ontology, in {seconds * 1000:.0f} ms; {verdict}"


# 3) the graph, for questions, other tools and people


def build(
    sources: Iterable[Path] | None = None, out: Path = DEFAULT_GRAPH, formats: Iterable[str] = (), **options: Any
) -> Built:  # fmt: skip
    """Build the graph of every case under some folders (default: the seeds); see `kg.graph.build.build`."""
    from kg.graph.build import build as run

    return run(sources, out, formats, **options)


def push(url: str, graph: Path | None = None, token: str | None = None) -> int:
    """Send a graph, built first if need be, to a Graph Store endpoint; how many named graphs were sent."""
    from kg.store import push as send

    graph = built_graph(graph)
    folder = current(graph)
    if folder is None and graph.suffix != ".nq":
        raise StoreError(f"{graph}: no graph there; make one with 'kg build', or give an .nq file")
    return send(folder / "graph.nq" if folder else graph, url, token=token)


def check_ontology(folder: Path | None = None) -> Checked:
    """The ontology's own quality checks."""
    from kg.quality import check_ontology as run

    return Checked(run(folder), [])


def export(kind: str, output: Path, graph: Path | None = None, *, merged: bool = False) -> Any:
    """Write the graph as a folder for Protégé, one RDF file, or the mappings as SSSOM; what was written and left out."""
    from kg.export import export_file, export_protege, export_sssom

    if kind == "sssom":
        return export_sssom(output)
    store = open_graph(built_graph(graph)).store
    if not isinstance(store, EmbeddedStore):
        raise StoreError("an export needs the graph itself, not an endpoint; give its folder with --graph")
    if kind == "protege":
        return export_protege(store.database, output, one_file=merged)
    return export_file(store.database, output if output.suffix else output.with_suffix(f".{kind}"))


def report(case_id: str, graph: Path | None = None) -> str:
    """A case's page as one HTML file."""
    from kg.report_page import case_page

    return case_page(built_graph(graph), case_id)


def serve(graph: Path | None, host: str, port: int, *, records: Path | None, log: str, writable: bool, **options: Any) -> None:
    """Serve a graph until interrupted.

    Raises:
        StoreError: the web parts are not installed, the address is taken, or `writable` without a token.
    """
    try:
        from kg.serve import serve as run
    except ImportError as error:
        raise StoreError(f"the server's parts are not installed ({error.name}); pip install 'casegraph[serve]'") from error
    token = os.environ.get("KG_SERVE_TOKEN")
    run(built_graph(graph), host, port, records=records, log=None if log == "none" else log, writable=writable, token=token, **options)


# 4) drafts and comparisons


def draft(
    source: Path, case_id: str = "draft", output: Path | None = None, *, build_graph: bool = False,
    model: str | None = None, model_url: str | None = None,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Draft the record of a report, one for each patient.

    Args:
        output: the file to write; several patients get a number after its stem. With `build_graph` it may be left out.
        build_graph: also build the graph of the drafts, into `DRAFT_GRAPH`.
        model: a language model to propose statements too, at `model_url`; nothing leaves the machine without it.

    Returns:
        The records' texts, and remarks on what was and was not understood.

    Raises:
        ReportError: nothing that can be drafted from.
    """
    from kg.draft import draft_report

    found: Any = draft_report(source, case_id)
    if model is not None:
        from kg.draft.llm import propose
        from kg.report import load_report

        proposed = propose(load_report(source), found, model, base_url=model_url)
        proposed.remarks[:0] = found.remarks
        found = proposed
    texts = [found.to_yaml(i) for i in range(len(found.records))]
    if output is not None:
        for i, text in enumerate(texts):
            path = output if len(texts) == 1 else output.with_stem(f"{output.stem}-{i + 1}")
            files.write_bytes(path, text.encode())
    if build_graph:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            for record, text in zip(found.records, texts, strict=True):
                place = Path(folder) / str(record["case"])
                files.write_bytes(place / "report.txt", source.read_bytes())
                files.write_bytes(place / CASE_FILE, text.encode())
            build([Path(folder)], DRAFT_GRAPH)
    return texts, found.remarks


def draft_folder(source: Path, output: Path, workers: int = 0, *, build_graph: bool = False, progress: Any = None) -> list[Any]:
    """Draft every report of a folder; a bad file harms no other. What became of each, in order of names."""
    from kg.draft import draft_folder as run

    done = run(source, output, workers, progress)
    if build_graph:
        build([output], DRAFT_GRAPH)
    return done


def are_records(old: Path, new: Path) -> bool:
    """Whether `diff` compares two files as records, and not as graphs."""
    return all(path.suffix in (".yaml", ".yml") for path in (old, new))


def diff(old: Path, new: Path) -> Any:
    """Two records compared: the tables `agreement` and `differences` by name, as `Answer`s; or two graphs: a `kg.diff.Diff`."""
    if are_records(old, new):
        from kg.ask import Answer
        from kg.compare import agreement, compare, differences, rows
        from kg.record import load_record

        pairs = compare(load_record(old).record, load_record(new).record, all_terms())
        tables = {"agreement": rows(agreement(pairs)), "differences": differences(pairs)}
        return {name: Answer(name, table[0].keys() if table else (), table) for name, table in tables.items()}
    from kg.diff import diff_graphs

    return diff_graphs(old, new)
