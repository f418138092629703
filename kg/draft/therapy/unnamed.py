"""Steps of drugs that a sentence does not name: `the dose was reduced`, `it was stopped`, `she was switched to B`.

Each is read as of the drug that the story told of last, where that is one; where several may be meant nothing is written.
"""

from __future__ import annotations

import re
from typing import Any

from kg.draft.patterns.openings import Openings, Stems
from kg.draft.therapy.regimen import find_doses, is_readable
from kg.draft.therapy.told import Told
from kg.draft.therapy.treat import Therapy, find_therapies
from kg.report import Span

Item = dict[str, Any]
_TAKEN = "the drug is not named; that told of last is taken"
_ADVERBS = r"(?:(?:then|also|therefore|thus|soon|again|\w+ly)\s+){0,2}"
_A_DRUG = r"(?:drug|treatment|medication|medicine|therapy|agent|regimen)"
_ENDS = r"stopped|discontinued|withdrawn|ceased|suspended|terminated|withheld|held|interrupted"
#: A dose is changed whose drug is not named again.
_DOSE_CHANGED = re.compile(
    r"(?P<whose>\b(?:the|its|this|his|her)\s+(?:(?:steroid|corticosteroid|daily|total|maintenance)\s+)?dos(?:e|age))\s+(?:was|were|had been|has been)\s+(?:(?:then|further|again|\w+ly)\s+){0,2}"
    r"(?:(?P<less>reduced|decreased|lowered|halved|tapered)|(?P<more>increased|doubled|raised|escalated))\b(?:\s+(?P<to>to)\b)?",
    re.I,
)
_MAY_STOP = Stems(
    "stopp", "discontinu", "withdr", "ceas", "cess", "suspend", "terminat", "withheld", "held", "interrupt", "tolerat", "complet"
)
#: A drug is stopped that is not named again.
_IT_STOPPED = Openings(
    rf"\b(?:(?:it|this {_A_DRUG}|the {_A_DRUG})\s+(?:was|had to be|were|has been)\s+{_ADVERBS}(?P<verb>{_ENDS})"
    r"|(?:leading|led) to (?:its|the|drug|treatment|immediate|prompt)\s+(?:\w+\s+)?(?P<noun>discontinuation|withdrawal|cessation|interruption|stopping)(?! of)"
    r"|(?:requir|necessitat|prompt)(?:ed|ing) (?:its|drug|treatment|the|immediate|prompt)\s+(?:\w+\s+)?(?P<noun2>discontinuation|withdrawal|cessation|interruption)(?! of)"
    rf"|(?P<noun3>discontinuation|withdrawal|cessation|discontinuing|stopping) (?:of )?(?:the|this) {_A_DRUG}"
    rf"|after (?P<noun4>discontinuation|withdrawal|cessation|discontinuing|stopping|completion|completing) (?:of )?(?:(?:her|his) )?{_A_DRUG}(?! (?:with|of)\b))\b"
)
_RESUMED = Openings(
    rf"\b(?:it|(?:the |this |her |his )?(?:same )?{_A_DRUG})\s+(?:was|had been|has been)\s+{_ADVERBS}(?:resumed|restarted|reintroduced|re-introduced|reinstituted|reinitiated|re-started)\b"
)
#: All of them are: `all drugs were stopped`, `she stopped taking her medications`.
_ALL_STOPPED = Openings(
    rf"\b(?:(?:all|both|these|the|her|his)\s+(?:of\s+(?:the|these|her|his)\s+)?(?:(?:other|oral|above|immunosuppressive)\s+)?(?:drugs|medications?|medicines|treatments|agents)\s+(?:was|were|had been|have been|had to be)\s+{_ADVERBS}(?P<verb>{_ENDS})"
    r"|(?:patient|she|he)\s+(?:(?:had|has|then|later|also|voluntarily|abruptly|suddenly|\w+ly)\s+){0,3}(?P<act>stopped|discontinued|ceased|interrupted)\s+(?:taking\s+)?(?:(?:all|of|both|the|these|her|his|prescribed)\s+){1,3}(?:drugs|medications?|medicines|treatments?|therapy))\b"
)
#: The drug named before it did harm and was stopped, or was not borne.
_HARMED = Openings(
    rf"\b(?:(?:caused|induced|produced|provoked)\s+[^.;,]{{1,60}}?,?\s+(?:and|so)\s+(?:it\s+)?(?:was|were|had to be)\s+{_ADVERBS}(?P<verb>{_ENDS})"
    r"|(?:(?:was|were|could|did) not (?:be )?|not )(?P<borne>tolerated?))\b"
)
_TO_HARM = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s+(?:therapy|treatment|had|has|which|that|it|but|later|also|was|were|started|given|tried|begun|,|\w+ly))*\s+",
    re.I,
)
_SAVE = re.compile(r"\s*,?\s*(?:\w+\s+)?(?:except|other than|apart from|but)\b", re.I)
#: Another is given in its place.
_SWITCHED = Openings(
    r"\b(?:switched|changed|converted|transitioned|shifted|rotated|replaced|substituted|switching|changing|converting)\s+"
    r"(?:(?:him|her|them|it|the patient|(?:the|her|his|this)\s+(?:[\w-]+\s+){0,2}(?:drug|treatment|therapy|medication|regimen|agent|immunosuppress\w+|antibiotics?))\s+)?(?:over\s+)?(?:to|by|with)\s+"
)
#: Before this the drug that is begun, after it the one that is stopped.
_IN_PLACE_OF = Openings(r"\b(?:instead of|in place of|in lieu of|substituted for|replaced|replacing)\s+(?!by\b|with\b)")
_NEW = re.compile(r"(?:[\w./%-]+\s+){0,4}")
_JUST_BEFORE = re.compile(r"(?:\s*\([^()]*\))?(?:\s+(?!and\b|but\b|while\b)[\w-]+){0,4}\s+", re.I)


