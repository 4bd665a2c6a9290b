"""What a plugin puts into a session of its own: ended after a time-out, named after an end of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import CommandTarget
from core.monitoring.model import State
from core.monitoring.probes import left_running as module
from core.monitoring.probes.command import CommandProber
from core.monitoring.probes.left_running import Left, find_marked, named
from tests.core.monitoring.probes.scripts import script, seen
from tests.processes import lives

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.monitoring.model import Reading

DAEMON = "echo $$ >> {pids}; exec sleep 600"
TWICE = "(setsid sh -c 'echo $$ >> {pids}; exec sleep 600' >/dev/null 2>&1 &) ; sleep 0.05"


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """A file for numbers of processes, which are ended."""
    file = tmp_path / "pids"
    yield file
    for pid in file.read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def prober(folder: Path, text: str) -> CommandProber:
    return CommandProber(CommandTarget((script(folder, text),)))


async def test_what_left_the_group_is_ended_after_a_time_out(tmp_path: Path, pids: Path) -> None:
    daemons = f"setsid sh -c 'trap \"\" TERM; {DAEMON.format(pids=pids)}' >/dev/null 2>&1 & {TWICE.format(pids=pids)}"
    reading = await prober(tmp_path, f"{daemons}; sleep 600").look(0.5)
    assert reading.summary.endswith("was ended after 0.5 s; 2 that had left its process group were ended too")
    left = await seen(pids)
    assert len(left) == 2
    assert not any(lives(pid) for pid in left)


async def test_what_left_the_group_is_ended_with_a_cancelled_look(tmp_path: Path, pids: Path) -> None:
    look = asyncio.create_task(
        prober(tmp_path, f"setsid sh -c '{DAEMON.format(pids=pids)}' & sleep 600").look(60)
    )
    pid = (await seen(pids))[0]
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    assert not lives(pid)


async def test_a_daemon_that_has_the_output_still_is_named_and_left_alone(tmp_path: Path, pids: Path) -> None:
    text = (
        f"setsid sh -c '{DAEMON.format(pids=pids)}' & while ! test -s {pids}; do sleep 0.01; done; echo fine"
    )
    reading = await prober(tmp_path, text).look(30)
    pid = (await seen(pids))[0]
    assert (reading.verdict, reading.summary) == (State.OK, "fine")
    assert f"(it left running, outside its process group: {pid} sleep 600)" in reading.detail
    assert lives(pid)


async def test_a_daemon_that_let_go_of_everything_is_named_by_a_later_look_for_as_long_as_it_runs(
    tmp_path: Path, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SWEEP_S", 0.0)
    monkeypatch.setattr("core.monitoring.probes.command._SWEEP", module.Sweep())
    once = f"test -s {pids} || {{ {TWICE.format(pids=pids)}; }}; echo fine"
    looking = prober(tmp_path, once)
    other = CommandProber(CommandTarget((script(tmp_path, "echo other", "other"),)))

    async def until(is_so: bool) -> Reading:
        async with asyncio.timeout(20):
            while ("left running" in (reading := await looking.look(30)).detail) is not is_so:
                pass
        return reading

    pid_file = await until(is_so=True)
    pid = (await seen(pids))[0]
    assert pid_file.detail == f"(it left running, outside its process group: {pid} sleep 600)"
    assert (await other.look(30)).detail == ""
    os.kill(pid, signal.SIGKILL)
    await until(is_so=False)


async def test_looks_that_leave_nothing_do_not_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = prober(tmp_path, "echo fine")
    await looking.look(30)
    searched: list[str] = []
    monkeypatch.setattr(module, "find_marked", searched.append)
    for _ in range(20):
        assert (await looking.look(30)).summary == "fine"
    assert searched == []


def test_what_bears_no_mark_is_not_found() -> None:
    assert find_marked("0-none") == []


def test_many_are_counted_after_the_first_few() -> None:
    many = [Left(number, "m", "sleep") for number in range(1, 7)]
    assert named(many) == "1 sleep, 2 sleep, 3 sleep and 3 more"
