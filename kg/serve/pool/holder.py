"""One build of the graph as the server sees it: the process that holds it and splits off workers."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.serve.limits import Limits
from kg.serve.pool.line import Line
from kg.serve.pool.wire import pack

#: The engine takes many small pieces of memory for a query and gives them all back: glibc keeps 7 of a size at hand unless told
#: otherwise, and a tenth of a small query's time went into finding the others. Other C libraries do not read this.
_ALLOCATOR = "glibc.malloc.tcache_count=100"


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
            command = [sys.executable, "-m", "kg.serve.worker.process", str(its.fileno())]
            environment = {"GLIBC_TUNABLES": _ALLOCATOR, **os.environ}
            self._process = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, close_fds=True, env=environment)
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

    @property
    def is_full(self) -> bool:
        """Whether there are as many workers as there may be."""
        return len(self.lines) > self.limits.workers

    def close_if_unused(self) -> None:
        """End it once another build is served and nothing runs on this one."""
        if self.retired and not any(line.jobs for line in self.lines):
            self.close()

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
