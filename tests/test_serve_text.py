"""Text from reports, names, data and addresses is shown as text: on every page, in every format, in the file to send, in the log."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urldefrag

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

from kg import ask, pipeline
from kg.report_page import case_page
from kg.serve.describe import openapi
from kg.serve.limits import Limits
from kg.serve.site import Site
from kg.serve.testing import Client, running, write_graph
from tests.conftest import SMALL_REPORT, SmallCase

#: Each would run in a page that takes it for markup: as an element, out of an attribute, out of a style or a script, as an address.
NASTY = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "' onmouseover='alert(3)",
    "</style></textarea></title></script><svg onload=alert(4)>",
    "javascript:alert(5)",
    "<!--<a href=\"javascript:alert(6)\">&lt;script&gt;",
]  # fmt: skip
#: In the report and the record, where a quote has to be one line.
BAD = " ".join(NASTY)
CASE = "small-2020"


def _record(small: type[SmallCase], folder: Path) -> Path:
    """The small case with all that a report may say, wherever the record repeats it."""
    yaml = json.dumps  # a JSON string is a YAML string
    report = (
        SMALL_REPORT.replace("A short case", f"A short case {BAD}")
        .replace("presented with fever", f"presented {BAD} with fever")
        .replace("1 mg/kg", f"1 mg/kg {BAD}")
        .replace("the fever was gone", f"the fever was gone {BAD}")
        .replace("inhibits inflammation", f"inhibits {BAD} inflammation")
        .replace("2001;1:1-2", f"2001;1:1-2 {BAD}")
    )
    return small(
        ("document: {title: A short case, quote: A short case}",
         f"document: {{title: {yaml(f'A short case {BAD}')}, authors: [{yaml(BAD)}], journal: {yaml(BAD)}, licence: {yaml(BAD)}, "
         f"conflict_of_interest: {yaml(BAD)}, keywords: [{yaml(BAD)}], quote: {yaml(f'A short case {BAD}')}}}"),
        ("presentation: {quote: presented with fever}",
         f"presentation: {{quote: {yaml(f'presented {BAD} with fever')}, words: {yaml(BAD)}}}"),
        ("quote: presented with fever and a rash}",
         f"quote: {yaml(f'presented {BAD} with fever and a rash')}, note: {yaml(BAD)}, words: {yaml(BAD)}, severity: {yaml(BAD)}, sites: [{yaml(f'none ! {BAD}')}]}}"),
        ("dose: 1 mg/kg, quote: He was started on prednisolone 1 mg/kg}",
         f"dose: {yaml(f'1 mg/kg {BAD}')}, schedule: {yaml(BAD)}, quote: {yaml(f'He was started on prednisolone 1 mg/kg {BAD}')}}}"),
        ("    quote: He was started on prednisolone 1 mg/kg\n",
         f"    words: {yaml(BAD)}\n    quote: {yaml(f'He was started on prednisolone 1 mg/kg {BAD}')}\n"),
        ("quote: the fever was gone}", f"quote: {yaml(f'the fever was gone {BAD}')}}}"),
        ("quote: Two weeks later the fever was gone}", f"extent: {yaml(BAD)}, quote: {yaml(f'Two weeks later the fever was gone {BAD}')}}}"),
        ("quote: Prednisolone inhibits inflammation}",
         f"strength: {yaml(BAD)}, basis: {yaml(BAD)}, reasons: [{yaml(BAD)}], quote: {yaml(f'Prednisolone inhibits {BAD} inflammation')}}}"),
        ("title: A title, journal: J Med, year: 2001,", f"title: {yaml(f'A title {BAD}')}, journal: {yaml(BAD)}, year: 2001,"),
        report=report,
    ).write(folder)  # fmt: skip


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    pipeline.build([_record(SmallCase, folder / "seeds" / CASE)], folder / "graph")
    return folder / "graph"


@pytest.fixture(scope="module")
def client(graph: Path, log: Path) -> Iterator[Client]:
    with running(graph, "--records", str(graph.parent / "seeds"), log=log) as url:
        yield Client(url, timeout=30)


class Page(HTMLParser):
    """What a browser would make of a page, as far as it could do harm."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.harm: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/static/") or tag in ("iframe", "object", "embed", "base", "img"):
            self.harm.append(f"<{tag} {given}>")
        for name, value in given.items():
            here = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith("on") or (
                name in ("href", "src", "action", "xlink:href", "formaction") and here.startswith(("javascript:", "data:"))
            ):
                self.harm.append(f"{name}={value}")
        if tag == "a":
            self.links.append(given.get("href", ""))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_test_sees_harm() -> None:
    for nasty in NASTY[:4]:
        assert Page(f"<p title='{nasty}'>{nasty}</p><a title=\"{nasty}\">").harm, nasty
    assert Page(f'<a href="{NASTY[4]}">').harm and not Page("<p>alert(1)</p><script src='/static/x.js'></script>").harm


