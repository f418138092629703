"""The terms of a proposed statement: each made one of ours, or refused."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

from kg.draft.llm.proof import is_printed
from kg.draft.llm.rules import ANY, OURS, PREFIXES, Bad
from kg.draft.names.ground import counts_as, named
from kg.draft.patterns.lists import rows_of
from kg.errors import MislabelledTerm, TermError
from kg.terms import Terms, load_terms, normalise


def ground_terms(terms: Terms, section: str, data: dict[str, Any], model: type[BaseModel]) -> int:
    """Make every term of a statement one of ours, in place; how many got their id from us."""
    grounded = 0
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key not in data or key in OURS or "TermRef" not in repr(info.annotation):
            continue
        prefixes = PREFIXES.get((section, key), ANY)
        values = data[key] if isinstance(data[key], list) else [data[key]]
        found = [_term(terms, value, prefixes, data["_said"]) for value in values]
        grounded += sum(ours for _, ours in found)
        data[key] = [term for term, _ in found] if isinstance(data[key], list) else found[0][0]
    return grounded


def _term(terms: Terms, text: Any, prefixes: tuple[str, ...], said: str) -> tuple[str, bool]:
    """The term string, and whether its id was found from the label; an id the model gives counts only with its label."""
    if not isinstance(text, str) or not text.strip() or len(text) > 300 or not text.isprintable():
        raise Bad("invalid")
    why = "ungrounded"
    try:
        term = terms.check(text)
        if prefixes is ANY or counts_as(term.curie, prefixes):
            return str(term), False
    except MislabelledTerm:
        why = "mislabelled"
    except TermError:
        if re.match(r"\s*[A-Za-z][\w.]*:\S+", text) and not text.lower().startswith("none"):
            why = "unknown"
    label = text.partition(" ! ")[2] or (text if why == "ungrounded" else "")
    curie = named(label, prefixes) if label.strip() else None
    if curie:
        return str(terms.term(curie)), True
    if "LOINC" in prefixes and (known := _analyte(label)) and is_printed(label, said):
        return known, True
    raise Bad(why)


@cache
def _analytes() -> dict[str, str]:
    """The name of an analyte -> its term string, `none ! name` where our list has no term for it."""
    table = {}
    for row in rows_of("analytes.tsv"):
        label = row[1] if len(row) > 1 else ""
        curie = named(label, ("LOINC", "CMO")) if label else None
        for name in row[0].split("|"):
            table[normalise(name)] = str(load_terms().term(curie)) if curie else f"none ! {name}"
    return table


def _analyte(label: str) -> str | None:
    return _analytes().get(normalise(label))
