"""Age, sex and smoking of the patient."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.source import Source
from kg.report import Span

WORD_NUMBERS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "a": 1, "an": 1}
_NUMBER = (
    r"(?P<number>\d{1,3}(?:\.\d)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|"
    r"two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_AGE = re.compile(
    rf"\b{_NUMBER}[\s-]*(?P<unit>years?|yrs?|y|months?|mo|weeks?|days?|hours?)(?:[\s-]*of[\s-]*age|[\s-]*old\b|"
    rf"/o\b|\b(?=\s+(?:male|female|man|woman|boy|girl)))|\bage[d]?\s+(?:of\s+)?{_NUMBER.replace('number', 'plain')}(?:\s+(?P<unit2>years?|"
    rf"months?|weeks?|days?))?\b",
    re.I,
)
_DECADE = re.compile(
    r"\bin (?:his|her|their) (?:(early|mid|late)[- ])?(?P<decade>twenties|thirties|forties|fifties|sixties|"
    r"seventies|eighties|nineties|\d0s)",
    re.I,
)
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90}
_FEMALE = re.compile(r"\b(?:woman|girl|female|lady|mother of|housewife|schoolgirl)\b", re.I)
_MALE = re.compile(r"\b(?:man|boy|male|gentleman|schoolboy)\b", re.I)
_SMOKING = (
    ("never", re.compile(r"\bnever[- ]?smok(?:er|ed|ing)|\blife-?long non-?smoker", re.I)),
    ("non-smoker", re.compile(r"\bnon-?smok(?:er|ing)\b|\b(?:did|does) not smoke\b|\bdenied (?:any )?smoking\b", re.I)),
    ("former", re.compile(r"\b(?:ex|former|previous)[- ]smoker\b|\bquit smoking\b|\bstopped smoking\b|\bsmoking history of\b", re.I)),
    ("current", re.compile(r"\b(?:current |active |heavy |chronic )?smoker\b|\bpack[- ]years?\b|\bsmok(?:es|ed|ing) \d+", re.I)),
)


def to_number(text: str) -> float | None:
    """A number printed in digits or words.

    Example:
    >>> to_number("sixty-eight"), to_number("3.5"), to_number("some")
    (68, 3.5, None)
    """
    text = text.lower().replace("-", " ").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    parts = [WORD_NUMBERS.get(part) for part in text.split()]
    return None if not parts or None in parts else sum(part for part in parts if part is not None)


def duration(number: float, unit: str) -> str:
    """An ISO 8601 duration.

    Example:
    >>> duration(68, "year"), duration(1.5, "years"), duration(2, "hours")
    ('P68Y', 'P1Y6M', 'PT2H')
    """
    letter = unit[0].upper()
    if letter == "H":
        return f"PT{int(number)}H"
    if number != int(number) and letter == "Y":
        return f"P{int(number)}Y{round((number - int(number)) * 12)}M".replace("P0Y", "P")
    return f"P{int(number)}{letter}"


def read_patient(source: Source, story: tuple[Span, ...]) -> tuple[dict[str, Any], list[str]]:
    """The `patient` of the record, and remarks on what could not be read."""
    found: dict[str, Any] = {}
    notes: list[str] = []
    remarks: list[str] = []
    age_at = _find_age(source, story, found, notes)
    sex_at = _find_sex(source, story, found, age_at)
    quotes: list[str] = []
    section = None
    smoking = _find_smoking(source, story)
    if smoking:
        found["smoking"] = smoking[0]
    for at in (age_at, sex_at, smoking[1] if smoking else None):
        evidence = source.evidence(at, at + 1) if at is not None else None
        if evidence and evidence["quote"] not in quotes and ("section" not in evidence or not quotes):
            quotes.append(evidence["quote"])
            section = evidence.get("section")
            if section:
                break
    if "age" not in found:
        remarks.append("no age of a patient found")
    if "sex" not in found:
        remarks.append("the patient's sex is not said")
    if not quotes:
        first = story[0] if story else None
        evidence = source.evidence(first.start, first.end) if first else None
        from kg.draft.document import _any_quote

        evidence = evidence or _any_quote(source)
        quotes, section = [evidence["quote"]], evidence.get("section")
        notes.append("no patient is described in words that the program knows")
    found["confidence"] = 0.95 if {"age", "sex"} <= set(found) else 0.6 if "age" in found or "sex" in found else 0.1
    if notes:
        found["note"] = "; ".join(notes)
    found["quote"] = quotes[0] if len(quotes) == 1 else quotes
    if section:
        found["section"] = section
    return found, remarks


def _find_age(source: Source, story: tuple[Span, ...], found: dict[str, Any], notes: list[str]) -> int | None:
    for sentence in story[:40]:
        for match in _AGE.finditer(source.text, sentence.start, sentence.end):
            before = source.text[max(sentence.start, match.start() - 45) : match.start()].lower()
            if re.search(
                r"(?:mother|father|brother|sister|son|daughter|uncle|aunt|history|until|since|at the age of|at)\s*(?:of|"
                r"\(|,|was|a|an|is|from|,? aged?)?\s*$",
                before,
            ):
                continue
            number = to_number(match["number"] or match["plain"] or "")
            unit = match["unit"] or match["unit2"] or "years"
            if number is None or number > 120 and unit.lower().startswith("y") or number > 400:
                continue
            if (
                match["plain"]
                and not match["unit2"]
                and not re.search(
                    r"\b(?:man|woman|boy|girl|male|female|patient|aged)\b",
                    source.text[max(sentence.start, match.start() - 60) : match.end() + 20],
                    re.I,
                )
            ):
                continue
            found["age"] = duration(number, unit)
            return match.start()
        decade = _DECADE.search(source.text, sentence.start, sentence.end)
        if decade:
            word = decade["decade"].lower()
            notes.append(f'age printed as "{" ".join(decade.group().split())}"; no figure is given, so none is recorded')
            found.setdefault("words", " ".join(decade.group().split()))
            return decade.start() if word else None
        born = re.search(r"\b(?:newborn|neonate|new-born)\b", source.text[sentence.start : sentence.end], re.I)
        if born:
            found["age"] = "P0D"
            notes.append(f'age read from "{born.group()}"')
            return sentence.start + born.start()
    return None


def _find_sex(source: Source, story: tuple[Span, ...], found: dict[str, Any], age_at: int | None) -> int | None:
    """From the noun beside the age, else from the first clear noun, else from the commoner pronoun."""
    spans = [(age_at, min(age_at + 90, len(source.text)))] if age_at is not None else []
    spans += [(s.start, s.end) for s in story[:12]]
    for start, end in spans:
        female, male = _FEMALE.search(source.text, start, end), _MALE.search(source.text, start, end)
        first = min((m for m in (female, male) if m), key=lambda m: m.start(), default=None)
        if first:
            found["sex"] = "PATO:0000383 ! female" if first is female else "PATO:0000384 ! male"
            return first.start()
    she = he = 0
    at = None
    for sentence in story:
        for match in re.finditer(r"\b(she|her|he|his|him)\b", source.text[sentence.start : sentence.end], re.I):
            says_she = match.group().lower() in ("she", "her")
            she, he = she + says_she, he + (not says_she)
            at = sentence.start + match.start() if at is None else at
    if she + he >= 3 and max(she, he) >= 4 * min(she, he):
        found["sex"] = "PATO:0000383 ! female" if she > he else "PATO:0000384 ! male"
        return at
    return None


def _find_smoking(source: Source, story: tuple[Span, ...]) -> tuple[str, int] | None:
    for sentence in story:
        for value, pattern in _SMOKING:
            match = pattern.search(source.text, sentence.start, sentence.end)
            if match and not re.search(
                r"\b(?:mother|father|husband|wife|parents?)\b[^.]{0,30}$", source.text[sentence.start : match.start()], re.I
            ):
                return value, match.start()
    return None
