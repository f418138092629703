"""The explorer's pages without a browser: what they show, that nothing overlaps, that a report's text stays text."""

from __future__ import annotations

import asyncio
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
from kg.serve.pages import home, linked, sparql_page
from kg.serve.pages.case import aids, facts
from kg.serve.pages.case import head as case_head
from kg.serve.pages.case import page as case
from kg.serve.pages.case.paper import paper
from kg.serve.pages.case.ranges import range_picture
from kg.serve.pages.case.tried import VERDICTS, outcome, tried
from kg.serve.pages.data import case_data, case_list
from kg.serve.pages.explorer import KEPT, Explorer
from kg.serve.pages.html import Html, a, div, p
from kg.serve.pages.library import answers, why
from kg.serve.pages.library import page as library
from kg.serve.pages.mechanism.claims import around, hub, mechanism_claims, near
from kg.serve.pages.mechanism.components import side_by_side
from kg.serve.pages.mechanism.curves import curve, ports_of
from kg.serve.pages.mechanism.layers import Box, layout
from kg.serve.pages.mechanism.map import mechanism_map
from kg.serve.pages.mechanism.page import EVERYTHING, MANY, mechanisms
from kg.serve.pages.search import page as search
from kg.serve.pages.search.index import PARTS, Index, graph_rows, read_rows
from kg.serve.pages.story import Fact, Story, duration_words
from kg.serve.pages.timeline.course import picture
from kg.serve.pages.timeline.picture import timeline

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


def test_a_passage_over_paragraphs_that_ends_with_a_sentence_is_printed_once() -> None:
    report = Report("A short case\n\nDoe J, Roe R\n\nABSTRACT\n\nIt went.\n")
    found = paper(report, passages((0, report.text.index("Roe R") + 5)), {})
    assert words_of(found.body) == "A short caseDoe J, Roe RABSTRACTIt went."


def test_the_paper_is_the_whole_text_and_nothing_twice(story: Story, report: Report) -> None:
    shown = re.sub(r"\s", "", words_of(paper(report, story.passages, {}).body))
    printed = re.sub(r"\*([^*\n]{1,300})\*|\^\{([^}\n]{1,12})\}", lambda m: m[1] or m[2], "".join(map(report.quote, report.paragraphs)))
    assert shown == re.sub(r"\s", "", printed)


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
    texts = [
        case.case_page(bad, nasty_report),
        render_file(bad, nasty_report),
        *(case.view_page(bad, view) for view in case_head.VIEWS if view),
    ]
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


def a_story(*nodes: dict[str, Any], **more: Any) -> Story:
    """A case of these nodes; each gives its `id`, `kind` and properties."""
    said: dict[str, Any] = {"": {"type": ["https://w3id.org/casegraph/ns#Case"]}}
    for node in nodes:
        values = {name: value if isinstance(value, list) else [value] for name, value in node.items() if name not in ("id", "kind")}
        said[node["id"]] = {"type": [f"https://w3id.org/casegraph/ns#{node['kind']}"], **values}
    return Story({"id": "x", "iri": "https://x.org/x", "nodes": said, "labels": {}, "items": {}, "passages": {}, **more})


PASSAGES = {f"text-{n}-{n + 5}": {"start": n, "end": n + 5, "exact": "words", "section": ""} for n in range(0, 90, 10)}


def test_the_page_offers_only_what_the_case_has(page: str) -> None:
    bare = case.case_page(a_story({"id": "fever", "kind": "Finding", "status": "present", "words": "fever"}), None)
    contents = re.search(r'<nav class="contents".*?</nav>', bare)
    assert contents and re.findall(r'href="#(\w+)"', contents[0]) == ["findings", "record", "paper"]
    assert set(re.findall(r'href="#([^"]+)"', bare)) <= set(ids(bare))
    for absent in ("What was tried", "Course", "/mechanism", "/conflicts", "/criteria"):
        assert absent not in bare
    assert f"/case/{CASE}/mechanism" in page and 'href="#treatments"' in page


def test_a_draft_says_so_and_a_curated_case_does_not(page: str) -> None:
    noted = {"id": "f", "kind": "Finding", "status": "present", "words": "fever"}
    drafted = a_story(
        {"id": "c", "kind": "Curation", "method": "machine"}, {"id": "d", "kind": "Diagnosis", "note": "so", "confidence": 0.7}, noted
    )
    text = case.case_page(drafted, None)
    assert "no curator has checked" in text and "Draft: so" in words_of(text) and "Drafted by a program." in text
    assert "no curator has checked" not in page and "Curated by hand" in page and "Draft:" not in page


