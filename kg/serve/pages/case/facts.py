"""The plain facts of a case page: findings, tests, diagnoses, history; and how a fact leads to its sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages.case.ranges import range_picture
from kg.serve.pages.glyphs import icon
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact, Story


def said_at(story: Story, facts: list[Fact], words: Any, class_: str = "fact") -> Html:
    """Words that lead to the sentence they rest on; plain words where there is none."""
    passages = list(dict.fromkeys(k for fact in facts for k in story.passages_of(fact)))
    if not passages:
        return h.span(words, class_=class_)
    return h.a(words, href=f"#{passages[0]}", data_text=" ".join(passages), class_=class_)


def joined(parts: Iterable[Any]) -> str:
    return " · ".join(str(p) for p in parts if p)


def curators_note(fact: Fact) -> Html | None:
    """The note beside a statement; where a program made the statement, the note is the program's too."""
    note = fact.get("note")
    return h.small("Draft: " if fact.get("confidence") is not None else "Curator: ", note, class_="remark") if note else None


def when_of(story: Story, fact: Fact) -> str:
    time = story.time(fact)
    return time.name if time else ""


def findings(story: Story) -> Html:
    """Present, absent, uncertain, not tested; each by time."""
    groups = {"present": "Present", "absent": "Looked for and absent", "uncertain": "Uncertain"}
    every = story.of("Finding")
    parts = []
    for status, heading in groups.items():
        some = [f for f in every if f.get("status") == status]
        if some:
            parts.append(_finding_group(story, heading, status, some))
    untested = [t for t in story.of("AntibodyTest") if t.get("result") == "not-tested"] + story.of("UndoneInvestigation")
    if untested:
        items = [h.li(said_at(story, [t], t.get("words") or story.title(t))) for t in untested]
        parts.append(h.div(h.h3("Not tested ", h.span(len(untested), class_="n")), h.ul(items, class_="findings"), class_="group"))
    return h.section(h.h2("Findings"), parts, id="findings") if parts else Html("")


#: Fewer findings than this at one time get no heading of their own.
FEW = 4
#: A drafted statement is called unsure from this confidence down.
UNSURE = 0.5


