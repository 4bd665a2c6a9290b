"""The hours in which an agreement's clocks run, as instants. Pure.

A calendar is local: hours of the week in an IANA zone, days off, and days with other hours. What it comes to in UTC is
worked out day by day, so that a day on which the clocks are set has 23 or 25 hours of it. An hour that does not exist
begins at the first instant after it; of one that comes twice, hours that begin in it begin at the first, and those that end in it
end at the second: a shift over it is longer, as it is for who works it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from core.desk.hours.open_days import open_days
from core.desk.hours.wall_time import instant_of, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.catalog.days import Times
    from core.catalog.model import Calendar
    from core.desk.hours.open_days import OpenDays

HORIZON_DAYS = 3 * 366
"""A calendar with no hours for so long is taken for one without hours."""
_DAY = timedelta(days=1)
_DAY_MICROS = 86_400_000_000


class Span(NamedTuple):
    """From one instant up to another, which is no longer in it; microseconds UTC."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """Returns its microseconds."""
        return self.end - self.begin


class Standing(NamedTuple):
    """Whether hours run at an instant, and until when (microseconds UTC; None for ever).

    `why` is the name of the day that closes them; empty where they run, or where the week has none then.
    """

    is_open: bool
    until: int | None
    why: str = ""


class ChangedDay(NamedTuple):
    """A local day with other hours than its weekday: (from minute, to minute), none on a day off, and what made it so."""

    day: date
    times: Times
    why: str

    @property
    def words(self) -> str:
        """Returns it in words: `closed: Easter Monday, 6 Apr`."""
        when = f"{self.why}, {self.day.day} {self.day:%b}"
        if not self.times:
            return f"closed: {when}"
        hours = " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in self.times)
        return f"other hours: {when}, {hours}"


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """The hours of a calendar; without one, always."""

    calendar: Calendar | None = None

    @property
    def words(self) -> str:
        """Returns what they are called, behind a span: `of shop-hours`."""
        return f"of {self.calendar.id}" if self.calendar else "round the clock"

    def local_day(self, at: datetime) -> date:
        """Returns the day of an instant where these hours are; without a calendar in UTC."""
        return at.astimezone(zone_named(self.calendar.zone) if self.calendar else UTC).date()

    def spans(self, begin: int, end: int) -> Iterator[Span]:
        """Yields the hours between two instants (microseconds UTC), in order, apart from each other."""
        if self.calendar is None:
            if begin < end:
                yield Span(begin, end)
            return
        held: Span | None = None
        for piece in self._pieces(begin, end):
            if held is not None and piece.begin == held.end:
                held = Span(held.begin, piece.end)
                continue
            if held is not None:
                yield held
            held = piece
        if held is not None:
            yield held

    def length(self, begin: int, end: int) -> int:
        """Returns how many microseconds of these hours lie between two instants."""
        if self.calendar is None:
            return max(end - begin, 0)
        return sum(piece.length for piece in self._pieces(begin, end))

    def after(self, begin: int, length: int) -> int | None:
        """Returns the instant at which `length` microseconds of these hours have passed since `begin`; None for never.

        That is the end of the last of them, not the beginning of the next hours.
        """
        if length <= 0:
            return begin
        if self.calendar is None:
            return begin + length
        horizon = begin + HORIZON_DAYS * _DAY_MICROS
        left = length
        for piece in self._pieces(begin, horizon):  # not joined: round the clock, that is years of them
            if left <= piece.length:
                return piece.begin + left
            left -= piece.length
        return None

    def standing(self, at: int) -> Standing:
        """Returns whether these hours run at an instant, until when, and why not where they do not."""
        if self.calendar is None:
            return Standing(is_open=True, until=None)
        horizon = at + HORIZON_DAYS * _DAY_MICROS
        span = next(self.spans(at, horizon), None)
        if span is None:
            return Standing(is_open=False, until=None, why="it has no hours")
        if span.begin == at:
            return Standing(is_open=True, until=span.end if span.end < horizon else None)
        return Standing(is_open=False, until=span.begin, why=self._why_closed(at))

    def changed_days(self, begin: int, end: int) -> list[ChangedDay]:
        """Returns the days between two instants that have other hours than their weekday, and what made them so."""
        if self.calendar is None or begin >= end:
            return []
        days = open_days(self.calendar)
        zone, found = zone_named(days.zone), []
        day, last = (datetime.fromtimestamp(at / 1e6, zone).date() for at in (begin, end - 1))
        while day <= last:
            if days.is_changed(day):
                found.append(ChangedDay(day, *days.of(day)))
            day += _DAY
        return found

    def _why_closed(self, at: int) -> str:
        assert self.calendar is not None
        days = open_days(self.calendar)
        day = datetime.fromtimestamp(at / 1e6, zone_named(days.zone)).date()
        return days.of(day).why if days.is_changed(day) else ""

    def _pieces(self, begin: int, end: int) -> Iterator[Span]:
        """Yields the hours between two instants day by day: in order, none of them twice; those of two days may touch."""
        reached = begin
        for span in self._days(begin, end):
            piece = Span(max(span.begin, reached), min(span.end, end))
            if piece.begin < piece.end:
                yield piece
                reached = piece.end

    def _days(self, begin: int, end: int) -> Iterator[Span]:
        assert self.calendar is not None
        days = open_days(self.calendar)
        zone = zone_named(days.zone)
        day = datetime.fromtimestamp(begin / 1e6, zone).date() - _DAY
        last = datetime.fromtimestamp(end / 1e6, zone).date()
        while day <= last:
            yield from _hours_of_day(days, day)
            day += _DAY


@lru_cache(maxsize=16384)
def _hours_of_day(days: OpenDays, day: date) -> tuple[Span, ...]:
    zone = zone_named(days.zone)
    spans = (
        Span(instant_of(day, from_minute, zone, fold=0), instant_of(day, to_minute, zone, fold=1))
        for from_minute, to_minute in days.of(day).times
    )
    return tuple(span for span in spans if span.begin < span.end)
