"""Report → draft record: `reading` takes the text apart, `names` finds the terms in it, `findings`, `therapy` and `claims` make
statements of them, `assemble` puts these into a record (`sheet`, `timeline`), `emit` writes it; `folder` does so for many; `llm` only
where asked. `patterns` is how all of them search a text.

`draft_report(text)` gives the draft of one report, `draft_folder(src, out)` those of a folder, `hpo_ids(text)` the
HPO terms alone. No language model, no network: word lists (`data/`), the packaged vocabulary, and rules.
"""

from __future__ import annotations

from kg.draft.assemble import Draft, draft_report
from kg.draft.findings.mentioned import hpo_ids, hpo_mentions
from kg.draft.folder import Done, draft_folder

__all__ = ["Done", "Draft", "draft_folder", "draft_report", "hpo_ids", "hpo_mentions"]
