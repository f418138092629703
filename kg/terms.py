"""Look-ups over terms: label, synonyms, parents, ancestors, and what replaced a retired id.

A term is written with its label, in the OBO manner, so that the label is a checksum on the id:

>>> terms = load_terms()
>>> terms.check("HP:0025508 ! Gottron's papules").parents
('HP:0200034',)
>>> terms.find_by_name("gottron papules")[0]
('HP:0025508', 'exact')

The packaged vocabulary (`kg/data/vocabulary.bin`, compiled by `kg.vocab`) is memory-mapped and decoded a block at a
time, so opening it costs a few milliseconds and memory grows with use. CURIEs everywhere; no IRIs.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import struct
import sys
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from kg import names as iris
from kg.errors import MislabelledTerm, RetiredTerm, StoreError, TermError, UnknownTerm

VOCABULARY = Path(__file__).parent / "data" / "vocabulary.bin"

# The file: MAGIC, length of the header (uint32), header (zlib JSON), blocks (zlib, one term a line), name index.
# Name index: BUCKETS + 1 starts (uint32), then per name a uint32: an 8-bit fingerprint above a 24-bit term number.
MAGIC = b"KGTERMS1"
BUCKETS = 1 << 16

# How many terms a search for near spellings compares.
MOST_CANDIDATES = 1500

# One letter a kind in the file; the order here is the order in which a search lists them.
KINDS = {"l": "label", "e": "exact", "f": "former", "n": "narrow", "b": "broad", "r": "related"}
KIND_RANK = {kind: rank for rank, kind in enumerate(KINDS.values())}
KIND_LETTER = {kind: letter for letter, kind in KINDS.items()}

# When a name means terms of several vocabularies, the clinic's come first; ChEBI goes before DrugBank on purpose.
PREFIX_ORDER = ("cg", "HP", "MONDO", "CHEBI", "DrugBank", "MAXO", "UBERON", "CL", "GO", "HGNC", "PATO", "UO", "LOINC")
# Vocabularies of which we carry a few cross-references only: their terms come after all others of the same name.
CROSS_REFERENCES = frozenset(("ATC", "DOID", "DRON", "EFO", "MESH", "NCIT", "PR", "RXNORM", "SNOMEDCT",
                              "UniProtKB", "VO", "complexportal", "hgnc.genegroup"))

_TERM_STRING = re.compile(r"^\s*([A-Za-z][\w.]*):(\S+)(?:\s+!\s*(.*?))?\s*$", re.S)
_VARIANTS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u00a0": " "})


class Term(NamedTuple):
    """One term of a public vocabulary, or one of our own (`cg:`).

    `synonyms` and `synonym_kinds` run in parallel. A kind is "exact", "former" (a label of an older release),
    "narrow", "broad" or "related" (also: scope unknown).

    Example:
    >>> Term("cg:Flare", "flare", ("exacerbation",), parents=("cg:Response",)).label
    'flare'
    """

    curie: str
    label: str
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()  # direct is_a
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    source: str = ""  # vocabulary and release, "HPO 2026-02-16"
    synonym_kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()  # direct ChEBI has_role
    part_of: tuple[str, ...] = ()  # direct part_of
    broader: tuple[str, ...] = ()  # direct, but the source does not say whether is_a or part_of
    same_as: tuple[str, ...] = ()  # the same thing in another vocabulary (a drug in ChEBI and DrugBank)
    kind: str = "class"  # or "object property", "data property", "annotation property", "individual"

    def __str__(self) -> str:
        """The term string, `HP:0025508 ! Gottron's papules`."""
        return f"{self.curie} ! {self.label}"

    def names(self) -> Iterator[tuple[str, str]]:
        """Each name with its kind, the label first."""
        if self.label:
            yield self.label, "label"
        kinds = self.synonym_kinds or ("exact",) * len(self.synonyms)
        yield from zip(self.synonyms, kinds, strict=True)


class Source(NamedTuple):
    """Where the terms of one prefix come from."""

    prefix: str
    name: str
    version: str
    licence: str
    url: str


def normalise(name: str) -> str:
    """The form under which names are compared: letter case, spaces and typographic quotes do not count.

    Example:
    >>> normalise("Gottron’s  Papules")
    "gottron's papules"
    """
    return " ".join(name.translate(_VARIANTS).casefold().split())


def parse_term_string(text: str) -> tuple[str, str]:
    """Split a term string into CURIE and label; the label is "" when there is none.

    Raises:
        TermError: the text does not start with a CURIE.

    Example:
    >>> parse_term_string("HP:0025508 ! Gottron's papules")
    ('HP:0025508', "Gottron's papules")
    """
    match = _TERM_STRING.match(text)
    if not match:
        raise TermError(f'"{text}" is not a term; write it as HP:0025508 ! Gottron\'s papules', curie="", label=text)
    prefix, local, label = match.groups()
    return f"{prefix}:{local}", " ".join((label or "").split())


def term_order(curie: str) -> tuple[str, int, str]:
    """The sort key of the vocabulary: by prefix, then numbers by size."""
    prefix, _, local = curie.partition(":")
    return prefix, len(local), local


def name_hash(name: str) -> tuple[int, int]:
    """Bucket and fingerprint of a normalised name in the name index."""
    crc = zlib.crc32(name.encode())
    return crc >> 16, crc & 0xFF


class Terms:
    """All terms that casegraph knows; get one with `load_terms`.

    Example:
    >>> terms = load_terms(extra=[Term("cg:Flare", "flare")])
    >>> terms.term("cg:Flare").label, terms.find_term("HP:9999999")
    ('flare', None)
    """

    def __init__(self, path: Path = VOCABULARY, extra: Iterable[Term] = ()) -> None:
        self._file = _VocabularyFile(path)
        self._extra: dict[str, Term] = {}
        self._extra_names: dict[str, list[str]] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, Term | None] = {}
        for term in extra:
            self._extra[term.curie] = term
            for name, _ in term.names():
                curies = self._extra_names.setdefault(normalise(name), [])
                if term.curie not in curies:
                    curies.append(term.curie)
        prefixes = set(self._file.ranges) | {curie.partition(":")[0] for curie in self._extra}
        self._prefixes = {prefix.lower(): prefix for prefix in sorted(prefixes)}

    def __len__(self) -> int:
        return len(self._file) + len(self._extra)

    def __contains__(self, curie: str) -> bool:
        return self.find_term(curie) is not None

    def __iter__(self) -> Iterator[Term]:
        """All terms, retired ones too, in the order of the vocabulary; `extra` ones first."""
        yield from self._extra.values()
        for prefix in self._file.ranges:
            yield from self._file.terms(prefix)

    def find_term(self, curie: str) -> Term | None:
        """The term of this id, retired or not, or None.

        Example:
        >>> load_terms().find_term("MONDO:0016367").label
        'dermatomyositis'
        """
        if curie not in self._known:
            self._known[curie] = self._extra.get(curie) or self._file.find(curie)
        return self._known[curie]

    def term(self, curie: str) -> Term:
        """The term of this id, retired or not.

        Raises:
            UnknownTerm: there is none; the message suggests a near one.

        Example:
        >>> load_terms().term("HP:0001945").label
        'Fever'
        """
        found = self.find_term(curie)
        if found is None:
            raise self._unknown(curie, "")
        return found

    def ancestors(self, curie: str) -> tuple[str, ...]:
        """All is_a ancestors, nearest first, without the term itself; () when it has none or is unknown.

        Example:
        >>> "HP:0000118" in load_terms().ancestors("HP:0025508")  # Phenotypic abnormality
        True
        """
        if curie not in self._ancestors:
            self._ancestors[curie] = self._walk(curie, lambda term: term.parents)
        return self._ancestors[curie]

    def roles(self, curie: str) -> tuple[str, ...]:
        """The ChEBI roles stated for the term itself; walk `ancestors` of the term, and of the role, for the rest.

        Example:
        >>> "CHEBI:35705" in load_terms().roles("CHEBI:8378")  # prednisolone: immunosuppressive agent
        True
        """
        found = self.find_term(curie)
        return found.roles if found else ()

    def part_of(self, curie: str) -> tuple[str, ...]:
        """The wholes that the term is stated to be a direct part of.

        Example:
        >>> load_terms().part_of("UBERON:0001992")  # papillary layer of dermis: dermis
        ('UBERON:0002067',)
        """
        found = self.find_term(curie)
        return found.part_of if found else ()

    def within(self, curie: str) -> tuple[str, ...]:
        """All that the term lies in or is a kind of, nearest first: is_a and part_of together, for roll-ups of sites.

        Example:
        >>> "UBERON:0002097" in load_terms().within("UBERON:0001992")  # papillary layer of dermis: skin of body
        True
        """
        return self._walk(curie, lambda term: (*term.parents, *term.part_of, *term.broader))

    def _walk(self, curie: str, step: Callable[[Term], tuple[str, ...]]) -> tuple[str, ...]:
        seen: dict[str, None] = {}
        level = [curie]
        while level:
            above: dict[str, None] = {}
            for each in level:
                term = self.find_term(each)
                for parent in step(term) if term else ():
                    if parent not in seen and parent != curie:
                        above[parent] = None
            seen.update(above)
            level = list(above)
        return tuple(seen)

    def find_by_name(self, text: str) -> list[tuple[str, str]]:
        """The terms that bear this name: (CURIE, kind), labels first, retired terms last.

        Letter case and spaces do not count. Ids of vocabularies that we only cross-refer to (ATC, MeSH) come after
        the others. A drug that stands in ChEBI and in DrugBank is listed under both, its ChEBI id just before the
        DrugBank one.

        Example:
        >>> load_terms().find_by_name("heliotrope rash of  Eyelid")
        [('HP:0030845', 'label')]
        """
        name = normalise(text)
        hits = [(curie, self._extra[curie]) for curie in self._extra_names.get(name, ())]
        hits += [(term.curie, term) for term in self._file.named(name) if term.curie not in self._extra]
        found = []
        for curie, term in hits:
            kind = next(kind for each, kind in term.names() if normalise(each) == name)
            rank = _prefix_rank(curie)
            order = (term.obsolete, rank > len(PREFIX_ORDER), KIND_RANK[kind], rank, term_order(curie))
            found.append((order, term, kind))
        found.sort(key=lambda hit: hit[0])
        return _chebi_before_drugbank([(term, kind) for _, term, kind in found])

    def names(self, prefix: str) -> Iterator[tuple[str, str, str]]:
        """Each name of the current (not retired) terms of one prefix: (name as written in the source, CURIE, kind).

        Example:
        >>> next(load_terms().names("HP"))
        ('All', 'HP:0000001', 'label')
        """
        for term in self._terms_of(prefix):
            if not term.obsolete:
                for name, kind in term.names():
                    yield name, term.curie, kind

    def _terms_of(self, prefix: str) -> Iterator[Term]:
        yield from (term for curie, term in self._extra.items() if curie.startswith(prefix + ":"))
        yield from self._file.terms(prefix)

    def suggest(self, text: str, n: int = 3, prefix: str = "") -> list[Term]:
        """The current terms whose label or synonym comes nearest in spelling, best first; at most `n`.

        Looks at a bounded number of candidates, so on a common word it may miss one; the bound is a count and not a
        time, so that the same text always gets the same answer. With `prefix`, only terms of that vocabulary.

        Example:
        >>> load_terms().suggest("Gotrons papules", n=1)[0].curie
        'HP:0025508'
        """
        return [term for _, term in self._nearest(text, n, prefix)]

    def _nearest(self, text: str, n: int, prefix: str) -> list[tuple[float, Term]]:
        if re.fullmatch(r"[A-Za-z.]+[:_]\w+", text):
            term = self.find_term(self._mend_curie(text))
            return [(1.0, term)] if term and not term.obsolete else []
        wanted = normalise(text)
        matcher = SequenceMatcher(b=wanted, autojunk=False)
        scored: dict[str, tuple[float, Term]] = {}
        exact = (self.term(curie) for curie, _ in self.find_by_name(text))
        candidates = [t for t in (*exact, *self._extra.values()) if not prefix or t.curie.startswith(prefix + ":")]
        candidates += self._file.resembling(wanted, prefix)
        for term in candidates:
            if term.obsolete:
                continue
            score = max((_likeness(matcher, wanted, normalise(name)) for name, _ in term.names()), default=0.0)
            if score > scored.get(term.curie, (0.6, term))[0]:
                scored[term.curie] = score, term
        order = sorted(scored.values(), key=lambda s: (-s[0], _prefix_rank(s[1].curie), term_order(s[1].curie)))
        return order[:n]

    def _mend_curie(self, text: str) -> str:
        """HP_25508 → HP:0025508: the separator, the case of the prefix and leading zeros."""
        prefix, _, local = text.replace("_", ":", 1).partition(":")
        prefix = self._prefixes.get(prefix.lower(), prefix)
        return f"{prefix}:{local.zfill(7)}" if f"{prefix}:{local}" not in self else f"{prefix}:{local}"

    def sources(self) -> list[Source]:
        """Where the packaged terms come from, one row for each prefix and source.

        Example:
        >>> next(source.version for source in load_terms().sources() if source.prefix == "HP")
        '2026-02-16'
        """
        return [Source(*row) for row in self._file.header["sources"]]

    @property
    def whole_prefixes(self) -> frozenset[str]:
        """The prefixes whose vocabulary is packaged entire; of the others we carry single terms."""
        return self._file.whole

    def check(self, text: str) -> Term:
        """The term that a term string names, when id and label are both right.

        Raises:
            UnknownTerm: no term has this id.
            RetiredTerm: the id is obsolete.
            MislabelledTerm: the label is missing, or is not the current label of this id, letter for letter.
            TermError: not a term string.

        Example:
        >>> load_terms().check("HP:0001882 ! Leukopenia")
        Traceback (most recent call last):
        kg.errors.MislabelledTerm: HP:0001882 is "Decreased total leukocyte count" (you wrote a synonym "Leukopenia")
        """
        curie, label = parse_term_string(text)
        term = self.find_term(curie)
        if term is None:
            raise self._unknown(curie, label)
        if term.obsolete:
            raise self._retired(term, label)
        if label != term.label:
            raise self._mislabelled(term, label)
        return term

    def _unknown(self, curie: str, label: str) -> UnknownTerm:
        prefix, _, local = curie.partition(":")
        right = self._prefixes.get(prefix.lower())
        if right is None:
            known = ", ".join(sorted(self._prefixes.values(), key=lambda p: (_prefix_rank(p), p))[:12])
            return UnknownTerm(f"{curie}: no vocabulary has the prefix {prefix}; use one of {known}, ...",
                               curie=curie, label=label, suggestions=[])
        if right != prefix:
            term = self.find_term(f"{right}:{local}")
            hint = f"{right}:{local}" if term is None else str(term)
            return UnknownTerm(f"{curie} does not exist; the prefix is {right}: write {hint}",
                               curie=curie, label=label, suggestions=[term] if term else [])
        near = self._meant(label, prefix) if label else self.suggest(curie)
        missing = "does not exist" if prefix in self._file.whole else "is not in the vocabulary"
        return UnknownTerm(f"{curie} {missing}{_did_you_mean(near)}", curie=curie, label=label, suggestions=near)

    def _retired(self, term: Term, label: str) -> RetiredTerm:
        successors = [found for curie in term.replaced_by if (found := self.find_term(curie))]
        if successors:
            message = f"{term.curie} is retired; use {' or '.join(map(str, successors))}"
        else:
            successors = self._meant(label or term.label, term.curie.partition(":")[0])
            message = f"{term.curie} is retired, with no replacement named{_did_you_mean(successors)}"
        return RetiredTerm(message, curie=term.curie, label=label, suggestions=successors)

    def _mislabelled(self, term: Term, label: str) -> MislabelledTerm:
        is_called = f'{term.curie} is "{term.label}"'
        own = next((kind for name, kind in term.names() if normalise(name) == normalise(label)), "")
        near: list[Term] = [term]
        if not label:
            message = f"{term.curie} has no label beside it; write {term}"
        elif own == "label":
            message = f'{is_called}, letter for letter (you wrote "{label}")'
        elif own == "former":
            message = f'{is_called} since it was renamed (you wrote its former label "{label}")'
        elif own:
            message = f'{is_called} (you wrote a synonym "{label}")'
        else:
            near = self._meant(label, term.curie.partition(":")[0])
            others = [] if near == [term] else near
            message = f'{is_called}, not "{label}"; write that label{_did_you_mean(others, ", or did you mean")}'
        return MislabelledTerm(message, curie=term.curie, label=label, suggestions=near)

    def _meant(self, label: str, prefix: str) -> list[Term]:
        """The current terms that a label may mean: so named in this vocabulary, else in another, else near spellings."""
        named = [term for curie, _ in self.find_by_name(label) if not (term := self.term(curie)).obsolete]
        here = [term for term in named if term.curie.startswith(prefix + ":")]
        if named:
            return here[:3] or named[:1]
        near = self._nearest(label, 1, prefix)
        return [term for _, term in near] if near and near[0][0] >= 0.7 else self.suggest(label, 1)


def _prefix_rank(curie: str) -> int:
    prefix = curie.partition(":")[0]
    if prefix in PREFIX_ORDER:
        return PREFIX_ORDER.index(prefix)
    return len(PREFIX_ORDER) + (prefix in CROSS_REFERENCES)


def _chebi_before_drugbank(hits: list[tuple[Term, str]]) -> list[tuple[str, str]]:
    """The hits as (CURIE, kind), the ChEBI id of a drug moved to just before its DrugBank id."""
    kinds = {term.curie: kind for term, kind in hits}
    order: dict[str, None] = {}
    for term, _ in hits:
        if term.curie.startswith("DrugBank:"):
            order.update(dict.fromkeys(same for same in term.same_as if same in kinds))
        order[term.curie] = None
    return [(curie, kinds[curie]) for curie in order]


def _did_you_mean(terms: list[Term], lead: str = "; did you mean") -> str:
    return f"{lead} {' or '.join(map(str, terms))}?" if terms else ""


def _likeness(matcher: SequenceMatcher[str], wanted: str, name: str) -> float:
    """0 to 1: how alike two names are; a name that only says more than the wanted one counts as near."""
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
        score = 0.0
    else:
        score = matcher.ratio()
    if len(wanted) > 5 and wanted in name:  # "heliotrope rash" in "heliotrope rash of eyelid"
        score = max(score, 0.75 + 0.2 * len(wanted) / len(name))
    return score


def _remedy(path: Path) -> str:
    mine = path in (user_vocabulary(), Path(os.environ.get("CASEGRAPH_VOCABULARY") or VOCABULARY))
    return "kg vocab build, or delete it and unset CASEGRAPH_VOCABULARY" if mine and path != VOCABULARY else "python ontology/imports/update.py"


class _VocabularyFile:
    """The mapped file: term numbers, blocks and the name index; decoding only."""

    def __init__(self, path: Path) -> None:
        try:
            with open(path, "rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: cannot read the vocabulary; run {_remedy(path)}", path=path) from error
        if self._bytes[: len(MAGIC)] != MAGIC:
            raise StoreError(f"{path}: not a vocabulary of this version; run {_remedy(path)}", path=path)
        (length,) = struct.unpack_from("<I", self._bytes, len(MAGIC))
        start = len(MAGIC) + 4
        self.header = json.loads(zlib.decompress(self._bytes[start : start + length]))
        _declare_prefixes(self.header.get("namespaces", {}))
        self.whole = frozenset(self.header["whole"])  # prefixes carried entire
        self._base = start + length
        # prefix → (first block, one past its last block)
        self.ranges: dict[str, tuple[int, int]] = {p: (a, b) for p, a, b in self.header["prefixes"]}
        self._first_terms: list[int] = self.header["first_terms"]  # number of the first term of each block
        self._offsets: list[int] = self.header["offsets"]
        self._first_keys = [tuple(key) for key in self.header["first_keys"]]  # (length of local id, local id)
        self._starts = self._base + self.header["names_at"]
        self._entries = self._starts + 4 * (BUCKETS + 1)
        self._block = lru_cache(maxsize=512)(self._read_block)

    def __len__(self) -> int:
        return int(self.header["count"])

    def _raw_block(self, block: int) -> bytes:
        a, b = self._offsets[block], self._offsets[block + 1]
        return zlib.decompress(self._bytes[self._base + a : self._base + b])

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

    def named(self, name: str) -> Iterator[Term]:
        """The terms that bear this normalised name."""
        bucket, fingerprint = name_hash(name)
        first, last = struct.unpack_from("<2I", self._bytes, self._starts + 4 * bucket)
        for (entry,) in struct.iter_unpack("<I", self._bytes[self._entries + 4 * first : self._entries + 4 * last]):
            if entry >> 24 == fingerprint:
                term = self._numbered(entry & 0xFFFFFF)
                if any(normalise(each) == name for each, _ in term.names()):
                    yield term

    def _numbered(self, number: int) -> Term:
        block = bisect_right(self._first_terms, number) - 1
        line = self._block(block)[number - self._first_terms[block]]
        return self._decode(self._prefix_of(block), line)

    def _prefix_of(self, block: int) -> str:
        return next(prefix for prefix, (a, b) in self.ranges.items() if a <= block < b)

    def resembling(self, wanted: str, prefix: str) -> Iterator[Term]:
        """Terms that share a piece of the wanted name: whoever has at most two slips keeps one of three pieces."""
        third = max(3, -(-len(wanted) // 3))
        pieces = {wanted[i : i + third].encode() for i in range(0, len(wanted) - 2, third)}
        left = MOST_CANDIDATES
        for each, (a, b) in sorted(self.ranges.items(), key=lambda item: _prefix_rank(item[0])):
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
        (local, label, flags, names, parents, roles, part_of, broader, replaced_by, same_as) = (
            line + "\t" * 9).split("\t")[:10]

        def curies(cell: str) -> tuple[str, ...]:
            return tuple(each if ":" in each else f"{prefix}:{each}" for each in cell.split())

        synonyms = names.split("\x1f") if names else []
        source, kind = int(flags[1:] or 0), flags[:1]
        return Term(
            f"{prefix}:{local}", label, tuple(each[1:] for each in synonyms), curies(parents), kind.isupper(),
            curies(replaced_by), self.header["releases"][source], tuple(KINDS[each[0]] for each in synonyms),
            curies(roles), curies(part_of), curies(broader), curies(same_as), TERM_KINDS[kind.lower()])


TERM_KINDS = {"c": "class", "o": "object property", "d": "data property", "a": "annotation property", "i": "individual"}


def _places(text: bytes, piece: bytes) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)


@lru_cache(maxsize=4)
def _opened(path: Path) -> Terms:
    return Terms(path)


def user_vocabulary() -> Path:
    """Where a user's own vocabulary lies by default, whether or not there is one: in the platform's settings folder."""
    if sys.platform == "win32":
        home = os.environ.get("APPDATA") or os.path.expanduser("~")
    elif sys.platform == "darwin":
        home = os.path.expanduser("~/Library/Application Support")
    else:
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home, "casegraph", VOCABULARY.name)


def vocabulary_file() -> Path:
    """The vocabulary in use: what CASEGRAPH_VOCABULARY names (set but empty: the packaged one), else the user's, else the
    packaged one. Looked up once for each setting of the environment.
    """
    named = os.environ.get("CASEGRAPH_VOCABULARY")
    if named is not None:
        return Path(named) if named else VOCABULARY
    return _default_file(*map(os.environ.get, ("HOME", "XDG_CONFIG_HOME", "APPDATA")))


@lru_cache(maxsize=16)
def _default_file(*_: str | None) -> Path:
    user = user_vocabulary()
    return user if user.is_file() else VOCABULARY


def forget_vocabulary() -> None:
    """Look the vocabulary up and open it anew at the next `load_terms`; for who has just written one."""
    _default_file.cache_clear()
    _opened.cache_clear()


#: The prefixes that a user's vocabulary has declared in this process.
DECLARED: set[str] = set()


def _declare_prefixes(namespaces: dict[str, str]) -> None:
    """Make the prefixes of a user's vocabulary known to `kg.names`; those it knows stay as they are."""
    for prefix, namespace in namespaces.items():
        if prefix not in iris.PREFIXES:
            DECLARED.add(prefix)
            iris.add_prefix(prefix, namespace)


def load_terms(path: str | Path | None = None, extra: Iterable[Term] = ()) -> Terms:
    """The vocabulary in use (opened once), or another file; with `extra` terms of our own on top.

    Args:
        path: a file written by `kg.vocab`; None means `vocabulary_file()`: the user's where there is one, else the
            packaged one.
        extra: terms to add, say the classes of `ontology/`; they win over a packaged term of the same id.
    Raises:
        StoreError: the file is missing or of another version.

    Example:
    >>> load_terms().term("CHEBI:8378").label
    'prednisolone'
    """
    extra = tuple(extra)
    file = Path(path) if path else vocabulary_file()
    return Terms(file, extra) if extra else _opened(file)
