"""The clocks of items: what is promised of them, kept beside them, and said once."""
