"""What is wrong with a term string, said with the term that was meant."""

from __future__ import annotations

from kg.errors import MislabelledTerm, RetiredTerm, UnknownTerm
from kg.terms.near import Searched, nearest
from kg.terms.term import Term, normalise, prefix_rank


def unknown(terms: Searched, curie: str, label: str) -> UnknownTerm:
    """The error for an id that no term has."""
    prefix, _, local = curie.partition(":")
    right = terms.prefix_of(prefix)
    if right is None:
        known = ", ".join(sorted(terms.prefixes, key=lambda p: (prefix_rank(p), p))[:12])
        message = f"{curie}: no vocabulary has the prefix {prefix}; use one of {known}, ..."
        return UnknownTerm(message, curie=curie, label=label, suggestions=[])
    if right != prefix:
        term = terms.find_term(f"{right}:{local}")
        hint = f"{right}:{local}" if term is None else str(term)
        message = f"{curie} does not exist; the prefix is {right}: write {hint}"
        return UnknownTerm(message, curie=curie, label=label, suggestions=[term] if term else [])
    near = _meant(terms, label, prefix) if label else terms.suggest(curie)
    missing = "does not exist" if prefix in terms.whole_prefixes else "is not in the vocabulary"
    return UnknownTerm(f"{curie} {missing}{_did_you_mean(near)}", curie=curie, label=label, suggestions=near)


def retired(terms: Searched, term: Term, label: str) -> RetiredTerm:
    """The error for an id that is obsolete."""
    successors = [found for curie in term.replaced_by if (found := terms.find_term(curie))]
    if successors:
        message = f"{term.curie} is retired; use {' or '.join(map(str, successors))}"
    else:
        successors = _meant(terms, label or term.label, term.curie.partition(":")[0])
        message = f"{term.curie} is retired, with no replacement named{_did_you_mean(successors)}"
    return RetiredTerm(message, curie=term.curie, label=label, suggestions=successors)


def mislabelled(terms: Searched, term: Term, label: str) -> MislabelledTerm:
    """The error for an id whose label is missing or another."""
    is_called = f'{term.curie} is "{term.label}"'
    own = next((kind for name, kind in term.names() if normalise(name) == normalise(label)), "")
    near: list[Term] = [term]
    if not label:
        message = f"{term.curie} has no label beside it; write {term}"
    elif own == "label":
        message = f'{is_called}, letter for letter (you wrote "{label}")'
    elif own == "former":
        message = f'{is_called} since it was renamed (you wrote its former label "{label}")'
    elif own:
        message = f'{is_called} (you wrote a synonym "{label}")'
    else:
        near = _meant(terms, label, term.curie.partition(":")[0])
        others = [] if near == [term] else near
        message = f'{is_called}, not "{label}"; write that label{_did_you_mean(others, ", or did you mean")}'
    return MislabelledTerm(message, curie=term.curie, label=label, suggestions=near)


def _meant(terms: Searched, label: str, prefix: str) -> list[Term]:
    """The current terms that a label may mean: so named in this vocabulary, else in another, else near spellings."""
    named = [term for curie, _ in terms.find_by_name(label) if not (term := terms.term(curie)).obsolete]
    here = [term for term in named if term.curie.startswith(prefix + ":")]
    if named:
        return here[:3] or named[:1]
    near = nearest(terms, label, 1, prefix)
    return [term for _, term in near] if near and near[0][0] >= 0.7 else terms.suggest(label, 1)


def _did_you_mean(terms: list[Term], lead: str = "; did you mean") -> str:
    return f"{lead} {' or '.join(map(str, terms))}?" if terms else ""