def change_dose(course: Told, sentence: Span) -> None:
    """Write the step of `the dose was reduced to 40 mg`."""
    text, sheet = course.text, course.sheet
    match = _DOSE_CHANGED.search(text, sentence.start, sentence.end)
    if not match or course.changed & {match.start("less"), match.start("more")}:
        return
    before = [t for t, _ in course.named if t.kind == "drug" and t.end <= match.start()]
    have = course.by_term.get(course.key(before[-1]) if before else course.before_question)
    evidence = sheet.quote(*match.span())
    if not have or evidence is None or sheet.status_of(*match.span())[0] != "present":
        return
    if find_therapies(text, max(sentence.start, match.start() - 30), match.end(), course.defined):
        return
    dose = next((d for d in find_doses(text, match.end(), sentence.end) if match["to"] and d[0] - match.end() < 12), (0, 0))
    step: Item = {"change": "decreased" if match["less"] else "increased", "at": course.when(sentence, match.start())}
    if dose[1] and is_readable(sheet.words(*dose)):
        step["dose"] = sheet.words(*dose)
    step |= {"confidence": 0.5, "note": _TAKEN}
    order, last = sheet.order, have["course"][-1]
    if (
        last["change"] == "stopped"
        or order[step["at"]] < order[last["at"]]
        or all(last.get(part) == step.get(part) for part in ("change", "at", "dose"))
    ):
        return
    have["course"].append(step | evidence)
    course.dosed = str(have["id"])


def resume_unnamed(course: Told, sentence: Span) -> None:
    """Write the step of `it recurred after therapy was resumed`: of the one drug that was stopped and is told of last."""
    text, sheet = course.text, course.sheet
    match = _RESUMED.search(text, sentence.start, sentence.end) if course.by_term else None
    if not match or find_therapies(text, match.start(), min(sentence.end, match.end() + 20), course.defined):
        return
    have = course.by_term.get(course.in_question or course.before_question)
    evidence = sheet.quote(*match.span())
    if not have or evidence is None or have["course"][-1]["change"] != "stopped" or sheet.status_of(*match.span())[0] != "present":
        return
    at = course.when(sentence, match.start())
    if sheet.order[at] < sheet.order[have["course"][-1]["at"]]:
        return
    have["course"].append({"change": "started", "at": at, "confidence": 0.5, "note": _TAKEN} | evidence)
    course.restarted.add(str(have["id"]))


