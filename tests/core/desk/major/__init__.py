"""Major incidents, on both databases."""
