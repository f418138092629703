"""The command `kg`: one thin verb per step; parse, call, print.

Results go to stdout or `-o`, remarks to stderr. Exit status: 0 fine, 1 issues found, 2 wrong use or failure.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.errors import CasegraphError

#: What the demo asks, chosen to fit any case.
DEMO = ("patient", "diagnosis", "treatments", "treatment-failures", "what-worked", "current-treatment", "conflicts")
FORMATS = ("table", "json", "csv", "tsv", "markdown")

graph_option = click.option("-g", "--graph", type=click.Path(path_type=Path), help="Graph folder or RDF file [default: build/graph, built when stale].")
endpoint_option = click.option("--endpoint", metavar="URL", help="Ask a remote SPARQL 1.1 endpoint instead.")
format_option = click.option("-f", "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True, help="How rows are printed.")
why_option = click.option("--why", type=int, metavar="N", help="What the Nth row rests on, instead of the rows.")
why_not_option = click.option("--why-not", metavar="TERM", help="The first condition that keeps a term out of the answer.")
output_option = click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of stdout.")


class _OneLineErrors(click.Group):
    """Every error of ours is one line on stderr and status 2; the trace only with -v."""

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


def _with_count(error: CasegraphError) -> str:
    issues = error.fields.get("issues")
    return f"{error}\n{len(issues)} issues; nothing was changed" if isinstance(issues, list) and len(issues) > 1 else str(error)


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kg")
@click.option("-v", "--verbose", is_flag=True, help="Show the trace of an error.")
def main(verbose: bool) -> None:
    """Clinical case reports as a knowledge graph: build it, check it, ask it."""


@main.command()
@click.argument("case_id")
@click.argument("report", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to make [default: seeds/CASE-ID].")
def new(case_id: str, report: Path, output: Path | None) -> None:
    """Start a record: copy the report and write a case.yaml to fill in."""
    from kg.pipeline import start_record

    path = start_record(case_id, report, output)
    click.echo(path)
    click.echo(f"fill it in, then: kg check {path.parent}", err=True)


@main.command()
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

    if source.is_dir():
        if llm:
            raise click.UsageError("--llm takes one report at a time")
        done = draft_folder(source, output or Path("drafts"), workers, build_graph=build_graph, progress=_progress)
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


def _progress(done: int, total: int, _: Any) -> None:
    if sys.stderr.isatty():
        width = 30 * done // total
        click.echo(f"\r{'█' * width}{'░' * (30 - width)} {done}/{total}", nl=done == total, err=True)


@main.group()
def vocab() -> None:
    """The vocabulary: made from newer releases, or with words of your own."""


@vocab.command("build")
@click.option("--from", "releases", multiple=True, type=click.Path(path_type=Path), help="An .obo, .json (obographs) or .owl file; repeatable.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of casegraph's settings folder.")
@click.option("--subset", is_flag=True, help="Take a release even if it lacks many ids of the one it replaces.")
def vocab_build(releases: tuple[Path, ...], output: Path | None, subset: bool) -> None:
    """The packaged vocabulary with some of its vocabularies replaced by releases you have downloaded."""
    from kg.vocab_user import build_vocabulary

    _say_made(build_vocabulary(releases, output, subset=subset))


@vocab.command("add")
@click.argument("words", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of casegraph's settings folder.")
def vocab_add(words: Path, output: Path | None) -> None:
    """Add a laboratory's own terms and synonyms, from a TSV of id, label, synonyms, parents."""
    from kg.vocab_user import add_words

    _say_made(add_words(words, output))


def _say_made(made: Any) -> None:
    for source in made.sources:
        click.echo(f"{source.prefix}: {source.name} {source.version}", err=True)
    for remark in made.remarks:
        click.echo(f"remark: {remark}", err=True)
    click.echo(f"{made.path}: {made.terms:,} terms", err=True)


@main.command()
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


@main.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@format_option
def diff(old: Path, new: Path, format_: str) -> None:
    """Compare two records of one report statement by statement, or two graphs: terms, axioms and answers."""
    from kg.pipeline import diff as run
    from kg.present import rows

    result = run(old, new)
    click.echo(result if isinstance(result, str) else "\n\n".join(rows(table, format_) for table in result))


