"""Every question, asked through the public API, gives the rows that the paper gives.

Expected tables: `tests/queries/` (the seed case, from the paper) and `tests/questions_cases/*/expected/` (an invented case, another
disease and another course). `tests/queries/README.md` says how to read and write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

import kg
from kg import files, names, pipeline
from kg.ask import question_named, question_names
from kg.pipeline import Graph
from kg.store import EmbeddedStore

TESTS = Path(__file__).parent
SEED_TABLES = TESTS / "queries"
INVENTED = TESTS / "questions_cases"

#: The questions and the columns that each of them promises; `quote` is the last column of all.
PROMISED = {
    "patient": "case sex age_years smoking",
    "history": "concept label kind status when",
    "findings": "concept label sites severity at",
    "pertinent-negatives": "concept label at",
    "findings-under": "concept label at",
    "antibodies": "antibody antigen result titre",
    "labs": "analyte value unit range interpretation at",
    "investigations": "procedure result at",
    "diagnosis": "concept label at",
    "treatments": "order drug label dose route schedule start stop responses",
    "treatment-failures": "drug label why",
    "what-worked": "drug label response time_to_response",
    "current-treatment": "drug label dose schedule",
    "dose-history": "at dose change",
    "timeline": "order at kind event",
    "mechanisms": "drug effect target target_label site consequence references",
    "mechanism-path": "step subject relation object references",
    "evidence": "reference title year pmid design cited_for",
    "references": "number title journal year pmid doi pmcid",
    "conflicts": "topic statement other_statement",
    "not-tested": "test label",
    "malignancy-screen": "procedure result",
    "criteria": "item status points_min points_max",
    "refractory-cases": "case disease failed",
    "why-preferred": "preferred over reason",
    "confounders": "response credited alternative",
    "drugs-in-class": "drug label",
    "care-checklist": "item status where",
    "untested-hypotheses": "kind label",
    "statement": "case kind status at section start end",
}

#: A value for each type of parameter that no graph knows, so that a bound question has to run on an empty graph too.
ANY_VALUE = {
    "case": f"<{names.CASE}none>", "term": f"<{names.OBO}HP_0000118>", "time": '"presentation"', "set": '"none"', "text": '"none"',
}  # fmt: skip


class Table(NamedTuple):
    """What one question, asked with some parameters, must give."""

    question: str
    parameters: dict[str, str]
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    in_order: bool


def read_tables(folder: Path) -> Iterator[Table]:
    """The tables of a folder, from its Markdown files."""
    for path in sorted(folder.glob("*.md")):
        if path.stem == "README":
            continue
        for part in path.read_text(encoding="utf-8").split("\n## ")[1:]:
            heading, _, body = part.partition("\n")
            in_order = not heading.endswith("(in any order)")
            heading = heading.removesuffix("(in any order)").strip()
            pairs = [] if heading == "all cases" else [pair.split(":", 1) for pair in heading.split(";")]
            lines = [line.strip() for line in body.splitlines() if line.startswith("|")]
            cells = [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines]
            yield Table(path.stem, {key.strip(): value.strip() for key, value in pairs}, cells[0], cells[2:], in_order)


def shown(value: Any) -> str:
    """A value as a table shows it."""
    return "" if value is None else " ".join(str(value).split())


def fits(expected: tuple[str, ...], found: tuple[str, ...]) -> bool:
    """Whether a row is the expected one; `…` at the end of a cell stands for any rest."""
    pairs = zip(expected, found, strict=True)
    return all(f.startswith(e[:-1].rstrip()) if e.endswith("…") else e == f for e, f in pairs)


def differences(table: Table, rows: list[tuple[str, ...]]) -> list[str]:
    """What is missing, what is too much, and the first row out of its place."""
    missing = [row for row in table.rows if not any(fits(row, found) for found in rows)]
    extra = [row for row in rows if not any(fits(expected, row) for expected in table.rows)]
    said = [f"missing: {' | '.join(row)}" for row in missing] + [f"too much: {' | '.join(row)}" for row in extra]
    if not said and len(rows) != len(table.rows):
        said.append(f"{len(rows)} rows, not {len(table.rows)}")
    if not said and table.in_order:
        said = [f"out of place: {' | '.join(f)}" for e, f in zip(table.rows, rows, strict=True) if not fits(e, f)][:1]
    return said


def table_id(table: Table) -> str:
    return f"{table.question}({', '.join(table.parameters.values())})"


SEED_EXPECTED = list(read_tables(SEED_TABLES))
INVENTED_EXPECTED = [table for folder in sorted(INVENTED.glob("*/expected")) for table in read_tables(folder)]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The seed and the invented case in one graph."""
    out = tmp_path_factory.mktemp("questions") / "graph"
    pipeline.build([files.folder("seeds"), INVENTED], out)
    return kg.open(out)


