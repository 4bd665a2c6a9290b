"""Promises that come due while agents are killed, replaced and two of them are at work: each breach is said, and once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from core.desk.clocks.announcing import DUTY
from tests.journeys.floor import Floor, open_phones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.journal.model import Entry
    from tests.journeys.conftest import House

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


class Clocks(Floor):
    """A house whose agents keep the clocks of one database."""

    catalog = PHONES
    duty = DUTY

    def open(self, many: int) -> None:
        self.write(open_phones, many)

    def breaches(self) -> list[Entry]:
        return self.entries("incident.breached")


@pytest.fixture
def floor(database: str, house: House) -> Iterator[Clocks]:
    made = Clocks(house, database)
    yield made
    for agent in made.agents:
        agent.close()


def test_what_comes_due_is_said_once_however_often_the_agent_is_killed_while_it_says_it(
    floor: Clocks,
) -> None:
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


def test_of_two_agents_one_keeps_the_clocks_and_the_other_follows_when_it_is_killed(floor: Clocks) -> None:
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
