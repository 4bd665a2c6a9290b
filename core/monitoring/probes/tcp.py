"""`tcp`: a connection that opens, and what the other side says first."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from core.monitoring.model import Metric
from core.monitoring.probes.context import bad, good
from core.monitoring.probes.names import address_of, why
from core.printable import printable

if TYPE_CHECKING:
    from core.catalog.model import TcpTarget
    from core.monitoring.model import Reading

FIRST_BYTES = 4096


class TcpProber:
    """Opens a new connection at each look."""

    def __init__(self, target: TcpTarget) -> None:
        self._target = target
        self._place = f"{target.host}:{target.port}"
        self._expect = re.compile(target.expect.encode()) if target.expect else None

    async def look(self, timeout_s: float) -> Reading:
        """Connects, and reads what is expected."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(timeout_s):
                address = await address_of(self._target.host)
                said = _FirstWords(self._expect)
                transport, _ = await asyncio.get_running_loop().create_connection(
                    lambda: said, address, self._target.port
                )
                took = time.perf_counter() - began
                try:
                    if self._expect is not None:
                        await said.enough
                finally:
                    transport.abort()
        except TimeoutError:
            return bad(f"no answer from {self._place} within {timeout_s:g} s")
        except OSError as error:
            return bad(
                f"{why(error)} by {self._place}"
                if isinstance(error, ConnectionError)
                else f"{why(error)}: {self._place}"
            )
        latency = Metric("latency_ms", took * 1000, "ms")
        if self._expect is not None and not self._expect.search(said.data):
            heard = printable(said.data.decode("utf-8", "replace"), 80) or "nothing"
            return bad(f"{self._place} said {heard!r}, expected {self._target.expect!r}", latency)
        return good(f"{self._place} answered in {took * 1000:.1f} ms", latency)

    async def close(self) -> None:
        """Holds nothing between looks."""


class _FirstWords(asyncio.Protocol):
    """Collects the first bytes until they match, or there are enough of them, or the other side closed."""

    def __init__(self, expect: re.Pattern[bytes] | None) -> None:
        self._expect = expect
        self.data = b""
        self.enough: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if self._expect is None or self.enough.done():
            return
        self.data = (self.data + data)[:FIRST_BYTES]
        if len(self.data) >= FIRST_BYTES or self._expect.search(self.data):
            self.enough.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (the protocol's own shape)
        if not self.enough.done():
            self.enough.set_result(None)
