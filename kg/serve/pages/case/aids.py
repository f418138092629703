"""Reading aids for one case: what the paper says in two ways, criteria item by item, the CARE checklist."""

from __future__ import annotations

from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages.html import Html
from kg.serve.pages.story import Fact, Story, age_words

#: Width of the picture of a score.
SCALE = 560


def _quoted(story: Story, fact: Fact, page: str) -> Html:
    passages = story.passages_of(fact)
    words = " ".join(str(fact.get("quote", "")).split())
    link = h.a(words, href=f"{page}#{passages[0]}", data_text=" ".join(passages)) if passages else words
    return h.blockquote(link, h.footer(fact.get("section", ""), " — ", fact.get("asWords") or fact.get("label") or ""))


def conflicts(story: Story, page: str = "") -> Html:
    """Each contradiction, its two sentences side by side."""
    found = story.of("Conflict")
    out = []
    for conflict in sorted(found, key=lambda c: (str(c.get("topic")), c.id)):
        one, other = story.fact(conflict.get("statement")), story.fact(conflict.get("otherStatement"))
        if one and other:
            pair = h.div(_quoted(story, one, page), _quoted(story, other, page), class_="pair")
            out.append(
                h.section(
                    h.h3(conflict.get("topic") or "Two statements", " ", h.span(conflict.get("conflictKind"), class_="tag")),
                    pair,
                    id=conflict.id,
                    class_="conflict",
                )
            )
    places = f"{len(out)} place{'s' if len(out) != 1 else ''}"
    words = f"{places} where the paper says a thing in two ways. Both are kept; neither is taken for right."
    return h.join(h.p(words), out) if out else h.p("The record finds nothing that the paper says in two ways.", class_="empty")


def criteria(story: Story, page: str = "") -> Html:
    """Each set of classification criteria: the items with what they rest on, and the interval of the score."""
    results = [r for r in story.of("CriterionResult") if r.get("ofItem")]
    sets = list(dict.fromkeys(str(r.get("ofSet")) for r in [*results, *story.of("CriteriaTotal")]))
    out = [_criteria_set(story, s, [r for r in results if r.get("ofSet") == s], page) for s in sets]
    return h.join(out) if out else h.p("No set of criteria applies to this case.", class_="empty")


def _criteria_set(story: Story, iri: str, results: list[Fact], page: str) -> Html:
    about = story.items.get(iri, {})
    total = next((t for t in story.of("CriteriaTotal") if t.get("ofSet") == iri), None)

    def place(result: Fact) -> tuple[float, str]:
        return float(story.items.get(str(result.get("ofItem")), {}).get("criterionOrder", 1e6)), result.id

    rows = []
    for result in sorted(results, key=place):
        status = str(result.get("status", ""))
        sources = [f for v in [*result.all("metThrough"), *result.all("unmetThrough")] if (f := story.fact(v))]
        comment = story.items.get(str(result.get("ofItem")), {}).get("comment")
        rows.append(
            (
                h.span(result.get("label"), h.small(comment, class_="remark") if comment else None, id=result.id),
                h.span(status, class_=f"status {status.replace(' ', '-')}"),
                h.span(_points(result), class_="points"),
                _sources(story, sources, page),
            )
        )
    heading = about.get("label") or about.get("setName") or story.name(iri)
    verdict = (
        [
            h.p(
                h.strong(total.get("verdict") or "no verdict"),
                f": {_points(total)} points, {total.get('weights', '')}",
                class_="verdict",
                id=total.id,
            ),
            _scale(total, about.get("verdicts") or []),
        ]
        if total
        else []
    )
    note = "The lower number counts only what the paper says; the upper one would also count every item it leaves open."
    return h.section(
        h.h3(heading), verdict, h.p(note, class_="detail"), h.data_table(("Item", "Status", "Points", "Rests on"), rows, about=str(heading))
    )


def _points(result: Fact) -> str:
    low, high = result.get("pointsMin"), result.get("pointsMax")
    if low is None:
        return ""
    return f"{low:g}" if low == high or high is None else f"{low:g} to {high:g}"


