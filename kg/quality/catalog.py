"""The catalog: whether everything opens with no network."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.issue import Issue
from kg.quality.read import OWL, OntologyFile, unsafe_xml
from kg.reason.axioms import node_key

CATALOG = "catalog-v001.xml"


def catalog_issues(folder: Path, read: Iterable[OntologyFile]) -> Iterator[Issue]:
    """Whether everything opens with no network: each import and each file is in the catalog, and the catalog tells the truth."""
    read = list(read)
    path, name = folder / CATALOG, f"{folder.name}/{CATALOG}"
    refused = unsafe_xml(path) if path.is_file() else "is not there"
    entries: dict[str, str] = {}
    if refused is None:
        try:
            entries = {e.get("name", ""): e.get("uri", "") for e in ElementTree.parse(path).iter() if e.tag.rpartition("}")[2] == "uri"}
        except ElementTree.ParseError as error:
            refused = f"not XML: {error}"
    if refused is not None:
        yield Issue("error", name, refused, "without it Protégé looks for every import on the network", code="catalog")
        return
    by_path = {file.path.resolve(): file for file in read}
    for iri, uri in entries.items():
        target = (folder / uri).resolve()
        if "://" in uri or not target.is_file():
            yield Issue("error", name, f"{iri} leads to {uri}, which is no file here", "mend the path", path=iri, code="catalog")
        elif target in by_path and by_path[target].iri != iri:
            yield Issue(
                "error", name, f"{uri} is {by_path[target].iri}, not {iri}", "let name and ontology IRI agree", path=iri, code="catalog"
            )
    imports = [(file, node_key(q.object)) for file in read for q in file.quads if q.predicate.value == OWL + "imports"]
    for file, iri in imports:
        if iri not in entries:
            yield Issue(
                "error",
                file.name,
                f"imports {iri}, which the catalog does not have",
                f"add it to {CATALOG}",
                path="owl:imports",
                code="catalog",
            )
    imported = {iri for _, iri in imports}
    for file in read:
        if file.iri not in entries:
            yield Issue("error", file.name, f"{file.iri} is not in the catalog", f"add it to {CATALOG}", code="catalog")
        if imports and file.iri not in imported and not any(importer is file for importer, _ in imports):
            yield Issue("warning", file.name, "no other module imports it", "add it to the imports of the index", code="catalog")
