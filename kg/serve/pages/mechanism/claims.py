"""What the authors say of how things work: the claims, those around one thing, and each in a line of words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from kg.serve.pages.story import Fact, Story

#: Which way an effect goes: less or more of its object; all others only relate.
LESS = frozenset({"inhibits", "blocks", "downregulates", "decreases"})
MORE = frozenset({"leads-to", "accumulates-on", "upregulates", "increased-in"})


@dataclass(frozen=True)
class Link:
    """All claims that one thing has one kind of effect on another."""

    subject: str
    object: str
    way: str
    claims: tuple[Fact, ...]


def mechanism_claims(story: Story) -> list[Fact]:
    """The claims that say how something works."""
    return [c for c in story.of("Claim") if c.get("claimKind") == "mechanism" and c.get("subject") and c.get("object")]


def around(claims: list[Fact], about: str) -> list[Fact]:
    """The claims upstream and downstream of one thing."""
    down, up = {about}, {about}
    for _ in range(len(claims)):
        more_down = {c.get("object") for c in claims if c.get("subject") in down} - down
        more_up = {c.get("subject") for c in claims if c.get("object") in up} - up
        if not more_down and not more_up:
            break
        down |= more_down
        up |= more_up
    return [c for c in claims if c.get("subject") in down or c.get("object") in up]


def near(claims: list[Fact], about: str, most: int) -> tuple[list[Fact], int]:
    """(the claims within so many steps up- or downstream of one thing that they stay within `most`, those steps; at least one)."""
    shown: list[Fact] = []
    down, up = {about}, {about}
    for steps in range(1, len(claims) + 1):
        found = [c for c in claims if c.get("subject") in down or c.get("object") in up]
        if len(found) == len(shown) or (shown and len(found) > most):
            return shown, steps - 1
        shown = found
        down, up = (
            down | {str(c.get("object")) for c in found if c.get("subject") in down},
            up | {str(c.get("subject")) for c in found if c.get("object") in up},
        )
    return shown, len(claims)


def hub(claims: list[Fact]) -> str:
    """The thing that most claims speak of; the first of several."""
    counts = Counter(str(c.get(k)) for c in claims for k in ("subject", "object"))
    return max(counts, key=lambda thing: counts[thing])


def way(effect: str) -> str:
    """less, more or other."""
    return "less" if effect in LESS else "more" if effect in MORE else "other"


def links_of(claims: list[Fact]) -> list[Link]:
    grouped: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for claim in claims:
        subject, target = str(claim.get("subject")), str(claim.get("object"))
        if subject != target:
            grouped[subject, target, way(str(claim.get("effect")))].append(claim)
    return [Link(s, o, w, tuple(group)) for (s, o, w), group in grouped.items()]


def sentence(story: Story, claim: Fact) -> str:
    """A claim in one line of words."""
    said = f"{story.name(claim.get('subject'))} {str(claim.get('effect', '')).replace('-', ' ')} {story.name(claim.get('object'))}"
    for prop, word in (("site", "in"), ("via", "by means of"), ("inDisease", "in")):
        places = [n for v, n in zip(claim.all(prop), story.names(claim, prop), strict=False) if v != claim.get("object")]
        said += f", {word} {' and '.join(places)}" if places else ""
    return said


def references(story: Story, claim: Fact) -> str:
    numbers = sorted(int(r.get("number", 0)) for v in claim.all("cites") if (r := story.fact(v)))
    return ", ".join(map(str, numbers))
