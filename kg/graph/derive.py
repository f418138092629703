"""Cases → every quad of their graph: what they state, the ontology and terms they use, and what follows.

Nearly all of it concerns one case at a time, so that cases can be taken in batches of any size with the same result.
Only the few rules that chain the claims of several reports (`scope: graph`) need all of them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kg import ontology, reason
from kg.build import case_quads
from kg.cases import CaseFiles, all_terms
from kg.terms import Terms
from kg.vocab.user import vocabulary_quads

#: Where the hierarchy stands while rules run, so that what they derive can be taken away again.
_SHARED = ox.NamedNode("urn:casegraph:shared")


class Part(NamedTuple):
    """What some cases bring to a graph.

    Attributes:
        quads: what they state, and what follows about them.
        known: the CURIEs of the public and own terms that they and the ontology use, with all ancestors.
    """

    quads: list[ox.Quad]
    known: frozenset[str]


def stated_quads(cases: Iterable[CaseFiles]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The cases as quads, and the axioms they use: the ontology's modules and the hierarchy of the terms in use."""
    stated, known = _stated(cases)
    return stated, list(_meaning(known, all_terms()).axioms)


def _stated(cases: Iterable[CaseFiles]) -> tuple[list[ox.Quad], frozenset[str]]:
    """The cases as quads, and the CURIEs of the terms in use."""
    stated = [quad for case in cases for quad in case_quads(case.loaded.record, case.report, ontology.context())]
    return stated, frozenset(reason.terms_in((*stated, *ontology.module_quads()), all_terms()))


class _Meaning(NamedTuple):
    """The ontology's modules and the terms in use, and the hierarchy of these made transitive."""

    axioms: tuple[ox.Quad, ...]
    hierarchy: tuple[ox.Quad, ...]


@lru_cache(maxsize=1)
def _meaning(known: frozenset[str], terms: Terms) -> _Meaning:
    """What some terms mean; kept, for the only batch of a build needs it as much as the whole graph does."""
    found = {curie: term for curie in sorted(known) if (term := terms.find_term(curie))}
    return _Meaning((*ontology.module_quads(), *reason.term_quads(found)), tuple(reason.hierarchy(found, terms)))


def case_part(cases: Iterable[CaseFiles]) -> Part:
    """What some cases bring to a graph of which they may be only a part."""
    stated, known = _stated(cases)
    axioms, hierarchy = _meaning(known, all_terms())
    followed = reason.follow(stated, axioms)
    shared = [*axioms, *(ox.Quad(quad.subject, quad.predicate, quad.object, _SHARED) for quad in hierarchy)]
    return Part([*stated, *followed, *_derived(shared, stated, followed)], known)


def _derived(shared: list[ox.Quad], stated: list[ox.Quad], followed: list[ox.Quad]) -> Iterator[ox.Quad]:
    """What the rules derive, one case after the other: over many at once they would compare each with all others."""
    graphs_of: dict[object, set[ox.NamedNode]] = defaultdict(set)
    own: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
    for quad in stated:
        assert isinstance(quad.graph_name, ox.NamedNode), "a case is a named graph"
        graphs_of[quad.subject].add(quad.graph_name)
        own[quad.graph_name].append(quad)
    for quad in followed:
        for graph in graphs_of[quad.subject]:
            own[graph].append(quad)
    store = ox.Store()
    store.bulk_extend(shared)
    for graph, quads in own.items():
        store.extend(quads)
        yield from reason.apply_rules(store, "case")
        store.clear_graph(graph)
        store.clear_graph(reason.INFERRED)


def shared_quads(known: frozenset[str]) -> Iterator[ox.Quad]:
    """What the cases of a graph share: the ontology, the terms in use with their hierarchy, and the releases these come from."""
    axioms, hierarchy = _meaning(known, all_terms())
    yield from axioms
    yield from vocabulary_quads(all_terms(), {curie.partition(":")[0] for curie in known} - {"cg"})
    yield from hierarchy


def graph_quads(cases: Iterable[CaseFiles]) -> list[ox.Quad]:
    """Every quad of the graph of some cases; sorted, without repeats."""
    part = case_part(cases)
    store = ox.Store()
    store.bulk_extend((*part.quads, *shared_quads(part.known)))
    reason.apply_rules(store, "graph")
    return sorted(store, key=str)
