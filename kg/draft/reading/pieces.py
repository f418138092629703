"""A text cut at white space, and patterns that are tried only where a match can begin.

Reports use the same words over and over. So a pattern whose matches begin with one of some words is not tried at every
letter of a text, but only where such a word stands; and which words do so is worked out once a word, not once a place.

>>> cues = whole_words("no|denie[sd]")
>>> [match.group() for match in cues.finditer("She denied pain and had no cough.")]
['denied', 'no']
"""

from __future__ import annotations

import re
import string
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

Value = TypeVar("Value")
_PIECE = re.compile(r"\S+\s*|\s+")
_FIRST = re.compile(r"(?<!\w)[^\W_]+|[^\w\s]")  # a word or a sign
_GROUP = re.compile(r"\(\?(?::|P<\w+>)")
_LITERAL = re.compile(r"[A-Za-z0-9]+|[;,:]")
_CLASS = re.compile(r"\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+\]")
_DIGITS = {f"{digit}*" for digit in range(10)}
#: How many different pieces are remembered at most: some megabytes.
REMEMBERED = 50_000


@lru_cache(maxsize=2)
def pieces(text: str) -> tuple[list[str], list[int]]:
    """The words with the white space after each, and where each begins; joined, they are the text.

    Example:
    >>> pieces("No fever,  but pain.")
    (['No ', 'fever,  ', 'but ', 'pain.'], [0, 3, 11, 15])
    """
    cut = _PIECE.findall(text)
    return cut, list(accumulate(map(len, cut[:-1]), initial=0)) if cut else []


class Memory(dict[str, Value]):
    """What is known of a piece; worked out when it is first asked for. Forgets all when it grows beyond REMEMBERED pieces."""

    def __init__(self, learn: Callable[[str], Value]) -> None:
        self._learn = learn

    def __missing__(self, piece: str) -> Value:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[piece] = self._learn(piece)
        return value

    def of(self, cut: list[str]) -> Iterator[Value]:
        """What is known of each piece, in order."""
        return map(self.__getitem__, cut)


#: The words and signs of a piece in small letters, each with its place: where a pattern can begin.
_words = Memory(lambda piece: tuple([(match.start(), match.group().lower()) for match in _FIRST.finditer(piece)]))


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


class Openings:
    r"""A pattern, tried only where a word stands with which one of its matches can begin; otherwise like `re.compile(pattern, flags)`.

    Args:
        pattern: matches nothing but what begins with a whole word or a sign; see that it begins with `\b` or `(?<![\w-])`.
        first: the first words of its matches; else what `first_words` reads from the pattern.
        flags: for the pattern.
    Raises:
        ValueError: see `first_words`; give `first` where that cannot tell.
    """

    def __init__(self, pattern: str, first: set[str] | None = None, flags: re.RegexFlag = re.I) -> None:
        self.pattern = re.compile(pattern, flags)
        first = first_words(pattern) if first is None else first
        self._whole = frozenset(word for word in first if not word.endswith("*"))
        self._begun = tuple(sorted(word[:-1] for word in first - self._whole))
        self._known = Memory(self._inside)
        self._text = ""
        self._places: list[int] = []

    def places(self, text: str) -> list[int]:
        """Where in a text a match can begin, ascending."""
        if self._text is not text:
            cut, starts = pieces(text)
            self._places = [start + k for start, inside in zip(starts, self._known.of(cut)) if inside for k in inside]
            self._text = text
        return self._places

    def _inside(self, piece: str) -> tuple[int, ...]:
        plain = piece.isascii()  # beyond ASCII, letters can match others in ways of their own, so there every word counts
        return tuple([at for at, word in _words[piece] if not plain or word in self._whole or word.startswith(self._begun)])

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """The matches, as `pattern.finditer` gives them."""
        stop = len(text) if end is None else end
        places, match_at = self.places(text), self.pattern.match
        for k in range(bisect_left(places, start), len(places)):
            at = places[k]
            if at >= stop:
                return
            if at >= start:
                match = match_at(text, at, stop)
                if match:
                    yield match
                    start = match.end()

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match, as `pattern.search` gives it."""
        return next(self.finditer(text, start, end), None)


class ManyOpenings:
    r"""Several patterns of this kind, for whose first words a text is looked through once.

    Args:
        patterns: see `Openings`; compiled ones may have flags of their own, letter case must not count in the first word of the others.
    Raises:
        ValueError: see `first_words`.

    Example:
    >>> times = ManyOpenings([re.compile(r"\b(?:two|ten) days ago"), re.compile(r"\btoday\b")])
    >>> [(n, match.group()) for n, match in times.finditer("Today she is well; it began two days ago.".lower())]
    [(0, 'two days ago'), (1, 'today')]
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self.patterns = tuple(patterns)
        self._whole: dict[str, set[int]] = {}  # first word → the numbers of the patterns
        begun: dict[str, set[int]] = {}  # the same for words that may go on
        for number, pattern in enumerate(self.patterns):
            for word in first_words(pattern.pattern):
                table = begun if word.endswith("*") else self._whole
                table.setdefault(word.rstrip("*"), set()).add(number)
        self._begun, self._any_begun = begun, tuple(sorted(begun))
        self._known = Memory(self._inside)
        self._text = ""
        self._places: list[int] = []
        self._numbers: list[tuple[int, ...]] = []

    def _inside(self, piece: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
        if not piece.isascii():  # see Openings
            return tuple((at, tuple(range(len(self.patterns)))) for at, _ in _words[piece])
        return tuple([(at, numbers) for at, word in _words[piece] if (numbers := self._opened(word))])

    def _opened(self, word: str) -> tuple[int, ...]:
        numbers = self._whole.get(word, set())
        if word.startswith(self._any_begun):
            numbers = numbers.union(*(some for begun, some in self._begun.items() if word.startswith(begun)))
        return tuple(sorted(numbers))

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, re.Match[str]]]:
        """Pattern by pattern its number and what its `finditer` gives."""
        if self._text is not text:
            cut, starts = pieces(text)
            found = [(at + k, numbers) for at, inside in zip(starts, self._known.of(cut)) if inside for k, numbers in inside]
            self._text, self._places, self._numbers = text, [at for at, _ in found], [numbers for _, numbers in found]
        stop = len(text) if end is None else end
        first = bisect_left(self._places, start)
        of: dict[int, list[int]] = {}  # number of a pattern → where it can begin
        for k in range(first, bisect_left(self._places, stop, first)):
            for number in self._numbers[k]:
                of.setdefault(number, []).append(self._places[k])
        for number in sorted(of):
            after, match_at = start, self.patterns[number].match
            for at in of[number]:
                match = match_at(text, at, stop) if at >= after else None
                if match:
                    yield number, match
                    after = match.end()


def whole_words(words: str, first: set[str] | None = None, flags: re.RegexFlag = re.I) -> Openings:
    r"""The pattern `(?<![\w-])(?:words)(?![\w-])`."""
    return Openings(rf"(?<![\w-])(?:{words})(?![\w-])", first_words(words) if first is None else first, flags)
