"""Which dose of a sentence belongs to which treatment, and to which step of it."""

from __future__ import annotations

import re

from kg.draft.therapy.changes import Change
from kg.draft.therapy.drugs import is_like_drug
from kg.draft.therapy.named import Therapy
from kg.draft.therapy.regimen import find_doses
from kg.report import Span

Place = tuple[int, int]
_BRACKETS = re.compile(r"\([^()]*\)")
#: Right before a dose, but not right after the drug: what was given at that dose is something else, which no name is known for.
_OF_ANOTHER = re.compile(
    r"\b(?:corrected|treated|replaced|given|managed|supplemented|supplementation|infused|together|combined|along|received|receiving)\s+(?:with|by)\s+(?:(?:oral|intravenous|iv|subcutaneous|topical)\s+)?"
    r"(?!(?:dos(?:e|es|age)|an?|the|initial|high|low|pulses?|cycles?|courses?|single|daily|weekly|\w+ly|about|approximately|up)\b)[a-z]{4,}(?:\s+[a-z]{4,})?\s+\Z",
    re.I,
)
_EACH_ITS_OWN = re.compile(r"[^.;]{0,40}?\brespectively\b", re.I)
#: Right before a dose that comes after another of the same drug.
_NEXT_DOSE = re.compile(r"(?:,|\bthen|\bfollowed by|\bto|\buntil)\s*(?:and\s+)?(?:then\s+|later\s+|thereafter\s+|\w+ly\s+|at\s+)?\Z", re.I)
#: Two doses that are each given for so long follow one another: `50 mg for a month and 25 mg for two`.
_EACH_SO_LONG = re.compile(
    r"(?:\s+(?:daily|weekly|per day|a day|once|twice))*\s+for\s+(?:[\w-]+\s+){1,3}?(?:days?|weeks?|months?|years?)\s*,?\s*and\s+", re.I
)
_SO_LONG = re.compile(
    r"(?:\s+(?:daily|weekly|per day|a day|once|twice))*\s+for\s+(?:[\w-]+\s+){1,3}?(?:days?|weeks?|months?|years?)\b", re.I
)
_AT = re.compile(r"\s*(?:at|in|as|with)?\s*(?:(?:an?|the)\s+)?(?:(?:\w+\s+)?doses?\s+(?:of\s+)?)?", re.I)
_BY, _TO, _FROM = (re.compile(rf"\b(?:{words})\s+\Z", re.I) for words in ("by|in", "to", "from"))
#: Between a word of change and a dose: the dose is that of a later step.
_OTHER_STEP = re.compile(r"\b(?:adjust|increas|reduc|decreas|taper|titrat|lower|rais|doubl|halv|escalat|wean)\w*", re.I)
_GOES_ON = ("started", "given", "ongoing")
_A_DAY = (
    (re.compile(r"\s*(?:once |every )?(?:daily|day|a day|per day|at night|nightly|in the morning)\b", re.I), 1.0),
    (re.compile(r"\s*(?:twice (?:daily|a day|per day)|b\.?i\.?d\b|bd\b|every (?:12|twelve) hours)", re.I), 2.0),
    (re.compile(r"\s*(?:(?:three times|thrice) (?:daily|a day|per day)|t\.?i\.?d\b|tds\b|every (?:8|eight) hours)", re.I), 3.0),
    (re.compile(r"\s*(?:four times (?:daily|a day|per day)|q\.?i\.?d\b|qds\b|every (?:6|six) hours)", re.I), 4.0),
    (re.compile(r"\s*(?:on (?:alternate|alternating) days|every other day)", re.I), 0.5),
)  # fmt: skip
#: From a name to what was measured.
_VALUE = re.compile(r"\b(?:was|were|is|rose|fell)\b|[=:]", re.I)
_A_WORD = re.compile(r"(?<![\w-])(?P<word>[A-Za-z]{6,})(?![\w-])")
_NEXT_SHORT = re.compile(r"\s+(?:of\s+)?(?:(?:IV|PO|oral|intravenous|i\.v\.)\s+)?(?P<word>[A-Z]{3,6})(?![\w-])")
_HOW = frozenset(
    (
        "PRN",
        "BID",
        "TID",
        "QID",
        "TDS",
        "QDS",
        "QOD",
        "STAT",
        "NPO",
        "DAY",
        "MWF",
        "AND",
        "FOR",
        "PER",
        "BSA",
        "INR",
        "CRP",
        "ESR",
        "AUC",
        "QHS",
        "QAM",
        "QPM",
    )
)
_NEXT_WORD = re.compile(r"\s+(?:of\s+)?(?:(?:oral|intravenous|i\.?v\.?)\s+)?(?P<word>[A-Za-z]{6,})(?![\w-])")
_IN_ALL = re.compile(r"\b(?:total|cumulative|maxim\w+|loading|target)\b", re.I)


