"""What the explorer keeps between requests: stories, whole pages and the search index, each until the next build."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from kg.report import Report, load_report
from kg.serve.errors import Problem
from kg.serve.pages.search_index import PARTS, Index, read_rows
from kg.serve.pages.story import Story

if TYPE_CHECKING:
    from kg.serve.site import Site

T = TypeVar("T")
#: How many stories and pages are kept.
KEPT = 64
#: Of so many papers the sentences are searched.
MOST_REPORTS = 500


class Explorer:
    """The explorer's memory for one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._locks: dict[tuple[Any, ...], asyncio.Lock] = {}

    async def keep(self, key: tuple[Any, ...], make: Callable[[], Awaitable[T]]) -> T:
        """What `make` gives, made once for each build; many who ask at the same time wait for one making."""
        key = (self.site.digest, *key)
        if key not in self._kept:
            async with self._locks.setdefault(key, asyncio.Lock()):
                if key not in self._kept:
                    self._kept[key] = await make()
            self._locks.pop(key, None)
        self._kept.move_to_end(key)
        value: T = self._kept[key]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return value

    async def cases(self) -> list[dict[str, Any]]:
        """Every case in a line."""

        async def make() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = await self.site.run("kg.serve.pages.data:case_list")
            return found

        return await self.keep(("cases",), make)

    async def story(self, case_id: str) -> Story | None:
        """A case's facts, or None where the graph has no such case."""

        async def make() -> Story | None:
            data = await self.site.run("kg.serve.pages.data:case_data", case_id)
            return Story(data) if data else None

        return await self.keep(("story", case_id), make)

    async def report(self, case_id: str) -> Report | None:
        """A case's paper, or None where its file is not at hand."""

        async def make() -> Report | None:
            return await asyncio.to_thread(self._report, case_id)

        return await self.keep(("report", case_id), make)

    async def index(self) -> Index:
        """The search index of this build."""

        async def make() -> Index:
            found: dict[str, list[list[str]]] = {}
            missing = []
            for part in PARTS:
                try:
                    found[part] = await self.site.run("kg.serve.pages.search_index:graph_rows", part)
                except Problem:  # a limit was reached: better to search the rest than nothing
                    found[part] = []
                    missing.append(part)
            reports = []
            for (case_id,) in found["cases"][:MOST_REPORTS]:
                report = await asyncio.to_thread(self._report, case_id)
                if report:
                    reports.append((case_id, report))
            return await asyncio.to_thread(Index, read_rows(found, reports), missing)

        return await self.keep(("index",), make)

    def _report(self, case_id: str) -> Report | None:
        from kg.report_page import find_report

        record: Path | None = self.site.record_path(case_id)
        beside = record.with_name("report.txt") if record else None
        return load_report(beside) if beside and beside.is_file() else find_report(self.site.graph, case_id)


_explorers: WeakKeyDictionary[Any, Explorer] = WeakKeyDictionary()


def explorer(site: Site) -> Explorer:
    """The explorer of a site."""
    if site not in _explorers:
        _explorers[site] = Explorer(site)
    return _explorers[site]
