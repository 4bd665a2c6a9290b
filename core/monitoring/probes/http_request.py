"""The request an `http` probe sends, made once."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from core.catalog.model import HttpTarget


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Where to ask, and the bytes to send. `path` is for people: it holds nothing of the query, which may be secret."""

    host: str
    port: int
    is_tls: bool
    path: str
    data: bytes

    @classmethod
    def of(cls, target: HttpTarget) -> Self:
        """Returns the request for a target whose URL was checked. RFC 9112, section 3.2."""
        parts = urlsplit(target.url)
        is_tls = parts.scheme == "https"
        host = parts.hostname or ""
        port = parts.port or (443 if is_tls else 80)
        path = parts.path or "/"
        return cls(host, port, is_tls, path, _written(target, parts, path))


def _written(target: HttpTarget, parts: SplitResult, path: str) -> bytes:
    headers = {"Host": _host(parts), "User-Agent": "watchfloor", "Accept": "*/*", "Connection": "close"}
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(secret.encode()).decode()}"
    spelled = {name.lower(): name for name in headers}
    for name, value in target.headers:
        headers[spelled.get(name.lower(), name)] = value
    asked = _ascii(path) + (f"?{_ascii(parts.query)}" if parts.query else "")
    lines = [f"GET {asked} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _ascii(text: str) -> str:
    """Quotes what a request line cannot hold; all else is sent as it was written."""
    return re.sub(r"[^\x21-\x7e]+", lambda found: quote(found[0]), text)


def _host(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host  # no name at all; the look will say so
