"""When a recurring window comes again: a pure function of its rule, in the local time of its zone. No clock, no rows made ahead.

- `daily`
- `weekly tue thu`
- `monthly 15`, `monthly last`: a day of the month from 1 to 28, or its last
- `monthly second tue`, `monthly last fri`: a weekday of the month, first to fourth or last

Every one begins at the same local time, and lasts the same span of real time. A local time that does not exist, when the
clocks are set forward, stands for the first instant after the gap; of one that comes twice, the first counts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.desk.hours.wall_time import instant_of, zone_named
from core.errors import BadInput
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
HOW = "Write daily, weekly tue thu, monthly 15, monthly last, monthly second tue or monthly last fri"
LAST_DAY_OF_ALL = 28
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """On which local days it begins: `weekdays` (0 Monday) of a week or, with `place`, of a month; `day` of a month, -1 its last."""

    text: str
    weekdays: frozenset[int] = frozenset()
    place: int = 0
    day: int = 0

    def begins_on(self, day: date) -> bool:
        """Tells whether it begins on a day."""
        if self.day:
            return day.day == (monthrange(day.year, day.month)[1] if self.day < 0 else self.day)
        if day.weekday() not in self.weekdays:
            return False
        if self.place > 0:
            return (day.day - 1) // 7 + 1 == self.place
        return self.place == 0 or (day + timedelta(days=7)).month != day.month

    @property
    def least_apart(self) -> timedelta:
        """Returns the least span of local days between two beginnings."""
        if self.day or self.place:
            return timedelta(days=28)
        days = sorted(self.weekdays)
        return min(
            timedelta(days=(after - before) % 7 or 7)
            for before, after in zip(days, [*days[1:], days[0]], strict=True)
        )


_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Span(NamedTuple):
    """One time of a window, from an instant up to another."""

    begin: datetime
    end: datetime


def rule_of(text: str) -> Rule:
    """Returns the rule that is written so. Raises BadInput for what is not one of those above."""
    words = text.lower().replace(",", " ").split()
    match words:
        case ["daily"]:
            return Rule("daily", frozenset(range(7)))
        case ["weekly", *days] if days and all(day[:3] in DAYS for day in days):
            found = frozenset(DAYS.index(day[:3]) for day in days)
            return Rule(" ".join(["weekly", *(DAYS[each] for each in sorted(found))]), found)
        case ["monthly", "last"]:
            return Rule("monthly last", day=-1)
        case ["monthly", day] if day.isascii() and day.isdecimal() and len(day) <= len("28"):
            if not 1 <= int(day) <= LAST_DAY_OF_ALL:
                raise BadInput(
                    f"not every month has a day {int(day)}", where="every",
                    next_step="Write a day from 1 to 28, or monthly last",
                )  # fmt: skip
            return Rule(f"monthly {int(day)}", day=int(day))
        case ["monthly", place, day] if place in PLACES and day[:3] in DAYS:
            weekday = DAYS.index(day[:3])
            return Rule(f"monthly {place} {DAYS[weekday]}", frozenset({weekday}), PLACES[place])
    raise BadInput(f"{text[:60]!r} is no way in which a window recurs", where="every", next_step=HOW)


def times(rule: Rule, at: str, zone: str, length: timedelta, first_on: date, last_on: date) -> Iterator[Span]:
    """Yields every time of a recurring window that begins on a local day from one to another, in order.

    `at` is the local time of day, HH:MM.
    """
    minute, where = minute_of(at), zone_named(zone)
    day = first_on
    while day <= last_on:
        if rule.begins_on(day):
            begin = from_micros(instant_of(day, minute, where, fold=0))
            yield Span(begin, begin + length)
        day += _A_DAY


def next_time(
    rule: Rule, at: str, zone: str, length: timedelta, last_on: date, after: datetime
) -> Span | None:
    """Returns the first time of it that begins after an instant; None where none is left up to its last day."""
    today = after.astimezone(zone_named(zone)).date()
    found = times(rule, at, zone, length, today - _A_DAY, last_on)
    return next((span for span in found if span.begin > after), None)


def minute_of(at: str) -> int:
    """Returns the minute of the day of a local time written HH:MM."""
    hour, _, minute = at.partition(":")
    return int(hour) * 60 + int(minute)


def is_time_of_day(text: str) -> bool:
    """Tells whether a text is a local time as `minute_of` takes it: HH:MM, from 00:00 to 23:59."""
    return _TIME.fullmatch(text) is not None
