"""`process`: is it there, is it the right one, what does it use."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from core.monitoring.model import Metric
from core.monitoring.probes.context import bad, good, unjudged

if TYPE_CHECKING:
    from core.catalog.model import ProcessTarget
    from core.monitoring.model import Reading

SCAN_KEEP_S = 1.0


@dataclass(frozen=True, slots=True)
class _Seen:
    pid: int
    command: str


class _Scan:
    """All processes of this machine; read once a second at most, whoever asks."""

    def __init__(self) -> None:
        self._at = -SCAN_KEEP_S
        self._seen: list[_Seen] = []
        self._lock = asyncio.Lock()

    async def processes(self) -> list[_Seen]:
        async with self._lock:
            if time.monotonic() - self._at >= SCAN_KEEP_S:
                self._seen = await asyncio.to_thread(_scan)
                self._at = time.monotonic()
            return self._seen


def _scan() -> list[_Seen]:
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "name", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE:
            command = " ".join(process.info["cmdline"] or [process.info["name"] or ""])
            found.append(_Seen(process.info["pid"], command))
    return found


_scans: dict[asyncio.AbstractEventLoop, _Scan] = {}


class ProcessProber:
    """Finds it by pid file or by pattern, and keeps a handle for what it uses."""

    def __init__(self, target: ProcessTarget) -> None:
        self._target = target
        self._pattern = re.compile(target.pattern) if target.pattern else None
        self._handles: dict[int, psutil.Process] = {}

    async def look(self, timeout_s: float) -> Reading:
        """Looks once."""
        if self._target.pid_file:
            return self._by_pid_file(Path(self._target.pid_file))
        loop = asyncio.get_running_loop()
        try:
            seen = await asyncio.wait_for(_scans.setdefault(loop, _Scan()).processes(), timeout_s)
        except TimeoutError:
            return unjudged(f"the processes could not be listed within {timeout_s:g} s")
        assert self._pattern is not None
        pids = [each.pid for each in seen if self._pattern.search(each.command)]
        return self._judge(pids, f"{self._target.pattern!r}")

    async def close(self) -> None:
        """Forgets the handles."""
        self._handles.clear()

    def _by_pid_file(self, path: Path) -> Reading:
        try:
            text = path.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return bad(f"not running: there is no pid file {path}", Metric("count", 0))
        except OSError as error:
            return unjudged(f"the pid file {path} cannot be read: {error.strerror}")
        first = text.split()[0] if text else ""
        if not first.isascii() or not first.isdigit() or len(first) > 9:
            return bad(f"the pid file {path} holds {first[:20]!r}, not a process number", Metric("count", 0))
        pid = int(first)
        try:
            process = psutil.Process(pid)
            gone = process.status() == psutil.STATUS_ZOMBIE
            command = " ".join(process.cmdline())
        except psutil.NoSuchProcess:
            gone, command = True, ""
        except psutil.AccessDenied:
            gone, command = False, ""
        if gone:
            return bad(f"the process is gone: pid file {path} names {pid}", Metric("count", 0))
        if self._pattern is not None and not self._pattern.search(command):
            return bad(
                f"pid {pid} is another program now; the pid file {path} is left over", Metric("count", 0)
            )
        return self._judge([pid], f"pid {pid}")

    def _judge(self, pids: list[int], name: str) -> Reading:
        count = len(pids)
        least, most = self._target.at_least, self._target.at_most
        metrics = [Metric("count", float(count)), *self._usage(pids)]
        if count < least:
            words = "not running" if count == 0 else f"only {count} of {least} are running"
            return bad(f"{words}: {name}", *metrics)
        if most and count > most:
            return bad(f"{count} are running, at most {most} should be: {name}", *metrics)
        return good(f"running: {name}" if count == 1 else f"{count} running: {name}", *metrics)

    def _usage(self, pids: list[int]) -> list[Metric]:
        """Returns what the processes use together: CPU since the last look, memory, the age of the oldest."""
        self._handles = {pid: handle for pid, handle in self._handles.items() if pid in pids}
        cpu = memory = oldest = 0.0
        now = time.time()
        for pid in pids:
            try:
                handle = self._handles.setdefault(pid, psutil.Process(pid))
                with handle.oneshot():
                    cpu += handle.cpu_percent()
                    memory += handle.memory_info().rss / (1024 * 1024)
                    oldest = max(oldest, now - handle.create_time())
            except psutil.Error:
                self._handles.pop(pid, None)
        if not self._handles:
            return []
        return [
            Metric("cpu_percent", cpu, "%"),
            Metric("memory_mb", memory, "MB"),
            Metric("age_s", oldest, "s"),
        ]
