"""The reference list of an article, and which of its entries a sentence cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.draft.reading.source import Source

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\]>\"'<,;]+[^\s\]>\"'<,;.)]")
_PMID = re.compile(r"PMID:?\s*(\d{1,8})\b|\[PubMed:?\s*(\d{1,8})\]")
_PMCID = re.compile(r"\bPMC\d+\b")
_URL = re.compile(r"https?://[^\s\]>\"')]+")
_MOST = 400  # entries
_NUMBER = re.compile(r"^[ \t]*[\[(]?(\d{1,3})(?:[\])][.:]?|[.:](?!\d))?[ \t]+(?=\S)", re.M)  # at the beginning of a line
_INLINE = re.compile(
    r"(?:(?<=[.\])\d])|(?<=References)|(?<=REFERENCES))\s+\[?(\d{1,3})[\].]\s+(?=[A-Z])"
)  # in a list that is one paragraph
_INLINE_HEADING = re.compile(r"\b(?:References|REFERENCES)(?=\s+\[?1[\].]?\s+[A-Z])(?!.*\b(?:References|REFERENCES)\s+\[?1[\].]?\s)", re.S)
#: What a page prints after the last entry.
_TAIL = re.compile(r"\s+Articles? from [^\n]{3,160}? (?:are|is) provided here courtesy\b")
_BULLET = re.compile(r"^\s*(?:-|•|\*(?=\s))\s+", re.M)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")

_PARTICLES = r"(?:(?:de|del|della|der|den|di|da|dos|du|la|le|van|von|ten|ter|el|al|bin|zu|zur|af)[ -]){0,3}"
_SURNAME = rf"{_PARTICLES}(?:d['’]|O['’]|Mc|Mac|[a-z]['’])?[A-ZÀ-ÞŁŚŠŽČĆİÖÜŞ][\w'’-]*(?:[ -]{_PARTICLES}[A-ZÀ-ÞŁŚŠŽČĆİÖÜŞ][\w'’-]+){{0,2}}"
_BARE = rf"{_SURNAME} [A-ZÀ-Þ]{{1,4}}(?:-[A-Z])?(?: (?:Jr|Sr|2nd|3rd|II|III))?"  # Doe JA
_DOTTED = rf"{_SURNAME},? (?:[A-ZÀ-Þ]\.[ -]?){{1,4}}"  # Doe, J.A.
_OTHERS = r"(?:[,;]? et al\.?)"
#: How a list of authors may end: with a colon, with initials and a stop of its own, or with the year in brackets.
_STYLES = (
    re.compile(rf"(?P<authors>{_BARE}(?:, (?:and |& )?{_BARE})*{_OTHERS}?(?: \(eds?\.?\))?)\s*:\s+(?P<body>\S.+)"),
    re.compile(
        rf"(?P<authors>{_DOTTED}(?:[,;]? ?(?:and |& )?{_DOTTED})*{_OTHERS}?)\s*(?:\((?P<early>(?:1[89]|20)\d\d)[a-z]?\)\.?\s+)?(?P<body>[A-Z0-9“\"].{{10,}})"
    ),
    re.compile(rf"(?P<authors>{_BARE}(?:, (?:and |& )?{_BARE})*{_OTHERS}?)\s*\((?P<early>(?:1[89]|20)\d\d)[a-z]?\)[.,]?\s+(?P<body>\S.+)"),
)
_PAGES = r"[A-Za-z]{0,2}\.?\d[\w.]*(?:\s?[-–]\s?[A-Za-z]?\d+\w?)?"
#: Year, volume, issue and pages, in the orders that journals print them.
_PLACES = (
    re.compile(
        rf"\(?(?P<year>(?:1[89]|20)\d\d)\)?[^;:.]{{0,12}};\s?(?P<volume>\d+)\s?(?:\((?P<issue>[^)]+)\))?\s?[:;]\s?(?P<pages>{_PAGES})"
    ),
    re.compile(rf"\((?P<year>(?:1[89]|20)\d\d)\)\.?,?\s+(?P<volume>\d+)\s?(?:\((?P<issue>[^)]+)\))?\s?[:,]\s?(?P<pages>{_PAGES})"),
    re.compile(rf"\b(?P<year>(?:1[89]|20)\d\d),\s+(?P<volume>\d+)\s?(?:\((?P<issue>[^)]+)\))?\s?[:,]\s?(?P<pages>{_PAGES})"),
    re.compile(
        rf"(?:,\s|\s)(?P<volume>\d+)\s?(?:\((?P<issue>[^)]{{1,12}})\))?\s?[:,]\s?(?P<pages>{_PAGES})\s*\((?P<year>(?:1[89]|20)\d\d)\)"
    ),
    re.compile(rf",\s(?P<volume>\d+)\s?(?:\((?P<issue>[^)]{{1,12}})\))?,\s?(?P<pages>{_PAGES})"),
)
_ABBREVIATED = re.compile(r"(?:[A-Z][\w-]*\s?){1,3}\Z")


def read_references(source: Source) -> list[dict[str, Any]]:
    """The entries of the reference list, numbered as printed or by their order."""
    made: list[dict[str, Any]] = []
    seen: set[int] = set()
    for order, (number, start, end) in enumerate([*_entries(source)][:_MOST], 1):
        number = number or order
        if number in seen:
            continue
        entry = _reference(" ".join(source.text[start:end].split()), number)
        evidence = source.standing_once(source.as_given(start, end), "references")
        if entry and evidence:
            seen.add(number)
            made.append(entry | evidence)
    return made


def _entries(source: Source) -> Iterator[tuple[int, int, int]]:
    """Number (0 for none), start and end of each entry."""
    text = source.text
    paragraphs = [(text.rfind("\n", 0, p.start) + 1, p.end) for p in source.report.paragraphs if p.section == "references"]
    if not paragraphs and (heading := _INLINE_HEADING.search(text)):
        paragraphs = [(heading.end(), len(text))]
    numbered = _chain([(int(m[1]), m.start(), m.end()) for a, b in paragraphs for m in _NUMBER.finditer(text, a, b)])
    if not numbered:
        numbered = _chain([(int(m[1]), m.start(), m.end()) for a, b in paragraphs for m in _INLINE.finditer(text, a, b)])
    if numbered:
        for k, (number, _, start) in enumerate(numbered):
            limit = numbered[k + 1][1] if k + 1 < len(numbered) else paragraphs[-1][1]
            tail = _TAIL.search(text, start, limit) if k + 1 == len(numbered) else None
            yield number, start, _end(text, paragraphs, start, tail.start() if tail else limit)
        return
    for start, end in paragraphs:
        marks = [*_BULLET.finditer(text, start, end)]
        for k, mark in enumerate(marks):
            yield 0, mark.end(), marks[k + 1].start() if k + 1 < len(marks) else end
        if not marks:
            yield from ((0, a, b) for a, b in _lines(text, start, end))


def _chain(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The numbers that go up by one from the first: a year or a page at the beginning of a line is none of them."""
    best: list[tuple[int, int, int]] = []
    for first in [k for k, each in enumerate(found) if each[0] == 1] or [0] if found else ():
        chain = [found[first]]
        for each in found[first + 1 :]:
            if 0 < each[0] - chain[-1][0] <= (1 if len(chain) < 3 else 3):
                chain.append(each)
        if len(chain) > len(best):
            best = chain
    return best if len(best) > 1 or best and best[0][0] == 1 else []


