"""Drugs and procedures given, the steps of their course, and what became of the problems under them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.ground import find_terms
from kg.draft.words import rows_of
from kg.terms import load_terms

DRUGS = ("DrugBank", "CHEBI")
_AMOUNT = r"\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?"
DOSE = re.compile(
    rf"(?<![\w.,])(?P<dose>{_AMOUNT}\s?(?:mg|g|gr|mcg|µg|μg|IU|units?|mL|ml|U|mEq|mmol)(?:\s?/\s?(?:kg|"
    rf"m2|m²|day|d|h|hr|week|dose))*(?:\s?per\s(?:day|kg|week|dose))*)(?![\w])"
)
_SCHEDULE = re.compile(
    r"\b(?:once|twice|three times|four times)\s+(?:a |per )?(?:daily|day|week|weekly|month)\b|\bevery\s+(?:other\s+)?(?:\d+\s+|"
    r"two\s+|three\s+|four\s+)?(?:hours?|days?|weeks?|months?)\b|\b(?:OD|BID|TID|QID|b\.i\.d\.|t\.i\.d\.|"
    r"q\.d\.)(?=\W)|\bdaily\b|\bweekly\b|\bmonthly\b"
    r"|\bfor\s+(?:\d+|two|three|four|five|six|seven|eight|ten)\s+(?:days|weeks|months|consecutive days)\b|"
    r"\bdivided in[^.;,]{3,50}|\b(?:one|two|three|four) weeks? apart\b",
    re.I,
)
_ROUTES = (
    ("oral", "oral administration"),
    ("intravenous", "intravenous administration"),
    ("subcutaneous", "subcutaneous administration"),
    ("intramuscular", "intramuscular administration"),
    ("topical", "topical administration"),
)
_ROUTE_WORDS = {
    "oral": r"\boral(?:ly)?\b|\bp\.?o\.?\b|\bper os\b|\bby mouth\b", "intravenous":
    r"\bintravenous(?:ly)?\b|\bi\.?v\.?(?=[\s.,)])", 
    "subcutaneous": r"\bsubcutaneous(?:ly)?\b|\bs\.?c\.(?=\s)",
    "intramuscular": r"\bintramuscular(?:ly)?\b|\bi\.?m\.(?=\s)", "topical": r"\btopical(?:ly)?\b|\b(?:cream|ointment|lotion)\b",
}  # fmt: skip
_CHANGES = (
    ("stopped", r"\b(?:stopp(?:ed|ing)|discontinu(?:ed|ing|ation)|withdraw(?:n|al)|ceased|suspended)\b"),
    ("decreased", r"\b(?:taper(?:ed|ing|s)?|reduced|decreas(?:ed|ing)|lowered|weaned|halved)\b"),
    ("increased", r"\b(?:increas(?:ed|ing)|doubled|escalat(?:ed|ion)|raised|uptitrated)\b"),
    ("started", r"\b(?:start(?:ed|ing)|initiat(?:ed|ion)|commenced|begun|began|added|introduced|prescribed|switched "
r"to|put on|placed on)\b"),
    ("ongoing", r"\b(?:continu(?:ed|es|ing)|maintained|remains on|(?:is|are|well|was|currently) on|still (?:on|taking|"
r"receiving)|maintenance)\b"),
    ("given", r"\b(?:given|administered|received?|treated|underwent|performed|repeated|tried|therapy with|treatment "
r"with|infus\w+|managed|administration|injected|undergone|pulses?|carried out|required)\b"),
)  # fmt: skip
_CHANGE = tuple((change, re.compile(pattern, re.I)) for change, pattern in _CHANGES)
_SUFFIX = re.compile(
    r"(?i)(?:mab|nib|cillin|mycin|cycline|floxacin|azole|vir|pril|sartan|statin|olol|sone|solone|prine|"
    r"platin|rubicin|tidine|prazole|dipine|xaban|parin|profen|coxib|gliptin|gliflozin|formin|triptan|"
    r"setron|azepam|zolam|barbital|thiazide|semide|oxetine|pramine|dronate|cept|tinib|quine|oxacin|bactam|"
    r"penem|amide|idone|apine)$"
)
_COUNT = re.compile(
    r"\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|a|single)\s+(?:\w+\s+){0,2}(?:cycles?|doses?|"
    r"courses?|pulses?|infusions?|sessions?|injections?)\b",
    re.I,
)


class Given(NamedTuple):
    """A drug or procedure where the text says it was given."""

    start: int
    end: int
    words: str
    curie: str  # "" where no term bears the words
    kind: str  # drug or procedure
    change: str
    dose: str
    schedule: str
    route: str  # CURIE or ""
    number: int  # of cycles or doses; 0 where none is printed


@lru_cache(maxsize=1)
def _therapies() -> list[tuple[re.Pattern[str], str, str]]:
    terms = load_terms()
    out = []
    for row in rows_of("therapies.tsv"):
        pattern, kind, label = (*row, "", "")[:3]
        curie = ""
        if label:
            curie = next((c for c, _ in terms.find_by_name(label) if c.split(":")[0] in ("DrugBank", "CHEBI", "MAXO", "OBI", "cg")), "")
        out.append((re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.I), kind, curie))
    return out


@lru_cache(maxsize=1)
def _route_terms() -> dict[str, str]:
    terms = load_terms()
    return {name: next((c for c, _ in terms.find_by_name(label) if c.startswith(("MAXO", "OBI", "NCIT"))), "") for name, label in _ROUTES}


def is_drug(curie: str) -> bool:
    """Whether a substance is a medicine: DrugBank has it, or ChEBI gives it a role of one."""
    term = load_terms().find_term(curie)
    return bool(term and (curie.startswith("DrugBank") or term.same_as))


def read_treatments(text: str, start: int, end: int) -> list[Given]:
    """What a sentence says was given, in its order; nothing where no word of giving stands with it."""
    sentence = text[start:end]
    changes = [(m.start() + start, change) for change, pattern in _CHANGE for m in pattern.finditer(sentence)]
    doses = list(DOSE.finditer(text, start, end))
    if not changes and not doses:
        return []
    spans: dict[int, tuple[int, str, str]] = {}
    for pattern, kind, curie in _therapies():
        for match in pattern.finditer(text, start, end):
            if not any(a <= match.start() < b for a, (b, _, _) in spans.items()):
                spans[match.start()] = match.end(), kind, curie
    for a, b, curie in find_terms(text, DRUGS, start, end):
        if (
            is_drug(curie)
            and not any(x < b and a < y for x, (y, _, _) in spans.items())
            and (_SUFFIX.search(text[a:b]) or changes or doses)
        ):
            twin = next((t for t in load_terms().term(curie).same_as if t.startswith("CHEBI")), curie)
            spans[a] = b, "drug", twin
    found = []
    order = sorted(spans)
    for k, a in enumerate(order):
        b, kind, curie = spans[a]
        following = order[k + 1] if k + 1 < len(order) else end
        before = spans[order[k - 1]][0] if k else start
        change = _change(changes, a, b, before, following, bool(doses))
        if change is None or _is_analyte(text, a, b):
            continue
        dose = next((d for d in doses if b <= d.start() < min(following, b + 90)), None) or next(
            (d for d in doses if max(before, a - 30) <= d.start() < a), None
        )
        near = text[max(before, a - 40) : min(following, b + 110)]
        schedule = _SCHEDULE.search(text, b, min(following, b + 140))
        route = next(
            (
                name
                for name, pattern in _ROUTE_WORDS.items()
                if re.search(pattern, text[max(before, a - 30) : min(following, b + 40)], re.I)
            ),
            "",
        )
        count = _COUNT.search(near)
        found.append(Given(a, b, " ".join(text[a:b].split()), curie, kind, change, " ".join(dose["dose"].split()) if dose else "",
                           " ".join(schedule.group().split()) if schedule else "", _route_terms().get(route, ""),
                           _number(count["n"]) if count else 0))  # fmt: skip
    return found


def _number(text: str) -> int:
    from kg.draft.patient import to_number

    return 1 if text.lower() in ("a", "single") else int(to_number(text) or 0)


def _change(changes: list[tuple[int, str]], a: int, b: int, before: int, following: int, dosed: bool) -> str | None:
    """The nearest word of change, those after the drug and before the next one first."""
    after = [(at - b, change) for at, change in changes if b <= at < following and at - b < 60]
    ahead = [(a - at, change) for at, change in changes if at < a and a - at < 140]
    near_ahead = min(ahead, default=None)
    near_after = min(after, default=None)
    if near_after and (not near_ahead or near_after[0] <= near_ahead[0] + 5 and near_after[1] not in ("given",)):
        return near_after[1]
    if near_ahead:
        return near_ahead[1]
    return "given" if dosed or near_after else None


def _is_analyte(text: str, a: int, b: int) -> bool:
    """Whether the word is measured here, not given: `cortisol level`, `serum iron`."""
    return bool(
        re.match(r"\s*(?:levels?|concentrations?|deficiency|was (?:\d|normal|elevated)|antibod)", text[b : b + 25])
        or re.search(r"(?:serum|plasma|blood|urinary|anti-?)\s*$", text[max(0, a - 12) : a], re.I)
    )


_OUTCOMES = (
    ("stopped-for-toxicity", r"\b(?:stopped|discontinued|withdrawn) (?:because of|due to|for|owing to) (?:\w+ ){0,3}(?:toxicity|"
r"side[- ]effects?|adverse|intolerance)"),
    ("flared", r"\bflare(?:s|d|-ups?)?\b|\bexacerbat(?:ion|ed)\b|\brelaps(?:e|ed|es)\b|\brecur(?:red|rence)\b"),
    ("unchanged", r"\bno (?:\w+ ){0,2}(?:improvement|response|effect|benefit|change)\b|\bwithout (?:\w+ )?(?:improvement|"
r"response|effect|benefit)\b|\brefractory to\b|\bdid not (?:improve|respond)\b|\bfailed to (?:improve|"
r"respond)\b|\bunresponsive\b"),
    ("worsened", r"\b(?:worsen(?:ed|ing)|deteriorat(?:ed|ion|ing)|aggravated|progressed)\b"),
    ("resolved", r"\b(?:resolv(?:ed|ution)|disappear(?:ed|ance)|healed|subsided|complete (?:remission|recovery|response)|"
r"fully recovered|recovered (?:fully|completely)|normali[sz]ed|cured)\b"),
    ("improved", r"\b(?:improv(?:ed|ement|ing)|amelior\w+|regress(?:ed|ion)|good (?:results|response)|respond(?:ed)? "
r"well|partial (?:response|remission)|clearly effective|recover(?:ed|y)|decreased in size|nearly "
r"disappeared|well tolerated and effective)\b"),
)  # fmt: skip
_OUTCOME = tuple((outcome, re.compile(pattern, re.I)) for outcome, pattern in _OUTCOMES)


def read_outcomes(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The words of a sentence that say what became of something: (start, end, outcome), in text order."""
    found: list[tuple[int, int, str]] = []
    for outcome, pattern in _OUTCOME:
        for match in pattern.finditer(text, start, end):
            if not any(a < match.end() and match.start() < b for a, b, _ in found):
                found.append((match.start(), match.end(), outcome))
    return sorted(found)
