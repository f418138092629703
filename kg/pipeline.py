"""The whole journey, report → record → graph → answers, as short functions; the only module that knows the order."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import __version__, files
from kg.errors import BuildError, CasegraphError, RecordError, StoreError
from kg.issue import Issue, errors
from kg.store import EmbeddedStore, RemoteStore, Store

DEFAULT_GRAPH = Path("build/graph")
#: Where `kg draft --build` puts its graph: apart from what curators made.
DRAFT_GRAPH = Path("build/drafts")
#: Suffix -> how a whole graph is written besides the store.
FORMATS = (".nq", ".trig", ".ttl", ".jsonld")
CASE_FILE = "case.yaml"


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """A case's record, read and checked, with the report it quotes."""

    loaded: Any
    report: Any
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made."""

    folder: Path
    cases: int
    quads: int


# 1) reading and checking


def default_seeds() -> Path:
    """`seeds/` of the working folder, else the packaged one."""
    here = Path("seeds")
    return here if here.is_dir() else files.folder("seeds")


def record_paths(sources: Iterable[Path]) -> list[Path]:
    """The records under some folders or files, in order of path.

    Raises:
        RecordError: a source that is not there, or no record under any of them.
    """
    found: set[Path] = set()
    sources = list(sources)
    for source in sources:
        if source.is_dir():
            found |= set(source.glob(f"**/{CASE_FILE}"))
        elif source.is_file():
            found.add(source)
        else:
            raise RecordError(f"{source}: no such file or folder")
    if not found:
        raise RecordError(f"no {CASE_FILE} under {', '.join(map(str, sources))}; start one with 'kg new CASE-ID REPORT.txt'")
    return sorted(found)


def read_case(path: Path) -> CaseFiles:
    """A record and its report, with every issue that the checks of the record find.

    Raises:
        RecordError: the file is not a record.
        ReportError: the report cannot be read.
    """
    from kg.check import check_record
    from kg.record import load_record
    from kg.report import load_report

    loaded = load_record(path)
    report = load_report(loaded.report_path)
    return CaseFiles(loaded, report, check_record(loaded, report, all_terms()))


def all_terms() -> Any:
    """The packaged vocabulary with the ontology's own classes."""
    from kg.ontology import own_terms
    from kg.terms import load_terms

    return load_terms(extra=own_terms())


def read_cases(sources: Iterable[Path]) -> list[CaseFiles]:
    """All cases under some folders.

    Raises:
        RecordError: any of them has an error; `issues` holds all issues of all of them.
    """
    cases: list[CaseFiles] = []
    issues: list[Issue] = []
    first: dict[str, Path] = {}
    for path in record_paths(sources):
        try:
            case = read_case(path)
        except RecordError as error:
            issues += _issues_of(error, path)
            continue
        issues += case.issues
        case_id = case.loaded.record.case
        if case_id in first:
            issues.append(Issue("error", str(path), f"case id {case_id!r} is taken by {first[case_id]}", "choose another", 1, "case", "name"))
        first.setdefault(case_id, path)
        cases.append(case)
    if errors(issues):
        raise RecordError("\n".join(str(issue) for issue in issues), issues=issues)
    return cases


def _issues_of(error: CasegraphError, path: Path) -> list[Issue]:
    """The issues of an error; one of its message where it has none, its place taken out of the text."""
    if error.fields.get("issues"):
        return list(error.fields["issues"])  # type: ignore[call-overload]
    line, _, message = str(error).removeprefix(f"{path}:").partition(":")
    if line.strip().isdigit():
        return [Issue("error", str(path), message.strip(), line=int(line))]
    return [Issue("error", str(path), str(error).removeprefix(f"{path}:").strip())]


# 2) building


def stated_quads(cases: Iterable[CaseFiles]) -> tuple[list[Any], list[Any]]:
    """The cases as quads, and the axioms they use: the ontology's modules and the hierarchy of the terms in use."""
    stated, axioms, _ = _stated(cases)
    return stated, axioms


