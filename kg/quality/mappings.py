"""The mapping table (SSSOM): slots, CURIEs, terms and labels of each row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg import names
from kg.issue import Issue
from kg.quality.read import LABEL, OntologyFile, words
from kg.reason.axioms import node_key
from kg.terms import Terms

_SET_SLOTS = ("mapping_set_id", "license")
_ROW_SLOTS = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")} | {
    "owl:equivalentClass", "owl:equivalentProperty", "rdfs:subClassOf", "rdfs:subPropertyOf", "oboInOwl:hasDbXref",
}  # fmt: skip
_JUSTIFICATION = re.compile(r"semapv:[A-Z][A-Za-z]+\Z")


def mapping_issues(path: Path, name: str, read: Iterable[OntologyFile], terms: Terms) -> Iterator[Issue]:
    """What is wrong with an SSSOM table: slots, CURIEs, retired or unknown terms, labels that are not the terms' own."""
    import yaml

    text = path.read_text(encoding="utf-8").splitlines()
    comments = [line[1:] for line in text if line.startswith("#")]
    try:
        head = yaml.safe_load("\n".join(comments)) or {}
        head["curie_map"] = {**(head.get("curie_map") or {})}
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        yield Issue(
            "error",
            name,
            f"the header is not YAML: {' '.join(str(error).split())}",
            "lines that begin with # are one YAML mapping",
            1,
            code="sssom",
        )
        return
    for slot in _SET_SLOTS:
        if not head.get(slot):
            yield Issue("error", name, f"the header has no {slot}", "SSSOM asks for it", 1, slot, "sssom")
    for prefix, namespace in head["curie_map"].items():
        if names.PREFIXES.get(prefix, namespace) != namespace:
            yield Issue(
                "error",
                name,
                f"{prefix} is {namespace} here and {names.PREFIXES[prefix]} elsewhere",
                "one prefix, one namespace",
                1,
                "curie_map",
                "sssom",
            )
    rows = [(number, line) for number, line in enumerate(text, 1) if line.strip() and not line.startswith("#")]
    table = csv.DictReader((line for _, line in rows), delimiter="\t", quoting=csv.QUOTE_NONE)
    absent = [slot for slot in _ROW_SLOTS if slot not in (table.fieldnames or ())]
    if absent:
        yield Issue("error", name, f"no column {', '.join(absent)}", "SSSOM asks for it", rows[0][0] if rows else 0, code="sssom")
        return
    ours = {names.compact(node_key(q.subject)): words(q.object) for file in read for q in file.quads if q.predicate == LABEL}
    seen: Counter[tuple[str, ...]] = Counter()
    for (number, _), row in zip(rows[1:], table, strict=False):
        key = tuple(row[slot] or "" for slot in _ROW_SLOTS[:3])
        seen[key] += 1
        if seen[key] == 2:
            yield Issue("error", name, f"{' '.join(key)} stands twice", "keep one", number, code="sssom")
        for message, column in _row_problems(row, head["curie_map"], ours, terms):
            yield Issue("error", name, message, "", number, column, "sssom")


def _row_problems(
    row: Mapping[str, str | None], prefixes: Mapping[str, str], ours: Mapping[str, str], terms: Terms
) -> Iterator[tuple[str, str]]:
    """(message, column) of what is wrong with a row."""
    for slot in _ROW_SLOTS:
        prefix, colon, local = (row[slot] or "").partition(":")
        if not row[slot]:
            yield f"no {slot}", slot
        elif not colon or not local or (prefix not in names.PREFIXES and prefix not in prefixes):
            yield f"{row[slot]!r} is no CURIE of a known prefix", slot
    if row["predicate_id"] and row["predicate_id"] not in _PREDICATES:
        yield f"{row['predicate_id']} is no mapping; use {', '.join(sorted(_PREDICATES))}", "predicate_id"
    if ":" in (row["mapping_justification"] or "") and not _JUSTIFICATION.match(row["mapping_justification"] or ""):
        yield f"{row['mapping_justification']} is no justification; use semapv:ManualMappingCuration or the like", "mapping_justification"
    for side in ("subject", "object"):
        curie, written = row[f"{side}_id"] or "", row.get(f"{side}_label")
        term = None if curie in ours and curie.startswith("cg:") else terms.find_term(curie)
        label = ours.get(curie) if curie.startswith("cg:") else term.label if term else None
        if curie.startswith("cg:") and label is None:
            yield f"{curie} is no term of ours", f"{side}_id"
        if term and term.obsolete:
            yield f"{term} is retired{'; use ' + ', '.join(term.replaced_by) if term.replaced_by else ''}", f"{side}_id"
        if written and label and written != label:
            yield f"{curie} is labelled {label!r}, not {written!r}", f"{side}_label"
    if row.get("confidence"):
        try:
            sure = 0 <= float(row["confidence"] or "") <= 1
        except ValueError:
            sure = False
        if not sure:
            yield f"confidence {row['confidence']!r} is not between 0 and 1", "confidence"
