"""Processes that share the work of many files."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def worker_pool(workers: int, initializer: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """Worker processes: forked, which is quick, unless this process has threads.

    A child that is forked beside threads inherits the locks that they hold, and waits for them for ever. So does one of a Java machine
    in this process, whose threads Python does not see.
    """
    forks = sys.platform.startswith("linux") and threading.active_count() == 1 and "jpype" not in sys.modules
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork" if forks else "spawn"), initializer=initializer)
