"""The verb `vocab`, for vocabularies of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.group()
def vocab() -> None:
    """The vocabulary: made from newer releases, or with words of your own."""


@vocab.command("build")
@click.option("--from", "releases", multiple=True, type=click.Path(path_type=Path), help="An .obo, .json (obographs) or .owl file; repeatable.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of casegraph's settings folder.")
@click.option("--subset", is_flag=True, help="Take a release even if it lacks many ids of the one it replaces.")
def vocab_build(releases: tuple[Path, ...], output: Path | None, subset: bool) -> None:
    """The packaged vocabulary with some of its vocabularies replaced by releases you have downloaded."""
    from kg.vocab.user import build_vocabulary

    _say_made(build_vocabulary(releases, output, subset=subset))


@vocab.command("add")
@click.argument("words", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of casegraph's settings folder.")
def vocab_add(words: Path, output: Path | None) -> None:
    """Add a laboratory's own terms and synonyms, from a TSV of id, label, synonyms, parents."""
    from kg.vocab.user import add_words

    _say_made(add_words(words, output))


def _say_made(made: Any) -> None:
    for source in made.sources:
        click.echo(f"{source.prefix}: {source.name} {source.version}", err=True)
    for remark in made.remarks:
        click.echo(f"remark: {remark}", err=True)
    click.echo(f"{made.path}: {made.terms:,} terms", err=True)
