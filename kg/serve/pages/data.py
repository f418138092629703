"""A case as the pages need it: one dict of plain values, read from the graph in three queries.

Runs where the store is (a worker of the server, or the command line); what it gives can cross a process as JSON.
IRIs of the case's own nodes are given as ``#node-id``, other IRIs whole, literals as text, number or boolean.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from kg import names
from kg.ask import plain
from kg.store import Node, Store

_CG, _LABEL, _TYPE = names.CG, names.RDFS_LABEL, names.RDF_TYPE
_OA = names.PREFIXES["oa"]
_NOTE = names.PREFIXES["skos"] + "note"
_TITLE = names.PREFIXES["dcterms"] + "title"
#: Properties outside `cg:` that pages use, and the short name they get.
_OTHER = {_LABEL: "label", _NOTE: "note", _TITLE: "title", _TYPE: "type", names.PREFIXES["rdfs"] + "comment": "comment"}


#: What a line of the list of cases shows, and the pattern that leads to it. One query each: together they take twenty times as long.
_LINE = {
    "title": f"?case cg:report/<{_TITLE}> ?title",
    "journal": "?case cg:report/cg:journal ?journal",
    "year": "?case cg:report/cg:year ?year",
    "authors": "?case cg:report/cg:authorList ?authors",
    "sex": f"?case cg:patient/cg:sex/<{_LABEL}> ?sex",
    "age": "?case cg:patient/cg:ageYears ?age",
    "method": "?curation cg:method ?method ; cg:inCase ?case ; a cg:Curation",
    "diagnosis": f'?diagnosed a cg:Diagnosis ; cg:inCase ?case ; cg:status "confirmed" ; cg:concept/<{_LABEL}> ?diagnosis',
}


def case_list(store: Store) -> list[dict[str, Any]]:
    """Every case: id, title, journal, year, authors, sex, age, method, diagnoses; in order of id."""

    def rows(pattern: str, value: str) -> list[tuple[str, Any]]:
        query = f"PREFIX cg: <{_CG}> SELECT DISTINCT ?case ?{value} WHERE {{ {pattern} }} ORDER BY ?case ?{value}"
        return [(row["case"].value, plain(row[value])) for row in store.select(query)[1]]

    cases = {iri: {"id": case_id, "diagnoses": []} for iri, case_id in rows("?case a cg:Case ; cg:caseId ?id", "id")}
    for name, pattern in _LINE.items():
        for iri, value in rows(pattern, name):
            if iri in cases and name == "diagnosis":
                cases[iri]["diagnoses"].append(value)
            elif iri in cases:
                cases[iri].setdefault(name, value)
    return sorted(cases.values(), key=lambda case: str(case["id"]))


def case_data(store: Store, case_id: str) -> dict[str, Any] | None:
    """All that the graph says of one case, or None where it holds no such case.

    Returns:
        ``nodes``: node id -> {property: values}; ``labels``: IRI -> label of every term used; ``items``: what the
        checklists and criteria say of their own items (a set also its ``verdicts``); ``passages``: id -> start, end, exact, section.
    """
    case = names.case_iri(case_id)
    if not _valid(case):
        return None
    nodes: dict[str, dict[str, list[Any]]] = {}
    # Sorted here: the engine takes four times as long for it.
    found = store.select(_NODES.replace("?case", f"<{case}>"))[1]
    for row in sorted(found, key=lambda row: (row["s"].value, row["p"].value, row["o"].value)):
        name = _property(row["p"].value)
        if name and isinstance(row["s"], ox.NamedNode):
            value = _value(row["o"], case)
            values = nodes.setdefault(_local(row["s"].value, case), {}).setdefault(name, []) if value is not None else None
            if values is not None and value not in values:
                values.append(value)
    if "" not in nodes:
        return None
    labels, items = _labels(store, case)
    for iri, verdicts in _verdicts(store, case).items():
        items.setdefault(iri, {})["verdicts"] = verdicts
    return {"id": case_id, "iri": case, "nodes": nodes, "labels": labels, "items": items, "passages": _passages(store, case)}


_NODES = f"""PREFIX cg: <{_CG}> SELECT ?s ?p ?o WHERE {{
  {{ ?s cg:inCase ?case }} UNION {{ BIND(?case AS ?s) }}
  ?s ?p ?o FILTER(?p != <{_TYPE}> || STRSTARTS(STR(?o), "{_CG}")) }}"""
_LABELS = f"""PREFIX cg: <{_CG}> SELECT DISTINCT ?t ?label WHERE {{
  ?s cg:inCase ?case ; ?p ?t . FILTER(isIRI(?t) && ?p != <{_TYPE}>) ?t <{_LABEL}> ?official .
  OPTIONAL {{ ?t cg:everydayName ?everyday }} BIND(COALESCE(?everyday, ?official) AS ?label) }} ORDER BY ?t ?label"""
_ITEMS = f"""PREFIX cg: <{_CG}> SELECT DISTINCT ?t ?p ?o WHERE {{
  ?s cg:inCase ?case ; cg:ofItem|cg:ofSet|cg:ofChecklist ?t . ?t ?p ?o . FILTER(isLiteral(?o)) }} ORDER BY ?t ?p ?o"""
_VERDICTS = f"""PREFIX cg: <{_CG}> SELECT DISTINCT ?set ?label ?points ?biopsy WHERE {{
  ?total a cg:CriteriaTotal ; cg:inCase ?case ; cg:ofSet ?set . ?set cg:hasVerdict ?verdict . ?verdict <{_LABEL}> ?label .
  OPTIONAL {{ ?verdict cg:fromPoints ?points }} OPTIONAL {{ ?verdict cg:fromPointsWithBiopsy ?biopsy }} }} ORDER BY ?set ?points ?label"""
_PASSAGES = f"""PREFIX cg: <{_CG}> PREFIX oa: <{_OA}> SELECT DISTINCT ?s ?start ?end ?exact ?section WHERE {{
  ?case cg:report ?report . ?s oa:hasSource ?report ; oa:hasSelector ?at , ?words .
  ?at oa:start ?start ; oa:end ?end . ?words oa:exact ?exact .
  OPTIONAL {{ ?s cg:section ?section }} }} ORDER BY ?start ?end"""


def _labels(store: Store, case: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    labels: dict[str, str] = {}
    for row in store.select(_LABELS.replace("?case", f"<{case}>"))[1]:
        iri = row["t"].value
        if not iri.startswith(case + "#"):
            labels.setdefault(iri, row["label"].value)
    items: dict[str, dict[str, Any]] = {}
    for row in store.select(_ITEMS.replace("?case", f"<{case}>"))[1]:
        name = _property(row["p"].value)
        if name:
            items.setdefault(row["t"].value, {}).setdefault(name, plain(row["o"]))
    return labels, items


def _verdicts(store: Store, case: str) -> dict[str, list[dict[str, Any]]]:
    """Set of criteria -> its verdicts: label, the points from which it holds, and those where a muscle biopsy was done."""
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for row in store.select(_VERDICTS.replace("?case", f"<{case}>"))[1]:
        verdicts.setdefault(row["set"].value, []).append({name: plain(node) for name, node in row.items() if name != "set"})
    return verdicts


def _passages(store: Store, case: str) -> dict[str, dict[str, Any]]:
    passages: dict[str, dict[str, Any]] = {}
    for row in store.select(_PASSAGES.replace("?case", f"<{case}>"))[1]:
        section = row["section"].value if "section" in row else ""
        passages[_local(row["s"].value, case)] = {
            "start": int(row["start"].value),
            "end": int(row["end"].value),
            "exact": row["exact"].value,
            "section": section,
        }
    return passages


def _property(iri: str) -> str | None:
    return iri[len(_CG) :] if iri.startswith(_CG) else _OTHER.get(iri)


def _local(iri: str, case: str) -> str:
    return iri[len(case) + 1 :] if iri.startswith(case) else iri


def _value(node: Node, case: str) -> Any:
    if isinstance(node, ox.NamedNode):
        return f"#{node.value[len(case) + 1 :]}" if node.value.startswith(case) else node.value
    return plain(node) if isinstance(node, ox.Literal) else None


def _valid(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return not set(iri) & set('<>"{}|\\^` ')
