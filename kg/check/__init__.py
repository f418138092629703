"""Record and graph → a list of issues: what is wrong, where, and what to do about it.

Three kinds of check, from the file outwards: the record against its report, its terms and itself; the graph against
the SHACL shapes of `ontology/shapes.ttl`; the graph against `queries/checks/`, where each query selects what must
never be true. Beside them, how much of the report the record accounts for.
"""

from kg.check.coverage import Coverage, coverage
from kg.check.graph import check_graph, check_shapes
from kg.check.record import check_record

__all__ = ["Coverage", "check_graph", "check_record", "check_shapes", "coverage"]
