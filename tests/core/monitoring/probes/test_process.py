"""Processes: which are there, and what they use."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from core.catalog.model import ProcessTarget
from core.monitoring.model import State
from core.monitoring.probes.process import ProcessProber
from core.monitoring.probes.process_table import Usage, all_processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.stdout.close()
    process.wait()


def test_the_agent_does_not_find_itself_by_what_it_watches() -> None:
    found = {each.pid for each in all_processes()}
    assert os.getpid() not in found
    assert os.getppid() in found


def test_use_is_told_from_the_first_look_on(busy: subprocess.Popen[bytes]) -> None:
    usage = Usage()
    for _ in range(2):
        figures = {metric.name: metric.value for metric in usage.of([busy.pid])}
        assert figures["memory_mb"] > 1
        assert figures["age_s"] > 0
    assert usage.of([2**22 + 1]) == []


def test_a_number_given_to_another_process_is_begun_anew(
    busy: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = Usage()
    usage.of([busy.pid])
    monkeypatch.setattr(psutil.Process, "is_running", lambda _: False)
    assert {metric.name for metric in usage.of([busy.pid])} == {"cpu_percent", "memory_mb", "age_s"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"-1", "holds '-1', not a process number"),
        ("٤٢".encode(), "not a process number"),
        (b"\xff\xfe\x1b[2J", "not a process number"),
        (b"99999999", "names 99999999, no such process"),
        (b"x" * 100_000, "not a process number"),
    ],
)
async def test_a_pid_file_that_names_no_process(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "pid").write_bytes(text)
    reading = await ProcessProber(ProcessTarget(pid_file=str(tmp_path / "pid"))).look(5)
    assert (reading.verdict, reading.metrics[0].value) == (State.CRITICAL, 0.0)
    assert words in reading.summary
    assert "\x1b" not in reading.summary


async def test_a_pid_file_may_have_more_lines(tmp_path: Path, busy: subprocess.Popen[bytes]) -> None:
    (tmp_path / "pid").write_text(f"{busy.pid}\n/var/lib/x\n5432\n")
    target = ProcessTarget(pid_file=str(tmp_path / "pid"), pattern="while True")
    assert (await ProcessProber(target).look(5)).summary == f"running: pid {busy.pid}"


async def test_none_may_be_right_and_too_many_wrong(busy: subprocess.Popen[bytes]) -> None:
    none = await ProcessProber(ProcessTarget(pattern="no such program anywher[e]", at_least=0)).look(5)
    assert (none.verdict, none.summary.startswith("none is running")) == (State.OK, True)
    many = await ProcessProber(ProcessTarget(pattern=".", at_most=1)).look(5)
    assert (many.verdict, "at most 1 should be" in many.summary) == (State.CRITICAL, True)
