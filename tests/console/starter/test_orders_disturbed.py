"""Every fault really happens, shows, and ends."""

from __future__ import annotations

import pytest

from console.starter.orders_service.status import status
from core.monitoring.beats import last_beat
from tests.console.starter.written import Starter, until


def test_a_slow_front_answers_late_until_it_is_cleared(starter: Starter) -> None:
    starter.orders("start")
    starter.orders("fault", "front", "slow", "600")

    with pytest.raises(TimeoutError):
        starter.http("GET", "/health", timeout_s=0.5)

    assert starter.orders("fault", "clear") == "1 fault ended\n"
    assert starter.http("GET", "/health")[0] == 200


def test_a_failing_front_answers_500_until_it_is_restarted(starter: Starter) -> None:
    starter.orders("start")
    starter.orders("fault", "front", "error")

    assert starter.http("GET", "/health")[0] == 500
    assert "with status 500" in starter.orders("status", "front", code=1)

    starter.orders("restart", "front")
    assert starter.http("GET", "/health")[0] == 200
    assert starter.orders("fault") == ""


def test_a_lasting_fault_is_not_cured_by_a_restart(starter: Starter) -> None:
    starter.orders("start")
    starter.orders("fault", "front", "error", "--lasting")

    starter.orders("restart", "front")

    assert "even over a restart" in starter.orders("status", "front", "--wait", "0.2", code=1)


def test_a_stuck_worker_runs_but_does_nothing_and_falls_silent(starter: Starter) -> None:
    starter.orders("start")
    (process,) = [one for one in starter.processes() if one.cmdline()[-1] == "worker"]
    starter.orders("fault", "worker", "stuck")

    until(lambda: "stuck: it has not got on" in status(starter.settings, "worker").words)
    until(lambda: not process.children(), "the last heartbeat it had begun")
    beats = starter.directory.parent / "watchfloor.db.beats"
    silent_since = last_beat(beats, "orders-worker")
    starter.orders("fill", "5")
    assert process.is_running()
    assert starter.waiting() == 5
    assert last_beat(beats, "orders-worker") == silent_since

    starter.orders("restart", "worker")
    starter.orders("status", "worker", "--wait")
    until(lambda: starter.waiting() == 0)
    until(lambda: last_beat(beats, "orders-worker") != silent_since)


def test_a_failing_worker_writes_errors_and_loses_no_order(starter: Starter) -> None:
    starter.orders("start")
    starter.orders("fault", "worker", "error")
    starter.http("POST", "/orders", {"item": "tea", "count": 1})

    until(lambda: " ERROR order 1 failed: the scales do not answer" in starter.log("worker"))
    assert starter.waiting() == 1
    assert "does no orders: the scales" in starter.orders("status", "worker", code=1)

    starter.orders("fault", "clear", "worker")
    until(lambda: "did order 1" in starter.log("worker"))


def test_a_killed_store_takes_the_others_with_it_and_they_come_back_with_it(starter: Starter) -> None:
    starter.set(order_takes=60)
    starter.orders("start", "store")
    starter.orders("start", "front")
    starter.orders("fill", "3")
    assert "was killed" in starter.orders("fault", "store", "kill")

    assert "ended without being stopped" in starter.orders("status", "store", code=1)
    assert starter.settings.pid_file("store").exists()
    assert starter.http("GET", "/health")[0] == 503
    starter.orders("start", "worker")
    until(lambda: " ERROR no orders: orders-store on " in starter.log("worker"))
    assert "does no orders: orders-store" in starter.orders("status", "worker", code=1)

    starter.orders("restart", "store")
    starter.orders("status", "--wait", "30")
    assert starter.http("GET", "/health") == (200, {"status": "ok", "waiting": 3})


def test_a_slow_store_makes_the_front_fail(starter: Starter) -> None:
    starter.orders("start", "store")
    starter.orders("start", "front")
    starter.orders("fault", "store", "slow", "30")

    status, body = starter.http("GET", "/health")

    assert status == 503
    assert "does not answer: timed out" in body["why"]


def test_a_filled_queue_is_counted_and_worked_off(starter: Starter) -> None:
    starter.set(order_takes=0)
    starter.orders("start", "store")

    assert starter.orders("fill", "500") == "500 orders put into the queue; 500 wait\n"
    assert starter.waiting() == 500

    starter.orders("start", "worker")
    until(lambda: starter.waiting() == 0)


def test_what_cannot_be_done_is_said(starter: Starter) -> None:
    assert "orders-front is not running" in starter.orders("fault", "front", "kill", code=1)
    assert "orders-store has no fault 'error'" in starter.orders("fault", "store", "error", code=2)
    assert "there is no part 'till'" in starter.orders("fault", "till", "slow", code=2)
    assert "there is no part 'till'" in starter.orders("start", "till", code=2)
    assert "cannot be reached: connection refused" in starter.orders("fill", "5", code=1)
