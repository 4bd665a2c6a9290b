"""Ending a process group whole, and seeing that it is ended."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from core.monitoring.probes.blocking import in_thread

TERM_GRACE_S = 0.5
KILL_GRACE_S = 2.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.1


def is_there(group: int) -> bool:
    """Tells whether the group has any process, dead ones that nobody has reaped among them."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(group: int, number: int) -> None:
    """Sends a signal to the whole group, if it is there."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


async def end_group(group: int) -> tuple[int, int, int]:
    """Ends the group: asks, then kills. Returns how many were there, had to be killed, and could not be ended.

    Cancelled in between, it kills at once.
    """
    there = await _members(group)
    if not there:
        return 0, 0, 0
    try:
        send(group, signal.SIGTERM)
        send(group, signal.SIGCONT)  # what is stopped could not hear it
        stubborn = await _left_after(group, TERM_GRACE_S)
    except asyncio.CancelledError:
        send(group, signal.SIGKILL)
        raise
    if not stubborn:
        return there, 0, 0
    send(group, signal.SIGKILL)
    return there, stubborn, await _left_after(group, KILL_GRACE_S)


async def _left_after(group: int, patience_s: float) -> int:
    """Returns how many live on after at most `patience_s` seconds; sooner when none does."""
    loop, pause_s = asyncio.get_running_loop(), _FIRST_PAUSE_S
    ends = loop.time() + patience_s
    while (left := await _members(group)) and loop.time() < ends:
        await asyncio.sleep(min(pause_s, max(ends - loop.time(), 0.001)))
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
    return left


async def _members(group: int) -> int:
    """Returns how many living processes the group has; the table is read only when there is something of it."""
    return await in_thread(lambda: count_members(group)) if is_there(group) else 0


def count_members(group: int) -> int:
    """Returns how many processes of the group live (dead ones that nobody has reaped do not)."""
    count = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):  # it ended while we looked
                state, _, member_of = (entry / "stat").read_bytes().rpartition(b")")[2].split()[:3]
                count += int(member_of) == group and state not in {b"Z", b"X"}
    return count
