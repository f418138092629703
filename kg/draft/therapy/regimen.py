"""How a drug is given, as printed: dose, schedule, route, number of cycles, manner.

>>> text = "rituximab (375 mg/m2 weekly, four doses) intravenously"
>>> regimen_of(text, 0, 9, len(text), 0)
Regimen(dose='375 mg/m2', schedule='weekly', route='intravenous', times=4, manner='')
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.reading.patient import to_number
from kg.errors import RecordError
from kg.terms import load_terms
from kg.units import parse_quantity

_READABLE = re.compile(r"[\d.,]+\s*\D+\Z")
_AMOUNT = r"\d+(?:[.,]\d{3})*(?:[.,]\d+)?(?:\s?(?:[-–]|to)\s?\d+(?:[.,]\d+)?)?(?:\s?[x×]\s?10\s?\^?[\d⁶⁹⁷⁸]+)?"
_UNIT = (
    r"(?:(?:mg|milligrams?|micrograms?|mcg|µg|μg|ug|ng|grams?|gr|g|IU|MIU|MU|units?|million (?:international )?(?:units?|IU)|mL|ml|cc|L|liters?|litres?|U|mEq|meq|mmol|(?:mg )?PE(?=/kg)|Gy|cGy|mCi|MBq|GBq|"
    r"tablets?|capsules?|pills?|puffs?|drops?|ampoules?|vials?|sachets?|flacons?|suppositor(?:y|ies)|patch(?:es)?|bags?(?= of))\b|%(?!\s*(?:of|confidence|CI)))"
)
_PER = r"(?:\s?(?:/|per|each|every)\s?(?:\d+\s?)?(?:kg|m\s?2|m²|m\^2|m\(2\)|m|day|days|d|h|hr|hours?|week|wk|w|month|dose|min|minute|cycle|fraction|body weight|kg body weight)\b)*"
#: The dose of a drug that is given to reach an exposure: `AUC 5`, `area under the curve of 5`.
_EXPOSURE = (
    r"(?:area under the (?:\w+-?\w+ )?curve(?: [(\[]AUC[)\]])?|\bAUC)(?: of|,|:|=)?\s?\d(?:\.\d)?(?!\d)(?!\s?(?:mg|μg|µg|ng|%|\.\d))"
)
DOSE = re.compile(rf"(?<![\w.,/])(?P<dose>{_AMOUNT}\s?-?{_UNIT}(?:(?<=%)|{_PER})|{_EXPOSURE})(?![\w])", re.I)
#: A concentration is no dose: `100 mg/dL`, `4 mg/L`, a suspension of `250 mg/5 ml`, and no amount of fluid lost.
_CONCENTRATION = re.compile(
    r"\s?(?:/|\bper\b)\s?(?:\d+(?:\.\d+)?\s?)?(?:d?L|dl|ml|mL|cc|l|(?:deci|milli)?lit(?:er|re)s?|hpf|24)\b(?!\s?/\s?(?:h|min|day))"
)
_PER_VOLUME = re.compile(r"(?:/|\bper)\s?\Z", re.I)
#: Nor is a weight: `weighed 850 g`, `a birth weight of 3200 g`.
_WEIGHS = re.compile(
    r"\b(?:weigh(?:ed|ing|s|t)|mass)\s+(?:(?:was|is|of|only|about|approximately|at birth|now|had (?:risen|fallen) to)\s+){0,3}\Z", re.I
)
_TIMES = r"(?:once|twice|thrice|(?:one|two|three|four|five|six|\d)(?:\s+times)?)"
_COUNTED = r"(?:\d+(?:\.\d)?(?:\s?[-–]\s?\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few|a|another \w+)"
_FREQUENCY = re.compile(
    rf"\b(?:{_TIMES}\s+(?:a |per |every |in a |each )?(?:daily|weekly|monthly)|(?:once|twice|thrice|\w+ times)\s+(?:a |per |every |in a |each )?(?:day|week|month|year)|{_TIMES}\s+(?:a |per |every |in a |each )(?:day|week|month|year))\b"
    r"|\bevery\s+(?:other\s+|second\s+|third\s+)?(?:(?:\d+|two|three|four|six|eight|twelve)(?:\s?[-–]\s?\d+)?[\s-]+)?(?:hours?|h|days?|weeks?|months?|morning|night|evening)\b"
    r"|\b(?:OD|BD|BID|TID|TDS|QID|QDS|QD|b\.?i\.?d\.?|t\.?i\.?d\.?|q\.?i\.?d\.?|q\.?d\.?|q\.?\s?\d+\s?h(?:ours|rs?)?|q\d+\s?(?:weeks|wks?|d))(?=\W|\Z)"
    r"|\b(?:daily|weekly|monthly|nightly|bi-?weekly|fortnightly|hourly|(?:\d+|two|three|four|six)-(?:hourly|daily|weekly|monthly|yearly)|yearly|annually|at bedtime|(?<!seizures )(?<!episodes )(?<!attacks )(?<!events )(?<!spells )(?:per day|a day))\b|(?<=\s)/(?:day|d|week)\b"
    r"|\bon (?:alternate|alternating) days\b|\bevery other day\b|\bon days? \d+(?:\s?[-–,]\s?\d+)*(?:\s?(?:and|to|through)\s?\d+)?\b|\bat weeks? \d+(?:\s?,\s?\d+)*(?:\s?,?\s?(?:and|then)\s\d+)?\b|\bas needed\b|\bas a single dose\b|\bsingle dose\b",
    re.I,
)
_LASTING = re.compile(
    rf"\b(?:for|over|during|lasting)\s+(?:a total of |a period of |a total duration of |at least |about |approximately |the (?:next|following|first) |up to )?{_COUNTED}[\s-]*(?:more |consecutive |additional )?(?:minutes?|min|hours?|hrs?|h|days?|d|weeks?|wks?|months?|mos?|years?|yrs?)\b"
    r"|\b(?:\d+|two|three|four|five|six|seven|ten)[\s-](?:day|week|month|year)s?[\s-](?:course|cycles?|regimen|treatment|therapy|taper)\b"
    r"|[x×]\s?\d+\s?(?:days?|d|weeks?|wks?|months?|mos?|doses)\b|\bdivided (?:in|into)[^.;,]{3,50}|\bin \w+ divided doses\b|\b(?:one|two|three|four) weeks? apart\b|\bin \d+ fractions\b",
    re.I,
)
_ROUTES = (
    ("oral", r"\boral(?:ly)?\b|\bp\.?o\.?(?=[\s.,);])|\bper os\b|\bby mouth\b"),
    ("intravenous", r"\bintravenous(?:ly)?\b|\bi\.?v\.?(?=[\s.,)])|\bIV(?=[\s.,)-])"),
    ("subcutaneous", r"\bsubcutaneous(?:ly)?\b|\bs\.?c\.(?=\s)|\bSC(?=\s)"),
    ("intramuscular", r"\bintramuscular(?:ly)?\b|\bi\.?m\.(?=\s)|\bIM(?=\s)"),
    ("intrathecal", r"\bintrathecal(?:ly)?\b"),
    ("inhaled", r"\binhal(?:ed|ation)\b|\bnebuli[sz]ed\b"),
    ("rectal", r"\brectal(?:ly)?\b(?= (?:administ|dose|supposit|\w*pam))|\bsuppositor(?:y|ies)\b|\benemas?\b"),
    ("topical", r"\btopical(?:ly)?\b|\b(?:cream|ointment|lotion|gel|eye ?drops)\b"),
)
_ROUTE_WORDS = tuple((name, re.compile(pattern, re.I)) for name, pattern in _ROUTES)
_COUNT = re.compile(
    r"(?<!\bday )(?<!\bdays )(?!(?<=\bin )\w+ (?:equal )?doses)\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a single|(?<!\bin )(?<!\bat )(?<!\bas )a|single)\s+(?!mg\b|g\b|mcg|µg|μg|ml\b|mL\b|units\b|IU\b|%|Gy\b)(?:(?!divided|(?:an?|the|second|third|fourth|fifth|last)\b)(?:\w+|\d+-\w+)\s+){0,2}(?:cycles?|doses?|courses?|"
    r"pulses?|infusions?|sessions?|injections?|rounds?|fractions?|units?(?= of))\b",
    re.I,
)
#: Right after a dose: `0.1 mg/kg x4`.
_SO_OFTEN = re.compile(
    r"\s*(?:(?:i\.?v\.?|p\.?o\.?|IV|PO)\s+)?\(?[x×]\s?(?P<n>[1-9]\d?)\b(?!\s?(?:10|mg|g|d|days?|weeks?|wks?|months?|mos?|cm|mm|[x×%/]|\.\d))",
    re.I,
)
_MANNER = re.compile(
    r"\b(?:pulses?(?: therapy)?|bolus(?:es)?|loading dose|maintenance(?: dose| therapy)?|continuous infusion|tapering (?:dose|course|schedule)s?|taper\b|divided doses|stress doses?|"
    r"(?:very )?high[- ]dose|low[- ]dose|adjuvant|neoadjuvant|empiric(?:al)?(?:ly)?|prophylactic(?:ally)?|monotherapy)\b",
    re.I,
)


#: Between two treatments: what stands before it belongs to the first, what stands after it to the second.
_PARTED = re.compile(
    r"\bfollowed by\b|;|\btogether with\b|\bthen\b|\bsubsequently\b|,\s+(?:and|but|while|whereas|after which|with)\b|\band (?=(?:was|were|had|has|then|the|his|her|she|he)\b)|\b(?:was|were) (?:stopped|discontinued|replaced)\b"
    r"|\b(?:before|prior to|instead of|replaced by|(?:switched|changed|converted|transitioned) to)\b"
    r"|,\s+(?:who|came|presented|was (?:admitted|referred|seen)|visited|complained|developed)\b|\b(?:evaluation|complaints?) of\b|\b(?:presented|presents|complained|developed)\b",
    re.I,
)
#: Words that belong to the treatment named after them.
_FOR_THE_NEXT = re.compile(
    r"(?:[\s,]*\b(?:and|or|plus|with|as well as|in combination with)\b|,)"
    r"(?:\s+(?:a|an|the|oral|intravenous|i\.?v\.?|subcutaneous|intramuscular|intrathecal|inhaled|nebuli[sz]ed|topical|rectal|high-dose|low-dose|pulsed?|systemic|adjuvant|"
    r"empirical?|prophylactic|maintenance))*\s*\Z",
    re.I,
)


#: How long, before the drug: `a 7-day course of A`.
_COURSE_OF = re.compile(
    rf"\b(?P<long>{_COUNTED}[\s-](?:day|week|month)s?[\s-](?:course|cycle|regimen|trial|infusion|pre-?treatment|treatment|therapy|taper)|(?<!after )(?<!within )(?<!for )(?<!at ){_COUNTED}\s(?:days|weeks|months)(?= of)(?! of (?:gestation|pregnan|age|life|birth)))\s+(?:of|with)\s+(?:[\w-]+\s+){{0,2}}\Z",
    re.I,
)


class Regimen(NamedTuple):
    """All as printed but the route, which is a name for `route_term`; "" and 0 for what is not printed."""

    dose: str
    schedule: str
    route: str
    times: int
    manner: str


@lru_cache(maxsize=16)
def route_term(name: str) -> str:
    """The id of a route, "" where the vocabulary has none.

    Example:
    >>> route_term("oral"), route_term("")
    ('MAXO:0001394', '')
    """
    found = load_terms().find_by_name(f"{name} administration") if name else ()
    return next((curie for curie, _ in found if curie.startswith(("MAXO", "OBI", "NCIT"))), "")


def find_doses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where doses stand; concentrations and sizes by the day of urine are none.

    Example:
    >>> text = "sodium 135 mmol/L, then prednisone 1 mg/kg/day"
    >>> [text[a:b] for a, b in find_doses(text, 0, len(text))]
    ['1 mg/kg/day']
    >>> text = "raised from 40 to 80 mg"
    >>> [text[a:b] for a, b in find_doses(text, 0, len(text))]
    ['80 mg']
    """
    return [
        (_changed_to(text, start, m), m.end("dose"))
        for m in DOSE.finditer(text, start, end)
        if not _CONCENTRATION.match(text, m.end())
        and not _PER_VOLUME.search(text, max(start, m.start() - 5), m.start())
        and not _WEIGHS.search(text, max(start, m.start() - 40), m.start())
    ]


