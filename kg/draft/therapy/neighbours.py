"""What a name alone does not make a treatment, but a treatment beside it does: `carbamazepine and lithium`."""

from __future__ import annotations

import re

from kg.draft.therapy.drugs import AND, GIVING
from kg.draft.therapy.named import Therapy

#: From one procedure to another that was done with it: `resection with hand-sewn anastomosis`.
_DONE_WITH = re.compile(r"\s*(?:,\s*)?(?:and|plus|with|followed by|combined with)\s+(?:(?:an?|the|subsequent)\s+)?(?:[\w-]+\s+){0,2}", re.I)


def with_neighbours(text: str, found: list[Therapy], start: int, end: int) -> list[Therapy]:
    """Treatments with those made sure that stand beside a sure one.

    A substance of the body in a list with a drug is given like it, where the sentence has a word of giving; a procedure that
    may be none was done with the one before it.

    Args:
        found: what the stretch names, in its order.

    Example:
    >>> from kg.draft.therapy.named import therapy_at
    >>> text = "Her medications were carbamazepine and insulin."
    >>> pair = [therapy_at(text, 21, 34, "", "drug", sure=True), therapy_at(text, 39, 46, "", "drug", sure=False)]
    >>> [t.sure for t in with_neighbours(text, pair, 0, len(text))]
    [True, True]
    """
    made = list(found)
    if all(t.sure for t in made):
        return made
    giving = bool(GIVING.search(text, start, end))
    for order in (range(len(made)), range(len(made) - 1, -1, -1)):
        for k in order:
            if not made[k].sure and (
                k > 0
                and _joins(text, made[k - 1], made[k], giving=giving)
                or k + 1 < len(made)
                and _joins(text, made[k + 1], made[k], giving=giving)
            ):
                made[k] = made[k]._replace(sure=True)
    return made


def _joins(text: str, sure: Therapy, other: Therapy, *, giving: bool) -> bool:
    """Whether a sure treatment makes the one beside it sure."""
    if not sure.sure or sure.kind != other.kind:
        return False
    first, second = sorted((sure, other))
    if other.kind == "procedure":
        return first is sure and bool(_DONE_WITH.fullmatch(text, first.end, second.start))
    return giving and bool(AND.fullmatch(text, first.end, second.start))