def _stated(cases: Iterable[CaseFiles]) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """As `stated_quads`, with the terms in use."""
    from kg import ontology, reason
    from kg.build import case_quads

    stated = [quad for case in cases for quad in case_quads(case.loaded.record, case.report, ontology.context())]
    ours = list(ontology.module_quads())
    known = reason.terms_in((*stated, *ours), all_terms())
    return stated, [*ours, *reason.term_quads(known)], known


def graph_quads(cases: Iterable[CaseFiles]) -> list[Any]:
    """Every quad of the graph of some cases: cases, ontology, terms and what follows; sorted, without repeats."""
    import pyoxigraph as ox

    from kg import reason

    stated, axioms, known = _stated(cases)
    store = ox.Store()
    store.bulk_extend((*stated, *axioms, *reason.hierarchy(known, all_terms()), *reason.follow(stated, axioms)))
    reason.apply_rules(store)
    return sorted(store, key=str)


def build(sources: Iterable[Path] | None = None, out: Path = DEFAULT_GRAPH, formats: Iterable[str] = ()) -> Built:
    """Build the graph of every case under some folders.

    The new graph is made beside the old one and takes its place by one rename, so that a build that fails or
    is killed leaves the old graph as it was, and a reader never sees half of one.

    Args:
        sources: folders or record files; None means `default_seeds`.
        out: the graph's folder.
        formats: of `FORMATS`; written beside the graph's folder.

    Raises:
        CasegraphError: a record has errors, another build is running, or the disk is full.
    """
    import pyoxigraph as ox

    paths = record_paths([default_seeds()] if sources is None else sources)
    out = Path(out)
    with _only_builder(out), _disk_errors(out):
        inputs = _inputs(paths)
        cases = read_cases(paths)
        quads = graph_quads(cases)
        lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        digest = hashlib.sha256(lines).hexdigest()[:16]
        with _new_folder(out) as folder:
            (folder / "graph.nq").write_bytes(lines)
            store = ox.Store(str(folder / "store"))
            store.bulk_extend(quads)
            store.flush()
            del store
            manifest = {"version": __version__, "digest": digest, "cases": len(cases), "quads": len(quads), "inputs": inputs}
            (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            _swap(out, folder)
        for suffix in formats:
            write_graph(quads, out.with_suffix(suffix))
    return Built(out, len(cases), len(quads))


def write_graph(quads: Iterable[Any], path: Path) -> None:
    """Write quads in the format of the path's suffix; Turtle, which has no named graphs, gets their union.

    Raises:
        StoreError: a suffix that is none of `FORMATS`.
    """
    import pyoxigraph as ox

    from kg.names import PREFIXES

    kinds = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".ttl": ox.RdfFormat.TURTLE, ".jsonld": ox.RdfFormat.JSON_LD}
    if path.suffix not in kinds:
        raise StoreError(f"{path}: cannot write {path.suffix or 'a file without suffix'}; use {', '.join(FORMATS)}")
    statements: Iterable[Any] = quads
    if path.suffix == ".ttl":
        statements = sorted({quad.triple for quad in quads}, key=str)
    write_bytes(path, ox.serialize(statements, format=kinds[path.suffix], prefixes=PREFIXES) or b"")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


# 3) the graph's folder: CURRENT names the sub-folder that holds the latest complete build


def current(out: Path) -> Path | None:
    """The folder of the latest complete build, or None."""
    try:
        name = (out / "CURRENT").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = out / name
    return folder if name and (folder / "manifest.json").is_file() else None


def is_stale(out: Path, sources: Iterable[Path] | None = None) -> bool:
    """Whether there is no graph, or one that its inputs no longer lead to."""
    folder = current(out)
    if folder is None:
        return True
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    try:
        paths = record_paths([default_seeds()] if sources is None else sources)
        return manifest["version"] != __version__ or _changed(manifest["inputs"], _input_paths(paths))
    except CasegraphError:
        return False  # nothing to build from: the graph stands on its own


