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
id = "{probe}"
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
    """A house whose spool is 300 bytes large, which its catalog finds critical from 200 on, and its agent."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.spool = house.home / "spool"
        self.declare()
        self.fill(300)
        self.agent = self.begin()

    def declare(self, warning: str = "100", probe: str = "size") -> None:
        file = self.house.home / "catalog" / "spool.toml"
        file.write_text(SPOOL.format(path=self.spool, warning=warning, probe=probe))

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
        return [each["kind"] for each in self.house.data("log", "kind:threshold")]


@pytest.fixture
def night(house: House) -> Iterator[Night]:
    made = Night(house)
    yield made
    made.kill()


def spool_line(text: str) -> str:
    return next((line for line in text.splitlines() if " spool" in line), "")


def test_a_key_widens_it_the_agent_judges_by_it_at_once_and_u_takes_it_back(night: Night) -> None:
    night.wait_until("critical")
    desk = night.house.console("--no-agent", "--view", "board", size=(120, 30))
    desk.wait_until(lambda text: "CRIT" in spool_line(text))
    desk.press("/")
    desk.type_text("spool")
    desk.press("enter")
    desk.wait_until(lambda text: "1 of" in text)
    desk.press("T")
    desk.wait_for("thresholds of spool/size/size_bytes", "judged by  warning 100, critical 200")
    desk.wait_quiet()
    desk.press("ctrl+u")
    desk.type_text("500")
    desk.wait_for("never comes before")
    desk.press("down")
    desk.press("ctrl+u")
    desk.type_text("6oo")
    desk.wait_for("'6oo' is not a range: column 2, 'o'")
    desk.press("ctrl+u")
    desk.type_text("600")
    desk.wait_for("as typed   widens")
    for key in ("down", "ctrl+u", "f2"):
        desk.press(key)
    desk.wait_for("why: say it in one sentence")
    desk.type_text("the till writes more at night")
    desk.press("f2")
    desk.wait_for("it widens what counts as ok, so it needs an end")
    desk.type_text("2h")
    desk.press("f2")
    desk.wait_until(lambda text: "spool \u2260" in text and "OK" in spool_line(text))
    desk.wait_for("warning 500, critical 600, widened until", "the till writes more at night")
    (incident,) = [each for each in night.house.data("incidents") if each["component"] == "spool"]
    assert incident["state"] == "resolved"
    desk.press("u")
    desk.wait_until(lambda text: "\u2260" not in text and "CRIT" in spool_line(text))
    assert night.kinds() == ["threshold.revised", "threshold.taken_back"]


def test_it_is_judged_by_the_catalog_again_at_its_end_also_after_the_agent_was_killed(night: Night) -> None:
    house = night.house
    night.wait_until("critical")
    night.revise("--warning", "500", "--critical", "600", "--until", soon(8))
    night.wait_until("ok")
    night.wait_until("critical")
    house.wait(lambda: night.kinds() == ["threshold.revised", "threshold.ended"])

    night.revise("--warning", "500", "--critical", "600", "--until", soon(8))
    night.wait_until("ok")
    night.kill()
    over = utc_now() + timedelta(seconds=9)
    house.wait(lambda: utc_now() > over)
    assert night.is_("ok")  # as it was left, and the board says that nobody looks
    night.agent = night.begin()
    night.wait_until("critical")
    house.wait(lambda: night.kinds() == ["threshold.revised", "threshold.ended"] * 2)


def test_it_stays_on_top_of_another_catalog_and_ends_with_its_probe(night: Night) -> None:
    house = night.house
    night.wait_until("critical")
    night.revise("--warning", "500", "--critical", "600", "--until", "2h")
    night.wait_until("ok")
    night.declare(warning="120")
    house.wait(lambda: "the catalog said warning 100" in house.run("thresholds", "--revised").stdout)
    assert night.is_("ok")
    night.declare(warning="120", probe="length")
    house.wait(lambda: night.kinds() == ["threshold.revised", "threshold.ended"])
    (ended,) = house.data("log", "kind:threshold.ended")
    assert ended["note"] == "the catalog has no probe spool/size any more"
    night.wait_until("critical")


def soon(seconds: int) -> str:
    return f"{utc_now() + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
