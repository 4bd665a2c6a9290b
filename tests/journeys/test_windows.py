"""A maintenance window from its box on the board to its end: nothing is raised while it holds, and what still fails is, once."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey


def plan(desk: Terminal, length: str, reason: str) -> None:
    """Plans a window over the component under the cursor, from now on."""
    desk.press("M")
    desk.wait_for("plan a maintenance window", "orders-worker")
    desk.wait_quiet()
    desk.type_text(reason)  # the one field that is empty
    desk.press("up", "up", "ctrl+u")
    desk.type_text(length)
    desk.press("f2")
    desk.wait_for("Plan it", "covers", "behind")
    desk.wait_quiet()
    desk.press("tab", "enter")


def row_of(house: House, component: str) -> dict[str, Any]:
    return next(row for row in house.data("board", code=None) if row["id"] == component)


def kinds(house: House) -> list[str]:
    """Returns the kinds of all entries about windows and what they cover, oldest first."""
    found = [entry["kind"] for entry in house.data("log", "-n", "5000")]
    return [kind for kind in found if kind.startswith("window.") or "maintenance" in kind]


def test_planned_work_on_the_board_raises_nothing_until_its_end_even_when_the_agent_is_killed(
    running: House,
) -> None:
    desk = running.console("--view", "board", size=(80, 24))
    desk.wait_until(lambda text: "● OK 8" in text, timeout_s=60)
    desk.press("/")
    desk.type_text("orders-worker")
    desk.wait_for("1 of 8")
    desk.press("enter")
    plan(desk, "45s", "a new disk")
    desk.wait_for("▣", "MAINT 1", "in maintenance until", "W-1")
    running.orders("stop", "worker")
    running.wait(lambda: row_of(running, "orders-worker")["state"] == "critical")
    running.wait(lambda: row_of(running, "orders-worker")["confirmed"])
    assert running.data("incidents") == []
    os.kill(running.agent_pid(), signal.SIGKILL)
    desk.wait_for("▣ MAINT 1")
    incidents = running.wait(lambda: running.data("incidents"), timeout_s=120)
    assert [each["component"] for each in incidents] == ["orders-worker"]
    assert row_of(running, "orders-worker")["maintenance"] is None
    assert kinds(running) == [
        "window.planned", "window.began", "component.maintenance_began", "window.ended", "component.maintenance_ended",
    ]  # fmt: skip
    desk.wait_until(lambda text: "■ CRIT" in text and "I-1" in text and "▣" not in text)
