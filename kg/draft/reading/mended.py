"""A text as its authors wrote it before a page was set: words whole, ligatures undone, sentences not parted by a column.

The readers look at the mended text; what is quoted is the text as given, so each place in the one is known in the other.

>>> page = "He had conﬁrmed con-\\nfusion and well-\\nknown fits."
>>> mended = mend(page)
>>> mended.text
'He had confirmed confusion and well-known fits.'
>>> start = mended.text.find("confusion")
>>> first, last = mended.given(start, start + 9)
>>> page[first:last]
'con-\\nfusion'
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from kg.draft.patterns.lists import word_list
from kg.draft.reading.furniture import page_furniture

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = "[ﬀ-ﬆ]"
#: A word broken at the end of a line, or of a column; a soft hyphen is always of the page.
_BROKEN = rf"(?<![^\W\d_])(?P<first>[^\W\d_]+)(?P<hyphen>[-‐]|\u00ad)[^\S\n]*\n\s*(?P<rest>(?:[a-zß-öø-ÿ]|{_LIGATURE})[^\W\d_]*)"
#: The break of a column in mid-sentence: no full stop before it, a small letter after it.
_PARTED = r"(?<=[a-z,])(?P<gap>[^\S\n]*\n[^\S\n]*\n\s*)(?=[a-z]+[ ,])"
_MEND = re.compile(rf"{_BROKEN}|{_PARTED}|(?P<ligature>{_LIGATURE})")
#: The end of a line, which is found at once, where it may break a word or part a sentence.
_MAY_MEND = re.compile(r"\n(?:(?<=(?:[-‐\u00ad]|[^\S\n])\n)|(?<=[a-z,]\n)[^\S\n]*\n\s*[a-z])")
_SPACE = re.compile(r"\s*")
_MAY_BE_LIGATURE = re.compile(_LIGATURE)
_LONG = 60  # characters of the last line of a column: shorter ones are items of a list
#: First parts of words that keep their hyphen.
_KEPT = word_list("hyphened")


@dataclass(frozen=True)
class Mended:
    """A mended text.

    Attributes:
        text: it.
        places: where in it a stretch begins that was taken over as it is, ascending; `origins`: where that stands in the text as given.
    """

    text: str
    places: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def given(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch stands in the text as given; whole words that were broken there."""
        return self._origin(start), self._origin(end - 1) + 1 if end > start else self._origin(start)

    def _origin(self, at: int) -> int:
        k = bisect_right(self.places, at) - 1
        return self.origins[k] + at - self.places[k]

    def mended(self, origin: int) -> int:
        """Where a place of the text as given stands in the mended one."""
        k = max(0, bisect_left(self.origins, origin) - 1)
        end = self.places[k + 1] if k + 1 < len(self.places) else len(self.text)
        return min(self.places[k] + origin - self.origins[k], end)


class _Making:
    """A mended text that is put together of pieces of the one given."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.places, self.origins, self.length = [0], [0], 0

    def put(self, piece: str, origin: int) -> None:
        """Add a piece that stands, or begins, at this place of the text given."""
        if piece:
            if origin - self.origins[-1] != self.length - self.places[-1]:
                self.places.append(self.length)
                self.origins.append(origin)
            self.pieces.append(piece)
            self.length += len(piece)

    def made(self) -> Mended:
        return Mended("".join(self.pieces), tuple(self.places), tuple(self.origins))


def mend(text: str) -> Mended:
    """The text with broken words joined, ligatures as letters, and sentences that a column break parts made one.

    A hyphen stays where the two parts are words of their own in the text, or the first is one that hyphens follow.
    Running heads and page numbers are left out.
    """
    cut = _without_furniture(text)
    if cut is None:
        return _mend(text)
    mended = _mend(cut.text)
    places, origins = [], []
    for k, (place, origin) in enumerate(zip(mended.places, mended.origins, strict=True)):
        stop = mended.places[k + 1] if k + 1 < len(mended.places) else len(mended.text)
        inside = cut.places[bisect_right(cut.places, origin) : bisect_left(cut.places, origin + stop - place)]
        for at in (origin, *inside):
            places.append(place + at - origin)
            origins.append(cut.given(at, at)[0])
    return Mended(mended.text, tuple(places), tuple(origins))


def _without_furniture(text: str) -> Mended | None:
    """The text without what is of its pages; None where nothing is."""
    lines = page_furniture(text)
    if not lines:
        return None
    making, at = _Making(), 0
    for k, (start, end) in enumerate(lines):
        if end <= at:
            continue  # taken out with the one before
        while k + 1 < len(lines) and not text[end : lines[k + 1][0]].strip():
            k += 1
            end = lines[k][1]
        before, stop = text[at:start].rstrip(), _SPACE.match(text, end).end()  # type: ignore[union-attr]  # matches nothing, too
        parts = bool(re.search(r"(?:[a-zß-öø-ÿ,]|[^\W\d_]-)\Z", before[-2:])) and text[stop : stop + 1].islower()
        making.put(before, at)
        making.put("\n" if parts else "\n\n", at + len(before))
        at = stop
    making.put(text[at:], at)
    made = making.made()
    return made if len(made.text.strip()) > len(text.strip()) / 2 else None  # else it is a list of such lines


def _mend(text: str) -> Mended:
    if not _MAY_MEND.search(text) and (text.isascii() or not _MAY_BE_LIGATURE.search(text)):
        return Mended(text)
    words: frozenset[str] | None = None
    making, at = _Making(), 0
    put = making.put
    for match in _MEND.finditer(text):
        put(text[at : match.start()], at)
        at = match.end()
        if match["ligature"]:
            for letter in _LIGATURES[match["ligature"]]:
                put(letter, match.start())
        elif match["gap"]:
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            put(" " if len(line) >= _LONG and " " in line else match["gap"], match.start())
        else:
            words = _whole_words(text) if words is None else words
            for k, letter in enumerate(match["first"], match.start()):
                for plain in _LIGATURES.get(letter, letter):
                    put(plain, k)
            if match["hyphen"] == "-" and _keeps_hyphen(match["first"].lower(), match["rest"].lower(), words):
                put("-", match.start("hyphen"))
            for k, letter in enumerate(match["rest"], match.start("rest")):
                for plain in _LIGATURES.get(letter, letter):
                    put(plain, k)
    put(text[at:], at)
    return making.made()


def _whole_words(text: str) -> frozenset[str]:
    """The words of a text in small letters, and those of several parts, without the broken ones."""
    whole = re.sub(_BROKEN, " ", text).lower()
    return frozenset(re.findall(r"[^\W\d_]+", whole)) | frozenset(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", whole))


def _keeps_hyphen(first: str, rest: str, words: frozenset[str]) -> bool:
    if first + rest in words:
        return False
    return f"{first}-{rest}" in words or first in _KEPT or len(first) > 2 and len(rest) > 2 and first in words and rest in words
