"""After `kg build` has swapped the graph, the server moves on to the new one; no request fails in between."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from kg import files
from kg.errors import StoreError
from kg.graph.folder import current
from kg.serve.describe import statistics
from kg.serve.errors import Problem
from kg.serve.pool.holder import Holder
from kg.serve.site import Site

#: Seconds between two looks at the graph's folder.
INTERVAL = 0.25
#: Seconds that one of a build's statistics may take.
COUNTING = 600.0


class Follower:
    """Keeps a site on the graph's current build.

    A build on disk is served from hard links of its own, so that the next build may delete its folder.
    """

    def __init__(self, site: Site, allowed: tuple[str, ...] = ()) -> None:
        self.site = site
        self._allowed = allowed
        self._lock = asyncio.Lock()
        self._refused: Path | None = None
        self._kept: dict[Holder, Path] = {}

    async def first(self) -> None:
        """Serve the current build.

        Raises:
            StoreError: there is none that can be opened.
        """
        folder = current(self.site.graph)
        if folder is None:
            raise StoreError(f"{self.site.graph}: no graph there; make one with 'kg build -o {self.site.graph}'")
        await self._move(folder)

    async def run(self) -> None:
        """Look for new builds until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL)
            await self.look()

    async def look(self) -> None:
        """Move on if there is another build; one that cannot be opened is left alone."""
        async with self._lock:
            folder = current(self.site.graph)
            if folder is None or folder in (self.site.build, self._refused):
                self._sweep()
                return
            try:
                await self._move(folder)
            except (StoreError, OSError, ValueError, KeyError) as error:
                if current(self.site.graph) == folder:
                    self._refused = folder
                    print(f"kg serve: {error}; still serving {self.site.build.name}", file=sys.stderr)
            self._sweep()

    async def _move(self, folder: Path) -> None:
        digest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["digest"]
        links = _linked(folder)
        holder = Holder(links or folder, self.site.limits, self._allowed)
        try:
            await holder.start()
            await self.site.pool.use(holder)
        except BaseException:
            holder.close()
            if links:
                shutil.rmtree(links, ignore_errors=True)
            raise
        self.site.build, self.site.digest, self.site.about = folder, f"{digest}-{folder.name[-8:]}", {}
        self.site.documents.clear()
        if links:
            self._kept[holder] = links
        self.site.pool.background(self._count(self.site.digest))

    async def _count(self, digest: str) -> None:
        """Count what VoID wants to know, one figure after the other, once for each build; what takes too long is left out."""
        site, place = self.site, self.site.build / "statistics.json"
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(place.read_bytes())
            if known.keys() == statistics.STATISTICS.keys():
                site.about = known
                return
        for name in statistics.STATISTICS:
            found = None
            with contextlib.suppress(Problem):
                found = await site.run_long(COUNTING, "kg.serve.describe.statistics:statistic", name)
            if site.digest != digest:
                return
            site.about = {**site.about, name: found}
        with contextlib.suppress(OSError):  # the next server of this build need not count; a folder that is not ours stays as it is
            if site.build.is_dir():  # the next build has not taken it away yet
                files.write_bytes(place, json.dumps(site.about).encode())

    def _sweep(self) -> None:
        """Remove the links that no holder needs any more."""
        now = self.site.pool.holder
        for holder in [holder for holder in self._kept if not holder.alive and holder is not now]:
            links = self._kept.pop(holder)
            if now is not None and now.folder == links:  # it was started again
                self._kept[now] = links
            else:
                shutil.rmtree(links, ignore_errors=True)

    def close(self) -> None:
        for links in self._kept.values():
            shutil.rmtree(links, ignore_errors=True)
        self._kept.clear()


def _linked(folder: Path) -> Path | None:
    """A folder of hard links to a build, beside it; None where links cannot be made: then the build itself is served."""
    try:
        links = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".serve-{os.getpid()}-"))
    except OSError:
        return None
    try:
        shutil.copytree(folder, links, copy_function=os.link, dirs_exist_ok=True)
        return links
    except (OSError, shutil.Error):
        shutil.rmtree(links, ignore_errors=True)
        return None


def sweep_leftovers(graph: Path) -> None:
    """Remove what servers that were killed left behind."""
    for links in graph.glob(".serve-*-*"):
        pid = links.name.split("-")[1]
        if pid.isdigit() and not _is_running(int(pid)):
            shutil.rmtree(links, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
