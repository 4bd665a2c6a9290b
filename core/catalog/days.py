"""Days of a calendar as they are written, with their names.

Days off: `2026-12-25 Christmas Day`, `12-24 Christmas Eve` of every year, `2026-12-27..2027-01-02 Works closed`. Days
with other hours: `2026-12-24 09:00-12:00 Christmas Eve`, or of every year. A name may be missing. Standard library only.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from core.catalog.hours import parse_times
from core.catalog.quoting import short
from core.errors import BadInput

LONGEST = 366
"""Days that one closure may last."""
_DAYS = re.compile(r"((?:\d{4}-)?\d{2}-\d{2})(?:\.\.((?:\d{4}-)?\d{2}-\d{2}))?(?:\s+(.*))?", re.DOTALL)
_TIMES = re.compile(r"\d{1,2}:\d{2}-\d{1,2}:\d{2}")
_EXAMPLE = "Write it as 2026-12-25 Christmas Day, 12-24 of every year, or 2026-12-27..2027-01-02 Works closed"
_OTHER_HOURS = "Write it as 2026-12-24 09:00-12:00 Christmas Eve"
_LEAP = 2024
Times = tuple[tuple[int, int], ...]


class DaysOff(NamedTuple):
    """From one day to another, both off: ISO dates, or month and day of every year (`12-24`), which may go over New Year."""

    first: str
    last: str
    name: str

    @property
    def is_yearly(self) -> bool:
        """Tells whether they come every year."""
        return _is_yearly(self.first)

    def holds(self, day: date) -> bool:
        """Tells whether a day is one of them."""
        if not self.is_yearly:
            return self.first <= day.isoformat() <= self.last
        of_year = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= of_year <= self.last
        return of_year >= self.first or of_year <= self.last

    def __str__(self) -> str:
        """Returns them as they are written."""
        return f"{_span(self.first, self.last)} {self.name}".rstrip()


class OtherHours(NamedTuple):
    """A day, or that day of every year, with hours of its own: (from minute, to minute) of the day."""

    day: str
    times: Times
    name: str

    def __str__(self) -> str:
        """Returns it as it is written."""
        times = " ".join(f"{time_of_day(begin)}-{time_of_day(end)}" for begin, end in self.times)
        return f"{self.day} {times} {self.name}".rstrip()


def parse_days_off(text: str) -> DaysOff:
    """Returns the days off that a line names. Raises BadInput for what is no date, ends before it begins, or lasts too long."""
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"{short(text)!r} names no day", next_step=_EXAMPLE)
    first = _checked(match[1])
    last = _checked(match[2]) if match[2] else first
    if _is_yearly(first) is not _is_yearly(last):
        raise BadInput(
            f"{_span(first, last)!r} begins in one year and ends in every one",
            next_step="Write the year with both, or with neither",
        )
    if not _is_yearly(first):
        length = date.fromisoformat(last) - date.fromisoformat(first)
        if length < timedelta():
            raise BadInput(
                f"{_span(first, last)!r} ends before it begins", next_step="Write the earlier day first"
            )
        if length.days >= LONGEST:
            raise BadInput(
                f"{_span(first, last)!r} lasts {length.days + 1} days; at most {LONGEST} fit",
                next_step="Write several of them",
            )
    return DaysOff(first, last, (match[3] or "").strip())


def parse_other_hours(text: str) -> OtherHours:
    """Returns the day with other hours that a line names. Raises BadInput for what is no date or has no hours."""
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"{short(text)!r} names no day", next_step=_OTHER_HOURS)
    if match[2]:
        raise BadInput(
            f"{short(text)!r} names several days", next_step="Write one line for each day with other hours"
        )
    words = (match[3] or "").split()
    count = next((n for n, word in enumerate(words) if not _TIMES.fullmatch(word)), len(words))
    if not count:
        raise BadInput(
            f"{short(text)!r} names no hours", next_step=f"{_OTHER_HOURS}; a day off is one of holidays"
        )
    times = parse_times(words[:count])
    return OtherHours(_checked(match[1]), times, " ".join(words[count:]))


def _checked(text: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP}-{text}" if _is_yearly(text) else text)
    except ValueError as error:
        raise BadInput(f"{text} is not a date", next_step=_EXAMPLE) from error
    return text


def _is_yearly(text: str) -> bool:
    return len(text) == len("12-24")


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}..{last}"


def time_of_day(minute: int) -> str:
    """Returns the time on the clock so many minutes after midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"
