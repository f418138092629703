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
from kg.headings import HEADING_LINE, HEADINGS, heading_of, is_heading
from kg.sentences import sentences_in

MAX_BYTES = 5_000_000

#: What comes before the first heading, and the parts that are no body text.
FRONT = "title"
NOT_BODY = frozenset({"title", "keywords", "metadata", "correspondence", "references", "acknowledgements", "funding"})
#: Sections that follow one another without a text between them before the report proper.
_FRONT_MATTER = frozenset({FRONT, "abstract", "keywords", "metadata", "correspondence", "additional information"})
_KNOWN = frozenset(HEADINGS.values())
_OPENS_REPORT = frozenset({"abstract", "introduction", "case presentation"})

_PARAGRAPH = re.compile(r"\S(?:.*\S)?(?:[ \t\r]*\n(?![ \t\r]*\n)[ \t]*\S(?:.*\S)?)*")
_LEGEND = re.compile(r"\*{0,2}(?P<kind>fig(?:ure)?|table)\.?\s*(?P<number>\d+\s?[A-Za-z]?)\b[.:]?", re.I)
#: An entry of a list of papers: its number, and year, volume and page somewhere after it.
_ENTRY = re.compile(r"^[ \t]*[\[(]?\d{1,3}[\]).]{0,2}[ \t]+[A-Z][^\n]*(?:\n(?![ \t]*[\[(]?\d{1,3}[\]).]{0,2}[ \t]+[A-Z])[^\n]+)*", re.M)
_PAPER = re.compile(r"\b(?:19|20)\d\d\)?[^;:\n]{0,12}[;,]\s?\d+[^:,\n]{0,12}[:,]\s?\w?\d|\bdoi\b|\(?(?:19|20)\d\d\)?\.? \d+(?:\(\d+\))?:\d")
_FEWEST_ENTRIES = 3
_KEYWORDS = re.compile(r"key\s?words\b", re.I)
_METADATA = re.compile(
    r"<?https?://|doi\b|article\s+(?:submitted|received)|received\b.{0,60}accepted|e-?issn\b|©|copyright\b", re.I
)
_CONTACT = re.compile(r"(?:corresponding author|correspondence|address for correspondence)\b", re.I)
_E_MAIL = re.compile(r"\S+@\S+\.\w")
_SPACE, _LONG_GAP = re.compile(r"\s*"), re.compile(r"\s\s+")
_LONGEST_FRONT = 3000  # characters of title, authors and addresses


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
        return _with_unheaded_list(self.text, tuple(_paragraphs(self.text)))

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


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of what blank lines part; the line of a well-known heading stands by itself even without them."""
    for match in _PARAGRAPH.finditer(text):
        start, end = match.span()
        for line in HEADING_LINE.finditer(text, start, end) if "\n" in match.group() else ():
            if heading_of(line["words"]):
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
    blocks = [(start, end, heading_of(text[start:end])) for start, end in _blocks(text)]
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


def _with_unheaded_list(text: str, paragraphs: tuple[Span, ...]) -> tuple[Span, ...]:
    """The paragraphs, with a numbered list of papers at the end as references where no heading says so."""
    first, entries = len(paragraphs), 0
    while first and (found := [m for m in _ENTRY.finditer(text, *_lines_of(text, paragraphs[first - 1])) if _PAPER.search(m.group())]):
        first, entries = first - 1, entries + len(found)
    if entries < _FEWEST_ENTRIES or any(p.section == "references" for p in paragraphs[:first]):
        return paragraphs
    return paragraphs[:first] + tuple(Span(p.start, p.end, "references") for p in paragraphs[first:])


def _lines_of(text: str, paragraph: Span) -> tuple[int, int]:
    return text.rfind("\n", 0, paragraph.start) + 1, paragraph.end


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
    yield from (Span(a, b, paragraph.section) for a, b in sentences_in(text, start, paragraph.end))


def _short(quote: str) -> str:
    return quote if len(quote) <= 100 else quote[:97] + "…"
