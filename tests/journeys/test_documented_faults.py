"""The faults that docs/starter.md promises, done to the real service, told as an operator would tell them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from core.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey


@contextmanager
def watched(house: House) -> Iterator[None]:
    """Has an agent watch the running service meanwhile, from the moment all of it is well."""
    Store.at(house.home / "watchfloor.db").close()
    with (house.home / "agent.log").open("w") as log:
        agent = subprocess.Popen(
            [sys.executable, "-m", "console", "agent"], env=house.env, cwd=house.home, stderr=log
        )
    try:
        house.wait(lambda: "in force for" in (house.home / "agent.log").read_text())
        wait_for(house, dict.fromkeys(("orders-front", "orders-store", "orders-worker"), ("ok", "ok")))
        yield
    finally:
        agent.terminate()
        assert agent.wait(timeout=30) == 0


def wait_for(house: House, told: dict[str, tuple[str, str]]) -> None:
    """Waits until the board tells of each component this state with these words."""

    def is_told() -> bool:
        rows = {row["id"]: row for row in house.data("board")}
        return all(
            name in rows and rows[name]["state"] == state and words in rows[name]["summary"]
            for name, (state, words) in told.items()
        )

    house.wait(is_told, timeout_s=90)


def open_incidents(house: House) -> list[str]:
    return [incident["component"] for incident in house.data("incidents") if incident["state"] == "open"]


def test_a_slow_store_is_the_one_root_of_what_waits_for_it(running: House) -> None:
    with watched(running):
        running.orders("fault", "store", "slow", "3")
        wait_for(
            running,
            {
                "orders-store": ("critical", "latency 30"),
                "orders-front": ("unreachable", "behind orders-store"),
            },
        )
        assert open_incidents(running) == ["orders-store"]


def test_a_somewhat_slow_store_is_a_warning_of_its_own(running: House) -> None:
    with watched(running):
        running.orders("fault", "store", "slow", "1")
        wait_for(
            running,
            {"orders-store": ("warning", "above 500"), "orders-front": ("critical", "latency 20")},
        )


def test_a_front_that_answers_500_or_late_says_so(running: House) -> None:
    with watched(running):
        running.orders("fault", "front", "error")
        wait_for(running, {"orders-front": ("critical", "500 Internal Server Error")})
        running.orders("fault", "clear")
        running.orders("fault", "front", "slow", "1")
        wait_for(running, {"orders-front": ("warning", "latency 1")})


def test_a_full_queue_says_how_much_waits(running: House) -> None:
    with watched(running):
        running.orders("fill", "500")
        wait_for(running, {"orders-worker": ("critical", "orders wait")})


def test_a_stuck_worker_is_known_by_its_silence(running: House) -> None:
    with watched(running):
        running.orders("fault", "worker", "stuck")
        wait_for(running, {"orders-worker": ("critical", "no beat of")})


def test_an_outage_of_the_store_is_one_incident_that_keeps_its_cause(running: House) -> None:
    with watched(running):
        running.orders("fault", "store", "kill")
        behind = ("unreachable", "behind orders-store")
        wait_for(running, {"orders-store": ("critical", ": "), "orders-worker": behind})
        running.wait(lambda: open_incidents(running) == ["orders-store"])
        cause = running.data("incidents")[0]["title"]
        log = running.home / "state" / "orders" / "orders-worker.log"
        # As many as the window of the worker's probe holds.
        running.wait(lambda: log.read_text().count(" ERROR ") >= 12, timeout_s=60)
        running.orders("start", "store")
        wait_for(
            running, dict.fromkeys(("orders-front", "orders-store", "orders-worker"), ("ok", "probes ok"))
        )
        incidents = running.data("incidents", "--all")
        assert [(each["component"], each["state"]) for each in incidents] == [("orders-store", "resolved")]
        assert incidents[0]["title"] == cause
