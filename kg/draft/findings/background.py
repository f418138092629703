"""What is told of a patient's background: alcohol and drugs, consanguinity of the parents, and that nothing is known of the past.

Whether the patient smokes is part of the patient: `kg.draft.reading.patient`.

>>> text = "She denied alcohol use. Her parents were first cousins."
>>> [(text[m.start:m.end], m.name, m.status) for m in find_background(text, 0, len(text))]
[('alcohol use', 'alcohol consumption', ''), ('parents were first cousins', 'consanguinity', 'past')]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.patterns.stems import stems
from kg.draft.sheet import Sheet
from kg.report import Span

_MAY_BE = stems("background")
_SIGNIFICANT = r"(?:significant|relevant|notable|remarkable|known|specific|particular|pertinent|important|contributory|prior|previous|past|personal|chronic|major|relevant)"
_UNREMARKABLE = r"(?:unremarkable|non-?contributory|insignificant|uneventful|negative|clear|blank|nil|not (?:significant|remarkable|contributory|notable|relevant))"
#: What it is → kind, and the patterns of how it is printed with the status each gives ("": as the words around it say).
_TOLD = (
    ("alcohol consumption", "exposure", (
        ("absent", r"\b(?:did|does|do) not (?:smoke (?:or|and|nor) )?(?:drink|consume|use) (?:any )?alcohol\b|\bteetotal(?:l?er)?\b|\bnever (?:drank|consumed|drunk) alcohol\b"),
        ("past", r"\b(?:dr(?:ank|unk|inking)|consum(?:ed|ing)|abus(?:ed|ing)|us(?:ed|ing)|(?:use|consumption|abuse|intake) of) (?:(?!but\b|no\b|not\b)\w+ ){0,3}?alcohol\b[^.;]{0,70}?\b(?:but|and|until|before)\b[^.;]{0,20}?"
                 r"\b(?:(?:stopp(?:ed|ing)|quit(?:ting)?|ceas(?:ed|ing)|gave up|giving up)\b(?! (?:smoking|work|tobacco|treatment|medication|taking))|abstinent|abstain(?:ed|ing))|"
                 r"\b(?:dr(?:ank|unk|inking)|abus(?:ed|ing)) (?:alcohol|heavily|(?:alcohol )?to excess)\b[^.;]{0,40}?\buntil\b|\b(?:former|ex-?)\s?(?:heavy )?(?:drinker|alcoholic)\b|"
                 r"\b(?:former|previous|past) (?:heavy |excessive )?alcohol (?:use|abuse|misuse|consumption|dependence)\b"),
        ("current", r"\bdrinks alcohol\b|\bconsumes alcohol\b|\bsocial drinker\b"),
        ("", r"\balcohol (?:use|abuse|misuse|consumption|intake|ingestion|drinking|history)\b|\bdr(?:ank|inking|ink) alcohol\b|(?<=smoking, )alcohol\b|(?<=smoking or )alcohol\b|(?<=smoking and )alcohol\b|(?<=tobacco or )alcohol\b|(?<=tobacco, )alcohol\b|\b(?:use|consumption|history) of alcohol\b"),
    )),
    ("illicit drug use", "exposure", (("", r"\b(?:illicit|recreational|illegal) (?:drugs?|substances?)(?: (?:use|abuse|consumption))?|\b(?:intravenous|IV) drug (?:use|abuse)\b"),)),
    ("consanguinity", "family", (
        ("absent", r"\bnon-?\s?consanguin(?:e?ous|ity)\b|\b(?:unrelated|non-?related) (?:healthy )?parents\b|\bparents (?:were|are) (?:not|un)[- ]?(?:related|consanguineous)\b"),
        ("past", r"(?<![\w-])consanguineous (?:healthy )?(?:\w+ )?(?:parents|marriage|couple|union|family)\b|\bparents (?:were|are) (?:healthy )?(?:(?:first|second|third|distant)[- ](?:degree )?cousins|consanguineous|related)\b"),
        ("", r"(?<![\w-])(?:parental )?consanguinity\b"),
    )),
    ("no past", "condition", (
        ("absent", rf"\bpreviously (?:fit and )?(?:healthy|well)\b|\b(?:no|without|without any|not have any) (?:{_SIGNIFICANT},? (?:(?:and|or) )?){{0,3}}(?:medical|surgical) history\b(?! of|(?: (?:was|is) \w+)?,? except)|"
                   rf"\b(?:past |previous )?medical history (?:was|is) (?:{_UNREMARKABLE})\b(?!,? (?:except|apart|other|for|but))|\bno (?:known |other )?(?:chronic |medical )(?:illness(?:es)?|problems|conditions|comorbidities)\b|"
                   r"\bno (?:known |relevant |significant )?co-?morbidit(?:y|ies)\b"),
    )),
    ("no family history", "family", (
        ("absent", rf"\b(?:no|without|without any) (?:{_SIGNIFICANT},? (?:(?:and|or) )?){{0,3}}famil(?:y|ial) (?:medical )?history\b(?!,? (?:of|for|except))|"
                   rf"\bfamil(?:y|ial) (?:medical )?history (?:was|is) (?:{_UNREMARKABLE})\b(?!,? (?:except|apart|other|but))(?! for (?!any\b|hereditary\b|inherited\b|similar\b|genetic\b))"),
    )),
)  # fmt: skip
#: The terms of what is known by one; the others are kept in words.
_TERMS = {"consanguinity": "HP:0025820", "no past": "HP:0032443", "no family history": "HP:0032316"}
_HISTORY_OF = re.compile(r"\bhistory\b", re.I)

_OF_A_RELATIVE = re.compile(
    r"\b(?:mother|father|brother|sister|parents?|siblings?|uncle|aunt|grand\w+|husband|wife|partner)\b[^.;]{0,60}\Z", re.I
)


class Background(NamedTuple):
    """A stretch that tells of it; the status is "" where the words around it say it."""

    start: int
    end: int
    name: str
    kind: str
    status: str


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, str, str, re.Pattern[str]]]:
    return [(name, kind, status, re.compile(pattern, re.I)) for name, kind, told in _TOLD for status, pattern in told]


def find_background(text: str, start: int, end: int) -> list[Background]:
    """What a stretch tells of a background, the first mention of each kind."""
    if not _MAY_BE.search(text, start, end):
        return []
    found: list[Background] = []
    for name, kind, status, pattern in _patterns():
        match = pattern.search(text, start, end)
        if match and not any(b.name == name for b in found):
            found.append(Background(*match.span(), name, kind, status))
    return found


def read_background(sheet: Sheet, sentence: Span) -> None:
    """Write the background that a sentence tells of, each kind once in a record."""
    for told in find_background(sheet.text, sentence.start, sentence.end):
        said, _ = sheet.status_of(told.start, told.end)
        if (
            said in ("hypothetical", "uncertain")
            or told.kind == "exposure"
            and (said == "family" or _OF_A_RELATIVE.search(sheet.text, sentence.start, told.start))
        ):
            continue
        past = sheet.parts["history"]
        term = sheet.term(_TERMS.get(told.name, ""), told.name)
        if (
            any(h["is"] == term for h in past)
            or told.name == "no past"
            and any(h["kind"] == "condition" and h["status"] != "absent" for h in past)
        ):
            continue
        evidence = sheet.quote(told.start, told.end)
        if evidence is None:
            continue
        denied = said == "absent" or sheet.denied_of_family(told.start, told.end)
        status = told.status or (
            "absent"
            if denied
            else "past"
            if told.kind == "family" or _HISTORY_OF.search(sheet.text, sentence.start, told.end)
            else "unknown"
        )
        if told.status in ("past", "current") and denied:
            status = "absent"
        item = {"id": "", "is": term, "kind": told.kind, "status": status, "words": sheet.words(told.start, told.end), "confidence": 0.7}
        if told.name not in _TERMS:
            item["note"] = "no term for it; kept in words"
        sheet.add("history", term.partition(" ! ")[2], item | evidence)
