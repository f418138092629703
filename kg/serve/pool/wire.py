"""What goes over the line between the server and a worker: tasks one way, frames of answers the other.

A task is its length and that many bytes: a JSON document, or a query in two parts (see `pack_query`), so that neither
end has to write or read JSON for the most common task. An answer is frames, each one letter, a length and that many bytes:

    W  whole    rows and bytes, 8 bytes each; length of the head, 2 bytes; head; a small answer
    H  head     {"type": media type, "gzip": bool}
    D  data     a piece of the answer
    E  end      rows and bytes, 8 bytes each
    X  failure  {"kind": …, "message": …}, instead of E at any place
"""

from __future__ import annotations

import json
import socket
import struct
from functools import lru_cache
from typing import Any

FRAME = struct.Struct("!cI")
#: Rows and bytes of an answer.
END = struct.Struct("!QQ")
#: The same and the length of the head, before a whole answer.
WHOLE = struct.Struct("!QQH")
_LENGTH = struct.Struct("!I")
_QUERY = struct.Struct("!cI")


class Messages:
    """The messages that come over a line.

    Example:
    >>> mine, its = socket.socketpair()
    >>> mine.sendall(pack({"do": "ask"}) + pack_query("ASK {}", b'{"do": "query"}')); mine.close()
    >>> messages = Messages(its)
    >>> messages.next(), messages.next(), messages.next()
    ({'do': 'ask'}, {'do': 'query', 'text': 'ASK {}'}, None)
    >>> its.close()
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._data = b""

    def next(self) -> Any:
        """The next message, or None where the other end has closed the line."""
        while len(self._data) < 4 or len(self._data) < 4 + _LENGTH.unpack_from(self._data)[0]:
            more = self._line.recv(1 << 18)
            if not more:
                return None
            self._data += more
        end = 4 + _LENGTH.unpack_from(self._data)[0]
        message, self._data = self._data[4:end], self._data[end:]
        return unpack(message)


def write_message(line: socket.socket, message: Any) -> None:
    line.sendall(pack(message))


def pack(message: Any) -> bytes:
    """A message as it goes over the wire."""
    data = json.dumps(message).encode()
    return _LENGTH.pack(len(data)) + data


def pack_query(text: str, rest: bytes) -> bytes:
    """As `pack`, of a query and the rest of its task, which is JSON already and the same for most queries."""
    query = text.encode()
    return b"%b%b%b%b" % (_LENGTH.pack(5 + len(rest) + len(query)), _QUERY.pack(b"Q", len(rest)), rest, query)


def unpack(message: bytes) -> Any:
    """The message that `pack` or `pack_query` made, without its length."""
    if message[:1] != b"Q":
        return json.loads(message)
    end = 5 + _QUERY.unpack_from(message)[1]
    return {**_rest(message[5:end]), "text": message[end:].decode()}


@lru_cache(maxsize=64)
def _rest(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


def frame(kind: bytes, data: bytes) -> bytes:
    """A frame of an answer."""
    return FRAME.pack(kind, len(data)) + data


def whole(rows: int, size: int, head: bytes, data: bytes) -> bytes:
    """The frame of a small answer."""
    return b"%b%b%b%b" % (FRAME.pack(b"W", WHOLE.size + len(head) + len(data)), WHOLE.pack(rows, size, len(head)), head, data)


def split_whole(data: bytes) -> tuple[int, int, bytes, bytes]:
    """Rows, bytes, head and answer of such a frame."""
    rows, size, length = WHOLE.unpack_from(data)
    start = WHOLE.size + length
    return rows, size, data[WHOLE.size : start], data[start:]
