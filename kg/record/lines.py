"""YAML → plain data that remembers its lines, and nothing else that YAML can do.

A record is data typed by hand, so the reader takes the YAML 1.2 core scalars only (`no` is a word, not
false) and refuses anchors, aliases, tags, duplicate keys and deep nesting: none has a use in a record, and
each is how a YAML file is made to surprise or to explode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from kg.errors import RecordError
from kg.issue import Issue

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_NODES = 100_000

#: A place in the data: keys and list positions from the root.
Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Lined:
    """Data read from YAML, and where each part of it stood.

    Attributes:
        data: dicts, lists, strings, numbers, booleans, None.
        lines: path -> 1-based line.
        name: the file's name, for messages.
    """

    data: Any
    name: str
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, or of its nearest known parent.

        Example:
        >>> read("a:\\n  - b: 1\\n", "x.yaml").line(("a", 0, "b", "missing"))
        2
        """
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def issue(self, path: Path, message: str, fix: str = "", level: Any = "error", code: str = "record") -> Issue:
        """An `Issue` at the line of `path`."""
        return Issue(level, self.name, message, fix, self.line(path), path_text(path), code)


def path_text(path: Path) -> str:
    """How a path is written for people.

    Example:
    >>> path_text(("findings", 3, "quote"))
    'findings[3].quote'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(text: str, name: str) -> Lined:
    """The data of a YAML text with its lines.

    Args:
        text: the file's whole text.
        name: the file's name, used in messages only.

    Raises:
        RecordError: not YAML, or YAML beyond what a record may use; the message names the line.

    Example:
    >>> read("smoking: no\\nage: 3\\n", "x.yaml").data
    {'smoking': 'no', 'age': 3}
    """
    if len(text) > MAX_BYTES:
        raise RecordError(f"{name}: {len(text):,} characters; a record has at most {MAX_BYTES:,}")
    lined = Lined(None, name)
    stack: list[_Open] = []
    count = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if getattr(event, "anchor", None):
                raise RecordError(f"{name}:{line}: anchors and aliases (& and *) are not allowed; write the value out")
            count += 1
            if count > MAX_NODES:
                raise RecordError(f"{name}:{line}: more than {MAX_NODES:,} values; split the record")
            match event:
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    _refuse_tag(event, name, line)
                    if len(stack) >= MAX_DEPTH:
                        raise RecordError(f"{name}:{line}: nested deeper than {MAX_DEPTH} levels")
                    container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
                    path = _place(stack, container, line, lined)
                    stack.append(_Open(container, path))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    stack.pop()
                case yaml.ScalarEvent():
                    _refuse_tag(event, name, line)
                    plain = event.style is None or event.style == ""
                    _place(stack, event.value, line, lined, plain=plain)
                case yaml.DocumentStartEvent():
                    if lined.lines:
                        raise RecordError(f"{name}:{line}: a second document; a record is one YAML document")
    except yaml.YAMLError as error:
        raise RecordError(f"{name}:{_line_of(error)}: not YAML: {_problem(error)}") from error
    return lined


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled; `key` is the mapping key that waits for its value."""

    container: Any
    path: Path
    key: str | None = None


def _place(stack: list[_Open], value: Any, line: int, lined: Lined, *, plain: bool = False) -> Path:
    """Put a value where the stack says; the path it got. A mapping's scalars alternate key, value."""
    if not stack:
        lined.data = _scalar(value) if plain else value
        lined.lines[()] = line
        return ()
    top = stack[-1]
    if isinstance(top.container, list):
        path = (*top.path, len(top.container))
        top.container.append(_scalar(value) if plain else value)
    elif top.key is None:
        if not isinstance(value, str):
            raise RecordError(f"{lined.name}:{line}: a key must be a word, not a list or mapping")
        if value in top.container:
            first = lined.lines[(*top.path, value)]
            raise RecordError(f"{lined.name}:{line}: key {value!r} is given twice (first at line {first})")
        top.key = value
        path = (*top.path, value)
        top.container[value] = None
        lined.lines[path] = line
        return path
    else:
        path = (*top.path, top.key)
        top.container[top.key] = _scalar(value) if plain else value
        top.key = None
        return path
    lined.lines[path] = line
    return path


def _scalar(text: Any) -> Any:
    """A plain scalar by the YAML 1.2 core schema; containers pass through."""
    if not isinstance(text, str):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text) if len(text) < 19 else text
    if _FLOAT.match(text):
        return float(text)
    return text


def _refuse_tag(event: Any, name: str, line: int) -> None:
    if event.tag is not None and not (event.tag == "!" and isinstance(event, yaml.ScalarEvent)):
        raise RecordError(f"{name}:{line}: tags ({event.tag}) are not allowed; quote the text if it starts with '!'")


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error)
    return f"{problem} (a value that holds ': ' or starts with a quote, '!', '&' or '[' must be quoted)"
