"""Cases → every quad of their graph: what they state, the ontology and terms they use, and what follows.

Nearly all of it concerns one case at a time, so that cases can be taken in batches of any size with the same result.
Only the few rules that chain the claims of several reports (`scope: graph`) need all of them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from kg import ontology, reason
from kg.build import case_quads
from kg.cases import CaseFiles, all_terms
from kg.terms import Term
from kg.vocab.user import vocabulary_quads

#: Where the hierarchy stands while rules run, so that what they derive can be taken away again.
_SHARED = ox.NamedNode("urn:casegraph:shared")


class Part(NamedTuple):
    """What some cases bring to a graph.

    Attributes:
        quads: what they state, and what follows about them.
        known: the public and own terms that they and the ontology use, with all ancestors; CURIE -> term.
    """

    quads: list[ox.Quad]
    known: dict[str, Term]


def stated_quads(cases: Iterable[CaseFiles]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The cases as quads, and the axioms they use: the ontology's modules and the hierarchy of the terms in use."""
    stated, axioms, _ = _stated(cases)
    return stated, axioms


def _stated(cases: Iterable[CaseFiles]) -> tuple[list[ox.Quad], list[ox.Quad], dict[str, Term]]:
    """As `stated_quads`, with the terms in use."""
    stated = [quad for case in cases for quad in case_quads(case.loaded.record, case.report, ontology.context())]
    ours = list(ontology.module_quads())
    known = reason.terms_in((*stated, *ours), all_terms())
    return stated, [*ours, *reason.term_quads(known)], known


def case_part(cases: Iterable[CaseFiles]) -> Part:
    """What some cases bring to a graph of which they may be only a part."""
    stated, axioms, known = _stated(cases)
    followed = reason.follow(stated, axioms)
    shared = [*axioms, *(ox.Quad(quad.subject, quad.predicate, quad.object, _SHARED) for quad in reason.hierarchy(known, all_terms()))]
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


def shared_quads(known: dict[str, Term]) -> Iterator[ox.Quad]:
    """What the cases of a graph share: the ontology, the terms in use with their hierarchy, and the releases these come from."""
    yield from ontology.module_quads()
    yield from reason.term_quads(known)
    yield from vocabulary_quads(all_terms(), {curie.partition(":")[0] for curie in known} - {"cg"})
    yield from reason.hierarchy(known, all_terms())


def graph_quads(cases: Iterable[CaseFiles]) -> list[ox.Quad]:
    """Every quad of the graph of some cases; sorted, without repeats."""
    part = case_part(cases)
    store = ox.Store()
    store.bulk_extend((*part.quads, *shared_quads(part.known)))
    reason.apply_rules(store, "graph")
    return sorted(store, key=str)
