"""The numbers that writers draw: each waits for the one before, and nobody can pass (a CLH queue).

T. Craig, Building FIFO and priority-queuing spin locks from atomic swap, 1993. A number is a lock on one
byte of a file, far behind its contents; the contents are the number to be drawn next. Where one cannot be drawn (the
disk is full, the kernel has no locks that belong to an open file) nothing is lost but the order.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct

_FIRST_BYTE = 1 << 32
_COUNT = 1 << 40
_BYTES = 8
_SET, _SET_WAITING = getattr(fcntl, "F_OFD_SETLK", None), getattr(fcntl, "F_OFD_SETLKW", None)


class Numbers:
    """One open file's place in the queue. Used by one thread at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._mine: int | None = None

    def draw(self, *, at_once: bool) -> None:
        """Draws the next number, unless one is held; raises BlockingIOError when another is drawing and it must be `at_once`."""
        if self._mine is not None or _SET is None:
            return
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if at_once else 0))
        try:
            number = int.from_bytes(os.pread(self._descriptor, _BYTES, 0), "big") % _COUNT
            self._lock(_SET, fcntl.F_WRLCK, number)
            self._mine = number
            os.pwrite(self._descriptor, ((number + 1) % _COUNT).to_bytes(_BYTES, "big"), 0)
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EACCES, errno.ENOSPC, errno.EDQUOT, errno.EINVAL}:
                raise
            # No number, no order: the lane decides. One that was locked and not written keeps nobody waiting.
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def wait_for_the_one_before(self, *, at_once: bool) -> None:
        """Returns when the one before is through; raises BlockingIOError when it is not and it must be `at_once`."""
        if self._mine is None:
            return
        before = (self._mine - 1) % _COUNT
        command = _SET if at_once else _SET_WAITING
        assert command is not None
        self._lock(command, fcntl.F_WRLCK, before)
        self._lock(command, fcntl.F_UNLCK, before)

    def give_back(self) -> None:
        """Lets the one behind through."""
        if self._mine is not None and _SET is not None:
            self._lock(_SET, fcntl.F_UNLCK, self._mine)
            self._mine = None

    def close(self) -> None:
        """Closes the file, and with it gives back what is held."""
        os.close(self._descriptor)

    def _lock(self, command: int, kind: int, number: int) -> None:
        # struct flock: type, whence, start, length, process (0 for a lock of the open file), padding
        wanted = struct.pack("hhqqi0q", kind, os.SEEK_SET, _FIRST_BYTE + number, 1, 0)
        fcntl.fcntl(self._descriptor, command, wanted)
