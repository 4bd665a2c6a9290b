from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from subprocess import PIPE
from typing import TYPE_CHECKING

import pytest

from console.starter.orders_service import control
from console.starter.orders_service.presence import running_pid
from console.starter.orders_service.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "orders.ini").write_text("[orders]\n")
    return read_settings(tmp_path, {})


@contextmanager
def part(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a process that is the front until its input ends."""
    program = f"""
import sys
from pathlib import Path
from console.starter.orders_service.presence import presence
from console.starter.orders_service.settings import OrdersError, read_settings
try:
    with presence(read_settings(Path({str(settings.directory)!r}), {{}}), "front"):
        print("present", flush=True)
        sys.stdin.read()
except OrdersError as refusal:
    print(refusal, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE) as process:
        yield process
        process.communicate()


def _says(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout
    return process.stdout.readline().decode().strip()


def test_a_part_runs_for_as_long_as_its_process(settings: Settings) -> None:
    assert running_pid(settings, "front") is None
    with part(settings) as process:
        assert _says(process) == "present"
        assert running_pid(settings, "front") == process.pid
        assert settings.pid_file("front").read_text() == f"{process.pid}\n"
        assert running_pid(settings, "store") is None
    assert running_pid(settings, "front") is None
    assert not settings.pid_file("front").exists()


def test_a_part_cannot_run_twice(settings: Settings) -> None:
    with part(settings) as first:
        assert _says(first) == "present"
        with part(settings) as second:
            assert _says(second) == "orders-front runs already"
        assert running_pid(settings, "front") == first.pid


def test_a_killed_part_does_not_run_and_leaves_its_pid_file(settings: Settings) -> None:
    with part(settings) as process:
        assert _says(process) == "present"
        process.kill()
        process.wait()
    assert running_pid(settings, "front") is None
    assert settings.pid_file("front").exists()


def test_a_stranger_under_the_number_of_a_dead_part_is_left_alone(settings: Settings) -> None:
    settings.state.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE) as stranger:
        for file in (settings.pid_file("front"), settings.lock_file("front")):
            file.write_text(f"{stranger.pid}\n")

        assert not control.kill(settings, "front").is_done
        assert control.stop(settings, "front").words == "orders-front is not running"
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert stranger.returncode == 0