_FROM_TO, _FROM = re.compile(r"[\d.,]+\s?to\s?"), re.compile(r"\bfrom\s+\Z", re.I)


def _changed_to(text: str, start: int, match: re.Match[str]) -> int:
    """Where the dose that holds begins: the second of `from 40 to 80 mg`."""
    both = _FROM_TO.match(text, match.start("dose"))
    return both.end() if both and _FROM.search(text, max(start, both.start() - 8), both.start()) else match.start("dose")


def regimen_of(text: str, start: int, stop: int, end: int, before: int, dose: tuple[int, int] | None = None) -> Regimen:
    """What is printed about the drug at `start` to `stop`, in the stretch between its neighbours.

    Args:
        end: where the next drug, or the clause, begins.
        before: where what belongs to the drug before it ends.
        dose: the place of its dose, where that is known already; else the first one after the drug is taken.
    """
    if dose is None:
        dose = next(iter(find_doses(text, stop, min(end, stop + 60))), None)
    after = min(end, max(stop, dose[1] if dose else stop) + 110)
    parted = _PARTED.search(text, max(stop, dose[1] if dose else stop), after)
    after = parted.start() if parted else after
    after = max(stop, dose[1] if dose else stop, stop + len(_FOR_THE_NEXT.sub("", text[stop:after])) if after == end else after)
    lead = text[max(before, start - 45) : start]
    cut = max((m.end() for m in (*re.finditer(r"[.;](?=\s)", lead), *_PARTED.finditer(lead))), default=0)
    lead = lead[cut:]
    near = f"{lead}{text[start:after]}"
    route = next((name for part in (lead[-25:], near) for name, pattern in _ROUTE_WORDS if pattern.search(part)), "")
    count = (
        _COUNT.search(lead)
        or dose
        and _SO_OFTEN.match(text, dose[1], after)
        or next((m for m in _COUNT.finditer(text, start, after) if not re.match(r"\s+of\b", text[m.end() : m.end() + 4])), None)
    )
    manner = _MANNER.search(near)
    course = _COURSE_OF.search(lead)
    return Regimen(
        " ".join(text[dose[0] : dose[1]].split()) if dose else "", _schedule(text, stop, after, dose) or (course["long"] if course else ""), route,
        _number(count["n"]) if count else 0, " ".join(manner.group().split()) if manner else "",
    )  # fmt: skip


