"""Which stretches of a text deny, doubt or attribute to others what they mention.

>>> text = "She denied fever or cough but had rash. Her mother had asthma."
>>> [(text[s.start:s.end].strip(), s.status) for s in scopes(text)]
[('fever or cough', 'absent'), ('asthma', 'family')]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from kg.draft.patterns.first_words import alternatives, first_words
from kg.draft.patterns.lists import any_of, rows_of
from kg.draft.patterns.openings import Alternatives, Openings, patterns_of, whole_words

REACH = 220  # characters that a cue governs at most
_HARD = re.compile(r"[;:]|[.?!](?=\s|\Z)|\n\s*\n|\n(?=\s*[•*·‒–-]\s)")
#: What stands before is a clause of its own inside the sentence: `enzymes measured after the pain recurred` were normal.
_ENDS_CLAUSE = re.compile(
    r"\b(?:after|before|when|while|since|until|once) (?:the |her |his |their |a |an )?[^,.;:()]{1,50} (?:[a-z]{3,}(?<!n)ed|began|arose|came|rose|started|ceased)\s+\Z",
    re.I,
)


class Scope(NamedTuple):
    """A governed stretch and what it says of the findings in it; `cue` is the word that says so."""

    start: int
    end: int
    status: str  # absent, uncertain, family, family-absent (no relative has it), hypothetical
    cue: str


#: Of cues that begin at one word the first kind is tried first.
_ORDER = ("pseudo", "post", "list", "pre", "next", "label", "end")
#: What ends a list of which the same is said; "due to" and "with" do not: `splenic infarction due to emboli, abscess`.
_TURNS = "but|however|although|though|whereas|until|unless|he|she|they|it|we|showed|revealed|demonstrated|underwent|was|were"
#: What ends the few words that a cue like `maternal` goes with.
_PHRASE = re.compile(r"[,;:()]|\.\s|\b(?:and|or|in|at|on|during|of|for|from|to|with|before|after|side)\b", re.I)
_AND_A = re.compile(r"and (?:a|an|the) ", re.I)
#: A clause before the main one, up to where we are; and how the main one begins.
_CONCEDES = re.compile(
    r"(?:\A|[.;:?!]\s+|\n)(?:Although|Though|Even though|While|Because|Since|As|When|If|Given|Despite|Due to|In view of)\b[^.;:,]*\Z"
)
_NEW_SUBJECT = re.compile(r",\s+(?:the|a|an|his|her|its|their|our|this|these|there|he|she|it|we|they)\s", re.I)
#: After `absent` as a label's answer: nothing more is said.
_ANSWERED = re.compile(r"\s*(?:[.,;)\n]|\Z)")


_DIFFERENTIAL = whole_words("differential|differentials|ddx")


class _Cues(NamedTuple):
    opening: Openings  # all cues but those that end a scope
    groups: dict[str, tuple[str, str]]  # name of a group of the pattern → where it governs, and the status
    ending: Openings  # the words that end a scope
    turning: Openings  # those of them that end a list, too


@patterns_of
def _cues() -> _Cues:
    groups: dict[str, tuple[str, str]] = {}
    cues: list[tuple[str, str]] = []  # group, cue
    ending = ""
    for where, status, words in sorted(rows_of("cues.tsv"), key=lambda row: _ORDER.index(row[0])):
        if where == "end":
            ending = words
            continue
        name = f"g{len(groups)}"
        groups[name] = where, status
        cues += [(name, cue) for cue in alternatives(words)]

    def written(some: Sequence[int]) -> str:
        parts = groupby((cues[n] for n in some), key=itemgetter(0))
        return rf"(?<![\w-])(?:{'|'.join(rf'(?P<{name}>{_either([cue for _, cue in part])})' for name, part in parts)})(?![\w-])"

    assert ending, "cues.tsv has no line of words that end a scope"
    ending_words = whole_words(_either(alternatives(ending)), first_words(ending))
    return _Cues(Alternatives([cue for _, cue in cues], written), groups, ending_words, whole_words(_TURNS))


def _either(cues: list[str]) -> str:
    """A pattern of some cues; those that are patterns themselves first, the longest of them before the others."""
    plain = [cue for cue in cues if cue.replace(" ", "").replace("-", "").isalpha()]
    rest = sorted(set(cues) - set(plain), key=lambda cue: (-len(cue), cue))
    return "|".join([*(cue.replace(" ", r"\s+") for cue in rest), *([any_of(plain)] if plain else [])])


def scopes(text: str) -> list[Scope]:
    """The governed stretches, in text order; they may overlap."""
    opening, groups, ending, turning = _cues()
    found = []
    for match in opening.finditer(text):
        where, status = groups[str(match.lastgroup)]
        if where == "pre":
            found.append(Scope(match.end(), _in_clause(text, match, _ahead(text, match.end(), ending)), status, match.group()))
        elif where == "list":
            found.append(Scope(match.end(), _ahead(text, match.end(), turning), status, match.group()))
        elif where == "next":
            stop = _ahead(text, match.end(), ending)
            phrase = _PHRASE.search(text, match.end(), stop)
            found.append(Scope(match.end(), phrase.start() if phrase else stop, status, match.group()))
        elif where == "label":
            found += _labelled(text, match, status, ending)
        elif where == "post" and not _ENDS_CLAUSE.search(text, max(0, match.start() - 90), match.start()):
            found.append(
                Scope(_main_clause(text, _behind(text, match.start(), ending), match.start()), match.start(), status, match.group())
            )
    return sorted(found + _listed(text))


#: A heading of what is considered, and the lines under it that are numbered or have bullets.
_HEADED = re.compile(
    r"^[ \t]*(?:differential diagnos[ei]s|differentials|ddx)[ \t]*:?[ \t]*\n(?P<items>(?:[ \t]*(?:\d{1,2}[.)]|[•*·–-])[^\n]*(?:\n|\Z))+)",
    re.I | re.M,
)


def _listed(text: str) -> list[Scope]:
    """The lists headed `Differential diagnosis`.

    Example:
    >>> text = "Differential diagnosis:\\n1. Gout\\n2. Rash\\nShe had fever."
    >>> [(text[s.start:s.end], s.status) for s in scopes(text)]
    [('1. Gout\\n', 'hypothetical'), ('2. Rash\\n', 'hypothetical')]
    """
    if "\n" not in text or not _DIFFERENTIAL.search(text):
        return []
    found = []
    for match in _HEADED.finditer(text):
        at = match.start("items")
        for line in match["items"].splitlines(keepends=True):
            found.append(Scope(at, at + len(line), "hypothetical", "differential diagnosis"))
            at += len(line)
    return found


def _in_clause(text: str, cue: re.Match[str], stop: int) -> int:
    """Where the clause of a cue ends, if that is before its scope would.

    A clause that begins with `although` ends at its comma; and in `without X, Y, and a Z` only X is denied.

    Example:
    >>> text = "Although he had no rash, the gout was seen. He had pain without rash, gout, and a cough."
    >>> [text[s.start:s.end].strip() for s in scopes(text)]
    ['rash', 'rash']
    """
    comma = text.find(",", cue.end(), stop)
    if comma < 0:
        return stop
    if cue.group().lower() == "without":
        return comma if _AND_A.match(text, stop) else stop
    opened = _CONCEDES.search(text, max(0, cue.start() - 90), cue.start())
    return comma if opened and _NEW_SUBJECT.match(text, comma) else stop


def _main_clause(text: str, start: int, stop: int) -> int:
    """Where the main clause of a stretch begins, after one like `although he had gout, ...`."""
    comma = text.rfind(",", start, stop)
    opened = comma > 0 and _CONCEDES.search(text, max(0, text.rfind(".", 0, start)), text.find(",", start, stop))
    return comma + 1 if opened else start


def _labelled(text: str, match: re.Match[str], status: str, ending: Openings) -> list[Scope]:
    """What `absent` and the like answer: the label before a colon, or the words right before; none where more follows.

    Example:
    >>> text = "Fever: absent. Thickened nerves, wasting absent."
    >>> [text[s.start:s.end].strip() for s in scopes(text)]
    ['Fever', 'wasting']
    """
    if not _ANSWERED.match(text, match.end()):
        return []
    stop = match.start()
    label = text[:stop].rstrip(" \t")
    if label.endswith(":"):
        stop = len(label) - 1
    elif match.group().lower() != "absent":
        return []
    start = _behind(text, stop, ending)
    return [Scope(max(start, text.rfind(",", start, stop) + 1), stop, status, match.group())]


def _start(scope: Scope) -> int:
    return scope.start


def _ahead(text: str, start: int, ending: Openings) -> int:
    """Where a scope that opens here closes: at the sentence's end or the next word that turns the clause."""
    hard = _HARD.search(text, start, start + REACH)
    stop = hard.start() if hard else min(len(text), start + REACH)
    soft = ending.search(text, start + 1, stop)
    return soft.start() if soft else stop


