"""The line to one worker: tasks out, frames of answers in, and the signals that hold it still or kill it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from kg.serve.limits import Limits
from kg.serve.pool.wire import FRAME, pack

_TICKS = os.sysconf("SC_CLK_TCK")
#: Of heavy workers: a quarter of the processor beside one that is not, all of it alone.
_NICE = 5
#: Seconds a job waits behind another one that seemed to end soon.
_DELAY = 0.004


class Task(Protocol):
    """What is put on a line: see `kg.serve.pool.job`."""

    def begin(self, line: Line) -> None:
        """The worker begins with it now."""

    def frame(self, line: Line, kind: bytes, data: bytes) -> None:
        """A frame of its answer."""

    def look(self) -> None:
        """It has run for a while."""

    def line_lost(self) -> None:
        """The worker ended while it was at it."""

    def start_again(self) -> None:
        """The worker will not come to it."""

    def stand_in(self) -> Task:
        """What takes its place on the line when it goes elsewhere."""


class Origin(Protocol):
    """What a worker was split off: see `kg.serve.pool.holder`."""

    limits: Limits
    lines: set[Line]

    @property
    def is_full(self) -> bool:
        """Whether there are as many workers as there may be."""

    def close_if_unused(self) -> None:
        """A worker has ended: it may have been the last."""


class Line(asyncio.Protocol):
    """The line to one worker, and the handle to kill it by.

    Attributes:
        jobs: whose answers come over it, in this order; the first is being worked on.
        since: when the first was begun, by the loop's clock.
    """

    def __init__(self, holder: Origin, pid: int) -> None:
        self.holder = holder
        self.pid = pid
        self.jobs: deque[Task] = deque()
        self.since = 0.0
        self.alive = True
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        self._counter: int | None = None
        self._transport: Any = None
        self._buffer = b""
        self._later: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None
        self._rescue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(pack({"go": True}))

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        start, size = 0, len(data)
        while size - start >= FRAME.size:
            kind, length = FRAME.unpack_from(data, start)
            end = start + FRAME.size + length
            if end > size:
                break
            if self.jobs:
                self.jobs[0].frame(self, kind, data[start + FRAME.size : end])
            start = end
        self._buffer = data[start:]

    def connection_lost(self, error: Exception | None) -> None:
        self.alive = False
        self._close_handles()
        self.holder.lines.discard(self)
        waiting = self.shed()
        if self.jobs:
            self.jobs.popleft().line_lost()
        for job in waiting:
            job.start_again()

    def shed(self) -> list[Task]:
        """The jobs that are not being worked on yet, taken off this line."""
        waiting = list(self.jobs)[1:]
        while len(self.jobs) > 1:
            self.jobs.pop()
        return waiting

    def rescue(self) -> list[Task]:
        """As `shed`, of a worker that goes on: what it will answer to these is dropped."""
        waiting = list(self.jobs)[1:]
        for place, job in enumerate(waiting, 1):
            self.jobs[place] = job.stand_in()
        return waiting

    def expect_delay(self, rescue: Callable[[Line], bool]) -> None:
        """Something is put behind what the worker has begun: see that it does not wait there for long."""
        if self._rescue is None:
            watched = self.jobs[0] if self.jobs else None, self.processor_time() or 0.0
            self._rescue = asyncio.get_running_loop().call_later(_DELAY, self._look_behind, rescue, *watched)

    def _look_behind(self, rescue: Callable[[Line], bool], first: Task | None, used: float) -> None:
        self._rescue = None
        if len(self.jobs) < 2 or not self.alive:
            return
        # A worker that did not get the processor is no reason to go elsewhere: there would be no more of it there.
        at_work = self.jobs[0] is first and (self.processor_time() or used + _DELAY) - used >= _DELAY / 2
        if not (at_work and rescue(self)):
            self.expect_delay(rescue)

    def send(self, message: bytes) -> None:
        """Send a task; what comes behind another one on the line leaves together, at the loop's next turn."""
        if len(self.jobs) < 2:
            self._transport.write(message)
            return
        if not self._later:
            asyncio.get_running_loop().call_soon(self._send_later)
        self._later.append(message)

    def _send_later(self) -> None:
        if self.alive:
            self._transport.write(b"".join(self._later))
        self._later.clear()

    def watch(self) -> None:
        """Something was begun now: have it look, after a while, whether it turns out heavy.

        There is one timer for all that a worker does: most of it ends before the timer does.
        """
        loop = asyncio.get_running_loop()
        self.since = loop.time()
        if self._watch is None:
            self._watch = loop.call_later(self.holder.limits.heavy_after_s, self._look)

    def _look(self) -> None:
        self._watch = None
        if not self.jobs or not self.alive:
            return
        loop = asyncio.get_running_loop()
        left = self.since + self.holder.limits.heavy_after_s - loop.time()
        if left > 0.001:
            self._watch = loop.call_later(left, self._look)
        else:
            self.jobs[0].look()

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._transport.abort()

    def processor_time(self) -> float | None:
        """Seconds of processor time the worker has used so far; None where the system does not tell, or the worker is gone."""
        if not self.alive:
            return None
        try:
            if self._counter is None:  # it is read often: opening it costs ten times as much
                self._counter = os.open(f"/proc/{self.pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
            return int(os.pread(self._counter, 64, 0).partition(b" ")[0]) / 1e9
        except (OSError, ValueError):
            return self._ticks()

    def _ticks(self) -> float | None:
        """The same, to a hundredth of a second, of kernels that do not count finer."""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS
        except (OSError, ValueError, IndexError):
            return None

    def stop(self) -> None:
        """Hold the worker still, wherever it is."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def yield_processor(self) -> None:
        """Let others go first: a light query that comes takes the processor at once, whatever this one does."""
        with contextlib.suppress(OSError):
            if hasattr(os, "sched_setscheduler"):
                os.sched_setscheduler(self.pid, os.SCHED_BATCH, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICE)

    def _signal(self, number: int) -> None:
        # By its handle, a signal cannot reach another process that got the same number meanwhile.
        with contextlib.suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            elif self.alive:
                os.kill(self.pid, number)

    def _close_handles(self) -> None:
        for handle in (self._handle, self._counter):
            if handle is not None:
                os.close(handle)
        self._handle = self._counter = None
