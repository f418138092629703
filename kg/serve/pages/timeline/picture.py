"""The timeline picture of a case, as SVG drawn on the server: it needs no script, prints, and travels in one file."""

from __future__ import annotations

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.measure import wrap
from kg.serve.pages.story import Story
from kg.serve.pages.timeline.course import Lane, Picture, picture
from kg.serve.pages.timeline.signs import EDGE, Frame, signs
from kg.serve.pages.timeline.treatments import treatment_lane
from kg.serve.pages.timeline.words import course_in_words, legend

LABELS, SLIM, HEAD = 172, 104, 104
LANE, COURSE, TITLE = 25, 42, 26
NARROWEST, WIDEST, ROOM = 66.0, 150.0, 1060.0
_BAND = (0, 4, 9, 14)


def timeline(story: Story, page: str = "") -> Html:
    """The picture with its legend and the same in a table; nothing where no time is told, or one alone at which nothing but findings stand.

    Args:
        page: address of the case page if the picture stands on another one.
    """
    shown = picture(story)
    if not shown.columns or not (shown.lanes or shown.courses or len(shown.columns) > 1):
        return Html("")
    count = len(shown.columns)
    frame = Frame(min(max(ROOM / max(count - 1, 1), NARROWEST), WIDEST), count)
    chart, names, height = _rows(story, shown, frame, page)
    label_svg = [
        h.svg(
            [_label(*name, width) for name in names],
            width=width,
            height=height,
            viewBox=f"0 0 {width} {height}",
            class_=kind,
            aria_hidden="true",
            style=f"--w:{width}",
        )
        for width, kind in ((LABELS, "lanes"), (SLIM, "lanes slim"))
    ]
    chart_svg = h.svg(
        h.title(f"Course of {story.id}"),
        chart,
        width=frame.width,
        height=height,
        viewBox=f"0 0 {frame.width} {height}",
        class_="chart",
        role="group",
        aria_label=f"Timeline of {story.id}",
    )
    scroll = h.div(
        chart_svg, class_="roll", style=f"--w:{frame.width}", tabindex="0", role="region", aria_label="Timeline, scrolls sideways"
    )
    return h.join(h.div(label_svg, scroll, class_="timeline"), legend(shown), course_in_words(story, shown, page))


def _rows(story: Story, shown: Picture, frame: Frame, page: str) -> tuple[list[Html], list[tuple[str, float, float]], int]:
    """(what is drawn, the names beside it with their middle and height, the height of all)."""
    lanes: list[Html] = []
    names: list[tuple[str, float, float]] = []
    y = HEAD
    for title, entries, room in (("Problems", shown.lanes, LANE), ("Treatments", shown.courses, COURSE)):
        if not entries:
            continue
        names.append((title, y + TITLE / 2, 0))
        lanes.append(h.line(x1=0, x2=frame.width, y1=y + TITLE - 2, y2=y + TITLE - 2, class_="rule"))
        y += TITLE
        for entry in entries:
            middle = y + room / 2
            names.append((entry.name, middle, room))
            drawn = (
                _lane(story, entry, middle, frame, page) if isinstance(entry, Lane) else treatment_lane(story, entry, middle, frame, page)
            )
            lanes += [*drawn, h.line(x1=0, x2=frame.width, y1=y + room, y2=y + room, class_="hair")]
            y += room
        if title == "Problems" and shown.others:
            names.append(("Other findings", y + 17, 34))
            lanes += _others(shown, y, frame, page)
            y += 34
    height = y + 8
    return [*_columns(shown, frame, height), *lanes], names, height


def _label(name: str, middle: float, room: float, width: float) -> Html:
    """A lane's name beside it; the heading of a part where it has no height."""
    if not room:
        return h.text(name, x=0, y=middle + 4, class_="part")
    slim = width < LABELS
    size, step = (10.5, 11.0) if slim else (12.5, 13.5)
    if not slim and room < 2 * step and len(wrap(name, width - 12, size, 9)) > 1:
        size, step = 11.0, 11.5
    lines = wrap(name, width - (6 if slim else 12), size, max(int(room // step), 1))
    top = middle + size * 0.36 - step / 2 * (len(lines) - 1)
    return h.text(
        [h.tspan(words, x=0, y=round(top + step * n, 1)) for n, words in enumerate(lines)], h.title(name), class_="lane", font_size=size
    )


def _columns(shown: Picture, frame: Frame, height: int) -> list[Html]:
    """A line for each time, its name above it, in two rows by turns so that names have room."""
    out: list[Html] = []
    for n, time in enumerate(shown.columns):
        x, sure = frame.x(n), " certain" if time.certain else ""
        lower = n % 2 == 1
        room = 2 * frame.step - 10 if frame.step < 110 else frame.step - 10
        room = min(room, 2 * EDGE if n in (0, len(shown.columns) - 1) else room)
        lines = wrap(time.name, room, 11.5, 2 if time.certain else 3)
        said = [h.tspan(words, x=x, dy=12.5 if i else None) for i, words in enumerate(lines)]
        if time.certain and time.when != time.name:
            said.append(h.tspan(time.when, x=x, dy=12.5, class_="off"))
        first = (50 if lower else 10) + 12.5 * (3 - len(said))
        out += [
            h.line(x1=x, x2=x, y1=90 if lower else 50, y2=HEAD - 8, class_="lead") if not lower else Html(""),
            h.line(x1=x, x2=x, y1=HEAD, y2=height, class_=f"at{sure}"),
            h.text(h.title(f"{time.name}: {time.when}. {time.words}".strip()), said, x=x, y=first, class_=f"time{sure}"),
            h.circle(cx=x, cy=HEAD - 4, r=4.2, class_=f"when{sure}"),
        ]
    return out


def _lane(story: Story, lane: Lane, y: float, frame: Frame, page: str) -> list[Html]:
    """A problem: a band that is as thick as the problem was, with a sign wherever the paper says how it stood."""
    out: list[Html] = []
    seen = list(lane.seen.values())
    for here, there in zip(seen, [*seen[1:], None], strict=False):
        x, thick = frame.x(here.column), _BAND[here.level]
        if thick and there:
            out.append(h.rect(x=x, y=y - thick / 2, width=round(frame.x(there.column) - x, 1), height=thick, class_="band"))
        elif thick and here.column < frame.count - 1:
            out.append(h.line(x1=x, x2=x + 34, y1=y, y2=y, class_="unsaid"))
    for at in seen:
        out += signs(story, at, lane.name, frame.x(at.column), y, 15, page)
    return out


def _others(shown: Picture, y: float, frame: Frame, page: str) -> list[Html]:
    out: list[Html] = []
    for column, counts in sorted(shown.others.items()):
        x = frame.x(column)
        said = [f"{n} {status}" for status, n in sorted(counts.items(), key=lambda item: item[0] != "present")]
        top = y + 17 + 4 - 6 * (len(said) - 1)
        lines = [h.tspan(words, x=x, y=round(top + 12 * i, 1)) for i, words in enumerate(said)]
        words = f"{', '.join(said)} at {shown.columns[column].name}"
        out.append(h.a(h.title(words), h.text(lines, class_="count"), href=f"{page}#findings"))
    return out
