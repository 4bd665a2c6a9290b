"""Every read of improvement."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.catalog.queries import declared_staff
from core.errors import NotFound
from core.improvement.model import UNENDED, ActionState, CorrectiveAction, Evidence, Origin
from core.improvement.tables import corrective_action
from core.journal.model import Subject
from core.store.held import MOST_OVER, open_and_newest
from core.timekeeping import from_micros, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from core.catalog.model import Staff

_C = corrective_action.c
MOST_ENDED = MOST_OVER
"""So many of those that are ended are at hand: the newest."""


def to_action(row: Any) -> CorrectiveAction:
    """Returns the value of a row of `corrective_action`; what entries of earlier programs do not say of it may be None."""
    return CorrectiveAction(
        id=row.id, version=row.version, state=ActionState(row.state), deviation=row.deviation,
        created_at=from_micros(row.created_at), created_by=row.created_by, origin=_origin_of(row), source=_source_of(row),
        component=row.component, containment=row.containment or "", whys=tuple((row.whys or "").splitlines()),
        category=row.category or "", cause=row.cause, action=row.action, owner=row.owner, due=_day(row.due),
        needs_approval=bool(row.needs_approval), approved_at=instant_or_none(row.approved_at), approved_by=row.approved_by or "",
        evidence=evidence_in(row.evidence), check_plan=row.check_plan, measure=row.measure or "",
        check_on=_day(row.check_on), checker=row.checker or "", done_at=instant_or_none(row.done_at), done_by=row.done_by or "",
        outcome=row.outcome, recurred=row.recurred or 0, figure=row.figure, overruled=row.overruled or "",
        closed_at=instant_or_none(row.closed_at), closed_by=row.closed_by,
    )  # fmt: skip


def evidence_in(text: str | None) -> tuple[Evidence, ...]:
    """Returns the evidence that a column holds."""
    return tuple(
        Evidence(each["text"], each["path"], each["digest"], from_micros(each["at"]), each["by"])
        for each in json.loads(text or "[]")
    )


def owners(connection: Connection) -> frozenset[str]:
    """Returns who may own a corrective action, by id and login of the declared staff; where none is, nobody is named."""
    staff = declared_staff(connection)
    return frozenset(name for person in staff for name in (person.id, person.login) if name)


def names_of(staff: Iterable[Staff], person: str) -> frozenset[str]:
    """Returns every name of a person: id and login of the one of the staff who is called so, else that name alone."""
    found = next((each for each in staff if person and person in {each.id, each.login}), None)
    return frozenset({person} if found is None else {found.id, found.login}) - {""}


def one_action(connection: Connection, action_id: int) -> CorrectiveAction:
    """Returns one corrective action; raises NotFound."""
    row = connection.execute(select(corrective_action).where(_C.id == action_id)).first()
    if row is None:
        raise NotFound(
            f"there is no corrective action A-{action_id}", next_step="watchfloor actions --all lists them"
        )
    return to_action(row)


def corrective_actions(
    connection: Connection, *, ended: bool = False, limit: int = 500
) -> list[CorrectiveAction]:
    """Returns actions, newest first: those not ended, or with `ended` all; at most `limit`."""
    query = select(corrective_action).order_by(_C.id.desc()).limit(limit)
    if not ended:
        query = query.where(_C.state.in_(UNENDED))
    return [to_action(row) for row in connection.execute(query).all()]


def held_actions(connection: Connection, *, ended: int = MOST_ENDED) -> list[CorrectiveAction]:
    """Returns every action that is not ended, and the newest of those that are; newest first."""
    rows = open_and_newest(connection, select(corrective_action), _C.id, _C.state.in_(UNENDED), ended)
    return [to_action(row) for row in rows]


def actions_from(connection: Connection, source: Subject) -> list[CorrectiveAction]:
    """Returns the actions that came from a subject, oldest first."""
    query = select(corrective_action).where(_C.source == str(source))
    return [to_action(row) for row in connection.execute(query.order_by(_C.id)).all()]


def some_actions(connection: Connection, ids: list[int]) -> list[CorrectiveAction]:
    """Returns the corrective actions of these numbers that exist."""
    rows = connection.execute(select(corrective_action).where(_C.id.in_(ids))).all()
    return [to_action(row) for row in rows]


def _origin_of(row: Any) -> Origin:
    return Origin(row.origin or (Origin.HAND if row.incident is None else Origin.INCIDENT))


def _source_of(row: Any) -> Subject | None:
    if row.source:
        return Subject.parse(row.source)
    return None if row.incident is None else Subject("incident", str(row.incident))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