def check(client: Client, path: str, accept: str = "text/html,*/*;q=0.1") -> list[str]:
    """Fail if an answer could run something; its links."""
    reply = client.get(path, accept)
    assert reply.status < 500, path
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    assert "unsafe-eval" not in policy and "script-src" not in policy and ("default-src 'self'" in policy or "default-src 'none'" in policy)
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    if media_type != "text/html":
        # A browser runs none of these, whatever is in them.
        assert media_type not in ("application/xhtml+xml", "application/xml", "text/xml") or "sandbox" in policy, (path, media_type)
        return []
    page = Page(reply.body.decode())
    assert page.harm == [], path
    return page.links


def test_every_page_that_leads_from_the_first_shows_the_report_as_text(client: Client) -> None:
    waiting, seen, shown = ["/"], set(), ""
    while waiting and len(seen) < 150:
        path = urldefrag(waiting.pop(0))[0]
        # Of each question and each term one is enough.
        kind = re.sub(r"(?<=/library/)[^/?]+|(?<=iri=).*", "*", path) if path.count("/library/") or "iri=" in path else path
        if not path.startswith("/") or kind in seen:
            continue
        seen.add(kind)
        waiting += check(client, path)
        shown += client.get(path, "text/html").body.decode()
    assert {"/", f"/case/{CASE}", "/library", "/search", "/sparql", "/library/*", "/term?iri=*"} <= seen
    for nasty in NASTY[:3]:
        assert re.search(
            re.escape(nasty).replace("<", "&lt;").replace(">", "&gt;").replace('"', '("|&quot;)').replace("'", "('|&#x27;)"), shown
        ), nasty


@pytest.mark.parametrize("name", ask.question_names())
def test_answers_and_their_reasons_show_the_report_as_text(client: Client, name: str) -> None:
    for path in (f"/library/{name}?ask=1", f"/library/{name}/why?row=1", f"/library/{name}/why-not?term=fever", f"/ask/{name}?format=csv"):
        check(client, path)
    assert client.get(f"/ask/{name}").headers["content-type"] == "application/json"


@pytest.mark.parametrize("nasty", NASTY)
def test_addresses_are_shown_as_text(client: Client, nasty: str) -> None:
    """Each parameter and each piece of every address that there is."""
    document = openapi.document(Site(Path("graph"), client.url, Limits()), pages=True, writable=False)
    question, encoded = ask.question_named("treatments"), quote(nasty, safe="")
    names = [parameter.name for parameter in question.parameters]
    for template, operations in document["paths"].items():
        given = [parameter for parameter in operations["get"]["parameters"] if parameter["in"] == "query"]
        whole = re.sub(r"{\w+}", encoded, template)
        known = (
            template.replace("{case_id}", CASE)
            .replace("{name}", "treatments")
            .replace("{ending}", "ttl")
            .replace("{view}", "mechanism")
            .replace("{path}", "style.css")
        )
        check(client, whole)
        check(client, f"{whole}?{encoded}={encoded}")
        for name in [parameter["name"] for parameter in given] + (names if "{name}" in template else []):
            for accept in ("text/html,*/*;q=0.1", "*/*"):
                check(client, f"{known}?{name}={encoded}", accept)


