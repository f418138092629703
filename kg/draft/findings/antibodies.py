"""Antibody tests and their results.

>>> text = "ANA was positive (1/640) and anti-Jo1 was negative."
>>> [(a.words, a.result, a.titre) for a in read_antibodies(text, 0, len(text))]
[('ANA', 'positive', '1/640'), ('anti-Jo1', 'negative', '')]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.names.hpo import hp
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import ManyOpenings


class Antibody(NamedTuple):
    start: int
    end: int
    words: str
    curie: str
    result: str  # positive, negative, not-tested
    titre: str
    printed: str = ""  # the value and its range, as printed in the bracket after the result


_RESULT = re.compile(
    r"(?P<no>(?:was|were|has been|have been|had been|could)\s+not\s+(?:be\s+)?(?:tested|performed|done|available|measured|obtained|sent|carried out|determined|checked|assessed)|not tested)|(?P<neg>\bnegative\b|"
    r"\babsent\b|\bnon-?reactive\b|\bnot (?:present|positive|found|elevated)\b|\bnot detected\b|\bundetectable\b|\b(?:was|were) normal\b)|(?P<pos>\bpositiv\w+\b|\bdetected\b|"
    r"\bpresent\b|\belevated\b|\b1\s?[:/]\s?\d{2,5}\b)",
    re.I,
)
_VALUE = re.compile(r"[^.;]{0,60}?\(\s*((?:[<>≤≥]\s?)?\d[^()]{0,60})\)")
_TITRE = re.compile(r"\b1\s?[:/]\s?\d{2,5}\b")


@lru_cache(maxsize=1)
def _antibodies() -> tuple[ManyOpenings, list[str]]:
    """The patterns of the tests, and the term of each."""
    rows = rows_of("antibodies.tsv")
    patterns = [re.compile(rf"(?<![\w-])(?:{words})", re.I if "\\b" not in words or len(words) > 20 else 0) for words, _ in rows]
    return ManyOpenings(patterns), [hp(label) for _, label in rows]


def read_antibodies(text: str, start: int, end: int) -> list[Antibody]:
    """The antibody tests of a sentence; each takes the result of its own clause, else of the clause after it.

    Example:
    >>> [(a.words, a.result, a.titre) for a in read_antibodies("ANA was positive (1/640) and anti-Jo1 was negative.", 0, 51)]
    [('ANA', 'positive', '1/640'), ('anti-Jo1', 'negative', '')]
    """
    patterns, curies = _antibodies()
    hits: dict[int, tuple[int, str]] = {}
    for number, match in patterns.finditer(text, start, end):
        if curies[number] and not any(a <= match.start() < b for a, (b, _) in hits.items()):
            hits[match.start()] = match.end(), curies[number]
    if not hits:
        return []
    found = []
    for at in sorted(hits):
        stop, curie = hits[at]
        result = _result_of(text, start, at, stop, end, sorted(hits))
        if result:
            titre = _TITRE.search(text, stop, min(end, stop + 40))
            later = next((k for k in sorted(hits) if k > at), end)
            found.append(
                Antibody(
                    at,
                    stop,
                    text[at:stop],
                    curie,
                    result,
                    titre.group().replace(" ", "") if titre and titre.start() < later and result == "positive" else "",
                    _printed(text, stop, later),
                )
            )
    return found


def _printed(text: str, stop: int, later: int) -> str:
    """The value and range in the bracket after an antibody; "" where there is none, or it is a titre or a citation."""
    value = _VALUE.match(text, stop, later)
    if not value or _TITRE.match(value[1]) or not re.search(r"[A-Za-z]", value[1]):
        return ""
    return " ".join(value[1].split())


def _result_of(text: str, first: int, at: int, stop: int, end: int, starts: list[int]) -> str | None:
    after = _RESULT.search(text, stop, end)
    before = None
    for match in _RESULT.finditer(text, max(first, at - 45), at):
        before = match
    chosen = after
    if (
        before
        and re.search(r"(?i)(?:positive|negative)\s+(?:for|test(?:s|ing)? for|results? for)?\s*[^.;]{0,40}$", text[before.start() : at])
        and not re.search(r"[;]|\bbut\b", text[before.end() : at])
    ):
        chosen = (
            before
            if not after
            or before.group().lower().endswith(("for",))
            or re.match(r"\s+(?:for\b|anti|ANA|ANCA)", text[before.end() : before.end() + 6])
            else after
        )
    if not chosen:
        return None
    return "not-tested" if chosen.group("no") else "negative" if chosen.group("neg") else "positive"
