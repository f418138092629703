"""A language model's proposals for a draft: only what can be quoted, grounded and checked is added, with its count.

Nothing here runs unless `propose` is called with the name of a model. The text goes to that one endpoint (`endpoint`), a
part of a section at a time (`prompt`); each statement that comes back (`answer`) goes through the model of the record, the
quote, the terms (`ground`), the numbers (`proof`) and `kg check` (`desk`). What fails is dropped and counted, so the draft
can gain statements but never lose or change one.
"""

from kg.draft.llm.proposal import Proposed, propose
from kg.draft.llm.rules import REASONS

__all__ = ["REASONS", "Proposed", "propose"]