@main.command()
@output_option
def schema(output: Path | None) -> None:
    """Print the JSON Schema of a record, for editors to complete and check."""
    from kg.pipeline import record_schema

    _write(record_schema(), output)


@main.command()
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


@main.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("build/graph"), show_default=True, help="Folder of the graph.")
@click.option("--also", multiple=True, type=click.Choice(("nq", "trig", "ttl", "jsonld")), help="Also write the graph as one file beside it; repeatable.")
def build(sources: tuple[Path, ...], output: Path, also: tuple[str, ...]) -> None:
    """Build the graph of all cases (default: those under seeds/)."""
    from kg.pipeline import build as run

    built = run(sources or None, output, [f".{kind}" for kind in also])
    click.echo(f"{built.folder}: {built.cases} case{'s' if built.cases != 1 else ''}, {built.quads:,} quads", err=True)


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
    return click.option(f"--{parameter.name}", f"value_{parameter.name}", metavar=parameter.type.upper(), help=(about + example).strip())


def _ask_callback(name: str) -> Any:
    def run(
        graph: Path | None, endpoint: str | None, format_: str, output: Path | None, why: int | None, why_not: str | None, **values: str | None
    ) -> None:
        from kg.pipeline import built_graph, open_graph
        from kg.present import grounds, missing, rows

        given = {key.removeprefix("value_"): value for key, value in values.items() if value is not None}
        opened = open_graph(endpoint or built_graph(graph, _remark))
        if why_not is not None:
            _write(missing(opened.why_not(name, why_not, **given), why_not), output)
            return
        answer = opened.ask(name, **given)
        if why is not None:
            _write(grounds(opened.why(answer, why)), output)
            return
        _write(rows(answer, format_), output)
        if not answer:
            click.echo("no rows", err=True)

    return run


@main.group(cls=_Questions)
def ask() -> None:
    """Ask a question of the library: kg ask NAME [--PARAMETER VALUE] ..."""


@main.command()
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
    _write(rows(Answer("questions", columns, listed), format_))


@main.command()
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
    _write(rows(open_graph(endpoint or built_graph(graph, _remark)).query(text), format_), output)


def _text_of(sparql: str) -> str:
    if sparql == "-":
        return sys.stdin.read()
    if not sparql.endswith((".rq", ".sparql")):
        return sparql
    try:
        return Path(sparql).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CasegraphError(f"{sparql}: {getattr(error, 'strerror', None) or error}") from error


def _remark(words: str) -> None:
    click.echo(words, err=True)


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
@click.argument("case_id", metavar="CASE")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there instead of stdout.")
@graph_option
def report(case_id: str, output: Path | None, graph: Path | None) -> None:
    """A case as one HTML file to send to a colleague."""
    from kg.pipeline import report as run

    _write(run(case_id, graph), output)


@main.command()
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, help="0 takes a free one.")
@click.option("--records", type=click.Path(path_type=Path), help="Folder of the records, for the papers' texts [default: seeds].")
@click.option("--log", default="-", show_default=True, help="Access log: a file, - for stderr, or 'none'.")
@click.option("--writable", is_flag=True, help="Take SPARQL Updates from who sends the token in KG_SERVE_TOKEN.")
@click.option("--allow-service", multiple=True, metavar="URL", help="An endpoint that SERVICE may name; repeatable.")
def serve(graph: Path | None, host: str, port: int, records: Path | None, log: str, writable: bool, allow_service: tuple[str, ...]) -> None:
    """Serve the graph: SPARQL at /sparql, an explorer for people at /."""
    from kg.pipeline import serve as run

    run(graph, host, port, records=records, log=log, writable=writable, allow_service=allow_service, ready=lambda url: click.echo(url, err=True))


@main.command()
@click.argument("url")
@graph_option
@click.option("--token", envvar="KG_TOKEN", help="Bearer token of the endpoint [or KG_TOKEN].")
def push(url: str, graph: Path | None, token: str | None) -> None:
    """Load the graph into a remote store by the SPARQL Graph Store Protocol."""
    from kg.pipeline import push as run

    click.echo(f"{run(url, graph, token)} graphs sent to {url}", err=True)


@main.command()
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


def _write(text: str, output: Path | None = None) -> None:
    if output is None:
        click.echo(text)
    else:
        from kg.files import write_bytes

        write_bytes(output, (text + "\n").encode())
        click.echo(output, err=True)


