"""The report as the drafting steps see it: sentences with their role, and quotes that stand once.

>>> source = Source(Report("CASE REPORT\\n\\nShe had fever. She had rash and pain."))
>>> [source.report.quote(s) for s in source.story]
['She had fever.', 'She had rash and pain.']
>>> source.evidence(15, 17)
{'quote': 'She had fever.'}
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any

from kg.draft.reading.furniture import page_furniture
from kg.draft.reading.mended import Mended
from kg.headings import is_heading
from kg.report import NOT_BODY, Report, Span

#: Sections that argue rather than tell; in them only what is said of "our patient" is told of the patient.
ARGUES = frozenset({"discussion", "introduction", "conclusion", "methods", "results", "ethics", "consent", "conflict of interest"})
#: Sections that are of the article, not of the case.
ASIDE = frozenset(
    {"disclosures", "author contributions", "data availability", "supplementary material", "abbreviations", "footnotes", "publisher's note",
     "additional information"}
)  # fmt: skip
_OURS = re.compile(r"\b(?:our|this|the present|present|the index)\s+(?:patient|case|child|girl|boy|infant|woman|man|proband)", re.I)
_PATIENT_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})+\.?(?:\s*\|)?\s+)?(?:case|patient|proband|twin|sibling|subject)(?:\s+(?:history|report|presentation|description|summary))?\s*(?:no\.?\s*|number\s*|#\s*)?(\d{1,2}|[IVX]{1,4}|[AB])\b\s*[.:–-]?",
    re.I,
)
#: A whole sentence that begins a story, which no title is.
_TELLS = re.compile(
    r"(?=[^\n]*\b(?:patient|woman|man|boy|girl|male|female|infant|neonate|child|lady|gentleman|year|month|years|months)\b)"
    r"(?:(?!\bwho\b|\bwhich\b|\bthat\b|\n\s*\n).)*?\b(?:was|were|is|had|has|presented|presents|developed|experienced|complained|attended|visited|came|sought|underwent|reported|noticed)\b.*[.:]\s*\Z",
    re.I | re.S,
)
QUOTE_LIMIT = 600
#: The patient of the report is named, but the sentence tells of another one, with whom it is compared.
_COMPARED = re.compile(
    r"\b(?:unlike|in contrast (?:to|with)|contrary to|similar(?:ly)? to|as (?:in|with)|compared (?:to|with)|like|different from|resembl\w+|identical to)\s+"
    r"(?:(?:that|those|the \w+) (?:of|in|seen in) )?(?:our|this|the present|the index)\s+(?:patient|case|child|girl|boy|infant|woman|man|proband)",
    re.I,
)
_ANOTHER = re.compile(
    r"\bet al\b|\b(?:patients?|cases?|child(?:ren)?|infants?|girls?|boys?|women|woman|man|men)\s+(?:who (?:was|were) )?(?:reported|described|published)\b|\b(?:reported|described) by\b|\bother (?:reported |published )?(?:patients|cases)\b",
    re.I,
)


def is_of_another(text: str, sentence: Span) -> bool:
    """Whether a sentence names the patient of the report only to compare another one with that one.

    >>> said = "In our patient the rash was absent.", "Unlike our patient, the boy described by Roe et al. had a rash."
    >>> [is_of_another(text, Span(0, len(text), "discussion")) for text in said]
    [False, True]
    """
    return bool(_COMPARED.search(text, sentence.start, sentence.end) and _ANOTHER.search(text, sentence.start, sentence.end))


class Source:
    """A report, its sentences by role, and a way to quote it."""

    def __init__(self, report: Report, mended: Mended | None = None) -> None:
        """A source.

        Args:
            report: as given; its quotes are.
            mended: what to read in its stead; else the text as it is.
        """
        self.given = report
        self._mended = mended if mended and mended.text != report.text else None
        self.report = Report(self._mended.text, report.name) if self._mended else report
        self.text = self.report.text
        self._standing: dict[str, bool] = {}  # quote → whether it stands just once

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """All sentences but headings, in text order."""
        return tuple(s for s in self.report.sentences if s.end - s.start > 3 and not is_heading(self.report.quote(s)))

    @cached_property
    def has_sections(self) -> bool:
        return bool({s.section for s in self.sentences} - NOT_BODY)

    @cached_property
    def body(self) -> tuple[Span, ...]:
        """Sentences of the running text; a report without headings is all running text after its title."""
        if self.has_sections:
            told = {s.section for s in self.sentences}
            begun = () if told & {"case presentation", "abstract"} else self._front_story
            return begun + tuple(s for s in self.sentences if s.section not in NOT_BODY)
        left = tuple(s for s in self.sentences if s.section in ("title", "metadata") and s.end - s.start > 10)
        if len(left) < 2 or self.text.lstrip()[:400].count("\n\n") == 0 or _TELLS.match(self.text, left[0].start, left[0].end):
            return left
        return left[1:]

    @cached_property
    def _front_story(self) -> tuple[Span, ...]:
        """The sentences before the first heading, from the first that tells of a patient."""
        front = [s for s in self.sentences if s.section == "title"]
        first = next((k for k, s in enumerate(front) if _TELLS.match(self.text, s.start, s.end)), len(front))
        return tuple(front[first:])

    @cached_property
    def story(self) -> tuple[Span, ...]:
        """Sentences that tell of the patient."""
        return tuple(s for s in self.body if s.section not in ARGUES | ASIDE or s.section in ARGUES and self._is_ours(s))

    def _is_ours(self, sentence: Span) -> bool:
        return bool(_OURS.search(self.text, sentence.start, sentence.end)) and not is_of_another(self.text, sentence)

    @cached_property
    def argument(self) -> tuple[Span, ...]:
        """Sentences that argue: introduction, discussion, conclusion, and the abstract's general remarks."""
        return tuple(s for s in self.body if s.section in ARGUES and s.section not in ("ethics", "consent", "conflict of interest"))

    @cached_property
    def patients(self) -> tuple[tuple[str, int, int], ...]:
        """The stretches of several patients' stories, (name, start, end); () for one patient."""
        heads: dict[str, int] = {}
        for paragraph in self.report.paragraphs:
            words = self.text[paragraph.start : min(paragraph.end, paragraph.start + 60)]
            match = _PATIENT_NUMBER.match(words)
            if match and paragraph.section not in ("references", "discussion"):
                heads.setdefault(match.group(1).lower(), paragraph.start)
        if len(heads) < 2:
            return ()
        starts = [*heads.items()]
        stop = next(
            (
                p.start
                for p in self.report.paragraphs
                if p.section in ("discussion", "conclusion", "references") and p.start > starts[-1][1]
            ),
            len(self.text),
        )
        ends = [start for _, start in starts[1:]] + [stop]
        return tuple((name, start, end) for (name, start), end in zip(starts, ends, strict=True) if start < end)

    @cached_property
    def furniture(self) -> tuple[str, ...]:
        """Running heads and the like, as printed."""
        return tuple(self.given.text[start:end] for start, end in page_furniture(self.given.text)) if self._mended else ()

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    def sentence_at(self, offset: int) -> Span | None:
        """The sentence that holds an offset."""
        i = bisect_right(self._starts, offset) - 1
        return self.sentences[i] if i >= 0 and offset < self.sentences[i].end else None

    def evidence(self, start: int, end: int) -> dict[str, Any] | None:
        """The quote for a stretch, with its section where needed; None where no quote of it stands once.

        The sentence is quoted whole, or a window of it where it is long; the quote grows until it stands once.
        """
        sentence = self.sentence_at(start)
        if sentence is None:
            return None
        first, last = sentence.start, max(sentence.end, end)
        if last - first > QUOTE_LIMIT:
            first, last = self._word_start(max(first, start - 160)), self._word_end(min(last, end + 160))
        for grow in (0, 80, 300):
            from_, to = (
                (self._word_start(max(0, first - grow // 2)), self._word_end(min(len(self.text), last + grow))) if grow else (first, last)
            )
            quote = self.as_given(from_, to)
            if quote and self._stands_once(quote):
                return {"quote": quote}
        return self.standing_once(self.as_given(first, last), sentence.section)

    def as_given(self, start: int, end: int) -> str:
        """The words of a stretch as the report prints them, with plain spaces."""
        start, end = self._mended.given(start, end) if self._mended else (start, end)
        return " ".join(self.given.text[start:end].split())

    def place_of(self, quote: str) -> Span | None:
        """Where a quote stands first in the text that is read."""
        place = next(iter(self.given.find_all(quote)), None)
        if place is None or self._mended is None:
            return place
        return Span(self._mended.mended(place.start), self._mended.mended(place.end), place.section)

    def standing_once(self, quote: str, section: str) -> dict[str, Any] | None:
        """A quote with its section where that makes it stand once; None where it does not."""
        if not quote:
            return None
        if self._stands_once(quote):
            return {"quote": quote}
        mine = [place for place in self.given.find_all(quote) if place.section == section]
        return {"quote": quote, "section": section} if len(mine) == 1 else None

    def _stands_once(self, quote: str) -> bool:
        if quote not in self._standing:
            at = self.given.flat.find(quote)
            self._standing[quote] = at >= 0 and self.given.flat.find(quote, at + len(quote)) < 0
        return self._standing[quote]

    def _word_start(self, at: int) -> int:
        while 0 < at < len(self.text) and not self.text[at - 1].isspace():
            at -= 1
        return at

    def _word_end(self, at: int) -> int:
        while at < len(self.text) and not self.text[at].isspace():
            at += 1
        return at
