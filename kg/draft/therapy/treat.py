"""The drugs and procedures that a sentence names.

>>> text = "Rituximab was considered; she underwent laparoscopic right hemicolectomy."
>>> [(m.words, m.kind) for m in find_therapies(text, 0, len(text))]
[('Rituximab', 'drug'), ('laparoscopic right hemicolectomy', 'procedure')]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kg.draft.names.ground import counts_as, find_terms, named, vocabulary
from kg.draft.names.stems import stems
from kg.draft.names.words import any_of, rows_of
from kg.draft.therapy.regimen import find_doses
from kg.terms import load_terms

DRUGS = ("DrugBank", "CHEBI")
LONGEST = 3  # words of a drug's name
_TREATMENTS = ("DrugBank", "CHEBI", "MAXO", "OBI", "cg")
_SUFFIX = re.compile(
    r"(?i)(?:mab|nib|cillin|mycin|micin|cycline|floxacin|azole|vir|pril|sartan|statin|olol|sone|solone|prine|platin|rubicin|tidine|prazole|"
    r"dipine|xaban|parin|profen|coxib|gliptin|gliflozin|formin|triptan|setron|azepam|zolam|barbital|thiazide|semide|oxetine|pramine|"
    r"dronate|cept|tinib|quine|oxacin|bactam|penem|amide|idone|apine|taxel|fungin|mide|lukast|zumab|stine|trexate|limus|quin|zine|caine|"
    r"phylline|terol|dopa|tadine|fibrate|glinide|relin|tropin|kinra|xate|micin|actone|pristone|gestrel|sulfan|mustine|citabine)$"
)

_UNKNOWN = re.compile(_SUFFIX.pattern.replace("(?i)(?:", r"(?i)\b[a-z]{4,}(?:", 1).replace(")$", r")(?=\s*\(?\d)", 1))

_ORGANISM = re.compile(r"[A-Z][a-z]+ [a-z]+")  # `Candida albicans`: an extract of it is a drug, the organism is none


class Therapy(NamedTuple):
    """A drug or procedure where the text names it; `sure` where its name alone makes it a treatment."""

    start: int
    end: int
    words: str
    curie: str  # "" where no term bears the words
    kind: str  # drug or procedure
    sure: bool
    label: str  # what to call it where no term bears the words


def _word_set(name: str) -> frozenset[str]:
    return frozenset(word for row in rows_of(f"course/{name}.tsv") for word in row[0].split("|"))


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """Substances of the body, and names that never mean a substance."""
    return _word_set("body"), _word_set("never")


@lru_cache(maxsize=1)
def _listed() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """One pattern for all listed medicines, and for each of their names its kind and its term."""
    terms, meaning = vocabulary(), {}
    for kind, label, names in rows_of("course/medicines.tsv"):
        curies = [curie for curie, _ in terms.find_by_name(label) if curie.split(":")[0] in _TREATMENTS] if label else []
        for name in names.split("|"):
            meaning[name.lower()] = kind, next(iter(curies), "")
    return re.compile(
        rf"(?<![\w-])(?P<name>{any_of(meaning)})s?(?:\s+(?:therapy|treatment|drugs?|agents?|medications?))?(?![\w-])", re.I
    ), meaning


@lru_cache(maxsize=1)
def _operations() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str], frozenset[str]]:
    """Patterns of procedures by name and by verb, the noun of each verb, and the words that may stand before a head."""
    rows = {row[0]: row[1] for row in rows_of("course/operations.tsv")}
    rows["head"] = "|".join(sorted(rows["head"].split("|"), key=len, reverse=True))
    verbs = dict(pair.split("=") for pair in rows["verb"].split("|"))
    return (
        re.compile(
            rf"(?<![\w-])(?:(?P<whole>{rows['whole']})|(?P<ending>[a-z-]*[a-z](?:{rows['ending']}))|(?P<head>{rows['head']}))(?![\w-])",
            re.I,
        ),
        re.compile(rf"\b(?:was|were|been|be|being)\s+(?:\w+ly\s+|then\s+|also\s+)*(?P<verb>{'|'.join(verbs)})(?![\w-])", re.I),
        verbs,
        frozenset(rows["modifier"].split("|")),
    )


#: A sentence without any of these names no procedure.
_MAY_OPERATE = stems("operations")
#: Not what is meant where a head word stands alone.
_BARE = frozenset(("repair", "removal", "closure", "dilatation", "dilation", "ventilation", "drainage", "operation", "irrigation", "evacuation", "decompression",
                   "ablation", "implantation", "aspiration", "fixation"))  # fmt: skip


def is_drug(curie: str) -> bool:
    """Whether a substance is a medicine: DrugBank has it, or ChEBI gives it a role of one.

    Example:
    >>> is_drug("CHEBI:8378"), is_drug("CHEBI:33699")
    (True, False)
    """
    term = load_terms().find_term(curie)
    return bool(term and (curie.startswith("DrugBank") or term.same_as or _is_own(curie)))


def _is_own(curie: str) -> bool:
    """Whether it is a laboratory's own term of a drug."""
    return not curie.startswith(DRUGS) and counts_as(curie, DRUGS)


