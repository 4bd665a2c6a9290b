"""Every read of improvement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.queries import declared_staff
from core.errors import NotFound
from core.improvement.model import ActionState, CorrectiveAction
from core.improvement.tables import corrective_action
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from sqlalchemy import Connection


def to_action(row: Any) -> CorrectiveAction:
    """Returns the value of a row of `corrective_action`."""
    return CorrectiveAction(
        id=row.id, version=row.version, state=ActionState(row.state), incident=row.incident,
        component=row.component, deviation=row.deviation, cause=row.cause, action=row.action, owner=row.owner,
        due=date.fromisoformat(row.due) if row.due else None, check_plan=row.check_plan, outcome=row.outcome,
        created_at=from_micros(row.created_at), created_by=row.created_by,
        closed_at=None if row.closed_at is None else from_micros(row.closed_at), closed_by=row.closed_by,
    )  # fmt: skip


def owners(connection: Connection) -> frozenset[str]:
    """Returns who may own a corrective action, by id and login of the declared staff; where none is, nobody is named."""
    staff = declared_staff(connection)
    return frozenset(name for person in staff for name in (person.id, person.login) if name)


def one_action(connection: Connection, action_id: int) -> CorrectiveAction:
    """Returns one corrective action; raises NotFound."""
    row = connection.execute(select(corrective_action).where(corrective_action.c.id == action_id)).first()
    if row is None:
        raise NotFound(
            f"there is no corrective action A-{action_id}", next_step="watchfloor actions --all lists them"
        )
    return to_action(row)


def corrective_actions(
    connection: Connection, *, ended: bool = False, limit: int = 500
) -> list[CorrectiveAction]:
    """Returns actions, newest first: open and done ones, or with `ended` all; at most `limit`."""
    query = select(corrective_action).order_by(corrective_action.c.id.desc()).limit(limit)
    if not ended:
        query = query.where(corrective_action.c.state.in_([ActionState.OPEN, ActionState.DONE]))
    return [to_action(row) for row in connection.execute(query).all()]


def actions_of_incident(connection: Connection, incident_id: int) -> list[CorrectiveAction]:
    """Returns the actions drafted from an incident, oldest first."""
    query = select(corrective_action).where(corrective_action.c.incident == incident_id)
    return [to_action(row) for row in connection.execute(query.order_by(corrective_action.c.id)).all()]


def some_actions(connection: Connection, ids: list[int]) -> list[CorrectiveAction]:
    """Returns the corrective actions of these numbers that exist."""
    rows = connection.execute(select(corrective_action).where(corrective_action.c.id.in_(ids))).all()
    return [to_action(row) for row in rows]
