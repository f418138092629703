"""What a query reaches for, found in its tokens; compared with what the engine does."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.serve.builds.update import prepare
from kg.serve.errors import Problem
from kg.serve.guard import reach
from kg.serve.guard.lexer import Token
from kg.serve.sparql.protocol import Operation
from kg.serve.testing import trap
from kg.serve.worker.rows import RowCounter

HERE = "<http://127.0.0.1:1/>"

REACHING = [
    f"ASK {{ SERVICE {HERE} {{}} }}",
    f"ASK {{ service silent {HERE} {{}} }}",
    f"ASK {{ SERVICE{HERE}{{}} }}",
    f"ASK {{ SERVICESILENT{HERE}{{}} }}",
    "PREFIX e: <http://127.0.0.1:1/> ASK { SERVICE e:x {} }",
    "PREFIX e: <http://127.0.0.1:1/> ASK { SERVICEe:x {} }",
    "PREFIX : <http://127.0.0.1:1/> ASK { SERVICE:x{} }",
    "BASE <http://127.0.0.1:1/> ASK { SERVICE <x> {} }",
    "ASK { SERVICE ?s {} }",
    f"ASK {{ ?s ?p trueSERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p 1SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p 1.0e0SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p 'a'SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p '''a'''SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p '\\'#'SERVICE {HERE} {{}} }}",
    f"ASK {{ #c\rSERVICE {HERE} {{}} }}",
    f"ASK {{ #'\nSERVICE {HERE} {{}} #'\n }}",
    f"ASK {{ ?s ?p ''SERVICE {HERE} {{}} }}",
    "PREFIX e: <http://127.0.0.1:1/> ASK { ?x ?y ?z FILTER(?x<?y)SERVICE#>\ne:x{} }",
    "PREFIX e: <http://127.0.0.1:1/> ASK { ?x ?y ?z FILTER(1<?y)SERVICE#>\ne:x{} }",
    "PREFIX e: <http://127.0.0.1:1/> ASK { ?x ?y ?z FILTER(STR(?x)<?y)SERVICE#>\ne:x{} }",
    f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ SERVICE {HERE} {{}} }} }} }} }}",
    f"ASK {{ FILTER EXISTS {{ SERVICE {HERE} {{}} }} }}",
]

HARMLESS = [
    "ASK { ?s ?p 'SERVICE <http://e/> {}' }",
    'ASK { ?s ?p """ " SERVICE <http://e/> {} """ }',
    "ASK { ?s ?p 'it\\'s SERVICE <http://e/> {}' }",
    "ASK { } # SERVICE <http://e/> {}",
    "ASK { <http://e/SERVICE> ?p ?o }",
    "ASK { ?s <http://e/service#a> (<http://e/service> ?o) }",
    "ASK { ?SERVICE ?p $service }",
    "PREFIX SERVICE: <http://e/> ASK { SERVICE:x SERVICE:y SERVICE:z }",
    "PREFIX service: <http://e/> ASK { GRAPH service:x { ?s ?p ?o } }",
    "PREFIX e: <http://e/> ASK { e:SERVICE e:service e:a\\'SERVICE }",
    "ASK { _:service ?p 'x'@en-service }",
    "ASK { ?s ?p ?o FILTER(?o IN (<http://e/service>, 1)) }",
    "ASK { ?s ?p ?o FILTER(?o = <http://e/service>) }",
    "ASK { ?s ?p '\\u0053ERVICE' }",
]


@pytest.mark.parametrize("query", REACHING)
def test_service_is_found_however_it_is_written(query: str) -> None:
    try:
        assert reach.inspect(query).services
    except reach.Refused as error:
        assert error.kind == "service"


@pytest.mark.parametrize("query", HARMLESS)
def test_what_only_looks_like_service_is_not(query: str) -> None:
    assert reach.inspect(query).services == []
    ox.Store().query(query)  # and it is SPARQL


