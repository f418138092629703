"""Sizes told by centile or standard deviation."""

from __future__ import annotations

import re

from kg.draft.names.hpo import hp
from kg.draft.patterns.openings import Openings

_GROWTH = Openings(
    r"\b(?P<what>birth[- ]weight|birth length|height|stature|length|weight|head circumference|occipito-?frontal "
    r"circumference|OFC|HC)\b(?P<between>[^.;\n]{0,45}?(?:\d\.\d[^.;\n]{0,25}?)?)"
    r"(?:(?P<below><|≤|\bbelow|\bunder|\bless than)?(?P<above>>|≥|\babove|\bover|\bgreater than)?\s*(?:the\s*)?"
    r"(?:P\s?(?P<p1>\d{1,2}(?:\.\d)?)\b|"
    r"(?P<p2>\d{1,2}(?:\.\d)?)\s*(?:st|nd|rd|th)?\s*(?:per)?centile)"
    r"|(?P<sd>[-−–+]\s?\d(?:\.\d+)?)\s?(?:SDS?\b|z|standard deviation)|(?P<n>\d(?:\.\d+)?)\s?(?:SDs?|"
    r"standard deviations?)\s+(?P<side>below|above))",
)
#: What is measured -> the labels for low and high.
_GROWTH_SHOWS = {
    "height": ("Short stature", "Tall stature"), "stature": ("Short stature", "Tall stature"), "length": ("Short stature", ""),
    "weight": ("Decreased body weight", "Increased body weight"), "head circumference": ("Microcephaly", "Macrocephaly"),
    "birth weight": ("Small for gestational age", "Large for gestational age"), "birth length": ("", ""),
}  # fmt: skip

#: Too short for a whole body: the length of a part of it.
_OF_A_PART = re.compile(
    r"\s*(?:was|of|is|:|=|,|\s)*(?:about |approximately |only )?(?:\d+(?:\.\d+)?\s?mm\b|[12]?\d(?:\.\d+)?\s?cm\b)", re.I
)


def read_growth(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, str]]:
    """Sizes told by centile or standard deviation, where they are out of the normal: (start, end, HPO id).

    Example:
    >>> [curie for _, _, curie in read_growth("Height was 84 cm (below the 3rd centile), weight on the 50th centile, OFC -3.1 SD.")]
    ['HP:0004322', 'HP:0000252']
    """
    found = []
    for match in _GROWTH.finditer(text, start, end):
        if match["what"].lower() == "length" and _OF_A_PART.match(match["between"]):
            continue
        if re.search(
            r"\b(?:height|weight|length|circumference|OFC|normal|was born|sitting|vertebra\w*)\b", match["between"], re.I
        ) or re.search(
            r"(?:sitting|vertebral|femoral|facial|crown-rump|arm|penile|foot|hand|limb|mother'?s?|father'?s?|"
            r"maternal|paternal|parental|trunk|segment)\s*\Z",
            text[max(start, match.start() - 14) : match.start()],
            re.I,
        ):
            continue
        centile = float(match["p1"] or match["p2"]) if match["p1"] or match["p2"] else None
        deviation = float(re.sub(r"\s", "", match["sd"]).replace("−", "-").replace("–", "-")) if match["sd"] else None
        if match["n"]:
            deviation = float(match["n"]) * (-1 if match["side"].lower() == "below" else 1)
        low = (
            deviation is not None
            and deviation <= -2
            or centile is not None
            and (bool(match["below"]) and centile <= 5 or not match["above"] and centile < 3)
        )
        high = (
            deviation is not None
            and deviation >= 2
            or centile is not None
            and (bool(match["above"]) and centile >= 95 or not match["below"] and centile >= 98)
        )
        what = re.sub(r"[- ]+", " ", match["what"].lower())
        what = "head circumference" if what in ("ofc", "hc") or what.startswith("occ") else what
        label = _GROWTH_SHOWS[what][0 if low else 1] if low or high else ""
        if label:
            found.append((match.start(), match.end(), hp(label)))
    return found
