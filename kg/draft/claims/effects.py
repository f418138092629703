"""How English says that one thing acts on another, over a sentence whose terms are numbered marks.

>>> [(t.effect, t.subject, t.objects) for t in read_effects("<0> inhibits <1> and <2>; <3> is treated with <4>.")]
[('inhibits', 0, (1, 2)), ('used-for', 4, (3,))]
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.claims.clauses import Found, read_clauses
from kg.draft.claims.constructions import read_agents, read_constructions, read_nominals
from kg.draft.claims.phrases import Drawn, draw_lists, drop_asides, drop_lacks, gather, repeat_subjects

_ITEM = re.compile(r"(\d+)(?:@(\d+))?(?:~(\d+))?")
_DENIED = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|fail(?:s|ed)? to|without|lack of|lacks?|little|unclear|unknown|if|unless|unlikely|whether|unable to|contrary|rather than|instead of|"
    r"hypothes[a-z]+|questionable|failed|absence of)\b[^,;]{0,60}\Z"
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|can|possibly|probably|likely|potentially|perhaps|rarely|occasionally|sometimes|often|frequently|usually|commonly|always|mainly|suggested|thought|believed|"
    r"postulated|presumed|appears?|seems?|associated with|successfully|risk factor)\b"
)


#: After a verb of use: how well it went.
_RESULTS = re.compile(
    r"\s+(?:[a-z]+ly\s+)?(with\s+(?:variable|varying|mixed|inconsistent|conflicting|limited|some|little|partial|modest|moderate|poor|good|encouraging|promising|different)\s+(?:degrees?\s+of\s+)?"
    r"(?:results?|success|efficacy|effects?|outcomes?|benefit|responses?))\b"
)


class Told(NamedTuple):
    """One assertion.

    Attributes:
        subject, others: the marks of which it is said; objects: those that it is said to act on.
        verb: where its verb stands in the text.
        sites: for an object, the mark of the site it was told with; within: the mark of the disease it is said of.
        via: the mark of the process by means of which.
        hedge: the words that weaken or strengthen it; "" for none.
    """

    effect: str
    subject: int
    objects: tuple[int, ...]
    verb: tuple[int, int]
    others: tuple[int, ...] = ()
    sites: tuple[tuple[int, int], ...] = ()
    within: int | None = None
    via: int | None = None
    hedge: str = ""


def read_effects(text: str, sites: frozenset[int] = frozenset()) -> list[Told]:
    """The assertions of a sentence, in text order, none twice.

    What is said of the lack or the blocking of a thing is not said of the thing: nothing is read there.

    Args:
        text: in small letters or not, each known term written as `<number>`; `<1+2>` where one word stands for both.
        sites: the marks that are tissues or cells.
    """
    if text.count("<") < 2 or text.rstrip().endswith("?"):
        return []
    drawn = Drawn(text.lower() if len(text.lower()) == len(text) else text)
    found: list[tuple[Found, Drawn]] = []
    gather(drawn, sites)
    found += [(each, _kept(drawn)) for each in read_agents(drawn)]
    draw_lists(drawn)
    found += [(each, _kept(drawn)) for each in read_nominals(drawn)]
    drop_lacks(drawn)
    found += [(each, _kept(drawn)) for each in read_clauses(drawn.text)]
    drop_asides(drawn)
    repeat_subjects(drawn)
    found += [(each, drawn) for each in read_constructions(drawn)]
    told: list[Told] = []
    for each, read in found:
        one = _told(each, read)
        if one is not None and not any(
            t.effect == one.effect and t.subject == one.subject and set(one.objects) <= set(t.objects) for t in told
        ):
            told.append(one)
    offered = {(t.subject, t.objects) for t in told if t.effect == "offered-for"}
    told = [t for t in told if t.effect != "used-for" or (t.subject, t.objects) not in offered]
    return sorted(told, key=lambda t: (t.verb, t.subject))


def _kept(drawn: Drawn) -> Drawn:
    kept = Drawn("")
    kept.text, kept.places = drawn.text, drawn.places
    return kept


def _told(found: Found, read: Drawn) -> Told | None:
    """An assertion with the marks taken apart; None where the words before its verb take it back."""
    start = found.verb[0]
    if not found.affirmed and _DENIED.search(read.text[max(0, start - 80) : start]):
        return None
    subjects = _items(found.subject)
    objects = [item for item in _items(found.object) if item[0] not in {s for s, _, _ in subjects}]
    if not subjects or not objects:
        return None
    first, *others = (number for number, _, _ in subjects)
    sites = tuple((number, site) for number, site, _ in objects if site is not None)
    within = next((each for _, _, each in (*objects, *subjects) if each is not None), None)
    if within is None and found.within:
        within = next((number for number, _, _ in _items(found.within)), None)
    via = next((number for number, _, _ in _items(found.via)), None) if found.via else None
    hedges = " ".join(dict.fromkeys(m.group() for m in _HEDGE.finditer(read.text[max(0, start - 60) : found.verb[1]].rpartition(">")[2])))
    if results := _RESULTS.match(read.text, found.verb[1]):
        hedges = f"{hedges} {results[1]}".strip()
        if found.effect == "offered-for":  # "was tried with mixed results": what was done, not what is advised
            found = found._replace(effect="used-for")
    end = min(found.verb[1], len(read.places)) - 1
    return Told(
        found.effect, first, tuple(dict.fromkeys(number for number, _, _ in objects)), (read.places[start], read.places[max(end, start)] + 1),
        tuple(dict.fromkeys(others)), sites, within, via, found.hedge or hedges,
    )  # fmt: skip


def _items(mark: str) -> list[tuple[int, int | None, int | None]]:
    """The terms of a mark, each with its site and its disease.

    Example:
    >>> _items("<0@3+2~4>")
    [(0, 3, None), (2, None, 4)]
    """
    return [(int(m[1]), int(m[2]) if m[2] else None, int(m[3]) if m[3] else None) for m in _ITEM.finditer(mark)]
