"""How full the write-ahead log is, asked of the file itself: two short reads, no state to keep or lose.

The log is not cut when it was emptied but written over from its start: a commit that makes a file longer
costs twice the sync of one that does not. So its size says nothing. Each time it begins anew SQLite
gives its header other salts, and every frame bears the salts of its time (the file format is on
sqlite.org, "WAL-mode File Format"): a frame with the header's salts was written since.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_PAGE_SIZE, _SALTS, _FRAME_SALTS = slice(8, 12), slice(16, 24), slice(8, 16)


class Log:
    """The log beside one database, to be emptied each time it has grown by `bytes_`.

    It may be opened and closed freely: SQLite keeps its locks on the other two files.
    """

    def __init__(self, path: Path, bytes_: int) -> None:
        self._path = path
        self._bytes = bytes_
        self._descriptor = -1
        self._salts = b""
        self._due_at, self._step = 0, 0

    def is_due(self) -> bool:
        """Tells whether the log should be emptied now. Nobody may be writing to it."""
        try:
            if self._descriptor < 0:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            header = os.pread(self._descriptor, _HEADER_BYTES, 0)
            if len(header) < _HEADER_BYTES:
                return False
            frame = _FRAME_HEADER_BYTES + int.from_bytes(header[_PAGE_SIZE], "big")
            if header[_SALTS] != self._salts:
                self._salts, self._step = header[_SALTS], self._bytes // frame
                self._due_at = self._step
            last = os.pread(self._descriptor, _FRAME_HEADER_BYTES, _HEADER_BYTES + self._due_at * frame)
        except OSError:
            return False  # it can be emptied another time; the commit stands
        return last[_FRAME_SALTS] == self._salts

    def note_tried(self, frames: int) -> None:
        """Notes that emptying was tried at so many frames.

        Where a reader stood in the way the log goes on growing, and is due again when it has grown by as much.
        """
        self._due_at = max(frames, self._due_at) + self._step

    def close(self) -> None:
        """Closes the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._salts = b""
