"""The other side: the process that holds the graph, the workers split off it, and what they do with a task."""