@pytest.fixture(scope="module")
def empty() -> Graph:
    return Graph(EmbeddedStore.in_memory([]))


# 1) the answers


@pytest.mark.parametrize("table", SEED_EXPECTED + INVENTED_EXPECTED, ids=table_id)
def test_answer_is_the_one_expected(graph: Graph, table: Table) -> None:
    answer = graph.ask(table.question, **table.parameters)
    assert set(table.columns) <= set(answer.columns)
    rows = list(dict.fromkeys(tuple(shown(row[column]) for column in table.columns) for row in answer))
    assert differences(table, rows) == []


def test_every_question_has_an_expected_table_of_the_seed() -> None:
    assert {table.question for table in SEED_EXPECTED} == set(question_names()) == set(PROMISED)


def test_a_wrong_row_is_noticed() -> None:
    table = Table("patient", {}, ("a", "b"), [("1", "x…"), ("2", "y")], True)
    assert differences(table, [("1", "xyz"), ("2", "y")]) == []
    assert differences(table, [("2", "y"), ("1", "xyz")]) != []
    assert differences(table, [("1", "xyz")]) == ["missing: 2 | y"]
    assert differences(table, [("1", "xyz"), ("2", "y"), ("3", "z")]) == ["too much: 3 | z"]


# 2) the files


@pytest.mark.parametrize("name", question_names())
def test_question_promises_its_columns_and_ends_with_its_quote(name: str) -> None:
    asked = question_named(name)
    assert asked.summary.endswith("?") and asked.tags
    assert set(PROMISED[name].split()) <= set(asked.columns)
    assert asked.columns[-1] == "quote"
    assert {parameter.name for parameter in asked.parameters} <= set(asked.columns)
    assert {parameter.type for parameter in asked.parameters} <= set(ANY_VALUE)


def rule_and_check_files() -> list[Path]:
    folder = files.folder("queries")
    return [*sorted((folder / "rules").glob("*.rq")), *sorted((folder / "checks").glob("*.rq"))]


