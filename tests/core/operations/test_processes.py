"""What commands do when they misbehave: deaf ones, loud ones, ones that leave others behind."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.operations.drivers import process as driver
from core.operations.drivers.process import LONGEST_LINE, Command, Ended
from tests.processes import lives

Told = list[tuple[str, str]]


async def run(
    *argv: str, timeout_s: float = 30.0, directory: str | None = None, env: dict[str, str] | None = None
) -> tuple[Ended, Told]:
    told: Told = []
    command = Command(
        argv, timeout_s=timeout_s, tell=lambda *line: told.append(line), directory=directory, env=env
    )
    return await command.run(), told


async def written(path: Path) -> str:
    while not (text := _text(path)).endswith("\n"):
        await asyncio.sleep(0.01)
    return text


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_command_that_does_not_hear_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "GRACE_S", 0.3)
    pid = tmp_path / "pid"
    ended, _ = await run(
        "sh", "-c", f"trap '' TERM; echo $$ > {pid}; while :; do sleep 0.05; done", timeout_s=0.5
    )
    assert ended.code is None
    assert ended.text == "ended after 0.5 s: its time was up; it had to be killed"
    assert not lives(int(pid.read_text()))


async def test_a_cancelled_command_that_does_not_hear_sigterm_is_gone_when_the_cancelling_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "GRACE_S", 0.3)
    pid = tmp_path / "pid"
    task = asyncio.create_task(
        run("sh", "-c", f"trap '' TERM; echo $$ > {pid}; while :; do sleep 0.05; done")
    )
    number = int(await written(pid))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not lives(number)


@pytest.mark.parametrize("turns", range(8))
async def test_a_command_cancelled_while_it_is_being_started_leaves_nobody_behind(
    tmp_path: Path, turns: int
) -> None:
    pids = tmp_path / "pids"
    task = asyncio.create_task(run("sh", "-c", f"echo $$ > {pids}; sleep 600 & echo $! >> {pids}; wait"))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(lives(int(pid)) for pid in _text(pids).split())


async def test_one_that_says_goodbye_on_sigterm_is_heard(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    task = asyncio.create_task(
        run(
            "sh", "-c", f"trap 'echo goodbye; exit 0' TERM; echo up > {gate}; while :; do sleep 0.05; done",
            timeout_s=1.0,
        )
    )  # fmt: skip
    await written(gate)
    ended, told = await task
    assert "its time was up" in ended.text
    assert ("out", "goodbye") in told


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("kill -9 $$", "ended by SIGKILL"),
        ("kill -TERM $$", "ended by SIGTERM"),
        ("kill -40 $$", "ended by signal 40"),
        ("exit 255", "exit code 255"),
    ],
)
async def test_how_it_ended_is_said_in_words(script: str, text: str) -> None:
    ended, _ = await run("bash", "-c", script)
    assert ended.text == text
    assert not ended.is_good


async def test_both_streams_are_told_each_in_its_order() -> None:
    _, told = await run("sh", "-c", "for n in 1 2 3 4 5; do echo out $n; echo err $n >&2; done")
    assert [text for stream, text in told if stream == "out"] == [f"out {n}" for n in range(1, 6)]
    assert [text for stream, text in told if stream == "err"] == [f"err {n}" for n in range(1, 6)]


async def test_a_long_line_is_told_in_pieces_and_nothing_of_it_is_lost() -> None:
    _, told = await run("sh", "-c", "head -c 30000 /dev/zero | tr '\\0' x; echo; echo after")
    *pieces, last = [text for _, text in told]
    assert last == "after"
    assert "".join(pieces) == "x" * 30000
    assert max(len(piece) for piece in pieces) <= LONGEST_LINE


async def test_a_progress_bar_leaves_its_last_form() -> None:
    _, told = await run("printf", "10%%\r50%%\r100%%\r\ndone\n")
    assert told == [("out", "100%"), ("out", "done")]


async def test_bytes_that_are_no_text_are_seen_to_have_been_there() -> None:
    _, told = await run("printf", r"caf\303\251 \377 \303")
    assert told == [("out", "café \ufffd \ufffd")]


async def test_nothing_is_read_from_the_console() -> None:
    assert (await run("cat", timeout_s=10))[0] == Ended(0, "exit code 0")


async def test_arguments_reach_the_command_as_they_are() -> None:
    _, told = await run("printf", "%s\n", "a b", "$(reboot)", "*", "`id`; true", "")
    assert [text for _, text in told] == ["a b", "$(reboot)", "*", "`id`; true", ""]


async def test_directory_and_environment_are_those_asked_for(tmp_path: Path) -> None:
    _, told = await run("/bin/sh", "-c", "pwd; echo $ONLY", directory=str(tmp_path), env={"ONLY": "this"})
    assert [text for _, text in told] == [str(tmp_path), "this"]


async def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended, told = await run("true", directory=str(tmp_path / "none"))
    assert ended.text == f"cannot be started: {tmp_path}/none: No such file or directory"
    assert (ended.code, told) == (None, [])


async def test_what_is_not_a_program_says_why(tmp_path: Path) -> None:
    script = tmp_path / "plain.txt"
    script.write_text("true\n")
    ended, _ = await run(str(script))
    assert "plain.txt: Permission denied" in ended.text
    ended, _ = await run("nul\0byte")
    assert "cannot be started" in ended.text


async def test_many_at_once_do_not_mix_their_output() -> None:
    found = await asyncio.gather(*(run("sh", "-c", f"echo {n}; echo {n} >&2; exit {n}") for n in range(30)))
    for n, (ended, told) in enumerate(found):
        assert ended.code == n
        assert sorted(told) == [("err", str(n)), ("out", str(n))]


async def test_no_descriptor_is_left_open() -> None:
    await run("true")
    before = open_descriptors()
    for _ in range(5):
        await run("true")
        await run("/none/such")
    assert open_descriptors() == before


async def test_a_group_left_running_by_a_good_end_is_left_alone(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    ended, _ = await run("sh", "-c", f"sleep 600 > /dev/null 2>&1 & echo $! > {pid}")
    number = int(pid.read_text())
    assert ended.is_good
    assert lives(number)
    os.kill(number, signal.SIGKILL)


@settings(max_examples=12)
@given(st.binary(min_size=1, max_size=400))
def test_no_bytes_a_command_writes_reach_the_terminal_as_they_are(data: bytes) -> None:
    shown = "".join(f"\\{byte:03o}" for byte in data)
    ended, told = asyncio.run(run("printf", "%b", "".join(f"\\0{byte:03o}" for byte in data)))
    assert ended.is_good, shown
    assert all(ch.isprintable() or ch == "\ufffd" or ch.isspace() for _, text in told for ch in text)
    assert not any(ord(ch) < 32 or 127 <= ord(ch) < 160 for _, text in told for ch in text)
