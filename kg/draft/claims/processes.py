"""Processes that a phrase names by their parts: `deposition of X on Y`, `X mRNA`, `complexes between X and Y`.

A phrase is one process only where the vocabulary has it under a name made of the same parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.draft.claims.mentions import SITES, Mention
from kg.draft.names.ground import named, vocabulary

_PROCESS = (
    r"deposition|accumulation|assembly|formation|activation|proliferation|differentiation|migration|aggregation|degranulation|secretion|release|adhesion|infiltration|chemotaxis|maturation|"
    r"biosynthesis|synthesis|oxidation|phosphorylation|signaling|transport|uptake|polymerization"
)
_SAME = {"deposition": ("deposition", "accumulation"), "accumulation": ("accumulation", "deposition"), "formation": ("formation", "assembly"),
         "synthesis": ("synthesis", "biosynthesis")}  # fmt: skip
_OF = re.compile(rf"\b(?P<first>{_PROCESS})(?:(?:,? and | or )(?P<second>{_PROCESS}))?\s+of\s+(?:the\s+)?\Z", re.I)
_ON = re.compile(r"\s*(?:\([^()]{1,12}\)\s*)?(?:on|in|within|along)\s+(?:the\s+)?\Z", re.I)
_MRNA_OF = re.compile(r"\bm-?RNA(?:\s+(?:expression|levels?))?\s+of\s+\Z", re.I)
_MRNA = re.compile(r"\s+m-?RNA\b(?:\s+(?:expression|levels?))?", re.I)
_WHOLE = re.compile(r"(?:deposition|accumulation)\s+of\s+(?:the\s+)?(?P<thing>[^()]+?)\s*(?:\([^()]*\))?\Z", re.I)
_THINGS = ("GO", "HGNC", "MRO", "complexportal")
_BETWEEN = re.compile(r"(?:\bformation of )?(?:immune )?complex(?:es)? between\s+(?:the\s+)?(?:[a-z]+ed\s+)?\Z", re.I)
_WHERE = ("GO", "cg")


class Parts(NamedTuple):
    """What a process is made of, as a claim of its own: X accumulates on Y, X forms a complex with Y."""

    effect: str
    subject: str
    object: str
    start: int
    end: int


class Processes(NamedTuple):
    """The mentions of a sentence with its processes in place of their parts.

    Attributes:
        mentions: in text order; after them those that share the place of another.
        together: a mention → further mentions at its place.
    """

    mentions: list[Mention]
    together: dict[int, list[int]]
    parts: list[Parts]


def with_processes(text: str, mentions: list[Mention], start: int, end: int) -> Processes:
    """The mentions of a sentence, those that name a process together made one."""
    kept: list[Mention] = []
    more: list[tuple[int, Mention]] = []  # (place in kept, mention)
    parts: list[Parts] = []
    k = 0
    while k < len(mentions):
        mention = mentions[k]
        following = mentions[k + 1] if k + 1 < len(mentions) else None
        before = text[max(start, mention.start - 90) : mention.start]
        last = before.lower().split()[-4:]
        of = _OF.search(before) if "of" in last else None
        site = (
            following
            if following and following.curie.startswith((*SITES, "cg")) and _ON.match(text[mention.end : following.start])
            else None
        )
        whole = _WHOLE.match(" ".join(text[mention.start : mention.end].split())) if site else None
        if whole and site and (thing := named(whole["thing"], _THINGS)):
            parts.append(Parts("accumulates-on", thing, site.curie, mention.start, site.end))
        if of:
            if site and of["first"].lower() in ("deposition", "accumulation"):
                parts.append(Parts("accumulates-on", mention.curie, site.curie, of.start() + mention.start - len(before), site.end))
            found = [c for noun in (of["first"], of["second"]) if noun and (c := _process(noun.lower(), text, mention, site))]
            if found:
                place = Mention(mention.start - len(before) + of.start(), (site or mention).end, found[0])
                more += [(len(kept), place._replace(curie=each)) for each in found[1:]]
                kept.append(place)
                k += 2 if site else 1
                continue
        if mention.curie.startswith("HGNC") and (rna := _rna(text, mention, before, end)):
            kept.append(rna)
            k += 1
            continue
        between = _BETWEEN.search(before) if "between" in last else None
        if between and following and text[mention.end : following.start].strip() == "and":
            begin = mention.start - len(before) + between.start()
            parts.append(Parts("forms-complex-with", mention.curie, following.curie, mention.start, following.end))
            named_whole = named(" ".join(text[begin : following.end].split()), _WHERE)
            if named_whole:
                kept.append(Mention(begin, following.end, named_whole))
                k += 2
                continue
        kept.append(mention)
        k += 1
    together: dict[int, list[int]] = {}
    for first, extra in more:
        together.setdefault(first, []).append(len(kept))
        kept.append(extra)
    return Processes(kept, together, parts)


def _process(noun: str, text: str, mention: Mention, site: Mention | None) -> str | None:
    """The process that a noun and what it is of name, at a site if there is one."""
    if mention.curie.startswith("HGNC"):
        return None  # the making of a gene's product is told of the gene
    things = _labels(text, mention)
    for each in _SAME.get(noun, (noun,)):
        for thing in things:
            for name in (f"{each} of {thing} on {place}" for place in _labels(text, site)) if site else ():
                if found := named(name, _WHERE):
                    return found
    for each in _SAME.get(noun, (noun,)):
        for thing in things:
            for name in (f"{each} of {thing}", f"{thing} {each}"):
                if found := named(name, _WHERE):
                    return found
    return None


def _rna(text: str, mention: Mention, before: str, end: int) -> Mention | None:
    ahead, behind = _MRNA.match(text, mention.end, end), _MRNA_OF.search(before)
    if not (ahead or behind):
        return None
    curie = named(f"{vocabulary().term(mention.curie).label} mRNA", ("cg",))
    if curie is None:
        return None
    start = mention.start - len(before) + behind.start() if behind else mention.start
    return Mention(start, ahead.end() if ahead else mention.end, curie)


def _labels(text: str, mention: Mention | None) -> tuple[str, ...]:
    if mention is None:
        return ()
    term = vocabulary().find_term(mention.curie)
    return tuple(dict.fromkeys(filter(None, (term.label if term else "", " ".join(text[mention.start : mention.end].split())))))
