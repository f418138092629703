"""Read one downloaded release of a public vocabulary: OBO, obographs JSON, or OWL in RDF/XML.

What the file says of itself goes with its terms: whose ids they are, the release, the licence. `kg.vocab.user` puts
releases into a vocabulary.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import names
from kg.errors import CasegraphError
from kg.vocab.readers import current_name, read_obo
from kg.vocab.table import Table, make_term, sort_curies

MEGABYTE = 1_000_000
#: Suffix → the largest file that is read, in bytes: the text of OBO and JSON is held in memory, several times over.
MOST = {".obo": 400 * MEGABYTE, ".json": 200 * MEGABYTE, ".owl": 400 * MEGABYTE}

_OBO_IRI = re.compile(rf"{re.escape(names.OBO)}([A-Za-z][A-Za-z.]*)_(\w+)")
_KINDS = {"hasExactSynonym": "exact", "hasNarrowSynonym": "narrow", "hasBroadSynonym": "broad", "hasRelatedSynonym": "related"}
_PART_OF, _HAS_ROLE = "BFO:0000050", "RO:0000087"
_LINKS = {"is_a": "parents", "subClassOf": "parents", _PART_OF: "part_of", "part_of": "part_of", _HAS_ROLE: "roles", "has_role": "roles"}


class VocabularyError(CasegraphError):
    """A file that no vocabulary can be made from; nothing was written. Field `issues`: all of them, of a file of words."""


class About(NamedTuple):
    """What a file says of itself, each "" where it does not."""

    ontology: str = ""  # its id or IRI
    version: str = ""
    title: str = ""
    licence: str = ""


class Release(NamedTuple):
    """The terms of one vocabulary, as one file gives them."""

    prefix: str
    version: str
    title: str
    licence: str
    table: Table


def read_release(path: Path) -> Release:
    """The terms of the vocabulary that a file is a release of; imported terms of others are left out.

    Raises:
        VocabularyError: not such a file, cut short, too large, or without the name of its release.
    """
    reader = _READERS.get(path.suffix.lower())
    if path.suffix.lower() in _PACKED:
        raise VocabularyError(f"{path}: compressed; unpack it first")
    if reader is None:
        raise VocabularyError(f"{path}: cannot read {path.suffix or 'a file without suffix'}; give a release as {', '.join(_READERS)}")
    _check_file(path)
    try:
        about, prefix, table = reader(path)
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{path}: not UTF-8 text (byte {error.start}); download it again") from error
    except (SyntaxError, RecursionError, LookupError, TypeError, AttributeError, ValueError, OSError) as error:
        line = getattr(error, "lineno", None)
        what = "a part is not there, or not in its place" if isinstance(error, _BUILT_OTHERWISE) else " ".join(str(error).split())[:160]
        where = f"{path}:{line}" if line else f"{path}"
        raise VocabularyError(f"{where}: not {_SAID[path.suffix.lower()]}, or cut short ({what}); download it again") from error
    if not any(not term.obsolete for term in table.values()):
        raise VocabularyError(f"{path}: no terms in it; expected {_SAID[path.suffix.lower()]}")
    if not about.version:
        raise VocabularyError(f"{path}: does not name its release (data-version, owl:versionInfo); add it to the header")
    version = tidy_version(about.version)
    source = f"{about.title or prefix} {version}"
    return Release(prefix, version, about.title, about.licence, {curie: term._replace(source=source) for curie, term in table.items()})


def tidy_version(text: str) -> str:
    """The release in what a header says: its date, else its number.

    Example:
    >>> tidy_version("hp/releases/2026-02-16"), tidy_version("http://www.ebi.ac.uk/efo/releases/v3.90.0/efo.owl")
    ('2026-02-16', 'v3.90.0')
    """
    if date := re.search(r"\d{4}-\d\d-\d\d", text):
        return date[0]
    if date := re.fullmatch(r"(\d\d:\d\d:\d{4})( \d\d:\d\d)?", text.strip()):
        return datetime.strptime(date[1], "%d:%m:%Y").date().isoformat()
    numbers = [part for part in text.split("/") if re.fullmatch(r"v?\d[\w.+-]*", part)]
    return numbers[-1] if numbers else " ".join(text.split())


def _check_file(path: Path) -> None:
    """Refuse, by a look at its size and first bytes, what is no release."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise VocabularyError(f"{path}: cannot read it: {error.strerror}") from error
    most = MOST[path.suffix.lower()]
    if not size:
        raise VocabularyError(f"{path}: the file is empty; download it again")
    if size > most:
        raise VocabularyError(f"{path}: {size // MEGABYTE} MB; at most {most // MEGABYTE} MB are read. Take the .obo of the release, or a smaller edition")
    low = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if low.startswith((b"<!doctype html", b"<html")):
        raise VocabularyError(f"{path}: a web page and no vocabulary; download the file that the page links to")
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\x28\xb5\x2f\xfd")):
        raise VocabularyError(f"{path}: compressed; unpack it first")
    for beginning, (name, suffix) in _BEGINNINGS.items():
        if re.match(beginning, low, re.S) and suffix != path.suffix.lower():
            fix = f"rename it to end in {suffix}" if suffix else "take the .obo or .owl of the release, or convert it to OWL in RDF/XML"
            raise VocabularyError(f"{path}: {name}, and not {_SAID[path.suffix.lower()]}; {fix}")
    if b"\x00" in start:
        raise VocabularyError(f"{path}: binary, and not {_SAID[path.suffix.lower()]}")


