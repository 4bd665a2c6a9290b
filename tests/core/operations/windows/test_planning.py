"""Who may plan what, what is refused before anything is kept, and how a window is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.catalog.commands import load_catalog
from core.catalog.model import Component, Need
from core.desk.shifts.summing import computed_lines
from core.endings.queries import endings
from core.errors import BadInput, Moved, NotFound, NotPermitted, NotPossible
from core.gate.model import AT_ONCE, Consent, Level
from core.journal.model import START, Subject, Via
from core.journal.past import number_at
from core.journal.queries import after, of_subject
from core.journal.wording import sentence
from core.operations.windows.as_of import windows_at
from core.operations.windows.commands import (
    Plan,
    cancel_window,
    change_window,
    end_window,
    plan_window,
    skip_window,
)
from core.operations.windows.model import Scope, WindowState
from core.operations.windows.queries import windows
from core.operations.windows.scope import checked_scope, cut_off, scope_said, touched
from core.operations.windows.when import instant_in, time_of_day
from core.store.work import Author
from tests.core.operations.windows.house import BOX, DB, HOUR, MONDAY

if TYPE_CHECKING:
    from tests.core.operations.windows.house import House

BO = Author("bo", Via.CONSOLE)
VIC = Author("vic", Via.CONSOLE)
LAST = date(2026, 12, 31)


def plan(**other: Any) -> Plan:
    usual: dict[str, Any] = {
        "scope": DB,
        "begins_at": MONDAY,
        "ends_at": MONDAY + HOUR,
        "owner": "",
        "reason": "patches",
    }
    return Plan(**{**usual, **other})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": " "}, "needs a reason"), ({"owner": "zed"}, "'zed' is not declared as staff"),
        ({"ends_at": MONDAY}, "ends before it begins"), ({"ends_at": MONDAY + timedelta(days=32)}, "lasts longer than 31 days"),
        ({"begins_at": MONDAY - HOUR}, "which is past"),
        ({"begins_at": MONDAY + timedelta(days=400), "ends_at": MONDAY + timedelta(days=401)}, "a year ahead"),
        ({"zone": "Mars/Base"}, "no zone of time"), ({"zone": "../etc"}, "no zone of time"),
        ({"every": "hourly", "at": "22:00", "last_on": LAST}, "no way in which a window recurs"),
        ({"every": "daily", "at": "22:00"}, "needs a last day"), ({"every": "daily", "last_on": LAST}, "at a time of day"),
        ({"every": "daily", "at": "22:00", "last_on": date(2028, 1, 1)}, "a year ahead"),
        ({"every": "daily", "at": "22:00", "last_on": date(2026, 11, 22)}, "never hold"),
        ({"every": "daily", "at": "22:00", "last_on": LAST, "ends_at": MONDAY + 23.5 * HOUR}, "longer than 23 h"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_hold_is_refused_and_nothing_is_kept(
    house: House, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        house.do(plan_window, plan(**wrong), BOX)
    assert house.store.read(windows, over=True) == []


def test_it_is_asked_for_and_over_many_by_name(house: House) -> None:
    with pytest.raises(BadInput, match="asks to be confirmed"):
        house.do(plan_window, plan(), AT_ONCE)
    many = {f"c{n:02}": Component(f"c{n:02}", "C", "farm") for n in range(11)}
    house.do(
        load_catalog, replace(house.catalog, components=many), directory="x", digest="2", changes=["all"]
    )
    farm = plan(scope=Scope(services=("farm",)))
    with pytest.raises(BadInput, match="by typing the name"):
        house.do(plan_window, farm, BOX)
    assert (
        house.do(plan_window, farm, Consent(Level.NAME, "11 subjects", "patches")).state
        is WindowState.RUNNING
    )


def test_what_is_not_declared_is_named(house: House) -> None:
    for scope, words in (
        (Scope(("dbb",)), "no component 'dbb'"), (Scope(services=("web",)), "no service with components 'web'"),
        (Scope(zones=("moon",)), "no zone with components 'moon'"),
    ):  # fmt: skip
        with pytest.raises(NotFound, match=words):
            house.do(plan_window, plan(scope=scope), BOX)
    with pytest.raises(BadInput, match="covers something"):
        house.do(plan_window, plan(scope=Scope()), BOX)
    with pytest.raises(BadInput, match="no part of a window"):
        scope_said("host:db")


def test_a_service_without_a_name_is_none_though_components_may_have_no_service(house: House) -> None:
    alone = {**house.catalog.components, "alone": Component("alone", "Alone", "")}
    catalog = replace(house.catalog, components=alone)
    house.do(load_catalog, catalog, directory="x", digest="2", changes=["alone"])
    with pytest.raises(NotFound, match="no service with components ''"):
        house.do(plan_window, plan(scope=scope_said("service:")), BOX)
    assert house.store.read(windows) == []


def test_who_plans_it_answers_for_it_where_nobody_else_is_named(house: House) -> None:
    assert house.do(plan_window, plan(), BOX).owner == "ada"
    assert house.do(plan_window, plan(owner="bo"), BOX).owner == "bo"


def test_a_longer_end_or_an_earlier_one_asks_for_a_reason_and_for_what_was_seen(house: House) -> None:
    window = house.plan()
    with pytest.raises(BadInput, match="reason is asked for"):
        house.do(change_window, 1, window.ends_at + HOUR, "", BOX, window.version)
    changed = house.do(change_window, 1, window.ends_at + HOUR, "it takes longer", BOX, window.version)
    assert (changed.ends_at, house.mark()) == (window.ends_at + HOUR, "W-1 11:00")
    with pytest.raises(Moved, match="ada changed"):
        house.do(change_window, 1, window.ends_at, "no, it does not", BOX, window.version)
    with pytest.raises(BadInput, match="To end it now, end it"):
        house.do(change_window, 1, house.now, "done", BOX)
    notes = [each.note for each in house.store.read(of_subject, Subject("window", "1"))]
    assert "it takes longer" in notes


def test_a_begin_that_is_past_stays(house: House) -> None:
    window = house.plan(after=HOUR)
    moved = house.do(change_window, 1, window.ends_at + HOUR, "later", BOX, begins_at=window.begins_at + HOUR)
    assert moved.begins_at == window.begins_at + HOUR
    house.at(2 * HOUR)
    with pytest.raises(NotPossible, match="its begin stays"):
        house.do(change_window, 1, moved.ends_at, "later", BOX, begins_at=house.now + HOUR)


def test_what_is_over_is_neither_changed_nor_cancelled_and_what_is_to_come_is_not_ended(house: House) -> None:
    house.plan(after=HOUR)
    with pytest.raises(NotPossible, match="W-1 is coming"):
        house.do(end_window, 1, "now", BOX)
    house.do(cancel_window, 1, "not needed", BOX)
    for command, args in ((cancel_window, ("again", BOX)), (end_window, ("again", BOX))):
        with pytest.raises(NotPossible, match="W-1 is cancelled"):
            house.do(command, 1, *args)
    with pytest.raises(NotPossible, match="W-1 is cancelled"):
        house.do(change_window, 1, house.now + HOUR, "again", BOX)


def test_a_window_that_recurs_holds_again_until_its_last_day(house: House) -> None:
    week = plan(
        every="weekly tue thu",
        at="22:00",
        zone="Europe/Berlin",
        last_on=date(2026, 12, 1),
        ends_at=MONDAY + 2 * HOUR,
    )
    window = house.do(plan_window, week, BOX)
    assert f"{window.begins_at:%d %H:%M}" == "24 21:00"
    held = []
    for _ in range(12 * 24):
        house.at(HOUR)
        if house.mark():
            held.append(f"{house.now:%d %H}")
    assert held == ["24 21", "24 22", "26 21", "26 22", "01 21", "01 22"]
    assert house.window().state is WindowState.OVER


def test_one_time_is_left_out_or_ended_and_the_next_comes(house: House) -> None:
    house.do(plan_window, plan(every="daily", at="22:00", last_on=LAST), BOX)
    assert f"{house.do(skip_window, 1, 'a holiday', BOX).begins_at:%d}" == "24"
    house.at(37 * HOUR)
    assert house.window().state is WindowState.RUNNING
    with pytest.raises(NotPossible, match="W-1 is running"):
        house.do(skip_window, 1, "too late", BOX)
    with pytest.raises(BadInput, match="it comes again at 2026-11-25 22:00Z"):
        house.do(change_window, 1, house.now + 25 * HOUR, "longer", BOX)
    ended = house.do(end_window, 1, "done", BOX)
    assert (ended.state, f"{ended.begins_at:%d %H}", ended.began_at) == (WindowState.COMING, "25 22", None)


def test_what_a_window_would_touch_is_told_before(house: House) -> None:
    found = house.store.read(touched, house.store.read(checked_scope, ["db"]))
    assert (found.components, found.services, found.cut_off) == (("db",), ("data",), ("shop",))
    assert ("behind", "shop would be unreachable") in found.lines


def test_what_another_meets_is_not_cut_off() -> None:
    declared = {
        "a": Component("a", "A", "s"), "b": Component("b", "B", "s"),
        "one_of": Component("one_of", "C", "s", needs=(Need(("a", "b"), 1),)),
        "both": Component("both", "D", "s", needs=(Need(("a", "b"), 2),)),
        "behind": Component("behind", "E", "s", needs=(Need(("both",), 1),)),
    }  # fmt: skip
    assert cut_off(declared, ["a"]) == ("both", "behind")
    assert set(cut_off(declared, ["a", "b"])) == {"one_of", "both", "behind"}


def test_windows_as_of_then_are_what_they_were(house: House) -> None:
    house.plan(after=HOUR)
    house.at(HOUR)
    running = house.store.read(number_at, house.now)
    house.at(HOUR)
    assert [each.state for each in house.store.read(windows_at, running)] == [WindowState.RUNNING]
    now = house.store.read(number_at, house.now)
    assert house.store.read(windows_at, now) == []
    assert [each.state for each in house.store.read(windows_at, now, over=True)] == [WindowState.OVER]


def test_as_of_then_lists_what_was_open_however_many_were_planned_since(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.plan(lasts=9 * HOUR)
    house.plan(after=5 * HOUR)
    for _ in range(2):
        window = house.plan(Scope(("spare",)))
        house.do(end_window, window.id, "done", BOX)
    monkeypatch.setattr("core.operations.windows.as_of.MOST", 2)
    then = house.store.read(number_at, house.now)
    assert [each.label for each in house.store.read(windows_at, then)] == ["W-1", "W-2"]


def test_what_ends_this_week_lists_them(house: House) -> None:
    house.plan(lasts=3 * HOUR)
    house.plan(after=5 * HOUR)
    week = house.store.read(endings, house.now, house.now + timedelta(days=7))
    assert [(each.subject, each.owner, str(each.standing(house.now))) for each in week] == [
        ("W-1", "ada", "in force"), ("W-2", "ada", "not yet"),
    ]  # fmt: skip
    house.now += 4 * HOUR
    late = house.store.read(endings, house.now, house.now)
    assert [(each.subject, each.is_past(house.now)) for each in late] == [("W-1", True)]


def test_a_handover_tells_what_is_planned_until_the_next_shift_ends(house: House) -> None:
    house.plan(lasts=3 * HOUR)
    house.plan(after=5 * HOUR)
    house.plan(after=50 * HOUR)
    lines = house.store.read(computed_lines, house.now - 8 * HOUR, house.now, house.now + 8 * HOUR)
    assert [(line.about, line.text) for line in lines if line.about.startswith("W-")] == [
        ("W-1", "db: in maintenance until Mon 23 Nov 12:00Z (ada): a new disk"),
        ("W-2", "db: in maintenance from Mon 23 Nov 14:00Z until Mon 23 Nov 15:00Z (ada): a new disk"),
    ]


@pytest.mark.parametrize(
    ("text", "zone", "wanted"),
    [
        ("now", "UTC", "23 09:00"), ("22:00", "Europe/Berlin", "23 21:00"), ("09:30", "Europe/Berlin", "24 08:30"),
        ("22:00Z", "Europe/Berlin", "23 22:00"), ("2h", "UTC", "23 11:00"), ("2026-11-27 22:00", "America/New_York", "28 03:00"),
    ],
)  # fmt: skip
def test_an_instant_is_said_in_the_local_time_of_the_zone(text: str, zone: str, wanted: str) -> None:
    assert f"{instant_in(text, zone, MONDAY):%d %H:%M}" == wanted


def test_a_time_of_day_is_taken_where_one_was_said() -> None:
    assert [
        time_of_day(each, "Europe/Berlin") for each in ("9:05", "2026-11-27 22:00", "now", "2h", "22:00Z")
    ] == ["09:05", "22:00", "", "", ""]
    assert time_of_day("22:00Z", "UTC") == "22:00"


@pytest.mark.parametrize("text", ["25:00", "tomorrow", "", "22:61", "2026-13-01 10:00"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        instant_in(text, "UTC", MONDAY)


@pytest.mark.embedded
def test_a_viewer_plans_nothing_and_an_operator_nothing_long(house: House) -> None:
    for who, wanted, needed in (
        (VIC, plan(), "operator"), (BO, plan(ends_at=MONDAY + 25 * HOUR), "lead"),
        (BO, plan(every="daily", at="22:00", last_on=LAST), "lead"),
    ):  # fmt: skip
        with pytest.raises(NotPermitted, match=f"for the role {needed}"):
            house.do(plan_window, wanted, BOX, author=who)
    window = house.do(plan_window, plan(), BOX, author=BO)
    with pytest.raises(NotPermitted, match="for the role lead"):
        house.do(change_window, 1, window.begins_at + 25 * HOUR, "longer", BOX, author=BO)
    assert house.do(plan_window, plan(ends_at=MONDAY + 25 * HOUR), BOX).state is WindowState.RUNNING


@pytest.mark.parametrize("at", ["25:00", "22:60", "2200", "9:30", "noon", "22:00Z", "22:", " 22:00", "٢٢:00"])
def test_a_time_that_is_none_of_a_day_is_refused_with_one_message(house: House, at: str) -> None:
    with pytest.raises(BadInput, match=rf"'{at}' is no time of day") as caught:
        house.do(plan_window, plan(every="daily", at=at, last_on=LAST), BOX)
    assert (caught.value.where, caught.value.next_step) == ("from", "Nothing was changed. Write it as 22:00")
    assert house.kinds("window") == []


def test_what_is_long_or_recurs_is_told_by_entries_of_its_own(house: House) -> None:
    house.do(plan_window, plan(), BOX)
    house.do(plan_window, plan(every="daily", at="22:00", last_on=LAST), BOX)
    house.do(plan_window, plan(ends_at=MONDAY + 25 * HOUR), BOX)
    house.do(change_window, 1, MONDAY + 26 * HOUR, "longer", BOX)
    kinds = ["window.planned", "window.began", "window.planned_long", "window.planned_long", "window.began"]
    assert house.kinds("window") == [*kinds, "window.changed_long"]
    entries = house.store.read(after, START) or ()
    assert any(sentence(each).startswith("W-1 changed until 2026-11-24 11:00Z") for each in entries)


def test_a_reason_that_is_too_long_is_refused_whole_and_nothing_is_changed(house: House) -> None:
    fits, too_long = "x" * 500, "x" * 501
    words = "reason: it has 501 characters; at most 500 fit. Nothing was changed. Shorten it"
    with pytest.raises(BadInput) as refused:
        house.do(plan_window, plan(reason=too_long), BOX)
    assert str(refused.value) == words
    assert house.store.read(windows, over=True) == []
    window = house.do(plan_window, plan(reason=f"  {fits}\n"), BOX)
    assert window.reason == fits
    later = house.now + 2 * HOUR
    for command, args in (
        (change_window, (1, later, too_long, BOX)), (end_window, (1, too_long, BOX)), (cancel_window, (1, too_long, BOX)),
    ):  # fmt: skip
        with pytest.raises(BadInput, match="it has 501 characters"):
            house.do(command, *args)
    assert house.window() == window
    house.do(change_window, 1, later, fits, BOX)
    assert house.store.read(of_subject, Subject("window", "1"))[-1].note == fits


@pytest.mark.embedded
def test_what_is_a_leads_to_plan_is_a_leads_to_change_as_it_stands_and_as_it_becomes(house: House) -> None:
    def change(number: int, ends: Any) -> Any:
        return house.do(change_window, number, ends, "why", BOX, author=BO)

    day = 24 * HOUR
    house.do(plan_window, plan(ends_at=MONDAY + day), BOX)
    with pytest.raises(NotPermitted, match="for the role lead"):
        change(1, MONDAY + day + HOUR)  # it becomes long
    house.do(plan_window, plan(ends_at=MONDAY + 2 * day), BOX)
    with pytest.raises(NotPermitted, match="for the role lead"):
        change(2, MONDAY + 2 * day + HOUR)  # it is long
    house.do(plan_window, plan(every="daily", at="22:00", last_on=LAST), BOX)
    with pytest.raises(NotPermitted, match="for the role lead"):
        change(3, house.window(3).ends_at + HOUR)  # it recurs
    for number in (2, 3):  # who may end it may have it end sooner
        sooner = house.window(number).ends_at - HOUR / 2
        assert change(number, sooner).ends_at == sooner
    assert change(1, MONDAY + HOUR).ends_at == MONDAY + HOUR


def test_a_wide_window_is_changed_by_name_as_it_is_planned(house: House) -> None:
    many = {f"c{n:02}": Component(f"c{n:02}", "C", "farm") for n in range(11)}
    house.do(
        load_catalog, replace(house.catalog, components=many), directory="x", digest="2", changes=["all"]
    )
    by_name = Consent(Level.NAME, "11 subjects", "patches")
    house.do(plan_window, plan(scope=Scope(services=("farm",))), by_name)
    with pytest.raises(BadInput, match="by typing the name"):
        house.do(change_window, 1, MONDAY + 3 * HOUR, "longer", BOX)
    assert house.window().version == 2
    assert house.do(change_window, 1, MONDAY + 3 * HOUR, "longer", by_name).ends_at == MONDAY + 3 * HOUR


@pytest.mark.embedded
def test_who_may_not_change_a_window_is_not_told_whether_there_is_one(house: House) -> None:
    for command, args in (
        (change_window, (MONDAY + HOUR, "why", BOX)), (end_window, ("why", BOX)), (skip_window, ("why", BOX)),
        (cancel_window, ("why", BOX)),
    ):  # fmt: skip
        with pytest.raises(NotPermitted, match="for the role operator"):
            house.do(command, 99, *args, author=VIC)


@pytest.mark.parametrize("text", ["-2h", "-90m"])
def test_an_instant_to_come_is_not_written_back_from_now(text: str) -> None:
    with pytest.raises(BadInput, match=f"'{text}' is past. Write it as now, 22:00"):
        instant_in(text, "UTC", MONDAY)
