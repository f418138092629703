"""Dates and ages printed in a report, and the distance between two of them.

>>> text = "In December 1990 she was seen; in 2010 she came again."
>>> [text[d.start:d.end] for d in find_dates(text, 0, len(text))]
['In December 1990', 'in 2010']
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.patterns.openings import Openings

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
_YEAR = r"(?:19|20)\d\d\b"
_DATE = re.compile(
    rf"\b(?P<lead>(?:(?:near|at|by|in|since|until|towards?)\s+)?the (?:end|beginning|start) of|in|on|by|during|since|until|from|of)\s+(?:the\s+)?"
    rf"(?P<part>early|mid|late)?[-\s]*(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?=[JFMASOND]))?"
    rf"(?:(?P<month>{_MONTH})(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?,?\s*(?:of\s+)?(?P<year>{_YEAR})?|(?P<year2>{_YEAR}))",
    re.I,
)
#: A stretch without any of these has no date.
_MAY_BE_DATED = Openings(rf"{_MONTH}|{_YEAR}")
_NUMERIC = re.compile(rf"\b(?P<day>\d{{1,2}})[./](?P<month>\d{{1,2}})[./](?P<year>{_YEAR})")


class Date(NamedTuple):
    """A date as far as it is printed: 0 for what is not."""

    start: int
    end: int
    year: int
    month: int
    day: int

    @property
    def name(self) -> str:
        """What a time point of this date is called.

        Example:
        >>> Date(0, 0, 2014, 3, 0).name, Date(0, 0, 0, 12, 5).name
        ('march-2014', 'december-5')
        """
        month = _MONTHS[self.month - 1] if self.month else ""
        return "-".join(str(part) for part in (month, self.day, self.year) if part)


def find_dates(text: str, start: int, end: int) -> list[Date]:
    """The dates of a stretch in text order; a month in small letters is none."""
    found: list[Date] = []
    if not _MAY_BE_DATED.search(text, start, end):
        return found
    for match in _DATE.finditer(text, start, end):
        month = match["month"] or ""
        if month and (
            month[0].islower() or (month.lower() == "mar" or month.isupper()) and not (match["year"] or match["day"] or match["day2"])
        ):
            continue
        if match["lead"].lower() in ("since", "until", "from", "of") and not (month or match["lead"].lower() == "since"):
            continue
        number = next((i for i, name in enumerate(_MONTHS, 1) if month and name.startswith(month.lower()[:3])), 0)
        stop = match.start() + len(match.group().rstrip(" ,."))
        found.append(Date(match.start(), stop, int(match["year"] or match["year2"] or 0), number, int(match["day"] or match["day2"] or 0)))
    for match in _NUMERIC.finditer(text, start, end):
        day, month_number = int(match["day"]), int(match["month"])
        if 1 <= day <= 31 and 1 <= month_number <= 12:
            found.append(Date(match.start(), match.end(), int(match["year"]), month_number, day))
    return sorted(found)


def between(first: Date, second: Date) -> tuple[str, bool] | None:
    """How long after the first date the second is, as a signed ISO 8601 duration, and whether it is only about that.

    None where a year is missing, or where the figures do not tell which is first.

    Example:
    >>> between(Date(0, 0, 1990, 12, 0), Date(0, 0, 2010, 0, 0)), between(Date(0, 0, 2014, 3, 5), Date(0, 0, 2014, 1, 5))
    (('P20Y', True), ('-P2M', False))
    """
    if not first.year or not second.year:
        return None
    if not first.month or not second.month:
        years = second.year - first.year
        return (_signed(years, "Y"), True) if years else None
    months = 12 * (second.year - first.year) + second.month - first.month
    if first.day and second.day and abs(months) < 2:
        import datetime

        try:
            days = (datetime.date(second.year, second.month, second.day) - datetime.date(first.year, first.month, first.day)).days
        except ValueError:
            return None
        return _signed(days, "D"), False
    if not months:
        return None
    rough = not (first.day and first.day == second.day)
    return (_signed(months // 12, "Y") if months > 0 and not months % 12 else _signed(months, "M")), rough


def _signed(number: int, unit: str) -> str:
    return f"{'-' if number < 0 else ''}P{abs(number)}{unit}"
