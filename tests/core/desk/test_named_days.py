"""Days off, days with other hours and public holidays in the hours of an agreement, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.model import Agreement, Calendar, Promise
from core.catalog.public_holidays import public_holidays
from core.desk.agreements.targets import Terms
from core.desk.agreements.words import hours_words, week_words
from core.desk.clocks.due_words import explained
from core.desk.clocks.promised import clocks_of
from core.desk.clocks.told import Told
from core.desk.hours.service_hours import ServiceHours
from core.timekeeping import from_micros, to_micros
from tests.core.desk.written_hours import HOUR, INSTANTS, instant

OFFICE = tuple((day, 8 * 60, 18 * 60) for day in range(5))
BAVARIA = Calendar(
    "office", "Europe/Berlin", OFFICE,
    holidays=("12-24 Christmas Eve", "2026-08-03..2026-08-14 Works closed", "2026-05-15"),
    exceptions=("2026-12-24 08:00-12:00 Stock-taking", "12-31 08:00-13:00", "2026-06-06 10:00-14:00 Open day"),
    country="DE", subdivision="BY", public=public_holidays("DE", "BY"),
)  # fmt: skip
HOURS = ServiceHours(BAVARIA)
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("day", "hours", "why"),
    [
        ("2026-04-07", 10, None),  # the Tuesday after Easter
        ("2026-04-06", 0, "closed: Easter Monday, 6 Apr"),
        ("2026-04-05", 0, None),  # a Sunday: nothing is taken away
        ("2026-05-15", 0, "closed: a day off, 15 May"),
        ("2026-08-03", 0, "closed: Works closed, 3 Aug"),
        ("2026-08-14", 0, "closed: Works closed, 14 Aug"),
        ("2026-08-15", 0, None),  # a Saturday, and a holiday of Bavaria besides
        ("2026-08-17", 10, None),
        ("2026-06-06", 4, "other hours: Open day, 6 Jun, 10:00-14:00"),  # a Saturday
        ("2026-12-24", 4, "other hours: Stock-taking, 24 Dec, 08:00-12:00"),  # the dated day before the yearly one
        ("2027-12-24", 0, "closed: Christmas Eve, 24 Dec"),
        ("2026-12-31", 5, "other hours: a day with other hours, 31 Dec, 08:00-13:00"),
        ("2027-12-31", 5, "other hours: a day with other hours, 31 Dec, 08:00-13:00"),
    ],
)  # fmt: skip
def test_a_day_has_its_hours_and_the_name_of_what_changed_them(day: str, hours: int, why: str | None) -> None:
    begin = instant(f"{day}T00:00+02:00" if "04" <= day[5:7] < "11" else f"{day}T00:00+01:00")
    assert HOURS.length(begin, begin + DAY) == hours * HOUR
    assert [each.words for each in HOURS.changed_days(begin, begin + DAY)] == ([] if why is None else [why])


def test_a_name_of_the_public_holiday_stays_where_the_calendar_only_says_that_it_is_off() -> None:
    plain = replace(BAVARIA, holidays=("2026-04-06",))
    named = replace(BAVARIA, holidays=("2026-04-06 Spring outing",))
    at = instant("2026-04-06T10:00Z")
    assert ServiceHours(plain).standing(at).why == "Easter Monday"
    assert ServiceHours(named).standing(at).why == "Spring outing"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-04-02T10:00Z", "open until Thu 02 Apr 16:00Z"),
        ("2026-04-03T10:00Z", "closed: Good Friday, opens Tue 07 Apr 06:00Z"),
        ("2026-04-04T10:00Z", "closed, opens Tue 07 Apr 06:00Z"),
        ("2026-12-24T10:00Z", "open until Thu 24 Dec 11:00Z"),
        ("2026-12-24T12:00Z", "closed: Stock-taking, opens Mon 28 Dec 07:00Z"),
    ],
)
def test_whether_it_is_open_is_said_with_the_reason(at: str, words: str) -> None:
    assert hours_words(HOURS, datetime.fromisoformat(at)) == words


def test_hours_round_the_clock_are_always_open() -> None:
    at = datetime.fromisoformat("2026-04-02T10:00Z")
    always = Calendar("all", "Europe/Berlin", tuple((day, 0, 1440) for day in range(7)))
    assert hours_words(ServiceHours(), at) == hours_words(ServiceHours(always), at) == "always open"
    assert ServiceHours().changed_days(0, 10**15) == []


def test_a_calendar_that_never_opens_again_says_so() -> None:
    never = ServiceHours(Calendar("never", "UTC"))
    assert hours_words(never, datetime.fromisoformat("2026-04-02T10:00Z")) == "closed: it has no hours"


def test_the_week_is_written_with_days_alike_together() -> None:
    hours = (*((d, 480, 720) for d in range(5)), *((d, 780, 1080) for d in range(4)), (6, 0, 1440))
    assert week_words(Calendar("c", "UTC", tuple(sorted(hours)))) == (
        "mon-thu 08:00-12:00 13:00-18:00; fri 08:00-12:00; sun 00:00-24:00"
    )


def test_an_explained_promise_names_the_days_that_it_stood_still() -> None:
    told = [Told(instant("2026-04-02T14:00Z"), "open", 1)]
    agreement = Agreement("gold", "Gold", "acme", ("shop",), "office", (Promise(1, 3600.0, 8 * 3600.0),))
    now = datetime.fromisoformat("2026-04-07T08:00Z")
    clocks = clocks_of(Terms(agreement, HOURS), told, to_micros(now))
    lines = explained(clocks[-1], now)
    assert lines[2:4] == ["    closed: Good Friday, 3 Apr", "    closed: Easter Monday, 6 Apr"]
    assert "in all 4h" in lines[1]
    assert clocks[-1].due == instant("2026-04-07T12:00Z")


def test_a_yearly_day_is_off_over_the_turn_of_the_year() -> None:
    hours = ServiceHours(Calendar("c", "UTC", OFFICE, ("12-27..01-02 Works closed",)))
    assert hours.after(instant("2026-12-24T17:00Z"), 12 * HOUR) == instant("2027-01-04T09:00Z")
    assert [each.day for each in hours.changed_days(instant("2026-12-25T00:00Z"), instant("2027-01-05T00:00Z"))] == [
        date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1),
    ]  # fmt: skip


@given(INSTANTS, st.integers(0, 400 * HOUR))
def test_both_ways_of_counting_agree_over_days_off_and_other_hours(begin: int, spent: int) -> None:
    due = HOURS.after(begin, spent)
    assert due is not None
    assert HOURS.length(begin, due) == spent


@given(INSTANTS)
def test_it_stands_as_it_does_until_it_is_said_to_change(at: int) -> None:
    standing = HOURS.standing(at)
    assert standing.until is not None
    assert standing.until > at
    assert HOURS.length(at, standing.until) == (standing.until - at if standing.is_open else 0)
    assert HOURS.standing(standing.until).is_open is not standing.is_open
    assert HOURS.local_day(from_micros(at)) == HOURS.local_day(from_micros(at).astimezone())
