"""Which incidents are major ones, and which reviews are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from core.desk.major.model import Review
from core.desk.queries import to_incident
from core.desk.tables import incident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.desk.model import Incident

_WAS = incident.c.declared_at.is_not(None)
_NOT_OVER = and_(_WAS, or_(incident.c.stood_down_at.is_(None), incident.c.review == Review.OWED))


def major_incidents(connection: Connection, *, over: bool = False, limit: int = 200) -> list[Incident]:
    """Returns the incidents that are major ones or whose review is owed, or with `over` all that ever were: the newest first."""
    query = select(incident).where(_WAS if over else _NOT_OVER)
    query = query.order_by(incident.c.declared_at.desc(), incident.c.id.desc()).limit(limit)
    return [to_incident(row) for row in connection.execute(query).all()]
