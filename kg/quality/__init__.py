"""The ontology itself → a list of issues: what would trouble Protégé, a reasoner, or whoever reads a term.

Three kinds of check: reading each file (syntax, size, hostile XML); the queries of `queries/checks/ontology/`,
each of which selects what must never be true; and here in Python what SPARQL cannot see: the catalog, the
packaged vocabulary, cycles, the profiles OWL 2 DL and EL, and the mapping table.
"""

from __future__ import annotations

from pathlib import Path

from kg import files
from kg.issue import Issue
from kg.quality.catalog import CATALOG, catalog_issues
from kg.quality.mappings import mapping_issues
from kg.quality.profiles import dl_issues, el_issues
from kg.quality.queries import queries, query_issues
from kg.quality.read import OntologyFile, ontology_paths, read_file, unsafe_xml
from kg.quality.structure import components, cycle_issues
from kg.quality.vocabulary import slice_issues, term_issues
from kg.terms import load_terms

__all__ = ["CATALOG", "OntologyFile", "check_ontology", "components", "ontology_paths", "queries", "read_file", "unsafe_xml"]


def check_ontology(folder: Path | None = None) -> list[Issue]:
    """Everything wrong with an ontology.

    Args:
        folder: modules (`*.ttl`), slices (`imports/*.ttl`), `catalog-v001.xml` and `*.sssom.tsv`; or one RDF file,
            which then is judged by itself, without catalog. None means the packaged `ontology/`.

    Returns:
        Issues: errors first, then by place.

    Raises:
        StoreError: there is nothing to check.
    """
    folder = files.folder("ontology") if folder is None else Path(folder)
    paths = ontology_paths(folder)
    read: list[OntologyFile] = []
    issues: list[Issue] = []
    for path in paths:
        name = str(path.relative_to(folder.parent))
        found = read_file(path, name)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            read.append(found)
    terms = load_terms()
    issues += query_issues(read)
    if folder.is_dir():
        issues += catalog_issues(folder, read)
        for path in sorted(folder.glob("*.sssom.tsv")):
            issues += mapping_issues(path, f"{folder.name}/{path.name}", read, terms)
    for check in (term_issues, slice_issues):
        issues += check(read, terms)
    for structural in (cycle_issues, dl_issues, el_issues):
        issues += structural(read)
    rank = {"error": 0, "warning": 1, "info": 2}
    return sorted(issues, key=lambda i: (rank[i.level], i.where, i.line, i.code, i.path, i.message))
