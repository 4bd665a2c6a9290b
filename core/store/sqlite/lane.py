"""The lane: a queue in front of the one writer that SQLite allows.

SQLite's busy handler sleeps and tries again, so that under load one writer waits for seconds while
another commits a hundred times. A blocking flock is no queue either: who has just let go of it is still
running, and takes it again before the one it woke. So each who comes draws a number and waits for the
one before to let go of its number, which nobody else waits for; then for the lane itself, which alone
decides who is in. All three are locks of the kernel, on files of their own (opening and closing the
database file itself would drop SQLite's own locks), so that a killed process lets go of all of them.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NoReturn

from core.errors import StoreBusy, StoreUnavailable
from core.store.sqlite.numbers import Numbers
from core.store.sqlite.sharing import to_share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 10.0


class Lane:
    """One process's place in the queue of writers. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lane = -1
        self._numbers: Numbers | None = None
        self._usher: _Usher | None = None

    @property
    def path(self) -> Path:
        """Returns the file of the lane itself."""
        return self._path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lane; raises StoreBusy when another process keeps it for PATIENCE_S."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Waits for the lane; raises StoreBusy when another process keeps it for PATIENCE_S."""
        numbers = self._open()
        try:
            numbers.draw(at_once=True)
            numbers.wait_for_the_one_before(at_once=True)
            fcntl.flock(self._lane, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(numbers)
        except OSError as error:
            self._refuse(error)

    def leave(self) -> None:
        """Lets the next one in."""
        fcntl.flock(self._lane, fcntl.LOCK_UN)
        if self._numbers is not None:
            self._numbers.give_back()

    def close(self) -> None:
        """Gives up both files."""
        if self._usher is not None:
            self._usher.end()
        elif self._numbers is not None:
            os.close(self._lane)
            self._numbers.close()
        self._lane, self._numbers, self._usher = -1, None, None

    def _open(self) -> Numbers:
        if self._numbers is None:
            numbers = Numbers(self._opened(self._path.with_name(self._path.name + ".numbers")))
            try:
                self._lane = self._opened(self._path)
            except StoreUnavailable:
                numbers.close()
                raise
            self._numbers = numbers
        return self._numbers

    def _opened(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as error:
            raise StoreUnavailable(
                f"cannot be written: {error.strerror}",
                where=str(path),
                next_step=to_share(self._path.with_suffix(""))
                if path.exists()
                else "Give this user the right to write the database's folder",
            ) from error

    def _wait(self, numbers: Numbers) -> None:
        """Queues in the kernel; in a thread of its own, for a blocked flock cannot be given a time to end."""
        if self._usher is None:
            self._usher = _Usher(numbers, self._lane)
        try:
            failure = self._usher.wait(PATIENCE_S)
        except Empty:
            self.close()
            raise StoreBusy(
                f"another process has kept the database for more than {PATIENCE_S:.0f} s",
                where=str(self._path),
                next_step="Nothing was changed. Look for a stopped watchfloor process: fuser names it",
            ) from None
        if failure is not None:
            self._refuse(failure)

    def _refuse(self, failure: OSError) -> NoReturn:
        self.close()
        raise StoreUnavailable(
            f"cannot be locked: {failure.strerror}",
            where=str(self._path),
            next_step="Put the database on a disk of this machine",
        ) from failure


class _Usher:
    """A thread that waits for its number's turn and then for the lane, each time it is asked to.

    Both files are the thread's from its start: it may be blocked in the kernel when it is told to end,
    and closes them, giving the lane back, when it comes out.
    """

    def __init__(self, numbers: Numbers, lane: int) -> None:
        self._numbers, self._lane = numbers, lane
        self._asked: SimpleQueue[bool] = SimpleQueue()
        self._told: SimpleQueue[OSError | None] = SimpleQueue()
        threading.Thread(target=self._serve, name="lane", daemon=True).start()

    def wait(self, seconds: float) -> OSError | None:
        """Returns None once the lane is held, or why it cannot be; raises Empty after so long."""
        self._asked.put(True)
        return self._told.get(timeout=seconds)

    def end(self) -> None:
        """Gives up both locks and both files, at once or as soon as the kernel lets go."""
        self._asked.put(False)

    def _serve(self) -> None:
        try:
            while self._asked.get():
                self._told.put(self._queue())
        finally:
            os.close(self._lane)
            self._numbers.close()

    def _queue(self) -> OSError | None:
        try:
            self._numbers.draw(at_once=False)
            self._numbers.wait_for_the_one_before(at_once=False)
            fcntl.flock(self._lane, fcntl.LOCK_EX)
        except OSError as error:
            return error
        return None
