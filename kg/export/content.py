"""A graph as the documents of an ontology: the index, our modules, the import slices, the cases, what is inferred.

Class hierarchies, closures and words that only make SPARQL questions short stay behind; so do the passages that hold
the offsets of a quote. What stays behind is counted and said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import files, names
from kg.errors import StoreError
from kg.ontology import module_paths, own_terms
from kg.reason import Model, infer, read_rules, terms_in
from kg.terms import Term, load_terms

ABOX = "https://w3id.org/casegraph/abox/"
INDEX = names.ONTOLOGY + "casegraph"
CASES = ABOX + "cases"
INFERRED = ABOX + "inferred"

_OWL, _RDFS, _DCTERMS = (names.PREFIXES[prefix] for prefix in ("owl", "rdfs", "dcterms"))
_TYPE, _LABEL = (ox.NamedNode(iri) for iri in (names.RDF_TYPE, names.RDFS_LABEL))
_IMPORTS, _ONTOLOGY = ox.NamedNode(_OWL + "imports"), ox.NamedNode(_OWL + "Ontology")
_INDIVIDUAL = ox.NamedNode(_OWL + "NamedIndividual")
_PROPERTY_KINDS = {_OWL + kind: kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
_OA = names.PREFIXES["oa"]
_SYNONYMS = {kind: f"{names.PREFIXES['oboInOwl']}has{kind.capitalize()}Synonym" for kind in ("exact", "narrow", "broad", "related")}
#: Individuals of these kinds are the machinery of quoting, not part of the case.
_MACHINERY = frozenset({_OA + "SpecificResource", _OA + "TextQuoteSelector", _OA + "TextPositionSelector"})
_LEFT_OUT_SENTENCE = names.CG + "LeftOut"
#: Properties of statements that only lay out a question's answer.
_LAYOUT = frozenset({names.CG + "order", names.CG + "evidence"})
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Document:
    """One ontology document.

    Attributes:
        iri: of the ontology.
        name: its file's path without suffix.
        triples: header and axioms.
        source: the Turtle file it is a copy of, if it is one.
    """

    iri: str
    name: str
    triples: tuple[ox.Triple, ...]
    source: Path | None = None

    @property
    def body(self) -> Iterator[ox.Triple]:
        """The triples without the ontology's header."""
        return (t for t in self.triples if t.subject != ox.NamedNode(self.iri))


@dataclass
class Content:
    """The documents of a graph, and what is not in them."""

    tbox: list[Document]
    cases: list[Document] = field(default_factory=list)
    inferred: Document | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    hidden: set[Any] = field(default_factory=set)
    model: Model | None = None

    @property
    def documents(self) -> list[Document]:
        return [*self.tbox, *self.cases, *([self.inferred] if self.inferred else [])]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Property IRI -> ObjectProperty, DatatypeProperty or AnnotationProperty."""
        return {
            t.subject.value: _PROPERTY_KINDS[t.object.value]
            for document in self.tbox for t in document.triples
            if t.predicate == _TYPE and isinstance(t.subject, ox.NamedNode)
            and isinstance(t.object, ox.NamedNode) and t.object.value in _PROPERTY_KINDS
        }  # fmt: skip

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI -> label of everything that has one."""
        return {
            t.subject.value: t.object.value
            for document in self.documents for t in document.triples
            if t.predicate == _LABEL and isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.Literal)
        }  # fmt: skip


def ontology_content(used: Iterable[ox.Quad] = ()) -> Content:
    """The TBox alone: index, modules, slices; slices are extended by the terms that some quads use beyond them."""
    documents = [_read(path) for path in module_paths()]
    index = next(d for d in documents if d.iri == INDEX)
    slices = [_read(path) for path in sorted((files.folder("ontology") / "imports").glob("*.ttl"))]
    known = (*documents, *slices)
    declared = {t.subject.value for d in known for t in d.triples if t.predicate == _TYPE and isinstance(t.subject, ox.NamedNode)}
    terms = load_terms(extra=own_terms())
    missing = {curie: term for curie, term in terms_in(used, terms).items() if names.expand(curie) not in declared}
    slices = _extended(slices, missing, {s.prefix: s for s in terms.sources()})
    here = {t.object.value for t in index.triples if t.predicate == _IMPORTS and isinstance(t.object, ox.NamedNode)}
    added = tuple(ox.Triple(ox.NamedNode(INDEX), _IMPORTS, ox.NamedNode(d.iri)) for d in slices if d.iri not in here)
    if added:
        index = replace(index, triples=(*index.triples, *added), source=None)
    return Content([index, *(d for d in documents if d.iri != INDEX), *slices])


