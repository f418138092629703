"""The access log: who asked what, how long it took, how many rows went out; no more than that."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

#: Characters of a query that the log shows.
_SHOWN = 400


class AccessLog:
    """Writes one line a request.

    Args:
        where: a file to append to, "-" for standard error, or None for nowhere.
    """

    def __init__(self, where: Path | str | None) -> None:
        self._second, self._stamp = 0, ""
        self._file: TextIO | None = None
        if where == "-":
            self._file = sys.stderr
        elif where is not None:
            self._file = Path(where).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as the server is

    @property
    def on(self) -> bool:
        """Whether anything is written."""
        return self._file is not None

    def write(self, client: str, method: str, path: str, status: int, seconds: float, facts: dict[str, Any]) -> None:
        """A line: time, client, method, path, status, milliseconds, rows, what was asked (as a JSON string, so always one line)."""
        if self._file is None:
            return
        now = int(time.time())
        if now != self._second:
            self._second, self._stamp = now, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        asked = " ".join(str(facts.get("asked", "")).split())
        asked = asked if len(asked) <= _SHOWN else f"{asked[:_SHOWN]}…"
        rows = f"{facts['rows']} rows" if "rows" in facts else "-"
        broken = f" broken: {facts['broken']}" if "broken" in facts else ""
        shown = json.dumps(path, ensure_ascii=True)[1:-1]
        with contextlib.suppress(OSError, ValueError):  # a full disk or a closed terminal does not stop the service
            self._file.write(
                f"{self._stamp} {client} {method} {shown} {status} {seconds * 1000:.1f} ms {rows} {json.dumps(asked)}{broken}\n"
            )