def _behind(text: str, start: int, ending: Openings) -> int:
    """Where the clause that ends here began."""
    begin = max(0, start - REACH)
    for pattern in (_HARD, ending):
        for match in pattern.finditer(text, begin, start):
            begin = match.end()
    return begin


_RULED_OUT = re.compile(r"excluded|ruled out", re.I)
#: What brought somebody: a complaint after one of these is one that there is, a disease is only looked for.
_REASONS = frozenset(("evaluated for", "investigated for", "assessed for", "reviewed for", "examined for"))


def is_reason(cue: str) -> bool:
    """Whether a cue of what is hypothetical gives the reason of an examination.

    Example:
    >>> is_reason("evaluated for"), is_reason("tested for")
    (True, False)
    """
    return " ".join(cue.lower().split()) in _REASONS


def status_at(found: list[Scope], start: int, end: int) -> tuple[str, str]:
    """The status of a mention and the cue that gives it; ("present", "") where none does.

    Example:
    >>> text = "No family history of asthma. Her mother had no gout."
    >>> [status_at(scopes(text), text.find(word), text.find(word) + 4) for word in ("asthma", "gout")]
    [('family-absent', 'No family history of'), ('family-absent', 'no')]
    """
    over = []
    for i in range(bisect_right(found, start, key=_start) - 1, -1, -1):
        scope = found[i]
        if scope.start < start - 2 * REACH:
            break
        if end <= scope.end + 1:
            over.append(scope)
    for status in ("family-absent", "family", "hypothetical", "absent", "uncertain"):
        for scope in over:
            if scope.status == status:
                denied = next((s for s in over if s.status == "absent" and s.start >= scope.start), None) if status == "family" else None
                if status == "hypothetical" and (out := next((s for s in over if s.status == "absent" and _RULED_OUT.search(s.cue)), None)):
                    return "absent", out.cue
                return ("family-absent", denied.cue) if denied else (status, scope.cue)
    return "present", ""
