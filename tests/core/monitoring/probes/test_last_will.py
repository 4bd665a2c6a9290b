"""What a killed agent's looks left under way is ended; what they began on purpose, and what had ended, is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from core.monitoring.probes.last_will import LastWill
from tests.processes import lives

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOKS = """
import asyncio, os, sys
from core.monitoring.probes.spawning import Running

async def main():
    folder = sys.argv[1]
    with_daemon = f"setsid sleep 600 & echo $! > {folder}/daemon; exit 0"
    done = Running(["/bin/sh", "-c", with_daemon], {"PATH": os.defpath})
    await done.ended()
    await done.end()
    deaf = f"trap \'\' TERM; sleep 600 & echo $! > {folder}/child; echo $$ > {folder}/leader; wait; wait"
    Running(["/bin/sh", "-c", deaf], {"PATH": os.defpath})
    open(f"{folder}/begun", "w").write("1")  # from here on its last will knows of it
    await asyncio.sleep(600)

asyncio.run(main())
"""


def within(seconds: float, condition: Callable[[], object]) -> bool:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def numbers(folder: Path) -> dict[str, int]:
    """Returns the processes noted in a folder, once all are."""
    names = ("daemon", "child", "leader", "begun")
    assert within(20, lambda: all((folder / name).exists() and (folder / name).read_text() for name in names))
    return {name: int((folder / name).read_text()) for name in names}


def test_a_look_that_hangs_is_ended_though_its_agent_was_killed(tmp_path: Path) -> None:
    agent = subprocess.Popen([sys.executable, "-c", LOOKS, str(tmp_path)], start_new_session=True)
    try:
        found = numbers(tmp_path)
    finally:
        agent.kill()
        agent.wait()
    try:
        assert within(10, lambda: not lives(found["leader"]) and not lives(found["child"]))
        assert lives(found["daemon"])
    finally:
        os.kill(found["daemon"], signal.SIGKILL)


def test_an_executor_that_was_killed_is_followed_by_one_that_knows_what_is_under_way() -> None:
    sleepers = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(3)]
    will = LastWill()
    will.begun(sleepers[0].pid)
    first = will._executor
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    will.begun(sleepers[1].pid)
    will.begun(sleepers[2].pid)
    will.ended(sleepers[2].pid)
    assert will._executor != first
    os.close(will._pipe)
    assert [each.wait(10) for each in sleepers[:2]] == [-signal.SIGTERM] * 2
    os.waitpid(will._executor, 0)
    assert sleepers[2].poll() is None
    sleepers[2].kill()
    sleepers[2].wait()


def test_one_that_is_stopped_holds_nobody_up_and_ends_nothing_it_did_not_hear_of() -> None:
    sleeper = subprocess.Popen(["sleep", "600"], start_new_session=True)
    will = LastWill()
    will.begun(sleeper.pid)
    stopped = will._executor
    os.kill(stopped, signal.SIGSTOP)
    for number in range(20_000):  # more than a pipe holds
        will.ended(sleeper.pid if number == 0 else 10**9 + number)
    assert will._executor != stopped
    os.close(will._pipe)
    os.waitpid(will._executor, 0)
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()
