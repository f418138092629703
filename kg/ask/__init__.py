"""Question name + parameters → rows.

A question is a plain SPARQL file in `queries/`; its header says what it asks, which of its variables may be
given, and of what type. A given value is resolved (IRI, CURIE, label, synonym), then bound as an RDF term by
SPARQL's own VALUES, so that the same text runs on the embedded store and on any endpoint, and nothing typed
by a user ever becomes part of the query's syntax.
"""

from kg.ask.answer import Answer, ask, plain
from kg.ask.question import Parameter, Question, parse_question, question_named, question_names
from kg.ask.resolve import resolve

__all__ = ["Answer", "Parameter", "Question", "ask", "parse_question", "plain", "question_named", "question_names", "resolve"]
