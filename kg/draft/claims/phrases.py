"""A sentence of marks with its noun phrases drawn together, so that who acts on what stands side by side.

A mark `<1>` is a known term; `<1@3>` one at a site, `<1~4>` one in a disease, `<1+2>` a list, `<->` what is the lack or the
blocking of a thing and so none of it.

>>> drawn = Drawn("the expression of <0> on <1>, and <2> levels")
>>> gather(drawn, frozenset({1}))
>>> draw_lists(drawn)
>>> drawn.text
'<0@1+2>'
>>> lacking = Drawn("loss of <0> causes <1>")
>>> gather(lacking, frozenset())
>>> drop_lacks(lacking)
>>> lacking.text
'<-> causes <1>'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.draft.claims.lexicon import nouns, verbs, words_of
from kg.draft.patterns.lists import any_of

MARK = r"<\d[\d@~+]*>"
_ONE = r"<\d+(?:@\d+)?(?:~\d+)?>"
#: What is said of a thing by way of its amount, making or use is said of the thing.
_TAIL = (
    r"(?:genes?|proteins?|mutations?|variants?|polymorphisms?|antigens?|levels?|expression|production|activity|activation|signall?ing|pathways?|release|secretion|synthesis|"
    r"mrna|therapy|treatment|administration|infusions?|injections?|monotherapy|concentrations?|overexpression|formation|deposition|accumulation|titers?|titres?)"
)
_WRAPS = [words.replace("_", " ") for words in words_of("wrapping")]
_WRAP = any_of(_WRAPS)
_WRAPPING = frozenset(words.split()[0] for words in _WRAPS)
_LACKS = words_of("lacking")
_NOT_GIVING = words_of("taking")
#: The words of which a sentence has one, if something is lacking in it.
_LACKING_WORDS = frozenset(words.split("-")[0] for words in ("anti", *_LACKS, *_NOT_GIVING))
_GIVING = words_of("giving")
_GIVING_END = ("ic", "al", "ous", "ive", "ory", "ary", "ar", "ent", "ant", "able", "ible", "ed", "oid", "ile")
_PERSONS = words_of("persons")
_PEOPLE = re.compile(
    rf"\b(?:(?:most|many|some|all|several|the|other|adult|pediatric|paediatric|young|elderly|selected|few|majority of)\s+)*{any_of(sorted(_PERSONS))}\s+(?:with|of|suffering from|affected by|who have|having|diagnosed with|presenting with)\s+(?:(?:an?|the)\s+)?(?=<\d)"
)
_TAILS = re.compile(rf"(<\d+>)(?:\s+[a-z]+(?=\s+genes?\b))?(?:\s+{_TAIL}\b)+(?!\s+of\s+<)")
_LACK_TAIL = re.compile(
    r"<\d+>(?=\s+(?:deficiency|deficient|inhibition|blockade|depletion|withdrawal|resistance|resistant|failure|(?:auto)?antibod(?:y|ies)|discontinuation|loss|deletion|knock-?out|"
    r"suppression|reduction|agonists?|receptors?|ligands?|vaccin\w+|analog\w*|intolerance|relief|resolution|improvement|remission|control|prevention|negativity|-negative)\b)"
)
_TURNED_TAIL = re.compile(r"(<\d+>)\s+([a-z-]+)\s+(?=(?:by|with|after|following)\s)")
_OF = re.compile(
    rf"\b(?:(?:the|an?|its|their)\s+)?\b(?:{_WRAP}(?:,? (?:and|or) |, ))*{_WRAP}\s+(?:of\s+)?(?P<give>(?:[a-z-]+\s+){{0,3}})(?=<\d)"
)
#: All words that stand together, whether a mark follows them or not: so none of them is looked at twice.
_RUN = re.compile(r"(?P<words>(?:\b[a-z][a-z-]*+\s++)++)(?P<marked>(?=<\d))?")
_LACKING = re.compile(
    rf"\b(?<!by )(?<!via )(?<!through )(?<!by the )(?<!through the )(?:{any_of(_LACKS)}\s+(?:of|to|in|for|against|with)\s+(?:the\s+|an?\s+)?|anti-|(?<!> )(?<!has )(?<!have )(?<!had )(?<!also )(?<!ly )(?<!to )(?<!can )(?<!may )(?<!not )(?:{any_of(sorted(_NOT_GIVING))})[\s-]+(?:the\s+)?(?:{_WRAP}\s+of\s+)?){MARK}"
)
_SEP = r"(?:\s*,\s*(?:and,?\s+|or,?\s+|including\s+|such as\s+|especially\s+|as well as\s+)?(?:[a-z]+ly,?\s+)?|\s*/\s*|\s+(?:and|or|and/or|as well as|plus),?\s+(?:[a-z]+ly,?\s+)?(?:even\s+|also\s+)?(?:(?:in|of|against|for)\s+(?=<[^>]*>(?!\s*,)))?)"
_OTHER = r"(?:[a-z][a-z-]+(?:\s+[a-z][a-z-]+){0,2})"
_SYMPTOMS = re.compile(
    r"(?<=[esdg] )(?:the\s+)?symptoms\s+of\s+(?=(?:[a-z-]+\s+){0,2}<\d)"
)  # what eases the symptoms of a disease eases it
_CHANCES = frozenset(("risk", "likelihood", "probability", "chance"))
_RISK = re.compile(
    rf"\b(?:increas|rais|elevat|doubl|tripl)(es?|ed|ing)\s+(?:the\s+|an?\s+)?{any_of(sorted(_CHANCES))}\s+(?:of|for)\s+(?:developing\s+)?"
)
_CHANGED = re.compile(
    r"\b(?:lead(?P<s1>s|ing)? to|led to|results? in|resulted in|resulting in|caus(?:es?|ed|ing)|induc(?:es?|ed|ing)|produc(?:es?|ed|ing)|(?:is|are|was|were) (?:followed|accompanied) by)\s+(?:an?\s+|the\s+)?(?:[a-z]+\s+){0,2}?"
    r"(?:(?P<up>increased?|elevat(?:ed|ion)|rise|enhanced|up-?regulation|activation)|(?P<down>decreased?|reduc(?:ed|tion)|fall|lower(?:ed)?|decline|down-?regulation|suppression|inhibition))\s+(?:(?:in|of)\s+)?"
    rf"(?=(?:the\s+)?(?:[a-z-]+\s+){{0,2}}?(?:{_WRAP}\s+of\s+)?(?:[a-z-]+\s+){{0,2}}<\d)"
)

#: `<0> is an old drug that ...`: what follows is said of <0>.
_PREDICATE = re.compile(rf"({MARK})\s+(?:is|are)\s+(?:an?|the|one of the)\s+(?:(?:[a-z][a-z-]*|<\d+>)\s+){{1,7}}?(?=(?:that|which)\s)")
_PREDICATE_WITH = re.compile(rf"({MARK})\s+(?:is|are)\s+(?:an?|the)\s+(?:[a-z][a-z-]*\s+){{0,4}}<\d+>\s+(?=with\s)")
_PARENTHESIS = re.compile(rf"({MARK})\s?, (?:which|who|an?|the|one of)\s[^,;<]*(?:<[^>]*>[^,;<]*){{0,2}},")

_WORD = re.compile(r"[a-z]+")
Change = Callable[[re.Match[str]], str | None]


class Drawn:
    """A text under rewriting, and where each of its characters stood at first; `words` are those of the text as given, and what was written for others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = list(range(len(text)))
        self.words = frozenset(_WORD.findall(text))

    def sub(self, pattern: re.Pattern[str], change: Change | str) -> bool:
        """Every match replaced by what `change` makes of it; None leaves it. Returns whether anything was."""
        parts: list[str] = []
        places: list[int] = []
        at = 0
        for match in pattern.finditer(self.text):
            new = match.expand(change) if isinstance(change, str) else change(match)
            if new is None or new == match.group():
                continue
            parts += self.text[at : match.start()], new
            places += self.places[at : match.start()]
            places += [self.places[min(match.start(), len(self.places) - 1)]] * len(new)
            at = match.end()
        if not parts:
            return False
        self.text = "".join(parts) + self.text[at:]
        self.places = places + self.places[at:]
        return True


