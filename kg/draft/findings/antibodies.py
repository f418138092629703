"""Antibody tests and their results.

>>> text = "ANA was positive (1/640) and anti-Jo1 was negative."
>>> [(a.words, a.result, a.titre) for a in read_antibodies(text, 0, len(text))]
[('ANA', 'positive', '1/640'), ('anti-Jo1', 'negative', '')]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.names.hpo import hp
from kg.draft.patterns.first_words import alternatives
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import ManyOpenings, Stems, patterns_of


class Antibody(NamedTuple):
    start: int
    end: int
    words: str
    curie: str
    result: str  # positive, negative, not-tested
    titre: str
    printed: str = ""  # the value and its range, as printed in the bracket after the result


_RESULT = re.compile(
    r"(?P<no>(?:was|were|has been|have been|had been|could)\s+not\s+(?:be\s+)?(?:tested|performed|done|available|measured|obtained|sent|carried out|determined|checked|assessed)|not tested)|(?P<neg>\bnegativ(?:e|ity)\b|"
    r"\babsent\b|\bnon-?reactive\b|\bnot (?:present|positive|found|elevated)\b|\bnot detected\b|\bundetectable\b|\b(?:was|were) normal\b)|(?P<pos>\bpositiv\w+\b|\bdetected\b|"
    r"\bpresent\b|\belevated\b|\b1\s?[:/]\s?\d{2,5}\b)",
    re.I,
)
_VALUE = re.compile(r"[^.;]{0,60}?\(\s*((?:[<>≤≥]\s?)?\d[^()]{0,60})\)")
#: A value and the limit of the normal: `were 540 IU/mL (normal <35)`.
_AGAINST = re.compile(
    r"\s*(?:titres?|titers?|levels?)?\s*(?:was|were|of|at|:|=)?\s*[<>]?\s*(?P<value>\d[\d,]*(?:\.\d+)?)\s*[A-Za-zµ/]{1,8}\s*[\[(](?:normal|reference|ref\.?|cut-?off|range|value|\s|,|:)*<\s*(?P<limit>\d[\d,]*(?:\.\d+)?)",
    re.I,
)
_BUT_FOR = re.compile(r",?\s+(?:except|apart from|other than|with the exception of)\s+(?:for\s+)?(?:the\s+)?", re.I)
_TITRE = re.compile(r"\b1\s?[:/]\s?\d{2,5}\b")


@patterns_of
def _antibodies() -> tuple[ManyOpenings, list[str]]:
    """The patterns of the tests, and the term of each."""
    rows = rows_of("antibodies.tsv")
    patterns = [re.compile(rf"(?<![\w-])(?:{words})", re.I if "\\b" not in words or len(words) > 20 else 0) for words, _ in rows]
    return ManyOpenings(patterns), [hp(label) for _, label in rows]


_ANTIBOD = Stems("antibod")
#: After a target: it is that of antibodies. Before one: so are all of a list.
_ANTIBODIES = re.compile(
    r"(?:[\s-]receptor)?(?:(?:,|,?\s+and|,?\s+or)\s+[\w-]+(?:[\s-]receptor)?){0,3}[\s-]+(?:Ig[AGM]\s+)?(?:auto-?)?antibod(?:y|ies)\b", re.I
)
_ANTIBODIES_TO = re.compile(
    r"\b(?:auto-?)?antibod(?:y|ies)\s+(?:\([^()]{1,20}\)\s+)?(?:to|against|for|directed against)\s+(?:(?!was\b|were\b|is\b|are\b|but\b|with\b)[^.;:]){0,90}\Z",
    re.I,
)


@patterns_of
def _targets() -> tuple[ManyOpenings, list[str]]:
    """The patterns of what antibodies are to, named without `anti-`, and the term of each."""
    patterns, curies = [], []
    for words, label in rows_of("antibodies.tsv"):
        for each in alternatives(words):
            target = each.removeprefix("anti-?")
            if target != each and (target[0].isalnum() or target.startswith("(?:glut")):
                flags = re.I if "\\b" not in each and len(target) > 5 else re.NOFLAG
                patterns.append(re.compile(rf"(?<![\w-])(?:{target})(?![\w])", flags))
                curies.append(hp(label))
    return ManyOpenings(patterns), curies


def _of_targets(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Tests named by what the antibodies are to: `thyroid peroxidase antibodies`, `antibodies to X and Y`."""
    patterns, curies = _targets()  # made with the first sentence: a pattern added later makes the words be looked at anew
    if not _ANTIBOD.search(text, start, end):
        return []
    found = []
    for number, match in patterns.finditer(text, start, end):
        own = _ANTIBODIES.match(text, match.end(), end)
        if curies[number] and (own or _ANTIBODIES_TO.search(text, max(start, match.start() - 120), match.start())):
            alone = own is not None and not re.search(r",|\sand\s|\sor\s", own.group())
            found.append((match.start(), own.end() if own and alone else match.end(), curies[number]))
    return found


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
    for first, last, curie in _of_targets(text, start, end):
        if not any(a < last and first < b for a, (b, _) in hits.items()):
            hits[first] = last, curie
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
    if before and before.group("neg") and _BUT_FOR.fullmatch(text, before.end(), at):
        return "positive"  # "all negative except anti-Ro"
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
    against = _AGAINST.match(text, stop, end)
    if against and (not chosen or chosen.start() > against.end()):
        return "positive" if float(against["value"].replace(",", "")) >= float(against["limit"].replace(",", "")) else "negative"
    if not chosen:
        return None
    return "not-tested" if chosen.group("no") else "negative" if chosen.group("neg") else "positive"
