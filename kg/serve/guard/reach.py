"""What a query would reach for, read from its tokens as the engine reads them, before the engine sees it.

The engine has no way to look at a parsed query, so the query is cut into the tokens of the SPARQL grammar: strings,
IRIs, comments, variables and names hide nothing and are never mistaken for keywords. Where the engine is more
liberal than the grammar (it wants no space after a keyword: ``SERVICEex:x``, ``trueSERVICE``; and takes ``?a<?b)…>``
for a comparison) the reading that reaches out is assumed. Workers have no sockets as well; see `kg.serve.guard.sandbox`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from kg.serve.guard.lexer import Token, tokens

#: A query without these letters reaches for nothing, whatever its tokens are: the engine knows no other spelling.
_REACHES = re.compile(r"service|load|from|using|with", re.I)
_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")
#: Tokens after which, inside brackets, ``<`` may be a comparison.
_OPERANDS = frozenset(("variable", "string", "iri", "number", "name", "language", ")", "word"))
#: Words of an update after which a prefixed name is a graph's.
_BEFORE_GRAPHS = frozenset(("PREFIX", "GRAPH", "WITH", "USING", "NAMED", "TO", "COPY", "MOVE", "ADD", "SILENT"))


class Refused(Exception):
    """A query that is not run.

    Args:
        kind: service, load, graph or depth.
        message: for the client.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(slots=True)
class Inspected:
    """What a query or update says of where its data come from.

    Attributes:
        text: to be given to the engine; dataset clauses are blanked out, every other character stays in its place.
        default: graphs of FROM clauses.
        named: graphs of FROM NAMED clauses.
        has_dataset: whether there was such a clause.
        services: IRIs of SERVICE calls; None stands for a variable.
    """

    text: str
    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    has_dataset: bool = False
    services: list[str | None] = field(default_factory=list)


def inspect(text: str, *, depth: int = 256, base: str = "") -> Inspected:
    """What a query reaches for.

    Raises:
        Refused: it is nested too deeply, or reaches for something in a way that cannot be told for certain.

    Example:
    >>> inspect("PREFIX e: <http://e/> SELECT * FROM e:g { SERVICE ?s {} }").default
    ['http://e/g']
    """
    found = Inspected(text)
    if text.count("{") + text.count("(") + text.count("[") <= depth and not _reaches(text):
        return found
    stream = _with_brackets(tokens(text), depth)
    prefixes, base = _prologue(stream, base)
    _find_services(stream, prefixes, base, found)
    _cut_dataset(stream, prefixes, base, found)
    return found


def _reaches(text: str) -> bool:
    if not text.isascii():  # other letters may fold to these
        return _REACHES.search(text) is not None
    lower = text.lower()  # several times as fast
    return "service" in lower or "load" in lower or "from" in lower or "using" in lower or "with" in lower


def loads(stream: Iterable[Token]) -> bool:
    """Whether an update fetches a document, with or without a space after LOAD.

    Example:
    >>> loads(tokens("PREFIX e: <http://e/> LOADe:x")), loads(tokens("PREFIX load: <http://e/> CLEAR GRAPH load:x"))
    (True, False)
    """
    depth, before = 0, ""
    for token in stream:
        depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if token.kind == "word" and "LOAD" in token.text.upper():
            return True
        if token.kind == "name" and depth <= 0 and "LOAD" in token.text.partition(":")[0].upper() and before not in _BEFORE_GRAPHS:
            return True
        before = token.text.upper()
    return False


def _with_brackets(stream: Iterable[Token], depth: int) -> list[Token]:
    """The same tokens, once their nesting and their IRIs are known to be what they seem; no more are read than needed."""
    seen: list[Token] = []
    brackets: list[str] = []
    before = ""
    for token in stream:
        if token.kind in _OPENING:
            brackets.append(token.kind)
            if len(brackets) > depth:
                raise Refused("depth", f"more than {depth} brackets within each other")
        elif token.kind in _CLOSING and brackets:
            brackets.pop()
        elif token.kind == "iri" and brackets and brackets[-1] == "(" and before in _OPERANDS and re.search(r"service", token.text, re.I):
            raise Refused("service", f"{token.text!r} may be an IRI or a comparison followed by SERVICE; write a space after '<'")
        before = token.kind
        seen.append(token)
    return seen


