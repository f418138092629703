"""The graph as a folder that Protégé opens with no network, and the same as one file of any RDF syntax."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pyoxigraph as ox

from kg.errors import StoreError
from kg.export.content import CASES, INDEX, Content, Document, graph_content, header_triples, merged
from kg.export.dlqueries import Question, questions
from kg.export.rdf import rdfxml, turtle
from kg.files import write_bytes

START_HERE = "START-HERE.md"
CATALOG = "catalog-v001.xml"
#: Suffix -> what is written.
FORMATS = (".owl", ".ttl", ".nt", ".jsonld")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, and what it left out (sentences for the reader)."""

    files: tuple[Path, ...]
    triples: int
    left_out: tuple[str, ...]


def export_protege(quads: Iterable[ox.Quad], out: Path, *, one_file: bool = False) -> Exported:
    """A folder for Protégé: TBox, import slices, cases and inferred axioms, in RDF/XML and Turtle, with catalogs.

    The folder is made beside the old one and takes its place at the end.

    Args:
        quads: the whole graph, named graphs and all.
        out: the folder; an earlier export there is replaced.
        one_file: everything merged into one ontology instead (``--merged``).

    Raises:
        StoreError: no case in the graph, or `out` holds something else.
    """
    content = graph_content(quads)
    documents = [merged(content)] if one_file else [*content.documents, _cases_index(content)]
    _refuse_others(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        for document in documents:
            _write(folder / f"{document.name}.owl", rdfxml(document.triples, content.labels))
            _write(folder / "turtle" / f"{document.name}.ttl", _turtle(document, content))
        for suffix, place in ((".owl", folder), (".ttl", folder / "turtle")):
            _write_catalogs(place, {d.iri: d.name + suffix for d in documents})
        _write(folder / START_HERE, start_here(content, one_file).encode())
        os.chmod(folder, 0o755)
        if out.exists():
            shutil.rmtree(out)
        os.rename(folder, out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    files = tuple(sorted(path for path in out.rglob("*") if path.is_file()))
    return Exported(files, sum(len(d.triples) for d in documents), left_out(content))


def export_file(quads: Iterable[ox.Quad], path: Path) -> Exported:
    """The whole ontology with its cases as one file; the suffix says which syntax: `FORMATS`.

    Raises:
        StoreError: another suffix, or no case in the graph.
    """
    if path.suffix not in FORMATS:
        raise StoreError(f"{path}: cannot write {path.suffix or 'a file without suffix'}; use {', '.join(FORMATS)}")
    content = graph_content(quads)
    document = merged(content)
    if path.suffix == ".owl":
        data = rdfxml(document.triples, content.labels)
    elif path.suffix == ".ttl":
        data = turtle(document.triples, content.labels)
    else:
        data = _flat(document, ox.RdfFormat.N_TRIPLES if path.suffix == ".nt" else ox.RdfFormat.JSON_LD)
    write_bytes(path, data)
    return Exported((path,), len(document.triples), left_out(content))


def catalog(entries: dict[str, str]) -> bytes:
    """An OASIS catalog, by which Protégé finds imports beside the file: ontology IRI -> file."""
    lines = ['<?xml version="1.0" encoding="UTF-8" standalone="no"?>']
    lines += ['<catalog prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">']
    lines += [f"    <uri name={quoteattr(iri)} uri={quoteattr(name)}/>" for iri, name in sorted(entries.items())]
    return "\n".join([*lines, "</catalog>", ""]).encode()


def _write_catalogs(folder: Path, entries: dict[str, str]) -> None:
    """A catalog in each folder that holds an ontology: Protégé looks beside the file that it is asked to open."""
    for place in sorted({os.path.dirname(name) for name in entries.values()} | {""}):
        _write(folder / place / CATALOG, catalog({iri: os.path.relpath(name, place or ".") for iri, name in entries.items()}))


def left_out(content: Content) -> tuple[str, ...]:
    """What an export does not carry, a sentence each."""
    n = content.left_out
    rows = (
        (n["passage"], "{} passages: the offsets and neighbouring words of the quotes; the quotes themselves are on the statements."),
        (n["sentence"], "{} sentences of the reports that no statement rests on, with the reason for each."),
        (n["order"], "The places of {} statements in their records."),
        (n["closure"], "{} triples about classes that only make SPARQL questions short: "
                       "the class hierarchy spelled out, roles of drugs, chains of claims."),
        (n["words"], "{} derived words and ranks on statements that only lay out the answers of questions."),
    )  # fmt: skip
    return tuple(text.format(f"{count:,}") for count, text in rows if count)


def start_here(content: Content, one_file: bool) -> str:
    """The first thing to read in the folder."""
    cases = [document.name.rpartition("/")[2] for document in content.cases]
    main = "casegraph-merged.owl" if one_file else ("inferred.owl" if len(cases) > 1 else f"cases/{cases[0]}.owl")
    lines = ["# Start here", ""]
    if one_file:
        lines += ["Open `casegraph-merged.owl` in Protégé: the ontology, the import slices, the cases and the inferred axioms in one file."]
    else:
        lines += [
            "Open one of these in Protégé; the files it imports are found through `catalog-v001.xml`, without a network.", "",
            "| file | what |", "| --- | --- |",
            "| `casegraph.owl` | the ontology: our modules (`ontology/`) and slices of the vocabularies they reuse (`imports/`) |",
            *(f"| `cases/{case}.owl` | the case {case}: what the report says, each statement with its sentence |" for case in cases[:20]),
            *([f"| `cases/…` | {len(cases) - 20} more cases |"] if len(cases) > 20 else []),
            "| `cases.owl` | all cases |",
            "| `inferred.owl` | all cases, with what follows from the axioms and what closed-world rules derive; "
            "none of that is stated by a report |",
            "| `turtle/` | the same files in Turtle |",
        ]  # fmt: skip
    lines += [
        "", "## In Protégé", "",
        f"1. File, Open: `{main}`." + ("" if one_file else " Use `inferred.owl` to see everything without a reasoner."),
        "2. Reasoner, HermiT, Start reasoner. (ELK is faster, but knows no inverse properties, data values, counting or number ranges.)",
        "3. Entities, Individuals: each statement shows its annotation *quote*, the sentence of the report.",
        "4. Window, Tabs, DL Query: tick *Instances*, paste an expression, Execute.",
    ]  # fmt: skip
    lines += ["", "## DL queries to paste", ""]
    for question in questions(content):
        lines += _question(question)
    lines += ["## What is not here", "", *(f"- {sentence}" for sentence in left_out(content)), ""]
    licence = "casegraph's own terms: CC BY 4.0. Each import slice names its source, release and licence in its header."
    lines += ["## Licence", "", licence, ""]
    return "\n".join(lines)


def _question(question: Question) -> list[str]:
    shown = [f"- {answer}" for answer in question.answers[:12]]
    more = [f"- … {len(question.answers) - 12} more"] if len(question.answers) > 12 else []
    return [f"### {question.text}", "", "```", question.manchester, "```", "", f"Instances: {len(question.answers)}", "", *shown, *more, ""]


def _cases_index(content: Content) -> Document:
    words = "All cases of this export."
    imports = [INDEX, *(d.iri for d in content.cases)]
    return Document(CASES, "cases", tuple(header_triples(CASES, "casegraph: all cases", words, imports)))


def _turtle(document: Document, content: Content) -> bytes:
    if document.source is not None:
        return document.source.read_bytes()
    return turtle(document.triples, content.labels)


def _flat(document: Document, kind: ox.RdfFormat) -> bytes:
    """A syntax without nesting: blank nodes are named by content, lines sorted."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in document.triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return ox.serialize(sorted((quad.triple for quad in dataset), key=str), format=kind) or b""


def _refuse_others(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / START_HERE).is_file():
        raise StoreError(f"{out}: not empty and not an earlier export; choose another folder")
    if out.exists() and not out.is_dir():
        raise StoreError(f"{out}: a file; name a folder")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
