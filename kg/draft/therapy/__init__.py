"""What was given, how, from when to when, and what came of it."""
