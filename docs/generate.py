"""Write the generated parts of README.md and docs/*.md; run it after a change to the models, the questions or the seed.

    python docs/generate.py            # write
    python docs/generate.py --check    # write nothing; name the pages that differ and exit with 1

Three kinds of text are generated, in whatever page they stand, so that none of it can drift from the code:

- between ``<!-- generated: NAME -->`` and ``<!-- end -->``: what the entry NAME of `PARTS` returns;
- after a ``$ command`` in a fenced block that begins with one: what the command prints, run on a copy of the seeds.
  Where the page shows ``…`` (but not ``[…]``), anything may stand, and the block is left if the rest is right: for long
  outputs, and for figures that every small change would change.
  A block marked ``console single`` has one command, whose output itself has lines that begin with ``$``;
- after a ``>>> line`` in a fenced block marked ``pycon``: what Python prints (needs pandas, as the tests do); the blocks
  of a page are one session.

Blocks that do not begin with ``$`` are left alone, and so are those of `NOT_RUN`, which need a server or Java.
"""

from __future__ import annotations

import contextlib
import doctest
import inspect
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import types
import typing
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SEED = "antonopoulos-2018"
#: Columns of the terminal that the printed tables are fitted to; what `kg` uses where there is no terminal.
WIDTH = 120

_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)
_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.S | re.M)
#: Commands that do not end, or whose output depends on more than this package.
NOT_RUN = re.compile(r"^\$ .*(?:kg serve(?! -h| --help)|https?://|--dl\b|pip |make )", re.M)
_HEAD = re.compile(r"\s*\|\s*head -(?:n\s*)?(\d+)\s*$")


def pages() -> list[Path]:
    """README and every page of docs/, by name."""
    return [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def render(path: Path, folder: Path) -> str:
    """A page's text with its generated parts made anew.

    Args:
        folder: where its commands run; see `workspace`.
    """
    text = _PART.sub(lambda m: f"{m[1]}{PARTS[m[2]]().rstrip()}\n{m[3]}", path.read_text(encoding="utf-8"))
    session: dict[str, Any] = {}

    def run(match: re.Match[str]) -> str:
        language, block = match[1], match[2]
        if language == "pycon":
            block = run_python(block, session)
        elif block.startswith("$ ") and not NOT_RUN.search(block):
            block = run_console(block, single=language == "console single")
        return f"```{language}\n{block}```"

    with inside(folder):
        return _FENCE.sub(run, text)


# 1) commands and Python lines


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A folder with a copy of the seeds and their graph, as a reader of the docs has after `make demo`."""
    from kg.pipeline import build

    with tempfile.TemporaryDirectory(prefix="casegraph-docs-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        with inside(folder, tidy=False):
            build()
        yield folder


@contextlib.contextmanager
def inside(folder: Path, *, tidy: bool = True) -> Iterator[None]:
    """Work in a folder; afterwards take away what a page's commands made there, so that pages do not see each other."""
    before, width = Path.cwd(), os.environ.get("COLUMNS")
    kept = {path.name for path in (folder, folder / "seeds") for path in path.iterdir()}
    os.environ["COLUMNS"] = str(WIDTH)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        if width is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = width
        for path in (*folder.iterdir(), *(folder / "seeds").iterdir()) if tidy else ():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def run_console(block: str, *, single: bool = False) -> str:
    """A console block with the output of its commands; a command goes on in lines that begin with "> "."""
    prompt = re.compile(r"^\$ .*(?:\n> .*)*\n?", re.M)
    prompts = list(prompt.finditer(block))[: 1 if single else None]
    ends = [*(match.start() for match in prompts[1:]), len(block)]
    out = []
    for match, end in zip(prompts, ends, strict=True):
        shown = block[match.end() : end].rstrip()
        printed = run_command(match[0].rstrip("\n")[2:].replace("\n> ", "\n")).rstrip()
        out += [match[0].rstrip("\n"), *([shown if _fits(shown, printed) else printed] if printed else [])]
    return "\n".join(out) + "\n"


def _fits(shown: str, printed: str) -> bool:
    """Whether what a page shows is what was printed, apart from what it leaves open with "…"."""
    parts = re.split(r"(?<!\[)…(?!\])", shown)
    return len(parts) > 1 and re.fullmatch(".*".join(re.escape(part) for part in parts), printed, re.S) is not None


def run_command(command: str) -> str:
    """What a command prints, both streams, as in a terminal."""
    head = _HEAD.search(command)
    if head:
        return "\n".join(run_command(command[: head.start()]).splitlines()[: int(head[1])])
    if command.startswith("kg ") and not re.search(r"&&|[|<>]", re.sub(r"'[^']*'", "", command)):
        return _run_kg(shlex.split(command)[1:])
    # Whatever else a page shows is the shell's; `kg` there is this checkout's, installed or not.
    shell = f'kg() {{ PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m kg "$@"; }}\n{command}'
    done = subprocess.run(["bash", "-c", shell], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout


def _run_kg(arguments: list[str]) -> str:
    # In this process, because a hundred starts of Python would take longer than all the commands.
    from click.testing import CliRunner

    from kg.cli import main

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CliRunner().invoke(main, arguments, prog_name="kg", catch_exceptions=False).output


def run_python(block: str, names: dict[str, Any]) -> str:
    """A block of Python lines with what they print; `names` is the session they share."""
    out = []
    for example in doctest.DocTestParser().get_examples(block):
        lines = example.source.splitlines()
        out += [f">>> {lines[0]}", *(f"... {line}" for line in lines[1:])]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(example.source, "<docs>", "single"), names)
            except Exception as error:  # shown as the reader sees it
                printed.write(f"Traceback (most recent call last):\n  ...\n{type(error).__module__}.{type(error).__name__}: {error}\n")
        out += printed.getvalue().splitlines()
    return "\n".join(out) + "\n"


# 2) tables


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(" ".join(cell.split()) for cell in line) + " |" for line in lines)