def _own_prefix(ontology: str, ids: Iterable[str]) -> str:
    """The prefix of the ontology's own ids: the one it is called by, else that of most ids."""
    counts = Counter(curie.partition(":")[0] for curie in ids)
    by_lower = {prefix.lower(): prefix for prefix in sorted(counts)}
    for part in re.split(r"[/#]", ontology):
        if prefix := by_lower.get(part.partition(".")[0].lower()):
            return prefix
    if not counts:
        raise ValueError("it has no terms")
    return counts.most_common(1)[0][0]


def _curie(text: str) -> str:
    """The CURIE of an IRI, or of what is one already; "" for anything else."""
    if match := _OBO_IRI.fullmatch(text):
        return f"{match[1]}:{match[2]}"
    curie = names.compact(text)
    return curie if re.fullmatch(r"[A-Za-z][\w.]*:[\w.-]+", curie) else ""


# --- OBO --------------------------------------------------------------------------------------------------------------

_OBO_PROPERTY = re.compile(r'^property_value: (?:\S*[:/#])?(title|license|versionInfo) "?([^"\n]*?)"?(?: xsd:\w+)?\s*$', re.M)


def _read_obo(path: Path) -> tuple[About, str, Table]:
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    header, stanza, _ = text.partition("\n[Term]")
    if not stanza:
        raise ValueError("it has no [Term]")
    if not text.endswith("\n"):
        raise ValueError("it ends in the middle of a line")
    tags = dict(re.findall(r"^([\w-]+): *(.*?)\s*$", header, re.M))
    said = dict(_OBO_PROPERTY.findall(header))
    version = said.get("versionInfo") or tags.get("data-version") or tags.get("date", "")
    about = About(tags.get("ontology", ""), version, said.get("title", ""), said.get("license", ""))
    prefix = _own_prefix(about.ontology, re.findall(r"^id: ([A-Za-z][\w.]*:)\S", text, re.M))
    return about, prefix, read_obo(text, "", prefix)


# --- JSON and OWL, gathered in one way --------------------------------------------------------------------------------


