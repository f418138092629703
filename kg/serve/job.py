"""One task on its way through the lanes: started, limited, perhaps held still, its answer taken piece by piece."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.serve.errors import Problem, WorkerLost, busy, problem
from kg.serve.holder import Line
from kg.serve.tasks import END

if TYPE_CHECKING:
    from kg.serve.pool import Pool

#: Bytes of an answer that the server holds before it lets the worker wait.
_HELD = 1 << 18
#: How often a query that does not get the processor is looked at before it counts as heavy all the same.
_LOOKS = 20


@lru_cache(maxsize=64)
def _head(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


class Job:
    """A task and its answer.

    Attributes:
        head: media type and compression, once the first piece is there.
        summary: rows and bytes, once the answer is complete.
        finished: whether the answer is complete (though perhaps not yet taken).
    """

    def __init__(self, pool: Pool, message: bytes, on_slow: Callable[[Job], None] | None = None) -> None:
        self.key = hash(message)
        self.head: dict[str, Any] | None = None
        self.summary: dict[str, int] = {}
        self.finished = False
        self._pool = pool
        self._message = message
        self._on_slow = on_slow
        self._line: Line | None = None
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._paused = False
        self._heavy = False
        self._has_place = False
        self._over = False
        self._again = False
        self._looks = 0
        self._used = 0.0
        self._error: BaseException | None = None
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._left = pool.limits.time_s
        self._began = time.monotonic()
        self._on_end: list[Callable[[], Any]] = []
        self._clock_began = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def on_end(self, call: Callable[[], Any]) -> None:
        """Call this when the worker has done its part."""
        if self._over:
            call()
        else:
            self._on_end.append(call)

    # 1) starting

    async def start(self) -> None:
        """Run until the head of the answer is there.

        Raises:
            Problem: the task failed, or a limit was reached.
            WorkerLost: the worker ended.
        """
        if self.key in self._pool.known_heavy:
            await self._start_heavy()
        else:
            await self._start_light()
        while self.head is None and self._error is None:
            await self._wait()
            if self._again and not self._over:
                self._again = False
                await self._start_light()
        if self._error is not None:
            raise self._error

    async def _start_light(self) -> None:
        line = await self._pool.line(self)
        while not line.alive:  # it was killed between being free and being taken
            line = await self._pool.line(self)
        if self._over:  # it came after the client had gone
            if not line.jobs:
                line.jobs.append(self)
                self._pool.release(line)
            raise self._gone()
        self._attach(line)

    def begin(self, line: Line) -> None:
        """The worker begins with it now."""
        line.since = self._loop.time()
        self._line = line
        self._looks = 0
        self._timer = self._loop.call_later(self._pool.limits.heavy_after_s, self._look)

    def start_again(self) -> None:
        """The worker it was waiting for has other things to do."""
        if not self._over:
            self._line = None
            self._again = True
            self._wake()

    async def _start_heavy(self) -> None:
        self.tell_slow()
        if not self._pool.take_heavy():
            await self._wait_for_place()
        self._has_place = self._heavy = True
        line = await self._pool.fresh_line()
        if self._over:
            line.kill()
            self._leave_place()
            raise self._gone()
        line.yield_processor()
        self._attach(line)
        self._run_clock()

    async def _wait_for_place(self) -> None:
        try:
            await asyncio.wait_for(self._pool.park(), self._pool.limits.queue_s)
        except TimeoutError as error:
            raise busy("other long queries are running", 10) from error

    def _gone(self) -> BaseException:
        return self._error or Problem(499, "cancelled")

    def _attach(self, line: Line) -> None:
        self._line = line
        line.jobs.append(self)
        line.send(self._message)
        if len(line.jobs) == 1 and not self._heavy:
            self.begin(line)

    # 2) news from the worker

    def frame(self, line: Line, kind: bytes, data: bytes) -> None:
        """A frame of the answer."""
        if self._over:  # nobody waits for it, but the worker had it on its line
            if kind in b"EX":
                self._cancel_timer()
                self._pool.release(line)
            return
        if kind == b"D":
            self._pieces.append(data)
            self._held += len(data)
            if self._held > _HELD and not self._paused:
                self._pause()
        elif kind == b"H":
            self.head = _head(data)
        elif kind == b"E":
            rows, size = END.unpack(data)
            self.summary = {"rows": rows, "bytes": size}
            self.finished = True
            if self._heavy and self.seconds < self._pool.limits.heavy_after_s:
                self._pool.known_heavy.pop(self.key, None)
            self._end()
        else:
            self._error = problem(json.loads(data))
            self._end()
        self._wake()

    def line_lost(self) -> None:
        """The worker has ended."""
        if not self._over:
            lost = Problem(422, "too large", "the query took more memory than it may have")
            self._fail(WorkerLost() if self.head is None else lost)

    # 3) taking the answer

    async def pieces(self) -> AsyncIterator[bytes]:
        """The answer, piece by piece; the worker waits for a slow taker.

        Raises:
            Problem: the task failed on the way.
        """
        while True:
            if self._pieces:
                data = self.take()
                if self._paused:
                    self._resume()
                yield data
            elif self._error is not None:
                raise self._error
            elif self.finished:
                return
            else:
                await self._wait()

    def take(self) -> bytes:
        """What there is of the answer and has not been taken."""
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        return data

    def cancel(self) -> None:
        """Stop it: nobody wants the answer any more."""
        if not self._over:
            self._fail(Problem(499, "cancelled"))

    async def _wait(self) -> None:
        self._news = self._loop.create_future()
        try:
            await self._news
        finally:
            self._news = None

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def tell_slow(self) -> None:
        """Say, once, that this takes longer than most."""
        if self._on_slow is not None:
            self._on_slow(self)
            self._on_slow = None

    # 4) limits

    def _look(self) -> None:
        """It has run for a while: is it heavy, or has the machine been busy with other things?"""
        assert self._line is not None
        after, used = self._pool.limits.heavy_after_s, self._line.processor_time()
        if used is None:
            worked = after
        elif self._looks == 0:
            worked = 0.0  # how much of it was for the queries before is not known: look again, soon
        else:
            worked = used - self._used
        self._used = self._used if self._looks else used or 0.0
        self._looks += 1
        if self._paused or worked >= after / 4 or self._looks > _LOOKS:
            self._become_heavy(remember=worked >= after / 4)
        else:
            self._timer = self._loop.call_later(after / 2, self._look)

    def _become_heavy(self, *, remember: bool) -> None:
        self._timer = None
        assert self._line is not None
        if self._over:
            self._pool.leave(self._line)
            self._line.kill()
            return
        self._heavy = True
        self._left -= self._pool.limits.heavy_after_s
        if remember:
            self._pool.remember(self.key)
        self._pool.leave(self._line)
        self._line.yield_processor()
        self.tell_slow()
        if self._pool.is_full(self._line.holder):
            self._fail(busy("too many long answers are on their way", 10))
            return
        if not self._paused:
            self._take_place()

    def _take_place(self) -> None:
        """Go on in the heavy lane, or be held still until there is a place in it."""
        if self._pool.take_heavy():
            self._has_place = True
            self._run_clock()
            return
        assert self._line is not None
        self._line.stop()
        self._pool.background(self._wait_still())

    async def _wait_still(self) -> None:
        try:
            await self._wait_for_place()
        except Problem as error:
            self._fail(error)
            return
        if self._over:
            self._pool.free_heavy()
            return
        self._has_place = True
        assert self._line is not None
        self._line.go_on()
        self._run_clock()

    def _pause(self) -> None:
        """The client is slow: let the worker wait, and others have its place."""
        self._paused = True
        assert self._line is not None
        self._line.pause()
        if self._has_place:
            self._stop_clock()
            self._leave_place()

    def _resume(self) -> None:
        self._paused = False
        if self._over or self._line is None:
            return
        self._line.resume()
        if self._heavy and not self._has_place:
            self._take_place()

    def _run_clock(self) -> None:
        self._clock_began = time.monotonic()
        self._timer = self._loop.call_later(max(self._left, 0), self._time_up)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left -= time.monotonic() - self._clock_began

    def _time_up(self) -> None:
        self._fail(Problem(504, "time limit", f"the query ran longer than {self._pool.limits.time_s:g} s and was stopped"))

    # 5) the end

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave_place(self) -> None:
        if self._has_place:
            self._has_place = False
            self._pool.free_heavy()

    def _fail(self, error: BaseException) -> None:
        """End it from this side: the worker is killed."""
        if self._over:
            return
        self._error = error
        self._end(kill=True)
        self._wake()

    def _end(self, *, kill: bool = False) -> None:
        if self._over:
            return
        self._over = True
        self._cancel_timer()
        for call in self._on_end:
            call()
        self._leave_place()
        line, self._line = self._line, None
        if line is None:
            return
        if line.jobs and line.jobs[0] is not self and self in line.jobs:
            return  # it is on the line, but not begun: see `frame`
        if self._paused and line.alive:
            line.resume()
        if kill or self._heavy:
            self._pool.leave(line)
        self._pool.release(line)
