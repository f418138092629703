"""A finding told of several numbered parts at once: `clinodactyly of digits 2-5`, `3rd, 4th and 5th fingers`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.draft.names.adjacent import adjacent_to
from kg.draft.names.joining import joined
from kg.draft.names.packed import Tables
from kg.draft.names.tokens import Hit, Tokens
from kg.draft.names.words import keys

_SIGN = re.compile("[.!]")
_AS_WORD = {"B": "S", "S": "S", "Q": "Q", "H": "H"}  # code of a number → its code as a word of a name; C for all others


def numbered(tables: Tables, tokens: Tokens) -> Iterator[Hit]:
    """The finding once for each number."""
    for a, b, numbers in _lists(tokens):
        begin = max(tokens.codes.rfind(".", 0, a), tokens.codes.rfind("!", 0, a)) + 1  # no name reaches over such a sign
        sign = _SIGN.search(tokens.codes, b)
        end = sign.start() if sign else len(tokens.codes)
        words = [*tokens.words[begin : a + 1], *tokens.words[b:end]]
        at = a - begin
        words[at] = words[at]._replace(code=_AS_WORD.get(tokens.codes[a], "C"))
        line = Tokens(words, [*tokens.starts[begin : a + 1], *tokens.starts[b:end]])
        for number in numbers:
            exact, loose = keys(str(number))
            line.words[at] = words[at]._replace(exact=exact, loose=loose)
            for hit in [*adjacent_to(tables, line, at), *joined(tables, line)]:
                if at in hit.places and len(hit.places) > 1:
                    whole = {begin + k if k <= at else begin + k + b - a - 1 for k in hit.places} | {*range(a, b)}
                    places = sorted(k for k in whole if k == a or not a <= k < b or tokens.codes[k] in "SQH")
                    yield tokens.hit(places, hit.curie, 2)._replace(places=frozenset(places) | {-number})


def _lists(tokens: Tokens) -> Iterator[tuple[int, int, list[int]]]:
    """Runs such as `2-5`, `II to V`, `3rd, 4th and 5th`: first token, one past the last, the numbers."""
    words, starts = tokens.words, tokens.starts
    last = len(words)
    past = 0
    for i in tokens.numbers:
        if i < past:
            continue
        numbers: list[int] = []
        j = i
        while j < last and (number := words[j].number):
            before = j - 1
            ranged = numbers and (
                words[before].text.lower() in ("to", "through")
                or starts[j] - starts[before] - len(words[before].text) == 1
                and words[before].number
            )
            numbers += list(range(numbers[-1] + 1, number + 1)) if ranged and number > numbers[-1] else [number]
            end = j + 1
            j = end
            while j < last and (tokens.codes[j] == "," or words[j].text.lower() in ("to", "through", "the", "/")):
                j += 1
        if len(numbers) > 1:
            yield i, end, numbers
            past = end + 1
