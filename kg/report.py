"""The source text of a case: sections and sentences as offsets, and a quote → its span.

Offsets are 0-based characters into the text as given, end exclusive; nothing is ever rewritten, so
``report.text[span.start:span.end]`` is always what the paper prints.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import ReportError

MAX_BYTES = 5_000_000

#: Heading words -> the section's name. A line of capitals that is none of these names its own section.
HEADINGS = {
    "abstract": "abstract", "summary": "abstract", "keywords": "keywords", "key words": "keywords",
    "introduction": "introduction", "background": "introduction",
    "case": "case presentation", "case report": "case presentation", "case presentation": "case presentation",
    "case description": "case presentation", "case history": "case presentation", "presentation of case": "case presentation",
    "case summary": "case presentation", "clinical case": "case presentation", "patient information": "case presentation",
    "case presentations": "case presentation", "case reports": "case presentation", "case descriptions": "case presentation",
    "cases": "case presentation", "case series": "case presentation", "report of a case": "case presentation",
    "report of cases": "case presentation", "detailed case description": "case presentation", "case study": "case presentation",
    "patient and observation": "case presentation", "presentation of the case": "case presentation",
    "methods": "methods", "results": "results",
    "discussion": "discussion", "comment": "discussion", "conclusion": "conclusion", "conclusions": "conclusion",
    "discussion and conclusion": "discussion", "discussion and conclusions": "discussion", "literature review": "discussion",
    "review of the literature": "discussion", "learning points": "conclusion", "take-home message": "conclusion",
    "take home message": "conclusion", "concluding remarks": "conclusion",
    "references": "references", "bibliography": "references", "literature cited": "references",
    "acknowledgements": "acknowledgements", "acknowledgments": "acknowledgements", "acknowledgement": "acknowledgements",
    "acknowledgment": "acknowledgements", "funding": "funding", "funding statement": "funding", "sources of funding": "funding",
    "conflict of interest": "conflict of interest", "conflicts of interest": "conflict of interest",
    "competing interests": "conflict of interest", "declaration of interest": "conflict of interest",
    "competing interest": "conflict of interest", "declaration of competing interest": "conflict of interest",
    "declaration of competing interests": "conflict of interest", "declarations of interest": "conflict of interest",
    "declaration of conflicting interests": "conflict of interest", "conflict of interest statement": "conflict of interest",
    "conflict of interests": "conflict of interest", "disclosure": "disclosures", "disclosures": "disclosures",
    "disclosure statement": "disclosures", "disclosure of conflicts of interest": "conflict of interest",
    "consent": "consent", "informed consent": "consent", "patient consent": "consent", "consent for publication": "consent",
    "informed consent statement": "consent", "statement of consent": "consent", "consent to publish": "consent",
    "ethics": "ethics", "ethics statement": "ethics", "ethical approval": "ethics", "statement of ethics": "ethics",
    "ethics approval": "ethics", "ethics approval and consent to participate": "ethics", "ethical considerations": "ethics",
    "author contributions": "author contributions", "authors' contributions": "author contributions",
    "authors’ contributions": "author contributions", "authors' contribution": "author contributions",
    "authors’ contribution": "author contributions", "contributors": "author contributions", "authorship": "author contributions",
    "author contribution": "author contributions", "credit authorship contribution statement": "author contributions",
    "data availability": "data availability", "data availability statement": "data availability",
    "availability of data and materials": "data availability", "availability of data and material": "data availability",
    "supplementary material": "supplementary material", "supplementary materials": "supplementary material",
    "supplementary data": "supplementary material", "appendix": "supplementary material",
    "abbreviations": "abbreviations", "list of abbreviations": "abbreviations", "footnotes": "footnotes",
    "publisher's note": "publisher's note", "publisher’s note": "publisher's note", "additional information": "additional information",
    "author details": "additional information",
    "figure legends": "figure legends", "figure legend": "figure legends", "legends to figures": "figure legends",
    "figure captions": "figure legends",
}  # fmt: skip

#: What comes before the first heading, and the parts that are no body text.
FRONT = "title"
NOT_BODY = frozenset({"title", "keywords", "metadata", "correspondence", "references", "acknowledgements", "funding"})
#: Sections that follow one another without a text between them before the report proper.
_FRONT_MATTER = frozenset({FRONT, "abstract", "keywords", "metadata", "correspondence", "additional information"})
_KNOWN = frozenset(HEADINGS.values())
_OPENS_REPORT = frozenset({"abstract", "introduction", "case presentation"})

_PARAGRAPH = re.compile(r"\S(?:.*\S)?(?:[ \t]*\n(?![ \t]*\n)[ \t]*\S(?:.*\S)?)*")
_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+|[IVX]{1,4}\.\s+|#+\s*)?(?P<words>[^\n]{2,80}?)\s*:?\s*\Z")
_LONGEST_HEADING = 160  # characters with its number and marks
_LONGEST_FRONT = 3000  # characters of title, authors and addresses
_HEADING_LINE = re.compile(
    r"^[ \t]*(?P<words>(?:\d{1,2}(?:\.\d{1,2})*\.?[ \t]+|[IVX]{1,4}\.[ \t]+|#+[ \t]*)?(?:" + "|".join(sorted(HEADINGS, key=len, reverse=True)) + r")[ \t]*:?)[ \t]*$",
    re.I | re.M,
)
_LEGEND = re.compile(r"\*{0,2}(?P<kind>fig(?:ure)?|table)\.?\s*(?P<number>\d+\s?[A-Za-z]?)\b[.:]?", re.I)
_KEYWORDS = re.compile(r"key\s?words\b", re.I)
#: A heading printed with spaces between its letters: `A B S T R A C T`, `A R T I C L E  I N F O`.
_SPACED = re.compile(r"[A-Z](?: [A-Z]){3,}(?: {2,}[A-Z](?: [A-Z])+)*\Z")
_METADATA = re.compile(
    r"<?https?://|doi\b|article\s+(?:submitted|received)|received\b.{0,60}accepted|e-?issn\b|©|copyright\b", re.I
)
_CONTACT = re.compile(r"(?:corresponding author|correspondence|address for correspondence)\b", re.I)
_E_MAIL = re.compile(r"\S+@\S+\.\w")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|Fig|Figs|Ref|Refs|No|vs|etc|al|approx|ca|cf|e\.g|i\.e|i\.v|i\.m|p\.o|s\.c|St|Jr|Tel|resp|incl|max|min|vol|ed|eds"
    r"|(?<!/)[A-Z])|\b[ap]\.m)\.\Z",
    re.I,
)
#: Abbreviations that end a sentence, too, where another one plainly begins: after a unit (`for 5 d.`) any word that may begin one,
#: after the others a word that hardly goes on.
_UNIT = re.compile(r"(?:(?<=\d)|(?<=\d\s))[dhgslmyLw]\.\Z")
_MAY_END = re.compile(
    r"(?:\b(?:i\.v|i\.m|p\.o|s\.c|[bt]\.i\.d|q\.i?\.?d|etc|al|[ap]\.m)|(?<=[a-z]{4}\s)[A-Z])\.\Z"
)
_BEGINS = re.compile(
    r"\s+(?:She|He|Her|His|The|This|These|There|It|Its|We|Our|They|A|An|On|At|In|After|During|No|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|"
    r"However|Although|Because|As|By|For|When|Both|All)\s"
)
_LONGEST_ABBREVIATION = 12  # letters, and some more
_MORE_LETTERS = 7  # than stand together in any of them
_SPACE, _LONG_GAP = re.compile(r"\s*"), re.compile(r"\s\s+")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?:[⁰¹²³⁴⁵⁶⁷⁸⁹,⁻–-]+|\[[\d,;\s–-]+\]|(?<=[A-Za-z)]{2}\.)\d{1,2}(?:[,–-]\d{1,2})*)?(?=\s+[\"'“‘(\[]?[A-Z0-9“]|\s*\Z)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a report: offsets into its text, and the section it stands in."""

    start: int
    end: int
    section: str


