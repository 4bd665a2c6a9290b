"""Two consoles on one database, and deaths in either order: nothing is lost, and who is left goes on."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey


def note(desk: Terminal, text: str) -> None:
    desk.press("l")
    desk.wait_for("what you saw or did")
    desk.wait_quiet()
    desk.type_text(text)
    desk.wait_for(text)
    desk.press("enter")
    desk.wait_for("noted on I-1")


@pytest.mark.parametrize("order", [("agent", "console"), ("console", "agent")])
def test_whoever_dies_first_the_other_console_goes_on(running: House, order: tuple[str, str]) -> None:
    host = running.console("--view", "incidents")
    host.wait_for("agent 0s", timeout_s=60)
    other = running.console("--view", "incidents")
    other.wait_for("agent 0s", timeout_s=60)
    first = running.agent_pid()
    running.orders("fault", "front", "kill")
    for desk in (host, other):
        desk.wait_until(lambda text: "I-1" in text and "orders-front" in text, timeout_s=60)
    note(host, "seen by the first")
    other.press("t")
    host.wait_for("acknowledged")
    for victim in order:
        if victim == "agent":
            os.kill(first, signal.SIGKILL)
        else:
            host.signal(signal.SIGKILL)
            host.wait_exit()
    other.wait_until(lambda text: text.lstrip().startswith("STALE"), timeout_s=30)
    other.wait_until(lambda text: "STALE" not in text, timeout_s=60)
    assert running.agent_pid() != first
    note(other, "seen by the second")
    running.orders("start", "front")
    other.wait_for("resolved", timeout_s=60)

    entries = running.data("log", "-n", "1000")
    assert [entry["id"] for entry in entries] == list(range(1, len(entries) + 1))
    notes = [entry["note"] for entry in entries if entry["kind"] == "incident.noted"]
    assert notes == ["seen by the first", "seen by the second"]
    assert len(running.data("incidents", "--all")) == 1
