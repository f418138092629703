"""Words of starting, changing and stopping in a sentence, and which treatment each is said of.

>>> text = "Steroids were tapered and hydroxychloroquine 200 mg was added."
>>> [[c.change for c in given] for given in changes_of(text, 0, len(text), [(0, 8), (26, 44)])]
[['decreased'], ['started']]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.patterns.openings import Openings

_WORDS = (
    ("started", r"(?:switched|changed|converted|transitioned|shifted|rotated|de-escalated|narrowed|stepped down)(?: over)? to|(?:replaced|substituted) (?:by|with)"),
    ("stopped", r"stopp(?:ed|ing)|discontinu(?:ed|e|ing|ation)|withdr(?:awn|awal|ew)|ceased|cessation|suspended|interrupt(?:ed|ion)|taper(?:ed|ing) off|weaned off|"
                r"(?:weaned|liberated|taken|abstained) from|taken off|(?:switched|changed|converted|transitioned|shifted|rotated) from|held|withheld|withholding|terminat(?:ed|ion)|completed|replaced|stop"),
    ("decreased", r"titrated down|down-?titrated|(?:reduction|decrease) (?:in|of) (?:the |her |his )?(?=[\w-]+ dos(?:e|age))|(?:reduction|decrease) (?:in|of) the (?:daily )?dos(?:e|age) of|taper(?:ed|ing|s)?|reduced|reduction|reducing|decreas(?:ed|ing)|lowered|weaned|halved|de-escalated|tapered down"),
    ("increased", r"increas(?:ed|ing)|(?:increase|increment) (?:in|of) (?:the |her |his )?(?=[\w-]+ dos(?:e|age))|(?:upward titration|uptitration|up-titration|escalation) of|increase (?:in|of) the (?:daily )?dos(?:e|age) of|doubled|escalat(?:ed|ion)|raised|uptitrated|up-titrated|titrated(?: up)?"),
    ("started", r"start(?:s|ed|ing)?|initiat(?:ed|ion|ing)|commenced|begun|began|added|adding|addition|introduced|prescribed|put on|placed on|"
                r"resumed|restart(?:ed)?|reintroduced|reinitiated|reinstituted|instituted|initiate|commence|introduce|switched|substituted|discharged on|discharged home on|discharged with"),
    ("ongoing", r"ongoing|continu(?:ed|es|ing)|maintained|remain(?:s|ed) on|(?:is|are|well|was|were|currently|been|stable) on|still (?:on|taking|receiving)|maintenance|taking|takes"),
    ("given", r"gives?|given|giving|administ(?:ered|ering|ration)|receiv(?:ed|ing|es)?|treated|treating|treatment|trials? of|underwent|undergone|undergoing|performed|repeated|tried|therapy with|"
                        r"controlled (?:with|by|on)|infused|infusion|infusion|managed|manage|injected|pulses?|carried out|required|requiring|used|using|applied|delivered|transfused|course of|courses of|cycles? of|doses? of|"
              r"consist(?:ed|ing) of|done|employed|provided|undertaken|attempted|accomplished|placed|inserted|implanted"),
)  # fmt: skip
_CHANGE = {f"c{i}": change for i, (change, _) in enumerate(_WORDS)}
_ANY = Openings(r"\b(?:" + "|".join(f"(?P<c{i}>{pattern})" for i, (_, pattern) in enumerate(_WORDS)) + r")\b")
#: Between the word of change and what it is said of, or between a treatment and its verb, only such words may stand.
_LINK = re.compile(
    r"\s*(?:(?:on|with|of|to|by|for|from|at|in|an?|the|his|her|this|that|and|or|both|either|combined|combination|together|as|well|oral(?:ly)?|intravenous(?:ly)?|iv|i\.v\.|"
    r"subcutaneous(?:ly)?|intramuscular(?:ly)?|topical(?:ly)?|inhaled|systemic|high|low|full|standard|prolonged|gradual|slow|rapid|short|long|dose|doses|dosage|pulse|pulses|tapering|course|courses|cycles?|daily|weekly|"
    r"monthly|initial|additional|further|another|second|third|first|single|\w+ly|therapy|treatment|empiric(?:al)?|broad-spectrum|adjuvant|a|total|her|regimen|consisting|"
    r"including|such|period|while|infusions?|injections?|administration|mg|g|kg|day|per|million|units?|IU|twice|once|times|every|hours?|days?|weeks?|months?|patient|child|been|being|\d[\d.,]*\S*|"
    r"[\d.]*(?:mg|g|mcg|µg|ml|mL|IU|U)\S*|high-dose|low-dose|[a-z]+al|[a-z]+ic|[a-z]+ive)[\s,()/-]*)*",
    re.I,
)
_VERB_LEAD = re.compile(
    r"(?:\s*\([^)]*\))?(?:\s+(?:used|given|taken|prescribed)\s+(?:to treat|for)\s+(?:[\w-]+\s+){0,3}?[\w-]+(?=\s+(?:was|were)\b))?"
    r"(?:\s+(?:was|were|proved|seemed)\s+(?:\w+ly\s+)?(?:effective|ineffective|helpful|beneficial|successful|unsuccessful|tolerated|of (?:no|little) (?:benefit|help|use))\s*,?\s*(?:but|and|so)(?:\s+it)?)?[\s,]*(?:(?:therapy|therapies|monotherapy|LAR|XR|SR|ER|XL|depot|usage|use|replacement|supplementation|substitution|treatments?|dose|doses|dosage|infusions?|injections?|cream|ointment|drops|tablets?|course|pulses?|administration|regimen|at|of|a|the|"
    r"and|or|in|on|for|over|combination|[\d.,]+\s?\S{0,9}|daily|weekly|twice|once|times|two|three|four|five|six|divided|per|alternate|other|hours?|days?|weeks?|day|every|[obtq]\.?[di]\.?[ds]?\.?|(?:\w+ly))[\s,)]*)*"
    r"(?:which\s+|that\s+)?(?:was|were|could be|had to be|had been|has been|have been|is|are|being|be)\s+(?:(?:then|subsequently|gradually|also|slowly|initially|not yet|again|finally|further|"
    r"successfully|therefore|immediately|\w+ly)\s+)*\Z",
    re.I,
)
#: Of a list this tells of its last: `A 5 mg and B 10 mg, which was stopped`.
_WHICH_WAS = re.compile(r"\b(?:which|that)\s+(?:was|is|has been|had been)\b", re.I)
_NOUN_LEAD = re.compile(r"\s*(?:therapy\s+|treatment\s+|dose\s+)?\Z", re.I)
_AND_THEN = re.compile(
    r"\s*(?:,|and|then|,?\s*and then|,?\s*but|\w+ly)*\s*(?:(?:oral|intravenous|iv|form|route|maintenance|dose|to|at|\d[\d.,]*|mg|g|kg|day|daily|weekly|over|for|hours?|weeks?|months?|days?|one|two|three|four|five|six|seven|eight|ten|was|were|later|then|subsequently|gradually|slowly|finally|completely|and|alternate|other|every|"
    r"in|on|after|by|until|from|within|a|the|of|following|next|mg/kg|mg/kg/day|mg/day|µg|mcg|twice|once|times|steps?|increments|(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|\w+ly)[\s,/]+)*\Z",
    re.I,
)
_NOUNS = frozenset(
    [
        "taper",
        "tapering",
        "reduction",
        "cessation",
        "discontinuation",
        "withdrawal",
        "interruption",
        "initiation",
        "addition",
        "infusion",
        "pulse",
        "pulses",
        "escalation",
        "administration",
        "maintenance",
    ]
)
_NEVER_AFTER = frozenset(("including", "included", "treatment", "course of", "courses of", "cycle of", "cycles of", "dose of", "doses of", "consisted of", "consisting of", "using",
                          "underwent", "increase in the dose of", "increase in the dosage of", "increase of the dose of", "increase of the dosage of", "reduction in the dose of", "reduction of the dose of", "received", "receiving", "receive", "receives", "required", "requiring", "taking", "takes", "give", "manage", "gives"))  # fmt: skip


class Change(NamedTuple):
    """A word of change: offsets and which step it makes."""

    start: int
    end: int
    change: str  # started, increased, decreased, stopped, given, ongoing


def changes_of(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[list[Change]]:
    """For each treatment of a sentence its words of change, in text order; an empty list where none is said of it.

    Treatments of a list ("A, B and C were given") share them.
    """
    words = [Change(*m.span(), _CHANGE[str(m.lastgroup)]) for m in _ANY.finditer(text, start, end)]
    words = [w for w in words if not any(a <= w.start < b for a, b in spans)]
    for k in range(len(words) - 1, 0, -1):  # "stopped taking A"
        if text[words[k].start : words[k].end] in ("taking", "using", "receiving") and text[words[k - 1].end : words[k].start].isspace():
            words[k - 1 : k + 1] = [words[k - 1]._replace(end=words[k].end)]
    groups = _groups(text, spans)
    found: list[list[Change]] = [[] for _ in spans]
    edges = [(spans[g[0]][0], spans[g[-1]][1]) for g in groups]
    taken: set[tuple[int, int]] = set()
    own = {k: _has_verb(text, words, spans, group, edges[k - 1][1] if k else start) for k, group in enumerate(groups)}
    for k, (_, last) in enumerate(edges):
        stop = edges[k + 1][0] if k + 1 < len(edges) else end
        follow = last
        for word in words:
            if not last <= word.start < stop or text[word.start : word.end].lower() in _NEVER_AFTER:
                continue
            lead = text[follow : word.start]
            if word.change in ("decreased", "increased") and _ACTS_ON.match(text, word.end, stop):
                continue  # "A was begun and decreased her pain"
            chained = follow != last
            if k + 1 < len(edges) and text[word.end - 3 : word.end] == "ing" and _LINK.fullmatch(text, word.end, edges[k + 1][0]):
                continue  # "A was done after withholding B"
            if len(lead) < 90 and (
                _AND_THEN.match(lead)
                and chained
                or _VERB_LEAD.match(lead)
                or _NOUN_LEAD.match(lead)
                and text[word.start : word.end].lower() in _NOUNS
            ):
                taken.add((k, word.start))
                follow = word.end
                if _SWITCHES.match(text, word.start, word.end):
                    drug = k + 1 < len(edges) and len(text[word.end : edges[k + 1][0]]) < 40
                    word = word._replace(change="stopped" if drug else "ongoing")
                for i in groups[k][-1:] if own[k] or _WHICH_WAS.search(lead) else groups[k]:
                    found[i].append(word)
    for k, (first, _) in enumerate(edges):
        begin = edges[k - 1][1] if k else start
        for word in reversed([w for w in words if begin <= w.end <= first]):
            if word.change == "given" and (_OF_ITS_DOSE.search(text, begin, word.start) or _THE_DOSE.search(text, begin, word.end)):
                continue  # "reducing the dose of A", "the dose of A was reduced"
            if text[word.start : word.end] == "treatment" and any(
                w.change != "given" and _OF_TREATMENT.fullmatch(text, w.end, word.start) for w in words
            ):
                continue  # "after stopping treatment with A"
            mine = any(at == word.start for _, at in taken)
            if (
                len(text[word.end : first]) > 110
                or not _LINK.fullmatch(text, word.end, first)
                or _IS_DONE.search(text, begin, word.start)
                and re.match(r"\s*,?\s*(?:and|but|while)\b", text[word.end :])
                or mine
                and not (_SWITCHES.match(text, word.start, word.end) or re.match(r"\s+(?:with|by|to|in)\b", text[word.end :]))
            ):
                continue
            if mine and word.change == "stopped":
                word = word._replace(change="started")
            if word.change in ("decreased", "increased") and not re.match(
                r"\s*(?:of|in|the|her|his|\s|dose|dosage)*\Z", text[word.end : first], re.I
            ):
                continue
            for i in groups[k]:
                if not (own[k] and i == groups[k][-1] and found[i]):
                    if word.change in ("started", "given") and found[i] and text[found[i][0].start : found[i][0].end].lower() == "taper":
                        found[i].pop(0)  # "was started on a prednisone taper": how it is given
                    found[i].insert(0, word)
            break
    for k in range(1, len(groups)):
        before = found[groups[k - 1][-1]]
        if (
            before
            and not found[groups[k][0]]
            and before[-1].start > edges[k - 1][1]
            and _AND_LATER.fullmatch(text, before[-1].end, edges[k][0])
        ) and _AT_A_TIME.match(text, edges[k][1], end):
            for i in groups[k]:
                found[i] = [before[-1]._replace(start=spans[i][1], end=spans[i][1])]
    for k in range(1, len(groups)):  # "switched from A to B": B was started
        before = found[groups[k - 1][0]]
        if not before or found[groups[k][0]] or not text[before[-1].start : before[-1].end].lower().endswith("from"):
            continue
        if before[-1].change == "stopped" and _TO.fullmatch(text, edges[k - 1][1], edges[k][0]):
            for i in groups[k]:
                found[i] = [before[-1]._replace(change="started")]
    return found


def _has_verb(text: str, words: list[Change], spans: list[tuple[int, int]], group: list[int], begin: int) -> bool:
    """Whether the last of a list has a verb of its own: in `she received A, B was stopped` only B was stopped."""
    if len(group) < 2 or re.search(r"\b(?:and|or|plus|with)\b", text[spans[group[-2]][1] : spans[group[-1]][0]]):
        return False
    first = spans[group[0]][0]
    return any(begin <= w.end <= first and _LINK.fullmatch(text, w.end, first) for w in words)


_ACTS_ON = re.compile(r"\s+(?:the|her|his|its|their)\s+(?!(?:\w+\s+)?dos(?:e|es|age)\b)[a-z]", re.I)
_OF_ITS_DOSE = re.compile(
    r"\b(?:reduc|decreas|lower|increas|taper|doubl|halv|rais|escalat)\w*\s+(?:(?:the|her|his|its)\s+)?(?:daily\s+)?\Z", re.I
)
#: A verb told once for two: `A was stopped on day 3 and B on day 5`.
_AND_LATER = re.compile(r"\s+(?:on|after|at|in|by)\s+(?:(?!and\b)[\w-]+\s+){1,4}and\s+(?:the\s+)?", re.I)
_AT_A_TIME = re.compile(
    r"(?:\s*\([^()]*\))?\s+(?:on|after|at|in|by)\s+(?:the\s+|day\s|\d|week\s|month\s|[A-Z][a-z]+\s+\d|(?:one|two|three|four|five|six)\s)",
    re.I,
)
#: What was given before this is stopped, and what comes after it begun.
_SWITCHES = re.compile(
    r"(?:changed|switched|converted|transitioned|shifted|rotated|de-escalated|narrowed|stepped down)(?: over)? to|(?:replaced|substituted) (?:by|with)",
    re.I,
)
_OF_TREATMENT = re.compile(r"\s+(?:of\s+)?(?:(?:the|her|his)\s+)?")
_IS_DONE = re.compile(r"\b(?:was|were|been|be)\s+(?:\w+ly\s+|then\s+)?\Z", re.I)
_TO = re.compile(r"\s*(?:[\d.,]+\s?\S+\s+|\w+ly\s+){0,3}(?:to|and)\s+(?:\w+\s+){0,2}")
#: The verb after it is not said of the treatment before it: `A was begun and the dose of B was reduced`.
_THE_DOSE = re.compile(r"\bthe dos(?:e|age)(?: of)?(?=\s|\Z)", re.I)
_BETWEEN = re.compile(
    r"(?:\s*\([^()]*\))?[\s,/+]*(?:(?:and|or|plus|with|as well as|followed by|then|combined|in combination|together|the|a|an|oral|intravenous|iv|i\.v\.|topical|high-dose|low-dose|inhaled|"
    r"subcutaneous|daily|weekly|twice|once|three|times|per|day|every|hours?|days?|weeks?|for|at|of|dose|mg|g|kg|po|\d[\d.,]*\s?\S*|[\d.]*(?:mg|g|mcg|µg|μg|ml|mL|IU|U)\S*)[\s,();]*)*",
    re.I,
)


def _groups(text: str, spans: list[tuple[int, int]]) -> list[list[int]]:
    """Runs of treatments with nothing between them but commas, `and`, and how they are given."""
    groups: list[list[int]] = []
    for i, (start, _) in enumerate(spans):
        between = text[spans[i - 1][1] : start] if i else ""
        if groups and len(between) < 90 and _BETWEEN.fullmatch(between) and not _THE_DOSE.search(between):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
