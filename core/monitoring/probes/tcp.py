"""`tcp`: a connection that opens, and what the other side says first."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from core.monitoring.model import Metric
from core.monitoring.probes.connecting import failure, nameless, open_socket, place_of
from core.monitoring.probes.context import bad, good
from core.monitoring.probes.phases import Phases
from core.monitoring.probes.within import look_within
from core.printable import printable

if TYPE_CHECKING:
    import socket

    from core.catalog.model import TcpTarget
    from core.monitoring.model import Reading

FIRST_BYTES = 4096


class TcpProber:
    """Opens a new connection at each look."""

    def __init__(self, target: TcpTarget) -> None:
        self._target = target
        self._place = place_of(target.host, target.port)
        self._expect = re.compile(target.expect) if target.expect else None

    async def look(self, timeout_s: float) -> Reading:
        """Connects, and reads what is expected."""
        talk = _Talk()
        return await look_within(timeout_s, self._ask(talk), lambda: self._late(talk, timeout_s))

    async def close(self) -> None:
        """Holds nothing between looks."""

    async def _ask(self, talk: _Talk) -> Reading:
        try:
            with await open_socket(self._target.host, self._target.port, talk.phases.step) as sock:
                if self._expect is not None:
                    await talk.listen(sock, self._expect)
                latency_ms = talk.phases.total_s * 1000
        except (OSError, UnicodeError) as error:
            return failure(error, self._place, talk.phases.as_tuple())
        latency, phases = Metric("latency_ms", latency_ms, "ms"), talk.phases.as_tuple()
        if self._expect is not None and not self._expect.search(talk.said):
            heard = printable(talk.said, 80)
            words = f"said {heard!r}" if heard else "closed without a word"
            return bad(f"{self._place} {words}, expected {self._target.expect!r}", latency, phases=phases)
        return good(f"{self._place} answered in {latency_ms:.1f} ms", latency, phases=phases)

    def _late(self, talk: _Talk, timeout_s: float) -> Reading:
        phases = talk.phases
        if not phases.has("dns"):
            return nameless(self._place, timeout_s, phases.as_tuple())
        words = f"no answer from {self._place} within {timeout_s:g} s"
        if phases.has("connect"):
            heard = printable(talk.said, 80)
            said = f"said {heard!r}" if heard else "said nothing"
            words += f" (it took the connection, but {said}; expected {self._target.expect!r})"
        return bad(words, phases=phases.as_tuple())


class _Talk:
    """One connection: when each part of it was done, and what was said."""

    def __init__(self) -> None:
        self.phases = Phases()
        self._data = b""

    @property
    def said(self) -> str:
        return self._data.decode("utf-8", "replace")

    async def listen(self, sock: socket.socket, expect: re.Pattern[str]) -> None:
        """Reads until it matches, or there is enough of it, or the other side closes: the last of an answer's parts."""
        loop = asyncio.get_running_loop()
        while len(self._data) < FIRST_BYTES and not expect.search(self.said):
            data = await loop.sock_recv(sock, FIRST_BYTES - len(self._data))
            if not data:
                break
            self._data += data
        self.phases.step("answer")
