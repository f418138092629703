"""What cannot be drafted from is refused; what is odd is remarked on."""

from __future__ import annotations

import re

from kg.errors import ReportError

MAX_CHARACTERS = 2_000_000
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "with", "for", "were", "that", "from", "had", "his", "she", "he", "after", "this", "which", "there"]
)
_WORD = re.compile(r"[^\W\d_]+")
_ORDINARY = re.compile(r"[ -~\s]+")
_HALF = re.compile("[\ud800-\udfff]")
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
    if half := _HALF.search(text):
        raise ReportError(f"half of a character (U+{ord(half.group()):X}) at offset {half.start()}; save the text as UTF-8")
    words = _WORD.findall(text[:15000].lower())
    share = sum(map(_ENGLISH.__contains__, words)) / max(len(words), 1)
    if len(words) >= 60 and share < 0.04:
        raise ReportError(
            f"not English as far as can be told ({share:.0%} of the words are common English ones); only English reports are read"
        )
    remarks = []
    if len(words) < 40:
        remarks.append("very short; is it a whole report?")
    if text.isupper():
        remarks.append("all in capitals: abbreviations and names cannot be told from words")
    if not _PERSON.search(text):
        remarks.append("no patient is mentioned; is it a case report?")
    return remarks
