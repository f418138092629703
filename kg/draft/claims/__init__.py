"""What the authors assert beyond the patient."""
