"""Who is on call in a rota, at an instant and over a time. Pure; instants in microseconds UTC.

Turns are handed over by the wall in the rota's zone: at a time that does not exist, as the clocks are set, at the first
instant after it; at one that comes twice, the first time. So a turn over such a night is an hour shorter or longer, as
it is for who has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.catalog.model import Calendar
from core.desk.hours.service_hours import ServiceHours
from core.desk.hours.wall_time import instant_of, zone_named
from core.timekeeping import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from core.catalog.oncall import Layer, Rota

_DAY_MINUTES = 24 * 60
_DAY = 86_400_000_000
SEARCHED = 60 * _DAY
"""So far ahead it is looked for who is on call next."""


@dataclass(frozen=True, slots=True)
class Override:
    """One person is on call instead of whoever the rota says, from an instant up to another. Written OV-3.

    One that was ended counts up to then.
    """

    id: int
    version: int
    rota: str
    person: str
    from_at: int
    until_at: int
    reason: str
    made_at: int
    made_by: str
    ended_at: int | None = None
    ended_by: str = ""

    @property
    def label(self) -> str:
        """Returns how people name it: OV-3."""
        return f"OV-{self.id}"

    @property
    def counts_until(self) -> int:
        """Returns up to when it counts."""
        return self.until_at if self.ended_at is None else min(self.until_at, self.ended_at)

    def holds(self, at: int) -> bool:
        """Tells whether it counts at an instant."""
        return self.from_at <= at < self.counts_until


class Shift(NamedTuple):
    """From one instant up to another a person is on call, or with an empty name nobody; `by` is the layer or override that says so."""

    begin: int
    end: int
    person: str
    by: str = ""


def on_call(rota: Rota, overrides: Sequence[Override], at: int) -> str:
    """Returns who is on call at an instant, by the id of the staff; empty where nobody is."""
    return _holder(rota, _of(rota, overrides), at)[0]


def shifts(rota: Rota, overrides: Sequence[Override], begin: int, end: int) -> list[Shift]:
    """Returns who is on call between two instants, in order and without a hole: where nobody is, with an empty name."""
    own = _of(rota, overrides)
    found: list[Shift] = []
    turns = [*_turns(rota, own, begin, end), end]
    for at, until in zip([begin, *turns], turns, strict=False):
        if at >= until:
            continue
        holder = _holder(rota, own, at)
        if found and found[-1][2:] == holder:
            found[-1] = found[-1]._replace(end=until)
        else:
            found.append(Shift(at, until, *holder))
    return found


def now_and_next(
    rota: Rota, overrides: Sequence[Override], at: int, searched: int = SEARCHED
) -> tuple[Shift, Shift | None]:
    """Returns the shift at an instant, from it on, and the next one with another person; None where there is none for long."""
    end = at + _DAY
    while True:
        found = _merged(shifts(rota, overrides, at, end))
        if len(found) > 2 or end >= at + searched:
            return found[0], found[1] if len(found) > 1 else None
        end = min(end + (end - at), at + searched)


def _merged(found: Sequence[Shift]) -> list[Shift]:
    """Returns shifts with those of one person behind each other as one."""
    merged: list[Shift] = []
    for each in found:
        if merged and merged[-1].person == each.person:
            merged[-1] = merged[-1]._replace(end=each.end)
        else:
            merged.append(each)
    return merged


def _of(rota: Rota, overrides: Sequence[Override]) -> list[Override]:
    """Returns the overrides of a rota, the newest first: of two at once that one counts."""
    own = (each for each in overrides if each.rota == rota.id and each.counts_until > each.from_at)
    return sorted(own, key=lambda each: -each.id)


def _holder(rota: Rota, overrides: Sequence[Override], at: int) -> tuple[str, str]:
    """Returns who is on call and what says so; the one place where that is decided."""
    for override in overrides:
        if override.holds(at):
            return override.person, override.label
    zone = zone_named(rota.zone)
    for layer in reversed(rota.layers):
        turn = _turn_at(layer, zone, at)
        if turn >= 0 and _is_in_hours(layer, rota.zone, at):
            return layer.people[turn % len(layer.people)], layer.id
    return "", ""


def _turns(rota: Rota, overrides: Sequence[Override], begin: int, end: int) -> list[int]:
    """Returns the instants between two at which somebody else may be on call, in order."""
    zone = zone_named(rota.zone)
    found = {at for each in overrides for at in (each.from_at, each.counts_until)}
    for layer in rota.layers:
        found.update(_handed_over(layer, zone, begin, end))
        for span in _hours(layer, rota.zone).spans(begin, end):
            found.update(span)
    return sorted(at for at in found if begin < at < end)


def _handed_over(layer: Layer, zone: ZoneInfo, begin: int, end: int) -> Iterator[int]:
    turn = max(_turn_at(layer, zone, begin) + 1, 0)
    while (at := _begins(layer, zone, turn)) < end:
        yield at
        turn += 1


def _begins(layer: Layer, zone: ZoneInfo, turn: int) -> int:
    """Returns when a turn begins, counted from 0."""
    days, minute = divmod(layer.at + turn * layer.every_minutes, _DAY_MINUTES)
    return instant_of(date.fromisoformat(layer.begins) + timedelta(days=days), minute, zone, fold=0)


def _turn_at(layer: Layer, zone: ZoneInfo, at: int) -> int:
    """Returns the number of the turn at an instant; less than 0 before the first."""
    wall = (EPOCH + timedelta(microseconds=at)).astimezone(zone).replace(tzinfo=None)
    first = datetime.fromisoformat(layer.begins) + timedelta(minutes=layer.at)
    turn = (wall - first) // timedelta(minutes=layer.every_minutes)
    if turn < -1:
        return -1
    # The wall is an hour off where the clocks are set between: the instants decide.
    while _begins(layer, zone, turn + 1) <= at:
        turn += 1
    while turn >= 0 and _begins(layer, zone, turn) > at:
        turn -= 1
    return turn


def _hours(layer: Layer, zone: str) -> ServiceHours:
    return ServiceHours(Calendar(layer.id, zone, layer.hours)) if layer.hours else ServiceHours()


def _is_in_hours(layer: Layer, zone: str, at: int) -> bool:
    return not layer.hours or any(True for _ in _hours(layer, zone).spans(at, at + 1))


def local_time(at: int, zone: str) -> datetime:
    """Returns an instant as the wall in a zone shows it; an empty zone is UTC."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone_named(zone) if zone else UTC)
