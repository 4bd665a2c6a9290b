"""Promises that come due while agents are killed, replaced and two of them are at work: each breach is said, and once."""

from __future__ import annotations

import getpass
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from core.desk.clocks.announcing import DUTY
from core.desk.commands import open_incident
from core.gate.model import Consent, Level
from core.journal.model import START, Via
from core.journal.queries import after
from core.store.lease import lease_of
from core.store.store import Store
from core.store.work import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from core.journal.model import Entry
    from core.store.work import Work
    from tests.journeys.conftest import House
    from tests.postgres import Server
    from tests.terminal import Terminal

pytestmark = pytest.mark.journey
PHONES = """
[[service]]
id = "phones"

[[customer]]
id = "northwind"

[[agreement]]
id = "quick"
customer = "northwind"
services = ["phones"]

[[agreement.target]]
severity = 1
respond = "2s"
resolve = "1h"
"""
MANY = 300


class Floor:
    """A house whose agents keep the clocks of one database."""

    def __init__(self, house: House, place: str) -> None:
        self.house, self.place = house, place
        (house.home / "catalog" / "phones.toml").write_text(PHONES)
        if place.startswith("postgresql:"):
            house.run("admin", "create", "--db", place)
        self.agents: list[Terminal] = []

    def agent(self, *words: str) -> Terminal:
        catalog = ["--catalog", str(self.house.home / "catalog")]
        self.agents.append(self.house.console("agent", "--db", self.place, *catalog, *words))
        return self.agents[-1]

    def kill(self, agent: Terminal) -> None:
        agent.signal(signal.SIGKILL)
        agent.process.wait(timeout=20)

    def open(self, many: int) -> None:
        def open_all(work: Work) -> None:
            for n in range(many):
                open_incident(work, "", "phones", f"line {n} is dead", 1, Consent(Level.BOX))

        store = Store.at(self.place)
        store.write(Author(getpass.getuser(), Via.CLI, "test"), open_all)
        store.close()

    def holder(self) -> str | None:
        held = self.ask(lease_of, DUTY)
        return held.holder if held is not None and not held.is_given_up else None

    def breaches(self) -> list[Entry]:
        return [each for each in self.ask(_all) if each.kind == "incident.breached"]

    def ask(self, question: Callable[..., Any], *args: Any) -> Any:
        store = Store.at(self.place)
        try:
            return store.read(question, *args)
        finally:
            store.close()


def _all(connection: Connection) -> list[Entry]:
    entries: list[Entry] = []
    while more := after(connection, entries[-1].cursor if entries else START):
        entries += more
    return entries


@pytest.fixture(params=["embedded", "shared"])
def floor(request: pytest.FixtureRequest, house: House) -> Iterator[Floor]:
    if request.param == "embedded":
        yield Floor(house, str(house.home / "watchfloor.db"))
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as database:
        made = Floor(house, database.socket_url())
        yield made
        for agent in made.agents:
            agent.close()


def test_what_comes_due_is_said_once_however_often_the_agent_is_killed_while_it_says_it(floor: Floor) -> None:
    agent = floor.agent()
    floor.house.wait(floor.holder)
    floor.open(MANY)
    time.sleep(1.9)  # from here on it may be anywhere
    for pause_s in (0.15, 0.3, 0.6):
        time.sleep(pause_s)
        floor.kill(agent)
        agent = floor.agent("--standby")
    floor.house.wait(lambda: len(floor.breaches()) >= MANY, timeout_s=90)
    time.sleep(3)  # nothing more is to be said: the last agent has looked again by then
    said = floor.breaches()
    assert len(said) == MANY
    assert len({entry.subject for entry in said}) == MANY
    assert {entry.changes["clock"][1] for entry in said} == {"respond"}


def test_of_two_agents_one_keeps_the_clocks_and_the_other_follows_when_it_is_killed(floor: Floor) -> None:
    first = floor.agent()
    held_by = floor.house.wait(floor.holder)
    floor.agent("--standby")
    floor.open(1)
    floor.house.wait(floor.breaches)
    assert len(floor.breaches()) == 1
    floor.kill(first)
    floor.open(1)
    floor.house.wait(lambda: len(floor.breaches()) == 2, timeout_s=60)
    assert floor.holder() != held_by
    time.sleep(2)  # nothing more is to be said: the other has looked again by then
    said = floor.breaches()
    assert len(said) == len({entry.subject for entry in said}) == 2
