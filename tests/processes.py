"""Processes, as the system knows them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def lives(pid: int) -> bool:
    """Tells whether a process is there and no corpse."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False
