"""HTTP/1.1 answers, read as they come: status, headers, the first 64 KiB of the body. RFC 9112."""

from __future__ import annotations

import re

from core.errors import BadInput
from core.monitoring.probes.http_chunks import Chunks
from core.printable import printable

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 64 * 1024
_SWITCHING = 101
_WITHOUT_BODY = frozenset({204, 304, _SWITCHING})

# Section 2.2: a line may end in LF alone. All patterns are over bytes: figures are those of ASCII only.
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? +([1-5]\d\d)(?: .*)?\Z", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,18}\Z")
_CHARSET = re.compile(r"charset\s*=\s*\"?(iso-8859-1|latin-?1|windows-1252)", re.IGNORECASE)


class HttpAnswer:
    """Fed with bytes until `done`. Raises BadInput for what is no HTTP."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.seen = 0  # bytes of the body that came
        self.done = False
        self._head = bytearray()
        self._head_size = 0
        self._body = bytearray()
        self._in_body = False
        self._length: int | None = None  # of the body, where the answer says so
        self._chunks: Chunks | None = None

    @property
    def body(self) -> bytes:
        """Returns the first BODY_LIMIT bytes of the body."""
        return bytes(self._body)

    @property
    def text(self) -> str:
        """Returns `body` as text: UTF-8, unless the answer says that it is Latin-1."""
        is_latin = _CHARSET.search(self.headers.get("content-type", "")) is not None
        return self._body.decode("cp1252" if is_latin else "utf-8", "replace")

    @property
    def size(self) -> int:
        """Returns how long the body is: as the answer says, else as much of it as came."""
        return self.seen if self._length is None else self._length

    @property
    def is_cut(self) -> bool:
        """Tells whether there was more of the body than was read."""
        return self.seen > BODY_LIMIT or (self._length or 0) > BODY_LIMIT

    def feed(self, data: bytes) -> None:
        """Takes in bytes."""
        while data and not self.done:
            if self._in_body:
                self._take_body(data)
                return
            data = self._take_head(data)

    def closed(self) -> None:
        """Says that the other side closed; raises BadInput when the answer is not whole."""
        if self.done:
            return
        if not self._in_body:
            raise BadInput("it closed before answering" if not self._head else "it closed within its headers")
        if self._length is not None or self._chunks is not None:
            raise BadInput("it closed within its answer")
        self.done = True

    def where(self) -> str:
        """Returns how far the answer has come, in words that follow "no answer"."""
        if self._in_body:
            return "its body did not end"
        return "its headers did not end" if self._head else "it took the connection, but said nothing"

    def _take_head(self, data: bytes) -> bytes:
        """Takes in bytes of the headers; returns what is behind them."""
        begin = max(len(self._head) - 3, 0)
        self._head += data
        end = _HEAD_END.search(self._head, begin)
        # Interim answers count as well: they could come for ever.
        if self._head_size + (end.end() if end else len(self._head)) > HEAD_LIMIT:
            raise BadInput(f"its headers are longer than {HEAD_LIMIT // 1024} KiB")
        if not b"HTTP/".startswith(self._head[:5]):
            raise _not_http(self._head)
        if end is None:
            return b""
        head, rest = bytes(self._head[: end.start()]), bytes(self._head[end.end() :])
        self._head_size += end.end()
        self._head.clear()
        self._read_head(head)
        return rest

    def _read_head(self, head: bytes) -> None:
        first, *lines = re.split(rb"\r?\n", head)
        status_line = _STATUS_LINE.match(first)
        if status_line is None:
            raise _not_http(first)
        self.status = int(status_line[1])
        if 100 <= self.status < 200 and self.status != _SWITCHING:
            return  # an interim answer; the real one follows
        self._in_body = True
        for line in lines:
            name, _, value = line.decode("latin-1").partition(":")
            name, value = name.strip().lower(), value.strip()
            # Section 5.3 of RFC 9110: several of one name are one, joined by commas.
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        self._read_framing()

    def _read_framing(self) -> None:
        """Finds out where the body ends. RFC 9112, section 6.3."""
        if self.status in _WITHOUT_BODY:
            self.done = True
        elif "chunked" in self.headers.get("transfer-encoding", "").lower():
            self._chunks = Chunks()
        elif "content-length" in self.headers:
            lengths = {each.strip() for each in self.headers["content-length"].split(",")}
            length = lengths.pop()
            if lengths or not _LENGTH.match(length):
                raise BadInput(f"its content-length is {printable(self.headers['content-length'], 40)!r}")
            self._length = int(length)
            self.done = self._length == 0

    def _take_body(self, data: bytes) -> None:
        if self._chunks is not None:
            data = self._chunks.feed(data)
            self.done = self._chunks.done
        elif self._length is not None:
            data = data[: self._length - self.seen]
            self.done = self.seen + len(data) == self._length
        self.seen += len(data)
        self._body += data[: BODY_LIMIT - len(self._body)]
        if self.seen > BODY_LIMIT:
            self.done = True  # enough was seen; an endless body must not keep the look


def _not_http(said: bytes | bytearray) -> BadInput:
    return BadInput(f"what it said is not HTTP: {printable(bytes(said[:200]).decode('latin-1'), 60)!r}")
