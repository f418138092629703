"""Lanes: a query that ends soon never waits for one that does not.

Every query starts on a worker of the light lane. If it is still running after `heavy_after_s` it is heavy: its worker
leaves the light lane (a new one takes its place), gets a low priority, and goes on if the heavy lane has a place,
or is held still until it has. Queries that were heavy before start in the heavy lane. A heavy worker is killed
afterwards, which gives its memory back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from kg.errors import StoreError
from kg.serve.errors import Problem, WorkerLost, busy
from kg.serve.holder import Holder, Line
from kg.serve.job import Job
from kg.serve.limits import Limits

#: How many heavy queries are remembered.
_REMEMBERED = 4096
#: How many jobs a worker's line takes, and how recently it has to have begun the first.
_BEHIND, _QUICK = 6, 0.005
#: Seconds between two looks at who waits.
_SWEEP = 0.2


class Pool:
    """The workers of the current build.

    Args:
        limits: of the server.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.holder: Holder | None = None
        self.idle: deque[Line] = deque()
        self.waiting: deque[tuple[float, asyncio.Future[Line], Job]] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self.light: set[Line] = set()
        self._free_before: set[Line] = set()
        self.heavy_free = limits.heavy
        self.parked: deque[asyncio.Future[None]] = deque()
        self.known_heavy: OrderedDict[int, None] = OrderedDict()
        self._refill: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # 1) builds

    async def use(self, holder: Holder) -> None:
        """Serve from another build from now on; what runs on the one before runs to its end."""
        first = await holder.split()
        before, self.holder = self.holder, holder
        self.known_heavy.clear()
        for line in list(self.light):
            if line.holder is not holder and not line.jobs:
                self._drop(line)
        self.light.add(first)
        self._give(first)
        self._fill()
        if before is not None:
            before.retired = True
            self.close_if_unused(before)

    def close_if_unused(self, holder: Holder) -> None:
        if holder.retired and not any(line.jobs for line in holder.lines):
            holder.close()

    def close(self) -> None:
        if self._refill:
            self._refill.cancel()
        if self.holder:
            self.holder.close()

    # 2) the light lane

    async def line(self, job: Job) -> Line:
        """A free light worker.

        Raises:
            Problem: 503, too many wait already, or this one waited too long.
        """
        while self.idle:
            line = self.idle.popleft()
            if line.alive:
                return line
            self.light.discard(line)
        behind = self._quick_line()
        if behind is not None:
            return behind
        if len(self.waiting) >= self.limits.queue:
            raise busy("too many queries are waiting")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Line] = loop.create_future()
        self.waiting.append((loop.time(), future, job))
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
        for line in self.light:
            if line.since > recently and len(line.jobs) < fewest and line.alive and line.holder is self.holder:
                best, fewest = line, len(line.jobs)
        return best

    def _sweep(self) -> None:
        """Look at who waits: too long, or long enough to see whether the client is still there."""
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(_SWEEP, self._sweep) if self.waiting else None
        for since, future, job in list(self.waiting):
            waited = loop.time() - since
            if waited > self.limits.queue_s and not future.done():
                future.set_exception(busy(f"no worker was free within {self.limits.queue_s:g} s"))
            elif waited > _SWEEP:
                job.tell_slow()
        self._find_lost()

    def _find_lost(self) -> None:
        """Put right what no event told of: workers that ended unseen, or that are free and in nobody's hand."""
        free = {line for line in self.light if not line.jobs and line not in self.idle}
        for line in free & self._free_before:
            if line.alive:
                self._give(line)
            else:
                self.light.discard(line)
        self._free_before = free
        self._fill()

    def _give(self, line: Line) -> None:
        """A light worker is free: hand it to who waits first."""
        while self.waiting:
            _, future, _ = self.waiting.popleft()
            if not future.done():
                future.set_result(line)
                return
        self.idle.append(line)

    def release(self, line: Line) -> None:
        """What a worker was working on has ended."""
        if line.jobs:
            line.jobs.popleft()
        if line not in self.light or not line.alive:
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
        if line in self.light:
            self.light.discard(line)
            self._fill()
        for job in line.shed():
            job.start_again()

    def _drop(self, line: Line) -> None:
        self.light.discard(line)
        with contextlib.suppress(ValueError):
            self.idle.remove(line)
        if line.alive:
            line.kill()
        self.close_if_unused(line.holder)

    def _fill(self) -> None:
        if len(self.light) < self.limits.light and (self._refill is None or self._refill.done()):
            self._refill = asyncio.get_running_loop().create_task(self._split())

    async def _split(self) -> None:
        while len(self.light) < self.limits.light:
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
            self.light.add(line)
            self._give(line)

    async def _revive(self, holder: Holder) -> None:
        """The holder was killed: start another for the same build, now and then if it fails."""
        if holder is not self.holder:
            return
        holder.close()
        self.light.clear()
        self.idle.clear()
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

    # 3) the heavy lane

    def is_full(self, holder: Holder) -> bool:
        return len(holder.lines) > self.limits.workers

    async def fresh_line(self) -> Line:
        """A worker of its own for a heavy query.

        Raises:
            Problem: 503, there is none to be had.
        """
        for _ in range(20):
            assert self.holder is not None
            if self.is_full(self.holder):
                raise busy("too many long answers are on their way", 10)
            try:
                return await self.holder.split()
            except (StoreError, OSError):
                self._fill()
                await asyncio.sleep(0.1)
        raise busy("the graph is being opened again")

    def take_heavy(self) -> bool:
        """Take a place in the heavy lane if there is one."""
        if self.heavy_free > 0:
            self.heavy_free -= 1
            return True
        return False

    def park(self) -> asyncio.Future[None]:
        """A future that is done when a place is free, and taken.

        Raises:
            Problem: 503, too many wait already.
        """
        if len(self.parked) >= self.limits.heavy_queue:
            raise busy("too many long queries are waiting; ask again later, or ask for less", 10)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.parked.append(future)
        return future

    def free_heavy(self) -> None:
        while self.parked:
            future = self.parked.popleft()
            if not future.done():
                future.set_result(None)
                return
        self.heavy_free += 1

    def remember(self, key: int) -> None:
        self.known_heavy[key] = None
        if len(self.known_heavy) > _REMEMBERED:
            self.known_heavy.popitem(last=False)

    # 4) running

    async def run(self, message: bytes, on_slow: Callable[[Job], None] | None = None) -> Job:
        """Start a task; the job's head is there, so it is known to have succeeded so far.

        Args:
            message: the task, packed for the worker; the same for the same question, so that it is known again.
            on_slow: called once if the job has to wait or turns out heavy.

        Raises:
            Problem: whatever the worker or the limits say.
        """
        for last_chance in (False, True):
            job = Job(self, message, on_slow)
            try:
                await job.start()
                return job
            except WorkerLost as error:
                if last_chance or job.seconds > self.limits.time_s / 2:
                    raise Problem(422, "too large", "the query took more memory or depth than it may have") from error
                self.remember(job.key)
            except BaseException:
                job.cancel()
                raise
        raise AssertionError("unreachable")

    def background(self, coroutine: Any) -> None:
        """Run something to its end, come what may."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
