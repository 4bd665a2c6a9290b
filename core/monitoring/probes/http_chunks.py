"""The framing of a chunked body, taken off. RFC 9112, section 7.1."""

from __future__ import annotations

import re

from core.errors import BadInput
from core.printable import printable

LINE_LIMIT = 16 * 1024
TRAILER_LIMIT = 32 * 1024
_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,15})\s*(?:;.*)?\Z", re.DOTALL)


class Chunks:
    """Fed with bytes until `done`. Raises BadInput for what is no chunk."""

    def __init__(self) -> None:
        self.done = False
        self._buffer = b""
        self._left = 0  # bytes of data still to come in this chunk
        self._behind_data = False
        self._in_trailer = False
        self._trailer_size = 0

    def feed(self, data: bytes) -> bytes:
        """Takes in bytes; returns the data among them."""
        buffer, place, found = self._buffer + data, 0, bytearray()
        while place < len(buffer) and not self.done:
            if self._left:
                piece = buffer[place : place + self._left]
                found += piece
                place += len(piece)
                self._left -= len(piece)
                self._behind_data = not self._left
                continue
            end = buffer.find(b"\n", place)
            if (end if end >= 0 else len(buffer)) - place > LINE_LIMIT:
                raise BadInput("a chunk's length never ends")
            if end < 0:
                break
            self._take_line(buffer[place:end].removesuffix(b"\r"))
            place = end + 1
        self._buffer = buffer[place:]
        return bytes(found)

    def _take_line(self, line: bytes) -> None:
        if self._in_trailer:
            self.done = not line
            self._trailer_size += len(line) + 2
            if self._trailer_size > TRAILER_LIMIT:
                raise BadInput("its trailers never end")
        elif self._behind_data:
            if line:
                raise BadInput("a chunk is longer than it says")
            self._behind_data = False
        else:
            size = _SIZE.match(line)
            if size is None:
                raise BadInput(f"a chunk's length is {printable(line[:40].decode('latin-1'), 20)!r}")
            self._left = int(size[1], 16)
            self._in_trailer = self._left == 0
