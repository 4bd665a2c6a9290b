"""Weekly hours as they are written in a calendar: `mon-fri 08:00-12:00 13:00-18:00`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from core.catalog.quoting import short
from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WeekHours = tuple[tuple[int, int, int], ...]
_RANGE = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_MINUTES = 24 * 60
_EXAMPLE = "Write it as mon-fri 08:00-18:00"


def parse_hours(text: str) -> WeekHours:
    """Returns (weekday from 0 = Monday, from minute, to minute) for each day of a line of hours.

    The line names days (`mon`, `mon-fri`, `mon,wed`, `sat-mon`) and then one or more ranges of local
    time; 24:00 is the end of a day. Raises BadInput for anything else, and for a range that ends
    before it starts.
    """
    days_text, *ranges = text.lower().split()[:50] or [""]
    days = _days(days_text)
    if not ranges:
        raise BadInput(f"{short(text)!r} names no hours", next_step=_EXAMPLE)
    spans = [_minutes(part) for part in ranges]
    return tuple((day, start, end) for day in days for start, end in spans)


def parse_times(ranges: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Returns (from minute, to minute) for the ranges of one day, in order; raises BadInput as `parse_hours`, and where two overlap."""
    spans = sorted(_minutes(part) for part in ranges)
    clash = overlap(tuple((0, *span) for span in spans))
    if clash is not None:
        raise BadInput(
            f"{hours_text(clash).partition(' ')[2]} overlaps other hours of that day",
            next_step="Write the day's hours once",
        )
    return tuple(spans)


def overlap(hours: WeekHours) -> tuple[int, int, int] | None:
    """Returns the first of the hours that begins before the one before it has ended; None when all stand apart."""
    ordered = sorted(hours)
    for before, after in pairwise(ordered):
        if before[0] == after[0] and after[1] < before[2]:
            return after
    return None


def hours_text(hours: tuple[int, int, int]) -> str:
    """Returns one day's hours as they are written: `mon 08:00-18:00`."""
    day, start, end = hours
    return f"{WEEKDAYS[day]} {start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        for name in (first, last) if dash else (first,):
            if name not in WEEKDAYS:
                raise BadInput(
                    f"{short(name)!r} is not a day of the week",
                    next_step=f"The days are: {', '.join(WEEKDAYS)}",
                )
        start = WEEKDAYS.index(first)
        count = (WEEKDAYS.index(last) - start) % 7 + 1 if dash else 1
        days.extend((start + offset) % 7 for offset in range(count))
    return days


def _minutes(text: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise BadInput(f"{short(text)!r} is not a range of hours", next_step=_EXAMPLE)
    from_hour, from_minute, to_hour, to_minute = (int(group) for group in match.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or end > _DAY_MINUTES:
        raise BadInput(f"{text!r} names a time that no day has", next_step="Hours go from 00:00 to 24:00")
    if end == 0:
        step = f"The end of a day is written {from_hour:02}:{from_minute:02}-24:00"
        raise BadInput(f"{text!r} ends at the beginning of its day", next_step=step)
    if end <= start:
        step = "Hours over midnight are written as two: mon 22:00-24:00 and tue 00:00-06:00"
        raise BadInput(f"{text!r} ends before it starts", next_step=step)
    return start, end
