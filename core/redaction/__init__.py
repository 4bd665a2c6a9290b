"""Taking a text out of what is kept, in the one way that the journal's chain survives."""
