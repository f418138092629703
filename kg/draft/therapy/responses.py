"""What became of the patient's problems, when, and which treatments that is credited to."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.names.ground import find_terms, is_short_form
from kg.draft.names.recognise import Hit
from kg.draft.patterns.openings import Openings
from kg.draft.sheet import Sheet
from kg.draft.therapy.course import Course
from kg.draft.therapy.credit import CLAUSE, FAILED_AFTER, FAILING, MAY_FAIL, Credit
from kg.draft.therapy.harm import VAGUE, Harms
from kg.draft.therapy.outcomes import read_outcomes
from kg.draft.therapy.triggers import lasting_of, trigger_of
from kg.report import Span

_AFTER_LINK = re.compile(
    r"\s*(?:(?:in|of|with|on|for|to|from|the|his|her|this|these|both|all|patient['’]s|severity|intensity|frequency|number|size|clinical|complete|\w+ly|previous|initial)\s+)*\Z",
    re.I,
)
_LISTED = re.compile(
    r"[\s,]*(?:(?:and|or|as well as|the|his|her|of|in|both|mild|severe|generali[sz]ed|bilateral|[a-z]+(?:al|ic|ous|ive|ar|ed))[\s,]+)*\Z",
    re.I,
)
_EXCEPT = re.compile(r"\b(?:apart from|except(?: for)?|with the exception of|other than)\b", re.I)
_STILL = re.compile(
    r"\bstill (?:complain\w* of|had|has|have|report\w*|suffer\w* from|present(?:ed)? with|experienc\w+)\b|\bcontinued to (?:have|experience|complain of|suffer from|report|exhibit|show|manifest)\b",
    re.I,
)
#: `several unsuccessful antidiarrhoeal therapies, including loperamide`.
_IN_VAIN = Openings(r"\b(?:unsuccessful|ineffective|futile)(?=\s)")
_ADJECTIVES = re.compile(
    r"\s+(?:(?:courses?|trials?|attempts?|cycles?|treatments?|therap(?:y|ies))\s+(?:of|with|at)\s+)?(?:[\w-]+\s+){0,2}", re.I
)
_INCLUDED = re.compile(r"\b(?:including|such as|namely|e\.g\.)\s[^.;]*\Z", re.I)
_SUBJECT = re.compile(
    r"(?:\A|[\s,;])(?:the|his|her|all|these|both|most)\s+(?:of (?:the|his|her)\s+)?(?P<what>(?:(?!of\b|on\b|in\b|after\b|was\b|were\b|had\b)[a-z][\w-]+\s+){0,2}(?:lesions?|erosions?|ulcers?|ulcerations?|eruptions?|plaques?|papules?|"
    r"nodules?|blisters?|bullae|patches|symptoms|complaints|swelling|wounds?|infections?|mass(?:es)?|tumou?rs?|metastases|abscess(?:es)?|effusions?|infiltrates?|opacities))\s+"
    r"(?:(?:had|have|has|was|were|again|also|then|gradually|completely|slowly|rapidly|nearly|almost|\w+ly)\s+)*\Z",
    re.I,
)
_OF_WHOLE = re.compile(r"\b(?:the|his|her|this) (?:disease|illness|condition)\s+(?:(?:had|have|has|was|is|\w+ly|then|again)\s+)*\Z", re.I)
_FREE_OF = re.compile(
    r"\bfree (?:of|from) (?:(?:all|any|active|new|further) )?(?P<what>(?:[a-z-]+ )?(?:lesions?|symptoms|complaints))\b", re.I
)
_WHOLE = re.compile(r"\b(?:disease|illness|condition|remission|relaps\w*|recurren\w*)\b", re.I)
_REGRESSED = re.compile(r"regressed\b", re.I)  # no finding of that name
_NOUN = re.compile(
    r"(?:improvements?|resolution|recurrences?|remission|disappearance|regression|worsening|deterioration|exacerbations?|relief|reduction|normali[sz]ation|stabili[sz]ation|flares?|amelioration|response)\Z",
    re.I,
)
_OBJECT = re.compile(
    r"\s+(?:in|of)\s+(?:(?:the|her|his|all|both|these|patient['’]s)\s+)*(?!the\b|her\b|his\b)[a-z][\w-]+(?:\s+(?!and\b|with\b|after\b|was\b|were\b|on\b|in\b|at\b|within\b|following\b|by\b|to\b|over\b|under\b|or\b|but\b|during\b|from\b|as\b|which\b|that\b|had\b|has\b|is\b|since\b|until\b|for\b)[a-z][\w-]+)?"
)
_OF_THE_PATIENT = re.compile(
    r"\b(?:patient|she|he|her|his|symptoms?|condition|clinical(?:ly)?|lesions?|disease|signs|general|outcome|recovery|complaints?|child|infant|boy|girl|woman|man|tumou?r|adenoma|mass|nodules?|carcinoma|lymphoma|metastas\w+|cyst|eruption|plaques|papules|ulcers?|rash|blisters|wounds?|erosions|recurrence|relapse|remission|status|response|illness|improvement|examination|course)\b",
    re.I,
)


#: `improved exposure`: an outcome of something that is no problem.
#: After another outcome: what is said to have become of something else.
_OWN_SUBJECT = re.compile(
    r"\s*,?\s+and\s+(?:the\s+|her\s+|his\s+|all\s+)*(?:laboratory|lab|blood|inflammatory|serum|muscle|liver|renal|kidney|platelet|urin\w+|radiolog\w+|imaging|other|patient['’]s)\s",
    re.I,
)
_AND_A = re.compile(r"\band\s+(?:only\s+)?an?\s+\Z", re.I)
_TREND = re.compile(r"\b(?:increased|rose|rising|decreased|fell|dropped|declined)\b", re.I)
_AND = re.compile(r",\s+and\s", re.I)
_TAKES_OBJECT = re.compile(
    r"\s+(?!after\b|with\b|on\b|in\b|and\b|by\b|but\b|to\b|over\b|within\b|under\b|following\b|at\b|when\b|while\b|from\b|during\b|again\b|soon\b|was\b|were\b)[a-z]+"
)
#: Words of what is gone that deny by themselves.
_SAYS_ABSENT = re.compile(r"no\b|without\b|(?:became|been|rendered)\s+(?:\w+\s+)*(?:afebrile|asymptomatic|[\w-]*free)\b", re.I)
#: From a drug to its verb.
_ITS_VERB = re.compile(
    r"(?:\s+(?:therapy|therapies|treatments?|infusions?|injections?))?(?:\s+(?:was|were|had been|then|also|\w+ly))*\s+", re.I
)
#: After the word of stopping: the drug did not help.
_STOPPED_IN_VAIN = re.compile(
    r"[^.;]{0,50}?\b(?:due to|because of|owing to|on account of|as a result of|in view of|given|for)\s+(?:(?:the|an?|its|their|primary|secondary|complete|persistent|perceived|clinical)\s+){0,3}"
    r"(?P<vain>lack of (?:\w+ ){0,2}(?:response|effect|efficacy|effectiveness|benefit|improvement)|inefficacy|ineffectiveness|inefficiency|loss of (?:response|efficacy)|treatment failure|non-?response|"
    r"insufficient (?:response|effect|efficacy|control)|inadequate (?:response|effect|efficacy|control))\b",
    re.I,
)
_IMPLIED = "credited to the treatments named last; the paper may credit others"
Problem = tuple[int, int, str]


class Responses:
    """Reads outcomes sentence by sentence and writes them to the sheet."""

    def __init__(self, sheet: Sheet, course: Course) -> None:
        self.sheet, self.text, self.course = sheet, sheet.text, course
        self.whole: list[dict[str, Any]] = []  # responses of the disease as a whole
        self.credit = Credit(sheet, course)
        self.had: dict[str, set[str]] = {}  # finding -> the times it was there
        self.harms = Harms(sheet, course)

    def read(self, sentence: Span, number: int, *, again: bool = False) -> None:
        """What became of the patient under the treatments of this sentence, else of those named shortly before.

        Args:
            again: the sentence sums up (an abstract, a legend): only what names its treatment counts.
        """
        hits = self.sheet.hits_in(sentence)
        if self.course.by_term and not (again and not self.course.named):
            outcomes = read_outcomes(self.text, sentence.start, sentence.end)[:6]
            harms = [] if again else self.harms.read(sentence, number, hits)
            for harm in harms:
                self._write(sentence, (harm.start, harm.end), "stopped-for-toxicity", harm.problems, [harm.treatment], stated=harm.stated)
            if harms:
                outcomes = [each for each in outcomes if each[2] != "stopped-for-toxicity"]
            for name, _, end in () if again else self.course.stops:
                vain = _STOPPED_IN_VAIN.match(self.text, end, sentence.end)
                if vain and not any(a < vain.end("vain") and vain.start("vain") < b for a, b, _ in outcomes):
                    self._write(sentence, vain.span("vain"), "unchanged", [], [name])
            borders = [m.start() for m in CLAUSE.finditer(self.text, sentence.start, sentence.end)]
            for a, b, outcome in outcomes:
                if self.text[a:b].lower() == "ceased" and any(_ITS_VERB.fullmatch(self.text, t.end, a) for t, _ in self.course.named) | any(
                    at == a for _, at, _ in self.course.stops
                ):
                    continue  # the drug, not the problem
                b = self._with_object(sentence, a, b)
                clause = (
                    max((at for at in borders if at <= a), default=sentence.start),
                    min((at for at in borders if at >= b), default=sentence.end),
                )
                self.credit.bounds = (
                    max((y for _, y, _ in outcomes if y <= a), default=sentence.start),
                    min((x for x, _, _ in outcomes if x >= b), default=sentence.end),
                )
                self._outcome(
                    sentence,
                    number,
                    (a, b),
                    outcome,
                    self._problems(sentence, [h for h in hits if not _REGRESSED.match(self.text, h.start)], clause, a, b, outcome),
                    clause,
                )
            self.credit.bounds = (sentence.start, sentence.end)
            self._failed(sentence, number, hits, outcomes)
            self._rest(sentence, number, hits, bool(outcomes))
            if not again:
                self._gone(sentence, number, [h for h in hits if not self._is_said_of(h, outcomes)])
        for hit in hits:
            if self.sheet.status_of(hit.start, hit.end)[0] == "present":
                self.harms.remember(hit)
                self.had.setdefault(hit.curie, set()).add(self.sheet.time_at(sentence, hit.start))

    def finish(self) -> None:
        """Give what is said of the disease as a whole the chief diagnosis, once all diagnoses are read; of several, that of the title."""
        found = [d for d in self.sheet.parts["diagnoses"] if d["status"] == "confirmed" and d["words"].lower() not in VAGUE]
        heads = " ".join(
            self.text[s.start : s.end]
            for s in self.sheet.source.sentences
            if s.section == "title" and s.start not in self.sheet.line.of_sentence
        ).lower()
        named = [d for d in found if d["words"].lower() in heads or d.get("note") == "from the title"]
        chief = found if len({d["is"] for d in found}) == 1 else sorted(named, key=lambda d: heads.find(d["words"].lower()))
        order = self.sheet.order
        for item in self.whole if chief else ():
            at = item.get("at", "presentation")
            if order[chief[0].get("at", "presentation")] <= order[at]:
                item["in"] = [chief[0]["is"]]

    def _with_object(self, sentence: Span, a: int, b: int) -> int:
        """Where an outcome's words end: `improvement in systolic function` says of what."""
        match = _OBJECT.match(self.text, b, sentence.end) if _NOUN.search(self.text, a, b) else None
        if not match or any(h.start < match.end() and b < h.end for h in self.sheet.hits_in(sentence)):
            return b
        return b if find_terms(self.text, ("MONDO",), b, match.end()) else match.end()

    def _problems(self, sentence: Span, hits: list[Hit], clause: tuple[int, int], a: int, b: int, outcome: str) -> list[Problem]:
        """The problems that an outcome is said of: those in its words, else right after them, else before them in its clause."""
        start, end = clause
        spans = [(h.start, h.end, h.curie) for h in hits]
        if outcome in ("improved", "resolved"):  # "the platelet count increased and returned to normal" tells of no problem
            spans = [s for s in spans if s[2] in self.had or not _TREND.search(self.text, s[0], s[1])]
        inside = [span for span in spans if span[0] < b and a < span[1]]
        if inside:
            return inside
        diseases = [
            t for t in find_terms(self.text, ("MONDO",), start, end)
            if all(t[1] <= x or y <= t[0] or t[0] <= x and y <= t[1] and t[1] - t[0] > y - x for x, y, _ in spans) and self.text[t[0] : t[1]].lower() not in VAGUE
        ]  # fmt: skip
        spans = [s for s in spans if not any(t[0] < s[1] and s[0] < t[1] for t in diseases)]  # "arthritis" of "psoriatic arthritis"
        if outcome in ("improved", "resolved"):
            diseases = [t for t in diseases if not _TREND.search(self.text, t[0], t[1])]
        spans = sorted([*spans, *(t for t in diseases if t[1] - t[0] > 4 and not is_short_form(t[2], self.text[t[0] : t[1]]))])
        after: list[Problem] = []
        at = b
        for x, y, curie in spans:
            if b <= x < sentence.end and (
                not after and x < end and _AFTER_LINK.match(self.text[at:x]) or after and _LISTED.match(self.text[at:x])
            ):
                after.append((x, y, curie))
                at = y
        if after:
            return after[:6]
        if outcome == "unchanged" and self.text[a:b].lower().startswith(("refractory", "unresponsive", "resistant")):
            start = sentence.start
        if _OBJECT.search(self.text, a, b) or _OBJECT.match(self.text, b, sentence.end) and _NOUN.search(self.text, a, b):
            return []  # said of something that no term bears
        if re.fullmatch(r"[\s,;]*(?:but|and|then|also|again|later|it|they|this|which|\s)*", self.text[start:a], re.I):
            start = max(
                (m.start() for m in CLAUSE.finditer(self.text, sentence.start, max(sentence.start, start - 1))), default=sentence.start
            )
        if outcome == "unchanged" and _AND_A.search(self.text, start, a):
            return []  # "had nausea and a poor response"
        if start <= self.credit.bounds[0] <= a and _OWN_SUBJECT.match(self.text, self.credit.bounds[0], a):
            start = self.credit.bounds[0]
        before = [(x, y, c) for x, y, c in spans if start <= x and y <= a and self.sheet.status_of(x, y)[0] in ("present", "uncertain")]
        named = {(x, y) for x, y, _ in diseases}
        last = [span for span in before if span[:2] in named][-1:]
        before = [span for span in before if span[:2] not in named or span in last][-6:]
        if before and start > sentence.start and _AND.match(self.text, start):  # the last of a list: "pain, fever, and the rash improved"
            at = start
            for span in sorted((s for s in spans if s[1] <= start), reverse=True):
                if self.sheet.status_of(*span[:2])[0] != "present" or not _LISTED.fullmatch(self.text, span[1], at):
                    break
                before.insert(0, span)
                at = span[0]
        return before

    def _failed(self, sentence: Span, number: int, hits: list[Hit], outcomes: list[tuple[int, int, str]]) -> None:
        """Treatments that are said to have failed, or been stopped for what they did, without another word of outcome."""
        for match in FAILING.finditer(self.text, sentence.start, sentence.end):
            if any(a < match.end() and match.start() < b for a, b, _ in outcomes) or not self.credit.governed(sentence, match.end()):
                continue
            if match.group().lower() == "despite" and any(
                o in ("unchanged", "worsened", "flared") or a < match.start() for a, _, o in outcomes
            ):
                continue  # "in remission despite chemotherapy" is no failure of it
            problems = self._problems(sentence, hits, (sentence.start, match.start()), *match.span(), "unchanged")
            self._outcome(sentence, number, match.span(), "unchanged", problems[-2:], None)
        for match in (
            FAILED_AFTER.finditer(self.text, sentence.start, sentence.end)
            if MAY_FAIL.search(self.text, sentence.start, sentence.end)
            else ()
        ):
            if subjects := self.credit.subjects(sentence, match.start()):
                problems = self._problems(sentence, hits, (match.start(), sentence.end), *match.span(), "unchanged")
                self._write(sentence, match.span(), "unchanged", [p for p in problems if p[0] >= match.end()], subjects)
        for match in _IN_VAIN.finditer(self.text, sentence.start, sentence.end):
            near = [
                name
                for therapy, name in self.course.named
                if 0 <= therapy.start - match.end() < 25 and _ADJECTIVES.fullmatch(self.text, match.end(), therapy.start)
            ]
            if near:
                including = [
                    name
                    for therapy, name in self.course.named
                    if therapy.start > match.end() and _INCLUDED.search(self.text, match.end(), therapy.start)
                ]
                self._write(sentence, match.span(), "unchanged", [], list(dict.fromkeys(near[:1] + including)))

    def _write(self, sentence: Span, span: tuple[int, int], outcome: str, problems: list[Problem], treatments: list[str], *, stated: bool = True) -> None:  # fmt: skip
        """Write an outcome of these treatments, of each by itself."""
        evidence = self.sheet.quote(*span)
        if evidence is None or self.sheet.status_of(*span)[0] in ("hypothetical", "family"):
            return
        terms = list(dict.fromkeys(self.sheet.term(curie, self.sheet.words(a, b)) for a, b, curie in problems))
        for name in treatments:
            for term in terms or [""]:
                item: dict[str, Any] = {"id": "", "to": [name]} | ({"in": [term]} if term else {}) | {"outcome": outcome}
                item |= self.sheet.when(sentence, span[0]) | {
                    "extent": self.sheet.words(*span),
                    "attribution": "stated" if stated else "implied",
                    "confidence": 0.5 if stated else 0.4,
                }
                self._add(item | evidence, [name], term)

    def _rest(self, sentence: Span, number: int, hits: list[Hit], changed: bool) -> None:
        """What did not go with the rest: `apart from the rash`, `still complained of itching`."""
        for match in [
            *(_EXCEPT.finditer(self.text, sentence.start, sentence.end) if changed else ()),
            *_STILL.finditer(self.text, sentence.start, sentence.end),
        ]:
            problems = [(h.start, h.end, h.curie) for h in hits if 0 <= h.start - match.end() < 60]
            if problems and (self.course.last or self.course.named):
                self._outcome(sentence, number, match.span(), "unchanged", problems[:3], None)

    def _gone(self, sentence: Span, number: int, hits: list[Hit]) -> None:
        """A finding that was there before treatment and is expressly not there now has resolved."""
        for hit in hits:
            at = self.sheet.time_at(sentence, hit.start)
            before = self.had.get(hit.curie) or {t for c, times in self.had.items() if self.harms.is_kind_of(c, hit.curie) for t in times}
            if (
                before
                and all(self.sheet.order[t] < self.sheet.order[at] for t in before)
                and self.sheet.status_of(hit.start, hit.end)[0] == "absent"
            ):
                self._outcome(
                    sentence,
                    number,
                    (hit.start, hit.end),
                    "resolved",
                    [(hit.start, hit.end, hit.curie)],
                    None,
                    note="there before, expressly absent now",
                    extent=False,
                )

    def _is_said_of(self, hit: Hit, outcomes: list[tuple[int, int, str]]) -> bool:
        """Whether a denial before a finding is that of an outcome: `without any improvement of the dysphagia`."""
        return any(b <= hit.start and hit.start - b < 40 and _AFTER_LINK.match(self.text[b : hit.start]) for _, b, _ in outcomes)

    def _outcome(self, sentence: Span, number: int, span: tuple[int, int], outcome: str, problems: list[Problem], clause: tuple[int, int] | None,
                 note: str = "", *, extent: bool = True) -> None:  # fmt: skip
        """Write what an outcome says of each problem; nothing where it is denied, hoped for, or said of no one."""
        a, b = span
        status, _ = self.sheet.status_of(a, b)
        evidence = self.sheet.quote(a, b)
        if evidence is None or status in ("hypothetical", "family") or status == "absent" and outcome not in ("unchanged", "resolved"):
            return
        if status == "absent" and outcome == "resolved" and extent and not _SAYS_ABSENT.match(self.text, a, b):
            return
        near = self.text[max(sentence.start, a - 90) : min(sentence.end, b + 60)]
        if (
            clause
            and not problems
            and not _OF_THE_PATIENT.search(near)
            and (not self.course.named or _TAKES_OBJECT.match(self.text, b, sentence.end))
        ):
            return
        credited, stated = self.credit.credited(sentence, number, span, outcome, clause)
        if outcome == "unchanged" and stated:
            self.credit.fail(credited)
        goes_on = self.text[a:b].lower().startswith("continued to")  # as a whole, in spite of what was given
        if not problems and (not credited or outcome == "worsened" and not (stated or goes_on and self.course.named)):
            return
        if clause and not stated:
            evidence = self._clause_quote(clause, problems) or evidence
        terms = [self.sheet.term(curie) for curie in dict.fromkeys(curie for _, _, curie in problems)]
        if not terms and (
            subject := _FREE_OF.search(self.text, a, b) or _SUBJECT.search(self.text, clause[0] if clause else sentence.start, a)
        ):
            terms = [f"none ! {' '.join(subject['what'].split())}"]
        told: dict[str, Any] = {"outcome": outcome, **self.sheet.when(sentence, a)}
        told |= {"after": lasting} if outcome in ("improved", "resolved") and (lasting := lasting_of(self.text, sentence, clause)) else {}
        told |= {"extent": self.sheet.words(a, b)} if extent else {}
        if outcome == "flared" and (trigger := trigger_of(self.text, sentence, clause) or self._lowered(credited)):
            told["trigger"] = trigger
        note = note or ("" if stated else _IMPLIED if credited else "no treatment is named near it")
        # Of a list of treatments that failed each failed by itself.
        for to in [[name] for name in credited] if outcome == "unchanged" and stated else [credited]:
            for term in terms or [""]:
                item: dict[str, Any] = {"id": ""} | ({"to": to} if to else {}) | ({"in": [term]} if term else {}) | told
                item |= (
                    {"attribution": "stated" if stated else "implied", "confidence": 0.55 if stated and term else 0.4}
                    if to
                    else {"confidence": 0.3}
                )
                item |= {"note": note} if note else {}
                item |= evidence
                self._add(item, to, term)
                if not term and (_WHOLE.search(self.text, a, b) or _OF_WHOLE.search(self.text, clause[0] if clause else a, a)):
                    self.whole.append(item)

    def _add(self, item: dict[str, Any], to: list[str], term: str) -> None:
        key = (item.get("to"), item.get("in"), item["outcome"], item["quote"])
        if not any((r.get("to"), r.get("in"), r["outcome"], r["quote"]) == key for r in self.sheet.parts["responses"]):
            self.sheet.add("responses", f"{item['outcome']}-{to[0] if to else term.partition(' ! ')[2] or 'x'}", item)

    def _clause_quote(self, clause: tuple[int, int], problems: list[Problem]) -> dict[str, Any] | None:
        """The clause alone as the quote, where it is one by itself and stands once."""
        start, end = clause[0], max([clause[1], *(y for _, y, _ in problems)])
        words = re.sub(r"\A(?:[;,\s]|\b(?:and|but|while|whereas|although|then|which|however)\s)+", "", self.sheet.words(start, end)).rstrip(
            " ,;"
        )
        return self.sheet.source.standing_once(words, "") if len(words) > 30 and not (problems and problems[0][0] < start) else None

    def _lowered(self, names: list[str]) -> str:
        """What was told last of the only treatment, where that is that it was lowered or stopped: the flare came upon it."""
        last = next((t["course"][-1]["change"] for t in self.sheet.parts["treatments"] if [t["id"]] == names), "")
        return {"decreased": "taper", "stopped": "stop"}.get(last, "")
