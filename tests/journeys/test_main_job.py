"""The walk-through of the README: a component really fails, and an operator brings it back from the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


def test_from_a_killed_process_to_a_closed_incident_and_a_corrective_action(house: House) -> None:
    desk = house.console()
    desk.wait_until(lambda text: "home ▸ Home" in text and "STALE" not in text, timeout_s=60)
    desk.press("1")
    desk.wait_until(lambda text: "■ CRIT    orders-store" in text and "I-1" in text, timeout_s=60)
    house.orders("start")
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    house.wait(lambda: all(each["state"] == "resolved" for each in house.data("incidents", "--all")))

    house.orders("fault", "store", "kill")
    desk.wait_until(lambda text: "■ CRIT    orders-store" in text and "I-1" in text, timeout_s=40)
    desk.wait_until(lambda text: "◇ UNRCH" in text, timeout_s=40)

    desk.press("3")
    desk.wait_for("orders-store", "open")
    desk.press("a")
    desk.wait_for("I-1 acknowledged", "u undoes I-1")
    desk.press("O")
    desk.wait_for("why you need to act")
    desk.wait_quiet()
    desk.type_text("the store was killed")
    desk.press("enter")
    desk.wait_for("OPERATE 14:")
    desk.press("X")
    desk.wait_for("procedures of orders-store")
    desk.wait_quiet()
    desk.type_text("restart")
    desk.wait_gone("Stop orders-store")
    desk.press("enter")
    desk.wait_for("Begin", "for incident", "I-1")
    desk.wait_quiet()
    desk.type_text("it was killed")
    desk.press("tab", "tab", "tab", "enter")
    desk.wait_until(lambda text: "PR-1" in text and "done" in text, timeout_s=60)

    desk.press("3")
    desk.wait_until(lambda text: "resolved" in text, timeout_s=60)
    desk.press("R")
    desk.wait_for("Close I-1")
    desk.wait_quiet()
    desk.type_text("restarted; the kill was a drill")
    desk.press("tab", "tab", "enter")
    desk.wait_for("closed")
    desk.press("C")
    desk.wait_for("corrective action from I-1")
    desk.wait_quiet()
    desk.press("f2")
    desk.wait_for("A-1 drafted")
    desk.press("9")
    desk.wait_for("A-1 drafted", "I-1 closed")

    kinds = [entry["kind"] for entry in house.data("log", "-n", "200") if entry["subject"] != "incident:2"]
    expected = [
        "incident.opened", "incident.reopened", "incident.acknowledged", "operate.unlocked", "run.begun", "component.stopped", "run.ended",
        "incident.cleared", "incident.closed", "action.drafted",
    ]  # fmt: skip
    places = [len(kinds) - 1 - kinds[::-1].index(kind) for kind in expected]  # the last of each
    assert places == sorted(places)
    action = house.data("actions")[0]
    assert (action["incident"], action["state"]) == ("I-1", "open")


def test_when_the_agent_is_killed_the_screen_says_stale_first_and_another_takes_over(running: House) -> None:
    import os
    import signal

    desk = running.console("--view", "board")
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    pid = running.agent_pid()
    os.kill(pid, signal.SIGKILL)
    desk.wait_until(lambda text: text.lstrip().startswith("STALE"), timeout_s=30)
    desk.wait_for("○ STALE")
    running.wait(lambda: b";STALE " in desk.raw)  # the title, for however short a time
    desk.wait_until(lambda text: "STALE" not in text, timeout_s=60)
    running.wait(lambda: "STALE" not in desk.title)
    assert running.agent_pid() != pid


def test_two_consoles_see_each_others_work_and_survive_each_others_death(running: House) -> None:
    import signal

    one = running.console("--view", "incidents")
    one.wait_until(lambda text: "agent" in text and "STALE" not in text, timeout_s=60)
    two = running.console("--view", "incidents")
    two.wait_until(lambda text: "agent" in text and "STALE" not in text, timeout_s=60)
    running.orders("fault", "front", "kill")
    for desk in (one, two):
        desk.wait_until(lambda text: "orders-front" in text, timeout_s=60)
    two.press("t")
    one.wait_until(lambda text: "acknowledged" in text, timeout_s=20)
    one.signal(signal.SIGKILL)
    one.wait_exit()
    running.wait(lambda: "STALE" not in two.text and "agent" in two.text, timeout_s=60)
    two.press("l")
    two.wait_for("what you saw or did")
    two.wait_quiet()
    two.type_text("still here")
    two.press("enter")
    two.wait_for("noted on I-1")
    assert any(entry["note"] == "still here" for entry in running.data("log"))
