"""An answer on its way through the server: what has come of it and not been taken, and who waits for more."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Any

#: Bytes of an answer that the server holds before it lets the worker wait.
HELD = 1 << 18


@lru_cache(maxsize=64)
def _head(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


class Answer:
    """What a worker has answered so far; whoever runs the task fills it.

    Attributes:
        head: media type and compression, once the first piece is there.
        rows, size: of the answer, once it is complete; bytes before compression.
        finished: whether the answer is complete (though perhaps not yet taken).
        error: why there is no answer, or no more of it.
    """

    head: dict[str, Any] | None = None
    rows = size = _held = 0
    finished = False
    error: BaseException | None = None
    _news: asyncio.Future[None] | None = None
    _told: Callable[[], None] | None = None

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()

    def tell(self, call: Callable[[], None] | None) -> None:
        """Call this at once whenever there is news, in place of waking who waits; None: no longer."""
        self._told = call

    def take(self) -> bytes:
        """What there is of the answer and has not been taken."""
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        return data

    async def pieces(self) -> AsyncIterator[bytes]:
        """The answer, piece by piece; the worker waits for a slow taker.

        Raises:
            Problem: the task failed on the way.
        """
        while True:
            if self._pieces:
                data = self.take()
                self._taken()
                yield data
            elif self.error is not None:
                raise self.error
            elif self.finished:
                return
            else:
                await self._wait()

    def _taken(self) -> None:
        """There is room for more."""

    def _put(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)

    def _begin(self, head: bytes) -> None:
        self.head = _head(head)

    def _complete(self, rows: int, size: int) -> None:
        self.rows, self.size = rows, size
        self.finished = True

    async def _wait(self) -> None:
        self._news = asyncio.get_running_loop().create_future()
        try:
            await self._news
        finally:
            self._news = None

    def _wake(self) -> None:
        if self._told is not None:
            self._told()
        elif self._news is not None and not self._news.done():
            self._news.set_result(None)
