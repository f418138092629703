"""How English says that one thing acts on another: patterns over a sentence whose terms are numbered marks.

>>> [(t.effect, t.subject, t.objects) for t in read_effects("<0> inhibits <1> and <2>; <3> is treated with <4>.")]
[('inhibits', 0, (1, 2)), ('used-for', 4, (3,))]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.reading.openings import ManyOpenings

#: Effect -> its verb: stem, endings of the active, noun. A noun is followed by `of` or `in`.
_VERBS = (
    ("downregulates", r"down-?\s?regulat(?:es?|ed|ing)", r"down-?\s?regulat(?:ed)", r"down-?\s?regulation"),
    ("upregulates", r"(?:up-?\s?regulat|activat|stimulat|enhanc|promot|increas)(?:es?|ed|ing)", r"(?:up-?\s?regulat|activat|stimulat|enhanc)ed", r"(?:up-?\s?regulation|stimulation|enhancement)"),
    ("blocks", r"(?:block(?:s|ed|ing)?|neutrali[sz](?:es?|ed|ing)|antagoni[sz](?:es?|ed|ing))", r"(?:block|neutrali[sz]|antagoni[sz])ed", r"(?:blockade|blocking|neutrali[sz]ation)"),
    ("inhibits", r"(?:inhibit(?:s|ed|ing)?|suppress(?:es|ed|ing)?|attenuat(?:es?|ed|ing)|prevent(?:s|ed|ing)?)", r"(?:inhibit|suppress|attenuat|prevent)ed", r"(?:inhibition|suppression|attenuation)"),
    ("decreases", r"(?:decreas|reduc|lower|diminish)(?:es?|s|ed|ing)", r"(?:decreas|reduc|lower|diminish)ed", r"(?:reduction|decrease|lowering)"),
    ("leads-to", r"(?:lead(?:s|ing)? to|led to|caus(?:es?|ed|ing)|results? in|resulted in|resulting in|induc(?:es?|ed|ing)|trigger(?:s|ed|ing)?|produc(?:es?|ed|ing)|gives? rise to|predispos(?:es?|ed|ing) to)",
     r"(?:caus|induc|trigger|mediat)ed", r"(?:induction)"),
)  # fmt: skip
_MARK = r"<(\d+)>"
_WORD = r"(?:[a-z][a-z-]*\s+)"
#: Words between a verb and its object that leave its sense alone.
_LEAD = (
    r"(?:(?:the|a|an|its|their|both|either|expression|levels?|production|activity|activation|release|secretion|synthesis|deposition|assembly|formation|function|proliferation|"
    r"differentiation|accumulation|development|progression|severity|risk|incidence|concentrations?|of|for|in|and|against|refractory|severe|acute|chronic|recurrent|human|serum|"
    r"circulating|early|various|certain|some|many|different|other|such as|including|(?:[a-z]+ of )?(?:patients?|cases|those|children|adults) with|cases of|treatment of|management of|antigen|gene|mrna|protein|[a-z-]+(?:ic|al|ous|ive|ory|ary|ed|ar|ent|ant))\s+){0,7}"
)
_SEP = r"(?:\s*,\s*(?:and\s+|or\s+|including\s+|such as\s+|especially\s+)?|\s+(?:and|or|and/or|as well as|plus)\s+)"
_ITEM = r"<\d+>(?:\s+(?:expression|levels?|production|activity|activation|deposition|mrna|antigen|formation|signall?ing|release))?"
#: Where it happens: said of an item of a list, and itself none.
_PLACE = r"(?:\s+(?:on|in|within|at)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}<\d+>)?"
_LIST = rf"{_LEAD}{_ITEM}(?:{_PLACE}{_SEP}{_LEAD}{_ITEM})*"
_SUBJECTS = rf"(?P<subjects>{_MARK}(?:\s+(?!and\b|or\b)[a-z]+)?(?:{_SEP}(?:<\d+>|[a-z]+)(?:\s+(?!and\b|or\b|have\b|has\b|is\b|are\b|all\b|was\b|were\b)[a-z]+)?)*)"
_SUBJECT = rf"{_MARK}(?:\s+(?:therapy|treatment|administration|infusions?|gene|protein|mutations?|variants?|alone|also))?"
_AUX = (
    r"\s+(?:(?:also|can|may|might|could|does|do|has|have|had|been|is|are|was|were|will|directly|indirectly|to|and|be|shown|known|thought|reported|believed|suggested|found|able|"
    r"demonstrated|which|that|then|therefore|likely|[a-z]+ly|mainly)\s+){0,7}"
)
#: `X is a rare disorder that ...`, `X is a disorder of the skin, ...`: what follows is said of X.
_IS_A = rf"(?:\s+(?:is|are)\s+an?\s+(?:[a-z ()-]|<\d+>){{3,110}}?(?:\s(?:that|which)|,)?{_AUX}|{_AUX})"
_BE = r"(?:is|are|was|were|has been|have been|had been|can be|may be|could be|being|be)\s+(?:[a-z]+ly\s+|also\s+|often\s+|usually\s+){0,2}"
_AFTER = r"(?:following|after|upon|with|during|by)"


class Told(NamedTuple):
    """One assertion: the marks of subject and objects, where its verb stands, and further subjects of which the same is said."""

    effect: str
    subject: int
    objects: tuple[int, ...]
    verb: tuple[int, int]
    others: tuple[int, ...] = ()


def _flags(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


_ACTIVE = tuple(
    (effect, _flags(rf"{_SUBJECT}(?P<aux>{_AUX})(?P<verb>{verb})\s+(?!in\b|for\b|by\b)(?P<objects>{_LIST})"))
    for effect, verb, _, _ in _VERBS
)
_BY_DOING = tuple(
    (effect, _flags(rf"{_MARK}[^.;<]{{0,80}}?\b(?:by|through|via)\s+(?:[a-z]+ly\s+)?(?P<verb>{verb})\s+(?P<objects>{_LIST})"))
    for effect, verb, _, _ in _VERBS
)
_PASSIVE = tuple(
    (effect, _flags(rf"(?P<objects>{_LIST})\s+{_BE}(?P<verb>{past})\s+(?:by|with)\s+(?:the\s+|a\s+)?{_MARK}"))
    for effect, _, past, _ in _VERBS
)
_FOLLOWING = tuple(
    (
        effect,
        _flags(
            rf"\b(?:following|after|upon)\s+(?:[a-z-]+\s+){{0,2}}{_MARK}(?:\s+(?:infusions?|therapy|treatment|administration))?\s*,\s*(?P<objects>{_LIST})\s+{_BE}(?P<verb>{past})\b"
        ),
    )
    for effect, _, past, _ in _VERBS
)
_NOMINAL = tuple(
    (
        effect,
        _flags(
            rf"\b(?P<verb>{noun})\s+(?:of|in)\s+(?P<objects>{_LIST})\s+(?:{_WORD}){{0,2}}(?:by|with|following|after|due to)\s+(?:the\s+)?(?:[a-z-]+\s+){{0,2}}{_MARK}"
        ),
    )
    for effect, _, _, noun in _VERBS
)
_INDUCED = tuple(
    (effect, _flags(rf"{_MARK}-(?:induced|mediated|associated)\s+(?P<verb>{noun})\s+(?:of|in)\s+(?P<objects>{_LIST})"))
    for effect, _, _, noun in _VERBS
)
_OTHER = tuple(
    (effect, _flags(pattern))
    for effect, pattern in (
        ("inhibits", rf"{_MARK}\s*(?:,|is|are|was)\s+an?\s+(?:[a-z-]+\s+){{0,4}}(?P<verb>inhibitor)\s+of\s+(?P<objects>{_LIST})"),
        ("blocks", rf"{_MARK}\s*(?:,|is|are|was)\s+an?\s+(?:[a-z-]+\s+){{0,4}}(?P<verb>antagonist|blocker)\s+of\s+(?P<objects>{_LIST})"),
        ("inhibits", rf"{_MARK}\s*(?:,|is|are|was)\s+an?\s+(?:[a-z-]+\s+){{0,3}}(?P<objects><\d+>)[\s-]+(?P<verb>inhibitor)\b"),
        ("blocks", rf"{_MARK}\s*(?:,|is|are|was)\s+an?\s+(?:[a-z-]+\s+){{0,3}}(?P<objects><\d+>)(?:[\s-]+receptor)?[\s-]+(?P<verb>antagonist|blocker)\b"),
        ("leads-to", rf"\bmutations?\s+(?:in|of)\s+(?:the\s+)?{_MARK}(?:\s+gene)?{_AUX}(?P<verb>(?:lead(?:s|ing)? to|caus(?:es?|ed|ing)|results? in|underl(?:ie|y|ies)))\s+(?P<objects>{_LIST})"),
        ("leads-to", rf"(?P<objects><\d+>)\s+(?:is|are|was)\s+(?:[a-z]+ly\s+|an?\s+[a-z ,-]{{3,60}}?\s)?(?P<verb>caused by)\s+(?:[a-z-]+\s+){{0,2}}mutations?\s+(?:in|of)\s+(?:the\s+)?{_MARK}"),
        ("accumulates-on", rf"\b(?P<verb>accumulation|deposition|deposits)\s+of\s+(?:the\s+)?{_MARK}\s+(?:on|in|within|along)\s+(?:the\s+)?(?:[a-z-]+\s+){{0,1}}(?P<objects><\d+>)"),
        ("forms-complex-with", rf"\b(?P<verb>complex(?:es)?)\s+between\s+(?:the\s+)?(?:[a-z-]+\s+){{0,2}}{_MARK}\s+and\s+(?:the\s+)?(?P<objects><\d+>)"),
        ("increased-in", rf"{_MARK}(?:\s+(?:expression|levels?|mrna))?{_AUX}(?P<verb>increased|elevated|overexpressed|upregulated)\s+in\s+(?P<objects>{_LIST})"),
        ("treats", rf"{_SUBJECT}{_AUX}(?:an?\s+)?(?P<verb>effective|efficacy|beneficial|successful)\s+(?:treatment\s+|therapy\s+|option\s+)?(?:in|for|against|of)\s+(?P<objects>{_LIST})"),
        ("treats", rf"\b(?P<verb>efficacy|effectiveness)\s+of\s+{_MARK}\s+(?:in|for|against)\s+(?P<objects>{_LIST})"),
        ("treats", rf"(?P<objects><\d+>)\s+(?:[a-z]+ly\s+)?(?P<verb>respond(?:s|ed)?)\s+(?:[a-z]+ly\s+|well\s+)?to\s+(?:[a-z-]+\s+){{0,2}}{_MARK}"),
        ("used-for", rf"{_SUBJECTS}\s+(?:all\s+)?(?:(?:have|has)\s+(?:all\s+)?(?:been\s+)?|{_BE})(?:[a-z]+ly\s+)?(?P<verb>used|prescribed|approved|indicated)\s+(?:[a-z]+\s+){{0,4}}?(?:to treat|in treating|for treating|for|in|as (?:an? )?(?:treatment|therapy) (?:for|of|in))\s+(?P<objects>{_LIST})"),
        ("used-for", rf"(?P<objects><\d+>)\s+{_BE}(?P<verb>treated|managed)\s+with\s+(?:[a-z-]+\s+){{0,2}}{_MARK}"),
        ("used-for", rf"\b(?P<verb>treatment|management|therapy)\s+of\s+(?P<objects>{_LIST})\s+with\s+(?:[a-z-]+\s+){{0,2}}{_MARK}"),
        ("offered-for", rf"{_SUBJECT}{_AUX}(?P<verb>recommended|suggested|advocated|proposed|considered|(?:the )?(?:first-line |first line )?(?:treatment|drug|therapy) of choice|first-line (?:treatment|therapy))\s+"
                        rf"(?:as (?:an? )?[a-z -]{{0,30}}(?:treatment|therapy)\s+)?(?:for|in|of)\s+(?P<objects>{_LIST})"),
        ("preferred-over", rf"{_MARK}{_AUX}(?P<verb>preferred|superior|favou?red)\s+(?:over|to)\s+(?P<objects><\d+>)"),
        ("has-effect-on", rf"{_MARK}[^.;<]{{0,80}}?\b(?P<verb>effects?)\s+on\s+(?P<objects>{_LIST})"),
        ("requires", rf"{_MARK}\s+(?:[a-z]+ly\s+|often\s+|may\s+)?(?P<verb>requires?|necessitates?)\s+(?P<objects>{_LIST})"),
        ("characterised-by", rf"{_MARK}{_IS_A}(?P<verb>characteri[sz]ed by|manifest(?:s|ed|ing)? (?:as|with|by)|presents? with|present(?:ing)? as|associated with|defined by|marked by)\s+(?P<objects>{_LIST})"),
        ("characterised-by", rf"\b(?P<verb>features|symptoms|manifestations|signs|findings|hallmarks|complications)\s+of\s+(?:the\s+)?{_MARK}\s+(?:include|are|is|comprise|consist of)\s+(?P<objects>{_LIST})"),
        ("can-be-seen-in", rf"(?P<verb>)(?P<objects2>{_LIST})\s+(?:can|may)\s+(?:also\s+)?(?:be\s+(?:seen|found|observed|present)|occur)\s+in\s+(?:patients with\s+)?(?P<last><\d+>)"),
    )
)  # fmt: skip
_REVERSED = re.compile(
    r"\b(?:inhibit(?:ion|ors?|ing)|block(?:ade|ing|ers?)|antagonis[tm]s?|lack|absence|loss|deficien(?:cy|t)|reduction|decrease|suppression|depletion|withdrawal|discontinuation|resistance|"
    r"failure|refractory|unresponsive|without|anti|reduced|decreased|low|impaired|against|neutrali[sz]ation|deletion|knock-?out)(?:\s+(?:of|to|in|for|with))?\s*(?:the\s+|[a-z]+\s+)?-?\Z",
    re.I,
)

#: A term after a preposition is not what acts (`deposits on the wall cause ...`), unless the words before it say that it is.
_INSIDE = re.compile(
    r"\b(?:on|in|within|of|at|to|from|with|for|by|between|under|into|during)\s+(?:(?:the|a|an|this|these|[a-z-]+)\s+){0,2}\Z", re.I
)
_HEADED = re.compile(r"\b(?:treatment|therapy|administration|use|infusions?|injections?|mutations?|variants?|levels?|expression|activation|addition|presence|overexpression|accumulation|doses?)\s+"
                     r"(?:of|in|with)\s+(?:(?:the|a|an|[a-z-]+)\s+){0,2}\Z", re.I)  # fmt: skip

_PREDICATE = re.compile(r"\b(?:is|are|was|were)\s+(?:an?\s+)(?:[a-z-]+\s+){0,3}\Z", re.I)
_PLACES = re.compile(r"\s+(?:on|in|within|at)\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}<\d+>", re.I)


_ASSERTIONS = tuple(
    (family, effect, pattern)
    for family in (_BY_DOING, _ACTIVE, _PASSIVE, _FOLLOWING, _NOMINAL, _INDUCED, _OTHER)
    for effect, pattern in family
)


def read_effects(text: str) -> list[Told]:
    """The assertions of a sentence, in text order, none twice.

    What is said of the lack or the blocking of a thing is not said of the thing: nothing is read there.

    Args:
        text: in small letters or not, each known term written as `<number>`.
    """
    found: list[Told] = []
    if text.count("<") < 2:
        return found
    for number in sorted({number for number, _ in _gates().finditer(text)}):
        family, effect, pattern = _ASSERTIONS[number]
        for match in pattern.finditer(text):
            told = _told(text, effect, match, family)
            if told is not None and not any(
                t.effect == told.effect and t.subject == told.subject and set(told.objects) <= set(t.objects) for t in found
            ):
                found.append(told)
    return sorted(found, key=lambda t: (t.verb, t.subject))


@lru_cache(maxsize=1)
def _gates() -> ManyOpenings:
    """The verbs of the patterns alone: a pattern is tried only on a sentence with its verb."""
    return ManyOpenings([_gate(pattern) for _, _, pattern in _ASSERTIONS])


def _gate(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The verb of a pattern alone: a sentence without it need not be tried."""
    start = pattern.pattern.index("(?P<verb>") + len("(?P<verb>")
    depth, at = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(pattern.pattern[at], 0)
        at += 1
    return re.compile(rf"\b(?:{pattern.pattern[start : at - 1] or 'can|may'})\b", re.I)


