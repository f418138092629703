"""Words → the forms under which names and texts are compared.

Two keys a word: `exact` joins the spellings of one word (British and American, plural, adjective and noun, doubled
letters); `loose` also joins the words of one idea (`raised`, `elevated`, `high`), as listed in `data/ideas.tsv`. A phrase's
key is the sum of its words' keys, so the order of words does not count.

>>> stem("oedematous") == stem("edema"), stem("hypoplastic") == stem("hypoplasia"), stem("feet") == stem("foot")
(True, True, True)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from kg.draft.patterns.lists import rows_of, word_list

#: Words that carry no meaning of their own inside a name.
STOP = word_list("stop")
#: Stop words that part a finding from what follows; they count as part of a name only where the name has them.
PARTING = word_list("parting")
ADJECTIVES = re.compile(
    r"(?:\w+(?:ed|ic|ous|ent|ant|al|ar|ive|oid|less|like|shaped|lar)|short|long|broad|narrow|wide|small|"
    r"large|big|tiny|thin|thick|slender|flat|round|square|"
    r"deep|shallow|high|low|tall|sparse|dense|coarse|curly|split|cleft|stiff|lax|rigid|weak|swollen|tender|"
    r"painful|pale|dry|rough|smooth|open|early|late|"
    r"missing|fine|bifid|webbed|protruding|bulging|sunken|upturned|loose)\Z",
    re.I,
)
#: Words that only grade or place a finding: a name is looked for with them and without them.
GRADES = word_list("grades")
#: Verbs of reporting: never part of a finding, even where a name happens to hold one.
VERBS = word_list("verbs")
#: Words of laboratory names that a text may leave out or add.
LABORATORY = word_list("laboratory")

#: Words that would fall together with another by their ending: `testing` with `testis`, `distance` with `distal`.
APART = word_list("apart")

_NUMBERS = {
    word: str(i)
    for i, words in enumerate(
        ("first 1st i one", "second 2nd ii two", "third 3rd iii three", "fourth 4th iv four", "fifth 5th v five",
         "sixth 6th vi six", "seventh 7th seven", "eighth 8th eight",
         "ninth 9th nine", "tenth 10th ten", "eleventh 11th", "twelfth 12th"), 1)
    for word in words.split()
}  # fmt: skip

# Ending → what stays of it; the longest that leaves enough letters is taken.
_ENDINGS = {row[0]: row[1] for row in rows_of("endings.tsv")}
_LONGEST = max(map(len, _ENDINGS))


@lru_cache(maxsize=1)
def _same_words() -> dict[str, str]:
    """Word → the word it is another form of, from `data/forms.tsv` (one set of forms a line, the chief one first)."""
    table = {}
    for row in rows_of("forms.tsv"):
        chief, *others = row[0].split()
        for other in others:
            table[_spelling(other)] = chief
    return table


def _spelling(word: str) -> str:
    """Lower case, no accents, American vowels, single letters."""
    word = word.lower()
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    if "'" in word:
        word = word.removesuffix("'s").replace("'", "")
    if len(word) > 4:
        word = word.replace("ae", "e")
        if "oe" in word:
            word = word.replace("oeo", "oo")
            if not word.endswith(("toe", "toes", "shoe", "shoes")):
                word = word.replace("oe", "e")
        if "our" in word:
            word = _OUR.sub("or", word)
        word = word.replace("opth", "ophth").replace("ph", "f")
        if word.endswith(("tre", "bre")):
            word = word[:-2] + "er"
    return _single_letters(word) if len(word) > 3 else word


_OUR = re.compile(r"our(?=$|s$|ed$|ing$|al$|less$|ation$|ful$)")
_DOUBLE = re.compile(r"([a-z])\1")


def _single_letters(word: str) -> str:
    return _DOUBLE.sub(_first_letter, word)


def _first_letter(double: re.Match[str]) -> str:
    return double[1]


_APART = frozenset(map(_spelling, APART))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The form that a word shares with its plural, adjective and other spellings.

    Example:
    >>> stem("Haemorrhages") == stem("hemorrhagic"), stem("second"), stem("kidneys") == stem("renal")
    (True, '2', True)
    """
    low = _spelling(word)
    number = _NUMBERS.get(word.lower())
    if number and (len(word) > 2 or word.isupper()):
        return number
    same = _same_words()
    one = low if word[-2:].lower() == "ss" else _one(low)
    chief = same.get(low) or same.get(one)
    if chief:
        low = one = _spelling(chief)
    if low in _APART:
        return one + "="  # no stem ends so
    return low if len(low) < 4 else _strip(one)


def _one(word: str) -> str:
    """A folded word without the plural's s."""
    if len(word) < 5 or not word.endswith("s") or word.endswith(("us", "is", "as", "os")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes")) else word[:-1]


def _strip(word: str) -> str:
    for size in range(min(_LONGEST, len(word) - 3), 0, -1):
        rest = _FOLDED.get(word[-size:])
        if rest is not None and len(word) - size + len(rest) >= 3:
            return word[: len(word) - size] + rest
    return word


# Endings in the folded spelling (ph → f, double letters single), so that they meet folded words.
_FOLDED = {
    _single_letters(ending.replace("ph", "f").replace("ae", "e")): _single_letters(rest.replace("ph", "f"))
    for ending, rest in reversed(_ENDINGS.items())
}


def singular(word: str) -> str:
    """The folded spelling without a plural's ending.

    Example:
    >>> singular("Anaemias"), singular("nevi") == singular("naevus"), singular("fungi") == singular("fungus")
    ('anemia', True, True)
    """
    low = _spelling(word)
    if low[-1:] not in "sia":
        return low
    for ending, rest in (
        ("ies", "y"),
        ("ses", "sis"),
        ("xes", "x"),
        ("omata", "oma"),
        ("us", "us"),
        ("is", "is"),
        ("s", ""),
        ("i", "us"),
        ("ia", "ia"),
    ):
        if low.endswith(ending) and len(low) > len(ending) + 2:
            return low[: -len(ending)] + rest
    return low


def number_of(text: str) -> int:
    """A key of 42 bits, the same on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 22


@lru_cache(maxsize=1)
def _ideas() -> dict[str, str]:
    """Stem → the idea it stands for, from `data/ideas.tsv`."""
    table: dict[str, str] = {}
    for row in rows_of("ideas.tsv"):
        for word in row[1].split():
            table.setdefault(stem(word), "=" + row[0])
    return table


@lru_cache(maxsize=200_000)
def keys(word: str) -> tuple[int, int]:
    """The exact and the loose key of a word."""
    form = stem(word)
    exact, idea = number_of(form), _ideas().get(form)
    return exact, number_of(idea) if idea else exact
