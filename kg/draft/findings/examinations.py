"""Examinations that a sentence names, and how they came out.

>>> text = "The ECG was normal, but MRI showed an infarct."
>>> [(p.words, outcome_of(text, p.end, len(text))[0]) for p in read_procedures(text, 0, len(text))]
[('ECG', 'normal'), ('MRI', 'abnormal')]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.names.ground import find_terms, named
from kg.draft.names.recognise import recogniser
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import ManyOpenings, patterns_of
from kg.terms import load_terms


class Procedure(NamedTuple):
    start: int
    end: int
    words: str
    curie: str
    site: str
    told: bool = False  # whether it is written only with what came of it


@lru_cache(maxsize=1)
def _procedures() -> list[tuple[re.Pattern[str], str, str, bool]]:
    terms, out = load_terms(), []
    for row in rows_of("procedures.tsv"):
        pattern, label, site = (*row, "", "")[:3]
        curie = next((c for c, _ in terms.find_by_name(label) if c.split(":")[0] in ("MAXO", "OBI")), "") if label else ""
        place = named(site.partition(":")[2], ("UBERON",)) or "" if site else ""
        out.append((re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.I if not pattern.isupper() else 0), curie, place, site == "!"))
    return out


@patterns_of
def _openings() -> ManyOpenings:
    return ManyOpenings([pattern for pattern, *_ in _procedures()])


_ANY_PROCEDURE = re.compile(
    r"(?i)examin|x-?ray|radiog|skeletal survey|films|CT\b|tomog|MRI|magnetic|PET|ultraso|sonog|echo|ECG|"
    r"EKG|EEG|EMG|electro|conduction|puncture|scop|mammo|biops|aspirat|function test|spiromet|imaging|"
    r"culture|urinalysis|immunofluor|karyo|chromosom|exome|genetic|autops|count|hemogram|haemogram|function|chemistry|electrolyt|panel|screen|marker|immunoglob|enzymes|"
    r"profile|clotting|work-?up|serolog|array|angiog|tests? for"
)
_NORMAL = re.compile(r"\b(?:normal|unremarkable|within normal limits|no abnormalit(?:y|ies))\b", re.I)
_NEGATIVE = re.compile(
    r"\b(?:negative|no (?:features?|evidence|signs?)|did not (?:show|reveal)|ruled out|excluded|no growth|sterile|did not grow|(?:yielded|grew) no(?:thing)?|without growth)\b",
    re.I,
)
_POSITIVE = re.compile(r"\bpositive\b|\bgrew\b|\byielded\b", re.I)
#: What an examination showed is nothing, or nothing unusual; and what may stand beside it all the same.
_NOTHING = re.compile(
    r"\s*(?:that\s+)?(?:(?P<no>no(?!\s+(?:change|longer|more|improvement))|neither|absence of|nothing)\b|(?:(?:an?|the|only|entirely|completely|otherwise)\s+){0,3}(?:normal|unremarkable)\b)",
    re.I,
)
_BESIDE = re.compile(r"\b(?:but|except|apart from|other than|only|with(?! (?:no|normal)\b))\b", re.I)
#: After what was normal: something that was not, `a normal epidermis and a heavy infiltrate`.
_AND_ALSO = re.compile(r"\band (?:an?|the)\s(?!normal\b)", re.I)
#: After "and": another examination, or another thing, has a verb of its own.
_ANOTHER = re.compile(r"\s+and\s+(?:the|an?|his|her)\s+(?:[\w-]+\s+){1,3}(?:was|were|is|are|showed|revealed)\b", re.I)
#: After `normal`: what is not so all the same.
_EXCEPT = re.compile(r"\s*,?\s*(?:except|apart from|other than|aside from|with the exception of|save for|besides)\b", re.I)
#: Right after an examination: nothing was found.
_NO_ABNORMALITY = re.compile(
    r"[\s:–-]*(?:there (?:was|were) )?no (?:\w+ ){0,3}abnormalit(?:y|ies)(?: (?:was|were))?(?: (?:detected|identified|seen|found|noted))?\s*(?:[.,;\n]|\Z)",
    re.I,
)
_STOPS = re.compile(r";|•|,\s+(?:and|but|while|whereas)\s")
#: Before a stop: something was said already; else the list of examinations goes on: `MRI, ultrasound, and an ECG were normal`.
_SAYS = re.compile(
    r"\b(?:was|were|is|are|had|has|be|been|no|not|for|after|before|because|which|who|\w+ed|shown|found|normal|negative|positive)\b", re.I
)
_SHOWS = re.compile(
    r"\b(?:show(?:ed|s|ing)?|reveal(?:ed|s|ing)?|disclosed?|demonstrat(?:ed|es|ing)|confirmed|identified|"
    r"detected|was consistent with|suggested)\b",
    re.I,
)
_LOOKS_FOR = re.compile(r"\bno (?:features?|evidence|signs?) of\s+", re.I)


def read_procedures(text: str, start: int, end: int) -> list[Procedure]:
    """The examinations named in a sentence."""
    found: list[Procedure] = []
    for number, match in _openings().finditer(text, start, end):
        if not any(p.start < match.end() and match.start() < p.end for p in found):
            found.append(Procedure(match.start(), match.end(), " ".join(match.group().split()), *_procedures()[number][1:]))
    return sorted(found) if found and _ANY_PROCEDURE.search(text, start, end) else []


#: Right before an examination: what came of it, `with a normal karyotype`.
_CAME_OF = re.compile(
    r"\b(?P<said>normal|unremarkable|negative|abnormal)\s+(?:(?:serum|chest|brain|initial|repeat|routine|baseline|renal|screening)\s+)?\Z",
    re.I,
)
_NOT_DONE = re.compile(
    r"[^.;,]{0,40}?\b(?:(?:was|were|has been|have been|had been|could)\s+not\s+(?:be\s+)?(?:performed|done|available|carried out|obtained|undertaken|possible|considered|repeated|indicated)|"
    r"(?:was|were) (?:refused|declined|deferred|withheld|postponed|not attempted|not taken)|but\s+(?:was\s+|were\s+)?(?:not\s+(?:performed|done|carried out|undertaken|possible|pursued|available)|declined|refused|deferred))\b",
    re.I,
)


def not_done(text: str, after: int, end: int) -> bool:
    """Whether an examination is said not to have been done.

    Example:
    >>> text = "Lumbar puncture was not performed, but MRI was done."
    >>> not_done(text, text.find(" was"), len(text)), not_done(text, text.find(" was done"), len(text))
    (True, False)
    """
    return bool(_NOT_DONE.match(text, after, end))


def said_before(text: str, start: int, at: int) -> str:
    """The outcome told right before an examination, "" for none.

    Example:
    >>> text = "She had a normal karyotype."
    >>> said_before(text, 0, text.find("karyotype"))
    'normal'
    """
    match = _CAME_OF.search(text, max(start, at - 40), at)
    return {"unremarkable": "normal"}.get(said, said) if match and (said := match["said"].lower()) else ""


def outcome_of(text: str, after: int, end: int) -> tuple[str, str | None]:
    """How an examination came out, and the authors' words for it."""
    rest = text[after:end]
    if _NO_ABNORMALITY.match(rest):
        return "normal", " ".join(rest.split())[:200].strip(" .,:–-") or None
    stop = next((m for m in _STOPS.finditer(rest) if m.group() in ";•" or _SAYS.search(rest, 0, m.start())), None)
    rest = rest[: stop.start()] if stop else rest
    shows = _SHOWS.search(rest)
    another = _ANOTHER.search(rest, shows.end() if shows else 0)
    rest = rest[: another.start()] if another else rest
    nothing = _NOTHING.match(rest, shows.end()) if shows else None
    if nothing and (
        _BESIDE.search(rest, nothing.end())
        or not nothing["no"]
        and (_AND_ALSO.search(rest, nothing.end()) or _lists_finding(rest, nothing.end()))
    ):
        nothing = None
    if shows and rest[: shows.start()].endswith("which ") and _NORMAL.search(rest, 0, shows.start()):
        shows = None  # "the results were normal, which showed ..."
    negative = _NEGATIVE.search(rest)
    if negative and shows and (shows.end() + 1 < negative.start() or _BESIDE.search(rest, negative.end())):
        negative = None  # "showed an infarct and no evidence of abscess", "showed no sign of stones but a mass"
    outcome = (
        ("negative" if nothing["no"] else "normal")
        if nothing
        else "negative"
        if negative
        else "abnormal"
        if not shows and (usual := _NORMAL.search(rest)) and _EXCEPT.match(rest, usual.end())
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


def _lists_finding(text: str, start: int) -> bool:
    """Whether a finding stands in a list after what was normal: `showed normal lids, sunken eyes`."""
    comma = text.find(",", start)
    return comma > 0 and any("no " not in text[comma : comma + hit.start] for hit in recogniser().find(text[comma:]))


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
