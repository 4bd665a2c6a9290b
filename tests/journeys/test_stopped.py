"""A component stopped on purpose that runs again behind the console's back, and a run that belongs to no incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import House
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey

ANSWERS = "it answers although stopped on purpose"


def ended(house: House) -> bool:
    """Tells whether the newest run has ended."""
    return house.data("run", "--runs")[0]["state"] in {"done", "failed"}


def begin(desk: Terminal, procedure: str, reason: str, incident: str | None = None) -> None:
    """Begins a procedure of the component under the cursor; `incident` is written into its field."""
    desk.press("X")
    desk.wait_for("procedures of")
    desk.wait_quiet()
    desk.type_text(procedure)
    desk.wait_quiet()
    desk.press("enter")
    box = desk.wait_for("Begin", "reason")
    desk.wait_quiet()
    if "to arm" in box:  # what is stopped is named by hand
        desk.type_text("orders-worker")
        desk.press("tab")
    desk.type_text(reason)
    desk.press("tab")
    if incident is not None:
        desk.wait_for("for incident")
        desk.press("ctrl+u")
        desk.type_text(incident)
        desk.press("tab")
    desk.press("tab", "enter")
    desk.wait_for("▸ PR-")
    desk.press("escape")


def test_what_answers_although_it_was_stopped_says_so_on_the_board_and_its_page(running: House) -> None:
    desk = running.console("--view", "board")
    desk.wait_until(lambda text: text.count("● OK") >= 8, timeout_s=60)
    desk.press("O")
    desk.wait_for("why you need to act")
    desk.wait_quiet()
    desk.type_text("a stop to be forgotten")
    desk.press("enter")
    desk.wait_for("OPERATE 14:")
    desk.press("/")
    desk.type_text("orders-worker")
    desk.wait_for("1 of 8")
    desk.press("enter")
    begin(desk, "stop", "maintenance")
    desk.wait_until(lambda text: "◆ STOP" in text and "maintenance" in text and ANSWERS not in text)
    running.wait(lambda: ended(running))
    running.orders("start", "worker")
    desk.wait_until(lambda text: "◆ STOP" in text and ANSWERS in text, timeout_s=60)
    desk.press("enter")
    desk.wait_for("PROBES", ANSWERS)
    begin(desk, "start", "it was forgotten")
    desk.wait_until(lambda text: ANSWERS not in text and "● OK" in text, timeout_s=60)


def test_a_run_belongs_to_the_incident_that_the_operator_leaves_in_its_box(house: House) -> None:
    desk = house.console("--view", "board")
    desk.wait_until(lambda text: "■ CRIT    orders-store" in text and "I-1" in text, timeout_s=60)
    desk.press("O")
    desk.wait_for("why you need to act")
    desk.wait_quiet()
    desk.type_text("nothing was started yet")
    desk.press("enter")
    desk.wait_for("OPERATE 14:")
    desk.press("/")
    desk.type_text("state:critical")
    desk.wait_for("1 of 8")
    desk.press("enter")
    begin(desk, "restart", "a drill", incident="")
    desk.wait_for("state:critical")
    house.wait(lambda: ended(house), timeout_s=60)
    desk.wait_for("I-2", "I-3", timeout_s=60)  # the store is back: now the other two are at fault themselves
    begin(desk, "start", "no drill", incident="I-1")
    runs = house.data("run", "--runs")
    assert {run["id"]: run["incident"] for run in runs} == {"PR-1": None, "PR-2": "I-1"}
