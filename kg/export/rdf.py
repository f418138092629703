"""Triples as files that people read and that never change without a reason: Turtle and RDF/XML, nested and sorted.

Both writers nest the blank nodes of class expressions and lists where they are used, in an order that depends on the
content alone, so that the same triples always give the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.names import PREFIXES

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_RDF, _OWL, _XSD = PREFIXES["rdf"], PREFIXES["owl"], PREFIXES["xsd"]
_TYPE, _FIRST, _REST, _NIL = _RDF + "type", _RDF + "first", _RDF + "rest", _RDF + "nil"
_LABEL = PREFIXES["rdfs"] + "label"
#: What a subject is first of all, in the order in which kinds of subject are written.
_KINDS = tuple(
    _OWL + name
    for name in ("Ontology", "AnnotationProperty", "ObjectProperty", "DatatypeProperty", "Class", "NamedIndividual", "Restriction",
                 "AllDisjointClasses", "AllDifferent")
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w-]|\.(?=[\w-]))*\Z")


@dataclass(frozen=True)
class Tree:
    """Triples arranged for writing: subject -> predicate -> objects, and where each blank node is used."""

    triples: tuple[ox.Triple, ...]

    @cached_property
    def about(self) -> dict[Node, dict[str, list[Node]]]:
        found: dict[Node, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for triple in dict.fromkeys(self.triples):
            found[triple.subject][triple.predicate.value].append(triple.object)
        return {subject: dict(facts) for subject, facts in found.items()}

    @cached_property
    def uses(self) -> Counter[Node]:
        return Counter(triple.object for triple in dict.fromkeys(self.triples) if isinstance(triple.object, ox.BlankNode))

    @cached_property
    def _signatures(self) -> dict[Node, str]:
        return {}

    def signature(self, node: Node) -> str:
        """A blank node's content as text, so that blank nodes sort the same whatever their labels."""
        if not isinstance(node, ox.BlankNode):
            return str(node)
        if node not in self._signatures:
            self._signatures[node] = "[…]"  # a cycle ends here
            facts = sorted(f"{p} {' '.join(sorted(map(self.signature, values)))}" for p, values in self.about.get(node, {}).items())
            self._signatures[node] = "[" + " ; ".join(facts) + "]"
        return self._signatures[node]

    def kind(self, subject: Node) -> int:
        types = {t.value for t in self.about[subject].get(_TYPE, ()) if isinstance(t, ox.NamedNode)}
        return next((i for i, kind in enumerate(_KINDS) if kind in types), len(_KINDS))

    @cached_property
    def roots(self) -> list[Node]:
        """The subjects that are written at the top: named ones, and blank ones that are not nested anywhere."""
        top = [s for s in self.about if not self.is_nested(s)]
        return sorted(top, key=lambda s: (isinstance(s, ox.BlankNode), self.kind(s), self.signature(s)))

    def is_nested(self, node: Node) -> bool:
        return isinstance(node, ox.BlankNode) and self.uses[node] == 1

    def facts(self, subject: Node) -> list[tuple[str, list[Node]]]:
        """Predicates and objects in writing order: types, label, then by name; named objects before blank ones."""
        by_predicate = self.about.get(subject, {})
        order = sorted(by_predicate, key=lambda p: (p != _TYPE, p != _LABEL, p))
        return [(p, sorted(by_predicate[p], key=lambda o: self._place(p, o))) for p in order]

    def _place(self, predicate: str, value: Node) -> tuple[bool, int, str]:
        return isinstance(value, ox.BlankNode), self._type_rank(predicate, value), self.signature(value)

    @staticmethod
    def _type_rank(predicate: str, value: Node) -> int:
        if predicate == _TYPE and isinstance(value, ox.NamedNode) and value.value in _KINDS:
            return _KINDS.index(value.value)
        return len(_KINDS)

    def items(self, node: Node) -> list[Node] | None:
        """The members of a well-formed list that only one place uses, or None."""
        found: list[Node] = []
        while node != ox.NamedNode(_NIL):
            facts = self.about.get(node, {})
            if set(facts) - {_TYPE} != {_FIRST, _REST} or len(facts[_FIRST]) != 1 or len(facts[_REST]) != 1 or self.uses[node] != 1:
                return None
            found.append(facts[_FIRST][0])
            node = facts[_REST][0]
        return found

    @cached_property
    def blank_names(self) -> dict[Node, str]:
        """Names for the blank nodes that several places use."""
        shared = sorted((n for n, count in self.uses.items() if count > 1), key=self.signature)
        return {node: f"b{i}" for i, node in enumerate(shared, 1)}


# 1) Turtle


