"""Hours as instants: over weekends, days off, set clocks and odd zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.hours.service_hours import HORIZON_DAYS, ServiceHours, Span
from core.timekeeping import from_micros
from tests.core.desk.written_hours import HOUR, HOURS, INSTANTS, calendar, instant


def after(hours: ServiceHours, begin: str, spent: timedelta) -> str:
    due = hours.after(instant(begin), int(spent.total_seconds() * 1e6))
    assert due is not None
    return from_micros(due).isoformat()


OFFICE = "mon-fri 09:00-17:00"


@pytest.mark.parametrize(
    ("hours", "begin", "spent", "due"),
    [
        # A service that is open on Sundays only, asked on a Monday.
        (calendar("UTC", "sun 09:00-17:00"), "2007-01-01T00:00Z", timedelta(hours=1), "2007-01-07T10:00:00+00:00"),
        # Asked at the end of the working day of New York.
        (calendar("America/New_York", OFFICE), "2007-01-01T22:00Z", timedelta(hours=1), "2007-01-02T15:00:00+00:00"),
        # Seven working days of twelve hours.
        (calendar("UTC", "mon-fri 08:00-20:00"), "2018-11-19T10:00Z", timedelta(hours=84), "2018-11-28T10:00:00+00:00"),
        # What is due as the day ends is due then, not the next morning.
        (calendar("UTC", OFFICE), "2026-11-27T16:00Z", timedelta(hours=1), "2026-11-27T17:00:00+00:00"),
        (calendar("UTC", OFFICE), "2026-11-27T16:00Z", timedelta(hours=1, seconds=1), "2026-11-30T09:00:01+00:00"),
        # Lunch, and a day off.
        (calendar("UTC", "mon-fri 09:00-12:00 13:00-17:00"), "2026-11-27T11:30Z", timedelta(hours=1), "2026-11-27T13:30:00+00:00"),
        (calendar("UTC", OFFICE, holidays=("2026-11-30",)), "2026-11-27T16:30Z", timedelta(hours=1), "2026-12-01T09:30:00+00:00"),
        # Over midnight, written as two.
        (calendar("UTC", "mon 22:00-24:00", "tue 00:00-06:00"), "2026-11-23T23:00Z", timedelta(hours=3), "2026-11-24T02:00:00+00:00"),
        # Clocks go forward in Berlin at 01:00Z, back in October; Lord Howe sets them by half an hour.
        (calendar("Europe/Berlin", "sun 00:00-24:00"), "2026-03-28T23:00Z", timedelta(hours=23), "2026-03-29T22:00:00+00:00"),
        (calendar("Europe/Berlin", "sun 00:00-24:00"), "2026-10-24T22:00Z", timedelta(hours=25), "2026-10-25T23:00:00+00:00"),
        (calendar("Australia/Lord_Howe", "sun 00:00-24:00"), "2026-04-04T13:00Z", timedelta(hours=24, minutes=30), "2026-04-05T13:30:00+00:00"),
        # Hours that begin in the hour that is left out begin when it is over; that end in it, end before it.
        (calendar("Europe/Berlin", "sun 02:30-04:00"), "2026-03-29T00:00Z", timedelta(minutes=30), "2026-03-29T01:30:00+00:00"),
        # A shift over the hour that comes twice is an hour longer.
        (calendar("Europe/Berlin", "sun 01:00-04:00"), "2026-10-24T12:00Z", timedelta(hours=4), "2026-10-25T03:00:00+00:00"),
    ],
)  # fmt: skip
def test_when_so_much_has_passed(hours: ServiceHours, begin: str, spent: timedelta, due: str) -> None:
    assert after(hours, begin, spent) == due
    assert hours.length(instant(begin), instant(due)) == spent.total_seconds() * 1e6


def test_hours_that_meet_are_one_span() -> None:
    hours = calendar("Europe/Berlin", "mon 20:00-24:00", "tue 00:00-02:30", "tue 02:30-06:00")
    found = list(hours.spans(instant("2026-11-23T00:00Z"), instant("2026-11-25T00:00Z")))
    assert found == [Span(instant("2026-11-23T19:00Z"), instant("2026-11-24T05:00Z"))]


def test_hours_that_meet_in_the_hour_that_comes_twice_count_it_once() -> None:
    hours = calendar("Europe/Berlin", "sun 00:00-02:30", "sun 02:30-04:00")
    assert hours.length(instant("2026-10-24T22:00Z"), instant("2026-10-25T03:00Z")) == 5 * HOUR


def test_a_calendar_without_hours_is_never_due() -> None:
    assert calendar("UTC").after(0, 1) is None
    off = tuple((date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(4000))
    assert calendar("UTC", OFFICE, holidays=off).after(instant("2026-11-27T10:00Z"), 1) is None
    assert calendar("UTC").after(5, 0) == 5


@given(HOURS, INSTANTS, st.integers(0, 400 * HOUR))
def test_both_ways_of_counting_agree(hours: ServiceHours, begin: int, spent: int) -> None:
    due = hours.after(begin, spent)
    if due is None:  # a few minutes a week: so many hours are never counted to their end
        assert hours.length(begin, begin + HORIZON_DAYS * 24 * HOUR) < spent
        return
    assert hours.length(begin, due) == spent
    assert spent == 0 or hours.length(begin, due - 1) == spent - 1


@given(HOURS, INSTANTS, st.integers(0, 60 * 24 * HOUR), st.integers(0, 60 * 24 * HOUR))
def test_hours_of_two_parts_are_those_of_the_whole(
    hours: ServiceHours, begin: int, first: int, second: int
) -> None:
    middle, end = begin + first, begin + first + second
    whole = hours.length(begin, end)
    assert whole == hours.length(begin, middle) + hours.length(middle, end)
    assert 0 <= whole <= end - begin


@given(HOURS, INSTANTS, st.integers(0, 21 * 24 * HOUR))
def test_spans_are_in_order_apart_and_inside(hours: ServiceHours, begin: int, length: int) -> None:
    spans = list(hours.spans(begin, begin + length))
    assert all(begin <= s.begin < s.end <= begin + length for s in spans)
    assert all(a.end < b.begin for a, b in pairwise(spans))


@given(HOURS, INSTANTS, st.integers(1, 200 * HOUR), st.integers(1, 20))
def test_whole_weeks_later_it_is_the_same_where_no_clock_is_set(
    hours: ServiceHours, begin: int, spent: int, weeks: int
) -> None:
    zone = ZoneInfo(hours.calendar.zone if hours.calendar else "UTC")
    later = begin + weeks * 7 * 24 * HOUR
    here, there = hours.after(begin, spent), hours.after(later, spent)
    assert here is not None
    assert there is not None
    if _offsets(zone, begin, max(here, there) + 24 * HOUR) == 1:
        assert there - here == later - begin


def _offsets(zone: ZoneInfo, begin: int, end: int) -> int:
    """Returns how many offsets the zone has from a day before `begin` on, looked at every hour."""
    steps = range(begin - 24 * HOUR, end + HOUR, HOUR)
    return len({datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone).utcoffset() for at in steps})