def test_escaped_keyword_is_no_keyword_to_the_engine() -> None:
    """The guard reads escapes only where the engine does."""
    with pytest.raises(SyntaxError):
        ox.Store().query(f"ASK {{ \\u0053ERVICE {HERE} {{}} }}")


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        ("SELECT * FROM <http://e/g> { ?s ?p ?o }", ["http://e/g"], []),
        ("SELECT *FROM<http://e/g>WHERE{ ?s ?p ?o }", ["http://e/g"], []),
        ("SELECT * FROM <http://e/g> FROM NAMED <http://e/h> { ?s ?p ?o }", ["http://e/g"], ["http://e/h"]),
        ("SELECT * FROMNAMED<http://e/h>{ ?s ?p ?o }", [], ["http://e/h"]),
        ("PREFIX e: <http://e/> SELECT * FROMe:g { ?s ?p ?o }", ["http://e/g"], []),
        ("PREFIX e: <http://e/> SELECT * FROM NAMED e:g { ?s ?p ?o }", [], ["http://e/g"]),
        ("BASE <http://e/> SELECT * FROM <g> { ?s ?p ?o }", ["http://e/g"], []),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://e/g> WHERE { ?s ?p ?o }", ["http://e/g"], []),
        ("DESCRIBE ?s FROM <http://e/g> { ?s ?p 'FROM <x>' }", ["http://e/g"], []),
        ("ASK { ?from ?p 'FROM <http://e/g>' }", [], []),
        ("PREFIX from: <http://e/> ASK { from:a from:b from:c } # FROM <http://e/g>", [], []),
        ("PREFIX from: <http://e/> DESCRIBE from:a", [], []),
    ],
)
def test_dataset_is_found_and_cut_out(query: str, default: list[str], named: list[str]) -> None:
    found = reach.inspect(query)
    assert (found.default, found.named, len(found.text)) == (default, named, len(query))
    ox.Store().query(found.text)


def test_deep_nesting_is_refused_before_the_engine_sees_it() -> None:
    with pytest.raises(reach.Refused):
        reach.inspect("ASK {" + "{" * 300 + "}" * 300 + "}")
    assert reach.inspect("ASK { ?s ?p '" + "{" * 300 + "' }").services == []


def test_no_more_is_read_of_a_query_than_it_takes_to_refuse_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Token] = []
    tokens = reach.tokens
    monkeypatch.setattr(reach, "tokens", lambda text: (read.append(token) or token for token in tokens(text)))
    with pytest.raises(reach.Refused):
        reach.inspect("ASK { SERVICE ?s " + "{" * 300_000)
    assert len(read) < 300


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, Sequence[Any]]]:
    """A port, and the connections made to it."""
    with trap() as found:
        yield found


PIECES = st.sampled_from(
    ["SERVICE", "service", " SILENT ", "<URL>", "{}", "{ ?s ?p ?o }", "'", '"', "'''", '"""', "#", "\n", "\r", " ", "\\", "\\'", "?a<?b", "<", ">",
     "FILTER(", ")", "?x", "e:x", "e:", ":x", "true", "1", "1.", "1e0", "@en", ";", ".", "a", "||", "&&", "e:a\\'", "_:b", "(", "OPTIONAL", "GRAPH", "?s ?p "]
)  # fmt: skip


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(PIECES, min_size=1, max_size=14))
def test_no_query_the_guard_passes_reaches_out(listener: tuple[int, Sequence[Any]], pieces: list[str]) -> None:
    port, calls = listener
    url = f"http://127.0.0.1:{port}/"
    query = f"PREFIX e: <{url}> PREFIX : <{url}> ASK {{ {''.join(pieces).replace('URL', url)} }}"
    try:
        if reach.inspect(query).services:
            return
    except reach.Refused:
        return
    before = len(calls)
    with contextlib.suppress(SyntaxError, RuntimeError, OSError, ValueError):
        ox.Store().query(query)
    assert len(calls) == before, query