def graph_content(quads: Iterable[ox.Quad]) -> Content:
    """The documents of a whole graph.

    Args:
        quads: as `kg.graph.derive.graph_quads` makes them, or as a store holds them: the cases' graphs and the inferred one.

    Raises:
        StoreError: there is no case among them.
    """
    by_graph: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            by_graph[quad.graph_name.value].append(quad)
    graphs = sorted(graph for graph in by_graph if graph.startswith(names.CASE))
    if not graphs:
        raise StoreError("no case in the graph; export a graph made by 'kg build', in a format that keeps named graphs")
    stated = [quad for graph in graphs for quad in by_graph[graph]]
    content = ontology_content(stated)
    for graph in graphs:
        content.cases.append(_case(graph, by_graph[graph], content))
    content.inferred = _inferred(by_graph.get(names.INFERRED, []), content)
    return content


def merged(content: Content) -> Document:
    """All documents in one, without imports."""
    index = content.tbox[0]
    header = [t for t in index.triples if t.subject == ox.NamedNode(INDEX) and t.predicate != _IMPORTS]
    body = [t for document in content.documents for t in document.body]
    return Document(INDEX, "casegraph-merged", tuple(dict.fromkeys((*header, *body))))


# 1) the TBox


def _read(path: Path) -> Document:
    """A Turtle file as a document; blank nodes are numbered in the order of the text."""
    renamed: dict[Any, ox.BlankNode] = {}

    def node(value: Any) -> Any:
        if isinstance(value, ox.BlankNode):
            return renamed.setdefault(value, ox.BlankNode(f"{path.stem}{len(renamed) + 1}"))
        return value

    parsed = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=names.ONTOLOGY + path.stem)
    triples = tuple(ox.Triple(node(t.subject), t.predicate, node(t.object)) for t in parsed)
    headers = (t.subject for t in triples if t.predicate == _TYPE and t.object == _ONTOLOGY)
    iri = next(node.value for node in headers if isinstance(node, ox.NamedNode))
    folder = "imports" if path.parent.name == "imports" else "ontology"
    return Document(iri, path.stem if iri == INDEX else f"{folder}/{path.stem}", triples, path)


def _extended(slices: list[Document], missing: Mapping[str, Term], sources: Mapping[str, Any]) -> list[Document]:
    """The slices with the terms that the cases use and they lack."""
    by_prefix: dict[str, list[Term]] = defaultdict(list)
    for curie, term in missing.items():
        by_prefix[curie.partition(":")[0]].append(term)
    found = {document.name.rpartition("/")[2]: document for document in slices}
    for prefix, terms in sorted(by_prefix.items()):
        name = prefix.lower()
        before = found.get(name) or _new_slice(prefix, sources.get(prefix))
        extra = [triple for term in terms for triple in _term_triples(term)]
        found[name] = replace(before, triples=(*before.triples, *extra), source=None)
    return [found[name] for name in sorted(found)]


def _new_slice(prefix: str, source: Any) -> Document:
    iri = f"{names.IMPORTS}{prefix.lower()}.ttl"
    rows: list[tuple[str, Any]] = [("title", ox.Literal(f"{source.name if source else prefix}: terms that cases use"))]
    if source:
        rows += [(key, ox.NamedNode(iri)) for key, iri in (("source", source.url), ("license", source.licence)) if iri]
    triples = [ox.Triple(ox.NamedNode(iri), _TYPE, _ONTOLOGY)]
    triples += [ox.Triple(ox.NamedNode(iri), ox.NamedNode(_DCTERMS + name), value) for name, value in rows]
    if source:
        triples.append(ox.Triple(ox.NamedNode(iri), ox.NamedNode(_OWL + "versionInfo"), ox.Literal(source.version)))
    annotation = ox.NamedNode(_OWL + "AnnotationProperty")
    triples += [ox.Triple(ox.NamedNode(_DCTERMS + name), _TYPE, annotation) for name, _ in rows]
    return Document(iri, f"imports/{prefix.lower()}", tuple(triples))


#: Kind of term -> its type, and what leads to its parents.
_TERM_KINDS = {
    "class": ("Class", "subClassOf"), "object property": ("ObjectProperty", "subPropertyOf"),
    "annotation property": ("AnnotationProperty", "subPropertyOf"),
}  # fmt: skip


