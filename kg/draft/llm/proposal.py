"""A language model's proposals for a draft: the whole journey."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from kg.draft.assemble import Draft
from kg.draft.emit import to_yaml
from kg.draft.llm.answer import NoAnswer, statements_in
from kg.draft.llm.desk import Desk
from kg.draft.llm.endpoint import Endpoint
from kg.draft.llm.prompt import messages, parts_of
from kg.draft.llm.rules import REASONS
from kg.errors import CasegraphError
from kg.report import Report

MAX_PARTS = 40
TOTAL = 10  # all requests together may take so many times the time-out of one


@dataclass(frozen=True)
class Proposed:
    """A draft with what a language model added, and what became of all it proposed.

    Attributes:
        records: the draft's records, in order, the kept statements at the end of their lists.
        proposed: statements in the answers.
        kept: those added.
        dropped: reason (a key of `REASONS`) -> how many; reasons that did not occur are left out.
        remarks: in plain words: what was sent where, and what went wrong.
        sent: characters of the report that left this program.
        grounded: kept terms whose id is ours, found from the label, because the model's was wrong or missing.
    """

    records: list[dict[str, Any]]
    proposed: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    sent: int = 0
    grounded: int = 0

    def to_yaml(self, number: int = 0) -> str:
        """The `case.yaml` of one of the records."""
        return to_yaml(self.records[number])


def propose(
    report: Report, draft: Draft, model: str, *, base_url: str | None = None, api_key: str | None = None, timeout: float = 60
) -> Proposed:
    """The draft with the statements that a language model proposes and that pass every check.

    Args:
        report: the text that the draft was made of.
        draft: left as it is.
        model: its name at the endpoint.
        base_url: of an OpenAI-compatible endpoint [default: OPENAI_BASE_URL, else api.openai.com].
        api_key: [default: OPENAI_API_KEY; a local endpoint needs none].
        timeout: seconds for one request; all together take at most `TOTAL` times that.
    Returns:
        Whatever the endpoint does (refuses, breaks off, answers garbage, is not there), the draft's own statements
        stand unchanged, and a remark says what happened.
    Raises:
        StoreError: the `openai` package is not installed.
        CasegraphError: no model, address, key or time-out that can be used.
    """
    model = " ".join(model.split())
    if not model:
        raise CasegraphError("no name of a language model; give one, such as --llm llama3.1")
    if not (math.isfinite(timeout) and timeout > 0):
        raise CasegraphError(f"time-out {timeout}: give a number of seconds above 0")
    endpoint = Endpoint(model, base_url, api_key, timeout)
    desk = Desk(report, draft, model)
    parts = list(parts_of(report, desk.source, desk.patient_at))
    remarks = list(endpoint.warnings)
    if len(parts) > MAX_PARTS:
        remarks.append(f"language model: {len(parts)} parts of text; only the first {MAX_PARTS} were sent")
        parts = parts[:MAX_PARTS]
    end, sent, asked = time.monotonic() + TOTAL * timeout, 0, 0
    try:
        for part in parts:
            left = end - time.monotonic()
            if left <= 0:
                remarks.append(
                    f"language model: stopped after {TOTAL * timeout:g} s; {len(parts) - asked} of {len(parts)} parts were not sent"
                )
                break
            sent, asked = sent + len(part.text), asked + 1
            try:
                desk.take(part, statements_in(endpoint.ask(messages(part, desk.records[part.patient or 0]), end)))
            except NoAnswer as problem:
                rest = len(parts) - asked if problem.final else 0
                also = f"; {rest} more {'part' if rest == 1 else 'parts'} not sent" if rest else ""
                remarks.append(f"language model, {part.section}: {problem.what}{also}")
                if problem.final:
                    break
    finally:
        endpoint.close()
    remarks += endpoint.adapted
    kept = desk.finish()
    remarks.insert(0, f"language model {model} at {endpoint.place}: {sent:,} characters in {asked} of {len(parts)} parts sent; "
                   f"{desk.proposed} statements proposed, {kept} kept" + "".join(f", {n} {REASONS[why]}" for why, n in desk.counts()))  # fmt: skip
    return Proposed(desk.records, desk.proposed, kept, dict(desk.counts()), list(dict.fromkeys(remarks)), sent, desk.grounded)
