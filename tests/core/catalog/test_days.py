from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.days import parse_days_off, parse_other_hours
from core.errors import BadInput

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
NAMES = st.sampled_from(("", "Works closed", "Ash Wednesday 2", "é"))


@pytest.mark.parametrize(
    ("text", "off", "on"),
    [
        ("2026-12-25 Christmas Day", ["2026-12-25"], ["2026-12-24", "2027-12-25"]),
        ("12-24", ["2026-12-24", "2031-12-24"], ["2026-12-25"]),
        ("2026-12-27..2027-01-02 Works closed", ["2026-12-27", "2026-12-31", "2027-01-02"], ["2026-12-26", "2027-01-03"]),
        ("12-27..01-02", ["2026-12-27", "2027-01-01", "2030-01-02"], ["2026-12-26", "2026-01-03", "2026-06-01"]),
        ("08-01..08-15", ["2026-08-01", "2027-08-15"], ["2026-07-31", "2026-08-16"]),
        ("02-29", ["2028-02-29"], ["2026-02-28", "2026-03-01"]),
    ],
)  # fmt: skip
def test_days_off_are_read_as_people_write_them(text: str, off: list[str], on: list[str]) -> None:
    days = parse_days_off(text)
    assert all(days.holds(date.fromisoformat(each)) for each in off)
    assert not any(days.holds(date.fromisoformat(each)) for each in on)
    assert str(days) == text


def test_a_day_with_other_hours_is_read_with_its_name() -> None:
    day = parse_other_hours(" 2026-12-24  14:00-16:00 9:00-12:00  Christmas Eve ")
    assert day == ("2026-12-24", ((540, 720), (840, 960)), "Christmas Eve")
    assert str(day) == "2026-12-24 09:00-12:00 14:00-16:00 Christmas Eve"
    assert parse_other_hours("12-31 00:00-24:00").times == ((0, 1440),)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "'' names no day"),
        ("Christmas", "'Christmas' names no day"),
        ("2026-12-25Christmas", "'2026-12-25Christmas' names no day"),
        ("2026-02-30", "2026-02-30 is not a date"),
        ("13-01", "13-01 is not a date"),
        ("2027-01-02..2026-12-27", "'2027-01-02..2026-12-27' ends before it begins"),
        ("2026-12-27..01-02", "'2026-12-27..01-02' begins in one year and ends in every one"),
        ("2026-01-01..2027-01-02", "'2026-01-01..2027-01-02' lasts 367 days; at most 366 fit"),
    ],
)
def test_what_is_no_day_off_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_days_off(text)
    assert refused.value.what == what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2026-12-24", "'2026-12-24' names no hours"),
        ("2026-12-24 Christmas Eve", "'2026-12-24 Christmas Eve' names no hours"),
        ("2026-12-24..2026-12-26 09:00-12:00", "'2026-12-24..2026-12-26 09:00-12:00' names several days"),
        ("2026-12-24 09:00-12:00 11:00-13:00", "11:00-13:00 overlaps other hours of that day"),
        ("2026-12-24 22:00-00:00", "'22:00-00:00' ends at the beginning of its day"),
        ("2026-12-24 09:00-25:00", "'09:00-25:00' names a time that no day has"),
        ("24-12 09:00-12:00", "24-12 is not a date"),
    ],
)
def test_what_is_no_day_with_other_hours_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_other_hours(text)
    assert refused.value.what == what


@given(DAYS, st.integers(0, 365), NAMES)
def test_dated_days_are_off_from_the_first_to_the_last(first: date, length: int, name: str) -> None:
    last = first + timedelta(days=length)
    days = parse_days_off(f"{first}..{last} {name}")
    assert parse_days_off(str(days)) == days
    assert days.name == name
    for day in (first, last, first + timedelta(days=length // 2)):
        assert days.holds(day)
    assert not days.holds(first - timedelta(days=1))
    assert not days.holds(last + timedelta(days=1))


@given(st.integers(0, 364), st.integers(1, 364), st.integers(0, 364))
def test_a_day_is_in_yearly_days_off_or_between_their_end_and_their_beginning(
    begin: int, length: int, asked: int
) -> None:
    new_year = date(2026, 1, 1)
    days = [new_year + timedelta(days=n) for n in range(365)]
    ends = [days[begin], days[(begin + length - 1) % 365], days[(begin + length) % 365], days[begin - 1]]
    inside, outside = (parse_days_off(f"{first:%m-%d}..{last:%m-%d}") for first, last in (ends[:2], ends[2:]))
    assert inside.holds(days[asked]) is not outside.holds(days[asked])
    assert inside.holds(days[asked]) is ((asked - begin) % 365 < length)
