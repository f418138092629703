"""Worker processes: forked only where no thread of the parent can hold a lock."""

from __future__ import annotations

import sys
import threading
from types import ModuleType

import pytest

from kg.workers import worker_pool


def _double(number: int) -> int:
    return 2 * number


def _start_method() -> str:
    with worker_pool(1) as pool:
        assert list(pool.map(_double, [1, 2])) == [2, 4]
        return str(pool._mp_context.get_start_method())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks")
def test_a_process_with_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jpype", raising=False)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert _start_method() == "fork"
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert _start_method() == "spawn"


def test_a_process_with_a_java_machine_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "jpype", ModuleType("jpype"))
    assert _start_method() == "spawn"
