"""What the server asks of its workers: to run a task, and to go on to another build."""

from __future__ import annotations

from collections.abc import Callable

from kg.serve.errors import Problem, WorkerLost
from kg.serve.pool.holder import Holder
from kg.serve.pool.job import Job
from kg.serve.pool.lanes import Lanes


class Pool(Lanes):
    """The workers of the current build.

    Args:
        limits: of the server.
    """

    @property
    def holder(self) -> Holder | None:
        """Of the current build."""
        return self.light.holder

    async def use(self, holder: Holder) -> None:
        """Serve from another build from now on; what runs on the one before runs to its end."""
        before = self.holder
        await self.light.use(holder)
        self.heavy.forget()
        if before is not None:
            before.retired = True
            before.close_if_unused()

    def close(self) -> None:
        self.light.close()
        if self.holder:
            self.holder.close()

    def start_at_once(self, message: bytes) -> Job | None:
        """Start a task if that takes no waiting; `run` may take the job over."""
        if self.heavy.knows(hash(message)):
            return None
        line = self.light.line_at_once()
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
