"""Commands as process groups: started with nothing of ours, ended with all of theirs."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.catalog.model import CommandTarget
from core.monitoring.model import Reading, State
from core.monitoring.probes.command import CommandProber
from core.monitoring.probes.process_groups import count_members
from core.monitoring.probes.spawning import OUTPUT_LIMIT, Running
from tests.core.monitoring.probes.loopback import open_descriptors
from tests.core.monitoring.probes.scripts import script, seen
from tests.processes import lives

ROOT = Path(__file__).parents[4]


async def look(folder: Path, text: str, timeout_s: float = 10.0, **target: str) -> Reading:
    return await CommandProber(CommandTarget((script(folder, text),), **target)).look(timeout_s)  # type: ignore[arg-type]


async def running(folder: Path, text: str) -> Running:
    return Running([script(folder, text)], {"PATH": os.environ["PATH"]})


async def test_it_has_a_session_of_its_own_and_so_no_terminal(tmp_path: Path) -> None:
    reading = await look(
        tmp_path, "echo $$ $(cut -d' ' -f6 /proc/$$/stat); (: < /dev/tty) 2>/dev/null || echo none"
    )
    pid, session = reading.summary.split()
    assert pid == session
    assert reading.detail == "none"


def test_it_inherits_neither_descriptors_nor_blocked_or_ignored_signals(tmp_path: Path) -> None:
    plugin = script(
        tmp_path, "echo $(ls /proc/self/fd | wc -l) $(grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2)"
    )
    code = (
        "import asyncio, os, signal\n"
        "from core.catalog.model import CommandTarget\n"
        "from core.monitoring.probes.command import CommandProber\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        f"print(asyncio.run(CommandProber(CommandTarget(({plugin!r},))).look(20)).summary)"
    )
    with (tmp_path / "other").open("w") as other:
        shown = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, pass_fds=[other.fileno()], capture_output=True, check=True, text=True
        )  # fmt: skip
    descriptors, blocked, ignored = shown.stdout.split()
    assert descriptors == "4"  # its three own, and the folder that ls reads
    # The signals that have names; two above them are the C library's own.
    assert (int(blocked, 16) & 0x7FFFFFFF, int(ignored, 16) & 0x7FFFFFFF) == (0, 0)


async def test_grandchildren_that_ignore_being_asked_are_killed_and_counted(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    text = (
        f"trap '' TERM\nfor a in 1 2 3; do\n( for b in 1 2; do ( while :; do sleep 0.05; done ) & done; wait ) &\ndone\n"
        f"ps -o pid= -s $$ > {pids}; wait"
    )
    work = await running(tmp_path, text)
    await seen(pids)
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work.ended(), 0.1)
    finally:
        await work.end()
    assert work.killed >= 4
    assert work.unkillable == 0
    assert not any(lives(pid) for pid in await seen(pids))


async def test_one_that_goes_when_asked_is_not_killed(tmp_path: Path) -> None:
    reading = await look(tmp_path, "trap 'echo tidied; exit 0' TERM; sleep 60 & wait", timeout_s=0.3)
    assert reading.summary.endswith("was ended after 0.3 s: tidied")


async def test_one_that_is_stopped_is_ended_as_well(tmp_path: Path) -> None:
    reading = await look(tmp_path, "kill -STOP $$; echo on", timeout_s=0.2)
    assert "was ended after 0.2 s" in reading.summary


async def test_what_a_command_leaves_behind_in_its_group_is_ended_and_told(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    reading = await look(tmp_path, f"sleep 600 >/dev/null 2>&1 & echo $! > {pids}; echo done")
    assert (reading.verdict, reading.summary) == (State.OK, "done")
    assert "left processes behind, which were ended: 1" in reading.detail
    assert not lives((await seen(pids))[0])


async def test_cancelling_a_look_ends_its_command(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    task = asyncio.create_task(look(tmp_path, f"echo $$ > {pids}; sleep 600"))
    pid = (await seen(pids))[0]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert count_members(pid) == 0


async def test_one_that_prints_for_ever_is_cut_and_ended(tmp_path: Path) -> None:
    work = await running(tmp_path, "exec yes")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(work.ended(), 0.3)
    await work.end()
    assert work.is_cut
    assert len(work.out) == OUTPUT_LIMIT


async def test_all_that_was_printed_before_the_end_is_there(tmp_path: Path) -> None:
    for _ in range(20):
        work = await running(tmp_path, "head -c 60000 /dev/zero; head -c 50000 /dev/zero >&2")
        await work.ended()
        await work.end()
        assert (len(work.out), len(work.err), work.status) == (60_000, 50_000, 0)


async def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    await look(tmp_path, "echo once")
    gc.collect()  # what tests before this one left is closed now, and not meanwhile
    before = len(open_descriptors())
    for text in ("echo fine", "sleep 60"):
        await look(tmp_path, text, timeout_s=0.3)
    with pytest.raises(OSError, match="Exec format"):
        Running([script(tmp_path, "#! \n")], {})
    assert len(open_descriptors()) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#!/no/such/interpreter\n", "the program that its first line names is missing"),
        ("#! \n", "neither a program nor a script"),
    ],
)
async def test_a_script_that_cannot_be_started(tmp_path: Path, text: str, words: str) -> None:
    reading = await look(tmp_path, text)
    assert (reading.verdict, words in reading.summary) == (State.UNKNOWN, True)


async def test_the_folder_it_runs_in(tmp_path: Path) -> None:
    assert (await look(tmp_path, "pwd", directory=str(tmp_path))).summary == str(tmp_path)
    gone = await look(tmp_path, "pwd", directory=str(tmp_path / "gone"))
    assert f"there is no folder {tmp_path / 'gone'}" in gone.summary
    here = CommandTarget(("./plugin",), directory=str(tmp_path))
    assert (await CommandProber(here).look(10)).summary == str(tmp_path)
    bare = CommandTarget(("no-such-command-anywhere",), directory=str(tmp_path))
    assert (await CommandProber(bare).look(10)).summary == "there is no command no-such-command-anywhere"


async def test_figures_that_cannot_be_read_are_told_beside_those_that_can(tmp_path: Path) -> None:
    reading = await look(tmp_path, "echo 'OK | a=1,5 b=2'")
    assert [m.name for m in reading.metrics] == ["b"]
    assert "cannot be read: a=1,5" in reading.detail


def test_members_are_counted_without_the_dead() -> None:
    assert count_members(os.getpgid(0)) >= 1
    assert count_members(2**22 + 1) == 0
