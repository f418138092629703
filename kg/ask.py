"""Question name + parameters → rows.

A question is a plain SPARQL file in `queries/`; its header says what it asks, which of its variables may be
given, and of what type. A given value is resolved (IRI, CURIE, label, synonym), then bound as an RDF term by
SPARQL's own VALUES, so that the same text runs on the embedded store and on any endpoint, and nothing typed
by a user ever becomes part of the query's syntax.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import files, names
from kg.errors import QuestionError
from kg.store import Node, Store
from kg.terms import Term, Terms

_HEADER = re.compile(r"^#\+ ?(.*)$", re.M)
_WHERE = re.compile(r"^(SELECT\b.*?\bWHERE\s*\{)", re.M | re.S)
_SELECT = re.compile(r"^SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?(.*?)\s*WHERE\s*\{", re.M | re.S)
_COLUMN = re.compile(r"\(.*?\bAS\s+\?(\w+)\s*\)|\?(\w+)", re.S)
_IRI = re.compile(r"<?((?:https?|urn):[^\s<>\"{}|\\^`]+)>?\Z")
_NUMERIC = {names.PREFIXES["xsd"] + kind for kind in ("integer", "nonNegativeInteger", "decimal", "double", "float")}
_BOOLEAN = names.PREFIXES["xsd"] + "boolean"
#: Vocabularies whose ids are capitals and digits, however they are typed.
UPPER_CASE_IDS = frozenset({"DrugBank", "MESH", "ATC"})
#: Kinds of name by which a term that the graph does not hold may still be meant (the answer is then empty).
CLOSE = ("label", "exact", "former")
#: How many values an error message lists.
LISTED = 12


@dataclass(frozen=True, slots=True)
class Parameter:
    """One variable of a question that may be given.

    Attributes:
        type: case, term, time, text or set.
        example: a value, for help pages.
        vocabularies: prefixes that a name may mean here (our own `cg` always); empty for any. "skin" is a site,
            but as a problem it means an abnormality of it.
    """

    name: str
    type: str
    example: str = ""
    about: str = ""
    vocabularies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question of the library.

    Attributes:
        name: the file's name without its ending.
        summary: the question as a clinician asks it.
        sparql: the file's text.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    sparql: str

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The projected variables, in order."""
        match = _SELECT.search(self.sparql)
        return tuple(a or b for a, b in _COLUMN.findall(match[1])) if match else ()

    def parameter(self, name: str) -> Parameter:
        """Raises: QuestionError: the question has no such parameter; the message lists those it has."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(p.name for p in self.parameters) or "none"
        raise QuestionError(f"{self.name}: no parameter {name!r}; it takes {known}", known=[p.name for p in self.parameters])

    def bound(self, values: Mapping[str, Node]) -> str:
        """The SPARQL with values given to some of its variables."""
        if not values:
            return self.sparql
        block = " ".join(f"VALUES ?{name} {{ {node} }}" for name, node in values.items())
        return _WHERE.sub(lambda match: f"{match[1]} {block}", self.sparql, count=1)


class Answer(list[dict[str, Any]]):
    """The rows of an answer: a list of dicts with `columns`, at home in a notebook.

    Example:
    >>> answer = Answer("labs", ("analyte", "value"), [{"analyte": "CRP", "value": 2.82}])
    >>> answer[0]["value"], answer.columns
    (2.82, ('analyte', 'value'))
    """

    def __init__(self, question: str, columns: Iterable[str], rows: Iterable[dict[str, Any]], nodes: list[dict[str, Node]] | None = None) -> None:
        super().__init__(rows)
        self.question = question
        self.columns = tuple(columns)
        self.nodes = nodes or []

    def __repr__(self) -> str:
        return f"<Answer to {self.question!r}: {len(self)} rows of {', '.join(self.columns)}>"

    def to_pandas(self) -> Any:
        """A pandas frame (pandas has to be installed)."""
        import pandas

        return pandas.DataFrame(list(self), columns=list(self.columns))

    def _repr_html_(self) -> str:
        from html import escape

        def cells(values: Iterable[Any], tag: str) -> str:
            return "".join(f"<{tag}>{escape('' if v is None else str(v))}</{tag}>" for v in values)

        body = "".join(f"<tr>{cells((row[c] for c in self.columns), 'td')}</tr>" for row in self)
        return f"<table><thead><tr>{cells(self.columns, 'th')}</tr></thead><tbody>{body}</tbody></table>"


# 1) the library of questions


@lru_cache(maxsize=1)
def question_names() -> tuple[str, ...]:
    """All questions, by name."""
    return tuple(sorted(path.stem for path in files.folder("queries").glob("*.rq")))


@lru_cache(maxsize=64)
def question_named(name: str) -> Question:
    """The question of this name.

    Raises:
        QuestionError: there is none; the message gives the nearest names.
    """
    path = files.folder("queries") / f"{name}.rq"
    if name not in question_names():
        close = difflib.get_close_matches(name, question_names(), 3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(question_names())}"
        raise QuestionError(f"no question {name!r}; {hint}", known=list(question_names()))
    return parse_question(name, path.read_text(encoding="utf-8"), path)


def parse_question(name: str, sparql: str, path: Path | None = None) -> Question:
    """A question from its file's text.

    Raises:
        QuestionError: the header is not the YAML that `docs/questions.md` describes.
    """
    import yaml

    try:
        header = yaml.load("\n".join(_HEADER.findall(sparql)), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
        parameters = tuple(
            Parameter(key, str(value["type"]), str(value.get("example", "")), str(value.get("about", "")), tuple(value.get("vocabularies", ())))
            for key, value in (header.get("params") or {}).items()
        )
        return Question(name, str(header["summary"]), parameters, tuple(header.get("tags") or ()), sparql)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise QuestionError(f"{path or name}: the header (#+ lines) cannot be read: {error}") from error


# 2) asking


def ask(store: Store, name: str, values: Mapping[str, str], terms: Terms) -> Answer:
    """The rows that answer a question.

    Args:
        store: embedded or remote.
        values: parameter -> what the user typed; parameters left out mean all.
        terms: for labels and synonyms in parameters.

    Raises:
        QuestionError: unknown question, parameter or value; a label that fits several terms.
        StoreError: the store failed.
    """
    asked = question_named(name)
    bound = {key: resolve(store, asked, asked.parameter(key), value, terms) for key, value in values.items()}
    columns, solutions = store.select(asked.bound(bound))
    rows = [{column: plain(solution.get(column)) for column in columns} for solution in solutions]
    return Answer(name, columns, rows, solutions)


def plain(node: Node | None) -> Any:
    """An RDF term as a row shows it: CURIE, number, boolean or text.

    Example:
    >>> plain(ox.NamedNode("http://purl.obolibrary.org/obo/HP_0001945")), plain(ox.Literal(3)), plain(None)
    ('HP:0001945', 3, None)
    """
    if node is None:
        return None
    if isinstance(node, ox.NamedNode):
        return names.compact(node.value)
    if isinstance(node, ox.Literal):
        if node.datatype.value in _NUMERIC:
            number = float(node.value)
            return int(number) if number.is_integer() else number
        if node.datatype.value == _BOOLEAN:
            return node.value == "true"
    return node.value


# 3) what a user types → an RDF term


def resolve(store: Store, asked: Question, parameter: Parameter, value: str, terms: Terms) -> Node:
    """The RDF term that a typed value means.

    Raises:
        QuestionError: it means nothing, or several things; the message lists them.
    """
    value = value.strip()
    match parameter.type:
        case "case":
            return _case(store, value)
        case "term":
            return _term(store, parameter, value, terms)
        case "time":
            return _one_of(value, _column(store, _TIME_NAMES, "name"), f"{parameter.name}: no time point {value!r}")
        case _:
            _, rows = store.select(asked.sparql)
            known = sorted({row[parameter.name].value for row in rows if parameter.name in row})
            return _one_of(value, known, f"{parameter.name}: no {value!r}")


_CASES = f"SELECT ?id WHERE {{ ?case a <{names.CG}Case> ; <{names.CG}caseId> ?id }} ORDER BY ?id"
_TIME_NAMES = f"SELECT DISTINCT ?name WHERE {{ ?time a <{names.CG}TimePoint> ; <{names.CG}name> ?name }} ORDER BY ?name"


def _column(store: Store, query: str, variable: str) -> list[str]:
    return [row[variable].value for row in store.select(query)[1]]


def _one_of(value: str, known: list[str], complaint: str) -> ox.Literal:
    if value in known:
        return ox.Literal(value)
    close = difflib.get_close_matches(value, known, 3) or known[:LISTED]
    raise QuestionError(f"{complaint}; {_known(close, known)}", known=known)


def _known(shown: list[str], known: list[str]) -> str:
    if not known:
        return "the graph has none"
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    return f"there is {', '.join(shown)}{more}"


def _case(store: Store, value: str) -> ox.NamedNode:
    case_id = value.strip("<>").removeprefix(names.CASE).removeprefix("case:")
    known = _column(store, _CASES, "id")
    _one_of(case_id, known, f"no case {value!r}")
    return ox.NamedNode(names.case_iri(case_id))


def _term(store: Store, parameter: Parameter, value: str, terms: Terms) -> ox.NamedNode:
    iri = _IRI.match(value)
    if iri:
        return ox.NamedNode(iri[1])
    curie = _curie(value)
    if curie:
        return _by_curie(store, parameter, curie, terms)
    candidates = _classes_named(value, parameter, terms) or _classes_named(value.removesuffix("s"), parameter, terms)
    present = _in_graph(store, [c for c, _ in candidates])
    close = [(c, kind) for c, kind in candidates if kind in CLOSE]
    candidates = [(c, kind) for c, kind in candidates if c in present] or close or [(c, "words") for c in _by_words(store, value)]
    if not candidates:
        near = _beginning_with(store, parameter, value) or [str(term) for term in terms.suggest(value)]
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise QuestionError(f"{parameter.name}: no term is called {value!r}{hint}", suggestions=near)
    best = [c for c, kind in candidates if kind == candidates[0][1]]
    best = _one_of_the_same(best, terms)
    if len(best) > 1:
        listed = ", ".join(str(terms.find_term(c) or c) for c in best[:LISTED])
        raise QuestionError(f"{parameter.name}: {value!r} fits several terms; give the id: {listed}", candidates=best)
    return ox.NamedNode(names.expand(best[0]))


def _classes_named(name: str, parameter: Parameter, terms: Terms) -> list[tuple[str, str]]:
    """(CURIE, kind of name) of the current classes that bear a name and fit the parameter, best first."""
    found = ((terms.find_term(curie), kind) for curie, kind in terms.find_by_name(name))
    return [(t.curie, kind) for t, kind in found if t and not t.obsolete and t.kind == "class" and _fits(parameter, t.curie)]


def _fits(parameter: Parameter, curie: str) -> bool:
    return not parameter.vocabularies or curie.partition(":")[0] in (*parameter.vocabularies, "cg")


def _curie(value: str) -> str | None:
    """A CURIE as typed, with its prefix in the right case, or None where the value is no CURIE."""
    prefix, colon, local = value.partition(" ! ")[0].strip().partition(":")
    known = names.canonical_prefix(prefix)
    local = local.upper() if known in UPPER_CASE_IDS else local
    return f"{known}:{local}" if colon and known and local and " " not in local else None


def _by_curie(store: Store, parameter: Parameter, curie: str, terms: Terms) -> ox.NamedNode:
    term = terms.find_term(curie)
    if term is None and not _in_graph(store, [curie]):
        raise QuestionError(f"{parameter.name}: {curie} is no term that this vocabulary or graph knows", curie=curie)
    if term and term.obsolete and term.replaced_by:
        raise QuestionError(f"{parameter.name}: {curie} is retired; use {', '.join(term.replaced_by)}", curie=curie)
    if term and not _in_graph(store, [curie]):
        same = [other for other in term.same_as if other in _in_graph(store, term.same_as)]
        curie = same[0] if same else curie
    return ox.NamedNode(names.expand(curie))


def _in_graph(store: Store, curies: Iterable[str]) -> set[str]:
    """Those of the classes that the graph holds."""
    values = " ".join(str(ox.NamedNode(names.expand(curie))) for curie in curies if curie.partition(":")[0] in names.PREFIXES)
    if not values:
        return set()
    _, rows = store.select(f"SELECT DISTINCT ?c WHERE {{ VALUES ?c {{ {values} }} ?c <{names.RDFS_SUBCLASS_OF}> ?c }}")
    return {names.compact(row["c"].value) for row in rows}


def _by_words(store: Store, value: str) -> Iterator[str]:
    """Terms that a record names with these very words."""
    query = (
        f"SELECT DISTINCT ?c WHERE {{ VALUES ?typed {{ {ox.Literal(value.lower())} }} "
        f"?s <{names.CG}words> ?words ; <{names.CG}concept> ?c FILTER(LCASE(STR(?words)) = ?typed) }} ORDER BY ?c"
    )
    return (names.compact(row["c"].value) for row in store.select(query)[1])


def _beginning_with(store: Store, parameter: Parameter, value: str) -> list[str]:
    """The graph's own terms with a word of their label that begins so: better guesses than a likeness of letters."""
    query = (
        f"SELECT DISTINCT ?c ?label WHERE {{ VALUES ?typed {{ {ox.Literal(' ' + value.lower())} }} ?c <{names.RDFS_SUBCLASS_OF}> ?c ; "
        f"<{names.RDFS_LABEL}> ?label FILTER(CONTAINS(CONCAT(' ', LCASE(STR(?label))), ?typed)) }} ORDER BY STRLEN(STR(?label)) ?label"
    )
    found = ((names.compact(row["c"].value), row["label"].value) for row in store.select(query)[1])
    return [f"{curie} ! {label}" for curie, label in found if _fits(parameter, curie)][:5]


def _one_of_the_same(curies: list[str], terms: Terms) -> list[str]:
    """Without the ids that only name again, in another vocabulary, a term listed before them."""
    kept: list[str] = []
    for curie in curies:
        term: Term | None = terms.find_term(curie)
        if not (term and set(term.same_as) & set(kept)):
            kept.append(curie)
    return kept