def verbs() -> str:
    """Each verb of the command line, what it does, and its page."""
    from kg.cli import VERBS, verb

    rows = []
    for name in sorted(VERBS):
        page = f"[`kg {name}`]({name}.md)" if (DOCS / f"{name}.md").exists() else f"`kg {name}`"
        rows.append([page, (verb(name).help or "").split("\n")[0]])
    return table(["verb", "what it does"], rows)


def other_pages() -> str:
    """The pages that are not about a verb."""
    from kg.cli import VERBS

    named = {*(f"{name}.md" for name in VERBS), "index.md"}
    rows = []
    for path in sorted(DOCS.glob("*.md")):
        if path.name not in named:
            title = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)
            rows.append(f"- [{title[1] if title else path.stem}]({path.name})")
    return "\n".join(rows)


def _verb_links() -> str:
    """The same list for the README, whose links start at the top folder."""
    return re.sub(r"\]\((?!http)", "](docs/", verbs())


def fields() -> str:
    """A table of keys for each model of the record."""
    from kg.record import model

    common = [model.Statement]
    order = [model.Record, *common, model.Document, model.Curation, model.Patient, model.TimePoint]
    order += [model.HistoryItem, model.Finding, model.AntibodyTest, model.Measurement, model.Investigation, model.Diagnosis]
    order += [model.Treatment, model.CourseStep, model.Response, model.Claim, model.Reference, model.LeftOut]
    models = {c for c in vars(model).values() if isinstance(c, type) and issubclass(c, model.Model)}
    missing = models - {*order, model.Model, model.Evidenced}
    if missing:
        raise SystemExit(f"docs/generate.py: models without a table: {missing}")
    return "\n\n".join(_model_table(cls, model) for cls in order)


def _model_table(cls: Any, model: Any) -> str:
    base = None if cls is model.Statement else next((b for b in (model.Statement, model.Evidenced) if issubclass(cls, b)), None)
    inherited = set(base.model_fields) if base else set()
    hints = typing.get_type_hints(cls, include_extras=True)
    rows = []
    for name, field in cls.model_fields.items():
        if name not in inherited:
            default = field.get_default(call_default_factory=True)
            usual = "required" if field.is_required() else f"`{_plain(default)}`" if _is_plain(default) else ""
            rows.append([f"`{field.alias or name}`", kind(hints[name]), usual, field.description or ""])
    note = ""
    if base is model.Statement:
        note = "\n\nAnd the keys of [every statement](#every-statement)."
    elif base is model.Evidenced:
        note = "\n\nAnd, as in [every statement](#every-statement): " + ", ".join(f"`{name}`" for name in base.model_fields) + "."
    return f"### {_heading(cls, model)}\n\n{cls.__doc__.strip()}\n\n{table(['key', 'value', 'if left out', 'meaning'], rows)}{note}"


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, bool, int, float))


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _heading(cls: Any, model: Any) -> str:
    """The key of the record under which a model stands."""
    if cls is model.Record:
        return "The record"
    if cls is model.Statement:
        return "Every statement"
    if cls is model.CourseStep:
        return "course (of a treatment)"
    for name, annotation in typing.get_type_hints(model.Record, include_extras=False).items():
        if cls in (annotation, *typing.get_args(annotation)):
            return name
    return str(cls.__name__)


