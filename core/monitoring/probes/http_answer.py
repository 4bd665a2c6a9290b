"""HTTP/1.1 answers, read as they come: status, headers, the first 64 KiB of the body. RFC 9112."""

from __future__ import annotations

from core.errors import BadInput

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 64 * 1024


class HttpAnswer:
    """Fed with bytes until `done`. Raises BadInput for what is no HTTP."""

    def __init__(self) -> None:
        self.status = 0
        self.reason = ""
        self.headers: dict[str, str] = {}
        self.size = 0
        self.done = False
        self._head = bytearray()
        self._body = bytearray()
        self._in_body = False
        self._left: int | None = None  # bytes still to come, None: until the connection closes
        self._chunks: _Chunks | None = None

    @property
    def body(self) -> bytes:
        """Returns the first BODY_LIMIT bytes of the body."""
        return bytes(self._body)

    def feed(self, data: bytes) -> None:
        """Takes in bytes."""
        if self.done:
            return
        if not self._in_body:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                if len(self._head) > HEAD_LIMIT:
                    raise BadInput(f"its headers are longer than {HEAD_LIMIT // 1024} KiB")
                if len(self._head) >= 5 and not self._head.startswith(b"HTTP/"):
                    raise BadInput("what it said is not HTTP")
                return
            data = bytes(self._head[end + 4 :])
            self._read_head(bytes(self._head[:end]))
            if not self._in_body:
                self._head = bytearray()
                self.feed(data)
                return
        self._take_body(data)

    def closed(self) -> None:
        """Says that the other side closed; raises BadInput when the answer is not whole."""
        if self.done:
            return
        if not self._in_body:
            raise BadInput("it closed before answering" if not self._head else "it closed within its headers")
        if self._left is not None or self._chunks is not None:
            raise BadInput("it closed within its answer")
        self.done = True

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        code, _, self.reason = rest.partition(" ")
        if not version.startswith("HTTP/") or not code.isdigit() or len(code) != 3:
            raise BadInput("what it said is not HTTP")
        self.status = int(code)
        if 100 <= self.status < 200:
            return  # an interim answer; the real one follows
        self._in_body = True
        for line in lines:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        if self.status in {204, 304}:
            self.done = True
        elif "chunked" in self.headers.get("transfer-encoding", "").lower():
            self._chunks = _Chunks()
        elif (length := self.headers.get("content-length")) is not None:
            if not length.isdigit():
                raise BadInput(f"its content-length is {length[:40]!r}")
            self._left = int(length)
            self.done = self._left == 0

    def _take_body(self, data: bytes) -> None:
        if self.done:
            return
        if self._chunks is not None:
            data = self._chunks.feed(data)
            self.done = self._chunks.done
        elif self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
            self.done = self._left == 0
        self.size += len(data)
        self._body += data[: BODY_LIMIT - len(self._body)]
        if len(self._body) >= BODY_LIMIT:
            self.done = True  # enough was seen; an endless body must not keep the look


class _Chunks:
    """Takes the framing off a chunked body."""

    def __init__(self) -> None:
        self.done = False
        self._buffer = bytearray()
        self._left = 0
        self._trailer = False

    def feed(self, data: bytes) -> bytes:
        self._buffer += data
        found = bytearray()
        while self._buffer and not self.done:
            if self._left > 0:
                taken = self._buffer[: self._left]
                found += taken
                del self._buffer[: len(taken)]
                self._left -= len(taken)
                if self._left == 0:
                    self._left = -2  # the line end behind the data
                continue
            if self._left < 0:
                gone = min(-self._left, len(self._buffer))
                del self._buffer[:gone]
                self._left += gone
                continue
            end = self._buffer.find(b"\r\n")
            if end < 0:
                if len(self._buffer) > HEAD_LIMIT:
                    raise BadInput("a chunk's length never ends")
                break
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 2]
            self._line(line)
        return bytes(found)

    def _line(self, line: bytes) -> None:
        if self._trailer:
            self.done = not line
            return
        text = line.split(b";")[0].strip()
        try:
            self._left = int(text, 16)
        except ValueError:
            raise BadInput(f"a chunk's length is {text[:20]!r}") from None
        self._trailer = self._left == 0
