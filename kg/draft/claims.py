"""What the authors assert beyond the patient: subject, effect, object, and the references cited."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.document import cited
from kg.draft.ground import find_terms
from kg.draft.negate import scopes, status_at
from kg.draft.source import Source
from kg.draft.treat import is_drug
from kg.terms import load_terms

SUBJECTS = ("DrugBank", "CHEBI", "HGNC", "GO", "MONDO", "cg", "MRO")
_EFFECTS = (
    ("downregulates", r"\bdown-?regulat(?:e|es|ed|ing|ion)\b"),
    ("upregulates", r"\bup-?regulat(?:e|es|ed|ing|ion)\b"),
    ("inhibits", r"\binhibit(?:s|ed|ing|ion of)?\b|\bsuppress(?:es|ed|ing)?\b"),
    ("blocks", r"\bblock(?:s|ed|ing)?\b"),
    ("decreases", r"\b(?:decreas|reduc)(?:es|e|ed|ing)\b"),
    ("increased-in", r"\b(?:increased|elevated|overexpressed) in\b"),
    ("leads-to", r"\b(?:lead(?:s|ing)? to|led to|caus(?:es|e|ed|ing)|results? in|resulting in|induc(?:es|e|ed|ing)|trigger(?:s|ed)?)\b"),
    ("preferred-over", r"\b(?:preferred (?:over|to)|superior to|favou?red? over)\b"),
    ("treats", r"\b(?:effective (?:in|for|against)|efficacy (?:in|for|of)|shown efficacy|successfully treat(?:ed|s))\b"),
    ("used-for", r"\b(?:(?:is|are|been|was|were) (?:\w+ )?used (?:to treat|for|in)|treatment of|therapy (?:for|of))\b"),
    ("characterised-by", r"\b(?:characteri[sz]ed by|manifest(?:s|ed)? (?:as|with|by)|presents? with|features? of|associated with)\b"),
    ("can-be-seen-in", r"\b(?:can be seen in|may be seen in|(?:is|are) (?:\w+ )?(?:seen|found|observed) in|occurs? in)\b"),
    ("requires", r"\b(?:requires?|mandatory|is required)\b"),
)  # fmt: skip
_EFFECT = tuple((effect, re.compile(pattern, re.I)) for effect, pattern in _EFFECTS)
_KIND = {"treats": "efficacy", "used-for": "efficacy", "preferred-over": "preference", "requires": "recommendation",
         "characterised-by": "definition", "can-be-seen-in": "definition"}  # fmt: skip


def read_claims(source: Source, numbers: set[int]) -> list[dict[str, Any]]:
    """One claim at most for each word of effect that stands between two grounded terms of a sentence."""
    made = []
    for sentence in source.argument:
        text = source.text[sentence.start : sentence.end]
        words = [
            (m.start() + sentence.start, m.end() + sentence.start, effect) for effect, pattern in _EFFECT for m in pattern.finditer(text)
        ]
        if not words or re.search(r"\bour (?:patient|case)\b|\b(?:she|he) (?:was|had)\b", text, re.I):
            continue
        terms = [t for t in find_terms(source.text, (*SUBJECTS, "UBERON", "CL"), sentence.start, sentence.end) if _meant(source.text, t)]
        quote = source.evidence(sentence.start, sentence.end)
        if quote is None:
            continue
        cites = cited(text, numbers)
        if not cites:
            following = source.text[sentence.end : sentence.end + 8]
            cites = cited("x." + following.strip().split(" ")[0], numbers) if following[:1] in "[(" else []
        negative = scopes(source.text[sentence.start : sentence.end])
        seen: set[tuple[str, str]] = set()
        for at, stop, effect in sorted(words)[:3]:
            left = [t for t in terms if t[1] <= at and t[2].split(":")[0] in SUBJECTS]
            right = [t for t in terms if t[0] >= stop]
            status, cue = status_at(negative, at - sentence.start, stop - sentence.start)
            if not left or status == "absent":
                continue
            subject = left[-1]
            end, object_ = _object(source.text, stop, sentence.end, right)
            if object_ is None or object_.startswith(subject[2]) or (subject[2], object_) in seen:
                continue
            seen.add((subject[2], object_))
            made.append(_claim(source, subject, (stop, end, object_), right, effect, cites, quote, status))
    return made


_LEAD_IN = re.compile(r"(?:\s*(?:the|a|an|of|in|for|this|these|expression|levels?|production|activity)\b)*\s*", re.I)
_PHRASE_END = re.compile(r"[,;.:]|\s(?:on|in|by|through|via|with|from|which|that|and|of patients|who|leading|due|after|during|as)\s", re.I)


def _object(text: str, stop: int, end: int, right: list[Any]) -> tuple[int, str | None]:
    """What the effect acts on: the phrase right after it, as a term where the whole phrase is one, else in words."""
    lead = _LEAD_IN.match(text, stop, end)
    start = lead.end() if lead else stop
    close = _PHRASE_END.search(text, start, end)
    last = close.start() if close else end
    words = " ".join(text[start:last].split()).strip(" .,)")
    for a, b, curie in right:
        if a - start <= 1 and curie.split(":")[0] in SUBJECTS and (b >= last - 1 or text[b : b + 2] == " ("):
            return b, str(load_terms().term(curie))
    return last, f"none ! {words[:120]}" if len(words) > 3 and re.search(r"[A-Za-z]{3}", words) else None


def _claim(
    source: Source, subject: Any, object_: Any, right: list[Any], effect: str, cites: list[int], quote: dict[str, Any], status: str
) -> dict[str, Any]:
    terms = load_terms()
    site = next((t for t in right if t[2].startswith(("UBERON", "CL")) and t[0] >= object_[1]), None)
    claim: dict[str, Any] = {
        "kind": _KIND.get(effect, "mechanism"),
        "subject": str(terms.term(subject[2])),
        "effect": effect,
        "object": object_[2],
    }
    if site:
        claim["site"] = str(terms.term(site[2]))
    if cites:
        claim["cites"] = cites
    claim["words"] = " ".join(source.text[subject[0] : object_[1]].split())[:300]
    claim["confidence"] = 0.5 if status == "present" else 0.35
    claim["note"] = "who acts on what is read from the order of the words; check both ends"
    return claim | quote


def _meant(text: str, term: tuple[int, int, str]) -> bool:
    """Genes only by symbol in capitals or by a name of two words; substances only where they are medicines."""
    a, b, curie = term
    words = text[a:b]
    if curie.startswith("HGNC"):
        return " " in words or any(c.isdigit() for c in words) or words.isupper() and len(words) > 3
    if curie.startswith(("CHEBI", "DrugBank")):
        return is_drug(curie)
    if curie.startswith("GO"):
        return len(words) > 8
    return len(words) > 3
