"""What an agreement promises of an item of some priority, and what its clocks stand still for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.clocks import ClockKind
from core.desk.told import APPROVAL

if TYPE_CHECKING:
    from core.catalog.model import Agreement, Calendar, Promise
    from core.desk.service_hours import ServiceHours

CUSTOMER = "customer"
PAUSES = frozenset({CUSTOMER, APPROVAL})
"""What an agreement that says nothing of it stands still for; waiting for one's own supplier is one's own time."""
RISK = 0.8
"""Of so much of what is allowed a promise that is not kept yet is at risk."""


class Terms(NamedTuple):
    """An agreement as it was in force when an item was opened, with its hours; versions and their beginnings (microseconds UTC).

    `calendar_version` is 0 where the agreement has no calendar: it counts round the clock. From `begun` up to `until` the
    item stood under them, where it did not from its opening on.
    """

    agreement: Agreement
    hours: ServiceHours
    version: int = 1
    since: int = 0
    calendar_version: int = 0
    begun: int = 0
    until: int = 2**62

    @property
    def calendar(self) -> Calendar | None:
        """Returns the calendar whose hours count."""
        return self.hours.calendar

    def allowed_s(self, kind: ClockKind, priority: int, request_type: str = "") -> float | None:  # noqa: ARG002
        """Returns within how many seconds of its hours a promise is to be kept; None where there is none."""
        for target in self.agreement.targets:
            if target.severity == priority:
                return _allowed_s(kind, target)
        return None

    def stands_still_for(self, kind: ClockKind) -> frozenset[str]:
        """Returns what a clock stands still for, beside being done: an answer for nothing."""
        if kind is ClockKind.RESPOND:
            return frozenset()
        return PAUSES | {CUSTOMER} if kind is ClockKind.UPDATE else PAUSES


def _allowed_s(kind: ClockKind, target: Promise) -> float | None:
    match kind:
        case ClockKind.RESPOND:
            return target.respond_s
        case ClockKind.UPDATE:
            return target.update_s
        case ClockKind.RESOLVE:
            return target.resolve_s
