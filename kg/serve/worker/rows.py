"""Rows of an answer, counted in its bytes as they pass, without reading them a second time."""

from __future__ import annotations

#: The longest text between two rows of JSON that tells them apart from what stands in a value.
_LOOK_AHEAD = 4


class RowCounter:
    """Counts the rows of a serialised answer that comes in pieces.

    Args:
        form: json, xml, csv, tsv or nt; anything else is not counted here.

    Example:
    >>> counter = RowCounter("tsv")
    >>> counter.add(b"?a\\t?b\\n1\\t2\\n3\\t"); counter.add(b"4\\n")
    >>> counter.rows
    2
    """

    __slots__ = ("_add", "_begun", "_count", "_in_rows", "_last", "_quoted", "_tail")

    def __init__(self, form: str) -> None:
        self._add = getattr(self, f"_add_{form}", None)
        self._count = -1 if form in ("csv", "tsv") else 0  # their first line is the head
        self._tail = b""
        self._quoted = False
        self._begun = False
        self._in_rows = False
        self._last = False

    @property
    def rows(self) -> int:
        return max(0, self._count) + self._begun

    def add(self, data: bytes, *, last: bool = False) -> None:
        """Count on.

        Args:
            last: nothing follows.
        """
        self._last = last
        if self._add:
            self._add(data)

    def _add_nt(self, data: bytes) -> None:
        self._count += data.count(b"\n")

    _add_tsv = _add_nt  # line ends within values are escaped

    def _add_csv(self, data: bytes) -> None:
        if not self._quoted and b'"' not in data:
            self._count += data.count(b"\n")
            return
        parts = data.split(b'"')
        self._count += sum(part.count(b"\n") for part in parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0

    def _add_xml(self, data: bytes) -> None:
        window = self._tail + data
        self._tail = window[1 - len(b"<result>") :]
        self._count += window.count(b"<result>")

    def _add_json(self, data: bytes) -> None:
        if not self._in_rows:
            head = self._tail + data
            start = head.find(b'"bindings":[') + 12
            if start < 12 or start == len(head):
                self._tail = head
                return
            self._in_rows, self._begun, self._tail, data = True, head[start : start + 1] == b"{", b"", head[start:]
        window = self._tail + data
        end = len(window) - _LOOK_AHEAD
        while end > 0 and window[end - 1] == 0x5C:  # a backslash stays with what it escapes
            end -= 1
        if end <= 0:
            self._tail = window
            return
        self._tail = window[end:]
        self._count_json(window, end)

    def _count_json(self, window: bytes, end: int) -> None:
        """Count the rows that a piece of JSON divides, which ends `_LOOK_AHEAD` bytes or more before the window does.

        Between rows stands '},{"x…'; within a value a quote is written \\" unless it ends the value: '},{"}' or '},{",'.
        Only a row in which nothing is bound, '{}', has no quote: then what stands outside of values is looked at.
        """
        empty = b"{}" in window
        if not empty:
            self._count += window.count(b'},{"', 0, end + 3) - window.count(b'},{"}', 0, end + 4) - window.count(b'},{",', 0, end + 4)
            if self._last:
                return
        piece = window[:end]
        bare = piece.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in piece else piece
        if not empty:
            self._quoted ^= bare.count(b'"') % 2 == 1
            return
        parts = bare.split(b'"')
        outside = b'"'.join(parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        if not self._quoted:  # a mark may begin in this piece and end in the next
            outside += window[end : end + 2]
        self._count += outside.count(b"},{")