def kind(annotation: Any) -> str:
    """What a field takes, in words."""
    from kg.record import model
    from kg.record.model import TermRef

    for known, words in (
        (model.Quote, "text, or a list of texts"), (model.Text, "text"), (model.Texts, "text, or a list of texts"),
        (model.Terms, "term, or a list of terms"),
        (model.Slugs, "name, or a list of names"), (model.Slug, "name (lower-case letters, digits, hyphens)"),
        (model.Numbers, "number, or a list of numbers"), (TermRef, "term"), (str, "text"), (int, "whole number"), (float, "number"),
        (bool, "`true` or `false`"),
    ):  # fmt: skip
        if annotation == known:
            return words
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        hints = [hint for part in arguments[1:] if (hint := _hint(part))]
        return hints[0] if hints else kind(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return kind(next(part for part in arguments if part is not type(None)))
    if origin is tuple:
        return f"list of [{_section(arguments[0])}](#{_anchor(arguments[0])})"
    if origin is dict:
        return f"name: [{_section(arguments[1])}](#{_anchor(arguments[1])})"
    return f"[{_section(annotation)}](#{_anchor(annotation)})"


def _hint(part: Any) -> str | None:
    """The words of a pattern's error message; `model._matching` keeps them beside the pattern."""
    function = getattr(part, "func", None)
    if not inspect.isfunction(function) or "hint" not in function.__code__.co_freevars:
        return None
    return str(inspect.getclosurevars(function).nonlocals["hint"])


def _section(cls: Any) -> str:
    from kg.record import model

    return _heading(cls, model)


def _anchor(cls: Any) -> str:
    return re.sub(r"[^\w -]", "", _section(cls).lower()).replace(" ", "-")


def question_library() -> str:
    """Every question from the header of its file."""
    from kg.ask import question_named, question_names

    library = [question_named(name) for name in question_names()]
    index = table(["question", "name"], [[q.summary, f"[`{q.name}`](#{q.name})"] for q in library])
    return "\n\n".join([index, *map(_question, library)])


def _question(q: Any) -> str:
    kinds = {"case": "a case's id", "term": "id, label or synonym of a term", "time": "a time point's name", "set": "a criteria set's name"}
    parameters = [
        [f"`--{p.name}`", p.about or kinds.get(p.type, p.type), f"`{p.example}`" if p.example else ""] for p in q.parameters
    ]  # fmt: skip
    given = table(["parameter", "takes", "for example"], parameters) if parameters else "No parameters."
    tags = f"\n\nTags: {', '.join(q.tags)}. " if q.tags else "\n\n"
    columns = ", ".join(f"`{c}`" for c in q.columns)
    return f"### {q.name}\n\n{q.summary}\n\n{given}\n\nColumns: {columns}.{tags}File: [queries/{q.name}.rq](../queries/{q.name}.rq)."


def vocabularies() -> str:
    """Each public vocabulary with its licence, from the vocabulary file itself."""
    from kg.pipeline import all_terms

    found: dict[tuple[str, str, str, str], list[str]] = {}
    for source in all_terms().sources():
        found.setdefault((source.prefix, source.name, source.url, source.licence), []).append(source.version)
    rows = []
    for (prefix, name, url, licence), releases in sorted(found.items(), key=lambda item: item[0][0].lower()):
        rows.append([f"`{prefix}`", f"[{name}]({url})", f"[{_licence(licence)}]({licence})", "; ".join(dict.fromkeys(releases))])
    return table(["prefix", "vocabulary", "licence", "taken from"], rows)


def _licence(url: str) -> str:
    """A licence's usual name, where its address says it."""
    creative = re.search(r"creativecommons\.org/licenses/([a-z-]+)/([\d.]+)", url)
    if creative:
        return f"CC {creative[1].upper()} {creative[2]}"
    names = {"publicdomain/zero": "CC0 1.0", "apache.org": "Apache-2.0", "hpo.jax.org": "HPO licence", "loinc.org": "LOINC licence"}
    return next((name for part, name in names.items() if part in url), "terms of use")


# 3) one sentence, followed

#: The statement that `how-a-sentence-becomes-triples.md` follows.
FOLLOWED = ("measurements", "crp")


@cache
def _seed() -> Any:
    from kg.pipeline import read_case

    return read_case(ROOT / "seeds" / SEED / "case.yaml")


def _followed() -> tuple[int, Any]:
    section, name = FOLLOWED
    return next((i, item) for i, item in enumerate(getattr(_seed().loaded.record, section)) if item.id == name)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def sentence_in_report() -> str:
    """The paragraph of the report in which the quote stands, and the quote's offsets."""
    report, (_, item) = _seed().report, _followed()
    span = report.find(item.quote[0])
    around = next(s for s in report.paragraphs if s.start <= span.start < s.end)
    where = f"The quote is characters {span.start} to {span.end} of the file, in the section “{span.section}”."
    return _fenced("text", report.quote(around)) + f"\n\n{where}"


def sentence_in_record() -> str:
    """The lines of case.yaml that hold the statement."""
    loaded, (i, _) = _seed().loaded, _followed()
    first, after = (loaded.source.line((FOLLOWED[0], n)) for n in (i, i + 1))
    lines = (ROOT / "seeds" / SEED / "case.yaml").read_text(encoding="utf-8").splitlines()
    return _fenced("yaml", "\n".join(lines[first - 1 : after - 1]))


@cache
def _document() -> dict[str, Any]:
    from kg.build import case_document

    return case_document(_seed().loaded.record, _seed().report)


def _nodes() -> list[dict[str, Any]]:
    """The statement's node, the finding it shows, and the passage both rest on."""
    document = _document()
    main = next(node for node in document[FOLLOWED[0]] if node["id"] == f"#{FOLLOWED[1]}")
    shown = [node for node in document["findings"] if node.get("by") == main["id"]]
    passages = [node for key, value in document.items() if isinstance(value, list) for node in value if node.get("id") in main["passage"]]
    return [main, *shown, *passages]


def sentence_in_jsonld() -> str:
    """The nodes that `kg build` makes of the statement, before the context is applied."""
    return _fenced("json", json.dumps(_nodes(), ensure_ascii=False, indent=2))


def sentence_in_context() -> str:
    """What the context says of some of the keys."""
    from kg.ontology import context

    terms = dict(context()["@context"])
    wanted = {key: terms[key] for key in ("quote", "passage", "at", "is") if key in terms}
    inner = terms["measurements"]["@context"] if isinstance(terms.get("measurements"), dict) else {}
    wanted["measurements"] = {key: inner[key] for key in ("of", "value", "unit", "normal_high", "shows") if key in inner}
    return _fenced("json", json.dumps(wanted, ensure_ascii=False, indent=2))


def _quads() -> list[Any]:
    from kg.graph.derive import graph_quads

    return _cached_quads(graph_quads)


@cache
def _cached_quads(make: Callable[[Any], list[Any]]) -> list[Any]:
    return make([_seed()])


def _turtle(quads: list[Any]) -> str:
    import pyoxigraph as ox

    from kg.names import PREFIXES, case_iri

    prefixes = {**PREFIXES, "": case_iri(SEED) + "#"}
    text = (ox.serialize([quad.triple for quad in quads], format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
    body = [line for line in text.splitlines() if not line.startswith("@prefix")]
    return "\n".join(body).strip()


def _about(graph: Callable[[str], bool]) -> list[Any]:
    from kg.names import case_iri

    wanted = {case_iri(SEED) + node["id"] for node in _nodes()}
    wanted |= {case_iri(SEED) + selector["id"] for node in _nodes() for selector in node.get("selector", ())}
    return [q for q in _quads() if getattr(q.subject, "value", "") in wanted and graph(q.graph_name.value)]


def sentence_in_triples() -> str:
    """The triples of those nodes in the case's own graph."""
    from kg.names import case_iri

    return _fenced("turtle", _turtle(_about(lambda graph: graph == case_iri(SEED))))


def sentence_inferred() -> str:
    """What the axioms and the rules add about the same nodes, a triple a line, with the labels of opaque ids."""
    from kg.names import INFERRED, RDF_TYPE, RDFS_LABEL, compact

    labels = {q.subject.value: q.object.value for q in _quads() if q.predicate.value == RDFS_LABEL}
    lines = []
    for quad in _about(lambda graph: graph == INFERRED):
        name = compact(quad.object.value) if quad.predicate.value == RDF_TYPE or quad.object.value.startswith("http") else str(quad.object)
        name = re.sub(r'"(\d+)"\^\^.*', r"\1", name)
        what = "a" if quad.predicate.value == RDF_TYPE else compact(quad.predicate.value)
        label = labels.get(quad.object.value)
        lines.append(f":{quad.subject.value.partition('#')[2]} {what} {name} ." + (f"  # {label}" if label else ""))
    return _fenced("turtle", "\n".join(lines))


PARTS: dict[str, Callable[[], str]] = {
    "verbs": verbs,
    "verb-links": _verb_links,
    "pages": other_pages,
    "fields": fields,
    "questions": question_library,
    "vocabularies": vocabularies,
    "sentence-report": sentence_in_report,
    "sentence-record": sentence_in_record,
    "sentence-context": sentence_in_context,
    "sentence-jsonld": sentence_in_jsonld,
    "sentence-triples": sentence_in_triples,
    "sentence-inferred": sentence_inferred,
}


def main(arguments: list[str]) -> int:
    changed = []
    with workspace() as folder:
        for path in pages():
            text = render(path, folder)
            if text != path.read_text(encoding="utf-8"):
                changed.append(path)
                if "--check" not in arguments:
                    path.write_text(text, encoding="utf-8")
    for path in changed:
        print(f"{path.relative_to(ROOT)}: {'differs' if '--check' in arguments else 'written'}")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
