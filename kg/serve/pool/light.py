"""The light lane: workers for queries that end soon, who waits for one, and how the lane stays full."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from typing import Protocol

from kg.errors import StoreError
from kg.serve.errors import busy
from kg.serve.limits import Limits
from kg.serve.pool.holder import Holder
from kg.serve.pool.line import Line

#: How many jobs a worker's line takes, and how recently it has to have begun the first.
_BEHIND, _QUICK = 16, 0.005
#: So many workers at once keep the processors busy, beside the server itself: while queries take less than this many
#: seconds, to wake another one costs more than it gives.
_AWAKE, _TINY = max(1, (os.cpu_count() or 2) - 1), 0.0005
#: Seconds between two looks at who waits.
_SWEEP = 0.2


class Guest(Protocol):
    """Who waits for a worker: see `kg.serve.pool.job`."""

    def tell_slow(self) -> None:
        """This takes longer than most."""


class LightLane:
    """The workers of the light lane.

    Args:
        limits: of the server.

    Attributes:
        holder: of the current build.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.holder: Holder | None = None
        self._light: set[Line] = set()
        self._pace = 0.0  # seconds that a query took of late
        self._idle: list[Line] = []
        self._free_before: set[Line] = set()
        self._waiting: deque[tuple[float, asyncio.Future[Line], Guest]] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._refill: asyncio.Task[None] | None = None

    async def use(self, holder: Holder) -> None:
        """Take the workers from another build from now on; what runs on the one before runs to its end."""
        first = await holder.split()
        self.holder = holder
        for line in list(self._light):
            if line.holder is not holder and not line.jobs:
                self._drop(line)
        self._light.add(first)
        self._give(first)
        self._fill()

    def close(self) -> None:
        if self._refill:
            self._refill.cancel()

    # 1) a worker for a job

    def line_at_once(self) -> Line | None:
        """A light worker that is free, or has just begun something and is likely to be free soon; None if there is none.

        The worker that was busy last comes first: it is the one that is awake.
        """
        if self._pace < _TINY and len(self._light) - len(self._idle) >= _AWAKE:
            behind = self._quick_line()
            if behind is not None:
                return behind
        while self._idle:
            line = self._idle.pop()
            if line.alive:
                return line
            self._light.discard(line)
        return self._quick_line()

    def _rescue(self, line: Line) -> bool:
        """What a worker has begun takes longer than it seemed: what stands behind it goes to one that is free, if one is."""
        if self._idle and line in self._light:
            for job in line.rescue():
                job.start_again()
            return True
        return line not in self._light

    async def line(self, job: Guest) -> Line:
        """As `line_at_once`, or the first that is free.

        Raises:
            Problem: 503, too many wait already, or this one waited too long.
        """
        found = self.line_at_once()
        if found is not None:
            return found
        if len(self._waiting) >= self.limits.queue:
            raise busy("too many queries are waiting")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Line] = loop.create_future()
        self._waiting.append((loop.time(), future, job))
        self._fill()
        if self._sweeper is None:
            self._sweeper = loop.call_later(_SWEEP, self._sweep)
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self._give(future.result())
            raise

    def _quick_line(self) -> Line | None:
        """A worker that has just begun something, with little behind it: likely to be free sooner than can be told.

        Work that is on the line already spares both ends from falling asleep.
        """
        best, fewest = None, _BEHIND
        recently = asyncio.get_running_loop().time() - _QUICK
        for line in self._light:
            if line.since > recently and len(line.jobs) < fewest and line.alive and line.holder is self.holder:
                best, fewest = line, len(line.jobs)
        if best is not None:
            best.expect_delay(self._rescue)
        return best

    # 2) a worker is free, or no longer one of the lane

    def _give(self, line: Line) -> None:
        """A light worker is free: hand it to who waits first."""
        while self._waiting:
            _, future, _ = self._waiting.popleft()
            if not future.done():
                future.set_result(line)
                return
        self._idle.append(line)

    def release(self, line: Line) -> None:
        """What a worker was working on has ended."""
        if line.jobs:
            line.jobs.popleft()
            self._pace += (asyncio.get_running_loop().time() - line.since - self._pace) / 16
        if line not in self._light or not line.alive:
            self._drop(line)
            self._fill()
        elif line.jobs:
            line.jobs[0].begin(line)
        elif line.holder is not self.holder:
            self._drop(line)
            self._fill()
        else:
            self._give(line)

    def leave(self, line: Line) -> None:
        """A worker leaves the light lane with what it is working on; what stands behind that goes elsewhere."""
        if line in self._light:
            self._light.discard(line)
            self._fill()
        for job in line.shed():
            job.start_again()

    def _drop(self, line: Line) -> None:
        self._light.discard(line)
        with contextlib.suppress(ValueError):
            self._idle.remove(line)
        if line.alive:
            line.kill()
        line.holder.close_if_unused()

    # 3) who waits

    def _sweep(self) -> None:
        """Look at who waits: too long, or long enough to see whether the client is still there."""
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(_SWEEP, self._sweep) if self._waiting else None
        for since, future, job in list(self._waiting):
            waited = loop.time() - since
            if waited > self.limits.queue_s and not future.done():
                future.set_exception(busy(f"no worker was free within {self.limits.queue_s:g} s"))
            elif waited > _SWEEP:
                job.tell_slow()
        self._find_lost()

    def _find_lost(self) -> None:
        """Put right what no event told of: workers that ended unseen, or that are free and in nobody's hand."""
        free = {line for line in self._light if not line.jobs and line not in self._idle}
        for line in free & self._free_before:
            if line.alive:
                self._give(line)
            else:
                self._light.discard(line)
        self._free_before = free
        self._fill()

    # 4) as many as there shall be

    def _fill(self) -> None:
        if len(self._light) < self.limits.light and (self._refill is None or self._refill.done()):
            self._refill = asyncio.get_running_loop().create_task(self._split())

    async def _split(self) -> None:
        while len(self._light) < self.limits.light:
            holder = self.holder
            assert holder is not None
            try:
                line = await holder.split()
            except (StoreError, OSError):
                await self._revive(holder)
                continue
            if holder is not self.holder:
                line.kill()
                continue
            self._light.add(line)
            self._give(line)

    async def _revive(self, holder: Holder) -> None:
        """The holder was killed: start another for the same build, now and then if it fails."""
        if holder is not self.holder:
            return
        holder.close()
        self._light.clear()
        self._idle.clear()
        again = Holder(holder.folder, holder.limits, holder.allowed)
        try:
            await again.start()
        except (StoreError, OSError):
            await asyncio.sleep(0.5)
            return
        if self.holder is holder:
            self.holder = again
        else:
            again.close()

    async def fresh_line(self) -> Line:
        """A worker of its own for a heavy query.

        Raises:
            Problem: 503, there is none to be had.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self.limits.queue_s
        while loop.time() < end:
            assert self.holder is not None
            if self.holder.is_full:
                raise busy("too many long answers are on their way", 10)
            try:
                return await self.holder.split()
            except (StoreError, OSError):
                self._fill()
                await asyncio.sleep(0.1)
        raise busy("the graph is being opened again")
