"""What was stated otherwise: terms, axioms and statements that came, went or changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.diff.changes import StatementChange, TermChange
from kg.diff.release import QUOTE, Release


def term_changes(before: Release, after: Release) -> Iterator[TermChange]:
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


def only_in_first(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((key, text) for key, text in before.items() if key not in after), key=lambda pair: pair[1])


def statement_changes(before: Release, after: Release) -> Iterator[StatementChange]:
    """Statements that say the same under another id are the same; those with one sentence and most else in common are one that changed."""
    same = Counter(map(_content, before.statements.values())) & Counter(map(_content, after.statements.values()))
    old, new = (
        {node: facts for node, facts in side.statements.items() if not take_one(counter, _content(facts))}
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
        yield StatementChange("removed", names.compact(node), before.labels.get(node, ""), " ".join(_literals(old[node], QUOTE)))
    for node in sorted(new.keys() - set(pairs.values())):
        yield StatementChange("added", names.compact(node), after.labels.get(node, ""), " ".join(_literals(new[node], QUOTE)))
    for was, node in sorted(pairs.items()):
        cells = tuple(_cells(old[was], new[node], before, after, passing))
        if cells:
            quote = " ".join(_literals(new[node], QUOTE))
            yield StatementChange(
                "changed", names.compact(node), after.labels.get(node, ""), quote, cells, names.compact(was) if was != node else ""
            )


def _renamed(old: Mapping[str, Mapping[str, set[str]]], new: Mapping[str, Mapping[str, set[str]]]) -> dict[str, str]:
    """Old node -> new node, of those that are in one graph only, have the same sentence, and more than half of all else in common."""
    pairs: dict[str, str] = {}
    for was in sorted(old.keys() - new.keys()):
        content = _content(old[was])
        candidates = [
            node for node in sorted(new.keys() - old.keys()) if node not in pairs.values() and new[node].get(QUOTE) == old[was].get(QUOTE)
        ]
        best = max(candidates, key=lambda node: len(content & _content(new[node])), default=None)
        if best is not None and len(content & _content(new[best])) * 2 > len(content):
            pairs[was] = best
    return pairs


def _content(facts: Mapping[str, set[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((predicate, value) for predicate, values in facts.items() for value in values)


def take_one(counter: Counter[Any], key: Any) -> bool:
    if counter[key] > 0:
        counter[key] -= 1
        return True
    return False


def _cells(
    old: Mapping[str, set[str]], new: Mapping[str, set[str]], before: Release, after: Release, passing: set[str]
) -> Iterator[tuple[str, str, str]]:
    """(property, before, after); a link to a node that came or went is that node's change, not this one's."""
    for predicate in sorted(old.keys() | new.keys()):
        gone, come = old.get(predicate, set()) - passing, new.get(predicate, set()) - passing
        if gone != come:
            yield names.compact(predicate), _values(gone - come, before), _values(come - gone, after)


def _values(values: Iterable[str], side: Release) -> str:
    return "; ".join(sorted(_literal(value) if value.startswith('"') else side.name(value) for value in values))


def _literals(facts: Mapping[str, set[str]], predicate: str) -> list[str]:
    return sorted(map(_literal, facts.get(predicate, ())))


def _literal(text: str) -> str:
    """The words of a literal in N-Triples."""
    parsed = next(iter(ox.parse(f"<s:s> <p:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return str(parsed.object.value)
