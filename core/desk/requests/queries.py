"""Every read of requests."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.desk.clocks.kept import kept_in
from core.desk.requests.model import OVER, Request, RequestState
from core.desk.requests.tables import request
from core.errors import NotFound
from core.made_late import made_late
from core.timekeeping import EPOCH, from_micros, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from core.desk.clocks.kept import KeptClock

MOST_MERGES = 20
_STATES = {str(state): state for state in RequestState}
IN_SIGHT = tuple(state for state in RequestState if state not in OVER)


def to_request(row: Any, kept: tuple[KeptClock, ...] = ()) -> Request:
    """Returns the value of a row of `request`, with how its promises stand where that was read beside it."""
    return Request(
        id=row.id, version=row.version, state=RequestState(row.state), priority=row.priority, impact=row.impact,
        urgency=row.urgency, customer=row.customer, agreement=row.agreement, service=row.service, type=row.type,
        component=row.component, requester=row.requester, requester_name=row.requester_name, title=row.title,
        text=row.text, form=json.loads(row.form), source=row.source, opened_at=from_micros(row.opened_at),
        opened_by=row.opened_by, owner=row.owner, answered_at=instant_or_none(row.answered_at), answered_by=row.answered_by,
        told_at=instant_or_none(row.told_at), waiting_for=row.waiting_for, wait_until=instant_or_none(row.wait_until),
        held_why=row.held_why, delivered_at=instant_or_none(row.delivered_at), closed_at=instant_or_none(row.closed_at),
        closed_by=row.closed_by, outcome=row.outcome, merged_into=row.merged_into, due=instant_or_none(row.due),
        snoozed_until=instant_or_none(row.snoozed_until), snoozed_by=row.snoozed_by or "",
        kept=kept,
    )  # fmt: skip


def to_listed(row: Any, clocks: Sequence[Any] = ()) -> Request:
    """Returns the value of a row of a page, made once it is looked at; its columns stand in the order of the table."""
    return made_late(Request, row[0], _fill, row, clocks)


def _fill(listed: Request, row: Any, clocks: Sequence[Any]) -> None:
    (
        number, version, state, priority, impact, urgency, customer, agreement, _, service, type_, component, requester,
        requester_name, title, text, form, source, opened_at, opened_by, owner, answered_at, answered_by, told_at, waiting_for,
        wait_until, held_why, delivered_at, closed_at, closed_by, outcome, merged_into, due, snoozed_until, snoozed_by,
    ) = row  # fmt: skip
    Request.__init__(
        listed,
        id=number, version=version, state=_STATES[state], priority=priority, impact=impact, urgency=urgency,
        customer=customer, agreement=agreement, service=service, type=type_, component=component, requester=requester,
        requester_name=requester_name, title=title, text=text, form={} if form == "{}" else json.loads(form),
        source=source, opened_at=EPOCH + timedelta(0, 0, opened_at), opened_by=opened_by, owner=owner,
        answered_at=None if answered_at is None else EPOCH + timedelta(0, 0, answered_at), answered_by=answered_by,
        told_at=None if told_at is None else EPOCH + timedelta(0, 0, told_at), waiting_for=waiting_for,
        wait_until=None if wait_until is None else EPOCH + timedelta(0, 0, wait_until), held_why=held_why,
        delivered_at=None if delivered_at is None else EPOCH + timedelta(0, 0, delivered_at),
        closed_at=None if closed_at is None else EPOCH + timedelta(0, 0, closed_at), closed_by=closed_by, outcome=outcome,
        merged_into=merged_into, due=None if due is None else EPOCH + timedelta(0, 0, due),
        snoozed_until=None if snoozed_until is None else EPOCH + timedelta(0, 0, snoozed_until), snoozed_by=snoozed_by or "", kept=kept_in(clocks),
    )  # fmt: skip


def one_request(connection: Connection, request_id: int) -> Request:
    """Returns one request; raises NotFound."""
    row = connection.execute(select(request).where(request.c.id == request_id)).first()
    if row is None:
        raise NotFound(f"there is no request R-{request_id}", next_step="watchfloor queue --all lists them")
    return to_request(row)


def requests(connection: Connection, *, over: bool = False, limit: int = 500) -> list[Request]:
    """Returns requests, newest first: those in sight, or with `over` all; at most `limit`."""
    query = select(request).order_by(request.c.id.desc()).limit(limit)
    if not over:
        query = query.where(request.c.state.in_(IN_SIGHT))
    return [to_request(row) for row in connection.execute(query).all()]


def some_requests(connection: Connection, ids: Sequence[int]) -> list[Request]:
    """Returns the requests of these numbers that exist."""
    return [to_request(row) for row in connection.execute(select(request).where(request.c.id.in_(ids))).all()]


def standing_for(connection: Connection, request_id: int) -> int | None:
    """Returns the request that stands for one: itself, or what it was merged into; None where there is none."""
    number: int | None = request_id
    for _ in range(MOST_MERGES):
        row = connection.execute(
            select(request.c.state, request.c.merged_into).where(request.c.id == number)
        ).first()
        if row is None:
            return None
        if row.state != RequestState.MERGED or row.merged_into is None:
            return number
        number = row.merged_into
    return None


def merged_in(connection: Connection, ids: Sequence[int], most: int = 200) -> list[Request]:
    """Returns the requests that were merged into those of these numbers, also by way of others."""
    found: dict[int, Request] = {}
    to_see = list(ids)
    while to_see and len(found) < most:
        query = select(request).where(
            request.c.merged_into.in_(to_see), request.c.state == RequestState.MERGED
        )
        fresh = [to_request(row) for row in connection.execute(query.limit(most)).all()]
        to_see = [each.id for each in fresh if each.id not in found]
        found |= {each.id: each for each in fresh}
    return sorted(found.values(), key=lambda each: each.id)