def gather(drawn: Drawn, sites: frozenset[int]) -> None:
    """Phrases about a thing become its mark."""
    if "symptoms" in drawn.words:
        drawn.sub(_SYMPTOMS, "")
    if not _CHANCES.isdisjoint(drawn.words):
        drawn.sub(_RISK, lambda m: "predispos" + ("ing" if m[1] == "ing" else "ed" if m[1] == "ed" else "es") + " to ")
    if drawn.sub(_CHANGED, _changed):
        drawn.words |= {"increased", "decreased"}
    drawn.sub(_TURNED_TAIL, lambda m: f"{m[2]} of {m[1]} " if m[2] in nouns() and m[2] not in verbs() else None)
    drawn.sub(_LACK_TAIL, "<->")
    drawn.sub(_TAILS, r"\1")
    wraps, people = not _WRAPPING.isdisjoint(drawn.words), not _PERSONS.isdisjoint(drawn.words)
    for _ in range(2):
        changed = wraps and drawn.sub(_OF, lambda m: None if _is_lacking(m["give"]) else m["give"])
        changed |= people and drawn.sub(_PEOPLE, "")
        if not (drawn.sub(_RUN, _bare) or changed):
            break
    if sites:
        _place(drawn, sites)


_MARKED = re.compile(r"<(\d+)>")
_AT_SITE = re.compile(r"<(\d+)>\s+(?:on|in|within|at|of|along|from)\s+\{(\d+)(~\d+)?\}")
_SITE_OF = re.compile(r"\{(\d+)\}\s+(?:of|in|from)\s+<(\d+)>")
_SITE = re.compile(r"\{([\d~]+)\}")


