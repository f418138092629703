"""Two records of one report, statement by statement: what agrees, what only one has, and how far they agree.

A statement is matched by what it is about (its term) among those of its kind, the quote and the time deciding between
several; whether matched statements say the same of it (status, result, outcome) is the agreement on status.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from kg.record import Record
from kg.terms import Terms, load_terms

#: Section -> (field of its term, field of its status).
KINDS = {
    "history": ("is_", "status"), "findings": ("is_", "status"), "antibodies": ("is_", "result"), "measurements": ("of", "interpretation"),
    "investigations": ("procedure", "outcome"), "diagnoses": ("is_", "status"), "treatments": ("drug", ""), "responses": ("in_", "outcome"),
    "claims": ("object", "effect"), "references": ("number", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement of the first record and the one of the second that says it too; one of them is None where only one has it.

    `match` is "same" (same term), "near" (one term above the other, or the same words), or "" for one side only.
    """

    kind: str
    a: Any
    b: Any
    match: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures for one kind of statement; the first record is what is measured, the second what it is measured by.

    Attributes:
        both: matched statements; near: how many of them only by a near term.
        kappa: Cohen's kappa on the status of matched statements; None where there is none, or but one value.
    """

    kind: str
    in_a: int
    in_b: int
    both: int
    near: int
    same_status: int
    kappa: float | None

    @property
    def precision(self) -> float:
        return self.both / self.in_a if self.in_a else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.in_b if self.in_b else 0.0

    @property
    def f1(self) -> float:
        total = self.in_a + self.in_b
        return 2 * self.both / total if total else 0.0


def compare(a: Record, b: Record, terms: Terms | None = None) -> list[Pair]:
    """Every statement of both records, matched one to one, in the order of the second record, then what only the first has."""
    terms = terms or load_terms()
    pairs: list[Pair] = []
    for kind in KINDS:
        pairs += _match(kind, list(getattr(a, kind)), list(getattr(b, kind)), terms)
    return pairs


def agreement(pairs: list[Pair]) -> list[Agreement]:
    """The figures of each kind that either record has, and of all together under "all"."""
    rows = [_figures(kind, [p for p in pairs if p.kind == kind]) for kind in KINDS]
    return [row for row in (*rows, _figures("all", pairs)) if row.in_a or row.in_b]


def kappa(values: list[tuple[str, str]]) -> float | None:
    """Cohen's kappa of paired values; None where chance alone would agree always.

    Source: J. Cohen, doi:10.1177/001316446002000104

    Example:
    >>> kappa([("present", "present"), ("absent", "absent"), ("present", "absent"), ("present", "present")])
    0.5
    """
    n = len(values)
    if not n:
        return None
    first, second = Counter(a for a, _ in values), Counter(b for _, b in values)
    chance = sum(first[v] * second[v] for v in first) / n**2
    observed = sum(a == b for a, b in values) / n
    return None if chance == 1 else round((observed - chance) / (1 - chance), 4)


def status_of(kind: str, item: Any) -> str:
    """What a statement says of what it is about: present, negative, improved."""
    field = KINDS[kind][1]
    return str(getattr(item, field) or "") if field else ""


def _terms_of(kind: str, item: Any) -> set[str]:
    """The ids, or words, that a statement is about."""
    value = getattr(item, KINDS[kind][0], None)
    if kind == "treatments":
        value = item.drug or item.procedure
    if kind == "references":
        return {str(item.pmid or item.doi or item.title.lower()[:60])}
    values = value if isinstance(value, tuple) else (value,) if value else ()
    return {v.curie or v.label.lower() for v in values}


def _score(kind: str, x: Any, y: Any, terms: Terms) -> float:
    """0 to 3: how much two statements are about one thing; 2 and more is the same term."""
    mine, other = _terms_of(kind, x), _terms_of(kind, y)
    if kind == "responses":
        alike = difflib.SequenceMatcher(None, " ".join(x.quote), " ".join(y.quote)).ratio()
        return 2 + alike if x.outcome == y.outcome and alike > 0.6 else alike if alike > 0.9 else 0.0
    if kind == "claims":
        same = x.subject == y.subject and x.effect == y.effect
        return 2 + bool(mine & other) if same and _overlap(x, y) else 1.0 if _overlap(x, y) and x.effect == y.effect else 0.0
    if mine & other:
        return (
            2
            + _overlap(x, y) * 0.6
            + (getattr(x, "at", None) == getattr(y, "at", None)) * 0.2
            + (status_of(kind, x) == status_of(kind, y)) * 0.2
        )
    if not _overlap(x, y):
        return 0.0
    if any(m in terms.ancestors(o) or o in terms.ancestors(m) for m in mine for o in other):
        return 1.0
    words = {w.lower() for w in (getattr(x, "words", None), getattr(y, "words", None)) if w}
    return 0.9 if len(words) == 1 and getattr(x, "words", None) and getattr(y, "words", None) else 0.0


def _overlap(x: Any, y: Any) -> bool:
    """Whether the quotes share a passage."""
    for one in x.quote:
        for two in y.quote:
            a, b = " ".join(one.split()), " ".join(two.split())
            if a in b or b in a or difflib.SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size > 25:
                return True
    return False


def _match(kind: str, left: list[Any], right: list[Any], terms: Terms) -> list[Pair]:
    """One to one, the best score first; ties by the records' order."""
    scored = [(-score, i, j) for i, x in enumerate(left) for j, y in enumerate(right) if (score := _score(kind, x, y, terms)) > 0]
    of_left: dict[int, tuple[int, float]] = {}
    of_right: dict[int, int] = {}
    for minus, i, j in sorted(scored):
        if i not in of_left and j not in of_right:
            of_left[i], of_right[j] = (j, -minus), i
    pairs = []
    for j, y in enumerate(right):
        k = of_right.get(j)
        pairs.append(Pair(kind, None, y, "") if k is None else Pair(kind, left[k], y, "same" if of_left[k][1] >= 2 else "near"))
    return pairs + [Pair(kind, x, None, "") for i, x in enumerate(left) if i not in of_left]


