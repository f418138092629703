"""Issue: something odd that a report, record, graph or ontology says, with its place and its fix.

What a caller does wrong is an exception (`kg.errors`); what a file says wrong is collected as issues, so
that a curator sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark.

    Attributes:
        level: an `error` fails the check; a `warning` or `info` never does.
        where: file name, graph or case the remark is about.
        line: 1-based line of `where`, or 0 where lines mean nothing.
        path: the place inside, such as ``findings[3].quote``.
        message: what is wrong, with the value.
        fix: what to do about it.
        code: the check's name, as in `queries/checks/` and the docs.
    """

    level: Level
    where: str
    message: str
    fix: str = ""
    line: int = 0
    path: str = ""
    code: str = ""

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        path = f" {self.path}:" if self.path else ""
        fix = f" ({self.fix})" if self.fix else ""
        return f"{place}:{path} {self.message}{fix}"


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Only the issues that fail a check.

    Example:
    >>> errors([Issue("info", "a", "fine"), Issue("error", "b", "not fine")])[0].where
    'b'
    """
    return [issue for issue in issues if issue.level == "error"]
