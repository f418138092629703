"""A set of names as a map of bits: it may say yes of a name that is not in the set, but never no of one that is.

>>> bits = bit_map({"fever", "skin rash"})
>>> may_hold(bits, "fever"), may_hold(bits, "cough")
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.terms import name_hash

_BYTES = 1 << 20  # of half a million names one other word in sixteen gets a yes


def bit_map(names: Iterable[str]) -> bytes:
    """The map of a set of normalised names, 1 MB before compression."""
    bits = bytearray(_BYTES)
    for name in names:
        at = _place(name)
        bits[at >> 3] |= 1 << (at & 7)
    return bytes(bits)


def may_hold(bits: bytes, name: str) -> bool:
    """Whether the set of a map may hold a normalised name."""
    at = _place(name)
    return bool(bits[at >> 3] >> (at & 7) & 1)


def _place(name: str) -> int:
    bucket, fingerprint = name_hash(name)
    return (bucket << 7) | (fingerprint >> 1)
