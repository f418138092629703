"""One graph, as far as it is compared: the terms, axioms and statements that are stated in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.reason.axioms import node_key
from kg.store import EmbeddedStore

_OWL, _RDF, _RDFS, _XSD = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
_LABEL, _TYPE = names.RDFS_LABEL, names.RDF_TYPE
QUOTE = names.CG + "quote"
_TERM_KINDS = {_OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")}
#: What is said of a term besides its label and its axioms.
_WORDS_OF_A_TERM = {
    names.expand("IAO:0000115"): "definition",
    **{f"{names.PREFIXES['oboInOwl']}has{scope}Synonym": "synonym" for scope in ("Exact", "Related", "Narrow", "Broad")},
}
#: Properties of a statement that follow from its other properties, or only place it in its file.
_INCIDENTAL = {names.CG + name for name in ("order", "evidence", "about")}


class Release:
    """The stated part of a graph: its terms, axioms and statements."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store = store
        self.labels: dict[str, str] = {}
        self.terms: set[str] = set()
        self.retired: set[str] = set()
        self.words: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.statements: dict[str, dict[str, set[str]]] = {}
        axioms: list[ox.Quad] = []
        nodes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for quad in store.database:
            if getattr(quad.graph_name, "value", "") == names.INFERRED:
                continue
            subject, predicate = node_key(quad.subject), quad.predicate.value
            if predicate == _LABEL:
                self.labels[subject] = quad.object.value
            if subject.startswith(names.CASE):
                if predicate not in _INCIDENTAL and not isinstance(quad.object, ox.BlankNode):
                    nodes[subject][predicate].add(node_key(quad.object))
                continue
            if isinstance(quad.subject, ox.BlankNode):
                self.facts[subject][predicate].append(quad.object)
            if _is_axiom(quad):
                axioms.append(quad)
            elif predicate == _TYPE and node_key(quad.object) in _TERM_KINDS and isinstance(quad.subject, ox.NamedNode):
                self.terms.add(subject)
            elif predicate == _OWL + "deprecated" and quad.object.value == "true":
                self.retired.add(subject)
            elif predicate in _WORDS_OF_A_TERM:
                self.words[subject].add((_WORDS_OF_A_TERM[predicate], quad.object.value))
        self.statements = {node: facts for node, facts in nodes.items() if QUOTE in facts}
        self.axioms = {self._axiom(quad, names.compact): self._axiom(quad, self.name) for quad in axioms}

    def name(self, iri: str) -> str:
        return self.labels.get(iri) or names.compact(iri)

    def _axiom(self, quad: ox.Quad, name: Callable[[str], str]) -> str:
        predicate = quad.predicate.value
        verb = _VERBS.get(predicate, names.compact(predicate))
        subject = "" if predicate == _OWL + "members" else f"{self._expression(quad.subject, name)} "
        value = self._expression(quad.object, name, separator=_SEPARATORS.get(predicate, " "))
        return f"{subject}{verb} {value}"

    def _expression(self, node: Any, name: Callable[[str], str], *, separator: str = " ") -> str:
        """A class expression in the manner of Manchester syntax; lists whose order means nothing are sorted."""
        if isinstance(node, ox.Literal):
            return node.value if node.datatype.value.startswith(_XSD) and node.datatype.value != _XSD + "string" else f'"{node.value}"'
        if isinstance(node, ox.NamedNode):
            return name(node.value)
        facts = self.facts[node_key(node)]
        short = {key.rpartition("#")[2]: values[0] for key, values in facts.items()}
        if "first" in short:
            items = [self._expression(item, name) for item in self._items(node)]
            return separator.join(items if separator == " then " else sorted(items))
        if "onProperty" in short:
            return f"({self._restriction(short, name)})"
        for key, joined in (("intersectionOf", " and "), ("unionOf", " or "), ("oneOf", ", ")):
            if key in short:
                return f"({self._expression(short[key], name, separator=joined)})"
        if "complementOf" in short:
            return f"not {self._expression(short['complementOf'], name)}"
        if "inverseOf" in short:
            return f"inverse of {self._expression(short['inverseOf'], name)}"
        if "onDatatype" in short:
            return f"{self._expression(short['onDatatype'], name)}[{self._expression(short['withRestrictions'], name, separator=', ')}]"
        return ", ".join(f"{key} {self._expression(value, name)}" for key, value in sorted(short.items()) if key != "type")

    def _restriction(self, short: Mapping[str, Any], name: Callable[[str], str]) -> str:
        prop = self._expression(short["onProperty"], name)
        for key, word in (("someValuesFrom", "some"), ("allValuesFrom", "only"), ("hasValue", "value"), ("hasSelf", "Self")):
            if key in short:
                return f"{prop} {word} {self._expression(short[key], name)}"
        number = next(key for key in sorted(short) if "ardinality" in key)
        word = "min" if number.startswith("min") else "max" if number.startswith("max") else "exactly"
        filler = short.get("onClass") or short.get("onDataRange")
        return f"{prop} {word} {self._expression(short[number], name)}" + (
            f" {self._expression(filler, name)}" if filler is not None else ""
        )

    def _items(self, node: Any) -> Iterator[Any]:
        seen = set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            facts = self.facts[node_key(node)]
            yield from facts[_RDF + "first"][:1]
            node = next(iter(facts[_RDF + "rest"]), None)


_VERBS = {
    names.RDFS_SUBCLASS_OF: "is a kind of", _RDFS + "subPropertyOf": "implies", _RDFS + "domain": "is only of",
    _RDFS + "range": "is only to",
    _OWL + "equivalentClass": "is the same as", _OWL + "disjointWith": "has no member in common with",
    _OWL + "members": "no two have a member in common:", _OWL + "disjointUnionOf": "is divided into", _OWL + "hasKey": "is told apart by",
    _OWL + "inverseOf": "is the inverse of", _OWL + "propertyChainAxiom": "follows from", _OWL + "equivalentProperty": "is the same as",
    _OWL + "propertyDisjointWith": "excludes", _TYPE: "is",
}  # fmt: skip
_SEPARATORS = {_OWL + "propertyChainAxiom": " then ", _OWL + "members": ", ", _OWL + "hasKey": ", ", _OWL + "disjointUnionOf": ", "}
_CHARACTERISTICS = {
    f"{_OWL}{kind}Property"
    for kind in ("Transitive", "Symmetric", "Asymmetric", "Reflexive", "Irreflexive", "Functional", "InverseFunctional")
}


def _is_axiom(quad: ox.Quad) -> bool:
    predicate = quad.predicate.value
    if predicate == _TYPE:
        return node_key(quad.object) in _CHARACTERISTICS
    if predicate not in _VERBS or quad.subject == quad.object:
        return False
    # An inverse inside an expression is part of it and no axiom.
    return not (isinstance(quad.subject, ox.BlankNode) and predicate == _OWL + "inverseOf")
