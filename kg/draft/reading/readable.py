"""What cannot be drafted from is refused; what is odd is remarked on."""

from __future__ import annotations

import re

from kg.errors import ReportError

MAX_CHARACTERS = 2_000_000
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "with", "for", "were", "that", "from", "had", "his", "she", "he", "after", "this", "which", "there"]
)
_ORDINARY = re.compile(r"[ -~\s]+")
_PERSON = re.compile(r"(?i)\b(?:patient|woman|man|boy|girl|male|female|infant|child|year|she|he)\b")


def check_text(text: str) -> list[str]:
    """Remarks on what is odd.

    Raises:
        ReportError: empty, binary, too long, or not English.

    Example:
    >>> check_text("A man had fever.")
    ['very short; is it a whole report?']
    """
    if not text.strip():
        raise ReportError("empty; there is nothing to draft from")
    if len(text) > MAX_CHARACTERS:
        raise ReportError(f"{len(text):,} characters; a report has at most {MAX_CHARACTERS:,} (is it one article?)")
    if "\0" in text or sum(not c.isprintable() for c in _ORDINARY.sub("", text[:20000])) > len(text[:20000]) / 20:
        raise ReportError("binary, not text; extract the text first (for a PDF, with pdftotext)")
    try:
        text.encode()
    except UnicodeEncodeError as half:
        raise ReportError(f"half of a character (U+{ord(text[half.start]):X}) at offset {half.start}; save the text as UTF-8") from half
    remarks = []
    head = text[:15000].lower()
    if not _is_plainly_english(head):
        words = re.findall(r"[^\W\d_]+", head)
        share = sum(word in _ENGLISH for word in words) / max(len(words), 1)
        if len(words) >= 60 and share < 0.04:
            raise ReportError(
                f"not English as far as can be told ({share:.0%} of the words are common English ones); only English reports are read"
            )
        if len(words) < 40:
            remarks.append("very short; is it a whole report?")
    if text.isupper():
        remarks.append("all in capitals: abbreviations and names cannot be told from words")
    if not _PERSON.search(text):
        remarks.append("no patient is mentioned; is it a case report?")
    return remarks


def _is_plainly_english(text: str) -> bool:
    """Whether 40 words or more are common English ones, and one in 25 even if all others had but a single letter.

    Example:
    >>> _is_plainly_english("She was seen with the rash that she had had for a year. " * 20), _is_plainly_english("Sie hatte Fieber. " * 99)
    (True, False)
    """
    common = sum(map(_ENGLISH.__contains__, text.split()))
    return common >= max(40, len(text) / 50)
