"""Which dose of a sentence belongs to which treatment, and to which step of it."""

from __future__ import annotations

import re

from kg.draft.therapy.changes import Change
from kg.draft.therapy.named import Therapy
from kg.draft.therapy.regimen import find_doses
from kg.report import Span

Place = tuple[int, int]
_BRACKETS = re.compile(r"\([^()]*\)")
_EACH_ITS_OWN = re.compile(r"[^.;]{0,40}?\brespectively\b", re.I)
#: Right before a dose that comes after another of the same drug.
_NEXT_DOSE = re.compile(r"(?:,|\bthen|\bfollowed by|\bto|\buntil)\s*(?:and\s+)?(?:then\s+|later\s+|thereafter\s+|\w+ly\s+|at\s+)?\Z", re.I)
_IN_ALL = re.compile(r"\b(?:total|cumulative|maxim\w+|loading|target)\b", re.I)


def share_doses(text: str, sentence: Span, spans: list[Place]) -> list[list[Place]]:
    """For each treatment its doses, in text order; each dose goes to one: the one it stands before with nothing between, else
    the one it follows."""
    found: list[list[Place]] = [[] for _ in spans]
    doses = find_doses(text, sentence.start, sentence.end)
    if len(doses) == len(spans) > 1 and spans[-1][1] <= doses[0][0] and _EACH_ITS_OWN.match(text, doses[-1][1], sentence.end):
        return [[dose] for dose in doses]  # "A and B were given at 5 mg and 10 mg, respectively"
    for dose in doses:
        best: tuple[float, int] | None = None
        for k, (a, b) in enumerate(spans):
            score: float | None = None
            if dose[1] <= a and re.fullmatch(
                r"\s*(?:of\s+|\)\s*)?(?:(?:oral|intravenous|iv|i\.v\.|topical|subcutaneous|inhaled|pure|liposomal|daily)\s+){0,2}",
                text[dose[1] : a],
                re.I,
            ):
                score = (a - dose[1]) * 0.5
            elif b <= dose[0] and (k + 1 == len(spans) or dose[0] < spans[k + 1][0] or dose[0] < a):
                between = _BRACKETS.sub("", text[b : dose[0]])
                if len(between) < 140 and not re.search(r",?\s+and\s+\Z|;|\b(?:she|he|patient)\b", between):
                    score = len(between) + 1
            if score is not None and (best is None or score < best[0]):
                best = score, k
        if best is not None:
            found[best[1]].append(dose)
    for mine in found:  # a strength before the amount: `(8.4 %, 100 mL)`
        mine[:] = [d for d in mine if not text[d[0] : d[1]].endswith("%")] or mine
    return found


def with_doses(
    text: str, told: list[tuple[Change | None, Place | None]], doses: list[Place], therapy: Therapy
) -> list[tuple[Change | None, Place | None]]:
    """Each step with its dose: that right beside the drug for the first, then each the dose after its word of change.

    A further dose of a row (`20 mg for a month, then 10 mg`) is a step of its own: less or more than the one before.
    """
    made = list(told)
    left = list(doses)
    for k in range(len(made) - 1, -1, -1):
        change = made[k][0]
        if change is None or change.start < therapy.end:
            continue
        mine = next((d for d in left if 0 <= d[0] - change.end < 40), None)
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
        if dose in used or not used or dose[0] < used[-1][1] or any(c and c.start > used[-1][1] for c, _ in made):
            continue
        change = _row_change(text, used[-1], dose)
        if change:
            made.append((change, dose))
    return made


def _row_change(text: str, before: Place, dose: Place) -> Change | None:
    """The step that a dose makes after another in a row; None where their units differ or they are no row."""
    between = text[before[1] : dose[0]]
    units = [re.sub(r"^[\d.,\s]+", "", text[a:b]).lower() for a, b in (before, dose)]
    if len(between) > 60 or not _NEXT_DOSE.search(between) or _IN_ALL.search(between) or units[0] != units[1]:
        return None
    first, second = (float(re.sub(r"[^\d.].*", "", text[a:b].replace(",", ""))) for a, b in (before, dose))
    return Change(dose[0], dose[0], "decreased" if second < first else "increased") if first != second else None
