"""A query cut into the tokens of the SPARQL grammar, as the engine cuts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"""\\[tbnrf"'\\]|{_CODEPOINT}"""
_NAME_CHAR = r"[A-Za-z0-9_\-\u0080-\U0010FFFF]"
_LOCAL_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
    | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+\"\"\"
               | '''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'''
               | \"(?:[^"\\\r\n]|{_ESCAPE})*+\"
               | '(?:[^'\\\r\n]|{_ESCAPE})*+')
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*+>)
    | (?P<variable>[?$][A-Za-z0-9_\u0080-\U0010FFFF]++)
    | (?P<language>@[A-Za-z]++(?:-{{1,2}}[A-Za-z0-9]++)*+)
    | (?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?)
    | (?P<name>(?:_|[A-Za-z\u0080-\U0010FFFF](?:{_NAME_CHAR}|\.)*+)?
               :(?:(?:{_NAME_CHAR}|:|{_LOCAL_ESCAPE})(?:\.*(?:{_NAME_CHAR}|:|{_LOCAL_ESCAPE}))*+)?)
    | (?P<word>[A-Za-z_\u0080-\U0010FFFF](?:{_NAME_CHAR}|\.)*+)
    | (?P<other>.)
    """,
    re.X | re.S,
)


class Token(NamedTuple):
    """A token: its kind (the bracket or sign itself, for those), text and place."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query, without spaces and comments.

    Example:
    >>> [token.text for token in tokens("ASK { ?s a 'SERVICE' } # SERVICE")]
    ['ASK', '{', '?s', 'a', "'SERVICE'", '}']
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield Token(match[0] if kind == "other" else kind, match[0], match.start())
