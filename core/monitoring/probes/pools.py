"""How many looks may be under way at once: by socket, over TLS, by plugins, at this machine's files, and at one host.

A look that waits for its place waits within no time-out; its lateness shows. A hanging target holds a
place no longer than its own time-out (a plugin, until it is ended).
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.catalog.model import (
    CommandTarget,
    FileTarget,
    HostTarget,
    HttpTarget,
    ProcessTarget,
    Target,
    TcpTarget,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.monitoring.model import Reading

SOCKETS = 512
HANDSHAKES = 64
FILES = 32
PER_HOST = 4
PER_LOCAL_HOST = 64
PLUGINS_QUEUED = 50
URLS_READ = 16_384
"""The parts of so many URLs are kept: each is looked at again and again."""
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class NoPlace(Exception):
    """So many plugins wait already that one more would only be later still; the component is not judged by that."""


class Pools:
    """The places; used on one event loop."""

    def __init__(self) -> None:
        self._sockets = asyncio.Semaphore(SOCKETS)
        self._handshakes = asyncio.Semaphore(HANDSHAKES)
        self._files = asyncio.Semaphore(FILES)
        self._plugins = asyncio.Semaphore(2 * (os.cpu_count() or 1) + 4)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._waiting: dict[str, int] = defaultdict(int)

    def queued(self) -> dict[str, int]:
        """Returns how many looks wait for a place, by pool; pools where none waits are left out."""
        return {name: count for name, count in self._waiting.items() if count}

    async def run(self, target: Target, look: Callable[[], Awaitable[Reading]]) -> Reading:
        """Returns `look()` once there is a place for it; raises NoPlace when too many plugins wait."""
        if isinstance(target, CommandTarget) and self._waiting["plugins"] >= PLUGINS_QUEUED:
            raise NoPlace
        places = self._places(target)
        if not places:
            return await look()
        held: list[asyncio.Semaphore] = []
        try:
            for name, place in places:
                self._waiting[name] += 1
                try:
                    await place.acquire()
                finally:
                    self._waiting[name] -= 1
                held.append(place)
            return await look()
        finally:
            for place in held:
                place.release()

    def _places(self, target: Target) -> list[tuple[str, asyncio.Semaphore]]:
        if isinstance(target, CommandTarget):
            return [("plugins", self._plugins)]
        if isinstance(target, HttpTarget):
            host, is_tls = _whom(target.url)
            places = [("hosts", self._host(host)), ("sockets", self._sockets)]
            return [*places, ("handshakes", self._handshakes)] if is_tls else places
        if isinstance(target, TcpTarget):
            return [("hosts", self._host(target.host)), ("sockets", self._sockets)]
        if isinstance(target, (FileTarget, ProcessTarget, HostTarget)):
            return [("files", self._files)]
        return []

    def _host(self, host: str) -> asyncio.Semaphore:
        if host not in self._hosts:
            self._hosts[host] = asyncio.Semaphore(PER_LOCAL_HOST if host in LOCAL else PER_HOST)
        return self._hosts[host]


@lru_cache(maxsize=URLS_READ)
def _whom(url: str) -> tuple[str, bool]:
    """Returns the host of a URL and whether it is asked over TLS."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.scheme == "https"