def _place(drawn: Drawn, sites: frozenset[int]) -> None:
    """A thing takes on the site after it, and a site the disease after it; sites stand in braces meanwhile."""
    drawn.text = _MARKED.sub(lambda m: f"{{{m[1]}}}" if int(m[1]) in sites else m.group(), drawn.text)
    drawn.sub(_AT_SITE, lambda m: None if m[3] else f"<{m[1]}@{m[2]}>")
    drawn.sub(_SITE_OF, r"{\1~\2}")
    drawn.sub(_AT_SITE, lambda m: f"<{m[1]}@{m[2]}{m[3] or ''}>")
    drawn.text = _SITE.sub(r"<\1>", drawn.text)


def draw_lists(drawn: Drawn) -> None:
    """Lists become one mark, and what a thing is said to be before what it does goes."""
    drawn.sub(_PREDICATE, r"\1 ")
    drawn.sub(_PREDICATE_WITH, r"\1 ")
    drawn.sub(_LISTS, lambda m: _listed(drawn.text, m))


_AND_IS = re.compile(
    rf"(?:\A|[;,] |\bthat )(?:[a-z]+,? ){{0,3}}(?P<s>{MARK})(?P<rest> (?!and\b|or\b)[^;]*?),? (?:and|but) (?=(?:is|are|has|have|can|may|was|were|responds?|presents?|requires?)\b)"
)


def repeat_subjects(drawn: Drawn) -> None:
    """`<0> inhibits <1>, and is effective`: the subject is written again, as sentences of their own."""
    drawn.sub(_AND_IS, lambda m: f"{m.group().removesuffix(' ').rpartition(' ')[0].rstrip(',')}; {m['s']} ")


def drop_asides(drawn: Drawn) -> None:
    """What stands between two commas after a mark goes: `<0>, which blocks <1>, is effective`."""
    drawn.sub(_PARENTHESIS, r"\1")


_ACTED_ON = re.compile(rf"{MARK}(?=[\s-]+(?:inhibitors?|antagonists?|blockers?|blockade|inhibition|agonists?)\b)")


def drop_lacks(drawn: Drawn) -> None:
    """The lack or the blocking of a thing is none of it."""
    if not _LACKING_WORDS.isdisjoint(drawn.words):
        drawn.sub(_LACKING, "<->")
    drawn.sub(_ACTED_ON, "<->")


