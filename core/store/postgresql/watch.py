"""Waiting for a commit of another process: LISTEN, with a new connection and a look where the old one is gone."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from psycopg import Connection, Error

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNEL = "watchfloor"
AGAIN_S = 1.0
"""So long after a connection failed the next one is tried."""


class PostgresWatch:
    """One process's watch, on a connection of its own that is never inside a transaction: there it would be told nothing."""

    def __init__(self, connect: Callable[[], Connection[Any]]) -> None:
        self._connect = connect
        self._connection: Connection[Any] | None = None
        self._try_at = 0.0
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)

    def wait(self, seconds: float) -> bool:
        """Returns True when a commit was told, or may have been missed; False after `seconds` without one."""
        listening, is_new = self._listening()
        if is_new:
            return True
        end = time.monotonic() + seconds
        while True:
            sources: list[Any] = [self._woken] if listening is None else [self._woken, listening]
            ready, _, _ = select.select(sources, [], [], max(end - time.monotonic(), 0))
            if self._woken in ready:
                with suppress(BlockingIOError):
                    self._woken.recv(64)
                return False
            if not ready:
                return False
            if listening is not None and self._told(listening):
                return True

    def wake(self) -> None:
        """Ends a waiting `wait` at once; may be called from any thread."""
        with suppress(OSError):
            self._waker.send(b"!")

    def close(self) -> None:
        """Stops listening."""
        self._waker.close()
        self._woken.close()
        self._drop()

    def _listening(self) -> tuple[Connection[Any] | None, bool]:
        """Returns the connection that listens, and whether it is new: then what was told before was missed."""
        if self._connection is not None:
            return self._connection, False
        if time.monotonic() < self._try_at:
            return None, False
        try:
            self._connection = self._connect()
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {CHANNEL}")
        except Error:
            # Whoever reads the database meets the same failure and says it; here only the hint is missing.
            self._drop()
            self._try_at = time.monotonic() + AGAIN_S
            return None, False
        return self._connection, True

    def _told(self, listening: Connection[Any]) -> bool:
        """Takes in what the server sent; a connection that broke counts as news."""
        try:
            return any(True for _ in listening.notifies(timeout=0))
        except Error:
            self._drop()
            return True

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(Error):
                self._connection.close()
            self._connection = None