def test_a_drafted_finding_shows_the_words_it_was_read_from_and_whether_it_is_a_guess() -> None:
    def shown(**more: Any) -> str:
        finding = {"id": "f", "kind": "Finding", "status": "present", "concept": "x:rash", **more}
        return words_of(facts.findings(a_story(finding, labels={"x:rash": "Skin rash"})))

    assert "“red skin”" in shown(words="red skin", confidence=0.9) and "unsure" not in shown(words="red skin", confidence=0.9)
    assert "unsure" in shown(words="skin rash", confidence=0.4) and "“" not in shown(words="skin rash", confidence=0.4)
    assert "red skin" not in shown(words="red skin")


# 4) what was tried


def response(name: str, outcome: str, problem: str, counts: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "kind": "Response", "toTreatment": "#t", "outcome": outcome, "problem": problem, "counts": counts, "quote": f"{name}.",
        "order": len(name), **more,
    }  # fmt: skip


def test_what_was_tried_names_verdict_course_and_the_sentence_that_decides(story: Story) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", tried(story))[1:]
    treatments = story.of("Treatment")
    assert len(rows) == len(treatments)
    for row, treatment in zip(rows, treatments, strict=True):
        came = outcome(story, treatment)
        assert str(treatment.get("words") or story.title(treatment)) in words_of(row) and VERDICTS[came.verdict] in row
        quoted = {" ".join(str(f.get("quote")).split()) for f in came.grounds}
        assert not quoted or any(words in words_of(row) for words in quoted)
    helped = [t.id for t in treatments if outcome(story, t).verdict == "helped"]
    failed = [t.id for t in treatments if t.get("failedIn")]
    assert helped and failed and all(outcome(story, story.nodes[t]).verdict in ("failed", "partly") for t in failed)
    assert not set(helped) & set(failed)


def test_a_verdict_follows_from_the_responses() -> None:
    def verdict(*responses: dict[str, Any], failed: tuple[str, ...] = ()) -> tuple[str, list[str]]:
        told = a_story({"id": "t", "kind": "Treatment", "failedIn": list(failed)}, *responses)
        came = outcome(told, told.nodes["t"])
        return came.verdict, came.lines

    better, flare = response("a", "improved", "rash", "for"), response("bb", "flared", "rash", "against")
    fever = response("ccc", "resolved", "fever", "for")
    assert verdict() == ("open", [])
    assert verdict(better) == ("helped", ["rash: improved"])
    assert verdict(better, flare, failed=("rash",)) == ("failed", ["rash: improved, then flared"])
    assert verdict(better, flare, fever, failed=("rash",)) == ("partly", ["fever: resolved", "rash: improved, then flared"])
    assert verdict(response("a", "pending", "rash", "neither")) == ("told", ["rash: pending"])
    first_course = response("dddd", "unchanged", "ulcer", "against")  # the drug did not fail in the ulcer: a later course brought something
    assert verdict(flare, first_course, failed=("rash",)) == ("failed", ["rash: flared", "ulcer: unchanged"])
    many = [response("d" * n, "improved", f"problem {n}", "for") for n in range(1, 7)]
    assert verdict(*many)[1] == ["problem 1, problem 2, problem 3 and 3 more: improved"]


def test_the_course_as_told_is_better_evidence_than_a_summing_up() -> None:
    told = response("a", "flared", "rash", "against", evidence="#text-0-5")
    summed = response("bb", "unchanged", "rash", "against", isSummary=True, evidence="#text-10-15")
    other = response("ccc", "improved", "rash", "for", alternative="#u", evidence="#text-20-25")
    failed = {"id": "t", "kind": "Treatment", "failedIn": "rash"}
    assert "“a.”" in words_of(tried(a_story(failed, told, summed, passages=PASSAGES)))
    assert "“bb.”" in words_of(tried(a_story(failed, summed, passages=PASSAGES)))
    rival = {"id": "u", "kind": "Treatment", "words": "Rituximab"}
    assert "may also be due to rituximab" in tried(a_story({"id": "t", "kind": "Treatment"}, other, rival, passages=PASSAGES))


# 5) timeline


