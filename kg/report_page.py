"""`kg report`: a case as one HTML file to send to a colleague; it needs no server, no network and no script."""

from __future__ import annotations

import json
import re
from pathlib import Path

from kg.errors import StoreError
from kg.report import Report, load_report
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.case import page as case
from kg.serve.pages.case.aids import checklist, conflicts, criteria
from kg.serve.pages.case.head import heading, story_title
from kg.serve.pages.data import case_data, case_list
from kg.serve.pages.html import Html
from kg.serve.pages.mechanism.page import mechanisms
from kg.serve.pages.story import Story

_CASE_LINE = re.compile(r"^case:\s*[\"']?([^\s\"'#]+)", re.M)


def case_page(graph_folder: Path, case_id: str) -> str:
    """A case's page with its mechanism map, conflicts, criteria and checklist, all in one file.

    Raises:
        StoreError: the graph holds no such case; `known` lists those it holds.
    """
    from kg.graph.opened import open_graph

    store = open_graph(Path(graph_folder)).store
    data = case_data(store, case_id)
    if data is None:
        known = [str(c["id"]) for c in case_list(store)]
        raise StoreError(f"no case {case_id!r}; there is {', '.join(known) or 'none'}", known=known)
    return render(Story(data), find_report(Path(graph_folder), case_id))


def render(story: Story, report: Report | None) -> str:
    """The file's text."""
    more = [
        _part("mechanism", "Mechanisms", mechanisms(story, form=False)),
        _part("conflicts", "Said in two ways", conflicts(story)),
        _part("criteria", "Criteria", criteria(story)),
        _part("checklist", "CARE checklist", checklist(story)),
    ]
    body, rules = case.story_body(story, report, more, alone=True)
    css = (shell.STATIC / "style.css").read_text(encoding="utf-8")
    head = [
        h.meta(http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
        h.style(Html(css + rules)),
    ]
    return shell.document(
        story_title(story), head, h.join(h.main(heading(story, None), body, id="main", class_="wide alone"), shell.foot())
    )


def _part(key: str, words: str, body: Html | None) -> Html:
    return h.section(h.h2(words), body, id=key) if body else Html("")


def find_report(graph_folder: Path, case_id: str) -> Report | None:
    """The report that a graph's case was built from, or None where its file has gone since."""
    for path in _records(graph_folder):
        report = path.parent / "report.txt"
        if report.is_file() and path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                match = _CASE_LINE.search(file.read(4000))
            if match and match[1] == case_id:
                return load_report(report)
    return None


def _records(graph_folder: Path) -> list[Path]:
    """The records named in the build's manifest."""
    manifests = sorted(graph_folder.glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)
    current = graph_folder / "CURRENT"
    if current.is_file():
        named = graph_folder / current.read_text(encoding="utf-8").strip() / "manifest.json"
        manifests = [named] if named.is_file() else manifests
    if not manifests:
        return []
    inputs = json.loads(manifests[-1].read_text(encoding="utf-8")).get("inputs", {})
    return [Path(name) for name in inputs if Path(name).name == "case.yaml"]
