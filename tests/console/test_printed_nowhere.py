"""Where what is to be printed cannot go: one line says so, or nothing where nobody is left to tell."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING

import pytest

from console.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]


def started(home: Path, words: list[str], output: IO[bytes] | int, *, buffered: bool) -> tuple[int, str]:
    """Returns the exit code and standard error of the command, whose standard output is `output`."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-m", "console", *words], stdout=output, stderr=subprocess.PIPE, text=True, check=False,
        env={**env, "WATCHFLOOR_HOME": str(home), **({} if buffered else {"PYTHONUNBUFFERED": "1"})},
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.fixture
def pipe_without_reader() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_help_on_a_full_disk_is_one_line(tmp_path: Path, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  (a device, not a file of ours)
        code, told = started(tmp_path, words, full, buffered=True)
    assert code == 3
    assert told == "watchfloor: what is to be printed cannot be written: No space left on device\n"


def test_help_on_a_full_disk_is_told_unbuffered_as_well(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        code, told = started(tmp_path, ["board", "--help"], full, buffered=False)
    assert (code, told.count("\n")) == (3, 1)


@pytest.mark.parametrize("words", [["--help"], ["log", "--help"], ["--version"]], ids=" ".join)
@pytest.mark.parametrize("buffered", [True, False])
def test_a_pipe_that_nobody_reads_is_silent(
    tmp_path: Path, pipe_without_reader: int, words: list[str], buffered: bool
) -> None:
    assert started(tmp_path, words, pipe_without_reader, buffered=buffered) == (0, "")


def test_without_standard_output_nothing_breaks(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "console", "--version"]
    closed = ["sh", "-c", '"$@" >&-', "sh", *words]
    done = subprocess.run(
        closed, stderr=subprocess.PIPE, check=False, env={**os.environ, "WATCHFLOOR_HOME": str(tmp_path)}
    )
    assert (done.returncode, done.stderr) == (0, b"")
