"""What ends soon: each house offers what it lets be weakened until an instant. A new one is one line in HOUSES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.desk.requests.attending import snoozes_until
from core.endings.model import Ending, Sort, end_of, in_order
from core.gate.queries import unlocked_until
from core.improvement.training.queries import lacking_until
from core.monitoring.revisions.queries import widened_until
from core.operations.windows.queries import endings_until as windows_until
from core.security.findings.queries import weakenings_until as risks_until
from core.security.grants.queries import weakenings_until as grants_until
from core.security.signals.suppressing import suppressions_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from core.endings.model import Weakening

    House = Callable[[Connection, datetime, datetime], list[Ending]]


def _by_days(sort: Sort, house: Callable[[Connection, datetime, datetime], Sequence[Weakening]]) -> House:
    """Returns a house that counts in days as one that counts in instants."""

    def of_house(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
        return [
            Ending(sort, each.subject, each.title, each.owner, each.reason, end_of(each.ends_on))
            for each in house(connection, now, until)
        ]

    return of_house


HOUSES: Sequence[House] = (
    _by_days(Sort.RISK, risks_until),
    _by_days(Sort.GRANT, grants_until),
    suppressions_until,
    snoozes_until,
    unlocked_until,
    windows_until,
    widened_until,
    lacking_until,
)
"""Each is asked with now and an instant: it returns what ends up to that, what should have ended and is still in force, and what
needs an end and has none."""


def endings(connection: Connection, now: datetime, until: datetime) -> list[Ending]:
    """Returns everything that weakens control and ends up to an instant, the first first: before all what has no end, then what is past."""
    found = [each for house in HOUSES for each in house(connection, now, until)]
    return sorted(found, key=in_order)
