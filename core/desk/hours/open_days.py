"""Which hours a calendar has on a day, and what made that day other than its weekday says. Pure.

A day with other hours goes before a day off, one that is dated before one of every year, and the calendar's own days
before the public holidays of its country.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.days import Times, parse_days_off, parse_other_hours

if TYPE_CHECKING:
    from datetime import date

    from core.catalog.days import DaysOff
    from core.catalog.model import Calendar

_UNNAMED_OFF = "a day off"
_UNNAMED_OTHER = "a day with other hours"


class OpenDay(NamedTuple):
    """The hours of one day, (from minute, to minute) of local time, and the name of what changed them; empty where nothing did."""

    times: Times
    why: str = ""


class OpenDays:
    """A calendar made ready to be asked day by day."""

    def __init__(self, calendar: Calendar) -> None:
        self.zone = calendar.zone
        self.week: tuple[Times, ...] = tuple(
            tuple(sorted((begin, end) for of_day, begin, end in calendar.hours if of_day == weekday))
            for weekday in range(7)
        )
        self._other = {each.day: each for each in map(parse_other_hours, calendar.exceptions)}
        self._off: dict[str, DaysOff] = {}
        self._spans: list[DaysOff] = []
        for line in (
            *calendar.public,
            *calendar.holidays,
        ):  # what is the calendar's own replaces what is public
            days = parse_days_off(line)
            if days.first == days.last and (days.name or days.first not in self._off):
                self._off[days.first] = days
            elif days.first != days.last:
                self._spans.append(days)

    def of(self, day: date) -> OpenDay:
        """Returns the hours of a day."""
        dated, yearly = day.isoformat(), f"{day:%m-%d}"
        other = self._other.get(dated) or self._other.get(yearly)
        if other is not None:
            return OpenDay(other.times, other.name or _UNNAMED_OTHER)
        off = self._off.get(dated) or self._off.get(yearly)
        off = off or next((days for days in self._spans if days.holds(day)), None)
        if off is not None:
            return OpenDay((), off.name or _UNNAMED_OFF)
        return OpenDay(self.week[day.weekday()])

    def is_changed(self, day: date) -> bool:
        """Tells whether a day has other hours than its weekday: a holiday on a Sunday off takes nothing away."""
        return self.of(day).times != self.week[day.weekday()]


@lru_cache(maxsize=256)
def open_days(calendar: Calendar) -> OpenDays:
    """Returns a calendar made ready; raises BadInput for days that only a newer program can read."""
    return OpenDays(calendar)
