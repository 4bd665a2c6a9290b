"""Carries out one command as a process group of its own, and shows its output as it comes.

No shell. Standard input is empty. The whole group is ended when its time is up or the run is cancelled,
and is seen to be ended. A daemon that a command leaves behind on purpose (in a session of its own) is
not waited for, even where it kept the pipe.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEEP_BYTES = 1024 * 1024
LONGEST_LINE = 4000
GRACE_S = 5.0
AFTER_EXIT_S = 1.0
PARTIAL_S = 0.5

Tell = "Callable[[str, str], None]"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (None when it did not exit by itself), and that in words."""

    code: int | None
    text: str

    @property
    def is_good(self) -> bool:
        """Tells whether it succeeded."""
        return self.code == 0


class Command:
    """One command being carried out."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        tell: Callable[[str, str], None],
        directory: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._argv, self._timeout_s, self._tell = list(argv), timeout_s, tell
        self._directory, self._env = directory, dict(env) if env is not None else None
        self._process: asyncio.subprocess.Process | None = None
        self._kept = self._dropped = 0

    async def run(self) -> Ended:
        """Runs it to its end, its time-out, or cancellation (which ends its whole group first)."""
        try:
            self._process = await self._start()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            what = getattr(error, "filename", None) or self._argv[0]  # the directory, where that is missing
            return Ended(None, f"cannot be started: {printable(str(what), 200)}: {reason}")
        readers = [
            asyncio.create_task(self._read(stream, name))
            for stream, name in ((self._process.stdout, "out"), (self._process.stderr, "err"))
        ]
        try:
            return await self._wait(self._process)
        except asyncio.CancelledError:
            left = await asyncio.shield(self._end_group(self._process))
            if left:
                self._tell("note", left)
            raise
        finally:
            try:
                await asyncio.wait(readers, timeout=AFTER_EXIT_S)
            finally:
                for reader in readers:
                    reader.cancel()
                await asyncio.gather(*readers, return_exceptions=True)
                self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
                if self._dropped:
                    self._tell("note", f"{self._dropped} bytes more were not kept")

    async def _start(self) -> asyncio.subprocess.Process:
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *self._argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE, start_new_session=True, cwd=self._directory, env=self._env,
            )
        )  # fmt: skip
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Cancelled half way the framework would kill the command alone, and wait for all it had started.
            with suppress(OSError, ValueError):
                process = await starting
                await self._end_group(process)
                process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
            raise

    async def _wait(self, process: asyncio.subprocess.Process) -> Ended:
        try:
            # asyncio.wait_for would lose a cancellation that comes as the process ends.
            async with asyncio.timeout(self._timeout_s):
                code = await asyncio.shield(_exit_of(process))
        except TimeoutError:
            left = await self._end_group(process)
            text = f"ended after {self._timeout_s:g} s: its time was up"
            return Ended(None, f"{text}; {left}" if left else text)
        if code < 0:
            return Ended(None, f"ended by {_signal_name(-code)}")
        return Ended(code, f"exit code {code}")

    async def _end_group(self, process: asyncio.subprocess.Process) -> str:
        """Ends the whole group, first by SIGTERM; returns what is to be said about it."""
        for step, patience in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
            if not _signal_group(process.pid, step):
                return ""
            if await self._group_is_gone(process.pid, patience):
                return "it had to be killed" if step is signal.SIGKILL else ""
        return f"its process group {process.pid} could not be ended"

    async def _group_is_gone(self, group: int, patience_s: float) -> bool:
        for turn in range(int(patience_s / 0.02)):
            if not _signal_group(group, 0) or (turn % 10 == 9 and not _anyone_left(group)):
                return True
            await asyncio.sleep(0.02)
        return not _anyone_left(group)

    async def _read(self, stream: asyncio.StreamReader | None, name: str) -> None:
        assert stream is not None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        line = ""
        while True:
            try:
                async with asyncio.timeout(PARTIAL_S if line else None):
                    data = await stream.read(65536)
            except TimeoutError:
                self._show(name, line)
                line = ""
                continue
            if not data:
                break
            if self._kept >= KEEP_BYTES:
                self._dropped += len(data)
                continue
            self._kept += len(data)
            *lines, line = (line + decoder.decode(data)).split("\n")
            for each in lines:
                self._show(name, each)
            while len(line) > LONGEST_LINE:
                self._show(name, line[:LONGEST_LINE])
                line = line[LONGEST_LINE:]
        line += decoder.decode(b"", final=True)
        if line:
            self._show(name, line)

    def _show(self, name: str, line: str) -> None:
        """Tells a line, in pieces where it is too long; of one that was written over and over, its last form."""
        shown = line.rstrip("\r").rpartition("\r")[2]
        for start in range(0, max(len(shown), 1), LONGEST_LINE):
            self._tell(name, printable(shown[start : start + LONGEST_LINE], LONGEST_LINE))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # a real-time signal has no name


async def _exit_of(process: asyncio.subprocess.Process) -> int:
    """Returns the exit code once the process has ended; `wait` would also wait for everybody who has its pipes."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(process.pid)
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    while process.returncode is None:  # the framework hears of it a moment later
        await asyncio.sleep(0.005)
    return process.returncode


def _signal_group(group: int, number: int) -> bool:
    """Sends a signal to a group; False when nobody is left in it (a zombie waiting to be reaped counts as left)."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # those who are left became somebody else (sudo): they are not ours to end, but they live
    return True


def _anyone_left(group: int) -> bool:
    """Tells whether anybody in a group is alive: a zombie whose parent never asks for it (in a container) is not."""
    if not _signal_group(group, 0):
        return False
    return any(_belongs_alive(stat, group) for stat in Path("/proc").glob("[0-9]*/stat"))


def _belongs_alive(stat: Path, group: int) -> bool:
    with suppress(OSError):
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return int(fields[2]) == group and fields[0] not in {"Z", "X"}
    return False  # it has just gone
