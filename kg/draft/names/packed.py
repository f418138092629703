"""The tables of names as one file of bytes, and back.

The file: MAGIC, the stamp of what it was made from, then pieces (length as uint32, zlib): four tables of keys and ids,
the rest as JSON, and the bit map of how the names of several words begin.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from kg.draft.patterns.lists import DATA
from kg.terms import VOCABULARY, vocabulary_file

FILE = Path(__file__).parents[2] / "data" / "draft.bin"
MAGIC = b"KGDRAFT2"
STAMP = 12  # bytes


@dataclass(frozen=True)
class Tables:
    """Phrase keys → HPO ids."""

    exact: dict[int, str]
    loose: dict[int, str]
    single: dict[int, str]  # names of one word
    joined: dict[int, str]  # names with "and", "or", "with" and the like in them
    readings: dict[int, tuple[str, ...]]  # names that stand for several terms
    abbreviations: dict[str, str]
    vocabulary: frozenset[int]  # every word of a name
    sites: frozenset[int]  # parts of the body
    qualities: frozenset[int]  # how a part can be

    @cached_property
    def sums(self) -> frozenset[int]:
        """Every key, exact, loose or joined: what is no such sum is no name."""
        return frozenset(self.exact.keys() | self.loose.keys() | self.joined.keys())


def stamp() -> bytes:
    """What the tables are made from: the vocabulary's size and first bytes (all bytes of a user's), the word lists, and the
    rules of comparing."""
    digest = blake2b(digest_size=STAMP)
    vocabulary = vocabulary_file()
    with vocabulary.open("rb") as file:
        digest.update(file.read(4096 if vocabulary == VOCABULARY else -1) + str(vocabulary.stat().st_size).encode())
    here = Path(__file__).parent
    for path in (*sorted(DATA.glob("*.tsv")), *(here / name for name in ("words.py", "phrases.py", "packed.py", "bits.py", "compile.py"))):
        digest.update(path.read_bytes())
    return digest.digest()


def pack(tables: Tables, begun: bytes) -> bytes:
    """Tables and bit map as one file; the same bytes for the same tables."""
    rest = {
        "readings": [[key, *curies] for key, curies in sorted(tables.readings.items())],
        "abbreviations": dict(sorted(tables.abbreviations.items())),
        **{part: sorted(getattr(tables, part)) for part in ("vocabulary", "sites", "qualities")},
    }
    pieces = [*map(_packed, (tables.exact, tables.loose, tables.single, tables.joined)), json.dumps(rest).encode(), begun]
    out = MAGIC + stamp()
    for piece in pieces:
        small = zlib.compress(piece, 9)
        out += struct.pack("<I", len(small)) + small
    return out


def is_current(data: bytes) -> bool:
    """Whether a file is one of today's vocabulary, lists and rules."""
    return data[: len(MAGIC) + STAMP] == MAGIC + stamp()


def pieces_of(data: bytes) -> list[bytes]:
    """The pieces of a file, still compressed."""
    at, pieces = len(MAGIC) + STAMP, []
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        pieces.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return pieces


def unpack(pieces: list[bytes]) -> Tables:
    """The tables out of the pieces of a file."""
    *packed, rest = (zlib.decompress(piece) for piece in pieces[:-1])
    exact, loose, single, joined = map(_unpacked, packed)
    more = json.loads(rest)
    readings = {key: tuple(curies) for key, *curies in more["readings"]}
    words = (frozenset(more[part]) for part in ("vocabulary", "sites", "qualities"))
    return Tables(exact, loose, single, joined, readings, more["abbreviations"], *words)


def unpack_map(pieces: list[bytes]) -> bytes:
    """The bit map out of the pieces of a file."""
    return zlib.decompress(pieces[-1])


def _packed(table: dict[int, str]) -> bytes:
    numbers = sorted(table)
    return struct.pack("<I", len(numbers)) + array("Q", numbers).tobytes() + array("I", [int(table[key][3:]) for key in numbers]).tobytes()


def _unpacked(data: bytes) -> dict[int, str]:
    (count,) = struct.unpack_from("<I", data)
    numbers, curies = array("Q"), array("I")
    numbers.frombytes(data[4 : 4 + 8 * count])
    curies.frombytes(data[4 + 8 * count :])
    names = {number: f"HP:{number:07d}" for number in set(curies)}
    return dict(zip(numbers, map(names.__getitem__, curies), strict=True))
