"""What several verbs share: options, and where text is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

FORMATS = ("table", "json", "csv", "tsv", "markdown")
graph_option = click.option("-g", "--graph", type=click.Path(path_type=Path), help="Graph folder or RDF file [default: build/graph, built when stale].")
endpoint_option = click.option("--endpoint", metavar="URL", help="Ask a remote SPARQL 1.1 endpoint instead.")
format_option = click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True, help="How rows are printed.")
why_option = click.option("--why", type=int, metavar="N", help="What the Nth row rests on, instead of the rows.")
why_not_option = click.option("--why-not", metavar="TERM", help="The first condition that keeps a term out of the answer.")
output_option = click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of stdout.")


def remark(words: str) -> None:
    click.echo(words, err=True)


def write(text: str, output: Path | None = None) -> None:
    if output is None:
        click.echo(text)
    else:
        from kg.files import write_bytes

        write_bytes(output, (text + "\n").encode())
        click.echo(output, err=True)


def progress_bar(done: int, total: int, *_: Any) -> None:
    """A bar on a terminal, and nothing anywhere else."""
    if sys.stderr.isatty():
        width = 30 * done // total
        click.echo(f"\r{'█' * width}{'░' * (30 - width)} {done}/{total}", nl=done == total, err=True)