def _prologue(stream: list[Token], base: str) -> tuple[dict[str, str], str]:
    """Prefixes and base, wherever they are declared (an update may declare them before each operation)."""
    prefixes: dict[str, str] = {}
    for index, token in enumerate(stream):
        if token.kind == "iri" and index and stream[index - 1].text.upper() == "BASE":
            base = urljoin(base, _iri(token.text))
        elif token.kind == "iri" and index > 1 and stream[index - 1].kind == "name" and stream[index - 2].text.upper() == "PREFIX":
            prefixes[stream[index - 1].text[:-1]] = urljoin(base, _iri(token.text))
        elif token.kind == "name" and token.text[:6].upper() == "PREFIX" and index + 1 < len(stream) and stream[index + 1].kind == "iri":
            # "PREFIXex:<…>" as the engine allows it
            prefixes.setdefault(token.text[6:-1], urljoin(base, _iri(stream[index + 1].text)))
    return prefixes, base


def _find_services(stream: list[Token], prefixes: dict[str, str], base: str, found: Inspected) -> None:
    for index, token in enumerate(stream):
        if token.kind == "word" and "SERVICE" in token.text.upper():
            target = index + 1
            if target < len(stream) and stream[target].text.upper() == "SILENT":
                target += 1
            found.services.append(_resolve(stream[target], prefixes, base) if target < len(stream) else None)
        elif token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper():
            braced = index + 1 < len(stream) and stream[index + 1].kind == "{"
            if braced and not (index and stream[index - 1].text.upper() == "GRAPH"):
                found.services.append(None)


def _cut_dataset(stream: list[Token], prefixes: dict[str, str], base: str, found: Inspected) -> None:
    """Take FROM clauses, which stand before the first bracket that opens a pattern, out of a query."""
    depth = 0
    text = list(found.text)
    for index, token in enumerate(stream):
        depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
        keyword = token.text.upper()
        if depth or token.kind not in ("word", "name") or "FROM" not in keyword.partition(":")[0]:
            continue
        if not keyword.startswith("FROM") and token.text.partition(":")[0] not in prefixes:
            raise Refused("graph", f"cannot tell what {token.text!r} means; write a space before FROM")
        end = index
        if token.kind == "name":  # "FROMex:g", or a prefix called from…
            if token.text.partition(":")[0] in prefixes:
                continue
            local = token.text[4:]
            local, named = (local[5:], True) if local[:5].upper() == "NAMED" else (local, False)
            graph = _resolve(Token("name", local, token.start), prefixes, base)
        else:
            named = keyword == "FROMNAMED"
            end += 1
            if end < len(stream) and stream[end].text.upper() == "NAMED":
                named, end = True, end + 1
            if end < len(stream) and stream[end].kind == "name" and stream[end].text[:5].upper() == "NAMED":
                named = True
                graph = _resolve(Token("name", stream[end].text[5:], 0), prefixes, base)
            else:
                graph = _resolve(stream[end], prefixes, base) if end < len(stream) else None
        if graph is None or keyword not in ("FROM", "FROMNAMED") and token.kind == "word":
            raise Refused("graph", f"cannot tell the graph that {token.text!r} names; write FROM <iri> or FROM NAMED <iri>")
        (found.named if named else found.default).append(graph)
        found.has_dataset = True
        stop = stream[end].start + len(stream[end].text)
        text[token.start : stop] = [c if c in "\r\n" else " " for c in text[token.start : stop]]
    if found.has_dataset:
        found.text = "".join(text)


def _resolve(token: Token, prefixes: dict[str, str], base: str) -> str | None:
    """The IRI that a token stands for, or None where it stands for none."""
    if token.kind == "iri":
        iri = _iri(token.text)
        return iri if urlsplit(iri).scheme else urljoin(base, iri)
    prefix, colon, local = token.text.partition(":")
    if token.kind == "name" and colon and prefix in prefixes:
        return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
    return None


def _iri(text: str) -> str:
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1] or m[2], 16)), text[1:-1])


def is_iri(text: str) -> bool:
    """Whether a text can stand between ``<`` and ``>`` as an absolute IRI.

    Example:
    >>> is_iri("http://example.org/g"), is_iri("http://e/> DROP ALL"), is_iri("g")
    (True, False, False)
    """
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*", text))
