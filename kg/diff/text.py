"""A diff as text for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kg.diff.answers import PLACES, differing_items
from kg.diff.changes import Diff, RowChange, StatementChange, TermChange

#: How many changes of each kind the text lists, and how much of a row it shows.
LISTED = 20
WIDTH = 160


def render(diff: Diff, *, listed: int = LISTED) -> str:
    """A diff for people: a line a change, at most `listed` of each kind.

    Example:
    >>> render(Diff((), (), (), (), ()))
    'nothing changed'
    """
    if not diff:
        return "nothing changed"
    parts: list[str] = []
    _part(parts, "Terms", [_term_line(term) for term in diff.terms], listed)
    _part(parts, "Axioms", [*(f"- {text}" for text in diff.axioms_removed), *(f"+ {text}" for text in diff.axioms_added)], listed)
    lines = [line for change in diff.statements for line in _statement_lines(change)]
    _part(parts, f"Statements: {len(diff.statements):,}", lines, listed * 2, counted=False)
    for answer in diff.answers:
        counts = Counter(row.kind for row in answer.rows)
        told = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "removed", "changed") if counts[kind])
        _part(
            parts,
            f"{answer.question} ({answer.asks}) {told}",
            [line for row in answer.rows for line in _row_lines(row)],
            listed * 2,
            counted=False,
        )
    if not diff.answers:
        parts.append("No question answers differently.")
    return "\n\n".join(parts)


_SIGNS = {"added": "+", "removed": "-", "changed": "~", "relabelled": "~", "retired": "!"}


def _part(parts: list[str], title: str, lines: list[str], listed: int, *, counted: bool = True) -> None:
    if lines:
        more = [f"  … and {len(lines) - listed:,} more lines"] if len(lines) > listed else []
        head = f"{title}: {len(lines):,}" if counted else title
        parts.append("\n".join([head, *(f"  {line}" for line in lines[:listed]), *more]))


def _term_line(term: TermChange) -> str:
    said = {"added": term.after, "removed": term.before, "retired": f"{term.before}, retired"}.get(
        term.kind
    ) or f"{term.before or 'nothing'} → {term.after or 'nothing'}"
    return f"{_SIGNS[term.kind]} {term.curie} {said}"


def _statement_lines(change: StatementChange) -> list[str]:
    label = f" {change.label}" if change.label else ""
    return [
        f"{_SIGNS[change.kind]} {change.node}{label} “{change.quote}”",
        *(f"    {what}: {old or 'nothing'} → {new or 'nothing'}" for what, old, new in change.cells),
    ]


def _cell(value: Any, other: Any) -> str:
    """A cell as far as it differs from another.

    Example:
    >>> _cell("a; b", "b; c"), _cell("a; b", "b; a"), _cell(None, 1)
    ('a', 'a; b', 'nothing')
    """
    if value is None:
        return "nothing"
    differing = set(differing_items(value, other))
    if not differing:
        return str(value)  # the same items in another order
    return "; ".join(item for item in str(value).split("; ") if item in differing) or "nothing"


def _row_lines(change: RowChange) -> list[str]:
    shown = " · ".join(
        str(value) for column, value in change.row.items() if column not in PLACES and column != "quote" and value is not None
    )
    shown = shown if len(shown) <= WIDTH else f"{shown[:WIDTH]} …"
    cells = [f"    {column}: {_cell(old, new)} → {_cell(new, old)}" for column, old, new in change.cells]
    because = [f"    because: {reason}" for reason in change.because[:3]]
    more = [f"    … and {len(change.because) - 3} more changes" for _ in (1,) if len(change.because) > 3]
    return [f"{_SIGNS[change.kind]} {shown}", *cells, *because, *more]
