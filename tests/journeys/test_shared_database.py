"""A team on one server: an agent of its own, two people at two consoles, and the server that goes away and comes back."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.journeys.team import Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import House
    from tests.postgres import Server

pytestmark = pytest.mark.journey


@pytest.fixture
def team(running: House, own_postgres_server: Server) -> Iterator[Team]:
    with own_postgres_server.fresh_database() as database:
        made = Team(running, database)
        yield made
        made.end()
        for terminal in running.open:
            terminal.close()


def test_two_people_and_an_agent_share_one_truth(team: Team, running: House) -> None:
    ada = team.console("ada", "--view", "incidents")
    ada.wait_for("agent 0s", "ada", timeout_s=60)
    bob = team.console("bob", "--view", "incidents")
    bob.wait_for("agent 0s", "bob", timeout_s=60)
    running.orders("fault", "front", "kill")
    for desk in (ada, bob):
        desk.wait_until(lambda text: "I-1" in text and "orders-front" in text, timeout_s=60)
    ada.press("t")
    bob.wait_for("acknowledged")
    ada.press("O")
    ada.wait_for("OPERATE")
    ada.wait_quiet()
    ada.type_text("front is down")
    ada.press("enter")
    ada.wait_until(lambda text: "OPERATE 1" in text)
    ada.press("X")
    ada.wait_for("procedures of orders-front")
    ada.wait_quiet()
    ada.type_text("restart")
    ada.wait_gone("Stop orders-front")
    ada.press("enter")
    ada.wait_for("Begin", "for incident", "I-1")
    ada.wait_quiet()
    ada.type_text("it was killed")
    ada.press("tab", "tab", "tab", "enter")
    ada.wait_for("done   Restart orders-front", timeout_s=60)
    bob.wait_until(lambda text: "resolved" in text or "cleared" in text, timeout_s=60)

    entries = running.data("log", "-n", "1000", "--db", team.root)
    assert [entry["id"] for entry in entries] == list(range(1, len(entries) + 1))
    did = {(entry["kind"], entry["actor"]) for entry in entries}
    assert {("lease.taken", "watcher"), ("incident.opened", "watcher"), ("incident.taken", "ada")} <= did
    assert {("run.begun", "ada"), ("run.ended", "ada"), ("incident.cleared", "watcher")} <= did
    assert {actor for _, actor in did} == {"postgres", "watcher", "ada"}


def test_a_frozen_agent_is_followed_by_the_one_that_stands_by_and_writes_no_more(
    team: Team, running: House
) -> None:
    ada = team.console("ada", "--view", "board")
    ada.wait_for("agent 0s", timeout_s=60)
    team.database.role("second", None, ["peer_users"])
    running.run("staff", "add", "second", "--role", "agent", "--no-password", "--db", team.root)
    team.agents.append(team.watch("second", "--standby"))
    first, second = team.agents
    ada.wait_for(f":{first.pid})")
    first.send_signal(signal.SIGSTOP)
    running.orders("fault", "front", "kill")
    ada.wait_for(f":{second.pid})", timeout_s=60)
    ada.press("3")
    ada.wait_until(lambda text: "I-1" in text and "orders-front" in text, timeout_s=60)
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=60) == 0
    assert b"another process has taken over" in (running.home / "watcher.err").read_bytes()
    entries = running.data("log", "-n", "1000", "--db", team.root)
    taken = [e["actor"] for e in entries if e["kind"] == "lease.taken" and e["subject"] == "lease:agent"]
    assert taken == ["watcher", "second"]
    assert [e["actor"] for e in entries if e["kind"] == "incident.opened"] == ["second"]


def test_the_server_goes_away_and_comes_back(team: Team, own_postgres_server: Server, running: House) -> None:
    ada = team.console("ada", "--view", "incidents")
    ada.wait_for("agent 0s", timeout_s=60)
    running.orders("fault", "front", "kill")
    ada.wait_until(lambda text: "I-1" in text, timeout_s=60)
    ada.press("l")
    ada.wait_for("what you saw or did")
    ada.wait_quiet()
    ada.type_text("written while it is away")
    ada.wait_for("written while it is away")
    own_postgres_server.kill()
    ada.wait_until(lambda text: text.lstrip().startswith("STALE"), timeout_s=30)
    ada.press("enter")
    ada.wait_for("NOT done: nothing was changed; what you typed is kept as a draft")
    own_postgres_server.start()
    ada.wait_until(lambda text: "STALE" not in text and "connects again" not in text, timeout_s=60)
    ada.wait_for("the database is back. What you asked for at ")
    ada.press("l")
    ada.wait_for("written while it is away")
    ada.wait_quiet()
    ada.press("enter")
    ada.wait_for("noted on I-1")
    notes = [
        e["note"]
        for e in running.data("log", "-n", "1000", "--db", team.root)
        if e["kind"] == "incident.noted"
    ]
    assert notes == ["written while it is away"]