_RESPECTIVELY = re.compile(r",?\s*respectively\b", re.I)


def _schedule(text: str, stop: int, end: int, dose: tuple[int, int] | None) -> str:
    """How often and how long, in one piece where they stand together."""
    start = dose[1] if dose and dose[0] >= stop else stop
    often, long = _FREQUENCY.search(text, start, end), _LASTING.search(text, start, end)
    if often and _RESPECTIVELY.match(text, often.end()):
        often = None  # "A and B were given on days 1 and 8, respectively"
    both = sorted(m.span() for m in (often, long) if m)
    if len(both) == 2 and both[1][0] - both[0][1] < 6 and both[0][1] <= both[1][0]:
        both = [(both[0][0], both[1][1])]
    return ", ".join(dict.fromkeys(" ".join(text[a:b].split()).strip(" ,(") for a, b in both))


def _number(text: str) -> int:
    return 1 if text.lower() in ("a", "single", "a single") else int(to_number(text) or 0)


def is_readable(dose: str) -> bool:
    """Whether the record's reader takes the dose: as a quantity, or as words that are no single figure.

    Example:
    >>> is_readable("40 mg"), is_readable("AUC 5")
    (True, True)
    """
    try:
        if _READABLE.match(dose):
            parse_quantity(dose)
        return True
    except RecordError:
        return False
