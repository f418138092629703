"""The operations and other procedures that a text names: by name, by the verb that does them, by the device that is placed.

>>> text = "She underwent subtotal thyroidectomy; a chest tube was inserted and the cyst was excised. The aorta showed dilatation."
>>> [(t.words, t.label, t.sure) for t in find_operations(text, 0, len(text))]  # doctest: +NORMALIZE_WHITESPACE
[('subtotal thyroidectomy', 'subtotal thyroidectomy', True), ('chest tube was inserted', 'chest tube insertion', True),
 ('excised', 'excision', True), ('dilatation', 'dilatation', False)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.draft.names.ground import named
from kg.draft.patterns.first_words import alternatives, first_words
from kg.draft.patterns.lists import rows_of
from kg.draft.patterns.openings import Openings, Stems, patterns_of
from kg.draft.patterns.stems import stems
from kg.draft.therapy.named import Therapy, overlaps, therapy_at

#: A stretch without any of these names no procedure.
_MAY_OPERATE = stems("operations")
_MAY_PLACE = Stems("insert", "plac", "plant", "deploy", "introduc", "position", "fitted", "put")
_LOOK_BEHIND = re.compile(r"\(\?<!.*?\)")
#: These mean a treatment by themselves only beside a word of doing.
_BARE = frozenset(("repair", "removal", "operation", "evacuation", "ablation", "implantation", "fixation"))
_PLACED = r"inserted|placed|implanted|deployed|introduced|positioned|fitted|put in(?: place)?"
_NOUN_OF = {"inserted": "insertion", "implanted": "implantation", "deployed": "deployment"}
#: Endings of words that say where or how: they may stand before a head.
_SAYS_WHERE = re.compile(
    r"(?:oma|scopic|guided|assisted|uminal|jejunal|enteric|gastric|cranial|spinal|femoral|arterial|cutaneous|venous|orbital|sacral|aortic)\Z",
    re.I,
)
_OF_CELLS = re.compile(
    r"\bof (?:the )?(?:granulocyt|neutrophil|platelet|lymphocyt|immun|h(?:a)?ematop|images?\b|ears?\b|teeth\b|hair\b)", re.I
)
_OF_WHAT = re.compile(r"\s+of\s+(?:(?:the|a|an|her|his|both|all|left|right|bilateral)\s+)*(?:(?!the\b|an?\b|her\b|his\b|both\b|all\b|and\b|with\b|was\b|were\b|for\b|in\b|on\b|by\b|to\b|from\b|at\b)[A-Za-z-]+)(?:\s+(?!and\b|with\b|was\b|were\b|for\b|in\b|on\b|by\b|to\b|from\b|at\b|under\b|which\b|that\b|revealed\b|showed\b|via\b|using\b|through\b|followed\b|after\b|or\b|is\b|had\b|has\b|performed\b|resulted\b)[A-Za-z-]+)?")  # fmt: skip
#: Removed, but from no body.
_NOT_FROM_A_BODY = re.compile(
    r"\s+(?:from|off)\s+(?:the\s+|this\s+|our\s+)?(?:study|analysis|list|waiting|transplant|market|diet|regimen|home|school|work|care|database|his\b|her\b)|\s+to (?:have|be)\b|\s+out\b",
    re.I,
)
_ADVERBS = "conservatively|surgically|medically|symptomatically|operatively|nonoperatively|endovascularly|endoscopically|endodontically|supportively|palliatively|arthroscopically|laparoscopically"
_BY_ADVERB = Openings(rf"\b(?:(?:treated|managed)\s+(?:\w+ly\s+)?(?P<after>{_ADVERBS})|(?P<before>{_ADVERBS})\s+(?:treated|managed))\b")


class _Patterns(NamedTuple):
    names: Openings
    shorts: re.Pattern[str]
    long: dict[str, str]  # abbreviation → what it is called
    verbs: Openings
    joined: re.Pattern[str]  # a further verb after one
    nouns: list[tuple[re.Pattern[str], str]]  # verb → what it is called
    devices: tuple[re.Pattern[str], ...]
    modifiers: frozenset[str]
    manners: frozenset[str]  # with one of these before it, a head that may mean something else is a procedure


@patterns_of
def _patterns() -> _Patterns:
    rows = {row[0]: row[1] for row in rows_of("course/operations.tsv")}
    heads, weak = (_longest_first(rows[name]) for name in ("head", "weak"))
    verbs = {verb: noun for verb, _, noun in (pair.rpartition("=") for pair in alternatives(rows["verb"]))}
    long = {short: name for short, _, name in (pair.partition("=") for pair in rows["short"].split("|"))}
    verb = "|".join(verbs)
    device = rf"(?P<device>(?:{_longest_first(rows['device'])}))(?:\s+\([^()]*\))?"
    lead = r"(?:(?:an?|the|two|three|both|another|new)\s+)?(?:[\w-]+\s+){0,3}?"
    names = _LOOK_BEHIND.sub("", "|".join((rows["whole"], heads, weak)))
    return _Patterns(
        Openings(
            rf"(?<![\w-])(?:(?P<whole>{rows['whole']})|(?P<ending>[a-z-]*[a-z](?:{rows['ending']}))|(?:re-?|radio-?|chemo-?|cryo-?|electro-?|auto-?|allo-?|micro-?)?(?P<head>{heads})|"
            rf"(?:re-?|chemo|radio|micro|electro)?(?P<weak>{weak}))(?![\w-])",
            first_words(names),
        ),
        re.compile(rf"(?<![\w-])(?P<short>{'|'.join(map(re.escape, sorted(long, key=len, reverse=True)))})s?(?![\w-])"),
        long,
        Openings(rf"\b(?:was|were|been|be|being)\s+(?:\w+ly\s+|then\s+|also\s+)*(?P<verb>{verb})(?![\w-])"),
        re.compile(rf"\s*(?:,\s*)?(?:and\s+)(?:\w+ly\s+|then\s+)*(?P<verb>{verb})(?![\w-])", re.I),
        [(re.compile(pattern, re.I), noun) for pattern, noun in verbs.items()],
        (
            re.compile(rf"(?<![\w-]){device}\s+(?:(?:was|were|has been|had been|have been|being)\s+)(?:(?!not\b)\w+\s+){{0,2}}?(?P<how>{_PLACED})\b", re.I),
            re.compile(rf"\b(?P<how>{_PLACED}|put)\s+{lead}{device}(?![\w-])", re.I),
            re.compile(rf"\b(?P<noun>(?:re)?(?:placement|insertion|implantation|deployment))\s+of\s+{lead}{device}(?![\w-])", re.I),
            re.compile(rf"(?<![\w-]){device}\s+(?P<noun>(?:re)?(?:placement|insertion|implantation|deployment))\b", re.I),
        ),
        frozenset(rows["modifier"].split("|")) | frozenset(rows["manner"].split("|")),
        frozenset(rows["manner"].split("|")),
    )  # fmt: skip


def _longest_first(words: str) -> str:
    return "|".join(sorted(alternatives(words), key=len, reverse=True))


def find_operations(text: str, start: int, end: int) -> list[Therapy]:
    """The procedures of a stretch that treat; none over another, in its order."""
    if not _MAY_OPERATE.search(text, start, end):
        return []
    found: list[Therapy] = []
    if _MAY_PLACE.search(text, start, end):
        _find_devices(text, start, end, found)
    for match in _named_in(text, start, end):
        therapy = _of_name(text, match, start, end)
        if therapy and not overlaps(therapy.start, therapy.end, found):
            found.append(therapy)
    for match in _patterns().shorts.finditer(text, start, end):
        if not overlaps(*match.span(), found):
            label = _patterns().long[match["short"]]
            found.append(_procedure(text, *match.span(), label))
    _find_verbs(text, start, end, found)
    return sorted(found)


def _named_in(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The names of procedures, as `finditer` gives them; looked for only at the first word of one and around a part of one."""
    names, after = _patterns().names, start
    parts = [_joined_start(text, place, start) for place in _MAY_OPERATE.places(text, start, end)]
    for place in sorted({*names.places(text, start, end), *parts}):
        match = names.pattern.match(text, place, end) if place >= after else None
        if match:
            yield match
            after = match.end()


