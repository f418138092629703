"""What a story has told of treatments so far: which there are, which were told of last, and which stopped, failed or did harm."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.sheet import Sheet
from kg.draft.therapy.earlier import ENDED
from kg.draft.therapy.treat import Therapy
from kg.report import Span

#: Between a step and a time after it: the time is of what this word tells.
_NEXT_STEP = re.compile(
    r"\b(?:start|initiat|commenc|add|stopp|discontinu|withdr|taper|reduc|increas|switch|replac|resum|restart|chang|convert|improv|resol|disappear|subsid|heal|recur|relaps|flare|worsen|respon|remission|recover|normali[sz]|clear|"
    r"die|develop|repeat)\w*",
    re.I,
)
#: After a time comes another step, whose time is told after it.
_GOES_ON = re.compile(
    r"(?:[^.;]*\b(?:started|given|begun|added|initiated|commenced|administered|stopped|completed)\b[^.;]*)?[\s,]*\b(?:and|but|then)\b[^.;]*\Z",
    re.I,
)


class Told:
    """The treatments of one patient.

    Attributes:
        last: ids of what was given in the latest sentence that tells of a treatment, and the number of that sentence.
    """

    def __init__(self, sheet: Sheet, defined: dict[str, Therapy]) -> None:
        self.sheet, self.text, self.defined = sheet, sheet.text, defined
        self.by_term: dict[str, dict[str, Any]] = {}
        self.last: list[str] = []
        self.last_sentence = -99
        self.earlier = (self.last, self.last_sentence)  # the same before the latest sentence that tells of a treatment
        self.before = (self.last, self.last_sentence)  # the same when the sentence read last began
        self.ended: set[str] = set()  # ids of what the sentence read last says was stopped
        self.in_question = ""  # the key in `by_term` of the one drug told of last
        self.before_question = ""  # the same when the sentence read last began
        self.stops: list[tuple[str, int, int]] = []  # of the sentence read last: what was stopped, and where it says so
        self.changed: set[int] = set()  # where the words of change stand in it that are said of a named treatment
        self.first: dict[str, int] = {}  # where the sentence begins that told of a treatment first
        self.left_on = False  # the step being written is that of what the patient left with
        self.dosed = ""  # id of the drug whose dose the sentence read last changes without naming it
        self.restarted: set[str] = set()  # ids of what was stopped and begun again
        self.blamed: set[str] = set()  # ids of what is said to have done harm
        self.lowered: set[str] = set()  # ids of what was last lowered or stopped
        self.named: list[tuple[Therapy, str]] = []  # of the sentence read last: what was named, and its treatment's id

    def when(self, sentence: Span, offset: int) -> str:
        """The time of a step; a time after it that is told of something else between them is not its own."""
        line = self.sheet.line
        at, marks = self.sheet.time_at(sentence, offset), line.marks.get(sentence.start, [])
        ahead = [m for m in marks if m.start > offset]
        behind = [m for m in marks if m.end <= offset]
        if ahead and behind and behind[-1].name == at and _GOES_ON.match(self.text, behind[-1].end, offset):
            verb = re.compile(r"\w*").match(self.text, offset)
            until = verb.end() if verb else offset
            if (
                ahead[0].start - until < 60
                and not _NEXT_STEP.search(self.text, until, ahead[0].start)
                and ";" not in self.text[until : ahead[0].start]
            ):
                return ahead[0].name  # "was added in May and increased in June"
        mine = [m for m in marks if m.name == at]
        if not mine or mine[0].start <= offset:
            return at
        word = re.compile(r"\w*").match(self.text, offset)
        if not _NEXT_STEP.search(self.text, word.end() if word else offset, mine[0].start):
            return at
        earlier = [m.name for m in marks if m.start < offset and m.moves]
        return earlier[-1] if earlier else line.of_sentence.get(sentence.start, "presentation")

    def is_taken(self, therapy: Therapy) -> bool:
        """Whether a drug was told of as given before, and not as stopped since: to withhold it is to stop it."""
        known = self.by_term.get(self.key(therapy))
        if known:
            return known["course"][-1]["change"] not in ENDED
        told = self.sheet.term(therapy.curie, therapy.label)
        return any(h["kind"] == "medication" and h["is"] == told for h in self.sheet.parts["history"])

    def key(self, therapy: Therapy) -> str:
        key = (therapy.curie or therapy.label).lower()
        return re.sub(r"\s+(?:therapy|treatment|drugs?|agents?|medications?)\Z", "", key).removesuffix("s")