def find_therapies(text: str, start: int, end: int, defined: dict[str, Therapy] | None = None) -> list[Therapy]:
    """The drugs and procedures of a stretch, in its order, none over another.

    Args:
        defined: short forms that the report itself has explained, such as `ERT`.
    """
    found: list[Therapy] = []
    pattern, meaning = _listed()
    for match in pattern.finditer(text, start, end):
        name = " ".join(match["name"].lower().split())
        kind, curie = meaning[name]
        found.append(_therapy(text, match.start(), match.end(), curie, kind, name not in _lists()[0], ""))
    if _MAY_OPERATE.search(text, start, end):
        _add(found, _find_operations(text, start, end))
    _add(found, _find_drugs(text, start, end))
    for short, therapy in (defined or {}).items():
        if short in text[start:end]:
            spots = re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text[start:end])
            _add(found, [therapy._replace(start=start + m.start(), end=start + m.end(), words=short) for m in spots])
    return sorted(found)


def _add(found: list[Therapy], more: list[Therapy]) -> None:
    found += [new for new in more if not any(new.start < old.end and old.start < new.end for old in found)]


def _therapy(text: str, start: int, end: int, curie: str, kind: str, sure: bool, label: str) -> Therapy:
    words = " ".join(text[start:end].split())
    return Therapy(start, end, words, curie, kind, sure, label or words)


def _find_drugs(text: str, start: int, end: int) -> list[Therapy]:
    body, never = _lists()
    terms, found = load_terms(), []
    for a, b, curie in find_terms(text, DRUGS, start, end, LONGEST):
        words = " ".join(text[a:b].lower().split())
        if _ORGANISM.fullmatch(text[a:b]) and a > start:
            continue
        if words in never or words.rstrip("s") in never or not is_drug(curie) or len(words) < 4 and not text[a:b].isupper():
            continue
        twin = next((t for t in terms.term(curie).same_as if t.startswith("CHEBI")), curie)
        label = terms.term(twin).label.lower()
        sure = (
            words not in body
            and label not in body
            and (bool(_SUFFIX.search(words)) or curie.startswith("DrugBank") or bool(terms.term(curie).same_as) or _is_own(curie))
        )
        found.append(_therapy(text, a, b, twin, "drug", sure, ""))
    for match in _UNKNOWN.finditer(text, start, end):  # a name misspelt, or newer than the vocabulary: kept in words
        if not any(t.start < match.end() and match.start() < t.end for t in found) and find_doses(
            text, match.end(), min(end, match.end() + 16)
        ):
            found.append(_therapy(text, match.start(), match.end(), "", "drug", True, ""))
    return found


