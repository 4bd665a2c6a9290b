"""Who is on call, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.oncall.model import local_time, now_and_next
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.oncall import Rota
    from core.desk.escalation.whom import People
    from core.desk.oncall.model import Override, Shift

NOBODY = "NOBODY"


class OnCall(NamedTuple):
    """Who is on call in a rota now and next."""

    rota: Rota
    now: Shift
    next: Shift | None


def all_on_call(people: People, at: int) -> list[OnCall]:
    """Returns who is on call in every rota at an instant (microseconds UTC), and who is next."""
    return [OnCall(rota, *now_and_next(rota, people.overrides, at)) for rota in people.rotas.values()]


def named(person: str, people: People) -> str:
    """Returns a person as people read it: `Ada (ada)`; in capitals where it is nobody."""
    if not person:
        return NOBODY
    found = people.staff.get(person)
    return f"{found.name} ({person})" if found is not None else f"{person} (not of the staff)"


def until_words(shift: Shift, zone: str) -> str:
    """Returns when a shift ends, on the wall of a zone: `until Mon 30 Nov 09:00`."""
    return f"until {local_time(shift.end, zone):%a %d %b %H:%M}"


def from_words(shift: Shift | None, zone: str) -> str:
    """Returns when a shift begins, on the wall of a zone; empty for none."""
    return "" if shift is None else f"from {local_time(shift.begin, zone):%a %d %b %H:%M}"


def shift_words(shift: Shift, zone: str) -> tuple[str, str]:
    """Returns from when to when a shift lasts, on the wall of a zone."""
    return (
        f"{local_time(shift.begin, zone):%a %d %b %H:%M}",
        f"{local_time(shift.end, zone):%a %d %b %H:%M}",
    )


def override_words(override: Override) -> str:
    """Returns an override in one line, in UTC."""
    ended = (
        ""
        if override.ended_at is None
        else f", ended {from_micros(override.ended_at):%m-%d %H:%M}Z by {override.ended_by}"
    )
    return (
        f"{override.label} {override.person} in {override.rota}, {from_micros(override.from_at):%Y-%m-%d %H:%M}Z to"
        f" {from_micros(override.until_at):%Y-%m-%d %H:%M}Z, by {override.made_by}: {override.reason}{ended}"
    )


def load_of(shifts: Sequence[Shift]) -> dict[str, float]:
    """Returns how many hours each person is on call in shifts; those of nobody under an empty name."""
    hours: dict[str, float] = {}
    for shift in shifts:
        hours[shift.person] = hours.get(shift.person, 0.0) + (shift.end - shift.begin) / 3.6e9
    return hours
