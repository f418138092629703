"""The names of HPO as keys, so that a text's phrases are found by one look-up each.

>>> table = load_tables()
>>> table.exact[phrase_key("haemorrhage of the eye")] == table.exact[phrase_key("ocular hemorrhages")]
True

The compiled file is written by `python -m kg.draft.compile`; where it is missing or older than the vocabulary or the
word lists, the tables are made in memory, which takes some seconds. Those of a user's vocabulary are kept beside it.
"""

from __future__ import annotations

import contextlib
import json
import re
import struct
import zlib
from array import array
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from kg.draft.words import DATA, STOP, keys, number_of, rows_of, singular, stem
from kg.files import write_bytes
from kg.terms import VOCABULARY, vocabulary_file

FILE = Path(__file__).parent.parent / "data" / "draft.bin"
MAGIC = b"KGDRAFT1"
STAMP = 12  # bytes

_JOINED = (
    r"(?:[^\W\d_]{3,}o|mid|hyper|hypo|non|pre|post|anti|micro|macro|mega|poly|oligo|hemi|para|peri|intra|"
    r"inter|extra|sub|supra|infra|re|pan|"
    r"semi|mal|brachy|dys|ante|retro|trans|multi|uni|bi|tri|epi|endo|electro|over|under)[-‐‑][^\W\d_]{3,}"
)
WORD = re.compile(rf"{_JOINED}(?:['’]s\b)?|[^\W\d_]+(?:['’]s\b)?|\d+(?:st|nd|rd|th)?\b|\d+", re.I)
#: One-word names that mean something else more often than not.
AMBIGUOUS = frozenset(word for row in rows_of("ambiguous.tsv") for word in row[0].split())
_FULL = 7  # letters a word needs before its adjective counts as the noun


class Tables(NamedTuple):
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


def words_of(text: str) -> list[str]:
    """The words of a name, prefixes joined to what they belong to.

    Example:
    >>> words_of("Hypo-osmotic state, 2nd")
    ['Hypoosmotic', 'state', '2nd']
    """
    return [tidy(word) for word in WORD.findall(text)]


def tidy(word: str) -> str:
    """A matched word without hyphens and with a plain apostrophe."""
    return word if word.isalpha() else word.replace("’", "'").replace("-", "").replace("‐", "").replace("‑", "")


def phrase_key(text: str) -> int:
    """The exact key of a phrase."""
    return sum(keys(word)[0] for word in words_of(text) if word.lower() not in STOP)


def single_keys(word: str) -> tuple[int, ...]:
    """The keys of a name of one word: its spelling, and its stem where that is long enough to be safe."""
    plain = number_of("'" + singular(word))
    return (plain, number_of('"' + stem(word))) if len(word) >= _FULL and len(stem(word)) > 4 else (plain,)


def stamp() -> bytes:
    """What the tables are made from: the vocabulary's size and first bytes (all bytes of a user's), the word lists, and the
    rules of comparing."""
    digest = blake2b(digest_size=STAMP)
    vocabulary = vocabulary_file()
    with vocabulary.open("rb") as file:
        digest.update(file.read(4096 if vocabulary == VOCABULARY else -1) + str(vocabulary.stat().st_size).encode())
    here = Path(__file__).parent
    for path in (*sorted(DATA.glob("*.tsv")), here / "words.py", here / "tables.py", here / "compile.py"):
        digest.update(path.read_bytes())
    return digest.digest()


def _unpacked(data: bytes) -> dict[int, str]:
    (count,) = struct.unpack_from("<I", data)
    numbers, curies = array("Q"), array("I")
    numbers.frombytes(data[4 : 4 + 8 * count])
    curies.frombytes(data[4 + 8 * count :])
    names = {number: f"HP:{number:07d}" for number in set(curies)}
    return dict(zip(numbers, map(names.__getitem__, curies), strict=True))


@lru_cache(maxsize=1)
def _pieces() -> list[bytes]:
    """The pieces of the compiled file, still packed."""
    vocabulary = vocabulary_file()
    compiled = FILE if vocabulary == VOCABULARY else vocabulary.with_suffix(".draft")
    data = compiled.read_bytes() if compiled.exists() else b""
    at = len(MAGIC) + STAMP
    if data[:at] != MAGIC + stamp():
        from kg.draft.compile import pack
        from kg.terms import load_terms

        data = pack(load_terms())
        if compiled != FILE:
            with contextlib.suppress(OSError):  # a folder that cannot be written to: made anew each time
                write_bytes(compiled, data)
    pieces = []
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        pieces.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return pieces


@lru_cache(maxsize=1)
def names_map() -> bytes:
    """One bit for each hash that a name of the vocabulary has; see `kg.draft.ground`."""
    return zlib.decompress(_pieces()[-1])


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The compiled tables; loaded once."""
    *packed, rest = (zlib.decompress(piece) for piece in _pieces()[:-1])
    exact, loose, single, joined = map(_unpacked, packed)
    more = json.loads(rest)
    readings = {key: tuple(curies) for key, *curies in more["readings"]}
    words = (frozenset(more[part]) for part in ("vocabulary", "sites", "qualities"))
    return Tables(exact, loose, single, joined, readings, more["abbreviations"], *words)
