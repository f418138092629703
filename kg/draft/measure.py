"""Laboratory values, vital signs, function tests and antibodies, as printed and as they read.

>>> [(r.name, r.value, r.interpretation, r.shows) for r in read_values("Haemoglobin was 6.2 g/dL; LVEF 25 %.")]
[('haemoglobin', '6.2 g/dL', 'low', 'HP:0001903'), ('lvef', '25 %', 'low', 'HP:0012664')]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.words import any_of, rows_of
from kg.errors import RecordError
from kg.terms import load_terms
from kg.units import parse_quantity, parse_unit

_VALUE = r"(?P<cmp>[<>≤≥~]=?\s*)?(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.·]\d+)?)(?P<second>/\d{2,3})?"
_TIMES = r"(?:\s*[x×*]\s*10\s*(?:\^|\*\*)?\s*(?P<exp>[0-9⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))?"
_UNIT = (
    r"(?:\s*(?P<unit>%|°\s?[CF]\b|º\s?[CF]\b|[a-zA-Zµμ]{1,6}\s?/\s?(?:min\s?/\s?1\.73\s?m[2²]?|[a-zA-Zµμ]{1,5}\d?[³²]?)|"
    r"per\s?(?:mm3|cubic millimeter|µL|microliter|minute)"
    r"|/\s?(?:mm3|mm³|µL|μL|uL|cmm|L|min)\b|mm\s?Hg|bpm|(?:beats|breaths)\s?(?:/|per)\s?min(?:ute)?|mmol|meq|fL|fl|IU|seconds?|s\b|mm\b))?"
)
_LINK = (
    r"(?:\s*\([^()]{1,25}\))?\s*(?:levels?|counts?|concentrations?|values?|titers?)?\s*(?:\([^()]{1,25}\))?\s*(?:(?:was|"
    r"were|is|of|at|to|had|with|a|an|the|as|=|:|,|–|—|-|\(|low|high|elevated|raised|decreased|reduced|"
    r"increased|normal|found|noted|measured|only|up|down|about|approximately|estimated|slightly|markedly|"
    r"mildly|severely|level|fell|rose|dropped)\s*){0,6}"
)
_NORMAL = re.compile(
    r"^\s*[a-zA-Z/µμ%]{0,8}\s*[\[(,;]?\s*(?:\(\s*(?=\d[\d.,]*\s?[-–]\s?\d)|(?:normal|reference)(?:\s+(?:range|"
    r"value|values|limits?|level|levels|interval))?|n(?:ormal)?\s?[:=]|ref\.?(?:erence)?(?:\s?range)?|"
    r"range|nl|NR|RR)\s*[:=,]?\s*(?:is\s|was\s|of\s)?(?P<range>[<>≤≥]?\s?\d+(?:[.,]\d+)*(?:\s?(?:-|–|"
    r"to)\s?\d+(?:[.,]\d+)*)?)",
    re.I,
)
_HIGH = re.compile(r"\b(?:elevated|raised|high|increased|elevation)\b", re.I)
_LOW = re.compile(r"\b(?:low|decreased|reduced|diminished|depressed|fell|dropped)\b", re.I)
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


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


class Analyte(NamedTuple):
    of: str
    limits: dict[str, tuple[float, float]]  # UCUM unit -> adult low, high
    low: str
    high: str


def _hp(label: str) -> str:
    return next((c for c, _ in load_terms().find_by_name(label) if c.startswith("HP:")), "") if label else ""


@lru_cache(maxsize=1)
def _analytes() -> tuple[re.Pattern[str], dict[str, Analyte]]:
    table: dict[str, Analyte] = {}
    for names, of, units, low, high in (row + [""] * (5 - len(row)) for row in rows_of("analytes.tsv")):
        limits = {}
        for part in units.split(","):
            unit, a, b = part.rsplit(":", 2)
            limits[unit] = float(a), float(b)
        curie = next((c for c, _ in load_terms().find_by_name(of) if c.startswith(("LOINC", "CMO"))), "") if of else ""
        made = Analyte(curie, limits, _hp(low), _hp(high))
        for name in names.split("|"):
            table[name] = made
    words = any_of(name for each in table for name in {each, each.replace("-", " "), each.replace(" ", "-")})
    return re.compile(rf"(?<![\w-])(?P<name>{words})(?![\w-])(?!\s+A\d){_LINK}{_VALUE}{_TIMES}{_UNIT}", re.I), table


def read_values(text: str, start: int = 0, end: int | None = None) -> list[Reading]:
    """The values printed in a stretch of text."""
    pattern, table = _analytes()
    found = []
    stop = len(text) if end is None else end
    for match in pattern.finditer(text, start, stop):
        name = re.sub(r"[\s-]+", " ", match["name"].lower())
        analyte = table.get(match["name"].lower()) or table.get(name) or table.get(name.replace(" ", "-"))
        if analyte and not re.match(r"\s?[-–]?\s?(?:years?|months?|weeks?|days?|old|patients?)\b", text[match.end() : match.end() + 10]):
            reading = _read(text, match, name, analyte, stop)
            if reading:
                found.append(reading)
    return found


def _read(text: str, match: re.Match[str], name: str, analyte: Analyte, stop: int) -> Reading | None:
    number = match["num"].replace("·", ".")
    printed = re.sub(r"\s+", " ", text[match.start("cmp") if match["cmp"] else match.start("num") : match.end()]).strip()
    unit = _unit(match, name)
    if unit is None:
        return None
    if match["second"] and name not in ("blood pressure", "bp", "arterial pressure"):
        return None
    value = float(number.replace(",", ""))
    known = unit in analyte.limits
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
    context = text[max(match.start() - 40, 0) : match.end()]
    context = (
        context[max(context.rfind(c) for c in ".;,(") + 1 :]
        if not _HIGH.search(match.group()) and not _LOW.search(match.group())
        else match.group()
    )
    interpretation, reason = _interpret(value, match, normal, context, analyte, unit if known else assumed)
    shows = {"high": analyte.high, "low": analyte.low, "normal": analyte.low or analyte.high}.get(interpretation, "")
    return Reading(
        match.start(),
        match.end(),
        match["name"].lower(),
        analyte.of,
        _storable(printed, match, unit),
        assumed if assumed != "1" else "",
        normal["range"].strip() if normal else "",
        interpretation,
        shows,
        reason,
    )


def _unit(match: re.Match[str], name: str) -> str | None:
    """The UCUM code of the printed unit, "" for none, None where it cannot be one."""
    unit = re.sub(r"\s", "", match["unit"] or "")
    unit = re.sub(r"^per", "/", unit)
    if not unit:
        return "10*" + match["exp"].translate(_SUPER) if match["exp"] else ""
    plain = {"bpm": "/min", "beats/min": "/min", "breaths/min": "/min", "beats/minute": "/min", "breaths/minute": "/min",
             "beatsperminute": "/min", "breathsperminute": "/min", "beatspermin": "/min", "breathspermin": "/min", "mmHg": "mm[Hg]",
             "/mm3": "/uL", "/mm³": "/uL", "/cmm": "/uL",
             "/cubicmillimeter": "/uL", "/microliter": "/uL", "/minute": "/min", "seconds": "s", "second": "s"}.get(unit)  # fmt: skip
    try:
        code = plain or parse_unit(unit)
    except RecordError:
        if "1.73" in unit:
            return "mL/min/1.73m2"
        return None
    if match["exp"] and code.startswith("/"):
        exponent = match["exp"].translate(_SUPER)
        return f"10*{exponent}{code}"
    return code


def _storable(printed: str, match: re.Match[str], unit: str) -> str:
    """The value as printed where the record's reader takes it, else number and UCUM unit."""
    printed = printed.replace("·", ".")
    try:
        parse_quantity(printed)
        return printed
    except RecordError:
        pass
    value = f"{(match['cmp'] or '').strip()}{match['num'].replace('·', '.')} {unit}".strip()
    try:
        parse_quantity(value)
        return value
    except RecordError:
        return f"{(match['cmp'] or '').strip()}{match['num'].replace('·', '.')}"


