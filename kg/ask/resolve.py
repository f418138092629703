"""What a user types → the RDF term that a question is asked with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg import names
from kg.ask.question import Parameter, Question
from kg.errors import QuestionError
from kg.store import Node, Store
from kg.terms import Term, Terms

_IRI = re.compile(r"<?((?:https?|urn):[^\s<>\"{}|\\^`]+)>?\Z")
#: Vocabularies whose ids are capitals and digits, however they are typed.
UPPER_CASE_IDS = frozenset({"DrugBank", "MESH", "ATC"})
#: Kinds of name by which a term that the graph does not hold may still be meant (the answer is then empty).
CLOSE = ("label", "exact", "former")
#: How many values an error message lists.
LISTED = 12


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

def has_members(store: Store, node: Node) -> bool:
    """Whether the graph has anything below a class, or with it as a role."""
    links = " UNION ".join(f"{{ ?one <{link}> {node} }}" for link in (names.RDFS_SUBCLASS_OF, names.CG + "hasRole"))
    return bool(store.select(f"SELECT ?one WHERE {{ {links} FILTER(?one != {node}) }} LIMIT 1")[1])


_CASES = f"SELECT ?id WHERE {{ ?case a <{names.CG}Case> ; <{names.CG}caseId> ?id }} ORDER BY ?id"
_TIME_NAMES = f"SELECT DISTINCT ?name WHERE {{ ?time a <{names.CG}TimePoint> ; <{names.CG}name> ?name }} ORDER BY ?name"


def _column(store: Store, query: str, variable: str) -> list[str]:
    return [row[variable].value for row in store.select(query)[1]]


def _one_of(value: str, known: list[str], complaint: str) -> ox.Literal:
    if value in known:
        return ox.Literal(value)
    import difflib

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
