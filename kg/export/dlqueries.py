"""Class expressions for the DL Query tab of Protégé, each with the individuals it returns.

An expression is data, so that one and the same thing is printed in Manchester syntax and evaluated over what the
materialiser inferred; the tests put the printed form to HermiT and compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import names
from kg.export.content import Content
from kg.reason import Model

_COMPLEMENT = names.PREFIXES["owl"] + "complementOf"
_FILLER = names.PREFIXES["owl"] + "someValuesFrom"


class And(NamedTuple):
    parts: tuple[Any, ...]


class Some(NamedTuple):
    prop: str
    filler: Any


class AtLeast(NamedTuple):
    number: int
    prop: str
    filler: Any


class Not(NamedTuple):
    """Of a time point only: what is denied there."""

    part: Some


@dataclass(frozen=True)
class Question:
    """A question in words, its expression, and who answers to it."""

    text: str
    manchester: str
    answers: tuple[str, ...]


#: Question -> expression; CURIEs, since labels may change. "{absent}" stands for something a case says is absent.
_QUESTIONS: tuple[tuple[str, Any], ...] = (
    ("Which findings are of the skin, whatever their names?", And(("cg:PresentFinding", "HP:0000951"))),
    ("At which time points is {absent} ruled out?", And(("cg:TimePoint", Not(Some("cg:hasFinding", "{absent}"))))),
    ("Which findings are somewhere on a hand, down to the fingers?", And(("cg:PresentFinding", Some("cg:hasSite", "UBERON:0002398")))),
    ("Which patients have a skin abnormality at some time?", And(("cg:Patient", Some("RO:0002200", "HP:0000951")))),
    ("Who is seropositive?", "cg:SeropositivePatient"),
    ("Which patients meet an item of the myositis criteria?", "cg:PatientMeetingMyositisCriterion"),
    ("Which treatments use a glucocorticoid?", "cg:GlucocorticoidTreatment"),
    ("Which drugs given play the role of an immunosuppressant?",
     And(("cg:DrugTreatment", Some("cg:uses", Some("RO:0000087", "CHEBI:35705"))))),
    ("Which treatments failed, at least once, in a skin problem?",
     And(("cg:Treatment", Some("cg:hasResponse", And(("cg:InadequateResponse", Some("cg:responseIn", "HP:0000951"))))))),
    ("Which benefits may be due to another treatment than the one they are credited to?",
     And(("cg:BeneficialResponse", Some("cg:alternative", "cg:Treatment")))),
    ("Which flares came when a glucocorticoid was tapered?", "cg:FlareOnSteroidTaper"),
    ("Which cases have at least three treatment failures?", And(("cg:Case", AtLeast(3, "cg:holds", "cg:TreatmentFailure")))),
)  # fmt: skip


def questions(content: Content) -> list[Question]:
    """The questions that can be put to a graph: those whose terms it has, with their answers as labels."""
    if content.model is None:
        return []
    absent = _absent(content)
    found = []
    for text, expression in _QUESTIONS:
        if "{absent}" in text:
            if absent is None:
                continue
            expression = _with_absent(expression, names.compact(absent))
            text = text.format(absent=content.labels[absent].lower())
        if all(names.expand(curie) in content.labels for curie in _curies(expression)):
            individuals = _evaluate(expression, content.model, content)
            answers = sorted(content.labels[i] for i in individuals if i.startswith(names.CASE))
            found.append(Question(text, manchester(expression, content.labels), tuple(answers)))
    return found


def manchester(expression: Any, labels: Mapping[str, str]) -> str:
    """An expression as one types it into the DL Query tab."""
    if isinstance(expression, str):
        label = labels[names.expand(expression)]
        return label if re.fullmatch(r"[\w-]+", label) else f"'{label}'"
    if isinstance(expression, And):
        return " and ".join(_bracketed(part, labels) for part in expression.parts)
    if isinstance(expression, Not):
        return f"not ({manchester(expression.part, labels)})"
    prop, filler = manchester(expression.prop, labels), _bracketed(expression.filler, labels)
    return f"{prop} some {filler}" if isinstance(expression, Some) else f"{prop} min {expression.number} {filler}"


def _bracketed(expression: Any, labels: Mapping[str, str]) -> str:
    text = manchester(expression, labels)
    return text if isinstance(expression, str) else f"({text})"


def _curies(expression: Any) -> Iterator[str]:
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, And):
        for part in expression.parts:
            yield from _curies(part)
    elif isinstance(expression, Not):
        yield from _curies(expression.part)
    else:
        yield expression.prop
        yield from _curies(expression.filler)


def _with_absent(expression: Any, curie: str) -> Any:
    if isinstance(expression, str):
        return curie if expression == "{absent}" else expression
    if isinstance(expression, And):
        return And(tuple(_with_absent(part, curie) for part in expression.parts))
    if isinstance(expression, Not):
        return Not(_with_absent(expression.part, curie))
    return Some(expression.prop, _with_absent(expression.filler, curie))


def _evaluate(expression: Any, model: Model, content: Content) -> set[str]:
    if isinstance(expression, str):
        wanted = names.expand(expression)
        return {individual for individual, kinds in model.types.items() if wanted in kinds}
    if isinstance(expression, And):
        return set.intersection(*(_evaluate(part, model, content) for part in expression.parts))
    if isinstance(expression, Not):
        wanted = names.expand(expression.part.filler)
        above = {wanted, *_superclasses(content, wanted)}
        return {point for point, concept in _denials(content) if concept in above}
    fillers = _evaluate(expression.filler, model, content)
    needed = expression.number if isinstance(expression, AtLeast) else 1
    relations = model.relations.get(names.expand(expression.prop), {})
    return {subject for subject, values in relations.items() if len(values & fillers) >= needed}


def _absent(content: Content) -> str | None:
    """Something that a case says is absent: the first by label."""
    concepts = {concept for _, concept in _denials(content)}
    return min(concepts, key=lambda iri: (content.labels.get(iri, "~"), iri), default=None)


def _denials(content: Content) -> Iterator[tuple[str, str]]:
    """(time point, class) for each "not (has finding some class)" that a case states."""
    for document in content.cases:
        value: dict[tuple[Any, str], Any] = {(t.subject, t.predicate.value): t.object for t in document.triples}
        for triple in document.triples:
            if triple.predicate.value == names.RDF_TYPE and isinstance(triple.subject, ox.NamedNode):
                restriction = value.get((triple.object, _COMPLEMENT))
                concept = value.get((restriction, _FILLER))
                if concept is not None:
                    yield triple.subject.value, concept.value


def _superclasses(content: Content, iri: str) -> set[str]:
    parents: dict[str, set[str]] = {}
    for document in content.tbox:
        for t in document.triples:
            if t.predicate.value != names.RDFS_SUBCLASS_OF:
                continue
            if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
                parents.setdefault(t.subject.value, set()).add(t.object.value)
    found: set[str] = set()
    todo = [iri]
    while todo:
        above = parents.get(todo.pop(), set()) - found
        found |= above
        todo += above
    return found
