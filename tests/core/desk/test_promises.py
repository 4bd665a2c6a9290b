"""What an agreement promises of an incident, through its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.catalog.model import Promise
from core.desk import commands
from core.desk.as_of import incidents_at
from core.desk.clocks.due_words import due_words, explained, promise_line
from core.desk.clocks.model import ClockKind
from core.desk.clocks.promised import next_promise
from core.desk.clocks.promises import promises, with_clocks
from core.desk.queries import incidents
from core.desk.undo import RESTORER
from core.gate.undo import take_back
from core.journal.queries import page
from core.timekeeping import from_micros
from tests.core.desk.at_the_desk import BOX, CATALOG, GOLD, HOUR, MONDAY, OFFICE, Desk, due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.store.work import Author


@pytest.fixture
def desk(place: Path | str, ada: Author) -> Iterator[Desk]:
    made = Desk(place, ada)
    yield made
    made.check_what_is_kept()
    made.store.close()


RESPOND, RESOLVE = ClockKind.RESPOND, ClockKind.RESOLVE


def test_response_and_resolution_are_due_in_the_hours_of_the_agreement(desk: Desk) -> None:
    desk.pass_(hours=8, minutes=45)
    desk.fail()
    clocks = desk.clocks()
    assert (due(clocks[RESPOND]), due(clocks[RESOLVE])) == ("Tue 08:15", "Tue 11:45")
    assert next_promise(tuple(clocks.values())) is clocks[RESPOND]
    desk.pass_(hours=14)
    assert desk.clocks()[RESPOND].left_s(int(desk.now.timestamp() * 1e6)) == HOUR / 4


def test_a_response_in_time_is_kept_and_the_resolution_runs_on(desk: Desk) -> None:
    number = desk.fail()
    desk.pass_(minutes=20)
    desk.do(commands.acknowledge_incident, number)
    desk.pass_(hours=1)
    clocks = desk.clocks()
    assert (clocks[RESPOND].is_pending, clocks[RESPOND].broken_at) == (False, None)
    assert next_promise(tuple(clocks.values())) is clocks[RESOLVE]
    desk.do(commands.resolve_incident, number, "restarted", BOX)
    clocks = desk.clocks()
    assert [clock.is_pending for clock in clocks.values()] == [False, False]
    assert next_promise(tuple(clocks.values())) is None


def test_what_is_late_was_broken_when_it_was_due(desk: Desk) -> None:
    desk.fail()
    desk.pass_(minutes=31)
    clocks = desk.clocks()
    assert from_micros(clocks[RESPOND].broken_at or 0) == MONDAY + timedelta(minutes=30)
    assert clocks[RESOLVE].broken_at is None


def test_what_is_resolved_stands_still_and_goes_on_when_it_is_reopened(desk: Desk) -> None:
    number = desk.fail()
    desk.pass_(hours=1)
    desk.do(commands.resolve_incident, number, "restarted", BOX)
    desk.pass_(hours=5)
    assert desk.clocks()[RESOLVE].due is None
    desk.do(commands.reopen_incident, number, "it is down again", BOX)
    assert due(desk.clocks()[RESOLVE]) == "Mon 18:00"
    desk.pass_(hours=1)
    words = [
        (part.segment.why, part.counted // 3_600_000_000)
        for part in desk.clocks()[RESOLVE].explain(int(desk.now.timestamp() * 1e6))
    ]
    assert words == [("open", 1), ("resolved", 0), ("reopened", 1)]


def test_another_severity_has_another_target_and_mends_no_promise_that_was_broken(desk: Desk) -> None:
    number = desk.fail()
    desk.pass_(hours=1)
    desk.do(commands.set_severity, number, 3)
    clocks = desk.clocks()
    assert due(clocks[RESPOND]) == "Mon 13:00"
    assert from_micros(clocks[RESPOND].broken_at or 0) == MONDAY + timedelta(minutes=30)
    assert clocks[RESOLVE].broken_at is None
    desk.do(commands.set_severity, number, 1)
    desk.pass_(hours=4)
    assert from_micros(desk.clocks()[RESOLVE].broken_at or 0) == MONDAY + timedelta(hours=4)


def test_a_severity_that_comes_late_breaks_what_was_due_before_when_it_comes(desk: Desk) -> None:
    number = desk.fail(severity=3)
    desk.pass_(hours=2)
    desk.do(commands.set_severity, number, 1)
    desk.pass_(minutes=1)
    assert from_micros(desk.clocks()[RESPOND].broken_at or 0) == MONDAY + timedelta(hours=2)


def test_a_severity_without_a_target_has_no_clock_and_neither_has_a_service_without_an_agreement(
    desk: Desk,
) -> None:
    number = desk.fail(severity=4)
    assert desk.clocks() == {}
    desk.do(commands.resolve_incident, number, "restarted", BOX)
    bulb = desk.fail("toy")
    found = {i.id: i for i in desk.store.read(incidents)}
    assert desk.store.read(promises, [found[bulb]], desk.now) == {bulb: ()}


def test_an_answer_taken_back_was_none(desk: Desk) -> None:
    number = desk.fail()
    desk.pass_(minutes=5)
    desk.do(commands.acknowledge_incident, number)
    assert not desk.clocks()[RESPOND].is_pending
    entries = desk.store.read(page, limit=1)
    desk.do(take_back, [RESTORER], entries[0].seq)
    assert desk.clocks()[RESPOND].is_pending


def test_an_agreement_that_changes_later_changes_no_promise_that_runs(desk: Desk) -> None:
    desk.fail()
    desk.pass_(minutes=1)
    stricter = replace(GOLD, targets=(Promise(1, 60.0, 60.0),))
    never = replace(OFFICE, hours=())
    desk.load(replace(CATALOG, agreements={"gold": stricter}, calendars={"office": never}))
    assert due(desk.clocks()[RESPOND]) == "Mon 09:30"
    desk.load(replace(CATALOG, agreements={}))
    assert due(desk.clocks()[RESPOND]) == "Mon 09:30"


def test_every_agreement_that_covers_the_service_has_its_clocks(desk: Desk) -> None:
    other = replace(GOLD, id="iron", title="Iron", calendar="", targets=(Promise(1, 2 * HOUR, 3 * HOUR),))
    desk.load(replace(CATALOG, agreements={"gold": GOLD, "iron": other}))
    desk.pass_(seconds=1)
    desk.fail()
    (incident,) = desk.store.read(incidents)
    found = desk.store.read(promises, [incident], desk.now)[incident.id]
    assert sorted((clock.agreement.id, clock.kind) for clock in found) == [
        ("gold", RESOLVE), ("gold", RESPOND), ("iron", RESOLVE), ("iron", RESPOND),
    ]  # fmt: skip


def test_a_promise_is_told_in_a_line_and_explained_part_by_part(desk: Desk) -> None:
    number = desk.fail()
    desk.pass_(minutes=20)
    desk.do(commands.acknowledge_incident, number)
    desk.pass_(hours=5)
    clocks = desk.clocks()
    assert promise_line(clocks[RESPOND], desk.now) == (
        "answered Mon 23 Nov 09:20Z, due Mon 23 Nov 09:30Z: 30m of office, Gold"
    )
    assert explained(clocks[RESOLVE], desk.now) == [
        "resolve late 1h, due Mon 23 Nov 13:00Z, broken Mon 23 Nov 13:00Z: 4h of office, Gold",
        "  23 Nov 09:00:00Z to now                open                       counts 5h 20m        in all 5h 20m",
        "  target 4h, elapsed 5h 20m, paused 0s, due Mon 23 Nov 13:00:00Z: 1h 20m over",
        "  agreement gold version 1, calendar office version 1; hours are of UTC",
    ]
    assert due_words(tuple(clocks.values()), desk.now) == "resolve late 1h"


def test_as_of_an_entry_a_promise_is_what_it_was_then(desk: Desk) -> None:
    number = desk.fail()
    then = desk.store.read(page, limit=1)[0].seq
    desk.pass_(minutes=20)
    desk.do(commands.acknowledge_incident, number)
    (incident,) = desk.store.read(with_clocks, desk.store.read(incidents_at, then), MONDAY, upto=then)
    assert [clock.is_pending for clock in incident.clocks] == [True, True]
    (incident,) = desk.store.read(with_clocks, desk.store.read(incidents), desk.now)
    assert [clock.is_pending for clock in incident.clocks] == [False, True]
