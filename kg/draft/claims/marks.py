"""A sentence with its terms written as numbered marks, as the patterns of claims read it."""

from __future__ import annotations

import re

from kg.draft.claims.mentions import Mention

CITE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*|\[\s?\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\s?\]|\(\d{1,3}(?:\s?[-–,]\s?\d{1,3})*\)")
_ASIDE = re.compile(r"\s*\(([^()]{1,40})\)")
#: White space that is not one plain space.
_WRITTEN_OTHERWISE = re.compile(r"[^\S ]|  ")
_SHORT = re.compile(r"[\w./-]{1,10}")


def mark(text: str, start: int, end: int, mentions: list[Mention], together: dict[int, list[int]]) -> tuple[str, list[int]]:
    """A stretch with its terms as `<number>`, without citations and short forms in brackets; and where each of its characters stands.

    Args:
        mentions: those in the stretch, in text order.
        together: a mention → others said at the same place, written `<1+2>`.
    """
    out: list[str] = []
    places: list[int] = []
    at = start
    cites = {m.start(): m.end() for m in CITE.finditer(text, start, end)}

    def copy(stop: int) -> None:
        nonlocal at
        while at < stop:
            if at in cites:
                at = cites[at]
                continue
            end = min((cite for cite in cites if at < cite < stop), default=stop)
            if not _WRITTEN_OTHERWISE.search(text, at, end):
                begin = at + (text[at] == " " and bool(out) and out[-1].endswith(" "))
                if begin < end:
                    out.append(text[begin:end])
                    places.extend(range(begin, end))
                at = end
            while at < end:
                letter = " " if text[at].isspace() else text[at]
                if letter != " " or not out or not out[-1].endswith(" "):
                    out.append(letter)
                    places.append(at)
                at += 1

    k = 0
    while k < len(mentions):
        mention = mentions[k]
        if mention.start < at:
            k += 1
            continue
        copy(mention.start)
        written = f"<{'+'.join(map(str, [k, *together.get(k, ())]))}>"
        out.append(written)
        places += [mention.start] * len(written)
        at = mention.end
        k += 1
        inner = _ASIDE.match(text, at, end)
        if inner and (_is_within(mentions, k, inner) or inner[1].isupper() or _SHORT.fullmatch(inner[1])):
            at = inner.end()
    copy(end)
    return "".join(out), places or [start]


def _is_within(mentions: list[Mention], k: int, inner: re.Match[str]) -> bool:
    return k < len(mentions) and mentions[k].start < inner.end()
