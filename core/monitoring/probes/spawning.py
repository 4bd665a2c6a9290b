"""A command as a process group of its own, without a shell, cheap to start and certain to end.

`posix_spawn` blocks the event loop for a tenth of a millisecond, however large this process is; asyncio's
own way takes several times that. The group is ended whole, and seen to be ended; what left it is looked for
where a look did not end as it should.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.monitoring.probes.blocking import in_thread
from core.monitoring.probes.last_will import LastWill
from core.monitoring.probes.left_running import MARK, end_marked, find_marked
from core.monitoring.probes.pipes import Pipe
from core.monitoring.probes.process_groups import end_group, is_there

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.monitoring.probes.left_running import Left

OUTPUT_LIMIT = 64 * 1024
LEFT_OPEN_S = 0.2
_LAST_WILL = LastWill()
_DEFAULT_SIGNALS = tuple(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})


class Running:
    """A command under way. `end` must be called, however it ended; what it did is told afterwards.

    `status` is its exit code, negative for a signal, None while it runs or when nobody could see it. Of its
    group, `left_behind` were there after it had ended, `killed` had to be killed, `unkillable` could not be.
    `strayed` is how many had left the group and were ended with it. `left_running` are those outside the group
    that live on: after an end of its own, for a command may leave a daemon on purpose, or as they could not be ended.
    """

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], directory: str = "", *, mark: str = ""
    ) -> None:
        """Starts `argv`, whose first is a path, in `directory`; raises OSError when that cannot be.

        By `mark`, where given, processes that leave its group are found again.
        """
        self.status: int | None = None
        self.left_behind = self.killed = self.unkillable = self.strayed = 0
        self.left_running: list[Left] = []
        self._mark = mark
        self._loop = asyncio.get_running_loop()
        self._exited = asyncio.Event()
        self._pid, self._watch, outputs = _start(
            _in_directory(argv, directory), {**env, MARK: mark} if mark else env
        )
        _LAST_WILL.begun(self._pid)
        self._out, self._err = (Pipe(each, OUTPUT_LIMIT) for each in outputs)
        self._loop.add_reader(self._watch, self._reap)

    @property
    def out(self) -> bytes:
        """Returns the first OUTPUT_LIMIT bytes of its standard output."""
        return bytes(self._out.data)

    @property
    def err(self) -> bytes:
        """Returns the first OUTPUT_LIMIT bytes of its standard error."""
        return bytes(self._err.data)

    @property
    def is_cut(self) -> bool:
        """Tells whether it printed more than was kept."""
        return self._out.is_cut or self._err.is_cut

    async def ended(self) -> None:
        """Waits until it has ended and its outputs are closed; for outputs a daemon holds open, a moment only."""
        await self._exited.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEFT_OPEN_S):
                await self._out.ended.wait()
                await self._err.ended.wait()

    async def end(self) -> None:
        """Ends what is left of its group, and lets go of everything."""
        had_exited = self._exited.is_set()
        try:
            if not had_exited or is_there(self._pid):
                await asyncio.shield(self._end_all(had_exited))
                await self._reaped()
            elif not (self._out.ended.is_set() and self._err.ended.is_set()):
                await self._look_for_strays()  # somebody has its outputs still
        finally:
            _LAST_WILL.ended(self._pid)
            self._out.close()
            self._err.close()

    async def _end_all(self, had_exited: bool) -> None:
        there, self.killed, self.unkillable = await end_group(self._pid)
        if had_exited:
            self.left_behind = there
            await self._look_for_strays()
        elif self._mark:
            self.strayed, self.left_running = await end_marked(self._mark)

    async def _look_for_strays(self) -> None:
        if self._mark:
            self.left_running = await in_thread(lambda: find_marked(self._mark))

    async def _reaped(self) -> None:
        """Waits for its exit to be seen; not for ever, for some processes cannot be killed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEFT_OPEN_S):
                await self._exited.wait()

    def _reap(self) -> None:
        self._loop.remove_reader(self._watch)
        os.close(self._watch)
        with suppress(ChildProcessError):  # somebody else reaped it: how it ended is not known
            self.status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self._exited.set()


def _in_directory(argv: Sequence[str], directory: str) -> Sequence[str]:
    # posix_spawn cannot change the directory; env -C can.
    return [shutil.which("env") or "/usr/bin/env", "-C", directory, *argv] if directory else argv


def _start(argv: Sequence[str], env: Mapping[str, str]) -> tuple[int, int, tuple[int, int]]:
    """Starts a process in a session of its own; returns its number, its pidfd, and the ends of its outputs to read."""
    _inherit_nothing()
    opened: list[int] = []
    try:
        opened += os.pipe2(os.O_CLOEXEC)
        opened += os.pipe2(os.O_CLOEXEC)
        out, out_write, err, err_write = opened
        pid = os.posix_spawn(
            argv[0], list(argv), dict(env),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, out_write, 1),
                (os.POSIX_SPAWN_DUP2, err_write, 2),
            ],
            # A session has no terminal: a plugin that asks for a password finds nobody and cannot spoil a screen.
            setsid=True, setsigmask=(), setsigdef=_DEFAULT_SIGNALS,
        )  # fmt: skip
        watch = _pidfd(pid)
    except BaseException:
        for each in opened:
            os.close(each)
        raise
    os.close(out_write)
    os.close(err_write)
    return pid, watch, (out, err)


def _pidfd(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise


@lru_cache(maxsize=1)
def _inherit_nothing() -> None:
    """Keeps from children what this process was itself started with; what it opens is kept from them by Python."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):  # the descriptor of this very listing is closed by now
            if int(entry.name) > 2:
                os.set_inheritable(int(entry.name), False)
