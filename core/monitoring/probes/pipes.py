"""What comes out of a child's pipe, kept up to a limit; more is read and thrown away, without hurry."""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import suppress

WIDE = 1024 * 1024
PAUSE_S = 0.005
"""Between two reads of what is thrown away: a child that prints for ever must not keep this process busy."""


class Pipe:
    """Collects from a descriptor, which it owns. `ended` is set when nobody can write any more."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._limit = limit
        self._pause: asyncio.TimerHandle | None = None
        self._is_closed = False
        self.data = bytearray()
        self.is_cut = False
        self.ended = asyncio.Event()
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._read)

    def close(self) -> None:
        """Takes what is there already, and lets go of the descriptor."""
        if self._is_closed:
            return
        while not self.ended.is_set() and not self.is_cut and self._take(65536):
            pass
        self._is_closed = True
        self._loop.remove_reader(self._descriptor)
        if self._pause is not None:
            self._pause.cancel()
        os.close(self._descriptor)
        self.ended.set()

    def _read(self) -> None:
        self._take(65536)
        if self.is_cut and not self.ended.is_set():
            self._loop.remove_reader(self._descriptor)
            with suppress(OSError):  # the system may allow no wider pipe; then it takes longer
                fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, WIDE)
            self._throw_away()

    def _throw_away(self) -> None:
        self._take(WIDE)
        if not self.ended.is_set():
            self._pause = self._loop.call_later(PAUSE_S, self._throw_away)

    def _take(self, most: int) -> bool:
        """Reads once; False when there was nothing."""
        try:
            data = os.read(self._descriptor, most)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._descriptor)
            self.ended.set()
            return False
        room = self._limit - len(self.data)
        self.is_cut = self.is_cut or len(data) > room
        self.data += data[: max(room, 0)]
        return True
