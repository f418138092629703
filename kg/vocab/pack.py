"""Terms → the file that `kg.terms` maps."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.terms import Source, Term, normalise, term_order
from kg.terms.file import BUCKETS, MAGIC, NUMBER, name_hash, number_bits, with_hash
from kg.terms.term import KIND_LETTER, TERM_KINDS

BLOCK = 160  # terms in a block: small enough to decode in a blink, large enough to compress
COMMON, EXAMPLES = 1 << 15, 200  # bytes of what the blocks of a vocabulary are compressed with, and of how many of its terms that is made
KIND_CODE = {name: letter for letter, name in TERM_KINDS.items()}


def pack(terms: Iterable[Term], sources: Iterable[Source], out: Path, *, whole: Iterable[str] = (),
         more: Mapping[str, object] | None = None) -> None:
    """Write the terms as `kg.terms` reads them; the same terms give the same bytes.

    Args:
        whole: the prefixes whose vocabulary is carried entire, so that an id not found does not exist.
        more: for the header of a user's vocabulary, see `kg.vocab.user`."""
    ordered = sorted(terms, key=lambda term: term_order(term.curie))
    releases = sorted({term.source for term in ordered})
    blocks, offsets = bytearray(), [0]
    prefixes: list[tuple[str, int, int]] = []  # prefix, its first block, one past its last
    first_terms: list[int] = []
    first_keys: list[tuple[int, str]] = []
    raw: list[bytes] = []
    for start, end in _block_bounds(ordered):
        prefix, length, local = term_order(ordered[start].curie)
        if not prefixes or prefixes[-1][0] != prefix:
            prefixes.append((prefix, len(first_terms), len(first_terms)))
        prefixes[-1] = (prefix, prefixes[-1][1], len(first_terms) + 1)
        first_terms.append(start)
        first_keys.append((length, local))
        raw.append("\n".join(_line(term, prefix, releases) for term in ordered[start:end]).encode())
    common = {prefix: _common(raw[a:b]) for prefix, a, b in prefixes if b - a > 5}
    for prefix, a, b in prefixes:
        for block in raw[a:b]:
            packer = zlib.compressobj(9, zdict=common.get(prefix, b""))
            blocks += packer.compress(block) + packer.flush()
            offsets.append(len(blocks))
    for each in common.values():
        blocks += zlib.compress(each, 9)
        offsets.append(len(blocks))
    header = {"count": len(ordered), "releases": releases, "sources": [list(source) for source in sources],
              "prefixes": prefixes, "first_terms": first_terms, "first_keys": first_keys, "offsets": offsets,
              "common": {prefix: len(raw) + n for n, prefix in enumerate(common)}, "names_at": len(blocks), "whole": sorted(whole), **(more or {})}
    packed_header = zlib.compress(json.dumps(header, separators=(",", ":")).encode(), 9)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".part")
    partial.write_bytes(MAGIC + struct.pack("<I", len(packed_header)) + packed_header + blocks + _name_index(ordered))
    partial.replace(out)  # a reader has the old file mapped, or the new one, never half of one


def _block_bounds(ordered: list[Term]) -> Iterator[tuple[int, int]]:
    """(start, end) of each block; a block holds one prefix only."""
    start = 0
    for end in range(1, len(ordered) + 1):
        prefix = ordered[start].curie.partition(":")[0]
        if end == len(ordered) or end - start == BLOCK or ordered[end].curie.partition(":")[0] != prefix:
            yield start, end
            start = end


def _common(blocks: list[bytes]) -> bytes:
    """Terms from all over a vocabulary: what the others share with them need not be stored again."""
    lines = b"\n".join(blocks).split(b"\n")
    return b"\n".join(lines[:: max(1, len(lines) // EXAMPLES)])[:COMMON]


def _line(term: Term, prefix: str, releases: list[str]) -> str:
    def short(curies: tuple[str, ...]) -> str:
        return " ".join(curie.removeprefix(prefix + ":") for curie in curies)

    code = KIND_CODE[term.kind]
    synonyms = (KIND_LETTER[kind] + name for name, kind in term.names() if kind != "label")
    flags = (code.upper() if term.obsolete else code) + str(releases.index(term.source))
    cells = (term.curie.partition(":")[2], term.label, flags, "\x1f".join(synonyms),
             short(term.parents), short(term.roles), short(term.part_of), short(term.broader),
             short(term.replaced_by), short(term.same_as))
    return "\t".join(cells).rstrip("\t")


def _name_index(ordered: list[Term]) -> bytes:
    buckets: list[list[tuple[bytes, int]]] = [[] for _ in range(BUCKETS)]
    bits = number_bits(len(ordered))
    for number, term in enumerate(ordered):
        for name in {normalise(name) for name, _ in term.names()}:
            bucket, fingerprint, more = name_hash(name)
            buckets[bucket].append((fingerprint, with_hash(number, more, bits)))
    starts = [0]
    for full in buckets:
        starts.append(starts[-1] + len(full))
    entries = [entry for full in buckets for entry in sorted(full)]
    prints = b"".join(fingerprint for fingerprint, _ in entries)
    return struct.pack(f"<{len(starts)}I", *starts) + prints + b"".join(number.to_bytes(NUMBER, "little") for _, number in entries)
