"""Whether the files of a catalog are being written: what is half there must not be taken for what was declared.

A file that is written anew is empty first, and for a moment as short as any prefix of it: read then, it would
declare less than before, and what is declared no longer is forgotten.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STILL_S = 0.5
"""A file that was changed is left alone when it was not for so long, and nobody has it open for writing."""
LONGEST_S = 10.0
"""Writing that lasts longer is told; the last good catalog stays in force until it ends."""
LOOK_AGAIN_S = 0.1
ENDS = (".toml", ".md", ".yml", ".yaml")


class Facts(NamedTuple):
    """What tells that a file is another than a moment ago."""

    path: str
    inode: int
    size: int
    changed_ns: int


def wait_until_still(
    directory: Path,
    *,
    most_s: float = LONGEST_S,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """Waits until nobody writes the files of a catalog; returns the path of one that is still written after `most_s`.

    The answer is an empty text once all are still; at once where all were left alone a while ago.
    """
    ends, seen, since = clock() + most_s, facts(directory), clock()
    if all(_is_old(each) for each in seen) and not _written(seen):
        return ""
    while True:
        pause(LOOK_AGAIN_S)
        now, busy = facts(directory), ""
        if now != seen:
            busy = next((each.path for each in now if each not in seen), str(directory))
            seen, since = now, clock()
        elif clock() - since >= STILL_S:
            busy = _written(now)
            if not busy:
                return ""
        if clock() > ends:
            return busy or _written(now) or str(directory)


def facts(directory: Path) -> tuple[Facts, ...]:
    """Returns what tells whether any file of a catalog changes, in order of their paths."""
    return tuple(sorted(_facts(str(directory))))


def _facts(directory: str) -> Iterator[Facts]:
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith(ENDS) and not name.startswith("."):
                path = os.path.join(folder, name)  # noqa: PTH118 – thousands of them, twice a look
                try:
                    seen = os.stat(path)  # noqa: PTH116 – the same
                except OSError:
                    continue
                yield Facts(path, seen.st_ino, seen.st_size, seen.st_mtime_ns)


def _is_old(file: Facts) -> bool:
    """Tells whether a file was changed a while ago; one said to be changed in the future is looked at again."""
    return time.time() - file.changed_ns / 1e9 >= STILL_S and file.changed_ns <= time.time_ns()


def _written(files: tuple[Facts, ...]) -> str:
    """Returns the path of a file that somebody has open for writing; an empty text where none is."""
    return next((each.path for each in files if is_open_for_writing(each.path)), "")


def is_open_for_writing(path: str) -> bool:
    """Tells whether anybody has a file open for writing; False also where the system cannot tell (another's file)."""
    ask = getattr(fcntl, "F_SETLEASE", None)
    if ask is None:
        return False
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # The kernel gives a lease on reading only where nobody writes. Whoever opens the file while it is held is
        # told by a signal, which is to be one that nobody minds.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, ask, fcntl.F_RDLCK)
        fcntl.fcntl(file, ask, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(file)
    return False
