"""What one query, one client and the whole server may use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server; the defaults suit a laptop.

    Attributes:
        time_s: seconds a query may run; waiting for a turn or for a slow client does not count.
        rows: rows (triples) of one answer.
        answer_bytes: size of one answer before compression.
        memory_mb: MiB a query may take beyond the graph itself.
        depth: brackets within brackets in one query.
        light: workers for queries that end quickly.
        heavy: queries at once that have run longer than `heavy_after_s`.
        aside: heavy queries that have begun and are held still so that others get a turn; they keep their memory.
        heavy_after_s: after this a query that is at work counts as heavy: it gets a low priority and another worker its place.
        workers: processes at once, those that wait for slow clients among them; a long query more gets 503.
        queue: queries waiting for a light worker; more get 503.
        heavy_queue: heavy queries held still until one of the others ends; more get 503.
        queue_s: seconds a query waits for its turn.
        query_bytes: size of a request's body and of a query.
        header_bytes: size of a request's line and headers.
        header_s: seconds for a request's headers to arrive.
        body_s: seconds for a request's body to arrive.
        idle_s: seconds a kept-alive connection may be silent.
        stall_s: seconds a client may leave an answer untouched.
        stream_s: seconds an answer may take in all, whoever is slow.
        connections: at once.
        cache_mb: MiB of small answers kept for this build.
        memory_quads: a graph of at most so many quads is held in memory.
    """

    time_s: float = 30.0
    rows: int = 5_000_000
    answer_bytes: int = 1 << 30
    memory_mb: int = 1024
    depth: int = 256
    light: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 2)))
    heavy: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    aside: int = field(default_factory=lambda: 2 * max(2, os.cpu_count() or 2))
    heavy_after_s: float = 0.05
    workers: int = 64
    queue: int = 512
    heavy_queue: int = 32
    queue_s: float = 15.0
    query_bytes: int = 1 << 20
    header_bytes: int = 1 << 16
    header_s: float = 10.0
    body_s: float = 15.0
    idle_s: float = 30.0
    stall_s: float = 20.0
    stream_s: float = 600.0
    connections: int = 1000
    cache_mb: int = 32
    memory_quads: int = 1_000_000