def _changed(match: re.Match[str]) -> str:
    first = match.group().split()[0]
    form = "ing" if first.endswith("ing") else "ed" if first.endswith("ed") or first in ("led", "is", "are", "was", "were") else "es"
    return ("increas" if match["up"] else "decreas") + form + " "


def _is_lacking(words: str) -> bool:
    return any(word in _NOT_GIVING for word in words.split())


def _bare(match: re.Match[str]) -> str | None:
    """The words before a mark without the adjectives and articles right before it."""
    if match["marked"] is None:
        return None
    words = match["words"].split()
    keep = len(words)
    while (
        keep
        and (words[keep - 1] in _GIVING or words[keep - 1].endswith(_GIVING_END))
        and words[keep - 1] not in _NOT_GIVING
        and words[keep - 1] not in verbs()
        and words[keep - 1] not in _ACTING
    ):
        keep -= 1
    return None if keep == len(words) else " ".join(words[:keep]) + (" " if keep else "")


#: Words with the ending of an adjective that carry the sentence.
_ACTING = words_of("acting")
_LISTS = re.compile(rf"{_ONE}(?:{_SEP}(?:{_ONE}|{_OTHER}(?={_SEP}{_ONE}|{_SEP}{_OTHER}{_SEP}{_ONE})))+")
#: A preposition that opens the sentence: what stands before the comma is no item of the list after it.
_FRONTED = re.compile(
    r"(?:\A|[,;]\s|\bthat\s)(?:[a-z]+,\s)?(?:in|following|after|upon|with|during|under|for|unlike|like|by\s+[a-z]+ing|by\s+[a-z]+\s+of|through\s+[a-z]+ing)\s+(?:[a-z]+\s+){0,2}\Z"
)
_JOINED = re.compile(r"\b(?:and|or|as well as|including|such as|plus)\b|/")
_GOES_ON = re.compile(r"(?:\s+also)?\s+(?P<next>[a-z-]+)")
_VERB_BEFORE = re.compile(r"(?P<last>[a-z-]+)(?:\s+(?:to|in|by|with|of|for|on|from|like|as|is|are))?\s*\Z")
_AUXILIARY = words_of("finite-verbs")


def _listed(text: str, match: re.Match[str]) -> str | None:
    """A list as one mark; its last item is left out where a new clause begins with it: `inhibits <0> and <1> causes`."""
    whole, rest, first = match.group(), "", ""
    if _FRONTED.search(text[: match.start()]) and ", " in whole:
        first, _, whole = whole.partition(", ")
        whole = re.sub(r"\A(?:and|or|including|such as)\s+", "", whole)
        first += ", "
    elif not _JOINED.search(whole) and whole.count("<") < 3:
        return None  # `<0>, <1>`: an apposition, or the end of a phrase that opens the sentence
    after = _GOES_ON.match(text, match.end())
    before = text[: match.start()].rstrip()
    if (
        after
        and (after["next"] in _AUXILIARY or any(f.form in ("s", "base", "ed") for f in verbs().get(after["next"], ())))
        and (_in_object(before) or ", and " in whole and "<" in before.rpartition(";")[2])
    ):
        cut = max(whole.rfind(", "), whole.rfind(" and "), whole.rfind(" or "), whole.rfind(" as well as "))
        if cut > 0 and " and " in whole[max(0, cut - 5) :]:
            cut = min(c for c in (whole.rfind(", and "), whole.rfind(" and ")) if c > 0)
            whole, rest = whole[:cut], whole[cut:]
    items = [inner for inner in re.findall(r"<(\d[\d@~]*)>", whole)]
    return f"{first}<{'+'.join(items)}>{rest}" if items else None


def _in_object(before: str) -> bool:
    """Whether the words before end in a verb, or in one with its preposition: what follows is its object."""
    found = _VERB_BEFORE.search(before)
    if not found:
        return False
    return found["last"] in verbs() or found["last"] in nouns() or found["last"] in _ACTING or found["last"].endswith("ing")
