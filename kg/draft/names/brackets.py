"""What stands in brackets, taken out of its sentence: `broad (nearly square) thumbs` are broad thumbs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.draft.names.joining import first_name
from kg.draft.names.packed import Tables
from kg.draft.names.tokens import Hit, Tokens, Word

_BRACKET = re.compile("[()]")
_APART = Word("", "!", 0, 0, False, 0, (), False)


def unbracketed(words: list[Word], starts: list[int]) -> tuple[list[Word], list[int], list[tuple[int, int, int]]]:
    """The words and signs of a text and their offsets, the content of each bracket moved behind its sentence and the bracket gone.

    Returns:
        Words, offsets, and of each bracket the number of the word before it, and of the first and one past the last inside.
    """
    codes = "".join([word.code for word in words])
    if "(" not in codes and ")" not in codes:
        return words, starts, []
    moved: list[Word] = []
    at: list[int] = []
    brackets: list[tuple[int, int, int]] = []
    begin = 0
    while begin < len(codes):
        end = codes.find("!", begin) + 1 or len(codes)
        inside: list[tuple[int, int, int]] = []  # token before it in the new order, first and one past the last in the old
        for kind, first, last in _stretches(codes, begin, end):
            if kind == "in":
                inside.append((len(moved) - 1, first, last))
            else:
                moved += words[first:last]
                at += starts[first:last]
        if inside and codes[end - 1] != "!":  # a text that ends without a sign
            moved.append(_APART)
            at.append(starts[end - 1])
        for before, first, last in inside:
            brackets.append((before, len(moved), len(moved) + last - first))
            moved += (*words[first:last], _APART)
            at += (*starts[first:last], starts[last - 1])
        begin = end
    return moved, at, brackets


def _stretches(codes: str, begin: int, end: int) -> Iterator[tuple[str, int, int]]:
    """A sentence cut at its brackets: what stands in some of them ("in") and in none ("out"), without their signs."""
    depth, at = 0, begin
    for match in _BRACKET.finditer(codes, begin, end):
        if at < match.start():
            yield "in" if depth else "out", at, match.start()
        depth = depth + 1 if match.group() == "(" else max(0, depth - 1)
        at = match.end()
    closed = depth == 0 or codes[end - 1] != "!"
    if at < end and closed:
        yield "in" if depth else "out", at, end
    elif at < end:  # a bracket that the sentence leaves open
        yield "in", at, end - 1
        yield "out", end - 1, end


def bracketed(tables: Tables, tokens: Tokens, brackets: list[tuple[int, int, int]]) -> Iterator[Hit]:
    """`bowed limb bones (ulna, tibia)`: the finding before the bracket for each part that is listed in it."""
    codes = tokens.codes
    for before, first, end in brackets:
        site = before
        while site >= 0 and codes[site] == "S":
            site -= 1
        quality = site
        while quality >= 0 and codes[quality] == "Q":
            quality -= 1
        if quality == site or site == before or not set(codes[first:end]) <= set("S,xpo"):
            continue
        for part in _parts(codes, first, end):
            hit = first_name(tables, tokens, [(quality + 1, *part)])
            if hit:
                yield hit


def _parts(codes: str, first: int, end: int) -> Iterator[list[int]]:
    at = first
    for part in codes[first:end].split(","):
        yield [k for k in range(at, at + len(part)) if codes[k] == "S"]
        at += len(part) + 1
