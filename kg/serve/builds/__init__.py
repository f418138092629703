"""From one build of the graph to the next: the server follows `kg build`, and makes a build of each update."""
