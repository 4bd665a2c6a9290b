"""What holds while a window does, and what comes after it: on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.desk.model import IncidentState
from core.journal.model import Subject
from core.journal.queries import of_subject
from core.monitoring.commands import release_stopped, stop_on_purpose
from core.monitoring.model import State
from core.operations.windows.commands import cancel_window, end_window
from core.operations.windows.model import Scope, WindowState
from tests.core.operations.windows.house import AGENT, BOX, HOUR

if TYPE_CHECKING:
    from tests.core.operations.windows.house import House

MINUTE = timedelta(minutes=1)


def test_a_failure_in_a_window_opens_no_incident_and_says_why(house: House) -> None:
    house.plan()
    house.found("db", State.CRITICAL)
    assert house.incidents() == []
    assert house.status().state is State.CRITICAL
    assert house.mark() == "W-1 10:00"
    told = house.store.read(of_subject, Subject("component", "db"))
    assert {entry.note for entry in told if entry.kind == "component.changed"} == {
        "planned, W-1 until 2026-11-23 10:00Z"
    }


def test_a_window_to_come_begins_and_ends_by_the_agent_and_once(house: House) -> None:
    window = house.plan(after=HOUR)
    assert (window.state, house.mark()) == (WindowState.COMING, "")
    house.at(HOUR)
    house.keep()
    assert (house.window().state, house.mark()) == (WindowState.RUNNING, "W-1 11:00")
    house.at(HOUR)
    house.keep()
    assert (house.window().state, house.mark()) == (WindowState.OVER, "")
    assert house.kinds("window") == ["window.planned", "window.began", "window.ended"]
    assert house.kinds("component") == ["component.maintenance_began", "component.maintenance_ended"]


def test_what_is_still_down_at_the_end_opens_its_incident_once_looks_after_it_say_so(house: House) -> None:
    house.found("db", State.OK)
    house.plan()
    house.found("db", State.CRITICAL)
    house.at(HOUR)
    assert (house.status().state, house.status().confirmed) == (State.CRITICAL, False)
    assert house.incidents() == []
    house.at(MINUTE)
    house.found("db", State.CRITICAL)
    (incident,) = house.incidents()
    assert (incident.component, incident.opened_at) == ("db", house.now)


def test_what_recovered_in_the_window_opens_nothing(house: House) -> None:
    house.plan()
    house.found("db", State.CRITICAL)
    house.found("db", State.OK)
    house.at(HOUR)
    assert house.status().confirmed
    assert house.incidents() == []


def test_a_problem_from_before_keeps_its_incident_and_is_not_doubted(house: House) -> None:
    house.found("db", State.CRITICAL)
    house.plan()
    house.found("db", State.CRITICAL, "other words")
    house.at(HOUR)
    assert house.status().confirmed
    (incident,) = house.incidents()
    assert (incident.state, incident.title) == (IncidentState.OPEN, "db is critical: db is critical")


def test_one_that_was_cleared_in_the_window_and_failed_again_is_reopened_only_after_it(house: House) -> None:
    house.found("db", State.CRITICAL)
    house.plan()
    house.found("db", State.OK)
    house.found("db", State.CRITICAL)
    assert [each.state for each in house.incidents()] == [IncidentState.RESOLVED]
    house.at(HOUR)
    house.found("db", State.CRITICAL)
    assert [each.state for each in house.incidents()] == [IncidentState.REOPENED]


def test_of_two_windows_the_mark_is_the_one_that_ends_last(house: House) -> None:
    house.plan()
    house.plan(after=HOUR / 2, lasts=HOUR)
    house.at(HOUR / 2)
    assert house.mark() == "W-2 10:30"
    house.at(HOUR / 2)
    assert (house.window(1).state, house.mark()) == (WindowState.OVER, "W-2 10:30")
    house.found("db", State.CRITICAL)
    assert house.incidents() == []
    house.at(HOUR / 2)
    assert house.mark() == ""
    assert house.kinds("component").count("component.maintenance_ended") == 1


def test_a_service_or_a_zone_is_covered_with_what_is_in_it(house: House) -> None:
    house.plan(Scope(services=("data",)))
    assert [house.mark(name) for name in ("db", "spare", "shop")] == ["W-1 10:00", "W-1 10:00", ""]
    house.do(cancel_window, 1, "not today", BOX)
    house.plan(Scope(zones=("ams",)))
    assert [house.mark(name) for name in ("db", "spare", "shop")] == ["", "W-2 10:00", ""]
    house.do(cancel_window, 2, "not today", BOX)
    house.plan(Scope(zones=("home",)))
    assert [house.mark(name) for name in ("db", "spare", "shop")] == ["W-3 10:00", "", "W-3 10:00"]


def test_ended_early_it_holds_no_longer_and_the_failure_is_looked_at_anew(house: House) -> None:
    house.plan()
    house.found("db", State.CRITICAL)
    ended = house.do(end_window, 1, "done sooner", BOX, 2)
    assert (ended.state, ended.ended_by, house.mark()) == (WindowState.OVER, "ada", "")
    assert not house.status().confirmed


def test_a_failure_before_the_agent_has_marked_anything_is_planned_all_the_same(house: House) -> None:
    house.plan(after=HOUR)
    house.now += HOUR
    house.found("db", State.CRITICAL)
    assert (house.mark(), house.incidents()) == ("", [])
    house.keep()
    assert house.mark() == "W-1 11:00"


def test_between_its_end_and_the_agents_word_a_failure_waits_for_that_word(house: House) -> None:
    house.plan()
    house.now += HOUR + timedelta(seconds=1)
    house.found("db", State.CRITICAL)
    assert house.incidents() == []
    house.keep()
    assert not house.status().confirmed


def test_without_an_agent_to_end_it_a_window_hides_nothing_for_long(house: House) -> None:
    house.plan()
    house.now += HOUR + MINUTE
    assert house.window().standing(house.now) == "not ended, no agent"
    house.found("db", State.CRITICAL)
    assert [each.component for each in house.incidents()] == ["db"]


def test_a_window_that_nobody_was_there_for_is_told_as_missed(house: House) -> None:
    house.plan(after=HOUR)
    house.now += 1.5 * HOUR
    assert house.window().standing(house.now) == "not begun, no agent"
    house.plan(after=HOUR)
    house.at(HOUR / 2)
    assert [house.window(1).state, house.window(2).state] == [WindowState.MISSED, WindowState.COMING]
    house.at(HOUR)
    assert house.window(2).state is WindowState.RUNNING
    notes = [entry.note for entry in house.store.read(of_subject, Subject("window", "1"))]
    assert "no agent was there to begin it" in notes
    told = house.store.read(of_subject, Subject("window", "2"))
    assert "begun 30m late" in [entry.note for entry in told]


def test_stopped_on_purpose_and_in_maintenance_are_two_things(house: House) -> None:
    house.found("db", State.OK)
    house.do(stop_on_purpose, "db", "being moved")
    house.plan()
    assert (house.status().state, house.mark()) == (State.STOPPED, "W-1 10:00")
    house.do(release_stopped, "db")
    assert (house.status().state, house.mark()) == (State.PENDING, "W-1 10:00")
    house.do(stop_on_purpose, "db", "being moved")
    house.at(HOUR)
    assert (house.status().state, house.mark()) == (State.STOPPED, "")
    assert house.incidents() == []


def test_what_is_behind_a_component_in_maintenance_is_unreachable_and_raises_nothing(house: House) -> None:
    house.plan()
    house.found("db", State.CRITICAL)
    house.found("shop", State.UNREACHABLE, roots=("db",))
    assert house.incidents() == []
    house.at(HOUR)
    house.found("db", State.CRITICAL)
    assert [each.component for each in house.incidents()] == ["db"]


def test_a_new_component_of_a_service_comes_under_its_window(house: House) -> None:
    from dataclasses import replace

    from core.catalog.commands import load_catalog
    from core.catalog.model import Component

    house.plan(Scope(services=("data",)))
    more = {**house.catalog.components, "third": Component("third", "Third", "data")}
    catalog = replace(house.catalog, components=more)
    house.do(load_catalog, catalog, directory="x", digest="2", changes=["third"])
    house.keep()
    assert house.mark("third") == "W-1 10:00"


def test_many_components_are_marked_a_part_at_a_time(house: House) -> None:
    from core.operations.windows.holding import keep_windows

    house.plan(Scope(("db", "shop", "spare")), after=HOUR)
    house.now += HOUR
    assert house.do(keep_windows, house.token, 2, author=AGENT)
    assert [bool(house.mark(name)) for name in ("db", "shop", "spare")] == [True, True, False]
    assert not house.do(keep_windows, house.token, 2, author=AGENT)
    assert house.mark("spare")
