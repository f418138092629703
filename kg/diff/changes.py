"""What a diff of two graphs consists of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["added", "removed", "relabelled", "retired", "changed"]


@dataclass(frozen=True, slots=True)
class TermChange:
    """One term that came, went, or is not what it was.

    Attributes:
        kind: `changed` means its definition or synonyms.
        before: label, or words, in the old graph; None for an added term.
        after: the same in the new graph; None for a removed term.
    """

    kind: Kind
    curie: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One statement of a case that came, went, or says something else.

    Attributes:
        node: case and id.
        quote: its sentence, as the new graph has it, or as the old one had it.
        cells: (property, before, after) of a changed one.
        was: its node in the old graph, where that had another id.
    """

    kind: Kind
    node: str
    label: str
    quote: str
    cells: tuple[tuple[str, str, str], ...] = ()
    was: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of an answer that came, went, or has other cells.

    Attributes:
        row: column -> value, of the new graph, or of the old one for a removed row.
        cells: (column, before, after) of a changed one.
        because: what changed that has to do with it, most telling first; empty if nothing near it changed.
    """

    kind: Kind
    row: dict[str, Any]
    cells: tuple[tuple[str, Any, Any], ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question that answers differently."""

    question: str
    asks: str
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two graphs."""

    terms: tuple[TermChange, ...]
    axioms_added: tuple[str, ...]
    axioms_removed: tuple[str, ...]
    statements: tuple[StatementChange, ...]
    answers: tuple[AnswerChange, ...]

    def __bool__(self) -> bool:
        return bool(self.terms or self.axioms_added or self.axioms_removed or self.statements or self.answers)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)
