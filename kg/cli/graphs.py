"""Verbs on graphs: build, diff, reason, explain; export, push, report and serve; and the demo."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import format_option, graph_option, progress_bar, write

#: What the demo asks, chosen to fit any case.
DEMO = ("patient", "diagnosis", "treatments", "treatment-failures", "what-worked", "current-treatment", "conflicts")


@click.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@format_option
def diff(old: Path, new: Path, format_: str) -> None:
    """Compare two records of one report statement by statement, or two graphs: terms, axioms and answers."""
    from kg.pipeline import are_records
    from kg.pipeline import diff as run
    from kg.present import diff_report

    if format_ not in ("table", "json") and not are_records(old, new):
        raise click.UsageError(f"-f {format_}: the changes between two graphs are no one table; use -f json, or leave -f out")
    write(diff_report(run(old, new), format_))


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("build/graph"), show_default=True, help="Folder of the graph.")
@click.option("--also", multiple=True, type=click.Choice(("nq", "trig", "ttl", "jsonld")), help="Also write the graph as one file beside it; repeatable.")
@click.option("--workers", default=0, help="Processes [default: one a core].")
def build(sources: tuple[Path, ...], output: Path, also: tuple[str, ...], workers: int) -> None:
    """Build the graph of all cases (default: those under seeds/)."""
    from kg.pipeline import build as run

    built = run(sources or None, output, [f".{kind}" for kind in also], workers=workers, progress=progress_bar)
    click.echo(f"{built.folder}: {built.cases} case{'s' if built.cases != 1 else ''}, {built.quads:,} quads", err=True)


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dl", is_flag=True, help="Let HermiT check consistency and classify; needs Java.")
@click.option("--timeout", default=300, show_default=True, help="Seconds after which HermiT is stopped.")
@click.option("--memory", default=3000, show_default=True, metavar="MB", help="Memory for HermiT.")
def reason(sources: tuple[Path, ...], dl: bool, timeout: int, memory: int) -> None:
    """Say what follows from the cases; with --dl, what a full OWL reasoner says of them."""
    from kg.pipeline import reason_dl, reason_quick
    from kg.present import dl_report

    if not dl:
        click.echo(reason_quick(sources or None))
        return
    verdict, differences = reason_dl(sources or None, timeout=timeout, memory_mb=memory)
    click.echo(dl_report(verdict, differences))
    sys.exit(0 if verdict.consistent and not verdict.unsatisfiable else 1)


@click.command()
@click.argument("subject", required=False)
@click.argument("class_", metavar="CLASS", required=False)
@graph_option
def explain(subject: str | None, class_: str | None, graph: Path | None) -> None:
    """Why SUBJECT (case#node) is a CLASS: the axioms and sentences. Without both: why the graph is inconsistent."""
    from kg.pipeline import open_graph
    from kg.present import justification

    opened = open_graph(graph)
    if (subject is None) != (class_ is None):
        raise click.UsageError("give SUBJECT and CLASS, or neither")
    found = opened.explain(subject, class_) if subject and class_ else opened.explain_inconsistency()
    if found is None:
        click.echo(f"{subject} is not a {class_}, as far as follows" if subject else "consistent: nothing to explain", err=True)
        sys.exit(1 if subject else 0)
    click.echo(justification(found))


@click.command()
@click.argument("kind", type=click.Choice(("protege", "owl", "ttl", "nt", "jsonld", "sssom")))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder (protege) or file to write.")
@click.option("--merged", is_flag=True, help="For protege: one file in place of a folder of modules.")
@graph_option
def export(kind: str, output: Path, merged: bool, graph: Path | None) -> None:
    """Write the graph for other tools; says what the format cannot carry."""
    from kg.pipeline import export as run

    written = run(kind, output, graph, merged=merged)
    click.echo(f"{output}: {len(written.files)} file{'s' if len(written.files) != 1 else ''}, {written.triples:,} triples", err=True)
    for sentence in written.left_out:
        click.echo(f"left out: {sentence}", err=True)


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of stdout.")
@graph_option
def report(case_id: str, output: Path | None, graph: Path | None) -> None:
    """A case as one HTML file to send to a colleague."""
    from kg.pipeline import report as run

    write(run(case_id, graph), output)


@click.command()
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, help="0 takes a free one.")
@click.option("--records", type=click.Path(path_type=Path), help="Folder of the records, for the papers' texts [default: seeds].")
@click.option("--log", default="-", show_default=True, help="Access log: a file, - for stderr, or 'none'.")
@click.option("--writable", is_flag=True, help="Take SPARQL Updates from who sends the token in KG_SERVE_TOKEN.")
@click.option("--allow-service", multiple=True, metavar="URL", help="An endpoint that SERVICE may name; repeatable.")
@click.option("--cors", default="*", show_default=True, metavar="ORIGIN", help="Whose web pages may read answers: an origin, '*' or 'none'.")
def serve(
    graph: Path | None, host: str, port: int, records: Path | None, log: str, writable: bool, allow_service: tuple[str, ...], cors: str
) -> None:
    """Serve the graph: SPARQL at /sparql, an explorer for people at /."""
    from kg.pipeline import serve as run

    options = {"records": records, "log": log, "writable": writable, "allow_service": allow_service, "cors": cors}
    run(graph, host, port, **options, ready=lambda url: click.echo(url, err=True))  # type: ignore[arg-type]


@click.command()
@click.argument("url")
@graph_option
@click.option("--token", envvar="KG_TOKEN", help="Bearer token of the endpoint [or KG_TOKEN].")
def push(url: str, graph: Path | None, token: str | None) -> None:
    """Load the graph into a remote store by the SPARQL Graph Store Protocol."""
    from kg.pipeline import push as run

    click.echo(f"{run(url, graph, token)} graphs sent to {url}", err=True)


@click.command()
def demo() -> None:
    """The whole journey on the seeds: check, build, then some clinical questions."""
    from kg import pipeline
    from kg.ask import question_named
    from kg.present import check_report, rows

    click.echo("$ kg check")
    click.echo(check_report(pipeline.check()))
    click.echo("\n$ kg build")
    built = pipeline.build()
    click.echo(f"{built.folder}: {built.cases} case{'s' if built.cases != 1 else ''}, {built.quads:,} quads")
    graph = pipeline.open_graph()
    for name in DEMO:
        click.echo(f"\n$ kg ask {name}      # {question_named(name).summary}")
        click.echo(rows(graph.ask(name), "table"))
    click.echo("\nMore: kg questions · kg ask NAME --help · kg query 'SELECT …'")
