"""Search over terms, statements and the papers' sentences: an SQLite full-text index in memory, made once per build.

A statement is found by its own words and by every name of the terms it uses, so a synonym finds it too.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg import names
from kg.report import Report
from kg.store import Store

#: More terms, names or statements than this are not indexed.
MOST = 100_000
_SYNONYMS = ("hasExactSynonym", "hasRelatedSynonym", "hasNarrowSynonym", "hasBroadSynonym")
_WORD = re.compile(r"[^\W_]+")
#: kind, title, names it also goes by, text, second line, address, whether no statement uses it (1) or one does (0).
Row = tuple[str, str, str, str, str, str, int]
KINDS = ("term", "statement", "sentence")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, its title, a second line, and where it opens."""

    kind: str
    title: str
    more: str
    href: str


def _queries() -> dict[str, str]:
    """Part of the index -> the query that gives its rows. Nothing is sorted or grouped, so that a large graph streams."""
    label = f"<{names.RDFS_LABEL}>"
    synonym = "|".join(f"<{names.PREFIXES['oboInOwl']}{name}>" for name in _SYNONYMS)
    return {
        "cases": "SELECT DISTINCT ?id WHERE { ?case a cg:Case ; cg:caseId ?id }",
        "terms": f"SELECT DISTINCT ?t ?label WHERE {{ ?t <{names.RDFS_SUBCLASS_OF}> ?t ; {label} ?label }}",
        "names": f"SELECT DISTINCT ?t ?name WHERE {{ ?t {synonym} ?name }}",
        "words": "SELECT DISTINCT ?t ?name WHERE { ?s cg:concept ?t ; cg:words ?name }",
        "statements": "SELECT DISTINCT ?s ?label ?quote ?words WHERE { ?s a cg:Statement ; cg:quote ?quote "
        f"OPTIONAL {{ ?s {label} ?label }} OPTIONAL {{ ?s cg:words ?words }} }}",
        "about": "SELECT DISTINCT ?s ?t WHERE { ?s a cg:Statement ; cg:about ?t }",
        "passages": "SELECT DISTINCT ?s ?passage WHERE { ?s a cg:Statement ; cg:evidence ?passage }",
    }


#: The parts of the graph that are indexed.
PARTS = tuple(_queries())


def graph_rows(store: Store, part: str) -> list[list[str]]:
    """What one part of the index needs of the graph, in order. Runs where the store is."""
    columns, found = store.select(f"PREFIX cg: <{names.CG}> {_queries()[part]} LIMIT {MOST}")
    return sorted([row[c].value if c in row else "" for c in columns] for row in found)


def read_rows(found: Mapping[str, Any], reports: Iterable[tuple[str, Report]]) -> Iterator[Row]:
    """Rows of the index."""
    used = {term for _, term in found["about"]}
    labels: dict[str, str] = {}
    also: dict[str, list[str]] = {}
    for iri, name in found["terms"]:
        labels.setdefault(iri, name)
    for iri, name in [*found["names"], *found["words"]]:
        also.setdefault(iri, []).append(name)
    for iri, name in labels.items():
        synonyms = list(dict.fromkeys(also.get(iri, [])))
        curie = names.compact(iri)
        second = f"{curie}{' · also ' + ', '.join(synonyms[:4]) if synonyms else ''}"
        yield "term", name, " ; ".join([*synonyms, curie]), "", second, term_address(iri), int(iri not in used)
    about: dict[str, list[str]] = {}
    for statement, term in found["about"]:
        about.setdefault(statement, []).append(term)
    passages: dict[str, str] = {}
    for statement, passage in found["passages"]:
        passages.setdefault(statement, passage)
    seen: set[str] = set()
    many = len(found.get("cases", ())) > 1
    for iri, label, quote, words in found["statements"]:
        if iri not in seen:
            seen.add(iri)
            other = [n for term in about.get(iri, []) for n in (labels.get(term, ""), *also.get(term, ()))]
            place = node_address(passages.get(iri, iri))
            second = f"{_case_of(iri)} · {' '.join(quote.split())}" if many else " ".join(quote.split())
            yield "statement", label or words or names.compact(iri), " ; ".join([*other, words]), quote, second, place, 0
    for case_id, report in reports:
        for s in report.body:
            text = " ".join(report.quote(s).split())
            yield "sentence", text, "", "", f"{case_id} · {s.section}", f"/case/{case_id}#at-{s.start}", 0


def _case_of(iri: str) -> str:
    """The case that a node's IRI belongs to."""
    return iri.removeprefix(names.CASE).partition("#")[0]


def term_address(iri: str) -> str:
    """The page of a term."""
    from urllib.parse import quote

    return f"/term?iri={quote(iri, safe=':/')}"


def node_address(iri: str) -> str:
    """The page of a node of a case, with its place on it."""
    return f"/case/{iri[len(names.CASE) :]}" if iri.startswith(names.CASE) else term_address(iri)


class Index:
    """The full-text index.

    Attributes:
        missing: parts of the graph that were too large to index.
    """

    def __init__(self, rows: Iterable[Row], missing: Iterable[str] = ()) -> None:
        self.missing = tuple(missing)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(
            "CREATE VIRTUAL TABLE found USING fts5(kind UNINDEXED, title, also, body, more UNINDEXED, href UNINDEXED, unused UNINDEXED, "
            "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
        )
        with self._db:
            self._db.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def __len__(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT COUNT(*) FROM found").fetchone()[0])

    def search(self, typed: str, kind: str | None = None, limit: int = 20) -> list[Hit]:
        """The best hits for what was typed: every word has to occur, the last one may be unfinished.

        Only letters and digits of the text reach the index, so nothing typed is taken for its query syntax.
        """
        words = _WORD.findall(typed)[:12]
        if not words:
            return []
        match = " ".join([*(f'"{w}"' for w in words[:-1]), f'"{words[-1]}"*'])
        query = "SELECT kind, title, more, href FROM found WHERE found MATCH ?" + (" AND kind = ?" if kind else "")
        query += " ORDER BY LOWER(title) != ?, unused, bm25(found, 0, 8.0, 3.0, 1.0), LENGTH(title), title LIMIT ?"
        values = [match, *([kind] if kind else []), typed.strip().lower(), limit]
        with self._lock:
            return [Hit(*row) for row in self._db.execute(query, values)]
