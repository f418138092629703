"""A table of terms on its way into a vocabulary file, and a term made tidy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.terms import Source, Term, term_order
from kg.terms.term import KIND_RANK

Table = dict[str, Term]  # CURIE → term
Names = Iterable[tuple[str, str]]  # (name, kind)


@dataclass
class Vocabulary:
    """What a vocabulary file holds, open to change.

    Attributes:
        own: the prefixes that are a laboratory's, whose terms a later file may replace.
        added: file name → text of each file of words, to lay over a later release again.
    """

    table: Table
    sources: list[Source]
    whole: set[str]
    namespaces: dict[str, str]
    own: set[str]
    added: dict[str, str]


def make_term(curie: str, label: str, names: Names = (), **fields: object) -> Term:
    """A Term with tidy, sorted synonyms: no copy of the label, each name once under its best kind."""
    label = " ".join(label.split())
    best: dict[str, str] = {}
    for name, kind in names:
        name = " ".join(name.split())
        if name and name != label and KIND_RANK[kind] < KIND_RANK.get(best.get(name, ""), 99):
            best[name] = kind
    order = sorted(best, key=lambda name: (KIND_RANK[best[name]], name.casefold(), name))
    kinds = tuple(best[name] for name in order)
    return Term(curie, label, tuple(order), synonym_kinds=kinds, **fields)  # type: ignore[arg-type]


def with_names(term: Term, names: Names) -> Term:
    """The term with more synonyms."""
    have = [(name, kind) for name, kind in term.names() if kind != "label"]
    tidy = make_term(term.curie, term.label, [*have, *names])
    return term._replace(synonyms=tidy.synonyms, synonym_kinds=tidy.synonym_kinds)


def sort_curies(curies: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(curies), key=term_order))


def only_known(term: Term, table: Table) -> Term:
    """The term without references to terms that we do not carry (or that are retired)."""
    def known(curies: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in curies if each in table and not table[each].obsolete)

    successors = tuple(each for each in term.replaced_by if each in table)
    return term._replace(parents=known(term.parents), part_of=known(term.part_of), roles=known(term.roles),
                         broader=known(term.broader), replaced_by=successors)