def _figures(kind: str, pairs: list[Pair]) -> Agreement:
    both = [p for p in pairs if p.a is not None and p.b is not None]
    statuses = [(status_of(p.kind, p.a), status_of(p.kind, p.b)) for p in both if KINDS[p.kind][1]]
    return Agreement(
        kind, sum(p.a is not None for p in pairs), sum(p.b is not None for p in pairs), len(both), sum(p.match == "near" for p in both),
        sum(a == b for a, b in statuses), kappa(statuses),
    )  # fmt: skip


def rows(figures: list[Agreement]) -> list[dict[str, Any]]:
    """The figures as table rows, ratios to three places."""
    return [
        {"kind": f.kind, "first": f.in_a, "second": f.in_b, "both": f.both, "near": f.near, "precision": round(f.precision, 3),
         "recall": round(f.recall, 3),          "f1": round(f.f1, 3), "same_status": f.same_status, "kappa": f.kappa}
        for f in figures
    ]  # fmt: skip


def differences(pairs: list[Pair]) -> list[dict[str, str]]:
    """What the records do not share: one row a statement that only one has, or on whose status they differ."""
    out = []
    for p in pairs:
        if p.a is not None and p.b is not None:
            if status_of(p.kind, p.a) != status_of(p.kind, p.b):
                out.append(
                    {
                        "kind": p.kind,
                        "where": "status",
                        "first": f"{_name(p.kind, p.a)}: {status_of(p.kind, p.a)}",
                        "second": f"{_name(p.kind, p.b)}: {status_of(p.kind, p.b)}",
                        "quote": p.b.quote[0],
                    }
                )
            elif p.match == "near":
                out.append(
                    {"kind": p.kind, "where": "term", "first": _name(p.kind, p.a), "second": _name(p.kind, p.b), "quote": p.b.quote[0]}
                )
        else:
            item = p.a if p.a is not None else p.b
            side = "first" if p.a is not None else "second"
            out.append(
                {
                    "kind": p.kind,
                    "where": f"{side} only",
                    "first": _name(p.kind, p.a) if p.a is not None else "",
                    "second": _name(p.kind, p.b) if p.b is not None else "",
                    "quote": item.quote[0],
                }
            )
    return out


def _name(kind: str, item: Any) -> str:
    if kind == "references":
        return f"{item.number} {item.title[:60]}"
    if kind == "claims":
        return f"{item.subject.label} {item.effect} {item.object.label if item.object else ''}".strip()
    if kind == "responses":
        return f"{item.outcome} {', '.join(t.label for t in item.in_)}".strip()
    value = (item.drug or item.procedure) if kind == "treatments" else getattr(item, KINDS[kind][0])
    return str(value.label)
