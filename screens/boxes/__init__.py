"""Boxes: the only things that stand before a view."""
