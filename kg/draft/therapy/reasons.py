"""Why a drug was stopped, where it did harm: `stopped because of neutropenia`, `she developed a rash and dapsone was stopped`.

A stop for want of effect, or because all was well, is none.
"""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Openings, Stems

Problem = tuple[int, int, str]
Place = tuple[int, int]

#: Words that may stand between a reason's cue and the problem it names.
_LEAD = (
    r"(?:(?!persist|lack|no\b|absence|failure|inefficac|ineffective|insufficient|inadequate|poor\b|progress|worsen|improv|resol|remission|relaps|recurr|flare|exacerbat|normali|control|recover|disappear|"
    r"pregnan|surg|cost|which\b|who\b|was\b|were\b|started|given)[\w/-]+\s+){0,6}?"
)
_BECAUSE = r"(?:because of|due to|owing to|secondary to|on account of|as a result of|in view of|in the setting of)"
_DEVELOPED = (
    r"(?:developed|experienced|suffered(?:\s+from)?|complained\s+of|presented\s+with|had|caused|induced|produced|provoked|led\s+to)"
)
#: After the word of stopping, which may be followed by when, and by what was given instead.
_THEN_WHY = re.compile(
    rf"(?P<gap>(?:(?!\band\b|\bbut\b|started|added|given|initiated)[^.;])*?)[\s,]*\b(?:{_BECAUSE}|for(?=\s+(?:suspected|severe|toxicity|side|adverse))|(?:because|as|since|when|after)\s+(?:the\s+patient|she|he|it|they|this)\s+(?:had\s+)?{_DEVELOPED})\s+(?P<lead>{_LEAD})",
    re.I,
)
_GAP = 90
#: Before the drug that is stopped.
_WHY_FIRST = Openings(rf"\b(?:{_BECAUSE}|following|after|given)\s+{_LEAD}(?=[A-Za-z])")
_DEVELOPED_FIRST = Openings(
    rf"\b(?:developed|experienced|suffered|complained|caused|induced|produced|provoked|associated)\s+(?:from\s+|of\s+|with\s+)?{_LEAD}(?=[A-Za-z])"
)
#: From a problem to the drug that was stopped, or to the words of its stopping.
_TO_STOP = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s+(?!and\b)[\w-]+){0,8}?\s*(?:,|;|\band\b|\bso\b|\bwhich\b|\bthat\b)(?:\s*(?:and|so|so that|therefore|thus|hence|consequently|then|for which|for which reason|leading|which|that|why|the|her|his|an?|treatment|therapy|administration|use|of|with|we|it|its|(?:had|has) to be|was|were|had|led|to|requir\w+|necessitat\w+|prompt\w+|\w+ly|decided)\s*)*\s*"
    r"|\s+(?:with|on|under|during|from|after|due to|because of|caused by|secondary to|induced by)\s+(?:(?:the|treatment|therapy|use|taking|receiving|with|of)\s+)*",
    re.I,
)
#: `neutropenia secondary to A, which was stopped`.
_DUE_TO = re.compile(
    r"(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?\s+(?:secondary to|due to|caused by|induced by|attributed to|related to|from|because of)\s+(?:the\s+)?",
    re.I,
)
_WAS = re.compile(
    r"(?:\s+(?:therapy|treatment|use))?\s*,?\s*(?:which|that|and it|and this|and)\s+(?:was|were|had to be)\s+(?:\w+ly\s+|then\s+|therefore\s+)?",
    re.I,
)
_CAME = re.compile(
    r"\s+(?:(?:then|also|had|later|soon)\s+)?(?:developed|occurred|appeared|arose|ensued|emerged|was (?:noted|observed|detected))\b", re.I
)
_GOES_ON = re.compile(r"(?:persist|refractory|recurr|worsen|progress|ongoing|continu|uncontrolled|residual)", re.I)
_FAILED = re.compile(r"\s+(?:relaps|recurr|flare|exacerbat|progress|persist|worsen|activity\b)", re.I)
#: Harm that no term need name.
_HARM = re.compile(
    r"\b(?:(?:hepato|nephro|neuro|cardio|myelo|oto|haemato|hemato|pulmonary |bone marrow |renal |hepatic |liver |retinal )?toxicit(?:y|ies)|side[- ]effects?|adverse (?:effects?|events?|(?:drug )?reactions?)|(?:drug )?intolerance|"
    r"(?:drug |infusion )?hypersensitivity(?: reaction)?|(?:allergic|infusion|anaphylactic|cutaneous|skin|drug|injection[- ]site) reactions?|myelosuppression|bone marrow suppression|"
    r"(?:elevated|raised|abnormal|elevation of|increased|rising) (?:liver|hepatic|aminotransferase|transaminase)s?(?: (?:enzymes?|function(?: tests?)?|transaminases?|aminotransferases?|levels?))?|gastrointestinal (?:upset|disturbances?|symptoms|discomfort|distress))\b",
    re.I,
)
_MAY_SAY_WHY = Stems("because", "due", "owing", "secondary", "account", "result", "view", "setting", "since", "after", "when", "develop", "experienc", "suffer", "complain", "caus", "induc", "produc", "provok",
                     "following", "given", "for", "as", "tolerat")  # fmt: skip


