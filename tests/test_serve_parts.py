"""The parts of the server, each by itself: how they lean on each other, and the short ways they take."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

import kg.serve
from kg.serve.pool.line import Line
from kg.serve.sparql import protocol
from kg.serve.testing import started, write_graph

FOLDER = Path(kg.serve.__file__).parent


def _modules(folder: Path, name: str) -> dict[str, Path]:
    parts = {file: ".".join([name, *file.relative_to(folder).with_suffix("").parts]) for file in folder.rglob("*.py")}
    return {module.removesuffix(".__init__"): file for file, module in parts.items()}


def _imports(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Module -> modules that it imports, at its top, within a function or for types only."""
    found: dict[str, set[str]] = {module: set() for module in modules}
    for module, file in modules.items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found[module] |= {name if name in modules else node.module for name in names}
            elif isinstance(node, ast.Import):
                found[module] |= {alias.name for alias in node.names}
        found[module] = {name for name in found[module] if name in modules} - {module}
    return found


def _parts(imports: Mapping[str, Iterable[str]], name: str) -> dict[str, set[str]]:
    """The same of a package's direct parts."""
    depth, found = name.count(".") + 2, dict[str, set[str]]()
    for module, targets in imports.items():
        part = ".".join(module.split(".")[:depth])
        if module.startswith(f"{name}."):
            inner = {".".join(target.split(".")[:depth]) for target in targets if target.startswith(f"{name}.")}
            found.setdefault(part, set()).update(inner - {part})
    return found


@pytest.mark.parametrize("package", ["kg.serve", "kg.serve.pages"])
def test_imports_go_one_way(package: str) -> None:
    imports = _imports(_modules(FOLDER, "kg.serve"))
    assert imports["kg.serve.app"] >= {"kg.serve.site", "kg.serve.sparql.endpoint", "kg.serve.pages.routes"}
    TopologicalSorter({module: imports[module] for module in imports if module != "kg.serve"}).prepare()
    parts = _parts(imports, package)
    assert len(parts) > 10
    TopologicalSorter(parts).prepare()


def test_a_circle_of_imports_is_seen(tmp_path: Path) -> None:
    for name, text in (
        ("a/one.py", "from x.b import two\n"),
        ("b/two.py", "def late():\n    from x.a.three import f\n"),
        ("a/three.py", ""),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    imports = _imports(_modules(tmp_path, "x"))
    TopologicalSorter(imports).prepare()
    with pytest.raises(CycleError):
        TopologicalSorter(_parts(imports, "x")).prepare()


def _shadowed(init: Path) -> set[str]:
    """Names that a package binds itself and that its own modules take from it once they are imported."""
    inside = {file.stem for file in init.parent.glob("*.py")} | {file.parent.name for file in init.parent.glob("*/__init__.py")}
    bound: set[str] = set()
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
    return bound & inside


def test_no_module_shadows_a_name_of_its_package(tmp_path: Path) -> None:
    assert [init for init in FOLDER.rglob("__init__.py") if _shadowed(init)] == []
    (tmp_path / "routes.py").touch()
    (tmp_path / "__init__.py").write_text("def routes() -> None: ...\n")
    assert _shadowed(tmp_path / "__init__.py") == {"routes"}


@given(
    st.lists(
        st.sampled_from([b"%", b"%2", b"%C3%a9", b"%%41", b"=", b"=3D", b"==", b"a", b"0", b" ", b"\n", b"=\n", b"\r", b"%0A", b"?", b"_"])
    )
)
@example([b"%"])
@example([b"=", b"\n", b"4"])
def test_percent_encoding_is_read_as_the_standard_library_reads_it(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert protocol._unquoted(data) == unquote_to_bytes(data)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="needs Linux's count of processor time")
def test_processor_time_is_the_workers_own_and_no_handle_is_left() -> None:
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        handles = len(os.listdir("/proc/self/fd"))
        holder: Any = SimpleNamespace(lines=set())
        line = Line(holder, process.pid)
        first = line.processor_time()
        assert first is not None
        while (line.processor_time() or 0) < first + 0.02:
            assert process.poll() is None
        line.connection_lost(None)
        assert line.processor_time() is None
        assert len(os.listdir("/proc/self/fd")) == handles
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("own", [None, "glibc.malloc.tcache_count=9"])
def test_the_operators_own_settings_of_the_allocator_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str | None) -> None:
    if own:
        monkeypatch.setenv("GLIBC_TUNABLES", own)
    else:
        monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    write_graph(tmp_path / "graph", "<http://e/a> <http://e/b> <http://e/c> .")
    with started(tmp_path / "graph", "--no-pages") as (_, process):
        (holder,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        given = Path(f"/proc/{holder}/environ").read_bytes().split(b"\0")
    assert [value for value in given if value.startswith(b"GLIBC_TUNABLES=")] == [
        f"GLIBC_TUNABLES={own or 'glibc.malloc.tcache_count=100'}".encode()
    ]
