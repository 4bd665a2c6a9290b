"""Hours of service, instants and spans, as tests write them and as they are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core.catalog.hours import parse_hours
from core.catalog.model import Calendar
from core.desk.hours.service_hours import ServiceHours
from core.timekeeping import from_micros, to_micros

HOUR = 3_600_000_000


def calendar(zone: str, *lines: str, holidays: tuple[str, ...] = ()) -> ServiceHours:
    hours = tuple(sorted(each for line in lines for each in parse_hours(line)))
    return ServiceHours(Calendar("c", zone, hours, holidays))


def instant(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"])  # fmt: skip
INSTANTS = st.integers(instant("2020-01-01T00:00Z"), instant("2030-01-01T00:00Z"))
WEEKS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(lambda h: h[1] < h[2]),
    min_size=1,
    max_size=10,
)


HOURS = st.builds(
    lambda zone, week: ServiceHours(Calendar("c", zone, tuple(sorted(week)))), ZONES, WEEKS
) | st.just(ServiceHours())


def local(hours: ServiceHours, text: str) -> int:
    """Returns the instant of a local time; `A` or `B` behind it names the first or second of an hour that comes twice."""
    assert hours.calendar is not None
    at = datetime.fromisoformat(text.rstrip("AB")).replace(fold=int(text.endswith("B")))
    return to_micros(at.replace(tzinfo=ZoneInfo(hours.calendar.zone)))


def shown(hours: ServiceHours, at: int | None) -> str:
    """Returns an instant as the wall clock of these hours shows it."""
    assert hours.calendar is not None
    assert at is not None
    found = from_micros(at).astimezone(ZoneInfo(hours.calendar.zone))
    return (
        found.replace(tzinfo=None).isoformat(timespec="milliseconds").removesuffix(".000").removesuffix(":00")
    )


def span(text: str) -> int:
    """Returns the microseconds of `hours:minutes:seconds`."""
    hours, minutes, seconds = (float(part) for part in text.split(":"))
    return round(timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() * 1e6)
