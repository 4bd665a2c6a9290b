"""What comes due becomes an entry, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from core.catalog.model import Promise
from core.desk import commands
from core.desk.clocks.announcing import DUTY, announce_due, is_due, is_kept_wrongly, items_after, mend_clocks
from core.desk.clocks.model import ClockKind
from core.desk.tables import clock, incident
from core.desk.telling import tell_incident
from core.journal.queries import page
from core.journal.wording import sentence
from core.store.lease import LeaseLost, lease_of, take_lease
from core.timekeeping import from_micros, to_micros
from tests.core.desk.at_the_desk import AGENT, BOX, CATALOG, GOLD, HOUR, OnDuty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.journal.model import Entry
    from core.store.work import Author, Work


class Keeper(OnDuty):
    """A desk with one agent that has the duty."""

    def look(self) -> list[str]:
        """Has the agent say what is due, and returns what it said."""
        before = self.store.read(page, limit=1)[0].seq
        while self.do(announce_due, self.token, author=AGENT):
            pass
        return [words(entry) for entry in reversed(self.store.read(page, limit=500)) if entry.seq > before]

    def next_due(self, number: int) -> int | None:
        found: int | None = self.store.read(
            lambda c: c.scalar(select(incident.c.due).where(incident.c.id == number))
        )
        return found


def words(entry: Entry) -> str:
    return f"{entry.kind.partition('.')[2]} {entry.changes['clock'][1]} {from_micros(entry.changes['clock_due'][1]):%a %H:%M}"


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Keeper]:
    made = Keeper(place, ada)
    yield made
    made.check_what_is_kept()
    made.store.close()


def test_what_is_at_risk_and_what_is_broken_is_said_once(desk: Keeper) -> None:
    desk.fail()
    assert desk.look() == []
    desk.pass_(minutes=24)
    assert desk.look() == ["at_risk respond Mon 09:30"]
    assert desk.look() == []
    desk.pass_(minutes=6)
    assert desk.look() == ["breached respond Mon 09:30"]
    desk.pass_(hours=3)
    assert desk.look() == ["at_risk resolve Mon 13:00"]
    desk.pass_(hours=30)
    assert desk.look() == ["breached resolve Mon 13:00"]
    assert desk.look() == []


def test_what_was_missed_is_said_late_with_both_instants(desk: Keeper) -> None:
    desk.fail()
    desk.pass_(hours=2)
    assert desk.look() == ["breached respond Mon 09:30"]
    (entry,) = desk.store.read(page, limit=1)
    assert sentence(entry) == (
        "I-1 broke its promise: to respond by Mon 23 Nov 09:30:00Z (gold): said 1h 30m late: no agent kept the clocks then"
    )
    assert entry.at == desk.now


def test_what_was_answered_in_time_is_not_said_and_what_was_answered_late_is(desk: Keeper) -> None:
    one = desk.fail()
    desk.pass_(minutes=10)
    desk.do(commands.acknowledge_incident, one)
    desk.do(commands.resolve_incident, one, "restarted", BOX)
    desk.do(commands.close_incident, one, "restarted", BOX)
    other = desk.fail()
    desk.pass_(minutes=31)
    desk.do(commands.acknowledge_incident, other)
    assert desk.look() == ["breached respond Mon 09:40"]
    desk.pass_(days=9)
    assert desk.look() == ["breached resolve Mon 13:10"]


def test_a_breach_stays_whatever_severity_comes_later_and_the_new_target_is_warned_of_anew(
    desk: Keeper,
) -> None:
    number = desk.fail()
    desk.pass_(minutes=40)
    desk.do(commands.set_severity, number, 3)
    assert desk.look() == ["breached respond Mon 09:30"]
    assert from_micros(desk.clocks()[ClockKind.RESPOND].broken_at or 0).minute == 30
    desk.pass_(hours=12, minutes=9)
    assert desk.look() == []
    desk.pass_(hours=14)  # of sixteen hours four fifths, nine of them on Monday
    assert desk.look() == ["at_risk resolve Tue 15:00"]
    desk.do(commands.set_severity, number, 1)
    assert desk.look() == ["breached resolve Tue 11:49"]


def test_each_telling_begins_the_next_update_anew_and_each_that_is_missed_is_a_breach_of_its_own(
    desk: Keeper,
) -> None:
    number = desk.fail("bulb")
    desk.do(commands.acknowledge_incident, number)
    desk.pass_(minutes=50)
    assert desk.look() == ["at_risk update Mon 10:00"]
    desk.do(tell_incident, number, "we are looking")
    assert desk.look() == []
    desk.pass_(minutes=65)
    assert desk.look() == ["breached update Mon 10:50"]
    assert desk.look() == []
    desk.do(tell_incident, number, "a part is on its way")
    desk.pass_(minutes=49)
    assert desk.look() == ["at_risk update Mon 11:55"]
    desk.pass_(minutes=12)
    assert desk.look() == ["breached update Mon 11:55"]
    desk.do(commands.resolve_incident, number, "a new bulb", BOX)
    desk.pass_(hours=9)
    assert desk.look() == []


def test_an_update_missed_and_told_late_while_no_agent_was_there_is_said_afterwards(desk: Keeper) -> None:
    number = desk.fail("bulb")
    desk.do(commands.acknowledge_incident, number)
    desk.pass_(minutes=61)
    desk.do(tell_incident, number, "we are looking")
    desk.pass_(minutes=10)
    assert desk.look() == ["breached update Mon 10:00"]


def test_only_who_has_the_duty_says_anything(desk: Keeper) -> None:
    desk.fail()
    desk.pass_(hours=1)
    held = desk.store.read(lease_of, DUTY)
    other = desk.do(take_lease, DUTY, "two", over=held, author=AGENT)
    with pytest.raises(LeaseLost):
        desk.look()
    desk.token = other
    assert desk.look() == ["breached respond Mon 09:30"]


def test_a_catalog_that_changes_touches_no_clock_that_runs(desk: Keeper) -> None:
    desk.fail()
    desk.pass_(minutes=1)
    desk.load(replace(CATALOG, agreements={"gold": replace(GOLD, targets=(Promise(1, 60.0, 60.0),))}))
    desk.pass_(minutes=10)
    assert desk.look() == []
    desk.load(replace(CATALOG, agreements={}))
    desk.pass_(minutes=13)
    assert desk.look() == ["at_risk respond Mon 09:30"]


def test_the_row_says_what_is_due_next_and_nothing_once_all_is_done(desk: Keeper) -> None:
    number, begun = desk.fail(), to_micros(desk.now)
    assert desk.next_due(number) == begun + int(HOUR / 2 * 1e6)
    desk.do(commands.acknowledge_incident, number)
    assert desk.next_due(number) == begun + int(4 * HOUR * 1e6)
    desk.do(commands.resolve_incident, number, "restarted", BOX)
    assert desk.next_due(number) is None
    desk.do(commands.reopen_incident, number, "again", BOX)
    assert desk.next_due(number) == begun + int(4 * HOUR * 1e6)


def test_many_at_once_are_said_in_several_transactions(desk: Keeper) -> None:
    def open_many(work: Work) -> None:
        for n in range(450):
            commands.raise_for_failure(work, f"c{n}", "shop", "down", 1, cause=None)

    desk.do(open_many, author=AGENT)
    desk.pass_(minutes=31)
    assert desk.store.read(is_due, to_micros(desk.now))
    assert desk.look() == ["breached respond Mon 09:30"] * 450
    assert not desk.store.read(is_due, to_micros(desk.now))


def test_what_is_kept_otherwise_than_the_journal_has_it_is_mended_with_an_entry(desk: Keeper) -> None:
    number = desk.fail()

    def spoil(work: Work) -> None:
        work.connection.execute(update(clock).values(due=5, next_at=5))
        work.connection.execute(update(incident).values(due=5))
        work.record("incident.noted", commands.subject(number))

    desk.do(spoil)
    items = desk.store.read(items_after, "incident", 0)
    assert [item.id for item in items] == [number]
    assert desk.store.read(is_kept_wrongly, items, to_micros(desk.now))
    desk.do(mend_clocks, desk.token, items, author=AGENT)
    assert desk.store.read(page, limit=1)[0].kind == "incident.clocks_mended"
    assert not desk.store.read(is_kept_wrongly, items, to_micros(desk.now))
    desk.check_what_is_kept()
    assert desk.next_due(number) == to_micros(desk.now) + int(HOUR / 2 * 1e6)
