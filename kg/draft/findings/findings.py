"""What is told of a mention: site, side, severity, and whether it is history."""

from __future__ import annotations

import re

from kg.draft.names.ground import find_terms
from kg.draft.patterns.openings import Openings
from kg.draft.patterns.stems import stems
from kg.terms import load_terms

_SITE_LINK = re.compile(
    r"\s*,?\s*(?:(?:were|was|are|is)\s+(?:also\s+)?(?:noted|seen|observed|present|found)\s+)?(?:mainly\s+|"
    r"predominantly\s+)?(?:of|on|over|overlying|in|at|involving|affecting|around)\s+(?:the\s+|her\s+|"
    r"his\s+|both\s+|bilateral\s+|left\s+|right\s+)*",
    re.I,
)
_SIDE = (
    ("bilateral", re.compile(r"\bbilateral(?:ly)?\b|\bboth\b(?! (?:for|of which|were|was|are|had|with|in|at|by|from|to|on|as)\b)", re.I)),
    ("left", re.compile(r"\bleft\b", re.I)),
    ("right", re.compile(r"\bright\b", re.I)),
)
_AND = re.compile(r"(?:\s|\A)(?:and|with|or|that|which|radiating|radiated|extending|spreading|shooting)\s", re.I)
_HISTORY = re.compile(
    r"\b(?:(?:past|previous|medical|personal|prior|surgical|clinical|obstetric(?:al)?)\s+(?:medical\s+|surgical\s+)?history(?:,?\s+(?:which|that))?(?:\s+(?:revealed|reveals|showed))?|PMH|(?:(?<=her )|(?<=his )|(?<=whose )|(?<=['’]s ))history\s+(?:includ(?:ed|es|ing)|comprised|consisted of)|history of|history (?:was |is )?(?:significant|notable|remarkable|positive) for|"
    r"known (?:case of|to have|history of|patient with)|(?:previously|already|recently) (?:been )?(?:diagnosed|treated)|had (?:previously )?been (?:diagnosed|treated|operated)|had undergone|status post|"
    r"was being treated for|background of|comorbidit(?:y|ies)|co-morbidit(?:y|ies)|pre-?existing|medical background|underlying (?=[a-z]+ (?:disease|cirrhosis|cancer|diabetes)))\b",
    re.I,
)
#: One of these stands in each alternative of it.
_MAY_BE_HISTORY = stems("history")
#: Before "history" that nothing follows: there is none.
_NONE = re.compile(
    r"\b(?:no|without|unremarkable)\s+(?:(?:any|significant|relevant|known|notable|remarkable|particular|other|pertinent|past|previous|prior|major|specific)\s+){0,3}\Z",
    re.I,
)
_OF = re.compile(r"\s+(?:(?:was|is)\s+\w+,?\s+)?(?:of|for|other|except|apart|but|besides|aside)\b|\s*[:(]", re.I)
_NOW_TOO = re.compile(r"\bat (?:the time of )?(?:her |his |the )?(?:presentation|admission)\b", re.I)
_FOUND_BEFORE = re.compile(r"diagnosed|treated|operated", re.I)
_HAD = re.compile(
    r"(?:,|\band\b|\bbut\b)[^.;]{0,90}?\b(?:(?:had|has|lost|was (?:having|feeling|losing))\b(?! (?:been|undergone|also been))|then )", re.I
)
#: Words after which what is told belongs to this illness again.
NOW = Openings(
    r"\b(?:present(?:ed|s|ing)|admitted|complain\w*|developed|develops|referred|showed|was seen|who had|came|visited|consulted|brought|experienced|noticed|was found|attended|reported|revealed|called|arrived|sought|"
    r"hospitali[sz]ed|on arrival|on admission|with (?:a )?(?:acute|sudden|new|recent|complaints?|progressive)|and (?:an? )?(?:recent|new|current)|now|underwent|started|began|suffering|acute onset|because of|due to)\b"
)
_COMPLAINT = re.compile(
    r"\b(?:present(?:ed|s|ing)|admitted|complain(?:ed|ing|s)?|referred|seen|evaluated|came|hospitali[sz]ed)\b[^.;]{0,90}?\b(?:with|for|due to|because of)\s+(?:a|an|the|her|his)?\s*(?:[a-z-]+\s+)?\Z",
    re.I,
)
#: Right before `history of`: how long this illness has lasted (`a six-week progressive`, `a long`).
_DURATION = re.compile(
    r"\b(?:second|minute|hour|day|week|month|year)s?['’]?(?:[- ]long)?(?:[\s,-]+(?!past\b|previous\b|medical\b)[a-z]+){0,2}[\s-]+\Z|"
    r"\b(?:short|brief|long|recent|acute|progressive|insidious)(?:[- ](?:standing|term))?\s+\Z",
    re.I,
)
#: Right after a mention: it has lasted for days, weeks or months only, up to now.
_LASTING = re.compile(
    r"[^.;]{0,90}?\b(?:for|over|during|since) (?:the )?(?:last |past |previous )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|few|a few)"
    r"(?:\s?(?:-|–|to)\s?\w+)? (?:hours?|days?|weeks?|months?)\b(?! (?:ago|before|earlier|prior|previously|old))|[^.;]{0,60}?\bof \w+ (?:hours?|days?|weeks?|months?)['’]? duration\b",
    re.I,
)
_ANY_HISTORY = re.compile(
    r"\b(?:(?:past|previous|medical|personal|prior|surgical|family)\s+(?:medical\s+|surgical\s+)?history|history of|history)\b", re.I
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
    ahead = re.split(r"[;:.]\s", text[max(clause[0], start - 22) : start])[-1]
    after = re.split(r"[,;:]|\.\s", text[end : min(clause[1], end + 40)])[0]
    turn = _AND.search(after)
    if turn and not any(pattern.search(after, 0, turn.start()) for _, pattern in _SIDE):
        after = after[: turn.start()]  # "nausea and left flank pain"; not "of the left and right hand"
    near = ahead + text[start:end] + after
    sides = [name for name, pattern in _SIDE if pattern.search(near)]
    return sides[0] if len(sides) == 1 else None


def is_history(text: str, start: int, sentence: tuple[int, int]) -> str | None:
    """ "condition" or "family" where the mention is told as history, else None."""
    if not _MAY_BE_HISTORY.search(text, *sentence):
        return None
    before = text[sentence[0] : start]
    found = first = None
    for match in _HISTORY.finditer(before):
        first, found = first or match, match
    if found is None or first is None or NOW.search(text, sentence[0] + found.end(), start):
        return None
    if _NONE.search(before[: found.start()]) and not found.group().endswith(" of") and not _OF.match(before, found.end()):
        return None  # "with no past medical history, with cough"
    if _FOUND_BEFORE.search(found.group()) and _HAD.search(before, found.end()):
        return None  # "had been diagnosed with gout and, after a rest, had a fall"
    if _NOW_TOO.search(text, start, sentence[1]):
        return None
    if first is not found and first.group().lower() != "history of" and not NOW.search(text, sentence[0] + first.end(), start):
        found = first  # "her medical history included a 10-year history of gout"
    if found.group().lower().endswith((" revealed", " reveals", " showed")) and _LASTING.search(text, start, sentence[1]):
        return None
    if found.group().lower() == "history of" and (_is_of_now(before, found) or _LASTING.search(text, start, sentence[1])):
        return None
    return "family" if _FAMILY.search(before) and "family" in before[: found.end()].lower() else "condition"


def is_present_illness(text: str, start: int, sentence: tuple[int, int]) -> bool:
    """Whether a mention is told as the history of this illness: `a 3-week history of`, `presented with a history of`.

    Example:
    >>> text = "He presented in May with a 3-week history of cough and a past history of gout."
    >>> [is_present_illness(text, text.find(word), (0, len(text))) for word in ("cough", "gout")]
    [True, False]
    """
    before = text[sentence[0] : start]
    last = None
    for match in _ANY_HISTORY.finditer(before):
        last = match
    return last is not None and last.group().lower() == "history of" and _is_of_now(before, last)


def _is_of_now(before: str, history: re.Match[str]) -> bool:
    """Whether `history of` says how long this illness has lasted, or what brought the patient."""
    ahead = before[: history.start()]
    return bool(_DURATION.search(ahead) or _COMPLAINT.search(ahead))


def severity_of(text: str, start: int) -> str | None:
    match = _SEVERITY.search(text[max(0, start - 30) : start])
    return match.group(1).lower() if match else None


def grade_of(text: str, end: int, stop: int) -> str | None:
    """A muscle strength grade printed right after a mention of weakness."""
    match = _GRADE.search(text[end : min(stop, end + 50)])
    return match.group() if match else None
