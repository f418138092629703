"""A vocabulary file, mapped: term numbers, blocks and the name index; decoding only. `kg.vocab.pack` writes it."""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg import names as iris
from kg.errors import StoreError
from kg.terms.place import remedy
from kg.terms.term import KINDS, TERM_KINDS, Term, normalise, prefix_rank

# The file: MAGIC, length of the header (uint32), header (zlib JSON), blocks (zlib, one term a line), what the blocks of the larger
# vocabularies have in common (zlib), name index.
# Name index: BUCKETS + 1 starts (uint32); of each name 8 bits of its hash; of each name 24 bits: the number of its term, and above it as
# many more bits of the hash as there is room for.
MAGIC = b"KGTERMS2"
NUMBER = 3  # bytes
BUCKETS = 1 << 15
_TWO = struct.Struct("<2I")
# How many terms a search for near spellings compares.
MOST_CANDIDATES = 1500


_BYTES = [bytes((number,)) for number in range(256)]


def name_hash(name: str) -> tuple[int, bytes, int]:
    """Of a normalised name in the name index the bucket, the first 8 bits of its hash, and 9 more."""
    crc = zlib.crc32(name.encode())
    return crc >> 17, _BYTES[crc & 0xFF], crc >> 8 & 0x1FF


def number_bits(count: int) -> int:
    """The bits that the numbers of so many terms need."""
    return (1 << count.bit_length()) - 1


def with_hash(number: int, more: int, bits: int) -> int:
    """The number of a term, with the bits of a name's hash that there is room for above its own bits."""
    return more * (bits + 1) & (1 << 8 * NUMBER) - 1 | number