UPDATE_PIECES = st.sampled_from(
    ["LOAD", "load", " SILENT ", "<URL>", "e:x", "e:", ":x", ";", "\n", " ", "#", "INSERT DATA {}", "CLEAR", " ALL", " GRAPH ", " INTO ", "PREFIX load: <URL> ",
     "load:x", "COPY ", " TO ", " DEFAULT ", "INSERT {}", " WHERE ", "{", "}", "'", "SERVICE", "WITH ", "USING ", "1", "."]
)  # fmt: skip


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(UPDATE_PIECES, min_size=1, max_size=8))
@example(["LOAD", "e:x"])
@example(["LOAD", " SILENT ", "e:x"])
@example(["INSERT DATA {}", ";", "LOAD", ":x"])
@example(["PREFIX load: <URL> ", "LOAD", "load:x"])
def test_no_update_the_guard_passes_reaches_out(listener: tuple[int, Sequence[Any]], pieces: list[str]) -> None:
    port, calls = listener
    url = f"http://127.0.0.1:{port}/"
    text = f"PREFIX e: <{url}> PREFIX : <{url}> {''.join(pieces).replace('URL', url)}"
    try:
        prepared = prepare(Operation("update", text), 256)
    except Problem:
        return
    before = len(calls)
    with contextlib.suppress(SyntaxError, RuntimeError, OSError, ValueError):
        ox.Store().update(prepared)
    assert len(calls) == before, text


def test_prefix_that_is_called_load_is_no_load() -> None:
    for text in (
        "INSERT DATA { load:a load:b 'LOAD <x>' }",
        "CLEAR GRAPH load:x",
        "COPY load:x TO load:y",
        "DELETE WHERE { GRAPH load:x { ?load ?p ?o } }",
    ):
        assert prepare(Operation("update", f"PREFIX load: <http://e/> {text}"), 256)


def test_worker_has_no_network_even_without_the_guard(listener: tuple[int, Sequence[Any]]) -> None:
    port, calls = listener
    code = (
        "import pyoxigraph as ox; from kg.serve.guard import sandbox; print(sandbox.forbid_network())\n"
        f"try: ox.Store().query('ASK {{ SERVICE <http://127.0.0.1:{port}/> {{}} }}')\n"
        "except Exception as error: print(type(error).__name__)\n"
        "import subprocess\n"
        "try: subprocess.run(['true'])\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    before = len(calls)
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    if out[0] == "False":
        pytest.skip("this machine cannot take sockets from a process")
    assert out == ["True", "PermissionError", "PermissionError"]
    assert len(calls) == before


# rows


@pytest.mark.parametrize("size", [1, 3, 7, 64, 100_000])
def test_rows_are_counted_wherever_the_pieces_are_cut(size: int) -> None:
    texts = ["a", '"', "\n", '\n"\n', "}},{", '},{"', '},{"x', "<result>", ",", "\t", "\\", '"bindings":[{', "},{"]
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(f"http://e/{n}"), ox.NamedNode("http://e/p"), ox.Literal(text)) for n, text in enumerate(texts))
    for form, format in (("json", "JSON"), ("xml", "XML"), ("csv", "CSV"), ("tsv", "TSV")):
        for query, rows in (
            ("SELECT * { ?s ?p ?o }", len(texts)),
            ("SELECT ?bindings { ?s ?p ?bindings }", len(texts)),
            ("SELECT ?s { ?s <x:y> ?o }", 0),
            ("SELECT * { ?s ?p ?o } LIMIT 1", 1),
        ):
            data = store.query(query, base_iri="http://e/").serialize(format=getattr(ox.QueryResultsFormat, format))
            counter = RowCounter(form)
            for start in range(0, len(data), size):
                counter.add(data[start : start + size])
            assert counter.rows == rows, (form, query)
