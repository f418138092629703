"""Diseases that the authors name as the patient's: confirmed, suspected or excluded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from kg.draft.findings.findings import is_history
from kg.draft.names.ground import find_terms, is_disease, is_named_otherwise, is_short_form, named, vocabulary
from kg.draft.patterns.lists import word_list
from kg.draft.patterns.openings import Openings
from kg.draft.sheet import Sheet
from kg.report import Span
from kg.terms import normalise

_CUE = Openings(
    r"\b(?:diagnos(?:is|ed|es)|confirmed|known case of|consistent with|compatible with|suspected|diagnostic of|case of|suffering from|in keeping with|"
    r"indicative of|(?:met|fulfilled|fulfilling|meeting|satisfied) (?:the |all |all the )?(?:\w+ ){0,3}criteria (?:for|of)|revealed to be|proved to be|turned out to be|was found to have|ruled out|suspicion of)\b"
)
#: What tissue showed; a tumour that it showed is the diagnosis.
_TISSUE = Openings(
    r"\b(?:biops(?:y|ies)|(?:immuno)?histo(?:logy|logical|patholog(?:y|ic|ical|ically)|logic|logically)|pathology|pathologic(?:al)?|cytolog(?:y|ical)|autopsy|post-?mortem|necropsy)"
    r"\b(?:(?!\b(?:no|not|without|excluded)\b)[^.;]){0,90}?\b(?:revealed|showed|shown|demonstrated|disclosed|confirmed|reported|identified|diagnosed|as|consistent with|compatible with|suggestive of|suggested)\b"
)
_NEOPLASM = "MONDO:0005070"
#: Too vague for a diagnosis; what is meant stands beside it.
_ANY_TUMOUR = frozenset(
    ("tumor", "tumour", "tumors", "tumours", "neoplasm", "neoplasms", "cancer", "malignancy", "benign tumor", "malignant tumor")
)
_SUGGESTS = re.compile(r"suggest|compatible", re.I)
#: Between what tissue showed and the tumour: nothing but words that describe it.
_DESCRIBED = re.compile(
    r"[\s‘’“”\"'(]*(?:(?!(?:no|not|with|without|for|by|in|of|and|if|from|after|metasta\w+|prior|previous|possible)\b)[\w-]+[\s,]+){0,6}"
    r"(?:(?:features|evidence|diagnosis|that)\s+of\s+(?:an?\s+)?)?[‘’“”\"']?(?:[\w-]+\s+)?\Z",
    re.I,
)
#: A disease before its verb: `macrophage activation syndrome was diagnosed`; not `a man with gout was diagnosed with lupus`.
_CUE_AFTER = re.compile(
    r"\s*(?:\([^()]{1,30}\)\s*)?(?:(?:associated with|due to|secondary to|caused by)\s+(?:(?!was\b|were\b|is\b|has\b|had\b|and\b)[\w-]+\s+){1,5})?,?\s*(?:was|were|is|has been|have been|had been|could be)\s+(?:(?:then|also|finally|eventually|clinically|initially|therefore|thus|subsequently|"
    r"later|first|definitively|histologically|strongly|not)\s+){0,2}(?P<verb>diagnosed(?!\s+(?:with|as|to have|of)\b)|suspected(?!\s+(?:of|to)\b)|confirmed|established|made|ruled out|excluded)\b",
    re.I,
)
_SAYS = {"diagnosed": "confirmed", "confirmed": "confirmed", "established": "confirmed", "made": "confirmed", "suspected": "suspected"}
#: What ends the words that a cue governs.
_STOP = re.compile(
    r"[;:]|\.\s|\b(?:based|which|who|whose|because|was|were|is|are|had|has|have|that|given|supported|without|no|not|showing|after|before|treated|managed|started|started on|"
    r"underwent|received|remission|basis|causes?|occurrence|review|by (?:a|the|means|both)|and (?:he|she|they|the patient|we))\b|,\s+(?:but|so|however|and (?:a|an|the|was|he|she))\b",
    re.I,
)
#: Between two diseases of which the same is said.
_LINK = re.compile(
    r"\s*(?:\([^()]{1,40}\)\s*)?(?:,|,?\s*(?:and|or)|with|/|complicated\s+(?:by|with)|associated\s+with|(?:secondary|due|leading)\s+to|superimposed\s+on|(?:in|of)\s+the)\s*"
    r"(?:(?!with\b|for\b|by\b|from\b|as\b)[\w’'-]+\s+){0,4}",
    re.I,
)
#: Said of what is there, not of a sign by which something is told.
_PRESENCE = re.compile(r"\bpresence\b", re.I)
_IS = re.compile(r"\A\s*(?:was|is|of|:)(?=\s)(?!\s+(?:not|made|based|established|confirmed)\b)")
_LEAD = 60  # characters between a cue and the disease
_TENTATIVE = re.compile(
    r"\b(?:tentative|provisional|presumptive|presumed|working|likely|probable|possible|preliminary|suspected|putative)\s+(?:\w+\s+)?\Z",
    re.I,
)
_NOT_MEANT = re.compile(
    r"\b(?:differential|against (?:a|the)|exclude(?: a| the)?|misdiagnos\w*|mis|rule out(?: a| the)?|alternative|prenatal|delayed?|treatment and|(?:failure|fail(?:ed|s)?|unable|not) (?:to )?confirm(?: a| the)?)\s+\Z",
    re.I,
)
_CONFIRMS = re.compile(r"\bconfirm(?:ed|s|ing) (?:the |our |this |his |her |a )?(?:\w+ )?\Z", re.I)
_PASSIVE = re.compile(r"\b(?:was|were|been|be|is|are)\s+(?:\w+\s+)?\Z", re.I)
_ENTERTAINED = re.compile(r"\bwas (?:entertained|considered|suspected|thought|proposed|raised|suggested)\b", re.I)
_EPONYM = re.compile(r"(?:\b[A-Z][\w-]+['’]s?|s['’])\s+\Z")
_SENTENCE = re.compile(r"\b(?:was|were|had|presented|underwent|came|admitted|are|[Ww]e)\b|\.\s*\Z")
_UNLIKE = re.compile(
    r"\b(?:mimick\w*|masquerad\w*|simulat\w*|misdiagnos\w*|resembl\w*|versus|vs\.?|rather than|not|excluding|vaccin\w*|risk of|initially)\b",
    re.I,
)
_ELSE = re.compile(r"[\s-]*(?:vaccin\w*|virus\b|carriers?\b|genes?\b|mutations?\b|screening|donors?\b|like\b|mimics?\b)", re.I)
_BORN_WITH = frozenset({"congenital", "hereditary", "familial", "infantile", "juvenile", "childhood", "neonatal", "inherited"})
_DEFINED = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,7})\)")
_STATUS = {"absent": "excluded", "uncertain": "suspected"}
_TITLE = 300  # characters of a title at most


def short_forms(text: str) -> dict[str, str]:
    """What the report's own short forms of diseases mean: the disease before the bracket, "" where that is none we know.

    Example:
    >>> short_forms("Crohn disease (CD) and outer canthal distance (OCD)")
    {'CD': 'MONDO:0005011', 'OCD': ''}
    """
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        start, stop = max(0, match.start() - 90), match.start()
        start = text.find(" ", start) + 1 if start else 0
        terms = find_terms(text, ("MONDO",), start, stop)
        near = next((c for a, b, c in terms if not text[b:stop].strip() and not text[a:b].isupper()), "")
        initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text[start:stop])[-len(match[1]) :]).upper()
        if near or initials == match[1].upper():
            found.setdefault(match[1], near)
    return found


def find_diseases(text: str, start: int, end: int, shorts: dict[str, str]) -> list[tuple[int, int, str]]:
    """The diseases named in a stretch; short forms as the report explains them, and never a word for a short form.

    Example:
    >>> text = "Sarcoidosis; central hypothyroidism; COL2A1; a gout vaccine; HUS."
    >>> [text[a:b] for a, b, _ in find_diseases(text, 0, len(text), {})]
    ['Sarcoidosis', 'HUS']

    A short form that may mean several things is read only where the report spells it out somewhere: EMA is an antigen, too.

    >>> find_diseases("EMA was positive.", 0, 17, {})
    []
    """
    found = []
    for a, b, curie in find_terms(text, ("MONDO",), start, end):
        words = text[a:b]
        if words in shorts:
            curie = shorts[words]
        elif short := next((w for w in words.split() if w in shorts), ""):
            curie = spelt_out(text, words, short)  # "MTP deficiency" is a name of another disease than of the report's MTP
        elif (
            _is_capitals(words)
            and not _is_understood(text, words, curie)
            or _is_other(curie, words)
            or len(words) < 4
            and not words.isupper()
        ):
            continue
        if curie and is_disease(curie) and not _ELSE.match(text, b, min(end, b + 20)):
            found.append((a, b, curie))
    for short in (s for s, curie in shorts.items() if curie and s in text[start:end]):
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text[start:end]):
            a, b = start + match.start(), start + match.end()
            if not any(x < b and a < y for x, y, _ in found) and is_disease(shorts[short]) and not _ELSE.match(text, b, min(end, b + 20)):
                found.append((a, b, shorts[short]))
    return sorted(found)


#: Short forms of diseases that are understood without being spelt out.
_UNDERSTOOD = word_list("understood")


def _is_capitals(words: str) -> bool:
    """Whether a word is a short form: capitals, with figures or hyphens at most."""
    return " " not in words and len(words) < 9 and words.isupper()


def _is_understood(text: str, words: str, curie: str) -> bool:
    """Whether a short form that the report does not define is understood, or the disease is named in full somewhere."""
    if words.lower() in _UNDERSTOOD:
        return True
    lower = _lower(text)
    return any(len(name) > len(words) and name.lower() in lower for name, _ in vocabulary().term(curie).names())


@lru_cache(maxsize=4)
def _lower(text: str) -> str:
    return " ".join(text.lower().split())


def spelt_out(text: str, words: str, short: str) -> str:
    """The disease that words with a short form of the report's own name once it is written in full; "" for none."""
    match = re.search(rf"((?:[\w’'-]+\s+){{1,8}})\(\s*{re.escape(short)}\s*\)", text)
    long = match[1].split() if match else []
    for n in range(1, len(long) + 1):
        if "".join(word[0] for word in long[-n:]).lower() == short.lower():
            return named(words.replace(short, " ".join(long[-n:]), 1), ("MONDO",)) or ""
    return ""


