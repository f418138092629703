"""The verbs and nouns that say how one thing acts on another, in all their forms.

>>> verbs()["led"]
(Form(effect='leads-to', form='ed', rest=('to',)),)
>>> nouns()["downregulation"]
'downregulates'
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from kg.draft.patterns.lists import rows_of

_IRREGULAR = {"lead": ("leads", "led", "leading"), "give": ("gives", "gave", "giving"), "bind": ("binds", "bound", "binding"),
              "drive": ("drives", "driven", "driving"), "underlie": ("underlies", "underlain", "underlying"),
              "control": ("controls", "controlled", "controlling")}  # fmt: skip


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words, _ in rows_of("claims/words.tsv")}


def words_of(name: str) -> frozenset[str]:
    """One of the lists of `data/claims/words.tsv`.

    Example:
    >>> "through" in words_of("means")
    True
    """
    return _lists()[name]


class Form(NamedTuple):
    """One sense of a word form: its effect; base, s, ed or ing; and the words that must follow it."""

    effect: str
    form: str
    rest: tuple[str, ...]


def _forms(base: str) -> tuple[str, str, str]:
    """The forms in -s, -ed and -ing.

    Example:
    >>> _forms("reduce"), _forms("suppress")
    (('reduces', 'reduced', 'reducing'), ('suppresses', 'suppressed', 'suppressing'))
    """
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    stem = base.removesuffix("e")
    return base + ("es" if base.endswith(("ss", "sh", "ch", "x")) else "s"), stem + "ed", stem + "ing"


@lru_cache(maxsize=1)
def verbs() -> dict[str, tuple[Form, ...]]:
    """Word form → its senses, those of more words first."""
    found: dict[str, list[Form]] = {}
    for effect, phrases, _ in rows_of("claims/verbs.tsv"):
        for phrase in phrases.split():
            base, *rest = phrase.split("_")
            for form, word in zip(("base", "s", "ed", "ing"), (base, *_forms(base)), strict=True):
                found.setdefault(word, []).append(Form(effect, form, tuple(rest)))
    return {word: tuple(sorted(forms, key=lambda f: -len(f.rest))) for word, forms in found.items()}


@lru_cache(maxsize=1)
def nouns() -> dict[str, str]:
    """Noun → the effect that it names."""
    return {noun: effect for effect, _, words in rows_of("claims/verbs.tsv") for noun in words.split()}
