"""A breach is an entry, once. Whatever is declared, decided or done afterwards, it was one, and it is not said again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Pauses, Promise
from core.desk import commands
from core.desk.clocks.announcing import announce_due
from core.desk.clocks.model import ClockKind
from core.desk.requests import commands as asking
from core.desk.requests.model import Asked, WaitingFor
from core.journal.queries import page
from core.timekeeping import from_micros
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, GOLD, HOUR, MONDAY, OFFICE, OnDuty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.catalog.model import Catalog
    from core.store.work import Author


class Keeper(OnDuty):
    """A desk with one agent that has the duty, and one incident whose answer was due at 09:30."""

    def look(self) -> list[str]:
        """Has the agent say what is due; returns all breaches that the journal holds."""
        while self.do(announce_due, self.token, author=AGENT):
            pass
        return self.breaches()

    def breaches(self) -> list[str]:
        return [
            f"{e.subject.kind} {e.changes['clock'][1]} {from_micros(e.changes['clock_due'][1]):%a %H:%M}"
            for e in reversed(self.store.read(page, limit=500))
            if e.kind.endswith(".breached")
        ]


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Keeper]:
    made = Keeper(place, ada)
    yield made
    made.check_what_is_kept()
    made.store.close()


def with_gold(**fields: object) -> Catalog:
    return replace(CATALOG, agreements={**CATALOG.agreements, "gold": replace(GOLD, **fields)})  # type: ignore[arg-type]


LATER: dict[str, Callable[[Keeper, int], object]] = {
    "an agreement that promises less": lambda desk, _: desk.load(
        with_gold(targets=(Promise(1, 9 * HOUR, 90 * HOUR), Promise(3, 9 * HOUR, 90 * HOUR)))
    ),
    "an agreement that promises more": lambda desk, _: desk.load(with_gold(targets=(Promise(1, 60.0, 120.0),))),
    "an agreement that pauses for everything": lambda desk, _: desk.load(
        with_gold(pauses=Pauses(("resolve",), ("resolve",), ("resolve",)))
    ),
    "an agreement that ended": lambda desk, _: desk.load(with_gold(ends="2026-11-01")),
    "no agreement any more": lambda desk, _: desk.load(replace(CATALOG, agreements={})),
    "a calendar in which that day is off": lambda desk, _: desk.load(
        replace(CATALOG, calendars={"office": replace(OFFICE, holidays=("2026-11-23 Founders",))})
    ),
    "a calendar of another zone": lambda desk, _: desk.load(
        replace(CATALOG, calendars={"office": replace(OFFICE, zone="Pacific/Auckland")})
    ),
    "a calendar that is gone": lambda desk, _: desk.load(
        replace(with_gold(calendar=""), calendars={})
    ),
    "another severity": lambda desk, number: desk.do(commands.set_severity, number, 3),
    "a severity that is promised nothing": lambda desk, number: desk.do(commands.set_severity, number, 4),
    "an answer": lambda desk, number: desk.do(commands.acknowledge_incident, number),
    "its end": lambda desk, number: desk.do(commands.resolve_incident, number, "restarted", BOX),
}  # fmt: skip


@pytest.mark.parametrize("what", LATER)
def test_what_comes_later_takes_no_breach_away_and_has_none_said_again(desk: Keeper, what: str) -> None:
    number = desk.fail()
    desk.pass_(minutes=31)
    assert desk.look() == ["incident respond Mon 09:30"]
    desk.pass_(minutes=1)
    LATER[what](desk, number)
    desk.pass_(minutes=10)
    assert desk.look() == ["incident respond Mon 09:30"]
    respond = desk.clocks()[ClockKind.RESPOND]
    assert from_micros(respond.broken_at or 0) == MONDAY + timedelta(minutes=30)


@pytest.mark.parametrize("what", LATER)
def test_what_was_broken_before_that_came_is_said_although_no_agent_was_there(
    desk: Keeper, what: str
) -> None:
    number = desk.fail()
    desk.pass_(minutes=31)
    LATER[what](desk, number)
    assert desk.look() == ["incident respond Mon 09:30"]


def test_reopened_it_stays_broken_and_the_resolution_breaks_once(desk: Keeper) -> None:
    number = desk.fail()
    desk.pass_(hours=5)
    broken = ["incident respond Mon 09:30", "incident resolve Mon 13:00"]
    assert desk.look() == broken
    desk.do(commands.resolve_incident, number, "restarted", BOX)
    desk.pass_(days=1)
    desk.do(commands.reopen_incident, number, "it is down again", BOX)
    desk.pass_(days=9)
    assert desk.look() == broken
    desk.do(commands.set_severity, number, 3)
    desk.pass_(days=9)
    assert desk.look() == broken


def test_of_a_request_as_of_an_incident(desk: Keeper) -> None:
    asked = Asked("a new bulb", "lamp", "eve@acme.example", impact=1, urgency=1)
    number = desk.do(asking.new_request, asked, BOX).id
    desk.pass_(minutes=31)
    assert desk.look() == ["request respond Mon 09:30"]
    desk.do(asking.wait_for, number, WaitingFor.CUSTOMER, "which socket")
    desk.load(replace(CATALOG, agreements={}, calendars={}))
    desk.pass_(days=2)
    assert desk.look() == ["request respond Mon 09:30"]
    desk.do(asking.requester_said, number, "the big one")
    desk.do(asking.set_priority, number, 2)
    desk.pass_(days=9)
    found = desk.look()
    assert found[0] == "request respond Mon 09:30"
    assert (
        len(found) == len(set(found)) == 3
    )  # the update and the resolution, each once under the priority that it has


def test_at_risk_is_said_once_and_not_again_by_another_version(desk: Keeper) -> None:
    desk.fail()
    desk.pass_(minutes=25)
    desk.look()
    desk.load(with_gold(targets=(Promise(1, 60.0, 120.0),)))
    desk.pass_(minutes=1)
    desk.look()
    kinds = [e.kind for e in desk.store.read(page, limit=500) if e.kind.startswith("incident.")]
    assert kinds == ["incident.at_risk", "incident.opened"]