def _finding_group(story: Story, heading: str, status: str, some: list[Fact]) -> Html:
    by_time: dict[str, dict[Any, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in some:
        by_time[when_of(story, fact)][fact.get("concept") or fact.id].append(fact)
    order = [t.name for t in story.times.values()]
    names = sorted(by_time, key=lambda n: order.index(n) if n in order else -1)
    out: list[Html] = []
    few: list[Html] = []
    for name in names:
        if len(by_time[name]) < FEW:
            few += [_finding(story, status, same, name) for same in by_time[name].values()]
        else:
            out += [
                h.h4(name or "time not said"),
                h.ul([_finding(story, status, same) for same in by_time[name].values()], class_="findings"),
            ]
    if few:
        out += [h.h4("at other times") if out else Html(""), h.ul(few, class_="findings")]
    return h.div(h.h3(heading, " ", h.span(sum(len(v) for v in by_time.values()), class_="n")), out, class_="group")


def _finding(story: Story, status: str, same: list[Fact], when: str = "") -> Html:
    first = same[0]
    details = dict.fromkeys(
        part
        for f in same
        for part in (
            *story.names(f, "site"),
            f.get("laterality"),
            *story.names(f, "qualifier"),
            f.get("severity"),
            f"grade {f.get('grade')}" if f.get("grade") else None,
            "painful" if f.get("painful") is True else None,
            *_of_a_draft(story, f),
            when,
        )
        if part
    )
    return h.li(
        icon(status),
        h.span(
            [h.span(id=f.id) for f in same[1:]],
            said_at(story, same, story.title(first)),
            " " if details else "",
            h.span(joined(details), class_="detail") if details else None,
        ),
        id=first.id,
    )


def _of_a_draft(story: Story, f: Fact) -> list[str]:
    """What a curator needs of a program's finding: the words it was read from where they differ, and whether it is a guess."""
    if not isinstance(f.get("confidence"), (int, float)):
        return []
    words = str(f.get("words") or "")
    said = [f"“{words}”"] if words and words.lower() != story.title(f).lower() else []
    return [*said, "unsure"] if f.get("confidence") <= UNSURE else said


def tests(story: Story) -> Html:
    """Measurements with their ranges, antibodies, investigations."""
    out = []
    measured = story.of("Measurement")
    if measured:
        out += [h.h3("Measurements"), _measurements(story, measured)]
    antibodies = story.of("AntibodyTest")
    if antibodies:
        rows = [
            (
                h.span(said_at(story, [t], t.get("words") or story.title(t)), curators_note(t), id=t.id),
                h.span(str(t.get("result", "")).replace("-", " "), class_=f"result {t.get('result')}"),
                t.get("titre", ""),
                ", ".join(story.names(t, "antigen")),
                when_of(story, t),
            )
            for t in antibodies
        ]
        out += [h.h3("Antibodies"), h.data_table(("Antibody", "Result", "Titre", "Antigen", "When"), rows, about="Antibodies")]
    done = story.of("Investigation")
    if done:
        items = [_investigation(story, f) for f in done]
        out += [h.h3("Investigations"), h.ul(items, class_="plain")]
    return h.section(h.h2("Tests"), out, id="tests") if out else Html("")


def _measurements(story: Story, measured: list[Fact]) -> Html:
    """The values with their ranges; the range's columns only where the paper prints any, a note in a line of its own."""
    ranged = any(m.get("normalRange") or range_picture(m) for m in measured)
    columns = ("Test", "Result", *(("Normal", "Where it lies") if ranged else ()), "Read as", "When")
    body = []
    for m in measured:
        cells = [*_result(m), *(_range(m) if ranged else ()), _read_as(m), when_of(story, m)]
        name = h.span(said_at(story, [m], m.get("words") or story.title(m)), h.small(_term(story, m), class_="term"), id=m.id)
        note = curators_note(m)
        body.append(
            h.tbody(
                h.tr(
                    h.th(name, scope="row", data_label="Test"),
                    [h.td(cell, data_label=column) for column, cell in zip(columns[1:], cells, strict=True)],
                ),
                h.tr(h.td(note, colspan=len(columns)), class_="noted") if note else None,
            )
        )
    head = h.thead(h.tr(h.th(c, scope="col") for c in columns))
    table = h.table(h.caption("Measurements"), head, body, class_="stack measured")
    return h.div(table, class_="scroll", tabindex="0", role="region", aria_label="Measurements")


def _term(story: Story, m: Fact) -> str:
    """The term of a measurement, where the authors' words do not say it already."""
    title = story.title(m)
    return title if title.lower() != str(m.get("words", "")).lower() else ""


def _result(m: Fact) -> tuple[Any]:
    unit = m.get("unit")
    assumed = h.small(f" {unit} (unit assumed)", class_="detail") if m.get("unitAssumed") is True and unit else None
    printed = m.get("printedValue")
    return (h.join(str(printed), assumed) if printed else h.span("no figure printed", class_="detail"),)


def _range(m: Fact) -> tuple[Any, Any]:
    none = h.span("no range printed", class_="detail") if m.get("value") is not None else ""
    return m.get("normalRange", ""), range_picture(m) or none


def _read_as(m: Fact) -> Html | str:
    read = str(m.get("interpretation") or "")
    return h.span(read, class_=f"result {read}") if read else ""


def _investigation(story: Story, f: Fact) -> Html:
    looked = ", ".join(story.names(f, "looksFor"))
    return h.li(
        said_at(story, [f], story.title(f)),
        ": ",
        f.get("result") or f.get("outcome") or "result not said",
        " ",
        h.span(joined((f"looked for {looked}" if looked else "", when_of(story, f))), class_="detail"),
        curators_note(f),
        id=f.id,
    )


def diagnoses(story: Story) -> Html:
    """What was diagnosed, and what went before."""
    found = [
        h.li(
            said_at(story, [d], d.get("words") or story.title(d)),
            " ",
            h.span(joined((d.get("status"), when_of(story, d))), class_="detail"),
            curators_note(d),
            id=d.id,
        )
        for d in story.of("Diagnosis")
    ]
    past = [_history(story, f) for f in story.of("HistoryItem")]
    return h.join(
        h.section(h.h2("Diagnoses"), h.ul(found, class_="plain"), id="diagnoses") if found else None,
        h.section(h.h2("History"), h.ul(past, class_="plain"), id="history") if past else None,
    )


def _history(story: Story, f: Fact) -> Html:
    reasons = ", ".join(story.names(f, "reasonFor"))
    without = ", ".join(story.names(f, "without"))
    treats = ", ".join(story.names(f, "treats"))
    details = joined(
        (
            f.get("kind"),
            f.get("status"),
            when_of(story, f),
            f"because of {reasons}" if reasons else "",
            f"for {treats}" if treats else "",
            f"without {without}" if without else "",
        )
    )
    return h.li(said_at(story, [f], story.title(f)), " ", h.span(details, class_="detail"), curators_note(f), id=f.id)
