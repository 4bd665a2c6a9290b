"""Processes, files, this machine, heartbeats, plain connections."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import FileTarget, HeartbeatTarget, HostTarget, ProcessTarget, TcpTarget
from core.errors import BadInput
from core.monitoring.beats import Beat, last_beat, leave_beat
from core.monitoring.model import Reading, State
from core.monitoring.probes.context import ProbeContext, good
from core.monitoring.probes.factory import prober
from core.monitoring.probes.file import FileProber
from core.monitoring.probes.pools import Pools
from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.catalog.model import Target


async def look(target: Target, folder: Path) -> Reading:
    return await prober(target, ProbeContext(folder)).look(5.0)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # watchfloor-sleeper"])
    yield process
    process.kill()
    process.wait()


async def test_a_process_is_found_by_pid_file_and_by_pattern(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(f"{sleeper.pid}\n")
    found = await look(ProcessTarget(pid_file=str(pid_file)), tmp_path)
    assert found.verdict is State.OK
    assert {m.name for m in found.metrics} >= {"count", "cpu_percent", "memory_mb", "age_s"}
    pattern = await look(ProcessTarget(pattern="watchfloor-sleepe[r]"), tmp_path)
    assert pattern.verdict is State.OK
    many = await look(ProcessTarget(pattern="watchfloor-sleepe[r]", at_least=99), tmp_path)
    assert "of 99 are running" in many.summary


async def test_a_process_that_is_gone_and_a_pid_that_is_somebody_elses(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    pid_file = tmp_path / "pid"
    missing = await look(ProcessTarget(pid_file=str(pid_file)), tmp_path)
    assert "there is no pid file" in missing.summary
    for text in ("", "not a number", "99999999999999"):
        pid_file.write_text(text)
        assert (await look(ProcessTarget(pid_file=str(pid_file)), tmp_path)).verdict is State.CRITICAL
    pid_file.write_text(str(sleeper.pid))
    reused = await look(ProcessTarget(pid_file=str(pid_file), pattern="another-program"), tmp_path)
    assert "another program now" in reused.summary
    sleeper.kill()
    await asyncio.to_thread(
        os.waitid, os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT
    )  # a zombie now: gone, but still in the table
    gone = await look(ProcessTarget(pid_file=str(pid_file)), tmp_path)
    assert gone.verdict is State.CRITICAL
    assert "the process is gone" in gone.summary


@pytest.mark.parametrize("aspect", ["load", "memory", "disk", "swap", "clock"])
async def test_this_machine_gives_figures(tmp_path: Path, aspect: str) -> None:
    reading = await look(HostTarget(aspect, str(tmp_path)), tmp_path)  # type: ignore[arg-type]
    assert reading.verdict is State.OK
    assert reading.metrics


async def test_a_disk_that_is_not_there_is_not_judged(tmp_path: Path) -> None:
    assert (await look(HostTarget("disk", str(tmp_path / "none")), tmp_path)).verdict is State.UNKNOWN


async def test_a_pattern_counts_in_new_lines_only_and_a_missing_file_is_as_bad_as_declared(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    absent = await look(FileTarget(str(log), missing="warning"), tmp_path)
    assert absent.verdict is State.WARNING
    log.write_text("ERROR old\n")
    follower = FileProber(FileTarget(str(log), pattern="ERROR"))
    assert matches(await follower.look(5)) == 0
    with log.open("ab") as file:
        file.write(b"ERROR \xff\x1b[31mnew\n" + b"x" * 1_000_000 + b"ERROR\nfine\n")
    reading = await follower.look(5)
    assert matches(reading) == 2
    assert "\x1b" not in reading.detail + reading.summary
    assert matches(await follower.look(5)) == 2
    await follower.close()


def matches(reading: Reading) -> float:
    return next(m.value for m in reading.metrics if m.name == "matches")


STEPS = st.lists(st.sampled_from(["hit", "miss", "half", "rotate", "look"]), max_size=25)


@given(STEPS)
def test_whatever_is_written_and_rotated_each_match_counts_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = folder / "log"
    log.touch()
    follower = FileProber(FileTarget(str(log), pattern="ERROR", within_s=1e6))

    async def story() -> tuple[int, float]:
        await follower.look(5)
        written, turn, seen = 0, 0, 0.0
        for step in steps:
            if step == "rotate":
                # What is rotated away was read to its end; a real rotation waits at least one look.
                seen = matches(await follower.look(5))
                turn += 1
                log.rename(folder / f"log.{turn}")
                log.touch()
            elif step == "look":
                seen = matches(await follower.look(5))
            else:
                with log.open("a") as file:
                    file.write({"hit": "an ERROR\n", "miss": "fine\n", "half": "an ERR"}[step])
                    if step == "half":
                        file.write("OR\n")
                written += step in {"hit", "half"}
        seen = matches(await follower.look(5))
        seen = matches(await follower.look(5))
        await follower.close()
        return written, seen

    written, seen = asyncio.run(story())
    assert seen == written


async def test_a_file_that_was_truncated_is_read_from_its_top(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("a long line that was there before\n")
    follower = FileProber(FileTarget(str(log), pattern="ERROR"))
    await follower.look(5)
    log.write_text("ERROR\n")
    assert matches(await follower.look(5)) == 1
    await follower.close()


async def test_a_heartbeat_is_fresh_late_silent_or_says_of_itself(tmp_path: Path) -> None:
    target = HeartbeatTarget("job", within_s=60, grace_s=60)
    assert (await look(target, tmp_path)).verdict is State.UNKNOWN
    for seconds, verdict, expected in (
        (1, "ok", State.OK), (90, "ok", State.WARNING), (200, "ok", State.CRITICAL), (1, "critical", State.CRITICAL),
    ):  # fmt: skip
        leave_beat(tmp_path, "job", Beat(utc_now() - timedelta(seconds=seconds), verdict, "42 rows\x1b[2J"))
        reading = await look(target, tmp_path)
        assert reading.verdict is expected
        assert "\x1b" not in reading.summary


def test_a_beat_that_cannot_be_is_refused_and_a_strangers_file_is_silence(tmp_path: Path) -> None:
    for name in ("../x", "", "UPPER", "a/b"):
        with pytest.raises(BadInput):
            leave_beat(tmp_path, name, Beat(utc_now()))
    (tmp_path / "job").write_text("{")
    assert last_beat(tmp_path, "job") is None


async def test_a_connection_that_opens_and_says_what_is_expected(tmp_path: Path) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await look(TcpTarget("127.0.0.1", port, "^220 "), tmp_path)).verdict is State.OK
    wrong = await look(TcpTarget("127.0.0.1", port, "^550 "), tmp_path)
    assert "said '220 ready" in wrong.summary
    server.close()
    await server.wait_closed()
    assert (await look(TcpTarget("127.0.0.1", port), tmp_path)).verdict is State.CRITICAL


async def test_a_target_that_hangs_does_not_hold_the_others() -> None:
    pools, release = Pools(), asyncio.Event()

    async def hang() -> Reading:
        await release.wait()
        return good("at last")

    async def answer() -> Reading:
        return good("at once")

    hanging = [asyncio.create_task(pools.run(TcpTarget("10.0.0.1", 1), hang)) for _ in range(10)]
    await asyncio.sleep(0)
    assert (await pools.run(TcpTarget("127.0.0.1", 2), answer)).summary == "at once"
    assert pools.queued() == {"hosts": 6}
    release.set()
    await asyncio.gather(*hanging)
