"""`http`: one GET over a new connection; its status, its words, how long each part took."""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.monitoring.model import Metric
from core.monitoring.probes.certificate import not_after
from core.monitoring.probes.connecting import failure, nameless, open_socket, place_of
from core.monitoring.probes.context import bad, good
from core.monitoring.probes.http_answer import BODY_LIMIT, HttpAnswer
from core.monitoring.probes.http_request import HttpRequest
from core.monitoring.probes.phases import Phases
from core.monitoring.probes.within import look_within
from core.timekeeping import utc_now

if TYPE_CHECKING:
    import socket

    from core.catalog.model import HttpTarget
    from core.monitoring.model import Reading

AT_A_TIME = 64 * 1024


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
        self._request = HttpRequest.of(target)
        self._place = place_of(self._request.host, self._request.port)
        self._body = re.compile(target.body) if target.body else None

    async def look(self, timeout_s: float) -> Reading:
        """Asks once."""
        exchange = _Exchange(self._request.data)
        return await look_within(timeout_s, self._ask(exchange), lambda: self._late(exchange, timeout_s))

    async def close(self) -> None:
        """Holds nothing between looks."""

    async def _ask(self, exchange: _Exchange) -> Reading:
        phases = exchange.phases
        try:
            await self._exchange(exchange)
        except ssl.SSLCertVerificationError as error:
            words = f"the certificate of {self._place} is refused: {error.verify_message}"
            return bad(words, phases=phases.as_tuple())
        except ssl.SSLError as error:
            reason = (error.reason or str(error)).lower().replace("_", " ")
            return bad(f"no TLS with {self._place}: {reason}", phases=phases.as_tuple())
        except BadInput as error:
            return bad(f"{self._place}{self._request.path}: {error.what}", phases=phases.as_tuple())
        except (OSError, UnicodeError) as error:
            return failure(error, self._place, phases.as_tuple())
        return self._judge(exchange)

    async def _exchange(self, exchange: _Exchange) -> None:
        sock = await open_socket(self._request.host, self._request.port, exchange.phases.step)
        if self._request.is_tls:
            await self._over_tls(sock, exchange)
        else:
            await self._over_plain(sock, exchange)
        if exchange.error is not None:
            raise exchange.error

    async def _over_plain(self, sock: socket.socket, exchange: _Exchange) -> None:
        """Asks over the socket itself: half the cost of a transport, which is most of the cost of a look."""
        loop = asyncio.get_running_loop()
        with sock:
            await loop.sock_sendall(sock, self._request.data)
            while not exchange.finished.is_set():
                data = await loop.sock_recv(sock, AT_A_TIME)
                if data:
                    exchange.data_received(data)
                else:
                    exchange.connection_lost(None)
                if not exchange.finished.is_set():
                    # What is there already is received without waiting: a server that sends faster than it is
                    # read would keep the loop, and the time-out with it, from ever having a turn.
                    await asyncio.sleep(0)

    async def _over_tls(self, sock: socket.socket, exchange: _Exchange) -> None:
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: exchange, sock=sock, ssl=_tls(verify=self._target.verify_certificate),
                server_hostname=self._request.host,
            )  # fmt: skip
        except BaseException:
            sock.close()
            raise
        try:
            await exchange.finished.wait()
        finally:
            transport.abort()

    def _late(self, exchange: _Exchange, timeout_s: float) -> Reading:
        phases = exchange.phases
        if not phases.has("dns"):
            return nameless(self._place, timeout_s, phases.as_tuple())
        words = f"no answer from {self._place} within {timeout_s:g} s"
        if phases.has("connect"):
            handshakes = self._request.is_tls and not phases.has("tls")
            words += f" ({'no TLS handshake' if handshakes else exchange.answer.where()})"
        return bad(words, phases=phases.as_tuple())

    def _judge(self, exchange: _Exchange) -> Reading:
        answer, phases, path = exchange.answer, exchange.phases.as_tuple(), self._request.path
        metrics = exchange.metrics()
        words = _status_words(answer.status)
        if answer.status not in self._target.status:
            expected = " or ".join(map(str, self._target.status))
            return bad(f"answered {words} from {path} (expected {expected})", *metrics, phases=phases)
        if self._body is not None and not self._body.search(answer.text):
            where = f" in its first {BODY_LIMIT // 1024} KiB" if answer.is_cut else ""
            return bad(f"{path} does not say {self._target.body!r}{where}", *metrics, phases=phases)
        return good(
            f"{words} from {path} in {exchange.phases.total_s * 1000:.0f} ms", *metrics, phases=phases
        )


def _status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _Exchange(asyncio.Protocol):
    """One request and its answer, with the instant of each part; over TLS, the protocol of its transport."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._certificate: bytes | None = None
        self.phases = Phases()
        self.answer = HttpAnswer()
        self.error: Exception | None = None
        self.finished = asyncio.Event()

    def metrics(self) -> list[Metric]:
        found = [
            Metric("latency_ms", self.phases.total_s * 1000, "ms"),
            Metric("size_bytes", float(self.answer.size), "B"),
        ]
        if self._certificate:
            with suppress(
                BadInput
            ):  # one that cannot be read has no end to tell; verified or not, TLS took it
                left = not_after(self._certificate) - utc_now()
                found.append(Metric("certificate_days", left.total_seconds() / 86400, "d"))
        return found

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.phases.step("tls")
        self._certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.finished.is_set():
            return
        if not self.phases.has("first_byte"):
            self.phases.step("first_byte")
        try:
            self.answer.feed(data)
        except BadInput as error:
            self._finish(error)
            return
        if self.answer.done:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.finished.is_set():
            return
        if isinstance(exc, ssl.SSLEOFError):
            exc = None  # many servers close without the farewell of TLS
        try:
            self.answer.closed()
        except BadInput as error:
            self._finish(exc or error)
        else:
            self._finish(exc)

    def _finish(self, error: Exception | None = None) -> None:
        self.phases.stop()
        self.error = error
        self.finished.set()
