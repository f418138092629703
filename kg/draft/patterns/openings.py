"""Patterns that are tried only where a match can begin.

A pattern whose matches begin with one of some words is not tried at every letter of a text, but only where such a word
stands. Which patterns a word can open is worked out for all of them together, once a word; and where they stand, once a text.

>>> cues = whole_words("no|denie[sd]")
>>> [match.group() for match in cues.finditer("She denied pain and had no cough.")]
['denied', 'no']
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from kg.draft.patterns.first_words import first_words
from kg.draft.patterns.lists import any_of
from kg.draft.patterns.pieces import Memory, pieces

_FIRST = re.compile(r"(?<!\w)[^\W_]+|[^\w\s]")  # a word or a sign
_FOLDED = str.maketrans("ſıİ", "sii")  # letters that match ASCII ones where letter case does not count, beside their small letters
_Numbers = tuple[int, ...]  # of patterns
_Opened = tuple[int, int, _Numbers]  # an owner, where in a piece a word stands, and which patterns of the owner the word can open
_Match = Callable[[str, int, int], re.Match[str] | None]


class _Board:
    """Which patterns each word can open. An owner has one pattern or several, and asks for the places of its own."""

    def __init__(self) -> None:
        self._whole: dict[str, dict[int, set[int]]] = {}  # first word → owner → the numbers of its patterns
        self._begun: dict[str, dict[int, set[int]]] = {}  # the same for words that may go on
        self._stems: dict[str, set[int]] = {}  # what stands anywhere in a word → owners
        self._any_stem: re.Pattern[str] | None = None  # compiled when all are there
        self._owners = 0
        self._opened: Memory[tuple[_Opened, ...]] = Memory(self._open)
        self._inside: Memory[tuple[_Opened, ...]] = Memory(self._look_inside)
        self.places = lru_cache(maxsize=8)(self._read)

    def add(self, firsts: Sequence[set[str]]) -> int:
        """A new owner, with the first words of each of its patterns; its number."""
        for number, first in enumerate(firsts):
            for word in first:
                table = self._begun if word.endswith("*") else self._whole
                table.setdefault(word.rstrip("*"), {}).setdefault(self._owners, set()).add(number)
        return self._added()

    def add_stems(self, stems: Iterable[str]) -> int:
        """A new owner, whose places are the words with one of its stems in them; its number."""
        for stem in stems:
            self._stems.setdefault(stem, set()).add(self._owners)
        self._any_stem = None
        return self._added()

    def _added(self) -> int:
        self._opened.clear()
        self._inside.clear()
        self.places.cache_clear()
        self._owners += 1
        return self._owners - 1

    def _read(self, text: str) -> list[tuple[list[int], list[_Numbers]]]:
        """For each owner where its patterns can begin, ascending, and for each of these places the numbers of the patterns."""
        while _TABLES:
            _TABLES.pop()()
        found: list[tuple[list[int], list[_Numbers]]] = [([], []) for _ in range(self._owners)]
        cut, starts = pieces(text)
        for start, inside in zip(starts, self._inside.of(cut)):
            for owner, at, numbers in inside:
                places, patterns = found[owner]
                places.append(start + at)
                patterns.append(numbers)
        return found

    def _look_inside(self, piece: str) -> tuple[_Opened, ...]:
        black = (piece if piece.isascii() else piece.translate(_FOLDED)).rstrip()
        if black.isalnum():  # most pieces
            return self._opened[black.lower()]
        words = ((match.start(), self._opened[match.group().lower()]) for match in _FIRST.finditer(black))
        return tuple([(owner, at, numbers) for at, opened in words for owner, _, numbers in opened])

    def _open(self, word: str) -> tuple[_Opened, ...]:
        """What a word opens, as at the beginning of a piece."""
        tables = [self._whole[word]] if word in self._whole else []
        tables += [self._begun[word[:n]] for n in range(1, len(word) + 1) if word[:n] in self._begun]
        found: dict[int, set[int]] = {}
        for table in tables:
            for owner, numbers in table.items():
                found.setdefault(owner, set()).update(numbers)
        if self._any_stem is None:
            self._any_stem = re.compile(any_of(self._stems) or "(?!)")
        if self._any_stem.search(word):
            parts = {word[a:b] for a in range(len(word)) for b in range(a + 1, len(word) + 1)}
            found |= {owner: {0} for part in parts & self._stems.keys() for owner in self._stems[part]}
        return tuple([(owner, 0, tuple(sorted(numbers))) for owner, numbers in found.items()])


_BOARD = _Board()
_TABLES: list[Callable[[], object]] = []
_Table = TypeVar("_Table")


def patterns_of(make: Callable[[], _Table]) -> Callable[[], _Table]:
    """For functions that make patterns of a word list: called once, and before a text is looked through.

    What is known of words is forgotten when a pattern is added; so all are there before the first text.
    """
    made = lru_cache(maxsize=1)(make)
    _TABLES.append(made)
    return made


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
        self._owner = _BOARD.add([first_words(pattern) if first is None else first])
        self._match: Callable[[_Numbers], _Match] = lambda _: self.pattern.match

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """The matches, as `pattern.finditer` gives them."""
        stop = len(text) if end is None else end
        places, numbers = _BOARD.places(text)[self._owner]
        for k in range(bisect_left(places, start), len(places)):
            at = places[k]
            if at >= stop:
                return
            if at >= start:
                match = self._match(numbers[k])(text, at, stop)
                if match:
                    yield match
                    start = match.end()

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match, as `pattern.search` gives it."""
        return next(self.finditer(text, start, end), None)

    def places(self, text: str, start: int, end: int) -> list[int]:
        """Where in a stretch a match can begin."""
        return _within(_BOARD.places(text)[self._owner][0], start, end)


