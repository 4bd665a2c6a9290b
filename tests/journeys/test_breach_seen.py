"""A line is written to a log: it is a signal on the screen, it is made an incident with a key, and a dead agent loses none."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey

DECLARED = """
[[log_source]]
id = "auth"
title = "auth"
kind = "auth"
path = "{path}"
component = "orders-front"
"""


def write(log: Path, *said: str) -> None:
    at = datetime.now(UTC)
    with log.open("a") as file:
        file.writelines(f"{at:%Y-%m-%dT%H:%M:%S}+00:00 shop-1 sshd[4711]: {each}\n" for each in said)


def failed(account: str = "root") -> str:
    return f"Failed password for {account} from 203.0.113.9 port 40000 ssh2"


def times(house: House, rule: str) -> int:
    return sum(each["count"] for each in house.data("signals", "--view", "all") if each["rule"] == rule)


def test_a_live_line_is_a_signal_on_the_screen_and_none_is_lost_where_the_agent_dies(running: House) -> None:
    log = running.home / "auth.log"
    log.touch()
    (running.home / "catalog" / "logs.toml").write_text(DECLARED.format(path=log))
    desk = running.console("--view", "signals", size=(140, 40))
    desk.wait_for("1 log read", "No signal here", timeout_s=60)
    write(log, *[failed()] * 5)
    desk.wait_for("sign-ins refused from one address", "203.0.113.9", timeout_s=30)
    write(log, "Accepted password for root from 203.0.113.9 port 40000 ssh2")
    desk.wait_for("a sign-in let in after it was", "1 high", timeout_s=30)

    os.kill(running.agent_pid(), signal.SIGKILL)
    log.rename(running.home / "auth.log.1")
    write(running.home / "auth.log.1", *[failed("ana")] * 3)
    write(log, *[failed("ben")] * 4)
    running.wait(lambda: times(running, "refused-sign-in") == 12, timeout_s=60)
    write(log, failed("eve"))
    running.wait(lambda: times(running, "refused-sign-in") == 13)

    number = next(each["id"] for each in running.data("signals") if each["rule"] == "success-after-failures")
    running.run("signal", number, "incident", "--yes")
    opened = running.data("incidents")[0]
    assert (opened["component"], opened["severity"]) == ("orders-front", 2)
    entries = running.data("log", f"subject:incident:{opened['id'].partition('-')[2]}")
    assert any("Accepted password for root" in each["note"] for each in entries)
    assert running.data("signals", "--readers")[0]["lines"] == 14
