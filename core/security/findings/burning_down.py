"""How many findings were open at the end of each week, counted back from now by what the journal says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select

from core.journal.tables import journal
from core.security.findings.tables import finding
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection

WEEKS = 12
OPENS: Final = frozenset({"finding.created", "finding.reopened", "finding.acceptance_over"})
"""After these entries there is one more to be done."""
CLOSES: Final = frozenset({"finding.verified", "finding.not_affected", "finding.accepted"})
"""After these there is one less."""


class Week(NamedTuple):
    """A week: the Monday on which it began, how many were opened and closed in it, and how many were open at its end."""

    monday: date
    opened: int
    closed: int
    left: int


def weeks(connection: Connection, now: datetime, count: int = WEEKS) -> list[Week]:
    """Returns so many weeks up to that of `now`, the oldest first; what was open at an end is exact, in whole weeks of UTC."""
    this = now.date() - timedelta(days=now.isoweekday() - 1)
    mondays = [this - timedelta(weeks=n) for n in range(count - 1, -1, -1)]
    opened, closed = dict.fromkeys(mondays, 0), dict.fromkeys(mondays, 0)
    week = 7 * 24 * 3600 * 1_000_000
    first = to_micros(datetime.combine(mondays[0], time(), tzinfo=UTC))
    number = (journal.c.at - first) // week
    query = (
        select(number, journal.c.kind, func.count())
        .where(journal.c.subject_kind == "finding", journal.c.kind.in_(OPENS | CLOSES), journal.c.at >= first)
        .group_by(number, journal.c.kind)
    )
    for n, kind, entries in connection.execute(query).all():
        monday = from_micros(first + int(n) * week).date()
        if monday in opened:
            (opened if kind in OPENS else closed)[monday] += entries
    left = connection.scalar(select(func.count()).select_from(finding).where(finding.c.is_open == 1)) or 0
    found: list[Week] = []
    for monday in reversed(mondays):
        found.append(Week(monday, opened[monday], closed[monday], left))
        left += closed[monday] - opened[monday]
    return found[::-1]