def _scale(total: Fact, verdicts: list[dict[str, Any]]) -> Html:
    """The interval of the score on a line, with the points from which each verdict holds."""
    low, high = total.get("pointsMin"), total.get("pointsMax")
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or high <= 0:
        return Html("")
    weights = "biopsy" if total.get("weights") == "with muscle biopsy" else "points"
    limits = sorted((float(v[weights]), str(v["label"])) for v in verdicts if isinstance(v.get(weights), (int, float)))
    top = max(high, *(at for at, _ in limits), 0.0) * 1.15
    words = f"score between {low:g} and {high:g}" + "".join(f"; {name} from {at:g}" for at, name in limits)

    def x(points: float) -> float:
        return round(10 + (SCALE - 20) * points / top, 1)

    # Names may be wider than what is between two limits: each has a line of its own.
    base = 14 * len(limits)
    lines = [
        h.g(
            h.line(x1=x(at), x2=x(at), y1=14 * n + 13, y2=base + 22, class_="limit"),
            h.text(f"{name} from {at:g}", x=x(at) + 4, y=14 * n + 12, class_="tick start"),
        )
        for n, (at, name) in enumerate(limits)
    ]
    return h.svg(
        h.title(words),
        lines,
        h.rect(x=10, y=base + 8, width=SCALE - 20, height=4, rx=2, class_="scale"),
        h.rect(x=x(low), y=base + 4, width=round(max(x(high) - x(low), 3), 1), height=12, rx=3, class_="span"),
        [h.text(f"{at:g}", x=x(at), y=base + 34, class_="tick") for at in dict.fromkeys((0, low, high))],
        width=SCALE,
        height=base + 40,
        viewBox=f"0 0 {SCALE} {base + 40}",
        class_="score",
        role="img",
        aria_label=words,
    )


def _sources(story: Story, facts: list[Fact], page: str) -> Html | str:
    """What a result rests on; statements that read the same are one."""
    same: dict[str, list[Fact]] = {}
    for fact in facts:
        same.setdefault(_words_of(story, fact), []).append(fact)
    items = []
    for words, some in same.items():
        passages = list(dict.fromkeys(k for fact in some for k in story.passages_of(fact)))
        link = h.a(words, href=f"{page}#{passages[0]}", data_text=" ".join(passages)) if passages else words
        items.append(h.li(link, f" ({len(some)} statements)" if len(some) > 1 else ""))
    return h.ul(items, class_="sources") if items else ""


def _words_of(story: Story, fact: Fact) -> str:
    years = fact.get("ageYears")
    if story.kind(fact) == "patient" and isinstance(years, (int, float)):
        return ", ".join([*story.names(fact, "sex"), age_words(years)])
    return str(fact.get("label") or fact.get("words") or fact.id)


def _first_sentence(quote: str) -> str:
    """The first of the sentences quoted; with its rest where a word goes on over a page break."""
    first, *others = quote.split(" […] ")
    while first.endswith("-") and others:
        first = f"{first} […] {others.pop(0)}"
    return first


def checklist(story: Story, page: str = "") -> Html:
    """The items of the reporting checklist: reported or not, and where."""
    results = story.of("ChecklistResult")
    if not results:
        return h.p("No checklist was answered for this case.", class_="empty")

    def item(result: Fact) -> dict[str, Any]:
        return story.items.get(str(result.get("ofItem")), {})

    rows = []
    for result in sorted(results, key=lambda r: (float(item(r).get("itemOrder", 1e6)), r.id)):
        status = str(result.get("status", ""))
        quote = " ".join(str(result.get("quote", "")).split())
        through = [f for v in result.all("answeredThrough") if (f := story.fact(v)) and f.get("quote")]
        source = next((f for f in through if " ".join(str(f.get("quote")).split()) == quote), None)
        passages = story.passages_of(source) if source else []
        said_first = _first_sentence(quote)
        said: Any = h.a(said_first, href=f"{page}#{passages[0]}", data_text=" ".join(passages), class_="quoted") if passages else said_first
        number = item(result).get("itemNumber", "")
        rows.append(
            (
                h.span(number, id=result.id),
                result.get("label"),
                h.span(status, class_=f"status {status.replace(' ', '-')}"),
                ", ".join(map(str, result.all("where"))),
                said,
            )
        )
    done = sum(r.get("status") == "reported" for r in results)
    return h.join(
        h.p(h.strong(f"{done} of {len(results)}"), " items are reported."),
        h.data_table(("Item", "Asks for", "Status", "Section", "First sentence"), rows, about="CARE checklist"),
    )
