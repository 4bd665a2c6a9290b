"""Instants as they are said for a window: in the local time of its zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from core.desk.hours.wall_time import instant_of, zone_named
from core.errors import BadInput
from core.timekeeping import from_micros, parse_span, refuse_back

_WRITTEN = re.compile(r"(?:(?P<day>\d{4}-\d{2}-\d{2})[ T])?(?P<hour>\d{1,2}):(?P<minute>\d{2})", re.ASCII)
HOW = "Write it as now, 22:00, 2026-11-27 22:00 or 2h, in the local time of its zone"


def check_zone(name: str) -> str:
    """Returns the name of an IANA zone. Raises BadInput for another word."""
    try:
        zone_named(name)
    except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError, a folder's name an OSError
        raise _no_zone(name) from error
    except KeyError as error:
        raise _no_zone(name) from error
    return name


def _no_zone(name: str) -> BadInput:
    return BadInput(
        f"{name[:60]!r} is no zone of time", where="tz", next_step="Write it as Europe/Berlin or UTC"
    )


def instant_in(text: str, zone: str, now: datetime) -> datetime:
    """Returns the instant that is written `now`, `22:00` (the next one), `2026-11-27 22:00`, or `2h` for in two hours.

    Clock times are local ones of the zone; with a Z at the end they are UTC. Raises BadInput for what cannot be read, and
    for a span back from now.
    """
    word = text.strip()
    if word.lower() == "now":
        return now
    refuse_back(word, HOW)
    is_utc = word.upper().endswith("Z")
    found = _WRITTEN.fullmatch(word[:-1] if is_utc else word)
    try:
        if found is None:
            return now + timedelta(seconds=parse_span(word.removeprefix("+")))
        return _of_clock(found, "UTC" if is_utc else zone, now)
    except (ValueError, OverflowError, BadInput) as error:
        raise BadInput(f"{word[:40]!r} is no instant", next_step=HOW) from error


def end_after(begin: datetime, span: str) -> datetime:
    """Returns the end of what lasts so long from its begin on. Raises BadInput for what is no span, and for one that leads too far."""
    try:
        return begin + timedelta(seconds=parse_span(span))
    except OverflowError as error:
        raise BadInput(
            "it ends in no year that can be written", where="until", next_step="Say an earlier end"
        ) from error


def _of_clock(found: re.Match[str], zone: str, now: datetime) -> datetime:
    where, hour, minute = zone_named(zone), int(found["hour"]), int(found["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(found[0])
    of_day = hour * 60 + minute
    if found["day"]:
        return from_micros(instant_of(date.fromisoformat(found["day"]), of_day, where, fold=0))
    today = now.astimezone(where).date()
    days = (today, today + timedelta(days=1), today + timedelta(days=2))
    instants = (from_micros(instant_of(day, of_day, where, fold=0)) for day in days)
    return next(instant for instant in instants if instant > now - timedelta(minutes=1))


def time_of_day(text: str, zone: str) -> str:
    """Returns the local time of day that `instant_in` was given, as HH:MM; of a word that names none, nothing.

    One in UTC (with a Z) names a local time only where that is the zone.
    """
    word = text.strip()
    found = _WRITTEN.fullmatch(word.rstrip("Zz"))
    if found is None or (word[-1] in "Zz" and zone != "UTC"):
        return ""
    return f"{int(found['hour']):02}:{found['minute']}"


def local_words(instant: datetime, zone: str) -> str:
    """Returns an instant for people: in UTC, and where the zone is another also in its local time."""
    said = f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    return said if zone == "UTC" else f"{said} ({instant.astimezone(zone_named(zone)):%a %H:%M} {zone})"
