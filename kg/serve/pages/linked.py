"""Linked data for people: a page for every IRI that the graph holds, and for each of our own documents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import names
from kg.serve.pages import html as h
from kg.serve.pages import shell
from kg.serve.pages.html import Html
from kg.serve.pages.library.answers import address
from kg.store import Store

MOST = 200
_OURS = "https://w3id.org/casegraph"
_DEFINITION = f"<{names.expand('IAO:0000115')}>"
_LABEL, _BELOW = f"<{names.RDFS_LABEL}>", f"<{names.RDFS_SUBCLASS_OF}>"
_SYNONYM = "|".join(
    f"<{names.PREFIXES['oboInOwl']}{n}>" for n in ("hasExactSynonym", "hasRelatedSynonym", "hasNarrowSynonym", "hasBroadSynonym")
)


def about(store: Store, iri: str) -> dict[str, Any] | None:
    """What the graph says of one IRI, for its page: outgoing triples, and for a class its place and its statements."""
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return None
    label = f"OPTIONAL {{{{ ?{{0}} {_LABEL} ?label }}}}"
    says = _rows(
        store,
        f"SELECT DISTINCT ?p ?o ?label WHERE {{ {node} ?p ?o FILTER(?p != {_BELOW}) {label.format('o')} }} ORDER BY ?p ?o LIMIT {MOST * 3}",
    )
    incoming = _rows(
        store,
        f"SELECT DISTINCT ?p ?s ?label WHERE {{ ?s ?p {node} FILTER(isIRI(?s) && ?p != {_BELOW} && ?p != <{names.RDF_TYPE}>) "
        f"{label.format('s')} }} ORDER BY ?p ?s LIMIT {MOST}",
    )
    others = f"FILTER(isIRI(?s) && ?s != {node}) {label.format('s')} }} ORDER BY ?label LIMIT {MOST}"
    above = _rows(store, f"SELECT DISTINCT ?s ?label WHERE {{ {node} {_BELOW} ?s {others}")
    below = _rows(store, f"SELECT DISTINCT ?s ?label WHERE {{ ?s {_BELOW} {node} {others}")
    statements = _rows(
        store,
        f"PREFIX cg: <{names.CG}> SELECT DISTINCT ?s ?label ?quote ?case ?place WHERE {{ ?s a cg:Statement ; cg:inCase/cg:caseId ?case ; "
        f"cg:about/{_BELOW} {node} ; cg:quote ?quote {label.format('s')} OPTIONAL {{ ?s cg:textOrder ?place }} }} "
        f"ORDER BY ?case ?place ?s LIMIT {MOST}",
    )
    if not (says or incoming or above or below):
        return None
    return {"iri": iri, "says": says, "incoming": incoming, "above": above, "below": below, "statements": statements}


def members(store: Store, document: str) -> list[list[str]]:
    """The terms that one of our named graphs (or the `ns` document) declares: IRI, label, definition."""
    label, kinds = "OPTIONAL { ?t " + _LABEL + " ?label } OPTIONAL { ?t " + _DEFINITION + " ?definition }", f"<{names.OWL_CLASS}>"
    if document == names.CG:
        where = f'?t a ?kind FILTER(isIRI(?t) && STRSTARTS(STR(?t), "{document}")) {label}'
    elif document.startswith(names.IMPORTS):
        where = f"GRAPH <{document}> {{ ?t a {kinds} . FILTER(isIRI(?t)) {label} }}"
    else:
        where = f"GRAPH <{document}> {{ ?t a ?kind . FILTER(isIRI(?t)) {label} }}"
    found = _rows(store, f"SELECT DISTINCT ?t ?label ?definition WHERE {{ {where} }} ORDER BY ?t LIMIT 5000")
    seen: dict[str, list[str]] = {}
    for row in found:
        seen.setdefault(row["t"], [row["t"], row.get("label", ""), row.get("definition", "")])
    return list(seen.values())


def _rows(store: Store, query: str) -> list[dict[str, Any]]:
    out = []
    for row in store.select(query)[1]:
        values = {name: node.value for name, node in row.items()}
        if isinstance(row.get("o"), ox.NamedNode):
            values["iri"] = row["o"].value
        if not isinstance(row.get("o"), ox.BlankNode):
            out.append(values)
    return out


def term_page(found: dict[str, Any]) -> str:
    """The page of an IRI."""
    iri = found["iri"]
    says: dict[str, list[dict[str, Any]]] = {}
    for row in found["says"]:
        says.setdefault(row["p"], []).append(row)
    title = (says.get(names.RDFS_LABEL) or [{"o": names.compact(iri)}])[0]["o"]
    definition = (says.get(names.expand("IAO:0000115")) or [{"o": ""}])[0]["o"]
    statements = _statements(found["statements"])
    properties = [
        h.div(h.dt(h.a(names.compact(p), href=address(p))), h.dd(h.ul([h.li(_object(r)) for r in rows], class_="plain")))
        for p, rows in says.items()
        if p != names.RDFS_LABEL
    ]
    return shell.page(
        title,
        h.p(names.compact(iri), class_="kicker"),
        h.h1(title),
        h.p(definition) if definition else None,
        h.p(
            h.code(iri) if iri.startswith(_OURS) or not iri.startswith("http") else h.a(iri, href=iri, rel="noreferrer"),
            " · ",
            _data_links(iri),
            class_="detail",
        ),
        h.section(h.h2("Statements about it"), statements) if statements else None,
        _terms("Broader", found["above"]),
        _terms("Narrower", found["below"]),
        h.section(h.h2("All that is said of it"), h.dl(properties, class_="about")) if properties else None,
        _incoming(found["incoming"]),
    )


def _data_links(iri: str) -> Html:
    kinds = (("Turtle", "ttl"), ("JSON-LD", "jsonld"), ("N-Triples", "nt"))
    return h.join(
        [h.join(" " if n else "", h.a(words, href=f"/term.{kind}?{urlencode({'iri': iri})}")) for n, (words, kind) in enumerate(kinds)]
    )


def _object(row: dict[str, Any]) -> Any:
    return h.a(row.get("label") or names.compact(row["iri"]), href=address(row["iri"])) if "iri" in row else row["o"]


def _statements(rows: list[dict[str, Any]]) -> Html | None:
    seen = {row["s"]: row for row in reversed(rows)}
    items = [
        h.li(
            h.a(r.get("label") or names.compact(r["s"]), href=address(r["s"])),
            " ",
            h.span(r["case"], class_="detail"),
            h.blockquote(" ".join(r["quote"].split())),
        )
        for r in reversed(seen.values())
    ]
    return h.ul(items, class_="list") if items else None


def _terms(heading: str, rows: list[dict[str, Any]]) -> Html | None:
    named = [r for r in rows if r.get("label")]
    items = [h.join(", " if n else "", h.a(r["label"], href=address(r["s"]))) for n, r in enumerate(named)]
    return h.section(h.h2(heading), h.p(items)) if items else None


def _incoming(rows: list[dict[str, Any]]) -> Html | None:
    items = [
        h.li(h.a(r.get("label") or names.compact(r["s"]), href=address(r["s"])), " ", h.span(names.compact(r["p"]), class_="detail"))
        for r in rows
    ]
    return (
        h.section(
            h.h2("Used by"),
            h.details(h.summary(f"{len(items)}{' or more' if len(items) >= MOST else ''} nodes"), h.ul(items, class_="plain")),
        )
        if items
        else None
    )


def document_page(iri: str, terms: list[list[str]]) -> str:
    """One of our documents: the namespace, an ontology module, an import, the inferred graph."""
    rows = [
        (h.a(names.compact(t), href=address(t), id=t.rpartition("#")[2] if iri == names.CG else None), label, definition)
        for t, label, definition in terms
    ]
    table = h.data_table(("Term", "Label", "Definition"), rows, about="Terms") if rows else shell.empty("It declares no term of its own.")
    return shell.page(
        names.compact(iri),
        h.h1("Terms of casegraph" if iri == names.CG else iri.removeprefix("https://w3id.org/casegraph/").rstrip("#")),
        h.p(h.code(iri), " · ", f"{len(terms)} terms", class_="detail"),
        table,
        wide=True,
    )
