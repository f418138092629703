"""`python -m kg.serve`: the server by itself, for tests and for developers."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields, replace
from pathlib import Path

from kg.errors import CasegraphError
from kg.serve import Limits, serve


def main() -> int:
    """Start it; exit status."""
    parser = argparse.ArgumentParser(prog="python -m kg.serve", description=__doc__)
    parser.add_argument("--graph", type=Path, default=Path("build/graph"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--records", type=Path)
    parser.add_argument("--log", default="-", help="file, - for standard error, or 'none'")
    parser.add_argument("--writable", action="store_true", help="take updates from who sends the token in KG_SERVE_TOKEN")
    parser.add_argument("--allow-service", action="append", default=[], metavar="URL")
    parser.add_argument("--cors", default="*", metavar="ORIGIN", help="whose pages may read answers: an origin, '*' or 'none'")
    parser.add_argument("--no-pages", action="store_true")
    for limit in fields(Limits):
        parser.add_argument(
            f"--{limit.name.replace('_', '-')}", type=float if "float" in str(limit.type) else int, dest=f"limit_{limit.name}"
        )
    given = parser.parse_args()
    limits = {f.name: value for f in fields(Limits) if (value := getattr(given, f"limit_{f.name}")) is not None}
    try:
        serve(
            given.graph,
            given.host,
            given.port,
            records=given.records,
            limits=replace(Limits(), **limits),
            writable=given.writable,
            token=os.environ.get("KG_SERVE_TOKEN"),
            allow_service=tuple(given.allow_service),
            cors=given.cors,
            log=None if given.log == "none" else given.log,
            pages=not given.no_pages,
            ready=lambda url: print(url, flush=True),
        )
    except CasegraphError as error:
        print(f"kg serve: {error.message}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
