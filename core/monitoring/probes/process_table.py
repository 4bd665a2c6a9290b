"""The processes of this machine: which there are, and what some of them use."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from core.monitoring.model import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A living process and its command line (its name, where it has none)."""

    pid: int
    command: str


def all_processes() -> list[Found]:
    """Returns all living processes but this one: the agent's own arguments name what it watches."""
    own, found = os.getpid(), []
    for process in psutil.process_iter(["cmdline", "name", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and process.pid != own:
            command = " ".join(process.info["cmdline"] or [process.info["name"] or ""])
            found.append(Found(process.pid, command))
    return found


class Usage:
    """What a group of processes uses; remembers each for its share of CPU since it was last asked."""

    def __init__(self) -> None:
        self._handles: dict[int, psutil.Process] = {}

    def of(self, pids: Iterable[int]) -> list[Metric]:
        """Returns the CPU of all together (100 % is one core), their memory, the age of the oldest; nothing when all are gone.

        A process seen for the first time counts with its share since it began.
        """
        before, self._handles = self._handles, {}
        cpu = memory = oldest = 0.0
        for pid in pids:
            try:
                handle = before.get(pid) or psutil.Process(pid)
                if not handle.is_running():  # its number was given to another process
                    handle = psutil.Process(pid)
                with handle.oneshot():
                    age_s = max(time.time() - handle.create_time(), 0.01)
                    since_last = handle.cpu_percent()
                    cpu += since_last if handle is before.get(pid) else _lifelong_percent(handle, age_s)
                    memory += handle.memory_info().rss / MB
                    oldest = max(oldest, age_s)
                self._handles[pid] = handle
            except psutil.Error:
                continue  # it ended between the two looks, or may not be seen; it is counted all the same
        if not self._handles:
            return []
        return [
            Metric("cpu_percent", cpu, "%"), Metric("memory_mb", memory, "MB"), Metric("age_s", oldest, "s"),
        ]  # fmt: skip


def _lifelong_percent(process: psutil.Process, age_s: float) -> float:
    times = process.cpu_times()
    return float(100 * (times.user + times.system) / age_s)
