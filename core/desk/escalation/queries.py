"""Every read of escalations, for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.desk.clocks.promises import Item, told_of
from core.desk.escalation.keeping import running_of
from core.desk.escalation.model import pending
from core.desk.escalation.tables import escalation, escalation_step
from core.desk.requests.tables import request
from core.desk.tables import incident
from core.timekeeping import from_micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.catalog.oncall import Policy

_TABLES = {"incident": incident, "request": request}


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken: when, and who was told; nobody where nobody was found."""

    step: int
    round: int
    at: datetime
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """How the escalation of one item stands. `next_at` and `next_step` are None where no step is to come by itself.

    `version` is what a person saw who escalates by hand; `nobody_at` since when nobody was found to tell.
    """

    policy: Policy
    version: int
    taken: tuple[TakenStep, ...]
    next_at: datetime | None
    next_step: int | None
    nobody_at: datetime | None
    is_over: bool


def escalation_of(connection: Connection, kind: str, number: int) -> Escalation | None:
    """Returns how the escalation of an incident or a request stands; None where no policy is for it."""
    table = _TABLES[kind]
    found = connection.execute(
        select(table.c.id, table.c.service, table.c.opened_at).where(table.c.id == number)
    ).first()
    if found is None:
        return None
    item = Item(kind, *found)
    told = {item: told_of(connection, kind, [number])[number]}
    running = running_of(connection, told).get(item)
    if running is None:
        return None
    steps = connection.execute(
        select(escalation_step)
        .where(
            escalation_step.c.subject_kind == kind,
            escalation_step.c.subject_id == number,
            escalation_step.c.cycle == running.course.cycle,
        )
        .order_by(escalation_step.c.taken_at, escalation_step.c.round, escalation_step.c.step)
    ).all()
    coming = next(iter(pending(running.policy, running.course, running.done)), None)
    row = running.row
    return Escalation(
        running.policy, row.version,
        tuple(TakenStep(each.step, each.round, from_micros(each.taken_at), tuple(json.loads(each.told))) for each in steps),
        None if coming is None or coming.due_at is None else from_micros(coming.due_at), None if coming is None else coming.step,
        None if row.nobody_at is None else from_micros(row.nobody_at), running.course.is_over(running.policy),
    )  # fmt: skip


def nobody_told(connection: Connection, limit: int = 100) -> list[tuple[str, int, datetime]]:
    """Returns the items of which nobody could be told, since when, the longest first: kind, number, instant."""
    query = select(escalation.c.subject_kind, escalation.c.subject_id, escalation.c.nobody_at)
    rows = connection.execute(
        query.where(escalation.c.nobody_at.is_not(None)).order_by(escalation.c.nobody_at).limit(limit)
    ).all()
    return [(kind, number, from_micros(at)) for kind, number, at in rows if at is not None]
