"""The hand-kept facts of `ontology/imports/facts.tsv`, and how they are laid over the releases."""

from __future__ import annotations

import csv
from pathlib import Path

from kg.terms import Source
from kg.vocab.select import SOURCES
from kg.vocab.table import Table, make_term, sort_curies, with_names

FACT_COLUMNS = ("curie", "label", "parents", "part_of", "roles", "synonyms", "former", "obsolete", "replaced_by",
                "kind", "source", "version", "licence", "url")


def read_facts(path: Path) -> list[dict[str, str]]:
    """The rows of `facts.tsv`; its comment lines start with #."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


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


def fact_sources(rows: list[dict[str, str]]) -> list[Source]:
    found = {Source(row["curie"].partition(":")[0], row["source"], row["version"], row["licence"], row["url"])
             for row in rows}
    return sorted(found - set(SOURCES))
