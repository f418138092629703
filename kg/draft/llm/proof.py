"""What proves a statement: its numbers and its printed words stand in the quote."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.draft.llm.rules import EXACT, LINKS, PRINTED, Bad
from kg.draft.reading.negate import scopes, status_at
from kg.draft.reading.references import cited
from kg.draft.reading.source import Source
from kg.record.model import TermRef
from kg.report import Span

_NUMBER_WORDS = {
    word: k
    for words in ("one two three four five six seven eight nine ten eleven twelve",
                  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", "once twice thrice")
    for k, word in enumerate(words.split(), 1)
}  # fmt: skip
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SAME = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "μ": "µ"})

#: The status by which a list says that a thing is so; "" where being in the list says it.
_POSITIVE = {"findings": "present", "diagnoses": "confirmed", "treatments": ""}


def prove(section: str, item: dict[str, Any], record: dict[str, Any]) -> None:
    """Every number of a statement stands in its quote, and so does all that is given as printed."""
    said = item["_said"]
    numbers = _numbers(said)
    references = set(cited(said, {r["number"] for r in record.get("references", ())}))
    for key, value in item.items():
        if key in ("quote", "_said", "course") or key in LINKS or _is_term(value):
            continue
        if key == "cites":
            if not set(value) <= references:
                raise Bad("numbers")
        elif not set().union(*map(_numbers, map(str, listed(value)))) <= numbers | (
            _numbers_in_words(said) if key in ("count", "cycles", "after") else set()
        ):
            raise Bad("numbers")
    for key in (PRINTED - {"result"} if section == "antibodies" else PRINTED) & item.keys():
        for words in listed(item[key]):
            if not is_printed(str(words), said, exact=key in EXACT):
                raise Bad("numbers" if key in EXACT else "words")


def not_denied(section: str, item: dict[str, Any], spans: list[Span], source: Source) -> None:
    """No statement says that a thing is so where its own sentence denies or only supposes it, or says it of a relative."""
    if section not in _POSITIVE or item.get("status", _POSITIVE[section]) != _POSITIVE[section]:
        return
    for span in spans:
        sentence = source.sentence_at(span.start)
        if sentence is None:
            continue
        text = source.text[sentence.start : max(sentence.end, span.end)]
        start, end = _mention(item, source.text[span.start : span.end])
        status, _ = status_at(scopes(text), span.start - sentence.start + start, span.start - sentence.start + end)
        if status == "family":
            raise Bad("others")
        if status in ("absent", "hypothetical"):
            raise Bad("denied")


def _mention(item: dict[str, Any], quote: str) -> tuple[int, int]:
    """Where a quote names the thing: its printed words, else its label, else the whole quote."""
    label = next((str(item[key]).partition(" ! ")[2] for key in ("is", "drug", "procedure") if key in item), "")
    for words in filter(None, (item.get("words"), label)):
        match = re.search(r"\s+".join(map(re.escape, str(words).translate(_SAME).split())), quote.translate(_SAME), re.I)
        if match:
            return match.span()
    return 0, len(quote)


def _is_term(value: Any) -> bool:
    return all(isinstance(v, str) and re.match(TermRef.PATTERN, v) for v in listed(value))


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _numbers(text: str) -> set[Decimal]:
    """The numbers that a text prints; raised digits are numbers of their own.

    Example:
    >>> sorted(map(str, _numbers("842×10⁹/L, 1,200 and 38.50")))
    ['10', '1200', '38.5', '842', '9']
    """
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f" {m.group().translate(_SUPERSCRIPT)} ", text)
    found = set()
    for match in re.finditer(r"\d+(?:[.,·]\d+)*", unicodedata.normalize("NFKC", text)):
        try:
            found.add(Decimal(match.group().replace(",", "").replace("·", ".")).normalize() + 0)
        except InvalidOperation:  # 1.2.3: a date, a section
            found |= {Decimal(part) for part in re.findall(r"\d+", match.group())}
    return found


def _numbers_in_words(text: str) -> set[Decimal]:
    return {Decimal(_NUMBER_WORDS[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMBER_WORDS}


def is_printed(words: str, text: str, *, exact: bool = False) -> bool:
    """Whether a text prints these words, whole; white space, dashes and quotation marks may differ, and letter case unless `exact`.

    Example:
    >>> is_printed("9.1 g/dL", "was 9.1g/dL"), is_printed("5 mg", "25 mg"), is_printed("9.1 g/L", "was 9.1 g/dL")
    (True, False, False)
    """
    words, text = words.translate(_SAME), text.translate(_SAME)
    letters = "".join(words.split())
    if not letters or len(letters) > len(text):
        return False
    pattern = r"\s*".join(map(re.escape, letters))
    before = r"(?<!\d)(?<!\d[.,])" if letters[0].isdigit() else r"(?<![^\W\d_])" if letters[0].isalpha() else ""
    after = r"(?![.,]?\d)" if letters[-1].isdigit() else r"(?![^\W\d_])" if letters[-1].isalpha() else ""
    return re.search(before + pattern + after, text, 0 if exact else re.I) is not None
