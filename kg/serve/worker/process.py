"""The processes that touch the graph: one that holds it and splits off workers, and the workers, which may be killed.

The holder opens (or loads) one build of the graph and then only forks: a worker is there within milliseconds and
shares the graph's memory. A worker serves one task at a time over its own socket; `kg.serve.pool.wire` says how.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.serve.guard import sandbox
from kg.serve.pool.wire import Messages, write_message
from kg.serve.worker import documents, tasks
from kg.serve.worker.sink import Sink
from kg.serve.worker.tasks import UnionStore
from kg.store import EmbeddedStore


def open_store(folder: Path, memory_quads: int) -> EmbeddedStore | None:
    """The graph in memory if it is small; None if it is large: then each worker opens it on disk."""
    try:
        quads = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["quads"]
    except (OSError, KeyError, ValueError):
        quads = memory_quads + 1
    if quads > memory_quads or not (folder / "graph.nq").is_file():
        return None
    database = ox.Store()
    database.bulk_load(path=str(folder / "graph.nq"), format=ox.RdfFormat.N_QUADS)
    database.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    return UnionStore(database, str(folder))


# 1) the holder


def hold(control: socket.socket) -> None:
    """Hold a graph and split off a worker for each socket received, until the server closes the line."""
    sandbox.die_with_parent()
    settings = Messages(control).next()
    if settings is None:
        return
    folder = Path(settings["folder"])
    try:
        store = open_store(folder, settings["memory_quads"])
        if store is None:
            EmbeddedStore.read_only(folder / "store").database.query("ASK {}")
    except Exception as error:  # whatever is wrong with a build: the server goes on with the one before
        write_message(control, {"error": f"{folder}: {error}"})
        return
    with contextlib.suppress(Exception):
        documents.warm_up()
    gc.freeze()
    write_message(control, {"memory": store is not None})
    while True:
        _, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        pid = os.fork()
        if pid == 0:
            control.close()
            _work(socket.socket(fileno=handles[0]), store, folder, settings)
        os.close(handles[0])
        write_message(control, {"pid": pid})


def _work(line: socket.socket, store: EmbeddedStore | None, folder: Path, settings: dict[str, Any]) -> None:
    """A worker's whole life."""
    status = 1
    try:
        sandbox.die_with_parent()
        messages = Messages(line)
        if messages.next() is not None:  # the server knows this process now and can kill it
            store = store or EmbeddedStore.read_only(folder / "store")
            sandbox.limit_memory(settings["memory_mb"])
            if not settings["network"]:
                sandbox.forbid_network()
            _serve(line, messages, store, settings)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


# 2) a worker


def _serve(line: socket.socket, messages: Messages, store: EmbeddedStore, settings: dict[str, Any]) -> None:
    while (task := messages.next()) is not None:
        sandbox.limit_processor(2 * task.get("time_s", settings["time_s"]) + 5)
        sink = Sink(line.sendall, settings, task)
        try:
            tasks.run(task, store, sink, settings)
            sink.close()
        except (BrokenPipeError, ConnectionResetError):
            raise
        except MemoryError:
            sink.fail({"kind": "memory", "message": "the query needs more memory than it may have"})
            return
        except BaseException as error:
            known = tasks.failure(error, sink)
            if known["kind"] == "internal":
                traceback.print_exc()
            sink.fail(known)


if __name__ == "__main__":
    hold(socket.socket(fileno=int(sys.argv[1])))
