"""When a zone's clocks are set, to summer time or back, and what that does to hours of it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.desk.hours.open_days import open_days
from core.desk.hours.wall_time import instant_of, zone_named
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from core.desk.hours.service_hours import ServiceHours

_DAY = 86_400_000_000
_SECOND = 1_000_000


class ClockChange(NamedTuple):
    """At an instant (microseconds UTC) the clocks of a zone are set, by so many seconds: forward, or with less than none back."""

    at: int
    zone: str
    by_s: int

    @property
    def day(self) -> datetime:
        """Returns the local day on which that is, at its beginning."""
        local = from_micros(self.at - 1).astimezone(zone_named(self.zone))
        return datetime.combine(local.date(), time.min)


class DayLength(NamedTuple):
    """How many seconds of hours a day has, and how many it would have if the clocks were not set."""

    real_s: int
    usual_s: int


def clock_changes(zone: str, begin: int, end: int) -> Iterator[ClockChange]:
    """Yields when the clocks of a zone are set, from one instant up to another (microseconds UTC), in order."""
    found = zone_named(zone)
    at, offset = begin, _offset(found, begin)
    while at < end:
        then = min(at + _DAY, end)
        if (after := _offset(found, then)) != offset:
            yield ClockChange(_first_with(found, at, then, offset), zone, after - offset)
            offset = after
        at = then


def length_of_day(hours: ServiceHours, change: ClockChange) -> DayLength:
    """Returns how long hours of the changing zone are on the day of the change."""
    zone, day = zone_named(change.zone), change.day.date()
    begin = instant_of(day, 0, zone, fold=0)
    end = instant_of(day + timedelta(days=1), 0, zone, fold=0)
    usual = (
        1440
        if hours.calendar is None
        else sum(to - since for since, to in open_days(hours.calendar).of(day).times)
    )
    return DayLength(hours.length(begin, end) // _SECOND, usual * 60)


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at // _SECOND, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _first_with(zone: ZoneInfo, before: int, behind: int, offset: int) -> int:
    """Returns the first second between two instants at which the zone has not that offset any more."""
    low, high = before // _SECOND, -(-behind // _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * _SECOND) == offset:
            low = middle
        else:
            high = middle
    return high * _SECOND
