"""The heavy lane: a few places for queries that take long, who waits for one, and whose turn it is.

Who comes waits for a place; who has had one for a while gives it up to those who never had one, and is held still
meanwhile. So a query of half a second does not wait for the end of those of half a minute.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Protocol

from kg.serve.errors import busy
from kg.serve.limits import Limits

#: How many heavy queries are remembered.
_REMEMBERED = 4096
#: Seconds of a turn, and after which one that was set aside comes before those who never had a turn.
_TURN, _LONG = 0.5, 5.0


class Guest(Protocol):
    """Who takes a place or waits for one: see `kg.serve.pool.course`."""

    def set_aside(self) -> bool:
        """Give the place up for a while; whether it did."""


_Waiting = deque[tuple[float, asyncio.Future[None], Guest]]


class HeavyLane:
    """The places, and which queries needed one before.

    Args:
        limits: of the server.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: dict[Guest, float] = {}
        self._fresh: _Waiting = deque()
        self._aside: _Waiting = deque()
        self._turns: asyncio.TimerHandle | None = None
        self._known: OrderedDict[int, None] = OrderedDict()

    def take(self, job: Guest) -> bool:
        """Take a place if there is one."""
        if len(self._running) >= self._limits.heavy:
            return False
        self._running[job] = asyncio.get_running_loop().time()
        return True

    def park(self, job: Guest, *, aside: bool = False) -> asyncio.Future[None]:
        """A future that is done when a place is free, and taken.

        Args:
            aside: the job has had a turn.

        Raises:
            Problem: 503, too many wait already.
        """
        if not aside and len(self._fresh) >= self._limits.heavy_queue:
            raise busy("too many long queries are waiting; ask again later, or ask for less", 10)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        (self._aside if aside else self._fresh).append((loop.time(), future, job))
        if self._turns is None:
            self._turns = loop.call_later(_TURN, self._turn)
        return future

    def free(self, job: Guest) -> None:
        """Give a place back."""
        self._running.pop(job, None)
        now = asyncio.get_running_loop().time()
        while len(self._running) < self._limits.heavy and (self._fresh or self._aside):
            long = self._aside and (not self._fresh or now - self._aside[0][0] > _LONG)
            _, future, next_one = (self._aside if long else self._fresh).popleft()
            if not future.done():
                self._running[next_one] = now
                future.set_result(None)

    def _turn(self) -> None:
        """Whoever has had a place for a turn gives it to one who has not."""
        loop = asyncio.get_running_loop()
        self._fresh = deque(waiting for waiting in self._fresh if not waiting[1].done())
        self._aside = deque(waiting for waiting in self._aside if not waiting[1].done())
        self._turns = loop.call_later(_TURN, self._turn) if self._fresh or self._aside else None
        wanted = min(len(self._fresh), self._limits.aside - len(self._aside))
        for job in [job for job, since in self._running.items() if loop.time() - since >= _TURN]:
            if wanted > 0 and job.set_aside():
                wanted -= 1

    def knows(self, key: int) -> bool:
        """Whether a query was heavy when it was asked before."""
        return key in self._known

    def remember(self, key: int) -> None:
        self._known[key] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, key: int | None = None) -> None:
        """It was not heavy this time; None: another build is served, all may be different."""
        if key is None:
            self._known.clear()
        else:
            self._known.pop(key, None)
