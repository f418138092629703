"""Mentions of findings, diseases and examinations → statements with status, time, site and side."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.ground import find_terms, named
from kg.draft.words import rows_of
from kg.terms import load_terms

_SITE_LINK = re.compile(
    r"\s*,?\s*(?:(?:were|was|are|is)\s+(?:also\s+)?(?:noted|seen|observed|present|found)\s+)?(?:mainly\s+|"
    r"predominantly\s+)?(?:of|on|over|overlying|in|at|involving|affecting|around)\s+(?:the\s+|her\s+|"
    r"his\s+|both\s+|bilateral\s+|left\s+|right\s+)*",
    re.I,
)
_SIDE = (
    ("bilateral", re.compile(r"\bbilateral(?:ly)?\b|\bboth\b", re.I)),
    ("left", re.compile(r"\bleft\b", re.I)),
    ("right", re.compile(r"\bright\b", re.I)),
)
_HISTORY = re.compile(
    r"\b(?:(?:past|previous|medical|personal|prior)\s+(?:medical\s+)?history|history of|known (?:case "
    r"of|to have)|previously (?:diagnosed|treated)|had undergone|status post|was being treated for|background "
    r"of)\b",
    re.I,
)
_FAMILY = re.compile(r"\bfamily history\b|\b(?:mother|father|sister|brother|uncle|aunt|grand\w+|siblings?|parents|cousins?)\b", re.I)
_SEVERITY = re.compile(r"\b(mild|moderate|severe|marked|profound|slight)(?:ly)?\s+(?:to\s+(?:moderate|severe)\s+)?\Z", re.I)
_GRADE = re.compile(r"\b[0-5][+-]?/5\b")


def sites_after(text: str, end: int, stop: int) -> list[str]:
    """The parts of the body that a mention is said to be at, as term strings; only where they follow directly.

    Example:
    >>> sites_after("ulcers on the buccal mucosa and fever", 6, 37)
    ['UBERON:0006956 ! buccal mucosa']
    """
    link = _SITE_LINK.match(text, end, min(stop, end + 60))
    if not link:
        return []
    terms = load_terms()
    found, at = [], link.end()
    for a, b, curie in find_terms(text, ("UBERON",), at, min(stop, at + 120)):
        between = text[at:a]
        if not re.fullmatch(
            r"[\s,]*(?:(?:and|or|both|the|her|his|left|right|upper|lower|palmar|lateral|medial|dorsal|aspects?|"
            r"surfaces?|sides?|skin|of|on)[\s,]*)*",
            between,
            re.I,
        ) or re.search(r"\b(?:upper|lower)\b", between):
            break
        found.append(str(terms.term(curie)))
        at = b
    return list(dict.fromkeys(found))[:5]


def side_of(text: str, start: int, end: int, clause: tuple[int, int]) -> str | None:
    """Bilateral, left or right, where just one of them stands in or right beside the mention."""
    near = text[max(clause[0], start - 22) : min(clause[1], end + 40)]
    near = near[: near.find(",", end - max(clause[0], start - 22))] if "," in near[end - max(clause[0], start - 22) :] else near
    sides = [name for name, pattern in _SIDE if pattern.search(near)]
    return sides[0] if len(sides) == 1 else None


def is_history(text: str, start: int, sentence: tuple[int, int]) -> str | None:
    """ "condition" or "family" where the mention is told as history, else None."""
    before = text[sentence[0] : start]
    found = None
    for match in _HISTORY.finditer(before):
        found = match
    if (
        found
        and not re.search(r"\b(?:presented|admitted|complain\w+|developed|referred|showed|was seen|who had)\b", before[found.end() :], re.I)
        and not re.search(
            r"\d+[- ](?:day|week|month|hour|year)s?[- ]+\Z|\b(?:day|week|month|hour|year)s?['’]?\s+\Z", before[: found.start()], re.I
        )
    ):
        return "family" if _FAMILY.search(before) and "family" in before[: found.end()].lower() else "condition"
    return None


def severity_of(text: str, start: int) -> str | None:
    match = _SEVERITY.search(text[max(0, start - 30) : start])
    return match.group(1).lower() if match else None


def grade_of(text: str, end: int, stop: int) -> str | None:
    """A muscle strength grade printed right after a mention of weakness."""
    match = _GRADE.search(text[end : min(stop, end + 50)])
    return match.group() if match else None


class Procedure(NamedTuple):
    start: int
    end: int
    words: str
    curie: str
    site: str


@lru_cache(maxsize=1)
def _procedures() -> list[tuple[re.Pattern[str], str, str]]:
    terms, out = load_terms(), []
    for row in rows_of("procedures.tsv"):
        pattern, label, site = (*row, "", "")[:3]
        curie = next((c for c, _ in terms.find_by_name(label) if c.split(":")[0] in ("MAXO", "OBI")), "") if label else ""
        place = named(site.partition(":")[2], ("UBERON",)) or "" if site else ""
        out.append((re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.I if not pattern.isupper() else 0), curie, place))
    return out


_ANY_PROCEDURE = re.compile(
    r"(?i)examin|x-?ray|radiog|skeletal survey|films|CT\b|tomog|MRI|magnetic|PET|ultraso|sonog|echo|ECG|"
    r"EKG|EEG|EMG|electro|conduction|puncture|scop|mammo|biops|aspirat|function test|spiromet|imaging|"
    r"culture|urinalysis|karyo|chromosom|exome|genetic|autops"
)
_NORMAL = re.compile(r"\b(?:normal|unremarkable|within normal limits|no abnormalit(?:y|ies))\b", re.I)
_NEGATIVE = re.compile(r"\b(?:negative|no (?:features?|evidence|signs?)|did not (?:show|reveal)|ruled out|excluded|no growth)\b", re.I)
_POSITIVE = re.compile(r"\bpositive\b", re.I)
_SHOWS = re.compile(
    r"\b(?:show(?:ed|s|ing)?|reveal(?:ed|s|ing)?|disclosed?|demonstrat(?:ed|es|ing)|confirmed|identified|"
    r"detected|was consistent with|suggested)\b",
    re.I,
)
_LOOKS_FOR = re.compile(r"\bno (?:features?|evidence|signs?) of\s+", re.I)


def read_procedures(text: str, start: int, end: int) -> list[Procedure]:
    """The examinations named in a sentence."""
    if not _ANY_PROCEDURE.search(text, start, end):
        return []
    found: list[Procedure] = []
    for pattern, curie, site in _procedures():
        for match in pattern.finditer(text, start, end):
            if not any(p.start < match.end() and match.start() < p.end for p in found):
                found.append(Procedure(match.start(), match.end(), " ".join(match.group().split()), curie, site))
    return sorted(found)


def outcome_of(text: str, after: int, end: int) -> tuple[str, str | None]:
    """How an examination came out, and the authors' words for it."""
    rest = text[after:end]
    stop = re.search(r"[;]|,\s+(?:and|but|while|whereas)\s", rest)
    rest = rest[: stop.start()] if stop else rest
    shows = _SHOWS.search(rest)
    outcome = (
        "negative"
        if _NEGATIVE.search(rest)
        else "normal"
        if _NORMAL.search(rest) and not shows
        else "positive"
        if _POSITIVE.search(rest)
        else "abnormal"
        if shows
        else "not-stated"
    )
    result = " ".join(rest[(shows.end() if shows else 0) :].split()).strip(" .,")
    return outcome, (result[:200].strip() or None) if outcome != "not-stated" else None


def looked_for(text: str, start: int, end: int) -> list[str]:
    """The diseases that an examination found no sign of, as term strings."""
    match = _LOOKS_FOR.search(text, start, end)
    if not match:
        return []
    hits = find_terms(text, ("MONDO",), match.end(), min(end, match.end() + 60))
    words = text[match.end() : match.end() + 11].lower()
    curie = (
        hits[0][2]
        if hits and hits[0][0] - match.end() < 4
        else named("cancer", ("MONDO",))
        if words.startswith(("malignan", "cancer"))
        else None
    )
    return [str(load_terms().term(curie))] if curie else []
