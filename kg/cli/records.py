"""Verbs on reports and records: new, draft, review, check, schema."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import output_option, progress_bar, write


@click.command()
@click.argument("case_id")
@click.argument("report", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to make [default: seeds/CASE-ID].")
def new(case_id: str, report: Path, output: Path | None) -> None:
    """Start a record: copy the report and write a case.yaml to fill in."""
    from kg.pipeline import start_record

    path = start_record(case_id, report, output)
    click.echo(path)
    click.echo(f"fill it in, then: kg check {path.parent}", err=True)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="For a report: the file to write [default: stdout]. For a folder: the folder to fill [default: drafts].")
@click.option("--case", "case_id", default="draft", show_default=True, help="Id of the record.")
@click.option("--workers", default=0, help="Processes for a folder [default: one a core].")
@click.option("--build", "build_graph", is_flag=True, help="Build the graph of the drafts straight away, into build/drafts.")
@click.option("--llm", metavar="MODEL", help="Let a language model propose statements too; the text of the report leaves this machine.")
@click.option("--llm-url", metavar="URL", help="The model's OpenAI-compatible endpoint [default: OPENAI_BASE_URL, else api.openai.com].")
def draft(
    source: Path, output: Path | None, case_id: str, workers: int, build_graph: bool, llm: str | None, llm_url: str | None
) -> None:
    """Draft records from plain text: one report, or a folder of them. No network and no language model unless you ask."""
    from kg.pipeline import draft as run
    from kg.pipeline import draft_folder

    if llm_url and llm is None:
        raise click.UsageError("--llm-url names no model; add --llm MODEL, or leave it out: nothing is sent without")
    if source.is_dir():
        if llm:
            raise click.UsageError("--llm takes one report at a time")
        done = draft_folder(source, output or Path("drafts"), workers, build_graph=build_graph, progress=progress_bar)
        bad = [each for each in done if each.problem]
        for each in bad:
            click.echo(f"{each.name}: {each.problem}", err=True)
        click.echo(f"{len(done) - len(bad)} of {len(done)} reports drafted into {output or 'drafts'}", err=True)
        sys.exit(1 if bad else 0)
    texts, remarks = run(source, case_id, output, build_graph=build_graph, model=llm, model_url=llm_url)
    for remark in remarks:
        click.echo(f"remark: {remark}", err=True)
    if output is None and not build_graph:
        click.echo("\n---\n".join(texts).rstrip())


@click.command()
@click.argument("record", type=click.Path(path_type=Path, exists=True))
def review(record: Path) -> None:
    """Walk through a drafted record: accept, edit or reject each open statement."""
    from kg.review import CHOICES
    from kg.review import review as run

    def ask_for(lines: list[str]) -> tuple[str, str]:
        click.echo("\n" + "\n".join(lines))
        choice = click.prompt(CHOICES, type=click.Choice(list("aersq")), show_choices=False, default="s")
        text = click.edit("\n".join(lines[1:]), extension=".yaml") if choice == "e" else ""
        return ("s", "") if choice == "e" and text is None else (choice, text or "")

    result = run(record, ask_for, lambda words: click.style(words, reverse=True))
    click.echo(f"{result.accepted} accepted, {result.edited} edited, {result.rejected} rejected, {result.left} left", err=True)


@click.command()
@output_option
def schema(output: Path | None) -> None:
    """Print the JSON Schema of a record, for editors to complete and check."""
    from kg.pipeline import record_schema

    write(record_schema(), output)


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True, help="The records only, not the graph they make.")
@click.option("--ontology", is_flag=True, help="The ontology instead: SOURCES is a folder of it [default: the packaged one].")
@click.option("-f", "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def check(sources: tuple[Path, ...], quick: bool, ontology: bool, format_: str) -> None:
    """Check records: terms, quotes, times, units, contradictions, coverage; then the graph they make."""
    from kg.pipeline import check as run
    from kg.pipeline import check_ontology
    from kg.present import check_report

    result = check_ontology(sources[0] if sources else None) if ontology else run(sources or None, quick=quick)
    click.echo(check_report(result, format_))
    sys.exit(0 if result.passed else 1)
