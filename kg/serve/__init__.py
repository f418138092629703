"""The served graph: a SPARQL 1.1 endpoint that cannot be knocked over, the questions over HTTP, and the pages.

    server   uvicorn with limits; `serve` starts it          app       which path goes where
    protocol what a request asks for, in which format        endpoint  /sparql and /store
    guard    what a query reaches for                        questions /questions and /ask
    worker, tasks, sandbox, rows   the killable processes    describe  service description, VoID
    holder, pool, job              lanes, limits, answers    follow    on to the next build
    site     what pages may ask                              update    for --writable

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
