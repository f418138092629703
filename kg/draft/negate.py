"""Which stretches of a text deny, doubt or attribute to others what they mention.

>>> text = "She denied fever or cough but had rash. Her mother had asthma."
>>> [(text[s.start:s.end].strip(), s.status) for s in scopes(text)]
[('fever or cough', 'absent'), ('asthma', 'family')]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from kg.draft.words import any_of, rows_of

REACH = 220  # characters that a cue governs at most
_HARD = re.compile(r"[;:]|[.?!](?=\s|\Z)|\n\s*\n")


class Scope(NamedTuple):
    """A governed stretch and what it says of the findings in it; `cue` is the word that says so."""

    start: int
    end: int
    status: str  # absent, uncertain, family, hypothetical
    cue: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], dict[str, tuple[str, str]], re.Pattern[str]]:
    """One pattern for all cues, its groups' meaning, and the words that end a scope."""
    groups: dict[str, tuple[str, str]] = {}
    parts, end = [], ""
    for where, status, words in rows_of("cues.tsv"):
        cues = _split(words)
        plain = [cue for cue in cues if cue.replace(" ", "").replace("-", "").isalpha()]
        rest = sorted(set(cues) - set(plain), key=lambda cue: (-len(cue), cue))
        pattern = "|".join([*(cue.replace(" ", r"\s+") for cue in rest), *([any_of(plain)] if plain else [])])
        if where == "end":
            end = pattern
            continue
        name = f"g{len(groups)}"
        groups[name] = where, status
        parts.append(rf"(?P<{name}>{pattern})")
    order = sorted(zip(groups, parts, strict=True), key=lambda pair: ("pseudo", "post", "pre").index(groups[pair[0]][0]))
    return (
        re.compile(rf"(?<![\w-])(?:{'|'.join(part for _, part in order)})(?![\w-])", re.I),
        groups,
        re.compile(rf"(?<![\w-])(?:{end})(?![\w-])", re.I),
    )


def _split(words: str) -> list[str]:
    """The alternatives outside brackets."""
    out, depth = [""], 0
    for char in words:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            out.append("")
        else:
            out[-1] += char
    return out


def scopes(text: str) -> list[Scope]:
    """The governed stretches, in text order; they may overlap."""
    pattern, groups, end = _patterns()
    found = []
    for match in pattern.finditer(text):
        where, status = groups[str(match.lastgroup)]
        if where == "pre":
            found.append(Scope(match.end(), _ahead(text, match.end(), end), status, match.group()))
        elif where == "post":
            found.append(Scope(_behind(text, match.start(), end), match.start(), status, match.group()))
    return sorted(found)


def _start(scope: Scope) -> int:
    return scope.start


def _ahead(text: str, start: int, end: re.Pattern[str]) -> int:
    """Where a scope that opens here closes: at the sentence's end or the next word that turns the clause."""
    hard = _HARD.search(text, start, start + REACH)
    stop = hard.start() if hard else min(len(text), start + REACH)
    soft = end.search(text, start + 1, stop)
    return soft.start() if soft else stop


def _behind(text: str, start: int, end: re.Pattern[str]) -> int:
    """Where the clause that ends here began."""
    begin = max(0, start - REACH)
    for pattern in (_HARD, end):
        for match in pattern.finditer(text, begin, start):
            begin = match.end()
    return begin


def status_at(found: list[Scope], start: int, end: int) -> tuple[str, str]:
    """The status of a mention and the cue that gives it; ("present", "") where none does."""
    over = []
    for i in range(bisect_right(found, start, key=_start) - 1, -1, -1):
        scope = found[i]
        if scope.start < start - 2 * REACH:
            break
        if end <= scope.end + 1:
            over.append(scope)
    for status in ("family", "hypothetical", "absent", "uncertain"):
        for scope in over:
            if scope.status == status:
                return status, scope.cue
    return "present", ""
