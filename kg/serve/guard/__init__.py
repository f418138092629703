"""What a query may reach for, read from its tokens, and what the process that runs it may do at all."""
