"""Where a worker's answer goes: counted, limited, compressed if wished, cut into frames."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kg.serve.pool import wire
from kg.serve.worker.rows import RowCounter

#: A large answer goes out in pieces of this size, or of what there is after `_PATIENCE` seconds; the first is smaller.
_PIECE, _FIRST = 1 << 17, 1 << 16
#: A frame holds no more than this: the server puts a frame together before it looks at it.
_FRAME = 1 << 18
_PATIENCE = 0.2
#: Smaller answers are not worth compressing.
_WORTH_COMPRESSING = 1400


class Failed(Exception):
    """A task that cannot be done; the message is for the client."""

    def __init__(self, kind: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.document = {"kind": kind, "message": message, **fields}


class Sink:
    """A task's answer on its way out; it is what the engine's serialisers take for a file.

    Args:
        send: takes the frames' bytes.
        limits: `rows` and `answer_bytes` of one answer.
        task: its `gzip` says whether the client takes compressed answers.

    Attributes:
        counted: rows that are counted by who makes them.
        bytes: of the answer so far, before compression.
        failed: the limit that was reached: what a serialiser raises then is another error, or none.

    Example:
    >>> sent = []
    >>> sink = Sink(sent.append, {"rows": 9, "answer_bytes": 99}, {})
    >>> sink.start("text/csv", "csv"); sink.write(b"s\\r\\n1\\r\\n"); sink.close()
    6
    >>> wire.split_whole(sent[0][wire.FRAME.size :])
    (1, 6, b'{"type": "text/csv", "gzip": false}', b's\\r\\n1\\r\\n')
    """

    __slots__ = (
        "_counter", "_first", "_flushed", "_gzip", "_limits", "_packer", "_parts", "_piece", "_send", "_size", "_type",
        "bytes", "counted", "failed",
    )  # fmt: skip

    def __init__(self, send: Callable[[bytes], Any], limits: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        self._send = send
        self._limits = limits
        self._gzip = bool(task.get("gzip"))
        self._type = ""
        self._first = True
        self._parts: list[bytes] = []
        self._size = 0
        self._piece = _FIRST
        self._flushed = time.monotonic()
        self._packer: Any = None
        self._counter: RowCounter | None = None
        self.counted = 0
        self.bytes = 0
        self.failed: Failed | None = None

    def start(self, media_type: str, form: str) -> None:
        """Say what comes.

        Args:
            form: of `RowCounter`, if the rows are to be counted in the bytes.
        """
        self._type = media_type
        self._counter = RowCounter(form) if form else None

    @property
    def rows(self) -> int:
        return self.counted + (self._counter.rows if self._counter else 0)

    def write(self, data: bytes) -> int:
        self._parts.append(data)
        self._size += len(data)
        if self._size >= self._piece or time.monotonic() - self._flushed > _PATIENCE:
            self._flush(last=False)
        return len(data)

    def flush(self) -> None:
        """For the serialisers; pieces leave when they are large enough."""

    def count(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items, counted on the way: for serialisations whose bytes do not tell."""
        for item in items:
            self.counted += 1
            if self.counted > self._limits["rows"]:
                self._stop("rows", self._limits["rows"])
            yield item

    def close(self) -> None:
        """The answer is complete."""
        self._flush(last=True)

    def fail(self, document: dict[str, Any]) -> None:
        """There is no answer, or no more of it."""
        self._send(wire.frame(b"X", json.dumps(document).encode()))

    def _flush(self, *, last: bool) -> None:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self.bytes += len(data)
        if self._counter:
            self._counter.add(data, last=last)
        rows = self.rows
        if rows > self._limits["rows"]:
            self._stop("rows", self._limits["rows"])
        if self.bytes > self._limits["answer_bytes"]:
            self._stop("bytes", self._limits["answer_bytes"])
        if self._first and self._gzip and (not last or len(data) > _WORTH_COMPRESSING):
            self._packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        if self._packer:
            data = self._packer.compress(data) + (self._packer.flush() if last else b"")
        head = _head(self._type, self._packer is not None)
        if last and self._first:
            self._send(wire.whole(rows, self.bytes, head, data))
            return
        frames = [wire.frame(b"H", head)] if self._first else []
        frames += [wire.frame(b"D", data[at : at + _FRAME]) for at in range(0, len(data), _FRAME)]
        if last:
            frames.append(wire.frame(b"E", wire.END.pack(rows, self.bytes)))
        self._send(b"".join(frames))
        self._parts, self._size, self._piece, self._first, self._flushed = [], 0, _PIECE, False, time.monotonic()

    def _stop(self, what: str, limit: int) -> None:
        self.failed = Failed("size", f"the answer has more than {limit} {what}; ask for less of it with LIMIT and OFFSET")
        raise self.failed


@lru_cache(maxsize=64)
def _head(media_type: str, gzip: bool) -> bytes:
    return json.dumps({"type": media_type, "gzip": gzip}).encode()
