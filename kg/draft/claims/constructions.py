"""Assertions that no verb of effect makes: nouns, predicates and the set phrases of medicine.

>>> [(f.effect, f.subject, f.object) for f in read_agents(Drawn("<0> is a selective inhibitor of <1>."))]
[('inhibits', '<0>', '<1>')]
>>> [(f.effect, f.subject, f.object) for f in read_constructions(Drawn("<0> is the drug of choice for <1>."))]
[('offered-for', '<0>', '<1>')]
>>> [(f.effect, f.subject, f.object) for f in read_nominals(Drawn("downregulation of <0> by <1>"))]
[('downregulates', '<1>', '<0>')]
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from kg.draft.claims.clauses import Found
from kg.draft.claims.lexicon import nouns
from kg.draft.claims.phrases import MARK, Drawn
from kg.draft.patterns.lists import any_of

_S, _O = rf"(?P<s>{MARK})", rf"(?:(?:the|an?)\s+)?(?P<o>{MARK})"
_ADVERB = r"(?:[a-z]+ly|also|often|still|very|more|most|not only|thus|therefore|then)"
_AUX = (
    rf"(?:\s+(?:can|may|might|could|does|do|has|have|had|been|is|are|was|were|will|should|be|to|shown|known|thought|reported|believed|suggested|found|demonstrated|proven|proved|proves?|shows?|"
    rf"seems?|appears?|remains?|considered|described|which|that|an?|the|and|good|great|clear|some|promising|{_ADVERB}))*"
)
_BE = rf"(?:\s+(?:that|which))?\s+(?:is|are|was|were|(?:has|have)(?: all| also| both| long| since| previously)? been|can be|may be|might be|could be|should be|must be|remains?|being)(?:\s+{_ADVERB})*"
_ADJ = r"(?:[a-z][a-z-]*\s+){0,4}?"
_DET = r"(?:an?|the|one of the|another|any|some|of the)\s+"
_IN = r"(?:in|for|against|of|to treat|in treating|for treating)"
_PURPOSE = (
    r"(?:with\s+(?:[a-z]+\s+){1,3}(?=in |for |to ))?(?:(?:an?|the|as|[a-z]+-line|[a-z]+al|[a-z]+ic|[a-z]+ive|successfully|widely|safely|or)\s+){0,4}(?:(?:to (?:treat|manage|prevent|control)|in treating|for treating|"
    r"(?:for|in|as)\s+(?:an?\s+|the\s+)?(?:[a-z-]+\s+){0,2}?(?:treatment|management|therapy|prophylaxis|prevention)\s+(?:of|for|in)|for|in|against)\s+)"
)
_ROLE = r"(?P<v>features?|manifestations?|symptoms?|signs?|findings?|hallmarks?|complications?|presentations?|sequelae?|consequences?|side[ -]effects?|adverse (?:effects?|reactions?|events?)|toxicit(?:y|ies))"
_TREATED = r"(?:treatment|therapy|drug|agent|medication|option|treatment option|therapeutic option|choice)"
#: name of an agent, by what it does → the effect
_DOERS = {"inhibitor": "inhibits", "suppressor": "inhibits", "antagonist": "blocks", "blocker": "blocks", "activator": "upregulates", "stimulator": "upregulates",
          "inducer": "upregulates", "agonist": "upregulates", "enhancer": "upregulates"}  # fmt: skip
_DOER = rf"(?P<v>{'|'.join(_DOERS)})s?"


class _Row(NamedTuple):
    """A construction; its pattern is compiled when a text first has one of its words."""

    effect: str
    cues: frozenset[str]
    pattern: str


def _rows(rows: tuple[tuple[str, str, str], ...]) -> tuple[_Row, ...]:
    return tuple(_Row(effect, frozenset(cues.split()), pattern) for effect, cues, pattern in rows)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


#: Effect ("" where the words of its group `v` say which), the words of which a text must have one, pattern. `s` acts, `o` is acted on.
_CONSTRUCTIONS = _rows((
    ("leads-to", "cause causes trigger triggers factor factors agent", rf"{_S}(?:,|{_BE})?\s+(?:{_DET})?{_ADJ}(?P<v>causes?|causative agents?|(?:a?etiologic(?:al)?|causal) (?:agents?|factors?)|triggers?|risk factors?)\s+(?:of|for)\s+{_O}"),
    ("leads-to", "include includes", rf"\b(?P<v>causes)\s+of\s+{_O}\s+(?:include|are|comprise)\s+{_S}"),
    ("leads-to", "due secondary attributable attributed results result arises arise stems stem consequence", rf"{_O}{_AUX}\s+(?P<v>due to|secondary to|attributable to|attributed to|results? from|arises? from|stems? from|a consequence of)\s+{_S}"),
    ("leads-to", "associated linked implicated", rf"{_O}{_BE}\s+(?P<v>associated with|linked to)\s+(?P<drug>{MARK})"),
    ("leads-to", "associated linked implicated", rf"(?P<drug>{MARK}){_BE}\s+(?P<v>associated with|linked to)\s+{_O}"),
    ("", "feature features manifestation manifestations symptom symptoms sign signs finding findings hallmark hallmarks complication complications presentation presentations sequela sequelae "
         "consequence consequences side effect effects adverse toxicity toxicities",
     rf"(?P<part>{MARK}){_BE}\s+(?:{_DET}|among the\s+)?{_ADJ}{_ROLE}\s+(?:of|in|with)\s+(?P<whole>{MARK})"),
    ("", "features manifestations symptoms signs findings hallmark hallmarks complications effects toxicities", rf"\b{_ROLE}\s+(?:of|in)\s+(?P<whole>{MARK})\s+(?:may\s+|can\s+|often\s+)?(?:include|are|is|comprise|consist of)\s+(?:{_DET})?(?:(?:[a-z][a-z-]*(?: [a-z][a-z-]*){{0,2}}(?: ?, (?:and |or )?| and | or )){{1,4}})?(?P<part>{MARK})"),
    ("accumulates-on", "accumulates accumulate accumulated deposited accumulation deposits", rf"{_S}{_AUX}\s+(?P<v>accumulated?|accumulates|deposited)\s+(?:on|in|within|along)\s+{_O}"),
    ("forms-complex-with", "complex complexes", rf"{_S}{_AUX}\s+(?P<v>forms?)\s+(?:an?\s+)?(?:[a-z]+\s+)?complex(?:es)?\s+with\s+{_O}"),
    ("increased-in", "increased elevated overexpressed upregulated raised high", rf"{_S}{_AUX}\s+(?P<v>increased|elevated|overexpressed|up-?regulated|raised|high)\s+in\s+(?:the\s+)?{_O}"),
    ("increased-in", "increased elevated raised high", rf"\b(?P<v>increased|elevated|raised|high)\s+{_S}\s+(?:(?:is|are|was|were|has been|have been|can be)\s+(?:found|seen|observed|reported|detected|present|described)\s+)in\s+{_O}"),
    ("treats", "effective efficacious beneficial successful useful helpful benefit", rf"{_S}{_AUX}\s+(?P<v>effective|efficacious|beneficial|successful|useful|helpful|of benefit)\s+(?:(?:as\s+)?(?:an?\s+)?(?:[a-z-]+\s+){{0,2}}(?:treatments?|therap(?:y|ies)|options?|agents?|drugs?)\s+)?{_IN}\s+(?:the\s+)?(?:(?:treatment|management|therapy) of\s+)?{_O}"),
    ("treats", "efficacy effectiveness benefit benefits effect effects", rf"{_S}{_AUX}\s+(?P<v>efficacy|effectiveness|clinical benefit|benefit|therapeutic effects?|beneficial effects?)\s+(?:in|for|against|on)\s+(?:the\s+)?(?:(?:treatment|management|therapy) of\s+)?{_O}"),
    ("treats", "efficacy effectiveness", rf"\b(?P<v>efficacy|effectiveness)\s+of\s+{_S}\s+(?:in|for|against)\s+(?:the\s+(?:treatment|management) of\s+)?{_O}\s+(?:has|have|was|is)\s+(?:been\s+)?(?:well\s+|clearly\s+)?(?:shown|demonstrated|proven|reported|established|confirmed|described)"),
    ("treats", "efficacy effectiveness", rf"\b(?:show(?:s|ed|n)?|demonstrated?s?|confirm(?:s|ed)?|report(?:s|ed)?|support(?:s|ed)?|prov(?:es|ed|en))\s+(?:the\s+|an?\s+)?(?:(?:clear|significant|good|excellent|superior|clinical|high)\s+)*(?P<v>efficacy|effectiveness|benefit)\s+of\s+{_S}\s+(?:in|for|against)\s+(?:the\s+(?:treatment|management) of\s+)?{_O}"),
    ("treats", "respond responds responded responsive", rf"{_O}(?:\s+who\s+[^.;,<]{{3,50}}?)?{_AUX}\s+(?P<v>responds?|responded|responsive)\s+(?:{_ADVERB}\s+|well\s+|favou?rably\s+)*to\s+{_S}"),
    ("treats", "improve improves improved resolves resolved remission improvement resolution", rf"{_O}{_AUX}\s+(?P<v>improves?|improved|resolves?|resolved|remits?)\s+(?:with|after|following|on|under)\s+{_S}"),
    ("treats", "remission improvement resolution relief", rf"{_S}{_AUX}\s+(?:leads? to|led to|induced?|induces|resulted in|results in|produces?|achieved?s?|provides?)\s+(?:an?\s+|the\s+)?(?:[a-z]+\s+){{0,2}}(?P<v>remission|improvement|resolution|relief)\s+(?:of|in|from)\s+{_O}"),
    ("used-for", "used tried prescribed approved indicated given administered licensed licenced employed utilized utilised useful",
     rf"{_S}(?:{_BE}|\s+(?:all|also)\s+(?:have|has) been|,)(?:\s+all|\s+[a-z]+ly)?\s+(?P<v>used|tried|prescribed|approved|indicated|given|administered|licen[sc]ed|employed|utili[sz]ed)\s+(?:[a-z]+ly\s+)?{_PURPOSE}(?:the\s+)?(?:(?:patients|children|adults|those|people)\s+with\s+)?{_O}"),
    ("used-for", "treated managed", rf"{_O}{_BE}\s+(?P<v>treated|managed)\s+(?:[a-z]+ly\s+)?(?:with|by|using)\s+(?:[a-z-]+\s+){{0,2}}{_S}"),
    ("used-for", "treatment management therapy", rf"\b(?P<v>treatment|management|therapy)\s+of\s+{_O}\s+with\s+(?:[a-z-]+\s+){{0,2}}{_S}"),
    ("used-for", "treatment therapy", rf"{_S}{_BE}\s+(?:an?|the|another)\s+(?:(?!choice|first|mainstay|cornerstone|standard)[a-z-]+\s+){{0,3}}?(?P<v>treatment|therapy)\s+(?:for|of|in)\s+{_O}"),
    ("offered-for", "treatment therapy management options therapies treatments drugs", rf"\b(?P<v>treatment|therapy|management|(?:treatment |therapeutic )?options|therapies|treatments|drugs)\s+(?:available\s+|approved\s+)?(?:of|for|in)\s+(?:the\s+treatment of\s+)?{_O}\s+(?:is|are|includes?|consists? of|comprises?|is based on|relies on|should include)\s+(?:with\s+)?(?:[a-z-]+\s+){{0,2}}{_S}"),
    ("offered-for", "recommended suggested advocated proposed considered offered tried advised preferred",
     rf"{_S}{_AUX}\s+(?P<v>recommended|suggested|advocated|proposed|considered|offered|tried|advised|preferred)\s+{_PURPOSE}(?:the\s+)?{_O}"),
    ("offered-for", "used given administered started", rf"{_S}\s+(?:should|must)\s+(?:[a-z]+\s+)?be\s+(?:[a-z]+\s+)?(?P<v>used|given|administered|started|initiated)\s+{_PURPOSE}(?:the\s+)?{_O}"),
    ("offered-for", "choice line cornerstone mainstay standard", rf"{_S}{_AUX}\s+(?:as\s+)?(?:an?\s+|the\s+)?(?:[a-z]+\s+)?(?P<v>{_TREATED} of choice|(?:first|second|third)[- ]line\s+(?:{_TREATED}|choice)|cornerstone of {_TREATED}|mainstay of {_TREATED}|standard {_TREATED}|standard of care)\s+(?:for|in|of)\s+{_O}"),
    ("offered-for", "choice line cornerstone mainstay standard recommended advocated preferred should must", rf"\bin\s+{_O}\s*,\s*{_S}{_BE}\s+(?:as\s+)?(?:an?\s+|the\s+)?(?:[a-z]+\s+)?(?P<v>{_TREATED} of choice|(?:first|second|third)[- ]line\s+{_TREATED}|mainstay of {_TREATED}|recommended|advocated|preferred {_TREATED}|(?:started|used|given|initiated|considered)\b)"),
    ("preferred-over", "preferred superior preferable better favoured favored effective", rf"{_S}{_AUX}\s+(?P<v>preferred (?:over|to)|superior to|preferable to|better than|more effective than|favou?red over|more efficacious than|safer than)\s+{_O}"),
    ("preferred-over", "inferior less worse", rf"{_O}{_AUX}\s+(?P<v>inferior to|less effective than|less efficacious than|worse than)\s+{_S}"),
    ("preferred-over", "favour favor prefer favours favors prefers favoured favored", rf"\b(?P<v>favou?r|prefer|favou?red|preferred|favou?ring)\s+(?:the use of\s+)?{_S}\s+(?:[a-z]+ly\s+)?(?:over|to|rather than)\s+{_O}"),
    ("has-effect-on", "effect effects", rf"{_S}[^.;<]{{0,80}}?\b(?P<v>effects?)\s+on\s+(?:the\s+)?{_O}"),
    ("has-effect-on", "targets target targeting directed", rf"{_S}(?:,|{_BE})?\s+(?:[a-z][a-z -]{{0,40}}?\s)?(?P<v>targets|targeting|targeted against|directed against|directed at)\s+(?:the\s+)?{_O}"),
    ("requires", "required mandatory necessary warranted needed essential indispensable", rf"\bin\s+{_O}\s*,?\s*{_S}(?:{_BE})\s+(?P<v>required|mandatory|necessary|warranted|needed|essential|indispensable)\b"),
    ("requires", "required mandatory necessary warranted needed essential indispensable", rf"{_S}(?:{_BE})\s+(?P<v>required|mandatory|necessary|warranted|needed|essential|indispensable)\s+(?:in|for)\s+(?:the\s+(?:treatment|management) of\s+)?{_O}"),
    ("characterised-by", "characterized characterised manifest manifests manifested manifesting present presents presenting defined marked associated accompanied involves includes comprises",
     rf"{_S}(?:\s+(?:is|are)\s+an?\s+(?:[a-z ,()-]|<\d[^>]*>){{1,110}}?(?:\s(?:that|which)|,)?|,\s+an?\s+[^,]{{3,80}},)?(?:\s+(?:can|may|which|that|and|usually|often|typically|commonly|classically|sometimes|frequently|mainly|also|is|are|has been|have been|can be|may be|[a-z]+ly))*\s+"
     r"(?P<v>characteri[sz]ed by|manifest(?:s|ed|ing)?(?: clinically)? (?:as|with|by)|presents? (?:[a-z]+ )?(?:with|as)|presenting (?:with|as)|associated with|accompanied by|defined by|marked by|involves|includes|comprises)\s+"
     rf"(?:the\s+)?(?:(?:[a-z][a-z-]*(?: [a-z][a-z-]*){{0,2}}(?: ?, (?:and |or )?| and | or )){{1,4}})?{_O}"),
    ("can-be-seen-in", "can may", rf"{_S}\s+(?:can|may)\s+(?:also\s+|sometimes\s+|occasionally\s+)?(?P<v>be\s+(?:seen|found|observed|present|encountered)|occur|develop|arise|be absent)\s+in\s+{_O}"),
    ("can-be-seen-in", "seen found observed occurs occur common frequent described reported characteristic typical pathognomonic", rf"{_S}(?:{_BE}|\s+(?:commonly|frequently|often|typically|usually))\s+(?P<v>seen|found|observed|encountered|common|frequent|described|reported)\s+in\s+{_O}"),
    ("can-be-seen-in", "characteristic typical pathognomonic occurs occur", rf"{_S}(?:{_BE})?\s+(?P<v>characteristic of|typical of|pathognomonic (?:of|for)|occurs? in)\s+{_O}"),
))  # fmt: skip
#: Read before what is said of inhibitors is dropped as not being said of the thing.
_WITH_DOER = _rows((
    ("", " ".join(f"{d} {d}s" for d in _DOERS), rf"{_S}(?:,|{_BE}|\s+as|\s+acts as)?\s+(?:an?|the)\s+{_ADJ}{_DOER}\s+(?:of|for)\s+(?:the\s+)?{_O}"),
    ("", " ".join(f"{d} {d}s" for d in _DOERS), rf"{_S}(?:,|{_BE})\s+(?:(?:an?|the)\s+)?{_ADJ}{_O}(?:[\s-]+receptor)?[\s-]+{_DOER}\b"),
    ("", " ".join(f"{d} {d}s" for d in _DOERS), rf"(?<![>+] ){_O}[\s-]+{_DOER}\s*,?\s*(?:such as|including|like|e\.g\.,?)?\s*{_S}"),
    ("blocks", "antibody antibodies", rf"{_S}(?:,|{_BE})?\s+(?:an?|the)\s+{_ADJ}(?P<v>neutrali[sz]ing|blocking) (?:monoclonal )?antibody\s+(?:against|to|of)\s+(?:the\s+)?{_O}"),
    ("has-effect-on", "antibody antibodies", rf"{_S}(?:,|{_BE})?\s+(?:an?|the)\s+{_ADJ}(?P<v>monoclonal antibody)\s+(?:against|to|targeting|directed against|that targets)\s+(?:the\s+)?{_O}"),
    ("leads-to", "induced triggered", rf"{_S}-(?P<v>induced|triggered)\s+{_O}"),
))  # fmt: skip


#: The nouns of effect, of those with a hyphen the last part.
_NOUNS = frozenset(noun.rpartition("-")[2] for noun in nouns())


@lru_cache(maxsize=1)
def _nominal() -> tuple[re.Pattern[str], re.Pattern[str]]:
    noun = rf"(?P<v>{any_of(sorted(nouns()))})"
    return (
        re.compile(
            rf"\b{noun}\s+(?:of|in)\s+(?:the\s+)?{_O}\s+(?:[a-z]+\s+){{0,4}}?(?:by|with|following|after|upon|due to|in response to|during)\s+(?:the\s+)?(?:[a-z-]+\s+){{0,2}}?{_S}"
        ),
        re.compile(rf"{_S}-(?:induced|mediated|associated|dependent)\s+{noun}\s+(?:of|in)\s+(?:the\s+)?{_O}"),
    )


def read_nominals(drawn: Drawn) -> list[Found]:
    """What nouns of effect say: `inhibition of <0> by <1>`, `<0>-mediated inhibition of <1>`."""
    if _NOUNS.isdisjoint(drawn.words):
        return []
    return [Found(nouns()[m["v"]], m["s"], m["o"], m.span("v")) for pattern in _nominal() for m in pattern.finditer(drawn.text)]


def read_agents(drawn: Drawn) -> list[Found]:
    """What nouns of agents say, while lists are not drawn together yet: `<0>, a <1> inhibitor`, `<0>-induced <1>`."""
    return _matched(drawn, _WITH_DOER)


def read_constructions(drawn: Drawn) -> list[Found]:
    """What predicates and set phrases say."""
    return _matched(drawn, _CONSTRUCTIONS)


def _matched(drawn: Drawn, rows: tuple[_Row, ...]) -> list[Found]:
    found = []
    for effect, cues, pattern in rows:
        if cues.isdisjoint(drawn.words):
            continue
        for match in _compiled(pattern).finditer(drawn.text):
            found += _read(drawn.text, effect, match)
    return found


_INSIDE = re.compile(
    r"\b(?:on|in|within|of|at|to|from|with|for|by|between|under|into|during|anti|after|following|than|against)\s+(?:(?:the|a|an|this|these|[a-z-]+)\s+){0,2}\Z"
)


#: `withholding <0>`: what is done to it acts.
_DONE_TO = re.compile(r"\b(?!following\b|during\b|including\b)[a-z]+ing\s+\Z")
#: `excessive secretion of ...`: the mark is only the head of what is meant.
_OF_ANOTHER = re.compile(r"\s+of\s+(?!the\s+<|<)(?!origin\b|onset\b|choice\b|infancy\b|childhood\b|the (?:skin|body)\b)[a-z]")
_PREDICATE = re.compile(r"\b(?:is|are|was|were)\s+(?:an?|the|one of the)\s+(?:[a-z-]+\s+){0,3}\Z")


def _read(text: str, effect: str, match: re.Match[str]) -> list[Found]:
    groups = match.groupdict()
    if "part" in groups:
        # Of a disease it is a feature, of a drug an effect; the record's builder knows which of the two can be.
        whole, part = groups["whole"], groups["part"]
        return [
            Found("characterised-by", whole, part, match.span("v")),
            Found("leads-to", whole, part, match.span("v"), hedge="side effect"),
        ]
    first = min(match.start(name) for name in ("s", "o", "drug") if groups.get(name))
    before = text[max(0, first - 60) : first]
    leads_in = match.start() == first
    if any(_OF_ANOTHER.match(text, match.end(name)) for name in ("s", "o") if groups.get(name)):
        return []
    if leads_in and (_INSIDE.search(before) or _PREDICATE.search(before) or _DONE_TO.search(before)):
        return []
    if "drug" in groups:
        return [Found(effect, groups["drug"], groups["o"], match.span("v"), hedge="associated with")]
    hedge = "associated with" if groups["v"] == "associated with" else ""
    return [Found(effect or _DOERS[groups["v"]], groups["s"], groups["o"], match.span("v"), hedge=hedge)]
