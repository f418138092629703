"""What was given to the patient: treatments with the steps of their course, and drugs and operations of the past."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from kg.draft.names.ground import vocabulary
from kg.draft.reading.patient import to_number
from kg.draft.therapy.apart import AND_ON, is_apart
from kg.draft.therapy.changes import Change, changes_of
from kg.draft.therapy.doses import share_doses, with_doses
from kg.draft.therapy.earlier import ENDED, purpose_of, write_earlier
from kg.draft.therapy.referred import is_over, is_part, is_reference
from kg.draft.therapy.regimen import Regimen, find_doses, is_readable, regimen_of, route_term
from kg.draft.therapy.spelling import mended, respelt, spelt
from kg.draft.therapy.told import Told
from kg.draft.therapy.treat import Therapy, find_therapies
from kg.draft.therapy.unnamed import change_dose, resume_unnamed, stop_unnamed, switch
from kg.report import Span

#: Helps to other treatments; what follows them is not credited to them.
_SUPPORT = re.compile(
    r"intubat|ventilat|sedat|an(?:a)?esthe|cannulat|sternotomy|laparotomy|thoracotomy|craniotomy|resuscitation|bypass|muscle relax|catheter|physiotherapy|nutrition|feeding|transfus|fluid|saline|oxygen",
    re.I,
)
_AFTER_IT = re.compile(r"\b(?:followed by|then|switched to|changed to|replaced by)\b", re.I)
#: "free of lesions on prednisone 5 mg": what is taken while all is well, though "free of" denies what follows it.
_ON = re.compile(r"(?<!not )(?<!longer )(?<!never )(?<!off )\b(?:on|under|taking|receiving)\s+(?:(?!no\b|not\b)[\w-]+\s+){0,2}\Z", re.I)
#: What only bears the name of a treatment is one where something is said to have come of it: `improved with supportive care`.
_BROUGHT = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!without )\b(?:improv|resol|respond|recover|subsid|settl|better|heal|clear|disappear|normali[sz]|manag|treat)\w*\s+(?:\w+ly\s+)?(?:with|to|after|on|under|following|by)\s+(?:(?:only|intravenous|iv|oral|intensive|aggressive)\s+){0,2}\Z",
    re.I,
)
_UNNAMED = re.compile(r"(?:supportive|conservative|symptomatic|empiric(?:al)?|expectant|non-?operative|non-?surgical)\s", re.I)
#: What is denied is the effect, not the drug.
_NO_RESPONSE_TO = re.compile(
    r"\b(?:response|improvement|benefit|relief|respond|improve)\s+(?:to|with|on|after|from|under)\s+(?:(?!no\b|not\b)[\w-]+\s+){0,3}\Z",
    re.I,
)
_NO_USE = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s+(?:therapy|treatment))?\s+(?:was|were|did)\s+not\s+(?:\w+ly\s+)?(?:beneficial|effective|helpful|successful|help|improve|relieve|control)\b",
    re.I,
)
#: What is told of the others is not told of this one.
_EXCEPTED = re.compile(
    r"\b(?:drugs|medications?|medicines|treatments?|agents)\s+(?:except(?:\s+for)?|other\s+than|apart\s+from|excluding)\s+\Z", re.I
)
#: `dapsone, an antibiotic that ...`: one drug.
_IN_APPOSITION = re.compile(r",\s+an?\s+(?:[\w-]+\s+){0,3}", re.I)
_FROM_ONE = re.compile(
    r"\s+(?:was|were|had been|has been)\s+(?:\w+ly\s+)?(?:switched|changed|converted|transitioned|rotated)\s+(?:over\s+)?from\b", re.I
)
_CHANGED_THE = re.compile(r"\b(?:switch|chang|convert)(?:ed|ing)\s+(?:the|her|his|this)\s+\Z", re.I)
_IMMUNOSUPPRESSIVE = re.compile(r"immunosuppress", re.I)
_WITHHELD = re.compile(
    r"(?:\s+(?:therapy|treatment))?\s+(?:was|were|had been)\s+(?:\w+ly\s+|then\s+|therefore\s+)?with(?:held|drawn)\b", re.I
)
#: A drug that is taken already goes on.
_LEAVES_ON = re.compile(r"discharged", re.I)
#: Between two times of one step: `on May 8 and again on May 22`.
_AND_AGAIN = re.compile(r"[\s,]*(?:and\s+)?again\s*\Z", re.I)
#: How much less or more, not how much.
_BY = re.compile(r"\bby\s+\Z", re.I)
_HOW_MANY = re.compile(
    r"\b(?P<n>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+(?:(?:further|additional|more|consecutive)\s+)?\Z", re.I
)


class Course(Told):
    """Writes the treatments of one patient, step by step."""

    def read(self, sentence: Span, number: int, *, again: bool = False) -> list[tuple[int, int]]:
        """Write what a sentence tells of treatments; where they stand in it.

        Args:
            number: of the sentence in the story.
            again: the sentence sums up (an abstract): only treatments told nowhere else are new.
        """
        self.named, self.ended, self.dosed, self.stops, self.changed = [], set(), "", [], set()
        self.before, self.before_question = (self.last, self.last_sentence), self.in_question
        spans = self._read_named(sentence, number, again=again)
        if not again:
            change_dose(self, sentence)
            stop_unnamed(self, sentence, number)
            if self.lowered:
                resume_unnamed(self, sentence)
        return spans

    def _read_named(self, sentence: Span, number: int, *, again: bool) -> list[tuple[int, int]]:
        """Write what a sentence tells of the treatments that it names; where they stand in it."""
        found = find_therapies(self.text, sentence.start, sentence.end, self.defined)
        if not found:
            return []
        told = [t for t in found if self._is_told(t, sentence)]
        told = [t for t in told if t.words not in self.defined or self.text[t.start - 1] != "("]
        told = [
            t for k, t in enumerate(told)
            if t.curie or not self._is_switched(t, sentence) and not (k and t.kind == told[k - 1].kind == "drug" and _IN_APPOSITION.fullmatch(self.text, told[k - 1].end, t.start))
        ]  # fmt: skip
        told = [t for k, t in enumerate(told) if t.curie or k + 1 == len(told) or not self._is_spelt_out(t, told[k + 1])]
        if not told:
            return [(t.start, t.end) for t in found if t.kind == "drug"]
        spans = [(t.start, t.end) for t in told]
        changes = [
            [self._done(t, change) for change in mine] for t, mine in zip(told, changes_of(self.text, sentence.start, sentence.end, spans))
        ]
        doses = share_doses(self.text, sentence, spans)
        doses = [d if t.kind == "drug" else [x for x in d if self.text[x[0] : x[1]].endswith("Gy")] for t, d in zip(told, doses)]
        ids: list[str] = []
        for k, therapy in enumerate(told):
            following = spans[k + 1][0] if k + 1 < len(spans) else sentence.end
            before = spans[k - 1][1] if k else sentence.start
            if not (therapy.sure or changes[k] or doses[k] or self._is_thanked(therapy, sentence)):
                continue
            if (not doses[k] or is_part(self, therapy, before)) and is_reference(self, therapy, sentence, changes[k]):
                continue
            if write_earlier(
                self.sheet,
                therapy,
                sentence,
                changes[k],
                regimen_of(self.text, therapy.start, therapy.end, following, before, next(iter(doses[k]), (0, 0))),
            ):
                continue
            name = self._steps(therapy, sentence, changes[k], doses[k], following, before, again=again)
            if name:
                ids.append(name)
                if changes[k] and changes[k][-1].change in ENDED:
                    self.ended.add(name)
                self.changed |= {c.start for c in changes[k]}
                self.stops += [(name, c.start, c.end) for c in changes[k] if c.change in ENDED]
                self.first.setdefault(name, sentence.start)
                lower = bool(changes[k]) and changes[k][-1].change in (*ENDED, "decreased")
                self.lowered = self.lowered | {name} if lower else self.lowered - {name}
                self.named.append((therapy, name))
        if not again:
            switch(self, sentence, told)
        drugs = [therapy for therapy, _ in self.named if therapy.kind == "drug" and self.key(therapy) in self.by_term]
        if drugs and not again:
            alone = len({self.key(t) for t in drugs}) == 1 or bool(_AFTER_IT.search(self.text, drugs[-2].end, drugs[-1].start))
            self.in_question = self.key(drugs[-1]) if alone else ""
        helped = {name for therapy, name in self.named if not _SUPPORT.search(therapy.words)}
        if self.last:
            ids = [name for name in ids if name in helped]
        if ids and not again:
            self.earlier = self.last, self.last_sentence
            self.last, self.last_sentence = list(dict.fromkeys(ids)), number
        return [(t.start, t.end) for t in found]

    def _is_switched(self, therapy: Therapy, sentence: Span) -> bool:
        """Whether a class of drugs stands for those that a switch names, or for the one told of last: `the agent was changed from A to B`."""
        return bool(_FROM_ONE.match(self.text, therapy.end, sentence.end)) or bool(
            self.before_question
            and _IMMUNOSUPPRESSIVE.match(therapy.words)
            and _CHANGED_THE.search(self.text, sentence.start, therapy.start)
        )

    def _is_spelt_out(self, therapy: Therapy, following: Therapy) -> bool:
        """Whether a class of drugs is followed by the one meant: `steroids (prednisolone 1 mg/kg)`."""
        return (
            therapy.kind == following.kind == "drug"
            and bool(following.curie)
            and bool(
                re.fullmatch(
                    r"\s*\(\s*(?:(?:oral|intravenous|iv|i\.v\.|namely|i\.e\.,?)\s+)?|\s+", self.text[therapy.end : following.start]
                )
            )
        )

    def _is_told(self, therapy: Therapy, sentence: Span) -> bool:
        if is_apart(self.text, therapy, sentence.start, sentence.end) and not (
            _WITHHELD.match(self.text, therapy.end) and self.is_taken(therapy)
        ):
            return False
        status = self.sheet.status_of(therapy.start, therapy.end)[0]
        if _EXCEPTED.search(self.text, sentence.start, therapy.start):
            return False
        if status == "absent" and therapy.sure:
            no_effect = _NO_RESPONSE_TO.search(self.text, sentence.start, therapy.start) or _NO_USE.match(
                self.text, therapy.end, sentence.end
            )
            if no_effect:
                return True
        if status == "absent" and therapy.sure and AND_ON.search(self.text, sentence.start, therapy.start):
            return True
        if status == "absent" and therapy.sure and _ON.search(self.text, sentence.start, therapy.start):
            return bool(find_doses(self.text, therapy.end, min(sentence.end, therapy.end + 20)))
        return status not in ("absent", "family", "hypothetical")

    def _done(self, therapy: Therapy, change: Change) -> Change:
        """An operation that is completed was done; a course of a drug that is completed has ended."""
        completed = therapy.kind == "procedure" and self.text[change.start : change.end].lower() == "completed"
        return change._replace(change="given") if completed else change

    def _steps(self, therapy: Therapy, sentence: Span, changes: list[Change], doses: list[tuple[int, int]], following: int, before: int, *,
               again: bool) -> str:  # fmt: skip
        """Write the steps that a sentence tells of one treatment; the treatment's id, "" where it cannot be quoted."""
        evidence = self.sheet.quote(therapy.start, therapy.end)
        if evidence is None:
            return ""
        key = self.key(therapy)
        if again and key in self.by_term:
            return str(self.by_term[key]["id"])
        name = ""
        if any(c.change in ("started", "ongoing") for c in changes):  # "treatment with A was started" is one step
            changes = [c for c in changes if c.change != "given"]
        if not changes and key in self.by_term and _ON.search(self.text, sentence.start, therapy.start):
            changes = [Change(therapy.start, therapy.start, "ongoing")]
        told: list[tuple[Change | None, tuple[int, int] | None]] = [(c, None) for c in changes] or [(None, None)]
        told = with_doses(self.text, told, doses, therapy, known=key in self.by_term)
        for k, (change, dose) in enumerate(told):
            self.left_on = bool(change and _LEAVES_ON.match(self.text, change.start))
            until = min([c.start for c, d in told[k + 1 :] if c and d and c.start > therapy.end], default=following)
            regimen = regimen_of(self.text, therapy.start, therapy.end, until, before, dose or (0, 0)) if k == 0 or dose else None
            offset = change.start if change and change.start > therapy.end else therapy.start
            step: dict[str, Any] = {"change": change.change if change else "given", "at": self.when(sentence, offset)}
            if change and change.change in ENDED and is_over(self, sentence, step["at"]):
                step["at"] = self.sheet.line.of_sentence.get(sentence.start, step["at"])
            if (
                regimen
                and dose
                and "/" not in regimen.dose
                and _BY.search(self.text, sentence.start, dose[0])
                and is_readable(regimen.dose)
            ):
                regimen = regimen._replace(dose="", manner=" ".join(filter(None, (f"by {regimen.dose}", regimen.schedule))), schedule="")
            if regimen and step["change"] in ENDED and "taper" not in regimen.manner:
                regimen = regimen._replace(manner="")
            step |= _parts(regimen) if regimen else {}
            many = _HOW_MANY.search(self.text, sentence.start, therapy.start) if k == 0 and therapy.kind == "procedure" else None
            if many and therapy.words.endswith("s") and "count" not in step:
                step["count"] = int(to_number(many["n"].lower()) or 0)
            step |= {"confidence": 0.6 if change else 0.45} | evidence
            name = self._step(key, therapy, step, evidence, sentence)
            for again_at in self._again_at(sentence, step["at"]) if step["change"] in ("given", "started") and change else ():
                name = self._step(key, therapy, step | {"change": "given", "at": again_at}, evidence, sentence)
        return name

    def _is_thanked(self, therapy: Therapy, sentence: Span) -> bool:
        """Whether something is said to have come of what need not be a treatment: `improved with supportive care`."""
        may_be = therapy.kind == "drug" or _UNNAMED.match(therapy.words)
        return bool(may_be and _BROUGHT.search(self.text, max(sentence.start, therapy.start - 50), therapy.start))

    def _again_at(self, sentence: Span, at: str) -> list[str]:
        """The times at which a step was done once more: `on May 8 and again on May 22`."""
        marks = self.sheet.line.marks.get(sentence.start, [])
        return [
            after.name
            for before, after in pairwise(marks)
            if before.name == at and _AND_AGAIN.fullmatch(self.text, before.end, after.start)
        ]

    def _step(self, key: str, therapy: Therapy, step: dict[str, Any], evidence: dict[str, Any], sentence: Span) -> str:
        """Add a step to the treatment of this term, or a new treatment; steps only go forward in time."""
        have = self.by_term.get(key)
        if have is None:
            have = {
                "id": self.sheet.ids.new(therapy.words),
                "drug" if therapy.kind == "drug" else "procedure": self.sheet.term(therapy.curie, therapy.label),
            }
            purpose = purpose_of(self.sheet, therapy.end, sentence)
            have |= {"for": [purpose]} if purpose else {}
            have |= {"words": therapy.words, "course": [step], "confidence": 0.65}
            if not therapy.curie:
                have["note"] = "no term bears these words"
            elif therapy.kind == "drug" and therapy.curie in (respelt(therapy.words), mended(therapy.words)):
                have["note"] = f"printed as {therapy.words}; read as {spelt(therapy.curie)}"
            self.by_term[key] = have | evidence
            self.sheet.parts["treatments"].append(self.by_term[key])
            return str(have["id"])
        order, last = self.sheet.order, have["course"][-1]
        if order[step["at"]] < order[last["at"]]:
            return str(have["id"])
        if step["change"] == "started" and self.left_on and last["change"] not in ENDED:
            step["change"] = "ongoing"
        plain = not any(step.get(part) for part in ("dose", "schedule", "count", "regimen"))
        if last["at"] == step["at"] and (last["change"] == step["change"] or step["change"] == "given" and last["change"] == "started"):
            if last["quote"] == step["quote"] and step.get("dose", last.get("dose")) in (
                last.get("dose"),
                step.get("dose") if "dose" not in last else last["dose"],
            ):
                last |= {part: step[part] for part in _PRINTED if part in step and part not in last}
            elif "dose" in step and last["change"] == step["change"] and not any(part in last for part in _PRINTED):
                have["course"][-1] = step  # told again with its dose
            elif step.get("dose", last.get("dose")) != last.get("dose"):
                have["course"].append(step)
            return str(have["id"])
        if step["change"] in ("given", "ongoing") and plain and last["change"] not in ENDED and step["confidence"] < 0.6:
            return str(have["id"])
        if last["change"] in ENDED:
            if step["change"] in ENDED or step["at"] == last["at"] and plain and step["confidence"] < 0.6:
                return str(have["id"])
            step["change"] = "started" if step["change"] in ("increased", "decreased", "ongoing") else step["change"]
            self.restarted.add(str(have["id"]))
        have["course"].append(step)
        return str(have["id"])


_PRINTED = ("dose", "schedule", "route", "regimen", "count")


def _parts(regimen: Regimen) -> dict[str, Any]:
    """The fields of a step that a regimen fills."""
    dose, manner = re.sub(r"\b(?:Kg|KG)\b", "kg", regimen.dose), regimen.manner
    if dose and not is_readable(dose):
        dose, manner = "", " ".join(filter(None, (manner, dose)))
    found: dict[str, Any] = {"dose": dose, "schedule": regimen.schedule}
    if route := route_term(regimen.route):
        found["route"] = str(vocabulary().term(route))
    found |= {"regimen": manner, "count": regimen.times}
    return {name: value for name, value in found.items() if value}
