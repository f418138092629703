"""The timeline picture of a case: what it shows, and how it is drawn."""
