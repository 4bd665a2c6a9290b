"""`process`: is it there, is it the right one, what does it use."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import psutil

from core.monitoring.model import Metric
from core.monitoring.probes.blocking import Kept, OneAtATime, StillBlocked
from core.monitoring.probes.context import bad, good, unjudged
from core.monitoring.probes.process_table import Found, Usage, all_processes
from core.monitoring.probes.within import look_within
from core.timekeeping import age

if TYPE_CHECKING:
    from core.catalog.model import ProcessTarget
    from core.monitoring.model import Reading

SCAN_KEEP_S = 1.0
_scans: WeakKeyDictionary[asyncio.AbstractEventLoop, Kept[list[Found]]] = WeakKeyDictionary()


class ProcessProber:
    """Finds it by pid file or by pattern, and remembers handles for what it uses."""

    def __init__(self, target: ProcessTarget) -> None:
        self._target = target
        self._pattern = re.compile(target.pattern) if target.pattern else None
        self._usage = Usage()
        self._reads: OneAtATime[Reading] = OneAtATime()

    async def look(self, timeout_s: float) -> Reading:
        """Looks once, in a thread: the table of processes may be long."""
        late = f"the processes could not be looked at within {timeout_s:g} s"
        return await look_within(timeout_s, self._ask(), lambda: unjudged(late))

    async def close(self) -> None:
        """Holds nothing but numbers."""

    async def _ask(self) -> Reading:
        try:
            if self._target.pid_file:
                return await self._reads.run(lambda: self._by_pid_file(Path(self._target.pid_file)))
            loop = asyncio.get_running_loop()
            found = await _scans.setdefault(loop, Kept(all_processes, SCAN_KEEP_S)).get()
            return await self._reads.run(lambda: self._by_pattern(found))
        except StillBlocked as error:
            return unjudged(f"the processes have not been read for {age(error.for_s)}")

    def _by_pattern(self, found: list[Found]) -> Reading:
        assert self._pattern is not None
        pids = [each.pid for each in found if self._pattern.search(each.command)]
        return self._judge(pids, f"{self._target.pattern!r}")

    def _by_pid_file(self, path: Path) -> Reading:
        none = Metric("count", 0.0)
        try:
            with path.open("rb") as file:
                text = file.read(100).decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return bad(f"not running: there is no pid file {path}", none)
        except OSError as error:
            return unjudged(f"the pid file {path} cannot be read: {error.strerror}")
        if not text:
            return bad(f"not running: the pid file {path} is empty", none)
        first = text.split()[0]
        if not re.fullmatch("[0-9]{1,9}", first):
            return bad(f"the pid file {path} holds {first[:20]!r}, not a process number", none)
        pid = int(first)
        command = _command_of(pid)
        if command is None:
            return bad(f"the process is gone: pid file {path} names {pid}, no such process", none)
        if self._pattern is not None and not self._pattern.search(command):
            return bad(f"pid {pid} is another program now; the pid file {path} is left over", none)
        return self._judge([pid], f"pid {pid}")

    def _judge(self, pids: list[int], name: str) -> Reading:
        count = len(pids)
        least, most = self._target.at_least, self._target.at_most
        metrics = (Metric("count", float(count)), *self._usage.of(pids))
        if count < least:
            words = "not running" if count == 0 else f"only {count} of {least} are running"
            return bad(f"{words}: {name}", *metrics)
        if most and count > most:
            return bad(f"{count} are running, at most {most} should be: {name}", *metrics)
        words = {0: "none is running", 1: "running"}.get(count, f"{count} running")
        return good(f"{words}: {name}", *metrics)


def _command_of(pid: int) -> str | None:
    """Returns the command line of a process, empty where it may not be seen; None when it is gone."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return " ".join(process.cmdline()) or process.name()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return ""
