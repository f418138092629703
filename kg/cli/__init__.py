"""The command `kg`: one thin verb per step; parse, call, print.

Results go to stdout or `-o`, remarks to stderr. Exit status: 0 fine, 1 issues found, 2 wrong use or failure.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from kg import __version__
from kg.errors import CasegraphError

#: Verb → the module of this package that has it.
VERBS = {
    "ask": "questions", "build": "graphs", "check": "records", "demo": "graphs", "diff": "graphs", "draft": "records", "explain": "graphs",
    "export": "graphs", "new": "records", "push": "graphs", "query": "questions", "questions": "questions", "reason": "graphs",
    "report": "graphs", "review": "records", "schema": "records", "serve": "graphs", "vocab": "vocabulary",
}  # fmt: skip


class _Verbs(click.Group):
    """Verbs loaded when they are asked for; every error of ours is one line on stderr and status 2, the trace only with -v."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return verb(cmd_name) if cmd_name in VERBS else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CasegraphError as error:
            if ctx.params.get("verbose"):
                raise
            click.echo(_with_count(error), err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # The reader went away (`kg ask … | head`): nothing is wrong.
            sys.stderr.close()
            ctx.exit(0)


def verb(name: str) -> click.Command:
    """The command of a verb.

    Example:
    >>> verb("schema").name
    'schema'
    """
    command: click.Command = getattr(importlib.import_module(f"kg.cli.{VERBS[name]}"), name)
    return command


def _with_count(error: CasegraphError) -> str:
    issues = error.fields.get("issues")
    return f"{error}\n{len(issues)} issues; nothing was changed" if isinstance(issues, list) and len(issues) > 1 else str(error)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kg")
@click.option("-v", "--verbose", is_flag=True, help="Show the trace of an error.")
def main(verbose: bool) -> None:
    """Clinical case reports as a knowledge graph: build it, check it, ask it."""
