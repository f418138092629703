"""Words → terms of the other vocabularies: diseases, drugs, genes, sites.

A whole run of words either bears the name of a term or it does not; no part of it is taken for the whole.

>>> find_terms("treated with rituximab for dermatomyositis", ("MONDO", "DrugBank"))
[(13, 22, 'DrugBank:DB00073'), (27, 42, 'MONDO:0016367')]
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

from kg.draft.names.bits import add_names, beginnings, may_hold
from kg.draft.names.tables import begun_map
from kg.draft.names.words import GRADES, STOP, VERBS
from kg.draft.patterns.lists import rows_of, word_list
from kg.draft.patterns.pieces import Memory, pieces
from kg.ontology import own_terms
from kg.terms import Terms, load_terms, normalise

_WORD = re.compile(r"[^\W_][\w'’α-ω-]*")
#: The vocabularies of drugs.
DRUGS = ("DrugBank", "CHEBI")
#: Words that a name has at most.
LONGEST = 6
_Bearers = tuple[tuple[tuple[str, str], ...], ...]
_DISEASES = frozenset({"MONDO:0000001", "MONDO:0021178"})  # disease; injury
#: Words that are names of some term, but in a report are not meant so.
_COMMON = word_list("common")
#: Words of plain English, which name nothing unless more is said.
PLAIN = STOP | _COMMON | VERBS | GRADES
_BETWEEN = frozenset(word for row in rows_of("course/between.tsv") for word in row[0].split())
_AMERICAN = {"ae": "e", "oe": "e", "our": "or", "isation": "ization", "leuco": "leuko"}
_BRITISH = re.compile(r"[ao]e(?!r)|our\b|isation|leuco")
_NEVER_LAST = STOP - {"a", "i", "s"}
_KINDS = {kind: rank for rank, kind in enumerate(("label", "exact", "former", "narrow", "related"))}


@lru_cache(maxsize=4)
def _with_own(packaged: Terms) -> Terms:
    return load_terms(extra=own_terms())


@lru_cache(maxsize=1)
def _may_name() -> Callable[[str], bool]:
    return vocabulary().may_name


@lru_cache(maxsize=1)
def _begun() -> bytes:
    """The map of how names of several words begin, with those of our own ontology."""
    return add_names(begun_map(), beginnings(normalise(name) for term in own_terms() for name, _ in term.names()))


def vocabulary() -> Terms:
    """The vocabulary in use with the classes of our own ontology on top, as records may name both.

    Example:
    >>> vocabulary().term("cg:TotalHysterectomy").label
    'total hysterectomy'
    """
    return _with_own(load_terms())


def named(words: str, prefixes: tuple[str, ...]) -> str | None:
    """The current term of these vocabularies that bears exactly this name (or its singular), labels before synonyms.

    Example:
    >>> named("prednisolone", ("CHEBI",)), named("left pleural", ("UBERON", "MONDO")), named("total hysterectomy", ("cg",))
    ('CHEBI:8378', None, 'cg:TotalHysterectomy')
    """
    return _first_of(_bearers(normalise(words)), prefixes)


def _first_of(bearers: _Bearers, prefixes: tuple[str, ...]) -> str | None:
    for each in bearers:
        for prefix, curie in each:
            if prefix in prefixes:
                return curie
    return None


def _look_up(name: str) -> _Bearers:
    """The current terms that bear a name, then those that bear its American spelling and its singular: (prefix, CURIE), labels before synonyms."""
    may_name = _may_name()
    found = [_bear(each) for each in _spellings(name) if may_name(each)]
    return tuple([bearers for bearers in found if bearers])


_bearers = lru_cache(maxsize=200_000)(_look_up)


def _bear(name: str) -> tuple[tuple[str, str], ...]:
    terms, found = vocabulary(), []
    for term, kind in terms.bearers(name):
        rank = _KINDS.get(kind, len(_KINDS))
        if rank < len(_KINDS) and not (rank == _KINDS["related"] and len(name) < 5) and not term.obsolete:
            found.append((rank, term.curie))
    found.sort(key=itemgetter(0))
    return tuple([(prefix, curie) for _, curie in found for prefix in _vocabularies(terms, curie)])


def _vocabularies(terms: Terms, curie: str) -> tuple[str, ...]:
    """The vocabulary of a term; of a laboratory's own term those of its ancestors too."""
    prefix = curie.partition(":")[0]
    if prefix not in terms.own_prefixes:
        return (prefix,)
    return tuple(dict.fromkeys((prefix, *(each.partition(":")[0] for each in terms.ancestors(curie)))))