def _find_operations(text: str, start: int, end: int) -> list[Therapy]:
    names, verbs, nouns, modifiers = _operations()
    found: list[Therapy] = []
    for match in names.finditer(text, start, end):
        a = _left(text, match.start(), start, modifiers)
        if (
            match["head"]
            and a == match.start()
            and match["head"].lower() in _BARE
            and not re.match(r"\s+of\b", text[match.end() : match.end() + 5])
        ):
            continue
        b = (
            _right(text, match.end(), end)
            if match["head"] and a == match.start() or match["ending"] and match["ending"].lower().startswith("ostomy")
            else match.end()
        )
        if text[a:b].lower() in ("ventilation", "operation") or _OF_CELLS.search(text, a, b):
            continue
        words = " ".join(text[a:b].split())
        found.append(_therapy(text, a, b, named(words, ("cg", "MAXO")) or "", "procedure", True, ""))
    for match in verbs.finditer(text, start, end):
        if not re.match(r"\s+(?:from|to (?:have|be)|out\b)", text[match.end() : match.end() + 12]):
            noun = next((noun for verb, noun in nouns.items() if re.fullmatch(verb, match["verb"], re.I)), "")
            found.append(_therapy(text, match.start("verb"), match.end(), named(noun, ("cg", "MAXO")) or "", "procedure", True, noun))
    return found


_OF_CELLS = re.compile(r"\bof (?:the )?(?:granulocyt|neutrophil|platelet|lymphocyt|immun|h(?:a)?ematop|images?\b)", re.I)


def _left(text: str, at: int, first: int, modifiers: frozenset[str]) -> int:
    """Where a name begins: words that say what, where and how may stand before its head."""
    for match in reversed(list(re.finditer(r"[\w-]+", text[max(first, at - 70) : at]))):
        place = max(first, at - 70) + match.start()
        if match.group().lower() not in modifiers and not re.search(r"(?:oma|scopic|guided|assisted|uminal)$", match.group(), re.I):
            break
        if re.search(r"[^\s/-]", text[place + len(match.group()) : at]):
            break
        at = place
    return at


_OF_WHAT = re.compile(r"\s+of\s+(?:(?:the|a|an|her|his|both|all|left|right|bilateral)\s+)*(?:(?!and\b|with\b|was\b|were\b|for\b|in\b|on\b|by\b|to\b|from\b|at\b)[A-Za-z-]+)(?:\s+(?!and\b|with\b|was\b|were\b|for\b|in\b|on\b|by\b|to\b|from\b|at\b|under\b|which\b|that\b|revealed\b|showed\b|via\b|using\b|through\b|followed\b|after\b|or\b|is\b|had\b|has\b|performed\b|resulted\b)[A-Za-z-]+)?")  # fmt: skip


def _right(text: str, at: int, end: int) -> int:
    """Where a bare head's object ends: `resection of the tumour`."""
    match = _OF_WHAT.match(text, at, end)
    return match.end() if match else at


_SHORT = re.compile(r"\s*\(([A-Za-z][A-Za-z0-9-]{1,9})(?:[;,][^)]*)?\)")


def define_short_forms(text: str, spans: list[tuple[int, int]]) -> dict[str, Therapy]:
    """Short forms in brackets right after a treatment, where they are no name of their own: `enzyme replacement therapy (ERT)`.

    Example:
    >>> {k: v.words for k, v in define_short_forms("She had total parenteral nutrition (TPNX).", [(0, 42)]).items()}
    {'TPNX': 'total parenteral nutrition'}
    """
    found: dict[str, Therapy] = {}
    for start, end in spans:
        for match in _SHORT.finditer(text, start, end):
            if sum(c.isupper() for c in match[1]) < 2 or match[1] in found:
                continue
            before = max(start, match.start() - 60)
            before = before if before == start else text.find(" ", before) + 1
            for therapy in find_therapies(text, before, match.start()):
                if therapy.end == match.start() and therapy.sure:
                    found[match[1]] = therapy
    return found
