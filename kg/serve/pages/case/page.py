"""The case page: the story at a glance, the facts, and the paper beside them."""

from __future__ import annotations

from typing import Any

from kg.report import Report
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.case import facts, literature, treatments
from kg.serve.pages.case.aids import checklist, conflicts, criteria
from kg.serve.pages.case.head import VIEWS, heading, story_title
from kg.serve.pages.case.paper import paper, quoted_only
from kg.serve.pages.case.tried import tried
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism.page import mechanisms
from kg.serve.pages.story import Story
from kg.serve.pages.timeline.picture import timeline

#: Nodes that the heading shows.
_IN_HEADING = frozenset({"patient", "report"})


def case_page(story: Story, report: Report | None) -> str:
    """The case page of the explorer."""
    body, rules = story_body(story, report)
    return shell.page(story_title(story), heading(story, ""), body, here="/", scripts=("case.js",), rules=rules, wide=True)


def view_page(story: Story, view: str, about: str = "") -> str:
    """One of a case's other pages."""
    page = f"/case/{story.id}"
    match view:
        case "mechanism":
            body = mechanisms(story, about, page) or shell.empty("The paper says nothing of how things work.")
        case "conflicts":
            body = conflicts(story, page)
        case "criteria":
            body = criteria(story, page)
        case _:
            body = checklist(story, page)
    title = f"{VIEWS[view]}: {story.id}"
    return shell.page(title, heading(story, view), h.section(h.h2(VIEWS[view]), body, class_="view"), here="/", wide=True)


def story_body(story: Story, report: Report | None, more: Any = None, *, alone: bool = False) -> tuple[Html, str]:
    """(timeline, facts and paper; CSS of this text).

    Args:
        more: further sections, before the references.
        alone: the page stands in a file of its own, with no server to link to.
    """
    sentences, counts = literature.by_sentence(story, report) if report else (Html(""), {})
    text = paper(report, story.passages, counts) if report else quoted_only(story.passages)
    parts = [
        facts.diagnoses(story),
        treatments.treatments(story),
        facts.findings(story),
        facts.tests(story),
        literature.claims(story),
        more,
        literature.references(story),
        sentences,
        _others(story, alone),
    ]
    course = timeline(story)
    summary = tried(story)
    skip = h.a("Skip the picture", href="#facts", class_="skip")
    shown = h.join(
        h.div(summary, h.section(h.h2("Course"), skip, course, id="course") if course else None, class_="overview")
        if summary or course
        else None,
        h.div(_contents(h.join(parts)), parts, _addresses(story, h.join(summary, course, parts)), class_="facts", id="facts"),
    )
    return h.div(shown, _paper_pane(text.body, report is not None), class_="story"), text.rules


#: The parts of the page that its contents list, where they are there.
_PARTS = {
    "diagnoses": "Diagnoses",
    "history": "History",
    "treatments": "Treatments",
    "findings": "Findings",
    "tests": "Tests",
    "claims": "Claims",
    "mechanism": "Mechanisms",
    "references": "References",
    "record": "The record",
}


def _contents(shown: Html) -> Html:
    links = [h.a(words, href=f"#{key}") for key, words in _PARTS.items() if f'<section id="{key}"' in shown]
    return h.nav(links, h.a("The paper", href="#paper"), class_="contents", aria_label="On this page")


def _addresses(story: Story, shown: Html) -> Html:
    """An address for each node that has no place of its own, so that every IRI of the case opens here."""
    missing = [k for k in story.nodes if k and k not in story.passages and k not in _IN_HEADING and f'id="{k}"' not in shown]
    return h.div([h.span(id=k) for k in missing], class_="addresses")


def _paper_pane(body: Html, whole: bool) -> Html:
    words = "The paper" if whole else "The sentences quoted"
    return h.section(
        h.div(
            h.h2(words),
            h.a("open", href="#paper", class_="only-narrow"),
            h.a("close", href="#facts", class_="only-narrow close"),
            class_="paper-head",
        ),
        None if whole else h.p("The report’s file is not at hand; these are the passages the record quotes.", class_="detail"),
        h.div(h.div(body, class_="text"), class_="sheet", tabindex="0", role="region", aria_label="Text of the paper"),
        class_="paper",
        id="paper",
        aria_label=words,
    )


def _others(story: Story, alone: bool) -> Html:
    """Who curated the record, what was left out of it, and the ways to the rest of it."""
    shown = []
    for kind, view, words in (
        ("Conflict", "conflicts", "conflicts"),
        ("CriterionResult", "criteria", "criteria items"),
        ("ChecklistResult", "checklist", "checklist items"),
    ):
        some = story.of(kind)
        if some:
            shown.append(h.li(h.a(f"{len(some)} {words}", href=f"/case/{story.id}/{view}")))
    left = [
        h.li(
            h.span(str(f.get("reason", "")), class_="kind"),
            " ",
            facts.said_at(story, [f], " ".join(str(f.get("quote", "")).split())),
            id=f.id,
        )
        for f in story.of("LeftOut")
    ]
    curation = next(iter(story.of("Curation")), None)
    by = ""
    if curation:
        how = "Drafted by a program" if curation.get("method") == "machine" else "Curated by hand"
        by = f"{how}{f' on {day}' if (day := curation.get('curatedOn')) else ''}."
    return h.section(
        h.h2("About this record"),
        h.p(by, id=curation.id if curation else None),
        None
        if alone
        else h.p("This record as ", h.a("Turtle", href=f"/case/{story.id}.ttl"), ", ", h.a("JSON-LD", href=f"/case/{story.id}.jsonld")),
        None if alone else h.ul(shown, class_="plain"),
        h.details(h.summary(f"{len(left)} sentences left out, with the reason"), h.ul(left, class_="plain")) if left else None,
        id="record",
    )
