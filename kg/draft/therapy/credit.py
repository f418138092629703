"""Which treatments an outcome is credited to, or which are said to have failed."""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Openings, Stems
from kg.draft.sheet import Sheet
from kg.draft.therapy.course import Course
from kg.draft.therapy.treat import Therapy
from kg.report import Span

NEAR = 6  # sentences after which a treatment told last is no longer credited
CLAUSE = Openings(
    r";|,\s+(?:and|but|while|whereas|although|then|which|however)\s|\bbut\b|\balthough\b|\bwhereas\b|\bwhile\b|,\s+(?=(?:she|he|the|her|his|there|both|all|no)\b)|\band (?=(?:the|his|her|she|he|no|was|were|had|new|then|subsequent)\b)|\bfollowed by\b|\bapart from\b|\bexcept(?: for)?\b"
)
_REFRACTORY = re.compile(
    r"\b(?:refractory to|resistant to|unresponsive to|fail(?:ed|ure) (?:of|to respond to)|did not respond to|no response to|despite|not respond(?:ed)? to)\b",
    re.I,
)
#: The same with the treatments before it: `prednisone and dapsone failed`, `infliximab had no effect`.
MAY_FAIL = Stems("fail", "ineffective", "unsuccessful", "vain", "help", "work")
FAILED_AFTER = re.compile(
    r"\b(?:(?:had |have |has )?(?:also |both |all |again |then )?failed\b(?! (?:to respond|kidney|graft|fistula|transplant|back))(?: to (?:help|work|control|improve|relieve|induce|achieve|stop|prevent)\b)?|"
    r"(?:was|were|proved|proven|remained|had been) (?:also |both |all |equally |largely )?(?:ineffective|unsuccessful|in vain|of no (?:help|use|benefit|avail)|without (?:effect|success))\b|(?:did|had) not (?:help|work(?:ed)?|helped)\b)",
    re.I,
)
_BEFORE_VERB = re.compile(
    r"(?:\s*\([^()]*\))?\s*(?:(?:therapy|therapies|treatments?|infusions?|injections?|pulses|courses?|given|alone|had|have|has|[\d.,]+\s?(?:mg|g|mcg|µg|IU)\S*|daily|weekly|twice|once)\s+)*",
    re.I,
)
_JOINED = re.compile(
    r"(?:\s*\([^()]*\))?\s*(?:(?:therapy|treatment|[\d.,]+\s?(?:mg|g|mcg|µg|IU)\S*|daily|weekly|twice)\s*)*(?:,|\band\b|,\s*and\b|\bplus\b|\bor\b|\bas well as\b|\bthen\b|\bfollowed by\b)\s+(?:(?:then|later|high-dose|low-dose|oral|intravenous|topical|pulsed?|an?|the)\s+)*",
    re.I,
)
#: From a treatment to the outcome that it brought.
_ACTS = re.compile(
    rf"{_BEFORE_VERB.pattern}(?:(?:which|that)\s+)?(?P<verb>had|gave|brought|provided|produced|led to|resulted in|achieved|induced|yielded|showed|offered|was of|were of)\s+(?:(?!and\b|but\b)[\w-]+\s+){{0,3}}",
    re.I,
)
_BRINGS = re.compile(r"induc|achiev", re.I)
#: What fails governs the treatments of its own list, and nothing after it.
FAILING = Openings(
    r"\b(?:refractory to|resistant to|unresponsive to|intolerant (?:of|to)|(?:had |has |have )?fail(?:ed|ing)(?: (?:to respond to|on|with|treatment with|therapy with))?(?! to\b)|fail(?:ed|ing) to respond (?:to|with|on)|"
    r"failure (?:of|with|to respond to)|did not respond to|no response to|not respond(?:ed)? to|despite|did(?: not|n['’]t) (?:show|have|achieve|demonstrate) (?:(?:any|an?|much|significant|adequate|sufficient) )?(?:\w+ )?(?:response|improvement|benefit|effect) (?:to|with|after|on|from)(?: trying)?)(?=\s)"
)
_OWN_LIST = re.compile(
    r"[;.:]|\b(?:but|because|due|since|as|by|then|was|were|had|has|is|are|when|until|after|before|while|which|whom?|she|he|we|followed|with(?!\s+(?:both|either|oral|intravenous|high))|"
    r"(?:achiev|respon|improv|obtain|receiv|resolv|went|start|develop|reach|experienc|enter|remit|persist|worsen|stop|discontinu|taper|withdr|ceas|reduc|abbreviat|lack|absen|incomplet|poor|non)\w*)\b",
    re.I,
)
_FRONTED = re.compile(r"\W*(?:However,?\s+)?(?:Due to|Because of|After|Following|Given|Despite|In view of|Owing to|As|Since)\b", re.I)
_AND_OR = re.compile(r"\b(?:and|or)\b", re.I)
_HAS_VERB = re.compile(r"(?:\s+(?!and\b|or\b)[\w-]+){0,4}\s+(?:was|were|is|had)\b", re.I)
_DOTTED = re.compile(r"\b(?:i\.\s?[vm]|s\.\s?c|p\.\s?o)\.", re.I)
_GIVEN_UP = re.compile(r"\s+(?:taper|withdraw|discontinu|cessation|stop|reduction|dose reduction|being (?:stopped|tapered))", re.I)
_LET_GO = re.compile(r"\s+(?:dose\s+)?(?:taper|withdraw|discontinu|cessation|reduction|dose reduction)", re.I)
#: In spite of what was given, which is not named again.
_DESPITE_IT = Openings(
    r"\b(?:despite|in spite of)\s+(?:(?:the|this|these|that|all|such|above|her|his|ongoing|continued|adequate|appropriate|intensive|maximal|aggressive|medical|current|initial|full|optimal)\s+)*"
    r"(?:treatments?|therap(?:y|ies)|measures|medications?|drugs|regimen|interventions?|management|(?<=these)|(?<=this)|(?<=all))\b(?!\s+(?:with|of)\s+(?!the above|these|this|all))"
)
#: What the patient comes with.
_COMPLAINT = re.compile(r"\b(?:present(?:ed|s|ing)|complain\w*|admitted|referred|notic\w+|history of)\b", re.I)
_STAYS_AWAY = re.compile(r"recur|relaps|flare", re.I)
_CAUSED = re.compile(
    r"\b(?:result(?:ed|ing) in|led to|leading to|produc(?:ed|ing)|caus(?:ed|ing)|respond(?:ed|s) (?:\w+ )?to|response to|with (?:a |an )?(?:\w+ ){0,2}\Z|improved|effective\w*|thanks to|due to)",
    re.I,
)
_TO_TREATMENT = re.compile(
    r"\s*(?:[\w-]+\s+){0,3}?(?:(?:within|after)\s+(?:[\w-]+\s+){1,3}(?:of|after|following)|after|following|with|on|to|by|under|despite|upon|from|using|during)\s+(?:(?!was\b|were\b|and\b|then\b)[\w.,()/-]+\s+){0,7}\Z",
    re.I,
)
_AS_REASON = re.compile(
    r"\b(?:because of|due to|owing to|in view of|on account of)\s+(?:(?:the|an?|her|his|this|severe|further|\w+al)\s+){0,3}\Z", re.I
)
#: What a sentence grants first stands by itself: `Although A helped the rash, B did not`.
CONCESSION = re.compile(
    r"\W*(?:Although|Though|While|Whereas|Even though)\s[^;.]{10,}?(?=,\s+(?:(?:the|she|he|it|they|her|his|we|this|no|there|various|several|both|all|most|another|treatment|therapy)\b|(?!and\b|or\b)[\w-]+\s+(?:was|were|had|did|could)\b))"
)
_LESS_OF = re.compile(
    r"\b(?:reducing|reduction|lowering|decreasing|stopping|discontinu\w+|withdraw\w+|cessation|removal|interruption|holding)\s+(?:(?:of|in|the|her|his|its|dose|dosage|daily)\s+)*\Z",
    re.I,
)
#: What got better when a drug was stopped did not get better by it.
_UPON = re.compile(r"\b(?:after|following|upon|with|on|when|once|since|as|by|because|due)\b", re.I)
_STOPS = Stems("discontinu", "stopp", "cessation", "withdr", "ceased")
_STOPPING = re.compile(
    r"\b(?:withdrawal|discontinuation|discontinuing|cessation|stopping|interruption|holding|omission)\s+(?:of\s+)?(?:the\s+)?(?:\w+\s+)?\Z",
    re.I,
)
_CAME_WITH = re.compile(r"\s+(?:\w+ly\s+)?with\s+(?:(?:an?|the|oral|intravenous|iv|topical|short|course of|treatment with)\s+){0,3}", re.I)
#: What gets better so has no treatment to thank.
_BY_ITSELF = re.compile(
    r"\b(?:spontaneous(?:ly)?|on (?:its|their) own|by (?:itself|themselves))\b|\bwithout (?:any )?(?:specific |further |other |additional )*(?:treatment|therapy|intervention|medication)s?\b|\b(?:despite|without) (?:not )?(?:receiving|having received) (?:any |other |further |additional |specific )+(?:treatment|therapy|medication)s?\b",
    re.I,
)


