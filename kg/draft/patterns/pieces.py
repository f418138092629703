"""A text cut at white space. Reports use the same words over and over, so what is known of a piece is remembered.

>>> lengths = Memory(len)
>>> list(lengths.of(pieces("No fever, no pain.")[0]))
[3, 7, 3, 5]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

Value = TypeVar("Value")
_PIECE = re.compile(r"\S+\s*|\s+")
#: How many different pieces are remembered at most: some megabytes.
REMEMBERED = 50_000


@lru_cache(maxsize=8)
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
