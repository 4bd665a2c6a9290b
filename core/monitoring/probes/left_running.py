"""What a command left running outside its process group, where ending the group does not reach it.

Every command is started with a mark in its environment. What it starts inherits the mark, also in a session
of its own and with another parent. Looking for it reads every process of the machine: that is done where a
look did not end as it should, and otherwise once in a while for all looks together.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

from core.monitoring.probes.blocking import in_thread
from core.monitoring.probes.process_groups import KILL_GRACE_S, TERM_GRACE_S
from core.printable import printable

MARK = "WATCHFLOOR_LOOK"
SWEEP_S = 60.0
NAMED = 3
_PAUSE_S = 0.05
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Left:
    """A process that bears a mark, and its command line."""

    pid: int
    mark: str
    command: str


def new_mark() -> str:
    """Returns a mark that no other prober of any agent has; a look adds its number: `MARK.7`."""
    return f"{_this_process()}.{next(_NUMBERS)}"


@lru_cache(maxsize=1)
def _this_process() -> str:
    return f"{os.getpid()}-{os.urandom(4).hex()}"


def find_marked(mark: str) -> list[Left]:
    """Returns the living processes whose mark is `mark` or begins with it and a dot, as far as this user may see them."""
    try:
        numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208  (names are all that is wanted)
    except OSError:
        return []  # a system without a table of processes to read
    borne = ((number, _mark_of(number)) for number in numbers)
    return [
        Left(number, text, _command_of(number))
        for number, text in borne
        if text == mark or text.startswith(f"{mark}.")
    ]


def named(found: list[Left]) -> str:
    """Returns processes in words, by number and command: the first few, and how many more."""
    words = ", ".join(f"{each.pid} {each.command}" for each in found[:NAMED])
    return words + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")


async def end_marked(mark: str) -> tuple[int, list[Left]]:
    """Ends what bears a mark: asks, then kills. Returns how many there were, and those that could not be ended."""
    left = await in_thread(lambda: _send(mark, signal.SIGTERM, signal.SIGCONT))
    there, loop = len(left), asyncio.get_running_loop()
    for numbers, patience_s in (((), TERM_GRACE_S), ((signal.SIGKILL,), KILL_GRACE_S)):
        ends = loop.time() + patience_s
        while left and loop.time() < ends:
            # What is killed may just have begun another: it is sent to all there are, each time.
            left = await in_thread(lambda numbers=numbers: _send(mark, *numbers))  # type: ignore[misc]
            if left:
                await asyncio.sleep(_PAUSE_S)
    return there, left


class Sweep:
    """Looks once in SWEEP_S for what all looks left running; costs a look that left nothing one comparison."""

    def __init__(self) -> None:
        self._due = 0.0
        self._found: dict[str, list[Left]] = {}

    def left_by(self, mark: str) -> list[Left]:
        """Returns what the looks of the prober with this mark left running, as far as the last sweep saw it.

        Called between the looks of a prober. Begins the next sweep where one is due, and does not wait for it.
        """
        now = time.monotonic()
        if now >= self._due:
            self._due = now + SWEEP_S
            in_thread(lambda: find_marked(_this_process())).add_done_callback(self._take)
        if mark not in self._found:
            return []
        # What was seen may have been a look under way, which has ended since.
        still = [each for each in self._found.pop(mark) if _mark_of(each.pid) == each.mark]
        if still:
            self._found[mark] = still
        return still

    def _take(self, sweep: asyncio.Future[list[Left]]) -> None:
        self._found = {}
        for each in sweep.result():
            self._found.setdefault(each.mark.rpartition(".")[0], []).append(each)


def _send(mark: str, *numbers: int) -> list[Left]:
    """Sends signals to what bears a mark, and returns what that was; never to another that took over its number."""
    found = find_marked(mark)
    for each in found if numbers else ():
        with suppress(OSError):  # it ended by itself
            handle = os.pidfd_open(each.pid)
            try:
                if _mark_of(each.pid) == each.mark:
                    for number in numbers:
                        signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)
    return found


def _mark_of(pid: int) -> str:
    """Returns the mark of a process; an empty text for one that has none, has ended, or may not be seen."""
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return ""
    begin = raw.find(b"\0" + MARK.encode() + b"=") + 1
    if not begin and not raw.startswith(MARK.encode() + b"="):
        return ""
    return raw[begin:].partition(b"\0")[0].partition(b"=")[2].decode("ascii", "replace")


def _command_of(pid: int) -> str:
    with suppress(OSError):
        return printable(
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip(),
            80,
        )
    return ""
