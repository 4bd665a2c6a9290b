"""What an agreement promises of an item of some priority, and what its clocks stand still for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.desk.agreements.coverage import AgreementVersion, outside_dates, promise_of
from core.desk.clocks.model import ClockKind
from core.desk.clocks.told import APPROVAL
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from core.catalog.model import Agreement, Calendar, Promise
    from core.desk.hours.service_hours import ServiceHours

CUSTOMER, SUPPLIER, UNTIL = "customer", "supplier", "until"
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

    def allowed_s(self, kind: ClockKind, priority: int, request_type: str = "") -> float | None:
        """Returns within how many seconds of its hours a promise is to be kept; None where there is none."""
        asked = next((each for each in self.agreement.request_types if each.id == request_type), None)
        promise = promise_of(self.agreement, priority, asked)
        return _allowed_s(kind, promise) if promise is not None else None

    def is_in_force(self, at: int) -> bool:
        """Tells whether the agreement's own dates hold the day of an instant (microseconds UTC)."""
        return not outside_dates(AgreementVersion(self.agreement, self.since, self.calendar), from_micros(at))

    def stands_still_for(self, kind: ClockKind) -> frozenset[str]:
        """Returns what a clock stands still for, beside being done: an answer for nothing.

        An approval is the customer's to give, and what is held is for a lead here to decide: one's own time.
        """
        if kind is ClockKind.RESPOND:
            return frozenset()
        pauses = self.agreement.pauses
        named = {
            CUSTOMER: pauses.customer,
            SUPPLIER: pauses.supplier,
            UNTIL: pauses.until,
            APPROVAL: pauses.customer,
        }
        return frozenset(name for name, clocks in named.items() if str(kind) in clocks)


def _allowed_s(kind: ClockKind, promise: Promise) -> float | None:
    match kind:
        case ClockKind.RESPOND:
            return promise.respond_s
        case ClockKind.UPDATE:
            return promise.update_s
        case ClockKind.RESOLVE:
            return promise.resolve_s
