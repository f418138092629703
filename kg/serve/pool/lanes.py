"""Lanes: a query that ends soon never waits for one that does not.

Every query starts on a worker of the light lane (`light`). If it is still at work after `heavy_after_s` it is heavy: its
worker leaves the light lane (a new one takes its place), gets a low priority, and goes on if the heavy lane (`heavy`) has
a place, or is held still until it has. Queries that were heavy before start in the heavy lane. A heavy worker is killed
afterwards, which gives its memory back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from kg.serve.limits import Limits
from kg.serve.pool.heavy import HeavyLane
from kg.serve.pool.light import LightLane


class Lanes:
    """Both lanes, as a task sees them.

    Args:
        limits: of the server.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.light = LightLane(limits)
        self.heavy = HeavyLane(limits)
        self._tasks: set[asyncio.Task[Any]] = set()

    def background(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run something to its end, come what may."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
