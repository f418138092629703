"""Patterns tried only where a match can begin must find just what they find when tried everywhere."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.draft import draft_report
from kg.draft.claims import claims, mentions, symbols
from kg.draft.findings.antibodies import _antibodies
from kg.draft.findings.measure import analytes
from kg.draft.patterns.first_words import first_words
from kg.draft.patterns.openings import _BOARD, Openings
from kg.draft.patterns.pieces import Memory, pieces
from kg.draft.reading import document, patient, persons
from kg.draft.reading.negate import _cues
from tests.conftest import SEED

# Words that open matches, signs and letters that part or join them, and letters that fold to ASCII ones.
PARTS = ["no", "No", "not", "without", "denied", "fails to reveal", "family history of", "was negative", "but", "haemoglobin", "Hb", "CRP", "C3", "was 6.2 g/dL",
         "12", "ANA", "anti-Jo1", "antinuclear antibodies", "anti", "RF", "p-ANCA", "ſuspected", "noİ", "é", " ", "  ", "\n", "\n\n", "-", "_", "‑", "–", ",", ".", ":", "(", ")", "/"]  # fmt: skip


def stop(text: str, end: int) -> int:
    """The end of a stretch, moved to the end of the word that it would cut: no reader asks for a part of a word."""
    end = min(len(text), end)
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return end


TEXTS = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)


@given(TEXTS)
def test_pieces_are_the_text(text):
    cut, starts = pieces(text)
    assert "".join(cut) == text
    assert all(text.startswith(piece, start) for piece, start in zip(cut, starts, strict=True))


@given(TEXTS, st.integers(0, 40), st.integers(0, 80))
def test_matches_are_those_of_the_pattern(text, start, length):
    end = stop(text, start + length)
    for openings in (_cues().opening, _cues().ending, analytes()[0]):
        expected = [m.span() for m in openings.pattern.finditer(text, start, end)]
        assert [m.span() for m in openings.finditer(text, start, end)] == expected
        first = openings.search(text, start, end)
        assert (first.span() if first else None) == (expected[0] if expected else None)


#: Openings whose first words are written out beside the pattern, and what they are of.
WRITTEN_OUT = (claims._OF_THE_CASE, claims._ASSERTING, mentions._NAMES, mentions._KINDS, symbols._INTERLEUKIN, document._INTEREST, patient._PRONOUNS,
               persons._SEVERAL)  # fmt: skip
CLAIMED = [*mentions._TERMS, *mentions._KIND_TERMS, "our", "this", "the", "present", "patient", "case", "she", "his", "her", "him", "we", "treated", "gave", "has", "-year", "-days",
           "-old", "is", "are", "a", "an", "the", "rarely", "rare", "disease", "features", "sign", "of", "in", "seen", "presents", "mainly", "treatment", "may", "occur", "choice", "line",
           "drug", "interleukin", "Interleukin6", "17A", "declares", "no", "have", "conflicts", "interest", "competing", "interests", "two", "3", "unrelated", "siblings"]  # fmt: skip


@given(st.lists(st.sampled_from(CLAIMED), max_size=20).map(" ".join), st.sampled_from(WRITTEN_OUT))
def test_first_words_that_are_written_out_are_all_of_them(text, openings):
    text = text.replace(" -", "-")
    assert [m.span() for m in openings.finditer(text)] == [m.span() for m in openings.pattern.finditer(text)]


@pytest.mark.parametrize("openings, text, found", [
    (claims._OF_THE_CASE, "In the patient, and in this child; a 5-year-old one; but no patient.", ["patient", "this child", "year-old"]),
    (claims._ASSERTING, "Treatment of gout. Gout is usually a mild disease. It is a fact.", ["Treatment of", "is usually a mild disease"]),
    (mentions._KINDS, "Immunosuppressive or topical treatment; a topical fact", ["Immunosuppressive or topical treatment"]),
    (document._INTEREST, "The authors declare that they have no competing interests, but have an interest.", ["declare that they have no competing interests"]),
    (persons._SEVERAL, "Two unrelated patients, 3 sibs and ten men.", ["Two unrelated patients", "3 sibs"]),
])  # fmt: skip
def test_what_openings_find(openings, text, found):
    assert [m.group() for m in openings.finditer(text)] == found


@given(TEXTS, st.integers(0, 40), st.integers(0, 80))
def test_matches_of_many_come_pattern_by_pattern(text, start, length):
    many = _antibodies()[0]
    end = stop(text, start + length)
    expected = [(n, m.span()) for n, pattern in enumerate(many.patterns) for m in pattern.finditer(text, start, end)]
    assert [(n, m.span()) for n, m in many.finditer(text, start, end)] == expected


def test_a_first_word_left_out_is_not_found():
    pattern = r"\b(?:rash|fever)\b"
    assert [m.group() for m in Openings(pattern).finditer("Fever, then rash.")] == ["Fever", "rash"]
    assert [m.group() for m in Openings(pattern, {"rash"}).finditer("Fever, then rash.")] == ["rash"]


@pytest.mark.parametrize("pattern, words", [
    ("no sign|fails? to", {"no", "fail*"}),
    (r"(?<![\w-])(?P<n>\d{1,2})\s+episodes", {f"{digit}*" for digit in range(10)}),
    (r"\b(?:about |over )?(?:two|[2-4])\s+weeks", {"about", "over", "two", "2*", "3*", "4*"}),
    ("anti-?nuclear", {"anti*"}),
    ("anti-nuclear", {"anti"}),
    ("genes?(?: for)? it", {"gene*"}),
    ("risk(?: of)?s", {"risk*"}),
    (r"no. \d", {"no*"}),
])  # fmt: skip
def test_first_words(pattern, words):
    assert first_words(pattern) == words


@pytest.mark.parametrize("pattern", ["(?:no)?", r"\w+ing", "[^a]b", "a?b", ".no", "(?:a"])
def test_what_may_begin_with_anything_is_refused(pattern):
    with pytest.raises(ValueError):
        first_words(pattern)


def test_no_pattern_is_tried_at_every_word():
    text = (SEED / "report.txt").read_text(encoding="utf-8")
    draft_report(text)
    words = {word for word in re.findall("[a-z]+", text.lower())}
    opened = Counter(owner for word in words for owner, _, _ in _BOARD._opened[word])
    assert 0 < max(opened.values()) < len(words) / 5, "a row of a word list that may begin with any letter is tried everywhere"


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr("kg.draft.patterns.pieces.REMEMBERED", 3)
    learned: list[str] = []
    memory = Memory(lambda piece: learned.append(piece) or len(piece))
    assert list(memory.of(["a", "bb", "a", "ccc", "dddd"])) == [1, 2, 1, 3, 4]
    assert learned == ["a", "bb", "ccc", "dddd"] and len(memory) <= 3
