"""Rows of an answer, counted in its bytes as they pass, without reading them a second time."""

from __future__ import annotations


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

    def __init__(self, form: str) -> None:
        self._add = getattr(self, f"_add_{form}", None)
        self._count = -1 if form in ("csv", "tsv") else 0  # their first line is the head
        self._tail = b""
        self._quoted = False
        self._begun = False
        self._in_rows = False

    @property
    def rows(self) -> int:
        return max(0, self._count) + self._begun + self._tail.count(b'},{"')

    def add(self, data: bytes) -> None:
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
        self._count += self._seen(data, b"<result>")

    def _add_json(self, data: bytes) -> None:
        if not self._in_rows:
            head = self._tail + data
            start = head.find(b'"bindings":[') + 12
            if start < 12 or start == len(head):
                self._tail = head
                return
            self._in_rows, self._begun, self._tail, data = True, head[start : start + 1] == b"{", b"", head[start:]
        # Between rows stands '},{"x…'; within a value a quote is written \" unless it ends the value: '},{"}' or '},{",'.
        window = self._tail + data
        self._tail = window[-4:]
        self._count += window.count(b'},{"') - window.count(b'},{"}') - window.count(b'},{",')
        self._count -= self._tail.count(b'},{"')  # it is met again in the next window, with what follows it

    def _seen(self, data: bytes, mark: bytes) -> int:
        window = self._tail + data
        self._tail = window[1 - len(mark) :]
        return window.count(mark)