@lru_cache(maxsize=4096)
def _is_other(curie: str, words: str) -> bool:
    """Whether words that a disease is also called mean something else: a short form's letters, a gene, a near or a congenital disease."""
    if " " not in words and is_short_form(curie, words):
        return True
    term = vocabulary().term(curie)
    if named(words, ("UBERON",)) and not named(words, ("HP",)) and normalise(words) != normalise(term.label):
        return True  # a part of the body, by which a disease of it is called too
    names = [(name, kind) for name, kind in term.names() if normalise(name) in (normalise(words), normalise(words).removesuffix("s"))]
    if names and all(kind == "related" for _, kind in names) and is_named_otherwise(curie, words):
        return True
    if words.isupper() and len(words) < 8 and " " not in words:
        return any(c.isdigit() for c in words) or bool(names) and not any(sum(c.isupper() for c in name) > 1 for name, _ in names)
    label = set(normalise(term.label).split())
    mine = set(normalise(words).split())
    return mine < label and not _BORN_WITH.isdisjoint(label - mine)


def read_diagnoses(sheet: Sheet, sentence: Span, shorts: dict[str, str]) -> None:
    """Write the diseases that a word of diagnosing governs, and those that stand right before one."""
    text = sheet.text
    tissue = _TISSUE.search(text, sentence.start, sentence.end)
    if not tissue and not _CUE.search(text, sentence.start, sentence.end) and not _MAY_FOLLOW.search(text, sentence.start, sentence.end):
        return
    diseases = find_diseases(text, sentence.start, sentence.end, shorts)
    named_so = list(_diagnosed(text, sentence, diseases))
    shown = [d for d in _in_tissue(text, sentence, diseases) if not any(d[0] == other[0] for other in named_so)] if tissue else []
    for a, b, curie, said in named_so + shown:
        status, why = sheet.status_of(a, b)
        if status in ("family", "hypothetical") or is_history(text, a, (sentence.start, sentence.end)):
            continue
        told = _STATUS.get(status, said)
        _write(sheet, a, b, curie, told, sheet.when(sentence, a), 0.75, why if told != "confirmed" else "")


