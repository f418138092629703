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

#: A longer word may be broken to make a table fit.
LONGEST_WORD = 28
#: Columns of running text, shown under their row and not beside it.
UNDER_THE_ROW = {"note": "note: {}", "quote": "“{}”"}


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
    """Aligned columns, and under each row the curator's note and the sentence it rests on.

    Columns that are empty throughout are not shown, nor is the case where there is only one, nor an id that has
    its label beside it (the other formats keep them all). Where the columns do not fit, each row is a paragraph.
    """
    if not answer:
        return ""
    width = width or max(shutil.get_terminal_size((120, 24)).columns, 60)
    columns = [c for c in answer.columns if c not in UNDER_THE_ROW and any(row[c] not in (None, "") for row in answer)]
    columns = [c for c in columns if f"{c}_label" not in columns]
    if "case" in columns and len(columns) > 1 and len({row["case"] for row in answer}) == 1:
        columns.remove("case")
    cells = [[_cell(row[column]) for column in columns] for row in answer]
    widths = _widths([columns, *cells], width - 2 * (len(columns) - 1))
    if widths is None:
        return "\n\n".join(_paragraph(columns, texts, row, width) for row, texts in zip(answer, cells))
    out = [*_lines(columns, widths), "  ".join("─" * w for w in widths)]
    for row, texts in zip(answer, cells):
        out += [*_lines(texts, widths), *_under(row, width)]
    return "\n".join(out)


def _under(row: dict[str, Any], width: int) -> Iterator[str]:
    """What stands under a row: note and sentence, unless the row's own cells are the sentences."""
    for column, shown in UNDER_THE_ROW.items():
        cells = {value for name, value in row.items() if name != column}
        if row.get(column) and not set(str(row[column]).split(" | ")) <= cells:
            yield from textwrap.wrap(shown.format(_cell(row[column])), width, initial_indent="    ", subsequent_indent="     ")


def _paragraph(columns: list[str], texts: list[str], row: dict[str, Any], width: int) -> str:
    """A row as lines of "column  value"."""
    margin = max(map(len, columns)) + 2
    lines = []
    for column, text in zip(columns, texts):
        if text:
            lines += textwrap.wrap(text, width, initial_indent=f"{column:<{margin}}", subsequent_indent=" " * margin)
    return "\n".join([*lines, *_under(row, width)])


def _widths(table: list[list[str]], room: int) -> list[int] | None:
    """Natural widths, the widest columns giving way until all fit; None where words would have to be broken."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    least = [min(max(len(word) for row in table for word in row[i].split() or [""]), LONGEST_WORD) for i in range(len(table[0]))]
    while sum(widths) > room:
        wide = [i for i, w in enumerate(widths) if w > least[i]]
        if not wide:
            return None
        widths[max(wide, key=lambda i: widths[i])] -= 1
    return widths


def _lines(texts: list[str], widths: list[int]) -> Iterator[str]:
    """A row's cells, wrapped side by side."""
    wrapped = [textwrap.wrap(text, width) or [""] for text, width in zip(texts, widths)]
    for i in range(max(map(len, wrapped))):
        parts = (lines[i] if i < len(lines) else "" for lines in wrapped)
        yield "  ".join(f"{part:<{width}}" for part, width in zip(parts, widths)).rstrip()


def diff_report(found: Any, kind: str) -> str:
    """What `kg diff` prints: two tables of two records, or the changes between two graphs as text; as JSON one document."""
    if isinstance(found, dict):
        if kind == "json":
            return json.dumps({name: list(table) for name, table in found.items()}, ensure_ascii=False, indent=1)
        return "\n\n".join(rows(table, kind) for table in found.values() if table)
    if kind == "json":
        return json.dumps(found.as_data(), ensure_ascii=False, indent=1)
    from kg.diff import render

    return render(found)


def check_report(result: Any, kind: str = "text") -> str:
    """What `kg check` prints: every error and warning, then a line for each case; remarks are counted here and listed in JSON."""
    if kind == "json":
        return json.dumps(result.as_data(), ensure_ascii=False, indent=1)
    out = [f"{issue.level}: {issue}" for issue in result.issues if issue.level != "info"]
    for case in result.cases:
        out.append(
            f"{case.case_id}: {case.statements} statements, coverage {case.coverage.share:.0%} "
            f"({case.coverage.quoted} sentences quoted, {case.coverage.left_out} left out with a reason, {len(case.coverage.missing)} missing)"
        )
        out += [f"  missing: {text}" for text in case.missing_sentences]
        if case.care:
            reported = sum(status == "reported" for _, status, _ in case.care)
            absent = [item for item, status, _ in case.care if status != "reported"]
            out.append(f"  CARE checklist: {reported} of {len(case.care)} items reported{'; not reported:' if absent else ''}")
            out += [f"    {item}" for item in absent]
    counts = {level: sum(issue.level == level for issue in result.issues) for level in ("error", "warning", "info")}
    out.append(", ".join(_counted(n, word) for word, n in counts.items() if n or word != "info"))
    return "\n".join(out)


def justification(found: Any) -> str:
    """An explanation, sentences under the triples that rest on them."""
    lines = [f"{found.conclusion}, because"]
    for part in found.parts:
        lines.append(f"  • {part.text}")
        if part.quote:
            lines.append(f"      “{_cell(part.quote)}”")
    return "\n".join(lines)


def grounds(found: list[Any], depth: int = 0) -> str:
    """What a row rests on, what it was derived from indented below it."""
    if not found and not depth:
        return "this row rests on the ontology only, on no statement of a report"
    lines = []
    for ground in found:
        margin = "  " * depth
        made = "derived by rule" if ground.derived else "stated"
        place = f", {ground.section}" if ground.section else ""
        lines.append(f"{margin}• {ground.kind or 'node'} {ground.node}: {ground.label} ({made}{place})")
        if ground.quote:
            lines.append(f"{margin}    “{_cell(ground.quote)}”")
        if ground.grounds:
            lines.append(grounds(ground.grounds, depth + 1))
    return "\n".join(lines)


def missing(found: Any, term: str) -> str:
    """Why a term is not in an answer."""
    if found.present:
        return f"{term} is in the answer"
    met = f" ({len(found.met)} conditions before it are met)" if found.met else ""
    return f"{term} is not in the answer: nothing satisfies{met}\n    {found.in_words}"


def dl_report(verdict: Any, differences: list[tuple[str, str, str]]) -> str:
    """HermiT's verdict, and where the quick engine differs."""
    from kg.names import compact

    lines = [f"{'consistent' if verdict.consistent else 'INCONSISTENT (see: kg explain)'}, {verdict.seconds:.1f} s"]
    if verdict.consistent:
        lines.append(f"unsatisfiable classes: {', '.join(map(compact, verdict.unsatisfiable)) or 'none'}")
        lines.append(f"{len(verdict.types)} individuals classified; the build's quick engine differs on {len(differences)} of their types")
        lines += [f"  {compact(who)} is {compact(kind)}: {says}" for who, kind, says in differences]
    return "\n".join(lines)


def _counted(number: int, word: str) -> str:
    """1 error, 2 errors."""
    return f"{number} {word}{'' if number == 1 else 's'}"
