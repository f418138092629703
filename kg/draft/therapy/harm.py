"""Which drugs of a sentence were stopped for what they did to the patient.

Only what the patient did not have before the drug was begun, and was not treated for, can be harm.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.names.ground import find_terms, is_short_form
from kg.draft.names.recognise import Hit
from kg.draft.patterns.openings import Openings, Stems
from kg.draft.sheet import Sheet
from kg.draft.therapy.course import Course
from kg.draft.therapy.reasons import Problem, harm_of
from kg.report import Span

#: Names too wide to say what responded, or what harm was done.
VAGUE = frozenset((
    "disease", "diseases", "disorder", "disorders", "illness", "inherited", "hereditary", "genetic", "congenital", "syndrome",
    "complication", "complications", "infection", "infections", "impulse", "tumor", "tumour", "cancer",
))  # fmt: skip
_DEVELOPED = Openings(r"\b(?:developed|experienced|suffered from|complained of)\b")
_MAY_INDUCE = Stems("induced", "related", "associated")
_INDUCED = re.compile(
    r"(?P<drug>[A-Za-z]{4,})[ -](?:induced|related|associated)\s+(?:(?:severe|acute|profound|toxic|drug)\s+){0,2}\Z", re.I
)
_BLAMED = re.compile(r"(?<![\w-])(?P<drug>[A-Za-z]{4,})-induced\s(?=[a-z])")
_THEREFORE = Openings(
    r"\b(?:therefore|thus|consequently|hence|accordingly|as a (?:result|consequence)|for this reason|because of this|due to this|(?:attributed|related|secondary|ascribed) to)\b"
)
_NOT_BORNE = ("tolerated", "tolerate")


class Harm(NamedTuple):
    """A drug that was stopped for what it did; `problems` may be empty where only that it was not tolerated is said."""

    treatment: str
    start: int
    end: int
    problems: list[Problem]
    stated: bool


class Harms:
    """Reads sentence by sentence, in order, what each tells to have come up."""

    def __init__(self, sheet: Sheet, course: Course) -> None:
        self.sheet, self.text, self.course = sheet, sheet.text, course
        self.told: dict[str, int] = {}  # finding -> where it was told of first
        #: Of the sentence read last: its number, what it tells to have come up, and the treatments that it names.
        self.onset: tuple[int, list[Problem], set[str]] = (-9, [], set())
        self.induced: list[tuple[int, str, Problem]] = []  # sentence, drug and problem of `dapsone-induced anaemia`

    def read(self, sentence: Span, number: int, hits: list[Hit]) -> list[Harm]:
        """The drugs whose stop the sentence tells of, with the harm that was the reason, where that is told."""
        stops, onset = self.course.stops, self.onset
        self.onset = number, self._come_up(sentence, hits), {name for _, name in self.course.named}
        if _MAY_INDUCE.search(self.text, sentence.start, sentence.end):
            causes = ((_INDUCED.search(self.text, max(sentence.start, h.start - 50), h.start), h) for h in hits)
            induced = [(number, m["drug"].lower(), (h.start, h.end, h.curie)) for m, h in causes if m and self._is_told(h.start, h.end)]
            self.induced += induced
            for match in _BLAMED.finditer(self.text, sentence.start, sentence.end):
                if self._is_told(match.end(), match.end() + 1):
                    self._blame(match["drug"].lower())
        if not stops:
            return []
        present = [h for h in hits if self._is_told(h.start, h.end)]
        spans, known, found = self._problems(sentence, present), self._known(), []
        for name, start, end in stops:
            mine = [t for t, each in self.course.named if each == name]
            near = min(mine, key=lambda t: abs(t.start - start), default=None)
            begun = self.course.first.get(name, start)
            place = (near.start, near.end) if near else (start, end)
            new = [p for p in spans if self._is_new(p[2], known, begun)]
            problems, stated = harm_of(self.text, (sentence.start, sentence.end), place, (start, end), new)
            words = {t.words.lower() for t in (*mine, *(t for t, each in self.course.named if each == name))}
            if not problems and (caused := [p for k, drug, p in self.induced if k >= number - 1 and drug in words]):
                problems, stated = caused, True
            if not problems and onset[0] == number - 1 and (name in onset[2] or _THEREFORE.search(self.text, sentence.start, sentence.end)):
                problems = [p for p in onset[1] if self._is_new(p[2], known, begun)]
            if problems or self.text[start:end].lower().endswith(_NOT_BORNE):
                found.append(Harm(name, start, end, problems, stated or not problems))
        return found

    def _blame(self, drug: str) -> None:
        """What follows is not thanked to a drug that did harm; where only "drug-induced" is said, to the one told of last."""
        if drug in ("drug", "medication", "treatment", "therapy"):
            last = {name for _, name in self.course.named} or set(self.course.last)
            self.course.blamed |= last if len(last) == 1 else set()
        else:
            self.course.blamed |= {str(t["id"]) for t in self.course.by_term.values() if t["words"].lower() == drug}

    def remember(self, hit: Hit) -> None:
        """A finding is told of; what is told before a drug is begun is none of its harm."""
        self.told.setdefault(hit.curie, hit.start)

    def is_kind_of(self, curie: str, other: str) -> bool:
        """Whether one finding is a kind of another of the same name: wrist arthritis, arthritis."""
        terms = self.sheet.terms
        return other in terms.ancestors(curie) and terms.term(other).label.lower() in terms.term(curie).label.lower()

    def _is_told(self, start: int, end: int) -> bool:
        """Whether a problem is told of as there, or feared: `stopped because of suspected hepatitis`."""
        return self.sheet.status_of(start, end)[0] in ("present", "uncertain")

    def _is_new(self, curie: str, known: set[str], begun: int) -> bool:
        old = [c for c, at in self.told.items() if at < begun]
        return curie not in known and not any(curie == c or self.is_kind_of(curie, c) for c in old)

    def _known(self) -> set[str]:
        """The ids of the patient's diagnoses and of what treatments were given for."""
        told = [str(d["is"]) for d in self.sheet.parts["diagnoses"]]
        told += [each for t in self.sheet.parts["treatments"] for each in t.get("for", ())]
        return {each.partition(" ! ")[0] for each in told}

    def _problems(self, sentence: Span, present: list[Hit]) -> list[Problem]:
        """The findings of a sentence, and the diseases that no finding has the name of."""
        spans = [(h.start, h.end, h.curie) for h in present]
        diseases = [
            t for t in find_terms(self.text, ("MONDO",), sentence.start, sentence.end)
            if t[1] - t[0] > 4 and not any(t[0] < y and x < t[1] for x, y, _ in spans)
            and self.text[t[0] : t[1]].lower() not in VAGUE and not is_short_form(t[2], self.text[t[0] : t[1]])
        ]  # fmt: skip
        return spans + [t for t in diseases if self._is_told(t[0], t[1])]

    def _come_up(self, sentence: Span, hits: list[Hit]) -> list[Problem]:
        cue = _DEVELOPED.search(self.text, sentence.start, sentence.end) if hits else None
        near = [h for h in hits if cue and 0 <= h.start - cue.end() < 60]
        return [(h.start, h.end, h.curie) for h in near if self._is_told(h.start, h.end)]
