"""Tells by its first bytes what a file is, before anything opens it."""

from __future__ import annotations

_MAGIC = b"SQLite format 3\x00"


def begins_as_database(beginning: bytes) -> bool:
    """Tells whether a file that begins so could be an embedded database (of whatever program)."""
    return beginning.startswith(_MAGIC)
