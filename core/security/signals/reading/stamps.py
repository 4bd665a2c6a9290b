"""When a line says it was written. Pure, but for a memory of the minute that was read last."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.timekeeping import to_micros

AHEAD = timedelta(days=1)
"""A stamp without a year that would be so far ahead is one of last year."""
LAST_YEAR = 9000
SYSLOG = 15
"""So long is a stamp of syslog."""
_MONTHS = {name: place for place, name in enumerate(
    (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1,
)}  # fmt: skip
_ISO = re.compile(
    rb"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:)(\d\d)(?:[.,](\d{1,6})\d*)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
_SYSLOG = re.compile(rb"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)")
_WEB = re.compile(rb"\[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]")
_JSON = b'{"timestamp":"'
_SEARCHED = 200
"""The stamp of a web server's line stands within its first bytes."""


class Stamps:
    """Reads the stamps of one log; those that name no zone are in `zone` (IANA)."""

    def __init__(self, zone: str = "UTC") -> None:
        self._zone = ZoneInfo(zone)
        self._minute: tuple[bytes, bytes | int] = (b"", b"")
        self._base = 0
        # the last stamp of syslog, and with which `now` it was read: many lines are of one second
        self._second, self._at = b"", 0
        self._read_on: datetime | None = None

    def read(self, data: bytes, begin: int, end: int, now: datetime) -> int | None:
        """Returns the instant (microseconds UTC) of the line at data[begin:end]; None where it has none that can be read.

        A stamp without a year is the latest that is not more than AHEAD after `now`.
        """
        if now is self._read_on and data[begin : begin + SYSLOG] == self._second:
            return self._at
        try:
            if data[begin : begin + 1].isdigit():
                if found := _ISO.match(data, begin, end):
                    return self._iso(found)
            elif found := _SYSLOG.match(data, begin, end):
                return self._syslog(found, now)
            elif data.startswith(_JSON, begin) and (found := _ISO.match(data, begin + len(_JSON), end)):
                return self._iso(found)
            if found := _WEB.search(data, begin, min(end, begin + _SEARCHED)):
                return self._web(found)
        except (ValueError, KeyError, OverflowError):
            return None
        return None

    def _iso(self, found: re.Match[bytes]) -> int:
        minute, second, fraction, zone = found.groups()
        key = (minute, zone or b"")
        if key != self._minute:
            text = f"{minute.decode()}00".replace(" ", "T") + _offset(zone)
            at = datetime.fromisoformat(text)
            self._base, self._minute = _micros(at if at.tzinfo else at.replace(tzinfo=self._zone)), key
        return self._base + int(second) * 1_000_000 + (int(fraction.ljust(6, b"0")) if fraction else 0)

    def _syslog(self, found: re.Match[bytes], now: datetime) -> int:
        month, day, hour, minute, second = found.groups()
        key = (found.group(0)[:-2], now.toordinal())
        if key != self._minute:
            local = now.astimezone(self._zone)
            at = self._of_year(local.year, month, day, hour, minute)
            if at is None or at > now + AHEAD:
                at = self._of_year(local.year - 1, month, day, hour, minute) or at
            if at is None:
                raise ValueError(month)
            self._base, self._minute = to_micros(at), key
        self._second, self._read_on = found.group(0), now
        self._at = self._base + int(second) * 1_000_000
        return self._at

    def _of_year(self, year: int, month: bytes, day: bytes, hour: bytes, minute: bytes) -> datetime | None:
        try:
            return datetime(year, _MONTHS[month], int(day), int(hour), int(minute), tzinfo=self._zone)
        except ValueError:  # 29 February of another year
            return None

    def _web(self, found: re.Match[bytes]) -> int:
        day, month, year, hour, minute, second, zone = found.groups()
        key = (found.group(0)[:18], zone)
        if key != self._minute:
            text = f"{year.decode()}-{_MONTHS[month]:02}-{day.decode()}T{hour.decode()}:{minute.decode()}:00{zone.decode()}"
            self._base, self._minute = _micros(datetime.fromisoformat(text)), key
        return self._base + int(second) * 1_000_000


def _micros(at: datetime) -> int:
    """Returns an instant in microseconds UTC; raises OverflowError for one so late that what is reckoned with it has no year."""
    utc = at.astimezone(UTC)
    if utc.year > LAST_YEAR:
        raise OverflowError(utc.year)
    return to_micros(utc)


def _offset(zone: bytes | None) -> str:
    if zone is None:
        return ""
    if zone in {b"Z", b"UTC", b"GMT"}:
        return "+00:00"
    return zone.decode() + ("" if len(zone) > 3 else ":00")


def day_of(at: int) -> str:
    """Returns the day (UTC, ISO 8601) of an instant in microseconds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).date().isoformat()
