"""Mentions of findings → findings of this illness, or history: what was so before, and what relatives have."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.findings.background import read_background
from kg.draft.findings.diagnoses import find_diseases
from kg.draft.findings.findings import NOW, grade_of, is_history, is_present_illness, severity_of, side_of, sites_after
from kg.draft.findings.organs import unenlarged
from kg.draft.names.ground import find_terms, is_disease, is_named_otherwise, named
from kg.draft.names.recognise import Hit
from kg.draft.patterns.stems import stems
from kg.draft.sheet import Sheet
from kg.report import Span

_GONE = re.compile(
    r"(?!\s+(?:[a-z]+ )?(?!resolv|disapp|heal|subsid|ceas|stopp|abat|settl|clear|vanish|remitt)[a-z]+ed\s+(?:and|but)\s)[^.;,]{0,40}?\b(?:(?:had |has |have |completely |fully )*(?:resolved|disappeared|healed|subsided|ceased|stopped|abated|settled|cleared|vanished|remitted))\b(?!\s+(?:partially|"
    r"incompletely))",
    re.I,
)
_NEARLY = re.compile(r"\b(?:nearly|almost|partially|largely|mostly)\b", re.I)
_WITHOUT = re.compile(r"\bwithout (?:any )?(?:(?:features|evidence|signs?|history) of )?\Z", re.I)
_YEARS_OF = re.compile(r"\byears?['’]?[\s-]+history of\s+(?:\w+\s+)?\Z", re.I)
_ILL_WITH = re.compile(r"\b(?:present(?:ed|s|ing)|complain\w*|admitted|referred|seen)\b", re.I)
_MAY_BE_PAST = stems("past")
_LONG = re.compile(r"\b(?:life-?long|long-?standing|known|pre-?existing)\s+(?:(?!that\b|to\b|as\b|for\b|about\b)\w+\s+)?\Z", re.I)
_FOR_YEARS = re.compile(
    r"\s+(?:for|since|over)\s+(?:(?:the|last|past|previous|more|than|about|approximately|over|at|least|nearly|almost)\s+){0,4}(?:\d+|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|fifteen|twenty|thirty|many|several)\s+years\b|\s+(?:since|in|from|during)\s+(?:(?:his|her|early|late)\s+)*(?:childhood|infancy|birth|adolescence)\b",
    re.I,
)
#: Right after a mention: it was so, or was not, in another time of life.
_AS_CHILD = re.compile(
    r"\s+(?:as an? (?:(?:young|small) )?(?:child|baby|infant|boy|girl|teenager|adolescent)|(?:in|during) (?:early |late |his |her )*(?:childhood|infancy|adolescence|youth))\b",
    re.I,
)
#: Words of `NOW` that only say that somebody has a disease.
_BEARS = frozenset(("who had", "suffering from"))
_SUFFERED = re.compile(r"\bsuffer(?:ed|s|ing)\s+(?:from\s+)?(?:[\w\s-]+(?:,|and)\s+)?\Z", re.I)
_ALSO_HISTORY = re.compile(r"\bhistory of\b", re.I)
_REASON = re.compile(r"due to|because of", re.I)
#: A patient is named with a disease, and then said to come with something.
_PATIENT_WITH = re.compile(
    r"[^.;:]{0,60}\bold\b[^.;:,]{0,50}?\b(?:man|woman|male|female|patient|boy|girl|lady|gentleman|child|infant|individual)(?:\s+patient)?,?\s+(?:with|suffering from)\s+(?:(?!history\b)[^.;:]){0,90}"
)
_COMES = re.compile(
    r"\b(?:was|is|were|had been)\s+(?:\w+\s+)?(?:admitted|referred|seen|hospitali[sz]ed|transferred|brought|evaluated)\b[^.;]{0,110}?\b(?:with|due to|because of|for|complaining of|after)\b|"
    r"\bpresent(?:ed|s|ing)\b[^.;]{0,60}?\b(?:with|for|due to|because of)\b|\bcomplained of\b",
    re.I,
)
_NEAR = 30  # characters between a disease and the time that is told of it
_OF_WHICH = re.compile(r"\s*,?\s*(?:that|which|diagnosed|treated|for which|first|since)\b[^.;]{0,90}\Z", re.I)
_VAGUE = frozenset({"MONDO:0000001", "MONDO:0043839"})  # disease; ulcer disease
_NO_HISTORY_OF = re.compile(
    r"\b(?:no|without|denied (?:any )?)\s*(?:(?:associated|recent|preceding|accompanying|similar|prior|known|significant)\s+){0,2}history of\b",
    re.I,
)
_PAINFUL = re.compile(r"\bpainful\s+\Z", re.I)
#: So short before presentation that it is of this illness.
_DAYS = re.compile(r"-?P(?:T|\d+[DW]\Z)")
_DIAGNOSED = re.compile(r"\bdiagnosed\b|\bhad (?:been|suffered|had|undergone|developed)\b|\bhistory\b|\btreated for\b", re.I)


def read_findings(sheet: Sheet, sentence: Span, taken: list[tuple[int, int]], procedure: str | None, *, again: bool = False) -> None:
    """Write the findings and the history of a sentence.

    Args:
        taken: stretches that are read as something else: values, antibodies, drugs.
        procedure: id of the one examination of the sentence, if there is one.
        again: the sentence sums up (an abstract): what is told elsewhere is not told again.
    """
    for hit in sheet.hits_in(sentence):
        if any(a <= hit.start < b for a, b in taken):
            continue
        evidence = sheet.quote(hit.start, hit.end)
        told, status, cue = _told_as(sheet, sentence, hit)
        if evidence is None or status == "hypothetical":
            continue
        if told is None and status in ("present", "absent") and _AS_CHILD.match(sheet.text, hit.end, sentence.end):
            told = "condition"
        if (
            told == "condition"
            and status == "absent"
            and _NO_HISTORY_OF.search(sheet.text, sentence.start, hit.start)
            and not named(sheet.words(hit.start, hit.end), ("MONDO",))
        ):
            told = None  # "no history of fever": a symptom asked for, not a disease of the past
        if told:
            _write_history(sheet, sentence, _whole(sheet, sentence, hit), told, status, cue, evidence)
        elif not (again and any(curie == hit.curie for curie, _, _ in sheet.status)):
            _write_finding(sheet, sentence, hit, status, cue, procedure, evidence)


def _told_as(sheet: Sheet, sentence: Span, hit: Hit) -> tuple[str | None, str, str]:
    """The kind of history that a mention is told as, None for none; its status, and the word that says so."""
    status, cue = sheet.status_of(hit.start, hit.end)
    if status == "family":
        return "family", "absent" if sheet.denied_of_family(hit.start, hit.end) else status, cue
    return is_history(sheet.text, hit.start, (sentence.start, sentence.end)) or _before(sheet, sentence, hit), status, cue


def _whole(sheet: Sheet, sentence: Span, hit: Hit) -> Hit:
    """A finding that stands inside the name of a disease as that disease: the `heart disease` of `ischaemic heart disease`."""
    for a, b, curie in find_terms(sheet.text, ("MONDO",), sentence.start, sentence.end):
        if a <= hit.start and hit.end <= b and b - a > hit.end - hit.start and is_disease(curie):
            return Hit(a, b, curie, frozenset(), 0)
    return hit


def read_unenlarged(sheet: Sheet, sentence: Span) -> None:
    """Write as absent the enlargement of the organs that a sentence says are of normal size."""
    for start, end, curie in unenlarged(sheet.text, sentence.start, sentence.end):
        evidence, key = sheet.quote(start, end), (curie, sheet.time_at(sentence, start), frozenset[str]())
        if evidence is None or key in sheet.status or any(h.curie == curie for h in sheet.hits_in(sentence)):
            continue
        sheet.status[key] = "absent"
        item = {"id": "", "is": sheet.term(curie), "status": "absent", **sheet.when(sentence, start)}
        more = {"words": sheet.words(start, end), "confidence": 0.75, "note": "told of the organ's size"}
        sheet.add("findings", item["is"].partition(" ! ")[2], item | more | evidence)


def read_past_diseases(sheet: Sheet, sentence: Span, shorts: dict[str, str]) -> None:
    """Write the diseases of patient and family told as history that are no findings of HPO.

    Args:
        shorts: short form -> the disease that the report defines it as, "" for none we know.
    """
    read_background(sheet, sentence)
    if not _MAY_BE_PAST.search(sheet.text, sentence.start, sentence.end):
        return
    spans = [(h.start, h.end) for h in sheet.hits_in(sentence)]
    for a, b, curie in find_diseases(sheet.text, sentence.start, sentence.end, shorts):
        if any(x < b and a < y for x, y in spans) or curie in _VAGUE:
            continue
        hit = Hit(a, b, curie, frozenset(), 0)
        told, status, cue = _told_as(sheet, sentence, hit)
        evidence = sheet.quote(a, b)
        if told and evidence is not None and status != "hypothetical":
            _write_history(sheet, sentence, hit, told, status, cue, evidence)


def _before(sheet: Sheet, sentence: Span, hit: Hit) -> str | None:
    """Whether a mention is of a disease diagnosed some time before presentation, or had for years."""
    long = _YEARS_OF.search(sheet.text, max(sentence.start, hit.start - 40), hit.start)
    if (
        long
        and not _ILL_WITH.search(sheet.text, max(sentence.start, long.start() - 50), long.start())
        and named(sheet.words(hit.start, hit.end), ("MONDO",))
    ):
        return "condition"
    if _is_old_disease(sheet, sentence, hit):
        return "condition"
    at = sheet.time_at(sentence, hit.start)
    if sheet.order[at] >= 0 or not any(m.name == at and not m.moves for m in sheet.line.marks.get(sentence.start, ())):
        return None
    if is_present_illness(sheet.text, hit.start, (sentence.start, sentence.end)) or _DAYS.match(str(sheet.line.times[at].get("by", ""))):
        return None
    said = [m.end() for m in _DIAGNOSED.finditer(sheet.text, sentence.start, hit.start)]
    if not said or any(not _REASON.fullmatch(m.group()) for m in NOW.finditer(sheet.text, said[-1], hit.start)):
        return None
    return "condition"


def _is_old_disease(sheet: Sheet, sentence: Span, hit: Hit) -> bool:
    """Whether a disease is said to be an old one: lifelong, for years, or what a patient has who comes with something else."""
    text, start, end = sheet.text, sentence.start, sentence.end
    if not named(sheet.words(hit.start, hit.end), ("MONDO",)) or sheet.status_of(hit.start, hit.end)[0] != "present":
        return False
    if any(m.group().lower() not in _BEARS for m in NOW.finditer(text, start, hit.start)):
        return False
    if _LONG.search(text, max(start, hit.start - 40), hit.start) or _FOR_YEARS.match(text, hit.end, end):
        return True
    if _SUFFERED.search(text, start, hit.start) and _ALSO_HISTORY.search(text, hit.end, end):
        return True
    comes = _COMES.search(text, hit.end, min(end, hit.end + 160)) if _PATIENT_WITH.fullmatch(text, start, hit.start) else None
    return bool(comes and any(h.start >= comes.end() and h.curie != hit.curie for h in sheet.hits_in(sentence)))


def _of_past(sheet: Sheet, hit: Hit, words: str) -> str:
    """The disease that these words name, else the finding; a symptom is no inflammation, though one may be called so: `sore throat`."""
    disease = named(words, ("MONDO",))
    if disease and named(words, ("HP",)) and sheet.terms.term(disease).label.endswith("itis") and is_named_otherwise(disease, words):
        return hit.curie
    return disease or hit.curie


def _is_of(text: str, end: int, at: int) -> bool:
    """Whether a time is told of a disease that ends at a place, not of what came later in the sentence."""
    return at - end < _NEAR or bool(_OF_WHICH.fullmatch(text, end, at)) and not NOW.search(text, end, at)


def _write_history(sheet: Sheet, sentence: Span, hit: Hit, told: str, status: str, cue: str, evidence: dict[str, Any]) -> None:
    words = sheet.words(hit.start, hit.end)
    term = sheet.term(_of_past(sheet, hit, words))
    sure, reason = sureness(hit, status, cue, words, term)
    past = sheet.parts["history"]
    if past and sheet.text[hit.start - 1] == "(" and sheet.words(max(0, hit.start - 200), hit.start - 1).endswith(past[-1]["words"]):
        return  # a short form in brackets after its disease
    if (
        status == "absent"
        and past
        and _WITHOUT.search(sheet.text, sentence.start, hit.start)
        and past[-1]["quote"] == evidence["quote"]
        and past[-1]["kind"] != "family"
    ):
        past[-1].setdefault("without", []).append(term)  # "dysplasia without signs of cancer": of that condition, not by itself
        return
    kind_status = (
        "absent"
        if status == "absent"
        else "current"
        if _YEARS_OF.search(sheet.text, max(sentence.start, hit.start - 40), hit.start)
        else "past"
    )
    if any((h["is"], h["kind"], h["status"]) == (term, told, kind_status) for h in past):
        return
    item: dict[str, Any] = {"id": "", "is": term, "kind": told, "status": kind_status}
    at = sheet.time_at(sentence, hit.start)
    if sheet.order[at] < 0 and any(m.name == at and _is_of(sheet.text, hit.end, m.start) for m in sheet.line.marks.get(sentence.start, ())):
        item["when"] = at  # told in the sentence itself: what was so at an age told before need not be so of this
    item |= {
        "words": words[:200],
        "confidence": round(sure - 0.1, 2),
        "note": reason or f"told as {'family ' if told == 'family' else ''}history",
    }
    sheet.add("history", term.partition(" ! ")[2], item | evidence)


def _write_finding(sheet: Sheet, sentence: Span, hit: Hit, status: str, cue: str, procedure: str | None, evidence: dict[str, Any]) -> None:
    text, words, term = sheet.text, sheet.words(hit.start, hit.end), sheet.term(hit.curie)
    sure, reason = sureness(hit, status, cue, words, term)
    sites = sites_after(text, hit.end, sentence.end)
    gone = _GONE.match(text, hit.end, min(sentence.end, hit.end + 60)) if status == "present" else None
    if gone and not _NEARLY.search(gone.group()):
        status, reason = "absent", "told as gone"
    item: dict[str, Any] = {"id": "", "is": term}
    if status != "present":
        item["status"] = status
    at = sheet.time_at(sentence, hit.start)
    key = (hit.curie, at, frozenset(sites))
    if status in ("present", "absent") and (other := _contradicted(sheet, hit.curie, at, status)):
        status, reason, sure = "uncertain", f"told as {status} beside {other} at the same time", 0.3
        item["status"] = status
        if any((f["is"], f.get("status"), f.get("at", "presentation")) == (term, status, at) for f in sheet.parts["findings"]):
            return
    if status in ("present", "absent"):
        if sheet.status.get(key) == status:
            return
        if key in sheet.status:
            item["status"], reason, sure = "uncertain", f"told as {status} here and as {sheet.status[key]} at the same time elsewhere", 0.3
        else:
            sheet.status[key] = status
    item |= sheet.when(sentence, hit.start)
    severity = severity_of(text, hit.start)
    grade = grade_of(text, hit.end, sentence.end) if "weakness" in term.lower() else None
    more = {
        "sites": sites, "laterality": side_of(text, hit.start, hit.end, (sentence.start, sentence.end)),
        "severity": severity if severity and severity not in term.lower() else None,
        "painful": bool(_PAINFUL.search(text[max(0, hit.start - 10) : hit.start])), "grade": grade,
        "by": procedure if status != "uncertain" and not (status == "present" and _found_nothing(sheet)) else None,
    }  # fmt: skip
    item |= {name: value for name, value in more.items() if value} | {"words": words[:200], "confidence": sure}
    if reason:
        item["note"] = reason
    sheet.add("findings", words, item | evidence)


def _found_nothing(sheet: Sheet) -> bool:
    """Whether the last examination was normal, and so did not show what is there."""
    done = sheet.parts["investigations"]
    return bool(done) and done[-1].get("outcome") in ("normal", "negative")


def _contradicted(sheet: Sheet, curie: str, at: str, status: str) -> str:
    """The label of a finding said of the same time that goes against this one: a kind of it that is there, or one it is a kind of that is not."""
    other = "absent" if status == "present" else "present"
    for (one, when, sites), said in sheet.status.items():
        if when == at and said == other and one != curie and not (sites and status == "present"):
            wide, narrow = (one, curie) if status == "present" else (curie, one)
            if wide in sheet.terms.ancestors(narrow):
                return sheet.terms.term(one).label
    return ""


def sureness(hit: Hit, status: str, cue: str, words: str, term: str) -> tuple[float, str]:
    """How sure a finding is, and the reason where it is not."""
    label = term.partition(" ! ")[2].lower()
    sure = 0.9 if words.lower() == label else (0.85, 0.7, 0.6, 0.6, 0.6)[min(hit.rank, 4)]
    cue = " ".join(cue.split())
    if status == "uncertain":
        return 0.4, f'doubtful for the word "{cue}"'
    if status == "absent":
        return round(sure - 0.05, 2), f'denied by "{cue}"'
    if hit.rank >= 2:
        return sure, "put together of words that stand apart"
    return (sure, "words near the term's names, not one of them") if hit.rank == 1 else (sure, "")
