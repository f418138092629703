"""What the short references of a sentence stand for: `it`, `this drug`, `the disease`, `this process`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.draft.claims.mentions import Mention, is_of_disease
from kg.draft.names.ground import DRUGS, vocabulary

_OPENER = r"\A(?:[A-Z][a-z]+(?: [a-z]+){0,3},? )?"
_IT = re.compile(
    rf"{_OPENER}(?P<it>[Ii]t)\b(?!\s+(?:is|was|has been|remains|seems|appears)\s+(?:\w+\s+){{0,2}}(?:that|to|whether|why|how|known|unclear|important|unlikely|possible|likely)\b)"
)
#: Later in a sentence: its only drug so far.
_IT_AGAIN = re.compile(
    r"[,;] (?:and |but |because |since |as |so |while )?(?P<it>it)\b(?= (?:also |can |may |has |is |was )?(?:(?:been |be )?[a-z]+(?:s|ed)|superior|effective|preferable)\b)"
)
_THEY = re.compile(rf"{_OPENER}(?P<it>[Tt]hey|[Bb]oth)\b(?=\s+(?:is|are|have|has|can|may|also|inhibit|block|act|cause|reduce|were))")
_DRUG = re.compile(
    r"\b(?P<it>[Tt]h(?:is|e) (?:drug|agent|treatment|therapy|medication|compound|antibody|molecule|inhibitor)|[Ss]uch treatment)\b(?!\s+of\b)"
)
_DRUG_LIST = re.compile(
    r"\b(?P<it>(?:[Tt]hese|[Bb]oth|[Ss]uch) (?:two )?(?:drugs|agents|treatments|therapies|medications|compounds|antibodies|inhibitors))\b"
)
_DISEASE = re.compile(
    r"\b(?P<it>(?:[Tt]h(?:is|e) )(?:disease|disorder|condition|syndrome|entity|infection|malignancy))\b(?!\s+(?:of|activity|control|course|progression|severity|process)\b)"
)
_PROCESS = re.compile(
    r"\b(?P<it>[Tt]h(?:is|e latter) (?:process|event|mechanism|phenomenon|accumulation|deposition|activation|interaction|pathway))\b"
)


def refers_back(text: str) -> bool:
    """Whether a sentence has a short reference to what was named before.

    Example:
    >>> refers_back("This drug is old."), refers_back("Colchicine is old.")
    (True, False)
    """
    return any(pattern.search(text) for pattern in (_IT, _THEY, _DRUG, _DRUG_LIST, _DISEASE, _PROCESS))


@dataclass
class Context:
    """What was named so far.

    Attributes:
        drugs: those that the sentence before is about; disease: the last that was named; process: the first of the sentence before.
        patient: the terms of the sentence before, where it is about the patient.
    """

    drugs: list[str] = field(default_factory=list)
    disease: str = ""
    process: str = ""
    patient: list[Mention] = field(default_factory=list)

    def resolve(self, text: str, start: int, mentions: list[Mention]) -> tuple[list[Mention], dict[int, list[str]]]:
        """The mentions with those that the short references stand for; and for a place of several, the further terms.

        Args:
            text: of the sentence; start: where it begins in the report.
        """
        found: list[Mention] = []
        more: dict[int, list[str]] = {}

        def add(match: re.Match[str] | None, curies: list[str]) -> None:
            if match is None or not curies:
                return
            a, b = start + match.start("it"), start + match.end("it")
            if not any(a < m.end and m.start < b for m in (*mentions, *found)):
                found.append(Mention(a, b, curies[0]))
                more[a] = curies[1:]

        drugs = [m for m in mentions if m.curie.startswith(DRUGS)]
        diseases = [m for m in mentions if m.curie.startswith("MONDO")]
        if self.drugs:
            add(_IT.match(text), self.drugs[:1])
        if drugs:
            it = _IT_AGAIN.search(text)
            before = {m.curie for m in drugs if it and m.end <= start + it.start("it")}
            add(it, list(before) if len(before) == 1 else [])
        if len(self.drugs) > 1:
            add(_THEY.match(text), self.drugs)
        for match in _DRUG.finditer(text) if drugs or self.drugs else ():
            own = [m.curie for m in drugs if m.end <= start + match.start("it")]
            add(match, own[-1:] or self.drugs[:1])
        if len(self.drugs) > 1:
            add(_DRUG_LIST.search(text), self.drugs)
        for match in _DISEASE.finditer(text) if diseases or self.disease else ():
            own = [m.curie for m in diseases if m.end <= start + match.start("it")]
            add(match, own[-1:] or ([self.disease] if self.disease else []))
        if self.process:
            add(_PROCESS.search(text), [self.process])
        return sorted([*mentions, *found]), {place: curies for place, curies in more.items() if curies}

    def note(self, text: str, start: int, mentions: list[Mention]) -> None:
        """Keeps what a sentence named, for those after it."""
        self.drugs = _about(text, start, mentions)
        self.disease = self._topic(text, start, mentions)
        self.process = next((m.curie for m in mentions if m.curie.startswith(("GO", "cg")) and is_process(m.curie)), "")

    def _topic(self, text: str, start: int, mentions: list[Mention]) -> str:
        """The disease that a sentence opens with, else the last that it names for its own sake; else that of before."""
        named = [m for m in mentions if is_of_disease(m.curie)]
        if named and named[0].start - start < 25 and not _is_beside(text, named[0].start - start):
            return named[0].curie
        return next((m.curie for m in reversed(named) if not _is_beside(text, m.start - start)), self.disease)


#: Before a disease that is named beside the matter: to be excluded, as an example, as a kind.
_ASIDE = re.compile(
    r"\b(?:exclud\w+|rul\w+ out|underlying|associated|detect|such as|including|like|secondary to|due to|unlike|an?|from|mimic\w*|misdiagnos\w+|and|or|to)\s+(?:[a-z-]+\s+){0,3}\Z"
)


def _is_beside(text: str, at: int) -> bool:
    return bool(_ASIDE.search(text, max(0, at - 60), at))


def _about(text: str, start: int, mentions: list[Mention]) -> list[str]:
    """The drugs that a sentence opens with, joined by `and` and commas."""
    drugs: list[str] = []
    last = start
    for mention in mentions:
        between = text[last - start : mention.start - start]
        if not mention.curie.startswith(DRUGS):
            break
        if (
            not drugs
            and mention.start - start >= 30
            or drugs
            and not re.fullmatch(r"\s*(?:\([^()]{1,12}\))?\s*(?:,|,? and|,? or|\()\s*(?:[a-z-]+\s+)?", between)
        ):
            break
        if mention.curie not in drugs:
            drugs.append(mention.curie)
        last = mention.end
    return drugs


def is_process(curie: str) -> bool:
    """Whether a term is a process: of GO, or a class of our own under one of GO or OGMS.

    Example:
    >>> is_process("GO:0006954"), is_process("cg:Photoprotection"), is_process("cg:CapillaryDestruction")
    (True, False, True)
    """
    return not {"GO:0008150", "OGMS:0000061"}.isdisjoint(vocabulary().ancestors(curie))
