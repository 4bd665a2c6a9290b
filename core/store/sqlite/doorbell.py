"""The doorbell: after a commit the writer sends one datagram to every listening process.

A hint only, and a fast one (well under a millisecond): who misses it reads within half a second
all the same, because every listener also asks the database whether it changed. A commit that changed
nothing anybody shows is announced as that, so that nobody who asks takes it for news. Each listener binds a
socket in a folder beside the database; a socket nobody listens at is removed by whoever finds it.
"""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 100
"""A socket's address may have 107 bytes on Linux, fewer elsewhere."""
NEWS, NO_NEWS = b"!", b"."
"""What is sent for a commit: that there is something to read, or that there is nothing anybody shows."""


class _Folder:
    """Names in a folder, short enough for a socket address however long the folder's own name is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1

    def open(self) -> bool:
        """Opens the folder; False when it does not exist or its sockets cannot be addressed."""
        if self._handle >= 0:
            return True
        try:
            self._handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return False
        return len(os.fsencode(self.path)) < _LONGEST - 24 or sys.platform == "linux"

    def address(self, name: str) -> str:
        direct = f"{self.path}/{name}"
        return direct if len(os.fsencode(direct)) < _LONGEST else f"/proc/self/fd/{self._handle}/{name}"

    def names(self) -> list[str]:
        return os.listdir(self._handle)  # noqa: PTH208  (by handle: the name may be too long)

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._handle)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class Bell:
    """The writer's side: rings at every listener."""

    def __init__(self, folder: Path) -> None:
        self._folder = _Folder(folder)
        self._socket: socket.socket | None = None

    def ring(self) -> None:
        """Sends every listener the hint; never waits, never fails."""
        self._send(NEWS)

    def hush(self) -> None:
        """Tells every listener that what was just committed is nothing to wake up for; never waits, never fails."""
        self._send(NO_NEWS)

    def _send(self, hint: bytes) -> None:
        if not self._folder.open():
            return
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        for name in self._folder.names():
            try:
                self._socket.sendto(hint, self._folder.address(name))
            except OSError as error:
                # A full queue means the listener has a hint waiting already.
                if error.errno in {errno.ECONNREFUSED, errno.ENOENT}:
                    self._folder.remove(name)

    def close(self) -> None:
        """Frees the socket; ringing again opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._folder.close()


class Listener:
    """The reader's side: a socket that becomes readable when somebody committed.

    Where no socket can be made beside the database (a disk mounted for reading only) it never does: every
    listener asks the database too.
    """

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self._folder = _Folder(folder)
        self._name = ""
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        with suppress(OSError):
            folder.mkdir(mode=0o770, exist_ok=True)
            if self._folder.open():
                self.socket.bind(self._folder.address(name))
                self._name = name

    def drain(self) -> bool:
        """Forgets the hints that came so far; tells whether there was news among them."""
        found = False
        with suppress(BlockingIOError):
            while True:
                found |= self.socket.recv(16) != NO_NEWS
        return found

    def close(self) -> None:
        """Stops listening."""
        self.socket.close()
        if self._name:
            self._folder.remove(self._name)
        self._folder.close()
