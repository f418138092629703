"""Age, sex and smoking of the patient."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.patterns.openings import Openings, Stems
from kg.draft.reading.source import Source
from kg.report import Span

_UNITS = [
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
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
WORD_NUMBERS = {word: i for i, word in enumerate(_UNITS)} | _TENS | {"a": 1, "an": 1}
_NUMBER = rf"(?P<number>\d{{1,3}}(?:\.\d)?|(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(sorted(_UNITS[1:20], key=len, reverse=True))})"
_HALF = r"(?P<half>\s?½|[- ]and[- ](?:a[- ])?half|\s1/2)?"
_MORE = r"(?:[\s,-]*(?:and[\s-]+)?(?P<more>\d{1,2})[\s-]*(?P<unit3>months?|weeks?|days?))?"
_AGE = re.compile(
    rf"(?:\b|(?<=\bA)){_NUMBER}{_HALF}[\s‐‑–-]*(?P<unit>years?|yrs?|y\.?|months?|mo|weeks?|days?|hours?){_MORE}(?:[\s-]*of[\s-]*age|[\s‐‑–-]*olds?\b|"
    rf"/o\b|\.?o\.?\b|\b(?=\s+(?:male|female|man|woman|boy|girl|lady|gentleman)))|\bage[d]?:?\s+(?:of\s+)?{_NUMBER.replace('number', 'plain')}(?:\s+(?P<unit2>years?|"
    rf"months?|weeks?|days?){_MORE.replace('more', 'more2').replace('unit3', 'unit4')})?\b",
    re.I,
)
#: A mention of such words in the text before an age or a sex makes it another person's, or another time's.
_OTHERS = re.compile(
    r"\b(?:mother|father|brother|sister|son|daughter|uncle|aunt|cousin|parents?|siblings?|wife|husband|donor|twin|grand\w+|niece|nephew)\b",
    re.I,
)
_OTHER_TIME = re.compile(r"\b(?:history|until|since|at|by|from|before|after|around|over|under|than)\s*(?:the\s+|an?\s+)?(?:age\s+(?:of\s+)?)?"
                         r"(?:about |approximately |around |nearly |almost )?(?:\d{1,3}\s*(?:and|or|to|-|–)\s*)?\(?$", re.I)  # fmt: skip
_DECADE = re.compile(
    r"\bin (?:his|her|their|the) (?:(?:early|mid|late|mid-to-late)[- ]?(?:to[- ](?:mid|late)[- ])?)?(?P<decade>twenties|thirties|forties|fifties|sixties|"
    r"seventies|eighties|nineties|teens|\d0['’]?s)\b",
    re.I,
)
_NEWBORN = re.compile(
    r"\b(?:newborn|new-born|neonate)\b(?! (?:screening|period|unit|intensive|hearing|care|onset|life|daughter|son\b))", re.I
)
_IS_BORN = re.compile(r"\b(?:male|female) (?:infant|baby)\b(?=[^.;]{0,40}\bwas (?:born|delivered)\b)", re.I)
_FEMALE = re.compile(
    r"\b(?:woman|girl|female|lady|mother of|housewife|schoolgirl|primigravida|multigravida|primipara|multipara|gravida|G\d+P\d+|nulliparous|"
    r"(?:pre|post)?menopausal|pregnant)\b",
    re.I,
)
_MALE = re.compile(r"\b(?:man|boy|male|gentleman|schoolboy)\b", re.I)
_PRONOUNS = Openings(r"\b(?:she|her|he|his|him)\b")
#: Not said of the patient: an organ donor, a relative, a child of the patient, a sort of organ.
_NOT_A_PERSON = re.compile(
    r"\s*(?:['’]s\b|mother\b|donors?|relatives?|offspring|fetus|twin|sibling|genitalia|karyotype|pattern|physician|nurse)",
    re.I,
)
#: `38 y/o F`.
_LETTER = re.compile(r"(?:(?:\by/?o|\by\.o\.|\byrs?|[Yy]ears?[- ][Oo]lds?)[\s,-]+)(?P<sex>[FM])\b")
_SMOKING = (
    ("never", r"\bnever[- ]?smok(?:er|ed|ing)|\blife-?long non-?smoker|\bhad never smoked|\bno (?:prior |previous )?(?:history of|smoking history)(?: (?:cigarette |tobacco ))?\s?smoking"),
    ("non-smoker", r"\bnon-?smok(?:er|ing)\b|\b(?:did|does) not smoke\b|\bden(?:ied|ies) (?:any |a )?(?:history of )?(?:cigarette |tobacco |alcohol (?:use )?(?:or|and) )?smoking\b|\bden(?:ied|ies) (?:any )?tobacco"),
    ("former", r"\b(?:ex|former|previous)[- ]?smoker\b|\bquit(?:ted)? smoking\b|\bstopped smoking\b|\bformer(?:ly)? smok\w+\b|\bsmok(?:ed|er|ing)\b[^.;]{0,80}\b(?:but|and|until)\s+(?:(?:he|she|had|has|who|then)\s+){0,2}(?:stopped|quit|ceased|gave (?:it )?up|given (?:it )?up)\b|\bsmok(?:ed|er|ing)\b[^.;]{0,30},\s(?:stopped|quit)\b|\b(?:had|has) smoked\b[^.;]{0,40}\buntil\b"),
    ("current", r"\b(?:current |active |heavy |chronic )?smoker\b(?! (?:mother|father))|\bsmok(?:es|ed|ing) (?:about |approximately )?(?:\d+|one|two|half)|\bcurrently smok\w+"),
)  # fmt: skip
_SMOKES = tuple((value, re.compile(pattern, re.I)) for value, pattern in _SMOKING)
_SMOK = Stems("smok", "tobacco")
FEMALE, MALE = "PATO:0000383 ! female", "PATO:0000384 ! male"


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


def duration(number: float, unit: str, more: float = 0, more_unit: str = "") -> str:
    """An ISO 8601 duration.

    Example:
    >>> duration(68, "year"), duration(1.5, "years"), duration(2, "hours"), duration(11, "years", 2, "months"), duration(4.5, "months")
    ('P68Y', 'P1Y6M', 'PT2H', 'P11Y2M', 'P4M15D')
    """
    letter = unit[0].upper()
    whole, part = int(number), number - int(number)
    if part:
        smaller = {"Y": (12, "M"), "M": (30, "D"), "W": (7, "D"), "D": (24, "H"), "H": (60, "M")}[letter]
        more, more_unit = round(part * smaller[0]), smaller[1]
    rest = f"{int(more)}{more_unit[0].upper()}" if more and more_unit else ""
    head = f"{whole}{letter}" if whole or not rest else ""
    if letter == "H":
        return f"PT{head}{rest}"
    return f"P{head}T{rest}" if rest.endswith("H") else f"P{head}{rest}"


def read_patient(source: Source, story: tuple[Span, ...]) -> tuple[dict[str, Any], list[str]]:
    """The `patient` of the record, and remarks on what could not be read."""
    found: dict[str, Any] = {}
    notes: list[str] = []
    remarks: list[str] = []
    age_at = _find_age(source, story, found, notes)
    if age_at is None:
        age_at = _age_of_relative(source, story, found)
    late = age_at is not None and _LAST.search(source.text, max(0, age_at - 60), age_at)
    if age_at is None or late:
        came = _age_at_coming(source, story, found, notes)
        age_at = age_at if came is None else came
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
        from kg.draft.reading.document import _any_quote

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
    text = source.text
    for sentence in story[:40]:
        for match in _AGE.finditer(text, sentence.start, sentence.end):
            age = _age(text, match, sentence)
            if age:
                found["age"] = age
                return match.start()
        decade = _DECADE.search(text, sentence.start, sentence.end)
        if decade and not _OTHERS.search(text, sentence.start, decade.start()):
            notes.append(f'age printed as "{" ".join(decade.group().split())}"; no figure is given, so none is recorded')
            found.setdefault("words", " ".join(decade.group().split()))
            return decade.start()
        newborn = _NEWBORN.search(text, sentence.start, sentence.end) or _IS_BORN.search(text, sentence.start, sentence.end)
        if newborn and not _OTHERS.search(text, max(sentence.start, newborn.start() - 40), newborn.start()):
            found["age"] = "P0D"
            notes.append(f'age read from "{newborn.group().lower()}"')
            return newborn.start()
    return None


#: The patient of this story is a relative of the patient of another one: `His 9-year-old brother presented with ...`.
_RELATIVE = re.compile(
    rf"(?:\W*(?:case|patient|proband|twin|sibling)\s*(?:no\.?\s*)?(?:\d|[IVX]+|[AB])\W+)?(?:His|Her|Their|The|This|The patient['’]s|The proband['’]s)\s+(?:\w+,?\s+)?{_NUMBER}{_HALF}[\s-]*"
    r"(?P<unit>years?|months?|weeks?|days?)[\s-]*old\s+(?:\w+\s+)?(?:brother|sister|sibling|twin|cousin|mother|father|son|daughter)\b(?!\s+of\b)",
    re.I,
)
_TWIN = re.compile(
    rf"(?:Twin|Sibling)\s+(?:\d|[IVX]+|[AB])\W+(?:(?:was|is)\s+)?an?\s+(?:\w+\s+)?{_NUMBER}{_HALF}[\s-]*(?P<unit>years?|months?|weeks?|days?)[\s-]*old\b",
    re.I,
)

#: The same of one who is told to be the next: `The second patient, his sister, was seen at the age of two years`.
_NEXT = re.compile(
    rf"(?:In\s+|For\s+)?(?:The|Our|A)\s+(?:second|third|fourth|fifth|other)\s+(?:patient|case|child|sibling|twin|brother|sister|infant|boy|girl|man|woman)\b[^.;]{{0,140}}?\b"
    rf"(?:at|aged)\s+(?:the\s+)?(?:age\s+of\s+)?{_NUMBER}{_HALF}[\s-]*(?P<unit>years?|months?|weeks?|days?)\b(?!\s+(?:later|after|before|earlier|of (?:treatment|therapy|follow)))",
    re.I,
)


def _age_of_relative(source: Source, story: tuple[Span, ...], found: dict[str, Any]) -> int | None:
    """The age that the first sentence of a story gives to a relative of the patient of another."""
    for sentence in story[:3]:
        match = next((m for p in (_RELATIVE, _NEXT, _TWIN) if (m := p.match(source.text, sentence.start, sentence.end))), None)
        number = to_number(match["number"]) if match else None
        if match and number is not None:
            found["age"] = duration(number + (0.5 if match["half"] else 0), match["unit"])
            if kin := re.search(r"\b(?:(sister|mother|daughter)|brother|father|son)\Z", match.group(), re.I):
                found["sex"] = FEMALE if kin[1] else MALE
            return match.start("number")
    return None


#: The patient came, or was seen, at an age: `at the age of 26 months he was admitted`.
_CAME_AT = re.compile(
    rf"\bat (?:the |an )?(?:age of )?{_NUMBER}{_HALF}[\s-]*(?P<unit>years?|months?|weeks?|days?)(?: of age| old)?,?\s+(?:of age,?\s+)?(?:he|she|the (?:patient|child|boy|girl|infant))\s+(?:was|presented|came|developed|had been)"
    r"(?:\s+(?:first|then|urgently))?\s*(?:admitted|referred|seen|examined|evaluated|hospitali[sz]ed|brought|investigated|with|to)\b|"
    rf"\b(?:he|she|the (?:patient|child|boy|girl|infant))(?:, an? [\w -]{{3,30}},)?\s+(?:was\s+(?:first\s+)?(?:admitted|referred|seen|examined|evaluated|hospitali[sz]ed|brought)|presented)\b[^.;,]{{0,60}}?\bat (?:the |an )?(?:age of )?"
    rf"{_NUMBER.replace('number', 'number2')}[\s-]*(?P<unit2>years?|months?|weeks?|days?)(?: of age| old)?\b",
    re.I,
)
_CAME = re.compile(r"admitted|referred|seen|examined|evaluated|hospitali|brought|investigated|presented|came", re.I)
#: The age now, or when last seen, is not that of presentation.
_LAST = re.compile(r"\b(?:last|latest|current(?:ly)?|now|follow(?:ed)?[- ]?up|final|recent|today|still)\b[^.;]{0,40}\Z", re.I)


def _age_at_coming(source: Source, story: tuple[Span, ...], found: dict[str, Any], notes: list[str]) -> int | None:
    """The age at which the patient is said to have been admitted or seen first."""
    for sentence in story[:40]:
        if not _CAME.search(source.text, sentence.start, sentence.end):
            continue
        match = _CAME_AT.search(source.text, sentence.start, sentence.end)
        number = to_number(match["number"] or match["number2"]) if match else None
        if match and number is not None and not _OTHERS.search(source.text, sentence.start, match.start()):
            found["age"] = duration(number + (0.5 if match["half"] else 0), match["unit"] or match["unit2"])
            notes.append("age when first said to be seen or admitted")
            return match.start()
    return None


def _age(text: str, match: re.Match[str], sentence: Span) -> str:
    """The age that a match tells of the patient, "" where it is another's or of another time."""
    before = text[max(sentence.start, match.start() - 45) : match.start()]
    if re.search(rf"(?:{_OTHERS.pattern})\s*(?:of|\(|,|was|were|a|an|is|from|,? aged?|who|had|died|at|\s)*$", before, re.I):
        return ""
    if re.match(rf"[\s,-]*(?:\w+[\s-]+)?(?:{_OTHERS.pattern})(?! of (?:an?|one|two|three|four|five|six|seven|\d+)\b)", text[match.end() : match.end() + 30], re.I):
        return ""
    old = re.search(r"olds?\Z|/o\Z|\.?o\.?\Z", match.group(), re.I) or match["number"] and not match.group().lower().endswith("age")
    if (
        _OTHER_TIME.search(before)
        and not (old and re.search(r"\ban?\s*$", before))
        or re.match(r"\s+(?:when|at (?:onset|the time of (?:onset|diagnosis)))", text[match.end() : match.end() + 28])
    ):
        return ""
    number = to_number(match["number"] or match["plain"] or "")
    unit = match["unit"] or match["unit2"] or "years"
    if number is None or number > 120 and unit.lower().startswith("y") or number > 400:
        return ""
    if match["plain"] and not (
        match["unit2"]
        and match.group().lower().startswith("aged")
        or re.search(
            r"\b(?:man|woman|boy|girl|male|female|patient|aged|child|infant)\b",
            text[max(sentence.start, match.start() - 60) : match.end() + 20],
            re.I,
        )
    ):
        return ""
    if match["half"]:
        number += 0.5
    return duration(number, unit, float(match["more"] or match["more2"] or 0), match["unit3"] or match["unit4"] or "")


