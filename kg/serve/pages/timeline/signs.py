"""Where things stand in the timeline, and its signs: each leads to the sentence it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from kg.serve.pages import html as h
from kg.serve.pages.glyphs import OUTCOMES, outcome_sign
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact, Story
from kg.serve.pages.timeline.course import Seen

#: Room before the first and after the last column.
EDGE = 58


@dataclass(frozen=True)
class Frame:
    """Where things stand: column -> x, and the picture's size."""

    step: float
    count: int

    def x(self, column: int) -> float:
        """The centre of a column."""
        return round(EDGE + column * self.step, 1)

    @property
    def width(self) -> float:
        """Of the chart without its labels."""
        return round(2 * EDGE + max(self.count - 1, 0) * self.step, 1)


def signs(story: Story, seen: Seen, name: str, x: float, y: float, gap: float, page: str) -> list[Html]:
    kinds = seen.kinds
    first = x - gap * (len(kinds) - 1) / 2
    return [
        link(
            story,
            [*seen.facts[kind], *(f for k in seen.facts if k not in kinds for f in seen.facts[k])],
            f"{name}: {OUTCOMES.get(kind, (kind,))[0]}",
            outcome_sign(kind, first + n * gap, y),
            first + n * gap,
            y,
            page,
        )
        for n, kind in enumerate(kinds)
    ]


def link(story: Story, facts: list[Fact], words: str, sign: Html, x: float, y: float, page: str) -> Html:
    """A sign that leads to the sentence it rests on."""
    passages = list(dict.fromkeys(k for fact in facts for k in story.passages_of(fact)))
    time = story.time(facts[0])
    when = f" — {time.name} ({time.when})" if time else ""
    quote = "\n".join(f"“{' '.join(str(f.get('quote')).split())}”" for f in facts[:3] if f.get("quote"))
    target = passages[0] if passages else facts[0].id
    area = h.rect(x=x - 10, y=y - 10, width=20, height=20, class_="hit")
    return h.a(
        h.title(f"{words}{when}\n{quote}".strip()),
        area,
        sign,
        href=f"{page}#{target}",
        data_text=" ".join(passages) or None,
        aria_label=f"{words}{when}",
    )
