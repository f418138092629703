"""What an endpoint sends, broken off at a size and at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from kg.draft.llm.answer import NoAnswer

MAX_ANSWER = 400_000  # bytes of one answer, an error's page included


class _Bounded:
    """The bytes of one response, as they come.

    The client's own time-out is for each read, so a server that drips would never meet it.
    """

    def __init__(self, stream: Any, until: float, seconds: float) -> None:
        self._stream, self._until, self._seconds = stream, until, seconds

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MAX_ANSWER:
                raise NoAnswer(f"an answer of more than {MAX_ANSWER:,} bytes was broken off", final=False)
            if time.monotonic() > self._until:
                raise NoAnswer(f"no whole answer within {self._seconds:g} s", final=True)
            yield chunk

    def close(self) -> None:
        self._stream.close()


def bound(response: Any, until: float, seconds: float) -> None:
    """Make the bytes of a response bounded before any is read; none is unpacked, for a small packed answer can be huge.

    Args:
        response: of the client's own transport library, which takes streams of its own class only.
        until: monotonic time at which to break off.
        seconds: the same as the message tells it.
    """
    base = next(cls for cls in type(response.stream).__mro__ if cls.__name__ == "SyncByteStream")
    response.stream = type("Bounded", (_Bounded, base), {})(response.stream, until, seconds)
    response.headers.pop("content-encoding", None)
