"""SPARQL Update for a server that was started writable: each update is a build of its own.

A process of its own copies the current build, changes the copy, and makes it current by the same rename as `kg build`;
the server then moves on to it as to any other build. An update that fails, takes too long or is killed leaves nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import sys
from typing import Any

from kg.serve.errors import Problem, problem
from kg.serve.guard import reach
from kg.serve.guard.lexer import Token, tokens
from kg.serve.site import Site
from kg.serve.sparql.protocol import Operation

_DATASET_WORDS = frozenset(("USING", "WITH"))


class Updates:
    """Takes updates from clients that know the token.

    Args:
        token: the secret; sent as ``Authorization: Bearer …``.
        follow: called to have the server look for a new build at once.
    """

    def __init__(self, site: Site, token: str, follow: Any) -> None:
        self.site = site
        self._token = token
        self._follow = follow
        self._lock = asyncio.Lock()

    async def __call__(self, operation: Operation, authorization: str) -> None:
        """Carry out an update; when this returns, queries see it.

        Raises:
            Problem: 401, 400, 403, 504.
        """
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            raise Problem(401, "unauthorized", "updates need the token", headers={"WWW-Authenticate": "Bearer"})
        text = await asyncio.to_thread(prepare, operation, self.site.limits.depth)  # a large one takes a while
        async with self._lock:
            before = self.site.digest
            after = await self._run(text)
            if after != before:
                await self._follow()

    async def _run(self, text: str) -> str:
        limits = self.site.limits
        task = {"graph": str(self.site.graph), "text": text, "base": self.site.base + "sparql",
                "memory_mb": limits.memory_mb, "time_s": limits.time_s}  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kg.serve.builds.apply", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(limits.time_s):
                output, _ = await process.communicate(json.dumps(task).encode())
        except TimeoutError as error:
            raise Problem(504, "time limit", f"the update ran longer than {limits.time_s:g} s and was undone") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if not output:
            raise Problem(422, "too large", "the update took more memory or depth than it may have and was undone")
        answer = json.loads(output)
        if "kind" in answer:
            raise problem(answer)
        return str(answer["digest"])


def prepare(operation: Operation, depth: int) -> str:
    """The text of an update, with the request's dataset written into it; the engine has no other way to be told.

    Raises:
        Problem: it reaches out, or says itself which dataset it uses.
    """
    try:
        inspected = reach.inspect(operation.text, depth=depth)
    except reach.Refused as error:
        raise Problem(400 if error.kind == "depth" else 403, "refused", str(error)) from error
    stream = list(tokens(operation.text))
    if inspected.services or reach.loads(stream):
        raise Problem(403, "refused", "SERVICE and LOAD are not allowed in updates here")
    if operation.default is None and operation.named is None:
        return _forgiving(operation.text, stream)
    if any(token.kind == "word" and token.text.upper() in _DATASET_WORDS for token in stream):
        raise Problem(400, "two datasets", "USING and WITH do not go with using-graph-uri and using-named-graph-uri")
    for iri in (*(operation.default or ()), *(operation.named or ())):
        if not reach.is_iri(iri):
            raise Problem(400, "not an IRI", f"{iri!r} names no graph")
    clause = " ".join([f"USING <{iri}>" for iri in operation.default or ()] + [f"USING NAMED <{iri}>" for iri in operation.named or ()])
    text = _with_clause(operation.text, stream, clause)
    return _forgiving(text, list(tokens(text)))


def _forgiving(text: str, stream: list[Token]) -> str:
    """To clear or drop a graph that is not there is no failure: an empty graph is not something this service records."""
    for before, token in reversed(list(zip(stream, stream[1:], strict=False))):
        if token.text.upper() == "GRAPH" and before.text.upper() in ("CLEAR", "DROP"):
            text = f"{text[: token.start]}SILENT {text[token.start :]}"
    return text


def _with_clause(text: str, stream: list[Token], clause: str) -> str:
    """Put a clause before each WHERE that follows a template."""
    places, depth = [], 0
    for index, token in enumerate(stream):
        depth += (token.kind == "{") - (token.kind == "}")
        if depth == 0 and token.text.upper() == "WHERE" and index:
            if stream[index - 1].kind != "}":
                raise Problem(400, "no dataset", "DELETE WHERE takes no dataset; write DELETE { … } WHERE { … }")
            places.append(token.start)
    for place in reversed(places):
        text = f"{text[:place]}{clause} {text[place:]}"
    return text
