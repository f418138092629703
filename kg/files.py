"""Where the package's own files are: beside the code in a checkout, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


def folder(name: str) -> Path:
    """The folder `ontology`, `queries` or `seeds` that came with this package.

    Example:
    >>> folder("ontology").name
    'ontology'
    """
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _CHECKOUT / name
