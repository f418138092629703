"""What VoID wants to know of a build; a worker counts it."""

from __future__ import annotations

from typing import Any

from kg import names
from kg.store import EmbeddedStore

_DCT, _RDFS, _OWL = names.PREFIXES["dcterms"], names.PREFIXES["rdfs"], names.PREFIXES["owl"]

#: What is counted of a build, by name: the quick ones first.
STATISTICS = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "subjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "objects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
    "properties": "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
    "classes": "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c FILTER(ISIRI(?c)) } GROUP BY ?c ORDER BY ?c",
    "graphs": "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "class_properties": "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o } GROUP BY ?p ORDER BY ?p",
    "licences": f"SELECT DISTINCT ?l WHERE {{ ?o a <{_OWL}Ontology> ; <{_DCT}license> ?l FILTER(ISIRI(?l)) }} ORDER BY ?l",
}


def statistic(store: EmbeddedStore, name: str) -> list[list[Any]]:
    """One of the counts that VoID wants, as rows: a worker's task.

    Example:
    >>> statistic(EmbeddedStore.in_memory([]), "triples")
    [[0]]
    """
    if name == "class_properties":
        return [[iri, *row] for iri in _described(store) for row in _rows(store, STATISTICS[name].replace("?class", f"<{iri}>"))]
    return _rows(store, STATISTICS[name])


def _rows(store: EmbeddedStore, query: str) -> list[list[Any]]:
    columns, rows = store.select(query)
    return [[int(row[c].value) if c == "n" else row[c].value for c in columns if c in row] for row in rows]


def _described(store: EmbeddedStore) -> list[str]:
    """The classes whose properties are counted, one by one: far quicker than all at once. Not those of public terms, for
    a finding is of its term and of each above it: thousands of classes with the same few properties."""
    public = f"SELECT DISTINCT ?c WHERE {{ GRAPH ?g {{ ?c <{_RDFS}label> ?l }} FILTER(STRSTARTS(STR(?g), '{names.IMPORTS}')) }}"
    terms = {iri for (iri,) in _rows(store, public)}
    return [iri for iri, _ in _rows(store, STATISTICS["classes"]) if iri not in terms]