def _interpret(
    value: float, match: re.Match[str], normal: re.Match[str] | None, context: str, analyte: Analyte, unit: str
) -> tuple[str, str]:
    """High, low, normal or "", and what it was read from: the printed range, the words, or adult limits."""
    if normal:
        numbers = [float(n.replace(",", "")) for n in re.findall(r"\d+(?:\.\d+)?", normal["range"].replace(",", ""))]
        low, high = (
            (numbers[0], numbers[1])
            if len(numbers) > 1
            else (None, numbers[0])
            if not re.match(r"[>≥]", normal["range"])
            else (numbers[0], None)
        )
        reading = "low" if low is not None and value < low else "high" if high is not None and value > high else "normal"
        return reading, "read against the printed range"
    if _HIGH.search(context):
        return "high", "in the authors' words"
    if _LOW.search(context):
        return "low", "in the authors' words"
    if re.search(r"\bnormal\b", context, re.I):
        return "normal", "in the authors' words"
    if unit in analyte.limits:
        low, high = analyte.limits[unit]
        return "low" if value < low else "high" if value > high else "normal", "read against usual adult limits; none is printed"
    return "", "no range is printed"


_SAID = re.compile(
    r"(?P<normal>within (?:the )?normal (?:limits|range)|normal\b|unremarkable)|(?P<high>elevated|raised|"
    r"increased|high)\b|(?P<low>decreased|reduced|low|diminished)\b",
    re.I,
)
_VERB = re.compile(r"\b(?:was|were|is|are|remained)\s+(?:all |both |also |found to be |slightly |mildly |markedly |within )*$", re.I)


