"""Why a row is in an answer, and why a term is not.

A row rests on statements of the record and on what rules derived from them; both stand in the graph. What is
not in an answer fails at some condition of the question: the first condition, in the question's own order,
that leaves nothing is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg import names
from kg.ask import Answer, Question, plain
from kg.errors import QuestionError
from kg.store import Node, Store

#: Properties that lead from what a rule derived to what it derived it from.
_GROUNDS = ("decidedBy", "statement", "otherStatement", "basedOn", "toTreatment", "shownBy")


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that a row rests on.

    Attributes:
        node: the statement or derived node, case and id.
        kind: its class, in words.
        label: what it says.
        derived: whether a rule made it (and not the record).
        section: of the report.
        quote: its sentence.
        grounds: what it rests on in turn.
    """

    node: str
    kind: str
    label: str
    derived: bool
    section: str
    quote: str
    grounds: list[Ground] = field(default_factory=list)


def why(store: Store, answer: Answer, number: int) -> list[Ground]:
    """What the Nth row of an answer rests on.

    Args:
        number: 1 for the first row.

    Raises:
        QuestionError: there is no such row.
    """
    if not 1 <= number <= len(answer):
        raise QuestionError(f"no row {number}; the answer has {len(answer)}")
    row = answer.nodes[number - 1]
    found = [_ground(store, iri, set()) for iri in _nodes_of(store, row)]
    below = {ground.node for root in found for ground in _all_below(root)}
    return sorted((ground for ground in found if ground.node not in below), key=lambda ground: ground.node)


def _all_below(ground: Ground) -> Iterator[Ground]:
    for each in ground.grounds:
        yield each
        yield from _all_below(each)


def _nodes_of(store: Store, row: Mapping[str, Node]) -> list[str]:
    """The nodes with the row's sentence that share most of its cells: one sentence may carry several statements."""
    quote = row.get("quote")
    cells = {node.value for name, node in row.items() if name not in ("quote", "case")}
    if quote is None:
        return sorted(cell for cell in cells if "#" in cell and cell.startswith(names.CASE))
    pieces = " ".join(str(ox.Literal(piece)) for piece in quote.value.split(" | "))
    query = (
        f"SELECT DISTINCT ?node ?value ?beyond WHERE {{ VALUES ?quote {{ {pieces} }} ?node <{names.CG}quote> ?quote ; ?p ?value . "
        f"OPTIONAL {{ VALUES ?q {{ <{names.RDFS_LABEL}> <{names.CG}name> <{names.CG}concept> }} ?value ?q ?beyond FILTER(isIRI(?value)) }} }} "
        "ORDER BY ?node"
    )
    shared: dict[str, set[str]] = {}
    for solution in store.select(query)[1]:
        found = {solution[name].value for name in ("value", "beyond") if name in solution}
        shared.setdefault(solution["node"].value, set()).update(found & cells)
    most = max((len(common) for common in shared.values()), default=0)
    return sorted(node for node, common in shared.items() if len(common) == most)


def _ground(store: Store, iri: str, seen: set[str]) -> Ground:
    node = str(ox.NamedNode(iri))
    cg = names.CG
    links = " ".join(f"<{cg}{name}>" for name in _GROUNDS)
    # A node of the record stands in its case's graph; what a rule made stands in the inferred one.
    _, facts = store.select(
        f"SELECT DISTINCT ?label ?kind ?section ?quote ?next WHERE {{ "
        f"OPTIONAL {{ {node} <{names.RDFS_LABEL}> ?label }} OPTIONAL {{ {node} a ?class . ?class <{names.RDFS_LABEL}> ?kind "
        f"FILTER(STRSTARTS(STR(?class), '{cg}')) }} OPTIONAL {{ {node} <{cg}section> ?section }} OPTIONAL {{ {node} <{cg}quote> ?quote }} "
        f"OPTIONAL {{ VALUES ?link {{ {links} }} {node} ?link ?next }} }}"
    )
    first: dict[str, Any] = {}
    for fact in facts:
        for key, value in fact.items():
            first.setdefault(key, plain(value))
    kinds = sorted({str(plain(fact["kind"])) for fact in facts if "kind" in fact}, key=len)
    following = sorted({fact["next"].value for fact in facts if "next" in fact and isinstance(fact["next"], ox.NamedNode)} - seen - {iri})
    seen |= {iri, *following}
    grounds = [_ground(store, each, seen) for each in following] if len(seen) < 40 else []
    return Ground(
        names.compact(iri), kinds[0] if kinds else "", str(first.get("label") or ""), _is_derived(store, iri), str(first.get("section") or ""),
        str(first.get("quote") or ""), grounds,
    )  # fmt: skip


