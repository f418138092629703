"""Which dose of a sentence belongs to which treatment, and to which step of it."""

from __future__ import annotations

import re

from kg.draft.therapy.changes import Change
from kg.draft.therapy.regimen import find_doses
from kg.draft.therapy.named import Therapy
from kg.report import Span

Place = tuple[int, int]


def share_doses(text: str, sentence: Span, spans: list[Place]) -> list[list[Place]]:
    """For each treatment its doses, in text order; each dose goes to one: the one it stands before with nothing between, else
    the one it follows."""
    found: list[list[Place]] = [[] for _ in spans]
    for dose in find_doses(text, sentence.start, sentence.end):
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
                between = text[b : dose[0]]
                if len(between) < 140 and not re.search(r",?\s+and\s+\Z|;|\b(?:she|he|patient)\b", between):
                    score = len(between) + 1
            if score is not None and (best is None or score < best[0]):
                best = score, k
        if best is not None:
            found[best[1]].append(dose)
    return found


def with_doses(
    told: list[tuple[Change | None, Place | None]], doses: list[Place], therapy: Therapy
) -> list[tuple[Change | None, Place | None]]:
    """Each step with its dose: that right beside the drug for the first, then each the dose after its word of change."""
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
    return made
