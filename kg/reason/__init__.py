"""What follows from a graph: materialised at build, classified by a DL reasoner, explained on demand.

Everything that questions need is materialised once, so that a question asks one plain pattern
(``?concept rdfs:subClassOf ?class``) where it would otherwise walk the hierarchy.
"""

from kg.reason.axioms import Axiom, Rules, read_rules
from kg.reason.engine import Model, infer
from kg.reason.materialise import INFERRED, apply_rules, follow, hierarchy, term_quads, terms_in

__all__ = ["INFERRED", "Axiom", "Model", "Rules", "apply_rules", "follow", "hierarchy", "infer", "read_rules", "term_quads", "terms_in"]
