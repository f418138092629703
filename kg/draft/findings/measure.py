"""Laboratory values, vital signs and function tests, as printed and as they read.

>>> [(r.name, r.value, r.interpretation, r.shows) for r in read_values("Haemoglobin was 6.2 g/dL; LVEF 25 %.")]
[('haemoglobin', '6.2 g/dL', 'low', 'HP:0001903'), ('lvef', '25 %', 'low', 'HP:0012664')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from kg.draft.findings.shares import read_shares
from kg.draft.findings.specimens import specimen_of
from kg.draft.findings.units import same_power, storable, unit_of
from kg.draft.names.hpo import hp
from kg.draft.patterns.first_words import first_words
from kg.draft.patterns.lists import any_of, rows_of, word_list
from kg.draft.patterns.openings import Openings, patterns_of
from kg.terms import load_terms

_VALUE = r"(?P<cmp>[<>≤≥~]=?\s*)?(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.·]\d+)?)(?P<second>/\d{2,3})?"
_TIMES = r"(?:\s*[x×*]\s*10\s*(?:\^|\*\*)?\s*(?P<exp>[0-9⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))?"
_UNIT = (
    r"(?:\s*(?P<unit>%|m?g(?:ms?)?\s?%|(?:[°º]\s?|deg(?:rees?)?\.?\s)?(?:[CF]|[Cc]elsius|[Cc]entigrade|[Ff]ahrenheit)\b|(?:beats|breaths)\s?(?:/|per)\s?min(?:ute)?|[a-zA-Zµμ]{1,6}\s?/\s?(?:min\s?/\s?1\.73\s?m[2²]?|[a-zA-Zµμ]{1,5}\d?[³²]?)|"
    r"per\s?(?:mm3|cubic millimeter|µL|microliter|minute)"
    r"|/\s?(?:mm3|mm³|µL|μL|uL|cu\s?mm|cmm|L|min)\b|mm\s?Hg|bpm|mmol|meq|fL|fl|IU|seconds?|s\b|mm\b))?"
)
# White space is taken whole (`*+`): nothing after it here begins with white space, so giving some back is of no use.
_LINK = (
    r"(?:\s*+\([^()]{1,25}\))?\s*+(?:levels?|counts?|concentrations?|values?|titers?)?\s*+(?:\([^()]{1,25}\))?\s*+(?:(?:was|"
    r"were|is|of|at|to|had|with|a|an|the|as|=|:|,|–|—|-|\(|low|high|elevated|raised|decreased|reduced|"
    r"increased|normal|found|noted|measured|only|up|down|about|approximately|estimated|slightly|markedly|"
    r"mildly|severely|level|fell|fallen|rose|risen|dropped|improved|declined|climbed|peaked|remained|still|normali[sz]ed|returned|back)\s*+){0,6}"
)
_NORMAL = re.compile(
    r"^\s*[a-zA-Z/µμ%]{0,8}\s*[\[(,;]?\s*(?:(?P<bracket>[\[(])\s*(?=\d[\d.,]*\s?(?:[-–]|to)\s?\d|[<>≤≥]\s?\d)|(?:normal|reference)(?:\s+(?:range|"
    r"value|values|limits?|level|levels|interval))?|n(?:ormal)?\s?[:=]|ref\.?(?:erence)?(?:\s?range)?|"
    r"range|nl|NR|RR(?=\s*[:=,]?\s*(?:[<>≤≥]|\d[\d.,]*\s?(?:[-–]|to)\s?\d)))\s*[:=,]?\s*(?:is\s|was\s|of\s)?(?P<range>[<>≤≥]?\s?\d+(?:[.,]\d+)*(?:\s?(?:-|–|"
    r"to)\s?\d+(?:[.,]\d+)*)?)(?!\d|[.,]\d)(?!\s?(?:st|nd|rd|th|(?:per)?centiles?|SDS?|days?|weeks?|months?|years?|hours?|times|fold)\b|\s?%\s?(?:for|of)\b)",
    re.I,
)
#: A verb of change (`fell to`, `increased from`) says nothing of high or low.
_HIGH = re.compile(r"\b(?:elevated|raised|high|increased|elevation)\b(?!\s+(?:further\s+)?(?:to|from|by)\b)", re.I)
_LOW = re.compile(r"\b(?:low|decreased|reduced|diminished|depressed)\b(?!\s+(?:further\s+)?(?:to|from|by)\b)", re.I)
BACK_TO_NORMAL = re.compile(r"\b(?:normali[sz]ed|(?:returned|back) to (?:the )?normal)\b", re.I)
#: The authors' own reading, in brackets or as a flag after the value: `13.1 × 10^9/L (normal)`, `129 mmol/L (L)`.
_PRINTED_WORD = re.compile(
    r"\s*[(\[]\s*(?:(?:mildly|slightly|markedly|moderately|very|borderline)\s+)?(?:(?P<normal>normal|within (?:the )?normal (?:limits|range)|WNL)|(?P<high>elevated|raised|high|increased|H)|(?P<low>low|decreased|reduced|L))\s*(?:[)\]]|[,;](?!\s*(?:range|ref|limit|value|[<>≤≥~]?\s*\d)))"
)
#: Findings that may stand for the value they are read from (`leucocytosis (18,500/µL)`); only with its unit.
AS_FINDING = re.compile(r"(?:osis|[pn]enia|a?emia|philia|cardi(?:a|c)|\Afebrile|\Apyrexial)\Z")
#: After a number: it is not of this analyte, or not of blood (`25-hydroxyvitamin D`, `3–5/high power field`, `9 and 1.0 mg/dL, respectively`).
_NOT_THIS = re.compile(
    r"\s?\+(?!\s?\d)|[-–]?\s?(?:hydroxy|phosph|OH\b)|\s?(?:[-–]\s?\d+\s?)?(?:/|per)\s?(?:hpf|lpf|high|low)\b|[^.;]{0,40}?\s(?:and|,)\s+[<>]?\s?\d[^;]{0,40}?\brespectively\b|[^.;]{0,12}?,? respectively\b",
    re.I,
)
#: Given as solutions of so many per cent; in blood they have other units.
_INFUSED = frozenset({"bicarbonate", "sodium", "potassium", "calcium", "magnesium", "phosphate", "glucose", "albumin", "chloride"})
#: So short that they are read only with a unit of theirs.
_SYMBOLS = frozenset(("na", "k", "cl", "ca"))
_TO = re.compile(r"\s?[-–]\s?\d")
#: Cells of which a differential count gives shares.
_COUNTED = frozenset(("neutrophil count", "lymphocyte count", "eosinophil count", "monocyte count"))
#: What was said of something else: `the examination was normal and sodium 129`.
_SAID_OF_ANOTHER = re.compile(
    r"\b(?:is|was|are|were)\s+(?:\w+\s+)?(?:normal|elevated|raised|high|low|increased|decreased|reduced)\s+(?:and|but|while|whereas|with)\b",
    re.I,
)
_CONCENTRATION = re.compile(r"/[dmu]?L\Z")
_PREDICTED = re.compile(r"(?:\s*(?:L|l|litres?|liters?)\b)?\s*[(,;]\s*(?P<of>\d{1,3}(?:\.\d)?)\s?%\s*(?:of\s+)?(?:the\s+)?pred", re.I)
_LOWERS = re.compile(r"\Ahypo|penia\Z|\Aana?emia\Z|\Abradycardi")


class Reading(NamedTuple):
    """One printed value. `shows` is the HPO id of the abnormal finding that it shows, or, when normal, excludes."""

    start: int
    end: int
    name: str
    of: str  # CURIE or ""
    value: str
    unit_assumed: str
    normal: str
    interpretation: str
    shows: str
    reason: str
    specimen: str = ""  # what it was measured in, where that is not blood


#: What is normal for an adult of these is not for a child.
GROWN = word_list("grown")
#: What pregnancy changes.
PREGNANT = word_list("gravid")
_ADULT = "read against usual adult limits; none is printed"
_AGE = re.compile(
    r"\b(?:(?P<years>\d{1,3})[‐‑–\s-]years?[‐‑–\s-]old|aged? (?P<aged>\d{1,3})(?: years?\b|(?=[,)]))|\d{1,2}[- ](?:month|week|day)s?[- ]old|newborn|neonate|(?:age of|aged) \d{1,2} (?:months|weeks|days)|\d{1,2} (?:months|weeks|days) of age)\b",
    re.I,
)


class Analyte(NamedTuple):
    of: str
    limits: dict[str, tuple[float, float]]  # UCUM unit -> adult low, high
    low: str
    high: str
    name: str
    asked: str  # what a normal value excludes where it could be either

    def shows(self, interpretation: str) -> str:
        """The HPO id of what a value so interpreted shows, or, when normal, excludes; "" for none."""
        normal = self.asked or ("" if self.low and self.high else self.low or self.high)
        return {"high": self.high, "low": self.low, "normal": normal}.get(interpretation, "")


@patterns_of
def analytes() -> tuple[Openings, dict[str, Analyte]]:
    """The pattern of a name with its value, and name in small letters -> analyte."""
    table: dict[str, Analyte] = {}
    for names, of, units, low, high, asked in (row + [""] * (6 - len(row)) for row in rows_of("analytes.tsv")):
        limits = {}
        for part in units.split(",") if units else ():  # what depends on sex, age or the hour has none
            unit, a, b = part.rsplit(":", 2)
            limits[unit] = float(a), float(b)
        curie = next((c for c, _ in load_terms().find_by_name(of) if c.startswith(("LOINC", "CMO"))), "") if of else ""
        made = Analyte(curie, limits, hp(low), hp(high), names.partition("|")[0], hp({"low": low, "high": high}.get(asked, "")))
        for name in names.split("|"):
            table[name] = made
    return names_pattern(table, rf"(?!\s+A\d){_LINK}{_VALUE}{_TIMES}{_UNIT}"), table


def names_pattern(names: Iterable[str], then: str = "") -> Openings:
    """A pattern for any of these names, with spaces or hyphens, as the group `name`, and what follows it."""
    spelt = {name for each in names for name in (each, each.replace("-", " "), each.replace(" ", "-"))}
    return Openings(rf"(?<![\w-])(?P<name>{any_of(spelt)})(?![\w-]){then}", first_words("|".join(spelt)))


def read_values(text: str, start: int = 0, end: int | None = None) -> list[Reading]:
    """The values printed in a stretch of text."""
    pattern, table = analytes()
    found = []
    stop = len(text) if end is None else end
    shares = [
        Reading(a, b, cells, table[cells].of, f"{share}%", "", "", "", "", "no range is printed")
        for a, b, cells, share in read_shares(text, start, stop)
    ]
    for match in pattern.finditer(text, start, stop):
        name = re.sub(r"[\s-]+", " ", match["name"].lower())
        analyte = table.get(match["name"].lower()) or table.get(name) or table.get(name.replace(" ", "-"))
        if analyte and not re.match(r"\s?[-–]?\s?(?:years?|months?|weeks?|days?|old|patients?)\b", text[match.end() : match.end() + 10]):
            reading = _read(text, match, name, analyte, stop)
            if reading:
                found.append(_in_specimen(reading, specimen_of(text, start, match.start())))
    if shares:
        found = sorted(shares + [r for r in found if not any(r.start < s.end and s.start < r.end for s in shares)])
    return found


def _read(text: str, match: re.Match[str], name: str, analyte: Analyte, stop: int) -> Reading | None:
    number = match["num"].replace("·", ".")
    printed = re.sub(r"\s+", " ", text[match.start("cmp") if match["cmp"] else match.start("num") : match.end()]).strip()
    unit = unit_of(match["unit"], match["exp"], name)
    if unit is None:
        return None
    if match["second"] and name not in ("blood pressure", "bp", "arterial pressure"):
        return None
    value = float(number.replace(",", ""))
    predicted = _PREDICTED.match(text, match.end(), stop) if "%" in analyte.limits and unit in ("", "L/s", "L/min") else None
    if predicted:  # a volume says little by itself, its share of the predicted one does
        interpretation = against(float(predicted["of"]), f"{analyte.limits['%'][0]}-{analyte.limits['%'][1]}")
        shown = analyte.shows(interpretation)
        return Reading(match.start(), predicted.end(), name, analyte.of, f"{predicted['of']}%", "", "", interpretation, shown, _ADULT)
    as_printed = value, unit  # as its range is
    value, unit = same_power(value, unit, analyte.limits)
    known = unit in analyte.limits
    if _NOT_THIS.match(text, match.end(), stop) or unit == "%" and name in _INFUSED:
        return None
    if not analyte.limits and not _CONCENTRATION.search(unit):
        return None  # a dose of it, it may be
    if name == "rr" and _TO.match(text, match.end(), stop):
        return None  # a reference range, not a rate
    if not known and (AS_FINDING.search(name) or name.rstrip("+-") in _SYMBOLS):
        return None
    if name in _SYMBOLS and not match["name"][0].isupper():
        return None
    assumed = ""
    if not unit:
        assumed = next((u for u, (low, high) in analyte.limits.items() if low / 12 <= value <= high * 12), "")
        if (
            not assumed
            or len(analyte.limits) == 1
            and assumed not in ("1", "/min", "mm[Hg]", "%", "/uL")
            and not match["cmp"]
            and value < 2
        ):
            return None
    normal = _NORMAL.match(text[match.end() : min(stop, match.end() + 60)])
    if normal and normal["bracket"] == "[" and "." not in normal["range"] and re.search(r"\[1[],\s–-]", text):
        normal = None  # a citation
    context = text[match.end("name") : match.end()]  # the name may have such a word itself: `low-density lipoprotein`
    if not _HIGH.search(context) and not _LOW.search(context):
        before = text[max(match.start() - 40, 0) : match.start()]
        before = before[max((said.end() for said in _SAID_OF_ANOTHER.finditer(before)), default=0) :]
        context = (before + " " + context)[max((before + " " + context).rfind(c) for c in ".;,()") + 1 :]
    if AS_FINDING.search(name):
        context = ""
    interpretation, reason = _interpret(as_printed[0] if normal else value, match, normal, context, analyte, unit if known else assumed)
    if AS_FINDING.search(name):
        if interpretation != ("low" if _LOWERS.search(name) else "high"):
            return None
        reason = "in the authors' words"
    shows = analyte.shows(interpretation) if unit != "%" or not is_count_of_cells(analyte) else ""  # a share is no count
    return Reading(
        match.start(),
        match.end(),
        analyte.name if AS_FINDING.search(name) else " ".join(match["name"].lower().split()),
        analyte.of,
        storable(printed, match["cmp"], match["num"], as_printed[1]),
        assumed if assumed != "1" else "",
        normal["range"].strip() if normal else "",
        interpretation,
        shows,
        reason,
    )


def is_count_of_cells(analyte: Analyte) -> bool:
    """Whether an analyte is the count of a sort of white cells, of which a share may be printed instead."""
    return analyte.name in _COUNTED


def _in_specimen(reading: Reading, specimen: str) -> Reading:
    """A value of another specimen than blood: the terms, usual limits and findings are those of blood, so none of them holds."""
    if not specimen:
        return reading
    read = reading.interpretation if reading.reason != _ADULT else ""
    reason = reading.reason if read else "no range is printed"
    return reading._replace(of="", shows="", interpretation=read, unit_assumed="", reason=reason, specimen=specimen)


def _interpret(
    value: float, match: re.Match[str], normal: re.Match[str] | None, context: str, analyte: Analyte, unit: str
) -> tuple[str, str]:
    """High, low, normal or "", and what it was read from: the printed range, the words, or adult limits."""
    if normal:
        return against(value, normal["range"]), "read against the printed range"
    if told := _PRINTED_WORD.match(match.string, match.end()):
        return str(told.lastgroup), "in the authors' words"
    if _HIGH.search(context):
        return "high", "in the authors' words"
    if _LOW.search(context):
        return "low", "in the authors' words"
    if re.search(r"\bnormal\b", context, re.I) or BACK_TO_NORMAL.search(match.group()):
        return "normal", "in the authors' words"
    if unit in analyte.limits:
        low, high = analyte.limits[unit]
        return "low" if value < low else "high" if value > high else "normal", _ADULT
    return "", "no range is printed"


def against(value: float, printed: str) -> str:
    """High, low or normal by a printed range or limit: `15-150`, `< 5`, `> 60`."""
    numbers = [float(n.replace(",", "")) for n in re.findall(r"\d+(?:\.\d+)?", printed.replace(",", ""))]
    low, high = (
        (numbers[0], numbers[1]) if len(numbers) > 1 else (None, numbers[0]) if not re.match(r"[>≥]", printed) else (numbers[0], None)
    )
    return "low" if low is not None and value < low else "high" if high is not None and value > high else "normal"


def value_findings(text: str) -> list[tuple[int, int, str]]:
    """The abnormal findings that printed values show: (start, end, HPO id).

    A child's value is not read against the limits of an adult where these differ, as for a pulse.

    Example:
    >>> found = value_findings("A 4-month-old boy had a pulse of 132/min and a platelet count of 12,000/mm3.")
    >>> [curie for _, _, curie in found]
    ['HP:0001873']
    """
    abnormal = [r for r in read_values(text) if r.shows and r.interpretation in ("high", "low")]
    if abnormal and is_child(text):
        abnormal = [r for r in abnormal if not of_adults(r, GROWN)]
    return [(r.start, r.end, r.shows) for r in abnormal]


def of_adults(reading: Reading, changed: frozenset[str]) -> bool:
    """Whether a value was read against the limits of adults at large, and is one of those that are not the same for all.

    Args:
        changed: names of analytes, with hyphens.
    """
    return reading.reason == _ADULT and re.sub(r"[\s-]+", "-", reading.name) in changed


@lru_cache(maxsize=4)
def is_child(text: str) -> bool:
    """Whether the first age of a text is below 16 years.

    Example:
    >>> is_child("A 4-month-old boy whose mother is a 30-year-old nurse."), is_child("A 30-year-old nurse.")
    (True, False)
    """
    match = _AGE.search(text)
    if match is None:
        return False
    years = match["years"] or match["aged"]
    return years is None or int(years) < 16
