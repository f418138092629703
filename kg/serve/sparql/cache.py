"""Small answers of the current build, kept so that the same question is not worked out twice."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from kg.serve.http import asgi


class Kept(NamedTuple):
    """An answer: its own headers, body, and how many rows it has."""

    headers: asgi.Headers
    body: bytes
    rows: int


class Answers:
    """Small answers by the task that they are answers to.

    Args:
        size: bytes kept at most; the answer not asked for longest goes first.

    Example:
    >>> answers = Answers(3000)
    >>> for task in (b"a", b"b", b"c"):
    ...     answers.keep(task, "build-1", Kept([], b"rows", 1))
    >>> [task for task in (b"a", b"b", b"c") if answers.get(task, "build-1")]
    [b'b', b'c']
    >>> answers.get(b"b", "build-2") is None
    True
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._digest = ""

    def get(self, task: bytes, digest: str) -> Kept | None:
        """The answer that this build gave, if it is there still."""
        if digest != self._digest:
            self._kept.clear()
            self._used, self._digest = 0, digest
        found = self._kept.get(task)
        if found:
            self._kept.move_to_end(task)
        return found

    def keep(self, task: bytes, digest: str, answer: Kept) -> None:
        if not self._digest:
            self._digest = digest
        if digest != self._digest or task in self._kept:
            return
        self._kept[task] = answer
        self._used += len(task) + len(answer.body) + 1000
        while self._used > self._size:
            old, gone = self._kept.popitem(last=False)
            self._used -= len(old) + len(gone.body) + 1000