def _input_paths(records: Iterable[Path]) -> Iterator[Path]:
    """Every file that a build's result depends on."""
    for path in records:
        yield path
        yield from sorted(path.parent.glob("*.txt"))
    yield from sorted(files.folder("ontology").glob("*.ttl"))
    yield files.folder("ontology") / "context.jsonld"
    yield from sorted((files.folder("queries") / "rules").glob("*.rq"))
    yield from sorted(Path(__file__).parent.glob("data/vocabulary*"))
    yield from sorted(Path(__file__).parent.rglob("*.py"))


def _inputs(records: Iterable[Path]) -> dict[str, list[Any]]:
    """path -> size, time of change (ns) and SHA-256 of each input."""
    found = {}
    for path in _input_paths(records):
        status = path.stat()
        found[str(path.resolve())] = [status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()]
    return found


def _changed(inputs: Mapping[str, list[Any]], paths: Iterable[Path]) -> bool:
    seen = set()
    for path in paths:
        key = str(path.resolve())
        seen.add(key)
        if key not in inputs:
            return True
        size, changed_at, digest = inputs[key]
        status = path.stat()
        if status.st_size != size:
            return True
        if status.st_mtime_ns != changed_at and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return True
    return seen != set(inputs)


@contextlib.contextmanager
def _only_builder(out: Path) -> Iterator[None]:
    """Hold the lock of a graph's folder; the kernel lets go of it when the process ends, however it ends."""
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("w")
    except OSError as error:
        raise BuildError(f"{out}: {error.strerror or error}; choose another folder with -o") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(f"{out}: another build is running; wait for it, or build into another folder with -o") from error
        yield


@contextlib.contextmanager
def _disk_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BuildError(f"{out}: {error.strerror or error}; the graph that was there is as it was") from error


