"""Satisfaction: asked of the requester at delivery, answered once, and what the answers come to."""
