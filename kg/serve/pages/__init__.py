"""The explorer: pages for people over the served graph.

`routes` is all that the server needs of it; `data` and `story` read a case for `case`, `timeline` and `mechanism`.
"""
