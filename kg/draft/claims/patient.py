"""What the authors say of the patient's own case as an assertion: what its features can be seen in, what the improvement is due to."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.claims.fits import is_ill, is_therapy
from kg.draft.claims.mentions import Mention, is_of_disease
from kg.draft.names.ground import find_terms, is_disease, vocabulary
from kg.draft.names.recognise import Hit
from kg.draft.reading.negate import Scope, status_at
from kg.draft.reading.source import Source
from kg.report import Span

_THESE = re.compile(
    r"\A(?:All (?:of )?)?(?:These|Such|The above|Both|these|such) (?:[a-z]+ )?(?:features|findings|changes|lesions|signs|abnormalities|symptoms|manifestations)\b(?P<how>[^.;]{0,80}?)"
    r"\b(?P<verb>(?:can|may) (?:also |all )?(?:be (?:seen|found|observed|present|encountered)|occur) in|are (?:characteristic|typical|pathognomonic) (?:of|for))\s"
)
_OPENS = ("All", "The", "Such", "Both", "these", "such")
_GOES_ON = re.compile(r"\A(?:Moreover|Furthermore|Additionally|In addition|Also|The|There|It|Besides|They)\b")
_DENIED = re.compile(r"\b(?:not|never|no|nor|neither)\s+\Z")
_CREDIT = re.compile(
    r"(?:treatment|therapy)\s+with\s+<(?P<drug>\d+)>(?:\s+[a-z]+)?\s+(?P<how>(?:was|proved|turned out)\s+(?:to be\s+)?(?:[a-z]+ly\s+)?(?:effective|successful|beneficial|helpful))\b(?!\s+(?:in|for|against)\s)",
    re.I,
)
_POSSIBLE = re.compile(
    r"\b(?:potential|possible|delayed)\s+(?:response|effect|contribution|benefit)\s+(?:to|of|from)\s+<(?P<drug>\d+)>(?:\s+[a-z]+)?(?P<how>\s+(?:could|may|might|cannot|can not)\s+(?:[a-z]+\s+){1,5}?(?:pending|excluded|ruled out|considered|contributed))\b",
    re.I,
)
_PROBLEM = re.compile(r"\b[Oo]ur (?:patient|case)(?:['’]s)?\s|\bin our (?:patient|case)\b")
FURTHEST = 3  # sentences before, of which the features are


def read_features(source: Source, hits: list[Hit], scopes: list[Scope]) -> list[dict[str, Any]]:
    """`These features can be seen in X`: each finding of the sentences right before, in that disease."""
    made: list[dict[str, Any]] = []
    sentences = source.sentences
    for number, sentence in enumerate(sentences):
        if not source.text.startswith(_OPENS, sentence.start):
            continue
        match = _THESE.match(" ".join(source.text[sentence.start : sentence.end].split()))
        if not match or number == 0 or _DENIED.search(match.string[: match.start("verb")]):
            continue
        diseases = [c for _, _, c in find_terms(source.text, ("MONDO",), sentence.start, sentence.end) if is_disease(c)]
        quote = source.evidence(sentence.start, sentence.end)
        if not diseases or quote is None:
            continue
        for curie in _features(source, _before(source, number), hits, scopes):
            made += [_seen(curie, disease, match, quote) for disease in dict.fromkeys(diseases)]
    return made


def _seen(curie: str, disease: str, match: re.Match[str], quote: dict[str, Any]) -> dict[str, Any]:
    terms = vocabulary()
    strength = match["how"].strip(" ,") or match["verb"]
    return {"kind": "definition", "subject": str(terms.term(curie)), "effect": "can-be-seen-in", "object": str(terms.term(disease)), "strength": strength,
            "confidence": 0.35, "note": "the features are taken to be the findings of the sentences before", "words": match.group().strip()} | quote  # fmt: skip


def _before(source: Source, number: int) -> list[Span]:
    """The sentence before, and those that it goes on from."""
    found: list[Span] = []
    for k in range(number - 1, max(-1, number - 1 - FURTHEST), -1):
        sentence = source.sentences[k]
        if sentence.section != source.sentences[number].section:
            break
        found.append(sentence)
        if not _GOES_ON.match(source.text[sentence.start : sentence.start + 20]):
            break
    return found


def _features(source: Source, sentences: list[Span], hits: list[Hit], scopes: list[Scope]) -> list[str]:
    """The findings that are present in some sentences."""
    found: dict[str, None] = {}
    for sentence in reversed(sentences):
        spots = [(hit.start, hit.curie) for hit in hits if hit.rank < 2 and sentence.start <= hit.start and hit.end <= sentence.end]
        spots += [(a, c) for a, _, c in find_terms(source.text, ("cg",), sentence.start, sentence.end) if is_ill(c)]
        found |= {curie: None for start, curie in sorted(spots) if status_at(scopes, start, start + 1)[0] == "present"}
    return list(found)


def is_about_patient(text: str) -> bool:
    """Whether a sentence is about the patient in so many words."""
    return bool(_PROBLEM.search(text))


_CREDITS = re.compile(r"\b(?:treatment|therapy) with\b|\b(?:potential|possible|delayed) (?:response|effect|contribution|benefit)\b", re.I)


def may_credit(text: str) -> bool:
    """Whether a sentence may say what an improvement is due to."""
    return bool(_CREDITS.search(text))


def read_credit(marked: str, mentions: list[Mention], before: list[Mention]) -> list[tuple[dict[str, Any], Mention]]:
    """What the improvement is put down to, where the problem is that of the sentence before: the claim and its drug.

    Args:
        before: the terms of the sentence before, which is about the patient.
    """
    problem = next((m for m in before if is_ill(m.curie)), None) or next((m for m in before if is_of_disease(m.curie)), None)
    if problem is None:
        return []
    made = []
    for effect, pattern in (("treats", _CREDIT), ("has-effect-on", _POSSIBLE)):
        for match in pattern.finditer(marked):
            drug = mentions[int(match["drug"])]
            if is_therapy(drug.curie):
                terms = vocabulary()
                claim = {"kind": "attribution", "subject": str(terms.term(drug.curie)), "effect": effect, "object": str(terms.term(problem.curie)),
                         "strength": " ".join(match["how"].split()), "confidence": 0.35, "note": "the problem is that of the patient in the sentence before"}  # fmt: skip
                made.append((claim, drug))
    return made
