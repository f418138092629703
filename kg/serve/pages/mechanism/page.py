"""The mechanisms of a case: the map of all claims, or where they are too many to be read at once, of those around one thing."""

from __future__ import annotations

from collections import Counter

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism.claims import around, hub, mechanism_claims, near
from kg.serve.pages.mechanism.map import mechanism_map
from kg.serve.pages.story import Fact, Story

#: More claims than this in one map are hard to follow.
MANY = 60
EVERYTHING = "all"


def mechanisms(story: Story, about: str = "", page: str = "", *, form: bool = True) -> Html:
    """The map, with a field to choose what it is about.

    Args:
        about: IRI of a thing; `EVERYTHING`; empty for everything, or for the surroundings of the best connected thing if that is too much.
        page: address of the case page if the map stands on another one.
        form: whether there is a server to choose from.
    """
    claims = mechanism_claims(story)
    if not claims:
        return Html("")
    wanted = about or (EVERYTHING if len(claims) <= MANY else hub(claims))
    shown, said = claims, None
    if wanted != EVERYTHING:
        shown = around(claims, wanted)
        if len(shown) > MANY:
            shown, steps = near(claims, wanted, MANY)
            reach = f"within {steps} step{'s' if steps != 1 else ''} of {story.name(wanted)}"
            said = h.p(f"{len(shown)} of {len(claims)} claims: those {reach}.", class_="detail")
    if not shown:
        return h.join(_choice(story, claims, wanted) if form else None, h.p("No claim speaks of this.", class_="empty"))
    rest = None if form or len(shown) == len(claims) else h.p("The graph and the explorer hold the others.", class_="detail")
    return h.join(_choice(story, claims, wanted) if form else None, said, rest, mechanism_map(story, shown, page))


def _choice(story: Story, claims: list[Fact], wanted: str) -> Html | None:
    links = Counter(str(c.get(k)) for c in claims for k in ("subject", "object"))
    if len(links) < 2:
        return None
    few = len(claims) <= MANY
    options = [h.option("everything", value=EVERYTHING, selected=wanted == EVERYTHING)]
    for thing in sorted(links, key=lambda t: story.name(t).lower() if few else (-links[t], story.name(t).lower())):
        words = story.name(thing) if few else f"{story.name(thing)} ({links[thing]})"
        options.append(h.option(words, value=thing, selected=thing == wanted))
    return h.form(
        h.label("Show what leads to and from ", for_="about"),
        h.select(options, name="about", id="about"),
        " ",
        h.button("Show", type="submit"),
        class_="inline",
        action=f"/case/{story.id}/mechanism",
    )
