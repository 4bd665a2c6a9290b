"""A mail taken apart into its leaves while it is read, in little memory: of what is no text only the size is kept.

Whatever is wrong in a mail, something comes out: a boundary that is missing ends with its container, parts too many or
nested too deep are counted and left out, a line of any length is one line. Nothing here raises for what a mail holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from email.message import Message

HEADERS_KEPT: Final = 64 * 1024
TEXT_KEPT: Final = 256 * 1024
"""Bytes that are kept of one leaf of text, as it is written in the mail."""
MOST_LEAVES, DEEPEST = 100, 20
_CHUNK = 64 * 1024
_KEPT = frozenset({"text", "message", "multipart"})


class Lines(Protocol):
    """What a mail is read from: a file, or anything else that gives its lines in order."""

    def readline(self, limit: int, /) -> bytes:
        """Returns the next line with its end, or so many bytes of it; nothing at the end."""
        ...


@dataclass(slots=True)
class Leaf:
    """A part that holds no others: its headers, what is kept of its content, its whole length as written, where it lies."""

    headers: Message
    content: bytes
    length: int
    containers: tuple[
        str, ...
    ]  # the kinds of the multiparts around it, outermost first: `mixed`, `alternative`

    @property
    def kind(self) -> str:
        """Returns its content type in small letters; a multipart that nothing divides is text."""
        is_undivided = self.headers.get_content_maintype() == "multipart"
        return "text/plain" if is_undivided else self.headers.get_content_type()


@dataclass(slots=True)
class Parts:
    """A mail: its headers, its leaves in order, how many were left out, and its length in bytes."""

    headers: Message
    leaves: list[Leaf]
    left_out: int
    length: int


def parts_of(file: Lines) -> Parts:
    """Returns the parts of a mail that is read from its beginning to its end, a chunk at a time."""
    return _Reader(file).read()


class _Container:
    """A multipart that is open: the line that divides it, and its kind."""

    def __init__(self, boundary: bytes, kind: str) -> None:
        self.line, self.kind = b"--" + boundary, kind

    def sort(self, line: bytes) -> str:
        """Tells what a line is to this container: `next` part, `end`, or nothing."""
        bare = line.rstrip(b" \t\r\n")
        if bare == self.line:
            return "next"
        return "end" if bare == self.line + b"--" else ""


class _Reader:
    def __init__(self, file: Lines) -> None:
        self._file = file
        self._open: list[_Container] = []
        self._leaves: list[Leaf] = []
        self._left_out = self._length = 0
        self._at_start = True
        self._back = b""

    def read(self) -> Parts:
        headers = self._headers()
        self._content(headers)
        return Parts(headers, self._leaves, self._left_out, self._length)

    def _line(self) -> tuple[bytes, bool]:
        """Returns the next line, or the next piece of a long one, and whether it is a line's beginning."""
        if self._back:
            line, self._back = self._back, b""
            return line, True
        line = self._file.readline(_CHUNK)
        starts, self._at_start = self._at_start, line.endswith(b"\n")
        self._length += len(line)
        return line, starts

    def _headers(self) -> Message:
        """Reads a block of headers: to an empty line, or to what is no header any more, which is left for what follows."""
        held: list[bytes] = []
        size = 0
        while True:
            line, starts = self._line()
            if not line or (starts and line in {b"\n", b"\r\n"}):
                break
            is_divided = starts and any(each.sort(line) for each in self._open)
            if is_divided or (
                starts and not held and not _HEADER.match(line) and not line.startswith(b"From ")
            ):
                self._back = line
                break
            size += len(line)
            if size <= HEADERS_KEPT:
                held.append(line)
        return _parsed(b"".join(held))

    def _content(self, headers: Message) -> None:
        """Reads what follows the headers of the whole mail, to its end."""
        current: Message | None = headers
        while current is not None:
            if len(self._leaves) >= MOST_LEAVES:
                self._count_the_rest()
                return
            boundary = current.get_boundary()
            is_container = current.get_content_maintype() == "multipart" and boundary is not None
            if is_container and boundary is not None and len(self._open) < DEEPEST:
                raw = (
                    boundary.encode("ascii", "surrogateescape")
                    if boundary.isascii()
                    else boundary.encode("utf-8", "surrogateescape")
                )
                self._open.append(_Container(raw.rstrip(), current.get_content_subtype()))
                sort = self._skip()
            else:
                sort = self._leaf(current)
            while sort == "end":
                sort = self._skip()
            if not sort:
                return
            current = self._headers()

    def _skip(self) -> str:
        """Reads on to the next dividing line, keeping nothing; returns what it is, empty at the end of the mail."""
        while True:
            line, starts = self._line()
            if not line:
                return ""
            if starts and (sort := self._divides(line)):
                return sort

    def _leaf(self, headers: Message) -> str:
        """Reads a leaf to the next dividing line; returns what that is, empty at the end of the mail."""
        kept: list[bytes] = []
        size = length = 0
        limit = TEXT_KEPT if headers.get_content_maintype() in _KEPT else 0
        where = tuple(each.kind for each in self._open)
        sort = ""
        while True:
            line, starts = self._line()
            if not line:
                break
            if starts and (sort := self._divides(line)):
                break
            length += len(line)
            if size < limit:
                kept.append(line[: limit - size])
                size += len(kept[-1])
        self._leaves.append(Leaf(headers, b"".join(kept), length, where))
        return sort

    def _count_the_rest(self) -> None:
        """Reads to the end of the mail and counts the parts that are left out."""
        self._left_out += 1
        while sort := self._skip():
            self._left_out += sort == "next"

    def _divides(self, line: bytes) -> str:
        """Tells what a line is to the innermost container that knows it; those inside of that one have ended."""
        if not line.startswith(b"--"):
            return ""
        for depth in range(len(self._open) - 1, -1, -1):
            if sort := self._open[depth].sort(line):
                del self._open[depth + (sort == "next") :]
                return sort
        return ""


_FOLDED = re.compile(rb"\r?\n(?=[ \t])")
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")


def _parsed(block: bytes) -> Message:
    """Returns the headers of a block; a line that is none, such as an mbox's `From `, ends nothing."""
    lines = _FOLDED.sub(b" ", block).splitlines()
    kept = [line for line in lines if _HEADER.match(line)]
    return BytesHeaderParser().parsebytes(b"\n".join(kept) + b"\n\n")
