"""The unit printed beside a value → its UCUM code, and the value as a record stores it."""

from __future__ import annotations

import re
from collections.abc import Collection

from kg.errors import RecordError
from kg.units import parse_quantity, parse_unit

_DEGREES = re.compile(r"(?:[°º]|deg(?:rees?)?\.?)?([CcFf])(?:elsius|entigrade|ahrenheit)?")
_MICRO_UNITS = re.compile(r"(?:[uµμ]|micro|mc)IU/(mL|L)")
_FEVER = frozenset(("febrile", "pyrexial"))
_POWER = re.compile(r"(?:10\*(\d{1,2}))?(/uL)")
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_PLAIN = {
    "bpm": "/min", "beats/min": "/min", "breaths/min": "/min", "beats/minute": "/min", "breaths/minute": "/min",
    "beatsperminute": "/min", "breathsperminute": "/min", "beatspermin": "/min", "breathspermin": "/min", "mmHg": "mm[Hg]",
    "/mm3": "/uL", "/mm³": "/uL", "/cmm": "/uL", "/cumm": "/uL", "cells/cumm": "/uL", "cells/cmm": "/uL", "K/uL": "10*3/uL", "K/µL": "10*3/uL",
    "g%": "g/dL", "gm%": "g/dL", "gms%": "g/dL", "mg%": "mg/dL",
    "/cubicmillimeter": "/uL", "/microliter": "/uL", "/minute": "/min", "seconds": "s", "second": "s"
}  # fmt: skip


def unit_of(printed: str | None, exponent: str | None, name: str) -> str | None:
    """The UCUM code of the printed unit, "" for none, None where it cannot be one.

    Args:
        exponent: the figures of a power of ten before it.
        name: what is measured; `C` and `F` are of a temperature only.

    Example:
    >>> unit_of("mmol / l", None, "sodium"), unit_of("/µL", "3", "platelets"), unit_of("degrees Celsius", None, "temperature")
    ('mmol/L', '10*3/uL', 'Cel')
    """
    unit = re.sub(r"\s", "", printed or "")
    unit = re.sub(r"^per", "/", unit)
    unit = re.sub(r"(?<=/)([dmuµμ]?)l\Z", r"\1L", unit)  # "mmol/l"
    if degrees := _DEGREES.fullmatch(unit):
        return {"c": "Cel", "f": "[degF]"}[degrees[1].lower()] if "temp" in name or name in _FEVER else ""
    if micro := _MICRO_UNITS.fullmatch(unit):
        return f"u[iU]/{micro[1]}"
    if not unit:
        return "10*" + exponent.translate(_SUPER) if exponent else ""
    try:
        code = _PLAIN.get(unit) or parse_unit(unit)
    except RecordError:
        if "1.73" in unit:
            return "mL/min/1.73m2"
        return None
    if exponent and code.startswith("/"):
        return f"10*{exponent.translate(_SUPER)}{code}"
    return code


def same_power(value: float, unit: str, others: Collection[str]) -> tuple[float, str]:
    """A count in another power of ten than these units are, in one of theirs.

    Example:
    >>> same_power(9.0, "10*4/uL", ["10*3/uL"]), same_power(9.0, "10*9/L", ["10*3/uL"])
    ((90.0, '10*3/uL'), (9.0, '10*9/L'))
    """
    power = _POWER.fullmatch(unit)
    if unit in others or not power:
        return value, unit
    for other in others:
        like = _POWER.fullmatch(other)
        if like and like[2] == power[2]:
            return value * 10.0 ** (int(power[1] or 0) - int(like[1] or 0)), other
    return value, unit


def storable(printed: str, sign: str | None, number: str, unit: str) -> str:
    """The value as printed where the record's reader takes it, else number and UCUM unit, else the number.

    Args:
        sign: `<` or the like before the number.

    Example:
    >>> storable("38.1 degrees Celsius", None, "38.1", "Cel"), storable("12 g/dL", None, "12", "g/dL")
    ('38.1 Cel', '12 g/dL')
    """
    printed = printed.replace("·", ".")
    try:
        if unit not in ("Cel", "[degF]") or "°" in printed:  # a bare C is a unit of charge
            parse_quantity(printed)
            return printed
    except RecordError:
        pass
    value = f"{(sign or '').strip()}{number.replace('·', '.')} {unit}".strip()
    try:
        parse_quantity(value)
        return value
    except RecordError:
        return f"{(sign or '').strip()}{number.replace('·', '.')}"
