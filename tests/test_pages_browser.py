"""The explorer in a real browser, with the network cut: every page opens, highlights work, nothing is fetched from elsewhere.

Needs Chromium and the package playwright; skipped, with the reason, where either is missing. Accessibility is checked
with axe-core where it is at hand: `AXE` names the script, else the folder `node_modules` of `web/`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

CASE = "antonopoulos-2018"
WIDTHS = (390, 820, 1440)
PAGES = (
    "/",
    "/?q=dermatomyositis",
    f"/case/{CASE}",
    f"/case/{CASE}/mechanism",
    f"/case/{CASE}/mechanism?about=all",
    f"/case/{CASE}/conflicts",
    f"/case/{CASE}/criteria",
    f"/case/{CASE}/checklist",
    "/library",
    "/library/treatments?ask=1",
    "/library/findings-under?class=nothing-like-it",
    "/library/conflicts?ask=1",
    "/library/what-worked/why?row=1",
    "/library/what-worked/why-not?term=Fever",
    "/search?q=muscle",
    "/sparql",
    "/sparql?query=SELECT+*+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+5",
    "/term?iri=http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FHP_0001945",
    "/ns",
    "/case/none",
)
AXE = Path(os.environ.get("AXE") or Path(__file__).parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="no playwright: pip install playwright, and Debian's chromium")
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium; or set CHROMIUM)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def url(seed_graph: Path) -> Iterator[str]:
    from kg.serve.testing import running

    with running(seed_graph) as address:
        yield address.rstrip("/")


class Visit:
    """A page whose every request away from the server is refused, and remembered with every complaint."""

    def __init__(self, browser: Any, url: str, width: int = 1440, **options: Any) -> None:
        self.url = url
        self.away: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.context.route("**/*", self._pass)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" and "status of 4" not in message.text else None,
        )

    def _pass(self, route: Any) -> None:
        if route.request.url.startswith((self.url + "/", "data:", "file:")):
            route.continue_()
        else:
            self.away.append(route.request.url)
            route.abort()

    def open(self, path: str) -> Any:
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture
def visit(browser: Any, url: str) -> Iterator[Visit]:
    visit = Visit(browser, url)
    yield visit
    visit.context.close()
    assert visit.away == [] and visit.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_within_the_width_and_asks_no_other_host(browser: Any, url: str, width: int) -> None:
    visit = Visit(browser, url, width)
    for path in PAGES:
        page = visit.open(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.locator("main h1").count() == 1, path
    visit.context.close()
    assert visit.away == [] and visit.complaints == []


def test_a_fact_lights_its_sentence_beside_it(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    fact = page.locator("#findings a.fact").first
    fact.click()
    first = fact.get_attribute("data-text").split()[0]
    assert "lit" in page.locator(f"#{first}").get_attribute("class")
    page.wait_for_function(
        "id => { const box = (e) => e.getBoundingClientRect();"
        " const a = box(document.getElementById(id)), b = box(document.querySelector('.sheet'));"
        " return a.top >= b.top && a.bottom <= b.bottom }",
        arg=first,
    )
    assert page.url.endswith(f"#{first}")


def test_a_sign_of_the_timeline_brings_its_sentence_where_the_paper_is_out_of_sight(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    page.locator(".chart a[data-text]").first.click()
    bar = page.locator(".quote-bar blockquote")
    assert len(bar.inner_text()) > 10
    page.get_by_role("link", name="In the paper").click()
    page.wait_for_function(
        "() => { const b = document.querySelector('.said.lit').getBoundingClientRect(); return b.top > 0 && b.bottom < innerHeight }"
    )


def test_a_sentence_shows_the_facts_taken_from_it_by_click_and_by_selection(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    sentence = page.locator(".paper .said", has_text="She denied weight loss").last
    sentence.click()
    assert "Weight loss" in page.locator("#taken").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#taken").count() == 0
    page.locator(".paper .said", has_text="hysterectomy").last.select_text()
    page.locator(".sheet").dispatch_event("mouseup")
    assert "hysterectomy" in page.locator("#taken").inner_text()


def test_without_script_the_address_alone_lights_the_sentence(browser: Any, url: str) -> None:
    visit = Visit(browser, url, java_script_enabled=False)
    page = visit.open(f"/case/{CASE}")
    fact = page.locator("#findings a.fact").first
    target = (fact.get_attribute("href") or "").removeprefix("#")
    fact.click()
    assert page.locator(f".said:target#{target}").count() == 1
    pill = page.locator(".pill").first
    assert page.locator(pill.get_attribute("href") or "").count() == 1
    visit.context.close()


def test_the_keyboard_reaches_a_fact_and_its_sentence(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.locator("#tests a.fact").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".said.lit").count() > 0


def test_the_tab_key_follows_the_page_and_shows_where_it_is(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    stops = []
    for _ in range(34):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "() => { const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();"
                " return { part: e.closest('.top, .tabs, #tried, #course, .facts, .paper, .glance, .source')?.matches('.top') ? 'top'"
                " : e.closest('#tried, #course, .facts, .paper')?.id || 'head', words: e.textContent,"
                " shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && box.bottom > 0 && box.top < innerHeight } }"
            )
        )
    assert [s["words"] for s in stops if not s["shown"]] == []
    assert [part for part, _ in groupby(s["part"] for s in stops)] == ["head", "top", "head", "tried"]
    page.locator("#course .skip").focus()
    assert page.locator("#course .skip").bounding_box()["x"] > 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.facts') !== null")


def test_the_skip_link_leads_past_the_navigation(visit: Visit) -> None:
    page = visit.open("/library")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null && document.activeElement.closest('.topics') !== null")


def test_what_was_tried_and_why_we_think_so_is_read_without_a_click(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    rows = page.locator("#tried tbody tr")
    assert rows.count() == page.locator("article.treatment").count() > 5
    assert page.locator("#tried").bounding_box()["y"] < 400
    sentence = rows.filter(has=page.locator(".helped")).locator(".says a")
    words = sentence.inner_text().strip("“”")
    sentence.click()
    assert (
        words[:40] in page.locator(".quote-bar blockquote").inner_text() and ": helped" in page.locator(".quote-bar .detail").inner_text()
    )
    rows.first.locator(".number a").click()
    page.wait_for_function(
        "() => { const b = document.querySelector('article.treatment').getBoundingClientRect(); return b.top >= 0 && b.top < innerHeight }"
    )


def test_a_link_reproduces_an_answer_elsewhere_and_without_script(browser: Any, url: str) -> None:
    first = Visit(browser, url)
    page = first.open("/library/findings-under?class=pyrexia&ask=1")
    link = page.get_by_role("link", name="Link to this answer").get_attribute("href") or ""
    table = page.locator("#answer table").inner_text()
    first.context.close()
    second = Visit(browser, url, java_script_enabled=False)
    assert second.open(link).locator("#answer table").inner_text() == table and "Fever" in table
    second.context.close()


@pytest.mark.parametrize("name", ["treatments", "findings", "labs", "mechanisms", "what-worked"])
def test_no_column_of_an_answer_is_out_of_sight(visit: Visit, name: str) -> None:
    page = visit.open(f"/library/{name}?ask=1")
    assert page.evaluate("(() => { const s = document.querySelector('#answer .scroll'); return s.scrollWidth - s.clientWidth })()") <= 0


def test_the_sparql_behind_an_empty_answer_asks_the_same(visit: Visit) -> None:
    page = visit.open("/library/findings-under?class=Hypertension&ask=1")
    assert page.get_by_text("No row:").count() == 1
    page.get_by_text("The SPARQL behind it").click()
    assert "VALUES ?class { <http" in page.locator("details pre").inner_text()
    page.get_by_role("link", name="Open in the editor").click()
    page.wait_for_url("**/sparql?query=*")
    assert "0 rows" in page.locator("#result").inner_text()


def test_on_a_phone_the_map_begins_at_the_drug(browser: Any, url: str) -> None:
    visit = Visit(browser, url, 390)
    page = visit.open(f"/case/{CASE}/mechanism")
    box = page.locator(".map .drug").first.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    visit.context.close()
    assert visit.away == [] and visit.complaints == []


def test_printed_the_page_has_its_pictures_and_every_sentence_whole(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.locator(".timeline .chart").bounding_box()["width"] > 400
    assert page.evaluate(
        "[...document.querySelectorAll('.clip')].every(e => e.scrollHeight <= e.clientHeight + 1 || getComputedStyle(e).display === 'inline')"
    )
    assert not page.locator(".contents").is_visible()


def test_on_a_phone_the_paper_comes_up_from_below(browser: Any, url: str) -> None:
    visit = Visit(browser, url, 390)
    page = visit.open(f"/case/{CASE}")
    page.locator("#findings a.fact").first.click()
    page.wait_for_function("() => document.querySelector('.paper').getBoundingClientRect().height > 250")
    page.wait_for_function(
        "() => { const b = document.querySelector('.said.lit').getBoundingClientRect(); return b.top > 300 && b.bottom <= innerHeight }"
    )
    visit.context.close()
    assert visit.away == [] and visit.complaints == []


def test_a_link_of_the_mechanism_map_leads_to_the_claims_sentence(visit: Visit) -> None:
    page = visit.open(f"/case/{CASE}/mechanism")
    link = page.locator(".map a").first
    target = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    page.wait_for_url(f"**/case/{CASE}#{target}")
    assert page.locator(f"#{target}.lit").count() == 1


def test_a_question_is_completed_asked_and_downloaded(visit: Visit) -> None:
    page = visit.open("/library/findings-under")
    with page.expect_response("**/complete?*q=abnormality*"):
        page.fill("#p-class", "abnormality of the sk")
    page.wait_for_selector("#p-class-list option[value='Abnormality of the skin']", state="attached")
    page.fill("#p-class", "Abnormality of the skin")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_selector("#answer table")
    assert page.locator("#answer tbody").count() > 5
    permalink = page.get_by_role("link", name="Link to this answer").get_attribute("href") or ""
    assert "class=Abnormality" in permalink
    csv = page.request.get(f"{visit.url}{page.get_by_role('link', name='CSV').get_attribute('href')}")
    assert csv.ok and csv.text().startswith("class,case,concept")
    page.get_by_text("The SPARQL behind it").click()
    assert "VALUES ?class" in page.locator("details pre").inner_text()
    page.locator("#answer .quote a").first.click()
    page.wait_for_url(f"**/case/{CASE}#text-*")


def test_a_sparql_query_is_edited_and_run(visit: Visit) -> None:
    page = visit.open("/sparql")
    text = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a <https://w3id.org/casegraph/ns#Case> }"
    if page.locator(".CodeMirror").count():
        page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", text)
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+Enter")
    else:
        page.fill("#query", text)
        page.get_by_role("button", name="Run").click()
    page.wait_for_selector("#result table")
    assert page.locator("#result td").inner_text().strip() == "1"
    page.goto(f"{visit.url}/sparql?query=SELEC")
    assert page.locator("#result [role=alert]").count() == 1


def test_the_editor_completes_from_this_graph(visit: Visit) -> None:
    page = visit.open("/sparql")
    if not page.locator(".CodeMirror").count():
        pytest.skip("the editor is not bundled here (python web/bundle.py)")
    start = "PREFIX cg: <https://w3id.org/casegraph/ns#>\nSELECT ?s WHERE { ?s cg:conce"
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", start)
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    page.wait_for_function(
        "() => document.querySelector('.CodeMirror').CodeMirror.getValue().includes('cg:concept')"
        " || document.querySelector('.CodeMirror-hints')"
    )


def test_search_answers_while_typing(visit: Visit) -> None:
    page = visit.open("/search")
    page.keyboard.press("/")
    page.keyboard.type("pyrex")
    page.wait_for_selector("#hits a:has-text('Fever')")
    page.wait_for_url("**/search?q=pyrex")


def test_the_file_to_send_works_from_disk(browser: Any, url: str, seed_graph: Path, tmp_path: Path) -> None:
    from kg.report_page import case_page

    file = tmp_path / "case.html"
    file.write_text(case_page(seed_graph, CASE), encoding="utf-8")
    visit = Visit(browser, url)
    visit.page.goto(file.as_uri())
    fact = visit.page.locator("#findings a.fact").first
    target = (fact.get_attribute("href") or "").removeprefix("#")
    fact.click()
    assert visit.page.locator(f".said:target#{target}").count() == 1
    visit.context.close()
    assert visit.away == [] and visit.complaints == []


@pytest.mark.parametrize("width", (390, 1440))
def test_axe_finds_nothing(browser: Any, url: str, seed_graph: Path, tmp_path: Path, width: int) -> None:
    from kg.report_page import case_page

    if not AXE.is_file():
        pytest.skip("no axe-core here: run npm ci in web/, or set AXE to the path of axe.min.js")
    visit = Visit(browser, url, width, bypass_csp=True)
    file = tmp_path / "case.html"
    file.write_text(case_page(seed_graph, CASE), encoding="utf-8")
    found = []
    for address in [*(visit.url + path for path in PAGES), file.as_uri()]:
        page = visit.page
        page.goto(address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        found += [(address, v["id"], v["nodes"][0]["html"][:120]) for v in result["violations"]]
    visit.context.close()
    assert found == []


def test_the_pages_weigh_little(visit: Visit) -> None:
    sizes: list[int] = []
    visit.page.on("response", lambda response: sizes.append(int(response.request.sizes()["responseBodySize"])))
    visit.open(f"/case/{CASE}")
    visit.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 200_000
