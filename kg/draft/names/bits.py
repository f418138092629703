"""A set of names as a map of bits: it may say yes of a name that is not in the set, but never no of one that is.

>>> bits = bit_map({"fever", "skin rash"})
>>> may_hold(bits, "fever"), may_hold(bits, "cough")
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

_BYTES = 1 << 18  # of 165,000 names one other in thirteen gets a yes
_UNUSED = 32 - 21  # bits of the checksum that the map has no room for


def beginnings(names: Iterable[str]) -> Iterator[str]:
    """How the names of several words begin: the first word, and of those of more than two words the first two.

    Example:
    >>> list(beginnings(["fever", "skin rash", "loss of hair"]))
    ['skin', 'loss', 'loss of']
    """
    for words in map(str.split, names):
        if len(words) > 1:
            yield words[0]
        if len(words) > 2:
            yield f"{words[0]} {words[1]}"


def bit_map(names: Iterable[str]) -> bytes:
    """The map of a set of normalised names, 256 kB before compression."""
    return add_names(bytes(_BYTES), names)


def add_names(bits: bytes, names: Iterable[str]) -> bytes:
    """The map of a set and some more names."""
    more = bytearray(bits)
    for name in names:
        at = crc32(name.encode()) >> _UNUSED
        more[at >> 3] |= 1 << (at & 7)
    return bytes(more)


def may_hold(bits: bytes, name: str) -> bool:
    """Whether the set of a map may hold a normalised name."""
    at = crc32(name.encode()) >> _UNUSED
    return bits[at >> 3] >> (at & 7) & 1 == 1
