"""Why something follows: a minimal set of axioms and triples, each triple with its sentence of the report.

A first proof is read off the forward chainer's trace; then every part is tried: if the conclusion still
follows without it, it goes. What is left is minimal: taking out any one part breaks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import names
from kg.names import RDF_TYPE
from kg.reason.axioms import Axiom, node_key, read_rules
from kg.reason.engine import IS, Chainer, Fact, Model

_QUOTE = ox.NamedNode(names.CG + "quote")
_LABEL = ox.NamedNode(names.RDFS_LABEL)


@dataclass(frozen=True, slots=True)
class Part:
    """One axiom or triple of a justification.

    Attributes:
        quads: the triple itself and, where it ends in a class expression, the blank nodes that spell it out.
        text: in labels, in the manner of Manchester syntax.
        quote: the sentence of the report it rests on; None for an axiom of the ontology.
    """

    quads: tuple[ox.Quad, ...]
    text: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Justification:
    """Why something follows, or why nothing can.

    Attributes:
        conclusion: in labels.
        parts: minimal; triples of the case first, then axioms.
    """

    conclusion: str
    parts: tuple[Part, ...]


class Explainer:
    """Explains conclusions about the individuals of some cases.

    Args:
        case_quads: the graphs of the cases.
        axioms: the ontology's modules and the terms' hierarchy.
    """

    def __init__(self, case_quads: Iterable[ox.Quad], axioms: Iterable[ox.Quad]) -> None:
        self.case = list(case_quads)
        self.axioms = list(axioms)
        self.labels = Labels((*self.axioms, *self.case))
        self.expressions: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in (*self.case, *self.axioms):
            if isinstance(quad.subject, ox.BlankNode):
                self.expressions[str(quad.subject)].append(quad)
        self.quotes = {node_key(q.subject): q.object.value for q in self.case if q.predicate == _QUOTE and isinstance(q.object, ox.Literal)}
        self.by_triple = {(node_key(q.subject), q.predicate.value, node_key(q.object)): q for q in (*self.axioms, *self.case)}

    def instance(self, individual: str, class_iri: str) -> Justification | None:
        """Why an individual is an instance of a class; None if it does not follow."""
        model = self._model(self.case, self.axioms)
        fact = (IS, individual, class_iri)
        if class_iri not in model.types.get(individual, ()):
            return None
        parts = self._minimal(self._leaves(model, [fact]), lambda m: class_iri in m.types.get(individual, ()))
        return Justification(f"{self.labels(individual)} is an instance of {self.labels(class_iri)}", parts)

    def relation(self, subject: str, prop: str, value: str) -> Justification | None:
        """Why one individual stands in a relation to another; None if it does not follow."""
        model = self._model(self.case, self.axioms)
        if value not in model.relations.get(prop, {}).get(subject, ()):
            return None
        parts = self._minimal(self._leaves(model, [(prop, subject, value)]), lambda m: value in m.relations.get(prop, {}).get(subject, ()))
        return Justification(f"{self.labels(subject)} {self.labels(prop)} {self.labels(value)}", parts)

    def inconsistency(self) -> Justification | None:
        """Why the cases contradict the ontology or themselves; None if they do not."""
        model = self._model(self.case, self.axioms)
        if model.is_consistent:
            return None
        one, other, axiom = model.clashes[0]
        leaves = self._leaves(model, [one, other])
        quad = self.by_triple.get((axiom.subject, axiom.predicate, axiom.object))
        if quad is not None:
            leaves.append(quad)
        return Justification("nothing can be as the record says: it contradicts itself", self._minimal(leaves, lambda m: not m.is_consistent))

    def _model(self, case: Sequence[ox.Quad], axioms: Sequence[ox.Quad], *, trace: bool = True) -> Model:
        return Chainer(read_rules(axioms), trace=trace).load(case).run()

    def _leaves(self, model: Model, facts: list[Fact]) -> list[ox.Quad]:
        """The asserted triples and the axioms under a proof."""
        seen: set[Fact] = set()
        found: dict[ox.Quad, None] = {}
        open_facts = list(facts)
        while open_facts:
            fact = open_facts.pop()
            if fact in seen or fact not in model.steps:
                continue
            seen.add(fact)
            step = model.steps[fact]
            if step.quad is not None:
                found[step.quad] = None
            if step.axiom is not None and (quad := self._quad(step.axiom)):
                found[quad] = None
            open_facts += step.premises
            # A representative is a member of its class by being made; what made it is the axiom of the edge to it.
        return list(found)

    def _quad(self, axiom: Axiom) -> ox.Quad | None:
        return self.by_triple.get((axiom.subject, axiom.predicate, axiom.object))

    def _minimal(self, leaves: list[ox.Quad], holds: object) -> tuple[Part, ...]:
        in_case = {quad for quad in leaves if quad in set(self.case)}
        kept = list(leaves)

        def follows(quads: list[ox.Quad]) -> bool:
            case = [q for quad in quads if quad in in_case for q in self._with_expression(quad)]
            axioms = [q for quad in quads if quad not in in_case for q in self._with_expression(quad)]
            return bool(holds(self._model(case, axioms, trace=False)))  # type: ignore[operator]

        for quad in leaves:
            without = [other for other in kept if other is not quad]
            if follows(without):
                kept = without
        kept.sort(key=lambda quad: (quad not in in_case, str(quad)))
        return tuple(self._part(quad, quad in in_case) for quad in kept)

    def _with_expression(self, quad: ox.Quad) -> list[ox.Quad]:
        """A quad and all the blank nodes that its object is made of."""
        found, open_nodes = [quad], [quad.object]
        while open_nodes:
            node = open_nodes.pop()
            if isinstance(node, ox.BlankNode):
                for inner in self.expressions[str(node)]:
                    if inner not in found:
                        found.append(inner)
                        open_nodes.append(inner.object)
        return found

    def _part(self, quad: ox.Quad, in_case: bool) -> Part:
        quads = tuple(self._with_expression(quad))
        quote = None
        if in_case:
            nodes = [node.value for node in (quad.subject, quad.object) if isinstance(node, ox.NamedNode)]
            quote = self._quote_of_denial(quad) or next((self.quotes[node] for node in reversed(nodes) if node in self.quotes), None)
        return Part(quads, self.labels.axiom(quad, self.expressions), quote)

    def _quote_of_denial(self, quad: ox.Quad) -> str | None:
        """The sentence that denies what a time point's "not" says: that of the absent finding of its class."""
        denied = {node_key(q.object) for q in self._with_expression(quad) if q.predicate.value.endswith("someValuesFrom")}
        if quad.predicate.value != RDF_TYPE or not denied:
            return None
        about: dict[str, set[str]] = defaultdict(set)
        for each in self.case:
            if isinstance(each.subject, ox.NamedNode):
                about[each.subject.value].add(node_key(each.object))
        wanted = {*denied, node_key(quad.subject), '"absent"'}
        return next((self.quotes[node] for node, values in sorted(about.items()) if wanted <= values and node in self.quotes), None)


