"""Lanes: a query that ends soon never waits for one that does not.

Every query starts on a worker of the light lane (`crew`). If it is still at work after `heavy_after_s` it is heavy: its
worker leaves the light lane (a new one takes its place), gets a low priority, and goes on if the heavy lane (`heavy`) has
a place, or is held still until it has. Queries that were heavy before start in the heavy lane. A heavy worker is killed
afterwards, which gives its memory back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kg.serve.crew import Crew
from kg.serve.errors import Problem, WorkerLost
from kg.serve.heavy import HeavyLane
from kg.serve.holder import Holder
from kg.serve.job import Job
from kg.serve.limits import Limits


class Pool:
    """The workers of the current build.

    Args:
        limits: of the server.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.crew = Crew(limits)
        self.heavy = HeavyLane(limits)
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def holder(self) -> Holder | None:
        """Of the current build."""
        return self.crew.holder

    async def use(self, holder: Holder) -> None:
        """Serve from another build from now on; what runs on the one before runs to its end."""
        before = self.holder
        await self.crew.use(holder)
        self.heavy.forget()
        if before is not None:
            before.retired = True
            before.close_if_unused()

    def close(self) -> None:
        self.crew.close()
        if self.holder:
            self.holder.close()

    def start_at_once(self, message: bytes) -> Job | None:
        """Start a task if that takes no waiting; `run` may take the job over."""
        if self.heavy.knows(hash(message)):
            return None
        line = self.crew.line_at_once()
        if line is None:
            return None
        job = Job(self, message)
        job.attach(line)
        return job

    async def run(self, message: bytes, on_slow: Callable[[Job], None] | None = None, job: Job | None = None, time_s: float = 0) -> Job:
        """Start a task; the job's head is there, so it is known to have succeeded so far.

        Args:
            message: the task, packed for the worker; the same for the same question, so that it is known again.
            on_slow: called once if the job has to wait or turns out heavy.
            job: the same task, started at once before.
            time_s: seconds it may run, where that is not the server's limit; the task has to say so, too.

        Raises:
            Problem: whatever the worker or the limits say.
        """
        for last_chance in (False, True):
            job = job or Job(self, message, time_s)
            job.on_slow(on_slow)
            try:
                await job.start()
                return job
            except WorkerLost as error:
                if last_chance or job.seconds > self.limits.time_s / 2:
                    raise Problem(422, "too large", "the query took more memory or depth than it may have") from error
                if job.seconds > self.limits.heavy_after_s:  # perhaps its own doing: the next try harms no light one
                    self.heavy.remember(job.key)
                job = None
            except BaseException:
                job.cancel()
                raise
        raise AssertionError("unreachable")

    def background(self, coroutine: Any) -> None:
        """Run something to its end, come what may."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