def share_doses(text: str, sentence: Span, spans: list[Place]) -> list[list[Place]]:
    """For each treatment its doses, in text order; each dose goes to one: the one it stands before with nothing between, else
    the one it follows."""
    found: list[list[Place]] = [[] for _ in spans]
    doses = find_doses(text, sentence.start, sentence.end)
    if len(doses) == len(spans) > 1 and spans[-1][1] <= doses[0][0] and _EACH_ITS_OWN.match(text, doses[-1][1], sentence.end):
        return [[dose] for dose in doses]  # "A and B were given at 5 mg and 10 mg, respectively"
    mine = spans[-len(doses) :] if 1 < len(doses) < len(spans) else []
    if (
        mine
        and mine[-1][1] <= doses[0][0]
        and _EACH_ITS_OWN.match(text, doses[-1][1], sentence.end)
        and mine[-1][0] - mine[0][1] < 40 * len(mine)
    ):
        return [*([] for _ in spans[: -len(doses)]), *([dose] for dose in doses)]
    for dose in doses:
        best: tuple[float, int] | None = None
        for k, (a, b) in enumerate(spans):
            score: float | None = None
            if dose[1] <= a and re.fullmatch(
                r"\s*(?:(?:(?:single|daily|weekly|monthly)\s+)?(?:infusions?|pulses?|doses?|cycles?|courses?|bolus(?:es)?|injections?|tablets?)\s+of\s+|of\s+|\)\s*)?(?:(?:oral|intravenous|iv|i\.v\.|topical|subcutaneous|inhaled|pure|liposomal|daily)\s+){0,2}",
                text[dose[1] : a],
                re.I,
            ):
                score = (a - dose[1]) * 0.5
            elif b <= dose[0] and (k + 1 == len(spans) or dose[0] < spans[k + 1][0] or dose[0] < a):
                between = _BRACKETS.sub("", text[b : dose[0]])
                if (
                    len(between) < 140
                    and not (
                        re.search(r",?\s+and\s+\Z", between) and not (found[k] and _EACH_SO_LONG.fullmatch(text, found[k][-1][1], dose[0]))
                    )
                    and not re.search(r"\b(?:she|he|patient)\b", between)
                    and (";" not in between or _in_brackets(text, b, dose[0]))
                    and not (text[dose[1] - 1] == "%" and (len(between.strip(" (,")) > 12 or _VALUE.search(between)))
                    and not _OF_ANOTHER.search(between)
                    and not _is_of_a_stranger(text, b, dose, spans)
                ):
                    score = len(between) + 1
            if score is not None and (best is None or score < best[0]):
                best = score, k
        if best is not None:
            found[best[1]].append(dose)
    for k in range(len(spans) - 1, 0, -1):  # both parts of a combination: `piperacillin-tazobactam 4.5 g`
        if found[k] and not found[k - 1] and text[spans[k - 1][1] : spans[k][0]] in ("-", "/", "–"):
            found[k - 1] = list(found[k])
    for mine in found:  # a strength before the amount: `(8.4 %, 100 mL)`
        mine[:] = [d for d in mine if not text[d[0] : d[1]].endswith("%")] or mine
    return found


def _in_brackets(text: str, end: int, at: int) -> bool:
    """Whether a place is in the brackets right after a drug, or around its brand name: `A (Brand, Maker; 300 mg)`."""
    opened = text.rfind("(", max(0, end - 30), at)
    return opened >= 0 and opened <= end + 2 and ")" not in text[opened:at]


def _is_of_a_stranger(text: str, end: int, dose: Place, spans: list[Place]) -> bool:
    """Whether a word that ends like a drug, but is none of the treatments, stands between a drug's end and a dose, or right after the dose."""
    after = _NEXT_WORD.match(text, dose[1])
    words = [m for m in (*_A_WORD.finditer(text, end, dose[0]), *([after] if after else ()))]
    short = _NEXT_SHORT.match(text, dose[1])
    if short and not any(a < short.end("word") and short.start("word") < b for a, b in spans) and short["word"] not in _HOW:
        return True  # "18 mg/kg IV ZXT": of a short form that no one knows
    return any(not any(a < m.end("word") and m.start("word") < b for a, b in spans) and is_like_drug(m["word"]) for m in words)


