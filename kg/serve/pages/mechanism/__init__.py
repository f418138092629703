"""The mechanism map of a case: the claims, the layout of a layered graph, and the picture."""
