"""The explorer's pages without a browser: what they show, that nothing overlaps, that a report's text stays text."""

from __future__ import annotations

import gzip
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg import pipeline
from kg.report import Report
from kg.report_page import case_page as report_file
from kg.report_page import find_report
from kg.report_page import render as render_file
from kg.serve.pages import aids, case, facts, library, linked, search, sparql_page, why
from kg.serve.pages.course import picture
from kg.serve.pages.data import case_data, case_list
from kg.serve.pages.html import Html, a, div, p
from kg.serve.pages.layers import Box, layout
from kg.serve.pages.mechanism import _curve, _ports, around, mechanism_claims, mechanism_map
from kg.serve.pages.paper import paper
from kg.serve.pages.ranges import range_picture
from kg.serve.pages.search_index import PARTS, Index, graph_rows, read_rows
from kg.serve.pages.story import Fact, Story, duration_words
from kg.serve.pages.timeline import timeline

CASE = "antonopoulos-2018"
NASTY = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def store(seed_graph: Path) -> Any:
    return pipeline.open_graph(seed_graph).store


@pytest.fixture(scope="session")
def story(store: Any) -> Story:
    data = case_data(store, CASE)
    assert data is not None
    return Story(data)


@pytest.fixture(scope="session")
def report(seed_graph: Path) -> Report:
    found = find_report(seed_graph, CASE)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def page(story: Story, report: Report) -> str:
    return case.case_page(story, report)