@contextlib.contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder for a build in progress; gone again if the build fails. What killed builds left is swept away."""
    for leftover in out.glob(".new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=out, prefix=".new-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(out: Path, folder: Path) -> None:
    """Make a finished build the current one."""
    before = current(out)
    name = f"{json.loads((folder / 'manifest.json').read_text(encoding='utf-8'))['digest']}-{folder.name.removeprefix('.new-')}"
    os.rename(folder, out / name)
    write_bytes(out / "CURRENT", name.encode())
    if before is not None:
        shutil.rmtree(before, ignore_errors=True)


# 4) opening


class Graph:
    """A graph that questions can be put to.

    Example (not run: needs a graph):
        >>> kg.open().ask("mechanisms", drug="IVIG").to_pandas()  # doctest: +SKIP
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def __repr__(self) -> str:
        return f"<Graph in {self.store!r}>"

    def ask(self, question: str, **parameters: str) -> Any:
        """The rows that answer a question of the library, as an `Answer`.

        Args:
            question: its name, such as ``treatments``.
            parameters: IRIs, CURIEs, labels or synonyms.

        Raises:
            QuestionError: unknown question, parameter or value.
        """
        from kg.ask import ask

        # `from` is a parameter of one question and a keyword of Python: from_="…" means it.
        values = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
        return ask(self.store, question, values, all_terms())

    def why(self, answer: Any, number: int) -> Any:
        """What the Nth row of an answer (1 for the first) rests on: statements, what was derived, sentences."""
        from kg.reason.why import why

        return why(self.store, answer, number)

    def why_not(self, question: str, term: str, **parameters: str) -> Any:
        """The first condition of a question that keeps a term out of its answer."""
        from kg.ask import Parameter, question_named, resolve
        from kg.reason.why import why_not

        asked, terms = question_named(question), all_terms()
        values = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
        bound = {name: resolve(self.store, asked, asked.parameter(name), value, terms) for name, value in values.items()}
        return why_not(self.store, asked, bound, resolve(self.store, asked, Parameter("why-not", "term"), term, terms))

    def explain(self, subject: str, class_: str) -> Any:
        """Why an individual is an instance of a class: a minimal justification, or None if it is not."""
        from kg.ask import Parameter, question_named, question_names, resolve
        from kg.reason.explain import Explainer

        individual = self._individual(subject)
        any_question = question_named(question_names()[0])
        target = resolve(self.store, any_question, Parameter("class", "term"), class_, all_terms())
        return Explainer(*self._case_and_axioms(individual)).instance(individual, target.value)

    def explain_inconsistency(self) -> Any:
        """Why the graph contradicts itself, or None if it does not."""
        from kg.reason.explain import Explainer

        return Explainer(*self._case_and_axioms("")).inconsistency()

    def _individual(self, subject: str) -> str:
        """The IRI of a node given as IRI, ``case#node`` or, where one case has it, ``node``."""
        from kg.names import CASE

        if subject.startswith(("http://", "https://", "<")):
            return subject.strip("<>")
        if "#" in subject:
            return CASE + subject
        _, rows = self.store.select(f'SELECT DISTINCT ?s WHERE {{ ?s a ?c FILTER(STRENDS(STR(?s), {_literal("#" + subject)})) }} ORDER BY ?s')
        if len(rows) != 1:
            found = ", ".join(row["s"].value.removeprefix(CASE) for row in rows[:10])
            raise StoreError(f"{subject!r}: {'several nodes: ' + found if rows else 'no such node; give case#node'}")
        return rows[0]["s"].value

    def _case_and_axioms(self, individual: str) -> tuple[list[Any], list[Any]]:
        """The quads of the case that holds an individual (all cases for none), and those of the ontology."""
        from kg.names import CASE, IMPORTS, ONTOLOGY

        if not isinstance(self.store, EmbeddedStore):
            raise StoreError("explanations need the graph itself, not an endpoint; give its folder with --graph")
        wanted = individual.partition("#")[0] if individual.startswith(CASE) else CASE
        case, axioms = [], []
        for quad in self.store.database:
            graph = getattr(quad.graph_name, "value", "")
            if graph == wanted or (wanted == CASE and graph.startswith(CASE)):
                case.append(quad)
            elif graph.startswith((ONTOLOGY, IMPORTS)):
                axioms.append(quad)
        return case, axioms

    def query(self, sparql: str) -> Any:
        """The rows of a SPARQL SELECT of your own."""
        from kg.ask import Answer, plain

        columns, solutions = self.store.select(sparql)
        return Answer("query", columns, [{c: plain(row.get(c)) for c in columns} for row in solutions], solutions)


def _literal(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))


def open_graph(where: str | Path | None = None) -> Graph:
    """The graph in a folder made by `build`, in an RDF file, of a folder of records, or behind a SPARQL endpoint.

    Args:
        where: path or http(s) URL; None means `DEFAULT_GRAPH`, built first if it is missing or stale.

    Raises:
        CasegraphError: nothing there that can be opened.
    """
    if where is None:
        where = built_graph(None)
    if str(where).startswith(("http://", "https://")):
        return Graph(RemoteStore(str(where)))
    path = Path(where)
    folder = current(path)
    if folder is not None:
        return Graph(EmbeddedStore.read_only(folder / "store", str(path)))
    if path.suffix in FORMATS and path.is_file():
        return Graph(_from_file(path))
    if path.is_dir() or path.name.endswith((".yaml", ".yml")):
        return Graph(EmbeddedStore.in_memory(graph_quads(read_cases(record_paths([path])))))
    if path.is_file():
        raise StoreError(f"{path}: not a graph; give a folder of 'kg build', or an RDF file ({', '.join(FORMATS)})")
    raise StoreError(f"{path}: no graph there; make one with 'kg build -o {path}', or give an RDF file ({', '.join(FORMATS)})")