class _Found:
    """What a file states of each id, until all of it is read."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.retired: set[str] = set()
        self.merged: dict[str, str] = {}  # alternative id → the id that stands for it

    def link(self, curie: str, relation: str, target: str) -> None:
        if target and relation in _LINKS:
            self.links[curie][_LINKS[relation]].append(target)

    def note(self, curie: str, predicate: str, value: str) -> None:
        """A replacement or an alternative id, where the predicate is one of these."""
        if predicate.endswith("IAO_0100001") and (target := _curie(value)):
            self.links[curie]["replaced_by"].append(target)
        elif predicate.endswith("hasAlternativeId") and _curie(value):
            self.merged[_curie(value)] = curie

    def table(self, prefix: str) -> Table:
        table: Table = {}
        for curie in sorted({*self.labels, *self.retired}):
            if curie.startswith(prefix + ":"):
                links = {field: sort_curies(targets) for field, targets in self.links[curie].items()}
                label = current_name(self.labels.get(curie, ""))
                table[curie] = make_term(curie, label, self.names[curie], obsolete=curie in self.retired, **links)
        for old, new in self.merged.items():
            if old not in table and new in table and old.startswith(prefix + ":"):
                table[old] = make_term(old, "", obsolete=True, replaced_by=(new,))
        return table


def _read_json(path: Path) -> tuple[About, str, Table]:
    data = json.loads(path.read_text(encoding="utf-8-sig"))
    graphs = data.get("graphs") if isinstance(data, dict) else None
    if not (isinstance(graphs, list) and graphs and isinstance(graphs[0], dict) and isinstance(graphs[0].get("nodes"), list)):
        raise ValueError('it has no "graphs" with "nodes" in them')
    graph: dict[str, Any] = graphs[0]
    meta, found = graph.get("meta") or {}, _Found()
    said = {each["pred"].rpartition("/")[2].rpartition("#")[2]: each["val"] for each in meta.get("basicPropertyValues", ())}
    about = About(graph.get("id") or "", said.get("versionInfo") or meta.get("version") or "", said.get("title", ""), said.get("license", ""))
    for node in graph["nodes"]:
        curie, more = _curie(node["id"]), node.get("meta") or {}
        if not curie or node.get("type", "CLASS") != "CLASS":
            continue
        if more.get("deprecated"):
            found.retired.add(curie)
        if node.get("lbl"):
            found.labels[curie] = node["lbl"]
        found.names[curie] = [(each["val"], _KINDS[each["pred"]]) for each in more.get("synonyms", ()) if each["pred"] in _KINDS]
        for each in more.get("basicPropertyValues", ()):
            found.note(curie, each["pred"], each["val"])
    for edge in graph.get("edges", ()):
        found.link(_curie(edge["sub"]), edge["pred"] if edge["pred"] == "is_a" else _curie(edge["pred"]), _curie(edge["obj"]))
    prefix = _own_prefix(about.ontology, found.labels)
    return about, prefix, found.table(prefix)


def _read_owl(path: Path) -> tuple[About, str, Table]:
    found = _Found()
    ontology, classes = "", set()
    said_of: dict[str, dict[str, str]] = defaultdict(dict)  # subject → what may be said of an ontology
    nodes: dict[str, dict[str, str]] = defaultdict(dict)  # blank node → the property and the class of a restriction
    restricted: list[tuple[str, str]] = []
    for triple in ox.parse(path=str(path), format=ox.RdfFormat.RDF_XML):
        subject, value = triple.subject, triple.object
        tag = re.split(r"[#/]", triple.predicate.value)[-1]
        if isinstance(subject, ox.BlankNode):
            if tag in ("onProperty", "someValuesFrom") and isinstance(value, ox.NamedNode):
                nodes[subject.value][tag] = _curie(value.value)
            continue
        curie = _curie(subject.value)
        if tag == "type" and value.value.endswith("#Ontology"):
            ontology = subject.value
        elif tag in ("versionInfo", "versionIRI", "title", "license"):
            said_of[subject.value][tag] = value.value
        elif not curie:
            continue
        elif tag == "type" and value.value.endswith("#Class"):
            classes.add(curie)
        elif tag == "subClassOf" and isinstance(value, ox.BlankNode):
            restricted.append((curie, value.value))
        elif tag == "subClassOf":
            found.link(curie, tag, _curie(value.value))
        elif tag == "deprecated" and value.value == "true":
            found.retired.add(curie)
        elif isinstance(value, ox.Literal) and (value.language or "en").startswith("en") and tag == "label":
            found.labels.setdefault(curie, value.value)
        elif isinstance(value, ox.Literal) and (value.language or "en").startswith("en") and tag in _KINDS:
            found.names[curie].append((value.value, _KINDS[tag]))
        else:
            found.note(curie, triple.predicate.value, value.value)
    for curie, node in restricted:
        found.link(curie, nodes[node].get("onProperty", ""), nodes[node].get("someValuesFrom", ""))
    said = said_of[ontology]
    found.labels = {curie: label for curie, label in found.labels.items() if curie in classes}
    found.retired &= classes
    about = About(ontology, said.get("versionInfo") or said.get("versionIRI", ""), said.get("title", ""), said.get("license", ""))
    prefix = _own_prefix(ontology, found.labels)
    return about, prefix, found.table(prefix)


_BUILT_OTHERWISE = (LookupError, TypeError, AttributeError)
_PACKED = frozenset({".gz", ".zip", ".bz2", ".xz", ".zst"})
#: How a file begins, in small letters → what it is then, and the suffix by which that is read; "" for what cannot be.
_BEGINNINGS = {
    rb"format-version\s*:": ("an OBO file", ".obo"),
    rb"\s*\{": ("a JSON file", ".json"),
    rb"(?:<\?xml.*?)?<ontology\b": ("OWL in OWL/XML", ""),
    rb"(?:<\?xml.*?)?<rdf:rdf\b": ("OWL in RDF/XML", ".owl"),
    rb"@(?:prefix|base)\b": ("a Turtle file", ""),
    rb"(?:prefix|ontology)\s*\(": ("OWL in functional syntax", ""),
    rb"(?:prefix|ontology)\s*:[^\n]*<": ("OWL in Manchester syntax", ""),
}
_READERS: dict[str, Callable[[Path], tuple[About, str, Table]]] = {".obo": _read_obo, ".json": _read_json, ".owl": _read_owl}
_SAID = {".obo": "an OBO file", ".json": "an obographs JSON file", ".owl": "OWL in RDF/XML"}
