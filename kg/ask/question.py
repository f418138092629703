"""The library of questions: one SPARQL file of `queries/` each, its header read into a `Question`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from kg import files, names
from kg.errors import QuestionError
from kg.store import Node

_HEADER = re.compile(r"^#\+ ?(.*)$", re.M)
_WHERE = re.compile(r"^(SELECT\b.*?\bWHERE\s*\{)", re.M | re.S)
_SELECT = re.compile(r"^SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?(.*?)\s*WHERE\s*\{", re.M | re.S)
_COLUMN = re.compile(r"\(.*?\bAS\s+\?(\w+)\s*\)|\?(\w+)", re.S)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One variable of a question that may be given.

    Attributes:
        type: case, term, time, text or set.
        example: a value, for help pages.
        vocabularies: prefixes that a name may mean here (our own `cg` always); empty for any. "skin" is a site,
            but as a problem it means an abnormality of it.
        classes: whether a class or a role ("glucocorticoid") stands for everything of it that the graph has.
        narrows: a SPARQL pattern that goes in where the parameter is given. It takes nothing away that the query's own
            filters would leave; it lets a large graph be searched from the parameter's side.
    """

    name: str
    type: str
    example: str = ""
    about: str = ""
    vocabularies: tuple[str, ...] = ()
    classes: bool = False
    narrows: str = ""


@dataclass(frozen=True)
class Question:
    """A question of the library.

    Attributes:
        name: the file's name without its ending.
        summary: the question as a clinician asks it.
        sparql: the file's text.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    sparql: str

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The projected variables, in order."""
        match = _SELECT.search(self.sparql)
        return tuple(a or b for a, b in _COLUMN.findall(match[1])) if match else ()

    def parameter(self, name: str) -> Parameter:
        """Raises: QuestionError: the question has no such parameter; the message lists those it has."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(p.name for p in self.parameters) or "none"
        raise QuestionError(f"{self.name}: no parameter {name!r}; it takes {known}", known=[p.name for p in self.parameters])

    def bound(self, values: Mapping[str, Node], alone: Collection[str] = ()) -> str:
        """The SPARQL with values given to some of its variables.

        Args:
            alone: those of them whose value has no members in the graph, so that it need not be looked for any: that is quicker.
        """
        if not values:
            return self.sparql
        return _WHERE.sub(lambda match: f"{match[1]} {self.given(values, alone)}", self.sparql, count=1)

    def given(self, values: Mapping[str, Node], alone: Collection[str] = ()) -> str:
        """The SPARQL pattern that gives some variables their values; a class or role, where it may be one, its members."""
        classes = {parameter.name for parameter in self.parameters if parameter.classes} - set(alone)
        patterns = [(_members if name in classes else _value)(name, node) for name, node in values.items()]
        return " ".join([*patterns, *(parameter.narrows for parameter in self.parameters if parameter.narrows and parameter.name in values)])


def _value(name: str, node: Node) -> str:
    return f"VALUES ?{name} {{ {node} }}"


def _members(name: str, node: Node) -> str:
    """The node itself, all that the graph has below it, and all that has it as a role."""
    links = (names.RDFS_SUBCLASS_OF, names.CG + "hasRole")
    below = " UNION ".join(f"{{ ?{name} <{link}> {node} }}" for link in links)
    return f"{{ SELECT DISTINCT ?{name} WHERE {{ {{ {_value(name, node)} }} UNION {below} }} }}"


@lru_cache(maxsize=1)
def question_names() -> tuple[str, ...]:
    """All questions, by name."""
    return tuple(sorted(path.stem for path in files.folder("queries").glob("*.rq")))


@lru_cache(maxsize=64)
def question_named(name: str) -> Question:
    """The question of this name.

    Raises:
        QuestionError: there is none; the message gives the nearest names.
    """
    path = files.folder("queries") / f"{name}.rq"
    if name not in question_names():
        import difflib

        close = difflib.get_close_matches(name, question_names(), 3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(question_names())}"
        raise QuestionError(f"no question {name!r}; {hint}", known=list(question_names()))
    return parse_question(name, path.read_text(encoding="utf-8"), path)


def parse_question(name: str, sparql: str, path: Path | None = None) -> Question:
    """A question from its file's text.

    Raises:
        QuestionError: the header is not the YAML that `docs/questions.md` describes.
    """
    import yaml

    try:
        header = yaml.load("\n".join(_HEADER.findall(sparql)), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
        parameters = tuple(
            Parameter(key, str(value["type"]), str(value.get("example", "")), str(value.get("about", "")), tuple(value.get("vocabularies", ())),
                      value.get("classes") is True, str(value.get("narrows", "")))
            for key, value in (header.get("params") or {}).items()
        )
        return Question(name, str(header["summary"]), parameters, tuple(header.get("tags") or ()), sparql)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise QuestionError(f"{path or name}: the header (#+ lines) cannot be read: {error}") from error
