"""What failed in a maintenance window counts once looks taken after it say so, also to an agent that takes over."""

from __future__ import annotations

from dataclasses import replace

from core.catalog.model import Catalog, Component, Probe, TcpTarget
from core.monitoring.evaluation import ProbeState, doubt_failure
from core.monitoring.model import Reading, State, Status
from core.monitoring.roster import Outcome, Roster

SECOND = 1_000_000
PROBE = Probe("p", TcpTarget("h", 1), every_s=10, timeout_s=2, attempts=2, retry_s=1)
KEY = ("db", "p")
CATALOG = Catalog(components={"db": Component("db", "DB", "s", probes=(PROBE,))})


class House:
    """A roster of one component, fed a result a second."""

    def __init__(self) -> None:
        self.roster, self.at = Roster(), 0
        self.roster.take_catalog(CATALOG, {}, {})

    def result(self, state: State) -> Outcome:
        self.at += SECOND
        outcome = self.roster.take_reading(KEY, Reading(state, str(state)), self.at)
        self.roster.written(replace(change.now, version=change.now.version + 1) for change in outcome.changes)
        return outcome

    @property
    def status(self) -> Status:
        found = self.roster.status("db")
        assert found is not None
        return found

    def ended(self, *, is_owed: bool = True) -> tuple[int, int]:
        """Has the window end as the database tells it; returns how many changes and looks that brings."""
        told = replace(
            self.status, confirmed=self.status.confirmed and not is_owed, version=self.status.version + 1
        )
        changes, keys = self.roster.take_maintenance_end("db", told, self.at)
        return len(changes), len(keys)


def failed() -> House:
    house = House()
    for state in (State.OK, State.CRITICAL, State.CRITICAL):
        house.result(state)
    assert house.status.is_down
    return house


def test_a_failure_is_to_be_confirmed_by_as_many_looks_as_ever_and_is_told_then() -> None:
    house = failed()
    assert house.ended() == (0, 1)  # the database has it already; the probe is looked at now
    assert not house.status.confirmed
    assert house.result(State.CRITICAL).changes == ()
    (change,) = house.result(State.CRITICAL).changes
    assert change.now.is_down


def test_what_an_incident_stands_for_stays_as_it_is() -> None:
    house = failed()
    assert house.ended(is_owed=False) == (0, 0)
    assert house.status.is_down


def test_what_was_half_confirmed_in_the_window_begins_anew() -> None:
    house = House()
    house.result(State.OK)
    house.result(State.CRITICAL)
    assert house.ended() == (0, 1)
    house.result(State.CRITICAL)
    assert not house.status.confirmed
    house.result(State.CRITICAL)
    assert house.status.is_down


def test_what_recovered_meanwhile_and_was_not_written_yet_stays_recovered() -> None:
    house = failed()
    told = replace(house.status, confirmed=False, version=house.status.version + 1)
    house.roster.take_reading(KEY, Reading(State.OK, "fine"), house.at + SECOND)
    house.roster.take_maintenance_end("db", told, house.at)
    assert house.status.state is State.OK


def test_an_agent_that_takes_over_finds_the_doubt_in_the_row_and_confirms_it_itself() -> None:
    before = failed()
    told = replace(before.status, confirmed=False)
    probe = ProbeState(State.CRITICAL, attempt=2, since=1, last_at=1, raw=State.CRITICAL, summary="critical")
    after = House()
    after.roster = Roster()
    assert after.roster.take_catalog(CATALOG, {"db": told}, {KEY: probe}) == []
    after.at = 100 * SECOND
    assert after.result(State.CRITICAL).changes == ()
    (change,) = after.result(State.CRITICAL).changes
    assert change.now.is_down


def test_only_what_fails_is_doubted() -> None:
    for state in (State.OK, State.WARNING, State.UNKNOWN):
        certain = ProbeState(state, attempt=2)
        assert doubt_failure(certain) == certain
    assert doubt_failure(ProbeState(State.UNKNOWN, confirmed=False, attempt=1)).attempt == 0
