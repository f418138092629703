"""What follows: the class hierarchy made transitive, individuals typed upwards, drugs given their roles.

Everything is materialised once at build, so that a question asks one plain pattern
(``?concept rdfs:subClassOf ?class``) where it would otherwise walk the hierarchy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg import files, names
from kg.errors import BuildError
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


def classes_in(quads: Iterable[ox.Quad], terms: Terms) -> dict[str, Term]:
    """Every known class that the quads mention, with all its ancestors and the roles of drugs: CURIE -> term."""
    iris = {node.value for quad in quads for node in (quad.subject, quad.object) if isinstance(node, ox.NamedNode)}
    found: dict[str, Term] = {}
    open_curies = {names.compact(iri) for iri in iris}
    while open_curies:
        curie = open_curies.pop()
        if curie in found or "#" in curie or ":" not in curie:
            continue
        term = terms.find_term(curie)
        if term is not None and term.kind == "class":
            found[curie] = term
            open_curies.update(term.parents, term.roles)
    return dict(sorted(found.items()))


def term_quads(classes: Mapping[str, Term]) -> Iterator[ox.Quad]:
    """Labels, synonyms and parents of public classes, in one graph a vocabulary; our own stand in their modules."""
    for curie, term in classes.items():
        prefix = curie.partition(":")[0]
        if prefix == "cg":
            continue
        graph = ox.NamedNode(names.IMPORTS + prefix.lower())
        node = ox.NamedNode(names.expand(curie))
        yield ox.Quad(node, _TYPE, _CLASS, graph)
        yield ox.Quad(node, _LABEL, ox.Literal(term.label), graph)
        for name, kind in term.names():
            if kind in _SYNONYM:
                yield ox.Quad(node, _SYNONYM[kind], ox.Literal(name), graph)
        for parent in term.parents:
            if parent in classes:
                yield ox.Quad(node, _SUBCLASS_OF, ox.NamedNode(names.expand(parent)), graph)


def materialise(quads: Iterable[ox.Quad], classes: Mapping[str, Term], terms: Terms) -> Iterator[ox.Quad]:
    """The inferred quads: reflexive and transitive subclasses, types upwards, roles of drugs.

    Args:
        quads: the cases' graphs.
        classes: from `classes_in`, ancestors included.
    """
    above = {curie: tuple(a for a in terms.ancestors(curie) if a in classes) for curie in classes}
    nodes = {curie: ox.NamedNode(names.expand(curie)) for curie in classes}
    for curie, term in classes.items():
        yield ox.Quad(nodes[curie], _SUBCLASS_OF, nodes[curie], INFERRED)
        for ancestor in above[curie]:
            if ancestor not in term.parents:
                yield ox.Quad(nodes[curie], _SUBCLASS_OF, nodes[ancestor], INFERRED)
    yield from _roles(classes, above, nodes)
    yield from _types(quads, above, nodes)


def _roles(classes: Mapping[str, Term], above: Mapping[str, tuple[str, ...]], nodes: Mapping[str, ox.NamedNode]) -> Iterator[ox.Quad]:
    for curie in classes:
        stated = {role for each in (curie, *above[curie]) for role in classes[each].roles if role in classes}
        for role in sorted(stated | {a for role in stated for a in above[role]}):
            yield ox.Quad(nodes[curie], _HAS_ROLE, nodes[role], INFERRED)


def _types(quads: Iterable[ox.Quad], above: Mapping[str, tuple[str, ...]], nodes: Mapping[str, ox.NamedNode]) -> Iterator[ox.Quad]:
    stated: dict[ox.NamedNode, set[str]] = {}
    for quad in quads:
        if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            curie = names.compact(quad.object.value)
            if curie in nodes:
                stated.setdefault(quad.subject, set()).add(curie)
    for subject, curies in stated.items():
        for ancestor in sorted({a for curie in curies for a in above[curie]} - curies):
            yield ox.Quad(subject, _TYPE, nodes[ancestor], INFERRED)


def apply_rules(store: ox.Store) -> list[ox.Quad]:
    """What the closed-world rules of `queries/rules/` derive over a store; each rule sees what came before it.

    Args:
        store: all graphs; the derived quads are added to it.

    Raises:
        BuildError: a rule is not SPARQL; the message names its file.
    """
    derived: list[ox.Quad] = []
    for path in sorted((files.folder("queries") / "rules").glob("*.rq")):
        try:
            triples = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
            new = {ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in triples}
        except SyntaxError as error:
            raise BuildError(f"{path}: not a SPARQL CONSTRUCT: {error}") from error
        store.extend(new)
        derived.extend(new)
    return derived