def _term_triples(term: Term) -> Iterator[ox.Triple]:
    node = ox.NamedNode(names.expand(term.curie))
    kind, parent_of = (ox.NamedNode(space + name) for space, name in zip((_OWL, _RDFS), _TERM_KINDS[term.kind], strict=True))
    yield ox.Triple(node, _TYPE, kind)
    yield ox.Triple(node, _LABEL, ox.Literal(term.label))
    for name, synonym in term.names():
        if synonym in _SYNONYMS:
            yield ox.Triple(ox.NamedNode(_SYNONYMS[synonym]), _TYPE, ox.NamedNode(_OWL + "AnnotationProperty"))
            yield ox.Triple(node, ox.NamedNode(_SYNONYMS[synonym]), ox.Literal(name))
    for parent in term.parents:
        yield ox.Triple(ox.NamedNode(names.expand(parent)), _TYPE, kind)
        yield ox.Triple(node, parent_of, ox.NamedNode(names.expand(parent)))


# 2) a case


def _case(graph: str, quads: list[ox.Quad], content: Content) -> Document:
    case_id = graph.removeprefix(names.CASE)
    iri = ABOX + case_id
    hidden, counted = _hidden(quads)
    content.hidden |= hidden
    content.left_out.update(counted)
    triples: list[ox.Triple] = []
    for quad in quads:
        if quad.subject in hidden or quad.object in hidden or quad.predicate.value in _LAYOUT:
            if quad.subject not in hidden and quad.predicate.value == names.CG + "order":
                content.left_out["order"] += 1
            continue
        triples.append(quad.triple)
    individuals = sorted({t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)})
    triples += [ox.Triple(ox.NamedNode(i), _TYPE, _INDIVIDUAL) for i in individuals]
    triples += _labels(individuals, triples)
    triples += _different(case_id, triples)
    triples += _declarations(triples, content)
    title = f"casegraph: the case {case_id}"
    words = "What the report says, each statement with its sentence (annotation 'quote')."
    return Document(iri, f"cases/{case_id}", (*header_triples(iri, title, words, [INDEX]), *triples))


def _hidden(quads: Iterable[ox.Quad]) -> tuple[set[Any], Counter[str]]:
    """The nodes of a case that are not exported, and how many of each kind."""
    found, counted = set(), Counter[str]()
    for quad in quads:
        if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode):
            if quad.object.value in _MACHINERY:
                found.add(quad.subject)
                counted["passage"] += quad.object.value.endswith("SpecificResource")
            elif quad.object.value == _LEFT_OUT_SENTENCE:
                found.add(quad.subject)
                counted["sentence"] += 1
    return found, counted


def header_triples(iri: str, title: str, words: str, imports: Iterable[str]) -> Iterator[ox.Triple]:
    node = ox.NamedNode(iri)
    yield ox.Triple(node, _TYPE, _ONTOLOGY)
    yield ox.Triple(node, ox.NamedNode(_DCTERMS + "title"), ox.Literal(title))
    yield ox.Triple(node, ox.NamedNode(_DCTERMS + "description"), ox.Literal(words))
    for each in imports:
        yield ox.Triple(node, _IMPORTS, ox.NamedNode(each))


