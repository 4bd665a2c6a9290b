"""Every read of the desk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.desk.major.model import major_of
from core.desk.model import Incident, IncidentState
from core.desk.tables import incident
from core.errors import NotFound
from core.store.held import MOST_OVER, open_and_newest
from core.timekeeping import from_micros, instant_or_none

if TYPE_CHECKING:
    from sqlalchemy import Connection


def to_incident(row: Any) -> Incident:
    """Returns the value of a row of `incident`."""
    return Incident(
        id=row.id, version=row.version, state=IncidentState(row.state), severity=row.severity,
        component=row.component, service=row.service, title=row.title, opened_at=from_micros(row.opened_at),
        opened_by=row.opened_by, owner=row.owner, acknowledged_at=instant_or_none(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by, cleared_at=instant_or_none(row.cleared_at),
        resolved_at=instant_or_none(row.resolved_at), closed_at=instant_or_none(row.closed_at), closed_by=row.closed_by,
        resolution=row.resolution, told_at=instant_or_none(row.told_at), affected=tuple(json.loads(row.affected)),
        due=instant_or_none(row.due),
        problem=row.problem, major=major_of(row),
    )  # fmt: skip


def one_incident(connection: Connection, incident_id: int) -> Incident:
    """Returns one incident; raises NotFound."""
    row = connection.execute(select(incident).where(incident.c.id == incident_id)).first()
    if row is None:
        raise NotFound(
            f"there is no incident I-{incident_id}", next_step="watchfloor incidents --all lists them"
        )
    return to_incident(row)


def incidents(connection: Connection, *, closed: bool = False, limit: int = 500) -> list[Incident]:
    """Returns incidents, newest first: those not closed, or with `closed` all; at most `limit`."""
    query = select(incident).order_by(incident.c.id.desc()).limit(limit)
    if not closed:
        query = query.where(incident.c.state != IncidentState.CLOSED)
    return [to_incident(row) for row in connection.execute(query).all()]


def held_incidents(connection: Connection, *, closed: int = MOST_OVER) -> list[Incident]:
    """Returns every incident that is not closed, and the newest of those that are; newest first."""
    is_open = incident.c.state != IncidentState.CLOSED
    return [
        to_incident(row)
        for row in open_and_newest(connection, select(incident), incident.c.id, is_open, closed)
    ]


def some_incidents(connection: Connection, ids: list[int]) -> list[Incident]:
    """Returns the incidents of these numbers that exist."""
    return [
        to_incident(row) for row in connection.execute(select(incident).where(incident.c.id.in_(ids))).all()
    ]


def latest_of(connection: Connection, component: str) -> Incident | None:
    """Returns the newest incident of a component, closed or not."""
    row = connection.execute(
        select(incident).where(incident.c.component == component).order_by(incident.c.id.desc()).limit(1)
    ).first()
    return to_incident(row) if row else None


def unsolved_of_components(connection: Connection) -> dict[str, int]:
    """Returns component → number of its newest incident that is not closed."""
    query = (
        select(incident.c.component, func.max(incident.c.id))
        .where(incident.c.state != IncidentState.CLOSED)
        .group_by(incident.c.component)
    )
    return {row[0]: row[1] for row in connection.execute(query).all()}
