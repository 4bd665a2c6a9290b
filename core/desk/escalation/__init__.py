"""Who is told next, when, by which policy: each step once."""