class VocabularyFile:
    """The mapped file: term numbers, blocks and the name index; decoding only."""

    def __init__(self, path: Path) -> None:
        try:
            with open(path, "rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: cannot read the vocabulary; run {remedy(path)}", path=path) from error
        if self._bytes[: len(MAGIC)] != MAGIC:
            raise StoreError(f"{path}: not a vocabulary of this version; run {remedy(path)}", path=path)
        (length,) = struct.unpack_from("<I", self._bytes, len(MAGIC))
        start = len(MAGIC) + 4
        self.header: dict[str, Any] = json.loads(zlib.decompress(self._bytes[start : start + length]))
        _declare_prefixes(self.header.get("namespaces", {}))
        self.whole = frozenset(self.header["whole"])  # prefixes carried entire
        self._base = start + length
        # prefix → (first block, one past its last block)
        self.ranges: dict[str, tuple[int, int]] = {p: (a, b) for p, a, b in self.header["prefixes"]}
        self._prefixes = [prefix for prefix, (a, b) in self.ranges.items() for _ in range(a, b)]  # of each block
        self._first_terms: list[int] = self.header["first_terms"]  # number of the first term of each block
        self._offsets: list[int] = self.header["offsets"]
        self._first_keys = [tuple(key) for key in self.header["first_keys"]]  # (length of local id, local id)
        self._starts = self._base + self.header["names_at"]
        self._prints = self._starts + 4 * (BUCKETS + 1)
        self._numbers = self._prints + struct.unpack_from("<I", self._bytes, self._prints - 4)[0]
        self._number_bits = number_bits(len(self))
        self._block = lru_cache(maxsize=512)(self._read_block)
        self._common = lru_cache(maxsize=None)(self._read_common)

    def __len__(self) -> int:
        return int(self.header["count"])

    def _raw_block(self, block: int) -> bytes:
        return zlib.decompressobj(zdict=self._common(self._prefixes[block])).decompress(self._packed(block))

    def _read_common(self, prefix: str) -> bytes:
        """What blocks of a vocabulary were compressed with."""
        block = self.header["common"].get(prefix)
        return zlib.decompress(self._packed(block)) if block else b""

    def _packed(self, block: int) -> bytes:
        return self._bytes[self._base + self._offsets[block] : self._base + self._offsets[block + 1]]

    def _read_block(self, block: int) -> list[str]:
        return self._raw_block(block).decode().split("\n")

    def find(self, curie: str) -> Term | None:
        prefix, _, local = curie.partition(":")
        blocks = self.ranges.get(prefix)
        if not blocks or not local:
            return None
        block = bisect_right(self._first_keys, (len(local), local), *blocks) - 1
        if block < blocks[0]:
            return None
        start = local + "\t"
        return next((self._decode(prefix, line) for line in self._block(block) if line.startswith(start)), None)

    def terms(self, prefix: str) -> Iterator[Term]:
        for block in range(*self.ranges.get(prefix, (0, 0))):
            for line in self._read_block(block):
                yield self._decode(prefix, line)

    def named(self, name: str) -> Iterator[tuple[Term, str]]:
        """The terms that bear this normalised name, and the kind of name that it is."""
        for number in self._numbers_of(name):
            term = self._numbered(number)
            kind = next((kind for each, kind in term.names() if normalise(each) == name), None)
            if kind:
                yield term, kind

    def may_name(self, name: str) -> bool:
        """Whether a term may bear this normalised name: a cheap test, that says yes of one other name in a thousand."""
        return bool(self._numbers_of(name))

    def _numbers_of(self, name: str) -> list[int]:
        """The numbers of the terms that may bear a name."""
        bucket, fingerprint, more = name_hash(name)
        first, last = _TWO.unpack_from(self._bytes, self._starts + 4 * bucket)
        at, end, found = self._prints + first, self._prints + last, []
        while (at := self._bytes.find(fingerprint, at, end)) >= 0:
            place = self._numbers + NUMBER * (at - self._prints)
            number = int.from_bytes(self._bytes[place : place + NUMBER], "little")
            term = number & self._number_bits
            if number == with_hash(term, more, self._number_bits):
                found.append(term)
            at += 1
        return found

    def _numbered(self, number: int) -> Term:
        block = bisect_right(self._first_terms, number) - 1
        line = self._block(block)[number - self._first_terms[block]]
        return self._decode(self._prefixes[block], line)

    def resembling(self, wanted: str, prefix: str) -> Iterator[Term]:
        """Terms that share a piece of the wanted name: whoever has at most two slips keeps one of three pieces."""
        third = max(3, -(-len(wanted) // 3))
        pieces = {wanted[i : i + third].encode() for i in range(0, len(wanted) - 2, third)}
        left = MOST_CANDIDATES
        for each, (a, b) in sorted(self.ranges.items(), key=lambda item: prefix_rank(item[0])):
            for block in range(a, b) if prefix in ("", each) else ():
                raw = self._raw_block(block)
                low = raw.lower()
                lines = {low.count(b"\n", 0, at) for piece in pieces for at in _places(low, piece)}
                if lines:
                    all_lines = raw.decode().split("\n")
                    yield from (self._decode(each, all_lines[line]) for line in sorted(lines))
                left -= len(lines)
                if left < 0:
                    return

    def _decode(self, prefix: str, line: str) -> Term:
        """One line of a block; the columns are those that `kg.vocab` writes."""
        local, label, flags, names, *cells = (line + "\t" * 9).split("\t")[:10]
        parents, roles, part_of, broader, replaced_by, same_as = [_curies(prefix, cell) if cell else () for cell in cells]
        synonyms = names.split("\x1f") if names else []
        source, kind = int(flags[1:] or 0), flags[:1]
        return Term(
            f"{prefix}:{local}", label, tuple([each[1:] for each in synonyms]), parents, kind.isupper(), replaced_by,
            self.header["releases"][source], tuple([KINDS[each[0]] for each in synonyms]), roles, part_of, broader, same_as,
            TERM_KINDS[kind.lower()])


def _curies(prefix: str, cell: str) -> tuple[str, ...]:
    return tuple([each if ":" in each else f"{prefix}:{each}" for each in cell.split()])


def _places(text: bytes, piece: bytes) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)

#: The prefixes that a user's vocabulary has declared in this process.
DECLARED: set[str] = set()


def _declare_prefixes(namespaces: dict[str, str]) -> None:
    """Make the prefixes of a user's vocabulary known to `kg.names`; those it knows stay as they are."""
    for prefix, namespace in namespaces.items():
        if prefix not in iris.PREFIXES:
            DECLARED.add(prefix)
            iris.add_prefix(prefix, namespace)