def _is_derived(store: Store, iri: str) -> bool:
    graph, node = ox.NamedNode(names.INFERRED), ox.NamedNode(iri)
    _, rows = store.select(f"SELECT ?q WHERE {{ GRAPH {graph} {{ {node} <{names.CG}inCase> ?q }} }} LIMIT 1")
    return bool(rows)


# why not


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a term is not in an answer.

    Attributes:
        condition: the first condition of the question that leaves nothing, as SPARQL.
        in_words: the same with labels in place of ids.
        met: the conditions before it, which are met.
        present: whether the term is in the answer after all.
    """

    condition: str
    in_words: str
    met: tuple[str, ...]
    present: bool = False


def why_not(store: Store, asked: Question, bound: Mapping[str, Node], term: ox.NamedNode) -> Missing:
    """The first condition of a question that excludes a term.

    Args:
        asked: the question.
        bound: its parameters.
        term: what one would have expected in the answer.
    """
    prologue, parts = conditions(asked.sparql)
    best: tuple[int, Missing] | None = None
    for variable in _variables_for_terms(asked, parts):
        values = f"{asked.given(bound)} VALUES ?{variable} {{ {term} }}"
        if variable in bound and not store.select(f"SELECT * WHERE {{ {values} }} LIMIT 1")[1]:
            return Missing(asked.given({variable: bound[variable]}), f"this {variable} is not among those asked for", ())
        parts = _term_first(conditions(asked.sparql)[1], variable)
        for i in range(len(parts)):
            body = "\n".join(parts[: i + 1])
            _, rows = store.select(f"{prologue}\nSELECT * WHERE {{ {values}\n{body}\n}} LIMIT 1")
            if not rows:
                missing = Missing(parts[i], in_words(store, parts[i], term), tuple(parts[:i]))
                if best is None or i > best[0]:
                    best = (i, missing)
                break
        else:
            return Missing("", "", tuple(parts), present=True)
    if best is None:
        raise QuestionError(f"{asked.name}: no column of this question holds terms; --why-not has nothing to look for")
    return best[1]


def _term_first(parts: list[str], variable: str) -> list[str]:
    """The condition that says what has the term comes first, and is no longer optional: all others are then about
    the things that have it."""
    for i, part in enumerate(parts):
        if re.search(rf"\?{variable}\b", part) and not re.match(r"(FILTER|BIND|VALUES|\{)", part):
            return [re.sub(r"^OPTIONAL\s*", "", part), *parts[:i], *parts[i + 1 :]]
    return parts


def _variables_for_terms(asked: Question, parts: list[str]) -> list[str]:
    """Columns that may hold the term: those that have a label beside them, or take a term as parameter."""
    typed = [p.name for p in asked.parameters if p.type == "term" and any(re.search(rf"\?{p.name}\b", part) for part in parts)]
    labelled = [c for c in asked.columns if f"{c}_label" in asked.columns]
    known = [c for c in ("concept", "drug", "antibody", "analyte", "procedure", "test", "target", "preferred", "topic") if c in asked.columns]
    usable = [c for c in dict.fromkeys((*known, *labelled, *typed)) if not re.search(rf"BOUND\(\?{c}\)", " ".join(parts))]
    return usable


def conditions(sparql: str) -> tuple[str, list[str]]:
    """The prologue of a query, and the conditions of its outermost WHERE in their order.

    A triple block is cut at its semicolons, so that each condition says one thing.

    Example:
    >>> conditions("PREFIX a: <b>\\nSELECT ?s WHERE {\\n ?s a a:C ; a:p ?o .\\n FILTER(?o > 1)\\n}")[1]
    ['?s a a:C .', '?s a:p ?o .', 'FILTER(?o > 1)']
    """
    sparql = re.sub(r"^\s*#.*$", "", sparql, flags=re.M)
    start = re.search(r"^SELECT\b", sparql, re.M)
    opening = re.search(r"\bWHERE\s*\{", sparql)
    if not start or not opening:
        return sparql, []
    body = sparql[opening.end() : _closing(sparql, opening.end() - 1)]
    return sparql[: start.start()].strip(), [part for block in _blocks(body) for part in _statements(block)]


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|<[^<>\s]*>|[{}()\[\].;]|[^"\'<{}()\[\].;\s]+(?:\.(?=[\w]))?|<|\s+')


def _closing(text: str, opening: int) -> int:
    depth = 0
    for match in _TOKEN.finditer(text, opening):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.start()
    return len(text)


def _blocks(body: str) -> Iterator[str]:
    """Triple blocks up to their full stop, and FILTER, OPTIONAL, BIND, VALUES, groups and sub-queries whole."""
    text, depth = "", 0
    for match in _TOKEN.finditer(body):
        token = match.group()
        if depth == 0 and text.strip() and re.fullmatch(r"FILTER|OPTIONAL|BIND|VALUES|MINUS|GRAPH", token) and not re.match(r"\s*(FILTER|VALUES)", text):
            yield text.strip()
            text = ""
        text += token
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(token, 0)
        whole = depth == 0 and (token == "." or token == "}" or (token == ")" and re.match(r"\s*(FILTER|BIND)\s*\(", text)))
        if whole and text.strip(" .\n"):
            if token == "}" and re.match(r"\s*(FILTER\s*$|VALUES\s*\()", text):
                continue
            yield text.strip()
            text = ""
    if text.strip(" .\n"):
        yield text.strip()


def _statements(block: str) -> Iterator[str]:
    """A triple block as one triple pattern after another; anything else whole."""
    if re.match(r"(FILTER|OPTIONAL|BIND|VALUES|MINUS|GRAPH|UNION)\b|\{", block):
        yield block
        return
    if block.startswith("."):
        block = block[1:]
    parts, text, depth = [], "", 0
    for match in _TOKEN.finditer(block):
        token = match.group()
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(token, 0)
        if token in (";", ".") and depth == 0:
            parts.append(text.strip())
            text = ""
        else:
            text += token
    parts.append(text.strip())
    parts = [part for part in parts if part]
    subject = parts[0].split()[0]
    yield f"{parts[0]} ."
    for part in parts[1:]:
        yield f"{subject} {part} ."


def in_words(store: Store, condition: str, term: ox.NamedNode) -> str:
    """A condition with the labels of our properties in place of their ids."""
    words = condition
    for curie in sorted(set(re.findall(r"\bcg:\w+", condition)), key=len, reverse=True):
        _, rows = store.select(f"SELECT ?l WHERE {{ {ox.NamedNode(names.expand(curie))} <{names.RDFS_LABEL}> ?l }} LIMIT 1")
        if rows:
            words = words.replace(curie, f"‘{rows[0]['l'].value}’")
    words = " ".join(re.sub(r"[?{}]", "", words).split()).removesuffix(" .")
    if match := re.fullmatch(r"(\w+) a (‘[^’]+’)", words):
        return f"this {match[1]} is no {match[2]}"
    if match := re.fullmatch(r"(\w+) (‘[^’]+’) (.+)", words):
        return f"there is no {match[1]} with {match[2]} this {match[3]}"
    return words
