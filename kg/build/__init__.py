"""A case as RDF: `case` puts it together, `statements` and `nodes` write its parts, `ids` names them."""

from __future__ import annotations

from kg.build.case import case_document, case_quads
from kg.build.ids import node_ids

__all__ = ["case_document", "case_quads", "node_ids"]
