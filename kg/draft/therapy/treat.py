"""The drugs and procedures that a sentence names.

>>> text = "Rituximab was considered; she underwent laparoscopic right hemicolectomy."
>>> [(m.words, m.kind) for m in find_therapies(text, 0, len(text))]
[('Rituximab', 'drug'), ('laparoscopic right hemicolectomy', 'procedure')]
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.draft.names.ground import named, vocabulary
from kg.draft.patterns.lists import any_of, rows_of
from kg.draft.patterns.openings import Openings, patterns_of
from kg.draft.therapy.drugs import body_and_never, find_classes, find_drugs, find_regimens
from kg.draft.therapy.named import Therapy, overlaps, therapy_at
from kg.draft.therapy.neighbours import with_neighbours
from kg.draft.therapy.operations import find_operations

__all__ = ["Therapy", "define_short_forms", "find_therapies"]

_TREATMENTS = ("DrugBank", "CHEBI", "MAXO", "OBI", "cg")
#: Between the words of a listed name a short form of the words before it may stand: `angiotensin-converting enzyme (ACE) inhibitor`.
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


@patterns_of
def _listed() -> tuple[Openings, dict[str, tuple[str, str]], dict[str, str]]:
    """One pattern for all listed medicines, for each of their names its kind and its term, and how short forms are printed."""
    terms, meaning, capitals = vocabulary(), {}, {}
    for kind, label, names in rows_of("course/medicines.tsv"):
        curies = [curie for curie, _ in terms.find_by_name(label) if curie.split(":")[0] in _TREATMENTS] if label else []
        for name in names.split("|"):
            meaning[_plain(name)] = kind, next(iter(curies), "")
            if len(name) < 7 and sum(char.isupper() for char in name) > 1 and " " not in name:
                capitals[name.lower()] = name
    return (
        Openings(
            rf"(?<![\w-])(?P<name>{any_of(meaning).replace(_SPACE, _GAP)})s?(?:\s+(?:therapy|treatment|drugs?|agents?|medications?))?(?![\w-])",
            {f"{name}*" if name.isalnum() else re.split(r"\W", name)[0] for name in meaning},
        ),
        meaning,
        capitals,
    )


_SPACE, _GAP = r"\s+", r"(?:\s+\([\w-]{1,9}\))?[\s-]+"


_LONG_FORM = re.compile(r"(?<![\w-])(?P<word>[\w-]{6,})\s?\(\Z")


def _plain(name: str) -> str:
    """A listed name as it is looked up: no brackets, one blank between its words."""
    return " ".join(_IN_BRACKETS.sub(" ", name.lower()).split())


def _is_printed_so(words: str, short: str) -> bool:
    """Whether a short form is printed as it is listed, or all in capitals: `CsA` is a drug, `CSA` an area or a sleep apnea."""
    return not short or words[1:] == short[1:] or words.isupper() and (short.isupper() or len(words) > 3)


def _find_listed(text: str, start: int, end: int, found: list[Therapy]) -> None:
    pattern, meaning, capitals = _listed()
    for match in pattern.finditer(text, start, end):
        name = _plain(match["name"])
        entry = meaning.get(name) or meaning.get(name.replace("-", " "))
        if entry is None or not _is_printed_so(match["name"], capitals.get(name, "")) or overlaps(*match.span(), found):
            continue
        kind, curie = entry
        a, b = match.span()
        long = _LONG_FORM.search(text, max(start, a - 40), a) if name in capitals and text[b : b + 1] == ")" else None
        if long and long["word"][0].lower() == match["name"][0].lower() and not named(long["word"], ("CHEBI", "DrugBank")):
            a, b = long.start("word"), b + 1  # a long form that is misspelt or unknown
        found.append(therapy_at(text, a, b, curie, kind, sure=name not in body_and_never()[0]))


def find_therapies(text: str, start: int, end: int, defined: dict[str, Therapy] | None = None) -> list[Therapy]:
    """The drugs and procedures of a stretch, in its order, none over another.

    Args:
        defined: short forms that the report itself has explained, such as `ERT`.
    """
    found = list(_known(text, start, end))
    for short, therapy in (defined or {}).items():
        if short in text[start:end]:
            spots = re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text[start:end])
            _add(found, [therapy._replace(start=start + m.start(), end=start + m.end(), words=short) for m in spots])
    return with_neighbours(text, sorted(found), start, end)


@lru_cache(maxsize=2048)
def _known(text: str, start: int, end: int) -> tuple[Therapy, ...]:
    """What a stretch names by names of its own; remembered, as the times of a story are read before its treatments."""
    found = find_regimens(text, start, end)
    _find_listed(text, start, end, found)
    _add(found, find_classes(text, start, end))
    _add(found, find_operations(text, start, end))
    _add(found, find_drugs(text, start, end))
    return tuple(sorted(found))


def _add(found: list[Therapy], more: list[Therapy]) -> None:
    found += [new for new in more if not overlaps(new.start, new.end, found)]


_SHORT = re.compile(r"\s*\((?:(?P<brand>[A-Z][a-z]+)\s?[®™]|(?P<short>[A-Za-z][A-Za-z0-9/+-]{1,9}))(?:[;,][^)]*)?\)")


def define_short_forms(text: str, spans: list[tuple[int, int]]) -> dict[str, Therapy]:
    """Short forms and brands in brackets right after a treatment, where they are no name of their own: `enzyme replacement therapy (ERT)`.

    Example:
    >>> {k: v.words for k, v in define_short_forms("She had total parenteral nutrition (TPNX).", [(0, 42)]).items()}
    {'TPNX': 'total parenteral nutrition'}
    """
    found: dict[str, Therapy] = {}
    for start, end in spans:
        for match in _SHORT.finditer(text, start, end):
            short = match["brand"] or match["short"]
            if not match["brand"] and sum(c.isupper() for c in short) < 2 or short in found:
                continue
            before = max(start, match.start() - 60)
            before = before if before == start else text.find(" ", before) + 1
            for therapy in find_therapies(text, before, match.start()):
                if therapy.end == match.start() and (therapy.sure or therapy.kind == "drug"):
                    found[short] = therapy
    return found
