"""The lane of a treatment in the timeline: its bar, doses and changes, and what came of it below."""

from __future__ import annotations

from kg.serve.pages import html as h
from kg.serve.pages.glyphs import CHANGES, change_sign
from kg.serve.pages.html import Html
from kg.serve.pages.measure import text_width
from kg.serve.pages.story import Fact, Story
from kg.serve.pages.timeline.course import Course
from kg.serve.pages.timeline.signs import Frame, link, signs


def treatment_lane(story: Story, course: Course, y: float, frame: Frame, page: str) -> list[Html]:
    """A treatment: a bar from its start, thicker or thinner as the dose changes, with its responses below it."""
    y -= 3
    runs = [(c, s) for c, s in course.steps if s.get("change") != "given"]
    out = [*_bars(course, runs, y, frame)]
    columns = [c for c, _ in course.steps]
    for n, (column, step) in enumerate(course.steps):
        change = str(step.get("change", ""))
        x = frame.x(column)
        following = sorted(c for c in [*columns, *([] if runs else course.effects)] if c > column)
        is_last = column == frame.count - 1
        before = max((c for c in columns[:n] if c < column), default=None)
        if is_last:
            # The label of the step before takes at most half of the way.
            room = (column - before) * frame.step / 2 if before is not None else x
        else:
            room = (frame.x(following[0]) if following else frame.width) - x - (8 if runs else 28)
            room /= 2 if runs and following and following[0] == frame.count - 1 else 1
        said = _dose(step, x, y, room, bool(runs), is_last)
        words = f"{course.name}: {CHANGES.get(change, change)} {in_full(story, step)}".strip()
        evidence = step if story.passages_of(step) else course.treatment
        out += [link(story, [evidence], words, change_sign(change, x, y), x, y, page), said or Html("")]
    for column, seen in course.effects.items():
        busy = any(c == column for c, _ in course.steps)
        out += signs(story, seen, f"effect of {course.name}", frame.x(column), y + 14 if busy or runs else y, 14, page)
    return out


def _bars(course: Course, runs: list[tuple[int, Fact]], y: float, frame: Frame) -> list[Html]:
    if not runs:
        return []
    out: list[Html] = []
    thick = 9.0
    last = max(c for c, _ in [*course.steps, *runs])
    first_column, first = runs[0]
    if first.get("change") == "ongoing":
        out.append(h.line(x1=frame.x(first_column) - 36, x2=frame.x(first_column), y1=y, y2=y, class_="unsaid"))
    for (column, step), following in zip(runs, [*runs[1:], None], strict=False):
        change = step.get("change")
        thick = min(thick + 4, 15) if change == "increased" else max(thick - 3, 3) if change == "decreased" else thick
        if change == "stopped":
            continue
        end = following[0] if following else last
        if end > column:
            out.append(h.rect(x=frame.x(column), y=y - thick / 2, width=round((end - column) * frame.step, 1), height=thick, class_="bar"))
        if not following and end < frame.count - 1:
            out.append(h.line(x1=frame.x(end), x2=frame.x(end) + 34, y1=y, y2=y, class_="unsaid"))
    return out


def _dose(step: Fact, x: float, y: float, room: float, has_bar: bool, is_last: bool) -> Html | None:
    """As much of dose and manner as there is room for, never cut in a word: over a bar, else beside the sign.

    Args:
        room: to the next thing drawn in this lane; in the last column, to the one before.
    """
    dose, manner = str(step.get("dose", "")), str(step.get("regimen") or step.get("schedule") or "")
    choices = [f"{dose} {manner}".strip(), dose, manner]
    words = next((c for c in choices if c and text_width(c, 11) <= room), None)
    if not words:
        return None
    if is_last:
        return h.text(words, x=x + 6 if has_bar else x - 12, y=y - 9.5 if has_bar else y + 4, class_="dose end")
    return h.text(words, x=x - 4 if has_bar else x + 11, y=y - 9.5 if has_bar else y + 4, class_="dose")


def in_full(story: Story, step: Fact) -> str:
    route = story.names(step, "route")
    count = f"×{step.get('count')}" if step.get("count") and step.get("count") != 1 else ""
    said = [str(step.get(k, "")) for k in ("dose", "schedule", "regimen")]
    return ", ".join(part for part in [*said, *route, count] if part)
