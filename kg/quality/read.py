"""Reading an ontology file, whatever it turns out to be: its quads and lines, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import pyoxigraph as ox

from kg import names
from kg.errors import StoreError
from kg.issue import Issue, Level
from kg.ontology import NOT_MODULES

#: An ontology is a file of ours or a slice; above these it is something else, given by mistake.
MAX_CLASSES = 200_000
MAX_TRIPLES = 2_000_000
MAX_BYTES = 1_000_000_000
#: Files up to this size are read without counting first.
SMALL = 2_000_000

OWL, RDF, RDFS, XSD = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "xsd"))
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".owl": ox.RdfFormat.RDF_XML, ".rdf": ox.RdfFormat.RDF_XML,
}  # fmt: skip

TYPE = ox.NamedNode(names.RDF_TYPE)
_ONTOLOGY = ox.NamedNode(OWL + "Ontology")
_CLASS = ox.NamedNode(names.OWL_CLASS)
LABEL = ox.NamedNode(names.RDFS_LABEL)


@dataclass(frozen=True, slots=True, eq=False)
class OntologyFile:
    """One file, read.

    Attributes:
        name: as issues give it, relative to the folder's parent.
        iri: of its ontology header, and the name of its graph; made from the file's name where there is no header.
        lines: IRI -> the line on which its block begins.
        is_slice: whether it was generated from a public vocabulary.
    """

    path: Path
    name: str
    iri: str
    quads: list[ox.Quad]
    lines: dict[str, int]
    is_slice: bool


def ontology_paths(folder: Path) -> list[Path]:
    """The files of an ontology: modules first, then slices.

    Raises:
        StoreError: none there.
    """
    if folder.is_file() and folder.suffix in FORMATS:
        return [folder]
    own = [path for path in sorted(folder.glob("*")) if path.suffix in FORMATS and path.stem not in NOT_MODULES]
    slices = [path for path in sorted((folder / "imports").glob("*")) if path.suffix in FORMATS]
    if not own and not slices:
        raise StoreError(f"{folder}: no ontology there; give a folder of modules, or a file ({', '.join(FORMATS)})")
    return [*own, *slices]


def read_file(path: Path, name: str = "") -> OntologyFile | Issue:
    """A file's quads, or why it cannot be read: syntax, size, or XML that is not safe to expand."""
    name = name or path.name
    try:
        refused = _too_large(path)
        if refused is None and FORMATS[path.suffix] == ox.RdfFormat.RDF_XML:
            refused = unsafe_xml(path)
        if refused:
            return Issue("error", name, refused, code="refused")
        triples = list(_triples(path))
    except SyntaxError as error:
        kind = "RDF/XML" if FORMATS[path.suffix] == ox.RdfFormat.RDF_XML else "Turtle"
        return Issue(
            "error", name, f"not {kind}: {error.msg}", "mend the syntax; nothing of the file was read", error.lineno or 0, code="syntax"
        )
    except (OSError, ValueError) as error:
        return Issue("error", name, f"cannot be read: {error}", code="syntax")
    header = next(
        (t.subject.value for t in triples if t.object == _ONTOLOGY and t.predicate == TYPE and isinstance(t.subject, ox.NamedNode)), None
    )
    graph = ox.NamedNode(header or names.ONTOLOGY + path.stem)
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
    return OntologyFile(path, name, graph.value, quads, _lines(path), path.parent.name == "imports")


def words(node: object) -> str:
    """The text of a literal."""
    return str(getattr(node, "value", node))


def _triples(path: Path) -> Iterator[ox.Triple]:
    base = names.ONTOLOGY + path.stem
    return (quad.triple for quad in ox.parse(path=str(path), format=FORMATS[path.suffix], base_iri=base, rename_blank_nodes=True))


def _too_large(path: Path) -> str | None:
    """Why a file is too large, found by counting and keeping nothing; None if it is not."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        return f"{size / 1e6:,.0f} MB are no module; cut a slice of the terms in use (ontology/imports/README.md)"
    classes = 0
    if size > SMALL:
        for number, triple in enumerate(_triples(path), 1):
            classes += triple.object == _CLASS and triple.predicate == TYPE
            if classes > MAX_CLASSES or number > MAX_TRIPLES:
                what = f"{MAX_CLASSES:,} classes" if classes > MAX_CLASSES else f"{MAX_TRIPLES:,} triples"
                return f"more than {what}: a whole vocabulary and no module; cut a slice of the terms in use (ontology/imports/README.md)"
    return None


class _Seen(Exception):
    """The prolog of an XML file is over, or holds what ends the reading."""


def unsafe_xml(path: Path) -> str | None:
    """Why an XML file must not be expanded, or None if it may.

    The prefixes that Protégé writes as entities (plain text, used once per name) are allowed; external entities, entities
    made of entities, and entities that would swell the file are not. Only the prolog is read, and nothing is expanded.
    """
    found: list[str] = []
    longest = 0

    def entity(
        name: str, is_parameter: bool, value: str | None, base: str | None, system: str | None, public: str | None, notation: str | None
    ) -> None:
        nonlocal longest
        if is_parameter or value is None:
            found.append(f"entity {name!r} is {'a parameter entity' if is_parameter else f'external ({system})'}")
        elif "&" in value or "%" in value:
            found.append(f"entity {name!r} is made of other entities, which can swell without bound")
        longest = max(longest, len(value or ""))
        if found:
            raise _Seen

    def doctype(name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if system or public:
            found.append(f"an external document type ({system or public})")
            raise _Seen

    def start(name: str, attributes: object) -> None:
        raise _Seen

    parser = expat.ParserCreate()
    parser.EntityDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = entity, doctype, start
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (_Seen, expat.ExpatError):
        pass  # what is no XML is for the RDF parser to say, with its line
    if not found and longest * path.stat().st_size // 3 > MAX_BYTES:
        found.append(f"an entity of {longest:,} characters in a file of this size")
    return f"{found[0]}; refused, nothing was expanded or fetched: write the file without a DOCTYPE" if found else None


_PREFIX = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.I)
_BLOCK = re.compile(r"^(?:<([^>\s]+)>|([\w.-]*):([\w.%-]+))\s")


def _lines(path: Path) -> dict[str, int]:
    """IRI -> the first line that begins with it and says more than what kind of thing it is."""
    declared: dict[str, str] = {}
    found: dict[str, int] = {}
    if path.suffix != ".ttl" or path.stat().st_size > SMALL:
        return found
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if match := _PREFIX.match(line):
            declared[match[1]] = match[2]
        elif match := _BLOCK.match(line):
            iri = match[1] or (declared[match[2]] + match[3] if match[2] in declared else "")
            if iri not in found or not line.rstrip().endswith("."):
                found.setdefault(iri, number)
    return found


class Places:
    """Where a term's block is, so that an issue names file and line."""

    def __init__(self, read: Iterable[OntologyFile]) -> None:
        self.read = list(read)
        self.by_iri = {file.iri: file for file in self.read}

    def home(self, iri: str) -> OntologyFile | None:
        return self.by_iri.get(iri) or next((each for each in self.read if iri in each.lines), None)

    def issue(self, level: Level, iri: str, message: str, fix: str, code: str, file: OntologyFile | None = None) -> Issue:
        home = file or self.home(iri)
        path = "" if iri in self.by_iri else names.compact(iri)
        if home is None:
            return Issue(level, path or iri, message, fix, code=code)
        return Issue(level, home.name, message, fix, home.lines.get(iri, 0), path, code)
