"""When two statements say the same."""

from __future__ import annotations

import re
from typing import Any

from kg.draft.llm.proof import listed


def curies_of(value: Any) -> tuple[str, ...]:
    """The ids of one or several terms, else their words."""
    texts = [] if value is None else listed(value)
    return tuple(sorted(t.partition(" ! ")[2].lower() if t.startswith("none") else t.partition(" ! ")[0] for t in map(str, texts)))


def identity(section: str, item: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two statements of a list the same, but for their time and place."""

    def terms(*keys: str) -> tuple[Any, ...]:
        return tuple(curies_of(item.get(key)) for key in keys)

    match section:
        case "findings":
            return (*terms("is"), item.get("status", "present"))
        case "antibodies":
            return (*terms("is"), item["result"], item.get("titre"))
        case "measurements":
            value = re.sub(r"\s+", "", str(item.get("value", "")))
            return (*terms("of"), value, "" if value else item.get("interpretation"))
        case "history":
            return (*terms("is"), item["kind"])
        case "diagnoses":
            return (*terms("is"), item.get("status", "confirmed"))
        case "investigations" | "treatments":
            return terms("procedure", "drug")
        case "responses":
            return (*terms("in"), tuple(sorted(listed(item.get("to", ())))), item["outcome"])
        case _:
            return (*terms("subject", "object"), item["effect"])


def time_of(item: dict[str, Any], first: str) -> str:
    return str(item.get("at") or next((s["at"] for s in item.get("course", ()) if "at" in s), first))
