"""A command as a process group of its own, without a shell, cheap to start and certain to end.

`posix_spawn` blocks the event loop for a tenth of a millisecond, however large this process is; asyncio's
own way takes several times that. The group is ended whole, and seen to be ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUTPUT_LIMIT = 64 * 1024
TERM_GRACE_S = 0.5
KILL_GRACE_S = 2.0
LEFT_OPEN_S = 0.2


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. `status` is its exit code, negative for a signal, None when its time was up.

    `killed` counts processes of its group that had to be killed, `left` those that could not be.
    """

    status: int | None
    out: bytes
    err: bytes
    cut: bool = False
    killed: int = 0
    left: int = 0


async def run_command(
    argv: Sequence[str], env: Mapping[str, str], timeout_s: float, directory: str = ""
) -> Finished:
    """Runs `argv` for at most `timeout_s` seconds; raises OSError when it cannot be started."""
    out_read, out_write = os.pipe2(os.O_CLOEXEC)
    err_read, err_write = os.pipe2(os.O_CLOEXEC)
    try:
        pid = _spawn(argv, env, out_write, err_write, directory)
    except BaseException:
        os.close(out_read)
        os.close(err_read)
        raise
    finally:
        os.close(out_write)
        os.close(err_write)
    out, err = _Pipe(out_read), _Pipe(err_read)
    exit_watch = _Exit(pid)
    timed_out = False
    try:
        async with asyncio.timeout(timeout_s):
            await exit_watch.done
            with suppress(TimeoutError):
                # A daemon left behind may keep the pipe; what the command itself wrote is there already.
                await asyncio.wait_for(asyncio.gather(out.ended, err.ended), LEFT_OPEN_S)
    except TimeoutError:
        timed_out = True
    finally:
        killed, left = await asyncio.shield(_end_group(pid, exit_watch))
        out.close()
        err.close()
    status = None if timed_out else exit_watch.status
    return Finished(status, bytes(out.data), bytes(err.data), out.cut or err.cut, killed, left)


def _spawn(argv: Sequence[str], env: Mapping[str, str], out: int, err: int, directory: str) -> int:
    if directory:
        # posix_spawn cannot change the directory; env -C can.
        argv = ["/usr/bin/env", "-C", directory, *argv]
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, out, 1),
        (os.POSIX_SPAWN_DUP2, err, 2),
    ]
    return os.posix_spawnp(
        argv[0], list(argv), dict(env), file_actions=actions, setpgroup=0, setsigdef=_DEFAULT_SIGNALS
    )


_DEFAULT_SIGNALS = (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Pipe:
    """Collects what comes out of a pipe, up to a limit; what is more is read and thrown away."""

    def __init__(self, descriptor: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self.data = bytearray()
        self.cut = False
        self.ended: asyncio.Future[None] = self._loop.create_future()
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, 65536)
        except BlockingIOError:
            return
        if not data:
            self._loop.remove_reader(self._descriptor)
            if not self.ended.done():
                self.ended.set_result(None)
            return
        room = OUTPUT_LIMIT - len(self.data)
        self.cut = self.cut or len(data) > room
        self.data += data[: max(room, 0)]

    def close(self) -> None:
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        if not self.ended.done():
            self.ended.cancel()


class _Exit:
    """Hears of a child's exit through its pidfd, and reaps it."""

    def __init__(self, pid: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._pid = pid
        self.status = 0
        self.done: asyncio.Future[None] = self._loop.create_future()
        self._descriptor = os.pidfd_open(pid)
        self._loop.add_reader(self._descriptor, self._reap)

    def _reap(self) -> None:
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        _, status = os.waitpid(self._pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        if not self.done.done():
            self.done.set_result(None)

    @property
    def was_reaped(self) -> bool:
        return self.done.done() and not self.done.cancelled()


async def _end_group(pid: int, exit_watch: _Exit) -> tuple[int, int]:
    """Ends what is left of the group; returns how many had to be killed and how many could not be."""
    if exit_watch.was_reaped and not _members(pid):
        return 0, 0
    _signal(pid, signal.SIGTERM)
    if await _gone(pid, TERM_GRACE_S):
        return 0, 0
    stubborn = len(_members(pid))
    _signal(pid, signal.SIGKILL)
    if await _gone(pid, KILL_GRACE_S):
        return stubborn, 0
    return stubborn, len(_members(pid))


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


async def _gone(group: int, patience_s: float) -> bool:
    for _ in range(max(int(patience_s / 0.01), 1)):
        if not _alive(group):
            return True
        await asyncio.sleep(0.01)
    return not _alive(group)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return bool(_members(group))


def _members(group: int) -> list[int]:
    """Returns the living processes of a group (zombies are gone); asked for only when something is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return []
    except PermissionError:
        return [group]
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                state, _, member_of = (entry / "stat").read_bytes().rpartition(b")")[2].split()[:3]
                if int(member_of) == group and state not in {b"Z", b"X"}:
                    found.append(int(entry.name))
    return found
