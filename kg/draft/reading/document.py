"""Title, authors, journal, dates, keywords and identifiers of the article."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.patterns.openings import Openings
from kg.draft.reading.authors import names_in
from kg.draft.reading.references import DOI, last_sentence
from kg.draft.reading.source import Source
from kg.report import NOT_BODY, Report, Span

_ISSN = re.compile(r"\b(\d{4}-\d{3}[\dX])\b")
_JOURNAL = r"(?P<journal>[A-Z][A-Za-z.&: -]{2,80}?)"
_PAGES = r"(?P<pages>[A-Za-z]?\d+(?:\s?[-–]\s?[A-Za-z]?\d+)?)"
_ISSUE = re.compile(
    r"(?P<journal>[A-Z][A-Za-z.& -]{2,80}?)\*?[.,]?[ ]+\(?(?P<year>(?:19|20)\d\d)\)?\s?[A-Za-z]{0,3}\s?\d{0,2};"
    r"\s?(?P<volume>\d+)\s?(?:\((?P<issue>[\w/ "
    r"-]+)\))?\s?:\s?(?P<pages>[A-Za-z]?\d+(?:\s?[-–]\s?[A-Za-z]?\d+)?)"
)
#: The other orders in which an article's own issue is printed.
_ISSUES = (
    re.compile(rf"{_JOURNAL},? \((?P<year>(?:19|20)\d\d)\),? (?P<volume>\d+)(?:\((?P<issue>[\w/ -]+)\))?:\s?{_PAGES}"),
    re.compile(rf"{_JOURNAL},? (?P<volume>\d+) \((?P<year>(?:19|20)\d\d)\),? {_PAGES}"),
    re.compile(rf"{_JOURNAL},? (?P<year>(?:19|20)\d\d),\s(?P<volume>\d+)(?:\((?P<issue>[\w/ -]+)\))?,\s{_PAGES}"),
    re.compile(rf"\((?P<year>(?:19|20)\d\d)\)\.? [A-Z][^()]{{10,300}}?\. {_JOURNAL} (?P<volume>\d+):\s?{_PAGES}"),
    re.compile(
        rf"(?:\A|(?<=[\s.]))(?P<year>(?:19|20)\d\d)(?: [A-Z][a-z]{{2}}(?: \d{{1,2}})?)?;\s?(?P<volume>\d+)\s?(?:\((?P<issue>[\w/ -]+)\))?\s?:\s?{_PAGES}"
    ),
)
_JOURNAL_OF_PAGE = re.compile(r"^(?P<journal>[A-Z][^\n]{3,100}?) logoLink to (?P=journal)", re.M)
_PUBLISHED = re.compile(r"(?:[Pp]ublished|PUBLISHED|©|Copyright)[^\n]{0,40}?\b((?:19|20)\d\d)\b")
#: The middle of an issue, which is found at once; its beginning could be anywhere.
_YEAR_AND_VOLUME = re.compile(r"(?:19|20)\d\d\)?\s?[A-Za-z]{0,3}\s?\d{0,2};\s?\d")
_LONGEST_JOURNAL = 120  # characters of its name and what stands between it and the year
_LONGEST_LINE = 4000  # characters of a title or of the authors, with white space
_FRONT_PARAGRAPHS = 40  # that are looked at
_DATE = r"(\d{1,2}(?:st|nd|rd|th)?[/. -]+\w+[/., -]+\d{4}|[A-Z]\w+ \d{1,2}(?:st|nd|rd|th)?, \d{4})"
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
_PMID = re.compile(r"\bPMID:?\s*(\d{1,8})\b")
_PMCID = re.compile(r"\bPMCID:?\s*(PMC\d+)\b")
_SENTENCE = re.compile(r"\b(?:was|were|had|has|have|is|are|showed|revealed|included)\b")
_SUBTITLE = re.compile(r"\s*(?:An? )?(?:rare |unusual )?(?:case (?:report|series)|report of|review of)\b", re.I)
#: The article's own identifier, on a line of its own.
_OWN_DOI = re.compile(r"^[ \t]*<?(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)(?P<doi>10\.\d{4,9}/[^\s>\]]+?)[.>]?[ \t]*$", re.I | re.M)
_KEYWORDS = re.compile(r"^[ \t]*(?:\*\*)?key\s?words\b[ \t]*:?(?:\*\*)?", re.I | re.M)
#: The sort of article, above its title; a title says more after such words.
_KICKER = re.compile(
    r"(?:open[- ]access\W+|type\W+)?(?:clinical |short |brief |rapid )?(?:case (?:reports?|series|study|presentation|discussion)s?|letters?(?: to the editor)?|communications?|"
    r"original (?:article|research)|research article|review(?: article)?|images? in [\w ]+|reports?|to the editor|editorial|correspondence|article)"
    r"(?:\s+(?!(?:of|in|with|on|from|and)\b)[\w®]+){0,2}\W*(?:\|.*)?\Z|case reports? in \w+(?: \w+)?\Z",
    re.I,
)
_NO_TITLE = re.compile(
    r"\s*(?:skip to|contents lists|journal homepage|edited by|reviewed by|open access|received\b|accepted\b|citation\b|academic editor|volume \d|vol\.|e?-?issn|published|"
    r"copyright|©|www\.|https?:|doi\b|type\b|[*†‡§]|correspond|authors?\b|department|division|affiliation|article (?:history|info)|author information|pmcid|pmid|page \d|review (?:began|ended)|\. (?:19|20)\d\d)",
    re.I,
)
_INTEREST = Openings(
    r"\b(?:declares?|have|has)\s+(?:that\s+)?(?:they\s+have\s+)?(?:no|any)?\s*(?:\w+\s){0,3}(?:conflicts? "
    r"of interest|competing interests?)"
)


def read_document(source: Source) -> dict[str, Any]:
    """The `document` of the record; at least title and quote.

    Raises nothing: what is not printed is left out.
    """
    front = [p for p in source.report.paragraphs[:_FRONT_PARAGRAPHS] if p.start < _front_end(source)]
    front = [p for p in front if p.section in ("title", "metadata") and p.end - p.start <= _LONGEST_LINE]
    authors = _authors(source, front)
    title, span = _title(source, front, authors[1] if authors else None)
    found: dict[str, Any] = {"title": title}
    head = source.text[: min(6000, _front_end(source))]
    if authors:
        found["authors"] = authors[0]
    for field, value in _identifiers(source, head).items():
        found[field] = value
    if keywords := _keywords(source):
        found["keywords"] = keywords
    interest = _INTEREST.search(source.text)
    sentence = source.sentence_at(interest.start()) if interest else None
    if sentence:
        words = " ".join(source.report.quote(sentence).split())
        if len(words) < 400:
            found["conflict_of_interest"] = words
    found["type"] = "fabio:ClinicalCaseReport ! clinical case report"
    evidence = source.evidence(span.start, span.end) or _any_quote(source)
    return {**found, **evidence}


def count_articles(report: Report) -> int:
    """How many articles a text holds: each begins anew after the references of the one before.

    >>> count_articles(Report("CASE REPORT\\n\\nA man.\\n\\nREFERENCES\\n\\n1. A.\\n\\nABSTRACT\\n\\nA boy.\\n\\nREFERENCES\\n\\n1. B."))
    2
    """
    articles, listed = 1, False
    for paragraph in report.paragraphs:
        if paragraph.section == "references":
            listed = True
        elif listed and paragraph.section in ("abstract", "introduction", "case presentation"):
            articles, listed = articles + 1, False
    return articles


def _front_end(source: Source) -> int:
    """Where the first section begins that may cite other papers; what is printed of them is not of this one."""
    citing = (p.start for p in source.report.paragraphs if p.section not in NOT_BODY - {"references"} and p.section != "abstract")
    return next(citing, len(source.text))


def _title(source: Source, front: list[Span], authors: Span | None) -> tuple[str, Span]:
    """The last text before the authors that reads like a title, else the first that does, else the first words."""
    before = [p for p in front if authors is None or p.start < authors.start]
    for paragraph in reversed(before) if authors else before[:6]:
        end = authors.start if authors and paragraph.end > authors.start else paragraph.end
        span = _without_kicker(source.text, Span(paragraph.start, end, paragraph.section))
        words = " ".join(source.text[span.start : span.end].split())
        if _reads_like_title(words):
            lines = source.text[span.start : span.end].rpartition("\n")
            if lines[1] and _SUBTITLE.match(lines[2]) and not re.search(r"[-:,.–]\s*\Z", lines[0]):
                words = f"{' '.join(lines[0].split())}: {' '.join(lines[2].split())}"
            return words.rstrip("."), span
    first = source.sentences[0] if source.sentences else source.report.paragraphs[0]
    words = " ".join(source.report.quote(first).split()).lstrip("\ufeff ")
    return (words[:117] + "..." if len(words) > 120 else words), first


def _without_kicker(text: str, span: Span) -> Span:
    """A paragraph without the lines above a title that it begins with."""
    start = span.start
    while (stop := text.find("\n", start, span.end)) > 0:
        line = " ".join(text[start:stop].split())
        if line and not _KICKER.match(line) and not _NO_TITLE.match(line) and not _is_of_issue(line):
            break
        start = stop + 1
    words = text[start : span.end]
    start += len(words) - len(words.lstrip())
    return Span(start, max(start, start + len(words.strip())), span.section)


def _reads_like_title(words: str) -> bool:
    if not 12 <= len(words) <= 300 or not re.search(r"[A-Za-z]{3}", words) or DOI.search(words) or "www." in words:
        return False
    if re.search(
        r"\.[⁰¹²³⁴⁵⁶⁷⁸⁹\d]*,?[⁰¹²³⁴⁵⁶⁷⁸⁹]*\s(?!(?:An? )?(?:rare |unusual )?(?:[Cc]ase|[Rr]eport|[Rr]eview)\b)", words
    ) or _is_of_issue(words):
        return False
    if words.endswith(".") and _SENTENCE.search(words):
        return False
    return not (_KICKER.match(words) or _NO_TITLE.match(words))


def _is_of_issue(words: str) -> bool:
    return bool(_ISSUE.search(words) or any(style.search(words) for style in _ISSUES))


def _any_quote(source: Source) -> dict[str, Any]:
    """Some quote that stands once: the shortest run of words from the start that does."""
    words = source.given.text.split()
    flat = " ".join(words)
    for n in (12, 40, 200, len(words)):
        quote = " ".join(words[:n])
        if flat.count(quote) == 1:
            return {"quote": quote}
    return {"quote": flat}


def _authors(source: Source, front: list[Span]) -> tuple[list[str], Span] | None:
    """The authors, and where they are named: a paragraph of its own, or lines of one."""
    for paragraph in front:
        text = source.text[paragraph.start : paragraph.end]
        names = names_in(text)
        if len(names) > 1 or names and not _is_of_few_words(names[0]):
            return names, paragraph
        lines = [m for m in re.finditer(r"[^\n]+", text)] if "\n" in text else []
        for first in range(len(lines)):
            for last in range(min(first + 3, len(lines)), first, -1):
                names = names_in(text[lines[first].start() : lines[last - 1].end()])
                if len(names) > 1:
                    return names, Span(paragraph.start + lines[first].start(), paragraph.start + lines[last - 1].end(), paragraph.section)
    return None


def _is_of_few_words(name: str) -> bool:
    """Whether a single name may as well be a short title or a heading: two words, none of them initials."""
    return not re.search(r"\b[A-Z]\.|-", name) and len(name.split()) != 2


def _keywords(source: Source) -> list[str]:
    """The keywords, on the line of their heading or on those below it."""
    limit = _front_end(source)
    heading = _KEYWORDS.search(source.text, 0, min(len(source.text), limit + 200))
    if heading is None:
        return []
    paragraphs = [p for p in source.report.paragraphs if p.end > heading.end()]
    if not paragraphs:
        return []
    listed = paragraphs[0]
    text = source.text[max(heading.end(), listed.start) : listed.end].strip()
    text = re.split(r"\n\s*(?=(?:[A-Z][\w ]{2,30}:|©|\d{1,2}\.? [A-Z]))", text)[0]
    separator = r"[,;•·|]" if re.search(r"[,;•·|]", text) else r"\n|\s[-–]\s"
    return [w for w in (" ".join(part.split()).strip(" .*:") for part in re.split(separator, text)) if w and len(w) < 80][:12]


def _identifiers(source: Source, head: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    volume = _YEAR_AND_VOLUME.search(head)
    issue = _ISSUE.search(head, max(0, volume.start() - _LONGEST_JOURNAL)) if volume else None
    issue = issue or next((m for style in _ISSUES if (m := style.search(head))), None)
    issue = issue or next((m for line in source.furniture for style in (_ISSUE, *_ISSUES) if (m := style.search(line))), None)
    if issue:
        fields = issue.groupdict()
        if fields.get("journal") and (journal := last_sentence(issue["journal"])):
            found["journal"] = journal
        found["year"] = int(issue["year"])
        found["volume"] = issue["volume"]
        if fields.get("issue"):
            found["issue"] = issue["issue"].strip()
        found["pages"] = issue["pages"].replace(" ", "").replace("–", "-")
    elif year := _PUBLISHED.search(head):
        found["year"] = int(year.group(1))
    if "journal" not in found and (page := _JOURNAL_OF_PAGE.search(head)):
        found["journal"] = page["journal"]
    doi = DOI.search(head)
    own = None if doi else _OWN_DOI.search(source.given.text, 0, _references_start(source))
    if doi or own:
        found["doi"] = doi.group() if doi else own["doi"]  # type: ignore[index]  # one of them is
    for field, pattern in (("pmid", _PMID), ("pmcid", _PMCID)):
        if match := pattern.search(head):
            found[field] = match.group(1)
    issn = re.search(r"ISSN", head) and _ISSN.search(head, head.index("ISSN"))
    if issn:
        found["issn"] = issn.group(1)
    for field, pattern in _DATES:
        if date := pattern.search(head) or _at_the_end(source, pattern):
            found[field] = date.group(1)
    return found


def _references_start(source: Source) -> int:
    given = source.given
    return next((p.start for p in given.paragraphs if p.section == "references"), len(given.text))


def _at_the_end(source: Source, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """A date of the article that is printed after its text: with a capital letter, so that none of the story is taken for one."""
    for match in pattern.finditer(source.text):
        if match.group()[0].isupper():
            return match
    return None
