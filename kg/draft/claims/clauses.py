"""Clauses: a verb of effect with what stands before and after it, active and passive, and what further verbs share with it.

>>> [(f.effect, f.subject, f.object) for f in read_clauses("<0>, which inhibits <1>, also reduces <2>, leading to <3>.")]
[('inhibits', '<0>', '<1>'), ('decreases', '<0>', '<2>'), ('leads-to', '<0>', '<3>')]
>>> [(f.effect, f.subject, f.object) for f in read_clauses("<1> is blocked by <0>; after <2>, <3> decreases.")]
[('blocks', '<0>', '<1>'), ('decreases', '<2>', '<3>')]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.claims.lexicon import Form, nouns, verbs, words_of

_TOKEN = re.compile(r"<[\d@~+-]+>|[a-z][a-z'’-]*|\S")
_BE = words_of("be")
_AUX = words_of("auxiliary")
_FINITE = words_of("finite")
_NEGATIVE = words_of("negative")
_RELATIVE = words_of("relative")
_SHARING = words_of("sharing")
_BY = words_of("means")
_INSIDE = words_of("inside")
#: What may follow an object; any other word is the head of a noun phrase that the object is only a part of.
_GOES_ON = words_of("goes-on")
_AGENT = words_of("agent")
_ITEMS = re.compile(r"(?:[a-z][a-z-]*(?: [a-z][a-z-]*){0,2}(?: ?, (?:and |or )?| and | or )){1,4}\Z")


class Found(NamedTuple):
    """One assertion over marks.

    Attributes:
        within: the disease it is said of; via: a mark that must be a process, by means of which it comes about.
        affirmed: whether its negation has been looked for already.
    """

    effect: str
    subject: str
    object: str
    verb: tuple[int, int]
    within: str = ""
    via: str = ""
    hedge: str = ""
    affirmed: bool = False


class _Clause:
    """The tokens of a sentence, and what was said last in it."""

    def __init__(self, text: str) -> None:
        matches = list(_TOKEN.finditer(text))
        self.words = [m.group() for m in matches]
        self.spans = [m.span() for m in matches]
        self.subject = ""  # of the verb before
        self.end = -1  # the token with which its object ends

    def is_mark(self, k: int) -> bool:
        return 0 <= k < len(self.words) and self.words[k][0] == "<" and self.words[k] != "<->"


def read_clauses(text: str) -> list[Found]:
    """What the verbs of a sentence say, in text order.

    Args:
        text: in small letters, as `kg.draft.claims.phrases.gather` leaves it.
    """
    table = verbs()
    clause = _Clause(text)
    found: list[Found] = []
    agent = _agent(clause)
    for i, word in enumerate(clause.words):
        for form in table.get(word, ()):
            end = i + 1 + len(form.rest)
            if tuple(clause.words[i + 1 : end]) == form.rest:
                found += _said(clause, i, end, form, agent)
                break
    return found


def _said(clause: _Clause, i: int, end: int, form: Form, agent: str) -> list[Found]:
    """What one verb says."""
    words = clause.words
    j, passive, negative = _back(clause, i)
    if negative:
        return []
    span = (clause.spans[i][0], clause.spans[end - 1][1])
    if form.form == "ed" and (
        passive or j == i - 1 and (clause.is_mark(j) or j > 0 and words[j] == ",") and end < len(words) and words[end] == "by"
    ):
        return _passive(clause, i, j, end, form, agent, span)
    if form.form == "ed" and passive:
        return []
    target = _object(clause, end)
    if target is None:
        if (
            agent
            and form.effect in ("decreases", "upregulates")
            and form.form in ("s", "base", "ed")
            and clause.is_mark(j)
            and _stands_free(clause, j, agent)
        ):
            return [_done(clause, form.effect, agent, words[j], j, span)]
        return []
    k, within = target
    subject = _subject(clause, i, j, form)
    if not subject:
        return []
    means = _means(clause, k, form.effect, subject, words[k])
    made = [Found(form.effect, subject, words[k], span, within, next((m.via for m in means), "")), *means]
    clause.subject, clause.end = subject, k
    return made


def _passive(clause: _Clause, i: int, j: int, end: int, form: Form, agent: str, span: tuple[int, int]) -> list[Found]:
    words = clause.words
    if j > 0 and words[j] == "," and j == i - 1 and clause.is_mark(j - 1) and form.effect == "leads-to":
        j -= 1  # `<0>, caused by <1>, ...`
    if not clause.is_mark(j) or form.rest:
        return []
    k = end
    while k < len(words) and words[k].endswith("ly"):
        k += 1
    if k < len(words) - 1 and words[k] in ("by", "with", "following", "after", "upon", "during"):
        goal = _object(clause, k + 1)
        if goal is None or words[k] == "with" and form.effect == "leads-to":
            return []
        return [_done(clause, form.effect, words[goal[0]], words[j], goal[0], span)]
    if agent and agent != words[j] and form.effect != "leads-to" and _stands_free(clause, j, agent):
        return [_done(clause, form.effect, agent, words[j], j, span)]
    return []


def _done(clause: _Clause, effect: str, subject: str, object_: str, end: int, span: tuple[int, int]) -> Found:
    clause.subject, clause.end = subject, end
    return Found(effect, subject, object_, span)


def _back(clause: _Clause, i: int) -> tuple[int, bool, bool]:
    """The token that the auxiliaries before a verb follow on, whether they are those of a passive, and whether they deny."""
    j, negative, passive = i - 1, False, False
    first = True
    while j >= 0:
        word = clause.words[j]
        if word in _NEGATIVE:
            negative = True
        elif not (word in _AUX or word.endswith("ly")):
            break
        elif first and not word.endswith("ly") and word not in ("also", "often", "usually", "then", "thus", "even", "both"):
            passive, first = word in _BE, False
        if word in ("and", "that"):
            break
        j -= 1
    return j, passive, negative


def _subject(clause: _Clause, i: int, j: int, form: Form) -> str:
    """The mark that acts; "" where that is not plain."""
    words = clause.words
    if form.form == "ing" and j >= 0 and words[j] in _BY:
        return _of_means(clause, i, j)
    while j >= 0 and words[j] in _RELATIVE:
        j -= 1
        if j >= 0 and words[j] == ",":
            j -= 1
    if clause.is_mark(j):
        if clause.subject and j == clause.end and (form.form == "ing" or words[j + 1] == "and"):
            return clause.subject  # `<0> inhibits <1> and reduces <2>`
        return words[j] if _is_head(clause, j) else ""
    if (
        clause.subject
        and clause.end >= 0
        and j > clause.end
        and all(w in _SHARING or w.endswith("ly") for w in words[clause.end + 1 : j + 1])
    ):
        return clause.subject
    if (
        clause.subject
        and j >= 0
        and words[j] in _SHARING
        and form.form in ("ing", "s", "base")
        and not any(clause.is_mark(k) for k in range(clause.end + 1, j))
    ):
        between = words[clause.end + 1 : j]
        return clause.subject if between[:1] and between[0] in _INSIDE and len(between) < 7 and form.form == "ing" else ""
    if words[j] == "," and j > 1:  # `<0>, an old drug, inhibits <1>`
        opening = max((k for k in range(j) if words[k] == ","), default=-1)
        if (
            opening > 0
            and clause.is_mark(opening - 1)
            and words[opening + 1] in ("a", "an", "the", "which", "one", "another")
            and j - opening < 14
        ):
            return words[opening - 1] if _is_head(clause, opening - 1) else ""
    return ""


def _of_means(clause: _Clause, i: int, j: int) -> str:
    """Who acts `by blocking <1>`: the subject of the verb before, the first mark of the sentence, or what follows the comma."""
    words = clause.words
    if j == 0:
        goal = _object(clause, i + 1)
        k = goal[0] + 1 if goal else len(words)
        return words[k + 1] if k + 1 < len(words) and words[k] == "," and clause.is_mark(k + 1) else ""
    if clause.subject:
        return clause.subject
    first = next((k for k in range(j) if clause.is_mark(k)), -1)
    return words[first] if first >= 0 and _is_head(clause, first) else ""


def _is_head(clause: _Clause, j: int) -> bool:
    """Whether a mark is what its clause is about: not after a preposition, nor a predicate, nor the end of a longer name."""
    words = clause.words
    if j and words[j - 1].endswith("ing") and words[j - 1] not in _INSIDE:
        return False  # `withholding <0>`: what is done to it acts
    for k in range(j - 1, max(-1, j - 4), -1):
        word = words[k]
        if word == "as" and k and words[k - 1] == ",":
            return True
        if word in _INSIDE or word == "anti":
            return False
        if word in _BE or word in ("a", "an") and k and words[k - 1] in _BE:
            return False
        if (
            word in (",", ";", ":", "(", "and", "but", "that", "while", "whereas", "because", "although", "since", "when", "which")
            or word[0] == "<"
        ):
            return True
    return j == 0 or j < 4 or words[j - 1] in ("both", "the", "these")


def _stands_free(clause: _Clause, j: int, agent: str) -> bool:
    """Whether a mark is not the agent and no preposition stands before it."""
    return clause.words[j] != agent and _is_head(clause, j)


def _object(clause: _Clause, k: int) -> tuple[int, str] | None:
    """The mark that a verb acts on, and the disease that it is said to do so in; None where none follows at once."""
    words = clause.words
    start = k
    while (
        k < len(words)
        and k - start < 9
        and words[k] != "<->"
        and words[k][0] != "<"
        and (words[k].isalpha() or words[k] == "," or "-" in words[k])
    ):
        k += 1
    if not clause.is_mark(k):
        return None
    between = [w for w in words[start:k] if not w.endswith("ly") and w not in ("the", "a", "an", "both", "its", "their", "also")]
    if between and not _ITEMS.fullmatch(" ".join(between) + " "):
        return None
    if any(w in _INSIDE or w in _BE or w in verbs() for w in between):
        return None
    after = words[k + 1] if k + 1 < len(words) else "."
    if between and (after in _FINITE or any(f.form in ("s", "base") for f in verbs().get(after, ()))):
        return None  # `causes unknown, and <1> has been seen`: the mark opens another clause
    if after[0].isalpha() and after not in _GOES_ON and after not in verbs() and not after.endswith("ly"):
        return None
    within = words[k + 2] if after in ("in", "of") and clause.is_mark(k + 2) else ""
    return k, within


def _means(clause: _Clause, k: int, effect: str, subject: str, object_: str) -> list[Found]:
    """`... by inhibition of <2>`, `... through <3>`: what the subject does so that the rest comes about."""
    words = clause.words
    by = k + 1
    if by >= len(words) or words[by] not in _BY:
        return []
    n = by + 1
    while n < len(words) and (words[n] in ("the", "a", "an") or words[n].endswith(("ive", "ent", "al"))):
        n += 1
    if n + 2 < len(words) and words[n] in nouns() and words[n + 1] in ("of", "in") and clause.is_mark(n + 2):
        return [Found(nouns()[words[n]], subject, words[n + 2], clause.spans[n])]
    if clause.is_mark(n) and "+" not in words[n]:
        via = words[n]
        return [Found("leads-to", subject, via, clause.spans[by], via=via), Found(effect, via, object_, clause.spans[by], via=via)]
    return []


def _agent(clause: _Clause) -> str:
    """What a sentence opens with as the cause of what follows: `After <0>, ...`."""
    words = clause.words
    for k in range(min(4, len(words))):
        if words[k] in _AGENT:
            n = k + 1
            while n < len(words) and words[n].isalpha() and n - k < 4:
                n += 1
            if clause.is_mark(n):
                m = n + 1
                while m < len(words) and words[m].isalpha() and m - n < 4:
                    m += 1
                return words[n] if m < len(words) and words[m] == "," else ""
    for k in range(len(words) - 1):
        if words[k] in ("following", "after", "upon") and clause.is_mark(k + 1) and k > 2 and words[k - 1] not in (",",):
            return words[k + 1]
    return ""
