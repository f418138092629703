"""Two releases of a graph → what changed: terms, axioms, statements, and which questions now answer differently, and why.

A diff of axioms says what an editor did; a diff of answers says what it does to a reader. Both graphs are asked
every question of the library; each row that came or went is traced to the changed statements that share its sentence,
or else its terms, and to the changed terms that it names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox

from kg import names
from kg.ask import plain, question_named, question_names
from kg.errors import StoreError
from kg.reason.axioms import node_key
from kg.store import EmbeddedStore

Kind = Literal["added", "removed", "relabelled", "retired", "changed"]

_OWL, _RDF, _RDFS, _XSD = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
_LABEL, _TYPE = names.RDFS_LABEL, names.RDF_TYPE
_QUOTE = names.CG + "quote"
_TERM_KINDS = {_OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")}
#: What is said of a term besides its label and its axioms.
_WORDS_OF_A_TERM = {
    names.expand("IAO:0000115"): "definition",
    **{f"{names.PREFIXES['oboInOwl']}has{scope}Synonym": "synonym" for scope in ("Exact", "Related", "Narrow", "Broad")},
}
#: Properties of a statement that follow from its other properties, or only place it in its file.
_INCIDENTAL = {names.CG + name for name in ("order", "evidence", "about")}
#: Columns that only place a row among others.
_PLACES = frozenset({"order", "start", "end"})
#: How many changes of each kind the text lists, and how much of a row it shows.
LISTED = 20
WIDTH = 160


@dataclass(frozen=True, slots=True)
class TermChange:
    """One term that came, went, or is not what it was.

    Attributes:
        kind: `changed` means its definition or synonyms.
        before: label, or words, in the old graph; None for an added term.
        after: the same in the new graph; None for a removed term.
    """

    kind: Kind
    curie: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One statement of a case that came, went, or says something else.

    Attributes:
        node: case and id.
        quote: its sentence, as the new graph has it, or as the old one had it.
        cells: (property, before, after) of a changed one.
        was: its node in the old graph, where that had another id.
    """

    kind: Kind
    node: str
    label: str
    quote: str
    cells: tuple[tuple[str, str, str], ...] = ()
    was: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of an answer that came, went, or has other cells.

    Attributes:
        row: column -> value, of the new graph, or of the old one for a removed row.
        cells: (column, before, after) of a changed one.
        because: what changed that has to do with it, most telling first; empty if nothing near it changed.
    """

    kind: Kind
    row: dict[str, Any]
    cells: tuple[tuple[str, Any, Any], ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question that answers differently."""

    question: str
    asks: str
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two graphs."""

    terms: tuple[TermChange, ...]
    axioms_added: tuple[str, ...]
    axioms_removed: tuple[str, ...]
    statements: tuple[StatementChange, ...]
    answers: tuple[AnswerChange, ...]

    def __bool__(self) -> bool:
        return bool(self.terms or self.axioms_added or self.axioms_removed or self.statements or self.answers)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def diff_graphs(old: Any, new: Any) -> Diff:
    """What changed from one graph to another.

    Args:
        old: a `Graph`, a store, or a path: graph folder, RDF file, folder of records, or an ontology's folder.
        new: likewise. Turtle holds no graph names, so what was inferred counts as stated there.

    Raises:
        StoreError: one of them cannot be opened, or is an endpoint: the graph itself is needed.
    """
    before, after = _Release(_store(old)), _Release(_store(new))
    terms = tuple(_term_changes(before, after))
    removed, added = _gone(before.axioms, after.axioms), _gone(after.axioms, before.axioms)
    statements = tuple(_statement_changes(before, after))
    reasons = _Reasons(
        before, after, terms, statements, [*((k, f"axiom removed: {t}") for k, t in removed), *((k, f"axiom added: {t}") for k, t in added)]
    )
    answers = tuple(_answer_changes(before, after, reasons))
    return Diff(terms, tuple(text for _, text in added), tuple(text for _, text in removed), statements, answers)


def _store(where: Any) -> EmbeddedStore:
    from kg.graph import open_graph
    from kg.quality import CATALOG

    if isinstance(where, str | Path) and (Path(where) / CATALOG).is_file():
        return _ontology_store(Path(where))
    store = open_graph(where).store if isinstance(where, str | Path) else getattr(where, "store", where)
    if not isinstance(store, EmbeddedStore):
        raise StoreError("a diff needs the graphs themselves, not an endpoint; give folders or files")
    return store


def _ontology_store(folder: Path) -> EmbeddedStore:
    from kg.issue import Issue
    from kg.quality import ontology_paths, read_file

    quads: list[ox.Quad] = []
    for path in ontology_paths(folder):
        read = read_file(path, str(path))
        if isinstance(read, Issue):
            raise StoreError(str(read))
        quads += read.quads
    return EmbeddedStore.in_memory(quads)


# 1) one release, as far as it is compared


class _Release:
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
        self.statements = {node: facts for node, facts in nodes.items() if _QUOTE in facts}
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


# 2) terms, axioms, statements


def _term_changes(before: _Release, after: _Release) -> Iterator[TermChange]:
    for iri in sorted(before.terms | after.terms, key=names.compact):
        curie, old, new = names.compact(iri), before.labels.get(iri, ""), after.labels.get(iri, "")
        if iri not in before.terms:
            yield TermChange("added", curie, None, new)
        elif iri not in after.terms:
            yield TermChange("removed", curie, old, None)
        else:
            if iri in after.retired - before.retired:
                yield TermChange("retired", curie, old, new)
            if old != new:
                yield TermChange("relabelled", curie, old, new)
            gone, come = before.words[iri] - after.words[iri], after.words[iri] - before.words[iri]
            if gone or come:
                yield TermChange("changed", curie, _listed(gone), _listed(come))


def _listed(words: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f'{what} "{text}"' for what, text in sorted(words))


def _gone(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((key, text) for key, text in before.items() if key not in after), key=lambda pair: pair[1])


def _statement_changes(before: _Release, after: _Release) -> Iterator[StatementChange]:
    """Statements that say the same under another id are the same; those with one sentence and most else in common are one that changed."""
    same = Counter(map(_content, before.statements.values())) & Counter(map(_content, after.statements.values()))
    old, new = (
        {node: facts for node, facts in side.statements.items() if not _take(counter, _content(facts))}
        for side, counter in ((before, same.copy()), (after, same.copy()))
    )
    pairs = {node: node for node in old if node in new} | _renamed(old, new)
    passing = {
        node
        for one, other in ((before.statements, after.statements), (after.statements, before.statements))
        for node in one
        if node not in other
    }
    for node in sorted(old.keys() - pairs.keys()):
        yield StatementChange("removed", names.compact(node), before.labels.get(node, ""), " ".join(_literals(old[node], _QUOTE)))
    for node in sorted(new.keys() - set(pairs.values())):
        yield StatementChange("added", names.compact(node), after.labels.get(node, ""), " ".join(_literals(new[node], _QUOTE)))
    for was, node in sorted(pairs.items()):
        cells = tuple(_cells(old[was], new[node], before, after, passing))
        if cells:
            quote = " ".join(_literals(new[node], _QUOTE))
            yield StatementChange(
                "changed", names.compact(node), after.labels.get(node, ""), quote, cells, names.compact(was) if was != node else ""
            )


def _renamed(old: Mapping[str, Mapping[str, set[str]]], new: Mapping[str, Mapping[str, set[str]]]) -> dict[str, str]:
    """Old node -> new node, of those that are in one graph only, have the same sentence, and more than half of all else in common."""
    pairs: dict[str, str] = {}
    for was in sorted(old.keys() - new.keys()):
        content = _content(old[was])
        candidates = [
            node for node in sorted(new.keys() - old.keys()) if node not in pairs.values() and new[node].get(_QUOTE) == old[was].get(_QUOTE)
        ]
        best = max(candidates, key=lambda node: len(content & _content(new[node])), default=None)
        if best is not None and len(content & _content(new[best])) * 2 > len(content):
            pairs[was] = best
    return pairs


def _content(facts: Mapping[str, set[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((predicate, value) for predicate, values in facts.items() for value in values)


def _take(counter: Counter[Any], key: Any) -> bool:
    if counter[key] > 0:
        counter[key] -= 1
        return True
    return False


def _cells(
    old: Mapping[str, set[str]], new: Mapping[str, set[str]], before: _Release, after: _Release, passing: set[str]
) -> Iterator[tuple[str, str, str]]:
    """(property, before, after); a link to a node that came or went is that node's change, not this one's."""
    for predicate in sorted(old.keys() | new.keys()):
        gone, come = old.get(predicate, set()) - passing, new.get(predicate, set()) - passing
        if gone != come:
            yield names.compact(predicate), _values(gone - come, before), _values(come - gone, after)


def _values(values: Iterable[str], side: _Release) -> str:
    return "; ".join(sorted(_literal(value) if value.startswith('"') else side.name(value) for value in values))


def _literals(facts: Mapping[str, set[str]], predicate: str) -> list[str]:
    return sorted(map(_literal, facts.get(predicate, ())))


def _literal(text: str) -> str:
    """The words of a literal in N-Triples."""
    parsed = next(iter(ox.parse(f"<s:s> <p:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return str(parsed.object.value)


# 3) answers, and why they changed


class _Reasons:
    """What changed, ready to be looked up for a row."""

    def __init__(
        self,
        before: _Release,
        after: _Release,
        terms: Sequence[TermChange],
        statements: Sequence[StatementChange],
        axioms: Sequence[tuple[str, str]],
    ) -> None:
        self.terms = {
            names.expand(t.curie) if t.curie.partition(":")[0] in names.PREFIXES else t.curie: t for t in terms if t.kind != "changed"
        }
        self.axioms = axioms
        self.statements = [
            (change, _pieces(change.quote), self._terms_of(change, before, after), _labels_of(change, before, after))
            for change in statements
        ]

    @staticmethod
    def _terms_of(change: StatementChange, before: _Release, after: _Release) -> set[str]:
        nodes = {names.CASE + node for node in (change.node, change.was) if node}
        values = [v for side in (before, after) for node in nodes for values in side.statements.get(node, {}).values() for v in values]
        return {value for value in values if not value.startswith(('"', names.CASE, names.CG))} | nodes

    def of(self, rows: Iterable[Mapping[str, Any]], cells: Iterable[tuple[str, Any, Any]] = ()) -> tuple[str, ...]:
        """The changes that share the sentence of a row, or that a changed cell names; else those about its terms; and terms it names."""
        rows = list(rows)
        iris = {node.value for row in rows for node in row.values() if isinstance(node, ox.NamedNode)}
        pieces = {piece for row in rows if "quote" in row for piece in _pieces(row["quote"].value)}
        parts = {part for _, old, new in cells for part in _differing(old, new)}
        named = [change for change, _, _, labels in self.statements if any(label in part for label in labels for part in parts)]
        found = [change for change, own, _, _ in self.statements if own & pieces]
        about = [change for change, _, terms, _ in self.statements if terms & iris]
        both = [change for change in found if change in about]
        told = [f"{change.kind} {change.node} “{change.quote}”" for change in both or named or found or about]
        told += [
            f"{term.kind} {term.curie}: {term.before or 'nothing'} → {term.after or 'nothing'}"
            for iri, term in sorted(self.terms.items())
            if iri in iris
        ]
        if not told:
            curies = {names.compact(iri) for iri in iris}
            told = [text for key, text in self.axioms if any(curie in key for curie in curies)]
        return tuple(dict.fromkeys(told))


def _labels_of(change: StatementChange, before: _Release, after: _Release) -> set[str]:
    """What a statement is called, before and after, where that is enough to know it by."""
    found = {side.labels.get(names.CASE + node, "") for side in (before, after) for node in (change.node, change.was) if node}
    return {label for label in found if len(label) > 3}


def _differing(old: Any, new: Any) -> tuple[str, ...]:
    """The items of two lists in cells ("a; b") that are in one of them only, old ones first; the cells themselves where they are no lists.

    Example:
    >>> _differing("a; b", "b; c"), _differing(1, None)
    (('a', 'c'), ('1',))
    """
    sides = [[] if value is None else str(value).split("; ") for value in (old, new)]
    return (*(item for item in sides[0] if item not in sides[1]), *(item for item in sides[1] if item not in sides[0]))


def _pieces(quote: str) -> set[str]:
    """The sentences of a quote; questions and records join them with different marks."""
    return {piece.strip() for part in quote.split(" | ") for piece in part.split(" […] ") if piece.strip()}


def _answer_changes(before: _Release, after: _Release, reasons: _Reasons) -> Iterator[AnswerChange]:
    for name in question_names():
        question = question_named(name)
        rows = [side.store.select(question.sparql)[1] for side in (before, after)]
        keys = [[frozenset((c, str(v)) for c, v in row.items() if c not in _PLACES) for row in side] for side in rows]
        same = Counter(keys[0]) & Counter(keys[1])
        left, right = (
            [row for row, key in zip(side, side_keys, strict=True) if not _take(counter, key)]
            for side, side_keys, counter in ((rows[0], keys[0], same.copy()), (rows[1], keys[1], same.copy()))
        )
        changes = tuple(_row_changes(left, right, reasons))
        if changes:
            yield AnswerChange(name, question.summary, changes)


def _row_changes(left: list[dict[str, Any]], right: list[dict[str, Any]], reasons: _Reasons) -> Iterator[RowChange]:
    """Rows that share most of their cells are one row that changed."""
    open_rows = list(right)
    for old in left:
        near = max(open_rows, key=lambda new: _shared(old, new), default=None)
        if near is not None and _shared(old, near) > 0.5:
            open_rows.remove(near)
            columns = [c for c in (*near, *(c for c in old if c not in near)) if c not in _PLACES and str(old.get(c)) != str(near.get(c))]
            cells = tuple((c, plain(old.get(c)), plain(near.get(c))) for c in columns)
            yield RowChange("changed", _plain_row(near), cells, reasons.of((old, near), cells))
        else:
            yield RowChange("removed", _plain_row(old), (), reasons.of((old,)))
    for new in open_rows:
        yield RowChange("added", _plain_row(new), (), reasons.of((new,)))


def _shared(old: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    columns = (old.keys() | new.keys()) - _PLACES - {"case"}
    return sum(str(old.get(c)) == str(new.get(c)) for c in columns) / max(len(columns), 1)


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: plain(node) for column, node in row.items()}


# 4) as text


def render(diff: Diff, *, listed: int = LISTED) -> str:
    """A diff for people: a line a change, at most `listed` of each kind.

    Example:
    >>> render(Diff((), (), (), (), ()))
    'nothing changed'
    """
    if not diff:
        return "nothing changed"
    parts: list[str] = []
    _part(parts, "Terms", [_term_line(term) for term in diff.terms], listed)
    _part(parts, "Axioms", [*(f"- {text}" for text in diff.axioms_removed), *(f"+ {text}" for text in diff.axioms_added)], listed)
    lines = [line for change in diff.statements for line in _statement_lines(change)]
    _part(parts, f"Statements: {len(diff.statements):,}", lines, listed * 2, counted=False)
    for answer in diff.answers:
        counts = Counter(row.kind for row in answer.rows)
        told = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "removed", "changed") if counts[kind])
        _part(
            parts,
            f"{answer.question} ({answer.asks}) {told}",
            [line for row in answer.rows for line in _row_lines(row)],
            listed * 2,
            counted=False,
        )
    if not diff.answers:
        parts.append("No question answers differently.")
    return "\n\n".join(parts)


_SIGNS = {"added": "+", "removed": "-", "changed": "~", "relabelled": "~", "retired": "!"}


def _part(parts: list[str], title: str, lines: list[str], listed: int, *, counted: bool = True) -> None:
    if lines:
        more = [f"  … and {len(lines) - listed:,} more lines"] if len(lines) > listed else []
        head = f"{title}: {len(lines):,}" if counted else title
        parts.append("\n".join([head, *(f"  {line}" for line in lines[:listed]), *more]))


def _term_line(term: TermChange) -> str:
    said = {"added": term.after, "removed": term.before, "retired": f"{term.before}, retired"}.get(
        term.kind
    ) or f"{term.before or 'nothing'} → {term.after or 'nothing'}"
    return f"{_SIGNS[term.kind]} {term.curie} {said}"


def _statement_lines(change: StatementChange) -> list[str]:
    label = f" {change.label}" if change.label else ""
    return [
        f"{_SIGNS[change.kind]} {change.node}{label} “{change.quote}”",
        *(f"    {what}: {old or 'nothing'} → {new or 'nothing'}" for what, old, new in change.cells),
    ]


def _cell(value: Any, other: Any) -> str:
    """A cell as far as it differs from another.

    Example:
    >>> _cell("a; b", "b; c"), _cell("a; b", "b; a"), _cell(None, 1)
    ('a', 'a; b', 'nothing')
    """
    if value is None:
        return "nothing"
    differing = set(_differing(value, other))
    if not differing:
        return str(value)  # the same items in another order
    return "; ".join(item for item in str(value).split("; ") if item in differing) or "nothing"


def _row_lines(change: RowChange) -> list[str]:
    shown = " · ".join(
        str(value) for column, value in change.row.items() if column not in _PLACES and column != "quote" and value is not None
    )
    shown = shown if len(shown) <= WIDTH else f"{shown[:WIDTH]} …"
    cells = [f"    {column}: {_cell(old, new)} → {_cell(new, old)}" for column, old, new in change.cells]
    because = [f"    because: {reason}" for reason in change.because[:3]]
    more = [f"    … and {len(change.because) - 3} more changes" for _ in (1,) if len(change.because) > 3]
    return [f"{_SIGNS[change.kind]} {shown}", *cells, *because, *more]
