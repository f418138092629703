"""One term, its names and how they are compared; the order of terms and of vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import TermError

# One letter a kind in the file; the order here is the order in which a search lists them.
KINDS = {"l": "label", "e": "exact", "f": "former", "n": "narrow", "b": "broad", "r": "related"}
KIND_RANK = {kind: rank for rank, kind in enumerate(KINDS.values())}
KIND_LETTER = {kind: letter for letter, kind in KINDS.items()}
# When a name means terms of several vocabularies, the clinic's come first; ChEBI goes before DrugBank on purpose.
PREFIX_ORDER = ("cg", "HP", "MONDO", "CHEBI", "DrugBank", "MAXO", "UBERON", "CL", "GO", "HGNC", "PATO", "UO", "LOINC")
# Vocabularies of which we carry a few cross-references only: their terms come after all others of the same name.
CROSS_REFERENCES = frozenset(("ATC", "DOID", "DRON", "EFO", "MESH", "NCIT", "PR", "RXNORM", "SNOMEDCT",
                              "UniProtKB", "VO", "complexportal", "hgnc.genegroup"))
_TERM_STRING = re.compile(r"^\s*([A-Za-z][\w.]*):(\S+)(?:\s+!\s*(.*?))?\s*$", re.S)
_VARIANTS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u00a0": " "})


class Term(NamedTuple):
    """One term of a public vocabulary, or one of our own (`cg:`).

    `synonyms` and `synonym_kinds` run in parallel. A kind is "exact", "former" (a label of an older release),
    "narrow", "broad" or "related" (also: scope unknown).

    Example:
    >>> Term("cg:Flare", "flare", ("exacerbation",), parents=("cg:Response",)).label
    'flare'
    """

    curie: str
    label: str
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()  # direct is_a
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    source: str = ""  # vocabulary and release, "HPO 2026-02-16"
    synonym_kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()  # direct ChEBI has_role
    part_of: tuple[str, ...] = ()  # direct part_of
    broader: tuple[str, ...] = ()  # direct, but the source does not say whether is_a or part_of
    same_as: tuple[str, ...] = ()  # the same thing in another vocabulary (a drug in ChEBI and DrugBank)
    kind: str = "class"  # or "object property", "data property", "annotation property", "individual"

    def __str__(self) -> str:
        """The term string, `HP:0025508 ! Gottron's papules`."""
        return f"{self.curie} ! {self.label}"

    def names(self) -> Iterator[tuple[str, str]]:
        """Each name with its kind, the label first."""
        if self.label:
            yield self.label, "label"
        kinds = self.synonym_kinds or ("exact",) * len(self.synonyms)
        yield from zip(self.synonyms, kinds, strict=True)


class Source(NamedTuple):
    """Where the terms of one prefix come from."""

    prefix: str
    name: str
    version: str
    licence: str
    url: str


def normalise(name: str) -> str:
    """The form under which names are compared: letter case, spaces and typographic quotes do not count.

    Example:
    >>> normalise("Gottron’s  Papules")
    "gottron's papules"
    """
    return " ".join((name.lower() if name.isascii() else name.translate(_VARIANTS).casefold()).split())


def parse_term_string(text: str) -> tuple[str, str]:
    """Split a term string into CURIE and label; the label is "" when there is none.

    Raises:
        TermError: the text does not start with a CURIE.

    Example:
    >>> parse_term_string("HP:0025508 ! Gottron's papules")
    ('HP:0025508', "Gottron's papules")
    """
    match = _TERM_STRING.match(text)
    if not match:
        raise TermError(f'"{text}" is not a term; write it as HP:0025508 ! Gottron\'s papules', curie="", label=text)
    prefix, local, label = match.groups()
    return f"{prefix}:{local}", " ".join((label or "").split())


def term_order(curie: str) -> tuple[str, int, str]:
    """The sort key of the vocabulary: by prefix, then numbers by size."""
    prefix, _, local = curie.partition(":")
    return prefix, len(local), local


def prefix_rank(curie: str) -> int:
    prefix = curie.partition(":")[0]
    if prefix in PREFIX_ORDER:
        return PREFIX_ORDER.index(prefix)
    return len(PREFIX_ORDER) + (prefix in CROSS_REFERENCES)

TERM_KINDS = {"c": "class", "o": "object property", "d": "data property", "a": "annotation property", "i": "individual"}
