"""Which lists and fields of a record a model may fill, from which vocabularies, what each has to prove, and why one is dropped."""

from __future__ import annotations

from functools import cache
from typing import get_args

from pydantic import BaseModel

from kg.record.model import Record

#: Why a statement was dropped, in words; the order is that of the checks.
REASONS = {
    "invalid": "not a valid statement",
    "quote": "quote not in the report",
    "others": "not said of this patient",
    "unknown": "term unknown",
    "mislabelled": "term mislabelled",
    "ungrounded": "term not grounded",
    "numbers": "numbers not in the quote",
    "words": "words not in the quote",
    "denied": "denied or only supposed in its sentence",
    "duplicate": "already there",
    "contradiction": "at odds with the draft",
}

#: The lists that are read from an answer; those that others name by id come first.
PARTS = ("history", "antibodies", "measurements", "investigations", "diagnoses", "treatments", "findings", "responses", "claims")
#: What the program says itself, or a model cannot know.
OURS = frozenset({"id", "confidence", "note", "section", "evidence", "conflicts_with", "purpose", "assumed_unit"})
#: Names of other nodes, and the list of the record that holds them ("times" is a mapping).
LINKS = {"at": "times", "when": "times", "by": "investigations", "from": "measurements", "to": "treatments", "alternatives": "treatments"}
#: Given as the report prints them: every one has to stand in the quote.
PRINTED = frozenset({"words", "severity", "grade", "titre", "value", "normal", "result", "dose", "schedule", "regimen", "extent",
                      "reasons", "basis", "strength"})  # fmt: skip
#: Of these the letters count too: mg is not Mg.
EXACT = frozenset({"value", "normal", "titre", "dose"})
_DISEASES, _DRUGS, _SITES = ("MONDO", "HP"), ("CHEBI", "DrugBank"), ("UBERON", "CL", "cg")
ANY = ("MONDO", "HP", "CHEBI", "DrugBank", "HGNC", "GO", "UBERON", "CL", "MAXO", "cg")
#: The vocabularies that the terms of a field may come from; elsewhere `ANY`.
PREFIXES: dict[tuple[str, str], tuple[str, ...]] = {
    ("findings", "is"): ("HP", "cg"), ("antibodies", "is"): ("HP",), ("antibodies", "antigen"): ("HGNC", "MESH"),
    ("measurements", "of"): ("LOINC", "CMO", "cg"), ("measurements", "shows"): ("HP",), ("measurements", "specimen"): ("UBERON",),
    ("investigations", "procedure"): ("MAXO", "OGMS", "MESH", "cg"), ("investigations", "looks_for"): _DISEASES,
    ("investigations", "sites"): _SITES, ("findings", "sites"): _SITES, ("diagnoses", "is"): ("MONDO",),
    ("treatments", "drug"): _DRUGS, ("treatments", "procedure"): ("MAXO",), ("treatments", "for"): _DISEASES,
    ("treatments", "route"): ("MAXO",), ("responses", "in"): _DISEASES, ("history", "treats"): _DISEASES,
    ("history", "without"): _DISEASES, ("claims", "site"): _SITES, ("claims", "in"): ("MONDO",),
}  # fmt: skip


class Bad(Exception):
    """A statement that cannot be kept; the argument is a key of `REASONS`."""


@cache
def model_of(section: str) -> type[BaseModel]:
    """The class of the statements of a list of the record."""
    model: type[BaseModel] = get_args(Record.model_fields[section].annotation)[0]
    return model