def _joined_start(text: str, at: int, start: int) -> int:
    """Where a word that is joined by hyphens to those before it begins: `laparo-` for the `scopic` of `laparo-scopic`."""
    while at > start and (text[at - 1] == "-" or text[at - 1].isalnum()):
        at -= 1
    return at


def _procedure(text: str, start: int, end: int, label: str = "", *, sure: bool = True) -> Therapy:
    """A procedure with the term that bears its label, or its words."""
    called = label or " ".join(text[start:end].split())
    return therapy_at(text, start, end, named(called, ("cg", "MAXO")) or "", "procedure", sure=sure, label=label)


def _of_name(text: str, match: re.Match[str], start: int, end: int) -> Therapy | None:
    modifiers, manners = _patterns().modifiers, _patterns().manners
    a, b = _left(text, match.start(), start, modifiers), match.end()
    head = (match["head"] or match["weak"] or "").lower()
    bare = match["head"] and a == match.start() and head in _BARE and not re.match(r"\s+of\b", text[b : b + 5])
    if head and a == match.start() or match["ending"] and match["ending"].lower().startswith("ostomy"):
        b = _right(text, b, end)
    if text[a:b].lower() == "operation" or _OF_CELLS.search(text, a, b):
        return None
    lead = set(re.findall(r"[\w-]+", text[a : match.start()].lower()))
    sure = not match["weak"] and not bare or any(word in manners or word.endswith(("guided", "assisted")) for word in lead)
    return _procedure(text, a, b, sure=sure)