def counts_as(curie: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a term is of one of these vocabularies, or a laboratory's own under a term of one.

    Example:
    >>> counts_as("HP:0001945", ("HP",)), counts_as("CHEBI:8378", ("HP", "MONDO"))
    (True, False)
    """
    return not set(prefixes).isdisjoint(_vocabularies(load_terms(), curie))


def _american(name: str) -> str:
    """A name as American English spells it.

    Example:
    >>> _american("haemophagocytic lymphohistiocytosis"), _american("brain tumour"), _american("anaerobic")
    ('hemophagocytic lymphohistiocytosis', 'brain tumor', 'anaerobic')
    """
    may_differ = "ae" in name or "oe" in name or "our" in name or "isation" in name or "leuco" in name
    return _BRITISH.sub(lambda m: _AMERICAN[m.group()], name) if may_differ else name


def _spellings(name: str) -> tuple[str, ...]:
    """The forms in which a name is looked up: as it stands, in American spelling, in the singular."""
    american = _american(name)
    if american != name:
        return (name, *_spellings(american))
    if "'s " in name:
        return (name, name.replace("'s ", " "))
    if not name.endswith("s") or name.endswith(("ss", "is", "us")):
        return (name,)
    if name.endswith("ies"):
        return (name, name[:-3] + "y")
    return (name, name[:-2], name[:-2] + "is", name[:-1]) if name.endswith(("ses", "xes", "ches")) else (name, name[:-1])


def _bears_two(pair: str) -> tuple[bool, _Bearers]:
    """Whether these may be the first two words of a longer name, and the terms that bear just them; an 's need not be part of the name."""
    begun = _begun()
    longer = "'s" in pair or may_hold(begun, pair) or (american := _american(pair)) != pair and may_hold(begun, american)
    return longer, () if pair.rpartition(" ")[2] in _NEVER_LAST else _look_up(pair)


_two = Memory(_bears_two)


@lru_cache(maxsize=4096)
def is_disease(curie: str) -> bool:
    """Whether a term of MONDO is a disease or an injury, not a manner of one.

    Example:
    >>> is_disease("MONDO:0005011"), is_disease("MONDO:0021152")
    (True, False)
    """
    return not curie.startswith("MONDO") or not _DISEASES.isdisjoint(vocabulary().ancestors(curie))


@lru_cache(maxsize=4096)
def is_short_form(curie: str, words: str) -> bool:
    """Whether the name that these words bear is a short form in capitals, and they are not: `child` is not `chILD`.

    Example:
    >>> is_short_form("MONDO:0017014", "child"), is_short_form("MONDO:0005011", "Crohn disease")
    (True, False)
    """
    if sum(c.isupper() for c in words) > 1:
        return False
    names = [name for name, _ in vocabulary().term(curie).names() if name.lower() in (words.lower(), words.lower().removesuffix("s"))]
    return bool(names) and all(sum(c.isupper() for c in name) > 1 for name in names)


def is_named_otherwise(curie: str, words: str) -> bool:
    """Whether the label of a term shares no word, nor the beginning of one, with the words that name it.

    Example:
    >>> is_named_otherwise("MONDO:0002258", "sore throat"), is_named_otherwise("MONDO:0005044", "hypertension")
    (True, False)
    """
    label = normalise(vocabulary().term(curie).label).split()
    return not any(a[:5] == b[:5] for a in label for b in normalise(words).split())


#: A word of a piece of text: where it begins and ends, with and without the raised figures of a citation, and how names are compared.
_Word = tuple[int, int, int, str]


def _words(piece: str) -> tuple[_Word, ...]:
    black = piece.rstrip()
    if black.isascii() and black.isalpha():
        return ((0, len(black), len(black), black.lower()),)
    words = []
    for match in _WORD.finditer(black):
        word = match.group()
        name = word if word.isascii() else word.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
        words.append((*match.span(), match.start() + len(name), normalise(unicodedata.normalize("NFKC", name))))
    return tuple(words)


_inside = Memory(_words)


class _Names:
    """The words of a text, and the names of terms that begin at each: looked up when first asked for, once for all vocabularies."""

    def __init__(self, text: str) -> None:
        cut, places = pieces(text)
        words = [(at + start, at + stop, at + end, low) for at, inside in zip(places, _inside.of(cut)) for start, stop, end, low in inside]
        self.starts, self.stops, self.ends, self.lower = map(list, zip(*words)) if words else ([], [], [], [])
        self.runs = [1] * len(self.starts)  # how many words follow with nothing but white space between, and none that parts names
        gaps = [text[end:start] for end, start in zip(self.ends, self.starts[1:])]
        apart = [not gap.isspace() or word in _BETWEEN for gap, word in zip(gaps, self.lower[1:])]
        for k in range(len(apart) - 1, -1, -1):
            if not apart[k]:
                self.runs[k] = self.runs[k + 1] + 1
        self._bear: list[Sequence[tuple[int, _Bearers]] | None] = [None] * len(self.starts)

    def beginning(self, i: int) -> Sequence[tuple[int, _Bearers]]:
        """The names that begin with a word: how many words each has, the longest first, and the terms that bear it."""
        known = self._bear[i]
        if known is None:
            known = self._bear[i] = self._look(i)
        return known

    def _look(self, i: int) -> Sequence[tuple[int, _Bearers]]:
        alone, most = _alone[self.lower[i]], self.runs[i]
        if alone is None or most == 1:
            return alone or ()
        longer, both = _two[f"{self.lower[i]} {self.lower[i + 1]}"]
        found: list[tuple[int, _Bearers]] = []
        if longer:
            for n in range(min(LONGEST, most), 2, -1):
                if self.lower[i + n - 1] not in _NEVER_LAST and (bearers := _bearers(" ".join(self.lower[i : i + n]))):
                    found.append((n, bearers))
        if both:
            found.append((2, both))
        return [*found, *alone] if found else alone


def _bears_alone(word: str) -> Sequence[tuple[int, _Bearers]] | None:
    """The name that is this word alone; None where no longer name begins with it either."""
    if word in STOP or word in _BETWEEN or word.isdigit():
        return None
    bearers = () if word in _COMMON or len(word) < 3 or word in _NEVER_LAST else _bearers(word)
    if bearers:
        return ((1, bearers),)
    begun = _begun()
    return () if any(may_hold(begun, each) for each in (word, _american(word), word.removesuffix("'s"))) else None


_alone = Memory(_bears_alone)
_names_of = lru_cache(maxsize=8)(_Names)


def find_terms(
    text: str, prefixes: tuple[str, ...], start: int = 0, end: int | None = None, longest: int = LONGEST
) -> list[tuple[int, int, str]]:
    """The longest names of terms, left to right, none over another: (start, end, CURIE).

    Args:
        longest: words that a name has at most; no more than LONGEST.
    """
    names, end = _names_of(text), len(text) if end is None else end
    i, stop = bisect_left(names.starts, start), bisect_right(names.stops, end)
    if i and names.stops[i - 1] > start or stop < len(names.starts) and names.starts[stop] < end:  # it cuts a word
        return [(a + start, b + start, curie) for a, b, curie in find_terms(text[start:end], prefixes, longest=longest)]
    found = []
    while i < stop:
        step = 1
        for n, bearers in names.beginning(i):
            if n <= longest and i + n <= stop and (curie := _first_of(bearers, prefixes)):
                found.append((names.starts[i], names.ends[i + n - 1], curie))
                step = n
                break
        i += step
    return found
