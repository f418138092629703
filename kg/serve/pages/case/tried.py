"""What was tried, in which order, what came of it and on what evidence: a line for each treatment, derived from its responses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kg.serve.pages import html as h
from kg.serve.pages.case.facts import joined, said_at
from kg.serve.pages.glyphs import OUTCOMES
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact, Story, plain_name

#: More problems than this are counted, not named.
MOST = 3
#: Verdict -> how it is said; nothing where the responses speak neither for nor against.
VERDICTS = {
    "helped": "helped",
    "partly": "helped in part",
    "failed": "no lasting effect",
    "told": "",
    "open": "outcome not told",
}


@dataclass(frozen=True)
class Outcome:
    """What came of one treatment.

    Attributes:
        verdict: a key of `VERDICTS`.
        lines: sentences in words: which problem took which course.
        grounds: the statements that decide it.
        others: other treatments that may explain it.
    """

    verdict: str
    lines: list[str] = field(default_factory=list)
    grounds: list[Fact] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def outcome(story: Story, treatment: Fact) -> Outcome:
    """What came of a treatment, by the failures that the rules derive and the responses told; summaries count where the course is silent."""
    every = story.responses_to(treatment)
    told = [r for r in every if r.get("isSummary") is not True] or every
    failed = [str(v) for v in treatment.all("failedIn")]
    diagnosed = {str(d.get("concept")) for d in story.of("Diagnosis")}
    helped: dict[str, list[Fact]] = {}
    for response in told:
        if response.get("counts") == "for":
            for problem in map(str, response.all("problem")):
                if problem not in failed and not (failed and problem in diagnosed):
                    helped.setdefault(problem, []).append(response)
    against = {
        p: [r for r in told if p in map(str, r.all("problem"))] or [r for r in every if p in map(str, r.all("problem"))] for p in failed
    }
    # A course of a drug may bring nothing where a later one does: the drug did not fail, and yet this is what came of the course.
    for response in told:
        for problem in map(str, response.all("problem")):
            if response.get("counts") == "against" and problem not in helped and problem not in failed:
                against.setdefault(problem, []).append(response)
    lines = _lines(story, helped, told) + _lines(story, against, every)
    if failed:
        grounds = [r for r in every if r.get("counts") == "against" and set(map(str, r.all("problem"))) & set(against)]
        others: list[str] = []
    else:
        grounds = [r for some in helped.values() for r in some]
        others = list(dict.fromkeys(story.name(v) for r in grounds for v in r.all("alternative")))
    if failed or helped:
        verdict = "partly" if failed and helped else "failed" if failed else "helped"
        return Outcome(verdict, lines, grounds, others)
    if not told:
        return Outcome("open")
    problems = {str(p): [r for r in told if p in r.all("problem")] for r in told for p in r.all("problem")}
    return Outcome("told", _lines(story, problems, told), told)


def _lines(story: Story, groups: dict[str, list[Fact]], told: list[Fact]) -> list[str]:
    """The problems that took the same course, in one line: ``rash, fever: improved, then flared``."""
    place = {r.id: n for n, r in enumerate(told)}
    same: dict[str, list[str]] = {}
    for problem, responses in groups.items():
        course: list[str] = []
        for response in sorted(responses, key=lambda r: place.get(r.id, len(place))):
            word = OUTCOMES.get(str(response.get("outcome")), (str(response.get("outcome")),))[0]
            if not course or course[-1] != word:
                course.append(word)
        same.setdefault(", then ".join(course), []).append(story.name(problem))
    out = []
    for course_words, names in same.items():
        more = f" and {len(names) - MOST} more" if len(names) > MOST + 1 else ""
        shown = names[:MOST] if more else names
        out.append(f"{', '.join(shown)}{more}{': ' if course_words else ''}{course_words}")
    return out


def tried(story: Story) -> Html:
    """The table; nothing where no treatment is told."""
    treatments = story.of("Treatment")
    if not treatments:
        return Html("")
    rows = [_row(story, n, t) for n, t in enumerate(treatments, 1)]
    columns = ("", "Treatment", "When", "What came of it", "The sentence that says so")
    head = h.thead(h.tr(h.th(c or h.span("Number", class_="away"), scope="col") for c in columns))
    return h.section(
        h.h2("What was tried, in order"),
        h.div(
            h.table(h.caption("What was tried, in order"), head, h.tbody(rows), class_="tried stack"),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label="What was tried",
        ),
        id="tried",
    )


def _row(story: Story, number: int, treatment: Fact) -> Html:
    came = outcome(story, treatment)
    first = next(iter(story.steps(treatment)), None)
    doses = treatment.all("doseCourse") or (first.all("dose") if first else [])
    name = str(treatment.get("words") or story.title(treatment))
    doubt = f"may also be due to {', '.join(plain_name(n) for n in came.others[:2])}" if came.others else ""
    return h.tr(
        h.td(h.a(number, href=f"#{treatment.id}", aria_label=f"{number}, details"), class_="number"),
        h.th(
            said_at(story, [treatment], name),
            " ",
            h.span(joined(doses), class_="detail"),
            scope="row",
            data_label="Treatment",
        ),
        h.td(_when(story, treatment), data_label="When"),
        h.td(
            h.strong(VERDICTS[came.verdict], class_=f"verdict {came.verdict}") if VERDICTS[came.verdict] else None,
            [h.span(line, class_="came") for line in came.lines],
            h.span(doubt, class_="doubt") if doubt else None,
            data_label="Outcome",
        ),
        h.td(
            _evidence(story, came.grounds, f"{name}: {VERDICTS[came.verdict] or '; '.join(came.lines)}"),
            data_label="Sentence",
            class_="says",
        ),
    )


def _when(story: Story, treatment: Fact) -> str:
    """First and last time of its course; with the distance where it is told."""
    steps = [(time, step) for step in story.steps(treatment) if (time := story.time(step))]
    if not steps:
        return "not said"
    first, last = steps[0][0], steps[-1][0]
    start = f"{first.name} ({first.when})" if first.offset and first.when not in ("start", first.name) else first.name
    stopped = next((time for time, step in steps if step.get("change") == "stopped"), None)
    end = f", stopped at {stopped.name}" if stopped and stopped != first else f" to {last.name}" if last != first else ""
    return start + end


def _evidence(story: Story, grounds: list[Fact], about: str) -> Html | None:
    """The sentence on which most of the verdict rests: of the course as told before a summing-up, of several the last.

    Args:
        about: what it is said for, in words.
    """
    said = [(f, " ".join(str(f.get("quote")).split())) for f in grounds if f.get("quote")]
    if not said:
        return None
    rests = Counter(words for _, words in said)
    _, (fact, words) = max(enumerate(said), key=lambda item: (item[1][0].get("isSummary") is not True, rests[item[1][1]], item[0]))
    passages = story.passages_of(fact)
    clipped = h.span("“", words, "”", class_="clip")
    return h.a(clipped, href=f"#{passages[0]}", data_text=" ".join(passages), data_fact=about) if passages else clipped
