"""One task: started on a worker, its answer taken frame by frame, ended."""

from __future__ import annotations

import json
import time

from kg.serve.errors import Problem, WorkerLost, problem
from kg.serve.pool.answer import HELD
from kg.serve.pool.course import Course
from kg.serve.pool.line import Line
from kg.serve.pool.wire import END, split_whole


class Job(Course):
    """A task and its answer.

    Args:
        message: the task, packed for the worker.
        time_s: seconds it may run, where that is not the server's limit.
    """

    _again = False

    # 1) starting

    async def start(self) -> None:
        """Run until the head of the answer is there; a job that was started at once goes on.

        Raises:
            Problem: the task failed, or a limit was reached.
            WorkerLost: the worker ended.
        """
        if self._line is not None or self._over or self._again:
            pass
        elif self._lanes.heavy.knows(self.key):
            await self._start_heavy()
        else:
            await self._start_light()
        while self.head is None and self.error is None:
            if self._again and not self._over:
                self._again = False
                await self._start_light()
            else:
                await self._wait()
        if self.error is not None:
            raise self.error

    async def _start_light(self) -> None:
        line = await self._lanes.light.line(self)
        while not line.alive:  # it was killed between being free and being taken
            line = await self._lanes.light.line(self)
        if self._over:  # it came after the client had gone
            if not line.jobs:
                line.jobs.append(self)
                self._lanes.light.release(line)
            raise self._gone()
        self.attach(line)

    def begin(self, line: Line) -> None:
        """The worker begins with it now."""
        self._line = line
        self._begun = time.monotonic()  # what it waited before does not count
        self._looks = 0
        line.watch()

    def start_again(self) -> None:
        """The worker it was waiting for has other things to do."""
        if not self._over:
            self._line = None
            self._again = True
            self._wake()

    def stand_in(self) -> Job:
        """What takes its place on a line that it leaves: nobody waits for what comes there."""
        job = Job(self._lanes, b"")
        job._over = True
        return job

    async def _start_heavy(self) -> None:
        self.tell_slow()
        if not self._lanes.heavy.take(self):
            await self._wait_for_place()
        self._has_place = self._heavy = True
        try:
            if self._over:
                raise self._gone()
            line = await self._lanes.light.fresh_line()
        except Problem:
            self._leave_place()
            raise
        if self._over:
            line.kill()
            self._leave_place()
            raise self._gone()
        line.yield_processor()
        self.attach(line)
        self._run_clock()

    def _gone(self) -> BaseException:
        return self.error or Problem(499, "cancelled")

    def attach(self, line: Line) -> None:
        """Give it to a worker."""
        self._line = line
        line.jobs.append(self)
        line.send(self._message)
        if len(line.jobs) == 1 and not self._heavy:
            self.begin(line)

    # 2) news from the worker

    def frame(self, line: Line, kind: bytes, data: bytes) -> None:
        """A frame of the answer."""
        if self._over:  # nobody waits for it, but the worker had it on its line
            if kind in b"EXW":
                self._cancel_timer()
                self._lanes.light.release(line)
            return
        if kind == b"W":
            rows, size, head, piece = split_whole(data)
            self._begin(head)
            self._put(piece)
            self._done(rows, size)
        elif kind == b"D":
            self._put(data)
            if self._held > HELD and not self._paused:
                self._pause()
        elif kind == b"H":
            self._begin(data)
        elif kind == b"E":
            self._done(*END.unpack(data))
        else:
            self.error = problem(json.loads(data))
            self._end()
        self._wake()

    def _done(self, rows: int, size: int) -> None:
        self._complete(rows, size)
        self._end()

    def line_lost(self) -> None:
        """The worker has ended."""
        if not self._over:
            lost = Problem(422, "too large", "the query took more memory than it may have")
            self._fail(WorkerLost() if self.head is None else lost)

    def cancel(self) -> None:
        """Stop it: nobody wants the answer any more."""
        if not self._over:
            self._fail(Problem(499, "cancelled"))

    # 3) the end

    def _fail(self, error: BaseException) -> None:
        """End it from this side: the worker is killed."""
        if self._over:
            return
        self.error = error
        self._end(kill=True)
        self._wake()

    def _end(self, *, kill: bool = False) -> None:
        if self._over:
            return
        self._over = True
        if self._heavy:
            if self._work() >= self._lanes.limits.heavy_after_s:
                self._lanes.heavy.remember(self.key)
            else:  # the machine was busy then, or is faster now
                self._lanes.heavy.forget(self.key)
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
            self._lanes.light.leave(line)
        self._lanes.light.release(line)
