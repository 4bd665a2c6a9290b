"""Clocks are kept as the journal has them also where the server's clock is set back: no entry is dated before the one before it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from core.desk import commands
from core.desk.clocks.announcing import announce_due
from core.desk.clocks.keeping import differences
from core.desk.clocks.promises import item_of
from core.desk.requests import commands as requests
from core.desk.requests.model import Asked, WaitingFor
from core.desk.requests.queries import requests as all_requests
from core.desk.telling import tell_incident
from core.errors import WatchfloorError
from core.timekeeping import to_micros
from tests.core.desk.at_the_desk import AGENT, BOX, OnDuty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.store.work import Author

MINUTES = (0, 1, 7, 45, 300, 1500)
BACK = (1, 10, 100)
STEPS = 40


class Unsteady(OnDuty):
    """A desk whose clock is set back now and then."""

    def ask(self, service: str, impact: int) -> int:
        asked = Asked("a new bulb", service, "eve@acme.example", impact=impact, urgency=impact)
        return self.do(requests.new_request, asked, BOX).id

    def say_what_is_due(self) -> None:
        self.do(announce_due, self.token, author=AGENT)

    def check_what_is_kept(self) -> None:
        super().check_what_is_kept()
        items = [item_of(each) for each in self.store.read(all_requests, over=True)]
        assert self.store.read(differences, items, to_micros(self.now)) == []


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Unsteady]:
    made = Unsteady(place, ada)
    yield made
    made.store.close()


def test_what_was_opened_after_the_clock_was_set_back(desk: Unsteady) -> None:
    first = desk.fail()
    desk.pass_(minutes=30)
    desk.do(commands.acknowledge_incident, first)
    desk.now -= timedelta(minutes=10)
    second = desk.fail("bulb", 2)
    desk.check_what_is_kept()
    desk.now -= timedelta(minutes=10)
    desk.do(commands.acknowledge_incident, second)
    desk.check_what_is_kept()


def test_what_the_agent_said_after_the_clock_was_set_back(desk: Unsteady) -> None:
    desk.fail()
    desk.pass_(minutes=29)
    desk.fail("bulb", 2)
    desk.now -= timedelta(minutes=4)
    desk.say_what_is_due()  # the first is at risk
    desk.check_what_is_kept()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_whatever_is_done_at_a_desk_whose_clock_is_set_back(desk: Unsteady, seed: int) -> None:
    random = Random(seed)
    for _ in range(STEPS):
        desk.pass_(minutes=random.choice(MINUTES))
        if random.random() < 0.3:
            desk.now -= timedelta(minutes=random.choice(BACK))
        doing = random.choice(_doings(desk, random))
        try:
            doing()
        except WatchfloorError:
            continue  # not possible as things stand
        desk.check_what_is_kept()


def _doings(desk: Unsteady, random: Random) -> list[Callable[[], object]]:
    number = random.randint(1, 4)
    said = (
        (commands.acknowledge_incident, ()), (commands.resolve_incident, ("mended", BOX)), (commands.close_incident, ("", BOX)),
        (commands.reopen_incident, ("again", BOX)), (tell_incident, ("we look",)), (requests.take_request, ()),
        (requests.start_request, ()), (requests.tell_requester, ("we look",)), (requests.wait_for, (WaitingFor.CUSTOMER, "which?")),
        (requests.requester_said, ("the blue one",)), (requests.deliver_request, ("done", BOX)),
        (requests.reopen_request, ("again", BOX)), (requests.set_priority, (random.randint(1, 4),)),
    )  # fmt: skip
    return [
        lambda: desk.fail(random.choice(("web", "bulb")), random.randint(1, 3)),
        lambda: desk.ask(random.choice(("lamp", "shop")), random.randint(1, 3)),
        desk.say_what_is_due,
        *(lambda command=command, rest=rest: desk.do(command, number, *rest) for command, rest in said),
    ]
