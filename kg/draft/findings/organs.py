"""Organs said not to be enlarged or felt, which denies what their enlargement is called.

>>> text = "Neither liver nor spleen was enlarged; the cervical lymph nodes were not palpable."
>>> [text[a:b] for a, b, _ in unenlarged(text, 0, len(text))]
['liver', 'spleen', 'lymph nodes']
"""

from __future__ import annotations

import re

from kg.draft.names.hpo import hp
from kg.draft.patterns.openings import Openings

_LABELS = {"liver": "Hepatomegaly", "spleen": "Splenomegaly", "thyroid": "Goiter", "lymph node": "Lymphadenopathy"}
_ORGAN = re.compile(r"\b(liver|spleen|thyroid|lymph nodes?)\b(?! (?:edge|tip|function|tests?|biopsy|span|scan|disease))", re.I)
_LARGE = r"(?:enlarged|palpable|palpated|felt|swollen)"
_BETWEEN = r"(?:(?!\b(?:no|not|but|was|were|is|are|and the patient)\b)[\w\s,/-]){0,60}?"
_SAID = Openings(
    rf"\b(?P<organs>(?:liver|spleen|thyroid|lymph|cervical|axillary|inguinal|superficial|peripheral){_BETWEEN})\s+(?:was|were|is|are)\s+(?:not|neither|never|no longer)\s+(?:(?:clinically|palpably|abnormally|found|to|be)\s+){{0,3}}{_LARGE}\b|"
    rf"\b(?:neither|no)\s+(?P<none>{_BETWEEN})\s+(?:was|were|is|are)\s+{_LARGE}\b|"
    r"\bno (?:palpable|enlarged|enlargement of(?: the)?)\s+(?P<these>(?:(?!but\b|was\b|were\b)[\w\s,/-]){0,60})"
)


def unenlarged(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The organs that a stretch says are not enlarged: (start, end, HPO id of the enlargement).

    Example:
    >>> text = "The spleen was palpable, the thyroid was not enlarged."
    >>> [text[a:b] for a, b, _ in unenlarged(text, 0, len(text))]
    ['thyroid']
    """
    found = []
    for match in _SAID.finditer(text, start, end):
        for organ in _ORGAN.finditer(text, *match.span(str(match.lastgroup))):
            found.append((*organ.span(), hp(_LABELS[" ".join(organ[1].lower().split()).removesuffix("s")])))
    return found
