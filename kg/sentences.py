"""Where the sentences of a text end.

>>> text = "It fell over the next 5 d. Dr. Doe saw E. coli (Fig. 2). Why?"
>>> [text[start:end] for start, end in sentences_in(text, 0, len(text))]
['It fell over the next 5 d.', 'Dr. Doe saw E. coli (Fig. 2).', 'Why?']
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|Fig|Figs|Ref|Refs|No|vs|etc|al|approx|ca|cf|e\.g|i\.e|i\.v|i\.m|p\.o|s\.c|St|Jr|Tel|resp|incl|max|min|vol|ed|eds"
    r"|(?<!/)[A-Z])|\b[ap]\.m)\.\Z",
    re.I,
)
#: Abbreviations that end a sentence, too, where another one plainly begins: after a unit (`for 5 d.`) any word that may begin one,
#: after the others a word that hardly goes on.
_UNIT = re.compile(r"(?:(?<=\d)|(?<=\d\s))[dhgslmyLw]\.\Z")
_MAY_END = re.compile(r"(?:\b(?:i\.v|i\.m|p\.o|s\.c|[bt]\.i\.d|q\.i?\.?d|etc|al|[ap]\.m)|(?<=[a-z]{4}\s)[A-Z])\.\Z")
_BEGINS = re.compile(
    r"\s+(?:She|He|Her|His|The|This|These|There|It|Its|We|Our|They|A|An|On|At|In|After|During|No|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|"
    r"However|Although|Because|As|By|For|When|Both|All)\s"
)
_LONGEST_ABBREVIATION = 12  # letters, and some more
_MORE_LETTERS = 7  # than stand together in any of them
_SPACE = re.compile(r"\s*")
_SENTENCE_END = re.compile(
    r"[.!?][\"'”’)\]]*(?:[⁰¹²³⁴⁵⁶⁷⁸⁹,⁻–-]+|\[[\d,;\s–-]+\]|(?<=[A-Za-z)]{2}\.)\d{1,2}(?:[,–-]\d{1,2})*)?(?=\s+[\"'“‘(\[]?[A-Z0-9“]|\s*\Z)"
)


def sentences_in(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch of a text, which begins and ends with no white space: start and end of each."""
    for match in _SENTENCE_END.finditer(text, start, stop):
        at, end = match.span()
        if text[at] == "." and end < stop and _is_abbreviated(text, start, at) and not _ends_all_the_same(text, start, at, end):
            continue
        yield start, end
        start = _SPACE.match(text, end, stop).end()  # type: ignore[union-attr]  # matches nothing, too
    if start < stop:
        yield start, stop


def _is_abbreviated(text: str, start: int, at: int) -> bool:
    """Whether the full stop at an offset is that of an abbreviation; none has as many letters in a row as most last words of sentences."""
    if at - start >= _MORE_LETTERS and text[at - _MORE_LETTERS : at].isalpha():
        return False
    return bool(_ABBREVIATION.search(text, max(start, at - _LONGEST_ABBREVIATION), at + 1))


def _ends_all_the_same(text: str, start: int, at: int, end: int) -> bool:
    """Whether a sentence ends with the abbreviation whose full stop is at an offset."""
    first = max(start, at - _LONGEST_ABBREVIATION)
    if _UNIT.search(text, first, at + 1):
        return True
    return bool(_BEGINS.match(text, end) and _MAY_END.search(text, first, at + 1))
