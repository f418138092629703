"""Terms and import slices against the packaged vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg import names
from kg.issue import Issue, Level
from kg.quality.read import LABEL, OWL, RDFS, TYPE, OntologyFile, Places, words
from kg.reason.axioms import Expressions, node_key
from kg.terms import Terms

#: Namespaces whose terms are declared where they are used: no vocabulary of ours holds them.
DECLARED_LOCALLY = frozenset({"cg", "dcterms", "oa", "oboInOwl", "owl", "prov", "rdf", "rdfs", "sh", "skos", "void", "xsd"})
_KINDS = {OWL + k for k in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")} | {RDFS + "Datatype"}
#: Properties whose values are pages and papers, not terms.
_SOURCES = {names.PREFIXES["dcterms"] + p for p in ("license", "source")} | {names.expand("IAO:0000119"), RDFS + "seeAlso"}


def term_issues(read: Iterable[OntologyFile], terms: Terms) -> Iterator[Issue]:
    """Whether each public term that is declared or mentioned exists, is current, and bears its own label."""
    read = list(read)
    places = Places(read)
    declared: set[str] = set()
    labels: dict[str, set[tuple[str, OntologyFile]]] = defaultdict(set)
    mentioned: dict[str, OntologyFile] = {}
    for file in read:
        for quad in file.quads:
            terms_of = (quad.subject, quad.predicate) if quad.predicate.value in _SOURCES else (quad.subject, quad.predicate, quad.object)
            for node in terms_of:
                if isinstance(node, ox.NamedNode):
                    mentioned.setdefault(node.value, file)
            if quad.predicate == TYPE and node_key(quad.object) in _KINDS and isinstance(quad.subject, ox.NamedNode):
                declared.add(quad.subject.value)
            elif quad.predicate == LABEL and isinstance(quad.subject, ox.NamedNode):
                labels[quad.subject.value].add((words(quad.object), file))
    for iri in sorted(mentioned):
        curie = names.compact(iri)
        if curie == iri or curie.startswith(tuple(f"{prefix}:" for prefix in DECLARED_LOCALLY)) or iri.startswith(names.CASE):
            if iri in declared and curie == iri:
                yield places.issue(
                    "error",
                    iri,
                    "a term of no vocabulary that casegraph knows",
                    "use a term of kg.names.PREFIXES, or mint one (cg:)",
                    "term-outside",
                )
            continue
        term, home = terms.find_term(curie), None if iri in declared else mentioned[iri]
        if term is None:
            level: Level = "error" if iri in declared else "warning"
            yield places.issue(
                level, iri, "not in the packaged vocabulary", "mend the id, or add it to ontology/imports/facts.tsv", "term-unknown", home
            )
        elif term.obsolete:
            fix = f"use {', '.join(term.replaced_by)}" if term.replaced_by else "find a current term"
            yield places.issue("error", iri, f"{term} is retired", fix, "term-retired", home)
        for label, file in sorted(labels[iri], key=lambda pair: (pair[0], pair[1].name)):
            if term and label != term.label:
                yield places.issue(
                    "error",
                    iri,
                    f"labelled {label!r}; the vocabulary says {term.label!r}",
                    "copy labels, or leave them to the slice",
                    "term-label",
                    file,
                )


_SYNONYMS = {
    "exact": "hasExactSynonym",
    "former": "hasRelatedSynonym",
    "related": "hasRelatedSynonym",
    "narrow": "hasNarrowSynonym",
    "broad": "hasBroadSynonym",
}
_REGENERATE = "run: python ontology/imports/update.py --slices"


def slice_issues(read: Iterable[OntologyFile], terms: Terms) -> Iterator[Issue]:
    """Whether each slice says of its terms what the packaged vocabulary says: names, classes above, roles, wholes; no more, no less."""
    read = [file for file in read if file.is_slice]
    places = Places(read)
    there = {q.subject.value for file in read for q in file.quads if isinstance(q.subject, ox.NamedNode)}
    for file in read:
        facts = _slice_facts(file)
        for iri in sorted(facts):
            term = terms.find_term(names.compact(iri))
            if term is None or term.curie.partition(":")[0].lower() != file.path.stem:
                continue
            wanted = {(_SYNONYMS[kind], name) for name, kind in term.names() if kind != "label"}
            wanted |= {
                ("above", parent)
                for parent in term.parents
                if (found := terms.find_term(parent)) and found.kind == term.kind and names.expand(parent) in there
            }
            wanted |= {("RO:0000087", role) for role in term.roles}
            allowed = wanted | {("BFO:0000050", whole) for whole in term.part_of}
            for what, value in sorted(facts[iri] - allowed):
                yield places.issue("error", iri, f"{what} {value}: not so in the vocabulary", _REGENERATE, "slice", file)
            for what, value in sorted(wanted - facts[iri]):
                yield places.issue("error", iri, f"{what} {value}: missing; the vocabulary says so", _REGENERATE, "slice", file)


def _slice_facts(file: OntologyFile) -> dict[str, set[tuple[str, str]]]:
    """IRI -> what a slice says of it, of the things that are compared; only terms that it describes, not those it merely declares."""
    e = Expressions(file.quads)
    facts: dict[str, set[tuple[str, str]]] = {}
    for quad in file.quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        predicate, value, subject = quad.predicate.value, node_key(quad.object), quad.subject.value
        if quad.predicate == LABEL:
            facts.setdefault(subject, set())
        elif predicate.startswith(names.PREFIXES["oboInOwl"]):
            facts.setdefault(subject, set()).add((names.compact(predicate).partition(":")[2], words(quad.object)))
        elif predicate in (names.RDFS_SUBCLASS_OF, RDFS + "subPropertyOf"):
            prop, filler = e.one(value, OWL + "onProperty"), e.one(value, OWL + "someValuesFrom")
            found = (names.compact(prop), names.compact(filler)) if prop and filler else ("above", names.compact(value))
            facts.setdefault(subject, set()).add(found)
    return facts
