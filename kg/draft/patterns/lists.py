"""The word lists of `kg/draft/data`, and words as a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"


def rows_of(name: str) -> list[list[str]]:
    """The rows of a word list; lines that start with # are remarks."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def word_list(name: str) -> frozenset[str]:
    """One of the lists of `data/words.tsv`.

    Example:
    >>> "however" in word_list("verbs")
    True
    """
    return frozenset(word for row in rows_of("words.tsv") if row[0] == name for word in row[1].split())


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches the longest of some plain words; shared beginnings are tried once, so it is quick.

    Example:
    >>> re.match(any_of(["no", "not", "no sign of"]), "no sign of").group()
    'no sign of'
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branch(tree)


def _branch(tree: dict[str, Any]) -> str:
    parts = [("\\s+" if char == " " else re.escape(char)) + _branch(below) for char, below in sorted(tree.items()) if char]
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 and "" not in tree else f"(?:{'|'.join(parts)})"
    return f"(?:{inner})?" if "" in tree else inner
