"""Headings that stand inside the running text, as in a page saved without its layout: `... Discussion Rickets is ...`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from kg.draft.reading.at_large import is_at_large
from kg.draft.reading.source import ARGUES, Source, is_of_another
from kg.headings import HEADINGS
from kg.report import Span

_INLINE = re.compile(
    r"(?P<words>Abstract|Summary|Key\s?words|Introduction|Background|Case [Pp]resentations?|Case [Rr]eports?|Case [Dd]escription|Case [Hh]istory|"
    r"Patient and observation|Patient information|Methods|Results|Discussion|Conclusions?|References|Acknowledge?ments?|Competing interests|Conflicts? of interest|"
    r"ABSTRACT|SUMMARY|KEY\s?WORDS|INTRODUCTION|BACKGROUND|CASE PRESENTATIONS?|CASE REPORTS?|CASE DESCRIPTION|CASE HISTORY|DISCUSSION|CONCLUSIONS?|REFERENCES|ACKNOWLEDGE?MENTS?|"
    r"Presentation of case|Consent|Authors['’] contributions|Abbreviations|Funding)\s*[:.]?\s+(?=[A-Z0-9“\"])"
)
_TELLS = frozenset(("case presentation", "abstract"))
#: What is no part of the story nor of the argument.
_ASIDE = frozenset(
    {
        "keywords",
        "references",
        "acknowledgements",
        "funding",
        "competing interests",
        "consent",
        "abbreviations",
        "ethics",
        "conflict of interest",
    }
)
_OF_A_CASE = re.compile(
    r"\b(?:patients?|cases?|we|our|she|he|her|his|woman|man|boy|girl|male|female|infant|child|report|year-old|presented|admitted)\b", re.I
)
#: Patients in general are none of the report's own.
_AT_LARGE = re.compile(r"\b(?:some|most|many|all|few|selected)\s+(?:[a-z]+\s+)?(?:patients|cases)\b", re.I)
_TOLD = re.compile(r"\b(?:we|our|she|he|her|his|report|case|year-old|presented|admitted|was|were)\b", re.I)
_A_PATIENT = re.compile(r"\b(?:year|month|week|day)s?[- ]old\b|\b(?:she|he|our patient|the patient)\b", re.I)
_OURS = re.compile(r"\b(?:our|the present|present|the index)\s+(?:patient|case|child|girl|boy|infant|woman|man|proband)", re.I)


def with_roles(source: Source) -> tuple[Span, ...]:
    """The sentences of the report's body, each with the section that the last heading inside the text gives it.

    A report with headings on lines of their own is taken as it is. In one without any, what is told of no patient argues.
    """
    if source.has_sections:
        return source.body
    text, now, found, seen = source.text, "", [], set()
    inline = [m for m in _INLINE.finditer(text) if not text[m.start() - 1 : m.start()].strip()]
    starts = [m.start() for m in inline]
    for sentence in source.body:
        headings = [m for m in inline[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)] if m.end() < sentence.end]
        if headings:
            words = " ".join(headings[-1]["words"].lower().split())
            now = (
                HEADINGS.get(words)
                or HEADINGS.get(words.removesuffix("s"))
                or ("case presentation" if words.startswith(("case", "patient", "presentation")) else words)
            )
            seen.add(now)
        found.append(Span(sentence.start, sentence.end, now) if now else sentence)
    if seen & ARGUES and "case presentation" in seen:
        return tuple(found)
    return source.body if seen or not _A_PATIENT.search(text) else tuple(_by_content(source))


def _by_content(source: Source) -> Iterator[Span]:
    for sentence in source.body:
        general = is_at_large(source.text, sentence.start, sentence.end)
        yield Span(sentence.start, sentence.end, "discussion" if general else "case presentation")


def story_of(source: Source, body: tuple[Span, ...]) -> tuple[Span, ...]:
    """The sentences that tell of the patient."""
    if body is source.body:
        return source.story
    return tuple(
        s
        for s in body
        if s.section in _TELLS
        or s.section.startswith(("figure", "table"))
        or s.section in ARGUES
        and _OURS.search(source.text, s.start, s.end)
        and not is_of_another(source.text, s)
    )


def argument_of(source: Source, body: tuple[Span, ...]) -> tuple[Span, ...]:
    """The sentences that argue, and the general remarks of an abstract."""
    return tuple(
        s for s in body if s.section in ARGUES and s.section not in _ASIDE or s.section == "abstract" and _is_general(source.text, s)
    )


def _is_general(text: str, sentence: Span) -> bool:
    """Whether a sentence of an abstract tells of no patient, or of patients at large."""
    if not _OF_A_CASE.search(text, sentence.start, sentence.end):
        return True
    return bool(_AT_LARGE.search(text, sentence.start, sentence.end)) and not _TOLD.search(text, sentence.start, sentence.end)
