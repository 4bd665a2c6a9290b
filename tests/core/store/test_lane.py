"""The lane: one at a time, in the order of coming, and nobody is stuck in it for good."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.errors import StoreBusy
from core.store.sqlite import lane as lane_module
from core.store.sqlite.lane import Lane

if TYPE_CHECKING:
    from pathlib import Path

STAYS = """
import sys
from pathlib import Path
from core.store.sqlite.lane import Lane
Lane(Path(sys.argv[1])).enter()
print("in", flush=True)
sys.stdin.readline()
"""

pytestmark = pytest.mark.embedded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lane"


def drawn(path: Path) -> int:
    """Returns how many numbers were drawn so far."""
    return int.from_bytes(path.with_name(path.name + ".numbers").read_bytes()[:8], "big")


def wait_until_drawn(path: Path, count: int) -> None:
    end = time.monotonic() + 30
    while drawn(path) < count:
        assert time.monotonic() < end, "nobody came to wait"
        time.sleep(0.001)


def test_they_go_in_as_they_came_and_who_has_just_been_in_it_comes_last(path: Path) -> None:
    lanes = {name: Lane(path) for name in "abcd"}
    order = ""

    def go(name: str) -> None:
        nonlocal order
        with lanes[name].held():
            order += name

    with ThreadPoolExecutor(3) as others:
        for _ in range(50):
            lanes["a"].enter()
            waiting = []
            for name in "bcd":
                before = drawn(path)
                waiting.append(others.submit(go, name))
                wait_until_drawn(path, before + 1)
            lanes["a"].leave()
            go("a")
            for each in waiting:
                each.result(timeout=30)
    assert order == "bcda" * 50
    for lane in lanes.values():
        lane.close()


def test_without_numbers_it_is_a_lane_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    one, two = Lane(path), Lane(path)
    one.enter()
    with ThreadPoolExecutor(1) as other:
        second = other.submit(two.enter)
        assert not second.done()
        one.leave()
        second.result(timeout=30)
    two.leave()
    with one.held():
        pass
    one.close()
    two.close()


def test_one_at_a_time(path: Path) -> None:
    inside, most = 0, 0

    def often() -> None:
        nonlocal inside, most
        lane = Lane(path)
        for _ in range(50):
            with lane.held():
                inside += 1
                most = max(most, inside)
                inside -= 1
        lane.close()

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(often) for _ in range(6)]:
            done.result(timeout=60)
    assert most == 1


def test_who_waited_too_long_is_told_and_does_not_keep_the_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, impatient, third = Lane(path), Lane(path), Lane(path)
    holder.enter()
    with monkeypatch.context() as short:
        short.setattr(lane_module, "PATIENCE_S", 0.05)
        with pytest.raises(StoreBusy, match="another process has kept the database"):
            impatient.enter()
    holder.leave()
    with third.held():
        pass
    with impatient.held():
        pass
    for lane in (holder, impatient, third):
        lane.close()


def test_a_killed_process_keeps_nobody_out(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STAYS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as inside:
        assert inside.stdout is not None
        assert inside.stdout.readline() == "in\n"
        inside.kill()
    lane = Lane(path)
    with lane.held():
        pass
    lane.close()
