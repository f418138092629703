"""The mappings of our terms to public ones as SSSOM: a table with its metadata in front, in YAML comments.

Source of the format: https://mapping-commons.github.io/sssom/ (Simple Standard for Sharing Ontological Mappings).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import names
from kg.export.content import LICENCE, Document, ontology_content
from kg.export.protege import Exported
from kg.files import write_bytes
from kg.terms import load_terms

MAPPING_SET = "https://w3id.org/casegraph/ontology/mappings.sssom.tsv"
#: How each mapping came about: a curator compared labels and definitions.
JUSTIFICATION = "semapv:ManualMappingCuration"
#: Prefixes of the table that are not of the graph.
_PREFIXES = {"semapv": "https://w3id.org/semapv/vocab/", "obo": names.OBO}


class Mapping(NamedTuple):
    """One row."""

    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    subject_type: str
    object_source: str


def mappings() -> list[Mapping]:
    """Every SKOS mapping that our modules state, by subject."""
    content = ontology_content()
    ours = (document for document in content.tbox if document.name.startswith("ontology/"))
    return sorted(row for document in ours for row in _rows(document, content.labels, content.kinds))


def _rows(document: Document, labels: dict[str, str], kinds: dict[str, str]) -> Iterator[Mapping]:
    skos = names.PREFIXES["skos"]
    terms = load_terms()
    for triple in document.triples:
        predicate = triple.predicate.value
        if not (predicate.startswith(skos) and predicate.endswith("Match")):
            continue
        if not isinstance(triple.subject, ox.NamedNode) or not isinstance(triple.object, ox.NamedNode):
            continue
        subject, target = triple.subject.value, names.compact(triple.object.value)
        if target.startswith("cg:"):
            continue  # a remark on two terms of our own
        term = terms.find_term(target)
        prefix = target.partition(":")[0]
        yield Mapping(
            subject_id=names.compact(subject),
            subject_label=labels.get(subject, ""),
            predicate_id=names.compact(predicate),
            object_id=target,
            object_label=term.label if term else _OTHER_LABELS.get(target, ""),
            mapping_justification=JUSTIFICATION,
            subject_type=f"owl {_words(kinds[subject])}" if subject in kinds else "owl class",
            object_source=f"obo:{prefix.lower()}" if prefix in names.OBO_PREFIXES else "",
        )


def _words(kind: str) -> str:
    return {"ObjectProperty": "object property", "DatatypeProperty": "data property", "AnnotationProperty": "annotation property"}[kind]


#: Labels of mapped terms that the packaged vocabulary does not hold.
_OTHER_LABELS = {
    "BFO:0000008": "temporal region", "IAO:0000144": "conclusion textual entity", "OBI:0000093": "patient role",
    "OGMS:0000014": "clinical finding", "OGMS:0000090": "treatment", "RO:0016002": "has disease", "prov:Activity": "Activity",
}  # fmt: skip


def sssom_table() -> str:
    """The mapping set as text."""
    rows = mappings()
    ids = (id_ for row in rows for id_ in (row.subject_id, row.predicate_id, row.object_id, row.object_source) if id_)
    prefixes = {id_.partition(":")[0] for id_ in ids}
    curies = {prefix: (names.PREFIXES | _PREFIXES)[prefix] for prefix in sorted(prefixes | {"semapv"})}
    version = _version()
    head = [
        "curie_map:", *(f"  {prefix}: {namespace}" for prefix, namespace in curies.items()),
        f"mapping_set_id: {MAPPING_SET}",
        "mapping_set_title: casegraph terms to public ontologies",
        f"mapping_set_version: '{version}'",
        f"license: {LICENCE}",
        "subject_source: https://w3id.org/casegraph/ontology/casegraph",
        f"subject_source_version: '{version}'",
        f"mapping_date: '{version}'",
    ]  # fmt: skip
    lines = [*(f"#{line}" for line in head), "\t".join(Mapping._fields), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _version() -> str:
    info = names.PREFIXES["owl"] + "versionInfo"
    index = ontology_content().tbox[0]
    return next(t.object.value for t in index.triples if t.predicate.value == info and isinstance(t.object, ox.Literal))


def export_sssom(path: Path) -> Exported:
    """Write the mapping set to a file."""
    text = sssom_table()
    write_bytes(path, text.encode())
    return Exported((path,), len(mappings()), ("Terms without a near public term have no row.",))