_MAY_FOLLOW = Openings(r"\b(?:diagnosed|suspected|confirmed|established|ruled out|excluded)\b")


def _diagnosed(text: str, sentence: Span, diseases: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str, str]]:
    """The diseases of a sentence that are the object of a cue, or the subject of a verb of diagnosing, with what these say."""
    done: set[int] = set()
    for a, b, curie in diseases:
        after = _CUE_AFTER.match(text, b, sentence.end)
        if (
            after
            and not _EPONYM.search(text[max(sentence.start, a - 20) : a])
            and not re.search(r"\b(?:with|for|of|from)\s+(?:\w+\s+)?\Z", text[max(sentence.start, a - 25) : a])
        ):
            done.add(a)
            yield (
                a,
                b,
                curie,
                "excluded" if after["verb"].lower() in ("ruled out", "excluded") else _SAYS.get(after["verb"].lower(), "confirmed"),
            )
    for cue in _CUE.finditer(text, sentence.start, sentence.end):
        ahead = text[sentence.start : cue.start()]
        words = cue.group().lower()
        if _NOT_MEANT.search(ahead) or words == "ruled out" and _PASSIVE.search(ahead):
            continue
        said = (
            "suspected"
            if words in ("suspected", "suspicion of") and not _CONFIRMS.search(ahead) or _TENTATIVE.search(ahead)
            else "confirmed"
        )
        said = "excluded" if words == "ruled out" else said
        at = cue.end()
        for number, (a, b, curie) in enumerate(d for d in diseases if d[0] >= cue.end()):
            between = _IS.sub("", text[at:a]) if number == 0 else text[at:a]
            if (
                _STOP.search(between)
                or words != "confirmed"
                and _PRESENCE.search(between)
                or (len(between) > _LEAD if number == 0 else not _LINK.fullmatch(between))
            ):
                break
            at = b
            if a in done or _EPONYM.search(text[max(sentence.start, a - 20) : a]):
                continue
            done.add(a)
            yield a, b, curie, "suspected" if said == "confirmed" and _ENTERTAINED.search(text, b, min(sentence.end, b + 60)) else said