class Credit:
    """Asks the course of one patient; `bounds` are the ends of the outcomes before and after the one asked about."""

    def __init__(self, sheet: Sheet, course: Course) -> None:
        self.sheet, self.text, self.course = sheet, sheet.text, course
        self.bounds = (0, 0)
        self.failed: dict[str, int] = {}  # treatments said to have failed, with the number of their steps by then

    def credited(self, sentence: Span, number: int, span: tuple[int, int], outcome: str, clause: tuple[int, int] | None) -> tuple[list[str], bool]:  # fmt: skip
        """The ids of the treatments credited, and whether the sentence itself says so.

        Beside another, what was stopped before and begun again is not thanked that the disease stays away.
        """
        credited, stated = self._linked(sentence, number, span, outcome, clause)
        if outcome in ("improved", "resolved") and _BY_ITSELF.search(self.text, *(clause or (sentence.start, sentence.end))):
            return [], False
        if not stated:
            still = {name for name, at, _ in self.course.stops if at >= span[1] and not _UPON.search(self.text, span[1], at)}
            credited = [
                name
                for name in credited
                if self._runs(name) or name in still or outcome == "flared" and _STOPS.search(self.text, sentence.start, sentence.end)
            ]
        if not stated and outcome in ("improved", "resolved"):  # nor what did harm
            credited = [name for name in credited if name not in self.course.blamed]
            credited = [name for name in credited if self.failed.get(name) != self._steps(name)] or credited
        if outcome == "resolved" and _STAYS_AWAY.search(self.text, *span):
            credited = [name for name in credited if name not in self.course.restarted] or credited
        return credited, stated

    def _runs(self, name: str) -> bool:
        """Whether a treatment goes on, as far as told: what has been stopped neither helps nor fails any more."""
        treatment = next((t for t in self.sheet.parts["treatments"] if t["id"] == name), None)
        return treatment is None or treatment["course"][-1]["change"] != "stopped"

    def _last_change(self, name: str) -> str:
        return next((str(t["course"][-1]["change"]) for t in self.sheet.parts["treatments"] if t["id"] == name), "")

    def _steps(self, name: str) -> int:
        return next((len(t["course"]) for t in self.sheet.parts["treatments"] if t["id"] == name), 0)

    def fail(self, names: list[str]) -> None:
        """Treatments are said to have failed: what gets better next is not implied to be their work, until they are changed."""
        self.failed |= {name: self._steps(name) for name in names}

    def _linked(self, sentence: Span, number: int, span: tuple[int, int], outcome: str, clause: tuple[int, int] | None) -> tuple[list[str], bool]:  # fmt: skip
        """The ids of the treatments that the words link to an outcome, and whether the sentence itself does."""
        named = self.course.named
        granted = CONCESSION.match(self.text, sentence.start, sentence.end)
        if granted and any((t.start >= granted.end()) == (span[0] >= granted.end()) for t, _ in named):
            named = [(t, name) for t, name in named if (t.start >= granted.end()) == (span[0] >= granted.end())]
        if outcome in ("worsened", "flared") and named and _AS_REASON.search(self.text, sentence.start, span[0]):
            return [], False  # "A was begun because of worsening of the rash"
        if (
            outcome in ("worsened", "unchanged")
            and not named
            and self.course.last
            and _DESPITE_IT.search(self.text, sentence.start, sentence.end)
        ):
            return self.course.last[:6], True
        if outcome == "worsened" and not self.sheet.parts["responses"] and _COMPLAINT.search(self.text, sentence.start, span[0]):
            return [], False  # "presented with a swelling that had progressed": so before what was given
        if outcome == "flared":  # "relapsed during tapering of A"
            let_go = [
                name
                for therapy, name in named
                if therapy.start >= span[1]
                and _TO_TREATMENT.match(self.text[span[1] : therapy.start])
                and _LET_GO.match(self.text, therapy.end)
            ]
            if let_go:
                return let_go[:1], True
        if outcome == "flared" and self.course.dosed and not named:
            return [self.course.dosed], False
        if outcome == "stopped-for-toxicity":
            ended = [name for therapy, name in named if name in self.course.ended and therapy.end <= span[0]][-1:]
            return ended or [name for therapy, name in named if therapy.end <= span[0]][-1:] or self.course.last[-1:], True
        cues = list(FAILING.finditer(self.text, sentence.start, sentence.end))
        failing = {name for cue in cues for name in self.governed(sentence, cue.end())}
        if MAY_FAIL.search(self.text, sentence.start, sentence.end):
            failing |= {
                name
                for cue in FAILED_AFTER.finditer(self.text, sentence.start, sentence.end)
                for name in self.subjects(sentence, cue.start())
            }
        if outcome == "unchanged" and failing and any(cue.start() < span[1] and span[0] < cue.end() for cue in cues):
            return [name for cue in cues if cue.start() < span[1] and span[0] < cue.end() for name in self.governed(sentence, cue.end())][
                :8
            ], True
        if outcome in ("improved", "resolved"):
            # neither what failed nor what was stopped gets credit
            by_then = {name for name, at, _ in self.course.stops if at < span[0] or _UPON.search(self.text, span[1], max(span[1], at))}
            stopped = (self.course.ended & by_then | self.course.ended - {name for name, _, _ in self.course.stops}) | {
                name for therapy, name in named if _STOPPING.search(self.text, max(sentence.start, therapy.start - 40), therapy.start)
            }
            named = [(therapy, name) for therapy, name in named if name not in failing | stopped]
        if outcome == "unchanged" and _REFRACTORY.search(self.text, sentence.start, sentence.end):
            failed = _REFRACTORY.search(self.text, sentence.start, sentence.end)
            if failed and re.match(r"\s*(?:these|this|the above|all|any)\b", self.text[failed.end() : failed.end() + 12]):
                return self.course.last[:6], bool(self.course.last)
            listed = [
                name for therapy, name in named if not failed or therapy.end <= failed.start() or self._goes_on(failed.end(), therapy.start)
            ]
            listed = listed or [name for name in self._known(sentence) if all(name != other for _, other in self.course.named)]
            if failed and not listed and failed.group().lower().endswith("to"):
                return [], False  # to something that we do not know
            if listed:
                return list(dict.fromkeys(listed))[:8], True
        before = [name for therapy, name in named if therapy.end <= span[0]]
        after = [
            name for therapy, name in named
            if self.bounds[1] >= therapy.start >= span[1] and _TO_TREATMENT.match(self.text[span[1] : therapy.start])
            and not CLAUSE.search(self.text, span[1], therapy.start)
        ]  # fmt: skip
        nearer = [name for therapy, name in named if clause and clause[0] <= therapy.start and therapy.end <= span[0]]
        nearer = [name for therapy, name in named if therapy.start >= self.bounds[0] and name in nearer]
        if (
            after
            and outcome in ("improved", "resolved")
            and _LESS_OF.search(self.text, span[1], min(t.start for t, _ in named if t.start >= span[1]))
        ):
            return [], False  # "the nausea resolved on reducing the dose of A"
        if after and outcome in ("improved", "resolved") and (beside := self._right_after(span[1], named)):
            return beside, True
        if after and not (nearer if outcome in ("improved", "resolved") else before):
            first = min(therapy.start for therapy, _ in named if therapy.start >= span[1])
            within = {name for therapy, name in named if span[1] <= therapy.start < self.bounds[1]}
            listed_after = [
                name for therapy, name in named if therapy.start >= first and name in within and self._goes_on(first, therapy.start)
            ]
            on = re.search(r"\b(?P<how>on|under|despite)\s+(?:\w+\s+){0,4}\Z", self.text[span[1] : first], re.I)  # is taken, not thanked
            in_vain = on and on["how"].lower() == "despite" and outcome not in ("improved", "resolved")
            return list(dict.fromkeys(listed_after))[:4], bool(not on or in_vain)
        if failing and not before and outcome in ("improved", "resolved"):
            return [], False  # what failed before is not thanked
        if before and (subject := self._actor(sentence, span[0])):
            return subject, True
        if before:
            between = self.text[max(t.end for t, _ in named if t.end <= span[0]) : span[1]]
            return list(dict.fromkeys(before))[-4:], bool(_CAUSED.search(between)) or len(between) < 25
        last, told = self.course.before if self.course.named else (self.course.last, self.course.last_sentence)
        if outcome in ("improved", "resolved"):  # what was lowered as another was begun gets no credit
            last = [name for name in last if name not in stopped]
            last = [name for name in last if name not in self.course.lowered] or last
        if last and outcome in ("improved", "resolved") and not named and all(self._last_change(name) == "ongoing" for name in last):
            earlier, earlier_told = self.course.earlier  # what only goes on is not thanked alone for what came after a new treatment
            last = [*last, *(name for name in earlier if name not in last)] if number - earlier_told <= NEAR else last
        if number - told <= (2 * NEAR if named else NEAR) and last:
            return last[:4], False
        return [], False

    def _right_after(self, end: int, named: list[tuple[Therapy, str]]) -> list[str]:
        """The treatments that an outcome came with, whatever stands before: `the rash of week 3 of A resolved with B`."""
        first = next((t for t, _ in named if t.start >= end and _CAME_WITH.fullmatch(self.text, end, t.start)), None)
        if first is None or _GIVEN_UP.match(self.text, first.end):
            return []
        found, at = [name for therapy, name in named if therapy is first], first.end
        for therapy, name in sorted(named):
            if therapy.start >= at and _JOINED.fullmatch(self.text, at, therapy.start):
                found.append(name)
                at = therapy.end
        return found

    def subjects(self, sentence: Span, verb: int) -> list[str]:
        """The treatments that are the subject of a verb: `prednisone and dapsone failed`."""
        found: list[str] = []
        at = verb
        granted = CONCESSION.match(self.text, sentence.start, sentence.end)
        for therapy, name in sorted(self.course.named, reverse=True):
            if therapy.end > verb:
                continue
            if granted and therapy.start < granted.end() <= verb:
                break
            if not (_BEFORE_VERB if not found else _JOINED).fullmatch(self.text, therapy.end, at):
                break
            found.insert(0, name)
            at = therapy.start
        return list(dict.fromkeys(found))

    def _actor(self, sentence: Span, outcome: int) -> list[str]:
        """The treatments said to have brought an outcome: B alone in `A made things worse, B had no effect`."""
        last = max((t for t, _ in self.course.named if t.end <= outcome), default=None)
        if not last:
            return []
        if _BRINGS.match(self.text, outcome) and _BEFORE_VERB.fullmatch(self.text, last.end, outcome):
            return self.subjects(sentence, outcome)
        acts = _ACTS.fullmatch(self.text, last.end, outcome)
        return self.subjects(sentence, acts.start("verb")) if acts else []

    def governed(self, sentence: Span, start: int) -> list[str]:
        """The treatments of the list that begins at an offset."""
        found: list[str] = []
        at = start
        for therapy, name in sorted(self.course.named):
            if therapy.start < start:
                continue
            if (
                therapy.start - at > 60
                or _OWN_LIST.search(_DOTTED.sub(" ", self.text[at : therapy.start]))
                or _GIVEN_UP.match(self.text, therapy.end)
            ):
                break
            if (
                found
                and _FRONTED.match(self.text, sentence.start, start)
                and "," in self.text[at : therapy.start]
                and not _AND_OR.search(self.text, at, therapy.start)
                and _HAS_VERB.match(self.text, therapy.end, sentence.end)
            ):
                break  # "Due to failure of A, B was given"
            found.append(name)
            at = therapy.end
        return list(dict.fromkeys(found))

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a list of treatments reaches from one place to the other without a new verb between."""
        return not re.search(
            r";|\.(?=\s)|\b(?:when|until|while|whom)\b|\b(?:and|but) (?:was|were|had|has|remained|developed|became|she|he|then)\b|\b(?:was|were) (?:started|given|added|initiated)\b",
            self.text[start:end],
        )

    def _known(self, sentence: Span) -> list[str]:
        text = self.text[sentence.start : sentence.end].lower()
        return [t["id"] for t in self.sheet.parts["treatments"] if t["words"].lower() in text][:8]
