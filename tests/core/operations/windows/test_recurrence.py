"""When a window comes again: the same local time on the right days, over every change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.operations.windows.recurrence import DAYS, PLACES, Rule, next_time, rule_of, times
from core.timekeeping import EPOCH

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Tehran",
)
HOUR = timedelta(hours=1)

a_rule = st.one_of(
    st.just("daily"),
    st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: f"weekly {' '.join(days)}"),
    st.integers(1, 28).map(lambda day: f"monthly {day}"),
    st.just("monthly last"),
    st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(DAYS)).map(
        lambda each: f"monthly {each[0]} {each[1]}"
    ),
).map(rule_of)
a_time = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda each: f"{each[0]:02}:{each[1]:02}")
a_day = st.dates(date(2007, 1, 1), date(2030, 12, 31))


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def exists(wall: datetime, zone: str) -> bool:
    """Tells whether a local time is ever shown by the clocks of a zone."""
    return local(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone) == wall


@given(a_rule, a_time, st.sampled_from(ZONES), a_day)
def test_every_time_begins_at_the_local_time_on_a_day_of_the_rule_and_lasts_as_long_in_real_time(
    rule: Rule, at: str, zone: str, first: date
) -> None:
    last = first + timedelta(days=400)
    found = list(times(rule, at, zone, HOUR, first, last))
    wanted = [day for day in (first + timedelta(days=n) for n in range(401)) if rule.begins_on(day)]
    assert len(found) == len(wanted)
    for span, day in zip(found, wanted, strict=True):
        wall = datetime.combine(day, datetime.strptime(at, "%H:%M").time())  # noqa: DTZ007 (it is a wall's time)
        shown = local(span.begin, zone)
        # A time in a gap stands for the first instant after it: never before what was asked, and not long after.
        assert shown == wall or (not exists(wall, zone) and timedelta() < shown - wall <= timedelta(days=1))
        assert span.end - span.begin == HOUR
    assert all(before.begin < after.begin for before, after in pairwise(found))


@given(a_rule, a_time, st.sampled_from(ZONES), a_day, st.integers(0, 60 * 24 * 40))
def test_the_next_time_is_the_first_of_all_that_begins_after_an_instant(
    rule: Rule, at: str, zone: str, day: date, minutes: int
) -> None:
    instant = EPOCH + (day - EPOCH.date()) + timedelta(minutes=minutes % 1440)
    last = day + timedelta(days=minutes // 1440)
    whole = [
        span for span in times(rule, at, zone, HOUR, day - timedelta(days=3), last) if span.begin > instant
    ]
    assert next_time(rule, at, zone, HOUR, last, instant) == (whole[0] if whole else None)


@given(a_rule, a_time, st.sampled_from(ZONES), a_day)
def test_one_time_that_lasts_as_long_as_it_may_is_over_before_the_next(
    rule: Rule, at: str, zone: str, first: date
) -> None:
    longest = min(timedelta(hours=24), rule.least_apart - HOUR)
    found = list(times(rule, at, zone, longest, first, first + timedelta(days=400)))
    # Apia left out a whole day in 2011: what began on it began with the next one.
    assert all(a.end <= b.begin for a, b in pairwise(found) if zone != "Pacific/Apia" or a.begin.year != 2011)


@given(a_rule)
def test_a_rule_is_read_again_as_it_is_kept(rule: Rule) -> None:
    assert rule_of(rule.text) == rule


def test_a_night_window_keeps_its_hour_when_the_clocks_change() -> None:
    rule = rule_of("weekly sun")
    found = list(times(rule, "22:30", "Europe/Berlin", HOUR, date(2026, 10, 18), date(2026, 11, 1)))
    assert [span.begin.strftime("%d %H:%M") for span in found] == ["18 20:30", "25 21:30", "01 21:30"]


def test_an_hour_that_does_not_exist_begins_after_the_gap_and_one_that_comes_twice_counts_once() -> None:
    spring = list(
        times(rule_of("daily"), "02:30", "Europe/Berlin", HOUR, date(2026, 3, 29), date(2026, 3, 29))
    )
    autumn = list(
        times(rule_of("daily"), "02:30", "Europe/Berlin", HOUR, date(2026, 10, 25), date(2026, 10, 25))
    )
    assert [span.begin.strftime("%H:%M") for span in (*spring, *autumn)] == ["01:00", "00:30"]


@pytest.mark.parametrize(
    ("text", "day", "begins"),
    [
        ("monthly second tue", date(2026, 11, 10), True), ("monthly second tue", date(2026, 11, 3), False),
        ("monthly last fri", date(2026, 11, 27), True), ("monthly last fri", date(2026, 11, 20), False),
        ("monthly last", date(2028, 2, 29), True), ("monthly last", date(2028, 2, 28), False),
        ("monthly 15", date(2026, 11, 15), True), ("weekly tuesday, thu", date(2026, 11, 26), True), ("daily", date(2026, 1, 1), True),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(text: str, day: date, begins: bool) -> None:
    assert rule_of(text).begins_on(day) is begins


@pytest.mark.parametrize(
    "text",
    ["", "hourly", "weekly", "weekly xyz", "monthly 31", "monthly fifth mon", "every 2 weeks", "monthly 0"],
)
def test_what_is_not_supported_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(BadInput, match=r"Write (daily|a day)"):
        rule_of(text)
