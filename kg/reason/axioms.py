"""OWL in quads → rules that a forward chainer can apply.

What is read is OWL 2 EL and the little beyond it that instance data can use soundly: named superclasses,
intersections, existential and has-value restrictions on both sides, sub-properties, chains, inverses,
transitivity, domains, ranges, disjointness, and "not" on individuals. What is not read is listed in
`Rules.left_out`, so that nobody takes silence for completeness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.names import PREFIXES, RDF_TYPE, RDFS_SUBCLASS_OF

_OWL, _RDF, _RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]
THING = _OWL + "Thing"
NOTHING = _OWL + "Nothing"

_SOME, _VALUE, _ON = _OWL + "someValuesFrom", _OWL + "hasValue", _OWL + "onProperty"
_INTERSECTION, _COMPLEMENT = _OWL + "intersectionOf", _OWL + "complementOf"
_EQUIVALENT, _DISJOINT, _MEMBERS = _OWL + "equivalentClass", _OWL + "disjointWith", _OWL + "members"
_SUBPROPERTY, _CHAIN, _INVERSE = _RDFS + "subPropertyOf", _OWL + "propertyChainAxiom", _OWL + "inverseOf"
_DOMAIN, _RANGE = _RDFS + "domain", _RDFS + "range"


class Axiom(NamedTuple):
    """One axiom as it stands in a graph: enough to print it, and to take it out again."""

    subject: str
    predicate: str
    object: str
    graph: str


@dataclass(slots=True)
class Rules:
    """Axioms as look-up tables of a forward chainer; keys and values are IRIs, or names made for expressions."""

    superclasses: dict[str, list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    conjunctions: dict[str, list[tuple[tuple[str, ...], str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    some_right: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    value_right: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    some_left: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    some_left_of: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    value_left: dict[tuple[str, str], list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    superproperties: dict[str, list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    chains_first: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    chains_second: dict[str, list[tuple[str, str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    inverses: dict[str, list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    ranges: dict[str, list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    disjoint: dict[str, list[tuple[str, Axiom]]] = field(default_factory=lambda: defaultdict(list))
    left_out: list[str] = field(default_factory=list)

    @property
    def properties(self) -> set[str]:
        """Every property that some rule looks at."""
        tables: tuple[Any, ...] = (self.superproperties, self.chains_first, self.chains_second, self.inverses, self.ranges, self.some_left)
        return {key for table in tables for key in table} | {prop for prop, _ in self.value_left}


class Expressions:
    """Class expressions of one set of quads: named classes, and blank nodes that describe classes."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, ox.BlankNode):
                self.facts[str(quad.subject)][quad.predicate.value].append(node_key(quad.object))

    def one(self, node: str, predicate: str) -> str | None:
        values = self.facts[node].get(predicate) if node in self.facts else None
        return values[0] if values else None

    def items(self, node: str | None) -> list[str]:
        """The members of an RDF list."""
        found = []
        while node and node != _RDF + "nil":
            first = self.one(node, _RDF + "first")
            if first is None:
                break
            found.append(first)
            node = self.one(node, _RDF + "rest")
        return found


def node_key(node: Any) -> str:
    """An IRI as its text; a blank node or literal as N-Triples, so that none is taken for another."""
    return node.value if isinstance(node, ox.NamedNode) else str(node)


