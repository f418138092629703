"""What a page prints around its text: running heads, page numbers, the line of the publisher at its foot.

>>> page = "METHODS\\n\\nHe was given a\\n\\nDoe et al.      J Test Med 2020;3:4      5\\n\\nloading dose."
>>> [page[start:end] for start, end in page_furniture(page)]
['Doe et al.      J Test Med 2020;3:4      5']
"""

from __future__ import annotations

import re
from collections import Counter

from kg.headings import HEADINGS

_HEADING = re.compile(
    rf"^[ \t]*(?:\d{{1,2}}\.?(?:[ \t]*\|)?[ \t]+|[IVX]{{1,4}}\.[ \t]+|#+[ \t]*)?(?:{'|'.join(sorted(HEADINGS, key=len, reverse=True))})[ \t]*:?[ \t\r]*$",
    re.I | re.M,
)
#: Without one of these no line is of a page.
_MAY_BE = re.compile(
    r"\S(?:[ \t]{3,}|\t)\S|\f|^\W*(?:[Pp]age )?\d{1,4}\W*$|\d of \d|[Dd]ownloaded (?:by|from|on)|Copyrighted material|Open in a new tab|Page \d|\bet al\.?:? [^\n]{0,120}\d{4}|"
    r"\d{4}\)? ?;? ?\d+[^\n]{0,12}:",
    re.M,
)
_LINE = re.compile(r"[^\n\f]+")
_LONGEST = 220  # characters of a running head
_WIDE = re.compile(r"\S(?: {3,}|\t+ *)\S")
_OF_A_JOURNAL = re.compile(
    r"\b(?:et al|ET AL)\b|\bwww\.|\b[\w-]+\.(?:org|com|net|edu)\b|\bdoi\b|\b10\.\d{4,9}/|©|\(?(?:19|20)\d\d\)?\s?[;:]\s?\d|\bVol(?:ume)?\.? ?\d|"
    r"\b\d+ ?\((?:19|20)\d\d\)|\((?:19|20)\d\d\) ?\d|\b[Pp]age \d",
)
_NUMBER = re.compile(r"\W*(?:[Pp]age\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*\Z")
_LAST_NUMBER = re.compile(r"\b(?:[Pp]age )?\d{1,3} of \d{1,3}\s*\Z")
_SHORT_HEAD = re.compile(r"\s*(?:\d{1,4}\s+\D{3,60}|\D{3,60}\s\d{1,4})\s*\Z")
_NOTE = re.compile(
    r"\s*(?:Downloaded (?:by|from|on)\b|Copyrighted material|Open in a new tab\s*\Z|View (?:larger|full size)\b|\[?Google Scholar\]?\s*\Z|"
    r"Articles? from .{3,120} (?:are|is) provided here courtesy)"
)
#: What stands at the foot of a first page, in the middle of a sentence.
_FOOT = re.compile(
    r"\s*(?:[*†‡✉]?\s?(?:Corresponding author|Correspondence)\b|\*?\s?E-?mail\b|<?https?://|doi\b|Received\b|Accepted\b|©|Copyright\b|\d{4}-\d{3}[\dX]\b|Abbreviations?:|"
    r"This is an open[- ]access)",
    re.I,
)
_LEGEND = re.compile(r"\s*\*{0,2}(?:fig(?:ure)?|table|box)\b", re.I)
_SHORTEST = 30  # characters of the line of a sentence that is parted
_MOST_LINES = 8  # of the foot of a first page


def page_furniture(text: str) -> list[tuple[int, int]]:
    """Where whole lines are of the page, in text order; none before the first heading, where a line of the journal is of the article."""
    heading = _HEADING.search(text)
    start = heading.end() if heading else len(text) // 10
    if not _MAY_BE.search(text, start):
        return []
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text, start) if m.group().strip()]
    alone = [_stands_alone(text, a, b) for a, b in lines]
    often = Counter(text[a:b].strip() for (a, b), by_itself in zip(lines, alone, strict=True) if by_itself and b - a <= _LONGEST)
    found = [_is_of_the_page(text[a:b], by_itself, often) for (a, b), by_itself in zip(lines, alone, strict=True)]
    found = _with_feet(text, lines, found)
    return [span for span, is_one in zip(lines, found, strict=True) if is_one]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether blank lines, or the page's edge, are around a line."""
    before, after = text[max(0, start - 80) : start].rstrip(" \t")[-2:], text[end : end + 80].lstrip(" \t")[:2]
    return (len(before) < 2 or before == "\n\n" or "\f" in before) and (len(after) < 2 or after == "\n\n" or "\f" in after)


def _is_of_the_page(line: str, alone: bool, often: Counter[str]) -> bool:
    if len(line) > _LONGEST:
        return False
    if _NOTE.match(line):
        return True
    if _LEGEND.match(line):
        return False
    if _WIDE.search(line) and _OF_A_JOURNAL.search(line) and not re.match(r"\s*(?:\[\d+\]|\d{1,3}[.)]?)\s", line):
        return True
    return alone and (
        bool(_NUMBER.match(line))
        or bool(_LAST_NUMBER.search(line) and _OF_A_JOURNAL.search(line))
        or often[line.strip()] > 2
        and len(line.strip()) > 7
        and line.strip().lower() not in HEADINGS
    )


def _with_feet(text: str, lines: list[tuple[int, int]], found: list[bool]) -> list[bool]:
    """The lines that part a sentence, too, where all between its halves are of a page or of its foot."""
    made = list(found)
    k = 1
    while k < len(lines):
        first = k
        (_, before), (start, _) = lines[k - 1], lines[k]
        if found[k - 1] or not (text.count("\n", before, start) > 1 or "\f" in text[before:start]) or not _goes_on(text[:before]):
            k += 1
            continue
        feet = False
        while k < len(lines) and k - first < _MOST_LINES:
            line = text[lines[k][0] : lines[k][1]]
            if _LEGEND.match(line) or not (found[k] or _FOOT.match(line) or feet and not line.strip()[0].islower() or _is_head(line)):
                break
            feet = feet or bool(_FOOT.match(line))
            k += 1
        if k > first and k < len(lines) and text[lines[k][0] : lines[k][1]].strip()[0].islower():
            made[first:k] = [True] * (k - first)
        k = max(k, first + 1)
    return made


def _goes_on(before: str) -> bool:
    """Whether a sentence goes on after what stands before."""
    line = before[-_LONGEST:].rstrip().rpartition("\n")[2]
    return len(line) >= _SHORTEST and bool(re.search(r"(?:[a-zß-öø-ÿ,]|[a-z]-)\Z", line)) and not _FOOT.match(line)


def _is_head(line: str) -> bool:
    if len(line) > _LONGEST or _LEGEND.match(line) or line.rstrip().endswith("."):
        return False
    return bool(_OF_A_JOURNAL.search(line) or _SHORT_HEAD.match(line) or _NUMBER.match(line))
