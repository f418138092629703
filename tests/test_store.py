"""Remote endpoints: every question runs unchanged on a real SPARQL server, after `push` loaded the graph into it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import kg
from kg import pipeline
from kg.ask import question_names
from kg.errors import StoreError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=["separate", "union"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Oxigraph server on a free loopback port, its default graph apart from the named ones or their union."""
    binary = shutil.which("oxigraph", path=f"{sysconfig.get_path('scripts')}:/usr/local/bin:/usr/bin")
    if binary is None:
        pytest.skip("the oxigraph server binary is not installed (pip install oxigraph)")
    url = f"http://127.0.0.1:{free_port()}"
    command = [binary, "serve", "--location", str(tmp_path_factory.mktemp("oxigraph")), "--bind", url.removeprefix("http://")]
    process = subprocess.Popen([*command, *(["--union-default-graph"] if request.param == "union" else [])], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urlopen(url, timeout=1).close()
                break
            except (URLError, ConnectionError):
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def test_every_question_answers_the_same_from_an_endpoint(server: str, seed_graph: Path) -> None:
    first = pipeline.push(f"{server}/store", seed_graph)
    assert pipeline.push(f"{server}/store", seed_graph) == first > 5
    local, remote = kg.open(seed_graph), kg.open(f"{server}/query")
    for name in question_names():
        assert list(remote.ask(name)) == list(local.ask(name)), name
    for name, values in {
        "dose-history": {"drug": "hydroxychloroquine"}, "findings-under": {"class": "HP:0000951"}, "findings": {"at": "presentation"},
        "treatment-failures": {"problem": "Abnormality of the skin"}, "mechanisms": {"drug": "IVIG"}, "criteria": {"set": "eular-acr-2017"},
    }.items():  # fmt: skip
        rows = list(remote.ask(name, **values))
        assert rows == list(local.ask(name, **values)) and rows, name


def test_wrong_address_is_told(server: str, seed_graph: Path) -> None:
    with pytest.raises(StoreError, match="refused with 40|404|405"):
        pipeline.push(f"{server}/query", seed_graph)
    with pytest.raises(StoreError, match="not an http"):
        pipeline.push("file:///tmp/x", seed_graph)
    with pytest.raises(StoreError):
        kg.open(f"{server}/nothing").ask("patient")


def test_nobody_there_is_told(seed_graph: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreError, match="refused"):
        kg.open(f"{url}/query").ask("patient")
    with pytest.raises(StoreError, match="refused"):
        pipeline.push(f"{url}/store", seed_graph)