def turtle(triples: Iterable[ox.Triple], labels: Mapping[str, str] | None = None, comment: str = "") -> bytes:
    """Turtle, one block a subject, a label as a comment behind each id that says nothing by itself.

    Args:
        labels: IRI -> label, for the comments.
        comment: the first line.
    """
    tree = Tree(tuple(triples))
    labels = labels or {}
    used = {prefix for triple in tree.triples for prefix in _prefixes_of(triple)}
    lines = [f"# {comment}", ""] if comment else []
    lines += [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in sorted(used)]
    for root in tree.roots:
        lines += ["", *_turtle_block(tree, root, labels)]
    return ("\n".join(lines) + "\n").encode()


def _turtle_block(tree: Tree, root: Node, labels: Mapping[str, str]) -> list[str]:
    if isinstance(root, ox.BlankNode):
        head = f"_:{tree.blank_names[root]}" if root in tree.blank_names else "[]"
    else:
        head = _turtle_node(tree, root)
    facts = [(p, o) for p, objects in tree.facts(root) for o in objects]
    rows = [(f"{_verb(p)} {_turtle_node(tree, o)}", _gloss(tree, o, labels)) for p, o in facts]
    lines = []
    for i, (text, gloss) in enumerate(rows):
        start, end = (head + " ") if i == 0 else "    ", " ." if i == len(rows) - 1 else " ;"
        lines.append(f"{start}{text}{end}" + (f"  # {gloss}" if gloss else ""))
    return lines


def _turtle_node(tree: Tree, node: Node) -> str:
    if isinstance(node, ox.Literal):
        return _turtle_literal(node)
    if isinstance(node, ox.NamedNode):
        return "()" if node.value == _NIL else _name(node.value)
    if node in tree.blank_names:
        return f"_:{tree.blank_names[node]}"
    items = tree.items(node)
    if items is not None:
        return "( " + " ".join(_turtle_node(tree, item) for item in items) + " )"
    facts = [f"{_verb(p)} {' , '.join(_turtle_node(tree, o) for o in objects)}" for p, objects in tree.facts(node)]
    return "[ " + " ; ".join(facts) + " ]"


def _verb(predicate: str) -> str:
    return "a" if predicate == _TYPE else _name(predicate)


def _turtle_literal(literal: ox.Literal) -> str:
    kind = literal.datatype.value.removeprefix(_XSD)
    if kind in ("integer", "boolean") or (kind == "decimal" and "." in literal.value):
        return literal.value
    if "\n" in literal.value and "\r" not in literal.value and not literal.language and literal.datatype.value == _XSD + "string":
        # Over several lines, as is: the OWL API reads an escaped line break in a string with other escapes as the letter n.
        return '"""' + literal.value.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    text = str(literal)  # N-Triples: "…"^^<datatype> or "…"@en
    if literal.datatype.value.startswith(_XSD) and literal.datatype.value != _XSD + "string":
        return text.rpartition("^^")[0] + "^^" + _name(literal.datatype.value)
    return text


def _gloss(tree: Tree, node: Node, labels: Mapping[str, str]) -> str:
    """The labels of the opaque ids in an object."""
    if isinstance(node, ox.BlankNode):
        parts = tree.items(node)
        inner = parts if parts is not None else [o for _, objects in tree.facts(node) for o in objects]
        return ", ".join(filter(None, (_gloss(tree, o, labels) for o in inner if o not in tree.blank_names)))
    if isinstance(node, ox.NamedNode) and re.search(r"\d\Z", node.value):
        return " ".join(labels.get(node.value, "").split())
    return ""


def _name(iri: str) -> str:
    prefix, namespace = _split_prefix(iri)
    return f"{prefix}:{iri[len(namespace):]}" if prefix else f"<{iri}>"


_NAMESPACES = sorted(((ns, prefix) for prefix, ns in PREFIXES.items()), key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=65536)
def _split_prefix(iri: str) -> tuple[str, str]:
    for namespace, prefix in _NAMESPACES:
        if iri.startswith(namespace) and _LOCAL.match(iri[len(namespace) :]):
            return prefix, namespace
    return "", ""


def _prefixes_of(triple: ox.Triple) -> Iterable[str]:
    for node in triple:
        if isinstance(node, ox.NamedNode):
            yield from filter(None, [_split_prefix(node.value)[0]])
        elif isinstance(node, ox.Literal) and node.datatype.value.startswith(_XSD) and node.datatype.value != _XSD + "string":
            yield "xsd"


# 2) RDF/XML


