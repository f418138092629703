"""The library of questions over HTTP: `/questions` lists it, `/ask/<name>` answers."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from kg import ask
from kg.serve.errors import Problem
from kg.serve.http import asgi, media
from kg.serve.site import Site
from kg.serve.sparql import protocol

_JSON, _CSV = "application/json", "text/csv"


def question_document(site: Site, name: str) -> dict[str, Any]:
    """A question as the list shows it."""
    asked = ask.question_named(name)
    parameters = [{"name": p.name, "type": p.type, "example": p.example, "about": p.about} for p in asked.parameters]
    return {
        "name": name, "summary": asked.summary, "parameters": parameters, "columns": list(asked.columns),
        "tags": list(asked.tags), "url": f"{site.base}ask/{name}",
    }  # fmt: skip


async def list_questions(site: Site, scope: asgi.Scope, send: asgi.Send) -> None:
    """GET /questions and /questions/<name>."""
    asgi.read_only(scope)
    name = scope["path"].removeprefix("/questions").strip("/")
    scope["kg.log"]["asked"] = scope["path"]
    if name:
        document: Any = question_document(site, known_question(name)) | {"sparql": ask.question_named(name).sparql}
    else:
        document = [question_document(site, name) for name in ask.question_names()]
    await _send(send, _JSON, json.dumps(document, ensure_ascii=False, indent=1).encode())


async def answer(site: Site, scope: asgi.Scope, send: asgi.Send) -> None:
    """GET /ask/<name>?parameter=value&format=json|csv."""
    asgi.read_only(scope)
    name = known_question(scope["path"].removeprefix("/ask/"))
    given = protocol.read_parameters(scope["query_string"])
    media_type = _media_type(given.pop("format", [""])[0], asgi.header(scope, b"accept"))
    for parameter, several in given.items():
        if len(several) > 1:
            raise Problem(400, "parameter twice", f"give {parameter!r} once")
    values = {parameter: several[0] for parameter, several in given.items() if several[0].strip()}
    scope["kg.log"]["asked"] = " ".join([f"ask {name}", *(f"{key}={value}" for key, value in values.items())])
    found = await site.ask_question(name, values)
    scope["kg.log"]["rows"] = len(found["rows"])
    if media_type == _CSV:
        body = _csv(found["columns"], found["rows"])
    else:
        body = json.dumps({key: found[key] for key in ("question", "columns", "rows")}, ensure_ascii=False).encode()
    await _send(send, media_type, body)


def known_question(name: str) -> str:
    """The name, if there is such a question.

    Raises:
        Problem: 404; it lists the names there are.
    """
    if name not in ask.question_names():
        raise Problem(404, "no such question", f"no question {name!r}", known=list(ask.question_names()))
    return name


def _media_type(format: str, accept: str) -> str:
    if format:
        if format not in ("json", "csv"):
            raise Problem(400, "unknown format", f"{format!r} is no format here", known=["csv", "json"])
        return _CSV if format == "csv" else _JSON
    media_type = media.negotiate(accept, (_JSON, _CSV))
    if media_type is None:
        raise Problem(406, "not acceptable", "rows come as JSON or CSV", known=[_JSON, _CSV])
    return media_type


def _csv(columns: list[str], rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([["" if row.get(c) is None else row[c] for c in columns] for row in rows])
    return text.getvalue().encode()


async def _send(send: asgi.Send, media_type: str, body: bytes) -> None:
    headers = [(b"content-type", media.content_type(media_type).encode()), (b"cache-control", b"no-cache"), (b"vary", b"Accept")]
    await asgi.respond(send, 200, headers, body)
