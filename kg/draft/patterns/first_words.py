"""The words with which the matches of a pattern begin.

>>> sorted(first_words(r"\\b(?:signs? of|rash)"))
['rash', 'sign*']
"""

from __future__ import annotations

import re
import string

_GROUP = re.compile(r"\(\?(?::|P<\w+>)")
_LITERAL = re.compile(r"[A-Za-z0-9]+|[;,:]")
_CLASS = re.compile(r"\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+\]")
_DIGITS = {f"{digit}*" for digit in range(10)}


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside brackets.

    Example:
    >>> alternatives("no|signs? (?:of|for)|rash")
    ['no', 'signs? (?:of|for)', 'rash']
    """
    out, depth = [""], 0
    for char in pattern:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            out.append("")
        else:
            out[-1] += char
    return out


def first_words(pattern: str) -> set[str]:
    r"""The words with which matches of a pattern begin, in small letters; `*` after one that may go on.

    Raises:
        ValueError: a match may begin with something that this does not know to be a word, a digit, or one of `;,:`.

    Example:
    >>> sorted(first_words(r"no sign|fails? to|anti-?\w+|\b(?:was|were) (?:not|never)|(?:two )?vaccinat\w+|, but"))
    [',', 'anti*', 'fail*', 'no', 'two', 'vaccinat*', 'was', 'were']
    """
    return {word for each in alternatives(pattern) for word in _first_words(each)}


def _first_words(pattern: str) -> set[str]:
    pattern = pattern.removeprefix(r"\b").removeprefix(r"(?<![\w-])")
    group, any_of, literal = _GROUP.match(pattern), _CLASS.match(pattern), _LITERAL.match(pattern)
    if group:
        end = _closing(pattern)
        words, rest = first_words(pattern[group.end() : end]), pattern[end + 1 :]
        if rest.startswith(("?", "*")):
            return words | _first_words(rest[1:])
    elif any_of:
        one, rest = re.compile(any_of.group()), pattern[any_of.end() :]
        words = {f"{char.lower()}*" for char in string.ascii_letters + string.digits if one.match(char)}
    elif pattern.startswith(r"\d"):
        words, rest = _DIGITS, pattern[2:]
    elif literal:
        words, rest = {literal.group().lower()}, pattern[literal.end() :]
        if rest.startswith(("?", "*", "{")):
            words = {f"{literal.group()[:-1].lower()}*"}
    else:
        words, rest = set(), ""
    if not words or "*" in words or rest.startswith(("?", "*", "{0", "{,")) and not literal:
        raise ValueError(f"{pattern}: begin each alternative with a word, a digit or one of ;,: that must be there")
    return words if _is_end(rest) else {word.rstrip("*") + "*" for word in words}


def _is_end(rest: str) -> bool:
    """Whether a word that this part of a pattern follows cannot go on in it."""
    if rest.startswith("(?: "):
        end = _closing(rest)
        if not all(each.startswith(" ") for each in alternatives(rest[3:end])):
            return False
        return not rest.startswith(("?", "*"), end + 1) or _is_end(rest[end + 2 :])
    return not rest or rest.startswith((r"\s+", r"\b")) or rest[0] in " -,/'" and rest[1:2] not in ("?", "*", "{")


def _closing(pattern: str) -> int:
    """Where the bracket that opens a pattern is closed."""
    depth = 0
    for place, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return place
    raise ValueError(f"{pattern}: a bracket is not closed")
