"""The questions as forms, their answers as tables, and why a row is there or a term is not."""