class QuoteError(ReportError):
    """A quote that is not in the report, or is there more than once.

    Fields: `quote`, `kind` ("missing" or "ambiguous"), `nearest` (for missing), `sections` (for ambiguous).
    """


class Report:
    """A report's text with its structure.

    Example:
    >>> report = Report("CASE REPORT\\n\\nShe had fever. She denied\\nweight loss.\\n")
    >>> span = report.find("She denied weight loss")
    >>> report.text[span.start:span.end], span.section
    ('She denied\\nweight loss', 'case presentation')
    """

    def __init__(self, text: str, name: str = "report") -> None:
        self.text = text
        self.name = name

    def __repr__(self) -> str:
        return f"<Report {self.name}: {len(self.text):,} characters, {len(self.sections)} sections>"

    @cached_property
    def sha256(self) -> str:
        """Of the text in UTF-8, which is the file's own bytes."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Runs of lines between blank lines, headings included, in text order."""
        return tuple(_paragraphs(self.text))

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections in the order they first come."""
        return tuple(dict.fromkeys(span.section for span in self.paragraphs))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Every sentence of every paragraph, in text order; a paragraph's break ends a sentence."""
        return tuple(s for paragraph in self.paragraphs for s in _sentences(self.text, paragraph))

    @property
    def body(self) -> tuple[Span, ...]:
        """The sentences a record has to account for: no headings, metadata, addresses or references."""
        return tuple(s for s in self.sentences if s.section not in NOT_BODY and not is_heading(self.quote(s)))

    def quote(self, span: Span) -> str:
        """The text of a span, verbatim."""
        return self.text[span.start : span.end]

    def find(self, quote: str, section: str | None = None) -> Span:
        """Where a quote stands. White space matches any white space; all else is verbatim.

        Raises:
            QuoteError: it is not there (with the nearest passage), or there more than once.
        """
        spans = self.find_all(quote)
        if section is not None:
            spans = [span for span in spans if span.section == section] or self._not_in(quote, section, spans)
        if not spans:
            nearest = self.nearest(quote)
            hint = f'; the nearest passage is "{nearest}"' if nearest else ""
            raise QuoteError(f'quote "{_short(quote)}" is not in {self.name}{hint}', quote=quote, kind="missing", nearest=nearest)
        if len(spans) > 1:
            names = list(dict.fromkeys(span.section for span in spans))
            hint = (
                f"add 'section:' ({' or '.join(names)})" if len(names) > 1 and section is None else "quote more of the sentence"
            )
            raise QuoteError(
                f'quote "{_short(quote)}" stands {len(spans)} times in {self.name}; {hint}',
                quote=quote, kind="ambiguous", sections=names,
            )  # fmt: skip
        return spans[0]

    def find_all(self, quote: str) -> list[Span]:
        """Every place where a quote stands."""
        needle = " ".join(quote.split())
        flat, (places, ahead) = self.flat, self._gaps
        found: list[Span] = []
        at = flat.find(needle) if needle else -1
        while at >= 0:
            last = at + len(needle) - 1
            start, end = at + ahead[bisect_right(places, at) - 1], last + ahead[bisect_right(places, last) - 1] + 1
            found.append(Span(start, end, self.section_at(start)))
            at = flat.find(needle, at + len(needle))
        return found

    @cached_property
    def flat(self) -> str:
        """The text with each run of white space as one space."""
        return " " * self.text[:1].isspace() + " ".join(self.text.split()) + " " * self.text[-1:].isspace()

    @cached_property
    def _gaps(self) -> tuple[list[int], list[int]]:
        """The places in the flat text after longer runs of white space, and how far the text is ahead of it from each on."""
        places, ahead, more = [0], [0], 0
        for gap in _LONG_GAP.finditer(self.text) if len(self.flat) < len(self.text) else ():
            more += len(gap.group()) - 1
            places.append(gap.end() - more)
            ahead.append(more)
        return places, ahead

    def section_at(self, offset: int) -> str:
        """The name of the section that holds an offset."""
        section = FRONT
        for paragraph in self.paragraphs:
            if paragraph.start > offset:
                break
            section = paragraph.section
        return section

    def nearest(self, quote: str) -> str:
        """The sentence most like a quote that was not found, or an empty string."""
        needle = " ".join(quote.split())[:400].lower()
        best, best_score = "", 0.35
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(needle)
        for span in self.sentences[:2000]:
            sentence = " ".join(self.quote(span).split())
            matcher.set_seq1(sentence[:400].lower())
            if matcher.real_quick_ratio() > best_score / 2 and matcher.quick_ratio() > best_score / 2:
                blocks = sum(block.size for block in matcher.get_matching_blocks() if block.size > 3)
                score = blocks / max(len(needle), 1)
                if score > best_score:
                    best, best_score = sentence, score
        return best

    def _not_in(self, quote: str, section: str, spans: list[Span]) -> list[Span]:
        if section not in self.sections:
            known = ", ".join(self.sections)
            raise QuoteError(f"{self.name} has no section {section!r}; it has {known}", quote=quote, kind="missing", nearest="")
        if spans:
            there = ", ".join(dict.fromkeys(span.section for span in spans))
            raise QuoteError(
                f'quote "{_short(quote)}" is not in section {section!r} but in {there}', quote=quote, kind="missing", nearest=""
            )
        return []