def _labels(individuals: Iterable[str], triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """A label for each individual that has none: the last part of its name."""
    labelled = {t.subject.value for t in triples if t.predicate == _LABEL and isinstance(t.subject, ox.NamedNode)}
    for iri in individuals:
        if iri not in labelled:
            yield ox.Triple(ox.NamedNode(iri), _LABEL, ox.Literal(iri.rpartition("#")[2].replace("-", " ")))


def _different(case_id: str, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """All courses of treatment of a case are different ones: without it no reasoner can count them."""
    treatment = ox.NamedNode(names.CG + "Treatment")
    typed = (t.subject for t in triples if t.predicate == _TYPE and t.object == treatment)
    members = sorted({node.value for node in typed if isinstance(node, ox.NamedNode)})
    if len(members) < 2:
        return
    node = ox.BlankNode(f"{case_id}-treatments")
    cells = [ox.BlankNode(f"{case_id}-treatments-{i}") for i in range(len(members))]
    yield ox.Triple(node, _TYPE, ox.NamedNode(_OWL + "AllDifferent"))
    yield ox.Triple(node, ox.NamedNode(_OWL + "distinctMembers"), cells[0])
    rdf = names.PREFIXES["rdf"]
    for i, (cell, member) in enumerate(zip(cells, members, strict=True)):
        yield ox.Triple(cell, ox.NamedNode(rdf + "first"), ox.NamedNode(member))
        yield ox.Triple(cell, ox.NamedNode(rdf + "rest"), cells[i + 1] if i + 1 < len(cells) else ox.NamedNode(rdf + "nil"))


def _declarations(triples: Iterable[ox.Triple], content: Content) -> Iterator[ox.Triple]:
    """Properties that a case uses and no module or slice declares, such as a seldom used one of CiTO."""
    terms = load_terms()
    seen: dict[str, Any] = {}
    for triple in triples:
        iri = triple.predicate.value
        if iri not in content.kinds and not iri.startswith((_OWL, _RDFS, names.PREFIXES["rdf"])):
            seen.setdefault(iri, triple.object)
    for iri, value in sorted(seen.items()):
        is_node = isinstance(value, ox.NamedNode) and value.value.startswith(names.CASE)
        kind = "ObjectProperty" if is_node else "AnnotationProperty"
        term = terms.find_term(names.compact(iri))
        label = term.label if term else names.compact(iri).rpartition(":")[2]
        yield ox.Triple(ox.NamedNode(iri), _TYPE, ox.NamedNode(_OWL + kind))
        yield ox.Triple(ox.NamedNode(iri), _LABEL, ox.Literal(label))


# 3) what follows


def _inferred(quads: Iterable[ox.Quad], content: Content) -> Document:
    """Types and relations by the axioms, and the nodes that closed-world rules derive."""
    stated = [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(d.iri)) for d in content.cases for t in d.body]
    axioms = [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(d.iri)) for d in content.tbox for t in d.triples]
    content.model = infer(read_rules(axioms), stated)
    individuals = {q.subject.value for q in stated if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(names.CASE)}
    known = {q.triple for q in stated}
    triples = [t for t in _model_triples(content.model, individuals, content.kinds) if t not in known]
    derived = list(_derived(quads, individuals, content))
    nodes = sorted({t.subject.value for t in derived if isinstance(t.subject, ox.NamedNode)} - individuals)
    triples += derived
    triples += [ox.Triple(ox.NamedNode(i), _TYPE, _INDIVIDUAL) for i in nodes]
    triples += _labels(nodes, triples)
    words = (
        "Inferred, not stated by any report: types and relations that follow from the ontology's axioms, "
        "and what closed-world rules derive."
    )
    header = header_triples(INFERRED, "casegraph: inferred axioms", words, [CASES])
    return Document(INFERRED, "inferred", (*header, *dict.fromkeys(triples)))


def _model_triples(model: Model, individuals: set[str], kinds: Mapping[str, str]) -> Iterator[ox.Triple]:
    for individual in sorted(individuals & set(model.types)):
        for kind in sorted(model.types[individual]):
            if kind.startswith("http") and kind != _OWL + "Thing" and kind != _INDIVIDUAL.value and " " not in kind:
                yield ox.Triple(ox.NamedNode(individual), _TYPE, ox.NamedNode(kind))
    for prop in sorted(p for p in model.relations if kinds.get(p) == "ObjectProperty"):
        for subject in sorted(individuals & set(model.relations[prop])):
            for value in sorted(individuals & model.relations[prop][subject]):
                yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(prop), ox.NamedNode(value))


def _derived(quads: Iterable[ox.Quad], individuals: set[str], content: Content) -> Iterator[ox.Triple]:
    """What rules derived: their own nodes whole; of statements, the links to classes and nodes but no words."""
    for quad in quads:
        subject, value = quad.subject, quad.object
        if subject in content.hidden or value in content.hidden:
            continue
        if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(names.CASE):
            content.left_out["closure"] += 1
            continue
        kind = content.kinds.get(quad.predicate.value)
        is_own = subject.value not in individuals
        if quad.predicate in (_TYPE, _LABEL):
            if is_own:
                yield quad.triple
        elif kind is None or (not is_own and isinstance(value, ox.Literal)) or (kind == "ObjectProperty" and not _is_ours(value)):
            content.left_out["words"] += 1
        else:
            yield quad.triple


def _is_ours(node: Any) -> bool:
    """Whether a node is an individual of a case or of our modules."""
    return isinstance(node, ox.NamedNode) and node.value.startswith((names.CASE, names.CG))
