"""OWL 2 DL and OWL 2 EL, by structure: a quick screen at every check; the judge is the OWL API, in the tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg import names
from kg.issue import Issue
from kg.quality.read import OWL, RDF, RDFS, XSD, OntologyFile
from kg.quality.structure import AXIOM_SUBJECTS, DATA, INVERSE, OBJECT, SUBPROPERTY, Structure, components, shown
from kg.reason.axioms import node_key

#: Modules that need more than OWL 2 EL, and why; every other file claims the profile.
BEYOND_EL = {
    "care": "data: answers without names, and booleans",
    "criteria": "data: booleans",
    "defined-dl": "inverse and symmetric properties, numbers of things, ranges of numbers",
}

_CONSTRUCTORS = {
    OWL + c
    for c in ("someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "cardinality", "minCardinality", "maxCardinality",
              "qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality")
}  # fmt: skip
_COUNTING = {c for c in _CONSTRUCTORS if c.lower().endswith("cardinality")} | {OWL + "hasSelf"}
#: Characteristics that only a simple property may have (OWL 2 structural specification, 11.2).
_SIMPLE_ONLY = {OWL + c + "Property" for c in ("Functional", "InverseFunctional", "Irreflexive", "Asymmetric")}
_OBJECT_ONLY = {OWL + c + "Property" for c in ("InverseFunctional", "Irreflexive", "Asymmetric", "Symmetric", "Reflexive", "Transitive")}


def dl_issues(read: Iterable[OntologyFile]) -> Iterator[Issue]:
    """What is not OWL 2 DL: broken expressions, properties of the wrong kind, counting with composite properties, circular chains."""
    s = Structure(read)
    yield from _expression_issues(s)
    yield from _property_issues(s)
    yield from _value_issues(s)
    yield from _order_issues(s)


def _expression_issues(s: Structure) -> Iterator[Issue]:
    composite = s.composite()
    for node, facts in sorted(s.expressions.facts.items()):
        if RDF + "first" in facts or RDF + "rest" in facts:
            if len(facts.get(RDF + "first", ())) != 1 or len(facts.get(RDF + "rest", ())) != 1:
                yield s.say(node, "a list is broken: a member without value or without next", "write it as ( a b c )", "dl")
        elif OWL + "Restriction" in facts.get(names.RDF_TYPE, ()) or OWL + "onProperty" in facts:
            yield from _restriction_issues(s, node, facts, composite)
        if facts.keys() & AXIOM_SUBJECTS:
            continue
        used = len(s.hangs_on.get(node, ()))
        if used > 1:
            yield s.say(node, "one expression is used in several places", "write it out in each", "dl")
        elif used == 0 and (facts.keys() & (_CONSTRUCTORS | {OWL + "onProperty", OWL + "intersectionOf", OWL + "unionOf"})):
            yield s.say(node, "an expression hangs on nothing", "tie it to a class, or delete it", "dl")


def _restriction_issues(s: Structure, node: str, facts: Mapping[str, list[str]], composite: set[str]) -> Iterator[Issue]:
    properties, said = facts.get(OWL + "onProperty", []), sorted(facts.keys() & _CONSTRUCTORS)
    if len(properties) != 1 or len(said) != 1:
        what = (
            "no owl:onProperty"
            if not properties
            else "no value (owl:someValuesFrom or the like)"
            if not said
            else "more than one property or value"
        )
        yield s.say(node, f"a restriction has {what}", "one property and one value each", "dl")
        return
    prop, kind = properties[0], s.kind(properties[0])
    if kind not in (OBJECT, DATA):
        yield s.say(
            node, f"a restriction on {names.compact(prop)}, which is no object or data property", "declare it as one, or take another", "dl"
        )
    filler = facts[said[0]][0]
    if said[0] in (OWL + "someValuesFrom", OWL + "allValuesFrom") and kind and s.is_data_range(filler) != (kind == DATA):
        yield s.say(
            node,
            f"{names.compact(prop)} with {names.compact(filler)}: a class and a datatype in one restriction",
            "match property and value",
            "dl",
        )
    if said[0] == OWL + "hasValue" and kind and filler.startswith('"') != (kind == DATA):
        yield s.say(
            node, f"{names.compact(prop)} with {filler}: an individual and a literal in one restriction", "match property and value", "dl"
        )
    if said[0] in _COUNTING and prop in composite:
        yield s.say(
            node, f"counts with {names.compact(prop)}, which is transitive or made by a chain", "count with a simple property", "dl"
        )


def _property_issues(s: Structure) -> Iterator[Issue]:
    composite = s.composite()
    for prop, kinds in sorted(s.kinds.items()):
        kind = s.kind(prop)
        if kinds & _OBJECT_ONLY and kind != OBJECT or OWL + "FunctionalProperty" in kinds and kind not in (OBJECT, DATA):
            yield s.say(prop, "a characteristic of object properties on something else", "declare it as owl:ObjectProperty", "dl")
        if kinds & _SIMPLE_ONLY and prop in composite:
            yield s.say(prop, "functional, irreflexive or asymmetric, and transitive or made by a chain", "one or the other", "dl")
    for predicate in (SUBPROPERTY, INVERSE, OWL + "equivalentProperty", OWL + "propertyDisjointWith"):
        for one, other in sorted(s.pairs[predicate]):
            pair = (s.kind(one), s.kind(other))
            if None not in pair and (pair[0] != pair[1] or (predicate == INVERSE and pair[0] != OBJECT)):
                yield s.say(
                    one,
                    f"{names.compact(predicate)} {names.compact(other)}: properties of two kinds",
                    "both object, or both data properties",
                    "dl",
                )
            if predicate == OWL + "propertyDisjointWith" and {one, other} & composite:
                yield s.say(
                    one, f"disjoint with {names.compact(other)}, and one of them is transitive or made by a chain", "one or the other", "dl"
                )
    for prop, value in sorted(s.pairs[RDFS + "range"]):
        if s.kind(prop) in (OBJECT, DATA) and s.is_data_range(value) != (s.kind(prop) == DATA):
            yield s.say(
                prop, f"its range {names.compact(value)} does not fit its kind", "a class for object, a datatype for data properties", "dl"
            )
    for parts, prop in s.chains():
        if len(parts) < 2 or any(s.kind(part) != OBJECT for part in (*parts, prop)):
            yield s.say(prop, "a chain needs two or more object properties", "mend owl:propertyChainAxiom", "dl")


def _value_issues(s: Structure) -> Iterator[Issue]:
    """Object properties with words, data properties with things."""
    for _, quad in s.quads:
        kind = s.kind(quad.predicate.value)
        if kind in (OBJECT, DATA) and isinstance(quad.object, ox.Literal) != (kind == DATA):
            what = "a literal" if kind == OBJECT else "no literal"
            yield s.say(
                node_key(quad.subject),
                f"{names.compact(quad.predicate.value)} has {what} as value: {shown(s, quad.object)}",
                "match property and value",
                "dl",
            )


def _order_issues(s: Structure) -> Iterator[Issue]:
    """Chains must not define properties by each other (OWL 2 structural specification, 11.2, regularity)."""
    weak: dict[str, set[str]] = defaultdict(set)
    strict: set[tuple[str, str]] = set()
    for sub, sup in (*s.pairs[SUBPROPERTY], *s.pairs[OWL + "equivalentProperty"]):
        weak[sub].add(sup)
    for one, other in s.pairs[INVERSE]:
        weak[one].add(other)
        weak[other].add(one)
    for parts, prop in s.chains():
        inner = parts[1:] if parts[:1] == [prop] else parts[:-1] if parts[-1:] == [prop] else parts
        if parts == [prop, prop]:
            continue
        for part in inner:
            weak[part].add(prop)
            strict.add((part, prop))
    for group in components(weak):
        if any(part in group and prop in group for part, prop in strict):
            listed = ", ".join(names.compact(prop) for prop in group)
            yield s.say(group[0], f"chains that go in a circle: {listed}", "let no chain be defined by its own result", "dl")


_NOT_EL_PREDICATES = {
    OWL + p
    for p in ("allValuesFrom", "unionOf", "complementOf", "datatypeComplementOf", "disjointUnionOf", "withRestrictions", "inverseOf",
              "propertyDisjointWith", "cardinality", "minCardinality", "maxCardinality", "qualifiedCardinality", "minQualifiedCardinality",
              "maxQualifiedCardinality")
}  # fmt: skip
_NOT_EL_TYPES = {OWL + c + "Property" for c in ("InverseFunctional", "Irreflexive", "Asymmetric", "Symmetric")} | {
    OWL + "AllDisjointProperties"
}
_EL_DATATYPES = {
    *(XSD + d for d in ("decimal", "integer", "nonNegativeInteger", "string", "normalizedString", "token", "Name", "NCName", "NMTOKEN",
                         "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp")),
    RDF + "PlainLiteral", RDF + "langString", RDF + "XMLLiteral", RDFS + "Literal", OWL + "real", OWL + "rational",
}  # fmt: skip


def el_issues(read: Iterable[OntologyFile]) -> Iterator[Issue]:
    """What is not OWL 2 EL in a file that claims the profile, so that ELK would pass it over."""
    s = Structure(read)
    for file, quad in s.quads:
        if file.path.stem in BEYOND_EL:
            continue
        subject, predicate, value = node_key(quad.subject), quad.predicate.value, node_key(quad.object)
        found = None
        if predicate in _NOT_EL_PREDICATES:
            found = names.compact(predicate)
        elif predicate == names.RDF_TYPE and value in _NOT_EL_TYPES:
            found = names.compact(value)
        elif predicate == names.RDF_TYPE and value == OWL + "FunctionalProperty" and s.kind(subject) == OBJECT:
            found = "a functional object property"
        elif predicate == OWL + "oneOf" and len(s.expressions.items(value)) != 1:
            found = "owl:oneOf with other than one member"
        elif s.kind(predicate) == DATA or predicate == OWL + "hasValue":
            datatype = quad.object.datatype.value if isinstance(quad.object, ox.Literal) else ""
            found = f"a value of {names.compact(datatype)}" if datatype and datatype not in _EL_DATATYPES else None
        elif predicate in (RDFS + "range", OWL + "someValuesFrom") and value.startswith((XSD, RDF, RDFS, OWL)) and s.is_data_range(value):
            found = names.compact(value) if value not in _EL_DATATYPES else None
        elif s.kind(predicate) == OBJECT and (subject.startswith("_:") or value.startswith("_:")):
            found = "an individual without a name"
        if found:
            yield s.places.issue(
                "error",
                s.owner(subject),
                f"{found} is not in OWL 2 EL",
                "say it in another way, or in a module that needs OWL 2 DL (BEYOND_EL)",
                "el",
                file,
            )
    yield from _el_ranges(s)


def _el_ranges(s: Structure) -> Iterator[Issue]:
    """EL allows a range for the result of a chain only if the last of the chain has it too (OWL 2 profiles, 2.2.6)."""
    above: dict[str, set[str]] = defaultdict(set)
    for sub, sup in s.pairs[SUBPROPERTY]:
        above[sub].add(sup)

    def ranges(prop: str) -> set[str]:
        seen, open_nodes = {prop}, [prop]
        for node in open_nodes:
            open_nodes += (more := sorted(above[node] - seen))
            seen.update(more)
        return {value for each, value in s.pairs[RDFS + "range"] if each in seen}

    for parts, prop in s.chains():
        missing = ranges(prop) - ranges(parts[-1]) if parts else set()
        if missing:
            listed = ", ".join(sorted(map(names.compact, missing)))
            yield s.say(
                prop,
                f"a chain ends in {names.compact(parts[-1])}, which lacks the range {listed} of its result",
                "give it that range, or take the range away",
                "el",
            )
