"""The timeline's legend, and the same course as a table in words."""

from __future__ import annotations

from kg.serve.pages import html as h
from kg.serve.pages.glyphs import CHANGES, OUTCOMES, key, time_key
from kg.serve.pages.html import Html
from kg.serve.pages.story import Story
from kg.serve.pages.timeline.course import Picture
from kg.serve.pages.timeline.treatments import in_full


def legend(shown: Picture) -> Html:
    kinds = {kind for lane in shown.lanes for seen in lane.seen.values() for kind in seen.kinds}
    kinds |= {kind for course in shown.courses for seen in course.effects.values() for kind in seen.kinds}
    changes = {str(step.get("change")) for course in shown.courses for _, step in course.steps}
    bar = h.span(
        h.svg(h.line(x1=0, x2=16, y1=8, y2=8, class_="unsaid"), width=16, height=16, class_="icon", aria_hidden="true"),
        " before or after is not said",
        class_="key",
    )
    sure = {time.certain for time in shown.columns}
    times = [time_key(True, "distance from the start is told")] * (True in sure) + [time_key(False, "only the order is told")] * (
        False in sure
    )
    thick = h.span("The band is as thick as the problem was last said to be.", class_="key")
    order = h.span("Columns are in order, not to scale.", class_="key") if len(shown.columns) > 1 else None
    return h.div(
        h.p(h.strong("Time"), times, order),
        h.p(h.strong("Problem"), [key(k) for k in OUTCOMES if k in kinds], thick if shown.lanes else None) if kinds else None,
        h.p(h.strong("Treatment"), [key(k) for k in CHANGES if k in changes], bar) if shown.courses else None,
        class_="legend",
    )


def course_in_words(story: Story, shown: Picture, page: str) -> Html:
    """The same in words, for screen readers and for who prefers them."""
    rows = []
    for n, time in enumerate(shown.columns):
        problems = [
            h.li(lane.name, ": ", ", ".join(OUTCOMES.get(k, (k,))[0] for k in lane.seen[n].kinds)) for lane in shown.lanes if n in lane.seen
        ]
        steps = [
            h.li(course.name, ": ", CHANGES.get(str(s.get("change")), ""), f" {in_full(story, s)}" if in_full(story, s) else "")
            for course in shown.courses
            for c, s in course.steps
            if c == n
        ]
        other = shown.others.get(n)
        if other:
            problems.append(h.li("other findings: ", ", ".join(f"{count} {status}" for status, count in sorted(other.items()))))
        rows.append((h.span(time.name, id=time.id), time.when, h.ul(problems) if problems else "", h.ul(steps) if steps else ""))
    return h.details(
        h.summary("The timeline in words"),
        h.data_table(("Time", "Distance", "Problems", "Treatments"), rows, about="The timeline in words"),
        class_="words",
    )
