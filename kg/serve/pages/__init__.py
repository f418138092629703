"""The explorer: pages for people over the served graph."""