class Alternatives(Openings):
    r"""A pattern of many alternatives, of which at each place only those are tried that the word there can open.

    Args:
        alternatives: see `Openings`; the first words are read from these.
        written: the numbers of some alternatives, ascending → the pattern of these.

    Example:
    >>> told = ["fever", "no fever", "no rash"]
    >>> signs = Alternatives(told, lambda some: rf"\b(?:{'|'.join(told[n] for n in some)})\b")
    >>> [match.group() for match in signs.finditer("Fever, no rash")]
    ['Fever', 'no rash']
    """

    def __init__(self, alternatives: Sequence[str], written: Callable[[Sequence[int]], str], flags: re.RegexFlag = re.I) -> None:
        self.pattern = re.compile(written(range(len(alternatives))), flags)
        self._owner = _BOARD.add([first_words(each) for each in alternatives])
        self._match = lru_cache(maxsize=None)(lambda numbers: re.compile(written(numbers), flags).match)


class ManyOpenings:
    r"""Several patterns of this kind.

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
        self._owner = _BOARD.add([first_words(pattern.pattern) for pattern in self.patterns])

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, re.Match[str]]]:
        """Pattern by pattern its number and what its `finditer` gives."""
        places, numbers = _BOARD.places(text)[self._owner]
        stop = len(text) if end is None else end
        first = bisect_left(places, start)
        of: dict[int, list[int]] = {}  # number of a pattern → where it can begin
        for k in range(first, bisect_left(places, stop, first)):
            for number in numbers[k]:
                of.setdefault(number, []).append(places[k])
        for number in sorted(of):
            after, match_at = start, self.patterns[number].match
            for at in of[number]:
                match = match_at(text, at, stop) if at >= after else None
                if match:
                    yield number, match
                    after = match.end()


class Stems:
    """Parts of words: a cheap test, as a stretch without any of them has none of the turns of phrase that need one.

    Args:
        stems: letters and digits only; letter case does not count.
    """

    def __init__(self, *stems: str) -> None:
        assert all(stem.isalnum() for stem in stems), stems
        self._owner = _BOARD.add_stems(map(str.lower, stems))

    def search(self, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a word of a stretch has one of the stems in it.

        Example:
        >>> [Stems("ectom", "surg").search(text) for text in ("After thyroidectomy", "Neurosurgery", "After resection")]
        [True, True, False]
        """
        places = _BOARD.places(text)[self._owner][0]
        k = bisect_left(places, start)
        return k < len(places) and (end is None or places[k] < end)

    def places(self, text: str, start: int, end: int) -> list[int]:
        """Where the words of a stretch begin that have one of the stems in them."""
        return _within(_BOARD.places(text)[self._owner][0], start, end)


def _within(places: list[int], start: int, end: int) -> list[int]:
    return places[bisect_left(places, start) : bisect_left(places, end)]


def whole_words(words: str, first: set[str] | None = None, flags: re.RegexFlag = re.I) -> Openings:
    r"""The pattern `(?<![\w-])(?:words)(?![\w-])`."""
    return Openings(rf"(?<![\w-])(?:{words})(?![\w-])", first_words(words) if first is None else first, flags)
