"""What the pages and the other routes may ask of the server: everything through the worker pool."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.serve.errors import Problem
from kg.serve.http import asgi
from kg.serve.http.media import GRAPH_TYPES
from kg.serve.limits import Limits
from kg.serve.pool.pool import Pool
from kg.serve.pool.wire import pack
from kg.store import Solution


class Rows(list[Solution]):
    """The rows of a SELECT: variable -> term, unbound ones left out.

    Attributes:
        columns: the variables, in order.
    """

    def __init__(self, columns: list[str], rows: list[Solution]) -> None:
        super().__init__(rows)
        self.columns = columns


class Site:
    """A served graph.

    Args:
        graph: the folder that `kg build` made.
        base: the site's own address, ending in a slash.
        limits: of the server.
        records: folder of the records, for pages that show them.

    Attributes:
        build: sub-folder served now.
        digest: of the build served now.
        about: statistics of the build (see `kg.serve.describe.statistics`), as far as they are known.
        documents: descriptions of the build made from them, ready to be sent.
    """

    def __init__(self, graph: Path, base: str, limits: Limits, records: Path | None = None) -> None:
        self.graph = graph
        self.base = base
        self.limits = limits
        self.records = records
        self.pool = Pool(limits)
        self.build = graph
        self.digest = ""
        self.about: dict[str, Any] = {}
        self.documents: dict[str, bytes] = {}
        self.started = time.time()

    async def select(self, sparql: str, bindings: Mapping[str, Any] | None = None) -> Rows:
        """The rows of a SELECT.

        Args:
            bindings: variable -> pyoxigraph term; the variables have to be projected.

        Raises:
            Problem: syntax, limits.
        """
        task = self._query(sparql, bindings) | {"results": ("application/sparql-results+json", "json"), "graph": None}
        found = ox.parse_query_results(await self.bytes(task), format=ox.QueryResultsFormat.JSON)
        if not isinstance(found, ox.QuerySolutions):
            raise Problem(400, "not a SELECT", "a SELECT query is needed here")
        columns = [variable.value for variable in found.variables]
        return Rows(columns, [{c: node for c in columns if (node := row[c]) is not None} for row in found])

    async def graph_bytes(self, sparql: str, media_type: str, bindings: Mapping[str, Any] | None = None) -> bytes:
        """The triples of a CONSTRUCT or DESCRIBE, serialised."""
        return await self.bytes(self._query(sparql, bindings) | {"results": None, "graph": (media_type, GRAPH_TYPES[media_type])})

    async def describe(self, iri: str, media_type: str) -> bytes | None:
        """What the graph says of an IRI, or None if that is nothing."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return None
        known = await self.select(f"SELECT ?p WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }} LIMIT 1")
        return await self.graph_bytes(f"DESCRIBE {node}", media_type) if known else None

    async def ask_question(self, name: str, values: Mapping[str, str]) -> dict[str, Any]:
        """The rows that answer a question of the library (see the worker's `ask`).

        Raises:
            Problem: 404 unknown question, 400 unknown parameter or value; `known` has the valid ones.
        """
        from kg import ask

        if name not in ask.question_names():
            raise Problem(404, "no such question", f"no question {name!r}", known=list(ask.question_names()))
        answer: dict[str, Any] = json.loads(await self.bytes({"do": "ask", "name": name, "values": dict(values)}))
        return answer

    async def run(self, function: str, *args: Any) -> Any:
        """What ``"package.module:function"`` gives when called in a worker with the store and these arguments."""
        return json.loads(await self.bytes({"do": "call", "function": function, "args": args}))

    async def run_long(self, time_s: float, function: str, *args: Any) -> Any:
        """As `run`, for what the server does for itself: it may take so many seconds."""
        return json.loads(await self.bytes({"do": "call", "function": function, "args": args, "time_s": time_s}))

    async def bytes(self, task: dict[str, Any]) -> bytes:
        """A task's whole answer. For small ones: it is held in memory."""
        job = await self.pool.run(pack(task), time_s=task.get("time_s", 0))
        try:
            return b"".join([piece async for piece in job.pieces()])
        finally:
            job.cancel()

    def record_path(self, case_id: str) -> Path | None:
        """The record of a case."""
        if self.records is None or not case_id.replace("-", "").isalnum():
            return None
        path = self.records / case_id / "case.yaml"
        return path if path.is_file() else None

    def html(self, text: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Any:
        """A page; it is the same until the next build."""
        from starlette.responses import HTMLResponse

        own = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding", **(headers or {})}
        if status == 200:
            own.setdefault("ETag", self.tag)
        return HTMLResponse(text, status_code=status, headers=own)

    @property
    def tag(self) -> str:
        """The entity tag of a page of this build, made by this server."""
        return f'W/"{self.digest}-{int(self.started):x}"'

    def not_modified(self, request: Any) -> Any:
        """A 304 answer if the client has this build's page already, or None."""
        from starlette.responses import Response

        if asgi.matches(request.headers.get("if-none-match", ""), self.tag):
            return Response(status_code=304, headers={"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding"})
        return None

    async def changed(self, digest: str, seconds: float) -> None:
        """Wait until another build than this one is served."""
        async with asyncio.timeout(seconds):
            while self.digest == digest:
                await asyncio.sleep(0.02)

    def _query(self, sparql: str, bindings: Mapping[str, Any] | None) -> dict[str, Any]:
        values = {name: str(node) for name, node in (bindings or {}).items()}
        return {"do": "query", "text": sparql, "base": self.base + "sparql", "values": values}
