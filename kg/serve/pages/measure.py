"""How wide text will be in a picture, near enough to lay it out without a browser."""

from __future__ import annotations

_NARROW, _WIDE = frozenset("iljftIr.,:;'|()[]!-/ "), frozenset("mwMW@%—")


def text_width(words: str, size: float) -> float:
    """Estimated width in pixels, a little on the safe side.

    >>> text_width("ill", 10) < text_width("mmm", 10)
    True
    """
    units = sum(0.33 if c in _NARROW else 0.86 if c in _WIDE else 0.69 if c.isupper() else 0.56 for c in words)
    return units * size


def wrap(words: str, width: float, size: float, lines: int = 3) -> list[str]:
    """Words in lines no wider than `width`; a word too long for a line is broken; what doesn't fit ends in an ellipsis.

    >>> wrap("flare after treatment", 70, 11)
    ['flare after', 'treatment']
    """
    out: list[str] = []
    current = ""
    for word in _pieces(words, width, size):
        longer = f"{current} {word}".strip()
        if current and text_width(longer, size) > width:
            out.append(current)
            current = word
        else:
            current = longer
    out += [current] if current else []
    if len(out) > lines:
        last = out[lines - 1]
        while last and text_width(last + " …", size) > width:
            last = last[:-1]
        out = [*out[: lines - 1], last.rstrip() + " …"]
    return out


def _pieces(words: str, width: float, size: float) -> list[str]:
    out: list[str] = []
    for word in words.split():
        while text_width(word, size) > width and len(word) > 3:
            cut = len(word)
            while cut > 2 and text_width(word[:cut] + "-", size) > width:
                cut -= 1
            out.append(word[:cut] + "-")
            word = word[cut:]
        out.append(word)
    return out
