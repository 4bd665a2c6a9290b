"""Items by the promise that is due next: a page is read from one index, whatever lies behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select

from core.desk.clocks.model import ClockKind
from core.desk.queries import to_incident
from core.desk.tables import clock, incident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from core.desk.model import Incident


class Due(NamedTuple):
    """A promise that is still to be kept, as it is kept beside its item; instants in microseconds UTC."""

    kind: ClockKind
    agreement: str
    due: int
    risk_at: int | None
    broken_at: int | None

    def is_late(self, at: int) -> bool:
        """Tells whether it was due."""
        return self.due <= at

    def is_at_risk(self, at: int) -> bool:
        """Tells whether little is left of it."""
        return self.risk_at is not None and self.risk_at <= at


_BY_DUE = (
    select(incident)
    .where(incident.c.due.is_not(None))
    .order_by(incident.c.due, incident.c.id)
    .limit(bindparam("most"))
)
_LATER = _BY_DUE.where(incident.c.due > bindparam("behind"))
_AS_SOON = (
    select(incident)
    .where(incident.c.due == bindparam("behind"), incident.c.id > bindparam("number"))
    .order_by(incident.c.id)
    .limit(bindparam("most"))
)
"""What is due at the same instant is asked for by itself: thousands are, where they were opened out of hours."""
_PENDING = select(clock.c.subject_id, clock.c.kind, clock.c.agreement, clock.c.due, clock.c.risk_at, clock.c.broken_at).where(
    clock.c.subject_kind == bindparam("of_kind"), clock.c.subject_id.in_(bindparam("ids", expanding=True)),
    clock.c.due.is_not(None), clock.c.met_at.is_(None), clock.c.ended_at.is_(None),
)  # fmt: skip


def incidents_by_due(
    connection: Connection, most: int, behind: tuple[int, int] | None = None
) -> list[tuple[Incident, Due]]:
    """Returns at most so many incidents of which something is due, with what is due next, the soonest first.

    `behind` is the (due, number) of the last of the page before.
    """
    if behind is None:
        rows = list(connection.execute(_BY_DUE, {"most": most}))
    else:
        due, number = behind
        rows = list(connection.execute(_AS_SOON, {"most": most, "behind": due, "number": number}))
        if len(rows) < most:
            rows += connection.execute(_LATER, {"most": most - len(rows), "behind": due})
    found = pending(connection, "incident", [row.id for row in rows])
    return [(to_incident(row), found[row.id][0]) for row in rows if row.id in found]


def pending(connection: Connection, kind: str, ids: Iterable[int]) -> dict[int, list[Due]]:
    """Returns the promises that are still to be kept of items of a kind, by number, the next first; none of one of which nothing is due."""
    found: dict[int, list[Due]] = {}
    for row in connection.execute(_PENDING, {"of_kind": kind, "ids": list(ids)}).all():
        due = Due(ClockKind(row.kind), row.agreement, row.due, row.risk_at, row.broken_at)
        found.setdefault(row.subject_id, []).append(due)
    for each in found.values():
        each.sort(key=lambda due: due.due)
    return found
