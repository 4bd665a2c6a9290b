"""Questions that the tests of other projects ask of calendars, with instants of our own: holidays, set clocks, odd zones.

The questions are those of Request Tracker, GLPI, Zammad, biz, dayjs-business-time, Nagios Core, Icinga and GoAlert. Where one of
them answers otherwise than we mean to, the case says so.
"""

from __future__ import annotations

import pytest

from tests.core.desk.written_hours import calendar, local, shown, span

WEEK, DAYS = "mon-fri 09:00-17:00", "mon-fri 08:00-20:00"
CHRISTMAS = ("2015-05-27", "12-25 Christmas Day")
DUE = {
    # Request Tracker: a day off is left out, dated or of every year; weekends are, too.
    "over a day off": (calendar("UTC", WEEK, holidays=("2007-01-02",)), "2007-01-01T16:00", "2:0:0", "2007-01-03T10:00"),
    "over a day off of every year": (calendar("UTC", WEEK, holidays=("01-02",)), "2007-01-01T16:00", "2:0:0", "2007-01-03T10:00"),
    "from within a day off": (calendar("UTC", WEEK, holidays=("2007-01-01",)), "2007-01-01T12:00", "1:0:0", "2007-01-02T10:00"),
    "a day off on a weekend": (calendar("UTC", WEEK, holidays=("2007-01-06",)), "2007-01-05T16:00", "2:0:0", "2007-01-08T10:00"),
    # moment-business-time and dayjs-business-time: 27 May 2015 and Christmas are off.
    "hours over a holiday": (calendar("UTC", WEEK, holidays=CHRISTMAS), "2015-05-26T16:00", "2:0:0", "2015-05-28T10:00"),
    "days over a holiday": (calendar("UTC", WEEK, holidays=CHRISTMAS), "2015-05-26T10:00", "24:0:0", "2015-06-01T10:00"),
    "hours over Christmas and a weekend": (calendar("UTC", WEEK, holidays=CHRISTMAS), "2015-12-24T16:00", "2:0:0", "2015-12-28T10:00"),
    # GLPI: days off that last, and those that come every year over its end.
    "over works closed": (calendar("UTC", DAYS, holidays=("2018-12-24..2019-01-01 Closed",)), "2018-12-21T19:00", "2:0:0", "2019-01-02T09:00"),
    "over works closed every year": (calendar("UTC", DAYS, holidays=("12-24..01-01 Closed",)), "2019-12-23T19:00", "2:0:0", "2020-01-02T09:00"),
    # Zammad: the calendar of Berlin, opened in winter and in summer, at the same hour on the wall.
    "in winter": (calendar("Europe/Berlin", "mon-fri 09:00-18:00"), "2013-01-15T17:00", "2:0:0", "2013-01-16T10:00"),
    "in summer": (calendar("Europe/Berlin", "mon-fri 09:00-18:00"), "2013-07-15T17:00", "2:0:0", "2013-07-16T10:00"),
    # biz: over the weekend on which the clocks of New York are set.
    "as clocks go forward": (calendar("America/New_York", WEEK), "2014-03-07T16:00", "2:0:0", "2014-03-10T10:00"),
    "as clocks go back": (calendar("America/New_York", WEEK), "2014-10-31T16:00", "2:0:0", "2014-11-03T10:00"),
    "through the night they go forward": (calendar("America/New_York", "mon-sun 00:00-24:00"), "2014-03-09T00:00", "6:0:0", "2014-03-09T07:00"),
    "through the night they go back": (calendar("America/New_York", "mon-sun 00:00-24:00"), "2014-11-02T00:00", "6:0:0", "2014-11-02T05:00"),
    # GoAlert: what is to begin at a time that does not exist begins at the first that does; Lord Howe sets by half an hour.
    "from the hour that is left out": (calendar("America/Chicago", "sun 02:30-06:00"), "2020-03-08T00:00", "1:0:0", "2020-03-08T04:00"),
    "half an hour is left out": (calendar("Australia/Lord_Howe", "sun 02:15-06:00"), "2020-10-04T00:00", "1:0:0", "2020-10-04T03:30"),
    "half an hour comes twice": (calendar("Australia/Lord_Howe", "sun 01:00-03:00"), "2020-04-05T00:00", "2:30:0", "2020-04-05T03:00"),
    # Zones of half and three quarters of an hour.
    "in Kolkata": (calendar("Asia/Kolkata", WEEK), "2026-11-27T16:30", "1:0:0", "2026-11-30T09:30"),
    "in Kathmandu": (calendar("Asia/Kathmandu", WEEK), "2026-11-27T16:45", "0:30:0", "2026-11-30T09:15"),
    # Samoa left the 30th of December 2011 out altogether.
    "a day that never was": (calendar("Pacific/Apia", WEEK), "2011-12-29T16:00", "2:0:0", "2012-01-02T10:00"),
}  # fmt: skip