@pytest.mark.parametrize("path", rule_and_check_files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rule_or_check_has_its_header(path: Path) -> None:
    header = set(re.findall(r"^#\+ (\w+):", path.read_text(encoding="utf-8"), re.M))
    assert {"summary"} <= header if path.parent.name == "rules" else {"problem", "fix"} <= header


def test_severity_table_names_every_check() -> None:
    folder = files.folder("queries") / "checks"
    rows = [line.split("\t") for line in (folder / "severity.tsv").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["check", "level"]
    assert [row[0] for row in rows[1:]] == sorted(path.stem for path in folder.glob("*.rq"))
    assert {row[1] for row in rows[1:]} <= {"error", "warning", "info"}


def recorded(pattern: str) -> set[str]:
    """What the cases' records say at a pattern."""
    records = [*files.folder("seeds").glob("*/case.yaml"), *INVENTED.glob("*/case.yaml")]
    return {found for record in records for found in re.findall(pattern, record.read_text(encoding="utf-8"))}


def test_every_class_and_property_of_the_queries_is_declared() -> None:
    folder = files.folder("ontology")
    declared = {name for path in folder.glob("*.ttl") for name in re.findall(r"^cg:([\w-]+) a ", path.read_text(encoding="utf-8"), re.M)}
    for path in sorted(files.folder("queries").rglob("*.rq")):
        used = set(re.findall(r"\bcg:([A-Za-z][\w-]*)", path.read_text(encoding="utf-8")))
        assert used - declared == set(), path.name


def test_no_query_knows_a_case_its_drugs_or_findings() -> None:
    """By id or name. A parameter's example may be any drug or finding."""
    ids = recorded(r"\b(?:CHEBI|DrugBank|HP|MONDO):\w+(?= ! )") - {"MONDO:0004992"}  # cancer, of the malignancy screen
    words = {form for one in ids for form in (one, one.replace(":", "_"))} | recorded(r"drug: \S+ ! (\w+)") | recorded(r"(?m)^case: (\S+)")
    for path in sorted(files.folder("queries").rglob("*.rq")):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith("#+") or "example:" not in line)
        assert [word for word in words if re.search(rf"\b{re.escape(word)}\b", text, re.I)] == [], path.name


def test_no_module_knows_a_case() -> None:
    cases = recorded(r"(?m)^case: (\S+)")
    for path in sorted(Path(kg.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert [case for case in cases if case in text] == [], path.name


# 3) running


@pytest.mark.parametrize("name", question_names())
def test_question_without_parameters_answers_for_all_cases(graph: Graph, name: str) -> None:
    rows = graph.ask(name)
    assert rows, f"{name}: no rows"
    if name not in ("criteria",):  # the only set is for a disease that one case has
        cases = {row["case"] for row in rows if row.get("case")}
        assert cases == {"antonopoulos-2018", "invented-pericarditis"}


@pytest.mark.parametrize("name", question_names())
def test_question_runs_on_the_empty_graph_and_with_every_parameter_bound(empty: Graph, graph: Graph, name: str) -> None:
    assert empty.ask(name) == []
    asked = question_named(name)
    everything = asked.sparql.replace("WHERE {", "WHERE { " + " ".join(
        f"VALUES ?{parameter.name} {{ {ANY_VALUE[parameter.type]} }}" for parameter in asked.parameters
    ), 1)  # fmt: skip
    assert empty.store.select(everything)[1] == []
    graph.store.select(everything)


@pytest.mark.parametrize("name", question_names())
def test_every_row_has_its_quote(graph: Graph, name: str) -> None:
    no_quote = {"criteria", "care-checklist", "untested-hypotheses"}  # what nobody reported has no sentence
    rows = graph.ask(name)
    assert name in no_quote or all(row["quote"] for row in rows)


@pytest.mark.parametrize("name", question_names())
def test_one_case_gives_that_case_only(graph: Graph, name: str) -> None:
    if any(parameter.name == "case" for parameter in question_named(name).parameters):
        assert {row["case"] for row in graph.ask(name, case="invented-pericarditis")} <= {"invented-pericarditis"}


def test_answers_are_the_same_twice(graph: Graph) -> None:
    for name in question_names():
        assert graph.ask(name) == graph.ask(name)


# 4) the checks of the graph

#: For each check the smallest graph that it must speak up at; `:x` is what it must name.
FAULTS = {
    "alternative-is-credited": ":x cg:toTreatment :t ; cg:alternative :t .",
    "cited-reference-missing": ":x cg:cites :r .",
    "concept-missing": ":x a cg:Finding ; cg:words 'w' .",
    "diagnosis-confirmed-and-excluded": """
        :x a cg:Diagnosis ; cg:concept :d ; cg:status 'confirmed' ; cg:inCase :c ; cg:at :t .
        :y a cg:Diagnosis ; cg:concept :d ; cg:status 'excluded' ; cg:inCase :c ; cg:at :t .""",
    "dose-change-contradicted": """
        :s cg:ofTreatment :t ; cg:change 'started' ; cg:order 1 ; cg:doseValue 20 ; cg:doseUnit 'mg' ; cg:dose '20 mg' .
        :x cg:ofTreatment :t ; cg:change 'increased' ; cg:order 2 ; cg:doseValue 10 ; cg:doseUnit 'mg' ; cg:dose '10 mg' .""",
    "finding-present-and-absent": """
        :x a cg:AbsentFinding ; cg:concept :rash ; cg:at :t . :y a cg:PresentFinding ; cg:concept :heliotrope ; cg:at :t .
        :heliotrope rdfs:subClassOf :rash .""",
    "interpretation-contradicts-range": ":x a cg:Measurement ; cg:value 9 ; cg:interpretation 'normal' ; cg:normalHigh 5 .",
    "ratio-mismatch": """
        :x a cg:Measurement ; cg:words 'A/B' ; cg:value 1.17 ; cg:printedValue '1.17' ; cg:inCase :c ; cg:at :t .
        :a a cg:Measurement ; cg:words 'A' ; cg:value 75 ; cg:inCase :c ; cg:at :t .
        :b a cg:Measurement ; cg:words 'B' ; cg:value 88 ; cg:inCase :c ; cg:at :t .""",
    "reference-never-cited": ":x a cg:Reference ; cg:number 1 .",
    "reference-without-identifier": ":x a cg:Reference ; dcterms:title 'A title' .",
    "response-before-treatment": """
        :x a cg:Response ; cg:toTreatment :t ; cg:at :early . :t cg:startTime :late . :early cg:timeOrder 1 . :late cg:timeOrder 2 .""",
    "response-to-nothing": ":x a cg:Response ; cg:outcome 'improved' .",
    "response-without-problem": ":x a cg:Response ; cg:inCase :c ; cg:outcome 'improved' .",
    "statement-without-evidence": ":x cg:statementKind 'finding' ; rdfs:label 'l' .",
    "stop-before-start": ":x cg:startTime :late ; cg:stopTime :early . :early cg:timeOrder 1 . :late cg:timeOrder 2 .",
    "term-without-label": ":y cg:about :x .",
    "titre-of-no-positive-test": ":x a cg:AntibodyTest ; cg:titre '1/80' ; cg:result 'not-tested' .",
    "treatment-without-course": ":x a cg:Treatment ; rdfs:label 'l' .",
}
#: What makes each of them right again.
MENDED = {
    "alternative-is-credited": ("cg:alternative :t", "cg:alternative :u"),
    "cited-reference-missing": (":x cg:cites :r .", ":x cg:cites :r . :r a cg:Reference ."),
    "concept-missing": ("cg:words 'w'", "cg:words 'w' ; cg:concept :d"),
    "diagnosis-confirmed-and-excluded": ("cg:inCase :c ; cg:at :t .\n        :y", "cg:inCase :c ; cg:at :u .\n        :y"),
    "dose-change-contradicted": ("cg:doseValue 10", "cg:doseValue 40"),
    "finding-present-and-absent": ("cg:concept :rash ; cg:at :t", "cg:concept :rash ; cg:at :u"),
    "interpretation-contradicts-range": ("'normal'", "'high'"),
    "ratio-mismatch": ("cg:value 1.17", "cg:value 0.85"),
    "reference-never-cited": (":x a", ":c cg:cites :x . :x a"),
    "reference-without-identifier": ("dcterms:title 'A title'", "dcterms:title 'A title' ; cg:pmid '1'"),
    "response-before-treatment": (":early cg:timeOrder 1", ":early cg:timeOrder 3"),
    "response-to-nothing": ("cg:outcome", "cg:toTreatment :t ; cg:outcome"),
    "response-without-problem": ("cg:outcome", "cg:problem :p ; cg:outcome"),
    "statement-without-evidence": ("rdfs:label", "cg:evidence :p ; rdfs:label"),
    "stop-before-start": (":early cg:timeOrder 1", ":early cg:timeOrder 3"),
    "term-without-label": (":y cg:about :x .", ":y cg:about :x . :x rdfs:label 'l' ."),
    "titre-of-no-positive-test": ("'not-tested'", "'positive'"),
    "treatment-without-course": ("rdfs:label", "cg:courseStep :s ; rdfs:label"),
}
PREFIXES = "@prefix : <http://example.org/> . " + " ".join(
    f"@prefix {prefix}: <{names.PREFIXES[prefix]}> ." for prefix in ("cg", "dcterms", "rdfs")
)  # fmt: skip


def named_by(check: str, turtle: str) -> list[str]:
    """What a check says of a graph: the entities that it names."""
    query = (files.folder("queries") / "checks" / f"{check}.rq").read_text(encoding="utf-8")
    case = ox.NamedNode("http://example.org/c")
    parsed = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    store = EmbeddedStore.in_memory(ox.Quad(q.subject, q.predicate, q.object, case) for q in parsed)
    columns, rows = store.select(query)
    assert columns == ["entity", "property", "value"]
    return [row["entity"].value.removeprefix("http://example.org/") for row in rows]


def test_every_check_has_a_fault_and_its_mending() -> None:
    assert set(FAULTS) == set(MENDED) == {path.stem for path in (files.folder("queries") / "checks").glob("*.rq")}


@pytest.mark.parametrize("check", FAULTS)
def test_check_names_its_fault_and_is_silent_once_mended(check: str) -> None:
    wrong, right = MENDED[check]
    assert wrong in FAULTS[check]
    assert named_by(check, FAULTS[check]) == ["x"]
    assert named_by(check, FAULTS[check].replace(wrong, right, 1)) == []


def test_cases_pass_the_checks_of_the_graph(graph: Graph) -> None:
    from kg.check import check_graph
    from kg.issue import errors

    assert isinstance(graph.store, EmbeddedStore)
    assert errors(check_graph(graph.store)) == []
