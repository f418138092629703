"""`/sparql` and `/store`: what a request asks for, the way of its answer, answers that are kept, and a shorter way for small queries."""
