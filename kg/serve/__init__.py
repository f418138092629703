"""The served graph: a SPARQL 1.1 endpoint that cannot be knocked over, the questions over HTTP, and the pages.

    server      started by `serve`; `app` says which path goes where, `questions` answers /questions and /ask
    http        connections with limits, ASGI, media types, the access log
    sparql      /sparql and /store: the protocol, the answers and their cache
    pool        which process takes which task: the light lane and the heavy one
    worker      those processes: they hold the graph and do the tasks
    guard       what a query reaches for, and what a process may do
    builds      on to the next build; updates
    describe    service description, VoID, OpenAPI
    site        what pages and routes may ask of all this
    pages       the explorer

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
