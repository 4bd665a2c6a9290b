"""The one source of now, and how spans of time are written.

Times are aware and in UTC everywhere inside the house. `utc_now` is asked only at the edges (a key
press, a probe's result); everything further in is given the instant as an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from core.errors import BadInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = "9999-12-31"
"""What stands in a column for a day that nobody set, so that days are read in order from one index."""
_MICROSECOND = timedelta(microseconds=1)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_LONGEST_SPAN = 40  # characters; the search takes time by the square of them
_MOST_SPAN_S = 100 * 366 * 86400.0
"""What is longer is a slip of the fingers, and would lead out of the years that an instant can have."""
_INSTANT = re.compile(
    r"(?:(?P<day>\d{4}-\d{2}-\d{2})[ T])?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?Z?",
    re.ASCII,
)
HOW_INSTANTS = "Write it in UTC as 03:12, 2026-11-27 03:12 or 2026-11-27 03:12:04, or from now as -2h"
HOW_AHEAD = "Write it as 14:30, 2026-03-02 09:00 or 2h, in UTC"
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|m|h|d|w)")


def utc_now() -> datetime:
    """Returns this instant, aware, in UTC."""
    return datetime.now(UTC)


def to_micros(at: datetime) -> int:
    """Returns whole microseconds since 1970 (UTC), the form in which instants are stored."""
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Returns the aware UTC instant `micros` microseconds after 1970."""
    return EPOCH + timedelta(microseconds=micros)


def instant_or_none(micros: int | None) -> datetime | None:
    """Returns the instant that a column holds; None where it holds none."""
    return None if micros is None else from_micros(micros)


def day_of(text: str) -> date | None:
    """Returns the day that a column holds; None where nobody set one."""
    return date.fromisoformat(text) if text and text != NEVER else None


def parse_span(text: str) -> float:
    """Returns seconds for a span such as `10s`, `1m30s`, `500ms`, `2h`, `1d`.

    Raises BadInput when it is not such a span, or longer than a hundred years.
    """
    compact = text.replace(" ", "").lower()
    parts = _SPAN.findall(compact) if len(compact) <= _LONGEST_SPAN else []
    if not parts or "".join(n + u for n, u in parts) != compact:
        raise BadInput(
            f"{text[:_LONGEST_SPAN]!r} is not a span of time",
            next_step="write it as 10s, 1m30s, 500ms, 2h or 1d",
        )
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds > _MOST_SPAN_S:
        raise BadInput(
            f"{text!r} is longer than a hundred years", next_step="write a shorter one, as 2h or 1d"
        )
    return seconds


def age(seconds: float) -> str:
    """Returns a span in its largest unit, at most four characters: `9s`, `34m`, `7h`, `12d`, `3y`."""
    whole = max(int(seconds), 0)
    for limit, size, unit in ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"), (86400 * 999, 86400, "d")):
        if whole < limit:
            return f"{whole // size}{unit}"
    return f"{whole // (86400 * 365)}y"


def parse_instant(text: str, now: datetime) -> datetime:
    """Returns the instant written as `03:12` (of today), `2026-11-27 03:12`, with seconds or `Z` or not, or `-2h`, whose minus may be missing.

    Everything is UTC. Raises BadInput for what cannot be read, and for what is still to come.
    """
    word = text.strip()
    found = _INSTANT.fullmatch(word)
    try:
        instant = (
            _of_clock(found, now) if found else now - timedelta(seconds=parse_span(word.removeprefix("-")))
        )
    except (ValueError, OverflowError, BadInput) as error:
        raise BadInput(f"{word[:_LONGEST_SPAN]!r} is no instant", next_step=HOW_INSTANTS) from error
    if instant > now:
        hint = f"Now it is {now:%Y-%m-%d %H:%M:%S}Z"
        if found and not found["day"]:
            hint += f"; yesterday's is {instant - timedelta(days=1):%Y-%m-%d %H:%M}"
        raise BadInput(f"{instant:%Y-%m-%d %H:%M:%S}Z is still to come", next_step=hint)
    return instant


def parse_future(text: str, now: datetime) -> datetime:
    """Returns the instant to come that is written as `14:30` (the next one), `2026-11-27 03:12`, or `2h` for in two hours.

    Everything is UTC. Raises BadInput for what cannot be read, and for what is past.
    """
    word = text.strip()
    refuse_back(word, HOW_AHEAD)
    found = _INSTANT.fullmatch(word)
    try:
        instant = (
            _of_clock(found, now) if found else now + timedelta(seconds=parse_span(word.removeprefix("+")))
        )
    except (ValueError, OverflowError, BadInput) as error:
        raise BadInput(
            f"{word[:_LONGEST_SPAN]!r} is no instant",
            next_step=HOW_AHEAD,
        ) from error
    if instant <= now and found and not found["day"]:
        instant += timedelta(days=1)
    if instant <= now:
        raise BadInput(
            f"{instant:%Y-%m-%d %H:%M:%S}Z is past", next_step=f"Now it is {now:%Y-%m-%d %H:%M:%S}Z"
        )
    return instant


def refuse_back(word: str, how: str) -> None:
    """Raises BadInput for a span that is written back from now, as `-2h`, where an instant to come is asked for."""
    if not word.startswith("-"):
        return
    try:
        parse_span(word[1:])
    except BadInput:
        return  # whoever reads it says that it is none
    raise BadInput(f"{word[:_LONGEST_SPAN]!r} is past", next_step=how)


def _of_clock(found: re.Match[str], now: datetime) -> datetime:
    day = date.fromisoformat(found["day"]) if found["day"] else now.date()
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), tzinfo=UTC)
    return datetime.combine(day, clock)