def rdfxml(triples: Iterable[ox.Triple], labels: Mapping[str, str] | None = None, comment: str = "") -> bytes:
    """RDF/XML as OWL tools write it: typed elements, nested class expressions, lists as collections.

    Args:
        labels: IRI -> label, for a comment before each subject.
        comment: the first comment.
    """
    tree = Tree(tuple(triples))
    labels = labels or {}
    spaces = sorted({_split_xml(t.predicate.value)[0] for t in tree.triples} | {_RDF, _OWL})
    known = {namespace: prefix for prefix, namespace in PREFIXES.items()}
    xmlns = {ns: _xml_prefix(known.get(ns, ""), i) for i, ns in enumerate(spaces)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>'] + ([f"<!-- {_comment(comment)} -->"] if comment else [])
    lines += ["<rdf:RDF " + "\n    ".join(f"xmlns:{prefix}={quoteattr(ns)}" for ns, prefix in xmlns.items()) + ">"]
    writer = _XmlWriter(tree, xmlns)
    for root in tree.roots:
        gloss = labels.get(root.value, "") if isinstance(root, ox.NamedNode) else ""
        lines += ["", *([f"  <!-- {_comment(gloss)} -->"] if gloss else []), *writer.node(root, 1)]
    return ("\n".join([*lines, "</rdf:RDF>", ""])).encode()


def _comment(text: str) -> str:
    return re.sub(r"--+", "–", " ".join(text.split())).rstrip("-")


def _xml_prefix(prefix: str, i: int) -> str:
    return prefix or ("obo" if i == 0 else f"n{i}")


@lru_cache(maxsize=4096)
def _split_xml(iri: str) -> tuple[str, str]:
    """Namespace and local name of a property.

    Example:
    >>> _split_xml("http://purl.obolibrary.org/obo/BFO_0000050")
    ('http://purl.obolibrary.org/obo/', 'BFO_0000050')
    """
    cut = max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1
    while cut < len(iri) and not _NAME.match(iri[cut:]):
        cut += 1
    return iri[:cut], iri[cut:]


class _XmlWriter:
    def __init__(self, tree: Tree, xmlns: Mapping[str, str]) -> None:
        self.tree = tree
        self.xmlns = xmlns

    def tag(self, iri: str) -> str:
        namespace, local = _split_xml(iri)
        return f"{self.xmlns[namespace]}:{local}"

    def node(self, node: Node, depth: int) -> list[str]:
        """A subject as an element, its type as the element's name where that is one of OWL's own kinds."""
        facts = self.tree.facts(node)
        element, pad = "rdf:Description", "  " * depth
        element_type: tuple[str, Node] | None = None
        kind = self.tree.kind(node)
        if kind < len(_KINDS):
            element, element_type = self.tag(_KINDS[kind]), (_TYPE, ox.NamedNode(_KINDS[kind]))
        head = element
        if isinstance(node, ox.NamedNode):
            head += f" rdf:about={quoteattr(node.value)}"
        elif node in self.tree.blank_names:
            head += f' rdf:nodeID="{self.tree.blank_names[node]}"'
        inner = []
        for predicate, objects in facts:
            for value in objects:
                if (predicate, value) != element_type:
                    inner += self.property(predicate, value, depth + 1)
        return [f"{pad}<{head}>", *inner, f"{pad}</{element}>"] if inner else [f"{pad}<{head}/>"]

    def property(self, predicate: str, value: Node, depth: int) -> list[str]:
        tag, pad = self.tag(predicate), "  " * depth
        if isinstance(value, ox.Literal):
            return [f"{pad}<{tag}{_xml_literal_attributes(value)}>{_xml_text(value.value)}</{tag}>"]
        if isinstance(value, ox.NamedNode):
            return [f"{pad}<{tag} rdf:resource={quoteattr(value.value)}/>"]
        if value in self.tree.blank_names:
            return [f'{pad}<{tag} rdf:nodeID="{self.tree.blank_names[value]}"/>']
        items = self.tree.items(value)
        if items is not None and not any(isinstance(item, ox.Literal) for item in items):
            inner = [line for item in items for line in self.item(item, depth + 1)]
            return [f'{pad}<{tag} rdf:parseType="Collection">', *inner, f"{pad}</{tag}>"]
        return [f"{pad}<{tag}>", *self.node(value, depth + 1), f"{pad}</{tag}>"]

    def item(self, item: Node, depth: int) -> list[str]:
        if isinstance(item, ox.NamedNode):
            at = f"rdf:about={quoteattr(item.value)}"
        elif item in self.tree.blank_names:
            at = f'rdf:nodeID="{self.tree.blank_names[item]}"'
        else:
            return self.node(item, depth)
        return [f"{'  ' * depth}<rdf:Description {at}/>"]


def _xml_literal_attributes(literal: ox.Literal) -> str:
    if literal.language:
        return f" xml:lang={quoteattr(literal.language)}"
    if literal.datatype.value == _XSD + "string":
        return ""
    return f" rdf:datatype={quoteattr(literal.datatype.value)}"


#: Characters that XML 1.0 cannot hold; a report from a PDF may have them.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", escape(text)).replace("\r", "&#13;")