def test_a_case_without_a_course_has_no_picture_and_a_legend_names_only_what_is_drawn(story: Story) -> None:
    visit = {"id": "p", "kind": "TimePoint", "name": "presentation", "offset": "P0D"}
    found = {"id": "f", "kind": "Finding", "status": "present", "concept": "x:fever", "at": "#p"}
    assert timeline(a_story(visit, found)) == ""
    given = [
        {"id": "t", "kind": "Treatment", "words": "aspirin", "courseStep": "#s"},
        {"id": "s", "kind": "CourseStep", "at": "#p", "change": "given"},
    ]
    legend = timeline(a_story(visit, found, *given)).partition('class="legend"')[2].partition("</div>")[0]
    assert "Treatment" in legend and "Problem" not in legend and "only the order is told" not in legend
    assert "Problem" in timeline(story) and "only the order is told" in timeline(story)


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


# 6) layout


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
    ports = ports_of(drawing)
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
            curve(route, drawing, ports, heads),
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


@pytest.mark.parametrize(("count", "things", "seed"), [(12, 30, 1), (40, 60, 2), (200, 300, 3)])
def test_parts_that_do_not_hang_together_stand_apart(count: int, things: int, seed: int) -> None:
    sizes, pairs = random_links(count, things, seed)
    drawing = side_by_side(sizes, pairs, between=42, widest=1300)
    assert set(drawing.boxes) == set(sizes) and all(drawing.routes)
    assert overlaps(list(drawing.boxes.values())) == [] and through(drawing) == []
    assert all(
        b.left >= -0.5 and b.left + b.width <= drawing.width + 0.5 and b.y + b.height <= drawing.height + 0.5
        for b in drawing.boxes.values()
    )


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


