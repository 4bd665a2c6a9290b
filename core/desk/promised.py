"""What an agreement promises of one incident: its clocks, from what the journal told of it. Pure.

The response clock runs until somebody took note, and never stands still. The clock of its resolution stands still
while it is resolved or closed, and goes on where it left off when it is reopened. Both go by the hours and targets of
the agreement that was in force when it was opened. A severity that is set later sets another target, from the
beginning; a promise that was broken before that stays broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks import ClockKind, Part, Segment, due_at, elapsed, explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.catalog.model import Agreement, Promise
    from core.desk.model import IncidentState
    from core.desk.service_hours import ServiceHours


class Told(NamedTuple):
    """What is so of an incident from an instant on (microseconds UTC): fields that an entry changed are given, others None."""

    at: int
    state: IncidentState | None = None
    severity: int | None = None
    is_noted: bool | None = None  # a person took note of it, or (by taking that back) did not


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: by when, and how it stands. Instants in microseconds UTC.

    `due` is None while it stands still (a resolution while it is resolved), and for hours that never come. `met_at` is when it was kept or, late, done;
    `broken_at` when it was broken first, under whichever severity was in force then.
    """

    kind: ClockKind
    agreement: Agreement
    hours: ServiceHours
    allowed_s: float
    due: int | None
    segments: tuple[Segment, ...]
    met_at: int | None = None
    broken_at: int | None = None

    @property
    def is_pending(self) -> bool:
        """Tells whether it is still to be kept."""
        return self.met_at is None

    def left_s(self, at: int) -> float:
        """Returns how many seconds of its hours are left at an instant; less than none where it is late."""
        return self.allowed_s - elapsed(self.segments, self.hours, at) / 1e6

    def explain(self, at: int) -> list[Part]:
        """Returns every segment with what it counts, up to an instant."""
        return explain(self.segments, self.hours, at)


def clocks_of(agreement: Agreement, hours: ServiceHours, told: Sequence[Told], now: int) -> tuple[Clock, ...]:
    """Returns the clocks that an agreement has for an incident of which this was `told`, the oldest first.

    None where the agreement promises nothing for its severity.
    """
    targets = {target.severity: target for target in agreement.targets}
    severities = _severities(told)
    target = targets.get(severities[-1][1]) if severities else None
    if target is None:
        return ()
    found = []
    for kind in ClockKind:
        segments, met_at = _respond(told) if kind is ClockKind.RESPOND else _resolve(told)
        broken = _broken(kind, segments, severities, targets, hours, now if met_at is None else met_at)
        # A response is due when it is, whether or not it was given before.
        going_on = [segments[0]._replace(end=None)] if kind is ClockKind.RESPOND else segments
        due = due_at(_allowed(kind, target), going_on, hours)
        found.append(
            Clock(kind, agreement, hours, _allowed_s(kind, target), due, segments, met_at, broken)
        )  # fmt: skip
    return tuple(found)


def next_promise(clocks: Sequence[Clock]) -> Clock | None:
    """Returns the promise that is due next of all that are still to be kept; None where none is."""
    pending = [clock for clock in clocks if clock.is_pending and clock.due is not None]
    return min(pending, key=lambda clock: clock.due or 0, default=None)


def _respond(told: Sequence[Told]) -> tuple[tuple[Segment, ...], int | None]:
    begun, met_at = told[0].at, None
    for each in told:
        # Who ends it has taken note of it; one that recovered by itself needs no answer any more.
        is_met = each.is_noted or (each.state is not None and not each.state.is_unsolved)
        if is_met and met_at is None:
            met_at = each.at
        elif each.is_noted is False:
            met_at = None
    return (Segment(begun, met_at, True, "until somebody takes note"),), met_at


def _resolve(told: Sequence[Told]) -> tuple[tuple[Segment, ...], int | None]:
    segments: list[Segment] = []
    begun, runs, why = told[0].at, True, "open"
    met_at: int | None = None
    for each in told:
        if each.state is None or each.state.is_unsolved is runs:
            continue
        segments.append(Segment(begun, each.at, runs, why))
        begun, runs, why = each.at, each.state.is_unsolved, str(each.state)
        met_at = None if runs else each.at
    segments.append(Segment(begun, None, runs, why))
    return tuple(segments), met_at


def _severities(told: Sequence[Told]) -> list[tuple[int, int]]:
    """Returns (from when, severity), in order."""
    return [(each.at, each.severity) for each in told if each.severity is not None]


def _broken(
    kind: ClockKind,
    segments: Sequence[Segment],
    severities: Sequence[tuple[int, int]],
    targets: dict[int, Promise],
    hours: ServiceHours,
    until: int,
) -> int | None:
    """Returns when the promise was broken first: while a severity was in force, by its own target."""
    ends = [at for at, _ in severities[1:]] + [until]
    for (begin, severity), end in zip(severities, ends, strict=True):
        target = targets.get(severity)
        due = due_at(_allowed(kind, target), segments, hours) if target is not None else None
        if due is not None and max(due, begin) < min(end, until):
            return max(due, begin)
    return None


def _allowed(kind: ClockKind, target: Promise) -> int:
    return int(_allowed_s(kind, target) * 1_000_000)


def _allowed_s(kind: ClockKind, target: Promise) -> float:
    return target.respond_s if kind is ClockKind.RESPOND else target.resolve_s
