"""Short forms: what a text defines them as, `ventricular septal defect (VSD)`, else what its other words make them out to be."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.names.hpo import hp
from kg.draft.names.tokens import Hit
from kg.draft.patterns.lists import rows_of, word_list

#: Short forms that mean other things as often (`RA`: right atrium, room air): only where the text has the term in full as well.
_DOUBTFUL = word_list("doubtful")
_DEFINED = re.compile(r"\(([A-Z][A-Z0-9-]{1,6})s?\)")


@lru_cache(maxsize=1)
def _known() -> tuple[re.Pattern[str], list[tuple[str, re.Pattern[str], str, re.Pattern[str]]]]:
    """What finds any of the short forms; and each with the pattern that finds it, its term, and the words of the text that make it so."""
    rows = rows_of("abbreviations.tsv")
    any_of_them = re.compile("|".join(sorted({re.escape(short) for short, _, _ in rows})))
    return any_of_them, [(short, _alone(short), curie, re.compile(words, re.I)) for short, label, words in rows if (curie := hp(label))]


def _alone(short: str) -> re.Pattern[str]:
    """The short form as a word of its own. The letters come first in the pattern: a search for them is quick."""
    letters = re.escape(short)
    return re.compile(rf"{letters}(?<![\w-]{letters})(?![\w-])")


def with_abbreviations(text: str, hits: list[Hit]) -> list[Hit]:
    """The hits, with those of short forms.

    A short form that the text defines as something else is no hit: `outer canthal distance (OCD)`.
    """
    defined = _defined(text, hits)
    others = {short for short, curie in defined.items() if curie is None}
    kept = [hit for hit in hits if defined.get(text[hit.start : hit.end], "") == ""] if defined else hits[:]
    if any(text[hit.start : hit.end] in _DOUBTFUL for hit in kept):
        full = {hit.curie for hit in kept if text[hit.start : hit.end] not in _DOUBTFUL}
        kept = [hit for hit in kept if hit.curie in full or text[hit.start : hit.end] not in _DOUBTFUL]
    sought = [(_alone(short), curie) for short, curie in defined.items() if curie]
    any_of_them, known = _known()
    if any_of_them.search(text):
        sought += [(form, curie) for short, form, curie, words in known if short in text and form.search(text) and words.search(text)]
    taken = {hit.start for hit in kept} if sought else set()
    for form, curie in sought:
        for match in form.finditer(text):
            if match.start() not in taken and match.group() not in others:
                taken.add(match.start())
                kept.append(Hit(match.start(), match.end(), curie, frozenset((-match.start() - 10,)), 0))
    return kept


def _defined(text: str, hits: list[Hit]) -> dict[str, str | None]:
    """Short form in brackets → the term just before it; None for something else that it abbreviates, "" where that is not clear."""
    ends: dict[int, str] = {}
    defined: dict[str, str | None] = {}
    for match in _DEFINED.finditer(text):
        ends = ends or {hit.end: hit.curie for hit in hits}
        before = match.start() - 1
        defined.setdefault(match[1], ends.get(before) or (None if _initials(text[max(0, before - 120) : max(0, before)], match[1]) else ""))
    return defined


def _initials(before: str, short: str) -> bool:
    """Whether the words before a bracket begin with the letters in it."""
    words = re.findall(r"[^\W\d_]+", before)[-len(short) :]
    return "".join(word[0] for word in words).upper() == short