def _find_sex(source: Source, story: tuple[Span, ...], found: dict[str, Any], age_at: int | None) -> int | None:
    """The sex said right by the age, else in the first sentences, else that of the pronouns where they nearly all agree."""
    text = source.text
    spans = [(max(s.start, age_at - 40), min(age_at + 90, s.end)) for s in story if age_at is not None and s.start <= age_at < s.end]
    spans += [(s.start, s.end) for s in story[:12]]
    for start, end in spans:
        words = [m for pattern in (_FEMALE, _MALE) for m in pattern.finditer(text, start, end)]
        for match in sorted(words, key=lambda m: m.start()):
            if _NOT_A_PERSON.match(text, match.end()) or _OTHERS.search(text, max(start, match.start() - 20), match.start()):
                continue
            found["sex"] = FEMALE if match.re is _FEMALE else MALE
            return match.start()
    for sentence in story[:12]:
        if letter := _LETTER.search(text, sentence.start, sentence.end):
            found["sex"] = FEMALE if letter["sex"] == "F" else MALE
            return letter.start()
    she = he = 0
    at = None
    for sentence in story:
        for match in _PRONOUNS.finditer(text, sentence.start, sentence.end):
            says_she = match.group().lower() in ("she", "her")
            she, he = she + says_she, he + (not says_she)
            at = match.start() if at is None else at
    if she + he >= 3 and max(she, he) >= 4 * min(she, he):
        found["sex"] = FEMALE if she > he else MALE
        return at
    return None


def _find_smoking(source: Source, story: tuple[Span, ...]) -> tuple[str, int] | None:
    text = source.text
    for sentence in story:
        if not _SMOK.search(text, sentence.start, sentence.end):
            continue
        for value, pattern in _SMOKES:
            match = pattern.search(text, sentence.start, sentence.end)
            if match and not re.search(
                r"\b(?:mother|father|husband|wife|parents?|passive)\b[^.]{0,30}$", text[sentence.start : match.start()], re.I
            ):
                return value, match.start()
    return None
