"""What an answer holds: the text of a chat completion, and the lists in it."""

from __future__ import annotations

import json
from typing import Any


class NoAnswer(Exception):
    """What went wrong with one request; `final` where the next one would fare no better."""

    def __init__(self, what: str, *, final: bool) -> None:
        super().__init__(what)
        self.what, self.final = what, final


def content_of(body: bytes) -> str:
    """The text of a chat completion."""
    try:
        choice = json.loads(body)["choices"][0]
        message = choice["message"]
        content = message.get("content")
        refusal, ended = message.get("refusal"), choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoAnswer("the answer is no chat completion", final=False) from error
    if refusal or ended == "content_filter":
        raise NoAnswer("the model refused", final=False)
    if ended == "length":
        raise NoAnswer("the answer broke off at the model's limit; nothing of it is used", final=False)
    if not isinstance(content, str) or not content.strip():
        raise NoAnswer("the answer is empty", final=False)
    return content


def statements_in(content: str) -> dict[str, list[Any]]:
    """The lists of an answer, by the record's keys; a fence or a chain of thought around the JSON does not count.

    Example:
    >>> statements_in('```json\\n{"findings": [{"is": "a"}]}\\n```')
    {'findings': [{'is': 'a'}]}
    """
    text = content.rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    try:
        data = json.loads(text[start : end + 1] if start >= 0 else text, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        what = "the answer is not whole JSON; nothing of it is used" if start >= 0 else "the answer is not JSON"
        raise NoAnswer(what, final=False) from error
    if not isinstance(data, dict):
        raise NoAnswer("the answer is no JSON object", final=False)
    return {key: value if isinstance(value, list) else [value] for key, value in data.items() if value is not None}


def _no_constant(name: str) -> Any:
    raise ValueError(name)