def load_report(path: Path) -> Report:
    """The report in a text file.

    Raises:
        ReportError: missing, empty, too big, binary or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ReportError(f"{path}: {size:,} bytes; a report has at most {MAX_BYTES:,} (is it the article's text?)")
        data = path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror or error}") from error
    if not data.strip():
        raise ReportError(f"{path}: empty; put the article's text there")
    if b"\0" in data:
        raise ReportError(f"{path}: binary, not text; extract the text first (for a PDF, with pdftotext)")
    try:
        return Report(data.decode("utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: not UTF-8 at byte {error.start}; convert it (iconv -f latin1 -t utf-8)") from error


def is_heading(text: str) -> bool:
    """Whether a paragraph is the heading of a section.

    Example:
    >>> is_heading("CASE PRESENTATION"), is_heading("She had fever.")
    (True, False)
    """
    return _heading(text) is not None


def _heading(text: str) -> str | None:
    """The section that a heading opens, or None where the text is no heading."""
    if len(text) >= _LONGEST_HEADING or text.endswith((".", ",")) or "\n" in text:
        return None
    match = _HEADING.match(text.strip("*_ "))
    if not match:
        return None
    words = match["words"].strip("*_ ")
    if _SPACED.match(words):
        words = re.sub(r"(?<=\S) (?=\S)", "", words).replace("  ", " ")
    known = HEADINGS.get(words.lower())
    if known and (words[0].isupper() or text.startswith("#")):
        return known
    if words.isupper() and sum(c.isalpha() for c in words) > 3 and not words.endswith((".", ",")) and not re.search(r"\d", words):
        return words.lower()
    return None


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of what blank lines part; the line of a well-known heading stands by itself even without them."""
    for match in _PARAGRAPH.finditer(text):
        start, end = match.span()
        for line in _HEADING_LINE.finditer(text, start, end) if "\n" in match.group() else ():
            if _heading(line["words"]):
                before = text[start : line.start()].rstrip()
                if before:
                    yield start, start + len(before)
                yield line.span("words")
                start = _SPACE.match(text, line.end("words"), end).end()  # type: ignore[union-attr]  # matches nothing, too
        if start < end:
            yield start, end


