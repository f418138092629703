"""Values told in words only, and values read against a range that the report prints elsewhere.

>>> text = "Creatinine normalised. Ferritin was 900 ng/mL (normal 15-150). Later ferritin fell to 320 ng/mL."
>>> [(r.name, r.interpretation) for r in read_levels(text, 0, len(text), [])]
[('creatinine', 'normal')]
>>> [with_range(r, text).interpretation for r in read_values(text)]
['high', 'high']
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.findings.measure import AS_FINDING, BACK_TO_NORMAL, Analyte, Reading, against, analytes, names_pattern, read_values
from kg.draft.findings.specimens import specimen_of
from kg.draft.patterns.openings import Openings, patterns_of, whole_words

_NUMBER = re.compile(r"\A([<>≤≥~]?=?\s*)(\d[\d,]*(?:\.\d+)?)\s*(.*)\Z")
_RANGES = re.compile(r"\b(?:normal|reference|ref|range|NR|RR|nl)\b|\(\s?\d", re.I)


@lru_cache(maxsize=2)
def printed_ranges(text: str) -> dict[tuple[str, str], str]:
    """The ranges printed in a report: (analyte, unit as printed) -> range; "" where several are printed.

    Example:
    >>> printed_ranges("Ferritin was 900 ng/mL (normal 15-150).")
    {('ferritin', 'ng/ml'): '15-150'}
    """
    found: dict[tuple[str, str], str] = {}
    for reading in read_values(text) if _RANGES.search(text) else ():
        key = _measured(reading)
        if reading.normal and key:
            found[key] = reading.normal if found.get(key, reading.normal) == reading.normal else ""
    return found


def with_range(reading: Reading, text: str) -> Reading:
    """A value printed without its range, read against the range that the report prints with another value of the same analyte.

    Example:
    >>> text = "Ferritin was 900 ng/mL (normal 15-150). It was treated. Ferritin fell to 320 ng/mL."
    >>> [with_range(reading, text).interpretation for reading in read_values(text)]
    ['high', 'high']
    """
    key = _measured(reading)
    if reading.normal or not key or "words" in reading.reason:
        return reading
    printed = printed_ranges(text).get(key)
    number = _NUMBER.match(reading.value)
    if not printed or not number:
        return reading
    interpretation = against(float(number[2].replace(",", "")), printed)
    shows = _analyte(reading.name).shows(interpretation)
    return reading._replace(interpretation=interpretation, shows=shows, reason="read against the range printed with another value")


def _measured(reading: Reading) -> tuple[str, str] | None:
    """The analyte and the unit as printed of a value; None where no unit is printed."""
    number = _NUMBER.match(reading.value) if not reading.specimen else None
    unit = re.sub(r"\s", "", number[3]).lower() if number else ""
    return (_analyte(reading.name).name, unit) if unit else None


def _analyte(name: str) -> Analyte:
    _, table = analytes()
    spelt = re.sub(r"[\s-]+", " ", name)
    return table.get(name) or table.get(spelt) or table[spelt.replace(" ", "-")]


_SAID = Openings(
    r"(?<!\w)(?:(?P<normal>within (?:the )?normal (?:limits|range)|normal\b|not (?:elevated|raised|increased|decreased|reduced)\b|unremarkable|normali[sz]ed\b|returned to (?:the )?normal\b)|(?P<high>elevated|raised|"
    r"increased|high)\b|(?P<low>decreased|reduced|low|diminished)\b)",
    {
        "within",
        "normal",
        "not",
        "unremarkable*",
        "normali*",
        "returned",
        "elevated",
        "raised",
        "increased",
        "high",
        "decreased",
        "reduced",
        "low",
        "diminished",
    },
)
_NOT_YET = re.compile(r"\b(?:not|never|partially|nearly|almost|without|until|unless|failed to)\s+(?:\w+\s+)?\Z", re.I)
_VERB = re.compile(r"\b(?:was|were|is|are|remained)\s+(?:all |both |also |found to be |slightly |mildly |markedly |within )*$", re.I)


#: After a word told without a verb: nothing more, `INR and PTT normal.`
_ENDS = re.compile(r"\s*(?:[.;,)\n]|\Z)")
#: Right before an analyte, with what stands before it: `with normal creatinine`; not `to reach normal glucose`.
_NORMAL_BEFORE = re.compile(
    r"(?:\b(?:with|had|has|but|showed|revealed|and|was|were|an?)|[,;:(])\s+normal\s+(?:(?:serum|plasma|blood|total|fasting|levels of)\s+){0,2}\Z",
    re.I,
)
#: After it: it is a level, not a part of something else: `normal albumin infusion`.
_LEVEL = re.compile(r"\s*(?:levels?|counts?|concentrations?|values?)\b|\s*(?:[,.;)]|\Z)|\s+(?:and|with|but|or)\b", re.I)


_NORMAL_WORD = whole_words("normal")


@patterns_of
def _bare_analytes() -> Openings:
    _, table = analytes()
    return names_pattern(each for each in table if (len(each) > 2 or each in ("c3", "c4")) and not AS_FINDING.search(each))


def read_levels(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[Reading]:
    """Values told in words only: `creatine kinase and TSH were within normal limits`.

    Example:
    >>> text = "Levels of C3 and C4 were normal."
    >>> [(r.name, r.interpretation) for r in read_levels(text, 0, len(text), [])]
    [('c3', 'normal'), ('c4', 'normal')]
    >>> text = "He had a normal creatinine, and was fed to reach a normal weight."
    >>> [(r.name, r.interpretation) for r in read_levels(text, 0, len(text), [])]
    [('creatinine', 'normal')]
    """
    names = _bare_analytes()  # made with the first sentence: a pattern added later makes the words be looked at anew
    bare = {m.end() for m in names.finditer(text, start, end)}
    said = [
        m
        for m in _SAID.finditer(text, start, end)
        if m.start() - 1 in bare
        and _ENDS.match(text, m.end(), end)
        or _VERB.search(text[max(start, m.start() - 40) : m.start()] + ("within " if m.group().lower().startswith("within") else ""))
        or BACK_TO_NORMAL.match(m.group())
        and not _NOT_YET.search(text[max(start, m.start() - 30) : m.start()])
    ]
    if not said and not _NORMAL_WORD.search(text, start, end):
        return []
    found = []
    _, table = analytes()
    for match in names.finditer(text, start, end):
        word = next((m for m in said if m.start() > match.end()), None)
        before = (
            _NORMAL_BEFORE.search(text, max(start, match.start() - 40), match.start())
            and _LEVEL.match(text, match.end(), end)
            and not any(a <= match.start() < b for a, b in taken)
            and not specimen_of(text, start, match.start())
        )
        if before:
            if analyte := _find(table, match.group().lower()):
                found.append(_told(match, analyte, "normal"))
            continue
        if (
            word is None
            or any(a <= match.start() < b for a, b in taken)
            or specimen_of(text, start, match.start())
            or re.search(r"[.;]|\b(?:but|which|while|she|he)\b|(?<![A-Za-z])\d", text[match.end() : word.start()])
        ):
            continue
        if analyte := _find(table, match.group().lower()):
            found.append(_told(match, analyte, str(word.lastgroup)))
    return found


def _find(table: dict[str, Analyte], name: str) -> Analyte | None:
    return table.get(name) or table.get(re.sub(r"[\s-]+", " ", name)) or table.get(re.sub(r"\s+", "-", name))


def _told(match: re.Match[str], analyte: Analyte, reading: str) -> Reading:
    name, shows = match.group().lower(), analyte.shows(reading)
    return Reading(match.start(), match.end(), name, analyte.of, "", "", "", reading, shows, "in the authors' words")
