"""casegraph: clinical case reports as an ontology-grounded knowledge graph.

>>> import kg
>>> graph = kg.open()  # doctest: +SKIP
>>> graph.ask("what-worked")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["CasegraphError", "open"]


def __getattr__(name: str) -> Any:
    # Lazily, so that `import kg` costs nothing until something is asked of it.
    if name == "open":
        from kg.graph.opened import open_graph

        return open_graph
    if name == "CasegraphError":
        from kg.errors import CasegraphError

        return CasegraphError
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
