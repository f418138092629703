"""One build of the graph as the server sees it: the process that holds it, and the lines to its workers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.serve.limits import Limits
from kg.serve.worker import pack

_FRAME = struct.Struct("!cI")
_TICKS = os.sysconf("SC_CLK_TCK")
#: Of heavy workers: a tenth of the processor beside others, all of it alone.
_NICE = 10


class Line(asyncio.Protocol):
    """The line to one worker, and the handle to kill it by.

    Attributes:
        jobs: whose answers come over it, in this order; the first is being worked on.
        since: when the first was begun, by the loop's clock.
    """

    def __init__(self, holder: Holder, pid: int) -> None:
        self.holder = holder
        self.pid = pid
        self.jobs: deque[Any] = deque()
        self.since = 0.0
        self.alive = True
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        self._transport: Any = None
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(pack({"go": True}))

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        start, size = 0, len(data)
        while size - start >= _FRAME.size:
            kind, length = _FRAME.unpack_from(data, start)
            end = start + _FRAME.size + length
            if end > size:
                break
            if self.jobs:
                self.jobs[0].frame(self, kind, data[start + _FRAME.size : end])
            start = end
        self._buffer = data[start:]

    def connection_lost(self, error: Exception | None) -> None:
        self.alive = False
        self._close_handle()
        self.holder.lines.discard(self)
        waiting = self.shed()
        if self.jobs:
            self.jobs.popleft().line_lost()
        for job in waiting:
            job.start_again()

    def shed(self) -> list[Any]:
        """The jobs that are not being worked on yet, taken off this line."""
        waiting = list(self.jobs)[1:]
        while len(self.jobs) > 1:
            self.jobs.pop()
        return waiting

    def send(self, message: bytes) -> None:
        self._transport.write(message)

    def pause(self) -> None:
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._transport.abort()

    def processor_time(self) -> float | None:
        """Seconds of processor time the worker has used so far; None where the system does not tell."""
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

    def _close_handle(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Holder:
    """The process that holds a build; `start` it, then `split` off workers.

    Args:
        folder: the build's folder (manifest.json, graph.nq, store/).
        limits: of the server.
        allowed: SERVICE addresses that queries may use.
    """

    def __init__(self, folder: Path, limits: Limits, allowed: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.limits = limits
        self.allowed = allowed
        self.lines: set[Line] = set()
        self.in_memory = False
        self.retired = False
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = asyncio.Lock()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start the process and wait until it has the graph.

        Raises:
            StoreError: it cannot open it.
        """
        mine, its = socket.socketpair()
        with its:
            command = [sys.executable, "-m", "kg.serve.worker", str(its.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, close_fds=True)
        mine.setblocking(False)
        self._control = mine
        await asyncio.get_running_loop().sock_sendall(mine, pack(self._settings()))
        answer = await self._answer()
        if answer is None or "error" in answer:
            self.close()
            raise StoreError(answer["error"] if answer else f"{self.folder}: the process that opens it ended")
        self.in_memory = answer["memory"]

    def _settings(self) -> dict[str, Any]:
        limits = self.limits
        return {
            "folder": str(self.folder), "memory_quads": limits.memory_quads, "memory_mb": limits.memory_mb, "depth": limits.depth,
            "rows": limits.rows, "answer_bytes": limits.answer_bytes, "time_s": limits.time_s,
            "allowed": list(self.allowed), "network": bool(self.allowed),
        }  # fmt: skip

    async def split(self) -> Line:
        """A new worker.

        Raises:
            StoreError: the holder has ended.
        """
        async with self._lock:
            if self._control is None:
                raise StoreError(f"{self.folder}: the process that holds the graph ended")
            mine, its = socket.socketpair()
            try:
                with its:
                    socket.send_fds(self._control, [b"+"], [its.fileno()])
                answer = await self._answer()
            except OSError as error:
                mine.close()
                raise StoreError(f"{self.folder}: the process that holds the graph ended") from error
            if answer is None:
                mine.close()
                raise StoreError(f"{self.folder}: the process that holds the graph ended")
        line = Line(self, answer["pid"])
        mine.setblocking(False)
        self.lines.add(line)
        await asyncio.get_running_loop().create_unix_connection(lambda: line, sock=mine)
        return line

    async def _answer(self) -> Any:
        control, loop = self._control, asyncio.get_running_loop()
        assert control is not None
        data = b""
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
            more = await loop.sock_recv(control, 65536)
            if not more:
                return None
            data += more
        return json.loads(data[4:])

    def close(self) -> None:
        """End the process and its workers."""
        for line in list(self.lines):
            line.kill()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
