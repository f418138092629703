"""Make the tables of names (`kg.draft.names.packed`) from the vocabulary and the word lists, and pack them into one file.

Run `python -m kg.draft.names.compile` after the vocabulary or a list in `data/` has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.draft.names.bits import beginnings, bit_map
from kg.draft.names.packed import FILE, Tables, pack
from kg.draft.names.phrases import AMBIGUOUS, JOINING, meaning_words, phrase_key, single_keys, words_of
from kg.draft.names.words import GRADES, LABORATORY, PARTING, STOP, keys
from kg.draft.patterns.lists import rows_of, word_list
from kg.files import write_bytes
from kg.terms import Terms, load_terms, normalise

ROOT = "HP:0000118"  # Phenotypic abnormality
PLACES = word_list("places")
_CONJUNCTION = re.compile(rf"\b(?:and|or|{'|'.join(sorted(PARTING))})\b|[/,]|\d-\d", re.I)
_RANK = {"label": 0.0, "exact": 1.0, "former": 1.0, "lay": 1.5, "narrow": 3.0, "related": 4.0, "broad": 5.0}

#: What a text may say in other words, whatever the name.
_PLAIN = (
    (re.compile(r"^recurrent\b(?!.*\bepisod)", re.I), "recurrent episodes of"),
    (re.compile(r"^recurrent\b(?!.*\bepisod)", re.I), "multiple episodes of"),
    (re.compile(r"^recurrent\b", re.I), "repeated"),
    (re.compile(r"^recurrent\b", re.I), "frequent"),
    (re.compile(r"\blower[- ](?:limb|extremity)", re.I), "leg"),
    (re.compile(r"\bupper[- ](?:limb|extremity)", re.I), "arm"),
)

Rank = tuple[float, int, str]  # lower is better: kind of name, then the more specific term, then its id
Best = dict[int, tuple[Rank, str]]


def build_tables(terms: Terms) -> Tables:
    """Every name of every abnormality under its keys, the best term where several share one."""
    exact, loose, single, joined = {}, {}, {}, {}  # type: Best, Best, Best, Best
    vocabulary: set[int] = set()
    short: dict[str, set[str]] = {}
    for name, curie, kind in _all_names(terms):
        depth = -len(terms.ancestors(curie))
        if _is_abbreviation(name):
            short.setdefault(name, set()).add(curie)
            continue
        for variant, penalty in _variants(name):
            words = meaning_words(variant)
            rank = (_RANK[kind] + penalty, depth, curie)
            if len(words) == 1 and not (kind == "lay" and len(words_of(variant)) > 1):
                _add_single(single, words[0], rank)
            if len(words) < 2:
                continue
            key = sum(keys(word)[0] for word in words)
            vocabulary.update(keys(word)[0] for word in words)
            listed = not JOINING.isdisjoint(variant.lower().split())
            if listed and kind not in ("label", "lay"):
                continue  # `short fingers and toes` as another name of one term: a text that says so means both parts
            if not listed:
                _keep(exact, key, rank)
            if _CONJUNCTION.search(variant):
                _keep(joined, key, rank)
            core = [word for word in words if word.lower() not in LABORATORY]
            if len(core) > 1:
                _keep(loose, sum(keys(word)[1] for word in core), rank)
    vocabulary.update(keys(word)[0] for name, _, _ in _all_names(terms) for word in words_of(name) if word.lower() not in STOP)
    chosen = ({key: curie for key, (_, curie) in table.items()} for table in (exact, loose, single, joined))
    abbreviations = {name: min(curies) for name, curies in short.items() if len(curies) == 1}
    return Tables(*chosen, _readings(terms), abbreviations, frozenset(vocabulary), *_parts(terms))  # type: ignore[arg-type,call-arg]


def _all_names(terms: Terms) -> Iterator[tuple[str, str, str]]:
    """Each name of an abnormality with its id and kind: the vocabulary's, then those of `lay.tsv` and `readings.tsv`."""
    generic = {row[0] for row in rows_of("generic.tsv")}
    own = ((phrase, _hp(terms, label), "lay") for label, phrases in rows_of("lay.tsv") for phrase in phrases.split("|"))
    read = ((phrase, _hp(terms, labels.split("|")[0]), "lay") for phrase, labels in rows_of("readings.tsv"))
    for name, curie, kind in (*terms.names("HP"), *own, *read):
        if ROOT in terms.ancestors(curie) and terms.term(curie).label not in generic:
            yield name, curie, kind


def _hp(terms: Terms, label: str) -> str:
    return next(curie for curie, _ in terms.find_by_name(label) if curie.startswith("HP:"))


def _is_abbreviation(name: str) -> bool:
    return len(name) <= 6 and sum(char.isupper() for char in name) >= 2 and " " not in name


def _variants(name: str) -> Iterator[tuple[str, int]]:
    """A name as a text may put it, with the penalty of each."""
    yield name, 0
    either = re.search(r"(\w+)/(\w+)", name)
    if either:
        for side in either.groups():
            yield name[: either.start()] + side + name[either.end() :], 3
    for formal, plain in _PLAIN:
        if formal.search(name):
            yield formal.sub(plain, name), 2
    bare = re.sub(r"\s*\([^)]*\)", "", name)
    if bare != name and len(bare) > 3:
        yield bare, 2


def _add_single(single: Best, word: str, rank: Rank) -> None:
    if word.lower() not in AMBIGUOUS and len(word) > 2 and not word[0].isdigit():
        for key in single_keys(word):
            _keep(single, key, rank)


def _keep(table: Best, key: int, rank: Rank) -> None:
    if key not in table or rank < table[key][0]:
        table[key] = rank, rank[2]


def _readings(terms: Terms) -> dict[int, tuple[str, ...]]:
    """Phrase key → the terms that the phrase stands for together."""
    return {phrase_key(phrase): tuple(_hp(terms, label) for label in labels.split("|")) for phrase, labels in rows_of("readings.tsv")}


def _parts(terms: Terms) -> tuple[frozenset[int], frozenset[int]]:
    """The words that name parts of the body, and those that tell how a part is."""
    quality = {keys(word)[0] for row in rows_of("qualities.tsv") for word in row[0].split()}
    other = {keys(word)[0] for row in rows_of("notsites.tsv") for word in row[0].split()} | {keys(word)[0] for word in STOP | GRADES}
    place = {keys(word)[0] for word in PLACES}
    site: set[int] = set()
    for name, _, kind in terms.names("UBERON"):
        words = words_of(name)
        if len(words) <= 2 and kind in ("label", "exact"):
            site.update(keys(word)[0] for word in words if len(word) > 2)
    return frozenset(site - quality - other | place), frozenset(quality)


def compiled(terms: Terms) -> bytes:
    """The tables, and the bit map of how long names begin, as one file; the same bytes for the same sources."""
    return pack(build_tables(terms), bit_map(beginnings(normalise(name) for term in terms for name, _ in term.names())))


if __name__ == "__main__":
    write_bytes(FILE, compiled(load_terms()))
