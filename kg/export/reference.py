"""`docs/ontology.md`: every class and property of our modules with its definition, and pictures of the model.

Written from the modules alone, so it cannot say anything else than they do: ``python -m kg.export.reference`` prints it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.export.content import Content, Document, ontology_content
from kg.ontology import context

_OWL, _RDFS, _RDF, _SKOS = (names.PREFIXES[prefix] for prefix in ("owl", "rdfs", "rdf", "skos"))
_DEFINITION = names.OBO + "IAO_0000115"
_KINDS = {
    "Class": "Classes", "ObjectProperty": "Object properties", "DatatypeProperty": "Data properties",
    "AnnotationProperty": "Annotation properties",
}  # fmt: skip
#: The modules in reading order; any other comes after them.
_ORDER = ("case", "mechanism", "defined", "defined-dl", "terms", "criteria", "care")


class _Page:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.facts: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for document in content.tbox:
            for t in document.triples:
                if t.object not in self.facts[t.subject][t.predicate.value]:
                    self.facts[t.subject][t.predicate.value].append(t.object)

    def one(self, node: Any, predicate: str) -> Any:
        values = self.facts[node].get(predicate) if node in self.facts else None
        return values[0] if values else None

    def all(self, node: Any, predicate: str) -> list[Any]:
        return self.facts[node].get(predicate, []) if node in self.facts else []

    def label(self, node: Any) -> str:
        if isinstance(node, ox.BlankNode):
            return "…"
        return self.content.labels.get(node.value, names.compact(node.value).rpartition(":")[2])

    @cached_property
    def modules(self) -> list[Document]:
        ours = [d for d in self.content.tbox if d.name.startswith("ontology/")]
        return sorted(ours, key=lambda d: (_ORDER.index(stem) if (stem := d.name.rpartition("/")[2]) in _ORDER else len(_ORDER), d.name))

    def entities(self, document: Document, kind: str) -> list[Any]:
        """Our own entities of a kind that a module defines, in its order."""
        own = (
            t.subject for t in document.triples
            if t.predicate.value == names.RDF_TYPE and t.object == ox.NamedNode(_OWL + kind)
            and isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(names.CG)
        )  # fmt: skip
        return list(dict.fromkeys(own))

    def below(self, node: Any) -> list[Any]:
        """What is stated to be a subclass, named or not."""
        return [s for s, facts in self.facts.items() if node in facts.get(names.RDFS_SUBCLASS_OF, ())]

    # expressions in Manchester syntax

    def expression(self, node: Any) -> str:
        if isinstance(node, ox.Literal):
            return f'"{node.value}"' if node.datatype.value.endswith("#string") else node.value
        if isinstance(node, ox.NamedNode):
            name = self.label(node)
            return name if name.replace("-", "").isalnum() else f"'{name}'"
        if on := self.one(node, _OWL + "onProperty"):
            return f"{self.expression(on)} {self._filler(node)}"
        if members := self.one(node, _OWL + "intersectionOf"):
            return " and ".join(self._bracketed(item) for item in self.items(members))
        if self.one(node, _OWL + "onDatatype"):
            facets = [f for item in self.items(self.one(node, _OWL + "withRestrictions")) for f in self.facts[item].items()]
            signs = {"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">", "maxExclusive": "<"}
            limits = (f"{signs[p.rpartition('#')[2]]} {values[0].value}" for p, values in sorted(facets, reverse=True))
            return f"decimal[{', '.join(limits)}]"
        return "…"

    def _filler(self, node: Any) -> str:
        if filler := self.one(node, _OWL + "someValuesFrom"):
            return f"some {self._bracketed(filler)}"
        if value := self.one(node, _OWL + "hasValue"):
            return f"value {self.expression(value)}"
        count = self.one(node, _OWL + "minQualifiedCardinality")
        return f"min {count.value} {self._bracketed(self.one(node, _OWL + 'onClass'))}" if count else "…"

    def _bracketed(self, node: Any) -> str:
        text = self.expression(node)
        return f"({text})" if isinstance(node, ox.BlankNode) and not text.startswith("decimal[") else text

    def items(self, node: Any) -> Iterator[Any]:
        while node is not None and node != ox.NamedNode(_RDF + "nil"):
            yield self.one(node, _RDF + "first")
            node = self.one(node, _RDF + "rest")

    # entries

    def entry(self, node: Any, kind: str) -> Iterator[str]:
        yield f"**{self.label(node)}** `{names.compact(node.value)}`  "
        definition = self.one(node, _DEFINITION)
        yield (definition.value if definition else "") + "  "
        rows = list(self._class_rows(node) if kind == "Class" else self._property_rows(node))
        rows += [("maps to", "; ".join(self._mappings(node)))]
        yield from (f"*{key}*: {value}  " for key, value in rows if value)
        for note in self.all(node, _SKOS + "scopeNote"):
            yield f"*note*: {note.value}  "
        yield ""

    def _class_rows(self, node: Any) -> Iterator[tuple[str, str]]:
        parents = [p for p in self.all(node, names.RDFS_SUBCLASS_OF) if isinstance(p, ox.NamedNode)]
        yield "under", ", ".join(f"{self.label(p)} (`{names.compact(p.value)}`)" for p in parents)
        others = [self.expression(p) for p in self.all(node, names.RDFS_SUBCLASS_OF) if isinstance(p, ox.BlankNode)]
        yield "is always", "; ".join(f"`{text}`" for text in others)
        yield "is exactly", "; ".join(f"`{self.expression(e)}`" for e in self.all(node, _OWL + "equivalentClass"))
        ways = [s for s in self.below(node) if isinstance(s, ox.BlankNode)]
        yield "filled by", "; ".join(sorted(f"`{self.expression(way)}`" for way in ways))

    def _property_rows(self, node: Any) -> Iterator[tuple[str, str]]:
        ends = [self.all(node, _RDFS + end) for end in ("domain", "range")]
        yield "from, to", " → ".join(", ".join(map(self.label, end)) or "anything" for end in ends) if any(ends) else ""
        yield "under", ", ".join(f"{self.label(p)} (`{names.compact(p.value)}`)" for p in self.all(node, _RDFS + "subPropertyOf"))
        chains = [self.items(chain) for chain in self.all(node, _OWL + "propertyChainAxiom")]
        yield "follows from", "; ".join(f"`{' o '.join(map(self.expression, chain))}`" for chain in chains)
        back = [s for s, facts in self.facts.items() if node in facts.get(_OWL + "inverseOf", ())]
        yield "inverse of", ", ".join(self.label(p) for p in [*self.all(node, _OWL + "inverseOf"), *back])
        kinds = {"TransitiveProperty": "transitive", "SymmetricProperty": "symmetric"}
        yield "is", ", ".join(kinds[name] for t in self.all(node, names.RDF_TYPE) if (name := t.value.rpartition("#")[2]) in kinds)
        yield "in a record", ", ".join(f"`{key}`" for key in record_keys().get(names.compact(node.value), []))

    def _mappings(self, node: Any) -> Iterator[str]:
        for predicate, values in sorted(self.facts[node].items()):
            if predicate.startswith(_SKOS) and predicate.endswith("Match"):
                word = predicate.removeprefix(_SKOS).removesuffix("Match")
                for v in values:
                    yield f"{word} `{names.compact(v.value)}` {self.content.labels.get(v.value, '')}".rstrip()

    # pictures

    def picture(self) -> Iterator[str]:
        """How the nodes of a case hang together: object properties of the case module with both ends."""
        yield "flowchart LR"
        case = next(d for d in self.modules if d.name == "ontology/case")
        edges = []
        for prop in self.entities(case, "ObjectProperty"):
            start, end = self.one(prop, _RDFS + "domain"), self.one(prop, _RDFS + "range")
            if start is not None and end is not None:
                edges.append((start, prop, end))
        for node in sorted({n for start, _, end in edges for n in (start, end)}, key=str):
            yield f'  {node.value.rpartition("#")[2]}["{self.label(node)}"]'
        for start, prop, end in edges:
            yield f'  {start.value.rpartition("#")[2]} -->|{self.label(prop)}| {end.value.rpartition("#")[2]}'

    def tree(self, root: Any) -> Iterator[str]:
        """The classes below one, as a picture."""
        yield "flowchart TB"
        todo, seen = [root], {root}
        while todo:
            parent = todo.pop(0)
            yield f'  {parent.value.rpartition("#")[2]}["{self.label(parent)}"]'
            for child in sorted((s for s in self.below(parent) if isinstance(s, ox.NamedNode)), key=str):
                yield f'  {parent.value.rpartition("#")[2]} --> {child.value.rpartition("#")[2]}'
                if child not in seen:
                    seen.add(child)
                    todo.append(child)


def record_keys() -> dict[str, list[str]]:
    """Property CURIE -> the keys of the JSON-LD context that become it, with the section they stand in."""
    found: dict[str, list[str]] = defaultdict(list)

    def walk(block: dict[str, Any], path: tuple[str, ...]) -> None:
        for key, value in block.items():
            target = value.get("@id") if isinstance(value, dict) else value
            if isinstance(target, str) and target.startswith("cg:"):
                found[target].append(".".join((*path, key)))
            if isinstance(value, dict) and isinstance(value.get("@context"), dict):
                walk(value["@context"], (*path, key))

    walk(context()["@context"], ())
    return dict(found)


def page() -> str:
    """The whole page."""
    made = _Page(ontology_content())
    version = made.one(ox.NamedNode(names.ONTOLOGY + "casegraph"), _OWL + "versionInfo")
    lines = [
        "# The ontology", "",
        "<!-- Written by `python -m kg.export.reference` from ontology/*.ttl; do not edit. -->", "",
        f"Version {version.value}. `ontology/casegraph.ttl` imports all modules and the slices of public vocabularies; "
        "`ontology/catalog-v001.xml` lets it open without a network. A case and its hierarchy for Protégé: `kg export protege -o DIR`.", "",
        "## How a property got its kind", "",
        "- An **object property** joins two nodes of a case, or stands in a class expression on one of them.",
        "- A **data property** has a number, or a word of a closed list, that a query or a reasoner can use.",
        "- An **annotation property** has the authors' own words, bibliography, provenance, and every value that is a *class*: "
        "the concept of an absent finding is no instance, so it must not enter the logic.", "",
        "An absent finding is never an instance of its HPO class. Its time point is an instance of `not ('has finding' some X)`; "
        "a record that says X both present and absent there is inconsistent.", "",
        "## A case in one picture", "", "```mermaid", *made.picture(), "```", "",
        "## Outcomes of treatment", "", "```mermaid", *made.tree(ox.NamedNode(names.CG + "Response")), "```", "",
    ]  # fmt: skip
    lines += ["## Modules", "", "| module | what | classes | properties |", "| --- | --- | --- | --- |"]
    for document in made.modules:
        node = ox.NamedNode(document.iri)
        counts = {kind: len(made.entities(document, kind)) for kind in _KINDS}
        properties = sum(counts.values()) - counts["Class"]
        description = made.one(node, names.PREFIXES["dcterms"] + "description")
        name = document.name.rpartition("/")[2]
        lines.append(f"| [{name}](#{name}) | {description.value if description else ''} | {counts['Class']} | {properties} |")
    lines.append("")
    for document in made.modules:
        lines += [f"## {document.name.rpartition('/')[2]}", ""]
        for kind, heading in _KINDS.items():
            entities = made.entities(document, kind)
            if entities:
                lines += [f"### {heading} of {document.name.rpartition('/')[2]}", ""]
                for node in entities:
                    lines += made.entry(node, kind)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