def ids(text: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', text)


def words_of(text: str) -> str:
    import html

    return html.unescape(re.sub(r"<[^>]+>", "", text))


# 1) HTML


def test_every_text_is_escaped_unless_it_is_html() -> None:
    assert p("a < b", Html("<b>c</b>"), title_='"') == '<p title="&quot;">a &lt; b<b>c</b></p>'
    assert div([a("x", href="?a&b"), None, False, 3]) == '<div><a href="?a&amp;b">x</a>3</div>'


# 2) the paper


def passages(*spans: tuple[int, int]) -> dict[str, dict[str, Any]]:
    return {f"text-{s}-{e}": {"start": s, "end": e, "exact": "", "section": ""} for s, e in spans}


def test_nested_and_crossing_passages_each_have_one_address_and_keep_the_text() -> None:
    report = Report("CASE REPORT\n\nShe had fever and a rash. It went.\n")
    start = report.text.index("She")
    found = paper(report, passages((start, start + 25), (start + 4, start + 13), (start + 8, start + 33)), {})
    shown = [k for k in ids(found.body) if k.startswith("text-")]
    assert sorted(shown) == sorted(set(shown)) and len(shown) == 3
    assert words_of(found.body) == "CASE REPORTShe had fever and a rash. It went."
    crossing = f"text-{start + 8}-{start + 33}"
    assert f'data-of="{crossing}"' in found.body and f"#{crossing}:target" in found.rules


def test_a_passage_over_a_page_break_goes_on_in_the_next_paragraph() -> None:
    report = Report("CASE REPORT\n\nThere was leuko-\n\npenia. It went.\n")
    start = report.text.index("leuko")
    found = paper(report, passages((start, start + len("leuko-\n\npenia"))), {})
    assert found.body.count("leuko-") == 1 and f'data-of="text-{start}-{start + 13}"' in found.body


def test_markup_of_the_text_is_shown_as_type() -> None:
    found = paper(Report("CASE REPORT\n\nIn *Rheumatology*, by Doe^{1,2}.\n"), {}, {})
    assert "<em>Rheumatology</em>" in found.body and "<sup>1,2</sup>" in found.body and "*" not in found.body


def test_a_report_with_script_is_shown_as_text(store: Any, report: Report) -> None:
    data = case_data(store, CASE)
    assert data is not None
    for node in data["nodes"].values():
        for name in ("label", "words", "quote", "note", "title", "dose", "extent", "result", "printedValue", "authorList"):
            if name in node:
                node[name] = [NASTY]
    data["labels"] = dict.fromkeys(data["labels"], NASTY)
    data["items"] = {key: {**item, "label": NASTY, "comment": NASTY} for key, item in data["items"].items()}
    bad = Story(data)
    nasty_report = Report(report.text.replace("She denied", NASTY + " denied"))
    texts = [case.case_page(bad, nasty_report), render_file(bad, nasty_report), *(case.view_page(bad, view) for view in case.VIEWS if view)]
    for text in texts:
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text or "alert" not in text


# 3) the case page


def test_each_fact_leads_to_its_sentence_and_no_address_is_given_twice(page: str) -> None:
    given = Counter(ids(page))
    assert [k for k, n in given.items() if n > 1] == []
    assert set(re.findall(r'href="#([^"]+)"', page)) - set(given) == set()
    for group in re.findall(r'data-text="([^"]+)"', page):
        assert set(group.split()) <= set(given)


def test_every_node_of_the_case_has_an_address_on_its_page(page: str, story: Story) -> None:
    assert {k for k in story.nodes if k} - set(ids(page)) == set()


def test_passages_are_where_the_graph_says(page: str, story: Story, report: Report) -> None:
    assert story.passages
    for passage in story.passages.values():
        assert report.text[passage["start"] : passage["end"]] == passage["exact"]


def test_the_page_has_no_script_of_its_own_and_is_light(page: str) -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []
    assert " onclick=" not in page and "javascript:" not in page
    assert len(gzip.compress(page.encode())) < 100_000


def test_present_absent_and_not_tested_are_kept_apart(story: Story) -> None:
    shown = facts.findings(story)
    for heading in ("Present", "Looked for and absent", "Not tested"):
        assert heading in shown
    untested = [t for t in story.of("AntibodyTest") if t.get("result") == "not-tested"]
    part = shown.partition("Not tested")[2]
    assert untested and all(str(t.get("words")) in part for t in untested)


def test_without_the_reports_file_the_quoted_passages_stand_in(story: Story) -> None:
    text = case.case_page(story, None)
    assert "not at hand" in text and set(story.passages) <= set(ids(text))


def test_an_unknown_or_impossible_case_is_none(store: Any) -> None:
    assert case_data(store, "nope-2000") is None
    assert case_data(store, "x> ?p ?o } #") is None
    assert [c["id"] for c in case_list(store)] == [CASE]


# 4) timeline


def test_the_timeline_has_a_lane_for_each_treatment_and_each_problem_that_changes(story: Story) -> None:
    shown = picture(story)
    assert [c.treatment.id for c in shown.courses] == [t.id for t in story.of("Treatment")]
    answered = {str(problem) for r in story.of("Response") if r.get("isSummary") is not True for problem in r.all("problem")}
    assert answered <= {lane.concept for lane in shown.lanes}
    orders = [time.order for time in shown.columns]
    assert orders == sorted(orders) and len(orders) == len(set(shown.columns))


def test_certain_and_uncertain_times_are_drawn_differently(story: Story) -> None:
    text = timeline(story)
    sure = sum(time.certain for time in picture(story).columns)
    assert text.count('class="when certain"') - text.count("legend") <= sure + 1
    assert 'class="when"' in text and "only the order is told" in text and "The timeline in words" in text


def test_no_dose_or_name_overlaps_in_the_timeline(story: Story) -> None:
    from kg.serve.pages.measure import text_width

    text = timeline(story)
    for row in ("dose", "time"):
        boxes = []
        for x, y, kind, inner in re.findall(rf'<text x="([\d.]+)" y="([\d.]+)" class="({row}[^"]*)">(.*?)</text>', text):
            lines = re.findall(r"<tspan[^>]*>(.*?)</tspan>", inner) or [inner]
            size = 11 if row == "dose" else 11.5
            width = max(text_width(words_of(line), size) for line in lines)
            left = float(x) - (width / 2 if row == "time" else width if "end" in kind else 0)
            boxes.append((float(y), left, left + width))
        for n, (y, left, right) in enumerate(boxes):
            for other_y, other_left, other_right in boxes[n + 1 :]:
                assert abs(y - other_y) > 9 or right <= other_left + 1 or other_right <= left + 1


@pytest.mark.parametrize(
    ("iso", "said"), [("P1M10D", "1 month 10 days later"), ("-P6M", "6 months before"), ("P0D", "start"), ("odd", "odd")]
)
def test_durations_are_said_in_words(iso: str, said: str) -> None:
    assert duration_words(iso, "before", "later") == said


# 5) layout


def overlaps(boxes: list[Box]) -> list[tuple[Any, Any]]:
    out = []
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = one.left + one.width <= other.left + 0.5 or other.left + other.width <= one.left + 0.5
            apart = apart or one.y + one.height <= other.y + 0.5 or other.y + other.height <= one.y + 0.5
            if not apart:
                out.append((one.key, other.key))
    return out


def through(drawing: Any, heads: bool = True) -> list[tuple[Any, Any]]:
    """(link, box) where a drawn line runs through a box that it neither leaves nor reaches."""
    ports = _ports(drawing)
    by_band: dict[int, list[Box]] = {}
    for box in drawing.boxes.values():
        for band in range(int(box.y // 50), int((box.y + box.height) // 50) + 1):
            by_band.setdefault(band, []).append(box)
    out = []
    for route in drawing.routes:
        if not route:
            continue
        points = []
        for x1, y1, edge1, c1, m1, c2, m2, x2, edge2, end in re.findall(
            r"[ML]([\d.-]+) ([\d.-]+)V([\d.-]+)C([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+)V([\d.-]+)",
            _curve(route, drawing, ports, heads),
        ):
            xs, ys = (float(x1), float(c1), float(c2), float(x2)), (float(edge1), float(m1), float(m2), float(edge2))
            points += [(float(x1), float(y1)), (float(x2), float(end))]
            for n in range(13):
                t = n / 12
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                points.append(tuple(sum(w * v for w, v in zip(weights, line, strict=True)) for line in (xs, ys)))
        for x, y in points:
            for box in by_band.get(int(y // 50), []):
                inside = box.left + 1 < x < box.left + box.width - 1 and box.y + 1 < y < box.y + box.height - 1
                if inside and box is not route[0] and box is not route[-1]:
                    out.append((route[0].key, box.key))
    return out


def random_links(count: int, things: int, seed: int) -> tuple[dict[Any, tuple[float, float]], list[tuple[Any, Any]]]:
    rng = random.Random(seed)
    sizes: dict[Any, tuple[float, float]] = {f"n{n}": (rng.uniform(60, 180), rng.choice([32, 48, 64])) for n in range(things)}
    pairs: list[tuple[Any, Any]] = []
    for n in range(count):
        source, target = rng.sample(range(things), 2)
        sizes[n] = (rng.uniform(60, 170), rng.choice([21, 35, 50]))
        pairs += [(f"n{source}", n), (n, f"n{target}")]
    return sizes, pairs


@pytest.mark.parametrize(("count", "things", "seed"), [(1, 2, 0), (12, 9, 1), (40, 25, 2), (200, 90, 3), (200, 12, 4)])
def test_nothing_overlaps_in_a_layout_whatever_the_graph(count: int, things: int, seed: int) -> None:
    sizes, pairs = random_links(count, things, seed)
    drawing = layout(sizes, pairs, between=42, widest=1300)
    assert overlaps(list(drawing.boxes.values())) == []
    assert through(drawing) == []
    assert all(box.left >= -0.5 and box.left + box.width <= drawing.width + 0.5 for box in drawing.boxes.values())


def test_a_hub_with_200_links_grows_tall_not_endlessly_wide() -> None:
    sizes: dict[Any, tuple[float, float]] = {"hub": (120, 32)}
    pairs: list[tuple[Any, Any]] = []
    for n in range(200):
        sizes |= {n: (140, 36), f"t{n}": (150, 32)}
        pairs += [("hub", n), (n, f"t{n}")]
    drawing = layout(sizes, pairs, between=42, widest=1300)
    assert overlaps(list(drawing.boxes.values())) == [] and through(drawing) == []
    assert drawing.width < 16_000


def test_circles_and_links_to_itself_are_laid_out() -> None:
    sizes = {k: (50.0, 20.0) for k in "abc"}
    drawing = layout(sizes, [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")])
    assert [bool(route) for route in drawing.routes] == [True, True, True, False]
    assert overlaps(list(drawing.boxes.values())) == []


def test_the_map_of_the_seed_shows_every_claim_with_its_sentence_and_references(story: Story) -> None:
    claims = mechanism_claims(story)
    text = mechanism_map(story, claims, "/case/x")
    assert len(re.findall(r"<a [^>]*data-text", text)) == len(claims)
    for claim in claims:
        assert f'href="/case/x#{story.passages_of(claim)[0]}"' in text
    assert 'class="flow less"' in text and 'class="flow more"' in text and "makes less of it" in text


def test_the_map_can_be_cut_to_what_leads_to_and_from_one_thing(story: Story) -> None:
    claims = mechanism_claims(story)
    leaf = next(c.get("object") for c in claims if c.get("object") not in {d.get("subject") for d in claims})
    some = around(claims, str(leaf))
    assert 0 < len(some) < len(claims) and any(c.get("object") == leaf for c in some)


# 6) tests, aids


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [(2.82, None, 0.8, "above"), (0.5, None, 0.8, "within"), (10.2, 12, 16, "below"), (14, 12, 16, "within"), (50, 80, None, "below")],
)
def test_the_range_picture_says_where_the_value_lies(value: float, low: float | None, high: float | None, said: str) -> None:
    says = {"value": [value], "normalLow": [low] if low is not None else [], "normalHigh": [high] if high is not None else []}
    text = range_picture(Fact("x", {k: v for k, v in says.items() if v}))
    assert f"is {said} the normal range" in text
    assert all(0 <= float(x) <= 132 for x in re.findall(r'(?:cx|x)="([\d.-]+)"', text))


def test_without_a_range_or_a_figure_there_is_no_picture() -> None:
    assert range_picture(Fact("x", {"value": [3.0]})) == "" == range_picture(Fact("x", {"normalHigh": [3.0]}))


def test_conflicts_stand_side_by_side_with_both_sentences(story: Story) -> None:
    text = aids.conflicts(story, "/case/x")
    assert text.count('class="pair"') == len(story.of("Conflict")) > 0
    assert text.count("<blockquote>") == 2 * len(story.of("Conflict"))


def test_criteria_show_each_item_and_the_interval(story: Story) -> None:
    text = aids.criteria(story)
    items = [r for r in story.of("CriterionResult") if r.get("ofItem")]
    assert all(f'id="{r.id}"' in text for r in items) and "score between" in text


def test_the_checklist_counts_what_is_reported(story: Story) -> None:
    done = sum(r.get("status") == "reported" for r in story.of("ChecklistResult"))
    assert f"{done} of {len(story.of('ChecklistResult'))}" in aids.checklist(story)


# 7) search, questions, linked data, SPARQL page


@pytest.fixture(scope="session")
def index(store: Any, report: Report) -> Index:
    return Index(read_rows({part: graph_rows(store, part) for part in PARTS}, [(CASE, report)]))


def test_search_finds_by_synonym_by_unfinished_word_and_in_the_text(index: Index, report: Report) -> None:
    assert index.search("pyrexia", "term")[0].title == "Fever"
    assert index.search("feve", "term")[0].title == "Fever"
    hit = index.search("denied weight loss", "sentence")[0]
    assert report.text[int(hit.href.rpartition("-")[2]) :].startswith("She denied")
    assert index.search("Pyrexia", "statement")


@pytest.mark.parametrize("typed", ['"', "AND OR NOT", "NEAR(a b)", "title:x", "*", "'; DROP TABLE found; --", "\0", "", "é" * 500])
def test_nothing_typed_breaks_the_search(index: Index, typed: str) -> None:
    index.search(typed)
    assert NASTY not in search.search_page(index, typed + NASTY)


def test_every_question_has_a_page_with_its_fields_and_its_sparql(store: Any) -> None:
    from kg import ask

    everything = library.library_page()
    for name in ask.question_names():
        question = ask.question_named(name)
        assert f'href="/library/{name}"' in everything
        text = library.question_page(question, {}, None, case_list(store), {})
        assert all(f'name="{parameter.name}"' in text for parameter in question.parameters)
        assert words_of(text).count("SELECT") >= 1


def test_an_answer_hides_empty_columns_and_links_what_it_names() -> None:
    rows = [{"case": "c", "drug": "CHEBI:1", "label": "aspirin", "dose": None, "quote": "Aspirin was given."}]
    nodes = [{"drug": {"type": "uri", "value": "http://purl.obolibrary.org/obo/CHEBI_1"}, "label": {"type": "literal", "value": "aspirin"}}]
    text = library.answer_table(
        {"columns": ["case", "drug", "label", "dose", "quote"], "rows": rows, "nodes": nodes},
        {("c", "Aspirin was given."): "/case/c#text-0-18"},
    )
    assert re.findall(r'<th scope="col">(.*?)</th>', text) == ["what"]
    assert 'title="CHEBI:1"' in text and 'href="/case/c#text-0-18"' in text


def test_why_a_row_is_there_and_why_a_term_is_not(store: Any) -> None:
    from kg import ask

    question = ask.question_named("findings-under")
    values = {"class": "Fever"}
    grounds = why.why_row(store, "findings-under", values, 1)
    text = why.why_page(question, values, 1, grounds)
    assert grounds and "in the record" in text and "<blockquote>" in text
    missing = why.why_not(store, "findings-under", {"class": "Abnormality of the skin"}, "Fever")
    assert missing["condition"] and "is not in the answer" in why.why_not_page(question, values, NASTY, missing)
    assert NASTY not in why.why_not_page(question, values, NASTY, missing)


def test_a_duration_is_said_in_words_in_an_answer() -> None:
    table = library.answer_table({"columns": ["at", "offset"], "rows": [{"at": "x", "offset": "P1M10D"}], "nodes": [{}]}, {})
    assert '<span title="P1M10D">1 month 10 days</span>' in table


def test_a_download_is_safe_in_a_spreadsheet() -> None:
    answer = {"columns": ["a", "b"], "rows": [{"a": "=cmd()", "b": None}, {"a": "-P6M", "b": 'x,"y"'}]}
    assert library.as_csv(answer) == 'a,b\r\n\'=cmd(),\r\n-P6M,"x,""y"""\r\n'


def test_a_term_has_a_page_with_the_statements_about_it(store: Any) -> None:
    found = linked.about(store, "http://purl.obolibrary.org/obo/HP_0001945")
    assert found is not None
    text = linked.term_page(found)
    assert "<h1>Fever</h1>" in text and "without fever or arthritis" in text
    assert linked.about(store, "http://example.org/nothing") is None and linked.about(store, "no iri") is None


def test_our_namespace_lists_its_terms(store: Any) -> None:
    terms = linked.members(store, "https://w3id.org/casegraph/ns#")
    assert any(label for _, label, _ in terms) and 'id="Finding"' in linked.document_page("https://w3id.org/casegraph/ns#", terms)


def test_the_beginning_of_a_long_answer_is_shown_in_whole_rows() -> None:
    data = b'?s\t?o\n<http://a/1>\t"x\\ny <b>"\n<http://a/2>\t1\n<http://a/3'
    text = sparql_page.table_result(data, whole=False)
    assert "the first 2 rows" in text and "x\ny &lt;b&gt;" in text and "http://a/3" not in text
    assert "2 rows" in sparql_page.table_result(data[: data.rindex(b"\n") + 1], whole=True)
    assert "yes" in sparql_page.table_result(b"true", whole=True)
    assert "cut here" in sparql_page.graph_result(b"<a> <b> <c> .", whole=False)


def test_the_sparql_page_works_without_its_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sparql_page.shell, "STATIC", tmp_path)
    text = sparql_page.sparql_page("SELECT ?x { </textarea><script> }", None, [], [])
    assert "yasqe" not in text and "&lt;/textarea&gt;" in text and "<textarea" in text


# 8) the file to send


def test_the_report_file_is_whole_and_asks_for_nothing(seed_graph: Path) -> None:
    text = report_file(seed_graph, CASE)
    assert "<script" not in text and not re.search(r"<(?:link|img|iframe)\b|url\((?!#)|@import", text)
    assert "default-src &#x27;none&#x27;" in text
    assert [k for k, n in Counter(ids(text)).items() if n > 1] == []
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids(text))
    assert not re.search(r'href="/', text)
    for part in ("Mechanisms", "Said in two ways", "Criteria", "CARE checklist", "The paper"):
        assert part in text


def test_an_unknown_case_is_refused_with_the_known_ones(seed_graph: Path) -> None:
    from kg.errors import StoreError

    with pytest.raises(StoreError, match=CASE):
        report_file(seed_graph, "nope")
