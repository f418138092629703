"""What a task may use while it runs: when it counts as heavy, its turns in the heavy lane, its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from kg.serve.errors import Problem, busy
from kg.serve.pool.answer import Answer
from kg.serve.pool.lanes import Lanes
from kg.serve.pool.line import Line

#: How often a query that does not get the processor is looked at before another worker takes its place.
_LOOKS = 20


class Course(Answer):
    """A task on its way through the lanes; how it starts, what comes of it and how it ends is `kg.serve.pool.job`'s.

    Args:
        message: the task, packed for the worker.
        time_s: seconds it may run, where that is not the server's limit.
    """

    _line: Line | None = None
    _over = False
    _paused = _parked = _heavy = _has_place = _told_slow = False
    _looks = 0
    _used = _clock_began = _begun = 0.0
    _timer: asyncio.TimerHandle | None = None
    _on_slow: Callable[[Any], None] | None = None

    def __init__(self, lanes: Lanes, message: bytes, time_s: float = 0) -> None:
        super().__init__()
        self.key = hash(message)
        self._lanes = lanes
        self._message = message
        self._time_s = self._left = time_s or lanes.limits.time_s
        self._began = time.monotonic()
        self._on_end: list[Callable[[], Any]] = []

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def on_end(self, call: Callable[[], Any]) -> None:
        """Call this when the worker has done its part."""
        if self._over:
            call()
        else:
            self._on_end.append(call)

    def on_slow(self, call: Callable[[Any], None] | None) -> None:
        """Call this once if the job has to wait or turns out heavy."""
        self._on_slow = call
        if self._told_slow:
            self.tell_slow()

    def tell_slow(self) -> None:
        """Say, once, that this takes longer than most."""
        self._told_slow = True
        call, self._on_slow = self._on_slow, None
        if call is not None and not self._over:
            call(self)

    # 1) heavy or not

    def look(self) -> None:
        """It has run for a while: is it heavy, or has the machine been busy with other things?"""
        assert self._line is not None
        after = self._lanes.limits.heavy_after_s
        if self._looks == 0:  # how much of it was for the queries before is not known: look again, soon
            self._used = self._line.processor_time() or 0.0
        self._looks += 1
        if self._over or self._paused or self._work() >= after / 2:
            self._become_heavy()
            return
        if self._looks == _LOOKS:
            self._step_aside()
        if not self._over and time.monotonic() - self._begun > self._time_s:
            self._time_up()
        if not self._over:
            self._timer = asyncio.get_running_loop().call_later(after / 2, self.look)

    def _work(self) -> float:
        """Seconds of processor time that it has taken since the first look; all that there was, where the system does not tell."""
        used = self._line.processor_time() if self._line else None
        return self.seconds if used is None else used - self._used

    def _step_aside(self) -> None:
        """It does not get the processor. That is no work: it goes on as it is, but others need not wait for it."""
        assert self._line is not None
        self._lanes.light.leave(self._line)
        if self._line.holder.is_full:
            self._fail(busy("the machine is busy with other things", 10))
        self.tell_slow()

    def _become_heavy(self) -> None:
        self._timer = None
        assert self._line is not None
        if self._over:
            self._lanes.light.leave(self._line)
            self._line.kill()
            return
        self._heavy = True
        self._left -= self._lanes.limits.heavy_after_s
        self._lanes.light.leave(self._line)
        self._line.yield_processor()
        if self._line.holder.is_full:
            self._fail(busy("too many long answers are on their way", 10))
        elif not self._paused:
            self._take_place()
        self.tell_slow()  # last: who hears it may end it

    # 2) a place in the heavy lane

    async def _wait_for_place(self) -> None:
        try:
            await asyncio.wait_for(self._lanes.heavy.park(self), self._lanes.limits.queue_s)
        except TimeoutError as error:
            raise busy("other long queries are running", 10) from error

    def _take_place(self) -> None:
        """Go on in the heavy lane, or be held still until there is a place in it."""
        assert self._line is not None
        if self._parked:
            pass
        elif self._lanes.heavy.take(self):
            self._go_on()
        else:
            self._line.stop()
            self._parked = True
            self._lanes.background(self._wait_still())

    def set_aside(self) -> bool:
        """Give the place up for a while, if it is at work."""
        if self._over or self._paused or self._line is None or not self._has_place:
            return False
        self._line.stop()
        self._stop_clock()
        self._parked = True
        self._lanes.background(self._wait_still(self._lanes.heavy.park(self, aside=True)))
        self._leave_place()
        return True

    async def _wait_still(self, turn: asyncio.Future[None] | None = None) -> None:
        try:
            await (turn or self._wait_for_place())
        except Problem as error:
            self._parked = False
            self._fail(error)
            return
        self._parked = False
        if self._over or self._paused:
            self._lanes.heavy.free(self)
        else:
            self._go_on()

    def _go_on(self) -> None:
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

    def _taken(self) -> None:
        if not self._paused:
            return
        self._paused = False
        if self._over or self._line is None:
            return
        self._line.resume()
        if self._heavy and not self._has_place:
            self._take_place()

    # 3) its time

    def _run_clock(self) -> None:
        self._clock_began = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(max(self._left, 0), self._time_up)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left -= time.monotonic() - self._clock_began

    def _time_up(self) -> None:
        self._fail(Problem(504, "time limit", f"the query ran longer than {self._time_s:g} s and was stopped"))

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave_place(self) -> None:
        if self._has_place:
            self._has_place = False
            self._lanes.heavy.free(self)

    def _fail(self, error: BaseException) -> None:
        """End it from this side: the worker is killed."""
        raise NotImplementedError
