"""Requests: what is asked for under an agreement, from the first word to the closing."""