def harm_of(text: str, sentence: Place, drug: Place, stop: Place, problems: list[Problem]) -> tuple[list[Problem], bool]:
    """The problems for which a drug was stopped, and whether the text says so rather than only their order; none where it did no harm.

    A harm that no term names has "" for its id.

    Args:
        sentence, drug, stop: the places of the sentence, of the drug's name (or of what stands for it), and of the word of stopping.
        problems: those of the sentence that may be harm: new since the drug was begun.

    Example:
    >>> text = "Dapsone was stopped because of a rash."
    >>> harm_of(text, (0, 38), (0, 7), (12, 19), [(33, 37, "HP:0000988")])
    ([(33, 37, 'HP:0000988')], True)
    """
    if not _MAY_SAY_WHY.search(text, *sentence):
        return [], False
    after = _THEN_WHY.match(text, stop[1], sentence[1])
    if after and len(after["gap"]) < _GAP:
        for begin in (after.start("lead"), after.end()):
            if found := _named_at(text, begin, sentence[1], problems):
                return found, True
    first = min(drug[0], stop[0])
    for cue in _WHY_FIRST.finditer(text, sentence[0], first):
        found = [p for p in _named_at(text, cue.start(), first, problems, cue.end()) if _leads(text, p[1], first)]
        if found:
            return found, True
    due = [p for p in problems if p[1] <= drug[0] and drug[1] <= stop[0] and _DUE_TO.fullmatch(text, p[1], drug[0])]
    if due and _WAS.fullmatch(text, drug[1], stop[0]):
        return due, True
    came = [
        p
        for p in problems
        if p[1] <= stop[0] and _CAME.match(text, p[1], stop[0]) and (_leads(text, p[1], first) or _leads(text, p[1], stop[0]))
    ]
    if came:
        return came, False
    for cue in _DEVELOPED_FIRST.finditer(text, sentence[0], stop[0]):
        found = [
            p
            for p in _named_at(text, cue.start(), stop[0], problems, cue.end())
            if _leads(text, p[1], first) or p[1] > drug[1] and _leads(text, p[1], stop[0])
        ]
        if found:
            return found, False
    return [], False


def _leads(text: str, at: int, until: int) -> bool:
    """Whether only words that lead to a stop stand between two places."""
    return at <= until and until - at < 100 and bool(_TO_STOP.fullmatch(text, at, until))


def _named_at(text: str, start: int, end: int, problems: list[Problem], last: int = 0) -> list[Problem]:
    """The problems that a cue's words name: the first within a few words of it and those listed after it; else a harm that no term names."""
    found: list[Problem] = []
    at = last or start
    lead = re.compile(rf"{_LEAD}(?:the\s+|an?\s+)?\Z", re.I)
    for a, b, curie in sorted(problems):
        if a < start or b > end:
            continue
        between = text[at:a]
        if (
            not found
            and a > at
            and not lead.fullmatch(between.lstrip())
            or found
            and not re.fullmatch(r"(?:\s*,\s*|\s+)(?:and\s+|or\s+)?(?:[\w-]+\s+){0,2}", between)
        ):
            break
        if _FAILED.match(text, b) or _GOES_ON.match(text, a):
            break
        found.append((a, b, curie))
        at = b
    if found:
        return found[:4]
    harm = _HARM.search(text, start, min(end, (last or start) + 60))
    return (
        [(harm.start(), harm.end(), "")] if harm and lead.fullmatch(text[min(last or start, harm.start()) : harm.start()].lstrip()) else []
    )
