"""Waiting for a commit of another process: the doorbell, with `data_version` as the net beneath it."""

from __future__ import annotations

import select
import socket
import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from core.store.sqlite.doorbell import Listener

if TYPE_CHECKING:
    from pathlib import Path

NET_S, HURRIED_NET_S = 0.5, 0.25
"""How often the database itself is asked, should a hint be lost; the second once one was lost."""


class SqliteWatch:
    """One process's watch. File watching would not do: it reports the log's writes before they are visible."""

    def __init__(self, database: Path, doorbells: Path) -> None:
        self._database = database
        self._listener = Listener(doorbells)
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._net_s = NET_S

    def wait(self, seconds: float) -> bool:
        """Returns True when a commit was announced or seen, False after `seconds` without one.

        One that was announced as no news is not waited for any longer, and not returned for.
        """
        end = time.monotonic() + seconds
        while True:
            left = min(self._net_s, end - time.monotonic())
            ready, _, _ = select.select([self._listener.socket, self._woken], [], [], max(left, 0))
            if self._woken in ready:
                with suppress(BlockingIOError):
                    self._woken.recv(64)
                return False
            if ready:
                is_news = self._listener.drain()
                self._changed()
                if is_news:
                    return True
            elif self._changed():
                self._net_s = HURRIED_NET_S
                return True
            if time.monotonic() >= end:
                return False

    def wake(self) -> None:
        """Ends a waiting `wait` at once; may be called from any thread."""
        with suppress(OSError):
            self._waker.send(b"!")

    def close(self) -> None:
        """Stops listening. The connection is closed by the thread that waits, or with the process."""
        self._listener.close()
        self._waker.close()
        self._woken.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _changed(self) -> bool:
        """Tells whether another connection committed since last asked; an unreadable database counts as changed."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    f"{self._database.absolute().as_uri()}?mode=rw", uri=True, timeout=0.05, isolation_level=None,
                    check_same_thread=False,
                )  # fmt: skip
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self._connection = None
            return True
        changed = self._version is not None and version != self._version
        self._version = version
        return changed
