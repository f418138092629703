"""Verbs that ask: ask, questions, query."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.options import FORMATS, endpoint_option, format_option, graph_option, output_option, remark, why_not_option, why_option, write
from kg.errors import CasegraphError


class _Questions(click.Group):
    """`kg ask NAME`: each question of the library is a command whose options are its parameters."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from kg.ask import question_names

        return list(question_names())

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        from kg.ask import question_named

        asked = question_named(name)
        options = [_parameter_option(parameter) for parameter in asked.parameters]
        options += [why_option, why_not_option, graph_option, endpoint_option, format_option, output_option]
        command = click.Command(name, callback=_ask_callback(name), help=asked.summary, short_help=asked.summary)
        for option in options:
            option(command)
        return command


def _parameter_option(parameter: Any) -> Any:
    example = f" For example: {parameter.example}." if parameter.example else ""
    about = parameter.about or {"case": "A case's id.", "term": "Id, label or synonym.", "time": "A time point's name."}.get(parameter.type, "")
    about = f"{about[:1].upper()}{about[1:].removesuffix('.')}." if about else ""
    return click.option(f"--{parameter.name}", f"value_{parameter.name}", metavar=parameter.type.upper(), help=(about + example).strip())


def _ask_callback(name: str) -> Any:
    def run(
        graph: Path | None, endpoint: str | None, format_: str, output: Path | None, why: int | None, why_not: str | None, **values: str | None
    ) -> None:
        from kg.pipeline import built_graph, open_graph
        from kg.present import grounds, missing, rows

        given = {key.removeprefix("value_"): value for key, value in values.items() if value is not None}
        opened = open_graph(endpoint or built_graph(graph, remark))
        if why_not is not None:
            write(missing(opened.why_not(name, why_not, **given), why_not), output)
            return
        answer = opened.ask(name, **given)
        if why is not None:
            write(grounds(opened.why(answer, why)), output)
            return
        write(rows(answer, format_), output)
        if not answer:
            click.echo("no rows", err=True)

    return run


@click.group(cls=_Questions)
def ask() -> None:
    """Ask a question of the library: kg ask NAME [--PARAMETER VALUE] ..."""


@click.command()
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def questions(format_: str) -> None:
    """List the questions, with their parameters and columns."""
    from kg.ask import Answer, question_named, question_names
    from kg.present import rows

    library = [question_named(name) for name in question_names()]
    columns = ("name", "asks", "parameters", "columns")
    listed = [
        dict(zip(columns, (q.name, q.summary, ", ".join(p.name for p in q.parameters), ", ".join(q.columns)), strict=True)) for q in library
    ]
    write(rows(Answer("questions", columns, listed), format_))


@click.command()
@click.argument("sparql")
@graph_option
@endpoint_option
@format_option
@output_option
def query(sparql: str, graph: Path | None, endpoint: str | None, format_: str, output: Path | None) -> None:
    """Run a SPARQL SELECT of your own: the text, a file's name, or - for stdin."""
    from kg.pipeline import built_graph, open_graph
    from kg.present import rows

    text = _text_of(sparql)
    write(rows(open_graph(endpoint or built_graph(graph, remark)).query(text), format_), output)


def _text_of(sparql: str) -> str:
    if sparql == "-":
        return sys.stdin.read()
    if not sparql.endswith((".rq", ".sparql")):
        return sparql
    try:
        return Path(sparql).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CasegraphError(f"{sparql}: {getattr(error, 'strerror', None) or error}") from error
