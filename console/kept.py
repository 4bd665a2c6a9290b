"""Small files of a person: texts by place and field, read at the start and written soon after each change.

A file is written whole and renamed, so that it is never half there. Where it cannot be written (a full
disk) that is said once, the texts stay in memory, and it is tried again until it succeeds.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

Texts = dict[str, dict[str, str]]
"""{place: {field: text}}."""
WRITE_AFTER_S = 0.3
AGAIN_S = 5.0
Say = Callable[[str, bool], None]
"""Tells the person one line, and whether it is bad; called on any thread."""


def read_texts(path: Path) -> Texts:
    """Returns what a file keeps, nothing where there is none; raises ValueError when it cannot be understood, or OSError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(k): {str(f): str(t) for f, t in v.items()} for k, v in found["drafts"].items()}
    except FileNotFoundError:
        return {}
    except (KeyError, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"not a file of texts: {error}") from error


def write_texts(path: Path, texts: Texts) -> None:
    """Writes what a file is to keep, all of it or nothing; raises OSError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"drafts": texts}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def lock(path: Path, *, wait: bool) -> IO[bytes] | None:
    """Returns the lock on a file, held until it is closed or this process ends; None where another has it.

    The lock is a file beside it, which is never replaced. Raises OSError where there can be none.
    """
    held = path.with_suffix(".lock").open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        held.close()
        return None
    except OSError:
        held.close()
        raise
    return held


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock on a file for a moment; raises OSError where there can be none."""
    held = lock(path, wait=True)
    assert held is not None
    with held:
        yield


class SoonWritten:
    """Has `write` called soon after a change, and again for as long as it raises OSError."""

    def __init__(self, what: str, write: Callable[[], None], say: Say) -> None:
        self._what, self._write_file, self._say = what, write, say
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._is_failing = False

    def changed(self) -> None:
        """Notes that there is something to write."""
        self._write_after(WRITE_AFTER_S)

    def flush(self) -> None:
        """Writes now what waits to be written."""
        with self._lock:
            waiting, self._timer = self._timer, None
        if waiting is not None:
            waiting.cancel()
            self._write()

    def _write_after(self, seconds: float) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(seconds, self._write_now)
                self._timer.daemon = True
                self._timer.start()

    def _write_now(self) -> None:
        with self._lock:
            self._timer = None
        self._write()

    def _write(self) -> None:
        try:
            self._write_file()
        except OSError as error:
            if not self._is_failing:
                why = f"{self._what} are kept in memory only: {error.strerror}; tried again until it works"
                self._say(why, True)
            self._is_failing = True
            self._write_after(AGAIN_S)
            return
        if self._is_failing:
            self._is_failing = False
            self._say(f"{self._what} are kept on disk again", False)
