"""What the service says of itself: SPARQL service description and VoID with their statistics, and OpenAPI."""
