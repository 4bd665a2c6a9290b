"""The lane: a kernel queue in front of the one writer that SQLite allows.

SQLite's busy handler sleeps and tries again, so that under load one writer waits for seconds while
another commits a hundred times. A blocking flock is a fair queue. The lock stands on a file of its own:
opening and closing the database file itself would drop SQLite's own locks.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 10.0


class Lane:
    """One process's place in the queue of writers. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lane; raises StoreUnavailable when another process keeps it for PATIENCE_S."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            descriptor = self._wait(descriptor)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives up the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
            except OSError as error:
                raise StoreUnavailable(
                    f"cannot be written: {error.strerror}",
                    where=str(self._path),
                    next_step="Give this user the right to write the database's folder",
                ) from error
        return self._descriptor

    def _wait(self, descriptor: int) -> int:
        """Queues in the kernel, in a thread of its own so that the wait can end."""
        answer: SimpleQueue[OSError | None] = SimpleQueue()

        def queue() -> None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:
                answer.put(error)
            else:
                answer.put(None)

        threading.Thread(target=queue, name="lane", daemon=True).start()
        try:
            failure = answer.get(timeout=PATIENCE_S)
        except Empty:
            # The thread may still get the lock; closing would pull the descriptor from under it, so it is
            # left to the thread, and a descriptor of our own replaces it next time.
            self._descriptor = None
            threading.Thread(
                target=_give_back, args=(answer, descriptor), name="lane-end", daemon=True
            ).start()
            raise StoreUnavailable(
                f"another process has kept the database for more than {PATIENCE_S:.0f} s",
                where=str(self._path),
                next_step="Nothing was changed. Look for a stopped watchfloor process: fuser names it",
            ) from None
        if failure is not None:
            raise failure
        return descriptor


def _give_back(answer: SimpleQueue[OSError | None], descriptor: int) -> None:
    answer.get()
    os.close(descriptor)
