"""Quantities as a report prints them → a number and a UCUM unit.

UCUM codes are checked by their grammar (atoms, metric prefixes, products, quotients) over the atoms that
clinical reports use; the printed form always stays beside the normalised one.

Source: Unified Code for Units of Measure, https://ucum.org
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kg.errors import RecordError

#: Atoms that take a metric prefix (g -> mg), and those that do not.
METRIC = frozenset(["g", "m", "L", "l", "mol", "s", "Pa", "Hz", "J", "W", "V", "A", "N", "C", "K", "eq", "osm", "kat", "U", "[iU]", "Bq", "Gy", "Sv", "Cel", "cal", "bar", "t"])
PLAIN = frozenset(
    ["%", "min", "h", "d", "wk", "mo", "a", "mm[Hg]", "cm[H2O]", "[pH]", "[arb'U]", "[lb_av]", "[in_i]", "[ft_i]", "[degF]", "deg", "[CFU]", "[drp]", "1"]
)
PREFIX = frozenset(["Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a", "z", "y"])

#: Printed spellings that are not UCUM, and the UCUM code they stand for.
PRINTED = {
    "gr": "g", "gram": "g", "grams": "g", "gm": "g", "mgr": "mg", "milligrams": "mg", "mcg": "ug", "µg": "ug", "μg": "ug",
    "ml": "mL", "cc": "mL", "dl": "dL", "IU": "[iU]", "iu": "[iU]", "mIU": "m[iU]", "µIU": "u[iU]", "μIU": "u[iU]",
    "units": "U", "unit": "U", "mmHg": "mm[Hg]", "cmH2O": "cm[H2O]", "°C": "Cel", "ºC": "Cel", "C": "Cel", "°F": "[degF]", "F": "[degF]",
    "hr": "h", "hour": "h", "hours": "h", "hrs": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk",
    "month": "mo", "months": "mo", "year": "a", "years": "a", "y": "a", "yr": "a", "minute": "min", "minutes": "min",
    "sec": "s", "seconds": "s", "mEq": "meq", "Eq": "eq", "µL": "uL", "μL": "uL", "µl": "uL", "μl": "uL", "µmol": "umol",
    "μmol": "umol", "mm3": "uL", "mm³": "uL", "mm^3": "uL", "cells": "", "cell": "", "kU": "kU", "bpm": "/min",
    "percent": "%", "lb": "[lb_av]", "inches": "[in_i]", "kgbw": "kg", "m2": "m2", "m²": "m2",
}  # fmt: skip

_QUANTITY = re.compile(r"\s*(<=|>=|<|>|≤|≥|~)?\s*([-+]?\d[\d,]*(?:\.\d+)?|\.\d+)\s*(.*?)\s*\Z", re.S)
_PRINTED_RANGE = re.compile(r"\s*([\d.,]+)\s*(?:-|–|—|to)\s*([\d.,]+)\s*(.*)\Z", re.S)
_POWER = re.compile(r"(?:[x×*]\s*)?10\s*(?:\^|\*\*|\*)?\s*([⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{1,2})\s*/\s*")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FACTOR = re.compile(r"([A-Za-z%\[\]_'0-9*µμ°º]+?)([-+]?\d)?\Z")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed quantity and what it means.

    Attributes:
        printed: as the report has it.
        comparator: ``<``, ``>``, ``<=``, ``>=``, ``~`` or empty.
        value: the number.
        unit: UCUM code, empty where none is printed.
    """

    printed: str
    comparator: str
    value: Decimal
    unit: str


def parse_quantity(text: str | int | float) -> Quantity:
    """A quantity from its printed form.

    Raises:
        RecordError: no number, or a unit that is neither UCUM nor a known printed form.

    Example:
    >>> parse_quantity("< 0.8 mg/dL")
    Quantity(printed='< 0.8 mg/dL', comparator='<', value=Decimal('0.8'), unit='mg/dL')
    >>> parse_quantity("2gr/kg").unit, parse_quantity(3850).unit
    ('g/kg', '')
    """
    printed = str(text).strip()
    match = _QUANTITY.match(printed)
    if not match:
        raise RecordError(f"{printed!r} is not a quantity; write a number and a unit, such as '2.82 mg/dL'")
    comparator, number, unit = match.groups()
    comparator = {"≤": "<=", "≥": ">="}.get(comparator or "", comparator or "")
    return Quantity(printed, comparator, Decimal(number.replace(",", "")), parse_unit(unit))


def parse_unit(text: str) -> str:
    """The UCUM code of a printed unit; empty for none.

    Raises:
        RecordError: it is neither UCUM nor a known printed form.

    Example:
    >>> parse_unit("gr/kg"), parse_unit("cells/µL"), parse_unit("x10^9/L"), parse_unit("mg/kg/day")
    ('g/kg', '/uL', '10*9/L', 'mg/kg/d')
    """
    unit = text.strip()
    if not unit or unit.startswith("{") and unit.endswith("}"):
        return unit
    power = _POWER.match(unit)
    if power:
        exponent = power.group(1).translate(_SUPERSCRIPT)
        return f"10*{exponent}/{parse_unit(unit[power.end():])}"
    parts = re.split(r"\s*([/.])\s*", unit.replace(" per ", "/"))
    code = "".join(part if part in "/." else _factor(part, unit) for part in parts)
    return code


def _factor(part: str, whole: str) -> str:
    """One factor of a unit as UCUM."""
    if part in PRINTED:
        return PRINTED[part]
    if part == "" or part.isdigit() or part.startswith("{") and part.endswith("}") or part.startswith("10*"):
        return part
    match = _FACTOR.match(part)
    if match and _is_atom(match.group(1)):
        return part
    raise RecordError(
        f"unit {whole!r}: {part!r} is neither a UCUM code nor a known printed form; "
        "write for example mg/dL, g, mm/h, 10*9/L, U/L, %, /uL"
    )


def _is_atom(text: str) -> bool:
    if text in METRIC or text in PLAIN:
        return True
    return any(text.startswith(prefix) and text[len(prefix) :] in METRIC for prefix in PREFIX)


def read_range(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Lower and upper limit of a printed reference range; None where it gives none.

    Example:
    >>> read_range("< 0.8 mg/dL"), read_range("12-16 g/dL")
    ((None, Decimal('0.8')), (Decimal('12'), Decimal('16')))
    """
    match = _PRINTED_RANGE.match(text)
    if match:
        return parse_quantity(match[1]).value, parse_quantity(f"{match[2]} {match[3]}").value
    quantity = parse_quantity(text)
    return (quantity.value, None) if quantity.comparator.startswith(">") else (None, quantity.value)
