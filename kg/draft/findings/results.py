"""What was measured, tested and examined, as statements of the record."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.findings.antibodies import read_antibodies
from kg.draft.findings.examinations import looked_for, not_done, outcome_of, read_procedures, said_before
from kg.draft.findings.growth import read_growth
from kg.draft.findings.levels import read_levels, with_range
from kg.draft.findings.measure import GROWN, PREGNANT, Reading, is_child, of_adults, read_values
from kg.draft.findings.rows import read_rows
from kg.draft.names.ground import named
from kg.draft.names.hpo import hp
from kg.draft.names.told import told_findings
from kg.draft.patterns.openings import Openings
from kg.draft.sheet import Sheet
from kg.report import Span

_SHORT_FORM = re.compile(r"\s*(?:scan|imaging|examination)?\s*\(\s*")
_RANGE = re.compile(r"[<>≤≥]?\s?\d+(?:\.\d+)?(?:\s?[-–]\s?\d+(?:\.\d+)?)?")


#: A panel showed values, which tell by themselves whether it was normal; or nothing that can be read.
_VALUE = re.compile(r"(?!\w+ normal\b)(?:an?\s+|the\s+)?[A-Za-z :,()<>–—-]{0,50}\d|\W*\Z")
#: `muscle strength was 5/5` denies a weakness; a lower grade beside it says that it is not so everywhere.
_FULL_STRENGTH = Openings(r"\b(?:muscle |motor )?(?:strength|power)\b(?:(?!\d[+-]?/5)[^.;]){0,40}\b5/5(?![^.;]*\b[0-4][+-]?/5)")


def read_measurements(sheet: Sheet, sentence: Span) -> list[tuple[int, int]]:
    """Write the values of a sentence, and sizes told by centile; where the values stand."""
    text, taken = sheet.text, []
    rows = read_rows(text, sentence.start, sentence.end)
    lines = {text.rfind("\n", 0, r.start) for r in rows}
    readings = rows + [
        with_range(r, text)
        for r in read_values(text, sentence.start, sentence.end)
        if not lines or text.rfind("\n", 0, r.start) not in lines
    ]
    readings += read_levels(text, sentence.start, sentence.end, [(r.start, r.end) for r in readings])
    others = PREGNANT if _is_pregnant(sheet) else GROWN if is_child(text) else None
    for reading in readings:
        if others and of_adults(reading, others):
            reading = reading._replace(interpretation="", shows="", reason="no range is printed; those of adults do not hold here")
        evidence = sheet.quote(reading.start, reading.end)
        if evidence is not None:
            sheet.add("measurements", reading.name, _measurement(sheet, sentence, reading) | evidence)
            taken.append((reading.start, reading.end))
    stretch = text, sentence.start, sentence.end
    for start, end, curie in (*read_growth(*stretch), *told_findings(*stretch)):
        if not any(h.curie == curie for h in sheet.hits_in(sentence)) and not _is_of_others(
            sheet, start, end
        ):  # it is written from its name then
            _write_told(sheet, sentence, (start, end), curie, "present")
    full = _FULL_STRENGTH.search(*stretch)
    if full:
        _write_told(sheet, sentence, full.span(), hp("Muscle weakness"), "absent")
    return taken


def _is_of_others(sheet: Sheet, start: int, end: int) -> bool:
    """Whether what a number tells is a relative's, only thought of, or denied; `did not walk until 30 months` denies nothing."""
    status, cue = sheet.status_of(start, end)
    return status in ("family", "hypothetical") or status == "absent" and cue.lower() not in ("not", "unable")


def _write_told(sheet: Sheet, sentence: Span, span: tuple[int, int], curie: str, status: str) -> None:
    """Write a finding that a number tells of, unless something else is said of it at that time."""
    evidence, at = sheet.quote(*span), sheet.time_at(sentence, span[0])
    if evidence and sheet.status.setdefault((curie, at, frozenset()), status) == status:
        words = sheet.words(*span)
        item: dict[str, Any] = {"id": "", "is": sheet.term(curie), **({"status": status} if status != "present" else {})}
        item |= sheet.when(sentence, span[0]) | {"words": words, "confidence": 0.7, "note": "read from the number printed"}
        sheet.add("findings", words, item | evidence)


