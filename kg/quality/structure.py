"""All files as one set of axioms: what hangs on what, and what goes in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.ask import plain
from kg.issue import Issue, Level
from kg.quality.read import LABEL, OWL, RDF, RDFS, XSD, OntologyFile, Places, words
from kg.reason.axioms import Expressions, node_key

AXIOM_SUBJECTS = {
    names.RDFS_SUBCLASS_OF,
    OWL + "equivalentClass",
    OWL + "disjointWith",
    OWL + "members",
    OWL + "distinctMembers",
    OWL + "annotatedSource",
}
CHAIN, INVERSE, SUBPROPERTY = OWL + "propertyChainAxiom", OWL + "inverseOf", RDFS + "subPropertyOf"
OBJECT, DATA, ANNOTATION = (OWL + k for k in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"))


class Structure:
    """All files as one set of axioms: what kind each property is, which expressions there are and where they hang."""

    def __init__(self, read: Iterable[OntologyFile]) -> None:
        self.read = list(read)
        self.places = Places(self.read)
        self.quads = [(file, quad) for file in self.read for quad in file.quads]
        self.expressions = Expressions(quad for _, quad in self.quads)
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.hangs_on: dict[str, list[str]] = defaultdict(list)
        self.pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for _, quad in self.quads:
            subject, predicate, value = node_key(quad.subject), quad.predicate.value, node_key(quad.object)
            self.pairs[predicate].append((subject, value))
            if predicate == names.RDF_TYPE:
                self.kinds[subject].add(value)
            if value.startswith("_:"):
                self.hangs_on[value].append(subject)

    def owner(self, node: str) -> str:
        """The named thing that an expression is part of."""
        seen: set[str] = set()
        while node.startswith("_:") and node not in seen:
            seen.add(node)
            named = [v for p in AXIOM_SUBJECTS for v in self.expressions.facts.get(node, {}).get(p, ()) if not v.startswith("_:")]
            above = self.hangs_on.get(node) or named
            node = above[0] if above else node
        return node

    def kind(self, prop: str) -> str | None:
        """Object, data or annotation property; an inverse expression is an object property."""
        if prop.startswith("_:") and self.expressions.one(prop, INVERSE):
            return OBJECT
        return next((kind for kind in (OBJECT, DATA, ANNOTATION) if kind in self.kinds.get(prop, ())), None)

    def is_data_range(self, node: str) -> bool:
        return (
            node.startswith(XSD)
            or RDFS + "Datatype" in self.kinds.get(node, ())
            or node in (RDFS + "Literal", RDF + "PlainLiteral", RDF + "langString")
        )

    def composite(self) -> set[str]:
        """Properties that are not simple: transitive, made by a chain, or above one that is."""
        found = {prop for prop, kinds in self.kinds.items() if OWL + "TransitiveProperty" in kinds} | {
            prop for prop, _ in self.pairs[CHAIN]
        }
        below = [*self.pairs[SUBPROPERTY], *self.pairs[INVERSE], *((b, a) for a, b in self.pairs[INVERSE])]
        grown = True
        while grown:
            more = {sup for sub, sup in below if sub in found} - found
            found |= more
            grown = bool(more)
        return found

    def chains(self) -> list[tuple[list[str], str]]:
        return [(self.expressions.items(node), prop) for prop, node in self.pairs[CHAIN]]

    def say(self, node: str, message: str, fix: str, code: str, level: Level = "error", about: Any = None) -> Issue:
        """An issue at the block of the term that a node is or belongs to; of a term without a block, at what it is about."""
        owner = self.owner(node)
        home = self.places.home(owner)
        if home is None and about is not None:
            home = self.places.home(self.owner(node_key(about)))
            line = home.lines.get(self.owner(node_key(about)), 0) if home else 0
            return Issue(level, home.name if home else names.compact(owner), message, fix, line, names.compact(owner), code)
        return self.places.issue(level, "an expression" if owner.startswith("_:") else owner, message, fix, code, home)


def cycle_issues(read: Iterable[OntologyFile]) -> Iterator[Issue]:
    """Each cycle of named classes, or of properties, by name: all in it would be one and the same."""
    read = list(read)
    places = Places(read)
    quads = [quad for file in read for quad in file.quads]
    labels = {node_key(q.subject): words(q.object) for q in quads if q.predicate == LABEL}
    for predicate, what in ((names.RDFS_SUBCLASS_OF, "class"), (RDFS + "subPropertyOf", "property")):
        above: dict[str, set[str]] = defaultdict(set)
        for quad in quads:
            if quad.predicate.value == predicate and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                above[quad.subject.value].add(quad.object.value)
        for group in components(above):
            way = _way_round(group, above)
            shown = " → ".join(f"{names.compact(iri)} {labels[iri]!r}" if iri in labels else names.compact(iri) for iri in way)
            yield places.issue("error", way[0], f"a {what} is above itself: {shown}", "take out the step that is wrong", "cycle")


def components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other (Tarjan), a single node only if it has an edge to itself; sorted.

    Example:
    >>> components({"a": ["b"], "b": ["a", "c"], "d": ["d"]})
    [['a', 'b'], ['d']]
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in sorted(edges):
        if root in index:
            continue
        work = [(root, iter(sorted(edges.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(sorted(edges.get(child, ())))))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    group = stack[at:]
                    del stack[at:]
                    on_stack.difference_update(group)
                    if len(group) > 1 or node in edges.get(node, ()):
                        found.append(sorted(group))
    return sorted(found)


def _way_round(group: list[str], edges: Mapping[str, Iterable[str]]) -> list[str]:
    """A shortest way from the first of a group back to itself."""
    start, inside = group[0], set(group)
    before: dict[str, str] = {}
    open_nodes = [start]
    for node in open_nodes:
        for step in sorted(set(edges.get(node, ())) & inside):
            if step == start:
                way = [start]
                while node != start:
                    way.append(node)
                    node = before[node]
                return [start, *reversed(way[1:]), start]
            if step not in before:
                before[step] = node
                open_nodes.append(step)
    return [start]


def shown(structure: Structure, node: Any) -> str:
    """A node as a message names it; an expression by the term that it is part of."""
    if not isinstance(node, ox.BlankNode):
        return str(plain(node))
    owner = structure.owner(node_key(node))
    return "an expression" if owner.startswith("_:") else f"an expression of {names.compact(owner)}"
