"""The agent freezes and thaws: what is shown says so first, another takes over, and the old one does no harm."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


def ended(pid: int) -> Callable[[], bool]:
    """Returns a question: has that process ended? One that nobody has reaped yet has."""

    def ask() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return ask


def test_a_frozen_agent_is_replaced_and_ends_by_itself_when_it_thaws(running: House) -> None:
    agent = running.console("agent")
    desk = running.console("--no-agent", "--view", "board")
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    frozen = running.agent_pid()
    agent.signal(signal.SIGSTOP)
    try:
        desk.wait_until(lambda text: text.lstrip().startswith("STALE agent silent"), timeout_s=30)
        standby = running.console("agent", "--standby")
        desk.wait_until(lambda text: "STALE" not in text, timeout_s=60)
        assert running.agent_pid() == standby.process.pid != frozen
    finally:
        agent.signal(signal.SIGCONT)
    assert agent.wait_exit(timeout_s=30) == 0
    assert "another process has taken over" in agent.text
    running.orders("fault", "front", "kill")
    desk.wait_until(lambda text: "■ CRIT    orders-front" in text, timeout_s=40)
    taken = running.data("log", "kind:lease.taken", "subject:lease:agent")
    assert [entry["changes"]["token"][1] for entry in taken] == [1, 2]
    incidents = running.data("incidents")
    assert [incident["component"] for incident in incidents] == ["orders-front"]


def test_an_agent_that_was_killed_is_told_and_followed_at_once(house: House) -> None:
    desk = house.console("--view", "log", size=(120, 30))
    desk.wait_for("catalog loaded", "agent 0s", timeout_s=60)
    killed = house.agent_pid()
    os.kill(killed, signal.SIGKILL)
    # Its silence is not waited for.
    desk.wait_until(
        lambda text: (
            text.lstrip().startswith("STALE agent silent 0s")
            or text.lstrip().startswith("STALE agent silent 1s")
        )
    )
    desk.wait_for("the agent was killed (SIGKILL)")
    desk.wait_until(lambda text: "STALE" not in text and "agent 0s" in text)
    desk.wait_gone("the agent was killed")
    assert house.agent_pid() != killed


def test_a_console_that_is_opened_again_is_watched_over_at_once(house: House) -> None:
    for tokens in ([1], [1, 2]):
        desk = house.console("--view", "log", size=(120, 30))
        desk.wait_until(lambda text: " agent 0s" in text and "STALE" not in text, timeout_s=60)
        taken = house.data("log", "kind:lease.taken", "subject:lease:agent")
        assert [entry["changes"]["token"][1] for entry in taken] == tokens
        desk.press("ctrl+q")
        assert desk.wait_exit() == 0


def test_the_agent_of_a_killed_console_ends_and_gives_the_lease_up(house: House) -> None:
    desk = house.console("--view", "log")
    desk.wait_for("catalog loaded", timeout_s=60)
    pid = house.wait(house.agent_pid)
    desk.signal(signal.SIGKILL)
    desk.wait_exit()
    house.wait(ended(pid), timeout_s=30)
    assert house.data("log", "kind:lease.given_up")
    assert "STALE: no agent is watching" in house.run("board", code=1).stdout


def test_a_second_agent_is_refused_while_one_is_in_force(house: House) -> None:
    first = house.console("agent")
    first.wait_for("in force for", timeout_s=60)
    refused = house.run("agent", code=3).stderr
    assert f"agent is already at work, process {first.process.pid} on " in refused
    os.kill(first.process.pid, signal.SIGTERM)
    assert first.wait_exit() == 0
