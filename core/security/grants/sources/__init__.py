"""Readers of sources: each makes of what it is given lines of who has which right, or one clear trouble."""
