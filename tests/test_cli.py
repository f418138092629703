"""The command: exit status, where things are printed, one-line errors."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import VERBS, main, verb
from tests.conftest import SmallCase


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def test_help_names_every_verb() -> None:
    result = run("--help")
    assert result.exit_code == 0
    listed = re.findall(r"^  (\w+)  ", result.stdout.partition("Commands:")[2], re.M)
    assert listed == list(VERBS)
    for name, module in VERBS.items():
        assert verb(name).name == name, module


def test_rows_go_to_stdout_in_each_format(seed_graph: Path) -> None:
    rows = json.loads(run("ask", "labs", "-g", seed_graph, "-f", "json").stdout)
    assert list(csv.DictReader(io.StringIO(run("ask", "labs", "-g", seed_graph, "-f", "csv").stdout)))[0]["unit"] == rows[0]["unit"]
    assert run("ask", "labs", "-g", seed_graph, "-f", "tsv").stdout.count("\n") >= len(rows) + 1
    assert run("ask", "labs", "-g", seed_graph, "-f", "markdown").stdout.startswith("| ")
    assert "“" in run("ask", "labs", "-g", seed_graph).stdout


def test_rows_go_to_a_file(seed_graph: Path, tmp_path: Path) -> None:
    result = run("ask", "labs", "-g", seed_graph, "-f", "json", "-o", tmp_path / "labs.json")
    assert result.stdout == ""
    assert json.loads((tmp_path / "labs.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["ask", "treatmnts"], "no question 'treatmnts'; did you mean treatments"),
        (["ask", "labs", "--case", "nobody"], "no case 'nobody'"),
        (["ask", "labs", "--patient", "x"], "No such option"),
        (["query", "SELEKT"], "not SPARQL"),
        (["query", "ASK { ?s ?p ?o }"], "not a SELECT"),
        (["check", "nowhere"], "nowhere: no such file or folder"),
        (["build", "nowhere"], "nowhere: no such file or folder"),
    ],
)
def test_wrong_use_is_one_line_on_stderr_and_status_2(seed_graph: Path, arguments: list[str], expected: str) -> None:
    options = ["-g", str(seed_graph)] if arguments[0] in ("ask", "query") else []
    result = run(*arguments, *options)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert "Traceback" not in result.stderr


def test_check_exits_1_on_issues_and_0_without(tmp_path: Path, small: type[SmallCase]) -> None:
    assert run("check", small().write(tmp_path / "good")).exit_code == 0
    result = run("check", small(("HP:0001824 ! Weight loss", "HP:0001824 ! Fever")).write(tmp_path / "bad"))
    assert result.exit_code == 1
    assert "case.yaml:9: findings[1].is" in result.stdout
    data = json.loads(run("check", "-f", "json", tmp_path / "good").stdout)
    assert data["passed"] and data["cases"][0]["care"]


def test_build_and_new_and_schema(tmp_path: Path, small: type[SmallCase]) -> None:
    case = small().write(tmp_path / "case")
    result = run("build", case, "-o", tmp_path / "graph", "--also", "ttl")
    assert result.exit_code == 0 and "1 case" in result.stderr
    assert (tmp_path / "graph.ttl").read_text().count("Fever") >= 1
    assert json.loads(run("schema").stdout)["title"] == "Record"
    assert run("new", "smith-2021", case / "report.txt", "-o", tmp_path / "new").exit_code == 0


def test_query_takes_text_and_file(seed_graph: Path, tmp_path: Path) -> None:
    sparql = "SELECT (COUNT(*) AS ?n) WHERE { ?c a <https://w3id.org/casegraph/ns#Case> }"
    assert json.loads(run("query", sparql, "-g", seed_graph, "-f", "json").stdout) == [{"n": 1}]
    (tmp_path / "q.rq").write_text(sparql)
    assert json.loads(run("query", tmp_path / "q.rq", "-g", seed_graph, "-f", "json").stdout) == [{"n": 1}]


def test_questions_lists_the_library() -> None:
    rows = json.loads(run("questions", "-f", "json").stdout)
    assert {"treatments", "mechanisms", "criteria"} <= {row["name"] for row in rows}


def test_diff_of_graphs_is_text_or_one_json_document(seed_graph: Path, tmp_path: Path, small: type[SmallCase]) -> None:
    other = small().write(tmp_path / "small-2020")
    assert run("diff", seed_graph, seed_graph).stdout == "nothing changed\n"
    assert json.loads(run("diff", seed_graph, seed_graph, "-f", "json").stdout)["answers"] == []
    data = json.loads(run("diff", other, small(("outcome: resolved", "outcome: worsened")).write(tmp_path / "b"), "-f", "json").stdout)
    assert [(change["kind"], change["quote"]) for change in data["statements"]] == [("changed", "Two weeks later the fever was gone")]
    assert "what-worked" in {answer["question"] for answer in data["answers"]}
    refused = run("diff", seed_graph, seed_graph, "-f", "csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "-f csv: the changes between two graphs are no one table; use -f json" in refused.stderr


def test_diff_of_records_is_two_tables_or_one_json_document(tmp_path: Path, small: type[SmallCase]) -> None:
    one = small().write(tmp_path / "a") / "case.yaml"
    two = small(("status: absent, quote: He denied", "status: uncertain, quote: He denied")).write(tmp_path / "b") / "case.yaml"
    data = json.loads(run("diff", one, two, "-f", "json").stdout)
    assert [row["kind"] for row in data["agreement"]][-1] == "all"
    assert [(row["where"], row["first"], row["second"]) for row in data["differences"]] == [
        ("status", "Weight loss: absent", "Weight loss: uncertain")
    ]
    assert json.loads(run("diff", one, one, "-f", "json").stdout)["differences"] == []
    assert run("diff", one, two, "-f", "csv").stdout.startswith("kind,first,second,")
