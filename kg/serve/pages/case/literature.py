"""What the authors assert, the papers they cite, and their text sentence by sentence with what was taken from it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from kg.report import Report
from kg.serve.pages import html as h
from kg.serve.pages.case.facts import joined, said_at
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism.claims import sentence
from kg.serve.pages.story import Fact, Story


def claims(story: Story) -> Html:
    """What the authors assert beyond this patient."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for claim in story.of("Claim"):
        groups[str(claim.get("claimKind", "other"))].append(claim)
    out = []
    for kind, some in groups.items():
        items = [_claim(story, c) for c in some]
        out.append(
            h.details(
                h.summary(kind.replace("-", " ").capitalize(), " ", h.span(len(some), class_="n")),
                h.ul(items, class_="plain"),
                open=kind != "definition",
            )
        )
    return h.section(h.h2("What the authors assert"), out, id="claims") if out else Html("")


def _claim(story: Story, c: Fact) -> Html:
    cited = [h.a(f"[{r.get('number')}]", href=f"#{r.id}", class_="cite") for v in c.all("cites") if (r := story.fact(v))]
    words = sentence(story, c) if c.get("subject") and c.get("object") else str(c.get("words") or c.get("label") or c.id)
    details = joined((c.get("basis"), c.get("strength"), *c.all("reason")))
    return h.li(
        said_at(story, [c], words), " ", cited, " " if details else "", h.span(details, class_="detail") if details else None, id=c.id
    )


def references(story: Story) -> Html:
    """The papers cited, with links out."""
    found = sorted(story.of("Reference"), key=lambda r: int(r.get("number", 0)))
    items = [_reference(story, r) for r in found]
    return h.section(h.h2("References"), h.ol(items, class_="references"), id="references") if items else Html("")


def _reference(story: Story, r: Fact) -> Html:
    links = []
    if r.get("pmid"):
        links.append(h.a("PubMed", href=f"https://pubmed.ncbi.nlm.nih.gov/{r.get('pmid')}/", rel="noreferrer"))
    if r.get("doi"):
        links.append(h.a("DOI", href=f"https://doi.org/{r.get('doi')}", rel="noreferrer"))
    design = ", ".join(story.names(r, "design"))
    where = " ".join(str(x) for x in (r.get("journal"), r.get("year")) if x)
    return h.li(
        said_at(story, [r], r.get("title") or r.get("label")),
        h.br(),
        h.span(joined((r.get("authorList"), where, design)), class_="detail"),
        [h.join(" ", x) for x in links],
        id=r.id,
        value=r.get("number"),
    )


def by_sentence(story: Story, report: Report) -> tuple[Html, dict[str, int]]:
    """Every sentence with the facts taken from it, and sentence start -> how many; the way back from text to facts."""
    taken: dict[int, list[tuple[Fact, str]]] = defaultdict(list)
    sentences = report.sentences
    starts = [s.start for s in sentences]
    for fact, k in story.resting_on():
        passage = story.passages[k]
        if story.kind(fact) in ("", "left out"):
            continue
        for s in sentences[max(bisect_right(starts, passage["start"]) - 1, 0) : bisect_right(starts, passage["end"])]:
            if s.start < passage["end"] and passage["start"] < s.end:
                taken[s.start].append((fact, k))
    items = []
    counts: dict[str, int] = {}
    for s in sentences:
        if s.start not in taken:
            continue
        facts = {fact.id: (fact, k) for fact, k in taken[s.start]}
        counts[str(s.start)] = len(facts)
        lines = [
            h.li(h.span(story.kind(fact), class_="kind"), " ", h.a(_fact_words(story, fact), href=f"#{fact.id}"))
            for fact, _ in facts.values()
        ]
        first = min((k for _, k in facts.values()), key=lambda k: int(story.passages[k]["start"]))
        items.append(h.li(h.a(" ".join(report.quote(s).split()), href=f"#{first}", class_="quoted"), h.ul(lines), id=f"says-{s.start}"))
    section = h.section(
        h.h2("Sentence by sentence"),
        h.details(h.summary(f"What was taken from each of {len(items)} sentences"), h.ol(items, class_="sentences")),
        id="sentences",
    )
    return (section if items else Html("")), counts


def _fact_words(story: Story, fact: Fact) -> str:
    if fact.get("change"):
        treatment = story.fact(fact.get("ofTreatment"))
        return f"{story.title(treatment)}: {fact.get('change')}" if treatment else str(fact.get("change"))
    return str(fact.get("asWords") or fact.get("label") or fact.get("words") or fact.get("title") or fact.id)
