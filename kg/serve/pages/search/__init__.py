"""Search: the index, and the page with completion."""
