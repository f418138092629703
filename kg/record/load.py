"""A record file → a `Record` whose every problem has a line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from kg.errors import RecordError
from kg.issue import Issue
from kg.record import lines
from kg.record.model import Record


@dataclass(frozen=True, slots=True)
class LoadedRecord:
    """A record and where its parts stand in its file."""

    record: Record
    source: lines.Lined
    path: FilePath

    @property
    def report_path(self) -> FilePath:
        """The report's file, beside the record."""
        return self.path.parent / self.record.report


def load_record(path: FilePath) -> LoadedRecord:
    """The record in a file.

    Raises:
        RecordError: unreadable, not YAML, or not a record; `issues` holds every problem with its line.
    """
    source = lines.read(_text(path), str(path))
    return LoadedRecord(parse_record(source), source, path)


def parse_record(source: lines.Lined) -> Record:
    """The record in data read from YAML.

    Raises:
        RecordError: it is not a record; `issues` holds every problem with its line.
    """
    if not isinstance(source.data, dict):
        raise RecordError(f"{source.name}:1: a record is a mapping that starts with 'case: …'; start one with 'kg new'")
    try:
        return Record.model_validate(source.data)
    except ValidationError as error:
        issues = [_issue(source, problem) for problem in error.errors()]
        raise RecordError("\n".join(str(issue) for issue in issues), issues=issues) from error


def _text(path: FilePath) -> str:
    try:
        if path.stat().st_size > lines.MAX_BYTES:
            raise RecordError(f"{path}: {path.stat().st_size:,} bytes; a record has at most {lines.MAX_BYTES:,}")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}") from error


def _issue(source: lines.Lined, problem: Any) -> Issue:
    """One of pydantic's problems in our words, with the allowed values and the line."""
    path = tuple(part for part in problem["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    kind, context = problem["type"], problem.get("ctx", {})
    match kind:
        case "extra_forbidden":
            known = _known_keys(path[:-1])
            close = difflib.get_close_matches(str(path[-1]), known, 1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            return source.issue(path, f"unknown key {path[-1]!r}", f"{hint}known are {', '.join(known)}")
        case "missing":
            return source.issue(path, f"{path[-1]!r} is missing", "every statement needs it")
        case "literal_error":
            return source.issue(path, f"{problem['input']!r} is not allowed", f"use {context['expected']}")
        case "value_error":
            return source.issue(path, str(context["error"]))
    return source.issue(path, f"{problem['msg']}, not {_short(problem['input'])}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys that the model at a place takes."""
    model: Any = Record
    for part in path:
        if isinstance(part, int) or not _is_model(model):
            continue
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        model = _inner_model(field.annotation) if field else model
    return sorted(field.alias or name for name, field in model.model_fields.items()) if _is_model(model) else []


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _inner_model(annotation: Any) -> Any:
    """The model inside ``tuple[Model, ...]``, ``Model | None`` or ``dict[str, Model]``."""
    if _is_model(annotation):
        return annotation
    inner = [_inner_model(part) for part in getattr(annotation, "__args__", ())]
    return next((model for model in inner if _is_model(model)), None)