def _in_tissue(text: str, sentence: Span, diseases: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str, str]]:
    """The tumours that tissue showed: `biopsy revealed a well-differentiated squamous cell carcinoma`."""
    for tissue in _TISSUE.finditer(text, sentence.start, sentence.end):
        first = next((d for d in diseases if d[0] >= tissue.end()), None)
        if first is None or text[first[0] : first[1]].lower() in _ANY_TUMOUR or not _DESCRIBED.fullmatch(text, tissue.end(), first[0]):
            continue
        if _NEOPLASM in vocabulary().ancestors(first[2]):
            yield (*first, "suspected" if _SUGGESTS.search(text, tissue.start(), first[0]) else "confirmed")


_PLURAL = re.compile(r"(?:siblings|brothers|sisters|twins|cousins)\b", re.I)


def read_title(sheet: Sheet, shorts: dict[str, str], quote: str) -> None:
    """Write the diseases of the title that are not among the diagnoses yet.

    Args:
        quote: the title as the record's `document` quotes it; a sentence of the story that stands in for one is none.
    """
    place = sheet.source.place_of(quote)
    if place is None or place.end - place.start > _TITLE or _SENTENCE.search(sheet.text, place.start, place.end):
        return
    terms = vocabulary()
    for a, b, curie in find_diseases(sheet.text, place.start, place.end, shorts):
        known = [str(d["is"]).partition(" ")[0] for d in sheet.parts["diagnoses"]]
        if any(curie == each or curie in terms.ancestors(each) for each in known) or _UNLIKE.search(sheet.text, place.start, a):
            continue
        status, cue = sheet.status_of(a, b)
        if status == "family" and _PLURAL.match(cue):
            status = "present"  # "Two siblings with ...": they are the patients
        if status not in ("present", "absent", "uncertain") or _EPONYM.search(sheet.text[max(place.start, a - 20) : a]):
            continue
        asks = "?" in sheet.text[b : place.end]
        _write(sheet, a, b, curie, "suspected" if asks else "confirmed", {}, 0.6, "from the title")


def _write(sheet: Sheet, a: int, b: int, curie: str, status: str, when: dict[str, Any], sure: float, why: str) -> None:
    term, evidence = sheet.term(curie), sheet.quote(a, b)
    if evidence is None or any(d["is"] == term and d["status"] == status for d in sheet.parts["diagnoses"]):
        return
    item = {"id": "", "is": term, "status": status, **when, "words": sheet.words(a, b), "confidence": sure}
    if why:
        item["note"] = why if why.startswith("from") else f'for the word "{" ".join(why.split())}"'
    sheet.add("diagnoses", f"diagnosis-{sheet.text[a:b]}", item | evidence)
