"""The case page: the story at a glance, the facts, and the paper beside them."""

from __future__ import annotations

from typing import Any

from kg.report import Report
from kg.serve.pages import facts, literature, shell, treatments
from kg.serve.pages import html as h
from kg.serve.pages.aids import checklist, conflicts, criteria
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism import around, mechanism_claims, mechanism_map
from kg.serve.pages.paper import paper, quoted_only
from kg.serve.pages.story import Fact, Story
from kg.serve.pages.timeline import timeline

#: Nodes that the heading shows.
_IN_HEADING = frozenset({"patient", "report"})
_SMOKING = {"never": "never smoked", "former": "former smoker", "current": "smoker"}
#: The pages of a case beside its first: address part -> words.
VIEWS = {"": "Story", "mechanism": "Mechanisms", "conflicts": "Conflicts", "criteria": "Criteria", "checklist": "CARE checklist"}


def case_page(story: Story, report: Report | None) -> str:
    """The case page of the explorer."""
    body, rules = story_body(story, report)
    return shell.page(story_title(story), heading(story, ""), body, here="/", scripts=("case.js",), rules=rules, wide=True)


def view_page(story: Story, view: str, about: str = "") -> str:
    """One of a case's other pages."""
    page = f"/case/{story.id}"
    claims = mechanism_claims(story)
    match view:
        case "mechanism":
            shown = around(claims, about) if about else claims
            empty = shell.empty("The paper says nothing of how things work.")
            body = h.join(_about_form(story, claims, about), mechanism_map(story, shown, page) or empty)
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
    contents = h.nav(
        [
            h.a(words, href=f"#{k}")
            for k, words in (
                ("treatments", "Treatments"),
                ("findings", "Findings"),
                ("tests", "Tests"),
                ("claims", "Claims"),
                ("references", "References"),
                ("paper", "The paper"),
            )
        ],
        class_="contents",
        aria_label="On this page",
    )
    course = timeline(story)
    shown = h.join(
        h.section(h.h2("Course"), course, id="course") if course else None,
        h.div(contents, parts, _addresses(story, h.join(course, parts)), class_="facts", id="facts"),
    )
    return h.div(shown, _paper_pane(text.body, report is not None), class_="story"), text.rules


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


def story_title(story: Story) -> str:
    """The report's title, or the case's id."""
    report = next(iter(story.of("Report")), None)
    return str(report.get("title")) if report and report.get("title") else story.id


def heading(story: Story, view: str | None) -> Html:
    """Title, source, the patient in a line, and the ways into the case.

    Args:
        view: the view that is shown; None leaves the ways out.
    """
    report = next(iter(story.of("Report")), None)
    source = _source(report) if report else None
    tabs = [
        h.a(words, href=f"/case/{story.id}/{key}".rstrip("/"), aria_current="page" if key == view else None) for key, words in VIEWS.items()
    ]
    return h.div(
        h.p(h.span("Case ", story.id), class_="kicker"),
        h.h1(story_title(story)),
        source,
        _glance(story) if not view else None,
        h.nav(tabs, class_="tabs", aria_label="This case") if view is not None else None,
        class_="case-head",
    )


def _source(report: Fact) -> Html:
    volume = f"{report.get('volume', '')}{'(' + str(report.get('issue')) + ')' if report.get('issue') else ''}"
    where = " ".join(str(x) for x in (report.get("journal"), report.get("year")) if x)
    pages = f"{volume}:{report.get('pages')}" if volume and report.get("pages") else volume
    doi = report.get("doi")
    return h.p(
        report.get("authorList", ""),
        h.br() if report.get("authorList") else None,
        "; ".join(x for x in (where, pages) if x),
        h.join(" · ", h.a(f"doi:{doi}", href=f"https://doi.org/{doi}", rel="noreferrer")) if doi else None,
        class_="source",
        id=report.id,
    )


def _glance(story: Story) -> Html | None:
    """Patient, diagnosis, what did not hold, what she or he takes now: derived, in four lines."""
    entries: list[tuple[str, Any]] = []
    patient = next(iter(story.of("Patient")), None)
    if patient:
        age = f"{patient.get('ageYears'):g} years" if isinstance(patient.get("ageYears"), (int, float)) else ""
        words = ", ".join(
            x
            for x in (*story.names(patient, "sex"), age, _SMOKING.get(str(patient.get("smoking", "")), str(patient.get("smoking", ""))))
            if x
        )
        entries.append(("Patient", h.span(facts.said_at(story, [patient], words), id=patient.id)))
    confirmed = [d for d in story.of("Diagnosis") if d.get("status") == "confirmed"]
    if confirmed:
        entries.append(("Diagnosis", _list([facts.said_at(story, [d], d.get("words") or story.title(d)) for d in confirmed])))
    failed = list(dict.fromkeys(_plain_name(story.title(t)) for t in story.of("Treatment") if t.get("failedIn")))
    if failed:
        entries.append(("Tried without lasting effect", ", ".join(failed)))
    helped = [t for t in story.of("Treatment") if not t.get("failedIn") and any(r.get("counts") == "for" for r in story.responses_to(t))]
    if helped:
        entries.append(("Helped", _list([facts.said_at(story, [t], t.get("words") or story.title(t)) for t in helped])))
    now = [s for v in story.nodes[""].all("currentStep") if (s := story.fact(v))]
    if now:
        current = [
            h.join(facts.said_at(story, [s], t.get("words") or story.title(t)), " ", s.get("dose", ""))
            for s in sorted(now, key=lambda s: s.id)
            if (t := story.fact(s.get("ofTreatment")))
        ]
        entries.append(("At the last visit", _list(current)))
    return h.dl([h.div(h.dt(term), h.dd(words)) for term, words in entries], class_="glance") if entries else None


def _plain_name(label: str) -> str:
    """A drug's label without a capital that is only there because a vocabulary prints it."""
    return label[:1].lower() + label[1:] if label[1:].islower() else label


def _list(parts: list[Any]) -> Html:
    return h.join([h.join(", " if n else "", part) for n, part in enumerate(parts)])


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
    by = f"Curated on {curation.get('curatedOn', '?')}, {curation.get('method', '')}." if curation else ""
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


def _about_form(story: Story, claims: list[Fact], about: str) -> Html | None:
    things = {str(c.get(k)) for c in claims for k in ("subject", "object")}
    if len(things) < 2:
        return None
    options = [h.option("everything", value="")]
    options += [h.option(story.name(t), value=t, selected=t == about) for t in sorted(things, key=lambda t: story.name(t).lower())]
    return h.form(
        h.label("Show what leads to and from ", h.select(options, name="about")),
        " ",
        h.button("Show", type="submit"),
        class_="inline",
        action=f"/case/{story.id}/mechanism",
    )