def _paragraphs(text: str) -> Iterator[Span]:
    """Paragraphs with their sections: a heading opens a section, a legend or an address only interrupts it."""
    section, contact = FRONT, 0
    blocks = [(start, end, _heading(text[start:end])) for start, end in _blocks(text)]
    for number, (start, end, heading) in enumerate(blocks):
        words = text[start:end]
        if heading and section in _FRONT_MATTER and _is_of_the_front(heading, blocks, number):
            heading = None
        legend = _LEGEND.match(words)
        if heading:
            section, contact, here = heading, 0, heading
        elif legend and legend.end() < len(words):
            kind = "table" if legend["kind"].lower() == "table" else "figure"
            here = f"{kind} {legend['number'].replace(' ', '')}"
        elif _CONTACT.match(words):
            here, contact = "correspondence", 8
        elif contact:
            here = "correspondence"
            contact = 0 if _E_MAIL.search(words) else contact - 1
        elif _KEYWORDS.match(words):
            here = "keywords"
        elif section in (FRONT, "abstract", "keywords") and _METADATA.match(words) or section == "abstract" and len(words) < 80 and not words.endswith("."):
            here = "metadata"
        else:
            here = section
        yield Span(start, end, here)


def _is_of_the_front(heading: str, blocks: list[tuple[int, int, str | None]], number: int) -> bool:
    """Whether a heading before the report proper opens no section of it: the sort of article above its title, words in capitals,
    or the article's own bibliographic data."""
    if heading == "references":
        return any(other == "references" for _, _, other in blocks[number + 1 :])
    if heading != "case presentation" and (heading in _KNOWN or heading == "keywords"):
        return False
    following = next(
        (k for k, (_, _, other) in enumerate(blocks[number + 1 :], number + 1) if other in _KNOWN and other != "keywords"), None
    )
    return following is not None and blocks[following][2] in _OPENS_REPORT and blocks[following][0] - blocks[number][1] < _LONGEST_FRONT


def _sentences(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    if is_heading(text[start : paragraph.end]):  # "1. Introduction" is one
        yield paragraph
        return
    stop, section = paragraph.end, paragraph.section
    for match in _SENTENCE_END.finditer(text, start, stop):
        at, end = match.span()
        if text[at] == "." and end < stop and _is_abbreviated(text, start, at) and not _ends_all_the_same(text, start, at, end):
            continue
        yield Span(start, end, section)
        start = _SPACE.match(text, end, stop).end()  # type: ignore[union-attr]  # matches nothing, too
    if start < stop:
        yield Span(start, stop, section)


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


def _short(quote: str) -> str:
    return quote if len(quote) <= 100 else quote[:97] + "…"
