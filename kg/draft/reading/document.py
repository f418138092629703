"""Title, authors, journal and identifiers of the article, and its reference list."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.patterns.openings import Openings
from kg.draft.reading.source import Source
from kg.report import NOT_BODY, Span

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\]>\"'<,;]+[^\s\]>\"'<,;.)]")
_ISSN = re.compile(r"\b(\d{4}-\d{3}[\dX])\b")
_ISSUE = re.compile(
    r"(?P<journal>[A-Z][A-Za-z.& -]{2,80}?)\*?[.,]?[ ]+\(?(?P<year>(?:19|20)\d\d)\)?\s?[A-Za-z]{0,3}\s?\d{0,2};"
    r"\s?(?P<volume>\d+)\s?(?:\((?P<issue>[\w/ "
    r"-]+)\))?\s?:\s?(?P<pages>[A-Za-z]?\d+(?:\s?[-–]\s?[A-Za-z]?\d+)?)"
)
#: The middle of an issue, which is found at once; its beginning could be anywhere.
_YEAR_AND_VOLUME = re.compile(r"(?:19|20)\d\d\)?\s?[A-Za-z]{0,3}\s?\d{0,2};\s?\d")
_LONGEST_JOURNAL = 120  # characters of its name and what stands between it and the year
_NAME = r"[A-ZÀ-Þ][\w.'’-]*(?:[ -][A-ZÀ-Þ][\w.'’-]*){1,4}"
_AUTHORS = re.compile(rf"\A{_NAME}(?:,\s*{_NAME})*(?:,?\s+and\s+{_NAME})?\Z")
_LONGEST_LINE = 4000  # characters of a title or of the authors, with white space
_SUPERSCRIPT = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹⁰*†‡§]+|\^\{?[\d,]+\}?|\{[\d,]+\}")
_DATE = r"(\d{1,2}[/. ]\w+[/. ]\d{4}|\w+ \d{1,2}, \d{4})"
#: Of each date the words before it, in the letter case that they are printed in: so they are found much sooner.
_DATES = tuple(
    (
        field,
        re.compile(
            rf"(?:{'|'.join(case(word) for case in (str.lower, str.capitalize, str.upper) for word in words)})(?i:{more}:?\s*(?:on\s+)?){_DATE}"
        ),
    )
    for field, words, more in (
        ("submitted", ("submitted", "received"), ""),
        ("revised", ("revised",), "(?: form)?"),
        ("accepted", ("accepted",), ""),
    )
)
_PMID = re.compile(r"PMID:?\s*(\d{1,8})\b")
_PMCID = re.compile(r"\bPMC\d+\b")
_NUMBERED = re.compile(r"^\s*(?:\[(\d{1,3})\]|\(?(\d{1,3})[.)\]]|-|•|\*(?=\s))\s+", re.M)
_INTEREST = Openings(
    r"\b(?:declares?|have|has)\s+(?:that\s+)?(?:they\s+have\s+)?(?:no|any)?\s*(?:\w+\s){0,3}(?:conflicts? "
    r"of interest|competing interests?)"
)
_URL = re.compile(r"https?://[^\s\]>\"')]+")


def read_document(source: Source) -> dict[str, Any]:
    """The `document` of the record; at least title and quote.

    Raises nothing: what is not printed is left out.
    """
    title, span = _title(source)
    found: dict[str, Any] = {"title": title}
    head = source.text[: min(6000, _front_end(source))]
    authors = _authors(source)
    if authors:
        found["authors"] = authors[0]
    for field, value in _identifiers(source, head).items():
        found[field] = value
    keywords = next((p for p in source.report.paragraphs if p.section == "keywords"), None)
    if keywords:
        words = re.sub(r"^\s*key\s?words\s*:?\s*", "", source.report.quote(keywords), flags=re.I)
        found["keywords"] = [w for w in (" ".join(part.split()).strip(" .*") for part in re.split(r"[,;•|]", words)) if w][:12]
    interest = _INTEREST.search(source.text)
    sentence = source.sentence_at(interest.start()) if interest else None
    if sentence:
        words = " ".join(source.report.quote(sentence).split())
        if len(words) < 400:
            found["conflict_of_interest"] = words
    found["type"] = "fabio:ClinicalCaseReport ! clinical case report"
    evidence = source.evidence(span.start, span.end) or _any_quote(source)
    return {**found, **evidence}


def _front_end(source: Source) -> int:
    """Where the first section begins that may cite other papers; what is printed of them is not of this one."""
    citing = (p.start for p in source.report.paragraphs if p.section not in NOT_BODY - {"references"} and p.section != "abstract")
    return next(citing, len(source.text))


def _title(source: Source) -> tuple[str, Span]:
    """The first paragraph that reads like a title, else the first words."""
    for paragraph in source.report.paragraphs[:6]:
        if paragraph.section != "title" or paragraph.end - paragraph.start > _LONGEST_LINE:
            continue
        words = " ".join(source.report.quote(paragraph).split())
        if 12 <= len(words) <= 300 and re.search(r"[A-Za-z]{3}", words) and not _DOI.search(words) and ". " not in words:
            return words.rstrip("."), paragraph
    first = source.sentences[0] if source.sentences else source.report.paragraphs[0]
    words = " ".join(source.report.quote(first).split())
    return (words[:117] + "..." if len(words) > 120 else words), first


def _any_quote(source: Source) -> dict[str, Any]:
    """Some quote that stands once: the shortest run of words from the start that does."""
    words = source.given.text.split()
    flat = " ".join(words)
    for n in (12, 40, 200, len(words)):
        quote = " ".join(words[:n])
        if flat.count(quote) == 1:
            return {"quote": quote}
    return {"quote": flat}


def _authors(source: Source) -> tuple[list[str], Span] | None:
    for paragraph in source.report.paragraphs[:8]:
        if paragraph.section not in ("title", "metadata") or paragraph.end - paragraph.start > _LONGEST_LINE:
            continue
        words = " ".join(_SUPERSCRIPT.sub("", source.report.quote(paragraph)).split()).strip(" ,.")
        words = re.sub(r"(?<=[^\W\d_])\d{1,2}(?:,\s?\d{1,2})*(?=,|\s|$)", "", words)  # figures of affiliations, no longer raised
        words = re.sub(r",?\s*(?:MD|PhD|MSc|MBBS|FRCP)\b\.?", "", words)
        if _AUTHORS.match(words) and len(words) > 8:
            names = [n.strip() for n in re.split(r",\s*(?:and\s+)?|\s+and\s+", words) if n.strip()]
            if len(names) > 1 or len(names[0].split()) in (2, 3) and not re.search(r"\b(?:case|report|with|of)\b", words, re.I):
                return names, paragraph
    return None


def _identifiers(source: Source, head: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    volume = _YEAR_AND_VOLUME.search(head)
    issue = _ISSUE.search(head, max(0, volume.start() - _LONGEST_JOURNAL)) if volume else None
    if issue:
        found["journal"] = " ".join(issue["journal"].split()).split(". ")[-1].strip(" *.")
        found["year"] = int(issue["year"])
        found["volume"] = issue["volume"]
        if issue["issue"]:
            found["issue"] = issue["issue"].strip()
        found["pages"] = issue["pages"].replace(" ", "").replace("–", "-")
    doi = _DOI.search(head)
    if doi:
        found["doi"] = doi.group()
    issn = re.search(r"ISSN", head) and _ISSN.search(head, head.index("ISSN"))
    if issn:
        found["issn"] = issn.group(1)
    for field, pattern in _DATES:
        if date := pattern.search(head):
            found[field] = date.group(1)
    return found


def read_references(source: Source) -> list[dict[str, Any]]:
    """The entries of the reference list, numbered as printed or by their order."""
    spans = [p for p in source.report.paragraphs if p.section == "references"]
    entries: list[tuple[int, int, int]] = []
    for span in spans:
        text = source.report.quote(span)
        starts = [(m.start(), m) for m in _NUMBERED.finditer(text)]
        if not starts:
            if len(text) > 30:
                entries.append((0, span.start, span.end))
            continue
        for k, (_, match) in enumerate(starts):
            stop = starts[k + 1][0] if k + 1 < len(starts) else len(text)
            entries.append((int(match[1] or match[2] or 0), span.start + match.end(), span.start + stop))
    made, seen = [], set()
    for order, (number, start, end) in enumerate(entries[:400], 1):
        number = number or order
        if number in seen:
            continue
        entry = _reference(" ".join(source.text[start:end].split()), number)
        evidence = source.standing_once(source.as_given(start, end), "references")
        if entry and evidence:
            seen.add(number)
            made.append(entry | evidence)
    return made


def _reference(text: str, number: int) -> dict[str, Any] | None:
    """One printed entry in Vancouver order: authors. title. journal year;volume(issue):pages."""
    bare = re.sub(r"\[[^\]]*\]|<[^>]*>", " ", text)
    parts = re.match(r"(?P<authors>[^.?]{3,400}?(?:et al)?)\.\s+(?P<title>.{3,400}?[.?!])\s+(?P<rest>.+)", bare)
    if not parts:
        return {"number": number, "title": text[:300]} if len(text) > 10 else None
    names = [n.strip() for n in parts["authors"].split(",") if n.strip()]
    entry: dict[str, Any] = {"number": number, "authors": [n for n in names if n.lower() != "et al"]}
    if any(n.lower() == "et al" for n in names):
        entry["et_al"] = True
    entry["title"] = parts["title"].rstrip(".").strip()
    place = re.search(
        r"\*?(?P<journal>[A-Z][^*;]{1,80}?)\*?\s*\.?,?\s*(?P<year>(?:19|20)\d\d)[^;:]{0,12}"
        r"(?:;\s?(?P<volume>\d+)\s?(?:\((?P<issue>[^)]+)\))?\s?:\s?(?P<pages>[A-Za-z]?\d+(?:[-–]\w+)?))?",
        parts["rest"],
    )
    if place:
        entry["journal"] = place["journal"].strip(" .,")
        entry["year"] = int(place["year"])
        for field in ("volume", "issue", "pages"):
            if place[field]:
                entry[field] = place[field].replace("–", "-")
    for field, pattern in (("pmid", _PMID), ("doi", _DOI), ("pmcid", _PMCID)):
        match = pattern.search(text)
        if match:
            entry[field] = match.group(1) if field == "pmid" else match.group()
    url = next((u for u in _URL.findall(text) if "doi.org" not in u), None)
    if url:
        entry["url"] = url.rstrip(".")
    return entry


_CITED = re.compile(
    r"(?<=[\w.,;)\]])([⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)|\[(\d{1,3}(?:\s?[-–,]\s?\d{1,3})*)\]|\((\d{1,3}(?:\s?[-–,]\s?\d{1,3})*)\)|"
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
        for part in re.split(r"\s?,\s?", group):
            low, _, high = part.replace(" ", "").partition("-")
            if low.isdigit() and (not high or high.isdigit()):
                numbers |= set(range(int(low), min(int(high or low), int(low) + 60) + 1))
        if numbers <= known:
            found |= numbers
    return sorted(found)
