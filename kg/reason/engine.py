"""The forward chainer: individuals and rules → every type and relation that follows.

An existential ("some C") is met by one representative of C, shared by all who need one, which is how EL
stays tractable and exact for the questions asked here (instances of named classes, relations between named
individuals). Inverses and ranges are applied to named individuals only: on a shared representative they would
say of one thing what holds of another.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.names import RDF_TYPE
from kg.reason.axioms import NOTHING, THING, Axiom, Expressions, Rules, individual_types, node_key

#: ("is", individual, class) or (property, individual, individual): what is known.
Fact = tuple[str, str, str]
IS = "is"


class Step(NamedTuple):
    """How a fact came about: by an axiom (or None for an asserted one) from other facts."""

    axiom: Axiom | None
    premises: tuple[Fact, ...]
    quad: ox.Quad | None = None


@dataclass(slots=True)
class Model:
    """Everything that follows.

    Attributes:
        types: individual -> its classes.
        relations: property -> subject -> objects.
        clashes: facts that cannot hold together, with the axiom that says so.
        steps: fact -> how it came about; empty unless traced.
    """

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    relations: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    backwards: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    clashes: list[tuple[Fact, Fact, Axiom]] = field(default_factory=list)
    steps: dict[Fact, Step] = field(default_factory=dict)

    @property
    def is_consistent(self) -> bool:
        return not self.clashes


def representative(class_name: str) -> str:
    """The individual that stands for "some member of the class"."""
    return f"some {class_name}"


class Chainer:
    """Applies rules until nothing new follows.

    Args:
        rules: of the ontology.
        trace: whether to remember how each fact came about (for explanations; slower).
    """

    def __init__(self, rules: Rules, *, trace: bool = False) -> None:
        self.rules = rules
        self.model = Model()
        self.trace = trace
        self.open: list[Fact] = []
        #: (individual, property) -> the classes of which it has none, with the assertion that says so.
        self.denied: dict[tuple[str, str], dict[str, Axiom]] = defaultdict(dict)
        self.denying: set[str] = set()

    def load(self, quads: Iterable[ox.Quad]) -> Chainer:
        """Assert individuals' types, restrictions and relations."""
        quads = list(quads)
        expressions = Expressions(quads)
        for individual, kind, quad in individual_types(quads):
            self._assert(individual, kind, quad, expressions)
        wanted = self.rules.properties | self.denying
        for quad in quads:
            if quad.predicate.value in wanted and isinstance(quad.subject, ox.NamedNode):
                self._add((quad.predicate.value, quad.subject.value, node_key(quad.object)), Step(None, (), quad))
        return self

    def _assert(self, individual: str, kind: str, quad: ox.Quad, e: Expressions) -> None:
        """A type that may be a restriction: "some" becomes an edge to a representative, "not" a denial."""
        if not kind.startswith("_:"):
            self._add((IS, individual, kind), Step(None, (), quad))
            return
        prop, some = e.one(kind, _ON), e.one(kind, _SOME)
        if prop and some and not some.startswith("_:"):
            here = f"{individual} {prop} {some}"  # an individual of its own: nothing is shared with other cases
            self._add((IS, here, some), Step(None, (), quad))
            self._add((prop, individual, here), Step(None, (), quad))
            return
        denied = e.one(kind, _NOT)
        if denied:
            prop, some = e.one(denied, _ON), e.one(denied, _SOME)
            if prop and some and not some.startswith("_:"):
                graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else node_key(quad.graph_name)
                self.denied[individual, prop][some] = Axiom(individual, RDF_TYPE, kind, graph)
                self.denying.add(prop)

    def run(self) -> Model:
        """Everything that follows."""
        while self.open:
            fact = self.open.pop()
            if fact[0] == IS:
                self._type(fact)
            else:
                self._relation(fact)
        return self.model

    def _add(self, fact: Fact, step: Step) -> None:
        prop, subject, value = fact
        if prop == IS:
            known = self.model.types[subject]
            if value in known:
                return
            known.add(value)
        else:
            objects = self.model.relations[prop][subject]
            if value in objects:
                return
            objects.add(value)
            self.model.backwards[prop][value].add(subject)
        if self.trace:
            self.model.steps[fact] = step
        self.open.append(fact)

    def _type(self, fact: Fact) -> None:
        _, x, c = fact
        rules, types = self.rules, self.model.types
        for sup, axiom in rules.superclasses.get(c, ()):
            self._add((IS, x, sup), Step(axiom, (fact,)))
        for parts, name, axiom in rules.conjunctions.get(c, ()):
            if all(part in types[x] for part in parts):
                self._add((IS, x, name), Step(axiom, tuple((IS, x, part) for part in parts)))
        for prop, filler, axiom in rules.some_right.get(c, ()):
            other = representative(filler)
            self._add((IS, other, filler), Step(axiom, ()))
            self._add((prop, x, other), Step(axiom, (fact,)))
        for prop, value, axiom in rules.value_right.get(c, ()):
            self._add((prop, x, value), Step(axiom, (fact,)))
        for prop, name, axiom in rules.some_left_of.get(c, ()):
            for subject in tuple(self.model.backwards[prop].get(x, ())):
                self._add((IS, subject, name), Step(axiom, ((prop, subject, x), fact)))
        for other_class, axiom in rules.disjoint.get(c, ()):
            if other_class in types[x]:
                self._clash(fact, (IS, x, other_class), axiom)
        for prop in self.denying:
            for subject in self.model.backwards[prop].get(x, ()):
                denial = self.denied.get((subject, prop), {}).get(c)
                if denial is not None:
                    self._clash((prop, subject, x), fact, denial)
        if c == NOTHING:
            self._clash(fact, fact, Axiom(x, "is", NOTHING, ""))

    def _clash(self, one: Fact, other: Fact, axiom: Axiom) -> None:
        self.model.clashes.append((one, other, axiom))

    def _relation(self, fact: Fact) -> None:
        prop, x, y = fact
        rules, model = self.rules, self.model
        for sup, axiom in rules.superproperties.get(prop, ()):
            self._add((sup, x, y), Step(axiom, (fact,)))
        for second, target, axiom in rules.chains_first.get(prop, ()):
            for z in tuple(model.relations[second].get(y, ())):
                self._add((target, x, z), Step(axiom, (fact, (second, y, z))))
        for first, target, axiom in rules.chains_second.get(prop, ()):
            for w in tuple(model.backwards[first].get(x, ())):
                self._add((target, w, y), Step(axiom, ((first, w, x), fact)))
        for filler, name, axiom in rules.some_left.get(prop, ()):
            if filler == THING:
                self._add((IS, x, name), Step(axiom, (fact,)))
            elif filler in model.types.get(y, ()):
                self._add((IS, x, name), Step(axiom, (fact, (IS, y, filler))))
        for kind, axiom in self.denied.get((x, prop), {}).items():
            if kind in model.types.get(y, ()):
                self._clash(fact, (IS, y, kind), axiom)
        for name, axiom in rules.value_left.get((prop, y), ()):
            self._add((IS, x, name), Step(axiom, (fact,)))
        if is_named(x) and is_named(y):
            for other, axiom in rules.inverses.get(prop, ()):
                self._add((other, y, x), Step(axiom, (fact,)))
            for kind, axiom in rules.ranges.get(prop, ()):
                self._add((IS, y, kind), Step(axiom, (fact,)))


def is_named(key: str) -> bool:
    """Whether a key is the IRI of an individual or class, not a representative, a made name or a literal."""
    return " " not in key and not key.startswith(("_:", '"'))


def infer(rules: Rules, quads: Iterable[ox.Quad], **options: Any) -> Model:
    """Everything that follows from quads under rules."""
    # Nothing here makes cycles that could be freed meanwhile, and looking for them costs a fifth of the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return Chainer(rules, **options).load(quads).run()
    finally:
        if was_enabled:
            gc.enable()


_ON = "http://www.w3.org/2002/07/owl#onProperty"
_SOME = "http://www.w3.org/2002/07/owl#someValuesFrom"
_NOT = "http://www.w3.org/2002/07/owl#complementOf"
