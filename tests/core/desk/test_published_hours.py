"""Cases that other projects publish for the same questions, put in our words: instants in, instants out.

They come from the tests of Request Tracker, GLPI, Zammad, moment-business-time, Nagios Core and Icinga. Where one of them
answers otherwise than we mean to, the case says so.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from core.desk.clocks.model import Segment, due_at, elapsed
from core.timekeeping import to_micros
from tests.core.desk.written_hours import calendar, local, shown, span

WEEK = "mon-fri 09:00-17:00"
LUNCH = ("mon-wed 09:00-17:00", "thu 09:00-12:00 13:00-18:00", "fri 09:00-12:00 12:30-17:00")
SHOP = "mon-sun 09:00-18:00"


DUE = {
    # Request Tracker: an hour of a service that is open on Sundays, and of one that is open on Mondays.
    "sunday only": (calendar("UTC", "sun 09:00-17:00"), "2007-01-01T00:00", "1:0:0", "2007-01-07T10:00"),
    "monday only": (calendar("UTC", "mon 09:00-17:00"), "2007-01-01T00:00", "1:0:0", "2007-01-01T10:00"),
    # Request Tracker: two hours of working days until 18:00, asked at one instant in two places.
    "in new york": (calendar("America/New_York", "mon-fri 09:00-18:00"), "2007-01-01T17:00", "2:0:0", "2007-01-02T10:00"),
    "in moscow": (calendar("Europe/Moscow", "mon-fri 09:00-18:00"), "2007-01-02T01:00", "2:0:0", "2007-01-02T11:00"),
    # GLPI: seven working days, counted in their hours.
    "seven days of twelve hours": (calendar("UTC", "mon-fri 08:00-20:00"), "2018-11-19T10:00", "84:0:0", "2018-11-28T10:00"),
    "seven whole days": (calendar("UTC", "mon-fri 00:00-24:00"), "2018-11-19T10:00", "168:0:0", "2018-11-28T10:00"),
    # moment-business-time: hours, minutes and seconds from within and from outside the hours.
    "two hours within a day": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "2:0:0", "2015-02-26T12:12:34"),
    "one hour within a day": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "1:0:0", "2015-02-26T11:12:34"),
    "two hours from a weekend": (calendar("UTC", WEEK), "2015-02-28T10:13:00", "2:0:0", "2015-03-02T11:00"),
    "over a night": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "9:0:0", "2015-02-27T11:12:34"),
    "over two nights and a weekend": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "19:0:0", "2015-03-02T13:12:34"),
    "seventeen hours over two nights": (calendar("UTC", WEEK), "2016-03-21T15:30", "17:0:0", "2016-03-23T16:30"),
    "eighteen hours over three nights": (calendar("UTC", WEEK), "2016-03-21T15:30", "18:0:0", "2016-03-24T09:30"),
    "over several weeks": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "108:0:0", "2015-03-17T14:12:34"),
    "over lunch": (calendar("UTC", *LUNCH), "2020-01-02T10:00", "4:0:0", "2020-01-02T15:00"),
    "over a short lunch": (calendar("UTC", *LUNCH), "2020-01-03T11:00", "2:0:0", "2020-01-03T13:30"),
    "over two lunches and a weekend": (calendar("UTC", *LUNCH), "2020-01-02T10:00", "16:0:0", "2020-01-06T10:30"),
    "from within lunch": (calendar("UTC", *LUNCH), "2020-01-02T12:30", "2:0:0", "2020-01-02T15:00"),
    "over half an hour of lunch": (calendar("UTC", *LUNCH), "2020-01-03T11:30", "1:0:0", "2020-01-03T13:00"),
    "minutes within a day": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "0:45:0", "2015-02-26T10:57:34"),
    "minutes from a weekend": (calendar("UTC", WEEK), "2015-02-28T10:13:00", "0:45:0", "2015-03-02T09:45"),
    "minutes over a night": (calendar("UTC", WEEK), "2015-02-26T16:59:59.700", "0:45:0", "2015-02-27T09:44:59.700"),
    "six hundred minutes": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "0:600:0", "2015-02-27T12:12:34"),
    "seconds within a day": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "0:0:45", "2015-02-26T10:13:19"),
    "seconds from a weekend": (calendar("UTC", WEEK), "2015-02-28T10:13:00", "0:0:45", "2015-03-02T09:00:45"),
    "seconds over a night": (calendar("UTC", WEEK), "2015-02-26T16:59:59.700", "0:0:45", "2015-02-27T09:00:44.700"),
    "milliseconds from a weekend": (calendar("UTC", WEEK), "2015-02-28T10:13:00", "0:0:0.555", "2015-03-02T09:00:00.555"),
    "milliseconds over a night": (calendar("UTC", WEEK), "2015-02-26T16:59:59.700", "0:0:0.555", "2015-02-27T09:00:00.255"),
    "hours, minutes and seconds": (calendar("UTC", WEEK), "2015-02-26T10:12:34", "9:48:17", "2015-02-27T12:00:51"),
    "a second of a leap year": (calendar("UTC", WEEK), "2020-01-06T13:00", "0:0:1", "2020-01-06T13:00:01"),
    "days that open at other times": (calendar("UTC", "mon 12:00-17:00", "tue 09:30-17:00", "wed 10:00-17:00"), "2015-02-23T10:00", "2:0:0", "2015-02-23T14:00"),
    "over days that open at other times": (calendar("UTC", "mon 12:00-17:00", "tue 09:30-17:00", "wed 10:00-17:00"), "2015-02-23T10:00", "15:0:0", "2015-02-25T12:30"),
    "after an early closing": (calendar("UTC", "mon,tue,thu,fri 09:30-17:00", "wed 09:30-13:00"), "2015-02-25T16:00", "2:0:0", "2015-02-26T11:30"),
    # Zammad: what is promised in 60, 120 and 180 minutes of a day from 08:00 to 18:00.
    "sixty minutes": (calendar("UTC", "mon-fri 08:00-18:00"), "2013-03-21T09:30", "0:60:0", "2013-03-21T10:30"),
    "a hundred and twenty minutes": (calendar("UTC", "mon-fri 08:00-18:00"), "2013-03-21T09:30", "0:120:0", "2013-03-21T11:30"),
    "a hundred and eighty minutes": (calendar("UTC", "mon-fri 08:00-18:00"), "2013-03-21T09:30", "0:180:0", "2013-03-21T12:30"),
}  # fmt: skip


@pytest.mark.parametrize("case", DUE)
def test_when_it_is_due(case: str) -> None:
    hours, begin, allowed, due = DUE[case]
    assert shown(hours, hours.after(local(hours, begin), span(allowed))) == due
    assert hours.length(local(hours, begin), local(hours, due)) == span(allowed)


PASSED = {
    # GLPI: a day that opens at 08:00, and a week of five days of twelve hours.
    "the first hour": (calendar("UTC", "mon-fri 08:00-20:00"), "2019-01-01T07:00", "2019-01-01T09:00", "1:0:0"),
    "before it opens": (calendar("UTC", "mon-fri 08:00-20:00"), "2019-01-01T06:00", "2019-01-01T07:00", "0:0:0"),
    "a week": (calendar("UTC", "mon-fri 08:00-20:00"), "2019-01-01T00:00", "2019-01-08T00:00", "60:0:0"),
    # moment-business-time
    "one day": (calendar("UTC", WEEK), "2015-02-27T10:00", "2015-02-27T13:30", "3:30:0"),
    "over a weekend": (calendar("UTC", WEEK), "2015-02-27T10:00", "2015-03-02T13:30", "11:30:0"),
    "with lunch": (calendar("UTC", *LUNCH), "2020-01-02T10:00", "2020-01-02T15:00", "4:0:0"),
    "with a short lunch": (calendar("UTC", *LUNCH), "2020-01-03T11:00", "2020-01-03T13:30", "2:0:0"),
    "with lunches and a weekend": (calendar("UTC", *LUNCH), "2020-01-02T10:00", "2020-01-06T10:00", "15:30:0"),
    "from lunch": (calendar("UTC", *LUNCH), "2020-01-02T12:30", "2020-01-02T15:00", "2:0:0"),
    "five days of eight hours": (calendar("UTC", WEEK), "2015-02-21T10:00", "2015-02-27T15:00", "38:0:0"),
    "with an early closing": (calendar("UTC", "mon,tue,thu,fri 09:30-17:00", "wed 09:30-13:00"), "2015-02-23T10:00", "2015-02-26T14:00", "22:30:0"),
    "a night": (calendar("UTC", WEEK), "2016-10-16T18:00", "2016-10-17T06:00", "0:0:0"),
    "back": (calendar("UTC", WEEK), "2019-01-08T00:00", "2019-01-01T00:00", "0:0:0"),
    # Icinga: around the nights on which the clocks of Berlin are set.
    "before clocks go forward": (calendar("Europe/Berlin", "sun 00:30-01:30"), "2021-03-28T00:00", "2021-03-28T12:00", "1:0:0"),
    "after clocks went forward": (calendar("Europe/Berlin", "sun 03:30-04:30"), "2021-03-28T00:00", "2021-03-28T12:00", "1:0:0"),
    "as clocks go forward": (calendar("Europe/Berlin", "sun 01:30-03:30"), "2021-03-28T00:00", "2021-03-28T12:00", "1:0:0"),
    "before clocks go back": (calendar("Europe/Berlin", "sun 00:30-01:30"), "2021-10-31T00:00", "2021-10-31T12:00", "1:0:0"),
    "after clocks went back": (calendar("Europe/Berlin", "sun 03:30-04:30"), "2021-10-31T00:00", "2021-10-31T12:00", "1:0:0"),
    "as clocks go back": (calendar("Europe/Berlin", "sun 01:30-03:30"), "2021-10-31T00:00", "2021-10-31T12:00", "3:0:0"),
    # Icinga runs twice for half an hour; we count one shift, from the first beginning to the second end.
    "within the hour that comes twice": (calendar("Europe/Berlin", "sun 02:15-02:45"), "2021-10-31T00:00", "2021-10-31T12:00", "1:30:0"),
}  # fmt: skip


@pytest.mark.parametrize("case", PASSED)
def test_how_much_has_passed(case: str) -> None:
    hours, begin, end, passed = PASSED[case]
    assert hours.length(local(hours, begin), local(hours, end)) == span(passed)


NIGHT = calendar("Europe/London", "sun 00:00-01:15 03:15-22:00")
STANDS = {
    # moment-business-time
    "on a weekend": (calendar("UTC", WEEK), "2015-02-28T10:13:00", False, "2015-03-02T09:00"),
    "after closing": (calendar("UTC", WEEK), "2015-02-26T17:30", False, "2015-02-27T09:00"),
    "before opening": (calendar("UTC", WEEK), "2015-02-26T07:30", False, "2015-02-26T09:00"),
    "while open": (calendar("UTC", WEEK), "2015-02-26T13:30", True, "2015-02-26T17:00"),
    "as it opens": (calendar("UTC", WEEK), "2017-06-26T09:00", True, "2017-06-26T17:00"),
    # There the last instant still is working time; ours ends before it, so that hours that meet are not counted twice.
    "as it closes": (calendar("UTC", WEEK), "2017-06-26T17:00", False, "2017-06-27T09:00"),
    "at lunch": (calendar("UTC", "mon 09:00-12:00 13:00-17:00"), "2017-06-26T12:30", False, "2017-06-26T13:00"),
    # Nagios: a Sunday in London on which clocks go back at 02:00, open until 01:15 and from 03:15.
    "the evening before": (NIGHT, "2009-10-24T23:50", False, "2009-10-25T00:00"),
    "just after midnight": (NIGHT, "2009-10-25T00:03:20", True, "2009-10-25T01:15"),
    "the afternoon": (NIGHT, "2009-10-25T19:46:40", True, "2009-10-25T22:00"),
    "that night": (NIGHT, "2009-10-25T22:00:01", False, "2009-11-01T00:00"),
    "late that night": (NIGHT, "2009-10-25T23:23:20", False, "2009-11-01T00:00"),
    "after the second quarter past one": (NIGHT, "2009-10-25T01:26:40B", False, "2009-10-25T03:15"),
}  # fmt: skip


@pytest.mark.parametrize("case", STANDS)
def test_whether_it_is_open_and_until_when(case: str) -> None:
    hours, at, is_open, until = STANDS[case]
    standing = hours.standing(local(hours, at))
    assert (standing.is_open, shown(hours, standing.until)) == (is_open, until)


def test_round_the_clock_stays_so_over_every_set_clock() -> None:
    """As Nagios has it: every half hour of twenty days around the change, in three places."""
    for zone in ("UTC", "Europe/London", "America/New_York"):
        hours = calendar(zone, "mon-sun 00:00-24:00")
        begin = to_micros(datetime.fromisoformat("2009-10-24T23:01:01+00:00"))
        for step in range(1000):
            assert hours.standing(begin + step * 1_800_000_000).is_open


BERLIN = calendar("Europe/Berlin", SHOP)


def clock(*times: str) -> list[Segment]:
    """Returns segments that run and stand still in turns between instants of 4 June 2013, the last of them without an end."""
    at = [to_micros(datetime.fromisoformat(f"2013-06-04T{each}+00:00")) for each in times]
    return [
        Segment(begin, end, n % 2 == 0, "")
        for n, (begin, end) in enumerate(zip(at, [*at[1:], None], strict=True))
    ]


@pytest.mark.parametrize(
    ("segments", "minutes", "due"),
    [
        # Zammad: pending from 09:30 to 09:45, closed from 10:00 to 10:30, promised in 120 minutes.
        (clock("09:00", "09:30", "09:45", "10:00", "10:30"), 120, "2013-06-04T13:45"),
        # Pending from 10:00 to 15:00, with an hour left as the day ends in an hour: due then, where Zammad says the next morning.
        (clock("09:00", "10:00", "15:00"), 120, "2013-06-04T18:00"),
        (clock("09:00", "10:00", "15:00"), 121, "2013-06-05T09:01"),
    ],
)
def test_when_it_is_due_after_pauses(segments: list[Segment], minutes: int, due: str) -> None:
    assert shown(BERLIN, due_at(minutes * 60_000_000, segments, BERLIN)) == due


@pytest.mark.parametrize(
    ("segments", "end", "minutes"),
    [
        # Zammad: pending from 10:00 to 10:30, answered at 10:45, closed at 12:00.
        (clock("09:00", "10:00", "10:30"), "10:45", 75),
        (clock("09:00", "10:00", "10:30"), "12:00", 150),
        # Answered after 270 minutes of which 60 were promised: 210 over.
        (clock("09:30"), "14:00", 270),
    ],
)
def test_how_much_has_passed_between_pauses(segments: list[Segment], end: str, minutes: int) -> None:
    at = to_micros(datetime.fromisoformat(f"2013-06-04T{end}+00:00"))
    assert elapsed(segments, BERLIN, at) == minutes * 60_000_000
