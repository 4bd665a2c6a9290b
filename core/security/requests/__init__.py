"""Requests for access: asked for with a reason, approved by another, over by itself."""
