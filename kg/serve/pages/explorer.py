"""What the explorer keeps between requests: stories, whole pages and the search index, each until the next build."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from kg.report import Report, load_report
from kg.serve.errors import Problem
from kg.serve.pages.search.index import MOST, PARTS, Index, read_rows
from kg.serve.pages.story import Story

if TYPE_CHECKING:
    from kg.serve.site import Site

T = TypeVar("T")
#: How many stories, reports and pages of single cases are kept.
KEPT = 64
#: Of so many papers the sentences are searched.
MOST_REPORTS = 500


class Explorer:
    """The explorer's memory for one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._locks: dict[tuple[Any, ...], asyncio.Lock] = {}
        self._coming: set[asyncio.Task[Any]] = set()

    async def keep(self, key: tuple[Any, ...], make: Callable[[], Awaitable[T]]) -> T:
        """What `make` gives, made once for each build; many who ask at the same time wait for one making."""
        key = (self.site.digest, *key)
        if key not in self._kept:
            try:
                async with self._locks.setdefault(key, asyncio.Lock()):
                    if key not in self._kept:
                        self._kept[key] = await make()
            finally:  # also of what cannot be made: nobody fills the memory with addresses that are not there
                self._locks.pop(key, None)
        self._kept.move_to_end(key)
        value: T = self._kept[key]
        self._forget()
        return value

    def _forget(self) -> None:
        """Drop what is of an earlier build, and of single cases what was used longest ago; what is of all cases stays."""
        single = [key for key in self._kept if len(key) > 2]
        for key in [*(k for k in self._kept if k[0] != self.site.digest), *single[: max(len(single) - KEPT, 0)]]:
            self._kept.pop(key, None)

    def soon(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Begin to make what will be asked for next, without waiting for it. If it fails, who asks for it is told."""
        task = asyncio.get_running_loop().create_task(make())
        self._coming.add(task)
        task.add_done_callback(self._came)

    def _came(self, task: asyncio.Task[Any]) -> None:
        self._coming.discard(task)
        if not task.cancelled():
            task.exception()  # taken note of: it is raised again to who asks

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
                    found[part] = await self.site.run("kg.serve.pages.search.index:graph_rows", part)
                except Problem:  # a limit was reached: better to search the rest than nothing
                    found[part] = []
                    missing.append(part)
                if len(found[part]) >= MOST:
                    missing.append(f"some of the {part}")
            reports = []
            for (case_id,) in found["cases"][:MOST_REPORTS]:
                report = await asyncio.to_thread(self._report, case_id)
                if report:
                    reports.append((case_id, report))
            if len(found["cases"]) > MOST_REPORTS:
                missing.append(f"the text of {len(found['cases']) - MOST_REPORTS:,} reports")
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
