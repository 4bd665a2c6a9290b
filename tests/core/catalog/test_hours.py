from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.hours import hours_text, overlap, parse_hours
from core.errors import BadInput


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("mon 08:00-18:00", ((0, 480, 1080),)),
        ("Mon,wed 8:00-9:30", ((0, 480, 570), (2, 480, 570))),
        ("sat-mon 00:00-24:00", ((5, 0, 1440), (6, 0, 1440), (0, 0, 1440))),
        ("fri 08:00-12:00 13:00-17:00", ((4, 480, 720), (4, 780, 1020))),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: tuple[tuple[int, int, int], ...]) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "'' is not a day of the week"),
        ("mon", "'mon' names no hours"),
        ("monday 08:00-09:00", "'monday' is not a day of the week"),
        ("mon 8-9", "'8-9' is not a range of hours"),
        ("mon 08:00-24:01", "'08:00-24:01' names a time that no day has"),
        ("mon 08:60-09:00", "'08:60-09:00' names a time that no day has"),
        ("mon 09:00-09:00", "'09:00-09:00' ends before it starts"),
        ("mon 22:00-06:00", "'22:00-06:00' ends before it starts"),
    ],
)
def test_what_no_week_has_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput, match="^" + what.replace("(", r"\(")):
        parse_hours(text)


@given(st.integers(0, 6), st.integers(0, 1439), st.data())
def test_hours_written_out_are_read_back(day: int, start: int, data: st.DataObject) -> None:
    hours = (day, start, data.draw(st.integers(start + 1, 1440)))
    assert parse_hours(hours_text(hours)) == (hours,)


def test_hours_that_touch_do_not_overlap() -> None:
    assert overlap(((0, 480, 720), (0, 720, 900), (1, 480, 720))) is None
    assert overlap(((0, 480, 720), (1, 0, 5), (0, 719, 900))) == (0, 719, 900)