def with_doses(
    text: str, told: list[tuple[Change | None, Place | None]], doses: list[Place], therapy: Therapy, *, known: bool = False
) -> list[tuple[Change | None, Place | None]]:
    """Each step with its dose: that right beside the drug for the first, then each the dose after its word of change.

    A further dose of a row (`20 mg for a month, then 10 mg`) is a step of its own: less or more than the one before.

    Args:
        known: the drug was told of before, so that the first of `from 40 mg to 20 mg` is no news.
    """
    made = list(told)
    left = list(doses)
    first = made[0][0] if made else None
    if first and first.start < therapy.end and first.change in ("increased", "decreased") and _is_from_to(text, therapy.end, left):
        made[0] = first, left[1]  # "an increase in the dose of A from 25 mg to 50 mg"
        if not known:
            made.insert(0, (Change(therapy.start, therapy.start, "given"), left[0]))
        left = left[2:]
    for k in range(len(made) - 1, -1, -1):
        change = made[k][0]
        if change is None or change.start < therapy.end:
            continue
        mine = next((d for d in left if 0 <= d[0] - change.end < 40 and not _OTHER_STEP.search(text, change.end, d[0])), None)
        if (
            mine
            and change.change in _GOES_ON
            and any(therapy.end <= d[0] < change.start for d in left)
            and not _AT.fullmatch(text, change.end, mine[0])
        ):
            continue  # `40 mg was given for five days, then 20 mg`
        goal = next((d for d in left if mine and 0 < d[0] - mine[1] < 40 and _TO.search(text, mine[1], d[0])), None)
        if mine and goal and _BY.search(text, change.end, mine[0]):  # "increased by 10 mg steps to 60 mg"
            left.remove(mine)
            mine = goal
        elif mine and goal and _FROM.search(text, change.end, mine[0]):  # "increased from 25 mg to 50 mg"
            left.remove(mine)
            if not known:
                made.insert(k, (Change(therapy.start, therapy.start, "given"), mine))
                left.remove(goal)
                made[k + 1] = change, goal
                continue
            mine = goal
        if mine:
            left.remove(mine)
            made[k] = change, mine
    if made and made[0][1] is None and left:
        change = made[0][0]
        if change and change.start > therapy.end and change.change in ("decreased", "increased", "stopped") and left[0][0] < change.start:
            made.insert(0, (Change(therapy.start, therapy.start, "given"), left[0]))
        else:
            made[0] = change, left[0]
    elif left and made and not any(dose == left[0] for _, dose in made) and left[0][0] < (made[0][0].start if made[0][0] else therapy.end):
        made.insert(0, (Change(therapy.start, therapy.start, "given"), left[0]))
    for dose in doses:
        used = [d for _, d in made if d]
        if (
            dose in used
            or not used
            or dose[0] < used[-1][1]
            or any(c and c.start > used[-1][1] and c.change not in _GOES_ON for c, _ in made)
        ):
            continue
        change = _row_change(text, used[-1], dose, next((c for c, d in made if c and d == used[-1]), None))
        if change:
            made.append((change, dose))
    return made


def _is_from_to(text: str, start: int, doses: list[Place]) -> bool:
    """Whether the first two doses are what a dose was and what it became."""
    return (
        len(doses) > 1
        and bool(_FROM.search(text, start, doses[0][0]))
        and doses[1][0] - doses[0][1] < 40
        and bool(_TO.search(text, doses[0][1], doses[1][0]))
    )


def _row_change(text: str, before: Place, dose: Place, last: Change | None) -> Change | None:
    """The step that a dose makes after another in a row; None where their units differ or they are no row.

    Args:
        last: the step of the dose before it.
    """
    between = text[before[1] : dose[0]]
    row = _NEXT_DOSE.search(between) or _EACH_SO_LONG.fullmatch(between) and _SO_LONG.match(text, dose[1])
    units = [re.sub(r"^[\d.,\s]+", "", text[a:b]).lower() for a, b in (before, dose)]
    if len(between) > 80 or not row or _IN_ALL.search(between) or units[0] != units[1]:
        return None
    first, second = (float(re.sub(r"[^\d.].*", "", text[a:b].replace(",", ""))) for a, b in (before, dose))
    often = [next((times for pattern, times in _A_DAY if pattern.match(text, place[1])), 0.0) for place in (before, dose)]
    if all(often):  # 40 mg twice daily, then 40 mg daily
        first, second = first * often[0], second * often[1]
    elif first == second:
        return None
    if first == second or last and last.change in ("decreased", "increased") and last.start > dose[0]:
        return None
    return Change(dose[0], dose[0], "decreased" if second < first else "increased")
