"""Escalations while agents are killed in mid pass, replaced, and two of them are at work: each step comes about, and once."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.desk.commands import acknowledge_incident
from core.desk.escalation.paging import DUTY
from core.desk.escalation.tables import escalation_step
from core.desk.messages.tables import message
from core.desk.tables import incident
from tests.journeys.floor import Floor, open_phones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tests.journeys.conftest import House

pytestmark = pytest.mark.journey
PHONES = """
[[service]]
id = "phones"
policy = "lines"

[[staff]]
id = "nina"
name = "Nina"
email = "nina@phones.example"

[[rota]]
id = "night"
zone = "Europe/Lisbon"
[[rota.layer]]
id = "all"
people = ["nina"]
from = 2026-01-05

[[policy]]
id = "lines"
[[policy.step]]
tell = ["rota:night"]
[[policy.step]]
after = "2s"
tell = ["rota:night", "channel:room"]
"""
MANY = 300


class Escalations(Floor):
    """A house whose agents escalate the items of one database."""

    catalog = PHONES
    duty = DUTY

    def __init__(self, house: House, place: str) -> None:
        house.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        super().__init__(house, place)

    def steps(self) -> int:
        return len(self.ask(_steps))

    def has_taken(self, many: float) -> bool:
        return self.steps() >= many


def _numbers(connection: Connection) -> list[int]:
    """Returns the incidents of the phones: the agent opens some of its own, for nothing of the starter's service runs."""
    return list(
        connection.scalars(
            select(incident.c.id).where(incident.c.service == "phones").order_by(incident.c.id)
        )
    )


def _steps(connection: Connection) -> list[tuple[int, int]]:
    query = select(escalation_step.c.subject_id, escalation_step.c.step)
    return [(number, step) for number, step in connection.execute(query)]


def _pages(connection: Connection) -> list[tuple[str, str]]:
    query = select(message.c.about_id, message.c.recipient).where(message.c.purpose == "escalation")
    return [(about, whom) for about, whom in connection.execute(query)]


@pytest.fixture
def floor(database: str, house: House) -> Iterator[Escalations]:
    made = Escalations(house, database)
    yield made
    for agent in made.agents:
        agent.close()


def test_each_step_is_taken_once_however_often_the_agent_is_killed_in_mid_pass(floor: Escalations) -> None:
    agent = floor.agent()
    floor.house.wait(floor.holder, timeout_s=90)
    floor.agent("--standby")
    floor.write(open_phones, MANY)
    for share in (0.1, 0.5, 1.1):  # of the steps of all: the passes are under way
        floor.house.wait(partial(floor.has_taken, MANY * share), timeout_s=120)
        floor.kill(agent)
        agent = floor.agent("--standby")
    floor.house.wait(lambda: floor.steps() >= 2 * MANY, timeout_s=180)
    time.sleep(3)  # no step more is to be taken: the last agent has looked again by then
    numbers = floor.ask(_numbers)
    assert len(numbers) == MANY
    expected = {(number, step) for number in numbers for step in (1, 2)}
    assert set(floor.ask(_steps)) == expected
    entries = floor.entries("incident.escalated")
    said = Counter((int(each.subject.id), each.changes["escalation_step"][1]) for each in entries)
    assert said == dict.fromkeys(expected, 1)
    pages = Counter(floor.ask(_pages))
    assert pages == {
        (str(number), whom): times for number in numbers for whom, times in (("nina", 2), ("room", 1))
    }


def test_who_takes_note_while_no_agent_is_there_is_told_no_more(floor: Escalations) -> None:
    agent = floor.agent()
    floor.house.wait(floor.holder, timeout_s=90)
    floor.write(open_phones, 1)
    floor.house.wait(lambda: floor.steps() == 1, timeout_s=60)
    floor.kill(agent)
    (first,) = floor.ask(_numbers)
    floor.write(acknowledge_incident, first)
    held = floor.holder()
    floor.agent("--standby")
    floor.house.wait(lambda: floor.holder() not in {None, held}, timeout_s=90)
    floor.write(open_phones, 1)
    _, second = floor.ask(_numbers)
    floor.house.wait(lambda: (second, 2) in floor.ask(_steps), timeout_s=60)
    assert sorted(floor.ask(_steps)) == [(first, 1), (second, 1), (second, 2)]