def _find_devices(text: str, start: int, end: int, found: list[Therapy]) -> None:
    """Add devices that are placed in the body."""
    for number, pattern in enumerate(_patterns().devices):
        for match in pattern.finditer(text, start, end):
            a = _left(text, match.start("device"), start, _patterns().modifiers)
            how = match["noun"] if number > 1 else _NOUN_OF.get(match["how"].lower(), "placement")
            device = " ".join(text[a : match.end("device")].split())
            first, last = (a, match.end()) if number in (0, 3) else (match.start(), match.end("device"))
            if not overlaps(first, last, found):
                found.append(_procedure(text, first, last, f"{device} {how.lower()}"))


def _find_verbs(text: str, start: int, end: int, found: list[Therapy]) -> None:
    """Add what is told by a verb: `was excised`, `was intubated and sedated`, `was managed conservatively`."""
    for match in _patterns().verbs.finditer(text, start, end):
        each: re.Match[str] | None = match
        while each:
            if not _NOT_FROM_A_BODY.match(text, each.end(), end) and not overlaps(*each.span("verb"), found):
                noun = next(noun for verb, noun in _patterns().nouns if verb.match(text, each.start("verb")))
                found.append(_procedure(text, *each.span("verb"), noun))
            each = _patterns().joined.match(text, each.end(), end)
    for match in _BY_ADVERB.finditer(text, start, end):
        adverb = (match["after"] or match["before"]).lower()
        if not overlaps(*match.span(), found):
            found.append(
                _procedure(
                    text,
                    *match.span(),
                    f"{adverb.removesuffix('ly').removesuffix('al') + 'al' if adverb.endswith('ally') else adverb.removesuffix('ly')} treatment",
                )
            )


def _left(text: str, at: int, first: int, modifiers: frozenset[str]) -> int:
    """Where a name begins: words that say what, where and how may stand before its head."""
    begin = max(first, at - 70)
    for match in reversed(list(re.finditer(r"[\w-]+", text[begin:at]))):
        place = begin + match.start()
        if match.group().lower() not in modifiers and not _SAYS_WHERE.search(match.group()):
            break
        if re.search(r"[^\s/-]", text[place + len(match.group()) : at]):
            break
        at = place
    return at


def _right(text: str, at: int, end: int) -> int:
    """Where a bare head's object ends: `resection of the tumour`."""
    match = _OF_WHAT.match(text, at, end)
    return match.end() if match else at
