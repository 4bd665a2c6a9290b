"""`host`: load, memory, disk, swap and clock of this machine."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import psutil

from core.monitoring.model import Metric
from core.monitoring.probes.context import good, unjudged

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.catalog.model import HostTarget
    from core.monitoring.model import Reading

MB, GB = 1024 * 1024, 1024 * 1024 * 1024


class HostProber:
    """Reads one aspect; the thresholds of the catalog judge it."""

    def __init__(self, target: HostTarget) -> None:
        self._target = target
        # A step of the clock shows against the clock that never steps, from the first look on.
        self._clock_zero = time.time() - time.monotonic()
        self._readers: dict[str, Callable[[], Reading]] = {
            "load": self._load, "memory": self._memory, "disk": self._disk, "swap": self._swap, "clock": self._clock,
        }  # fmt: skip

    async def look(self, timeout_s: float) -> Reading:
        """Reads it; a disk in a thread, for a dead network mount answers never."""
        reader = self._readers[self._target.aspect]
        if self._target.aspect != "disk":
            return reader()
        try:
            return await asyncio.wait_for(asyncio.to_thread(reader), timeout_s)
        except TimeoutError:
            return unjudged(f"{self._target.path} does not answer within {timeout_s:g} s: a dead mount?")

    async def close(self) -> None:
        """Holds nothing."""

    def _load(self) -> Reading:
        one, five, _ = os.getloadavg()
        cores = psutil.cpu_count() or 1
        return good(
            f"load {one:.2f} over {cores} cores",
            Metric("load1_per_core", one / cores), Metric("load5_per_core", five / cores),
        )  # fmt: skip

    def _memory(self) -> Reading:
        memory = psutil.virtual_memory()
        return good(
            f"{memory.percent:.0f} % of memory used, {memory.available / GB:.1f} GB available",
            Metric("used_percent", memory.percent, "%"), Metric("available_mb", memory.available / MB, "MB"),
        )  # fmt: skip

    def _swap(self) -> Reading:
        swap = psutil.swap_memory()
        return good(
            f"{swap.percent:.0f} % of swap used" if swap.total else "no swap",
            Metric("used_percent", swap.percent, "%"),
        )

    def _disk(self) -> Reading:
        try:
            used = psutil.disk_usage(self._target.path)
            inodes = os.statvfs(self._target.path)
        except OSError as error:
            return unjudged(f"{self._target.path} cannot be read: {error.strerror}")
        share = 100 * (1 - inodes.f_favail / inodes.f_files) if inodes.f_files else 0.0
        return good(
            f"{used.percent:.0f} % of {self._target.path} used, {used.free / GB:.1f} GB free, {share:.0f} % of inodes",
            Metric("used_percent", used.percent, "%"), Metric("free_gb", used.free / GB, "GB"),
            Metric("inodes_used_percent", share, "%"),
        )  # fmt: skip

    def _clock(self) -> Reading:
        offset_s = time.time() - time.monotonic() - self._clock_zero
        return good(
            f"the clock has moved {offset_s * 1000:+.0f} ms against the one that never steps",
            Metric("offset_ms", offset_s * 1000, "ms"),
        )
