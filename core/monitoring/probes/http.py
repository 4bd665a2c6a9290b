"""`http`: one GET over a new connection; its status, its words, how long each part took."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.errors import BadInput
from core.monitoring.model import Metric
from core.monitoring.probes.certificate import not_after
from core.monitoring.probes.context import bad, good
from core.monitoring.probes.http_answer import HttpAnswer
from core.monitoring.probes.names import address_of, why
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from core.catalog.model import HttpTarget
    from core.monitoring.model import Reading


@lru_cache(maxsize=2)
def _tls(*, verify: bool) -> ssl.SSLContext:
    """Making one costs more than a whole plain look; two serve every probe."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class HttpProber:
    """Asks for one URL again and again."""

    def __init__(self, target: HttpTarget) -> None:
        self._target = target
        parts = urlsplit(target.url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._place = f"{self._host}:{self._port}"
        self._body = re.compile(target.body.encode()) if target.body else None
        self._request = self._request_bytes(parts.netloc.rpartition("@")[2])

    def _request_bytes(self, host: str) -> bytes:
        headers = {"Host": host, "User-Agent": "watchfloor", "Accept": "*/*", "Connection": "close"}
        headers.update(self._target.headers)
        lines = [f"GET {self._path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    async def look(self, timeout_s: float) -> Reading:
        """Asks once."""
        exchange = _Exchange(self._request)
        try:
            async with asyncio.timeout(timeout_s):
                address = await address_of(self._host)
                exchange.step("dns")
                transport, _ = await asyncio.get_running_loop().create_connection(
                    lambda: exchange, address, self._port,
                    ssl=_tls(verify=self._target.verify_certificate) if self._is_tls else None,
                    server_hostname=self._host if self._is_tls else None,
                )  # fmt: skip
                try:
                    await exchange.finished
                finally:
                    transport.abort()
        except TimeoutError:
            return bad(f"no answer from {self._place} within {timeout_s:g} s", phases=exchange.phases())
        except ssl.SSLCertVerificationError as error:
            return bad(f"the certificate of {self._place} is refused: {error.verify_message}")
        except ssl.SSLError as error:
            return bad(f"no TLS with {self._place}: {(error.reason or str(error)).lower().replace('_', ' ')}")
        except BadInput as error:
            return bad(f"{self._place}{self._path}: {error.what}", phases=exchange.phases())
        except OSError as error:
            words = f"{why(error)} by" if isinstance(error, ConnectionError) else f"{why(error)}:"
            return bad(f"{words} {self._place}", phases=exchange.phases())
        return self._judge(exchange)

    def _judge(self, exchange: _Exchange) -> Reading:
        answer, took = exchange.answer, exchange.total_s
        metrics = [Metric("latency_ms", took * 1000, "ms"), Metric("size_bytes", float(answer.size), "B")]
        if exchange.certificate:
            left = not_after(exchange.certificate) - utc_now()
            metrics.append(Metric("certificate_days", left.total_seconds() / 86400, "d"))
        phases = exchange.phases()
        if answer.status not in self._target.status:
            expected = " or ".join(map(str, self._target.status))
            words = f"answered {_status_words(answer.status)} from {self._path} (expected {expected})"
            return bad(words, *metrics, phases=phases)
        if self._body is not None and not self._body.search(answer.body):
            return bad(f"{self._path} does not say {self._target.body!r}", *metrics, phases=phases)
        return good(
            f"{_status_words(answer.status)} from {self._path} in {took * 1000:.0f} ms",
            *metrics,
            phases=phases,
        )

    async def close(self) -> None:
        """Holds nothing between looks."""


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _Exchange(asyncio.Protocol):
    """One request and its answer, with the instant of each part."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._steps: list[tuple[str, float]] = []
        self._began = time.perf_counter()
        self.answer = HttpAnswer()
        self.certificate: bytes | None = None
        self.total_s = 0.0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def step(self, name: str) -> None:
        self._steps.append((name, time.perf_counter()))

    def phases(self) -> tuple[tuple[str, float], ...]:
        before, found = self._began, []
        for name, at in self._steps:
            found.append((name, at - before))
            before = at
        return (*found, ("total", (self.total_s or time.perf_counter() - self._began)))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        tls = transport.get_extra_info("ssl_object")
        self.step("connect" if tls is None else "connect+tls")
        if tls is not None:
            self.certificate = tls.getpeercert(binary_form=True)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.answer.status:
            self.step("first_byte")
        try:
            self.answer.feed(data)
        except BadInput as error:
            self._finish(error)
            return
        if self.answer.done:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.finished.done():
            return
        if exc is not None:
            self._finish(exc)
            return
        try:
            self.answer.closed()
        except BadInput as error:
            self._finish(error)
        else:
            self._finish()

    def _finish(self, error: Exception | None = None) -> None:
        self.total_s = time.perf_counter() - self._began
        if self.finished.done():
            return
        if error is None:
            self.finished.set_result(None)
        else:
            self.finished.set_exception(error)