@pytest.mark.parametrize("case", DUE)
def test_when_it_is_due(case: str) -> None:
    hours, begin, allowed, due = DUE[case]
    assert shown(hours, hours.after(local(hours, begin), span(allowed))) == due
    assert hours.length(local(hours, begin), local(hours, due)) == span(allowed)


PASSED = {
    # Nagios: a Sunday of London with a break across the change is as long as its parts, and the repeated hour is counted.
    "London, clocks go back": (calendar("Europe/London", "sun 00:00-24:00"), "2009-10-25T00:00", "2009-10-26T00:00", "25:0:0"),
    "London, clocks go forward": (calendar("Europe/London", "sun 00:00-24:00"), "2009-03-29T00:00", "2009-03-30T00:00", "23:0:0"),
    "to the first of the hour": (calendar("Europe/London", "sun 00:00-24:00"), "2009-10-25T00:00", "2009-10-25T01:30A", "1:30:0"),
    "to the second of the hour": (calendar("Europe/London", "sun 00:00-24:00"), "2009-10-25T00:00", "2009-10-25T01:30B", "2:30:0"),
    # GoAlert: a shift over the change is longer or shorter, as it is for who works it.
    "a night in Chicago, back": (calendar("America/Chicago", "sun 00:00-08:00"), "2020-11-01T00:00", "2020-11-01T12:00", "9:0:0"),
    "a night in Chicago, forward": (calendar("America/Chicago", "sun 00:00-08:00"), "2020-03-08T00:00", "2020-03-08T12:00", "7:0:0"),
    "a night on Lord Howe, back": (calendar("Australia/Lord_Howe", "sun 00:00-08:00"), "2020-04-05T00:00", "2020-04-05T12:00", "8:30:0"),
    "a night on Lord Howe, forward": (calendar("Australia/Lord_Howe", "sun 00:00-08:00"), "2020-10-04T00:00", "2020-10-04T12:00", "7:30:0"),
    # Icinga: a range that lies in the hour that is left out is none.
    "within the hour that is left out": (calendar("Europe/Berlin", "sun 02:15-02:45"), "2021-03-28T00:00", "2021-03-28T12:00", "0:0:0"),
    # dayjs-business-time: a holiday counts nothing, from either side.
    "a week with a holiday": (calendar("UTC", WEEK, holidays=CHRISTMAS), "2015-05-25T00:00", "2015-06-01T00:00", "32:0:0"),
    "the holiday alone": (calendar("UTC", WEEK, holidays=CHRISTMAS), "2015-05-27T00:00", "2015-05-28T00:00", "0:0:0"),
    # GLPI: a week of which two days are closed every year.
    "two days closed": (calendar("UTC", DAYS, holidays=("01-01", "01-02")), "2019-01-01T00:00", "2019-01-08T00:00", "36:0:0"),
}  # fmt: skip


@pytest.mark.parametrize("case", PASSED)
def test_how_much_has_passed(case: str) -> None:
    hours, begin, end, passed = PASSED[case]
    assert hours.length(local(hours, begin), local(hours, end)) == span(passed)


@pytest.mark.parametrize("case", [*DUE, *PASSED])
def test_what_has_passed_until_it_is_due_is_what_was_allowed(case: str) -> None:
    """Both ways give the same, from each quarter of an hour of the days of every case."""
    hours, text, *_ = DUE[case] if case in DUE else PASSED[case]
    begin = local(hours, text)
    for quarter in range(0, 200, 7):
        at, allowed = begin + quarter * 900_000_000, (quarter + 1) * 600_000_000
        due = hours.after(at, allowed)
        assert due is not None
        assert hours.length(at, due) == allowed
