"""Drugs and operations of the past: what belongs to the history, not to the course of this illness."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.findings.findings import is_history
from kg.draft.names.ground import find_terms, named
from kg.draft.patterns.openings import Openings
from kg.draft.sheet import Sheet
from kg.draft.therapy.changes import Change
from kg.draft.therapy.regimen import Regimen
from kg.draft.therapy.treat import Therapy
from kg.report import Span

_HAD = re.compile(
    r"\bhad\s+(?:\w+\s+){0,2}?(?:undergone|received|been (?:treated|managed|on|taking|given|operated|started)|taken|a (?:previous|prior|history))\b|\bprevious(?:ly)?\b(?!\s+(?:dose|infusion|injection|cycle|course|visit)s?\b)|\bprior to (?:this |the )?"
    r"(?:admission|presentation)\b|\bin the past\b|\b(?:prior|earlier|first) (?:presentations?|episodes?|admissions?|hospitali[sz]ations?|attacks?)\b(?=[^.;]*\b(?:treat|resol|respon|manag|improv))|\bstatus post\b|\bs/p\b",
    re.I,
)
_TAKES = Openings(
    r"\b(?:was|is|were) (?:currently |already |also |chronically |regularly )?(?:taking|on(?= (?:treatment|therapy|medication|regular|daily|maintenance|long))|under (?:treatment|therapy) with|controlled (?:with|by|on)|being treated)|"
    r"\b(?:his|her|home|regular|current|chronic|daily|long-term|usual|concomitant|outpatient)\s+(?:\w+\s+)?(?:medications?|drugs?|treatment|therapy)\b(?: (?:at (?:presentation|admission|home)|on admission|prior to admission))?\s*"
    r"(?:included|includes|consisted of|was|were|comprised|:)|\bfor which (?:he|she) (?:took|takes|received|receives)\b|\b(?:medication|drug) history\b|\bon medication (?:with|for)\b|\bunder treatment with\b"
)
_FOR = re.compile(
    r"(?:\s*\([^)]*\))?(?:\s+(?:therapy|treatment|prophylaxis|injections?|infusions?|cream|drops|was|were|given|started|prescribed|added|administered|used|required|daily|weekly|once|twice|a|per|day|"
    r"orally|intravenously|[\d.,]+\s?\S*|mg\S*))*\s+(?:for|to treat|to control|for (?:the )?(?:treatment|management|control) of|because of|due to|against)\s+"
    r"(?:(?:the|a|an|her|his|severe|suspected|presumed|possible|underlying|persistent|refractory|chronic|acute|recurrent)\s+)*",
    re.I,
)
#: After a switch the reason is that of the drug before.
_IS_WHY = re.compile(r"\b(?:because of|due to)\b", re.I)
_SWITCHED_TO = re.compile(r"\b(?:switched|changed|converted|transitioned|shifted|replaced|substituted)\b[^,.;]*\Z", re.I)
_CONTROLLED = re.compile(
    r"[\s,(]*(?:(?:which|that|and|was|is|being|well|currently|had been)\s+)*(?:for which (?:he|she) (?:took|takes|was taking|receives)|controlled|treated|managed|on|under)\s+(?:(?:treatment|therapy|control)\s+)?(?:(?:with|by|on)\s+)?",
    re.I,
)
#: What did not help before the patient came was given for what the patient comes with.
_IN_VAIN = re.compile(
    r"\b(?:unsuccessful(?:ly)?|ineffective|futile|failed|in vain|unresponsive to|refractory to|without (?:\w+ )?(?:success|effect|benefit|improvement|response|relief)|no (?:effect|benefit|success|improvement|response|relief))\b",
    re.I,
)
#: Steps after which a drug is not being taken.
ENDED = ("stopped",)


def write_earlier(sheet: Sheet, therapy: Therapy, sentence: Span, changes: list[Change], regimen: Regimen) -> bool:
    """Write a drug or operation of the past as history; False where it belongs to this illness."""
    before = sheet.text[sentence.start : therapy.start]
    treats = _old_disease(sheet, therapy.end, sentence) or _controlled(sheet, therapy.start, sentence)
    at = sheet.time_at(sentence, therapy.start)
    carried = sheet.line.of_sentence.get(sentence.start, "presentation")
    begun = any(c.change in ("started", "increased", "decreased") for c in changes)
    ago = sheet.order[at] < 0 and any(
        m.name == at and not m.moves and not (m.start < therapy.start < m.end) for m in sheet.line.marks.get(sentence.start, ())
    )
    takes = _TAKES.search(sheet.text, sentence.start, therapy.start)
    early = sheet.order[carried] <= 0
    past = (
        is_history(sheet.text, therapy.start, (sentence.start, sentence.end)) == "condition"
        or early
        and (_HAD.search(before) or ago and not begun)
    )
    if any(c.change in ("started", "increased", "decreased", "stopped") for c in changes) and not (past or treats):
        takes = None
    if not (past or treats or takes and early):
        return False
    if therapy.kind == "drug" and not (treats or takes) and early and _IN_VAIN.search(sheet.text, sentence.start, sentence.end):
        return False
    evidence = sheet.quote(therapy.start, therapy.end)
    if evidence is None:
        return True
    item: dict[str, Any] = {
        "id": "", "is": sheet.term(therapy.curie, therapy.label), "kind": "medication" if therapy.kind == "drug" else "procedure",
        "status": "current" if therapy.kind == "drug" and (takes or treats) and not any(c.change in ENDED for c in changes) else "past",
    }  # fmt: skip
    if ago:
        item["when"] = at
    if treats:
        item["treats"] = [treats]
    elif reason := purpose_of(sheet, therapy.end, sentence):
        item["treats" if therapy.kind == "drug" else "reason"] = [reason]
    item |= {"words": therapy.words, "confidence": 0.6, "note": with_dose("told as history", regimen)}
    key = (item["is"], item["kind"])
    if not any((h["is"], h["kind"]) == key for h in sheet.parts["history"]):
        sheet.add("history", therapy.words, item | evidence)
    return True


def _old_disease(sheet: Sheet, end: int, sentence: Span) -> str:
    """The disease of the history that a drug is given `for`, as a term string; "" where it is none."""
    link = re.match(r"\s+for\s+(?:her |his |the )?", sheet.text[end : min(end + 20, sentence.end)])
    after = sheet.text[end + link.end() : sentence.end].lower() if link else ""
    conditions = (i for i in sheet.parts["history"] if i["kind"] == "condition" and i["status"] != "absent")
    return next((str(i["is"]) for i in conditions if after.startswith(i["words"].lower())), "")


def _controlled(sheet: Sheet, start: int, sentence: Span) -> str:
    """The disease of the history that is said to be `controlled with` a drug."""
    for hit in sheet.hits_in(sentence):
        if (
            hit.end <= start
            and _CONTROLLED.fullmatch(sheet.text, hit.end, start)
            and is_history(sheet.text, hit.start, (sentence.start, sentence.end)) == "condition"
        ):
            return sheet.term(named(sheet.words(hit.start, hit.end), ("MONDO",)) or hit.curie)
    return ""


def purpose_of(sheet: Sheet, end: int, sentence: Span) -> str:
    """The disease or problem that a treatment is said to be for; "" where none is named right after it."""
    link = _FOR.match(sheet.text, end, min(sentence.end, end + 90))
    if not link or _IS_WHY.search(link.group()) and _SWITCHED_TO.search(sheet.text, max(sentence.start, end - 90), end):
        return ""
    hits = [(h.start, h.curie) for h in sheet.hits_in(sentence) if h.start >= link.end() and h.rank < 2]
    hits += [(a, curie) for a, _, curie in find_terms(sheet.text, ("MONDO",), link.end(), min(sentence.end, link.end() + 60))]
    near = [(at, curie.startswith("HP"), curie) for at, curie in hits if at - link.end() < 3]
    if not near or sheet.status_of(near[0][0], near[0][0] + 1)[0] in ("absent", "hypothetical"):
        return ""
    return sheet.term(min(near)[2])


def with_dose(note: str, regimen: Regimen) -> str:
    printed = " ".join(filter(None, (regimen.dose, regimen.schedule)))
    return f"{note}; printed with it: {printed}" if printed else note
