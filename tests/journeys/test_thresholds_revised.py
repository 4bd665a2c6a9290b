"""A threshold is revised at night: the running agent judges by it at once, and by the catalog again when its end has come."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.timekeeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey
SPOOL = """
[[component]]
id = "spool"
title = "Spool"
service = "orders"

[[component.probe]]
id = "size"
kind = "file"
path = "{path}"
every = "1s"
retry = "500ms"
attempts = 2

[[component.probe.threshold]]
metric = "size_bytes"
warning = "{warning}"
critical = "200"
"""
NAME = "spool/size/size_bytes"


class Night:
    """A house whose spool is 150 bytes large, which its catalog finds critical from 200 on, and its agent."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.spool = house.home / "spool"
        self.declare()
        self.fill(300)
        self.agent = self.begin()

    def declare(self, warning: str = "100") -> None:
        file = self.house.home / "catalog" / "spool.toml"
        file.write_text(SPOOL.format(path=self.spool, warning=warning))

    def fill(self, size: int) -> None:
        self.spool.write_bytes(b"x" * size)

    def begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "console", "agent", "--standby"], env=self.house.env, cwd=self.house.home,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        os.kill(self.agent.pid, signal.SIGKILL)
        self.agent.wait()

    def is_(self, state: str) -> Any:
        said = self.house.run("board", "--json", code=None).stdout
        rows = {row["id"]: row for row in json.loads(said or "[]")}
        return "spool" in rows and (rows["spool"]["state"], rows["spool"]["confirmed"]) == (state, True)

    def wait_until(self, state: str) -> None:
        self.house.wait(lambda: self.is_(state))

    def revise(self, *words: str, code: int = 0) -> str:
        done = self.house.run(
            "thresholds", "revise", "spool", *words, "--reason", "the night's load", code=code
        )
        return done.stderr

    def kinds(self) -> list[str]:
        return [each["kind"] for each in self.house.data("log", f"subject:threshold:{NAME}")]


@pytest.fixture
def night(house: House) -> Iterator[Night]:
    made = Night(house)
    yield made
    made.kill()


def test_it_is_judged_by_at_once_and_by_the_catalog_again_at_its_end(night: Night) -> None:
    house = night.house
    night.wait_until("critical")
    (incident,) = [each for each in house.data("incidents") if each["component"] == "spool"]
    soon = f"{utc_now() + timedelta(seconds=12):%Y-%m-%d %H:%M:%S}"
    night.revise("--warning", "500", "--critical", "600", "--until", soon)
    night.wait_until("ok")
    (incident,) = [each for each in house.data("incidents") if each["component"] == "spool"]
    assert incident["state"] == "resolved"
    night.wait_until("critical")
    house.wait(lambda: night.kinds() == ["threshold.revised", "threshold.ended"])