@lru_cache(maxsize=1)
def _bare_analytes() -> re.Pattern[str]:
    _, table = _analytes()
    words = any_of(
        name for each in table if len(each) > 2 or each in ("c3", "c4") for name in {each, each.replace("-", " "), each.replace(" ", "-")}
    )
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.I)


def read_levels(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[Reading]:
    """Values told in words only: `creatine kinase and TSH were within normal limits`.

    Example:
    >>> text = "Levels of C3 and C4 were normal."
    >>> [(r.name, r.interpretation) for r in read_levels(text, 0, len(text), [])]
    [('c3', 'normal'), ('c4', 'normal')]
    """
    said = [
        m
        for m in _SAID.finditer(text, start, end)
        if _VERB.search(text[max(start, m.start() - 40) : m.start()] + ("within " if m.group().lower().startswith("within") else ""))
    ]
    if not said:
        return []
    found = []
    _, table = _analytes()
    for match in _bare_analytes().finditer(text, start, end):
        word = next((m for m in said if m.start() > match.end()), None)
        if (
            word is None
            or any(a <= match.start() < b for a, b in taken)
            or re.search(r"[.;]|\b(?:but|which|while|she|he)\b|(?<![A-Za-z])\d", text[match.end() : word.start()])
        ):
            continue
        name = match.group().lower()
        analyte = table.get(name) or table.get(re.sub(r"[\s-]+", " ", name)) or table.get(re.sub(r"\s+", "-", name))
        if analyte:
            reading = str(word.lastgroup)
            shows = {"high": analyte.high, "low": analyte.low, "normal": analyte.low or analyte.high}[reading]
            found.append(Reading(match.start(), match.end(), name, analyte.of, "", "", "", reading, shows, "in the authors' words"))
    return found


class Antibody(NamedTuple):
    start: int
    end: int
    words: str
    curie: str
    result: str  # positive, negative, not-tested
    titre: str


_RESULT = re.compile(
    r"(?P<no>(?:was|were)\s+not\s+(?:tested|performed|done|available|measured)|not tested)|(?P<neg>\bnegative\b|"
    r"\babsent\b|\bnot detected\b|\bundetectable\b|\b(?:was|were) normal\b)|(?P<pos>\bpositiv\w+\b|\bdetected\b|"
    r"\bpresent\b|\belevated\b|\b1\s?[:/]\s?\d{2,5}\b)",
    re.I,
)
_TITRE = re.compile(r"\b1\s?[:/]\s?\d{2,5}\b")


@lru_cache(maxsize=1)
def _antibodies() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"(?<![\w-])(?:{pattern})", re.I if "\\b" not in pattern or len(pattern) > 20 else 0), _hp(label))
        for pattern, label in rows_of("antibodies.tsv")
    ]


def read_antibodies(text: str, start: int, end: int) -> list[Antibody]:
    """The antibody tests of a sentence; each takes the result of its own clause, else of the clause after it.

    Example:
    >>> [(a.words, a.result, a.titre) for a in read_antibodies("ANA was positive (1/640) and anti-Jo1 was negative.", 0, 51)]
    [('ANA', 'positive', '1/640'), ('anti-Jo1', 'negative', '')]
    """
    if not re.search(r"(?i)anti-?|\bANA\b|ANCA|\bRF\b|\bAMA\b|rheumatoid factor", text[start:end]):
        return []
    hits: dict[int, tuple[int, str]] = {}
    for pattern, curie in _antibodies():
        for match in pattern.finditer(text, start, end):
            if curie and not any(a <= match.start() < b for a, (b, _) in hits.items()):
                hits[match.start()] = match.end(), curie
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
                )
            )
    return found


