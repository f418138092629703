"""Shares of a differential count that are printed before what they are of: `51% neutrophils, 45% lymphocytes`.

>>> text = "Leucocytes were 9,100/µL (62% neutrophils, 30% lymphocytes)."
>>> [(cells, share) for _, _, cells, share in read_shares(text, 0, len(text))]
[('neutrophils', '62'), ('lymphocytes', '30')]
"""

from __future__ import annotations

import re

from kg.draft.patterns.openings import Stems

_CELLS = Stems("neutrophils", "lymphocytes", "eosinophils")
_FLUIDS = Stems(
    "csf", "cerebrospinal", "pleural", "ascit", "peritoneal", "synovial", "pericardial", "lavage", "marrow", "lumbar", "tap", "biops"
)
_SHARE = re.compile(
    r"(?<![\d.])(?P<num>\d{1,2}(?:\.\d+)?)\s?%\s*(?:were |of |segmented |mature )?(?P<name>neutrophils|lymphocytes|eosinophils)\b", re.I
)
#: The number is of the cells named before it: `Neutrophils 45% lymphocytes 30%`.
_CELLS_BEFORE = re.compile(r"\b(?:[a-z]+(?:phils?|cytes?)|polymorphs|bands?|blasts?)[\s:=(–-]*(?:(?:were|was|of)\s+)?\Z", re.I)


def read_shares(text: str, start: int, end: int) -> list[tuple[int, int, str, str]]:
    """The shares of blood cells in a stretch of text: (start, end, cells in small letters, per cent as printed).

    None where the stretch speaks of another fluid or of marrow, too.
    """
    if not _CELLS.search(text, start, end) or _FLUIDS.search(text, start, end):
        return []
    return [
        (match.start(), match.end(), match["name"].lower(), match["num"])
        for match in _SHARE.finditer(text, start, end)
        if not _CELLS_BEFORE.search(text, max(start, match.start() - 40), match.start())
    ]