def many_claims(count: int, things: int) -> Story:
    rng = random.Random(7)
    ends = [rng.sample(range(things), 2) for _ in range(count)]
    ends[: count // 3] = [[0, n % (things - 1) + 1] for n in range(count // 3)]
    claims = [
        {
            "id": f"c{n}",
            "kind": "Claim",
            "claimKind": "mechanism",
            "subject": f"x:{a}",
            "object": f"x:{b}",
            "effect": "inhibits",
            "order": n,
        }
        for n, (a, b) in enumerate(ends)
    ]
    return a_story(*claims)


def test_too_many_claims_are_shown_around_one_thing_and_all_on_demand(story: Story) -> None:
    crowded = many_claims(3 * MANY, 80)
    text = mechanisms(crowded, page="/case/x")
    assert hub(mechanism_claims(crowded)) == "x:0" and "within 1 step of x:0" in text
    assert text.count('class="note ') < 3 * MANY and 'value="x:0" selected' in text
    everything = mechanisms(crowded, EVERYTHING, "/case/x")
    assert len(re.findall(r'<path [^>]*class="flow', everything)) > 4 * MANY and "within" not in everything
    assert "No claim speaks of this" in mechanisms(crowded, "x:none", "/case/x")
    assert "<form" not in mechanisms(crowded, form=False) and "claims: those within" in mechanisms(crowded, form=False)
    few = mechanisms(story, page="/case/x")
    assert f"The {len(mechanism_claims(story))} claims" in few and "given to this patient" in few


def test_the_nearest_claims_come_step_by_step() -> None:
    chain = [Fact(f"c{n}", {"subject": [f"x:{n}"], "object": [f"x:{n + 1}"]}) for n in range(9)]
    assert [c.id for c in near(chain, "x:4", 4)[0]] == ["c2", "c3", "c4", "c5"] and near(chain, "x:4", 4)[1] == 2
    assert len(near(chain, "x:4", 1)[0]) == 2
    assert near(chain, "x:4", 99)[0] == chain and near(chain, "x:nothing", 9) == ([], 0)


# 7) tests, aids


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
    verdicts = story.items[str(items[0].get("ofSet"))]["verdicts"]
    assert verdicts and all(f"{v['label']} from {v['biopsy']:g}" in text for v in verdicts)
    assert all(f"from {v['points']:g}" not in text for v in verdicts if v["points"] not in [w["biopsy"] for w in verdicts])


def test_what_an_item_rests_on_is_said_once_and_for_people() -> None:
    fever = {"kind": "Finding", "label": "Fever", "status": "present"}
    item = {"id": "r", "kind": "CriterionResult", "ofItem": "x:i", "ofSet": "x:s", "status": "met", "metThrough": ["#a", "#b", "#p"]}
    told = a_story(
        {"id": "a", **fever}, {"id": "b", **fever}, item, {"id": "p", "kind": "Patient", "ageYears": 0.5, "label": "patient of x"}
    )
    text = words_of(aids.criteria(told))
    assert text.count("Fever") == 1 and "(2 statements)" in text and "6 months" in text and "patient of x" not in text


def test_a_word_that_goes_on_over_a_page_break_is_shown_whole() -> None:
    quote = "hydroxychloro- […] quine was given […] Then not."
    told = a_story({"id": "r", "kind": "ChecklistResult", "label": "drugs", "status": "reported", "quote": quote})
    assert "hydroxychloro- […] quine was given</td>" in aids.checklist(told)


def test_the_ranges_have_columns_only_where_one_is_printed_and_notes_a_line_of_their_own() -> None:
    plain = {"id": "m", "kind": "Measurement", "words": "ESR", "printedValue": "102 mm/h", "value": 102, "note": "No limit."}
    text = facts.tests(a_story(plain))
    assert "Where it lies" not in text and "no range printed" not in text and text.count("<tr") == 3
    ranged = facts.tests(
        a_story(plain, {"id": "n", "kind": "Measurement", "words": "CRP", "value": 3, "normalHigh": 1, "normalRange": "< 1"})
    )
    assert "Where it lies" in ranged and "no range printed" in ranged and "is above the normal range" in ranged


def test_the_checklist_counts_what_is_reported(story: Story) -> None:
    done = sum(r.get("status") == "reported" for r in story.of("ChecklistResult"))
    assert f"{done} of {len(story.of('ChecklistResult'))}" in aids.checklist(story)


# 8) search, questions, linked data, SPARQL page


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


def test_a_statement_names_its_case_where_there_are_several() -> None:
    node = "https://w3id.org/casegraph/case/one#fever"
    rows = {part: [] for part in PARTS} | {"statements": [[node, "Fever", "She had fever.", ""]], "cases": [["one"], ["two"]]}
    assert Index(read_rows(rows, [])).search("fever")[0].more == "one · She had fever."
    assert Index(read_rows({**rows, "cases": [["one"]]}, [])).search("fever")[0].more == "She had fever."


def test_many_cases_can_be_chosen_among_and_come_in_pages() -> None:
    cases = [
        {"id": f"case-{n}", "title": f"Title {n}", "diagnoses": ["fever"] if n % 2 else [], "age": 0.5} for n in range(2 * home.SHOWN + 1)
    ]
    first = home.home_page(cases)
    assert first.count('class="name"') == home.SHOWN and "page 1 of 3" in first and "6 months" in first
    assert home.home_page(cases, "", "3").count('class="name"') == 1 and home.home_page(cases, "", "99") == home.home_page(cases, "", "3")
    chosen = home.home_page(cases, "fever title", "1")
    assert f"{home.SHOWN} of them" in chosen and 'href="/case/case-2"' not in chosen and 'href="/case/case-1"' in chosen
    assert "No case holds “&lt;b&gt;”" in home.home_page(cases, "<b>")
    few = home.home_page(cases[:2])
    assert "Only cases with" not in few and few.index("2 cases") < few.index("Ask across")
    many = {"id": "x", "diagnoses": [f"disease {n}" for n in range(9)], "method": "machine"}
    assert "disease 4 and 4 more · draft" in home.home_page([many])


def test_what_is_of_all_cases_is_kept_however_many_cases_are_read() -> None:
    class Site:
        digest = "one"

    site, made = Site(), []

    async def read() -> None:
        memory = Explorer(site)  # type: ignore[arg-type]

        async def make() -> int:
            made.append(1)
            return len(made)

        assert await memory.keep(("index",), make) == 1
        for n in range(2 * KEPT):
            await memory.keep(("story", n), make)
        assert await memory.keep(("index",), make) == 1
        count = len(made)
        assert await memory.keep(("story", 2 * KEPT - 1), make) == count and await memory.keep(("story", 0), make) == count + 1
        site.digest = "two"
        assert await memory.keep(("index",), make) == count + 2

    asyncio.run(read())


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
    text = answers.answer_table(
        {"columns": ["case", "drug", "label", "dose", "quote"], "rows": rows, "nodes": nodes},
        {("c", "Aspirin was given."): "/case/c#text-0-18"},
    )
    assert re.findall(r'<th scope="col">(.*?)</th>', text) == ["what"]
    assert 'title="CHEBI:1"' in text and 'href="/case/c#text-0-18"' in text


def wide_answer(rows: int) -> dict[str, Any]:
    names = ["case", "order", *(f"column {n}" for n in range(14)), "note", "quote"]
    row = {name: "some words that fill the cell" for name in names} | {"note": "One; two. " * 12, "quote": "A sentence."}
    return {"columns": names, "rows": [{**row, "order": n} for n in range(rows)], "nodes": [{}] * rows}


def test_columns_without_room_stand_below_their_row_and_nothing_is_lost() -> None:
    text = answers.answer_table(wide_answer(2), {})
    shown, below = re.findall(r'<th scope="col">(.*?)</th>', text), re.findall(r"<dt>(.*?)</dt>", text)
    assert (
        "note" in below
        and 4 < len(shown) < 12
        and sorted({*shown, *below}) == sorted(["order", "note", *(f"column {n}" for n in range(14))])
    )
    assert "<li>" not in text
    narrow = answers.answer_table({"columns": ["what", "note"], "rows": [{"what": "x", "note": "so"}], "nodes": [{}]}, {})
    assert "<dt>" not in narrow and '<th scope="col">note</th>' in narrow


def test_a_long_answer_comes_in_pages_whose_rows_keep_their_numbers() -> None:
    from kg import ask

    question, whole = ask.question_named("findings"), wide_answer(2 * answers.MOST_ROWS + 1)
    first = library.question_page(question, {}, whole, [], {})
    last = library.question_page(question, {}, whole, [], {}, page=3)
    assert first.count('class="quote"') == answers.MOST_ROWS and "page=2" in first and "Earlier rows" not in first
    assert last.count('class="quote"') == 1 and f"row={2 * answers.MOST_ROWS + 1}" in last and "Further rows" not in last


def test_sentences_that_stand_below_the_row_are_not_columns_too() -> None:
    row = {"topic": "x", "statement": "One.", "other_statement": "Two.", "quote": "One. | Two."}
    answer = {"columns": list(row), "rows": [row], "nodes": [{}]}
    assert re.findall(r'<th scope="col">(.*?)</th>', answers.answer_table(answer, {})) == ["topic"]
    answer["rows"] = [{**row, "statement": "Three."}]
    assert re.findall(r'<th scope="col">(.*?)</th>', answers.answer_table(answer, {})) == ["topic", "statement"]


def test_the_sparql_behind_an_answer_without_rows_holds_what_was_given() -> None:
    from kg import ask

    question = ask.question_named("findings-under")
    term = {"type": "uri", "value": "http://purl.obolibrary.org/obo/HP_0000822"}
    nothing = {"columns": list(question.columns), "rows": [], "nodes": [], "bound": {"class": term}}
    text = words_of(library.question_page(question, {"class": "hypertension"}, nothing, [], {}))
    assert "VALUES ?class { <http://purl.obolibrary.org/obo/HP_0000822> }" in text and "No row" in text


def test_why_a_row_is_there_and_why_a_term_is_not(store: Any) -> None:
    from kg import ask

    question = ask.question_named("findings-under")
    values = {"class": "Fever"}
    found = why.why_row(store, "findings-under", values, 1)
    text = why.why_page(question, values, 1, found)
    assert found["grounds"] and "in the record" in text and "<blockquote>" in text
    assert found["row"]["label"] == "Fever" and "<dd>Fever</dd>" in text
    missing = why.why_not(store, "findings-under", {"class": "Abnormality of the skin"}, "Fever")
    assert missing["condition"] and "is not in the answer" in why.why_not_page(question, values, NASTY, missing)
    assert NASTY not in why.why_not_page(question, values, NASTY, missing)


def test_a_duration_is_said_in_words_in_an_answer() -> None:
    table = answers.answer_table({"columns": ["at", "offset"], "rows": [{"at": "x", "offset": "P1M10D"}], "nodes": [{}]}, {})
    assert '<span title="P1M10D">1 month 10 days</span>' in table


def test_a_download_is_safe_in_a_spreadsheet() -> None:
    answer = {"columns": ["a", "b"], "rows": [{"a": "=cmd()", "b": None}, {"a": "-P6M", "b": 'x,"y"'}]}
    assert answers.as_csv(answer) == 'a,b\r\n\'=cmd(),\r\n-P6M,"x,""y"""\r\n'


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


# 9) the file to send


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