def _result_of(text: str, first: int, at: int, stop: int, end: int, starts: list[int]) -> str | None:
    after = _RESULT.search(text, stop, end)
    before = None
    for match in _RESULT.finditer(text, max(first, at - 45), at):
        before = match
    chosen = after
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
    if not chosen:
        return None
    return "not-tested" if chosen.group("no") else "negative" if chosen.group("neg") else "positive"


_GROWTH = re.compile(
    r"\b(?P<what>birth[- ]weight|birth length|height|stature|length|weight|head circumference|occipito-?frontal "
    r"circumference|OFC|HC)\b(?P<between>[^.;\n]{0,45}?(?:\d\.\d[^.;\n]{0,25}?)?)"
    r"(?:(?P<below><|≤|\bbelow|\bunder|\bless than)?(?P<above>>|≥|\babove|\bover|\bgreater than)?\s*(?:the\s*)?"
    r"(?:P\s?(?P<p1>\d{1,2}(?:\.\d)?)\b|"
    r"(?P<p2>\d{1,2}(?:\.\d)?)\s*(?:st|nd|rd|th)?\s*(?:per)?centile)"
    r"|(?P<sd>[-−–+]\s?\d(?:\.\d+)?)\s?(?:SDS?\b|z|standard deviation)|(?P<n>\d(?:\.\d+)?)\s?(?:SDs?|"
    r"standard deviations?)\s+(?P<side>below|above))",
    re.I,
)
#: What is measured -> the labels for low and high.
_GROWTH_SHOWS = {
    "height": ("Short stature", "Tall stature"), "stature": ("Short stature", "Tall stature"), "length": ("Short stature", ""),
    "weight": ("Decreased body weight", "Increased body weight"), "head circumference": ("Microcephaly", "Macrocephaly"),
    "birth weight": ("Small for gestational age", "Large for gestational age"), "birth length": ("", ""),
}  # fmt: skip


def read_growth(text: str) -> list[tuple[int, int, str]]:
    """Sizes told by centile or standard deviation, where they are out of the normal: (start, end, HPO id).

    Example:
    >>> [curie for _, _, curie in read_growth("Height was 84 cm (below the 3rd centile), weight on the 50th centile, OFC -3.1 SD.")]
    ['HP:0004322', 'HP:0000252']
    """
    found = []
    for match in _GROWTH.finditer(text):
        if re.search(
            r"\b(?:height|weight|length|circumference|OFC|normal|was born|sitting|vertebra\w*)\b", match["between"], re.I
        ) or re.search(
            r"(?:sitting|vertebral|femoral|facial|crown-rump|arm|penile|foot|hand|limb|mother'?s?|father'?s?|"
            r"maternal|paternal|parental|trunk|segment)\s*\Z",
            text[max(0, match.start() - 14) : match.start()],
            re.I,
        ):
            continue
        centile = float(match["p1"] or match["p2"]) if match["p1"] or match["p2"] else None
        deviation = float(re.sub(r"\s", "", match["sd"]).replace("−", "-").replace("–", "-")) if match["sd"] else None
        if match["n"]:
            deviation = float(match["n"]) * (-1 if match["side"].lower() == "below" else 1)
        low = (
            deviation is not None
            and deviation <= -2
            or centile is not None
            and (bool(match["below"]) and centile <= 5 or not match["above"] and centile < 3)
        )
        high = (
            deviation is not None
            and deviation >= 2
            or centile is not None
            and (bool(match["above"]) and centile >= 95 or not match["below"] and centile >= 98)
        )
        what = re.sub(r"[- ]+", " ", match["what"].lower())
        what = "head circumference" if what in ("ofc", "hc") or what.startswith("occ") else what
        label = _GROWTH_SHOWS[what][0 if low else 1] if low or high else ""
        if label:
            found.append((match.start(), match.end(), _hp(label)))
    return found


def value_findings(text: str) -> list[tuple[int, int, str]]:
    """The abnormal findings that printed values show: (start, end, HPO id)."""
    return [(r.start, r.end, r.shows) for r in read_values(text) if r.shows and r.interpretation in ("high", "low")]
