"""The treatments of a case page: each with its course and what came of it."""

from __future__ import annotations

from kg.serve.pages import html as h
from kg.serve.pages.case.facts import curators_note, joined, said_at, when_of
from kg.serve.pages.glyphs import CHANGES, OUTCOMES, icon
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact, Story


def treatments(story: Story) -> Html:
    """A card for each treatment: its course, and what came of it."""
    cards = [_treatment(story, t) for t in story.of("Treatment")]
    return h.section(h.h2("Treatments"), cards, id="treatments") if cards else Html("")


def _treatment(story: Story, t: Fact) -> Html:
    name, term = str(t.get("words") or story.title(t)), story.title(t)
    failed = dict.fromkeys(story.name(v) for v in t.all("failedIn"))
    under = joined((term if term.lower() != name.lower() else "", f"for {', '.join(story.names(t, 'treats'))}" if t.get("treats") else ""))
    return h.article(
        h.div(
            h.h3(said_at(story, [t], name)),
            h.p(under, class_="detail") if under else None,
            h.ul([_step(story, s) for s in story.steps(t)], class_="signs"),
            curators_note(t),
        ),
        h.div(h.p("No lasting effect in ", ", ".join(failed), class_="failed") if failed else None, _responses(story, t)),
        id=t.id,
        class_="treatment",
    )


def _step(story: Story, s: Fact) -> Html:
    change = str(s.get("change", ""))
    count = f"×{s.get('count')}" if s.get("count") and s.get("count") != 1 else ""
    how = joined((*(s.get(k) for k in ("dose", "schedule", "regimen")), *story.names(s, "route"), count))
    return h.li(
        icon(change),
        h.span(said_at(story, [s], CHANGES.get(change, change)), " ", how, " ", h.span(when_of(story, s), class_="detail")),
        id=s.id,
    )


def _responses(story: Story, t: Fact) -> Html | None:
    responses = story.responses_to(t)
    if not responses:
        return h.p("No response is told.", class_="detail")
    own = {str(r.id) for r in responses if f"#{t.id}" == r.all("toTreatment")[0]}
    told = [_response(story, r, r.id in own) for r in responses if r.get("isSummary") is not True]
    summed = [_response(story, r, r.id in own) for r in responses if r.get("isSummary") is True]
    return h.join(
        h.h4("Response") if told else None,
        h.ul(told, class_="signs") if told else None,
        h.join(h.h4("In the authors’ summing-up"), h.ul(summed, class_="signs")) if summed else None,
    )


def _response(story: Story, r: Fact, own: bool) -> Html:
    outcome = str(r.get("outcome", ""))
    problem = ", ".join(story.names(r, "problem"))
    others = ", ".join(dict.fromkeys(story.name(v) for v in r.all("alternative")))
    doubt = joined(("doubtful" if r.get("certainty") == "doubtful" else "", f"may be due to {others}" if others else ""))
    told = r.get("isSummary") is not True
    details = joined((f"“{r.get('extent')}”" if r.get("extent") else "", when_of(story, r) if told else r.get("section")))
    return h.li(
        icon(outcome),
        h.span(
            said_at(story, [r], f"{problem}: {OUTCOMES.get(outcome, (outcome,))[0]}"),
            " ",
            h.span(details, class_="detail"),
            h.span(" ", doubt, class_="doubt") if doubt else None,
        ),
        id=r.id if own else None,
    )
