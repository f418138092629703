"""The names of HPO as keys, so that a text's phrases are found by one look-up each.

>>> from kg.draft.names.phrases import phrase_key
>>> table = load_tables()
>>> table.exact[phrase_key("haemorrhage of the eye")] == table.exact[phrase_key("ocular hemorrhages")]
True

The compiled file is written by `python -m kg.draft.names.compile`; where it is missing or older than the vocabulary or the
word lists, the tables are made in memory, which takes some seconds. Those of a user's vocabulary are kept beside it.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache

from kg.draft.names.packed import FILE, Tables, is_current, pieces_of, unpack, unpack_map
from kg.files import write_bytes
from kg.terms import VOCABULARY, load_terms, vocabulary_file


@lru_cache(maxsize=1)
def _pieces() -> list[bytes]:
    """The pieces of the compiled file, still compressed."""
    vocabulary = vocabulary_file()
    file = FILE if vocabulary == VOCABULARY else vocabulary.with_suffix(".draft")
    data = file.read_bytes() if file.exists() else b""
    if not is_current(data):
        from kg.draft.names.compile import compiled  # only where the file is stale: it is no part of drafting

        data = compiled(load_terms())
        if file != FILE:
            with contextlib.suppress(OSError):  # a folder that cannot be written to: made anew each time
                write_bytes(file, data)
    return pieces_of(data)


@lru_cache(maxsize=1)
def begun_map() -> bytes:
    """The map of how the vocabulary's names of several words begin."""
    return unpack_map(_pieces())


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The compiled tables; loaded once."""
    return unpack(_pieces())
