"""Major incidents: one person commands, who waits hears in a rhythm, and a review is owed afterwards."""
