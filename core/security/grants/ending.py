"""The agent's part: what was granted, or left alone, until a day is so no longer once that day is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from core.security.findings.commands import AT_ONCE, DUTY
from core.security.grants.model import Standing, standing_of
from core.security.grants.revising import revise_grant
from core.security.grants.tables import access_grant
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from core.store.work import Work

_C = access_grant.c


def is_grant_over(connection: Connection, today: date) -> bool:
    """Tells whether the last day of anything that is granted, or left alone, is over."""
    return any(
        connection.execute(select(_C.id).where(condition).limit(1)).first() is not None
        for condition in _over(today)
    )


def end_grants(work: Work, token: int, at_most: int = AT_ONCE) -> bool:
    """Ends at most so many grants and silences whose last day is over; tells whether there may be more.

    What its source still shows is a difference to be decided then. Raises LeaseLost when the duty went to another.
    """
    beat(work, DUTY, token)
    today = work.now.date()
    query = select(access_grant).where(or_(*_over(today))).order_by(_C.id).limit(at_most)
    rows = work.connection.execute(query.with_for_update(skip_locked=True)).all()
    work.is_quiet = not rows
    for row in rows:
        _end(work, row, today)
    return len(rows) == at_most


def _over(today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    day = today.isoformat()
    expired = and_(_C.is_open == 1, _C.expires < day, _C.is_granted == 1)
    return expired, and_(_C.state == Standing.IGNORED, _C.due < day)


def _end(work: Work, row: Any, today: date) -> None:
    is_expired = bool(row.is_granted) and row.expires < today.isoformat()
    standing = standing_of(is_granted=bool(row.is_granted) and not is_expired, is_found=bool(row.is_found))
    after: dict[str, Any] = {
        "state": standing,
        "is_granted": int(row.is_granted and not is_expired),
        "due": "",
    }
    if standing is Standing.ENDED:
        after["ended_at"] = to_micros(work.now)
    if is_expired:
        revise_grant(work, row, "grant.expired", after, note=f"granted until {row.expires}")
    else:
        revise_grant(work, row, "grant.ignored_over", after, note=f"left alone until {row.due}")