def _is_pregnant(sheet: Sheet) -> bool:
    """Whether the record tells of a pregnancy of now."""
    return any(item["is"] == "none ! pregnancy" and item["status"] == "current" for item in sheet.parts["history"])


def _measurement(sheet: Sheet, sentence: Span, r: Reading) -> dict[str, Any]:
    item: dict[str, Any] = {"id": "", "of": sheet.term(r.of, f"{r.specimen} {r.name}".strip()), "words": sheet.words(r.start, r.end)}
    if r.value:
        item["value"] = r.value
    if r.unit_assumed and not re.search(r"[A-Za-z%]", r.value):
        item["assumed_unit"] = r.unit_assumed
    if r.specimen:
        item["specimen"] = sheet.term(named(r.specimen, ("UBERON",)) or "", r.specimen)
    if r.normal and _RANGE.fullmatch(r.normal):
        item["normal"] = r.normal.replace("–", "-")
    if r.interpretation:
        item["interpretation"] = r.interpretation
    if r.shows:
        shown = "absent" if r.interpretation == "normal" else "present"
        if sheet.status.setdefault((r.shows, sheet.time_at(sentence, r.start), frozenset()), shown) == shown:
            item["shows"] = sheet.term(r.shows)
    sure = 0.9 if "printed range" in r.reason or "words" in r.reason else 0.7
    return item | sheet.when(sentence, r.start) | {"confidence": sure, "note": r.reason}


def read_antibody_tests(sheet: Sheet, sentence: Span) -> list[tuple[int, int]]:
    """Write the antibody tests of a sentence; where they stand."""
    taken = []
    for test in read_antibodies(sheet.text, sentence.start, sentence.end):
        quote = sheet.quote(test.start, test.end)
        if quote is None:
            continue
        if test.result != "not-tested":
            shown = "present" if test.result == "positive" else "absent"
            if sheet.status.setdefault((test.curie, sheet.time_at(sentence, test.start), frozenset()), shown) != shown:
                continue
        item = {"id": "", "is": sheet.term(test.curie), "words": " ".join(test.words.split()), "result": test.result}
        if test.titre:
            item["titre"] = test.titre
        if test.printed:
            item["note"] = f"printed with it: {test.printed}"
        sheet.add("antibodies", test.words, item | sheet.when(sentence, test.start) | {"confidence": 0.85} | quote)
        taken.append((test.start, test.end))
    return taken


def _is_of_antibody(sheet: Sheet, words: str) -> bool:
    """Whether an examination is an antibody test that is written as one: `HIV serology`."""
    return any(words in antibody["words"] or antibody["words"] in words for antibody in sheet.parts["antibodies"])


def read_examinations(sheet: Sheet, sentence: Span) -> str | None:
    """Write the examinations of a sentence; the id of the only one, None where there are several or none."""
    names = []
    last = None
    for found in read_procedures(sheet.text, sentence.start, sentence.end):
        again = last is not None and _SHORT_FORM.fullmatch(sheet.text, last.end, found.start)
        last = found
        if again:
            continue  # "computed tomography (CT)"
        evidence = sheet.quote(found.start, found.end)
        if evidence is None:
            continue
        undone = not_done(sheet.text, found.end, sentence.end)
        outcome, result = ("not-done", None) if undone else outcome_of(sheet.text, found.end, sentence.end)
        if outcome == "not-stated":
            outcome = said_before(sheet.text, sentence.start, found.start) or outcome
        if found.told and (
            outcome == "not-stated" or outcome == "abnormal" and _VALUE.match(result or "") or _is_of_antibody(sheet, found.words)
        ):
            continue
        item: dict[str, Any] = {"id": "", "procedure": sheet.term(found.curie, found.words)}
        if found.site:
            item["sites"] = [sheet.term(found.site)]
        item |= sheet.when(sentence, found.start)
        looks = () if undone else looked_for(sheet.text, found.end, sentence.end)
        if looks:
            item["looks_for"] = looks
        if result:
            item["result"] = result
        item |= {"outcome": outcome, "words": found.words, "confidence": 0.75 if outcome != "not-stated" else 0.5}
        if not found.curie:
            item["note"] = "no term for this examination"
        name = sheet.add("investigations", found.words, item | evidence)
        names += [] if undone or found.told else [name]
    return names[0] if len(names) == 1 else None
