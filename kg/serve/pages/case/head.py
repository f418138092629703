"""The head of a case's pages: title and source, whether it is a draft, the patient in a line, and the ways into the case."""

from __future__ import annotations

from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages.case.facts import said_at
from kg.serve.pages.case.tried import outcome
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism.claims import mechanism_claims
from kg.serve.pages.story import Fact, Story, age_words

_SMOKING = {"never": "never smoked", "former": "former smoker", "current": "smoker"}
#: The pages of a case beside its first: address part -> words.
VIEWS = {"": "Story", "mechanism": "Mechanisms", "conflicts": "Conflicts", "criteria": "Criteria", "checklist": "CARE checklist"}


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
    counts = {"mechanism": len(mechanism_claims(story)), "conflicts": len(story.of("Conflict")), "criteria": len(story.of("CriteriaTotal"))}
    tabs = [
        h.a(
            words,
            h.join(" ", h.span(counts[key], class_="n")) if counts.get(key) else None,
            href=f"/case/{story.id}/{key}".rstrip("/"),
            aria_current="page" if key == view else None,
        )
        for key, words in VIEWS.items()
        if counts.get(key, 1) or key == view
    ]
    return h.div(
        h.p(h.span("Case ", story.id), class_="kicker"),
        h.h1(story_title(story)),
        source,
        drafted(story),
        _glance(story) if not view else None,
        h.nav(tabs, class_="tabs", aria_label="This case") if view is not None else None,
        class_="case-head",
    )


def drafted(story: Story) -> Html | None:
    """The warning that nobody has read a machine's draft yet."""
    curation = next(iter(story.of("Curation")), None)
    if not curation or curation.get("method") != "machine":
        return None
    tool = f" ({curation.get('tool')})" if curation.get("tool") else ""
    return h.p(h.strong("Draft. "), f"A program{tool} took these statements from the text; no curator has checked them.", class_="draft")


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
    """Patient, diagnosis, what helped, what she or he takes now: derived, in a line each."""
    entries: list[tuple[str, Any]] = []
    patient = next(iter(story.of("Patient")), None)
    if patient:
        years = patient.get("ageYears")
        age = age_words(years) if isinstance(years, (int, float)) else ""
        smoking = str(patient.get("smoking", ""))
        words = ", ".join(x for x in (*story.names(patient, "sex"), age, _SMOKING.get(smoking, smoking)) if x)
        entries.append(("Patient", h.span(said_at(story, [patient], words or "not described"), id=patient.id)))
    confirmed = [d for d in story.of("Diagnosis") if d.get("status") == "confirmed"]
    if confirmed:
        entries.append(("Diagnosis", _list([said_at(story, [d], d.get("words") or story.title(d)) for d in confirmed])))
    helped = [t for t in story.of("Treatment") if outcome(story, t).verdict == "helped"]
    if helped:
        entries.append(("What helped", _list([said_at(story, [t], t.get("words") or story.title(t)) for t in helped])))
    now = [s for v in story.nodes[""].all("currentStep") if (s := story.fact(v))]
    if now:
        current = [
            h.join(said_at(story, [s], t.get("words") or story.title(t)), f" {s.get('dose')}" if s.get("dose") else "")
            for s in sorted(now, key=lambda s: s.id)
            if (t := story.fact(s.get("ofTreatment")))
        ]
        entries.append(("At the last visit", _list(current)))
    return h.dl([h.div(h.dt(term), h.dd(words)) for term, words in entries], class_="glance") if entries else None


def _list(parts: list[Any]) -> Html:
    return h.join([h.join(", " if n else "", part) for n, part in enumerate(parts)])
