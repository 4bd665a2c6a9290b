"""Local times of a zone as instants: also those that do not exist, and those that come twice. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from core.timekeeping import to_micros

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Returns an IANA time zone."""
    from zoneinfo import ZoneInfo  # only where there are hours of a place

    return ZoneInfo(name)


def instant_of(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> int:
    """Returns the instant of a local time, microseconds UTC; minute 1440 is the day's end.

    A local time that does not exist stands for the first instant after the gap.
    """
    wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
    found = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != wall:
        # In a gap the first reading lies behind it by as much as the clocks were set, the other before it.
        before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        behind = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        found = _first_after_gap(before, behind, zone)
    return to_micros(found)


def _first_after_gap(before: datetime, behind: datetime, zone: ZoneInfo) -> datetime:
    """Returns the instant between two at which the zone's clocks were set."""
    offset = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(seconds=1):
        middle = before + (behind - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            behind = middle
    return behind.replace(microsecond=0)
