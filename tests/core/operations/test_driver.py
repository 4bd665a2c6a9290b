"""Commands of a step, carried out for real."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING

from core.operations.drivers.process import Command, Ended
from tests.processes import lives

if TYPE_CHECKING:
    from pathlib import Path


async def run(script: str, timeout_s: float = 20.0) -> tuple[Ended, list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    command = Command(
        ["sh", "-c", script], timeout_s=timeout_s, tell=lambda stream, text: told.append((stream, text))
    )
    return await command.run(), told


async def test_output_comes_in_order_and_without_escapes() -> None:
    ended, told = await run(r"echo one; printf 'two\033[31m\007\n'; printf 'half'; exit 3")
    assert (ended.code, ended.text) == (3, "exit code 3")
    assert [text for _, text in told] == ["one", "two\ufffd", "half"]


async def test_a_part_of_a_line_is_shown_while_the_command_goes_on(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    told: list[str] = []
    seen = asyncio.Event()

    def tell(_: str, text: str) -> None:
        told.append(text)
        seen.set()

    task = asyncio.create_task(
        Command(["sh", "-c", f"printf 'password? '; read x < {gate}"], timeout_s=20, tell=tell).run()
    )
    await asyncio.wait_for(seen.wait(), 10)
    assert told == ["password? "]
    await asyncio.to_thread(gate.write_text, "x\n")
    assert (await task).code == 0


async def test_what_overruns_its_time_is_ended_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    ended, _ = await run(
        f"(echo $$ >> {pids}; sleep 600) & sleep 600 & echo $! >> {pids}; wait", timeout_s=0.5
    )
    assert ended.code is None
    assert "its time was up" in ended.text
    assert not any(lives(int(pid)) for pid in pids.read_text().split())


async def test_a_daemon_that_keeps_the_pipe_is_not_waited_for(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    ended, told = await asyncio.wait_for(
        run(f"setsid sh -c 'echo $$ > {note}; exec sleep 600' & sleep 0.2; echo up"), 20
    )
    assert (ended.code, told) == (0, [("out", "up")])
    assert lives(int(note.read_text()))
    os.kill(int(note.read_text()), 9)


async def test_fifty_megabytes_are_not_kept() -> None:
    ended, told = await run("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo end")
    assert ended.is_good
    assert sum(len(text) for _, text in told) < 2_000_000
    assert "bytes more were not kept" in told[-1][1]


async def test_a_command_that_is_not_there() -> None:
    ended = await Command(["/none/such"], timeout_s=5, tell=lambda *_: None).run()
    assert "cannot be started" in ended.text


async def test_cancelling_ends_the_group(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(run(f"echo $$ > {note}; sleep 600"))
    while not note.exists() or not note.read_text():
        await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert not lives(int(note.read_text()))
