"""A text → its words and signs, each with what the tables know of it.

Each token has a code of one letter, so that a text is also one string of codes, on which patterns tell at once where
names can stand:

    S Q H   a word of some name: a part of the body, how a part is, anything else; C where that does not count
    G B     a word that only grades or places a finding; B where it is a part of the body too
    x p o   a stop word; p one that parts a finding from what follows; o one that leads on to its site
    ,       "and", "or", a comma and the like
    -       a word of no name
    ( )     a bracket
    . !     any other sign; ! where a sentence ends

>>> from kg.draft.names.tables import load_tables
>>> tokens = Tokeniser(load_tables()).read("She had short, broad fingers.")
>>> tokens.codes, [word.text for word in tokens.words]
('xpQ,QS!', ['She', 'had', 'short', ',', 'broad', 'fingers', '.'])
"""

from __future__ import annotations

import re
from itertools import chain, repeat
from operator import add
from typing import NamedTuple

from kg.draft.names.packed import Tables
from kg.draft.names.phrases import AMBIGUOUS, WORD, single_keys, tidy
from kg.draft.names.words import ADJECTIVES, GRADES, LABORATORY, PARTING, STOP, VERBS, keys, stem
from kg.draft.patterns.lists import word_list
from kg.draft.patterns.pieces import Memory, pieces

#: Codes of the words that a name is looked for with and without.
GRADING = frozenset("GB")
CONJUNCTIONS = frozenset(("and", "or", "nor", ",", "/", "&", "plus"))
#: Words that lead from a finding to its site: `bleeding from the gums`, `ulcers on the legs`.
BRIDGES = frozenset(("from", "on", "over"))

#: Words written short with a full stop that ends no sentence, and words in -ly that are no adverbs.
SHORTENED, NO_ADVERBS = word_list("shortened"), word_list("noadverbs")

_TOKEN = re.compile(rf"{WORD.pattern}|[.;:?!,/()\[\]+<>=%&]", re.I)
_SIGNS = {";": "!", "?": "!", "!": "!", "(": "(", "[": "(", ")": ")", "]": ")"}
_PARAGRAPH = re.compile(r"\n\s*\n")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


class Hit(NamedTuple):
    """A mention: offsets, id, and the places (token numbers) that carry it."""

    start: int
    end: int
    curie: str
    places: frozenset[int]
    rank: int  # 0 exact, 1 loose, 2 put together over "and", ...


class Word(NamedTuple):
    """What is known of a word wherever it stands."""

    text: str
    code: str  # see above
    exact: int  # its keys
    loose: int
    adjective: bool
    number: int  # 1 to 5 for a digit's number, else 0
    alone: tuple[str, ...]  # the terms that it names by itself
    marked: bool  # whether it has a number or names a term


#: That ends a sentence.
_FULL_STOP = Word(".", "!", 0, 0, False, 0, (), False)


class Tokens:
    """The tokens of a text.

    Attributes:
        words: what is known of each.
        starts: its offset in the text.
        codes: one letter each.
        alone: the numbers of those that name a term by themselves, ascending.
        numbers: the numbers of those that are a digit's number, ascending.
    """

    def __init__(self, words: list[Word], starts: list[int]) -> None:
        self.words, self.starts = words, starts
        self.codes = "".join([word.code for word in words])
        marked = [i for i, word in enumerate(words) if word.marked]
        self.alone = [i for i in marked if words[i].alone]
        self.numbers = [i for i in marked if words[i].number]

    def touch(self, place: int) -> bool:
        """Whether one sign, a space or a hyphen, parts a token from the next."""
        return self.starts[place + 1] - self.starts[place] - len(self.words[place].text) == 1

    def hit(self, places: list[int], curie: str, rank: int) -> Hit:
        """A mention that these tokens carry, in text order."""
        first, last = places[0], places[-1]
        start, end = self.starts[first], self.starts[last] + len(self.words[last].text)
        return Hit(start, end, curie, frozenset(places), rank)


class Tokeniser:
    """Reads texts; what it has learned of a piece of text it keeps for the next time."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._known = Memory(self._word)
        self._pieces = Memory(self._piece)

    def read(self, text: str) -> Tokens:
        return Tokens(*self.words(text))

    def words(self, text: str) -> tuple[list[Word], list[int]]:
        """The words and signs of a text, and their offsets."""
        cut, starts = pieces(text)
        known = list(self._pieces.of(cut))
        words = list(chain.from_iterable([words for words, _ in known]))
        offsets = chain.from_iterable([offsets for _, offsets in known])
        befores = chain.from_iterable(map(repeat, starts, [len(words) for words, _ in known]))
        return words, list(map(add, befores, offsets))

    def _piece(self, piece: str) -> tuple[tuple[Word, ...], tuple[int, ...]]:
        """The tokens of a piece, and their offsets in it."""
        black = piece.rstrip()
        if black.isalpha():  # most pieces
            words, offsets = [self._known[black]], [0]
        else:
            matches = list(_TOKEN.finditer(black))
            words, offsets = [self._known[match.group()] for match in matches], [match.start() for match in matches]
            ends = black.endswith(".") and piece[len(black) : len(black) + 1] in " \n\t\r"
            if ends and not (len(words) > 1 and words[-2].text.lower() in SHORTENED):
                words[-1] = _FULL_STOP
        gap = _PARAGRAPH.search(piece, len(black)) if len(piece) - len(black) > 1 else None
        if gap:
            words.append(Word(gap.group(), "!", 0, 0, False, 0, (), False))
            offsets.append(gap.start())
        return tuple(words), tuple(offsets)

    def _word(self, text: str) -> Word:
        low = text.lower()
        number = int(stem(text)) if stem(text) in {"1", "2", "3", "4", "5"} else _ROMAN.get(text, 0)
        code = self._sign(text, low)
        if code:
            return Word(text, code, 0, 0, False, number, (), number > 0)
        exact, loose = keys(tidy(text))
        code = self._code(low, exact)
        short = self.tables.abbreviations.get(text)
        alone = (short,) if short and code in "-SQHGB" else ()
        if code in "SQH" and (curie := self._single(tidy(text))):
            alone = (*alone, curie)
        adjective = code in "SQHGB" and bool(ADJECTIVES.match(text))
        return Word(text, code, exact, loose, adjective, number, alone, number > 0 or bool(alone))

    def _sign(self, text: str, low: str) -> str:
        """The code of what is no word of a name, "" for others."""
        if low in CONJUNCTIONS:
            return ","
        if not text[0].isalnum():
            return _SIGNS.get(text, ".")
        if low in STOP and text != "I":
            return ("o" if low in BRIDGES else "p") if low in PARTING else "x"
        return ""

    def _code(self, low: str, exact: int) -> str:
        t = self.tables
        if low in VERBS:
            return "-"
        if low in GRADES or low in LABORATORY:
            return "B" if exact in t.sites else "G"
        if exact in t.vocabulary:
            return "S" if exact in t.sites else "Q" if exact in t.qualities else "H"
        return "x" if low.endswith("ly") and low not in NO_ADVERBS else "-"

    def _single(self, word: str) -> str | None:
        """The term that a word names by itself."""
        if word.lower() in AMBIGUOUS:
            return None
        return next((curie for key in single_keys(word) if (curie := self.tables.single.get(key))), None)
