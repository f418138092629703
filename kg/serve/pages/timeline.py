"""The timeline picture of a case, as SVG drawn on the server: it needs no script, prints, and travels in one file."""

from __future__ import annotations

from dataclasses import dataclass

from kg.serve.pages import html as h
from kg.serve.pages.course import Course, Lane, Picture, Seen, picture
from kg.serve.pages.glyphs import CHANGES, OUTCOMES, change_sign, key, outcome_sign, time_key
from kg.serve.pages.html import Html
from kg.serve.pages.measure import text_width, wrap
from kg.serve.pages.story import Fact, Story

LABELS, SLIM, EDGE, HEAD = 172, 104, 58, 104
LANE, COURSE, TITLE = 25, 42, 26
NARROWEST, WIDEST, ROOM = 66.0, 150.0, 1060.0
_BAND = (0, 4, 9, 14)


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


def timeline(story: Story, page: str = "") -> Html:
    """The picture with its legend and the same in a table; nothing where no time is told.

    Args:
        page: address of the case page if the picture stands on another one.
    """
    shown = picture(story)
    if not shown.columns:
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
    return h.join(h.div(label_svg, scroll, class_="timeline"), _legend(shown), _table(story, shown, page))


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
            drawn = _lane(story, entry, middle, frame, page) if isinstance(entry, Lane) else _course(story, entry, middle, frame, page)
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
        if time.certain:
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
        out += _signs(story, at, lane.name, frame.x(at.column), y, 15, page)
    return out


def _signs(story: Story, seen: Seen, name: str, x: float, y: float, gap: float, page: str) -> list[Html]:
    kinds = seen.kinds
    first = x - gap * (len(kinds) - 1) / 2
    return [
        _link(
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


def _link(story: Story, facts: list[Fact], words: str, sign: Html, x: float, y: float, page: str) -> Html:
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


def _course(story: Story, course: Course, y: float, frame: Frame, page: str) -> list[Html]:
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
        words = f"{course.name}: {CHANGES.get(change, change)} {_full(story, step)}".strip()
        evidence = step if story.passages_of(step) else course.treatment
        out += [_link(story, [evidence], words, change_sign(change, x, y), x, y, page), said or Html("")]
    for column, seen in course.effects.items():
        busy = any(c == column for c, _ in course.steps)
        out += _signs(story, seen, f"effect of {course.name}", frame.x(column), y + 14 if busy or runs else y, 14, page)
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


def _full(story: Story, step: Fact) -> str:
    route = story.names(step, "route")
    count = f"×{step.get('count')}" if step.get("count") and step.get("count") != 1 else ""
    said = [str(step.get(k, "")) for k in ("dose", "schedule", "regimen")]
    return ", ".join(part for part in [*said, *route, count] if part)


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


def _legend(shown: Picture) -> Html:
    kinds = {kind for lane in shown.lanes for seen in lane.seen.values() for kind in seen.kinds}
    kinds |= {kind for course in shown.courses for seen in course.effects.values() for kind in seen.kinds}
    changes = {str(step.get("change")) for course in shown.courses for _, step in course.steps}
    bar = h.span(
        h.svg(h.line(x1=0, x2=16, y1=8, y2=8, class_="unsaid"), width=16, height=16, class_="icon", aria_hidden="true"),
        " before or after is not said",
        class_="key",
    )
    return h.div(
        h.p(
            h.strong("Time"),
            time_key(True, "distance from the start is told"),
            time_key(False, "only the order is told"),
            h.span("Columns are in order, not to scale.", class_="key"),
        ),
        h.p(
            h.strong("Problem"),
            [key(k) for k in OUTCOMES if k in kinds],
            h.span("The band is as thick as the problem was last said to be.", class_="key"),
        ),
        h.p(h.strong("Treatment"), [key(k) for k in CHANGES if k in changes], bar),
        class_="legend",
    )


def _table(story: Story, shown: Picture, page: str) -> Html:
    """The same in words, for screen readers and for who prefers them."""
    rows = []
    for n, time in enumerate(shown.columns):
        problems = [
            h.li(lane.name, ": ", ", ".join(OUTCOMES.get(k, (k,))[0] for k in lane.seen[n].kinds)) for lane in shown.lanes if n in lane.seen
        ]
        steps = [
            h.li(course.name, ": ", CHANGES.get(str(s.get("change")), ""), f" {_full(story, s)}" if _full(story, s) else "")
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
