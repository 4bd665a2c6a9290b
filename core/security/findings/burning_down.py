"""How many findings were open at the end of each week, counted back from now by what the journal says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import case, func, select

from core.journal.tables import journal
from core.security.findings.tables import finding
from core.timekeeping import from_micros, to_micros

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

WEEKS = 12
OPENED, CLOSED = 1, -1
_KIND, _BODY = journal.c.kind, journal.c.body
_KINDS: Final = tuple(
    f"finding.{kind}"
    for kind in (
        "created", "reopened", "acceptance_over", "corrected", "verified", "not_affected", "accepted", "taken_back",
    )
)  # fmt: skip
"""The kinds of entries after which there may be one more or one less to be done."""


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
    became = _became().label("became")
    query = (
        select(number, became, func.count())
        .where(journal.c.subject_kind == "finding", _KIND.in_(_KINDS), journal.c.at >= first)
        .group_by(number, became)
    )
    for n, which, entries in connection.execute(query).all():
        monday = from_micros(first + int(n) * week).date()
        if monday in opened and which:
            (opened if which == OPENED else closed)[monday] += entries
    left = connection.scalar(select(func.count()).select_from(finding).where(finding.c.is_open == 1)) or 0
    found: list[Week] = []
    for monday in reversed(mondays):
        found.append(Week(monday, opened[monday], closed[monday], left))
        left += closed[monday] - opened[monday]
    return found[::-1]


def _became() -> ColumnElement[int]:
    """Returns what an entry did: OPENED, CLOSED, or 0 where as much is to be done as before.

    A risk may be accepted until another day, what was accepted be corrected or ruled out, and a report may bring a finding
    that does no harm: of those the states before and after tell, which stand in the entry as they were written.
    """
    was_accepted = _BODY.contains('"state":["accepted",')
    return case(
        (_KIND.in_(("finding.reopened", "finding.acceptance_over")), OPENED),
        (
            _KIND == "finding.created",
            case((_BODY.contains('"state":[null,"not affected"]'), 0), else_=OPENED),
        ),
        (_KIND == "finding.corrected", case((was_accepted, OPENED), else_=0)),
        (_KIND == "finding.verified", CLOSED),
        (_KIND == "finding.not_affected", case((was_accepted, 0), else_=CLOSED)),
        (_KIND == "finding.accepted", case((_BODY.contains('"state":['), CLOSED), else_=0)),
        (_BODY.contains('"state":["corrected","accepted"]'), CLOSED),  # taken back
        else_=0,
    )
