"""`host`: load, memory, disk, swap and clock of this machine."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psutil

from core.monitoring.model import Metric
from core.monitoring.probes.blocking import OneAtATime, StillBlocked
from core.monitoring.probes.context import good, unjudged
from core.monitoring.probes.within import look_within
from core.timekeeping import age

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.catalog.model import HostTarget
    from core.monitoring.model import Reading

MB, GB = 1024 * 1024, 1024 * 1024 * 1024


def _clock_s() -> float:
    """Returns the wall clock against the one that never steps and goes on while the machine sleeps, in seconds."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


CLOCK_ZERO_S = _clock_s()
"""As it stood when this agent began: a step of the wall clock shows against it, however often a probe is declared anew."""


class HostProber:
    """Reads one aspect; the thresholds of the catalog judge it."""

    def __init__(self, target: HostTarget) -> None:
        self._target = target
        self._disk_look: OneAtATime[Reading] = OneAtATime()
        self._readers: dict[str, Callable[[], Reading]] = {
            "load": _load, "memory": _memory, "disk": self._disk, "swap": _swap, "clock": _clock,
        }  # fmt: skip

    async def look(self, timeout_s: float) -> Reading:
        """Reads it; a disk in a thread, for a dead network mount never answers."""
        late = f"{self._target.path} does not answer within {timeout_s:g} s: a dead mount?"
        return await look_within(timeout_s, self._ask(), lambda: unjudged(late))

    async def close(self) -> None:
        """Holds nothing."""

    async def _ask(self) -> Reading:
        reader = self._readers[self._target.aspect]
        if self._target.aspect != "disk":
            return reader()
        try:
            return await self._disk_look.run(reader)
        except StillBlocked as error:
            return unjudged(f"{self._target.path} has not answered for {age(error.for_s)}: a dead mount?")

    def _disk(self) -> Reading:
        path = self._target.path
        try:
            used, inodes = psutil.disk_usage(path), os.statvfs(path)
        except OSError as error:
            return unjudged(f"{path} cannot be read: {error.strerror}")
        metrics = [Metric("used_percent", used.percent, "%"), Metric("free_gb", used.free / GB, "GB")]
        words = f"{used.percent:.0f} % of {path} used, {used.free / GB:.1f} GB free"
        if inodes.f_files:  # some file systems have no table of them to fill
            share = 100 * (1 - inodes.f_favail / inodes.f_files)
            metrics.append(Metric("inodes_used_percent", share, "%"))
            words += f", {share:.0f} % of inodes"
        return good(words, *metrics)


def _load() -> Reading:
    one, five, _ = os.getloadavg()
    cores = psutil.cpu_count() or 1
    return good(
        f"load {one:.2f} over {cores} cores",
        Metric("load1_per_core", one / cores), Metric("load5_per_core", five / cores),
    )  # fmt: skip


def _memory() -> Reading:
    memory = psutil.virtual_memory()
    return good(
        f"{memory.percent:.0f} % of memory used, {memory.available / GB:.1f} GB available",
        Metric("used_percent", memory.percent, "%"), Metric("available_mb", memory.available / MB, "MB"),
    )  # fmt: skip


def _swap() -> Reading:
    swap = psutil.swap_memory()
    words = f"{swap.percent:.0f} % of swap used" if swap.total else "no swap"
    return good(words, Metric("used_percent", swap.percent, "%"))


def _clock() -> Reading:
    offset_ms = (_clock_s() - CLOCK_ZERO_S) * 1000
    moved = round(offset_ms)  # an integer: a float could be minus zero
    words = f"the clock has moved {moved:+d} ms against the one that never steps"
    return good(words, Metric("offset_ms", offset_ms, "ms"))
