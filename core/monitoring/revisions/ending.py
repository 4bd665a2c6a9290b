"""The agent's part: a revision ends by itself at its end, or when the catalog no longer has what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.catalog.queries import components_named
from core.monitoring.revisions.commands import ended
from core.monitoring.revisions.model import IN_FORCE, ITS_END, Name
from core.monitoring.revisions.queries import measures_of
from core.monitoring.revisions.tables import threshold_revision
from core.security.findings.commands import DUTY as ENDINGS
from core.store.lease import beat
from core.timekeeping import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.model import Component
    from core.store.work import Work

_C = threshold_revision.c
AT_MOST = 200


def is_revision_over(connection: Connection, now: datetime) -> bool:
    """Tells whether the end of any revision is past."""
    first = connection.scalar(select(func.min(_C.ends_at)).where(_C.state == IN_FORCE))
    return first is not None and first <= to_micros(now)


def end_revisions(work: Work, token: int) -> bool:
    """Ends at most AT_MOST whose end is past; tells whether there may be more. Raises LeaseLost when the duty went to another."""
    beat(work, ENDINGS, token)
    query = (
        select(threshold_revision)
        .where(_C.state == IN_FORCE, _C.ends_at <= to_micros(work.now))
        .order_by(_C.ends_at, _C.id)
        .limit(AT_MOST)
        .with_for_update(skip_locked=True)
    )
    rows = work.connection.execute(query).all()
    work.is_quiet = not rows
    for row in rows:
        ended(work, row, by="", why=ITS_END)
    return len(rows) == AT_MOST


def have_vanished(connection: Connection) -> dict[str, str]:
    """Returns the revisions whose component, probe or measure the catalog in force has no longer: why, by id."""
    names = [Name.parse(text) for text in connection.scalars(select(_C.id).where(_C.state == IN_FORCE))]
    declared = components_named(connection, sorted({name.component for name in names}))
    whys = ((name, _why_gone(connection, name, declared.get(name.component))) for name in names)
    return {str(name): why for name, why in whys if why}


def end_vanished(work: Work, token: int) -> bool:
    """Ends those, with the reason. Raises LeaseLost when the duty went to another."""
    beat(work, ENDINGS, token)
    gone = have_vanished(work.connection)
    work.is_quiet = not gone
    for row in _rows(work, sorted(gone)):
        ended(work, row, by="", why=gone[row.id])
    return False


def _rows(work: Work, ids: list[str]) -> list[Any]:
    query = select(threshold_revision).where(_C.state == IN_FORCE, _C.id.in_(ids[:AT_MOST])).order_by(_C.id)
    return list(work.connection.execute(query.with_for_update(skip_locked=True)).all()) if ids else []


def _why_gone(connection: Connection, name: Name, component: Component | None) -> str:
    probes = component.probes if component is not None else ()
    probe = next((each for each in probes if each.id == name.probe), None)
    if probe is None:
        return f"the catalog has no probe {name.component}/{name.probe} any more"
    if name.metric not in measures_of(connection, name.component, probe):
        return f"probe {name.component}/{name.probe} gives no {name.metric} any more"
    return ""