@pytest.mark.parametrize("nasty", NASTY)
def test_values_of_a_query_are_shown_as_text(client: Client, nasty: str) -> None:
    literal = json.dumps(nasty)
    for query in (
        f"SELECT ({literal} AS ?x) (STRDT({literal}, <http://e/t>) AS ?y) (TRIPLE(<http://e/a>, <http://e/b>, {literal}) AS ?z) {{}}",
        f"SELECT (IRI(CONCAT('http://e/', ENCODE_FOR_URI({literal}))) AS ?x) (IRI('javascript:alert(1)') AS ?y) (IRI('data:text/html,x') AS ?z) {{}}",
        f"CONSTRUCT {{ <http://e/a> <http://e/b> {literal} }} {{}}",
        f"SELECT {literal}",
        f"ASK {{ {nasty} }}",
    ):
        for accept in (
            "text/html",
            "text/html;q=0.9, application/json",
            "application/sparql-results+xml, application/rdf+xml",
            "text/csv, text/turtle",
        ):
            check(client, f"/sparql?query={quote(query)}", accept)
    shown = client.get(f"/sparql?query={quote(f'SELECT ({literal} AS ?x) {{}}')}", "text/html").body.decode()
    assert nasty in "".join(Page(shown).text)


def test_the_file_to_send_shows_the_report_as_text(graph: Path) -> None:
    text = case_page(graph, CASE)
    page = Page(text)
    assert page.harm == []
    assert all(nasty in re.sub(r"\s+", " ", "".join(page.text)) for nasty in NASTY)
    assert "default-src 'none'" in unescape(text)


def test_search_as_json_is_json(client: Client) -> None:
    for nasty in NASTY:
        for kind in ("term", "case", "time", "set"):
            reply = client.get(f"/complete?type={kind}&q={quote(nasty)}", "text/html")
            assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert any(NASTY[0] in offer["more"] for offer in client.get("/complete?type=case&q=small").json)


# the log


def test_the_log_takes_no_line_and_no_command_from_a_client(client: Client, log: Path) -> None:
    forged = "2026-01-01T00:00:00Z 127.0.0.1 GET /forged 200 1.0 ms 1 rows"
    evil = f"\r\n{forged}\n\x1b[2J\x1b]0;title\x07\u2028\x85{forged}"
    paths = [f"/x{quote(evil)}", f"/sparql?query={quote('ASK { #' + evil + chr(10) + '}')}", f"/ask/treatments?drug={quote(evil)}", f"/ask/{quote(evil)}",
             f"/case/{quote(evil)}", f"/store?graph={quote('x:' + evil)}", f"/questions/{quote(evil)}"]  # fmt: skip
    for path in paths:
        client.send(
            "GET",
            path,
            {"User-Agent": "agent-of-chaos", "Referer": "http://from.where/", "X-Forwarded-For": "6.6.6.6", "Cookie": "a=secret"},
        )
    client.post("ASK { ?body ?of ?post }" + "x" * 5000, "application/sparql-query")
    client.get("/health?last=1")
    deadline = time.monotonic() + 10
    while "?body" not in (text := log.read_text(encoding="utf-8")) and time.monotonic() < deadline:
        time.sleep(0.02)
    lines = text.split("\n")
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 [A-Z]+ /\S* ?", line) and "GET /forged" not in line[:60]
        for line in lines[:-1]
    )
    assert sum("/forged" in line for line in lines) >= len(paths)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", text)
    for unwanted in ("agent-of-chaos", "from.where", "6.6.6.6", "secret", "x" * 500):
        assert unwanted not in text


def test_the_log_of_a_writable_server_has_neither_token_nor_what_was_written(graph: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    write_graph(tmp_path / "graph", '<http://e/a> <http://e/p> "1" <http://g/1> .')
    with running(tmp_path / "graph", "--no-pages", token="sesame", log=log) as url:
        client, insert = Client(url), 'INSERT DATA { GRAPH <http://g/1> { <http://e/b> <http://e/p> "told in confidence" } }'
        for token in ("sesame", "sesamee"):
            client.post(insert, "application/sparql-update", Authorization=f"Bearer {token}")
            client.post(
                f"update={quote(insert)}", "application/x-www-form-urlencoded", "/sparql?token=sesame", Authorization=f"Bearer {token}"
            )
        client.query("ASK {}", None, "&token=sesame")
    text = log.read_text(encoding="utf-8")
    assert text.count("POST /sparql 204") == 2 and text.count("POST /sparql 401") == 2 and "update," in text
    assert "sesame" not in text and "confidence" not in text
