"""Following a file by name: appended, truncated, written anew, renamed away and made anew. No line twice, none lost.

What is followed is the open file, so that a file renamed away is read to its end, also when its writer
goes on for a while. What cannot be seen: a file that came and went by renaming between two looks.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Take = Callable[[bytes], bool]
    """Takes a line without its end; tells whether it is one that is looked for."""

MOST_AT_ONCE = 4 * 1024 * 1024
AT_A_TIME = 64 * 1024
LONGEST_PIECE = 64 * 1024
OVERLAP = 1024
"""What is looked for is found in a longer line as well, where it is not itself longer than this."""
MARK = 64
KEEP_OLD_S = 60.0
MOST_OLD = 4


class NotAFile(OSError):
    """What goes by the name is a folder, a pipe or a device."""


class Follower:
    """Reads the new lines of whatever file goes by a name. What stood in it at the first look is not new."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._current: _OpenFile | None = None
        self._old: list[_OpenFile] = []
        self._began = False

    def read_new(self, take: Take) -> int:
        """Gives each new line to `take`, reading at most MOST_AT_ONCE bytes; returns how many are left for the next time.

        Raises OSError when the file is there but cannot be read.
        """
        self._notice_change()
        left, budget = 0, MOST_AT_ONCE
        for file in [*self._old, *([self._current] if self._current else [])]:
            before = file.read_to
            left += file.read(take, budget)
            budget -= max(file.read_to - before, 0)
        self._let_go(take)
        return left

    def close(self) -> None:
        """Lets go of the file."""
        for file in [*self._old, *([self._current] if self._current else [])]:
            file.close()
        self._old, self._current = [], None

    def _notice_change(self) -> None:
        """Opens the file that goes by the name now, if it is another than before."""
        current = self._current
        try:
            found = os.stat(self._path)  # noqa: PTH116  (asked at every look)
            if current is not None and current.place == (found.st_dev, found.st_ino):
                return
            opened: _OpenFile | None = _OpenFile.open(self._path, at_end=not self._began)
        except FileNotFoundError:
            opened = None
        self._began = True
        if current is not None:
            current.old_since = time.monotonic()
            self._old.append(current)
        self._current = opened

    def _let_go(self, take: Take) -> None:
        """Closes files that were renamed away and have been quiet for a while."""
        limit = time.monotonic() - KEEP_OLD_S
        for file in list(self._old):
            file.end_quiet_line(take)
            if file.is_read_out and file.old_since < limit:
                self._drop(file)
        for file in self._old[:-MOST_OLD]:
            self._drop(file)

    def _drop(self, file: _OpenFile) -> None:
        file.close()
        self._old.remove(file)


@dataclass(slots=True)
class _OpenFile:
    """An open file and how far it was read."""

    handle: int
    place: tuple[int, int]  # device and inode
    read_to: int
    mark: bytes  # the last bytes before `read_to`: when they are others, the file was written anew
    rest: bytes = b""  # of a line that has not ended yet
    is_taken: bool = False  # that line was one looked for, in an earlier piece of it
    is_read_out: bool = False
    grew: bool = False
    old_since: float = 0.0

    @classmethod
    def open(cls, path: str, *, at_end: bool) -> _OpenFile:
        # Without blocking: a pipe by that name would wait for its other end.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            os.close(handle)
            raise NotAFile(0, "it is not a regular file")
        file = cls(handle, (found.st_dev, found.st_ino), found.st_size if at_end else 0, b"")
        begin = max(file.read_to - MARK, 0)
        file.mark = os.pread(handle, file.read_to - begin, begin)
        return file

    def close(self) -> None:
        with suppress(OSError):  # a failed write-back of a network file is not ours to tell
            os.close(self.handle)

    def read(self, take: Take, most: int) -> int:
        """Gives new lines to `take`; returns how many bytes are left."""
        if self._was_written_anew():
            self._end_line(self.rest, take)
            self.read_to, self.rest, self.mark = 0, b"", b""
        began, end = self.read_to, self.read_to + most
        while self.read_to < end:
            data = os.pread(self.handle, min(AT_A_TIME, end - self.read_to), self.read_to)
            if not data:
                break
            self.read_to += len(data)
            self.mark = (self.mark + data)[-MARK:]
            self._take_lines(data, take)
        self.grew = self.read_to > began
        left = max(os.fstat(self.handle).st_size - self.read_to, 0)
        self.is_read_out = left == 0
        return left

    def end_quiet_line(self, take: Take) -> None:
        """Takes the last line of a file that was renamed away, though nothing ended it, once nothing more comes."""
        if self.is_read_out and not self.grew and self.rest:
            self._end_line(self.rest, take)
            self.rest = b""

    def _was_written_anew(self) -> bool:
        if os.fstat(self.handle).st_size < self.read_to:
            return True
        return os.pread(self.handle, len(self.mark), self.read_to - len(self.mark)) != self.mark

    def _take_lines(self, data: bytes, take: Take) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self._end_line(line, take)
        if len(self.rest) > LONGEST_PIECE:
            self.is_taken = self.is_taken or take(self.rest)
            self.rest = self.rest[-OVERLAP:]

    def _end_line(self, line: bytes, take: Take) -> None:
        if line and not self.is_taken:
            take(line.removesuffix(b"\r"))
        self.is_taken = False
