"""Where vocabulary files lie: the packaged one, the user's, and the one in use."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).parent.parent / "data" / "vocabulary.bin"


def remedy(path: Path) -> str:
    """The command that mends a vocabulary file that cannot be read."""
    mine = path in (user_vocabulary(), Path(os.environ.get("CASEGRAPH_VOCABULARY") or VOCABULARY))
    return "kg vocab build, or delete it and unset CASEGRAPH_VOCABULARY" if mine and path != VOCABULARY else "python ontology/imports/update.py"


def user_vocabulary() -> Path:
    """Where a user's own vocabulary lies by default, whether or not there is one: in the platform's settings folder."""
    if sys.platform == "win32":
        home = os.environ.get("APPDATA") or os.path.expanduser("~")
    elif sys.platform == "darwin":
        home = os.path.expanduser("~/Library/Application Support")
    else:
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home, "casegraph", VOCABULARY.name)


def vocabulary_file() -> Path:
    """The vocabulary in use: what CASEGRAPH_VOCABULARY names (set but empty: the packaged one), else the user's, else the
    packaged one. Looked up once for each setting of the environment.
    """
    named = os.environ.get("CASEGRAPH_VOCABULARY")
    if named is not None:
        return Path(named) if named else VOCABULARY
    return default_file(*map(os.environ.get, ("HOME", "XDG_CONFIG_HOME", "APPDATA")))


@lru_cache(maxsize=16)
def default_file(*_: str | None) -> Path:
    user = user_vocabulary()
    return user if user.is_file() else VOCABULARY
