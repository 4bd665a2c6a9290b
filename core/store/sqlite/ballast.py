"""The ballast: a little room kept beside the database and given up when the disk is full.

So the night's incident can still be closed. It is laid again once there is room again: at each opening,
whenever the log is emptied, and, where this process met the full disk itself, soon after.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BALLAST_BYTES = 1024 * 1024
ROOM_BYTES = 4 * BALLAST_BYTES
"""So much must be free before it is laid: what is short already is left to those who write."""
AGAIN_S = 10.0
"""So long a disk that was full must have had room."""


class Ballast:
    """The file that is given up. Used by one thread."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._try_at: float | None = None

    def spend(self) -> None:
        """Removes it, for the disk is full."""
        self._try_at = self._clock() + AGAIN_S
        with suppress(OSError):  # gone already, or not ours: then there is nothing to give up
            self._path.unlink()

    def lay_when_due(self) -> None:
        """Lays it again some time after this process met a full disk. Costs nothing otherwise."""
        if self._try_at is not None and self._clock() >= self._try_at:
            self._try_at = None if self.lay() else self._clock() + AGAIN_S

    def lay(self) -> bool:
        """Makes the file where there is room; tells whether it is there now."""
        try:
            if self._path.exists():
                return True
            if shutil.disk_usage(self._path.parent).free < ROOM_BYTES:
                return False
            self._path.write_bytes(b"\0" * BALLAST_BYTES)
        except OSError:
            with suppress(OSError):
                self._path.unlink()
            return False
        return True