class _Reader:
    """Fills `Rules` from expressions. A nested expression gets a name: ``left`` names stand for "at least what the
    expression says" (used on the left of a rule), ``right`` names for "at most" (used on the right)."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.rules = Rules()
        self.named: dict[str, str] = {}

    def subclass(self, sub: str, sup: str, axiom: Axiom) -> None:
        left = self.left(sub, axiom)
        if left:
            self.right(left, sup, axiom)

    def left(self, node: str, axiom: Axiom) -> str | None:
        """A class name that holds of everything the expression holds of."""
        if not node.startswith("_:"):
            return node
        if node in self.named:
            return self.named[node]
        name = f"left {node}"
        e = self.expressions
        if prop := e.one(node, _ON):
            if filler := e.one(node, _SOME):
                inner = self.left(filler, axiom)
                if inner:
                    self.rules.some_left[prop].append((inner, name, axiom))
                    self.rules.some_left_of[inner].append((prop, name, axiom))
                    return self.named.setdefault(node, name)
            elif value := e.one(node, _VALUE):
                self.rules.value_left[prop, value].append((name, axiom))
                return self.named.setdefault(node, name)
        elif parts := e.items(e.one(node, _INTERSECTION)):
            inner_parts = tuple(part for part in (self.left(part, axiom) for part in parts) if part)
            if len(inner_parts) == len(parts):
                for part in set(inner_parts):
                    self.rules.conjunctions[part].append((inner_parts, name, axiom))
                return self.named.setdefault(node, name)
        self.rules.left_out.append(f"{axiom.subject}: an expression on the left that is not EL")
        return None

    def right(self, name: str, node: str, axiom: Axiom) -> None:
        """Everything that `name` holds of is what the expression says."""
        e = self.expressions
        if not node.startswith("_:"):
            self.rules.superclasses[name].append((node, axiom))
        elif prop := e.one(node, _ON):
            filler, value = e.one(node, _SOME), e.one(node, _VALUE)
            if filler:
                self.rules.some_right[name].append((prop, self.name_right(filler, axiom), axiom))
            elif value:
                self.rules.value_right[name].append((prop, value, axiom))
            else:
                self.rules.left_out.append(f"{axiom.subject}: a restriction on {prop} that is not EL")
        elif parts := e.items(e.one(node, _INTERSECTION)):
            for part in parts:
                self.right(name, part, axiom)
        elif other := e.one(node, _COMPLEMENT):
            against = self.left(other, axiom)
            if against:
                self.rules.disjoint[name].append((against, axiom))
                self.rules.disjoint[against].append((name, axiom))
        else:
            self.rules.left_out.append(f"{axiom.subject}: an expression on the right that is not EL")

    def name_right(self, node: str, axiom: Axiom) -> str:
        if not node.startswith("_:"):
            return node
        name = f"right {node}"
        self.right(name, node, axiom)
        return name

    def chain(self, parts: list[str], prop: str, axiom: Axiom) -> None:
        if len(parts) < 2:
            self.rules.left_out.append(f"{prop}: a property chain of fewer than two")
            return
        first = parts[0]
        for i, second in enumerate(parts[1:], 1):
            target = prop if i == len(parts) - 1 else f"chain {axiom.subject} {i} {axiom.object}"
            self.rules.chains_first[first].append((second, target, axiom))
            self.rules.chains_second[second].append((first, target, axiom))
            first = target


def read_rules(quads: Iterable[ox.Quad]) -> Rules:
    """The rules that the axioms among some quads make."""
    quads = list(quads)
    reader = _Reader(Expressions(quads))
    for quad in quads:
        predicate = quad.predicate.value
        handle = _HANDLERS.get(predicate)
        if handle is None:
            continue
        subject, value = node_key(quad.subject), node_key(quad.object)
        if predicate == RDF_TYPE and value not in _TYPE_AXIOMS:
            continue
        handle(reader, subject, value, Axiom(subject, predicate, value, node_key(quad.graph_name) if not isinstance(quad.graph_name, ox.DefaultGraph) else ""))
    return reader.rules


def _equivalent(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    reader.subclass(subject, value, axiom)
    reader.subclass(value, subject, axiom)


def _disjoint(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    reader.rules.disjoint[subject].append((value, axiom))
    reader.rules.disjoint[value].append((subject, axiom))


def _members(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    members = reader.expressions.items(value)
    for i, one in enumerate(members):
        for other in members[i + 1 :]:
            _disjoint(reader, one, other, axiom)


def _inverse(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    reader.rules.inverses[subject].append((value, axiom))
    reader.rules.inverses[value].append((subject, axiom))


def _property_type(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    if value == _OWL + "TransitiveProperty":
        reader.chain([subject, subject], subject, axiom)
    elif value == _OWL + "SymmetricProperty":
        reader.rules.inverses[subject].append((subject, axiom))


def _domain(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    if value.startswith("_:"):
        reader.rules.left_out.append(f"{subject}: a domain that is no named class")
        return
    reader.rules.some_left[subject].append((THING, value, axiom))


def _range(reader: _Reader, subject: str, value: str, axiom: Axiom) -> None:
    if value.startswith("_:"):
        reader.rules.left_out.append(f"{subject}: a range that is no named class")
        return
    reader.rules.ranges[subject].append((value, axiom))


_TYPE_AXIOMS = frozenset({_OWL + "TransitiveProperty", _OWL + "SymmetricProperty"})
_HANDLERS: dict[str, Any] = {
    RDFS_SUBCLASS_OF: lambda r, s, o, a: r.subclass(s, o, a),
    _EQUIVALENT: _equivalent,
    _DISJOINT: _disjoint,
    _MEMBERS: _members,
    _SUBPROPERTY: lambda r, s, o, a: r.rules.superproperties[s].append((o, a)),
    _CHAIN: lambda r, s, o, a: r.chain(r.expressions.items(o), s, a),
    _INVERSE: _inverse,
    RDF_TYPE: _property_type,
    _DOMAIN: _domain,
    _RANGE: _range,
}


def individual_types(quads: Iterable[ox.Quad]) -> Iterator[tuple[str, str, ox.Quad]]:
    """(individual, class or expression, quad) of every type assertion on a named individual."""
    for quad in quads:
        if quad.predicate.value == RDF_TYPE and isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value, node_key(quad.object), quad
