"""A case's page and its views: its head, the facts, the treatments, reading aids, and the paper beside them."""
