"""The first page, and the page that says what went wrong."""

from __future__ import annotations

from typing import Any

from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html

#: More cases than this are not listed one by one.
MOST = 500
ASKED = ("treatments", "what-worked", "treatment-failures", "findings-under", "mechanisms")


def home_page(cases: list[dict[str, Any]]) -> str:
    """All cases, and where to begin."""
    from kg.ask import question_named, question_names

    items = [_case(c) for c in cases[:MOST]]
    more = h.p(f"The first {MOST} are listed; ", h.a("search", href="/search"), " finds all.") if len(cases) > MOST else None
    begin = [h.li(h.a(question_named(name).summary, href=f"/library/{name}")) for name in ASKED if name in question_names()]
    count = f"{len(cases)} case{'s' if len(cases) != 1 else ''}"
    return shell.page(
        "Cases",
        h.h1("Case reports, statement by statement"),
        h.p("What was found, when, what was tried, what happened and why the authors think so, each with its sentence.", class_="source"),
        h.section(
            h.h2(count),
            h.join(h.ul(items, class_="list"), more) if items else shell.empty("The graph holds no case yet. Build one with kg build."),
        ),
        h.section(h.h2("Ask across all of them"), h.ul(begin), h.p(h.a("All questions", href="/library"))) if begin else None,
        here="/",
    )


def _case(case: dict[str, Any]) -> Html:
    age = f"{case['age']:g} years" if isinstance(case.get("age"), (int, float)) else ""
    patient = ", ".join(x for x in (case.get("sex"), age) if x)
    where = " ".join(str(x) for x in (case.get("journal"), case.get("year")) if x)
    details = " · ".join(x for x in (patient, ", ".join(case["diagnoses"]), where) if x)
    return h.li(h.a(case.get("title") or case["id"], href=f"/case/{case['id']}", class_="name"), h.p(details, class_="detail"))


def problem_page(problem: Any) -> str:
    """Why there is nothing to show, and what there is."""
    known = [str(k) for k in (problem.fields.get("known") or [])][:30]
    return shell.page(
        problem.title,
        h.h1(problem.title.capitalize()),
        h.p(problem.detail),
        h.div(h.h2("There is"), h.ul([h.li(k) for k in known])) if known else None,
        h.p(h.a("To the cases", href="/")),
    )
