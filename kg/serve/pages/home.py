"""The first page, and the page that says what went wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.story import age_words

#: Cases on one page of the list.
SHOWN = 100
#: So many cases can be looked through; more get a field to choose among them.
FEW = 8
#: More diagnoses than this are counted, not named.
MOST_DIAGNOSES = 5
ASKED = ("treatments", "what-worked", "treatment-failures", "findings-under", "mechanisms")


def home_page(cases: list[dict[str, Any]], typed: str = "", page: str = "1") -> str:
    """The cases, and where to begin.

    Args:
        typed: words that a case's title, id, patient, journal or diagnosis has to hold.
        page: of the list, from 1.
    """
    from kg.ask import question_named, question_names

    begin = [h.li(h.a(question_named(name).summary, href=f"/library/{name}")) for name in ASKED if name in question_names()]
    count = f"{len(cases)} case{'s' if len(cases) != 1 else ''}"
    across = h.section(h.h2("Ask across all of them"), h.ul(begin), h.p(h.a("All questions", href="/library"))) if begin else None
    listed = h.section(h.h2(count), _list(cases, typed, page), id="cases")
    return shell.page(
        "Cases",
        h.h1("Case reports, statement by statement"),
        h.p("What was found, when, what was tried, what happened and why the authors think so, each with its sentence.", class_="source"),
        [listed, across] if len(cases) <= FEW else [across, listed],
        here="/",
    )


def _list(cases: list[dict[str, Any]], typed: str, page: str) -> Html:
    if not cases:
        return shell.empty("The graph holds no case yet. Build one with kg build.")
    wanted = typed.lower().split()
    found = [c for c in cases if all(word in _words(c) for word in wanted)]
    pages = max((len(found) - 1) // SHOWN + 1, 1)
    number = min(max(int(page) if page.isdecimal() and len(page) < 7 else 1, 1), pages)
    shown = found[(number - 1) * SHOWN : number * SHOWN]
    items = [_case(c) for c in shown]
    return h.join(
        _chooser(typed) if len(cases) > FEW else None,
        h.p(f"{len(found)} of them", " · ", h.a("show all", href="/"), class_="detail") if wanted else None,
        h.ul(items, class_="list cases") if items else shell.empty(f"No case holds “{typed}” in its title, diagnosis or source."),
        _pages(number, pages, typed) if pages > 1 else None,
    )


def _chooser(typed: str) -> Html:
    return h.form(
        h.label("Only cases with ", for_="among"),
        h.input_(type="search", name="q", id="among", value=typed, autocomplete="off", placeholder="a diagnosis, a word of the title"),
        " ",
        h.button("Show", type="submit", class_="quiet"),
        class_="inline",
        action="/",
        role="search",
        aria_label="Choose among the cases",
    )


def _pages(number: int, pages: int, typed: str) -> Html:
    def to(n: int, words: str) -> Html:
        return h.a(words, href=f"/?{urlencode({**({'q': typed} if typed else {}), 'page': n})}")

    return h.nav(
        to(number - 1, "Previous") if number > 1 else None,
        h.span(f"page {number} of {pages}", class_="detail"),
        to(number + 1, "Next") if number < pages else None,
        class_="tools",
        aria_label="Pages of the list",
    )


def _patient(case: dict[str, Any]) -> str:
    age = age_words(case["age"]) if isinstance(case.get("age"), (int, float)) else ""
    return ", ".join(x for x in (case.get("sex"), age) if x)


def _words(case: dict[str, Any]) -> str:
    """What of a case is searched: as the list shows it."""
    parts = (case["id"], case.get("title"), case.get("journal"), case.get("year"), case.get("authors"), _patient(case), *case["diagnoses"])
    return " ".join(str(p) for p in parts if p).lower()


def _case(case: dict[str, Any]) -> Html:
    where = " ".join(str(x) for x in (case.get("journal"), case.get("year")) if x)
    named = case["diagnoses"][:MOST_DIAGNOSES]
    more = len(case["diagnoses"]) - len(named)
    diagnoses = ", ".join(named) + (f" and {more} more" if more else "")
    details = " · ".join(x for x in (_patient(case), diagnoses, where, "draft" if case.get("method") == "machine" else "") if x)
    return h.li(h.a(case.get("title") or case["id"], href=f"/case/{case['id']}", class_="name"), h.p(details, class_="detail"))


def problem_page(problem: Any) -> str:
    """Why there is nothing to show, and what there is."""
    known = [str(k) for k in (problem.fields.get("known") or [])][:30]
    is_case = problem.title == "no such case"
    return shell.page(
        problem.title,
        h.h1(problem.title.capitalize()),
        h.p(problem.detail),
        h.div(h.h2("There is"), h.ul([h.li(h.a(k, href=f"/case/{k}") if is_case else k) for k in known])) if known else None,
        h.p(h.a("To the cases", href="/")),
    )
