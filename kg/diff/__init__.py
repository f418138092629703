"""Two releases of a graph → what changed: terms, axioms, statements, and which questions now answer differently, and why.

A diff of axioms says what an editor did; a diff of answers says what it does to a reader. Both graphs are asked
every question of the library; each row that came or went is traced to the changed statements that share its sentence,
or else its terms, and to the changed terms that it names. Two records of one report are compared by `kg.compare`.
"""

from kg.diff.changes import AnswerChange, Diff, RowChange, StatementChange, TermChange
from kg.diff.graphs import diff_graphs
from kg.diff.text import render

__all__ = ["AnswerChange", "Diff", "RowChange", "StatementChange", "TermChange", "diff_graphs", "render"]
