"""The served graph: a SPARQL 1.1 endpoint that cannot be knocked over, the questions over HTTP, and the pages.

    server      uvicorn; `serve` starts it                 connection  HTTP with limits
    app         which path goes where                      openapi     the addresses, for programs
    shortcut    the short way of small queries             endpoint    /sparql and /store
    protocol    what a request asks for, in which format   kept        small answers, kept
    guard       what a query reaches for                   questions   /questions and /ask
    pool        the lanes: `crew` light, `heavy` heavy     job         one task: `course`, `answer`
    holder      the process of a build                     line        to a worker; `wire`: what goes over it
    worker      the killable processes, in a `sandbox`     tasks       what they do; `documents`, `sink`, `rows`
    site        what pages may ask                         describe    service description, VoID
    follow      on to the next build                       update      for --writable

The web stack is the extra `serve`; `import kg` does without it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.serve.limits import Limits

__all__ = ["Limits", "serve"]


def serve(graph: str | Path, host: str = "127.0.0.1", port: int = 8765, **options: Any) -> None:
    """Serve a graph until interrupted; options as `kg.serve.server.serve`.

    Raises:
        StoreError: the web stack is not installed, no graph, or an address that is taken.
    """
    if sys.platform == "win32":
        raise StoreError("kg serve needs Linux or macOS: its workers are forked; on Windows use WSL")
    try:
        from kg.serve import server
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kg"):
            raise
        raise StoreError(f"kg serve needs {error.name}; install it with: pip install 'casegraph[serve]'") from error
    server.serve(Path(graph), host, port, **options)