def stop_unnamed(course: Told, sentence: Span, number: int) -> None:
    """Write the steps of `it was stopped after two weeks` and `all drugs were stopped`."""
    text = course.text
    if not _MAY_STOP.search(text, sentence.start, sentence.end):
        return
    match = _IT_STOPPED.search(text, sentence.start, sentence.end) if course.by_term else None
    if match:
        verb = match.start(str(match.lastgroup))
        before = [t for t, _ in course.named if t.kind == "drug" and t.end <= match.start()]
        if before:
            have = course.by_term.get(course.key(before[-1]))
        else:
            last, told = course.before
            have = course.by_term.get(course.before_question) if number - told < 2 else None
            have = have if have and str(have["id"]) in last else None
        if have and not _is_named_between(course, match, sentence):
            _stop(course, have, sentence, match, verb)
        return
    match = _HARMED.search(text, sentence.start, sentence.end) if course.named else None
    if match:
        before = [t for t, _ in course.named if t.kind == "drug" and t.end <= match.start()]
        have = course.by_term.get(course.key(before[-1])) if before and _TO_HARM.fullmatch(text, before[-1].end, match.start()) else None
        if have:
            _stop(course, have, sentence, match, match.start(str(match.lastgroup)), "")
    match = _ALL_STOPPED.search(text, sentence.start, sentence.end) if course.by_term else None
    if match and not _SAVE.match(text, match.end(), sentence.end):
        verb = match.start(str(match.lastgroup))
        begun = {str(name) for t, name in course.named if t.start > match.start()}
        for have in [t for t in course.by_term.values() if "drug" in t and t["course"][-1]["change"] != "stopped" and t["id"] not in begun]:
            _stop(course, have, sentence, match, verb, "the drugs are not named; those told of before are taken")


def _is_named_between(course: Told, match: re.Match[str], sentence: Span) -> bool:
    """Whether the words themselves name a drug: `the treatment with A was stopped` is told of A."""
    return bool(find_therapies(course.text, match.start(), match.end(), course.defined))


def switch(course: Told, sentence: Span, told: list[Therapy]) -> None:
    """Write the stop of what another drug took the place of: `she was switched to B`, `B was given instead of A`.

    Args:
        told: the treatments that the sentence tells of.
    """
    text = course.text
    for match in _SWITCHED.finditer(text, sentence.start, sentence.end):
        new = next((t for t in told if t.kind == "drug" and 0 <= t.start - match.end() < 40), None)
        if new is None or not _NEW.fullmatch(text, match.end(), new.start):
            continue
        before = [t for t in told if t.kind == "drug" and t.end <= match.start()]
        have = _replaced(course, sentence, before, match.start()) if before else course.by_term.get(course.before_question)
        if have and have is not course.by_term.get(course.key(new)):
            _stop(course, have, sentence, match, match.start())
    for match in _IN_PLACE_OF.finditer(text, sentence.start, sentence.end):
        old = next(
            (t for t in find_therapies(text, match.end(), min(sentence.end, match.end() + 60), course.defined) if t.kind == "drug"), None
        )
        if old is None or not re.fullmatch(r"(?:[\w-]+\s+){0,2}", text[match.end() : old.start]):
            continue
        new = next((t for t in reversed(told) if t.kind == "drug" and t.end <= match.start()), None)
        have = course.by_term.get(course.key(old))
        if new and have and have is not course.by_term.get(course.key(new)) and _is_in_reach(course, new, match):
            _stop(course, have, sentence, match, match.start(), "")


def _is_in_reach(course: Told, new: Therapy, match: re.Match[str]) -> bool:
    """Whether the drug that is begun is the subject of what replaces: `B was started instead of`, `B replaced`."""
    if match.group().lower().startswith("replac"):
        return bool(re.fullmatch(r"(?:\s+(?:then|later|\w+ly))?\s+", course.text[new.end : match.start()]))
    return bool(_JUST_BEFORE.fullmatch(course.text, new.end, match.start())) or match.start() - new.end < 3


def _replaced(course: Told, sentence: Span, before: list[Therapy], verb: int) -> Item | None:
    """The one drug of the sentence before a switch, where the switch is not said of it already: `treated with A and then switched to B`."""
    last = before[-1]
    beside = [t for t in before[:-1] if last.start - t.end < 12]
    return None if beside or verb - last.end > 90 else course.by_term.get(course.key(last))


def _stop(course: Told, have: Item, sentence: Span, match: re.Match[str], verb: int, note: str = _TAKEN) -> None:
    """Add the last step to a treatment that goes on, where time allows."""
    evidence, last = course.sheet.quote(*match.span()), have["course"][-1]
    if evidence is None or last["change"] == "stopped" or course.sheet.status_of(*match.span())[0] != "present":
        return
    at, order = course.when(sentence, verb), course.sheet.order
    if order[at] < order[last["at"]]:
        return
    have["course"].append({"change": "stopped", "at": at, "confidence": 0.5} | ({"note": note} if note else {}) | evidence)
    course.ended.add(str(have["id"]))
    course.lowered |= {str(have["id"])}
    course.stops.append((str(have["id"]), verb, match.end()))
