"""Every pinned release, with the facts laid over, as the packaged vocabulary."""

from __future__ import annotations

from pathlib import Path

from kg.vocab.facts import fact_sources, lay_over, read_facts
from kg.vocab.pack import pack
from kg.vocab.readers import Sources
from kg.vocab.select import READERS, SOURCES
from kg.vocab.table import Table, only_known


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
