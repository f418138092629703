"""Values in the rows of a table that was copied as text: the analyte at the start of a line, then value and range in either order.

Only a row that prints a range is read here, and against that range alone; a value by itself is read as one in a sentence is.

>>> table = "Test  Result  Reference\\nHaemoglobin (g/dL)  8.2  12.0–16.0\\nSodium, mmol/L | 135-145 | 138\\nCRP 55 mg/L <5"
>>> [(r.name, r.value, r.normal, r.interpretation) for r in read_rows(table, 0, len(table))]
[('haemoglobin', '8.2 g/dL', '12.0-16.0', 'low'), ('sodium', '138 mmol/L', '135-145', 'normal'), ('crp', '55 mg/L', '<5', 'high')]
"""

from __future__ import annotations

import re

from kg.draft.findings.measure import Analyte, Reading, against, analytes, is_count_of_cells
from kg.draft.findings.specimens import named_specimen
from kg.errors import RecordError
from kg.units import parse_quantity

_NUMBER = r"\d+(?:[.,·]\d+)*"
_UNIT = r"(?:[×x*]?\s?10\s?\^?\s?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}\s?/\s?[a-zA-Zµμ]{1,3}\d?[³]?|%|[a-zA-Zµμ]{1,6}\s?/\s?[a-zA-Zµμ]{1,6}\d?[³²]?(?:/1\.73\s?m[2²])?|/\s?[a-zA-Zµμ]{1,3}\d?[³]?|fL|pg|mm\s?Hg|mmHg|seconds?|secs?|s)"
#: The name, perhaps its short form, perhaps the unit; then what the cells print.
_ROW = re.compile(
    rf"[ \t•·*‒–-]*(?P<name>[A-Za-z][A-Za-z0-9 ’'./-]{{0,45}}?)[ \t]*(?:\((?P<short>[A-Za-z0-9-]{{1,8}})\)[ \t]*)?(?:,?[ \t]*[(\[]?(?P<unit>{_UNIT})[)\]]?)?[ \t]*[:=|]?[ \t]*"
    r"(?P<cells>[(\[<>≤≥]?[ ]?\d[^\n]*|\|[^\n]*)"
)
_CELL = re.compile(
    rf"(?P<range>{_NUMBER}\s?(?:[-–—]|to)\s?{_NUMBER})|(?P<limit>[<>≤≥]=?\s?{_NUMBER})|(?P<unit>{_UNIT})(?![\w])|(?P<number>{_NUMBER})(?:\s?(?:[HL↑↓*†‡]|\((?:H|L|high|low)\)))?(?!\w)|"
    r"(?P<none>[\s|()\[\];:,]+|[HL↑↓*†‡](?!\w)|(?:ab)?normal\b|high\b|low\b|elevated\b|decreased\b|increased\b|reduced\b|(?:ref(?:erence)?|normal)(?:\s?(?:range|values?))?\b)",
    re.I,
)
_DIGIT = re.compile(r"\d")


def read_rows(text: str, start: int, end: int) -> list[Reading]:
    """The values of the rows in a stretch of text that print a range."""
    if "\n" not in text[start:end] or not _DIGIT.search(text, start, end):
        return []
    found, at, specimen = [], start, ""
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        row = _ROW.match(text, at, stop)
        analyte = _analyte(row) if row else None
        if row and analyte:
            reading = _read(row, analyte)
            if reading:
                found.append(reading if not specimen else reading._replace(of="", shows="", specimen=specimen))
        elif not _DIGIT.search(text, at, stop):  # a line that heads what follows: `Urinalysis`
            heading = named_specimen(text[at:stop])
            specimen = specimen if heading is None else heading
        at = stop + 1
    return found


def _analyte(row: re.Match[str]) -> Analyte | None:
    _, table = analytes()
    for words in (row["name"], row["short"] or ""):
        name = " ".join(words.lower().split())
        for spelt in (name, name.replace("-", " "), name.replace(" ", "-"), name.removeprefix("serum "), name.removeprefix("plasma ")):
            if spelt in table:
                return table[spelt]
    return None


def _read(row: re.Match[str], analyte: Analyte) -> Reading | None:
    """The first value of a row against its one range; None where it has no range or says something else, too."""
    found: dict[str, list[str]] = {"range": [], "limit": [], "number": [], "unit": [], "none": []}
    at, cells = 0, row["cells"]
    while at < len(cells):
        cell = _CELL.match(cells, at)
        if cell is None:
            return None
        found[str(cell.lastgroup)].append(" ".join(str(cell[str(cell.lastgroup)]).split()))
        at = cell.end()
    if found["range"]:
        ranges, values = found["range"], found["number"] or found["limit"]
    else:
        ranges, values = found["limit"], found["number"]
    if len(ranges) != 1 or not values or len({u.replace(" ", "") for u in found["unit"]}) > 1:
        return None
    normal = re.sub(r"\s?(?:[-–—]|to)\s?", "-", ranges[0]).replace(" ", "")
    number = re.sub(r"[<>≤≥=\s]", "", values[0]).replace("·", ".")
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", number):
        return None
    interpretation = against(float(number.replace(",", "")), normal)
    unit = (found["unit"] or [row["unit"] or ""])[0]
    if unit.lower().endswith(("hpf", "lpf")):
        return None  # cells seen in urine
    return Reading(
        row.start("name"), row.end(), " ".join(row["name"].lower().split()), analyte.of, _value(values[0], unit), "", normal, interpretation,
        analyte.shows(interpretation) if unit != "%" or not is_count_of_cells(analyte) else "", "read against the printed range",
    )  # fmt: skip


def _value(number: str, unit: str) -> str:
    """Number and unit where a record can hold both, else the number."""
    try:
        parse_quantity(f"{number} {unit}")
    except RecordError:
        return number
    return f"{number} {unit}".strip()
