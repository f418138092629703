"""What can go wrong with a request, as RFC 9457 problems; the only error that leaves this package's endpoints."""

from __future__ import annotations

from typing import Any

from kg.errors import CasegraphError


class Problem(CasegraphError):
    """A request that gets no answer, and why.

    Args:
        status: HTTP status.
        title: the kind of problem in a few words; the same for all problems of its kind.
        detail: what was wrong with this request and how to mend it.
        headers: further response headers, such as Retry-After.
        fields: further members of the problem document (line, column, known …).

    Example:
    >>> Problem(400, "not SPARQL", "expected WHERE", line=2, column=7).document()["line"]
    2
    """

    def __init__(self, status: int, title: str, detail: str = "", *, headers: dict[str, str] | None = None, **fields: Any) -> None:
        super().__init__(detail or title, **fields)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers or {}

    def document(self) -> dict[str, Any]:
        """The body of an application/problem+json answer."""
        return {"title": self.title, "status": self.status, "detail": self.detail, **self.fields}


def busy(detail: str, retry_after: int = 2) -> Problem:
    """Too much to do at the moment."""
    return Problem(503, "busy", detail, headers={"Retry-After": str(retry_after)})


class WorkerLost(Exception):
    """A worker ended in the middle of a task that nothing had been sent of."""


#: What a worker says went wrong -> status and title.
_KINDS = {
    "syntax": (400, "not SPARQL"),
    "refused": (403, "refused"),
    "depth": (400, "nested too deeply"),
    "not-acceptable": (406, "not acceptable"),
    "evaluation": (400, "cannot be evaluated"),
    "size": (422, "too large"),
    "memory": (422, "too large"),
    "question": (400, "wrong parameter"),
    "missing": (404, "not there"),
}


def problem(document: dict[str, Any]) -> Problem:
    """A worker's failure as a problem."""
    status, title = _KINDS.get(document["kind"], (500, "internal error"))
    fields = {key: value for key, value in document.items() if key not in ("kind", "message")}
    return Problem(status, title, document["message"], **fields)