def _told(text: str, effect: str, match: re.Match[str], family: object) -> Told | None:
    groups = match.groupdict()
    if "last" in groups:  # several subjects, one object
        subjects = [int(n) for n in re.findall(_MARK, match["objects2"])]
        return Told(effect, subjects[-1], (int(match["last"][1:-1]),), match.span()) if subjects else None
    verb = match["verb"].lower()
    if (
        family is _ACTIVE
        and verb.endswith("ed")
        and re.search(r"\b(?:is|are|was|were|been|be)\s+(?:[a-z]+ly\s+)?\Z", match["aux"] or "", re.I)
    ):
        return None
    number = next(int(g) for g in match.groups() if g and g.isdigit())
    listed = [int(n) for n in re.findall(_MARK, groups.get("subjects") or "")]
    at = match.start(0) + match.group(0).find(f"<{number}>")
    if _REVERSED.search(text[max(0, at - 45) : at]) or re.match(
        r"\s+(?:deficiency|inhibit(?:ion|ors?)|blockade|antagonists?|resistance|antibod\w+|failure|withdrawal)\b",
        text[at + len(f"<{number}>") :],
    ):
        return None
    if family in (_ACTIVE, _BY_DOING) and _INSIDE.search(text[max(0, at - 60) : at]) and not _HEADED.search(text[max(0, at - 60) : at]):
        return None
    if family is not _PASSIVE and _PREDICATE.search(text[max(0, at - 60) : at]):
        return None
    objects = tuple(dict.fromkeys(int(n) for n in re.findall(_MARK, _PLACES.sub("", match["objects"]))))
    objects = tuple(n for n in objects if n != number and n not in listed)
    return Told(effect, number, objects, match.span("verb"), tuple(n for n in listed if n != number)) if objects else None
