"""What a value was measured in, where it is not blood: `urinary sodium`, `cerebrospinal fluid analysis showed ... glucose`.

>>> text = "CSF analysis revealed protein of 90 mg/dL and glucose 30 mg/dL, while serum glucose was 95 mg/dL."
>>> [specimen_of(text, 0, place) for place in (text.find("glucose"), text.rfind("glucose"))]
['cerebrospinal fluid', '']
"""

from __future__ import annotations

import re

from kg.draft.patterns.stems import stems

#: What a report calls a specimen → its name in UBERON; "" for blood.
_NAMES = (
    (r"blood|serum|plasma|arterial|venous|capillary", ""),
    (r"urin(?:e|ary)", "urine"),
    (r"CSF|cerebrospinal fluid", "cerebrospinal fluid"),
    (r"pleural(?: fluid| effusion)?", "pleural fluid"),
    (r"ascit(?:es|ic)(?: fluid)?|peritoneal(?: fluid)?", "ascitic fluid"),
    (r"synovial(?: fluid)?|joint fluid", "synovial fluid"),
    (r"pericardial(?: fluid| effusion)?", "pericardial fluid"),
    (r"amniotic(?: fluid)?", "amniotic fluid"),
    (r"sweat", "sweat"),
    (r"saliva(?:ry)?", "saliva"),
    (r"stools?|fa?ec(?:al|es)", "feces"),
    (r"broncho-?alveolar lavage(?: fluid)?|BAL(?: fluid)?", "bronchoalveolar lavage fluid"),
)
_MAY_BE = stems("specimens")
_ANY = re.compile(rf"\b(?:{'|'.join(f'(?P<s{n}>{words})' for n, (words, _) in enumerate(_NAMES))})\b", re.I)
_URINALYSIS = re.compile(r"\burin(?:e|alysis)\b", re.I)
_OF_BLOOD = re.compile(r"\b(?:chemistry|biochemistry|ha?ematology|coagulation|CBC|electrolytes)\b", re.I)
_REACH = 170  # characters of a sentence
_TURN = re.compile(r";|\.\s|\b(?:but|while|whereas|however|although)\b", re.I)
#: Between a specimen and what is measured in it.
_BESIDE = re.compile(r"[\s,/(-]*(?:(?:spot|random|total|free|24[- ]h(?:our)?s?|fluid|levels?|concentrations?|of|and|the|its|a|an)[\s,/-]+){0,4}\Z", re.I)
_TELLS = re.compile(
    r"\)?\s*(?:\([^()]{1,20}\)\s*)?(?:fluid\s+)?(?:analys[ie]s|examinations?|stud(?:y|ies)|tests?|samples?|specimens?|tap|microscopy|biochemistry|findings?|results?)?\s*"
    r"(?:\w+ly\s+)?(?:(?:was|were)\s+(?:\w+\s+)?(?:normal|abnormal|clear|cloudy|turbid|colou?rless|bloody|xanthochromic|remarkable|unremarkable),?\s+with|showed|shows|revealed|reveals|demonstrated|disclosed|contained|yielded|had|was (?:notable|remarkable|significant) for|with|:)\s",
    re.I,
)
_CLOSED = re.compile(r"\b(?:was|were) (?:normal|unremarkable|negative|sterile|clear)\b(?!,?\s+with\b)", re.I)


def named_specimen(heading: str) -> str | None:
    """The specimen that a heading of a table names, "" for blood, None for none.

    Example:
    >>> named_specimen("Urinalysis results"), named_specimen("Blood chemistry"), named_specimen("On admission")
    ('urine', '', None)
    """
    match = _ANY.search(heading)
    if match:
        return _NAMES[int(str(match.lastgroup)[1:])][1]
    return "urine" if _URINALYSIS.search(heading) else "" if _OF_BLOOD.search(heading) else None


def specimen_of(text: str, start: int, at: int) -> str:
    """The specimen that what stands at a place was measured in, "" for blood or where none is told.

    Args:
        start: where its sentence, or the stretch that is read, begins.
    """
    begin = max(start, at - _REACH)
    if not _MAY_BE.search(text, begin, at):
        return ""
    for turn in _TURN.finditer(text, begin, at):
        begin = turn.end()
    last = None
    for match in _ANY.finditer(text, begin, at):
        last = match
    if last is None:
        return ""
    between = text[last.end() : at]
    governs = _BESIDE.fullmatch(between) or _TELLS.match(between) and not _CLOSED.search(between)
    return _NAMES[int(str(last.lastgroup)[1:])][1] if governs else ""
