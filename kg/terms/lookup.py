"""All terms, looked up by id, by name and by hierarchy; the vocabulary in use is opened once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.terms.file import VocabularyFile
from kg.terms.place import VOCABULARY, default_file, vocabulary_file
from kg.terms.term import KIND_RANK, PREFIX_ORDER, Source, Term, normalise, parse_term_string, prefix_rank, term_order


class Terms:
    """All terms that casegraph knows; get one with `load_terms`.

    Example:
    >>> terms = load_terms(extra=[Term("cg:Flare", "flare")])
    >>> terms.term("cg:Flare").label, terms.find_term("HP:9999999")
    ('flare', None)
    """

    def __init__(self, path: Path = VOCABULARY, extra: Iterable[Term] = ()) -> None:
        self._file = VocabularyFile(path)
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
            from kg.terms import mistakes

            raise mistakes.unknown(self, curie, "")
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
        return [(term.curie, kind) for term, kind in self.bearers(text)]

    def bearers(self, text: str) -> list[tuple[Term, str]]:
        """The terms that bear this name, as `find_by_name` lists them."""
        name = normalise(text)
        hits = []
        for term in (self._extra[curie] for curie in self._extra_names.get(name, ())):
            hits.append((term, next(kind for each, kind in term.names() if normalise(each) == name)))
        for term, kind in self._file.named(name):
            if term.curie not in self._extra:
                hits.append((self._known.setdefault(term.curie, term) or term, kind))
        return _chebi_before_drugbank(sorted(hits, key=_listing)) if len(hits) > 1 else hits

    def may_name(self, name: str) -> bool:
        """Whether a term may bear this normalised name: a cheap test, that is never wrong when it says no.

        Example:
        >>> load_terms().may_name("fever"), load_terms().may_name("no name of any term")
        (True, False)
        """
        return name in self._extra_names or self._file.may_name(name)

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
        from kg.terms.near import nearest

        return [term for _, term in nearest(self, text, n, prefix)]

    def resembling(self, wanted: str, prefix: str) -> Iterator[Term]:
        """Candidates for a near spelling of a normalised name: our own terms, and those of the file that share a piece of it."""
        yield from (term for term in self._extra.values() if not prefix or term.curie.startswith(prefix + ":"))
        yield from self._file.resembling(wanted, prefix)

    def prefix_of(self, prefix: str) -> str | None:
        """A prefix in the letter case that the vocabulary has it in; None for one that it has not.

        Example:
        >>> load_terms().prefix_of("drugbank")
        'DrugBank'
        """
        return self._prefixes.get(prefix.lower())

    @property
    def prefixes(self) -> tuple[str, ...]:
        """All prefixes, in order of their letters."""
        return tuple(self._prefixes.values())


    def sources(self) -> list[Source]:
        """Where the packaged terms come from, one row for each prefix and source.

        Example:
        >>> next(source.version for source in load_terms().sources() if source.prefix == "HP")
        '2026-02-16'
        """
        return [Source(*row) for row in self._file.header["sources"]]

    @property
    def header(self) -> dict[str, Any]:
        """What the vocabulary file says of itself; `kg.vocab.pack` writes it."""
        return self._file.header

    @property
    def whole_prefixes(self) -> frozenset[str]:
        """The prefixes whose vocabulary is packaged entire; of the others we carry single terms."""
        return self._file.whole

    @property
    def own_prefixes(self) -> frozenset[str]:
        """The prefixes of a laboratory's own terms (`kg vocab add`); the packaged vocabulary has none."""
        return frozenset(self._file.header.get("own", ()))

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
        if term and not term.obsolete and label == term.label:
            return term
        from kg.terms import mistakes

        if term is None:
            raise mistakes.unknown(self, curie, label)
        raise (mistakes.retired if term.obsolete else mistakes.mislabelled)(self, term, label)


def _listing(hit: tuple[Term, str]) -> tuple[Any, ...]:
    """In what order the terms of one name are listed."""
    term, kind = hit
    rank = prefix_rank(term.curie)
    return term.obsolete, rank > len(PREFIX_ORDER), KIND_RANK[kind], rank, term_order(term.curie)


def _chebi_before_drugbank(hits: list[tuple[Term, str]]) -> list[tuple[Term, str]]:
    """The hits, the ChEBI id of a drug moved to just before its DrugBank id."""
    bearing = {hit[0].curie: hit for hit in hits}
    order: dict[str, None] = {}
    for term, _ in hits:
        if term.curie.startswith("DrugBank:"):
            order.update(dict.fromkeys(same for same in term.same_as if same in bearing))
        order[term.curie] = None
    return [bearing[curie] for curie in order]


@lru_cache(maxsize=4)
def _opened(path: Path) -> Terms:
    return Terms(path)


def forget_vocabulary() -> None:
    """Look the vocabulary up and open it anew at the next `load_terms`; for who has just written one."""
    default_file.cache_clear()
    _opened.cache_clear()


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
