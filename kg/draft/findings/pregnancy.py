"""Pregnancy and former births, as history: the record has no field of its own, and no vocabulary here a term, for them."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.patterns.stems import stems
from kg.draft.sheet import Sheet
from kg.report import Span

_WEEKS = r"(?:\d{1,2}(?:\s?(?:\+|and|-|–)?\s?\d/7|\+\d)?)"
_MAY_BE = stems("pregnancy")
_NOW = re.compile(
    rf"\b(?:(?:she|who|woman|patient|lady)\s+(?:was|is)\s+(?:(?!not\b|never\b)\w+\s+)?(?:{_WEEKS}[\s-]*weeks?\s+)?pregnant|(?:{_WEEKS}[\s-]*weeks?[\s-]+)?pregnant\s+(?:\w+\s+)?(?:woman|patient|lady|female|girl)|"
    r"pregnant\s+(?:at|in|with)\b|(?:in|during) (?:the|her) (?:first|second|third) trimester)\b",
    re.I,
)
_AT_WEEKS = re.compile(
    rf"\b(?:at|in|of)\s+(?:about\s+|approximately\s+)?{_WEEKS}(?:st|nd|rd|th)?[\s-]*weeks?['’]?\s*(?:of\s+)?(?:gestation(?:al age)?|pregnancy|amenorrh\w+)",
    re.I,
)
_GRAVIDA = re.compile(
    r"\b(?:primigravida|multigravida|primipara|multipara|(?:gravida\s?\d{1,2}|G\s?\d{1,2}(?=,?\s*(?:para|P)\s?\d))(?:,?\s*(?:para|P)\s?\d{1,2}(?:-\d-\d-\d)?)?(?:,?\s*(?:abortus|A)\s?\d)?|nulliparous|nulligravida)\b"
)
_AFTER = re.compile(
    r"\b(?:\w+\s+(?:days?|weeks?|months?)\s+)?(?:postpartum|post-partum|after (?:her )?(?:delivery|giving birth|childbirth))\b", re.I
)
_BORN = re.compile(r"\b(?:born|delivered|birth|infant|newborn|neonate|baby|fetus|foetus|fetal|mother)\b", re.I)
_NOT = re.compile(
    r"\b(?:not|never|no|denied|if|planning|wish\w*|risk|test|screen\w*|previous|prior|past|uneventful|uncomplicated|first|second|third|last|during)\s+(?:\w+\s+)?\Z",
    re.I,
)


def read_pregnancy(sheet: Sheet, sentence: Span) -> list[tuple[int, int]]:
    """Write that the patient is pregnant, after childbirth, or how often she was; where that stands.

    A sentence on a birth tells of the patient's own, or of a child's; neither is taken for a pregnancy of the patient.
    """
    text = sheet.text
    if not _MAY_BE.search(text, sentence.start, sentence.end):
        return []
    found: list[tuple[int, int]] = []
    birth = _BORN.search(text, sentence.start, sentence.end)
    for pattern, label, status in (
        (_NOW, "pregnancy", "current"),
        (_AT_WEEKS, "pregnancy", "current"),
        (_GRAVIDA, "", "past"),
        (_AFTER, "postpartum period", "current"),
    ):
        match = pattern.search(text, sentence.start, sentence.end)
        if not match or label == "pregnancy" and any(h["is"] == "none ! pregnancy" for h in sheet.parts["history"]):
            continue
        if birth and label != "postpartum period":
            continue
        if (
            _NOT.search(text[max(sentence.start, match.start() - 30) : match.start()])
            or sheet.status_of(match.start(), match.end())[0] != "present"
        ):
            continue
        if (
            label == "postpartum period"
            and birth
            and not re.search(r"\b(?:she|woman|patient)\b", text[sentence.start : match.start()], re.I)
        ):
            continue
        evidence, weeks = sheet.quote(match.start(), match.end()), _AT_WEEKS.search(text, sentence.start, sentence.end)
        words = sheet.words(match.start(), match.end())
        if evidence is None:
            continue
        if label == "pregnancy" and weeks and weeks.start() >= match.end() and weeks.start() - match.end() < 20:
            words = sheet.words(match.start(), weeks.end())
        if any(h["words"] == words for h in sheet.parts["history"]):
            continue
        item: dict[str, Any] = {
            "id": "", "is": f"none ! {label or ' '.join(words.split())}", "kind": "condition", "status": status, "words": words,
            "confidence": 0.7, "note": "no term for it; kept in words",
        }  # fmt: skip
        sheet.add("history", label or "births", item | evidence)
        found.append(match.span())
    return found
