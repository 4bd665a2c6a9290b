"""The one source of now, and how spans of time are written.

Times are aware and in UTC everywhere inside the house. `utc_now` is asked only at the edges (a key
press, a probe's result); everything further in is given the instant as an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from core.errors import BadInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_LONGEST_SPAN = 40  # characters; the search takes time by the square of them
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


def parse_span(text: str) -> float:
    """Returns seconds for a span such as `10s`, `1m30s`, `500ms`, `2h`, `1d`.

    Raises BadInput when it is not such a span.
    """
    compact = text.replace(" ", "").lower()
    parts = _SPAN.findall(compact) if len(compact) <= _LONGEST_SPAN else []
    if not parts or "".join(n + u for n, u in parts) != compact:
        raise BadInput(
            f"{text[:_LONGEST_SPAN]!r} is not a span of time",
            next_step="write it as 10s, 1m30s, 500ms, 2h or 1d",
        )
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def age(seconds: float) -> str:
    """Returns a span in its largest unit, at most four characters: `9s`, `34m`, `7h`, `12d`, `3y`."""
    whole = max(int(seconds), 0)
    for limit, size, unit in ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"), (86400 * 999, 86400, "d")):
        if whole < limit:
            return f"{whole // size}{unit}"
    return f"{whole // (86400 * 365)}y"