def _from_file(path: Path) -> EmbeddedStore:
    import pyoxigraph as ox

    store = ox.Store()
    try:
        store.bulk_load(path=str(path))
    except (SyntaxError, ValueError, OSError) as error:
        raise StoreError(f"{path}: {error}") from error
    return EmbeddedStore(store, str(path))


# 5) what the other verbs need


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
    issues: list[Issue] = []
    cases: list[CaseFiles] = []
    for path in record_paths([default_seeds()] if sources is None else sources):
        try:
            case = read_case(path)
        except RecordError as error:
            issues += _issues_of(error, path)
            continue
        issues += [*case.issues, *_uncovered(case)]
        cases.append(case)
    store = None
    if cases and not quick and not errors(issues):
        store, found = _check_graph(cases)
        issues += found
    return Checked(issues, [_case_check(case, store) for case in cases])


def _uncovered(case: CaseFiles) -> list[Issue]:
    """A warning where sentences of the report are not accounted for."""
    from kg.check import coverage

    missing = len(coverage(case.loaded, case.report).missing)
    if not missing:
        return []
    message = f"{missing} sentence{'s' if missing != 1 else ''} of the report neither quoted nor left out"
    return [Issue("warning", str(case.loaded.path), message, "quote them, or list them under 'left_out' with a reason", code="coverage")]


def _check_graph(cases: list[CaseFiles]) -> tuple[EmbeddedStore, list[Issue]]:
    from kg.check import check_graph, check_shapes
    from kg.names import case_iri

    quads = graph_quads(cases)
    store = EmbeddedStore.in_memory(quads)
    graphs = {case_iri(case.loaded.record.case) for case in cases}
    stated = [quad for quad in quads if getattr(quad.graph_name, "value", "") in graphs]
    return store, check_shapes(stated) + check_graph(store)


def _case_check(case: CaseFiles, store: Store | None) -> CaseCheck:
    from kg.check import coverage
    from kg.record import STATEMENT_SECTIONS

    record = case.loaded.record
    found = coverage(case.loaded, case.report)
    missing = tuple(" ".join(case.report.quote(span).split()) for span in found.missing)
    care: tuple[tuple[str, str, str], ...] = ()
    if store is not None:
        rows = Graph(store).ask("care-checklist", case=record.case)
        care = tuple((str(row["item"]), str(row["status"]), str(row["where"] or "")) for row in rows)
    return CaseCheck(record.case, sum(len(getattr(record, s)) for s in STATEMENT_SECTIONS), found, missing, care)


def push(url: str, graph: Path | None = None, token: str | None = None) -> int:
    """Send a graph, built first if need be, to a Graph Store endpoint; how many named graphs were sent."""
    from kg.store import push as send

    graph = built_graph(graph)
    folder = current(graph)
    if folder is None and graph.suffix != ".nq":
        raise StoreError(f"{graph}: no graph there; make one with 'kg build', or give an .nq file")
    return send(folder / "graph.nq" if folder else graph, url, token=token)


def record_schema() -> str:
    """The JSON Schema of a record."""
    from kg.record import Record

    schema = Record.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://w3id.org/casegraph/case.schema.json", **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False)


def start_record(case_id: str, report_path: Path, folder: Path | None = None) -> Path:
    """A new case folder: the report's bytes and a record with what is certain filled in.

    Raises:
        RecordError: a bad id, or a folder that has a record already.
        ReportError: the report cannot be read.
    """
    import re

    from kg.record.model import SLUG
    from kg.report import load_report

    if not re.fullmatch(SLUG, case_id):
        raise RecordError(f"{case_id!r}: a case id is lower-case letters, digits and hyphens, such as 'smith-2021'")
    report = load_report(report_path)
    folder = folder or Path("seeds") / case_id
    path = folder / CASE_FILE
    if path.exists():
        raise RecordError(f"{path}: is there already; nothing was changed")
    first = next((" ".join(report.quote(span).split()) for span in report.paragraphs), case_id)
    template = (files.folder("ontology") / "case.template.yaml").read_text(encoding="utf-8")
    text = template.replace("CASE-ID", case_id).replace("TITLE", json.dumps(first, ensure_ascii=False))
    if report_path.resolve() != (folder / "report.txt").resolve():
        write_bytes(folder / "report.txt", report_path.read_bytes())
    write_bytes(path, text.encode())
    return path