def _end(text: str, paragraphs: list[tuple[int, int]], start: int, limit: int) -> int:
    """Where an entry ends: with its paragraph, unless all of it that has a year stands in the next."""
    for first, end in paragraphs:
        if first <= start < end or start <= first < limit:
            stop = min(end, limit)
            if stop == limit or _YEAR.search(text, start, stop):
                return stop
    return limit


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The entries of a paragraph without numbers: itself, or its lines where each has a year and begins as an entry."""
    lines = [(m.start(), m.end()) for m in re.compile(r"[^\n]+").finditer(text, start, end)]
    if len(lines) > 1 and all(_YEAR.search(text, a, b) and text[a:b].lstrip()[:1].isupper() for a, b in lines):
        yield from lines
    elif end - start > 30:
        yield start, end


def _reference(text: str, number: int) -> dict[str, Any] | None:
    """One printed entry: authors, title, journal, year, volume, issue, pages and identifiers, as far as they are told apart.

    >>> made = _reference("Doe J, Roe R: A trial. Br J Test 2010;3:4-5. doi: 10.1000/182.", 1)
    >>> made["authors"], made["title"], made["journal"], made["pages"], made["doi"]
    (['Doe J', 'Roe R'], 'A trial', 'Br J Test', '4-5', '10.1000/182')
    """
    bare = re.sub(r"\[[^\]]*\]|<[^>]*>", " ", text)
    parts = next((m for style in _STYLES if (m := style.match(bare))), None)
    entry: dict[str, Any] = {"number": number}
    if parts:
        body = parts["body"]
    else:
        plain = re.match(r"(?P<authors>[^.?]{3,400}?(?:et al)?)\.\s+(?P<body>.+)", bare)
        if not plain or not re.match(r".{3,400}?[.?!]\s+.+", plain["body"]):
            return entry | {"title": text[:300]} | _identifiers(text) if len(text) > 10 else None
        parts, body = plain, plain["body"]
    names = [n.strip(" .") if ";" not in parts["authors"] else n.strip() for n in _names(parts["authors"])]
    entry["authors"] = [n for n in names if n.lower().rstrip(".") != "et al"]
    if len(entry["authors"]) < len(names):
        entry["et_al"] = True
    entry |= _title_and_place(body, parts.groupdict().get("early"))
    return entry | _identifiers(text)


def _names(authors: str) -> list[str]:
    authors = re.sub(r"(?<=\w)\.? et al\.?\Z", ", et al", re.sub(r"\s*\(eds?\.?\)\Z", "", authors))
    if ";" in authors:
        parts = authors.split(";")
    elif re.match(rf"{_SURNAME}, (?:[A-Z]\.)", authors):  # a comma also stands before the initials
        parts = re.findall(rf"{_DOTTED}|et al", authors)
    else:
        parts = authors.split(",")
    names = [name for part in parts if (name := re.sub(r"^\s*(?:and|&)\s+", "", part).strip(" ,"))]
    for k in range(len(names) - 1, 0, -1):  # `Doe J, Jr`
        if re.fullmatch(r"(?:Jr|Sr|2nd|3rd|II|III)\.?", names[k]):
            names[k - 1 : k + 1] = [f"{names[k - 1]} {names[k]}"]
    return names


def _title_and_place(body: str, early: str | None) -> dict[str, Any]:
    """Title, journal, year, volume, issue and pages of what follows the authors."""
    place = next((m for k, style in enumerate(_PLACES) if (early or k < 4) and (m := style.search(body))), None)
    year = place["year"] if place and "year" in place.groupdict() else early
    head = body[: place.start()] if place else ""
    if not place:
        bare_year = next(iter(_YEAR.finditer(body, min(len(body), 10))), None)
        if bare_year:
            year, head = year or bare_year.group(), body[: bare_year.start()]
    title, journal = _parted(head) if head else ("", "")
    if not title:
        first = re.match(r".{3,400}?[.?!](?=\s|\Z)", body)
        title, journal = (first.group() if first else body[:300]), ""
    made: dict[str, Any] = {"title": title.rstrip(".").strip()}
    if journal:
        made["journal"] = journal
    if year:
        made["year"] = int(year)
    for field in ("volume", "issue", "pages"):
        if place and place[field]:
            made[field] = (
                re.sub(r"\s", "", place[field]).replace("–", "-").rstrip(".") if field == "pages" else place[field].replace("–", "-")
            )
    return made


def _parted(head: str) -> tuple[str, str]:
    """Title and journal of what stands before the year: the journal is the last sentence of it, with its abbreviations."""
    head = head.strip(" ,(")
    pieces = [m for m in re.finditer(r"[.?!]\s+", head.rstrip("."))]
    if not pieces:
        return "", ""
    k = len(pieces) - 1
    while k > 0 and head[pieces[k].start()] == "." and _ABBREVIATED.match(head[pieces[k - 1].end() : pieces[k].start()]):
        k -= 1
    title, journal = head[: pieces[k].end()].strip(), re.sub(r"\*|\(?\bInternet\b\)?", "", head[pieces[k].end() :]).strip(" .,(")
    if not journal[:1].isupper() or len(journal) > 120:
        return "", ""
    return title, "" if journal.endswith(";") else " ".join(journal.split())  # a book has a publisher: `Boston: Doe;`


def last_sentence(words: str) -> str:
    """The name of a journal at the end of some words, with the stops of its abbreviations.

    >>> last_sentence("Doe et al. Front. Test. Med."), last_sentence("J Test Med")
    ('Front. Test. Med', 'J Test Med')
    """
    words = " ".join(words.split()).strip(" *.,")
    title, journal = _parted(words)
    return words if _ABBREVIATED.match(title.rstrip(".")) else journal or words.split(". ")[-1]


def _identifiers(text: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field, pattern in (("pmid", _PMID), ("doi", DOI), ("pmcid", _PMCID)):
        match = pattern.search(text)
        if match:
            made[field] = next((g for g in match.groups() if g), match.group())
    url = next((u for u in _URL.findall(text) if "doi.org" not in u), None)
    if url:
        made["url"] = url.rstrip(".")
    return made


_CITED = re.compile(
    r"(?<=[\w.,;)\]])([⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)|\[\s?(\d{1,3}(?:\s?[-–,;]\s?\d{1,3})*)\s?\]|\((\d{1,3}(?:\s?[-–,;]\s?\d{1,3})*)\)|"
    r"(?<=[A-Za-z)]{2}[.,])(\d{1,2}(?:[,–-]\d{1,2})*)(?=\s|\Z)"
)
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def cited(text: str, known: set[int]) -> list[int]:
    """The numbers of the references that a sentence cites.

    Example:
    Figures that were raised once and are so no more are read at the end of a sentence: `common.3`.

    >>> cited("Useful.⁵⁻⁷ See also [9, 11].", set(range(1, 13))), cited("She (68) had 3 fits (2019).", {1, 2})
    ([5, 6, 7, 9, 11], [])
    """
    found: set[int] = set()
    for match in _CITED.finditer(text):
        group = next(g for g in match.groups() if g).translate(_DIGITS).replace("–", "-")
        numbers: set[int] = set()
        for part in re.split(r"\s?[,;]\s?", group):
            low, _, high = part.replace(" ", "").partition("-")
            if low.isdigit() and (not high or high.isdigit()):
                numbers |= set(range(int(low), min(int(high or low), int(low) + 60) + 1))
        if numbers <= known:
            found |= numbers
    return sorted(found)
