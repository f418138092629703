"""Our own ontology as the code needs it: its modules as quads, its classes as terms, the JSON-LD context."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import files, names
from kg.errors import BuildError
from kg.terms import Term

_LABEL = ox.NamedNode(names.RDFS_LABEL)
_SUBCLASS_OF = ox.NamedNode(names.RDFS_SUBCLASS_OF)
_SYNONYM = ox.NamedNode(names.PREFIXES["oboInOwl"] + "hasExactSynonym")
_RELATED = ox.NamedNode(names.PREFIXES["oboInOwl"] + "hasRelatedSynonym")
_TYPE = ox.NamedNode(names.RDF_TYPE)
_CLASS = ox.NamedNode(names.OWL_CLASS)

#: Turtle files of `ontology/` that are not modules of the graph.
NOT_MODULES = frozenset({"shapes"})


def module_paths() -> list[Path]:
    """The hand-edited modules, in order of name."""
    return [path for path in sorted(files.folder("ontology").glob("*.ttl")) if path.stem not in NOT_MODULES]


def module_quads() -> Iterator[ox.Quad]:
    """Every module, each in a graph named after it.

    Raises:
        BuildError: a module is not Turtle; the message names file and line.
    """
    for path in module_paths():
        graph = ox.NamedNode(names.ONTOLOGY + path.stem)
        try:
            blank: dict[ox.BlankNode, ox.BlankNode] = {}
            for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=names.ONTOLOGY + path.stem):
                subject, value = (_named_blank(node, blank, path.stem) for node in (triple.subject, triple.object))
                yield ox.Quad(subject, triple.predicate, value, graph)
        except SyntaxError as error:
            raise BuildError(f"{path}:{getattr(error, 'lineno', '?')}: not Turtle: {error.msg}") from error


def _named_blank(node: Any, known: dict[ox.BlankNode, ox.BlankNode], module: str) -> Any:
    """The node itself, or for a blank one a label that is the same in every build: module and position."""
    if not isinstance(node, ox.BlankNode):
        return node
    return known.setdefault(node, ox.BlankNode(f"{module}-{len(known)}"))


@lru_cache(maxsize=1)
def own_terms() -> tuple[Term, ...]:
    """The classes that we mint, with their labels, synonyms and named parents."""
    facts: dict[str, dict[str, list[str]]] = {}
    classes: set[str] = set()
    for quad in module_quads():
        if not isinstance(quad.subject, ox.NamedNode) or not quad.subject.value.startswith(names.CG):
            continue
        iri = quad.subject.value
        if quad.predicate == _TYPE and quad.object == _CLASS:
            classes.add(iri)
        elif quad.predicate in (_LABEL, _SYNONYM, _RELATED) and isinstance(quad.object, ox.Literal):
            facts.setdefault(iri, {}).setdefault(quad.predicate.value, []).append(quad.object.value)
        elif quad.predicate == _SUBCLASS_OF and isinstance(quad.object, ox.NamedNode):
            facts.setdefault(iri, {}).setdefault(quad.predicate.value, []).append(names.compact(quad.object.value))
    return tuple(_term(iri, facts.get(iri, {})) for iri in sorted(classes))


def _term(iri: str, facts: dict[str, list[str]]) -> Term:
    exact = sorted(facts.get(_SYNONYM.value, []))
    related = sorted(facts.get(_RELATED.value, []))
    label = sorted(facts.get(_LABEL.value, [""]))[0]
    return Term(
        names.compact(iri), label, (*exact, *related), parents=tuple(sorted(facts.get(_SUBCLASS_OF.value, []))),
        synonym_kinds=("exact",) * len(exact) + ("related",) * len(related), source="casegraph",
    )  # fmt: skip


@lru_cache(maxsize=1)
def context() -> dict[str, Any]:
    """The JSON-LD context that maps a record's keys to properties."""
    found: dict[str, Any] = json.loads((files.folder("ontology") / "context.jsonld").read_text(encoding="utf-8"))
    return found
