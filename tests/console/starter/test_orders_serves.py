"""The sample service at work: real processes, real ports."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import psutil

from console.starter import write_starter
from core.monitoring.beats import last_beat
from tests.console.starter.written import Starter, until

if TYPE_CHECKING:
    from pathlib import Path


def test_an_order_goes_through_all_three(starter: Starter) -> None:
    said = starter.orders("start")

    assert said.count(" started: running as process ") == 3
    assert starter.http("GET", "/health") == (200, {"status": "ok", "waiting": 0})
    assert starter.http("POST", "/orders", {"item": "tea", "count": 3}) == (201, {"order": 1})
    until(lambda: "did order 1: 3 of tea" in starter.log("worker"))
    until(lambda: starter.http("GET", "/orders")[1]["orders"][0]["done"])
    assert starter.waiting() == 0


def test_each_part_lives_in_a_session_of_its_own_and_goes_without_a_trace(starter: Starter) -> None:
    starter.orders("start")
    processes = starter.processes()
    assert {os.getsid(process.pid) for process in processes} == {process.pid for process in processes}
    assert len(processes) == 3

    assert starter.orders("stop").splitlines() == [
        f"orders-{name} stopped" for name in ("front", "worker", "store")
    ]

    psutil.wait_procs(processes, timeout=20)
    assert starter.processes() == []
    assert list(starter.settings.state.glob("*.pid")) == []
    assert "CRITICAL" not in "".join(starter.log(part) for part in ("front", "worker", "store"))
    assert starter.orders("status", code=1).count("stopped") == 3


def test_starting_and_stopping_twice_does_no_harm(starter: Starter) -> None:
    starter.orders("start", "orders-store")
    assert "running already" in starter.orders("start", "store")
    starter.orders("stop", "store")
    assert "is not running" in starter.orders("stop", "store")


def test_a_restart_makes_a_new_process(starter: Starter) -> None:
    starter.orders("start", "store")
    (before,) = starter.processes()

    starter.orders("restart", "store")

    (after,) = starter.processes()
    assert after.pid != before.pid
    assert after.is_running()


def test_a_taken_port_is_told_and_leaves_nothing_behind(starter: Starter) -> None:
    with socket.create_server(("127.0.0.1", starter.settings.front_port)):
        said = starter.orders("start", "front", code=1)

    assert "orders-front did not start" in said
    assert "Address already in use" in said
    until(lambda: starter.processes() == [])


def test_what_another_program_answers_on_the_port_is_not_taken_for_the_part(
    starter: Starter, tmp_path: Path
) -> None:
    starter.orders("start", "store")
    write_starter(tmp_path / "another", database=tmp_path / "another.db")
    other = Starter(tmp_path / "another")
    other.set(state="var")

    said = other.orders("start", "store", code=1)

    assert f"orders-store did not start: another program has 127.0.0.1:{starter.settings.store_port} " in said
    assert "choose another port in orders.ini and in orders.toml" in said
    assert other.processes() == []
    assert "stopped" in other.orders("status", "store", code=1)


def test_a_worker_that_gets_on_is_heard(starter: Starter) -> None:
    starter.orders("start", "store")
    starter.orders("start", "worker")

    beats = starter.directory.parent / "watchfloor.db.beats"
    until(lambda: last_beat(beats, "orders-worker"))


def test_a_heartbeat_that_cannot_be_reported_is_told_once_and_the_work_goes_on(starter: Starter) -> None:
    starter.set(beat="/nowhere/watchfloor beat orders-worker", beat_every=0.1)
    starter.orders("start")
    until(
        lambda: "the heartbeat cannot be reported: /nowhere/watchfloor: No such file" in starter.log("worker")
    )
    starter.http("POST", "/orders", {"item": "tea", "count": 1})
    until(lambda: "did order 1" in starter.log("worker"))
    assert starter.log("worker").count("the heartbeat cannot be reported") == 1


def test_the_front_makes_up_orders_when_told_to(starter: Starter) -> None:
    starter.set(sample_order_every=0.05)
    starter.orders("start")
    until(lambda: "did order 3: " in starter.log("worker"))


def test_a_bad_order_is_refused_with_a_reason(starter: Starter) -> None:
    starter.orders("start", "store")
    starter.orders("start", "front")

    assert starter.http("POST", "/orders", {"item": "tea"})[0] == 400
    status, body = starter.http("POST", "/orders", {"item": "tea\x1b[2J", "count": 1})
    assert (status, body["why"]) == (400, "an item has 1 to 80 printable characters")
    assert starter.http("POST", "/orders", {"item": "x" * 70_000, "count": 1})[0] == 413
    assert starter.http("GET", "/else")[0] == 404
    assert starter.waiting() == 0


def test_an_interrupt_is_as_good_as_a_stop(starter: Starter) -> None:
    starter.orders("start", "store")
    (store,) = starter.processes()

    store.send_signal(signal.SIGINT)

    until(lambda: starter.processes() == [])
    assert starter.orders("status", "store", code=1) == "orders-store: stopped\n"
