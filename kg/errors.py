"""The errors casegraph raises: catch `CasegraphError` to catch them all.

Each message is one line that says where, what value, and how to mend it; the same data stand in fields.
Odd things in a report are not errors but Issues (see `kg.check`).
"""

from __future__ import annotations


class CasegraphError(Exception):
    """The root of all errors of this package.

    Args:
        message: one line: where, the value, the fix.
        fields: whatever a caller may want to act on; each becomes an attribute.

    Example:
    >>> CasegraphError("case.yaml:3: no such key 'drugg'; use 'drug'", line=3).line
    3
    """

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __getattr__(self, name: str) -> object:
        # Only called for names that ordinary look-up does not find.
        if name != "fields" and name in self.fields:
            return self.fields[name]
        raise AttributeError(name)


class TermError(CasegraphError):
    """A term string that cannot stand; fields: `curie`, `label` (as written), `suggestions` (Terms, best first)."""


class UnknownTerm(TermError):
    """No term has this id."""


class RetiredTerm(TermError):
    """The id is obsolete; the message names what replaced it."""


class MislabelledTerm(TermError):
    """The id exists, but the label beside it is not its label."""


class RecordError(CasegraphError):
    """A case record (YAML) that does not follow the model."""


class ReportError(CasegraphError):
    """A report text, section or quote that cannot be found or read."""


class QuestionError(CasegraphError):
    """An unknown question or parameter, or a value that fits none."""


class StoreError(CasegraphError):
    """The graph store, embedded or remote, refused or failed."""


class BuildError(CasegraphError):
    """A record that cannot be turned into a graph."""
