"""A graph, opened from wherever it is, and asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.cases import all_terms, read_cases
from kg.errors import StoreError
from kg.graph.folder import DEFAULT_GRAPH, FORMATS, current, is_stale
from kg.store import EmbeddedStore, RemoteStore, Store


def built_graph(graph: Path | None, say: Callable[[str], None] = lambda words: None) -> Path:
    """A graph's folder, or the default one, built first if it is missing or stale; `say` is told before that is done."""
    if graph is not None:
        return graph
    if is_stale(DEFAULT_GRAPH):
        from kg.graph.build import build

        say(f"building {DEFAULT_GRAPH} first")
        build()
    return DEFAULT_GRAPH


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
        import pyoxigraph as ox

        from kg.ask import Parameter, question_named, resolve
        from kg.reason.why import why_not

        asked, terms = question_named(question), all_terms()
        values = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
        bound = {name: resolve(self.store, asked, asked.parameter(name), value, terms) for name, value in values.items()}
        wanted = resolve(self.store, asked, Parameter("why-not", "term"), term, terms)
        assert isinstance(wanted, ox.NamedNode), "a term resolves to an IRI"
        return why_not(self.store, asked, bound, wanted)

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
        ends = f'STRSTARTS(STR(?s), "{CASE}") && STRENDS(STR(?s), {_literal("#" + subject)})'
        _, rows = self.store.select(f"SELECT DISTINCT ?s WHERE {{ ?s a ?c FILTER({ends}) }} ORDER BY ?s")
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
        from kg.graph.derive import graph_quads

        return Graph(EmbeddedStore.in_memory(graph_quads(read_cases([path]))))
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
