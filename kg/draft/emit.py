"""A record's data as YAML text: the same bytes for the same data, only what the record's reader takes.

>>> print(to_yaml({"case": "a", "findings": [{"is": "HP:0001945 ! Fever", "quote": "x: y"}]}), end="")
case: a
findings:
  - is: HP:0001945 ! Fever
    quote: "x: y"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.errors import ReportError

#: A record has at most 100,000 values, with the keys and the lists; a line of a draft has no more than three of these on average.
MOST_LINES = 35_000
_PLAIN = re.compile(r"[A-Za-z(][A-Za-z0-9 .,;()'/%+<>=_²³°µμαβγ!:\-]*\Z")
_UNSAFE = re.compile(r":(?:\s|\Z)|\s#|\s\Z|\A(?:true|false|null|yes|no|on|off|y|n)\Z", re.I)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_IN_QUOTES = str.maketrans(_ESCAPES)


def to_yaml(data: dict[str, Any]) -> str:
    """The whole record; keys stay in their order.

    Raises:
        ReportError: more than a record can hold.
    """
    lines = list(_mapping(data, ""))
    if len(lines) > MOST_LINES:
        raise ReportError(f"the draft has {len(lines):,} lines, more than a record can hold ({MOST_LINES:,}); give it one report at a time")
    return "\n".join([*lines, ""])


def scalar(value: Any) -> str:
    """One value on one line.

    Example:
    >>> scalar("no"), scalar(3), scalar("a # b"), scalar("É\\x07")
    ('"no"', '3', '"a # b"', '"É\\\\x07"')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if _PLAIN.match(text) and not _UNSAFE.search(text):
        return text
    if text.isprintable():
        return f'"{text.translate(_IN_QUOTES)}"'
    return '"' + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _hex(c)) for c in text) + '"'


def _hex(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:"
            yield from _mapping(value, indent + "  ")
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
            yield f"{indent}{key}:"
            for item in value:
                lines = list(_mapping(item, indent + "    "))
                yield f"{indent}  - {lines[0].lstrip()}"
                yield from lines[1:]
        elif isinstance(value, (list, tuple)):
            yield f"{indent}{key}: [{', '.join(_in_flow(item) for item in value)}]"
        else:
            yield f"{indent}{key}: {scalar(value) if value != {} else '{}'}"


def _in_flow(value: Any) -> str:
    """Inside [ ] a text with flow signs is quoted."""
    text = scalar(value)
    return (
        f'"{text}"' if isinstance(value, str) and not text.startswith('"') and re.search(r"[,\[\]{}'!]", text) and '"' not in text else text
    )