def reason_dl(sources: Iterable[Path] | None = None, *, timeout: int = 300, memory_mb: int = 3000) -> Any:
    """HermiT's verdict on ontology and cases, and where the quick engine disagrees.

    Returns:
        (verdict, differences): see `kg.reason.dl`.

    Raises:
        ReasonerError: no Java, or time or memory ran out.
    """
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

    from kg.reason import follow, infer, read_rules

    cases = read_cases(record_paths([default_seeds()] if sources is None else sources))
    stated, axioms = stated_quads(cases)
    started = time.perf_counter()
    inferred = follow(stated, axioms)
    seconds = time.perf_counter() - started
    clashes = infer(read_rules(axioms), stated).clashes
    verdict = f"{len(clashes)} contradictions (see: kg explain)" if clashes else "no contradiction"
    return f"{len(stated):,} stated triples, {len(inferred):,} follow from {len(axioms):,} of the ontology, in {seconds * 1000:.0f} ms; {verdict}"


# 6) the graph for other tools and for people


def built_graph(graph: Path | None) -> Path:
    """A graph's folder, or the default one, built first if it is missing or stale."""
    if graph is not None:
        return graph
    if is_stale(DEFAULT_GRAPH):
        build()
    return DEFAULT_GRAPH


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


# 7) drafts and comparisons


def draft(source: Path, case_id: str = "draft", output: Path | None = None, *, build_graph: bool = False) -> tuple[list[str], list[str]]:
    """Draft the record of a report, one for each patient.

    Args:
        output: the file to write; several patients get a number after its stem. With `build_graph` it may be left out.
        build_graph: also build the graph of the drafts, into `DRAFT_GRAPH`.

    Returns:
        The records' texts, and remarks on what was and was not understood.

    Raises:
        ReportError: nothing that can be drafted from.
    """
    from kg.draft import draft_report

    found = draft_report(source, case_id)
    texts = [found.to_yaml(i) for i in range(len(found.records))]
    if output is not None:
        for i, text in enumerate(texts):
            path = output if len(texts) == 1 else output.with_stem(f"{output.stem}-{i + 1}")
            write_bytes(path, text.encode())
    if build_graph:
        with tempfile.TemporaryDirectory() as folder:
            for record, text in zip(found.records, texts, strict=True):
                place = Path(folder) / str(record["case"])
                write_bytes(place / "report.txt", source.read_bytes())
                write_bytes(place / CASE_FILE, text.encode())
            build([Path(folder)], DRAFT_GRAPH)
    return texts, found.remarks


def draft_folder(source: Path, output: Path, workers: int = 0, *, build_graph: bool = False, progress: Any = None) -> list[Any]:
    """Draft every report of a folder; a bad file harms no other. What became of each, in order of names."""
    from kg.draft import draft_folder as run

    done = run(source, output, workers, progress)
    if build_graph:
        build([output], DRAFT_GRAPH)
    return done


def diff(old: Path, new: Path) -> Any:
    """Two records compared (two tables: the agreement, and what differs), or two graphs (a text)."""
    if old.suffix in (".yaml", ".yml") and new.suffix in (".yaml", ".yml"):
        from kg.ask import Answer
        from kg.compare import agreement, compare, differences, rows
        from kg.record import load_record

        pairs = compare(load_record(old).record, load_record(new).record, all_terms())
        tables = rows(agreement(pairs)), differences(pairs)
        return [Answer("diff", table[0].keys() if table else (), table) for table in tables if table]
    from kg.diff import diff_graphs, render

    return render(diff_graphs(old, new))
