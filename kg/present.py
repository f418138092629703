"""Rows, issues and the demo as text for people and programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import textwrap
from collections.abc import Iterator
from typing import Any

from kg.ask import Answer

#: Columns narrower than this are not wrapped further.
NARROWEST = 12


def rows(answer: Answer, kind: str) -> str:
    """An answer as table, json, csv, tsv or markdown."""
    match kind:
        case "json":
            return json.dumps(list(answer), ensure_ascii=False, indent=1)
        case "csv" | "tsv":
            text = io.StringIO()
            writer = csv.DictWriter(text, answer.columns, delimiter="," if kind == "csv" else "\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(answer)
            return text.getvalue().rstrip("\n")
        case "markdown":
            return _markdown(answer)
    return _table(answer)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _markdown(answer: Answer) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    body = [line([_cell(row[column]) for column in answer.columns]) for row in answer]
    return "\n".join([line(list(answer.columns)), line(["---"] * len(answer.columns)), *body])


def _table(answer: Answer, width: int | None = None) -> str:
    """Aligned columns, and under each row the sentence it rests on.

    Columns that are empty throughout are not shown, nor is the case where there is only one.
    """
    if not answer:
        return ""
    width = width or max(shutil.get_terminal_size((120, 24)).columns, 60)
    columns = [c for c in answer.columns if c != "quote" and any(row[c] not in (None, "") for row in answer)]
    if "case" in columns and len(columns) > 1 and len({row["case"] for row in answer}) == 1:
        columns.remove("case")
    cells = [[_cell(row[column]) for column in columns] for row in answer]
    widths = _widths([columns, *cells], width - 2 * (len(columns) - 1))
    out = [*_lines(columns, widths), "  ".join("─" * w for w in widths)]
    for row, texts in zip(answer, cells):
        out += _lines(texts, widths)
        if row.get("quote"):
            out += textwrap.wrap(f"“{_cell(row['quote'])}”", width - 4, initial_indent="    ", subsequent_indent="     ")
    return "\n".join(out)


def _widths(table: list[list[str]], room: int) -> list[int]:
    """Natural widths, the widest columns giving way until all fit."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    while sum(widths) > room and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def _lines(texts: list[str], widths: list[int]) -> Iterator[str]:
    """A row's cells, wrapped side by side."""
    wrapped = [textwrap.wrap(text, width) or [""] for text, width in zip(texts, widths)]
    for i in range(max(map(len, wrapped))):
        parts = (lines[i] if i < len(lines) else "" for lines in wrapped)
        yield "  ".join(f"{part:<{width}}" for part, width in zip(parts, widths)).rstrip()


def check_report(result: Any, kind: str = "text") -> str:
    """What `kg check` prints: every issue, then a line for each case."""
    if kind == "json":
        return json.dumps(result.as_data(), ensure_ascii=False, indent=1)
    out = [f"{issue.level}: {issue}" for issue in result.issues]
    for case in result.cases:
        out.append(
            f"{case.case_id}: {case.statements} statements, coverage {case.coverage.share:.0%} "
            f"({case.coverage.quoted} sentences quoted, {case.coverage.left_out} left out with a reason, {len(case.coverage.missing)} missing)"
        )
        out += [f"  missing: {text}" for text in case.missing_sentences]
        if case.care:
            reported = sum(status == "reported" for _, status, _ in case.care)
            absent = [item for item, status, _ in case.care if status != "reported"]
            out.append(f"  CARE checklist: {reported} of {len(case.care)} items reported; not reported: {', '.join(absent) or 'none'}")
    counts = {level: sum(issue.level == level for issue in result.issues) for level in ("error", "warning", "info")}
    out.append(f"{counts['error']} errors, {counts['warning']} warnings" + (f", {counts['info']} remarks" if counts["info"] else ""))
    return "\n".join(out)


#: The demo: question and parameters, chosen to fit any case.
DEMO = ("patient", "diagnosis", "treatments", "treatment-failures", "what-worked", "current-treatment", "conflicts")


def demo() -> Iterator[str]:
    """Check and build the seeds, then ask; line by line."""
    from kg import pipeline
    from kg.ask import question

    yield "$ kg check"
    yield check_report(pipeline.check())
    yield "\n$ kg build"
    built = pipeline.build()
    yield f"{built.folder}: {built.cases} case{'s' if built.cases != 1 else ''}, {built.quads:,} quads"
    graph = pipeline.open_graph()
    for name in DEMO:
        yield f"\n$ kg ask {name}      # {question(name).summary}"
        yield _table(graph.ask(name))
    yield "\nMore: kg questions · kg ask NAME --help · kg query 'SELECT …'"
