"""The inferred graph: the class hierarchy made transitive, drugs given their roles, and what axioms and rules add.

Everything is materialised once at build, so that a question asks one plain pattern
(``?concept rdfs:subClassOf ?class``) where it would otherwise walk the hierarchy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg import files, names
from kg.errors import BuildError
from kg.reason.axioms import node_key, read_rules
from kg.reason.engine import Model, infer, is_named
from kg.terms import Term, Terms

_TYPE = ox.NamedNode(names.RDF_TYPE)
_LABEL = ox.NamedNode(names.RDFS_LABEL)
_SUBCLASS_OF = ox.NamedNode(names.RDFS_SUBCLASS_OF)
_CLASS = ox.NamedNode(names.OWL_CLASS)
_HAS_ROLE = ox.NamedNode(names.CG + "hasRole")
_OBO_IN_OWL = names.PREFIXES["oboInOwl"]
_SYNONYM = {
    kind: ox.NamedNode(f"{_OBO_IN_OWL}has{name}Synonym")
    for kind, name in (("exact", "Exact"), ("narrow", "Narrow"), ("broad", "Broad"), ("related", "Related"))
}
INFERRED = ox.NamedNode(names.INFERRED)
_OWL = names.PREFIXES["owl"]
_SUBPROPERTY_OF = ox.NamedNode(names.PREFIXES["rdfs"] + "subPropertyOf")
#: Kind of term -> its type in OWL, and what leads to its parents.
_KINDS = {
    "class": (_CLASS, _SUBCLASS_OF),
    "object property": (ox.NamedNode(_OWL + "ObjectProperty"), _SUBPROPERTY_OF),
    "annotation property": (ox.NamedNode(_OWL + "AnnotationProperty"), _SUBPROPERTY_OF),
}


def terms_in(quads: Iterable[ox.Quad], terms: Terms) -> dict[str, Term]:
    """Every known class and property that the quads mention, with all its ancestors and the roles of drugs: CURIE -> term."""
    iris = {node.value for quad in quads for node in (quad.subject, quad.predicate, quad.object) if isinstance(node, ox.NamedNode)}
    found: dict[str, Term] = {}
    open_curies = {names.compact(iri) for iri in iris}
    while open_curies:
        curie = open_curies.pop()
        if curie in found or "#" in curie or ":" not in curie:
            continue
        term = terms.find_term(curie)
        if term is not None and term.kind in _KINDS:
            found[curie] = term
            open_curies.update(term.parents, term.roles)
    return dict(sorted(found.items()))


def term_quads(known: Mapping[str, Term]) -> Iterator[ox.Quad]:
    """Labels, synonyms and parents of public terms, in one graph a vocabulary; our own stand in their modules."""
    for curie, term in known.items():
        prefix = curie.partition(":")[0]
        if prefix == "cg":
            continue
        graph = ox.NamedNode(names.IMPORTS + prefix.lower())
        node = ox.NamedNode(names.expand(curie))
        owl_kind, parent_of = _KINDS[term.kind]
        yield ox.Quad(node, _TYPE, owl_kind, graph)
        yield ox.Quad(node, _LABEL, ox.Literal(term.label), graph)
        for name, kind in term.names():
            if kind in _SYNONYM:
                yield ox.Quad(node, _SYNONYM[kind], ox.Literal(name), graph)
        for parent in term.parents:
            if parent in known:
                yield ox.Quad(node, parent_of, ox.NamedNode(names.expand(parent)), graph)


def hierarchy(known: Mapping[str, Term], terms: Terms) -> Iterator[ox.Quad]:
    """Reflexive and transitive subclasses, and the roles of drugs.

    Args:
        known: from `terms_in`, ancestors included.
    """
    classes = {curie: term for curie, term in known.items() if term.kind == "class"}
    above = {curie: tuple(a for a in terms.ancestors(curie) if a in classes) for curie in classes}
    nodes = {curie: ox.NamedNode(names.expand(curie)) for curie in classes}
    for curie, term in classes.items():
        yield ox.Quad(nodes[curie], _SUBCLASS_OF, nodes[curie], INFERRED)
        for ancestor in above[curie]:
            if ancestor not in term.parents:
                yield ox.Quad(nodes[curie], _SUBCLASS_OF, nodes[ancestor], INFERRED)
    yield from _roles(classes, above, nodes)


def _roles(classes: Mapping[str, Term], above: Mapping[str, tuple[str, ...]], nodes: Mapping[str, ox.NamedNode]) -> Iterator[ox.Quad]:
    for curie in classes:
        stated = {role for each in (curie, *above[curie]) for role in classes[each].roles if role in classes}
        for role in sorted(stated | {above_it for each in stated for above_it in above[each]}):
            yield ox.Quad(nodes[curie], _HAS_ROLE, nodes[role], INFERRED)


def follow(quads: Iterable[ox.Quad], axioms: Iterable[ox.Quad], model: Model | None = None) -> list[ox.Quad]:
    """What the ontology's axioms add to the cases: types and relations of named individuals.

    Args:
        quads: the cases' graphs.
        axioms: the ontology's modules and the hierarchy of the terms in use.
        model: what `infer` made of both, where the caller has it already.
    """
    quads = list(quads)
    model = model or infer(read_rules(axioms), quads)
    stated = {(quad.subject.value, quad.predicate.value, node_key(quad.object)) for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    individuals = {subject for subject, _, _ in stated}
    found = []
    for individual in sorted(individuals & set(model.types)):
        for kind in sorted(filter(is_named, model.types[individual])):
            if (individual, names.RDF_TYPE, kind) not in stated:
                found.append(ox.Quad(ox.NamedNode(individual), _TYPE, ox.NamedNode(kind), INFERRED))
    for prop, subjects in sorted(model.relations.items()):
        if not is_named(prop):
            continue
        for subject in sorted(individuals & set(subjects)):
            for value in sorted(filter(is_named, subjects[subject])):
                if (subject, prop, value) not in stated:
                    found.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(prop), ox.NamedNode(value), INFERRED))
    return found


def apply_rules(store: ox.Store, scope: str) -> list[ox.Quad]:
    """What the closed-world rules of `queries/rules/` derive over a store; each rule sees what came before it.

    Args:
        store: cases, ontology and terms in use; the derived quads are added to it.
        scope: `case` for the rules whose results concern one case each, `graph` for those that need all cases.

    Raises:
        BuildError: a rule is not SPARQL; the message names its file.
    """
    derived: list[ox.Quad] = []
    for path in sorted((files.folder("queries") / "rules").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        if ("#+ scope: graph" in text) != (scope == "graph"):
            continue
        try:
            triples = store.query(text, use_default_graph_as_union=True)
            if not isinstance(triples, ox.QueryTriples):
                raise BuildError(f"{path}: not a SPARQL CONSTRUCT")
            new = {ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in triples}
        except SyntaxError as error:
            raise BuildError(f"{path}: not a SPARQL CONSTRUCT: {error}") from error
        store.extend(new)
        derived.extend(new)
    return derived