class Labels:
    """IRIs and class expressions in words."""

    _WORDS = {
        names.RDFS_SUBCLASS_OF: "is a kind of", names.RDF_TYPE: "is", names.PREFIXES["owl"] + "equivalentClass": "is the same as",
        names.PREFIXES["rdfs"] + "subPropertyOf": "implies", names.PREFIXES["owl"] + "inverseOf": "is the inverse of",
        names.PREFIXES["owl"] + "disjointWith": "has no member in common with", names.PREFIXES["rdfs"] + "domain": "is only of",
        names.PREFIXES["rdfs"] + "range": "is only to", names.PREFIXES["owl"] + "propertyChainAxiom": "follows from",
        names.PREFIXES["owl"] + "members": "has no two members in common among",
    }  # fmt: skip

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.known = {node_key(q.subject): q.object.value for q in quads if q.predicate == _LABEL and isinstance(q.object, ox.Literal)}

    def __call__(self, key: str) -> str:
        if key.startswith('"'):
            return key
        return self.known.get(key) or names.compact(key)

    def axiom(self, quad: ox.Quad, expressions: dict[str, list[ox.Quad]]) -> str:
        """A triple in words, its class expression spelt out."""
        predicate = quad.predicate.value
        verb = self._WORDS.get(predicate) or self(predicate)
        return f"{self(node_key(quad.subject))} {verb} {self._expression(quad.object, expressions)}"

    def _expression(self, node: object, expressions: dict[str, list[ox.Quad]]) -> str:
        if not isinstance(node, ox.BlankNode):
            return self(node_key(node))
        facts = {q.predicate.value.rpartition("#")[2]: q.object for q in expressions[str(node)]}
        if "onProperty" in facts:
            filler = facts.get("someValuesFrom") or facts.get("hasValue")
            return f"({self(node_key(facts['onProperty']))} some {self._expression(filler, expressions)})"
        if "complementOf" in facts:
            return f"not {self._expression(facts['complementOf'], expressions)}"
        if "intersectionOf" in facts:
            return "(" + " and ".join(self._list(facts["intersectionOf"], expressions)) + ")"
        if "first" in facts:
            return " then ".join(self._list(node, expressions))
        return "…"

    def _list(self, node: object, expressions: dict[str, list[ox.Quad]]) -> list[str]:
        items = []
        while isinstance(node, ox.BlankNode):
            facts = {q.predicate.value.rpartition("#")[2]: q.object for q in expressions[str(node)]}
            items.append(self._expression(facts.get("first"), expressions))
            node = facts.get("rest")
        return items
